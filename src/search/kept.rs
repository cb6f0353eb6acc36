//! The matches that a search keeps: the first ones in order of path and line, whichever thread finds them first.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Match;

/// The most bytes of text that one search returns: 10,000 long lines with 50 lines of context would be gigabytes.
pub(super) const MAX_BYTES: usize = 8 << 20;

/// Collects matches of files in any order and holds on to the longest beginning of the whole that fits.
pub(super) struct Kept {
    limit: usize,
    /// Matches of files after this one are past the limit for certain.
    cutoff: AtomicUsize,
    ledger: Mutex<Ledger>,
}

#[derive(Default)]
struct Ledger {
    files: BTreeMap<usize, Vec<Match>>,
    items: usize,
    bytes: usize,
}

impl Kept {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, cutoff: AtomicUsize::new(usize::MAX), ledger: Mutex::default() }
    }

    /// How many matches of this file could still be wanted.
    pub(super) fn room(&self, file: usize) -> usize {
        if file > self.cutoff.load(Ordering::Acquire) { 0 } else { self.limit }
    }

    /// Takes the first matches of a file; the last one may be the one that does not fit any more.
    pub(super) fn add(&self, file: usize, matches: Vec<Match>) {
        if matches.is_empty() || self.room(file) == 0 {
            return;
        }
        let mut ledger = self.lock();
        ledger.items += matches.len();
        ledger.bytes += matches.iter().map(size).sum::<usize>();
        ledger.files.insert(file, matches);
        while ledger.items > self.limit || ledger.bytes > MAX_BYTES {
            let Some(mut last) = ledger.files.last_entry() else { break };
            let dropped = last.get_mut().pop();
            self.cutoff.fetch_min(*last.key(), Ordering::AcqRel);
            if last.get().is_empty() {
                last.remove();
            }
            if let Some(dropped) = dropped {
                ledger.items -= 1;
                ledger.bytes -= size(&dropped);
            }
        }
        if ledger.items == self.limit
            && let Some((&last, _)) = ledger.files.last_key_value()
        {
            self.cutoff.fetch_min(last, Ordering::AcqRel);
        }
    }

    /// What was kept, in order.
    pub(super) fn into_items(self) -> Vec<Match> {
        let ledger = self.ledger.into_inner().unwrap_or_else(PoisonError::into_inner);
        ledger.files.into_values().flatten().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a match costs to keep, in bytes.
pub(super) fn size(found: &Match) -> usize {
    let lines = found.before.iter().chain(&found.after).chain([&found.text]);
    found.path.len() + lines.map(|line| line.len() + size_of::<String>()).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, line: u64, bytes: usize) -> Match {
        Match { path: path.into(), line, column: 1, text: "x".repeat(bytes), before: vec![], after: vec![] }
    }

    /// Adds (file, matches, bytes of each) in the given order and shows what is kept.
    fn check(limit: usize, files: &[(usize, u64, usize)], expect: &str) {
        let kept = Kept::new(limit);
        for &(file, matches, bytes) in files {
            kept.add(file, (1..=matches).map(|line| found(&file.to_string(), line, bytes)).collect());
        }
        let shown: Vec<String> =
            kept.into_items().into_iter().map(|item| format!("{}:{}", item.path, item.line)).collect();
        assert_eq!(shown.join(" "), expect);
    }

    #[test]
    fn first_in_path_order_whatever_the_order_of_arrival() {
        check(3, &[(0, 2, 1), (1, 2, 1), (2, 2, 1)], "0:1 0:2 1:1");
        check(3, &[(2, 2, 1), (1, 2, 1), (0, 2, 1)], "0:1 0:2 1:1");
        check(3, &[(5, 3, 1), (9, 3, 1), (0, 1, 1)], "0:1 5:1 5:2");
        check(0, &[(0, 2, 1)], "");
    }

    #[test]
    fn text_has_a_budget_of_its_own() {
        let third = MAX_BYTES / 3 + 1;
        check(100, &[(0, 1, third), (1, 1, third), (2, 1, third), (3, 1, 1)], "0:1 1:1");
        check(100, &[(3, 1, 1), (2, 1, third), (1, 1, third), (0, 1, third)], "0:1 1:1");
    }
}
