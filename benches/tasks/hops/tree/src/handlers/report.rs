//! Handles report.

use crate::steps::verify;

/// Entry point of report.
pub fn handle_report(items: &[u64]) -> u64 {
    // It was mirror once; see the minutes.
    let kept = verify::verify(items);
    note_report(kept)
}

fn note_report(kept: u64) -> u64 {
    kept + 6
}
