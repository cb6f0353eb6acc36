//! What has to be seen from another file now: exports, `pub(crate)`, a `mod` line for a new file.

use std::ops::Range;

use tree_sitter::Node;

use crate::graph::meaning::Source;
use crate::plan::refactor::edits::{Edits, doubt};
use crate::plan::refactor::imports::rust::{Place, is_attached, unsuper};
use crate::plan::refactor::{Done, Plan, PlanError, refused};
use crate::syntax::{Family, Symbol, walk};

use super::Moving;
use super::needs::{Needs, sees};

/// What makes the moved items seen by those that use them.
pub(super) fn of_moved(moving: &Moving, used: bool) -> Vec<(Range<usize>, String)> {
    let source = &moving.source;
    let mut found = Vec::new();
    for piece in &moving.pieces {
        for node in items(source).filter(|node| piece.start <= node.start_byte() && node.end_byte() <= piece.end) {
            match source.family {
                Family::JavaScript if used && node.kind() != "export_statement" && is_declaration(node) => {
                    found.push((node.start_byte()..node.start_byte(), "export ".to_owned()));
                }
                Family::Rust => {
                    let is_item = !node.is_extra() && node.kind() != "impl_item" && !is_attached(source, node);
                    if used && is_item {
                        widen(source, node, &mut found);
                    }
                    members(moving, node, &mut found);
                }
                _ => {}
            }
        }
    }
    found
}

fn is_declaration(node: Node) -> bool {
    node.kind().ends_with("declaration") || node.kind() == "function_signature"
}

pub(super) fn items(source: &Source) -> impl Iterator<Item = Node<'_>> {
    let root = source.tree.tree.root_node();
    (0..root.named_child_count()).filter_map(move |at| root.named_child(u32::try_from(at).ok()?))
}

/// Makes a private Rust item, field or method visible in its crate.
fn widen(source: &Source, node: Node, found: &mut Vec<(Range<usize>, String)>) {
    let mut cursor = node.walk();
    let visibility = node.named_children(&mut cursor).find(|part| part.kind() == "visibility_modifier");
    match visibility {
        None => {
            // Attributes of a field are among its children.
            let mut cursor = node.walk();
            let first = node.children(&mut cursor).find(|part| !is_attached(source, *part));
            let at = first.map_or(node.start_byte(), |first| first.start_byte());
            found.push((at..at, "pub(crate) ".to_owned()));
        }
        Some(visibility) if ["pub(super)", "pub(self)"].contains(&&source.text[visibility.byte_range()]) => {
            found.push((visibility.byte_range(), "pub(crate)".to_owned()));
        }
        Some(_) => {}
    }
}

/// Private fields and methods of a moved type that the rest of its old file uses, by their names.
fn members(moving: &Moving, item: Node, found: &mut Vec<(Range<usize>, String)>) {
    let source = &moving.source;
    if item.kind() == "impl_item" && item.child_by_field_name("trait").is_some() {
        return;
    }
    walk(item, |cursor| {
        let node = cursor.node();
        match node.kind() {
            "field_declaration" | "function_item" | "const_item" if node.id() != item.id() => {
                let name = node.child_by_field_name("name").map(|name| &source.text[name.byte_range()]);
                if name.is_some_and(|name| is_used_in_rest(moving, name)) {
                    widen(source, node, found);
                }
                false
            }
            "ordered_field_declaration_list" => {
                let mut cursor = node.walk();
                let mut public = false;
                for part in node.named_children(&mut cursor) {
                    public |= part.kind() == "visibility_modifier";
                    if !matches!(part.kind(), "visibility_modifier" | "attribute_item")
                        && !part.kind().contains("comment")
                    {
                        if !public {
                            found.push((part.start_byte()..part.start_byte(), "pub(crate) ".to_owned()));
                        }
                        public = false;
                    }
                }
                false
            }
            "block" => false,
            _ => true,
        }
    });
}

fn is_used_in_rest(moving: &Moving, name: &str) -> bool {
    crate::syntax::occurrences(&moving.source.text, name).any(|range| !moving.is_inside(&range))
}

