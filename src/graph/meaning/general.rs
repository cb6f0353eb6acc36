//! What names mean in languages whose types are not followed: by scopes and imports, and by who else has the name.

use crate::graph::definition::{Place, places};
use crate::graph::name::Name;
use crate::graph::stranger::{Asked, File};
use crate::syntax::{Kind, Names, Place as Whose, binding, extract_with_uses};

use super::{Kin, Meaning, Occurrence, Program, Shape, Source, Spot};

/// The places of a word in a file's code, with what it means at each.
pub(super) fn occurrences(program: &Program, source: &Source, word: &str) -> Vec<Occurrence> {
    let budget = program.cache.budget();
    let (symbols, uses) = extract_with_uses(source.language, &source.text, Names::Only(word), budget);
    let plain =
        |offset: usize, meaning| Occurrence { range: offset..offset + word.len(), meaning, shape: Shape::Plain };
    let defined = symbols
        .symbols
        .iter()
        .filter(|symbol| symbol.name.trim_start_matches(['r', '#']) == word || symbol.name == word);
    let mut found: Vec<Occurrence> = defined
        .map(|symbol| Spot::of(&source.path, &source.text, symbol))
        .map(|spot| plain(spot.offset, Meaning::These(vec![spot])))
        .collect();
    let Ok(name) = Name::parse(word) else { return found };
    let Ok((all, _)) = places(program.snapshot, program.cache, &name, None, program.cancel) else { return found };
    let all: Vec<Place> = all.into_iter().filter(|place| is_of(place, source)).collect();
    let mut candidates: Vec<Vec<Spot>> = vec![Vec::new(); uses.len()];
    for place in &all {
        let one = std::slice::from_ref(place);
        let Ok(asked) = Asked::new(program.snapshot, program.cache, one, word, program.cancel) else { continue };
        let mut left = uses.clone();
        let file = File { path: &source.path, text: &source.text, language: source.language, symbols: &symbols };
        asked.leave_out(&file, &mut left);
        let Some(spot) = spot(program, place) else { continue };
        for (used, candidates) in uses.iter().zip(&mut candidates) {
            if left.iter().any(|kept| kept.offset == used.offset) {
                candidates.push(spot.clone());
            }
        }
    }
    for (used, candidates) in uses.iter().zip(candidates) {
        let meaning = match used.place {
            Whose::Local => match binding(source.language, &source.text, used.offset, budget) {
                Some(bound) => Meaning::These(vec![Spot { path: source.path.clone(), offset: bound.definition.start }]),
                None => Meaning::Outside,
            },
            _ => settled(program, candidates),
        };
        found.push(plain(used.offset, meaning));
    }
    found
}

/// Which of the candidates is meant, where nothing tells them apart but their kinship.
fn settled(program: &Program, mut candidates: Vec<Spot>) -> Meaning {
    candidates.sort();
    candidates.dedup();
    let Some(first) = candidates.first() else { return Meaning::Outside };
    let kin = program.kin(first);
    if candidates.iter().all(|other| kin.members.contains(other)) {
        return Meaning::These(candidates);
    }
    Meaning::Unknown { why: format!("{} definitions have the name", candidates.len()) }
}

/// The definitions that have one name together with this one: declarations with their definition.
pub(super) fn kin(program: &Program, source: &Source, spot: &Spot) -> Kin {
    let is_at = |symbol: &&crate::syntax::Symbol| Spot::of(&source.path, &source.text, symbol) == *spot;
    let Some(symbol) = source.symbols.symbols.iter().find(is_at) else { return Kin::default() };
    let Ok(name) = Name::parse(&symbol.name) else { return Kin::default() };
    let Ok((all, _)) = places(program.snapshot, program.cache, &name, None, program.cancel) else {
        return Kin::default();
    };
    let declared = |kind: Kind| kind == Kind::Declaration;
    let related = all.iter().filter(|place| is_of(place, source)).filter(|place| {
        let other = place.symbol();
        other.qualified == symbol.qualified && (declared(other.kind) || declared(symbol.kind))
    });
    Kin { members: related.filter_map(|place| self::spot(program, place)).collect(), ..Kin::default() }
}

fn is_of(place: &Place, source: &Source) -> bool {
    crate::syntax::Language::of(place.file.path.as_str()).and_then(crate::syntax::Language::family)
        == Some(source.family)
}

fn spot(program: &Program, place: &Place) -> Option<Spot> {
    let source = program.source(place.file.path.as_str())?;
    Some(Spot::of(&source.path, &source.text, place.symbol()))
}
