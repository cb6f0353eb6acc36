//! Which definitions have one name: those that one place means together.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock, PoisonError};

use rayon::prelude::*;

use crate::graph::meaning::{Kin, Meaning, Occurrence, Program, Shape, Spot};
use crate::syntax::{Family, Language};

use super::engine::{Engine, LIB};
use super::places::{Place, Sense};

/// A word's places in all files, and which definitions belong together.
#[derive(Default)]
pub(super) struct Word {
    places: HashMap<String, Vec<Place>>,
    /// The group of every definition.
    group: HashMap<Spot, usize>,
    groups: Vec<Vec<Spot>>,
    /// The groups that the library has a part in.
    bound: HashSet<usize>,
    /// The only group that a member may be of, if there is one, and the library has no member of the name.
    only: Option<usize>,
}

impl Word {
    pub fn occurrences(&self, path: &str) -> Vec<Occurrence> {
        let places = self.places.get(path).map_or(&[][..], Vec::as_slice);
        places
            .iter()
            .map(|place| {
                let meaning = match &place.sense {
                    Sense::These { spots, .. } => Meaning::These(spots.clone()),
                    Sense::Outside => Meaning::Outside,
                    Sense::Doubtful(why) => match self.only {
                        Some(only) if why.contains("not known") => Meaning::These(self.groups[only].clone()),
                        Some(_) => Meaning::Unknown { why: why.clone() },
                        None if self.groups.is_empty() => Meaning::Outside,
                        None => Meaning::Unknown { why: why.clone() },
                    },
                };
                Occurrence { range: place.range.clone(), meaning, shape: place.shape }
            })
            .collect()
    }

    pub fn kin(&self, spot: &Spot) -> Kin {
        let Some(group) = self.group.get(spot).or_else(|| self.passed_on(spot)) else { return Kin::default() };
        let bound = self.bound.contains(group).then(|| "the language's library has this member".to_owned());
        Kin { members: self.groups[*group].clone(), bound, doubts: Vec::new() }
    }
}

impl Word {
    /// The group that a name is of which only passes another file's on.
    fn passed_on(&self, spot: &Spot) -> Option<&usize> {
        let place = self.places.get(&spot.path)?.iter().find(|place| place.range.start == spot.offset)?;
        let Sense::These { spots, .. } = &place.sense else { return None };
        self.group.get(spots.first()?)
    }
}

/// Everything about a word; remembered.
pub(super) fn word(program: &Program, word: &str) -> Arc<Word> {
    let words = &program.ecmascript.words;
    if let Some(known) = words.read().unwrap_or_else(PoisonError::into_inner).get(word) {
        return known.clone();
    }
    let found = Arc::new(find(program, word));
    let mut words = words.write().unwrap_or_else(PoisonError::into_inner);
    words.entry(word.to_owned()).or_insert(found).clone()
}

fn find(program: &Program, word: &str) -> Word {
    let is_ours = |path: &String| Language::of(path).and_then(Language::family) == Some(Family::JavaScript);
    let files: Vec<String> = program.files_with(word).unwrap_or_default().into_iter().filter(is_ours).collect();
    let look = |path: String| {
        let found = catch_unwind(AssertUnwindSafe(|| Engine::new(program).places(&path, word)));
        let found = found.unwrap_or_else(|_| unseen(program, &path, word));
        (path, found)
    };
    let places: HashMap<String, Vec<Place>> = match &*DEEP {
        Some(pool) => pool.install(|| files.into_par_iter().map(look).collect()),
        None => files.into_iter().map(|path| (path.clone(), unseen(program, &path, word))).collect(),
    };
    let mut groups = Groups::default();
    let mut members: HashSet<Spot> = HashSet::new();
    let mut bound: Vec<Spot> = Vec::new();
    for place in places.values().flatten() {
        let Sense::These { spots, bound: library } = &place.sense else { continue };
        let Some(first) = spots.first() else { continue };
        for spot in spots {
            groups.join(first, spot);
        }
        if place.member {
            members.extend(spots.iter().cloned());
        }
        if *library {
            bound.push(first.clone());
        }
    }
    let (group, groups) = groups.done();
    let bound = bound.iter().filter_map(|spot| group.get(spot).copied()).collect();
    let owned: HashSet<usize> = members.iter().filter_map(|spot| group.get(spot).copied()).collect();
    let only = owned.iter().next().copied().filter(|_| owned.len() == 1 && !is_common(program, word));
    Word { places, group, groups, bound, only }
}

/// Whether the library has a member of the name.
fn is_common(program: &Program, word: &str) -> bool {
    let unit = Engine::new(program).unit(LIB);
    crate::syntax::occurrences(&unit.text, word).next().is_some()
}

/// The places of a word in a file that could not be looked at.
fn unseen(program: &Program, path: &str, word: &str) -> Vec<Place> {
    let Some(source) = program.source(path) else { return Vec::new() };
    let doubtful = |range| Place {
        range,
        shape: Shape::Plain,
        sense: Sense::Doubtful("this file could not be understood".to_owned()),
        member: false,
    };
    crate::syntax::occurrences(&source.text, word).map(doubtful).collect()
}

/// Types nest deeper than what a thread's stack usually takes. The threads have their own pool, so that one which waits for a
/// search goes on with other files meanwhile: with other threads, all of the usual pool's could wait for each other.
static DEEP: LazyLock<Option<rayon::ThreadPool>> = LazyLock::new(|| {
    const STACK: usize = 256 << 20;
    rayon::ThreadPoolBuilder::new().stack_size(STACK).thread_name(|index| format!("names-{index}")).build().ok()
});

/// Sets of definitions that grow together.
#[derive(Default)]
struct Groups {
    index: HashMap<Spot, usize>,
    parent: Vec<usize>,
}

impl Groups {
    fn of(&mut self, spot: &Spot) -> usize {
        let mut at = match self.index.get(spot) {
            Some(at) => *at,
            None => {
                self.parent.push(self.parent.len());
                self.index.insert(spot.clone(), self.parent.len() - 1);
                self.parent.len() - 1
            }
        };
        while self.parent[at] != at {
            at = self.parent[at];
        }
        at
    }

    fn join(&mut self, one: &Spot, other: &Spot) {
        let (one, other) = (self.of(one), self.of(other));
        self.parent[other] = one;
    }

    fn done(mut self) -> (HashMap<Spot, usize>, Vec<Vec<Spot>>) {
        let spots: Vec<Spot> = self.index.keys().cloned().collect();
        let mut numbers: HashMap<usize, usize> = HashMap::new();
        let mut groups: Vec<Vec<Spot>> = Vec::new();
        let mut group = HashMap::new();
        for spot in spots {
            let root = self.of(&spot);
            let number = *numbers.entry(root).or_insert_with(|| {
                groups.push(Vec::new());
                groups.len() - 1
            });
            groups[number].push(spot.clone());
            group.insert(spot, number);
        }
        for one in &mut groups {
            one.sort();
        }
        (group, groups)
    }
}
