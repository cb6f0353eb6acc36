//! What names mean in languages whose types are not followed: by scopes and imports, and by who else has the name.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::graph::definition::{Place, places};
use crate::graph::name::Name;
use crate::graph::stranger::{Asked, File};
use crate::syntax::{Family, Kind, Language, Names, Place as Whose, binding, extract_with_uses};

use super::{Kin, Meaning, Occurrence, Program, Shape, Source, Spot};

/// Definitions of one name that are told apart; of more, nobody knows which is meant.
const CANDIDATES: usize = 64;

/// What was found out about words so far.
#[derive(Default)]
pub(super) struct World {
    words: Mutex<HashMap<String, Arc<Word>>>,
}

/// Everything about a word.
#[derive(Default)]
struct Word {
    /// The places in each file.
    places: HashMap<String, Vec<Occurrence>>,
    definitions: Vec<Definition>,
}

struct Definition {
    spot: Spot,
    family: Family,
    qualified: String,
    /// A prototype or a forward declaration.
    declares: bool,
    /// A class has its constructors' name.
    constructs: bool,
    /// Its class says that it takes another's place.
    overrides: bool,
}

/// The places of a word in a file's code, with what it means at each.
pub(super) fn occurrences(program: &Program, source: &Source, word: &str) -> Vec<Occurrence> {
    self::word(program, word).places.get(&source.path).cloned().unwrap_or_default()
}

/// The definitions that have one name together with this one: declarations with their definition.
pub(super) fn kin(program: &Program, source: &Source, spot: &Spot) -> Kin {
    let is_at = |symbol: &&crate::syntax::Symbol| Spot::of(&source.path, &source.text, symbol) == *spot;
    let Some(symbol) = source.symbols.symbols.iter().find(is_at) else { return Kin::default() };
    let word = word(program, &symbol.name);
    let Some(own) = word.definitions.iter().find(|definition| definition.spot == *spot) else { return Kin::default() };
    let members = word.definitions.iter().filter(|other| own.is_kin(other)).map(|other| other.spot.clone()).collect();
    let bound = own
        .overrides
        .then(|| "it overrides a method of another class, and classes are not followed in Java".to_owned());
    Kin { members, bound, ..Kin::default() }
}

impl Definition {
    fn is_kin(&self, other: &Self) -> bool {
        let same = self.qualified == other.qualified && (self.declares || other.declares);
        let built = |class: &Self, made: &Self| {
            made.constructs && made.qualified.rsplit_once('.').is_some_and(|(owner, _)| owner == class.qualified)
        };
        let siblings = self.constructs && other.constructs && self.qualified == other.qualified;
        let family = self.family == other.family;
        self.spot == other.spot || family && (same || siblings || built(self, other) || built(other, self))
    }
}

/// Everything about a word; remembered.
fn word(program: &Program, word: &str) -> Arc<Word> {
    let lock = || program.general.words.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = lock().get(word) {
        return known.clone();
    }
    // Found out without the lock: two threads may do it, and the first to be done is kept.
    let found = Arc::new(find(program, word).unwrap_or_default());
    lock().entry(word.to_owned()).or_insert(found).clone()
}

fn find(program: &Program, word: &str) -> Option<Word> {
    let (all, _) = places(program.snapshot, program.cache, &Name::parse(word).ok()?, None, program.cancel).ok()?;
    let all: Vec<(Definition, Place)> =
        all.into_iter().filter_map(|place| Some((definition(program, &place)?, place))).collect();
    let asked: Vec<(&Definition, Asked)> = all
        .iter()
        .take(CANDIDATES)
        .filter_map(|(definition, place)| {
            let one = std::slice::from_ref(place);
            Some((definition, Asked::new(program.snapshot, program.cache, one, word, program.cancel).ok()?))
        })
        .collect();
    let files = program.files_with(word).ok()?;
    let many = all.len() > CANDIDATES;
    let found: HashMap<String, Vec<Occurrence>> = files
        .into_par_iter()
        .filter(|path| family(path).is_some_and(is_ours) && !program.cancel.is_cancelled())
        .filter_map(|path| {
            let source = program.source(&path)?;
            let found = in_file(program, &source, word, &asked, many);
            Some((path, found))
        })
        .collect();
    drop(asked);
    Some(Word { places: found, definitions: all.into_iter().map(|(definition, _)| definition).collect() })
}

fn in_file(
    program: &Program,
    source: &Source,
    word: &str,
    asked: &[(&Definition, Asked)],
    many: bool,
) -> Vec<Occurrence> {
    let budget = program.cache.budget();
    let (symbols, uses) = extract_with_uses(source.language, &source.text, Names::Only(word), budget);
    let plain =
        |offset: usize, meaning| Occurrence { range: offset..offset + word.len(), meaning, shape: Shape::Plain };
    let defined = symbols.symbols.iter().filter(|symbol| symbol.name == word);
    let mut found: Vec<Occurrence> = defined
        .map(|symbol| Spot::of(&source.path, &source.text, symbol))
        .map(|spot| plain(spot.offset, Meaning::These(vec![spot])))
        .collect();
    let file = File { path: &source.path, text: &source.text, language: source.language, symbols: &symbols };
    let mut candidates: Vec<Vec<&Definition>> = vec![Vec::new(); uses.len()];
    for (definition, asked) in asked.iter().filter(|(definition, _)| definition.family == source.family) {
        let mut left = uses.clone();
        asked.leave_out(&file, &mut left);
        for (used, candidates) in uses.iter().zip(&mut candidates) {
            if left.iter().any(|kept| kept.offset == used.offset) {
                candidates.push(definition);
            }
        }
    }
    for (used, candidates) in uses.iter().zip(candidates) {
        let meaning = match used.place {
            Whose::Local => match binding(source.language, &source.text, used.offset, budget) {
                Some(bound) => Meaning::These(vec![Spot { path: source.path.clone(), offset: bound.definition.start }]),
                None => Meaning::Outside,
            },
            _ if many => Meaning::Unknown { why: "very many definitions have the name".to_owned() },
            _ => settled(&candidates),
        };
        found.push(plain(used.offset, meaning));
    }
    found
}

/// Which of the candidates is meant, where nothing tells them apart but their kinship.
fn settled(candidates: &[&Definition]) -> Meaning {
    let Some(first) = candidates.first() else { return Meaning::Outside };
    if candidates.iter().all(|other| first.is_kin(other)) {
        return Meaning::These(candidates.iter().map(|definition| definition.spot.clone()).collect());
    }
    Meaning::Unknown { why: format!("{} definitions have the name", candidates.len()) }
}

fn definition(program: &Program, place: &Place) -> Option<Definition> {
    let family = family(place.file.path.as_str()).filter(|family| is_ours(*family))?;
    let source = program.source(place.file.path.as_str())?;
    let symbol = place.symbol();
    Some(Definition {
        spot: Spot::of(&source.path, &source.text, symbol),
        family,
        qualified: symbol.qualified.clone(),
        declares: symbol.kind == Kind::Declaration,
        constructs: family == Family::Java && symbol.kind == Kind::Constructor,
        overrides: family == Family::Java && source.text[symbol.extent.clone()].trim_start().starts_with("@Override"),
    })
}

fn family(path: &str) -> Option<Family> {
    Language::of(path).and_then(Language::family)
}

/// Whether nobody else looks at a family's names.
fn is_ours(family: Family) -> bool {
    matches!(family, Family::Go | Family::C | Family::Java)
}
