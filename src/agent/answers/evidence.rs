//! What the citation check looks at: the run's snapshot and the record of what was seen.

use super::citations::Evidence;
use crate::agent::session::Session;
use crate::workspace::RelPath;

impl Evidence for Session {
    fn exists(&self, path: &str) -> bool {
        RelPath::parse(path).is_ok_and(|path| path.as_str().len() > 1 && self.snapshot.contains(&path).unwrap_or(false))
    }

    fn seen(&self, path: &str, from: u64, to: u64) -> bool {
        self.bindings.calls.seen.knows(path, from, to)
    }

    fn lines(&self, path: &str, from: u64, to: u64) -> Option<String> {
        let path = RelPath::parse(path).ok()?;
        let slice = self.snapshot.lines(&path, from, to).ok()?;
        (slice.from == from && slice.to == to).then_some(slice.text)
    }

    fn definition(&self, path: &str, from: u64, to: u64) -> Option<String> {
        let (from, to) = self.bindings.repo.definition_around(path, from, to)?;
        let slice = self.snapshot.lines(&RelPath::parse(path).ok()?, from, to).ok()?;
        Some(slice.text)
    }
}
