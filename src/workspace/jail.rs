//! The jail: the only door to the repository's files. Nothing else opens one.
//!
//! A file is opened from its folder's handle, never by a joined path, and only under the name that was checked: first
//! with no symlink allowed anywhere; if there are some, they are resolved beneath the folder, the real name is checked
//! like any other, and that name is opened with no symlink allowed. So what is swapped in between changes nothing but
//! the error. Hard links cannot be told from the files they are.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use super::path::on_disk;
use super::pins::Stamp;
use super::{RelPath, WorkspaceError, secrets};

/// How often a file that is being swapped under our hands is tried again.
const ATTEMPTS: usize = 8;

/// A folder of the workspace.
pub(super) struct Folder {
    /// The first component of its paths, when the workspace has several folders.
    pub(super) prefix: Option<Arc<str>>,
    /// The canonical path.
    pub(super) root: PathBuf,
    /// The path that it was named by, made absolute.
    pub(super) given: PathBuf,
    pub(super) dir: Dir,
}

impl Folder {
    /// Opens a folder that can be listed.
    #[expect(clippy::disallowed_methods, reason = "where roots are opened")]
    pub(super) fn open(path: &Path, prefix: Option<Arc<str>>) -> Result<Self, WorkspaceError> {
        let shown = path.display().to_string();
        let root = match path.canonicalize() {
            Ok(root) => root,
            Err(error) if is_missing(&error) => return Err(WorkspaceError::NotFound { path: shown }),
            Err(source) => return Err(WorkspaceError::Unlistable { path: shown, source }),
        };
        if !root.is_dir() {
            let folder = root.parent().unwrap_or(&root).display().to_string();
            return Err(WorkspaceError::NotAFolder { path: shown, folder });
        }
        // A process's environment is a file in there.
        if root.parent().is_none() || root.starts_with("/proc") {
            return Err(WorkspaceError::TooWide { path: shown });
        }
        match Dir::open_ambient_dir(&root, ambient_authority()).and_then(|dir| dir.entries().map(|_| dir)) {
            Ok(dir) => {
                let given = std::path::absolute(path).unwrap_or_else(|_| root.clone());
                Ok(Self { prefix, root, given, dir })
            }
            Err(source) => Err(WorkspaceError::Unlistable { path: shown, source }),
        }
    }

    /// Whether there is something of this name on disk, be it a dangling symlink.
    pub(super) fn has(&self, name: &Path) -> bool {
        self.kind(name).is_some()
    }

    /// What of this name is on disk, symlinks being what they are; `None` when there is nothing.
    pub(super) fn kind(&self, name: &Path) -> Option<cap_std::fs::FileType> {
        self.dir.symlink_metadata(name).ok().map(|metadata| metadata.file_type())
    }
}

/// The folders of a workspace, and the way in.
pub(super) struct Jail {
    pub(super) folders: Vec<Folder>,
}

/// An open regular file.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) file: File,
    /// How long it was then, in bytes.
    pub(super) bytes: u64,
    /// Its path without symlinks.
    pub(super) real: RelPath,
}

impl Jail {
    /// Opens a regular file for reading. Never blocks: not on pipes, not on devices.
    pub(super) fn open(&self, path: &RelPath) -> Result<Opened, WorkspaceError> {
        let (folder, asked) = self.locate(path)?;
        let secret = || WorkspaceError::Secret { path: path.to_string() };
        if secrets::is_secret(&asked.to_string_lossy()) {
            return Err(secret());
        }
        let mut resolved: Option<PathBuf> = None;
        let mut attempt = 0;
        let file = loop {
            attempt += 1;
            match open_exact(&folder.dir, resolved.as_ref().unwrap_or(&asked)) {
                Ok(file) => break file,
                // A symlink is in the way, or a file where a folder should be. What it is, the next line finds out.
                Err(error) if attempt <= ATTEMPTS && may_be_symlink(&error) => {
                    let name = folder.dir.canonicalize(&asked).map_err(|error| refusal(path, error))?;
                    if secrets::is_secret(&name.to_string_lossy()) {
                        return Err(secret());
                    }
                    resolved = Some(name);
                }
                Err(error) => return Err(refusal(path, error)),
            }
        };
        let metadata = file.metadata().map_err(|error| refusal(path, error))?;
        if !metadata.is_file() {
            return Err(WorkspaceError::NotAFile { path: path.to_string(), what: what_it_is(metadata.file_type()) });
        }
        let real = match resolved.filter(|name| *name != asked) {
            None => path.clone(),
            Some(name) => RelPath::from_disk(folder.prefix.as_deref(), &name)
                .ok_or_else(|| WorkspaceError::OutsideRoot { path: path.to_string() })?,
        };
        Ok(Opened { file, bytes: metadata.len(), real })
    }

