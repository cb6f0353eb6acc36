//! The benchmarks' door to the disk: task files that a person named, and files of results.

#![expect(clippy::disallowed_methods, reason = "the benchmarks' one door to the disk")]

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

pub(super) fn read(path: &Path) -> io::Result<String> {
    std::fs::read_to_string(path)
}

/// The path without links and dots, or as it is.
pub(super) fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// Opens a file for appending, with the folders above it, and reads what it has. Nobody else can have it open like this.
///
/// # Errors
/// [`io::ErrorKind::WouldBlock`] when somebody has.
pub(super) fn open_append(path: &Path) -> io::Result<(File, String)> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    match file.try_lock() {
        Err(std::fs::TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
        // A file system without locks is used without.
        Err(std::fs::TryLockError::Error(_)) | Ok(()) => {}
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok((file, String::from_utf8_lossy(&bytes).into_owned()))
}
