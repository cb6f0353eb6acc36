//! The text of what moves: items with their comments and attributes.

use std::ops::Range;

use tree_sitter::Node;

use crate::graph::meaning::Source;
use crate::plan::PlanError;
use crate::plan::refactor::refused;
use crate::syntax::{Family, Symbol};

use super::Moving;

/// The items that define the symbols, whole, in order.
pub(in crate::plan::refactor) fn pieces(source: &Source, symbols: &[Symbol]) -> Result<Vec<Range<usize>>, PlanError> {
    let root = source.tree.tree.root_node();
    let mut cursor = root.walk();
    let items: Vec<Node> = root.named_children(&mut cursor).collect();
    let mut found: Vec<Range<usize>> = Vec::new();
    for symbol in symbols {
        let twins =
            source.symbols.symbols.iter().filter(|other| other.parent.is_none() && other.qualified == symbol.qualified);
        for twin in twins {
            let Some(at) = items.iter().position(|item| item.byte_range().contains(&twin.offset)) else { continue };
            if let Some(why) = why_not(source, items[at], &twin.name) {
                return refused(format!("{}:{}: {} {why}", source.path, twin.line, twin.name));
            }
            found.push(whole(source, &items, at));
        }
        if source.family == Family::Rust {
            let own =
                |item: &&Node| item.kind() == "impl_item" && implemented(source, **item) == Some(symbol.name.as_str());
            let at = items.iter().enumerate().filter(|(_, item)| own(item)).map(|(at, _)| at);
            found.extend(at.map(|at| whole(source, &items, at)));
        }
    }
    found.sort_by_key(|range| range.start);
    found.dedup();
    if found.is_empty() {
        return refused(format!("{}: no top-level item defines it", source.path));
    }
    Ok(found)
}

/// The name of the type that an `impl` is for.
fn implemented<'s>(source: &'s Source, item: Node) -> Option<&'s str> {
    let of = item.child_by_field_name("type")?;
    let of = if of.kind() == "generic_type" { of.child_by_field_name("type")? } else { of };
    (of.kind() == "type_identifier").then(|| &source.text[of.byte_range()])
}

/// Why an item cannot be cut out of its file.
fn why_not(source: &Source, item: Node, name: &str) -> Option<&'static str> {
    let inner = match item.kind() {
        "export_statement" => {
            item.child_by_field_name("declaration").or_else(|| item.child_by_field_name("value")).unwrap_or(item)
        }
        "decorated_definition" => item.child_by_field_name("definition").unwrap_or(item),
        "expression_statement" => item.named_child(0).unwrap_or(item),
        "ambient_declaration" => item.named_child(0).unwrap_or(item),
        _ => item,
    };
    if source.text[item.byte_range()].starts_with("export default") {
        return Some("is the file's default export; make it a named one first");
    }
    match inner.kind() {
        "if_statement" | "try_statement" | "with_statement" | "for_statement" | "while_statement" => {
            Some("is defined inside of another statement, on whose outcome it depends")
        }
        "mod_item" => Some("is inside of a module of the same file"),
        "lexical_declaration" | "variable_declaration" => {
            let mut cursor = inner.walk();
            let several =
                inner.named_children(&mut cursor).filter(|part| part.kind() == "variable_declarator").count() > 1;
            let word = inner.child(0).is_some_and(|first| first.kind() != "const");
            let changed = word && assigned(source, item, name);
            match (several, changed) {
                (true, _) => Some("is declared together with others; split the declaration first"),
                (_, true) => Some("is assigned elsewhere in its file, and an imported name cannot be"),
                _ => None,
            }
        }
        "assignment" if inner.child_by_field_name("left").is_none_or(|left| left.kind() != "identifier") => {
            Some("is assigned together with others; split the assignment first")
        }
        "function_definition" | "assignment" if source.family == Family::Python && rebound(source, name) => {
            Some("is bound anew by a `global` statement, which would bind another name then")
        }
        _ => None,
    }
}

