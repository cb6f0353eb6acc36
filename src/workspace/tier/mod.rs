//! The text tier: which of the listed files can match a pattern, and what is in them, known without opening them.
//!
//! It is made in the background from the files as they are then, and stands beside the states of the workspace. A
//! search finds the same with it and without:
//! - Where somebody follows the disk ([`Tier::follow`]), what was heard of since is opened whatever the tier knows.
//! - Where nobody does, or anything may have happened, each file is compared with the disk by its stamp, and opened if
//!   it is another one. Stamps that a change soon after would not alter are not trusted.
//! - Open buffers, files that have to be what they were for an earlier reader, and all that the tier does not know, are
//!   opened.

mod heard;
mod reader;
mod slabs;
mod view;

pub(in crate::workspace) use reader::{MOST_BYTES, Reader, crew};
pub(in crate::workspace) use slabs::{Place, Rack, Room, Slabs};

pub use slabs::Text;
pub use view::{Look, Suspect, Suspects};

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Instant;

use super::base::Base;
use super::jail::Jail;
use super::standing::{Known, Standing, without_mark};
use super::{FileEntry, RelPath, WorkspaceError};
use crate::index::{FileRuns, Need};
use heard::Heard;
use view::{Doubts, Fresh, Row, View, below};

/// A moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Time {
    /// By which hearing goes.
    heard: u64,
    compared: Instant,
}

/// What all states of a workspace share.
#[derive(Default)]
pub(super) struct Tier {
    heard: Mutex<Heard>,
    /// Whether all changes are heard of.
    followed: AtomicBool,
    view: Mutex<Option<Arc<View>>>,
    /// Held while files are read for it.
    making: Mutex<()>,
    /// Counts the searches.
    searches: AtomicU64,
}

impl Tier {
    /// The time now.
    pub(super) fn time(&self) -> Time {
        Time { heard: self.heard().now(), compared: Instant::now() }
    }

