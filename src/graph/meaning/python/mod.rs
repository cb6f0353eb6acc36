//! What names mean in Python.

use super::{Kin, Occurrence, Program, Source, Spot, general};

/// What was found out about the program so far.
#[derive(Default)]
pub(super) struct World {}

/// The places of a word in a file's code, with what it means at each.
pub(super) fn occurrences(program: &Program, source: &Source, word: &str) -> Vec<Occurrence> {
    general::occurrences(program, source, word)
}

/// The definitions that have one name together with this one.
pub(super) fn kin(program: &Program, source: &Source, spot: &Spot) -> Kin {
    general::kin(program, source, spot)
}
