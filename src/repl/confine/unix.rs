//! The part of the confinement that every Unix has: descriptors, working directory, resource limits.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

use rustix::process::{Resource, Rlimit, chdir, getrlimit, setrlimit};

use super::layer;
use crate::repl::wire::Layer;

/// Descriptors that V8 and the wire need, with room to spare.
const FILES: u64 = 32;

pub fn detach() -> io::Result<(File, File)> {
    close_above_stderr();
    let from = rustix::io::fcntl_dupfd_cloexec(io::stdin(), 3)?;
    let to = rustix::io::fcntl_dupfd_cloexec(io::stdout(), 3)?;
    let null: OwnedFd = rustix::fs::open(
        "/dev/null",
        rustix::fs::OFlags::RDWR | rustix::fs::OFlags::CLOEXEC,
        rustix::fs::Mode::empty(),
    )?;
    for standard in [libc::STDIN_FILENO, libc::STDOUT_FILENO] {
        // SAFETY: puts an open descriptor in the place of another; nobody holds a buffer for it yet.
        if unsafe { libc::dup2(null.as_raw_fd(), standard) } < 0 {
            return Err(io::Error::last_os_error());
        }
    }
    chdir("/")?;
    Ok((from.into(), to.into()))
}

fn close_above_stderr() {
    #[cfg(target_os = "linux")]
    // SAFETY: closes descriptors by number; this process has opened none of its own yet.
    if unsafe { libc::syscall(libc::SYS_close_range, 3, u32::MAX, 0) } == 0 {
        return;
    }
    let last = getrlimit(Resource::Nofile).current.unwrap_or(65_536).min(65_536);
    for fd in 3..last {
        // SAFETY: as above; a number that is not open is an error without effect.
        unsafe { libc::close(fd as libc::c_int) };
    }
}

pub fn limits(memory: u64) -> Vec<Layer> {
    [
        ("memory", Resource::Data, memory),
        ("descriptors", Resource::Nofile, FILES),
        ("core-dumps", Resource::Core, 0),
        ("file-size", Resource::Fsize, 0),
    ]
    .into_iter()
    .map(|(name, resource, value)| {
        let limit = Rlimit { current: Some(value), maximum: Some(value) };
        layer(name, setrlimit(resource, limit).map(|()| format!("at most {value}")).map_err(|error| error.to_string()))
    })
    .collect()
}
