//! An index and what changed since it was built.

use std::sync::Arc;

use super::build::Builder;
use super::candidates::{Candidates, Sought};
use super::columns::Index;
use super::file::FileRuns;
use super::need::Need;

/// The changes are many when more than one in this many files has one.
const SHARE: u32 = 16;

/// So few changes are never many.
const FEW: usize = 256;

/// What became of a file. Numbers at or above the index's are new files.
#[derive(Debug, Clone)]
pub enum Change {
    /// The file now consists of this.
    Text(Arc<FileRuns>),
    /// There is no such file any more.
    Removed,
}

impl Change {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => Arc::ptr_eq(one, other),
            (Self::Removed, Self::Removed) => true,
            _ => false,
        }
    }
}

/// An immutable view of an index with changes over it. Making the next one from it copies pointers only.
#[derive(Debug, Clone)]
pub struct Layered {
    base: Arc<Index>,
    /// By file.
    changes: Arc<[(u32, Change)]>,
}

impl Layered {
    /// An index without changes.
    pub fn new(base: Arc<Index>) -> Self {
        Self { base, changes: Arc::default() }
    }

    /// The index below the changes.
    pub fn base(&self) -> &Arc<Index> {
        &self.base
    }

    /// How many files have a change.
    pub fn changes(&self) -> usize {
        self.changes.len()
    }

    /// How many bytes the view holds, with the index.
    pub fn memory(&self) -> usize {
        let change = |(_, change): &(u32, Change)| match change {
            Change::Text(runs) => runs.memory(),
            Change::Removed => 0,
        };
        self.base.memory() + size_of_val(&*self.changes) + self.changes.iter().map(change).sum::<usize>()
    }

    /// The view with more changes; of several for one file the last one counts.
    pub fn with(&self, changes: impl IntoIterator<Item = (u32, Change)>) -> Self {
        let mut all: Vec<_> = self.changes.iter().cloned().chain(changes).collect();
        // The sort is stable, so the last change comes first.
        all.reverse();
        all.sort_by_key(|(file, _)| *file);
        all.dedup_by_key(|(file, _)| *file);
        Self { base: self.base.clone(), changes: all.into() }
    }

    /// The files that may have what is needed.
    pub fn candidates(&self, need: &Need) -> Candidates {
        let sought = Sought::new(need);
        let mut candidates = self.base.having(&sought);
        if let Candidates::Files(files) = &mut candidates {
            for (file, change) in &*self.changes {
                match change {
                    Change::Text(runs) if runs.may_have(&sought) => files.insert(*file),
                    _ => files.remove(*file),
                }
            }
        }
        candidates
    }

    /// Whether there are so many changes that [`Self::compact`] is worth its time.
    pub fn is_heavy(&self) -> bool {
        self.changes.len() > FEW.max((self.base.files() / SHARE) as usize)
    }

    /// One index with all changes in it. Takes about as long as building took after the texts were read.
    pub fn compact(&self) -> Arc<Index> {
        if self.changes.is_empty() {
            return self.base.clone();
        }
        let mut builder = Builder::new();
        let changed = |file| self.changes.binary_search_by_key(&file, |(file, _)| *file).is_ok();
        builder.add_index(&self.base, changed);
        let mut files = self.base.files();
        for (file, change) in &*self.changes {
            files = files.max(file + 1);
            if let Change::Text(runs) = change {
                builder.add_runs(*file, runs);
            }
        }
        Arc::new(Index::build(vec![builder], files))
    }

    /// This view over `compacted`, which was made of `of`: changes that came meanwhile stay changes.
    pub fn rebased(&self, of: &Self, compacted: Arc<Index>) -> Self {
        let still = |(file, change): &&(u32, Change)| {
            let known = of.changes.binary_search_by_key(file, |(file, _)| *file);
            known.is_ok_and(|known| of.changes[known].1.is(change))
        };
        let changes = self.changes.iter().filter(|change| !still(change)).cloned().collect();
        Self { base: compacted, changes }
    }
}
