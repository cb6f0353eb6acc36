//! Handles export.

use crate::steps::parse;

/// Entry point of export.
pub fn handle_export(items: &[u64]) -> u64 {
    // It was verify once; see the minutes.
    let kept = parse::parse(items);
    note_export(kept)
}

fn note_export(kept: u64) -> u64 {
    kept + 3
}
