//! Who calls a definition, and what it calls.

mod alias;
mod callable;
mod callees;
mod common;
mod many;
mod meant;
mod on_value;
mod receiver;
mod scene;
#[cfg(test)]
mod tests;
mod verdict;

pub use callees::callees;

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;
use serde::Deserialize;

use crate::cancel::Cancel;
use crate::search::files_with_word;
use crate::syntax::{Kind, Language, Names, Use};
use crate::workspace::{RelPath, Snapshot};

use self::callable::Callable;
use self::meant::Meant;
use self::scene::Scene;
use self::verdict::judge;
use super::definition::{Place, places};
use super::imports::Resolver;
use super::meaning::Program;
use super::name::Name;
use super::parsed::{below, by_path};
use super::{Confidence, Edge, Found, GraphError, Site, Symbols};

/// Which calls are asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallsQuery {
    /// Only callers, or callees, below this file or folder.
    #[serde(default)]
    pub path: Option<String>,
    #[serde(default)]
    pub limit: Option<usize>,
}

/// Edges that are returned when no limit is given.
const LIMIT: usize = 200;

/// Files that one question parses.
const FILES: usize = 3_000;

/// Files in which what names mean is asked; in those past it calls are judged by their text alone.
const MEANT: usize = 200;

/// Who calls it: one edge per calling definition, surest first. `at` is the place of the definition that is meant, when
/// others have the name too. A class is called by its constructor.
///
/// # Errors
/// When the text is not a name, or the search behind it fails or is cancelled.
pub fn callers(
    snapshot: &Snapshot,
    cache: &Symbols,
    name: &str,
    at: Option<&Site>,
    query: &CallsQuery,
    cancel: &Cancel,
) -> Result<Found<Edge>, GraphError> {
    let name = Name::parse(name)?;
    let asked = Asked::find(snapshot, cache, &name, at, cancel)?;
    let mut notes = asked.notes.clone();
    let targets: Vec<Callable> = asked.targets.iter().flat_map(Callable::all).collect();
    let all = callables(&asked.all);
    if targets.is_empty() {
        notes.extend(asked.not_callable(&name));
        return Ok(Found { truncated: !asked.notes.is_empty(), notes, ..Found::default() });
    }
    let words: BTreeSet<&str> = targets.iter().map(|target| target.called.trim_start_matches('~')).collect();
    let families: Vec<_> = targets.iter().map(|target| target.family).collect();
    let fits = |path: &RelPath| {
        Language::of(path.as_str()).and_then(Language::family).is_some_and(|family| families.contains(&family))
            && below(query.path.as_deref(), path.as_str())
    };
    let resolver = Resolver::new(snapshot)?;
    let program = Program::new(snapshot, cache, cancel)?;
    let mut edges: Vec<Edge> = Vec::new();
    for word in words {
        let mut files: Vec<RelPath> =
            files_with_word(snapshot, word, cancel)?.into_iter().filter(|path| fits(path)).collect();
        files.sort_by(|a, b| {
            let home = |path: &RelPath| !targets.iter().any(|target| target.path == path.as_str());
            home(a).cmp(&home(b)).then_with(|| by_path(a.as_str(), b.as_str()))
        });
        if files.len() > FILES {
            notes.push(format!(
                "{} of {} files with the word were not parsed; give a path to narrow it",
                files.len() - FILES,
                files.len()
            ));
            files.truncate(FILES);
        }
        let found: Vec<Vec<Edge>> = files
            .into_par_iter()
            .enumerate()
            .map(|(at, path)| {
                if cancel.is_cancelled() {
                    return Err(GraphError::Cancelled);
                }
                let Ok(text) = snapshot.text(&path) else { return Ok(Vec::new()) };
                let program = (at < MEANT).then_some(&program);
                let renamed = alias::scenes(&path, &text, word, cache, &resolver);
                let scene = Scene::read(path, text, Names::Only(word), cache, &resolver);
                let named = scene.iter().flat_map(|scene| {
                    in_scene(scene, &targets, program, |call, target, meant| sure(scene, call, target, &all, meant))
                });
                let renamed = renamed.iter().flat_map(|scene| {
                    in_scene(scene, &targets, program, |call, target, meant| alias::judge(scene, call, target, meant))
                });
                Ok(named.chain(renamed).collect())
            })
            .collect::<Result<_, _>>()?;
        for edge in found.into_iter().flatten() {
            join(&mut edges, edge);
        }
    }
    let mut found = sorted(edges, query, notes);
    found.notes.extend(by_name_only(&found.items, &name, &all));
    Ok(found)
}

