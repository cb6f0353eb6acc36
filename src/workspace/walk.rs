//! The walk: which files there are, by ripgrep's ignore rules and `.spelunkignore`.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use ignore::{DirEntry, IncrementalIgnore, WalkBuilder, WalkState};
use rayon::slice::ParallelSliceMut as _;

use super::jail::Folder;
use super::{FileEntry, RelPath, WorkspaceError, secrets};

/// The files that an ignore rule may come from, besides git's global one.
pub(super) const IGNORE_FILES: &[&str] = &[".gitignore", ".ignore", ".rgignore", ".spelunkignore", ".git/info/exclude"];

/// No honest ignore file is bigger, in bytes.
const IGNORE_FILE_LIMIT: u64 = 4 << 20;

/// What a walk left out, apart from what is ignored. Counts what the walk came across: what is inside a folder that was
/// left out is not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Skipped {
    /// Files and folders that may hold secrets. A repository's own `.git` is not counted.
    pub secrets: u64,
    /// Folders that could not be listed, and those whose ignore file is not a regular one.
    pub unreadable: u64,
    /// Symlinks: as in ripgrep they are not followed.
    pub symlinks: u64,
    /// Pipes, sockets and devices.
    pub special: u64,
}

/// What a walk found, sorted by path bytes.
#[derive(Debug, Clone, Default)]
pub(super) struct Listing {
    pub(super) files: Vec<FileEntry>,
    /// Every folder that was walked into, by its canonical path.
    pub(super) folders: Vec<PathBuf>,
    pub(super) skipped: Skipped,
}

enum Found {
    File(FileEntry),
    Folder(PathBuf),
    Secret,
    Unreadable,
    Symlink,
    Special,
}

/// Walks all folders on all cores.
pub(super) fn walk(folders: &[Folder], hidden: bool) -> Result<Listing, WorkspaceError> {
    let mut listing = Listing::default();
    for folder in folders {
        if let Some(path) = folder.root.ancestors().find_map(trap) {
            return Err(WorkspaceError::IgnoreFile { path: path.display().to_string(), limit: IGNORE_FILE_LIMIT });
        }
        for found in walk_one(folder, hidden).into_iter().flatten() {
            match found {
                Found::File(entry) => listing.files.push(entry),
                Found::Folder(path) => listing.folders.push(path),
                Found::Secret => listing.skipped.secrets += 1,
                Found::Unreadable => listing.skipped.unreadable += 1,
                Found::Symlink => listing.skipped.symlinks += 1,
                Found::Special => listing.skipped.special += 1,
            }
        }
    }
    listing.files.par_sort_unstable_by(|a, b| a.path.cmp(&b.path));
    listing.folders.sort_unstable();
    Ok(listing)
}

/// Whether a file that may not be on disk yet would be listed, and that at once for visible and hidden files.
pub(super) fn would_list(folder: &Folder, path: &Path, hidden: bool) -> bool {
    Rules::of(folder, hidden).list(path, false)
}

/// The rules of a folder as they are now, for whoever asks of many paths: what is known of a folder is kept.
pub(super) struct Rules<'f> {
    folder: &'f Folder,
    ignored: Vec<IncrementalIgnore>,
    trapped: HashMap<PathBuf, bool>,
}

impl<'f> Rules<'f> {
    pub(super) fn of(folder: &'f Folder, hidden: bool) -> Self {
        Self { folder, ignored: builder(folder, hidden).build_matchers(), trapped: HashMap::new() }
    }

    /// Whether a walk would list a file, or go into a folder, that need not be there.
    pub(super) fn list(&mut self, path: &Path, is_folder: bool) -> bool {
        let Self { folder, ignored, trapped } = self;
        let is_trapped = |parent: &Path| match trapped.get(parent) {
            Some(known) => *known,
            None => *trapped.entry(parent.to_owned()).or_insert(trap(&folder.root.join(parent)).is_some()),
        };
        !path.ancestors().skip(1).any(is_trapped)
            && ignored.iter_mut().all(|rules| !rules.matched(path, is_folder).is_ignore())
    }
}

