//! Python's indentation, where the grammar takes what the language does not.

use std::collections::HashSet;
use std::ops::Range;

use tree_sitter::Node;

use crate::syntax::{Parsed, walk};

use super::Problem;
use super::view::File;

pub(super) fn problems(file: &File, new: &Parsed, old: Option<&Parsed>) -> Vec<Problem> {
    let before: HashSet<usize> = old
        .map(|old| faults(old.tree.root_node(), &file.old))
        .unwrap_or_default()
        .into_iter()
        .filter_map(|(range, _)| file.forward(range.start))
        .collect();
    let mut found = faults(new.tree.root_node(), &file.new);
    found.retain(|(range, _)| !before.contains(&range.start));
    let problem = |(range, why): (Range<usize>, &str)| {
        let line = file.lines.line_of(range.start);
        file.problem("parse", true, range.start, format!("{why} at `{}`; mend the indentation there", file.shown(line)))
    };
    found.into_iter().take(3).map(problem).collect()
}

/// Statements of one block that do not begin alike, and blocks without a statement.
fn faults(root: Node, text: &str) -> Vec<(Range<usize>, &'static str)> {
    let mut found = Vec::new();
    walk(root, |cursor| {
        let node = cursor.node();
        match node.kind() {
            "module" | "block" => siblings(node, text, &mut found),
            "function_definition" | "class_definition" | "for_statement" | "while_statement" | "with_statement" => {
                let empty = node.child_by_field_name("body").is_none_or(|body| body.byte_range().is_empty());
                if empty && !node.has_error() {
                    found.push((node.byte_range(), "its block is empty"));
                }
            }
            _ => {}
        }
        true
    });
    found
}

fn siblings(block: Node, text: &str, found: &mut Vec<(Range<usize>, &'static str)>) {
    let mut cursor = block.walk();
    let mut first: Option<&str> = None;
    for statement in block.named_children(&mut cursor) {
        if statement.is_extra() || statement.is_error() || statement.kind() == "comment" {
            continue;
        }
        let start = text[..statement.start_byte()].rfind('\n').map_or(0, |at| at + 1);
        let blank = &text[start..statement.start_byte()];
        let blank = blank.trim_start_matches('\u{c}');
        // Behind a `;`, or on the line of its head.
        if !blank.bytes().all(|byte| matches!(byte, b' ' | b'\t')) {
            continue;
        }
        match first {
            None => first = Some(blank),
            Some(first) if first == blank => {}
            Some(first) => {
                let mixes = first.contains('\t') != blank.contains('\t');
                let why = if mixes {
                    "tabs and spaces are mixed in one block"
                } else {
                    "the block's lines are not indented alike"
                };
                found.push((statement.byte_range(), why));
                return;
            }
        }
    }
}
