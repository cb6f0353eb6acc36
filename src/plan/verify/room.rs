//! The temporary folder that a command runs in: made for its owner alone, removed whatever happens.

#![expect(clippy::disallowed_methods, reason = "makes, and removes, what lies below the state folder's `verify`")]

use std::fs::{DirBuilder, File, OpenOptions};
use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::path::{Path, PathBuf};

/// A folder that no other process uses. Dropping it removes it with all that is in it.
pub(super) struct Room {
    path: PathBuf,
    lock: PathBuf,
    /// Locked for as long as the room is used: who dies leaves an unlocked one behind.
    _held: File,
}

impl Room {
    /// Makes a room below the state folder, and removes those that dead processes left there.
    pub(super) fn make(state_dir: &Path) -> io::Result<Self> {
        let rooms = state_dir.join("verify");
        make_dir(&rooms)?;
        // The command is told this path, and the mounts are made by it.
        let rooms = rooms.canonicalize()?;
        sweep(&rooms);
        loop {
            let name = format!("{:08x}", RandomState::new().hash_one(std::process::id()) as u32);
            let (path, lock) = (rooms.join(&name), rooms.join(format!("{name}.lock")));
            let held = match private(&mut OpenOptions::new()).create_new(true).open(&lock) {
                Ok(held) => held,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error),
            };
            // Not to be had: another process takes it for a leftover just now, and removes it.
            if held.try_lock().is_err() {
                continue;
            }
            let room = Self { path, lock, _held: held };
            make_dir(&room.path)?;
            return Ok(room);
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes a folder in it.
    pub(super) fn folder(&self, name: &str) -> io::Result<PathBuf> {
        let path = self.path.join(name);
        make_dir(&path)?;
        Ok(path)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if let Err(error) = remove(&self.path) {
            // The next room removes it.
            tracing::warn!(path = %self.path.display(), %error, "a temporary folder could not be removed");
            return;
        }
        let _ = std::fs::remove_file(&self.lock);
    }
}

/// Removes the rooms that nobody holds.
fn sweep(rooms: &Path) {
    for entry in std::fs::read_dir(rooms).into_iter().flatten().flatten() {
        let lock = entry.path();
        if lock.extension().is_none_or(|extension| extension != "lock") {
            continue;
        }
        let Ok(file) = private(&mut OpenOptions::new()).open(&lock) else { continue };
        if file.try_lock().is_ok() && remove(&lock.with_extension("")).is_ok() {
            let _ = std::fs::remove_file(&lock);
        }
    }
}

/// Removes a folder, also one whose folders were made unwritable. Symlinks are removed, not followed.
fn remove(path: &Path) -> io::Result<()> {
    let gone = |result: io::Result<()>| match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    };
    if gone(std::fs::remove_dir_all(path)).is_ok() {
        return Ok(());
    }
    open_up(path);
    gone(std::fs::remove_dir_all(path))
}

/// Makes all folders writable.
fn open_up(folder: &Path) {
    #[cfg(unix)]
    let _ = std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700));
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            open_up(&entry.path());
        }
    }
}

/// Creates a folder and those above it, for the owner alone.
pub(super) fn make_dir(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_room_is_private_and_goes_with_all_that_is_in_it() {
        let state = tempfile::tempdir().unwrap();
        let outside = state.path().join("outside");
        fs::write(&outside, "stays").unwrap();
        let room = Room::make(state.path()).unwrap();
        assert_eq!(fs::metadata(room.path()).unwrap().permissions().mode() & 0o777, 0o700);
        let shut = room.folder("a").unwrap();
        fs::write(shut.join("file"), "").unwrap();
        std::os::unix::fs::symlink(state.path(), shut.join("link")).unwrap();
        fs::set_permissions(&shut, fs::Permissions::from_mode(0o0)).unwrap();
        drop(room);
        assert_eq!(fs::read_dir(state.path().join("verify")).unwrap().count(), 0);
        assert!(outside.exists());
    }

    #[test]
    fn what_a_dead_process_left_is_removed_and_what_a_live_one_has_is_not() {
        let state = tempfile::tempdir().unwrap();
        let live = Room::make(state.path()).unwrap();
        let left = state.path().join("verify/0badf00d");
        fs::create_dir(&left).unwrap();
        fs::write(left.join("file"), "").unwrap();
        fs::write(state.path().join("verify/0badf00d.lock"), "").unwrap();
        let _next = Room::make(state.path()).unwrap();
        assert!(!left.exists() && live.path().exists());
    }
}
