//! New names that mean something else where they stand, or take the meaning of others.

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;

use crate::graph::meaning::{Meaning, Role, Shape, Spot};
use crate::plan::PlanError;
use crate::syntax::{Family, Kind, Symbol, occurrences};

use super::gone::{Lost, Names, bare};
use super::leftover::is_member;
use super::view::File;
use super::{LISTED, Problem, words};

const CHECK: &str = "collision";

pub(super) fn problems(names: &Names) -> Result<Vec<Problem>, PlanError> {
    let mut problems = Vec::new();
    for lost in &names.lost {
        if let Some(new) = &lost.gone.renamed {
            let mut found = renamed(names, lost, bare(new))?;
            found.extend(reserved(names, lost, new));
            found.sort_by_key(|problem| !problem.fatal);
            found.truncate(LISTED);
            problems.extend(found);
        }
    }
    for file in &names.view.files {
        problems.extend(imported(names, file));
        problems.extend(package(names, file));
    }
    Ok(problems)
}

/// The new name is none in that language.
fn reserved(names: &Names, lost: &Lost, new: &str) -> Option<Problem> {
    let path = lost.uses.as_ref()?.kin.members.first()?.path.clone();
    let source = names.base.source(&path)?;
    let symbol = source.symbols.symbols.iter().find(|symbol| symbol.qualified == lost.gone.qualified);
    let member = symbol.is_some_and(|symbol| matches!(symbol.kind, Kind::Method | Kind::Field | Kind::Property));
    let why = words::refused(source.family, source.language.name() == "C++", member, new)?;
    let now = names.view.moved(&path)?;
    Some(
        Problem::new(CHECK, true, format!("{why}; give `{}` another name", lost.gone.qualified))
            .step(Some(lost.gone.step))
            .path(&now),
    )
}

fn renamed(names: &Names, lost: &Lost, new: &str) -> Result<Vec<Problem>, PlanError> {
    let Some(uses) = &lost.uses else { return Ok(Vec::new()) };
    let ours: BTreeSet<Spot> = uses.kin.members.iter().filter_map(|spot| follow(names, spot, new)).collect();
    let mut found = Vec::new();
    let mut files: HashMap<String, Vec<usize>> = HashMap::new();
    for place in &uses.places {
        if place.role == Role::Code && place.doubt.is_none() && place.shape == Shape::Plain {
            let spot = Spot { path: place.path.clone(), offset: place.range.start };
            if let Some(now) = follow(names, &spot, new) {
                files.entry(now.path).or_default().push(now.offset);
            }
        }
    }
    let mut files: Vec<(String, Vec<usize>)> = files.into_iter().collect();
    files.sort();
    let captured: Vec<Vec<Problem>> =
        files.par_iter().map(|(path, places)| captured(names, lost, new, &ours, path, places)).collect();
    found.extend(captured.into_iter().flatten());
    let others = names.base.files_with(new)?;
    let capturing: Vec<Vec<Problem>> = others.par_iter().map(|path| capturing(names, lost, new, &ours, path)).collect();
    found.extend(capturing.into_iter().flatten());
    found.extend(related(names, lost, new, &ours));
    Ok(found)
}

/// Where a name that was replaced by the new one is afterwards.
fn follow(names: &Names, spot: &Spot, new: &str) -> Option<Spot> {
    let Some(file) = names.view.before(&spot.path) else { return Some(spot.clone()) };
    let path = file.after.clone()?;
    if let Some(offset) = file.forward(spot.offset) {
        return Some(Spot { path, offset });
    }
    let hunk = file.hunks.iter().find(|hunk| hunk.old.start <= spot.offset && spot.offset < hunk.old.end)?;
    let text = &file.new[hunk.new.clone()];
    let mut at = occurrences(text, new);
    let first = at.next()?;
    // Of several in one edit it is not known which.
    at.next().is_none().then(|| Spot { path, offset: hunk.new.start + first.start })
}

