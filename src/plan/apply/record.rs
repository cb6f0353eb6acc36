//! The record of an apply that is under way, in the state folder: one file per workspace, empty when nothing is. Whoever
//! applies, wherever, holds the one lock beside the records, so a record that says something while the lock is free belongs
//! to a process that died. One lock for all, as workspaces may lie in each other, and applying takes no time to speak of.

#![expect(clippy::disallowed_methods, reason = "the record is in the state folder, not in the repository")]

use std::fmt;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::workspace::{Found, Place, RelPath, Snapshot, WorkspaceError};

use super::ApplyError;

/// What became of the files of an apply that was interrupted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovered {
    /// It had written all of its files, and they stay as they are.
    pub complete: bool,
    /// Files that it had written already and that are as before again.
    pub put_back: Vec<String>,
    /// Files that somebody has changed since, which were left alone.
    pub changed_since: Vec<String>,
    /// Texts that are nowhere else, and stay.
    pub kept: Vec<Kept>,
}

/// A text from before an apply that is left where it was kept, as its file has another one now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Kept {
    pub path: String,
    /// The workspace path of the file that has the text.
    pub at: String,
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "what {} was before is in {}", self.path, self.at)
    }
}

/// What happened, in clauses for people.
impl fmt::Display for Recovered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("applying a plan was interrupted here earlier: ")?;
        match (self.complete, &self.put_back[..]) {
            (true, _) => f.write_str("all of its files had been written, and stay")?,
            (false, []) => f.write_str("none of its files is changed")?,
            (false, files) => write!(f, "as before again: {}", files.join(", "))?,
        }
        if !self.changed_since.is_empty() {
            write!(f, "; left alone, as somebody changed them since: {}", self.changed_since.join(", "))?;
        }
        self.kept.iter().try_for_each(|kept| write!(f, "; {kept}"))
    }
}

/// What is done to one path.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) path: String,
    /// Blake3 of the bytes before, in hex.
    pub(super) old: Option<String>,
    /// Of those afterwards.
    pub(super) new: Option<String>,
    /// Names beside the file: what is to come, and what was.
    pub(super) coming: String,
    pub(super) kept: String,
}

/// All that is done, in this order.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Intent {
    /// The folders of the workspace.
    #[serde(default)]
    pub(super) roots: Vec<PathBuf>,
    /// Folders that were not there, the outer ones first.
    pub(super) folders: Vec<String>,
    pub(super) entries: Vec<Entry>,
}

/// The workspace's file, and the lock for all.
pub(super) struct Record {
    file: File,
    path: PathBuf,
    lock: File,
}

/// What is written behind an intent when every file has its new text.
const DONE: &str = "done";

/// Opens the record of the workspace, with the lock.
pub(super) fn open(now: &Snapshot, state_dir: &Path) -> Result<Record, ApplyError> {
    let mut key = blake3::Hasher::new();
    for root in now.root_paths() {
        key.update(root.as_os_str().as_encoded_bytes()).update(b"\0");
    }
    let folder = state_dir.join("applying");
    let path = folder.join(format!("{}.json", &key.finalize().to_hex()[..16]));
    let failed = |source| ApplyError::State { path: path.display().to_string(), source };
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    builder.create(&folder).map_err(failed)?;
    let lock = options.open(folder.join("lock")).map_err(failed)?;
    let locked = lock.try_lock();
    let file = options.open(&path).map_err(failed)?;
    let is_empty = file.metadata().map_err(failed)?.len() == 0;
    may_go_on(locked, is_empty, failed)?;
    match unfinished_around(now, &folder, &path).map_err(failed)? {
        Some(root) => Err(ApplyError::Unfinished { root: root.display().to_string() }),
        None => Ok(Record { file, path, lock }),
    }
}

