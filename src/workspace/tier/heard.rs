//! What was heard of the disk: which paths may not be what they were, and since when.

use super::super::RelPath;

/// Changes beyond this many are not told apart: then all files are compared with the disk.
const MOST: usize = 1 << 16;

/// Paths of which was heard, in order, and the clock that this goes by.
#[derive(Default)]
pub(super) struct Heard {
    now: u64,
    /// What was heard until then is not known any more.
    begin: u64,
    /// When anything may have happened, for the last time.
    anything: u64,
    paths: Vec<(u64, RelPath)>,
}

impl Heard {
    pub(super) fn now(&self) -> u64 {
        self.now
    }

    /// Files and folders may not be what they were.
    pub(super) fn hear<'p>(&mut self, paths: impl IntoIterator<Item = &'p RelPath>) {
        self.now += 1;
        let now = self.now;
        self.paths.extend(paths.into_iter().map(|path| (now, path.clone())));
        if self.paths.len() > MOST {
            (self.begin, self.paths) = (now, Vec::new());
        }
    }

    /// No file may be what it was.
    pub(super) fn hear_of_anything(&mut self) {
        self.now += 1;
        self.anything = self.now;
    }

    /// What was heard after a time, sorted; `None` when that could be anything.
    pub(super) fn since(&self, time: u64) -> Option<Vec<RelPath>> {
        if time < self.begin || time < self.anything {
            return None;
        }
        let from = self.paths.partition_point(|(at, _)| *at <= time);
        let mut paths: Vec<_> = self.paths[from..].iter().map(|(_, path)| path.clone()).collect();
        paths.sort_unstable();
        paths.dedup();
        Some(paths)
    }

    /// Nobody will ask for what was heard until a time.
    pub(super) fn forget(&mut self, until: u64) {
        self.begin = self.begin.max(until);
        let past = self.paths.partition_point(|(at, _)| *at <= until);
        self.paths.drain(..past);
    }
}
