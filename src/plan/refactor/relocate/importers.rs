//! Who imports what has moved, file by file.

use std::collections::BTreeMap;
use std::ops::Range;

use tree_sitter::Node;

use crate::graph::meaning::{Role, Source, Use};
use crate::graph::paths;
use crate::plan::PlanError;
use crate::plan::refactor::Plan;
use crate::plan::refactor::edits::{Edits, doubt};
use crate::plan::refactor::imports::entries::{self, Entry, drop_entries, entries};
use crate::plan::refactor::imports::rust::{self, Place, imports_name, prefix, resolved};
use crate::syntax::{Budget, Family, binding, walk};

use super::Moving;

/// Leads every other file that takes one of the moved names out of the old one to the new.
pub(super) fn mend(
    plan: &mut Plan,
    moving: &Moving,
    found: &[(String, Use)],
    edits: &mut Edits,
) -> Result<(), PlanError> {
    let mut files: BTreeMap<&str, Vec<(&str, &Use)>> = BTreeMap::new();
    let elsewhere = |(word, place): &&(String, Use)| moving.leaves(word) && place.path != moving.source.path;
    for (word, place) in found.iter().filter(elsewhere) {
        files.entry(&place.path).or_default().push((word, place));
    }
    // Who takes all may name none.
    let starred: Vec<String> = moving.program.files_with(paths::stem(&moving.source.path))?;
    for path in &starred {
        files.entry(path).or_default();
    }
    for (path, places) in files {
        let Some(source) = moving.program.source(path) else { continue };
        if source.family != moving.family() || path == moving.source.path {
            continue;
        }
        for (_, place) in places.iter().filter(|(_, place)| place.role == Role::Code) {
            if let Some(why) = &place.doubt {
                doubt(plan, path, &place.range, None, why.clone());
            }
        }
        let sure: Vec<(&str, &Use)> =
            places.into_iter().filter(|(_, place)| place.role == Role::Code && place.doubt.is_none()).collect();
        match source.family {
            Family::Rust if is_foreign(moving, path) => {}
            Family::Rust => in_rust(moving, &source, &sure, edits),
            _ => in_imports(plan, moving, &source, &sure, edits),
        }
    }
    Ok(())
}

/// Whether a Rust file is of another crate, such as a test of this one.
pub(super) fn is_foreign(moving: &Moving, path: &str) -> bool {
    let root = |path: &str| Place::of(moving.program, path).root;
    moving.family() == Family::Rust && path.ends_with(".rs") && root(path) != root(&moving.source.path)
}

fn in_rust(moving: &Moving, source: &Source, places: &[(&str, &Use)], edits: &mut Edits) {
    let (old, new) = (Place::of(moving.program, &moving.source.path), Place::of(moving.program, &moving.to));
    let mut by_glob: Vec<&str> = Vec::new();
    for (word, place) in places {
        let root = source.tree.tree.root_node();
        let Some(leaf) = root.descendant_for_byte_range(place.range.start, place.range.end) else { continue };
        let before = prefix(source, leaf);
        let in_use =
            std::iter::successors(Some(leaf), |node| node.parent()).any(|node| node.kind() == "use_declaration");
        if before.is_empty() && !in_use {
            if !imports_name(source, leaf, word) && Place::around(moving.program, source, leaf) != new {
                by_glob.push(word);
            }
            continue;
        }
        let module = resolved(moving.program, source, leaf, &before);
        let by_name = module.is_none() && !old.names.is_empty() && before.last() == old.names.last();
        if !(module.as_ref() == Some(&old) || by_name) {
            continue;
        }
        let home = Place::of(moving.program, &source.path) == new;
        if home && in_use {
            continue;
        }
        rust::lead(moving.program, source, &place.range, (&old, word), (&new, word), edits);
    }
    let lines: Vec<String> =
        by_glob.iter().map(|name| moving.import(&source.path, Some(source), &moving.entry(name))).collect();
    if Place::of(moving.program, &source.path) != new {
        entries::add(source, &lines, edits);
    }
}

