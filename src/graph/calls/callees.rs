//! What a definition calls.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::cancel::Cancel;
use crate::graph::calls::many::definitions;
use crate::graph::definition::Place;
use crate::graph::imports::Resolver;
use crate::graph::meaning::Program;
use crate::graph::name::Name;
use crate::graph::parsed::{below, by_path};
use crate::graph::{Confidence, Edge, Found, GraphError, Site, Symbols};
use crate::syntax::{Family, Kind, Names, Use};
use crate::workspace::{RelPath, Snapshot};

use super::callable::Callable;
use super::common::is_common;
use super::meant::Meant;
use super::receiver::{Receiver, receiver};
use super::scene::Scene;
use super::{Asked, CallsQuery, callables, join, sorted, sure};

/// Definitions of one name whose calls are listed together.
const TARGETS: usize = 20;

/// Definitions that one call may mean, by its name only.
const POSSIBLE: usize = 3;

/// What it calls: one edge per called definition of the repository, surest first. Of a class, a module or a file (by its
/// path): what everything in it calls. `at` is the place of the definition that is meant, when others have the name too.
///
/// # Errors
/// When the text is not a name, or the search behind it fails or is cancelled.
pub fn callees(
    snapshot: &Snapshot,
    cache: &Symbols,
    name: &str,
    at: Option<&Site>,
    query: &CallsQuery,
    cancel: &Cancel,
) -> Result<Found<Edge>, GraphError> {
    let resolver = Resolver::new(snapshot)?;
    let program = Program::new(snapshot, cache, cancel)?;
    let file = RelPath::parse(name).ok().filter(|path| snapshot.contains(path).unwrap_or(false));
    let (ranges, mut notes) = match file {
        Some(path) => (vec![(path, 1, u32::MAX)], Vec::new()),
        None => ranges(Asked::find(snapshot, cache, &Name::parse(name)?, at, cancel)?),
    };
    let mut edges = Vec::new();
    let mut outside = BTreeSet::new();
    let (mut unclear, mut left) = (0, 0);
    for (path, from, to) in ranges {
        let text = snapshot.text(&path)?;
        let Some(mut scene) = Scene::read(path, text, Names::All, cache, &resolver) else { continue };
        scene.calls.retain(|call| (from..=to).contains(&call.line));
        let wanted: HashSet<&str> = scene
            .calls
            .iter()
            .filter(|call| !is_foreign(&scene, call))
            .map(|call| call.name.trim_start_matches('#'))
            .collect();
        let (found, unread) = definitions(snapshot, cache, &wanted, scene.family, cancel)?;
        left += unread;
        let known: HashMap<&str, Vec<Callable>> =
            found.iter().map(|(name, places)| (name.as_str(), known(places))).collect();
        let mut meant = Meant::new(&program, scene.family);
        for call in &scene.calls {
            let name = call.name.trim_start_matches('#');
            let all = known.get(name).map_or(&[][..], Vec::as_slice);
            let mut verdicts: Vec<(Confidence, &Callable)> = all
                .iter()
                .filter_map(|target| Some((sure(&scene, call, target, all, meant.as_mut())?, target)))
                .collect();
            verdicts.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| by_path(a.1.path, b.1.path)));
            let Some(best) = verdicts.first().map(|(confidence, _)| *confidence) else {
                outside.insert(name.to_owned());
                continue;
            };
            verdicts.retain(|(confidence, _)| *confidence == best);
            // `x.len()`: more likely a method of the language's own types.
            let stranger = |target: &Callable| !target.container.is_some_and(|outer| scene.mentions(outer));
            if best == Confidence::Possible && is_common(name) {
                verdicts.retain(|(_, target)| !stranger(target));
                if verdicts.is_empty() {
                    outside.insert(name.to_owned());
                    continue;
                }
            }
            if best == Confidence::Possible && verdicts.len() > POSSIBLE {
                unclear += 1;
                verdicts.truncate(POSSIBLE);
            }
            for (confidence, target) in verdicts {
                if below(query.path.as_deref(), target.path) {
                    let mut edge = Edge::to_symbol(target.path, target.symbol);
                    edge.add(scene.site(call, confidence));
                    join(&mut edges, edge);
                }
            }
        }
    }
    let mut found = {
        if left > 0 {
            notes.push(format!("{left} less likely files were not parsed for definitions of what is called"));
        }
        sorted(edges, query, notes)
    };
    found.notes.extend(said_of(&outside));
    if unclear > 0 {
        let calls = if unclear == 1 { "1 call fits".to_owned() } else { format!("{unclear} calls fit") };
        found
            .notes
            .push(format!("{calls} more than {POSSIBLE} definitions by name only; {POSSIBLE} of them are given"));
    }
    Ok(found)
}

/// Files and lines of the definitions that are asked about.
fn ranges(asked: Asked) -> (Vec<(RelPath, u32, u32)>, Vec<String>) {
    let Asked { mut targets, mut notes, .. } = asked;
    let has_body = |place: &Place| {
        !matches!(place.symbol().kind, Kind::Declaration | Kind::Field | Kind::Property | Kind::EnumMember)
    };
    if targets.iter().any(has_body) {
        targets.retain(has_body);
    }
    if targets.len() > TARGETS {
        notes.push(format!(
            "{} more definitions have the name; qualify it, or pass a definition",
            targets.len() - TARGETS
        ));
        targets.truncate(TARGETS);
    }
    let range = |place: &Place| (place.file.path.clone(), place.symbol().from, place.symbol().to);
    (targets.iter().map(range).collect(), notes)
}

/// Definitions with their prototypes only where there is nothing else, in order.
fn known(places: &[Place]) -> Vec<Callable<'_>> {
    let mut known = callables(places);
    known.sort_by(|a, b| by_path(a.path, b.path).then_with(|| a.symbol.line.cmp(&b.symbol.line)));
    // A class and its constructor answer to one name: the constructor is what runs.
    // In C++ the two may stand in different files.
    let home = |callable: &Callable| if callable.family == Family::C { "" } else { callable.path }.to_owned();
    let made: HashSet<(String, String)> = known
        .iter()
        .filter(|callable| callable.symbol.kind == Kind::Constructor && !callable.member)
        .map(|callable| (home(callable), callable.key().0.to_owned()))
        .collect();
    known.retain(|callable| {
        callable.symbol.kind != Kind::Class || !made.contains(&(home(callable), callable.symbol.qualified.clone()))
    });
    known
}

/// Whether a call surely leads out of the repository.
fn is_foreign(scene: &Scene, call: &Use) -> bool {
    let external =
        |name: &str| scene.import_of(name).or_else(|| scene.module_called(name)).is_some_and(|import| import.external);
    match receiver(&scene.text, call.offset) {
        Receiver::Bare => scene.import_of(&call.name).is_some_and(|import| import.external),
        Receiver::Path(parts) => {
            parts.first().is_some_and(|first| matches!(first.as_str(), "std" | "core" | "alloc") || external(first))
        }
        Receiver::Value { name, field: false } => {
            scene.module_called(&name).is_some_and(|import| import.external && import.taken.is_empty())
        }
        Receiver::Literal => true,
        _ => false,
    }
}

fn said_of(outside: &BTreeSet<String>) -> Option<String> {
    let shown: Vec<&str> = outside.iter().take(8).map(String::as_str).collect();
    let more = if outside.len() > shown.len() { ", ..." } else { "" };
    let names = if outside.len() == 1 {
        "1 name that is called is".to_owned()
    } else {
        format!("{} names that are called are", outside.len())
    };
    (!outside.is_empty()).then(|| format!("{names} not defined here: {}{more}", shown.join(", ")))
}
