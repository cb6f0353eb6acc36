//! The record of an apply that is under way, in the state folder: one file per workspace, empty when nothing is. Whoever
//! applies has it locked, so a record that is there and free belongs to a process that died.

#![expect(clippy::disallowed_methods, reason = "the record is in the state folder, not in the repository")]

use std::fs::{DirBuilder, File, OpenOptions};
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
    /// Folders that were not there, the outer ones first.
    pub(super) folders: Vec<String>,
    pub(super) entries: Vec<Entry>,
}

/// The locked file.
pub(super) struct Record {
    file: File,
    path: PathBuf,
}

/// Opens and locks the record of the workspace.
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
    let file = options.open(&path).map_err(failed)?;
    match file.try_lock() {
        Err(std::fs::TryLockError::WouldBlock) => return Err(ApplyError::Busy),
        // A file system without locks is used without.
        Err(std::fs::TryLockError::Error(_)) | Ok(()) => {}
    }
    Ok(Record { file, path })
}

impl Record {
    /// Says what is going to be done, and waits until the disk has it.
    pub(super) fn begin(&mut self, intent: &Intent) -> Result<(), ApplyError> {
        let bytes = serde_json::to_vec(intent).map_err(io::Error::other);
        let written = bytes.and_then(|bytes| {
            self.file.set_len(0)?;
            self.file.rewind()?;
            self.file.write_all(&bytes)?;
            self.file.sync_all()
        });
        written.map_err(|source| self.failed(source))
    }

    /// Says that all is done, or all undone, and nothing is left lying about.
    pub(super) fn end(&mut self) -> Result<(), ApplyError> {
        self.file.set_len(0).and_then(|()| self.file.sync_all()).map_err(|source| self.failed(source))
    }

    /// Finishes what a process that died has left.
    pub(super) fn recover(&mut self, now: &Snapshot) -> Result<Option<Recovered>, ApplyError> {
        let mut text = String::new();
        self.file.rewind().and_then(|()| self.file.read_to_string(&mut text)).map_err(|source| self.failed(source))?;
        // Half an intent is one that nothing was done for yet.
        let Ok(intent) = serde_json::from_str::<Intent>(&text) else { return Ok(None) };
        let complete = intent.entries.iter().all(|entry| matches!(entry.state(now), Ok(State::New)));
        let mut recovered = Recovered { complete, ..Recovered::default() };
        if !complete {
            let Undone { put_back, changed, stuck } = intent.undo(now);
            if let Some((path, source)) = stuck.into_iter().next() {
                return Err(ApplyError::Stuck { path: path.clone(), source, left: vec![path] });
            }
            (recovered.put_back, recovered.changed_since) = (put_back, changed);
        }
        intent.tidy(now, !complete);
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
            Found::File(bytes) => Some(blake3::hash(&bytes).to_hex().to_string()),
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
    /// Puts every file back that has the new text, the last first.
    pub(super) fn undo(&self, now: &Snapshot) -> Undone {
        let mut undone = Undone::default();
        for entry in self.entries.iter().rev() {
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

    /// Removes what lies beside the files, and the folders that were made when they are not to stay. What cannot be
    /// removed does no harm.
    pub(super) fn tidy(&self, now: &Snapshot, folders: bool) {
        for entry in &self.entries {
            let Ok(place) = entry.place(now) else { continue };
            for name in [&entry.coming, &entry.kept] {
                let _ = place.beside(name).and_then(|place| place.remove());
            }
        }
        for folder in self.folders.iter().rev().filter(|_| folders) {
            let _ = RelPath::parse(folder).map(|folder| now.remove_empty_folder(&folder));
        }
    }
}