/// A file system without locks is used without, unless that may be another process's work which the record tells of.
fn may_go_on(
    locked: Result<(), TryLockError>,
    is_empty: bool,
    failed: impl FnOnce(io::Error) -> ApplyError,
) -> Result<(), ApplyError> {
    match locked {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(ApplyError::Busy),
        Err(TryLockError::Error(_)) if is_empty => Ok(()),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// A folder inside or around these where a process died while it applied: the same files may be meant.
fn unfinished_around(now: &Snapshot, folder: &Path, own: &Path) -> io::Result<Option<PathBuf>> {
    let ours = now.root_paths();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.path() == own || entry.metadata()?.len() == 0 {
            continue;
        }
        let text = std::fs::read_to_string(entry.path())?;
        let Some((intent, _)) = parse(&text) else { continue };
        let meets = |root: &PathBuf| ours.iter().any(|own| own.starts_with(root) || root.starts_with(own));
        if let Some(root) = intent.roots.into_iter().find(meets) {
            return Ok(Some(root));
        }
    }
    Ok(None)
}

/// The intent, and whether it was carried out. Half an intent is one that nothing was done for yet.
fn parse(text: &str) -> Option<(Intent, bool)> {
    let (intent, rest) = text.split_once('\n')?;
    Some((serde_json::from_str(intent).ok()?, rest.trim_end() == DONE))
}

impl Drop for Record {
    fn drop(&mut self) {
        // A process that another thread is just starting has the file open too, and closing it here alone would not do.
        let _ = self.lock.unlock();
    }
}

impl Record {
    /// Says what is going to be done, and waits until the disk has it.
    pub(super) fn begin(&mut self, intent: &Intent) -> Result<(), ApplyError> {
        let bytes = serde_json::to_vec(intent).map_err(io::Error::other);
        let written = bytes.and_then(|bytes| {
            self.file.set_len(0)?;
            self.file.rewind()?;
            self.file.write_all(&bytes)?;
            self.file.write_all(b"\n")?;
            self.file.sync_all()
        });
        written.map_err(|source| self.failed(source))
    }

    /// Says that every file has its new text, so nothing is to be taken back any more.
    pub(super) fn done(&mut self) -> io::Result<()> {
        let before = self.file.metadata()?.len();
        let said = self.file.write_all(DONE.as_bytes()).and_then(|()| self.file.sync_all());
        if said.is_err() {
            // What follows is taken back, so it must not be on record.
            let _ = self.file.set_len(before);
        }
        said
    }

    /// Says that all is done, or all undone, and nothing is left lying about.
    pub(super) fn end(&mut self) -> Result<(), ApplyError> {
        self.file.set_len(0).and_then(|()| self.file.sync_all()).map_err(|source| self.failed(source))
    }

    /// Finishes what a process that died has left.
    pub(super) fn recover(&mut self, now: &Snapshot) -> Result<Option<Recovered>, ApplyError> {
        let mut text = String::new();
        self.file.rewind().and_then(|()| self.file.read_to_string(&mut text)).map_err(|source| self.failed(source))?;
        let Some((intent, done)) = parse(&text) else { return Ok(None) };
        let is_new = |entry: &Entry| matches!(entry.state(now), Ok(State::New));
        let complete = done || intent.entries.iter().all(is_new) && intent.meddled(now).is_none();
        let mut recovered = Recovered { complete, ..Recovered::default() };
        if !complete {
            let Undone { put_back, changed, stuck } = intent.undo(now, intent.entries.len());
            if let Some((path, source)) = stuck.into_iter().next() {
                return Err(ApplyError::Stuck { path: path.clone(), source, left: vec![path] });
            }
            (recovered.put_back, recovered.changed_since) = (put_back, changed);
        }
        recovered.kept = intent.tidy(now, !complete, intent.entries.len());
        self.end()?;
        Ok(Some(recovered))
    }

    fn failed(&self, source: io::Error) -> ApplyError {
        ApplyError::State { path: self.path.display().to_string(), source }
    }
}

/// What is at an entry's path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Old,
    New,
    /// Neither; somebody else's.
    Other,
}

/// What came of undoing.
#[derive(Default)]
pub(super) struct Undone {
    pub(super) put_back: Vec<String>,
    pub(super) changed: Vec<String>,
    /// Files that are as they should not be.
    pub(super) stuck: Vec<(String, io::Error)>,
}

impl Entry {
    pub(super) fn place(&self, now: &Snapshot) -> Result<Place, WorkspaceError> {
        now.place(&RelPath::parse(&self.path)?)
    }

    pub(super) fn state(&self, now: &Snapshot) -> io::Result<State> {
        let found = match self.place(now) {
            Ok(place) => place.read()?,
            // Its folder is gone, or was not there yet.
            Err(WorkspaceError::NotFound { .. }) => Found::Nothing,
            Err(WorkspaceError::Link { .. }) => Found::Else,
            Err(error) => return Err(io::Error::other(error)),
        };
        let hash = match found {
            Found::File(bytes) => Some(hex(&bytes)),
            Found::Nothing => None,
            Found::Else => return Ok(State::Other),
        };
        Ok(if hash == self.old {
            State::Old
        } else if hash == self.new {
            State::New
        } else {
            State::Other
        })
    }

