//! The repository as the rest sees it: a jail in front of the disk, the walk, and immutable snapshots.

mod base;
mod decode;
mod error;
mod git;
mod globs;
mod indexed;
mod jail;
mod news;
mod overlay;
mod path;
mod pins;
mod place;
mod saved;
mod scope;
mod secrets;
mod site;
mod size;
mod slice;
mod snapshot;
mod standing;
mod tier;
mod tree;
mod walk;

pub use blake3::Hash as TextHash;

pub use error::WorkspaceError;
pub use globs::Globs;
pub use indexed::{Indexed, Why};
pub use news::News;
pub use path::RelPath;
pub use pins::Mark;
pub use place::{Found, Place};
pub use saved::Kept;
#[cfg(unix)]
pub(crate) use secrets::is_secret_folder;
pub use site::Sites;
pub use size::rounded;
pub use slice::Slice;
pub use snapshot::{Encoding, FileEntry, Snapshot, Source};
pub use tier::{Look, Suspect, Suspects, Text};
pub use tree::{Tree, tree};
pub use walk::Skipped;

use std::path::Path;
use std::sync::Arc;

use jail::{Folder, Jail};
use saved::Shelf;

/// A folder, or several, opened for questions.
pub struct Workspace {
    name: Arc<str>,
    jail: Arc<Jail>,
    shelf: Option<Arc<Shelf>>,
}

impl Workspace {
    /// Opens `path`, which has to be a folder that can be listed.
    pub fn open(path: &Path) -> Result<Self, WorkspaceError> {
        let folder = Folder::open(path, None)?;
        let name = folder.root.file_name().unwrap_or_default().to_string_lossy().into();
        Ok(Self { name, jail: Arc::new(Jail { folders: vec![folder] }), shelf: None })
    }

    /// Opens several folders, whose names come first in the paths of their files. A name that comes twice gets a number.
    /// One folder alone is opened like [`Self::open`] does, under its own name.
    pub fn open_folders<N: AsRef<str>, P: AsRef<Path>>(folders: &[(N, P)]) -> Result<Self, WorkspaceError> {
        if let [(name, path)] = folders {
            return Ok(Self { name: name.as_ref().into(), ..Self::open(path.as_ref())? });
        }
        let mut names: Vec<String> = Vec::new();
        let mut open = Vec::new();
        for (name, path) in folders {
            let name = check_name(name.as_ref())?;
            let mut unique = name.to_owned();
            let mut number = 1;
            while names.contains(&unique) {
                number += 1;
                unique = format!("{name}-{number}");
            }
            open.push(Folder::open(path.as_ref(), Some(unique.as_str().into()))?);
            names.push(unique);
        }
        if open.is_empty() {
            check_name("")?;
        }
        Ok(Self { name: names.join(", ").into(), jail: Arc::new(Jail { folders: open }), shelf: None })
    }

    /// A workspace without any folder, for a client that has none open.
    pub fn none() -> Self {
        Self { name: "".into(), jail: Arc::new(Jail { folders: Vec::new() }), shelf: None }
    }

    /// The same with a file in a cache folder, of which all such files together may take up to `most` bytes (0: none): what
    /// [`Snapshot::keep`] puts there counts at the next start, as far as it still holds. Touches nothing before the walk.
    pub fn kept_in(self, cache: &Path, most: u64) -> Self {
        let is_off = most == 0 || self.jail.folders.is_empty();
        Self { shelf: (!is_off).then(|| Arc::new(Shelf::new(cache, most, &self.jail))), ..self }
    }

    /// The same, without a look at what is there already.
    pub fn kept_anew_in(self, cache: &Path, most: u64) -> Self {
        let workspace = self.kept_in(cache, most);
        workspace.shelf.iter().for_each(|shelf| shelf.pass_over());
        workspace
    }

    /// The workspace as it is now. Cheap: the walk happens on first use.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::new(self.name.clone(), self.jail.clone(), self.shelf.clone())
    }
}

fn check_name(name: &str) -> Result<&str, WorkspaceError> {
    let reason = match name {
        "" => "it is empty",
        "." | ".." => "it means another folder",
        _ if name.contains(['/', '\\', '\0']) => "it has a separator in it",
        _ => return Ok(name),
    };
    Err(WorkspaceError::FolderName { name: name.to_owned(), reason })
}
