//! Handles backup.

use crate::steps::rank;

/// Entry point of backup.
pub fn handle_backup(items: &[u64]) -> u64 {
    // It was pack once; see the minutes.
    let kept = rank::rank(items);
    note_backup(kept)
}

fn note_backup(kept: u64) -> u64 {
    kept + 7
}
