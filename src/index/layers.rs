//! An index and what changed since it was built.

use std::sync::Arc;

use super::candidates::{Candidates, Sought};
use super::columns::Index;
use super::file::FileRuns;
use super::need::Need;

/// An immutable view of an index with changes over it. Making the next one from it copies pointers only.
#[derive(Debug, Clone)]
pub struct Layered {
    base: Arc<Index>,
    /// What files consist of now, by file. Numbers at or above the index's are new files.
    changes: Arc<[(u32, Arc<FileRuns>)]>,
}

impl Layered {
    /// An index without changes.
    pub fn new(base: Arc<Index>) -> Self {
        Self { base, changes: Arc::default() }
    }

    /// How many bytes the view holds, with the index.
    pub fn memory(&self) -> usize {
        let changes: usize = self.changes.iter().map(|(_, runs)| runs.memory()).sum();
        self.base.memory() + size_of_val(&*self.changes) + changes
    }

    /// The view with more changes; of several for one file the last one counts. A file that went is one of unknown
    /// runs.
    pub fn with(&self, changes: impl IntoIterator<Item = (u32, Arc<FileRuns>)>) -> Self {
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
            for (file, runs) in &*self.changes {
                match runs.may_have(&sought) {
                    true => files.insert(*file),
                    false => files.remove(*file),
                }
            }
        }
        candidates
    }
}
