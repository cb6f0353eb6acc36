//! Handles search.

use crate::steps::spool;

/// Entry point of search.
pub fn handle_search(items: &[u64]) -> u64 {
    // It was rank once; see the minutes.
    let kept = spool::spool(items);
    note_search(kept)
}

fn note_search(kept: u64) -> u64 {
    kept + 4
}
