//! The tree that the command sees: a copy of what is neither ignored nor secret, with the plan applied.

#![expect(clippy::disallowed_methods, reason = "writes the copy, and lists the folders whose files are copied")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::room::Room;
use super::{VerifyError, io_at};
use crate::cancel::Cancel;
use crate::plan::{Document, FileChange};
use crate::workspace::{RelPath, Snapshot, Source, WorkspaceError, is_secret_folder};

/// Ignored folders without which hardly any check can run, or would have to begin from nothing.
const DEPENDENCIES: &[&str] = &[
    ".build",
    ".bundle",
    ".dart_tool",
    ".eggs",
    ".gradle",
    ".mypy_cache",
    ".next",
    ".nox",
    ".nuxt",
    ".pnpm-store",
    ".pytest_cache",
    ".ruff_cache",
    ".stack-work",
    ".svelte-kit",
    ".tox",
    ".turbo",
    ".venv",
    ".yarn",
    "Pods",
    "_build",
    "bower_components",
    "build",
    "deps",
    "dist",
    "dist-newstyle",
    "elm-stuff",
    "node_modules",
    "obj",
    "out",
    "target",
    "vendor",
    "venv",
];

/// A copied workspace.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) folders: Vec<Copied>,
    /// Ignored folders to be lent to the command, where that can be done without giving them away.
    pub(super) borrowed: Vec<Borrowed>,
    /// In words.
    pub(super) left_out: Vec<String>,
    /// Of the folders, the one to run in.
    pub(super) at: usize,
}

#[derive(Debug)]
pub(super) struct Copied {
    /// The person's, canonical.
    pub(super) root: PathBuf,
    pub(super) copy: PathBuf,
}

#[derive(Debug)]
pub(super) struct Borrowed {
    /// For people.
    pub(super) name: String,
    pub(super) from: PathBuf,
    /// An empty folder of the copy.
    pub(super) at: PathBuf,
}

/// Copies the workspace into the room, with the changes of `plan`.
///
/// # Errors
/// When the plan was made for another text, or names what is outside of the workspace; when the disk refuses.
pub(super) fn copy(
    plan: Option<&Document>,
    snapshot: &Snapshot,
    room: &Room,
    cancel: &Cancel,
) -> Result<Tree, VerifyError> {
    let mut folders = Vec::new();
    for (number, root) in snapshot.root_paths().into_iter().enumerate() {
        // The folder's own name, since some tools go by it.
        let copy = room.path().join(format!("tree-{number}")).join(root.file_name().unwrap_or_default());
        make_dir(&copy)?;
        folders.push(Copied { root: root.to_owned(), copy });
    }
    let changes = plan.map_or(&[][..], |plan| &plan.files);
    let mut tree = Tree { at: 0, folders, borrowed: Vec::new(), left_out: Vec::new() };
    let mut kept = tree.listed(snapshot, changes)?;
    for change in changes {
        let path = match &change.after {
            Some(path) => path,
            None => continue,
        };
        kept.insert(tree.place(snapshot, path)?.0, Content::Planned(change));
    }
    if let Some(first) = changes.first() {
        let at = tree.place(snapshot, first.path())?.0;
        tree.at = tree.folders.iter().position(|folder| at.starts_with(&folder.copy)).unwrap_or(0);
    }
    let made: BTreeSet<&Path> = kept.keys().filter_map(|path| path.parent()).collect();
    made.iter().try_for_each(|folder| make_dir(folder))?;
    kept.par_iter().try_for_each(|(at, content)| {
        if cancel.is_cancelled() {
            return Err(VerifyError::Cancelled);
        }
        content.write(snapshot, at)
    })?;
    tree.add_the_rest(snapshot, &kept)?;
    Ok(tree)
}

/// Where the bytes of a file of the copy come from.
enum Content<'d> {
    Same(RelPath),
    Planned(&'d FileChange),
}

impl Content<'_> {
    fn write(&self, snapshot: &Snapshot, at: &Path) -> Result<(), VerifyError> {
        match self {
            Self::Same(path) => match snapshot.open(path) {
                Ok(Source::File { file: from, .. }) => transfer(from, at).map_err(|source| io_at(at, source)),
                Ok(Source::Memory(bytes)) => put(at, &bytes, mode(snapshot, path)).map_err(|source| io_at(at, source)),
                // It went, or may not be read: so it is for whoever runs the command in the tree itself.
                Err(WorkspaceError::NotFound { .. } | WorkspaceError::NotAFile { .. }) => Ok(()),
                Err(WorkspaceError::Io { source, .. }) if source.kind() == io::ErrorKind::PermissionDenied => Ok(()),
                Err(error) => Err(error.into()),
            },
            Self::Planned(change) => {
                let (text, mode) = planned(snapshot, change)?;
                let mut bytes = if change.bom { b"\xef\xbb\xbf".to_vec() } else { Vec::new() };
                bytes.extend_from_slice(text.as_bytes());
                put(at, &bytes, mode).map_err(|source| io_at(at, source))
            }
        }
    }
}

