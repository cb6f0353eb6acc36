//! What the old home goes on offering by a re-export: who is outside of the repository may take it from there.

use std::collections::BTreeSet;
use std::ops::Range;

use tree_sitter::Node;

use crate::graph::paths::{last, stem};
use crate::plan::PlanError;
use crate::plan::refactor::edits::Edits;
use crate::plan::refactor::imports::entries::{Entry, entries};
use crate::plan::refactor::imports::manifests::is_entry;
use crate::plan::refactor::imports::python::with_comma;
use crate::plan::refactor::imports::rust::{Place, declared};
use crate::syntax::{Family, Symbol, walk};

use super::Moving;
use super::visible::{is_exported, items};

/// The moved names that are public where they were.
pub(super) fn offered(moving: &Moving) -> Result<BTreeSet<String>, PlanError> {
    let public = match moving.family() {
        Family::Rust => is_public_module(moving) || is_starred(moving, Some("pub"))?,
        Family::JavaScript => is_entry(moving.program, &moving.source.path),
        Family::Python => {
            let package = last(&moving.source.path) == "__init__.py";
            let private = moving.source.path.split('/').any(|part| part.starts_with('_') && part != "__init__.py");
            package || !listed(moving).is_empty() && (!private || is_starred(moving, None)?)
        }
        _ => false,
    };
    let is_public = |name: &&String| match moving.family() {
        Family::Rust => is_pub(moving, name),
        Family::JavaScript => is_shown(moving, name),
        _ => {
            let all = listed(moving);
            if all.is_empty() { !name.starts_with('_') } else { all.iter().any(|(listed, _)| listed == *name) }
        }
    };
    Ok(moving.names.iter().filter(|name| public && is_public(name)).cloned().collect())
}

/// The names in `__all__`, each with where it stands.
fn listed(moving: &Moving) -> Vec<(String, Range<usize>)> {
    let source = &moving.source;
    let mut found = Vec::new();
    for item in items(source).filter(|item| source.text[item.byte_range()].starts_with("__all__")) {
        walk(item, |cursor| {
            let node = cursor.node();
            if node.kind() == "string" {
                let name = source.text[node.byte_range()].trim_matches(['"', '\'']).to_owned();
                found.push((name, node.byte_range()));
            }
            node.kind() != "string"
        });
    }
    found
}

pub(super) fn is_listed(moving: &Moving, range: &Range<usize>) -> bool {
    let within = |(_, listed): &(String, Range<usize>)| listed.start <= range.start && range.end <= listed.end;
    moving.family() == Family::Python && listed(moving).iter().any(within)
}

/// Whether the module of a new Rust file needs to be seen by its parent and what is in it alone.
pub(super) fn stay_private(moving: &Moving) -> bool {
    let (old, new) = (Place::of(moving.program, &moving.source.path), Place::of(moving.program, &moving.to));
    let inside = new.parent().is_some_and(|parent| old.names.starts_with(&parent.names));
    inside && moving.names.iter().all(|name| !moving.leaves(name))
}

/// Takes names that leave for good out of `__all__`.
pub(super) fn unlist(moving: &Moving, edits: &mut Edits) {
    if moving.family() != Family::Python {
        return;
    }
    for (_, range) in listed(moving).into_iter().filter(|(name, _)| moving.leaves(name)) {
        let text = &moving.source.text;
        let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[range.end..].find('\n').map_or(text.len(), |at| range.end + at + 1);
        let own = text[start..range.start].trim().is_empty() && matches!(text[range.end..end].trim(), "" | ",");
        let range = if own { start..end } else { with_comma(text, range) };
        edits.delete(&moving.source.path, range);
    }
}

/// Whether another file passes on all that the old one has. `how`: Rust's visibility of such a statement.
fn is_starred(moving: &Moving, how: Option<&str>) -> Result<bool, PlanError> {
    let old = &moving.source.path;
    let stars = |entry: &Entry| {
        entry.name.as_deref() == Some("*")
            && entry.target.as_ref() == Some(old)
            && (how.is_none() || entry.passed_on.as_deref() == how)
    };
    let files = moving.program.files_with(stem(old))?;
    let sources = files.iter().filter_map(|path| moving.program.source(path));
    Ok(sources.filter(|source| source.path != *old).any(|source| entries(moving.program, &source).iter().any(stars)))
}

/// Whether other crates, or other modules by habit, may name a Rust module.
fn is_public_module(moving: &Moving) -> bool {
    let place = Place::of(moving.program, &moving.source.path);
    let program = |part| ["tests", "examples", "benches", "bin"].contains(&part);
    if last(&place.root) == "main.rs" || place.root.split('/').any(program) {
        return false;
    }
    let is_pub = |depth: usize| {
        let file = moving.program.rust_file(&place.root, &place.names[..depth]);
        file.and_then(|file| declared(moving.program, &file)).is_some_and(|declared| declared.visibility == "pub")
    };
    last(&moving.source.path) == "mod.rs" || (1..=place.names.len()).all(is_pub)
}

fn is_pub(moving: &Moving, name: &str) -> bool {
    let source = &moving.source;
    let named =
        |part: &Node| part.child_by_field_name("name").is_some_and(|node| source.text[node.byte_range()] == *name);
    items(source).filter(named).any(|item| {
        let mut cursor = item.walk();
        let mut parts = item.named_children(&mut cursor);
        parts.any(|part| part.kind() == "visibility_modifier" && source.text[part.byte_range()] == *"pub")
    })
}

/// The condition under which a Rust item is there at all, as lines before its re-export.
pub(super) fn condition(moving: &Moving, name: &str) -> String {
    let source = &moving.source;
    if source.family != Family::Rust {
        return String::new();
    }
    let all: Vec<_> = items(source).collect();
    let named =
        |item: &Node| item.child_by_field_name("name").is_some_and(|node| source.text[node.byte_range()] == *name);
    let at: Vec<usize> = all.iter().enumerate().filter(|(_, item)| named(item)).map(|(at, _)| at).collect();
    // Twins are there in turns.
    let [at] = at[..] else { return String::new() };
    let before =
        all[..at].iter().rev().take_while(|item| item.kind() == "attribute_item" || item.kind().contains("comment"));
    let mut lines: Vec<String> = before
        .map(|item| &source.text[item.byte_range()])
        .filter(|text| text.starts_with("#[cfg("))
        .map(|text| format!("{text}\n"))
        .collect();
    lines.reverse();
    lines.concat()
}

/// Whether a script exports the name.
fn is_shown(moving: &Moving, name: &str) -> bool {
    let source = &moving.source;
    let exported = |symbol: &&Symbol| {
        let item = items(source).find(|item| item.byte_range().contains(&symbol.offset));
        item.is_some_and(|item| item.kind() == "export_statement")
    };
    let mut own = source.symbols.symbols.iter().filter(|symbol| symbol.parent.is_none() && symbol.name == name);
    own.any(|symbol| exported(&symbol)) || is_exported(source, name)
}
