//! A file or a folder gets another path, and what leads to it is mended.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::graph::meaning::{Program, Role, Source, Spot, uses};
use crate::graph::paths::{folder, last, stem};
use crate::syntax::{Family, Language};
use crate::workspace::RelPath;

use super::edits::{Edits, doubt};
use super::imports::rust::Place;
use super::imports::{Moves, ecmascript, manifests, python, rust};
use super::{Done, Plan, PlanError, Tools, all_or_nothing, refused, rename};

/// Moves a file, or a folder with all in it, and mends every import, path and manifest that leads there, and its own.
///
/// # Errors
/// When it is not there, something is at the new path, or Rust's modules cannot follow.
pub fn rename_file(plan: &mut Plan, tools: Tools, from: &str, to: &str) -> Result<Done, PlanError> {
    let clean = |path: &str| path.trim_start_matches("./").trim_end_matches('/').to_owned();
    let (from, to) = (clean(from), clean(to));
    all_or_nothing(plan, |plan| moved(plan, tools, &from, &to))
}

fn moved(plan: &mut Plan, tools: Tools, from: &str, to: &str) -> Result<Done, PlanError> {
    let snapshot = plan.snapshot();
    let program = Program::new(&snapshot, tools.symbols, tools.cancel)?;
    let all: Vec<String> = snapshot.files()?.iter().map(|file| file.path.to_string()).collect();
    let to = ended(&all, from, to);
    if from == to {
        return refused(format!("{from} is there already"));
    }
    let mut pairs = pairs(&all, from, &to);
    if pairs.is_empty() {
        return refused(format!("{from}: there is no such file or folder"));
    }
    if let Some(path) = pairs.keys().find(|path| is_left_to_hands(path)) {
        return refused(format!(
            "{path}: what imports or includes it would not be mended, since moves are known for Rust, Python, JavaScript and TypeScript only; \
             plan it by hand"
        ));
    }
    let mut edits = Edits::default();
    let mut done = Done::default();
    let head = crate_module(&all, from);
    if let Some(head) = &head {
        pairs.extend(children(&all, head, from, &to));
    }
    let moves = Moves::new(pairs, all.iter().cloned());
    if let Some(head) = &head {
        let sub = rust_module(plan, &program, &moves, head, &mut edits)?;
        done.edits += sub.edits;
        done.notes.extend(sub.notes);
    }
    // What a rename of the module has changed by now is the text that the rest works on.
    let snapshot = plan.snapshot();
    let program = Program::new(&snapshot, tools.symbols, tools.cancel)?;
    let words = moves.words();
    for path in &all {
        let Some(source) = candidate(&program, &moves, &words, path) else { continue };
        match source.family {
            Family::JavaScript => ecmascript::mend(&program, &moves, &source, &mut edits),
            Family::Python => python::mend(&program, &moves, &source, &mut edits),
            _ => {}
        }
    }
    manifests::mend(plan, &program, &moves, &mut edits)?;
    dotted_words(plan, &program, &moves, &mut edits)?;
    done.edits += edits.count();
    edits.apply(plan)?;
    for (from, to) in moves.iter() {
        plan.move_file(from, to)?;
        if from.ends_with(".py") && !moves.has(&format!("{}/__init__.py", folder(to))) && moves_into_package(&all, from)
        {
            done.notes.push(format!("{} has no __init__.py", folder(to)));
        }
    }
    done.notes.dedup();
    done.files = plan.paths().len();
    Ok(done)
}

/// Whether other files name a file in ways that are not followed here.
fn is_left_to_hands(path: &str) -> bool {
    matches!(Language::of(path).and_then(Language::family), Some(Family::Go | Family::C | Family::Java))
}

/// The new path with the ending that was left out, or the name when it is a folder that is there.
fn ended(all: &[String], from: &str, to: &str) -> String {
    let is_folder = all.iter().any(|path| path.starts_with(&format!("{to}/")));
    let is_file = all.iter().any(|path| path == from);
    if is_file && is_folder {
        return format!("{to}/{}", last(from));
    }
    match last(from).split_once('.') {
        Some((_, ending)) if is_file && !last(to).contains('.') => format!("{to}.{ending}"),
        _ => to.to_owned(),
    }
}

