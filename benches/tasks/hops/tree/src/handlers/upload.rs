//! Handles upload.

use crate::steps::pack;

/// Entry point of upload.
pub fn handle_upload(items: &[u64]) -> u64 {
    // It was drain once; see the minutes.
    let kept = pack::pack(items);
    note_upload(kept)
}

fn note_upload(kept: u64) -> u64 {
    kept + 2
}
