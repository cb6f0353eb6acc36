//! The worker's confinement: what it gives up before V8 starts, and after. Each layer is reported, not assumed.

use std::fs::File;
use std::io;

use super::wire::Layer;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(unix)]
mod unix;

/// Takes the wire off the standard descriptors, so that nothing in V8 can write on it, and gives up everything that was
/// inherited. To be called first of all, while the process has one thread.
#[cfg(unix)]
pub fn detach() -> io::Result<(File, File)> {
    unix::detach()
}

#[cfg(not(unix))]
pub fn detach() -> io::Result<(File, File)> {
    Err(io::Error::other("workers need a Unix system"))
}

/// What can be given up before V8 starts. `parent` is the process that must live on for this one to live on.
pub fn before_v8(memory: u64, parent: Option<u32>) -> Vec<Layer> {
    let mut layers = Vec::new();
    #[cfg(unix)]
    layers.extend(unix::limits(memory));
    #[cfg(target_os = "linux")]
    layers.extend(linux::before_v8(parent));
    #[cfg(not(target_os = "linux"))]
    layers.extend(["parent-death", "no-new-privileges", "not-dumpable", "landlock"].map(missing));
    let _ = (memory, parent);
    layers
}

/// What can be given up only once V8 and all threads run.
pub fn after_v8() -> Vec<Layer> {
    #[cfg(target_os = "linux")]
    return vec![linux::seccomp()];
    #[cfg(not(target_os = "linux"))]
    return vec![missing("seccomp")];
}

#[cfg(not(target_os = "linux"))]
fn missing(name: &str) -> Layer {
    Layer { name: name.to_owned(), active: false, detail: "only on Linux".to_owned() }
}

/// One layer, by how putting it on went.
#[cfg(unix)]
fn layer(name: &str, result: Result<String, String>) -> Layer {
    let (active, detail) = result.map_or_else(|why| (false, why), |detail| (true, detail));
    Layer { name: name.to_owned(), active, detail }
}