/// Places that were renamed, and mean something else by that.
fn captured(
    names: &Names,
    lost: &Lost,
    new: &str,
    ours: &BTreeSet<Spot>,
    path: &str,
    places: &[usize],
) -> Vec<Problem> {
    let meanings = names.meanings(path, new);
    let Some(file) = names.view.after(path) else { return Vec::new() };
    let mut found = Vec::new();
    let mut outside = 0;
    for at in places {
        match meanings.get(at) {
            Some(Meaning::These(spots)) if !spots.iter().any(|spot| ours.contains(spot)) => {
                let old = spots.iter().find(|spot| names.view.back(&spot.path, spot.offset).is_some());
                let Some(other) = old else { continue };
                let code = file.shown(file.lines.line_of(*at));
                let place = names.place(other);
                let message = format!(
                    "`{code}` means the `{new}` of {place} now, and not the renamed `{}`; choose another name, or rename that one first",
                    lost.gone.qualified
                );
                found.push(file.problem(CHECK, true, *at, message));
            }
            Some(Meaning::Outside) if !is_member(Some(&file.new), *at) => {
                outside += 1;
                if outside <= 3 {
                    let code = file.shown(file.lines.line_of(*at));
                    let message = format!(
                        "`{code}` may mean another `{new}`, from outside of the repository, and not the renamed `{}`",
                        lost.gone.qualified
                    );
                    found.push(file.problem(CHECK, false, *at, message));
                }
            }
            _ => {}
        }
    }
    found
}

/// Places that had the new name before, and mean the renamed thing now.
fn capturing(names: &Names, lost: &Lost, new: &str, ours: &BTreeSet<Spot>, path: &str) -> Vec<Problem> {
    let Some(now) = names.view.moved(path) else { return Vec::new() };
    let before = names.base.occurrences(path, new);
    if before.is_empty() {
        return Vec::new();
    }
    let meanings = names.meanings(&now, new);
    let mut found = Vec::new();
    for item in before {
        let Some((_, at)) = names.view.forward(path, item.range.start) else { continue };
        let Some(Meaning::These(after)) = meanings.get(&at) else { continue };
        if !after.iter().any(|spot| ours.contains(spot)) || ours.contains(&Spot { path: now.clone(), offset: at }) {
            continue;
        }
        let fatal = match &item.meaning {
            Meaning::These(spots) => {
                let kept = |spot: &Spot| {
                    names.view.forward(&spot.path, spot.offset).map(|(path, offset)| Spot { path, offset })
                };
                if spots.iter().filter_map(kept).any(|spot| after.contains(&spot)) {
                    continue;
                }
                true
            }
            // What a member means is often told by who has the name, and there is one more now.
            _ if is_member(names.base.source(path).map(|source| source.text.clone()).as_deref(), item.range.start) => {
                continue;
            }
            Meaning::Outside => true,
            Meaning::Unknown { .. } => continue,
        };
        let text = names.planned.source(&now).map(|source| source.text.clone());
        let lines = text.as_deref().map(crate::text::LineIndex::new);
        let line = lines.as_ref().map_or(1, |lines| lines.line_of(at));
        let code = lines.zip(text.as_deref()).and_then(|(lines, text)| lines.line(text, line).map(super::view::shown));
        let code = code.unwrap_or_default();
        let message = format!(
            "`{code}` meant another `{new}` before, and means the renamed `{}` now; choose another name",
            lost.gone.qualified
        );
        found.push(Problem::new(CHECK, fatal, message).step(Some(lost.gone.step)).path(&now).line(line));
    }
    found
}

/// Members of a class above or below that have the new name, and would be one with the renamed.
fn related(names: &Names, lost: &Lost, new: &str, ours: &BTreeSet<Spot>) -> Vec<Problem> {
    let mut found = Vec::new();
    let Some(uses) = &lost.uses else { return found };
    let mut seen: BTreeSet<Spot> = ours.clone();
    for spot in ours {
        let kin = names.planned.kin(spot);
        let Some(file) = names.view.after(&spot.path) else { continue };
        for other in kin.members {
            let kept = names.view.back(&other.path, other.offset).is_some();
            if kept && seen.insert(other.clone()) {
                let place = names.place(&other);
                let message = format!(
                    "`{new}` becomes one with the `{new}` of {place}, which was another thing before; choose another name"
                );
                found.push(file.problem(CHECK, true, spot.offset, message));
            }
        }
        if let (Some(why), None) = (kin.bound, &uses.kin.bound) {
            found.push(file.problem(
                CHECK,
                false,
                spot.offset,
                format!("`{new}` is also a name that is not of this repository: {why}"),
            ));
        }
    }
    found.dedup_by(|a, b| a.message == b.message);
    found
}

