//! The snapshot's files by path, by name and by the end of their path; and paths taken apart.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use crate::workspace::{FileEntry, RelPath, Snapshot, WorkspaceError};

pub(super) struct Paths<'a> {
    snapshot: &'a Snapshot,
    /// Sorted by path bytes.
    files: &'a [FileEntry],
    by_name: OnceLock<HashMap<&'a str, Vec<&'a str>>>,
    folders: OnceLock<HashMap<&'a str, BTreeSet<&'a str>>>,
}

impl<'a> Paths<'a> {
    pub fn new(snapshot: &'a Snapshot) -> Result<Self, WorkspaceError> {
        Ok(Self { snapshot, files: snapshot.files()?, by_name: OnceLock::new(), folders: OnceLock::new() })
    }

    /// The file of this path, if there is one.
    pub fn file(&self, path: &str) -> Option<&'a str> {
        let at = self.files.partition_point(|file| file.path.as_str() < path);
        self.files.get(at).map(|file| file.path.as_str()).filter(|found| *found == path)
    }

    /// The first of the paths that is a file.
    pub fn first(&self, paths: impl IntoIterator<Item = String>) -> Option<&'a str> {
        paths.into_iter().find_map(|path| self.file(&path))
    }

    pub fn has_folder(&self, path: &str) -> bool {
        path.is_empty() || self.below(path).next().is_some()
    }

    /// The files below a folder.
    pub fn below<'b>(&'b self, folder: &'b str) -> impl Iterator<Item = &'a str> + use<'a, 'b> {
        let start = format!("{}/", folder.trim_end_matches('/'));
        let at =
            if folder.is_empty() { 0 } else { self.files.partition_point(|file| file.path.as_str() < start.as_str()) };
        let all = folder.is_empty();
        self.files[at..].iter().map(|file| file.path.as_str()).take_while(move |path| all || path.starts_with(&start))
    }

    /// The files with this last component.
    pub fn named(&self, name: &str) -> &[&'a str] {
        let by_name = self.by_name.get_or_init(|| {
            let mut names: HashMap<&str, Vec<&str>> = HashMap::new();
            for file in self.files {
                names.entry(last(file.path.as_str())).or_default().push(file.path.as_str());
            }
            names
        });
        by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// The files whose path is `tail`, or ends with it after a `/`.
    pub fn ending(&self, tail: &str) -> Vec<&'a str> {
        self.named(last(tail)).iter().copied().filter(|path| ends(path, tail)).collect()
    }

    /// The folders whose path is `tail`, or ends with it after a `/`.
    pub fn folders_ending(&self, tail: &str) -> Vec<&'a str> {
        let folders = self.folders.get_or_init(|| {
            let mut folders: HashMap<&str, BTreeSet<&str>> = HashMap::new();
            for file in self.files {
                for folder in ancestors(file.path.as_str()).filter(|folder| !folder.is_empty()) {
                    if !folders.entry(last(folder)).or_default().insert(folder) {
                        break;
                    }
                }
            }
            folders
        });
        let named = folders.get(last(tail)).into_iter().flatten();
        named.copied().filter(|path| ends(path, tail)).collect()
    }

    pub fn read(&self, path: &str) -> Option<Arc<str>> {
        self.snapshot.text(&RelPath::parse(path).ok()?).ok()
    }

    /// Of several files that fit, the one that stands closest to `from`; `None` when two are as close.
    pub fn closest(&self, from: &str, found: &[&'a str]) -> Option<&'a str> {
        let nearness = |path: &str| {
            let shared = path.split('/').zip(from.split('/')).take_while(|(a, b)| a == b).count();
            (std::cmp::Reverse(shared), super::super::parsed::aside(path))
        };
        let mut ranked: Vec<_> = found.iter().map(|path| (nearness(path), *path)).collect();
        ranked.sort_unstable();
        match ranked.as_slice() {
            [(_, only)] => Some(only),
            [(best, first), (next, _), ..] if best != next => Some(first),
            _ => None,
        }
    }
}

fn ends(path: &str, tail: &str) -> bool {
    path.strip_suffix(tail).is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

/// The last component of a path.
pub(crate) fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The folder of a path; empty for the root.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The folders around a path, innermost first, the root last.
pub(crate) fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder(path)), |path: &&str| (!path.is_empty()).then(|| folder(path)))
}

/// A file name without its endings.
pub(crate) fn stem(path: &str) -> &str {
    let name = last(path);
    name.split_once('.').map_or(name, |(stem, _)| if stem.is_empty() { name } else { stem })
}

/// `folder` and a relative path as one; `None` when it leads out of the repository.
pub(crate) fn joined(folder: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