fn pairs(all: &[String], from: &str, to: &str) -> BTreeMap<String, String> {
    let inside = format!("{from}/");
    let pair = |path: &String| match path.strip_prefix(&inside) {
        Some(rest) => Some((path.clone(), format!("{to}/{rest}"))),
        None => (path == from).then(|| (path.clone(), to.to_owned())),
    };
    all.iter().filter_map(pair).collect()
}

/// The file that is the Rust module which moves.
fn crate_module(all: &[String], from: &str) -> Option<String> {
    if from.ends_with(".rs") {
        return Some(from.to_owned());
    }
    let head = format!("{from}/mod.rs");
    all.contains(&head).then_some(head)
}

/// What is in the folder of a Rust module, and moves with its file.
fn children(all: &[String], head: &str, from: &str, to: &str) -> Vec<(String, String)> {
    let home = |path: &str| {
        if stem(path) == "mod" { folder(path).to_owned() } else { path.trim_end_matches(".rs").to_owned() }
    };
    if head != from || matches!(last(head), "lib.rs" | "main.rs") {
        return Vec::new();
    }
    let (old, new) = (format!("{}/", home(from)), home(to));
    let below = all.iter().filter(|path| *path != from && path.starts_with(&old));
    below.map(|path| (path.clone(), format!("{new}/{}", &path[old.len()..]))).filter(|(a, b)| a != b).collect()
}

/// The file when its imports may lead to a moved one, or are its own ways out.
fn candidate(program: &Program, moves: &Moves, words: &BTreeSet<String>, path: &str) -> Option<Arc<Source>> {
    Language::of(path).filter(|language| language.has_grammar())?;
    let text = text_of(program, path)?;
    let near = ["'.'", "\".\"", "'..'", "\"..\"", "./'", "./\"", "from ."].iter().any(|way| text.contains(way));
    (near || moves.moves(path) || words.iter().any(|word| text.contains(word.as_str())))
        .then(|| program.source(path))?
}

fn text_of(program: &Program, path: &str) -> Option<Arc<str>> {
    program.snapshot().text(&RelPath::parse(path).ok()?).ok()
}

fn moves_into_package(all: &[String], from: &str) -> bool {
    all.contains(&format!("{}/__init__.py", folder(from)))
}

/// A Rust module follows its file: its `mod` line, the paths to it, and its own ways out.
fn rust_module(
    plan: &mut Plan,
    program: &Program,
    moves: &Moves,
    head: &str,
    edits: &mut Edits,
) -> Result<Done, PlanError> {
    let to = moves.after(head);
    let (old, new) = (Place::of(program, head), Place::of(program, &to));
    if old.names.is_empty() {
        // A crate of its own: manifests name it.
        return Ok(Done::default());
    }
    if old.root != new.root || new.names.is_empty() {
        return refused(format!("{head} and {to} belong to different crates ({} and {})", old.root, new.root));
    }
    if old == new {
        return Ok(Done::default());
    }
    let Some(line) = rust::declared(program, head) else {
        return refused(format!("{head}: no `mod` line makes it a module, so what uses it is not known"));
    };
    if line.by_attribute {
        return Ok(Done {
            notes: vec![format!("{}: its `#[path]` is mended, its name stays", line.path)],
            ..Done::default()
        });
    }
    let (Some(old_parent), Some(new_parent)) = (old.parent(), new.parent()) else { return Ok(Done::default()) };
    let (Some(old_name), Some(new_name)) = (old.names.last(), new.names.last()) else { return Ok(Done::default()) };
    let spot = Spot { path: line.path.clone(), offset: line.name.start };
    if old_parent == new_parent {
        return rename::at(plan, program, &spot, new_name);
    }
    let Some(home) = program.rust_file(&new_parent.root, &new_parent.names) else {
        return refused(format!(
            "{to}: no file is the module {} that it would be in; create one first",
            new_parent.path()
        ));
    };
    let found = uses(program, &spot)?;
    for place in &found.places {
        if place.role != Role::Code && place.role != Role::Definition
            || place.path == line.path && place.range == line.name
        {
            continue;
        }
        let Some(source) = program.source(&place.path) else { continue };
        match &place.doubt {
            None => rust::lead(program, &source, &place.range, (&old_parent, old_name), (&new_parent, new_name), edits),
            Some(why) => doubt(plan, &place.path, &place.range, None, why.clone()),
        }
    }
    for (path, _) in moves.iter().filter(|(path, _)| path.ends_with(".rs")) {
        if let Some(source) = program.source(path) {
            rust::unsuper(&source, &old, &Place::of(program, path), edits);
        }
    }
    move_line(plan, program, &line, &home, new_name, edits);
    Ok(Done::default())
}

