//! The repository as the rest sees it: a jail in front of the disk, the walk, and immutable snapshots.

mod snapshot;

pub use snapshot::{FileEntry, Snapshot, Source};

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A path inside the workspace: relative, `/`-separated, never empty, without `.` or `..` components.
///
/// Workspaces with several folders put the folder's name first. Only the jail turns it into a file.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RelPath(Arc<str>);

impl RelPath {
    /// Checks and normalises a path that a model or a person wrote (`./a//b` becomes `a/b`).
    pub fn parse(text: &str) -> Result<Self, WorkspaceError> {
        let parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        if text.starts_with('/') || parts.is_empty() || parts.contains(&"..") || text.contains('\0') {
            return Err(WorkspaceError::OutsideRoot { path: text.to_owned() });
        }
        Ok(Self(parts.join("/").into()))
    }

    /// The path as text, with `/` between components.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &self.0)
    }
}

/// What can go wrong between a path and its text.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkspaceError {
    #[error("{path}: no such file or folder")]
    NotFound { path: String },
    #[error("{path}: is outside the workspace; use a path relative to its root")]
    OutsideRoot { path: String },
    #[error("{path}: is denied, it may hold secrets")]
    Secret { path: String },
    #[error("{path}: is a binary file")]
    Binary { path: String },
    #[error("{path}: {source}")]
    Io { path: String, source: std::io::Error },
}

/// A folder, or several, opened for questions.
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Opens `path`, which has to be a folder that can be listed.
    pub fn open(path: &Path) -> Result<Self, WorkspaceError> {
        let shown = path.display().to_string();
        let root = path.canonicalize().map_err(|source| WorkspaceError::Io { path: shown, source })?;
        Ok(Self { root })
    }

    /// The workspace as it is now. Cheap: the walk happens on first use.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::new(self.root.clone())
    }
}
