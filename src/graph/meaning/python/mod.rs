//! What names mean in Python: by scopes and imports, and by types that are inferred.

mod annotations;
mod arguments;
mod beside;
mod calls;
mod classes;
mod elements;
mod functions;
mod infer;
mod keywords;
mod kin;
mod modules;
mod names;
mod narrow;
mod passed;
mod read;
mod scopes;
mod tree;
mod types;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::{Kin, Meaning, Occurrence, Program, Shape, Source, Spot};
use infer::{Asked, Infer};
use tree::PlaceKind;
use types::Type;

/// What was found out about the program so far.
#[derive(Default)]
pub(super) struct World {
    modules: modules::Modules,
    types: Mutex<HashMap<Asked, Type>>,
    kin: Mutex<HashMap<Spot, Kin>>,
    together: Mutex<HashMap<String, Arc<kin::Together>>>,
    files: Mutex<HashMap<String, Vec<String>>>,
}

/// The places of a word in a file's code, with what it means at each.
pub(super) fn occurrences(program: &Program, source: &Source, word: &str) -> Vec<Occurrence> {
    let mut infer = Infer::new(program);
    let module = infer.module(modules::of_source(program, source));
    let places = module.places.iter().filter(|place| module.slice(place.span) == word);
    let mut found: Vec<Occurrence> = places
        .filter_map(|place| {
            let meaning = infer.meaning(&module, place);
            // Any other key is a text like others.
            let is_text = matches!(place.kind, PlaceKind::Key { .. }) && meaning == Meaning::Outside;
            let range = place.span.0..place.span.1;
            (!is_text).then_some(Occurrence { range, meaning, shape: Shape::Plain })
        })
        .collect();
    found.sort_by_key(|one| one.range.start);
    found.dedup_by_key(|one| one.range.start);
    found
}

/// The definitions that have one name together with this one.
pub(super) fn kin(program: &Program, _source: &Source, spot: &Spot) -> Kin {
    Infer::new(program).kin_by_use(spot)
}