/// The callers in one file; `judge` says how sure it is that a call means a target.
fn in_scene(
    scene: &Scene,
    targets: &[Callable],
    program: Option<&Program>,
    judge: impl Fn(&Use, &Callable, Option<&mut Meant>) -> Option<Confidence>,
) -> Vec<Edge> {
    let mut edges = Vec::new();
    let mut meant = program.and_then(|program| Meant::new(program, scene.family));
    for call in &scene.calls {
        let verdict = targets.iter().filter_map(|target| judge(call, target, meant.as_mut())).min();
        if let Some(confidence) = verdict {
            let mut edge = scene.caller_edge(call);
            edge.add(scene.site(call, confidence));
            join(&mut edges, edge);
        }
    }
    edges
}

/// How sure it is that the call means the target, by its text and by what its name means.
fn sure(
    scene: &Scene,
    call: &Use,
    target: &Callable,
    all: &[Callable],
    meant: Option<&mut Meant>,
) -> Option<Confidence> {
    let judged = judge(scene, call, target, all);
    let may_mean = scene.family == target.family && call.name.trim_start_matches('#') == target.called;
    match meant.filter(|_| may_mean) {
        Some(meant) => meant.settled(scene, call, target, judged),
        None => judged,
    }
}

/// Adds an edge's calls to the edge with the same other end.
fn join(edges: &mut Vec<Edge>, edge: Edge) {
    match edges.iter_mut().rev().find(|known| known.is_same_end(&edge)) {
        Some(known) => edge.calls.into_iter().for_each(|call| known.add(call)),
        None => edges.push(edge),
    }
}

fn sorted(mut edges: Vec<Edge>, query: &CallsQuery, notes: Vec<String>) -> Found<Edge> {
    // Stable: files are in order, and calls in each.
    edges.sort_by_key(|edge| edge.confidence);
    Found::cut(edges, query.limit.unwrap_or(LIMIT), notes)
}

/// What is called, and everything else that has its name.
struct Asked {
    targets: Vec<Place>,
    all: Vec<Place>,
    notes: Vec<String>,
}

impl Asked {
    fn find(
        snapshot: &Snapshot,
        cache: &Symbols,
        name: &Name,
        at: Option<&Site>,
        cancel: &Cancel,
    ) -> Result<Self, GraphError> {
        let (mut targets, notes) = places(snapshot, cache, name, at, cancel)?;
        let unqualified = Name { path: None, qualifiers: Vec::new(), last: name.last.clone() };
        let (all, _) = places(snapshot, cache, &unqualified, None, cancel)?;
        // `a.rs#name` also fits `b/a.rs`; a whole path is that file's.
        let exact = |place: &Place| Some(place.file.path.as_str()) == name.path.as_deref();
        if targets.iter().any(exact) {
            targets.retain(exact);
        }
        if let Some(site) = at {
            let is_at = |place: &Place| place.is_at(site);
            if let Some(meant) = targets.iter().find(|place| is_at(place)).map(|place| place.symbol().clone()) {
                // A prototype stands for the definition of the same name.
                let is_real = |place: &Place| !is_declared(place) && place.symbol().qualified == meant.qualified;
                if meant.kind == Kind::Declaration && targets.iter().any(is_real) {
                    targets.retain(is_real);
                } else {
                    targets.retain(is_at);
                }
            }
        }
        if targets.iter().any(|place| !is_declared(place)) {
            targets.retain(|place| !is_declared(place));
        }
        Ok(Self { targets, all, notes })
    }

    fn not_callable(&self, name: &Name) -> Option<String> {
        let first = self.targets.first()?;
        let kind = serde_json::to_value(first.symbol().kind).ok()?;
        Some(format!("{} is a {}, which nothing calls; references has its uses", name.last, kind.as_str()?))
    }
}

fn is_declared(place: &Place) -> bool {
    place.symbol().kind == Kind::Declaration
}

/// What may be called among the places that have a name. Prototypes count only where there is nothing else.
fn callables(places: &[Place]) -> Vec<Callable<'_>> {
    let real = places.iter().any(|place| !is_declared(place));
    places.iter().filter(|place| !real || !is_declared(place)).flat_map(Callable::all).collect()
}

fn by_name_only(edges: &[Edge], name: &Name, all: &[Callable]) -> Option<String> {
    let calls =
        edges.iter().flat_map(|edge| &edge.calls).filter(|call| call.confidence == Confidence::Possible).count();
    let things: HashMap<_, _> = all.iter().map(|callable| (callable.key(), ())).collect();
    let calls = match calls {
        0 => return None,
        1 => "1 call fits".to_owned(),
        many => format!("{many} calls fit"),
    };
    let others = match things.len() {
        0 | 1 => "code from elsewhere may have it too".to_owned(),
        many => format!("{many} things here have it"),
    };
    Some(format!("{calls} {} by name only; {others}", name.last))
}
