//! What the lines read of the function around them, and what they leave to it.

use std::ops::Range;

use tree_sitter::Node;

use crate::graph::meaning::Source;
use crate::plan::PlanError;
use crate::plan::refactor::refused;
use crate::syntax::{Binding, Budget, Family, binding, walk};

use super::selection::Selection;

/// A variable that crosses the border of the lines.
pub(super) struct Variable {
    pub name: String,
    /// As its declaration says, if it does.
    pub of_type: Option<String>,
    /// The lines declare it.
    pub inside: bool,
    /// It may be assigned: `let mut`, `let`, `var`.
    pub mutable: bool,
}

pub(super) struct Variables {
    pub parameters: Vec<Variable>,
    pub results: Vec<Variable>,
}

pub(super) fn variables(source: &Source, selection: &Selection) -> Result<Variables, PlanError> {
    let mut seen: Vec<Range<usize>> = Vec::new();
    let mut found = Variables { parameters: Vec::new(), results: Vec::new() };
    let budget = Budget::default();
    let mut names: Vec<Node> = Vec::new();
    for statement in &selection.statements {
        walk(*statement, |cursor| {
            let node = cursor.node();
            if matches!(
                node.kind(),
                "identifier"
                    | "shorthand_property_identifier"
                    | "shorthand_property_identifier_pattern"
                    | "shorthand_field_identifier"
            ) {
                names.push(node);
            }
            true
        });
    }
    for node in names {
        if seen.contains(&node.byte_range()) {
            continue;
        }
        let Some(bound) = binding(source.language, &source.text, node.start_byte(), &budget) else { continue };
        seen.extend(bound.occurrences.iter().cloned());
        crossing(source, selection, &bound, &mut found)?;
    }
    Ok(found)
}

fn crossing(source: &Source, selection: &Selection, bound: &Binding, found: &mut Variables) -> Result<(), PlanError> {
    let range = &selection.range;
    let inside = range.contains(&bound.definition.start);
    let name = source.text[bound.definition.clone()].to_owned();
    if is_receiver(source, selection, &name) {
        return Ok(());
    }
    let here: Vec<&Range<usize>> = bound.occurrences.iter().filter(|place| range.contains(&place.start)).collect();
    // What a loop around the lines comes back to counts as behind them.
    let again = around_loop(selection).is_some_and(|around| {
        bound.occurrences.iter().any(|place| around.contains(&place.start) && place.start < range.start) && !(inside)
    });
    let behind = bound.occurrences.iter().any(|place| place.start >= range.end) || again;
    let writes = here.iter().any(|place| is_write(source, place));
    let declared = declared(source, &bound.definition);
    let variable = || Variable { name: name.clone(), of_type: declared.0.clone(), inside, mutable: declared.1 };
    let first_is_write = here.first().is_some_and(|place| is_plain_write(source, selection, place));
    if !(inside || source.family == Family::Python && first_is_write) {
        found.parameters.push(variable());
    }
    let shared = source.family == Family::Rust
        && bound.occurrences.iter().any(|place| borrowed_mut(source, place) && range.contains(&place.start));
    if shared && !inside && behind && !declared.0.as_deref().is_some_and(|of| of.starts_with('&')) {
        return refused(format!("{}: {name} is changed through `&mut` in the lines; pass it by hand", source.path));
    }
    if behind && (inside || writes) {
        found.results.push(variable());
    }
    Ok(())
}

/// `self`, or what a Python method calls it.
fn is_receiver(source: &Source, selection: &Selection, name: &str) -> bool {
    if !selection.of_self {
        return false;
    }
    match source.family {
        Family::Python => {
            let mut outer = std::iter::successors(Some(selection.function), |node| node.parent());
            let first = outer
                .find(|node| node.kind() == "function_definition" && node.start_byte() >= selection.home.start())
                .and_then(|node| node.child_by_field_name("parameters")?.named_child(0));
            first.is_some_and(|first| source.text[first.byte_range()] == *name)
        }
        _ => matches!(name, "self" | "this"),
    }
}

