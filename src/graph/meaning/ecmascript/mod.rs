//! What names mean in JavaScript and TypeScript: scopes, modules, and types inferred as far as they say whose member a name is.

mod calls;
mod contents;
mod context;
mod declares;
mod engine;
mod evaluate;
mod exports;
mod fits;
mod infer;
mod kin;
mod mapped;
mod members;
mod names;
mod narrow;
mod places;
mod steps;
#[cfg(test)]
mod tests;
mod tree;
mod types;
mod unit;

use super::{Kin, Occurrence, Program, Source, Spot};

pub(super) use engine::World;

/// The places of a word in a file's code, with what it means at each.
pub(super) fn occurrences(program: &Program, source: &Source, word: &str) -> Vec<Occurrence> {
    kin::word(program, word).occurrences(&source.path)
}

/// The definitions that have one name together with this one.
pub(super) fn kin(program: &Program, source: &Source, spot: &Spot) -> Kin {
    let rest = source.text.get(spot.offset..).unwrap_or("");
    let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$'))).unwrap_or(rest.len());
    if end == 0 { Kin::default() } else { kin::word(program, &rest[..end]).kin(spot) }
}
