//! What names mean in Rust: modules and imports are followed, and the types of expressions are inferred.

mod body;
mod convert;
mod hir;
mod kept;
mod kin;
mod lower;
mod resolve;
mod stack;
mod traits;
mod ty;
mod universe;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::{Kin, Meaning, Occurrence, Program, Shape, Source, Spot};
use crate::syntax::occurrences as words;

use self::convert::{Res, Sort};
use self::hir::{DefId, Item};
use self::stack::deep;
use self::universe::Universe;

pub(in crate::graph) use self::kept::Kept;

/// What each name of a file means.
type Found = HashMap<u32, Vec<(Shape, Res)>>;

/// What was found out about the program so far.
#[derive(Default)]
pub(super) struct World {
    universe: OnceLock<Universe>,
    files: Mutex<HashMap<u32, Arc<Found>>>,
}

impl World {
    // Loaded by one thread while others wait: nothing below may wait for other threads.
    fn universe(&self, program: &Program) -> &Universe {
        self.universe.get_or_init(|| deep(|| Universe::load(program)))
    }

    fn file(&self, universe: &Universe, file: u32) -> Arc<Found> {
        let lock = || self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&file) {
            return Arc::clone(known);
        }
        let found = Arc::new(deep(|| body::follow(universe, file).0.into_inner()));
        Arc::clone(lock().entry(file).or_insert(found))
    }
}

/// The places of a word in a file's code, with what it means at each.
pub(super) fn occurrences(program: &Program, source: &Source, word: &str) -> Vec<Occurrence> {
    let universe = program.rust.universe(program);
    let Some(file) = universe.by_path.get(&source.path).copied() else { return Vec::new() };
    let found = program.rust.file(universe, file);
    let mut all = Vec::new();
    for range in words(&source.text, word) {
        match found.get(&(range.start as u32)) {
            Some(here) => {
                let is_both = here.len() > 1;
                for (shape, res) in here {
                    let shape = if is_both { *shape } else { Shape::Plain };
                    all.push(Occurrence { range: range.clone(), meaning: meaning(universe, word, res), shape });
                }
            }
            None => {
                let Some(node) = source.tree.at(&range) else { continue };
                let is_name = matches!(
                    node.kind(),
                    "identifier" | "type_identifier" | "field_identifier" | "shorthand_field_identifier"
                );
                if is_name || node.kind() == "metavariable" {
                    let is_fragment = source.text[..range.start].ends_with('$') || node.kind() == "metavariable";
                    let meaning = if is_fragment || is_of_another(universe, &source.text[..range.start]) {
                        Meaning::Outside
                    } else {
                        guess(universe, word, None, "it stands in a macro")
                    };
                    all.push(Occurrence { range, meaning, shape: Shape::Plain });
                }
            }
        }
    }
    all
}

/// Whether a name that nothing is known of follows a type or module that is not of this program.
fn is_of_another(u: &Universe, before: &str) -> bool {
    let Some(left) = before.strip_suffix("::") else { return false };
    let owner = left.rsplit(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$'))).next().unwrap_or_default();
    let is_relative = matches!(owner, "" | "Self" | "self" | "crate" | "super") || owner.starts_with('$');
    !is_relative && !u.by_name.contains_key(owner)
}

fn meaning(u: &Universe, word: &str, res: &Res) -> Meaning {
    match res {
        Res::Defs(all) => Meaning::These(all.iter().map(|id| u.spot(*id)).collect()),
        Res::At(file, at) => {
            Meaning::These(vec![Spot { path: u.files[*file as usize].path.clone(), offset: *at as usize }])
        }
        Res::Outside => Meaning::Outside,
        Res::Member(sort, why) => guess(u, word, Some(*sort), why),
        Res::Lost => guess(u, word, Some(Sort::Item), "it is not known what this is"),
    }
}

/// What a name means by who has it, where nothing else tells.
///
/// `sort`: what it can be, if that is known.
fn guess(u: &Universe, word: &str, sort: Option<Sort>, why: &str) -> Meaning {
    let around = |id: &DefId| u.parent(*id).map(|parent| &u.def(parent).item);
    let is_of_type = |id: &DefId| matches!(around(id), Some(Item::Impl { .. } | Item::Trait { .. }));
    let fits = |id: &DefId| match (sort, &u.def(*id).item) {
        (_, Item::Param { .. }) => false,
        (None, _) => true,
        (Some(Sort::Field), item) => matches!(item, Item::Field { .. }),
        (Some(Sort::Method), Item::Function(function)) => is_of_type(id) && function.receiver.is_some(),
        (Some(Sort::Method), _) => false,
        (Some(Sort::Member), item) => matches!(item, Item::Field { .. } | Item::Variant { .. }) || is_of_type(id),
        (Some(Sort::Item), item) => !matches!(item, Item::Field { .. } | Item::Variant { .. }) && !is_of_type(id),
    };
    let candidates: Vec<DefId> = u.by_name.get(word).into_iter().flatten().copied().filter(fits).collect();
    let Some(first) = candidates.first() else { return Meaning::Outside };
    let spots: Vec<Spot> = candidates.iter().map(|id| u.spot(*id)).collect();
    let kin = kin::kin(u, *first);
    // Names that nobody can change stand for no other, whichever of them it is.
    let bound = candidates.iter().filter(|id| kin::is_bound(u, **id)).count();
    if bound == candidates.len() {
        return Meaning::These(spots);
    }
    if bound == 0 && !u.outside_names.contains(word) && spots.iter().all(|spot| kin.members.contains(spot)) {
        return Meaning::These(spots);
    }
    Meaning::Unknown { why: why.to_owned() }
}

/// The definitions that have one name together with this one.
pub(super) fn kin(program: &Program, source: &Source, spot: &Spot) -> Kin {
    let universe = program.rust.universe(program);
    match universe.at(&source.path, spot.offset) {
        Some(id) => kin::kin(universe, id),
        None => Kin::default(),
    }
}
