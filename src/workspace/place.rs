//! A place: one name in a folder of the workspace, written to through the folder's handle. Symlinks are never followed,
//! neither on the way to the folder nor at the name.

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use cap_std::fs::{Dir, OpenOptions};

use super::jail::{is_missing, may_be_symlink, open_exact, open_folder, refusal};
use super::{RelPath, Snapshot, WorkspaceError};

/// No text is longer, and what is read beyond it differs from any.
const READ_LIMIT: u64 = (64 << 20) + 4;

/// A name that is or may be a file's, in a folder that is there. Knows nothing of what may be written: ask
/// [`super::Sites`] and [`Snapshot::settle`] first.
pub struct Place {
    dir: Dir,
    name: PathBuf,
}

/// What is at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Nothing,
    File(Vec<u8>),
    /// A folder, a symlink, a pipe.
    Else,
}

impl Snapshot {
    /// The place of a path.
    ///
    /// # Errors
    /// [`WorkspaceError::NotFound`] when its folder is not there, [`WorkspaceError::Link`] when a parent is a symlink, or
    /// a file.
    pub fn place(&self, path: &RelPath) -> Result<Place, WorkspaceError> {
        let (folder, name) = self.base().jail.locate(path)?;
        let parent = name.parent().unwrap_or(Path::new(""));
        let dir = open_folder(&folder.dir, parent).map_err(|error| match may_be_symlink(&error) {
            true => WorkspaceError::Link { path: path.to_string(), at: parent.display().to_string() },
            false => refusal(path, error),
        })?;
        let name = name.file_name().map(PathBuf::from);
        Ok(Place { dir, name: name.ok_or_else(|| WorkspaceError::NotFound { path: path.to_string() })? })
    }

    /// The path of the listed file itself: another one when `path` is a symlink to it.
    ///
    /// # Errors
    /// Like [`Self::text`], and when a folder above it is a symlink.
    pub fn settle(&self, path: &RelPath) -> Result<RelPath, WorkspaceError> {
        self.in_scope(path)?;
        let opened = self.base().jail.open(path)?;
        if !self.base().lists(&opened.real)? {
            return Err(WorkspaceError::NotListed { path: path.to_string() });
        }
        self.place(path)?;
        Ok(opened.real)
    }

    /// Makes a folder whose parent is there. False when it was there already.
    pub fn create_folder(&self, path: &RelPath) -> Result<bool, WorkspaceError> {
        let place = self.place(path)?;
        match place.dir.create_dir(&place.name) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                open_folder(&place.dir, &place.name).map(|_| false).map_err(|error| refusal(path, error))
            }
            Err(error) => Err(refusal(path, error)),
        }
    }

    /// Removes a folder if it is empty. Whether it was.
    pub fn remove_empty_folder(&self, path: &RelPath) -> bool {
        self.place(path).is_ok_and(|place| place.dir.remove_dir(&place.name).is_ok())
    }
}

impl Place {
    /// Another name in the same folder.
    pub fn beside(&self, name: &str) -> io::Result<Self> {
        Ok(Self { dir: self.dir.try_clone()?, name: name.into() })
    }

    pub fn read(&self) -> io::Result<Found> {
        match self.dir.symlink_metadata(&self.name) {
            Ok(found) if found.is_file() => {}
            Ok(_) => return Ok(Found::Else),
            Err(error) if is_missing(&error) => return Ok(Found::Nothing),
            Err(error) => return Err(error),
        }
        // What was swapped in since is an error.
        let file = open_exact(&self.dir, &self.name)?;
        if !file.metadata()?.is_file() {
            return Ok(Found::Else);
        }
        let mut bytes = Vec::new();
        file.take(READ_LIMIT).read_to_end(&mut bytes)?;
        Ok(Found::File(bytes))
    }

    /// Creates the file, which must not be there, with the mode and the owner of `like` where it is given, and waits until
    /// the disk has it.
    pub fn create(&self, bytes: &[u8], like: Option<&Self>) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        let like = like.map(|like| open_exact(&like.dir, &like.name)?.metadata()).transpose()?;
        #[cfg(unix)]
        cap_std::fs::OpenOptionsExt::mode(&mut options, if like.is_some() { 0o600 } else { 0o666 });
        let mut file = self.dir.open_with(&self.name, &options)?.into_std();
        let written = file
            .write_all(bytes)
            .and_then(|()| like.map_or(Ok(()), |like| take_after(&file, &like)))
            .and_then(|()| file.sync_all());
        if written.is_err() {
            // The first error is the one to tell.
            let _ = self.remove();
        }
        written
    }

    /// Gives the file here a second name, which must not be there; where file systems have no such thing, a copy.
    pub fn keep_as(&self, other: &Self) -> io::Result<()> {
        match self.dir.hard_link(&self.name, &other.dir, &other.name) {
            Err(error) if !matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound) => {
                let Found::File(bytes) = self.read()? else { return Err(error) };
                other.create(&bytes, Some(self))
            }
            linked => linked,
        }
    }

    /// Renames the file here to a name in the same folder, in place of what is there.
    pub fn rename_over(&self, to: &Self) -> io::Result<()> {
        self.dir.rename(&self.name, &to.dir, &to.name)
    }

    /// Renames the file here to a name in the same folder that must be free.
    pub fn rename_free(&self, to: &Self) -> io::Result<()> {
        match self.dir.hard_link(&self.name, &to.dir, &to.name) {
            Ok(()) => self.remove(),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            // A file system without second names.
            Err(_) => match to.dir.symlink_metadata(&to.name) {
                Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
                Err(_) => self.rename_over(to),
            },
        }
    }

    /// Removes the file here, if there is one.
    pub fn remove(&self) -> io::Result<()> {
        match self.dir.remove_file(&self.name) {
            Err(error) if is_missing(&error) => Ok(()),
            removed => removed,
        }
    }

    /// Waits until the disk has what was renamed and removed in this folder.
    pub fn sync_folder(&self) -> io::Result<()> {
        #[cfg(unix)]
        rustix::fs::fsync(&self.dir)?;
        Ok(())
    }
}

#[cfg(unix)]
fn take_after(file: &std::fs::File, like: &std::fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let own = file.metadata()?;
    if (own.uid(), own.gid()) != (like.uid(), like.gid()) {
        // Only root may give files away; the text counts more than whose it is.
        let _ = std::os::unix::fs::fchown(file, Some(like.uid()), Some(like.gid()));
    }
    file.set_permissions(std::fs::Permissions::from_mode(like.mode() & 0o777))
}

#[cfg(not(unix))]
fn take_after(_file: &std::fs::File, _like: &std::fs::Metadata) -> io::Result<()> {
    Ok(())
}