/// The `mod` line leaves its file for another.
fn move_line(plan: &mut Plan, program: &Program, line: &rust::Declared, home: &str, name: &str, edits: &mut Edits) {
    let (Some(from), Some(source)) = (program.source(&line.path), program.source(home)) else { return };
    let mut item = from.text[line.item.start..line.name.start].to_owned();
    if line.visibility.is_empty() {
        item = item.trim_end().strip_suffix("mod").unwrap_or(&item).to_owned() + "pub(crate) mod ";
        let why =
            "it was private in its old parent; it is visible in the whole crate now, make it narrower if that suffices";
        doubt(plan, &line.path, &line.name, None, why);
    } else if line.visibility == "pub" {
        doubt(plan, &line.path, &line.name, None, "it is public, so users of the crate may name its old path");
    }
    item.push_str(name);
    item.push(';');
    let end = from.text[line.item.end..].find('\n').map_or(from.text.len(), |at| line.item.end + at + 1);
    edits.delete(&line.path, line.item.start..end);
    let root = source.tree.tree.root_node();
    let mut cursor = root.walk();
    let items: Vec<tree_sitter::Node> = root.named_children(&mut cursor).collect();
    let after = items.iter().rev().find(|node| node.kind() == "mod_item" && node.child_by_field_name("body").is_none());
    match after {
        Some(after) => edits.insert(home, after.end_byte(), format!("\n{item}")),
        None => {
            let first = items.iter().find(|node| {
                let text = &source.text[node.byte_range()];
                !(node.kind() == "inner_attribute_item" || text.starts_with("//!") || text.starts_with("/*!"))
            });
            edits.insert(home, first.map_or(source.text.len(), |node| node.start_byte()), format!("{item}\n\n"));
        }
    }
}

/// Dotted names of moved Python modules in prose and strings: sure where they are followed by what the module defines.
fn dotted_words(plan: &mut Plan, program: &Program, moves: &Moves, edits: &mut Edits) -> Result<(), PlanError> {
    for (from, to) in moves.iter().filter(|(from, _)| from.ends_with(".py")) {
        let (old, new) = (python::dotted_name(program, from), python::dotted_name(program, to));
        if !old.contains('.') || old == new {
            continue;
        }
        let Some(module) = program.source(from) else { continue };
        for path in program.files_with(stem(from))? {
            let Some(text) = text_of(program, &path) else { continue };
            let history = ["CHANGE", "HISTORY", "NEWS", "RELEASE"]
                .iter()
                .any(|name| last(&path).to_uppercase().starts_with(name));
            for (at, _) in text.match_indices(&old) {
                let range = at..at + old.len();
                let is_word = |c: char| c.is_alphanumeric() || c == '_';
                let (before, behind) = (&text[..at], &text[range.end..]);
                if before.ends_with(is_word)
                    || before.ends_with('.')
                    || behind.starts_with(is_word)
                    || edits.touches(&path, &range)
                {
                    continue;
                }
                let member =
                    behind.strip_prefix('.').map(|rest| rest.split(|c| !is_word(c)).next().unwrap_or_default());
                let defined = |name: &str| {
                    module.symbols.symbols.iter().any(|symbol| symbol.parent.is_none() && symbol.name == name)
                };
                if member.is_some_and(defined) && !history {
                    edits.replace(&path, range, new.clone());
                } else {
                    doubt(plan, &path, &range, Some(new.clone()), "it speaks of the moved module");
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
