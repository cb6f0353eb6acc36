//! One state of the tier: what stands, what was read again since, and which files a search has to open for all that.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use super::super::pins::Stamp;
use super::super::standing::Standing;
use super::super::{FileEntry, RelPath};
use super::Time;
use super::slabs::{Place, Slabs, Text};
use crate::index::{Candidates, FileRuns, Layered, Need};

/// So few files that were read again are never many.
const FEW: usize = 256;

/// They are many when there is more than one for this many that stand.
const SHARE: usize = 16;

/// Immutable; the next one shares all that stays.
#[derive(Clone)]
pub(super) struct View {
    /// When the files were read or compared with the disk. What was heard later may not be in it.
    pub(super) as_of: Time,
    pub(super) standing: Arc<Standing>,
    /// Where the texts of those that stand are.
    pub(super) places: Arc<[Place]>,
    layered: Layered,
    /// Files that were read again, or came, or went, sorted by path. They count instead of what stands.
    fresh: Arc<[Fresh]>,
    pub(super) slabs: Slabs,
}

/// A file that is newer than what stands.
#[derive(Clone)]
pub(super) struct Fresh {
    pub(super) path: RelPath,
    pub(super) row: Row,
}

/// What is known of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// Its number in the index.
    pub(super) number: u32,
    pub(super) stamp: Option<Stamp>,
    pub(super) binary: bool,
    pub(super) place: Place,
    /// There was no such file when it was last looked for, and what comes under its name is another one.
    pub(super) gone: bool,
}

/// Which of some files a search has to look at.
#[derive(Debug, Default)]
pub struct Suspects {
    pub files: Vec<Suspect>,
    /// How many of the others are text, and have nothing to be found.
    pub clean: u64,
    /// How many of the others are binary.
    pub binary: u64,
}

/// A file that has to be looked at, or at least compared with the disk.
#[derive(Debug)]
pub struct Suspect {
    /// Its place among the files that were asked about.
    pub at: usize,
    /// What it is while the disk has this stamp, where one is given.
    pub(super) known: Option<(Option<Stamp>, Look)>,
}

impl Suspect {
    /// How it is to be looked at, where the disk has the stamp that `now` gives.
    pub(in crate::workspace) fn look(&self, now: impl FnOnce() -> Option<Stamp>) -> Look {
        match &self.known {
            None => Look::Open,
            Some((Some(stamp), _)) if now() != Some(*stamp) => Look::Open,
            Some((_, look)) => look.clone(),
        }
    }
}

/// How a file is to be looked at.
#[derive(Debug, Clone)]
pub enum Look {
    /// It has to be opened.
    Open,
    /// This is what is on disk.
    Text(Text),
    /// It is text, and has nothing to be found.
    Clean,
    /// It is binary, and has nothing to be found.
    Binary,
}

/// What else a search goes by.
pub(super) struct Doubts<'a> {
    /// What was heard since the view was made. `None` when each file has to be compared with the disk.
    pub(super) told: Option<Vec<RelPath>>,
    /// Files that are not what the disk has.
    pub(super) open: Vec<&'a RelPath>,
    /// Files that have to be what they were at these stamps.
    pub(super) pinned: Vec<(RelPath, Stamp)>,
}

impl View {
    pub(super) fn new(as_of: Time, standing: Standing, places: Vec<Place>, slabs: Slabs) -> Self {
        let layered = Layered::new(standing.index.clone());
        let (standing, places, fresh) = (Arc::new(standing), places.into(), Arc::default());
        Self { as_of, standing, places, layered, fresh, slabs }
    }

    /// The view with files that were read again, sorted by path, each with its runs.
    pub(super) fn with(&self, as_of: Time, files: Vec<(Fresh, Arc<FileRuns>)>, slabs: Slabs) -> Self {
        let mut fresh: Vec<Fresh> = self.fresh.to_vec();
        let mut changes = Vec::new();
        for (file, runs) in files {
            changes.push((file.row.number, runs));
            fresh.push(file);
        }
        // The sort is stable, so that the last one of a path comes first.
        fresh.reverse();
        fresh.sort_by(|one, other| one.path.cmp(&other.path));
        fresh.dedup_by(|one, other| one.path == other.path);
        let layered = self.layered.with(changes);
        Self { as_of, layered, fresh: fresh.into(), slabs, ..self.clone() }
    }