    /// Whether the kept text is one that would be lost.
    fn is_needed(&self, place: &Place, now: &Snapshot) -> bool {
        let kept = match place.beside(&self.kept).and_then(|kept| kept.read()) {
            Ok(Found::File(bytes)) => bytes,
            Ok(_) => return false,
            Err(_) => return true,
        };
        let is_old = self.old.as_deref() == Some(&*hex(&kept));
        match self.state(now) {
            Ok(State::Old | State::New) if is_old => false,
            // One file under two names.
            _ => !matches!(place.read(), Ok(Found::File(bytes)) if bytes == kept),
        }
    }

    /// Makes the file what it was before. Whether there was something to do.
    fn put_back(&self, now: &Snapshot) -> io::Result<bool> {
        if self.state(now)? != State::New {
            return Ok(false);
        }
        let place = self.place(now).map_err(io::Error::other)?;
        let kept = place.beside(&self.kept)?;
        match (&self.old, &self.new) {
            (None, _) => place.remove()?,
            (Some(_), None) => kept.rename_free(&place)?,
            (Some(_), Some(_)) => kept.rename_over(&place)?,
        }
        place.sync_folder()?;
        Ok(true)
    }
}

impl Intent {
    /// Puts every file back that has the new text, the last first. Only the first `touched` entries were ever written.
    pub(super) fn undo(&self, now: &Snapshot, touched: usize) -> Undone {
        let mut undone = Undone::default();
        for entry in self.entries.iter().take(touched).rev() {
            match (entry.state(now), entry.put_back(now)) {
                (_, Ok(true)) => undone.put_back.push(entry.path.clone()),
                (Ok(State::Other), _) => undone.changed.push(entry.path.clone()),
                (_, Ok(false)) => {}
                (_, Err(error)) => undone.stuck.push((entry.path.clone(), error)),
            }
        }
        undone.put_back.sort();
        undone.changed.sort();
        undone
    }

    /// A file whose kept text is no longer the one that the plan was made for: somebody wrote into it just before its new
    /// text came.
    pub(super) fn meddled(&self, now: &Snapshot) -> Option<&Entry> {
        self.entries.iter().find(|entry| {
            let kept = entry.place(now).ok().and_then(|place| place.beside(&entry.kept).ok()?.read().ok());
            matches!(kept, Some(Found::File(bytes)) if entry.old != Some(hex(&bytes)))
        })
    }

    /// Removes what lies beside the files, and the folders that were made when they are not to stay. What cannot be
    /// removed does no harm. Texts that are nowhere else stay, and are told.
    pub(super) fn tidy(&self, now: &Snapshot, folders: bool, touched: usize) -> Vec<Kept> {
        let mut all = Vec::new();
        for (at, entry) in self.entries.iter().enumerate() {
            let beside = match entry.path.rsplit_once('/') {
                Some((folder, _)) => format!("{folder}/{}", entry.kept),
                None => entry.kept.clone(),
            };
            let kept = Kept { path: entry.path.clone(), at: beside };
            let place = match entry.place(now) {
                Ok(place) => place,
                Err(WorkspaceError::NotFound { .. }) => continue,
                Err(_) => {
                    all.extend((entry.old.is_some() && at < touched).then_some(kept));
                    continue;
                }
            };
            let _ = place.beside(&entry.coming).and_then(|place| place.remove());
            if at < touched && entry.is_needed(&place, now) {
                all.push(kept);
            } else {
                let _ = place.beside(&entry.kept).and_then(|place| place.remove());
            }
        }
        for folder in self.folders.iter().rev().filter(|_| folders) {
            let _ = RelPath::parse(folder).map(|folder| now.remove_empty_folder(&folder));
        }
        all
    }
}

fn hex(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_lock_nobody_touches_what_a_record_tells_of() {
        let failed = |source| ApplyError::State { path: "x".into(), source };
        let broken = || Err(TryLockError::Error(io::Error::other("no locks here")));
        for (locked, is_empty, expect) in [
            (Ok(()), false, None),
            (broken(), true, None),
            (broken(), false, Some("x: no locks here; without a record of what is under way nothing is written")),
            (
                Err(TryLockError::WouldBlock),
                true,
                Some("another process is applying a plan on this machine; wait until it is done"),
            ),
        ] {
            let found = may_go_on(locked, is_empty, failed).err().map(|error| error.to_string());
            assert_eq!(found.as_deref(), expect);
        }
    }
}
