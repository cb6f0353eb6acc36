//! The trees that are measured: K, V, samples of single languages, and one with hostile files.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::own::list;

/// K: the source of Linux 6.1, which `SPELUNK_LINUX` names.
pub fn linux() -> Option<PathBuf> {
    let named = std::env::var_os("SPELUNK_LINUX").map(PathBuf::from);
    let likely = ["/usr/src/linux-source-6.1", "corpora/linux-source-6.1", "../corpora/linux-source-6.1"];
    named.into_iter().chain(likely.map(PathBuf::from)).find(|tree| tree.join("Kbuild").is_file())?.canonicalize().ok()
}

/// V: the v8 crate's source, which `SPELUNK_V8` names, or which cargo has unpacked.
pub fn v8() -> Option<PathBuf> {
    let named = std::env::var_os("SPELUNK_V8").map(PathBuf::from);
    named.or_else(|| crates().into_iter().find(|path| name(path) == "v8-150.4.0")).filter(|tree| tree.is_dir())
}

/// The crates whose source cargo has unpacked, in order.
fn crates() -> Vec<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo"))).unwrap_or_default();
    let below = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut crates: Vec<PathBuf> =
        below(&home.join("registry/src")).flat_map(|registry| below(&registry).collect::<Vec<_>>()).collect();
    crates.sort();
    crates
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

/// Bytes of source that tell how fast a language is.
const ENOUGH: u64 = 6_000_000;

/// Some megabytes of single languages, of files of 2 KB to 1 MB, each in a folder.
pub fn samples(linux: Option<&Path>, v8: Option<&Path>) -> Vec<(&'static str, TempDir)> {
    let python = ["/usr/lib/python3.11", "/usr/lib/python3.12", "/usr/lib/python3.13", "/usr/lib/python3"];
    let python = python.iter().map(PathBuf::from).find(|folder| folder.is_dir());
    let grammars = crates().into_iter().filter(|path| name(path).starts_with("tree-sitter-"));
    let sources: Vec<(&str, &[&str], Vec<PathBuf>)> = vec![
        ("C", &["c"], linux.iter().flat_map(|tree| ["kernel", "fs", "net/core"].map(|part| tree.join(part))).collect()),
        ("C++", &["cc"], v8.iter().map(|tree| tree.join("v8/src")).collect()),
        ("Rust", &["rs"], crates()),
        ("Python", &["py"], python.into_iter().collect()),
        ("JavaScript", &["js"], grammars.collect()),
    ];
    let copied = sources.into_iter().filter_map(|(language, extensions, folders)| {
        let mut files = Vec::new();
        folders.iter().for_each(|folder| list(folder, &mut files));
        files.retain(|path| path.extension().is_some_and(|found| extensions.iter().any(|wanted| found == *wanted)));
        files.retain(|path| path.metadata().is_ok_and(|found| (2_000..1_000_000).contains(&found.len())));
        let all: u64 = files.iter().filter_map(|path| Some(path.metadata().ok()?.len())).sum();
        // Evenly from all of them.
        let step = (all / ENOUGH).max(1) as usize;
        let folder = tempfile::tempdir().ok()?;
        for (number, path) in files.iter().step_by(step).enumerate() {
            std::fs::copy(path, folder.path().join(format!("{number}-{}", name(path)))).ok()?;
        }
        (!files.is_empty()).then_some((language, folder))
    });
    copied.collect()
}

/// A part of V, as a tree of its own.
pub fn part_of(v8: &Path) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    list(&v8.join("v8/src"), &mut files);
    for path in files {
        let to = folder.path().join(path.strip_prefix(v8).unwrap());
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(&path, to).unwrap();
    }
    folder
}

/// Adds a generated parser of 28 MB and 5 MB of JavaScript on one line; false where there is no such parser.
pub fn add_hostile(tree: &Path) -> bool {
    let parser = crates()
        .into_iter()
        .filter(|path| name(path).starts_with("tree-sitter-"))
        .map(|path| path.join("src/parser.c"));
    let Some(parser) = parser.into_iter().find(|path| path.metadata().is_ok_and(|found| found.len() > 27_000_000))
    else {
        return false;
    };
    std::fs::copy(parser, tree.join("parser.c")).unwrap();
    let piece = "function f(a,b){return a.HeapObject(b)?{x:[1,2,3],y:b=>a(b)}:null};";
    std::fs::write(tree.join("bundle.js"), piece.repeat(5_000_000 / piece.len())).unwrap();
    true
}
