//! The cache's own door to the disk: where its file is, how it comes into being, and how it goes when it is broken.

#![expect(clippy::disallowed_methods, reason = "the cache's one door to its state folder")]

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What SQLite keeps beside the file.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// How often a lock that another process holds is tried.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

pub(super) fn path(state_dir: &Path) -> PathBuf {
    state_dir.join("cache.sqlite")
}

/// Makes the folder and an empty file, readable by their owner alone, unless they are there. SQLite gives what it keeps
/// beside the file the same mode.
pub(super) fn create(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    private(path).map(drop)
}

/// Keeps other processes from opening the cache, for as long as the file is held. Whoever holds it is soon done; an error of
/// kind `WouldBlock` when not even `patience` was enough.
pub(super) fn lock(path: &Path, patience: Duration) -> io::Result<File> {
    let file = private(&with(path, ".lock"))?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if start.elapsed() < patience => std::thread::sleep(LOOK_AGAIN),
            Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
            // There are file systems without locks.
            Err(TryLockError::Error(error)) if error.kind() != io::ErrorKind::Unsupported => return Err(error),
            _ => return Ok(file),
        }
    }
}

/// Moves a file that cannot be used out of the way, over the one before it.
pub(super) fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let aside = with(path, ".broken");
    std::fs::rename(path, &aside)?;
    for end in BESIDE {
        match std::fs::remove_file(with(path, end)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(aside)
}

fn with(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