/// A definition that the plan wrote beside an import of the same name.
fn imported(names: &Names, file: &File) -> Vec<Problem> {
    let Some(source) = file.after.as_ref().and_then(|path| names.planned.source(path)) else { return Vec::new() };
    let mut found = Vec::new();
    for import in names.planned.imports(&source) {
        let local = |symbol: &&Symbol| {
            symbol.parent.is_none()
                && symbol.qualified == symbol.name
                && binds(&import.text, &import.names, &symbol.name)
        };
        let range = file.lines.range(import.line);
        let fresh = range.is_some_and(|range| file.wrote(&range).is_some());
        for symbol in source.symbols.symbols.iter().filter(local) {
            let name = symbol.offset..symbol.offset + symbol.name.len();
            let declares = matches!(symbol.kind, Kind::Module | Kind::Declaration)
                || range_of(file, import.line).contains(&symbol.offset);
            if declares || !fresh && file.wrote(&name).is_none() {
                continue;
            }
            // Elsewhere a type and a value may share a name, and a later binding takes the place of an earlier one.
            let fatal = source.family == Family::JavaScript
                && !import.text.contains("type ")
                && !matches!(symbol.kind, Kind::Interface | Kind::Type);
            let message = format!(
                "`{}` is defined here, and imported in line {}; rename one of them or drop the import",
                symbol.name, import.line
            );
            found.push(file.problem(CHECK, fatal, symbol.offset, message));
        }
    }
    found
}

fn range_of(file: &File, line: u32) -> std::ops::Range<usize> {
    file.lines.range(line).unwrap_or(0..0)
}

/// Whether an import statement makes a name known by this word.
fn binds(text: &str, names: &[String], word: &str) -> bool {
    occurrences(text, word).any(|range| {
        let before = text[..range.start].trim_end();
        let after = text[range.end..].trim_start();
        let renamed = after.starts_with("as ") || after.starts_with(':');
        before.ends_with(" as")
            || !renamed && names.iter().any(|name| name == word)
            || before == "import" && (after.starts_with("from") || after.starts_with(','))
    })
}

/// Go: one name in two files of a package.
fn package(names: &Names, file: &File) -> Vec<Problem> {
    let Some(source) = file.after.as_ref().and_then(|path| names.planned.source(path)) else { return Vec::new() };
    if source.family != Family::Go || is_conditional(&source.path, &source.text) {
        return Vec::new();
    }
    let folder = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let clause = |text: &str| text.lines().find(|line| line.starts_with("package ")).map(str::to_owned);
    let mut found = Vec::new();
    for symbol in &source.symbols.symbols {
        let fresh = file.wrote(&(symbol.offset..symbol.offset + symbol.name.len())).is_some();
        let top = matches!(
            symbol.kind,
            Kind::Function
                | Kind::Struct
                | Kind::Interface
                | Kind::Type
                | Kind::Constant
                | Kind::Variable
                | Kind::Method
        );
        if !fresh || !top || symbol.parent.is_some() || matches!(symbol.name.as_str(), "_" | "init" | "main") {
            continue;
        }
        let Ok(all) = names.planned.defined(&symbol.name) else { continue };
        let twin = all
            .iter()
            .filter(|spot| spot.path != source.path && folder(&spot.path) == folder(&source.path))
            .find(|spot| {
                names.planned.source(&spot.path).is_some_and(|other| {
                    let at = other.symbols.symbols.iter().find(|symbol| symbol.offset == spot.offset);
                    let same = at.is_some_and(|at| at.qualified == symbol.qualified && at.parent.is_none());
                    same && !is_conditional(&other.path, &other.text) && clause(&other.text) == clause(&source.text)
                })
            });
        if let Some(twin) = twin {
            let message = format!(
                "`{}` is defined in the same package in {}; rename or remove one of them",
                symbol.qualified,
                names.place(twin)
            );
            found.push(file.problem(CHECK, true, symbol.offset, message));
        }
    }
    found
}

/// Whether a Go file is only built here or there.
fn is_conditional(path: &str, text: &str) -> bool {
    let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".go");
    stem.trim_end_matches("_test").contains('_') || text.contains("//go:build") || text.contains("// +build")
}
