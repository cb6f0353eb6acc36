//! What the moved text needs of its old file: imported names, and definitions that stay.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use tree_sitter::Node;

use crate::graph::meaning::Source;
use crate::plan::PlanError;
use crate::plan::refactor::edits::Edits;
use crate::plan::refactor::imports::entries::{Entry, carried, drop_entries, from_file};
use crate::plan::refactor::imports::rust::{Place, whole};
use crate::plan::refactor::{Done, refused};
use crate::syntax::{Budget, Family, Kind, Symbol, binding, walk};

use super::Moving;

pub(super) struct Needs {
    /// Imports of the old file, by their place among its entries.
    pub entries: Vec<usize>,
    /// Definitions that stay.
    pub definitions: Vec<Symbol>,
}

impl Needs {
    pub fn of(moving: &Moving) -> Result<Self, PlanError> {
        let words = words(moving);
        let uses = |name: &str| words.get(name).is_some_and(|places| is_free(&moving.source, places));
        let mut definitions: Vec<Symbol> = Vec::new();
        for symbol in moving.source.symbols.symbols.iter().filter(|symbol| symbol.parent.is_none()) {
            let top = symbol.qualified == symbol.name && !moving.names.contains(&symbol.name);
            if !top || definitions.iter().any(|known| known.name == symbol.name) || !uses(&symbol.name) {
                continue;
            }
            if symbol.kind == Kind::Macro && moving.family() == Family::Rust {
                let text = &moving.source.text[..symbol.extent.start];
                if !text.trim_end().ends_with("#[macro_export]") {
                    return refused(format!(
                        "it uses the macro {} of its file, which counts by the order of the text",
                        symbol.name
                    ));
                }
                continue;
            }
            definitions.push(symbol.clone());
        }
        let needed = |entry: &Entry| match entry.local.as_str() {
            "*" => moving.family() != Family::JavaScript,
            local => {
                let first = local.split('.').next().unwrap_or(local);
                uses(first) && (moving.family() != Family::JavaScript || entry.passed_on.is_none())
            }
        };
        let called = |entry: &Entry| moving.family() == Family::Rust && gives_methods(moving, entry);
        let all = moving.entries.iter().enumerate();
        let entries = all.filter(|(_, entry)| needed(entry) || called(entry)).map(|(at, _)| at).collect();
        Ok(Self { entries, definitions })
    }

    /// The import statements of the new file.
    pub fn imports(&self, moving: &Moving) -> Vec<String> {
        let own = moving.dest.as_deref();
        let known =
            |local: &str| moving.dest_entries.iter().any(|entry| entry.local == local && entry.passed_on.is_none());
        let mut found = Vec::new();
        let future = "from __future__ import annotations";
        if moving.dest.is_none() && moving.source.text.lines().any(|line| line.trim_end() == future) {
            found.push(future.to_owned());
        }
        for entry in self.entries.iter().map(|at| &moving.entries[*at]) {
            let comes_home = entry.target.as_deref() == Some(moving.to.as_str()) && entry.name.is_some();
            if !comes_home && (entry.local == "*" || !known(&entry.local)) {
                found.push(carried(moving.program, &moving.source, entry, &moving.to, own));
            }
        }
        for symbol in self.definitions.iter().filter(|symbol| !known(&symbol.name)) {
            let entry = moving.entry(&symbol.name);
            let importer = (moving.to.as_str(), own);
            found.push(from_file(moving.program, moving.family(), importer, &moving.source.path, &entry));
        }
        found
    }

