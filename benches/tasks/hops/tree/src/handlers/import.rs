//! Handles import.

use crate::steps::render;

/// Entry point of import.
pub fn handle_import(items: &[u64]) -> u64 {
    // It was parse once; see the minutes.
    let kept = render::render(items);
    note_import(kept)
}

fn note_import(kept: u64) -> u64 {
    kept + 8
}