/// Whether a file of this name says what is ignored.
pub(super) fn is_ignore_file(name: &Path) -> bool {
    IGNORE_FILES.iter().any(|ignore_file| name.ends_with(ignore_file))
}

fn builder(folder: &Folder, hidden: bool) -> WalkBuilder {
    let mut builder = WalkBuilder::new(&folder.root);
    // Everything else is ripgrep's default already.
    builder.hidden(!hidden).add_custom_ignore_filename(".rgignore").add_custom_ignore_filename(".spelunkignore");
    builder
}

fn walk_one(folder: &Folder, hidden: bool) -> mpsc::Receiver<Vec<Found>> {
    let (found, all) = mpsc::channel();
    let left_out = found.clone();
    let walk = builder(folder, hidden)
        .filter_entry(move |entry| match refuse_folder(entry) {
            None => true,
            Some(found) => {
                send(&left_out, found.into_iter().collect());
                false
            }
        })
        .build_parallel();
    walk.run(|| {
        let mut found = Gathered { found: Vec::new(), to: found.clone() };
        Box::new(move |entry| {
            let here = match entry {
                Ok(entry) => look_at(folder, &entry),
                // What is gone by now was never there.
                Err(error) => match error.io_error() {
                    Some(error) if error.kind() != ErrorKind::NotFound => Some(Found::Unreadable),
                    _ => None,
                },
            };
            found.found.extend(here);
            WalkState::Continue
        })
    });
    all
}

/// What one thread found, which it sends at its end: for each file alone that would cost as much as to walk.
struct Gathered {
    found: Vec<Found>,
    to: mpsc::Sender<Vec<Found>>,
}

impl Drop for Gathered {
    fn drop(&mut self) {
        send(&self.to, std::mem::take(&mut self.found));
    }
}

fn send(to: &mpsc::Sender<Vec<Found>>, found: Vec<Found>) {
    // The receiver outlives the walk.
    let _ = to.send(found);
}

/// Folders that must not even be listed: `Some` with what to count, if anything.
fn refuse_folder(entry: &DirEntry) -> Option<Option<Found>> {
    if !entry.file_type().is_some_and(|kind| kind.is_dir()) {
        return None;
    }
    let name = entry.file_name().to_string_lossy();
    if name == ".git" {
        Some(None)
    } else if secrets::is_secret_folder(&name) {
        Some(Some(Found::Secret))
    } else if trap(entry.path()).is_some() {
        Some(Some(Found::Unreadable))
    } else {
        None
    }
}

fn look_at(folder: &Folder, entry: &DirEntry) -> Option<Found> {
    let kind = entry.file_type()?;
    if kind.is_dir() {
        return Some(Found::Folder(entry.path().to_owned()));
    }
    if entry.file_name() == ".git" {
        return None;
    }
    let inside = entry.path().strip_prefix(&folder.root).ok()?;
    if secrets::is_secret(&inside.to_string_lossy()) {
        Some(Found::Secret)
    } else if kind.is_symlink() {
        Some(Found::Symlink)
    } else if !kind.is_file() {
        Some(Found::Special)
    } else {
        let path = RelPath::from_disk(folder.prefix.as_deref(), inside)?;
        Some(Found::File(FileEntry::new(path, is_hidden(inside))))
    }
}

/// Whether a component starts with a dot.
pub(super) fn is_hidden(path: &Path) -> bool {
    path.components().any(|component| component.as_os_str().as_encoded_bytes().starts_with(b"."))
}

/// An ignore file of this folder that whoever reads it would hang on, or drown in: a pipe, a device, a flood. The walk
/// itself would open it.
fn trap(folder: &Path) -> Option<PathBuf> {
    IGNORE_FILES.iter().map(|name| folder.join(name)).find(|path| {
        path.metadata().is_ok_and(|found| !found.is_file() && !found.is_dir() || found.len() > IGNORE_FILE_LIMIT)
    })
}
