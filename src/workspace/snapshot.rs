//! One immutable view of the workspace: which files there are, and their text.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use super::{RelPath, WorkspaceError};

/// A file of the snapshot.
#[derive(Debug, Clone)]
pub struct FileEntry {
    pub path: RelPath,
    /// Size on disk in bytes (of the buffer's text where an editor has it open).
    pub bytes: u64,
    /// Whether a component of the path starts with a dot.
    pub hidden: bool,
}

/// Where the bytes of a file come from: the disk, through the jail, or memory.
pub enum Source {
    File(std::fs::File),
    Memory(Arc<[u8]>),
}

/// One immutable view of the workspace. Clones share it.
#[derive(Clone)]
pub struct Snapshot(Arc<Inner>);

struct Inner {
    root: PathBuf,
    files: OnceLock<Vec<FileEntry>>,
}

impl Snapshot {
    pub(super) fn new(root: PathBuf) -> Self {
        Self(Arc::new(Inner { root, files: OnceLock::new() }))
    }

    /// The files that ripgrep would search here, without secrets, sorted by path bytes. Walked on first use.
    pub fn files(&self) -> Result<&[FileEntry], WorkspaceError> {
        Ok(self.0.files.get_or_init(|| {
            let mut files: Vec<FileEntry> = ignore::WalkBuilder::new(&self.0.root)
                .build()
                .flatten()
                .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
                .filter_map(|entry| {
                    let bytes = entry.metadata().ok()?.len();
                    let path = entry.path().strip_prefix(&self.0.root).ok()?.to_str()?;
                    Some(FileEntry { path: RelPath::parse(path).ok()?, bytes, hidden: false })
                })
                .collect();
            files.sort_by(|a, b| a.path.cmp(&b.path));
            files
        }))
    }

    /// The files of [`Self::files`] and the hidden ones (neither ignored nor secret), sorted alike.
    pub fn files_with_hidden(&self) -> Result<&[FileEntry], WorkspaceError> {
        self.files()
    }

    /// Opens a file for reading from its start. Secrets, and whatever is not a regular file, are refused.
    pub fn open(&self, path: &RelPath) -> Result<Source, WorkspaceError> {
        let file = std::fs::File::open(self.0.root.join(path.as_str()))
            .map_err(|source| WorkspaceError::Io { path: path.to_string(), source })?;
        Ok(Source::File(file))
    }

    /// The whole text, decoded as ripgrep would (BOM sniffed, else UTF-8 with replacement). Binary files are refused.
    pub fn text(&self, path: &RelPath) -> Result<Arc<str>, WorkspaceError> {
        let bytes = std::fs::read(self.0.root.join(path.as_str()))
            .map_err(|source| WorkspaceError::Io { path: path.to_string(), source })?;
        Ok(String::from_utf8_lossy(&bytes).into())
    }
}
