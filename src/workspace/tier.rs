//! The text tier: which of the listed files can match a pattern, known without opening them.
//!
//! It is made in the background from the files as they are then, and stands beside the states of the workspace. What was heard
//! of since is looked at whatever it knows, and so is all that it does not know: a search finds the same with it and without.

use std::collections::HashSet;
use std::io::Read as _;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{FileEntry, RelPath, Snapshot, Source};
use crate::cancel::Cancel;
use crate::index::{Builder, Candidates, Index, Need};

/// Changes beyond this many are not told apart any more: the tier counts for nothing until it is made again.
const MOST_CHANGES: usize = 1 << 16;

/// A longer file is opened by every search, in bytes.
const MOST_BYTES: u64 = 64 << 20;

/// What all states of a workspace share.
#[derive(Default)]
pub(super) struct Tier {
    /// Counts what is heard.
    clock: AtomicU64,
    heard: Mutex<Heard>,
    standing: Mutex<Option<Arc<Standing>>>,
}

/// Paths of which was heard, in order, since `begin`.
#[derive(Default)]
struct Heard {
    begin: u64,
    paths: Vec<(u64, RelPath)>,
}

/// The files as they were once.
struct Standing {
    /// What was heard later may not be in it.
    as_of: u64,
    /// Sorted. A file's place is its number in the index.
    paths: Vec<RelPath>,
    binary: Vec<bool>,
    index: Index,
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
        let standing = self.standing().clone()?;
        let changed = self.since(standing.as_of.min(state))?;
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

    /// Makes it anew from the files of a snapshot, on as many threads as there are cores. Ends early when cancelled, and
    /// then what stood stays.
    pub(super) fn fill(&self, snapshot: &Snapshot, cancel: &Cancel) -> Result<(), super::WorkspaceError> {
        let as_of = self.now();
        let entries = snapshot.files()?;
        let next = AtomicUsize::new(0);
        let work = || Reader::read_all(snapshot, entries, &next, cancel);
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let readers: Vec<Reader> = std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut readers = vec![work()];
            // What one has read that panicked is missing, and then nothing of this counts.
            readers.extend(others.into_iter().filter_map(|other| other.join().ok()));
            readers
        });
        if cancel.is_cancelled() || readers.len() < threads {
            return Ok(());
        }
        let mut binary = vec![false; entries.len()];
        let mut builders = Vec::new();
        for reader in readers {
            for file in reader.binary {
                binary[file] = true;
            }
            builders.push(reader.builder);
        }
        let paths = entries.iter().map(|entry| entry.path.clone()).collect();
        let standing = Standing { as_of, paths, binary, index: Index::build(builders, entries.len() as u32) };
        *self.standing() = Some(Arc::new(standing));
        Ok(())
    }

    /// Bytes that it holds.
    pub(super) fn memory(&self) -> usize {
        let paths = |standing: &Standing| {
            standing.paths.iter().map(|path| path.as_str().len() + size_of::<RelPath>()).sum::<usize>()
        };
        self.standing().as_ref().map_or(0, |standing| standing.index.memory() + standing.binary.len() + paths(standing))
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

    fn standing(&self) -> MutexGuard<'_, Option<Arc<Standing>>> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the file, or a folder above it, is among those that changed.
fn is_touched(changed: &HashSet<String>, path: &RelPath) -> bool {
    !changed.is_empty()
        && (changed.contains(path.as_str())
            || path.as_str().match_indices('/').any(|(at, _)| changed.contains(&path.as_str()[..at])))
}

/// One thread's part of the reading.
#[derive(Default)]
struct Reader {
    builder: Builder,
    binary: Vec<usize>,
    text: Vec<u8>,
}

impl Reader {
    fn read_all(snapshot: &Snapshot, entries: &[FileEntry], next: &AtomicUsize, cancel: &Cancel) -> Self {
        let mut reader = Self::default();
        while !cancel.is_cancelled() {
            let file = next.fetch_add(1, Ordering::Relaxed);
            let Some(entry) = entries.get(file) else { break };
            reader.read(snapshot, entry, file);
        }
        reader
    }

    /// Takes in one file as it is on disk now.
    fn read(&mut self, snapshot: &Snapshot, entry: &FileEntry, file: usize) {
        self.text.clear();
        let text = match snapshot.open(&entry.path) {
            Ok(Source::File(file)) => {
                file.take(MOST_BYTES + 1).read_to_end(&mut self.text).is_ok().then_some(&self.text[..])
            }
            // A buffer of an editor, which the disk may not have.
            Ok(Source::Memory(_)) | Err(_) => None,
        };
        match text {
            Some(text) if text.len() as u64 <= MOST_BYTES => {
                if memchr::memchr(0, text).is_some() {
                    self.binary.push(file);
                }
                self.builder.add(file as u32, text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text));
            }
            _ => self.builder.add_always(file as u32),
        }
    }
}