    /// Takes note of files and folders that may not be what they were.
    pub(super) fn hear<'p>(&self, paths: impl IntoIterator<Item = &'p RelPath>) {
        self.heard().hear(paths);
    }

    /// Takes note that no file may be what it was.
    pub(super) fn hear_of_anything(&self) {
        self.heard().hear_of_anything();
    }

    /// Says whether all changes on disk will be heard of from now on. Until it is said, none are taken to be.
    pub(super) fn follow(&self, followed: bool) {
        let mut heard = self.heard();
        if followed != self.followed.swap(followed, Ordering::AcqRel) {
            heard.hear_of_anything();
        }
    }

    /// Which of `entries`, sorted by path, have to be looked at for what is needed, as a state with these buffers over
    /// the disk sees them, in a search that began at `began`. `None` when all have to be opened.
    pub(super) fn suspects<'p>(
        &self,
        need: &Need,
        entries: &[&FileEntry],
        base: &Base,
        open: impl Iterator<Item = &'p RelPath>,
        began: Instant,
    ) -> Option<Suspects> {
        let view = self.view()?;
        let doubts = Doubts { told: self.told(&view, Some(began)), open: open.collect(), pinned: base.pins.stamps() };
        view.suspects(need, entries, &doubts, self.searches.fetch_add(1, Ordering::Relaxed))
    }

    /// Brings it to what the disk has: reads all files of a state if nothing stands yet, else those that may have
    /// changed, on as many threads as there are cores. Where `goes_on`, which is asked before each file and may block,
    /// says no, what stood stays.
    ///
    /// When it is to be made `anew`, all files are read, and their texts are not kept.
    pub(super) fn update(
        &self,
        base: &Base,
        anew: bool,
        goes_on: &(dyn Fn() -> bool + Sync),
    ) -> Result<(), WorkspaceError> {
        let entries = &base.listing(false)?.files;
        // Nothing in here can be left half done.
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let as_of = self.time();
        let next = match self.view().filter(|_| !anew) {
            None => View::read(&base.jail, entries, as_of, None, !anew, goes_on),
            // What was kept from an earlier start may have been damaged since.
            Some(view) if !view.standing.index.is_whole() => {
                View::read(&base.jail, entries, as_of, Some(&view), true, goes_on)
            }
            Some(view) => view.updated(&base.jail, entries, as_of, self.told(&view, None), goes_on),
        };
        if let Some(next) = next {
            let former = self.view.lock().unwrap_or_else(PoisonError::into_inner).replace(Arc::new(next));
            if let Some(former) = former {
                // Whoever took the former view a moment ago may still ask for what came after it.
                self.heard().forget(former.as_of.heard);
            }
        }
        Ok(())
    }

    /// Takes what was read, or was known to be there, at a time. What differs from it has to be heard of after that
    /// time, before this is called.
    pub(super) fn adopt(&self, standing: Standing, as_of: Time) {
        let view = View::new(as_of, standing, Vec::new(), Slabs::default());
        *self.view.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(view));
    }

    /// What stands, as it was read: what was read again since is not in it.
    pub(super) fn with_standing<T>(&self, take: impl FnOnce(&Standing) -> T) -> Option<T> {
        let view = self.view()?;
        Some(take(&view.standing))
    }

    /// Whether something stands, or is about to.
    pub(super) fn is_begun(&self) -> bool {
        self.view().is_some() || matches!(self.making.try_lock(), Err(TryLockError::WouldBlock))
    }

    /// Bytes that it holds apart from texts, and bytes of texts.
    pub(super) fn memory(&self) -> (usize, usize) {
        self.view().map_or((0, 0), |view| (view.memory(), view.slabs.memory()))
    }

    /// What was heard of since a view was made; `None` when that could be anything. What was compared with the disk
    /// after `began` is as good as compared now.
    fn told(&self, view: &View, began: Option<Instant>) -> Option<Vec<RelPath>> {
        let heard = self.heard();
        let is_new = began.is_some_and(|began| view.as_of.compared >= began);
        (is_new || self.followed.load(Ordering::Acquire)).then(|| heard.since(view.as_of.heard)).flatten()
    }

    fn view(&self) -> Option<Arc<View>> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        // Nothing in here can be left half done.
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl View {
    /// Reads all files; texts that a former view has are not read again while their files are the same.
    fn read(
        jail: &Jail,
        entries: &[FileEntry],
        as_of: Time,
        former: Option<&Self>,
        keeps_texts: bool,
        goes_on: &(dyn Fn() -> bool + Sync),
    ) -> Option<Self> {
        let mut slabs = former.map_or_else(Slabs::default, |former| former.slabs.clone());
        let room = if keeps_texts { Room::beside(&slabs) } else { Room::none() };
        let rows: Vec<Option<Row>> = former.map_or_else(Vec::new, |former| {
            let mut rows = former.rows();
            entries.iter().map(|entry| rows.find(&entry.path)).collect()
        });
        let texts = slabs.clone();
        let known = |at: usize| {
            let row = rows.get(at)?.as_ref()?;
            Some(Known { stamp: row.stamp?, place: row.place, text: texts.get(row.place, 0)? })
        };
        let (standing, places) = Standing::read(jail, entries, &mut slabs, &room, &known, goes_on)?;
        slabs.shrink(places.iter().copied());
        Some(Self::new(as_of, standing, places, slabs))
    }

    /// The view with what may have changed since read again.
    fn updated(
        &self,
        jail: &Jail,
        entries: &[FileEntry],
        as_of: Time,
        told: Option<Vec<RelPath>>,
        goes_on: &(dyn Fn() -> bool + Sync),
    ) -> Option<Self> {
        let mut rows = self.rows();
        let rows: Vec<Option<Row>> = entries.iter().map(|entry| rows.find(&entry.path)).collect();
        let stale = match told {
            Some(told) => touched(entries, &rows, &told),
            None => differing(jail, entries, &rows, goes_on)?,
        };
        let gone = self.gone(entries);
        if self.is_heavy_with(stale.len() + gone.len()) {
            return Self::read(jail, entries, as_of, Some(self), true, goes_on);
        }
        if stale.is_empty() && gone.is_empty() {
            return Some(self.at(as_of));
        }
        let mut slabs = self.slabs.clone();
        slabs.make_room();
        let room = Room::beside(&slabs);
        let start = || (Reader::new(Rack::new(&room)), Vec::new());
        let visit = |(reader, done): &mut (Reader<'_>, Vec<_>), at: usize| {
            let mut runs = FileRuns::unknown();
            let read = reader.read(jail, &entries[stale[at]].path, at as u32, |text| {
                if let Some(text) = text {
                    runs = FileRuns::of(without_mark(text));
                }
            });
            done.push((at, read, Arc::new(runs)));
        };
        let parts = crew(stale.len(), goes_on, start, visit)?;
        let mut places = vec![Place::NOWHERE; stale.len()];
        let mut done = Vec::new();
        for (reader, part) in parts {
            slabs.take(reader.into_rack(), |at, place| places[at as usize] = place);
            done.extend(part);
        }
        let mut next = self.next_number();
        let mut number = |at: usize| {
            rows[at].map_or_else(
                || {
                    next += 1;
                    next - 1
                },
                |row| row.number,
            )
        };
        let read = done.into_iter().map(|(at, read, runs)| {
            let file = stale[at];
            let row =
                Row { number: number(file), stamp: read.stamp, binary: read.binary, place: places[at], gone: false };
            (Fresh { path: entries[file].path.clone(), row }, runs)
        });
        let gone = gone.into_iter().map(|file| (file, Arc::new(FileRuns::unknown())));
        let mut view = self.with(as_of, read.chain(gone).collect(), Slabs::default());
        slabs.shrink(view.all_places());
        view.slabs = slabs;
        Some(view)
    }
}

/// The places of entries that were told of, and of those that are not known.
fn touched(entries: &[FileEntry], rows: &[Option<Row>], told: &[RelPath]) -> Vec<usize> {
    let mut touched: Vec<usize> = (0..entries.len()).filter(|&at| rows[at].is_none_or(|row| row.gone)).collect();
    for path in told {
        touched.extend(entries.binary_search_by(|entry| entry.path.cmp(path)));
        touched.extend(below(entries, path, |entry| &entry.path));
    }
    touched.sort_unstable();
    touched.dedup();
    touched
}

/// The places of entries that are not what they were. `None` when stopped.
fn differing(
    jail: &Jail,
    entries: &[FileEntry],
    rows: &[Option<Row>],
    goes_on: &(dyn Fn() -> bool + Sync),
) -> Option<Vec<usize>> {
    let visit = |differing: &mut Vec<usize>, at: usize| {
        let known = rows[at].and_then(|row| row.stamp);
        if known.is_none() || known != jail.stamp(&entries[at].path) {
            differing.push(at);
        }
    };
    let mut all: Vec<usize> = crew(entries.len(), goes_on, Vec::new, visit)?.into_iter().flatten().collect();
    all.sort_unstable();
    Some(all)
}
