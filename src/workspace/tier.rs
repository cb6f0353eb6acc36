//! The text tier: which of the listed files can match a pattern, known without opening them.
//!
//! It is made in the background from the files as they are then, and stands beside the states of the workspace. What was heard
//! of since is looked at whatever it knows, and so is all that it does not know: a search finds the same with it and without.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::base::Base;
use super::standing::Standing;
use super::{FileEntry, RelPath, WorkspaceError};
use crate::index::{Candidates, Need};

/// Changes beyond this many are not told apart any more: the tier counts for nothing until it is made again.
const MOST_CHANGES: usize = 1 << 16;

/// What all states of a workspace share.
#[derive(Default)]
pub(super) struct Tier {
    /// Counts what is heard.
    clock: AtomicU64,
    heard: Mutex<Heard>,
    standing: Mutex<Option<Arc<View>>>,
}

/// The files as they were once.
struct View {
    /// What was heard later may not be in it.
    as_of: u64,
    standing: Standing,
}

/// Paths of which was heard, in order, since `begin`.
#[derive(Default)]
struct Heard {
    begin: u64,
    paths: Vec<(u64, RelPath)>,
}

/// Which of some files a search has to open.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Suspects {
    /// Their places among the files that were asked about, ascending.
    pub files: Vec<usize>,
    /// How many of the others are text, and have nothing to be found.
    pub clean: u64,
    /// How many of the others are binary.
    pub binary: u64,
}

impl Tier {
    /// The time, as a state that begins now has it.
    pub(super) fn now(&self) -> u64 {
        self.clock.load(Ordering::Acquire)
    }

    /// Takes note of files and folders that may not be what they were.
    pub(super) fn hear<'p>(&self, paths: impl IntoIterator<Item = &'p RelPath>) {
        let mut heard = self.heard();
        let now = self.clock.fetch_add(1, Ordering::AcqRel) + 1;
        heard.paths.extend(paths.into_iter().map(|path| (now, path.clone())));
        if heard.paths.len() > MOST_CHANGES {
            *heard = Heard { begin: now, paths: Vec::new() };
        }
    }

    /// Which of `entries`, sorted by path, have to be opened for what is needed, as a state of the time `state` sees them;
    /// `is_open` says for which the disk does not count. `None` when all have to be opened.
    pub(super) fn suspects(
        &self,
        need: &Need,
        entries: &[&FileEntry],
        state: u64,
        is_open: impl Fn(&RelPath) -> bool,
    ) -> Option<Suspects> {
        if *need == Need::Free {
            return None;
        }
        let view = self.standing().clone()?;
        let changed = self.since(view.as_of.min(state))?;
        let standing = &view.standing;
        let Candidates::Files(candidates) = standing.index.candidates(need) else { return None };
        let mut suspects = Suspects::default();
        let mut known = standing.paths.iter().enumerate().peekable();
        for (at, entry) in entries.iter().enumerate() {
            while known.next_if(|(_, path)| **path < entry.path).is_some() {}
            match known.next_if(|(_, path)| **path == entry.path) {
                Some((file, path))
                    if !candidates.contains(file as u32) && !is_touched(&changed, path) && !is_open(path) =>
                {
                    match standing.binary[file] {
                        true => suspects.binary += 1,
                        false => suspects.clean += 1,
                    }
                }
                _ => suspects.files.push(at),
            }
        }
        Some(suspects)
    }

    /// Makes it anew from the files of a state, on as many threads as there are cores. Where `goes_on` says that it does
    /// not, what stood stays.
    pub(super) fn fill(&self, base: &Base, goes_on: &(dyn Fn() -> bool + Sync)) -> Result<(), WorkspaceError> {
        let as_of = self.now();
        if let Some(standing) = Standing::read(&base.jail, &base.listing(false)?.files, goes_on) {
            self.adopt(standing, as_of);
        }
        Ok(())
    }

    /// Takes what was read, or was known to be there, at a time. What differs from it has to be heard of after that time.
    pub(super) fn adopt(&self, standing: Standing, as_of: u64) {
        *self.standing() = Some(Arc::new(View { as_of, standing }));
    }

    /// What stands, as it was read: what was heard since is not in it.
    pub(super) fn with_standing<T>(&self, take: impl FnOnce(&Standing) -> T) -> Option<T> {
        let view = self.standing().clone()?;
        Some(take(&view.standing))
    }

    /// Bytes that it holds.
    pub(super) fn memory(&self) -> usize {
        self.standing().as_ref().map_or(0, |view| view.standing.memory())
    }

    /// What was heard after a time; `None` when that is not known any more.
    fn since(&self, time: u64) -> Option<HashSet<String>> {
        let heard = self.heard();
        let from = heard.paths.partition_point(|(at, _)| *at <= time);
        (time >= heard.begin).then(|| heard.paths[from..].iter().map(|(_, path)| path.to_string()).collect())
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        // Nothing in here can be left half done.
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn standing(&self) -> MutexGuard<'_, Option<Arc<View>>> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the file, or a folder above it, is among those that changed.
fn is_touched(changed: &HashSet<String>, path: &RelPath) -> bool {
    !changed.is_empty()
        && (changed.contains(path.as_str())
            || path.as_str().match_indices('/').any(|(at, _)| changed.contains(&path.as_str()[..at])))
}