/// The moved text's paths by `super` and `self`, from the crate now.
pub(super) fn ways_out(moving: &Moving) -> Vec<(Range<usize>, String)> {
    let source = &moving.source;
    if source.family != Family::Rust {
        return Vec::new();
    }
    let place = Place::of(moving.program, &source.path);
    let mut edits = Edits::default();
    unsuper(source, &place, &place, &mut edits);
    let mut found: Vec<(Range<usize>, String)> =
        edits.take(&source.path).into_iter().filter(|(range, _)| moving.is_inside(range)).collect();
    walk(source.tree.tree.root_node(), |cursor| {
        let node = cursor.node();
        if node.kind() == "self" && moving.is_inside(&node.byte_range()) {
            let is_path = node.parent().is_some_and(|parent| parent.kind().starts_with("scoped_"));
            let first = source.text[node.end_byte()..].starts_with("::");
            if is_path && first {
                found.push((node.byte_range(), place.path()));
            }
        }
        true
    });
    found
}

/// What stays, and the moved text needs, is made visible to it.
pub(super) fn of_needed(plan: &mut Plan, moving: &Moving, needs: &Needs, edits: &mut Edits, done: &mut Done) {
    let source = &moving.source;
    let mut shown: Vec<&str> = Vec::new();
    for symbol in &needs.definitions {
        let named = |other: &&Symbol| other.parent.is_none() && other.name == symbol.name;
        for twin in source.symbols.symbols.iter().filter(named) {
            let Some(node) = items(source).find(|node| node.byte_range().contains(&twin.offset)) else { continue };
            match source.family {
                Family::JavaScript if node.kind() != "export_statement" && is_declaration(node) => {
                    let listed = is_exported(source, &symbol.name);
                    if !listed {
                        edits.insert(&source.path, node.start_byte(), "export ");
                        shown.push(&symbol.name);
                    }
                }
                Family::Rust if !sees(moving) => {
                    let mut found = Vec::new();
                    widen(source, node, &mut found);
                    for (range, new) in found {
                        shown.push(&symbol.name);
                        edits.replace(&source.path, range, new);
                    }
                    let private = format!("fields and methods of {} that are private are not seen there", symbol.name);
                    if matches!(node.kind(), "struct_item" | "enum_item") && uses_members(moving, node) {
                        let range = twin.offset..twin.offset + twin.name.len();
                        doubt(plan, &source.path, &range, None, private);
                    }
                }
                _ => {}
            }
        }
    }
    shown.dedup();
    if !shown.is_empty() {
        done.notes.push(format!("{} can be used from other files now: {}", source.path, shown.join(", ")));
    }
}

/// Whether an export list of the file has the name.
pub(super) fn is_exported(source: &Source, name: &str) -> bool {
    let lists = items(source)
        .filter(|node| node.kind() == "export_statement" && node.child_by_field_name("declaration").is_none());
    let words =
        |node: Node| source.text[node.byte_range()].split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$')));
    lists.filter(|node| node.child_by_field_name("source").is_none()).any(|node| words(node).any(|word| word == name))
}

/// Whether the moved text names private fields of a type that stays.
fn uses_members(moving: &Moving, item: Node) -> bool {
    let source = &moving.source;
    let mut found = false;
    walk(item, |cursor| {
        let node = cursor.node();
        if node.kind() == "field_declaration" {
            let private = !source.text[node.byte_range()].starts_with("pub");
            let name = node.child_by_field_name("name").map_or("", |name| &source.text[name.byte_range()]);
            found |= private && crate::syntax::occurrences(&source.text, name).any(|range| moving.is_inside(&range));
        }
        true
    });
    found
}