/// A file's text afterwards, and its mode.
fn planned(snapshot: &Snapshot, change: &FileChange) -> Result<(String, u32), VerifyError> {
    let stale = || VerifyError::Stale { path: change.path().to_owned() };
    let Some(before) = &change.before else {
        return Ok((change.apply("").ok_or_else(stale)?, 0o644));
    };
    let path = RelPath::parse(before)?;
    let text = snapshot.text(&path)?;
    let hash = blake3::hash(text.as_bytes()).to_hex();
    if change.hash.as_deref() != Some(hash.as_str()) {
        return Err(stale());
    }
    Ok((change.apply(&text).ok_or_else(stale)?, mode(snapshot, &path)))
}

impl Tree {
    /// The snapshot's files that no change names, by where they come to be.
    fn listed<'d>(
        &self,
        snapshot: &Snapshot,
        changes: &[FileChange],
    ) -> Result<BTreeMap<PathBuf, Content<'d>>, VerifyError> {
        let changed: BTreeSet<&str> = changes.iter().filter_map(|change| change.before.as_deref()).collect();
        let mut kept = BTreeMap::new();
        for entry in snapshot.files_with_hidden()?.iter().filter(|entry| !changed.contains(entry.path.as_str())) {
            kept.insert(self.place(snapshot, entry.path.as_str())?.0, Content::Same(entry.path.clone()));
        }
        Ok(kept)
    }

    /// Where a workspace's path is in the copy, and in the person's tree.
    fn place(&self, snapshot: &Snapshot, path: &str) -> Result<(PathBuf, PathBuf), VerifyError> {
        let path = RelPath::parse(path)?;
        let place = snapshot.rooted(&path);
        let place = place.and_then(|(root, name)| {
            let folder = self.folders.iter().find(|folder| folder.root == root)?;
            Some((folder.copy.join(&name), root.join(name)))
        });
        place.ok_or_else(|| WorkspaceError::NotFound { path: path.to_string() }.into())
    }

    /// Looks at what else is in the folders of the copied files: symlinks are made again, folders of dependencies are noted.
    fn add_the_rest(&mut self, snapshot: &Snapshot, kept: &BTreeMap<PathBuf, Content<'_>>) -> Result<(), VerifyError> {
        let walked: BTreeSet<&Path> = snapshot.folders()?.iter().map(PathBuf::as_path).collect();
        for folder in &self.folders {
            let above = kept.keys().flat_map(|path| path.ancestors().skip(1));
            let mut here: BTreeSet<&Path> = above.filter(|path| path.starts_with(&folder.copy)).collect();
            here.insert(&folder.copy);
            for copy in &here {
                let inside = copy.strip_prefix(&folder.copy).unwrap_or(Path::new(""));
                for entry in std::fs::read_dir(folder.root.join(inside)).into_iter().flatten().flatten() {
                    let (Ok(kind), name) = (entry.file_type(), entry.file_name()) else { continue };
                    let (from, at) = (entry.path(), copy.join(&name));
                    let shown = inside.join(&name).display().to_string();
                    let name = name.to_string_lossy();
                    if kind.is_symlink() {
                        // Only now, so that no file was written through one.
                        link(&folder.root, &from, &at);
                    } else if !kind.is_dir() || here.contains(at.as_path()) || is_secret_folder(&name) {
                        continue;
                    } else if DEPENDENCIES.contains(&&*name) {
                        make_dir(&at)?;
                        self.borrowed.push(Borrowed { name: shown, from, at });
                    } else if !walked.contains(from.as_path()) {
                        self.left_out.push(format!("the ignored folder {}", crate::display::terminal(&shown)));
                    }
                }
            }
        }
        Ok(())
    }
}

/// Makes a symlink again that stays inside of its tree wherever that is.
fn link(root: &Path, from: &Path, at: &Path) {
    #[cfg(unix)]
    if let Ok(target) = std::fs::read_link(from)
        && target.is_relative()
        && from.canonicalize().is_ok_and(|real| real.starts_with(root))
    {
        // What is there already was planned.
        let _ = std::os::unix::fs::symlink(target, at);
    }
}

fn mode(snapshot: &Snapshot, path: &RelPath) -> u32 {
    let metadata = snapshot.rooted(path).and_then(|(root, name)| root.join(name).symlink_metadata().ok());
    metadata.filter(std::fs::Metadata::is_file).map_or(0o644, |metadata| permissions(&metadata))
}

#[cfg(unix)]
fn permissions(metadata: &std::fs::Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777
}

#[cfg(not(unix))]
fn permissions(_: &std::fs::Metadata) -> u32 {
    0o644
}

/// A copy with mode and time, sharing its blocks where the disk can. Never a hard link.
fn transfer(mut from: File, at: &Path) -> io::Result<()> {
    let metadata = from.metadata()?;
    let mut to = create(at, permissions(&metadata))?;
    if !share(&from, &to) {
        io::copy(&mut from, &mut to)?;
    }
    // Tools that go by time find the unchanged files unchanged.
    to.set_modified(metadata.modified()?)
}

#[cfg(target_os = "linux")]
fn share(from: &File, to: &File) -> bool {
    rustix::fs::ioctl_ficlone(to, from).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn share(_: &File, _: &File) -> bool {
    false
}

fn put(at: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    create(at, mode)?.write_all(bytes)
}

/// Creates a file that must not be there yet, writable for us.
fn create(at: &Path, mode: u32) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode | 0o600);
    #[cfg(not(unix))]
    let _ = mode;
    options.open(at)
}

fn make_dir(path: &Path) -> Result<(), VerifyError> {
    DirBuilder::new().recursive(true).create(path).map_err(|source| io_at(path, source))
}