    /// Imports that only the moved text used go, where that is sure.
    pub fn drop_unused(&self, moving: &Moving, edits: &mut Edits, done: &mut Done) {
        let source = &moving.source;
        let mut rest: BTreeSet<&str> = BTreeSet::new();
        walk(source.tree.tree.root_node(), |cursor| {
            let node = cursor.node();
            if moving.is_inside(&node.byte_range()) || moving.in_import(&node.byte_range()) {
                return false;
            }
            if node.child_count() == 0 {
                let text = source.text.get(node.byte_range()).unwrap_or_default();
                // Strings may be types, `__all__`, or documentation with links.
                rest.extend(text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$'))));
            }
            true
        });
        let package = source.path.ends_with("__init__.py");
        let unused = |entry: &&Entry| {
            let first = entry.local.split('.').next().unwrap_or(&entry.local);
            let kept = entry.local == "*" || entry.passed_on.is_some() || package || rest.contains(first);
            let may_be_trait = source.family == Family::Rust && entry.local.starts_with(char::is_uppercase) && {
                let shouted = entry.local.chars().all(|c| !c.is_lowercase());
                !shouted && !is_type_here(moving, entry)
            };
            !kept && !may_be_trait
        };
        let gone: Vec<&Entry> = self.entries.iter().map(|at| &moving.entries[*at]).filter(unused).collect();
        if !gone.is_empty() {
            let names: Vec<&str> = gone.iter().map(|entry| entry.local.as_str()).collect();
            done.notes.push(format!("{} no longer imports {}", source.path, names.join(", ")));
        }
        drop_entries(source, &moving.entries, &gone, edits);
    }
}

/// Methods of the standard library's traits that have to be imported to be called.
const TRAITS: [(&str, &[&str]); 12] = [
    ("FromStr", &["from_str"]),
    ("Write", &["write_str", "write_char", "write_fmt", "write_all", "write", "writeln", "flush"]),
    ("Read", &["read", "read_exact", "read_to_string", "read_to_end"]),
    ("BufRead", &["lines", "read_line", "read_until", "split"]),
    ("Seek", &["seek", "rewind"]),
    ("Hash", &["hash", "hash_slice"]),
    ("Hasher", &["finish", "write_u8", "write_u32", "write_u64", "write_usize", "write"]),
    ("BuildHasher", &["build_hasher", "hash_one"]),
    ("Borrow", &["borrow"]),
    ("BorrowMut", &["borrow_mut"]),
    ("Deref", &["deref"]),
    ("Error", &["source"]),
];

/// Whether the moved text may call methods by an imported trait that it does not name.
fn gives_methods(moving: &Moving, entry: &Entry) -> bool {
    let Some(name) = entry.name.as_deref().filter(|name| name.starts_with(char::is_uppercase)) else { return false };
    let here = |word: &str| crate::syntax::occurrences(&moving.source.text, word).any(|range| moving.is_inside(&range));
    if let Some(target) = entry.target.as_deref().and_then(|target| moving.program.source(target)) {
        let symbols = &target.symbols.symbols;
        let own = symbols.iter().position(|symbol| symbol.name == name && symbol.kind == Kind::Trait);
        return own.is_some_and(|own| symbols.iter().any(|symbol| symbol.parent == Some(own) && here(&symbol.name)));
    }
    match TRAITS.iter().find(|(known, _)| *known == name) {
        Some((_, methods)) => methods.iter().any(|method| here(method)),
        // What nothing in the file names is there for its methods.
        None => {
            let elsewhere = |range: &Range<usize>| !moving.in_import(range);
            entry.passed_on.is_none()
                && !crate::syntax::occurrences(&moving.source.text, &entry.local).any(|range| elsewhere(&range))
        }
    }
}

/// Whether an imported name is surely a type, and no trait whose methods the rest may use.
fn is_type_here(moving: &Moving, entry: &Entry) -> bool {
    let Some(target) = entry.target.as_deref().and_then(|target| moving.program.source(target)) else { return false };
    let of = |symbol: &&Symbol| Some(&symbol.name) == entry.name.as_ref() && symbol.parent.is_none();
    let kinds: Vec<Kind> = target.symbols.symbols.iter().filter(of).map(|symbol| symbol.kind).collect();
    !kinds.is_empty()
        && kinds
            .iter()
            .all(|kind| matches!(kind, Kind::Struct | Kind::Enum | Kind::Function | Kind::Constant | Kind::Type))
}

/// The names in the pieces that may come from outside of them, with where they stand.
fn words(moving: &Moving) -> BTreeMap<String, Vec<Range<usize>>> {
    let source = &moving.source;
    let mut found: BTreeMap<String, Vec<Range<usize>>> = BTreeMap::new();
    walk(source.tree.tree.root_node(), |cursor| {
        let node = cursor.node();
        let range = node.byte_range();
        if !moving.pieces.iter().any(|piece| piece.start < range.end && range.start < piece.end) {
            return false;
        }
        let named = matches!(
            node.kind(),
            "identifier" | "type_identifier" | "shorthand_property_identifier" | "shorthand_field_identifier"
        );
        if named && stands_alone(source, node) {
            found.entry(source.text[range.clone()].to_owned()).or_default().push(range);
        } else if node.kind() == "string_content" && source.family == Family::Python {
            // Annotations in quotes.
            let text = &source.text[range.clone()];
            let annotation =
                std::iter::successors(node.parent(), |node| node.parent()).take(6).any(|node| node.kind() == "type");
            for word in
                text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| annotation && !word.is_empty())
            {
                found.entry(word.to_owned()).or_default().push(range.clone());
            }
        }
        true
    });
    found
}

/// Whether a name is not one that something before it owns.
fn stands_alone(source: &Source, node: Node) -> bool {
    match source.family {
        Family::Python => crate::plan::refactor::imports::python::is_value(node),
        Family::Rust => {
            let path = whole(node);
            let names = |parent: Node| {
                let item =
                    parent.kind().ends_with("_item") || matches!(parent.kind(), "enum_variant" | "associated_type");
                let is_name = parent.child_by_field_name("name").is_some_and(|name| name.id() == node.id());
                is_name && (item || parent.kind() == "function_signature_item")
            };
            let before = source.text[..node.start_byte()].trim_end();
            // In a macro's arguments nothing but the text says so.
            let owned = before.ends_with("::") || before.ends_with('.') && !before.ends_with("..");
            !node.parent().is_some_and(names) && !owned && path.start_byte() == node.start_byte()
        }
        _ => true,
    }
}

/// Whether one of the places is not a local's. Places in strings count.
fn is_free(source: &Source, places: &[Range<usize>]) -> bool {
    let budget = Budget::default();
    places.iter().take(8).any(|place| binding(source.language, &source.text, place.start, &budget).is_none())
        || places.len() > 8
}

/// Whether a file's module is the other's, or inside of it: what is private there can be seen.
pub(super) fn sees(moving: &Moving) -> bool {
    let (own, other) = (Place::of(moving.program, &moving.to), Place::of(moving.program, &moving.source.path));
    own.root == other.root && own.names.starts_with(&other.names)
}