/// Adds the `mod` line of a new Rust file to its parent.
pub(super) fn declare(moving: &Moving, private: bool, edits: &mut Edits) -> Result<(), PlanError> {
    let place = Place::of(moving.program, &moving.to);
    let (Some(parent), Some(name)) = (place.parent(), place.names.last()) else {
        return refused(format!("{} would be the root of a crate", moving.to));
    };
    let home = moving.program.rust_file(&parent.root, &parent.names).and_then(|path| moving.program.source(&path));
    let Some(home) = home else {
        return refused(format!("{}: no file is the module {} that it would be in", moving.to, parent.path()));
    };
    let visibility = if private || parent.names.is_empty() { "" } else { "pub(crate) " };
    let line = format!("{visibility}mod {name};");
    let all: Vec<Declaration> = declarations(&home);
    // Macros count from where they are on.
    let after = all.iter().rposition(|other| other.attributes.contains("macro_use")).map_or(0, |at| at + 1);
    let plain: Vec<&Declaration> = all[after..].iter().filter(|other| other.attributes.is_empty()).collect();
    let alike: Vec<&Declaration> =
        plain.iter().copied().filter(|other| other.visibility == visibility.trim()).collect();
    let group = if alike.is_empty() { plain } else { alike };
    let next = group.iter().find(|other| other.name > name.as_str()).filter(|_| group.is_sorted_by_key(|one| one.name));
    match (next, group.last(), all[after..].first(), all.last()) {
        (Some(next), ..) => edits.insert(&home.path, next.range.start, format!("{line}\n")),
        (None, Some(last), ..) => edits.insert(&home.path, last.range.end, format!("\n{line}")),
        // All are there on a condition: it is none of this one's.
        (None, None, Some(first), _) => edits.insert(&home.path, first.range.start, format!("{line}\n\n")),
        (None, None, None, Some(last)) => edits.insert(&home.path, last.range.end, format!("\n\n{line}")),
        (None, None, None, None) => {
            let is_head = |node: &Node| {
                let text = &home.text[node.byte_range()];
                node.kind() == "inner_attribute_item" || text.starts_with("//!") || text.starts_with("/*!")
            };
            let first = items(&home).find(|node| !is_head(node));
            edits.insert(&home.path, first.map_or(home.text.len(), |node| node.start_byte()), format!("{line}\n\n"));
        }
    }
    Ok(())
}

/// Whether a place is in code that only tests compile, by an attribute of what is around it.
pub(super) fn is_tested(source: &Source, range: &Range<usize>) -> bool {
    let around = std::iter::successors(source.tree.at(range), |node| node.parent());
    let attributes = |node: Node<'_>| {
        std::iter::successors(node.prev_named_sibling(), |before| before.prev_named_sibling())
            .take_while(|before| is_attached(source, *before))
            .any(|before| ["#[cfg(test)]", "#[test]"].contains(&&source.text[before.byte_range()]))
    };
    source.family == Family::Rust && around.into_iter().any(|node| node.kind().ends_with("_item") && attributes(node))
}

/// A `mod x;` with the attributes and comments that belong to it.
struct Declaration<'s> {
    range: Range<usize>,
    name: &'s str,
    visibility: &'s str,
    attributes: String,
}

fn declarations(source: &Source) -> Vec<Declaration<'_>> {
    let mut found = Vec::new();
    let mut attached: Vec<Node> = Vec::new();
    for node in items(source) {
        if is_attached(source, node) {
            attached.push(node);
            continue;
        }
        let before = std::mem::take(&mut attached);
        let (Some(name), None) = (node.child_by_field_name("name"), node.child_by_field_name("body")) else { continue };
        if node.kind() != "mod_item" {
            continue;
        }
        let mut cursor = node.walk();
        let visibility = node.named_children(&mut cursor).find(|part| part.kind() == "visibility_modifier");
        let attributes = before.iter().filter(|part| part.kind() == "attribute_item");
        found.push(Declaration {
            range: before.first().unwrap_or(&node).start_byte()..node.end_byte(),
            name: &source.text[name.byte_range()],
            visibility: visibility.map_or("", |part| &source.text[part.byte_range()]),
            attributes: attributes.map(|part| &source.text[part.byte_range()]).collect(),
        });
    }
    found
}