    /// The same, which holds at a later time.
    pub(super) fn at(&self, as_of: Time) -> Self {
        Self { as_of, ..self.clone() }
    }

    /// The number of the next file that is not in it.
    pub(super) fn next_number(&self) -> u32 {
        self.fresh.iter().map(|fresh| fresh.row.number + 1).fold(self.standing.index.files(), u32::max)
    }

    /// Whether it is better made anew than given `more` files that were read again.
    pub(super) fn is_heavy_with(&self, more: usize) -> bool {
        self.fresh.len() + more > FEW.max(self.standing.paths.len() / SHARE)
    }

    /// Bytes that it holds, texts apart.
    pub(super) fn memory(&self) -> usize {
        self.standing.memory() - self.standing.index.memory()
            + self.layered.memory()
            + size_of_val(&*self.places)
            + size_of_val(&*self.fresh)
    }

    /// Where its texts are.
    pub(super) fn all_places(&self) -> impl Iterator<Item = Place> {
        self.places.iter().copied().chain(self.fresh.iter().map(|fresh| fresh.row.place))
    }

    /// For looking up files in the order of their paths.
    pub(super) fn rows(&self) -> Rows<'_> {
        Rows { view: self, standing: 0, fresh: 0 }
    }

    /// The files that are in it and not among `entries`, sorted, without those that are known to have gone.
    pub(super) fn gone(&self, entries: &[FileEntry]) -> Vec<Fresh> {
        let standing = self.standing.paths.iter().zip(0..);
        let fresh = self.fresh.iter().map(|fresh| (&fresh.path, fresh.row.number));
        let mut gone: Vec<(&RelPath, u32)> = absent(standing, entries).chain(absent(fresh, entries)).collect();
        gone.sort_unstable();
        gone.dedup();
        let mut rows = self.rows();
        gone.retain(|(path, _)| rows.find(path).is_some_and(|row| !row.gone));
        gone.into_iter()
            .map(|(path, number)| Fresh {
                path: path.clone(),
                row: Row { number, stamp: None, binary: false, place: Place::NOWHERE, gone: true },
            })
            .collect()
    }

    /// Which of `entries`, sorted by path, have to be looked at for what is needed. `None` when all have to be opened.
    pub(super) fn suspects(
        &self,
        need: &Need,
        entries: &[&FileEntry],
        doubts: &Doubts<'_>,
        now: u64,
    ) -> Option<Suspects> {
        let candidates = self.layered.candidates(need);
        if candidates == Candidates::All && self.slabs.is_empty() {
            return None;
        }
        let touched = doubts.touched(entries);
        let pinned = doubts.pinned(entries);
        let mut suspects = Suspects::default();
        let mut rows = self.rows();
        for (at, entry) in entries.iter().enumerate() {
            let row =
                rows.find(&entry.path).filter(|row| !row.gone && !touched.get(at).is_some_and(|touched| *touched));
            let row = row.filter(|row| pinned.get(&at).is_none_or(|pinned| row.stamp == Some(*pinned)));
            let look = match row {
                None => Look::Open,
                Some(row) if candidates.contains(row.number) => {
                    self.slabs.get(row.place, now).map_or(Look::Open, Look::Text)
                }
                Some(row) if row.binary => Look::Binary,
                Some(_) => Look::Clean,
            };
            let stamp = row.and_then(|row| row.stamp);
            let known = match (look, &doubts.told) {
                (Look::Open, _) => None,
                (Look::Clean, Some(_)) => {
                    suspects.clean += 1;
                    continue;
                }
                (Look::Binary, Some(_)) => {
                    suspects.binary += 1;
                    continue;
                }
                (look, Some(_)) => Some((None, look)),
                // A file without a stamp cannot be compared.
                (look, None) => stamp.map(|stamp| (Some(stamp), look)),
            };
            suspects.files.push(Suspect { at, known });
        }
        Some(suspects)
    }
}