    /// What tells whether the file of this name is still the one that was read, without opening it.
    pub(super) fn stamp(&self, path: &RelPath) -> Option<Stamp> {
        let (folder, name) = self.locate(path).ok()?;
        Stamp::at(&folder.dir, &name)
    }

    /// Whether a text may be kept under this path: it names no secret, nor does what a symlink there leads to, and the
    /// symlink stays inside. There need not be such a file yet.
    pub(super) fn may_hold(&self, path: &RelPath) -> bool {
        let Ok((folder, name)) = self.locate(path) else { return false };
        !secrets::is_secret(&name.to_string_lossy())
            && match folder.dir.canonicalize(&name) {
                Ok(real) => !secrets::is_secret(&real.to_string_lossy()),
                Err(error) => is_missing(&error),
            }
    }

    /// The folder that a path is in, and the name on disk relative to it.
    pub(super) fn locate(&self, path: &RelPath) -> Result<(&Folder, PathBuf), WorkspaceError> {
        let missing = || WorkspaceError::NotFound { path: path.to_string() };
        for folder in &self.folders {
            let rest = match &folder.prefix {
                None => Some(path.as_str()),
                Some(prefix) => path.as_str().strip_prefix(&**prefix).and_then(|rest| rest.strip_prefix('/')),
            };
            if let Some(rest) = rest {
                return Ok((folder, on_disk(rest).ok_or_else(missing)?));
            }
        }
        Err(missing())
    }
}

pub(super) fn refusal(path: &RelPath, error: io::Error) -> WorkspaceError {
    let path = path.to_string();
    match error.kind() {
        _ if is_missing(&error) => WorkspaceError::NotFound { path },
        // cap-std's word for a way out; the system's own refusals have a number.
        io::ErrorKind::PermissionDenied if error.raw_os_error().is_none() => WorkspaceError::OutsideRoot { path },
        #[cfg(unix)]
        _ if error.raw_os_error() == Some(libc::EXDEV) => WorkspaceError::OutsideRoot { path },
        #[cfg(unix)]
        _ if error.raw_os_error() == Some(libc::ENXIO) => WorkspaceError::NotAFile { path, what: "a socket or device" },
        _ => WorkspaceError::Io { path, source: error },
    }
}

pub(super) fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(unix)]
fn what_it_is(kind: std::fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    if kind.is_dir() {
        "a folder"
    } else if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn what_it_is(kind: std::fs::FileType) -> &'static str {
    if kind.is_dir() { "a folder" } else { "a device" }
}

#[cfg(unix)]
pub(super) fn may_be_symlink(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ELOOP | libc::ENOTDIR | libc::EMLINK))
}

#[cfg(not(unix))]
pub(super) fn may_be_symlink(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Other
}

/// Opens a file beneath `dir` for reading; an error when any component is a symlink.
#[cfg(unix)]
pub(super) fn open_exact(dir: &Dir, path: &Path) -> io::Result<File> {
    open_with(dir, path, READ)
}

