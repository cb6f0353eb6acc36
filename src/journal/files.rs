//! The journal's own door to the disk: where its files are, and the only place that opens, lists or removes them.
//! Everything is readable by its owner alone.

#![expect(clippy::disallowed_methods, reason = "the journal's one door to its state directory")]

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Ends the name of a run's file.
const SUFFIX: &str = ".jsonl";

pub(super) fn runs_dir(state_dir: &Path) -> PathBuf {
    state_dir.join("runs")
}

pub(super) fn run_path(state_dir: &Path, id: &str) -> PathBuf {
    runs_dir(state_dir).join(format!("{id}{SUFFIX}"))
}

/// The id of a run's file; `None` for other files.
pub(super) fn run_id(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()?.strip_suffix(SUFFIX)
}

/// Creates a folder and those above it.
pub(super) fn create_dir(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Creates a file that must not be there yet, for appending.
pub(super) fn create_new(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().append(true).create_new(true)).open(path)
}

/// Opens a file for appending and for reading what is in it.
pub(super) fn open_append(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).append(true).open(path)
}

pub(super) fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// A file to hold locks on.
pub(super) fn open_lock(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().append(true).create(true)).open(path)
}

/// Writes a file that others see whole or not at all. Returns it, not synced yet.
pub(super) fn write_whole(path: &Path, temporary: &Path, bytes: &[u8]) -> io::Result<File> {
    let mut file = private(OpenOptions::new().write(true).create(true).truncate(true)).open(temporary)?;
    let written = file.write_all(bytes).and_then(|()| std::fs::rename(temporary, path));
    match written {
        Ok(()) => Ok(file),
        Err(error) => {
            // The first error is the one to tell; a leftover is removed by the next eviction.
            let _ = std::fs::remove_file(temporary);
            Err(error)
        }
    }
}

/// The files of a folder with their sizes, in order of path; none when there is no such folder.
pub(super) fn list(dir: &Path) -> io::Result<Vec<(PathBuf, u64)>> {
    let entries = entries(dir)?;
    Ok(entries.into_iter().filter(|(_, meta)| meta.is_file()).map(|(path, meta)| (path, meta.len())).collect())
}

/// The folders in a folder, in order of path; none when there is no such folder.
pub(super) fn list_dirs(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = entries(dir)?;
    Ok(entries.into_iter().filter(|(_, meta)| meta.is_dir()).map(|(path, _)| path).collect())
}

fn entries(dir: &Path) -> io::Result<Vec<(PathBuf, std::fs::Metadata)>> {
    let read = match std::fs::read_dir(dir) {
        Ok(read) => read,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut entries = Vec::new();
    for entry in read {
        let entry = entry?;
        // Another process may have removed it meanwhile.
        if let Ok(meta) = entry.metadata() {
            entries.push((entry.path(), meta));
        }
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(entries)
}

pub(super) fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Whether the name of an open file is gone.
pub(super) fn is_deleted(file: &File) -> io::Result<bool> {
    #[cfg(unix)]
    return Ok(std::os::unix::fs::MetadataExt::nlink(&file.metadata()?) == 0);
    #[cfg(not(unix))]
    return file.metadata().map(|_| false);
}

/// Marks a journal as being written, for as long as `file` is open. False: another handle has it.
pub(super) fn try_claim(file: &File) -> bool {
    // Elsewhere a lock would keep readers out. On file systems without locks the claim is only missed by eviction.
    cfg!(not(unix)) || !matches!(file.try_lock(), Err(std::fs::TryLockError::WouldBlock))
}

/// The opposite: nothing more is to be written by this handle.
pub(super) fn release(file: &File) {
    // What cannot be released is released with the handle.
    let _ = file.unlock();
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}