/// The loop around the lines in the same function.
fn around_loop(selection: &Selection) -> Option<Range<usize>> {
    let first = selection.statements.first()?;
    std::iter::successors(first.parent(), |node| node.parent())
        .take_while(|node| node.id() != selection.function.id())
        .find(|node| {
            matches!(
                node.kind(),
                "for_statement"
                    | "while_statement"
                    | "for_in_statement"
                    | "do_statement"
                    | "loop_expression"
                    | "while_expression"
                    | "for_expression"
            )
        })
        .map(|node| node.byte_range())
}

fn is_write(source: &Source, place: &Range<usize>) -> bool {
    let Some(node) = source.tree.at(place) else { return false };
    std::iter::successors(Some(node), |node| node.parent()).take(6).any(|node| {
        let Some(parent) = node.parent() else { return false };
        let left = ["left", "name", "argument", "alias"]
            .iter()
            .any(|field| parent.child_by_field_name(field).is_some_and(|child| child.id() == node.id()));
        left && matches!(
            parent.kind(),
            "assignment"
                | "augmented_assignment"
                | "assignment_expression"
                | "augmented_assignment_expression"
                | "compound_assignment_expr"
                | "update_expression"
                | "for_statement"
                | "for_in_statement"
                | "named_expression"
        ) && !matches!(
            node.kind(),
            "attribute"
                | "subscript"
                | "member_expression"
                | "subscript_expression"
                | "field_expression"
                | "index_expression"
        )
    }) && !std::iter::successors(Some(node), |node| node.parent()).take(3).any(|node| {
        matches!(
            node.kind(),
            "attribute"
                | "subscript"
                | "member_expression"
                | "subscript_expression"
                | "field_expression"
                | "index_expression"
        )
    })
}

/// Whether a name is assigned by one of the statements itself, before anything reads it.
fn is_plain_write(source: &Source, selection: &Selection, place: &Range<usize>) -> bool {
    let Some(node) = source.tree.at(place) else { return false };
    let Some(assignment) = node.parent().filter(|parent| parent.kind() == "assignment") else { return false };
    let left = assignment.child_by_field_name("left").is_some_and(|left| left.id() == node.id());
    let statement = assignment.parent();
    let name = &source.text[place.clone()];
    let right = assignment.child_by_field_name("right").map_or("", |right| &source.text[right.byte_range()]);
    let reads = right.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == name);
    left && !reads
        && statement.is_some_and(|statement| selection.statements.iter().any(|own| own.id() == statement.id()))
}

fn borrowed_mut(source: &Source, place: &Range<usize>) -> bool {
    source.text[..place.start].trim_end().ends_with("&mut")
}

/// The type that a declaration gives, and whether it may be assigned.
fn declared(source: &Source, definition: &Range<usize>) -> (Option<String>, bool) {
    let Some(node) = source.tree.at(definition) else { return (None, false) };
    let text = |node: Node| source.text[node.byte_range()].trim_start_matches(':').trim().to_owned();
    for outer in std::iter::successors(node.parent(), |node| node.parent()).take(3) {
        match outer.kind() {
            "parameter"
            | "let_declaration"
            | "required_parameter"
            | "optional_parameter"
            | "variable_declarator"
            | "typed_parameter"
            | "typed_default_parameter"
            | "assignment" => {
                let pattern = ["pattern", "name", "left"].iter().find_map(|field| outer.child_by_field_name(field));
                let whole = pattern.is_none_or(|pattern| {
                    pattern.byte_range() == *definition
                        || *text(pattern).trim_start_matches("mut ") == source.text[definition.clone()]
                });
                let of_type = outer.child_by_field_name("type").filter(|_| whole).map(text);
                let head = &source.text[outer.start_byte()..definition.start];
                let before = outer.parent().map_or("", |parent| &source.text[parent.start_byte()..definition.start]);
                let mutable = head.contains("mut ")
                    || before.trim_start().starts_with("let ")
                    || before.trim_start().starts_with("var ");
                return (of_type, mutable);
            }
            _ => {}
        }
    }
    (None, false)
}
