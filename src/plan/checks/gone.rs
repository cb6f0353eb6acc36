//! The names that a plan takes away, those that its steps say and those that its edits take, with where they were named.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::cancel::Cancel;
use crate::graph::meaning::{Meaning, Program, Spot, Uses, uses};
use crate::graph::{GraphError, Symbols};
use crate::plan::{Gone, PlanError};
use crate::syntax::{Kind, Language, Symbol};
use crate::text::LineIndex;
use crate::workspace::RelPath;

use super::view::{File, View};

/// Definitions that are looked at because an edit took them away, without a step that says so.
const TAKEN: usize = 200;

/// What was asked about the repository before the plan, which stays.
#[derive(Default)]
pub(super) struct Memo {
    uses: Mutex<HashMap<Spot, Arc<Uses>>>,
}

/// What a word means in one file, by offset.
type Meant = Arc<HashMap<usize, Meaning>>;

/// The plan's names, over the repository before and as planned.
pub(super) struct Names<'a> {
    pub view: &'a View,
    pub base: Program<'a>,
    pub planned: Program<'a>,
    pub cancel: &'a Cancel,
    pub lost: Vec<Lost>,
    /// Definitions that were taken away and not looked at.
    pub unseen: usize,
    /// Places, by path and line before, that a person is asked about anyway.
    pub told: &'a BTreeSet<(String, u32)>,
    /// What a word means in a file as planned, by offset.
    meant: Mutex<HashMap<(String, String), Meant>>,
}

/// A name that is taken away.
pub(super) struct Lost {
    pub gone: Gone,
    /// Where it was defined and named; `None` for a name that only the plan itself brought.
    pub uses: Option<Arc<Uses>>,
    /// No step says so: the edits take it away.
    pub quiet: bool,
}

impl<'a> Names<'a> {
    pub fn new(
        view: &'a View,
        gone: &[Gone],
        told: &'a BTreeSet<(String, u32)>,
        cache: &'a Symbols,
        cancel: &'a Cancel,
        memo: &Memo,
    ) -> Result<Self, PlanError> {
        let base = Program::new(&view.base, cache, cancel)?;
        let planned = Program::new(&view.planned, cache, cancel)?;
        let mut names =
            Self { view, base, planned, cancel, lost: Vec::new(), unseen: 0, told, meant: Mutex::default() };
        for gone in gone {
            let spot = names.spot(gone);
            let uses = spot.map(|spot| names.uses(&spot, memo)).transpose()?;
            names.lost.push(Lost { gone: gone.clone(), uses, quiet: false });
        }
        let mut taken = names.taken(cache);
        let kin: HashSet<&Spot> =
            names.lost.iter().filter_map(|lost| lost.uses.as_ref()).flat_map(|uses| &uses.kin.members).collect();
        taken.retain(|(_, spot)| !kin.contains(spot));
        names.unseen = taken.len().saturating_sub(TAKEN);
        taken.truncate(TAKEN);
        let asked: Result<Vec<Lost>, GraphError> = taken
            .into_par_iter()
            .map(|(gone, spot)| Ok(Lost { gone, uses: Some(names.uses(&spot, memo)?), quiet: true }))
            .collect();
        names.lost.extend(asked?);
        Ok(names)
    }

    fn uses(&self, spot: &Spot, memo: &Memo) -> Result<Arc<Uses>, GraphError> {
        let lock = || memo.uses.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(spot) {
            return Ok(known.clone());
        }
        let found = Arc::new(uses(&self.base, spot)?);
        Ok(lock().entry(spot.clone()).or_insert(found).clone())
    }

    /// The definition that a step speaks of, in the repository before the plan.
    fn spot(&self, gone: &Gone) -> Option<Spot> {
        // A step names the path as planned so far, which may not be the first.
        let path = match self.view.before(&gone.path) {
            Some(_) => gone.path.clone(),
            None => self.view.origin(&gone.path)?,
        };
        let source = self.base.source(&path)?;
        let named = |symbol: &&Symbol| bare(&symbol.name) == bare(&gone.name);
        let all = &source.symbols.symbols;
        let spot = |symbol| Spot::of(&path, &source.text, symbol);
        let called = || all.iter().filter(named).filter(|symbol| symbol.qualified == gone.qualified);
        // A field and a method may be called alike: the one that the plan changed is meant.
        let changed = called().find(|symbol| self.view.forward(&path, spot(symbol).offset).is_none());
        changed.or_else(|| called().next()).or_else(|| all.iter().find(named)).map(spot)
    }