/// Opens a folder beneath `dir`, or `dir` itself for an empty path; an error when any component is a symlink.
#[cfg(unix)]
pub(super) fn open_folder(dir: &Dir, path: &Path) -> io::Result<Dir> {
    let flags = rustix::fs::OFlags::DIRECTORY | rustix::fs::OFlags::CLOEXEC;
    let file = if path.as_os_str().is_empty() {
        rustix::fs::openat(dir, ".", flags, rustix::fs::Mode::empty())?.into()
    } else {
        open_with(dir, path, flags)?
    };
    Ok(Dir::from_std_file(file))
}

#[cfg(target_os = "linux")]
fn open_with(dir: &Dir, path: &Path, flags: rustix::fs::OFlags) -> io::Result<File> {
    use rustix::fs::{Mode, ResolveFlags, openat2};
    use rustix::io::Errno;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    match openat2(dir, path, flags, Mode::empty(), resolve) {
        Ok(file) => Ok(File::from(file)),
        // Kernels and sandboxes without this call; renames elsewhere that disturbed it.
        Err(Errno::NOSYS | Errno::PERM | Errno::AGAIN) => open_stepwise(dir, path, flags),
        Err(error) => Err(error.into()),
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn open_with(dir: &Dir, path: &Path, flags: rustix::fs::OFlags) -> io::Result<File> {
    open_stepwise(dir, path, flags)
}

#[cfg(not(unix))]
pub(super) fn open_folder(dir: &Dir, path: &Path) -> io::Result<Dir> {
    if path.as_os_str().is_empty() {
        return dir.try_clone();
    }
    if dir.canonicalize(path)? != path {
        return Err(io::ErrorKind::Other.into());
    }
    dir.open_dir(path)
}

#[cfg(not(unix))]
pub(super) fn open_exact(dir: &Dir, path: &Path) -> io::Result<File> {
    if dir.canonicalize(path)? != path {
        return Err(io::ErrorKind::Other.into());
    }
    Ok(dir.open(path)?.into_std())
}

#[cfg(unix)]
const READ: rustix::fs::OFlags = rustix::fs::OFlags::RDONLY
    .union(rustix::fs::OFlags::NONBLOCK)
    .union(rustix::fs::OFlags::NOCTTY)
    .union(rustix::fs::OFlags::CLOEXEC);

/// The same, one component after the other.
#[cfg(unix)]
fn open_stepwise(dir: &Dir, path: &Path, last: rustix::fs::OFlags) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, openat};
    let mut at: Option<rustix::fd::OwnedFd> = None;
    let mut components = path.components().peekable();
    while let Some(component) = components.next() {
        let std::path::Component::Normal(name) = component else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let flags = if components.peek().is_some() { OFlags::DIRECTORY | OFlags::CLOEXEC } else { last };
        let flags = flags | OFlags::NOFOLLOW;
        at = Some(match &at {
            Some(at) => openat(at, name, flags, Mode::empty())?,
            None => openat(dir, name, flags, Mode::empty())?,
        });
    }
    at.map(File::from).ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn both_ways_of_opening_agree() {
        let tree = tempfile::tempdir().unwrap();
        fs::create_dir_all(tree.path().join("a/b")).unwrap();
        fs::write(tree.path().join("a/b/file"), "text").unwrap();
        symlink("a/b", tree.path().join("to-dir")).unwrap();
        symlink("a/b/file", tree.path().join("to-file")).unwrap();
        symlink("/", tree.path().join("to-root")).unwrap();
        let dir = Dir::open_ambient_dir(tree.path(), ambient_authority()).unwrap();
        for (path, opens) in [
            ("a/b/file", true),
            ("a/b", true),
            ("a/none", false),
            ("a/b/file/more", false),
            ("to-dir/file", false),
            ("to-file", false),
            ("to-root/etc/passwd", false),
        ] {
            let path = Path::new(path);
            assert_eq!(open_exact(&dir, path).is_ok(), opens, "{path:?}");
            assert_eq!(open_stepwise(&dir, path, READ).is_ok(), opens, "{path:?} stepwise");
        }
        for path in ["../x", "/etc/passwd", "a/../a/b/file", ""] {
            assert!(open_stepwise(&dir, Path::new(path), READ).is_err(), "{path:?}");
        }
    }
}
