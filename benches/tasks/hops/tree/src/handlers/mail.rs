//! Handles mail.

use crate::steps::mirror;

/// Entry point of mail.
pub fn handle_mail(items: &[u64]) -> u64 {
    // It was spool once; see the minutes.
    let kept = mirror::mirror(items);
    note_mail(kept)
}

fn note_mail(kept: u64) -> u64 {
    kept + 1
}