    /// Definitions that edits take away.
    fn taken(&self, cache: &Symbols) -> Vec<(Gone, Spot)> {
        let symbols = |file: &File, text: &str| {
            let language = Language::detect(file.path(), text).filter(|language| language.has_grammar())?;
            Some(cache.of(language, text))
        };
        let mut came: HashMap<String, String> = HashMap::new();
        let mut left: Vec<(&File, Symbol, Option<String>)> = Vec::new();
        for file in &self.view.files {
            let Some(new) = symbols(file, &file.new) else { continue };
            if let Some(path) = &file.after {
                let fresh = new.symbols.iter().filter(|symbol| file.wrote(&name(symbol)).is_some());
                came.extend(fresh.map(|symbol| (bare(&symbol.name).to_owned(), path.clone())));
            }
            let stays: HashSet<&str> = new.symbols.iter().map(|symbol| symbol.qualified.as_str()).collect();
            let Some(old) = symbols(file, &file.old).filter(|_| file.before.is_some()) else { continue };
            for symbol in &old.symbols {
                let stands = |at: usize| file.has_word(at, &symbol.name);
                let kept = file.after.is_some() && file.forward(symbol.offset).is_some_and(stands);
                if !kept && !stays.contains(symbol.qualified.as_str()) && !is_local(symbol, &old.symbols) {
                    left.push((file, symbol.clone(), None));
                }
            }
        }
        let said = |path: &str, symbol: &Symbol| {
            let same = |lost: &Lost| lost.gone.path == path && bare(&lost.gone.name) == bare(&symbol.name);
            self.lost.iter().any(same)
        };
        let taken = left.into_iter().filter_map(|(file, symbol, _)| {
            let path = file.before.clone()?;
            let name = bare(&symbol.name).to_owned();
            let spot = Spot::of(&path, &file.old, &symbol);
            let gone = Gone {
                step: file.step_of_old(symbol.offset).unwrap_or_default(),
                moved: came.get(&name).cloned(),
                qualified: symbol.qualified.clone(),
                renamed: None,
                name,
                path,
            };
            (!said(&gone.path, &symbol)).then_some((gone, spot))
        });
        taken.collect()
    }

    /// What the words of a file mean as planned, by offset.
    pub fn meanings(&self, path: &str, word: &str) -> Arc<HashMap<usize, Meaning>> {
        let lock = || self.meant.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (path.to_owned(), word.to_owned());
        if let Some(known) = lock().get(&key) {
            return known.clone();
        }
        let mut meant: HashMap<usize, Meaning> = HashMap::new();
        for item in self.planned.occurrences(path, word) {
            // A word that is two names at once: the one that is known says more.
            let known = matches!(item.meaning, Meaning::These(_));
            let slot = meant.entry(item.range.start);
            match slot {
                std::collections::hash_map::Entry::Vacant(slot) => {
                    slot.insert(item.meaning);
                }
                std::collections::hash_map::Entry::Occupied(mut slot) => {
                    merge(slot.get_mut(), item.meaning, known);
                }
            }
        }
        lock().entry(key).or_insert(Arc::new(meant)).clone()
    }

    /// Whether a planned file takes a name from outside of the repository.
    pub fn imports_from_outside(&self, path: &str, word: &str) -> bool {
        let Some(source) = self.planned.source(path) else { return false };
        self.planned
            .imports(&source)
            .iter()
            .any(|import| import.target.is_none() && crate::syntax::occurrences(&import.text, word).next().is_some())
    }

    /// `path:line` of a definition as planned.
    pub fn place(&self, spot: &Spot) -> String {
        let text = RelPath::parse(&spot.path).and_then(|path| self.view.planned.text(&path));
        match text {
            Ok(text) => format!("{}:{}", spot.path, LineIndex::new(&text).line_of(spot.offset)),
            Err(_) => spot.path.clone(),
        }
    }
}

fn merge(slot: &mut Meaning, other: Meaning, known: bool) {
    match (slot, other) {
        (Meaning::These(all), Meaning::These(more)) => all.extend(more),
        (slot, other) if known => *slot = other,
        _ => {}
    }
}

fn name(symbol: &Symbol) -> std::ops::Range<usize> {
    symbol.offset..symbol.offset + symbol.name.len()
}

/// A name without what the language puts before it.
pub(super) fn bare(name: &str) -> &str {
    name.strip_prefix("r#").or(name.strip_prefix('#')).unwrap_or(name)
}

/// Inside of a function, where only the function can name it.
pub(super) fn is_local(symbol: &Symbol, all: &[Symbol]) -> bool {
    let mut at = symbol.parent;
    while let Some(outer) = at.map(|at| &all[at]) {
        if matches!(outer.kind, Kind::Function | Kind::Method | Kind::Constructor) {
            return true;
        }
        at = outer.parent;
    }
    false
}
