//! Handles login.

use crate::steps::drain;

/// Entry point of login.
pub fn handle_login(items: &[u64]) -> u64 {
    // It was render once; see the minutes.
    let kept = drain::drain(items);
    note_login(kept)
}

fn note_login(kept: u64) -> u64 {
    kept + 5
}