fn assigned(source: &Source, item: Node, name: &str) -> bool {
    let mut found = false;
    crate::syntax::walk(source.tree.tree.root_node(), |cursor| {
        let node = cursor.node();
        if node.id() == item.id() {
            return false;
        }
        let target = match node.kind() {
            "assignment_expression" | "augmented_assignment_expression" => node.child_by_field_name("left"),
            "update_expression" => node.child_by_field_name("argument"),
            _ => None,
        };
        found |= target.is_some_and(|target| &source.text[target.byte_range()] == name);
        true
    });
    found
}

fn rebound(source: &Source, name: &str) -> bool {
    let mut found = false;
    crate::syntax::walk(source.tree.tree.root_node(), |cursor| {
        let node = cursor.node();
        if node.kind() == "global_statement" {
            let words = source.text[node.byte_range()].split([' ', ',']);
            found |= words.filter(|word| *word == name).count() > 0;
        }
        true
    });
    found
}

/// An item with the comments, attributes and decorators that belong to it.
fn whole(source: &Source, items: &[Node], at: usize) -> Range<usize> {
    let mut start = items[at].start_byte();
    for before in items[..at].iter().rev() {
        let gap = source.text.get(before.end_byte()..start).unwrap_or_default();
        let belongs = match before.kind() {
            "attribute_item" => true,
            kind if kind.contains("comment") => {
                let text = &source.text[before.byte_range()];
                let trailing = source.text[..before.start_byte()]
                    .lines()
                    .last()
                    .is_some_and(|line| !line.trim().is_empty() && !source.text[..before.start_byte()].ends_with('\n'));
                !text.starts_with("//!") && !text.starts_with("#!") && !trailing
            }
            _ => false,
        };
        if !belongs || gap.matches('\n').count() > 1 {
            break;
        }
        start = before.start_byte();
    }
    let mut end = items[at].end_byte();
    if source.text[end..].starts_with(';') {
        end += 1;
    }
    // A comment behind it in its last line belongs to it.
    let rest = source.text[end..].split('\n').next().unwrap_or_default();
    if rest.trim_start().starts_with(['#', '/']) {
        end += rest.trim_end().len();
    }
    start..end
}

/// The pieces as they will stand in the other file. `inner`: what changes in them, in the file's coordinates.
pub(super) fn text(moving: &Moving, inner: &mut Vec<(Range<usize>, String)>) -> String {
    inner.sort_by_key(|(range, _)| range.start);
    inner.dedup();
    let text = &moving.source.text;
    let gap = if moving.family() == Family::Python { "\n\n\n" } else { "\n\n" };
    let one = |piece: &Range<usize>| {
        let (mut out, mut at) = (String::new(), piece.start);
        for (range, new) in inner.iter().filter(|(range, _)| piece.start <= range.start && range.end <= piece.end) {
            if range.start < at {
                continue;
            }
            out.push_str(&text[at..range.start]);
            out.push_str(new);
            at = range.end;
        }
        out + &text[at..piece.end]
    };
    let mut out = String::new();
    for (at, piece) in moving.pieces.iter().enumerate() {
        if at > 0 {
            // Overloads stand together.
            let between = &text[moving.pieces[at - 1].end..piece.start];
            out.push_str(if between.trim().is_empty() && between.matches('\n').count() < 3 { between } else { gap });
        }
        out.push_str(&one(piece));
    }
    out + "\n"
}

/// A piece with its line end and the blank lines behind it, so that what was apart stays so.
pub(in crate::plan::refactor) fn with_blank_lines(text: &str, piece: &Range<usize>) -> Range<usize> {
    let start = text[..piece.start].rfind('\n').map_or(0, |at| at + 1);
    let start = if text[start..piece.start].trim().is_empty() { start } else { piece.start };
    let rest = &text[piece.end..];
    let blank = rest.len() - rest.trim_start().len();
    if blank == rest.len() {
        // Nothing follows: the blank lines before it go instead.
        let before = text[..start].trim_end().len();
        let newline = text[before..].find('\n').map_or(before, |at| before + at + 1);
        return newline.min(start)..text.len();
    }
    let lines = rest[..blank].rfind('\n').map_or(0, |at| at + 1);
    start..piece.end + lines
}