fn in_imports(plan: &mut Plan, moving: &Moving, source: &Source, places: &[(&str, &Use)], edits: &mut Edits) {
    let is_dest = source.path == moving.to;
    let all = entries(moving.program, source);
    let old = moving.source.path.as_str();
    let from_old = |entry: &&Entry| entry.target.as_deref() == Some(old);
    let mut lines: Vec<String> = Vec::new();
    let mut gone: Vec<&Entry> = Vec::new();
    for entry in all.iter().filter(from_old) {
        match entry.name.as_deref() {
            Some("*") => {
                for name in moving.names.iter().filter(|name| moving.leaves(name)) {
                    let hidden = source.family == Family::Python && name.starts_with('_');
                    if !is_dest && !hidden {
                        let own = moving.entry(name);
                        lines.push(moving.import(
                            &source.path,
                            Some(source),
                            &Entry { passed_on: entry.passed_on.clone(), ..own },
                        ));
                    }
                }
            }
            Some(name) if moving.leaves(name) => {
                gone.push(entry);
                if !is_dest {
                    lines.push(moving.import(&source.path, Some(source), entry));
                }
            }
            _ => {}
        }
    }
    // Names behind the module: `old.name`.
    let modules: Vec<&str> = all
        .iter()
        .filter(|entry| {
            let of_module = source.family == Family::Python && entry.name.as_deref().is_some_and(|name| name != "*");
            from_old(entry) && (entry.name.is_none() || of_module && is_module(moving, source, entry))
        })
        .map(|entry| entry.local.as_str())
        .collect();
    for (word, place) in places {
        let Some((object, whole)) = owner(source, &place.range) else { continue };
        if !modules.contains(&object) {
            continue;
        }
        let taken = is_dest || is_bound(source, word, &place.range) && !gone.iter().any(|entry| entry.local == *word);
        if taken && !is_dest {
            let why = format!("{word} is in {} now, and the file has another {word}", moving.to);
            doubt(plan, &source.path, &place.range, None, why);
            continue;
        }
        edits.replace(&source.path, whole, *word);
        if !is_dest {
            let of_type = source.family == Family::JavaScript && moving.is_of_type(word);
            lines.push(moving.import(&source.path, Some(source), &entries::plain(word, of_type)));
        }
    }
    if is_dest {
        // Its own imports of the moved names are dropped where the text is added.
        return;
    }
    lines.sort();
    lines.dedup();
    match gone.first() {
        // A statement that only has moved names is replaced where it stands.
        Some(entry) if gone.iter().all(|other| other.statement == entry.statement) && entry.alone => {
            let (own, rest) = lines.split_first().map_or((String::new(), &[][..]), |(own, rest)| (own.clone(), rest));
            let range = entry.statement.clone();
            let semicolon = source.family == Family::JavaScript && !source.text[range.clone()].ends_with(';');
            let own = if semicolon { own.trim_end_matches(';').to_owned() } else { own };
            edits.replace(&source.path, range, own);
            entries::add(source, rest, edits);
        }
        _ => {
            drop_entries(source, &all, &gone, edits);
            entries::add(source, &lines, edits);
        }
    }
}

/// Whether `from a import b` takes the old file itself.
fn is_module(moving: &Moving, source: &Source, entry: &Entry) -> bool {
    let Some(name) = &entry.name else { return false };
    moving.program.leads(source, &entry.module, None) != moving.program.leads(source, &entry.module, Some(name))
}

/// What stands before a name and its dot, and all of it.
fn owner<'s>(source: &'s Source, range: &Range<usize>) -> Option<(&'s str, Range<usize>)> {
    let leaf = source.tree.tree.root_node().descendant_for_byte_range(range.start, range.end)?;
    let parent = leaf.parent()?;
    let fields = ["object", "module", "left"];
    let object: Node = fields.iter().find_map(|field| parent.child_by_field_name(field))?;
    (object.end_byte() <= range.start).then(|| (&source.text[object.byte_range()], parent.start_byte()..range.end))
}

/// Whether a file has the name for something else, at its top or where it is needed.
fn is_bound(source: &Source, word: &str, range: &Range<usize>) -> bool {
    let top = source.symbols.symbols.iter().any(|symbol| symbol.name == word && symbol.parent.is_none());
    let mut local = false;
    walk(source.tree.tree.root_node(), |cursor| {
        let node = cursor.node();
        if node.kind() == "identifier" && node.byte_range() != *range && source.text[node.byte_range()] == *word {
            local |= binding(source.language, &source.text, node.start_byte(), &Budget::default()).is_some();
        }
        !local
    });
    top || local
}