impl Doubts<'_> {
    /// For each of the entries whether it may not be what the view has, or nothing where none is in doubt.
    fn touched(&self, entries: &[&FileEntry]) -> Vec<bool> {
        let told = self.told.as_deref().unwrap_or_default();
        if told.is_empty() && self.open.is_empty() {
            return Vec::new();
        }
        let mut touched = vec![false; entries.len()];
        for path in told {
            for at in below(entries, path, |entry| &entry.path) {
                touched[at] = true;
            }
        }
        for path in told.iter().chain(self.open.iter().copied()) {
            if let Ok(at) = entries.binary_search_by(|entry| entry.path.cmp(path)) {
                touched[at] = true;
            }
        }
        touched
    }

    fn pinned(&self, entries: &[&FileEntry]) -> HashMap<usize, Stamp> {
        let at = |path: &RelPath| entries.binary_search_by(|entry| entry.path.cmp(path)).ok();
        self.pinned.iter().filter_map(|(path, stamp)| Some((at(path)?, *stamp))).collect()
    }
}

/// The places of those that are in a folder, if it is one, in what is sorted by path.
pub(super) fn below<T>(sorted: &[T], folder: &RelPath, path: impl Fn(&T) -> &RelPath) -> std::ops::Range<usize> {
    let inside = format!("{folder}/");
    let from = sorted.partition_point(|item| path(item).as_str() < inside.as_str());
    let length = sorted[from..].partition_point(|item| path(item).as_str().starts_with(&inside));
    from..from + length
}

/// Looks up one path after the other, each behind the one before.
pub(super) struct Rows<'v> {
    view: &'v View,
    standing: usize,
    fresh: usize,
}

impl Rows<'_> {
    pub(super) fn find(&mut self, path: &RelPath) -> Option<Row> {
        let View { standing, fresh, places, .. } = self.view;
        self.fresh += gallop(&fresh[self.fresh..], |fresh| order(&fresh.path, path));
        if let Some(fresh) = fresh.get(self.fresh).filter(|fresh| fresh.path == *path) {
            return Some(fresh.row);
        }
        self.standing += gallop(&standing.paths[self.standing..], |known| order(known, path));
        let at = self.standing;
        let _found = standing.paths.get(at).filter(|known| order(known, path) == Ordering::Equal)?;
        let place = places.get(at).copied().unwrap_or(Place::NOWHERE);
        Some(Row { number: at as u32, stamp: standing.stamps[at], binary: standing.binary[at], place, gone: false })
    }
}

/// Those whose paths no entry has. Both sides are sorted.
fn absent<'p>(
    files: impl Iterator<Item = (&'p RelPath, u32)>,
    entries: &[FileEntry],
) -> impl Iterator<Item = (&'p RelPath, u32)> {
    let mut at = 0;
    files.filter(move |(path, _)| {
        at += gallop(&entries[at..], |entry| order(&entry.path, path));
        entries.get(at).is_none_or(|entry| order(&entry.path, path) != Ordering::Equal)
    })
}

/// The order of paths, quickly for those that share their text.
fn order(one: &RelPath, other: &RelPath) -> Ordering {
    if one.is_same(other) { Ordering::Equal } else { one.cmp(other) }
}

/// How many of what is sorted are less, found quickly when they are few.
fn gallop<T>(sorted: &[T], order: impl Fn(&T) -> Ordering) -> usize {
    let mut step = 1;
    let mut from = 0;
    while sorted.get(from + step - 1).is_some_and(|item| order(item) == Ordering::Less) {
        from += step;
        step *= 2;
    }
    let to = sorted.len().min(from + step);
    from + sorted[from..to].partition_point(|item| order(item) == Ordering::Less)
}
