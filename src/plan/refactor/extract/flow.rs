//! Whether control stays inside of the lines.

use tree_sitter::Node;

use crate::graph::meaning::Source;
use crate::syntax::{Family, walk};
use crate::text::LineIndex;

use super::selection::{Selection, is_function};

/// Why the statements cannot run in a function of their own; `None` when they can.
pub(super) fn leaves(source: &Source, selection: &Selection) -> Option<String> {
    let lines = LineIndex::new(&source.text);
    let mut found = None;
    for statement in &selection.statements {
        walk(*statement, |cursor| {
            let node = cursor.node();
            if found.is_some()
                || is_function(node)
                || node.kind() == "class_definition"
                || node.kind() == "class_declaration"
            {
                return false;
            }
            let what = match node.kind() {
                "return_statement" | "return_expression" => Some("`return` leaves the function"),
                "yield" | "yield_expression" => Some("`yield` belongs to the function around it"),
                "await" | "await_expression" => Some("`await` belongs to the function around it"),
                "try_expression" => Some("`?` leaves the function"),
                "break_statement" | "break_expression" | "continue_statement" | "continue_expression"
                    if !in_own_loop(node, selection) =>
                {
                    Some("it leaves a loop that goes on around the lines")
                }
                "nonlocal_statement" | "global_statement" => Some("it says whose a name is in the function around it"),
                "macro_invocation"
                    if names(source, node, &["return", "yield"]) || source.text[node.byte_range()].contains('?') =>
                {
                    Some("what the macro does with its text is not known")
                }
                "identifier"
                    if source.text[node.byte_range()] == *"arguments" && source.family == Family::JavaScript =>
                {
                    Some("`arguments` are those of the function around it")
                }
                _ => None,
            };
            found = what
                .map(|what| format!("line {}: {what}; leave it out of the lines", lines.line_of(node.start_byte())));
            true
        });
    }
    found
}

fn names(source: &Source, node: Node, words: &[&str]) -> bool {
    source.text[node.byte_range()].split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| words.contains(&word))
}

/// Whether the loop that a `break` leaves is among the statements. One with a label is taken to leave them.
fn in_own_loop(node: Node, selection: &Selection) -> bool {
    let labelled = node
        .named_child(0)
        .is_some_and(|child| child.kind().contains("label") || child.kind() == "statement_identifier");
    let around = std::iter::successors(node.parent(), |node| node.parent())
        .take_while(|outer| outer.start_byte() >= selection.range.start);
    let leaves = |outer: &Node| {
        let is_loop = matches!(
            outer.kind(),
            "for_statement"
                | "while_statement"
                | "for_in_statement"
                | "do_statement"
                | "loop_expression"
                | "while_expression"
                | "for_expression"
        );
        is_loop || outer.kind() == "switch_statement" && node.kind() == "break_statement"
    };
    !labelled && around.into_iter().any(|outer| leaves(&outer))
}
