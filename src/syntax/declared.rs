//! Declarators of C and C++: where in them the declared name is.

use tree_sitter::Node;

use super::compiled::Compiled;
use super::flat::{At, Flat, children};

/// What a kind of node is to whoever looks for a declared name.
enum Wraps {
    /// The name is in its first child.
    First,
    /// `Vector<T> Zero();` in class Vector is read as a field named `Vector<T>` by some grammars.
    Template,
    Nothing,
    /// It declares no name, or several.
    Unnamed,
}

fn wraps(kind: &str) -> Wraps {
    match kind {
        "parenthesized_declarator" | "attributed_declarator" | "reference_declarator" | "variadic_declarator" => {
            Wraps::First
        }
        "template_function" | "template_method" => Wraps::Template,
        "operator_cast" | "structured_binding_declarator" => Wraps::Unnamed,
        _ => Wraps::Nothing,
    }
}

/// [`declared`] on a flat tree.
pub(super) fn declared_flat(compiled: &Compiled, nodes: &[Flat], mut at: At) -> Option<(At, bool)> {
    let child = |at, field| children(nodes, at).find(|child| nodes[*child as usize].field == field);
    let kind = |at: At| compiled.language.node_kind_for_id(nodes[at as usize].kind).unwrap_or_default();
    let mut function = false;
    loop {
        match wraps(kind(at)) {
            Wraps::First => {
                at = children(nodes, at).find(|child| nodes[*child as usize].named)?;
                continue;
            }
            Wraps::Template => return Some((child(at, compiled.name)?, function)).filter(|_| function),
            Wraps::Unnamed => return None,
            Wraps::Nothing => {}
        }
        let Some(inner) = child(at, compiled.declarator).filter(|_| compiled.declarator != 0) else {
            return Some((at, function));
        };
        function = kind(at) == "function_declarator";
        at = inner;
    }
}

/// Follows declarators down to the name; says whether the innermost one is a function's.
pub(super) fn declared(mut node: Node<'_>) -> Option<(Node<'_>, bool)> {
    let mut function = false;
    loop {
        match wraps(node.kind()) {
            Wraps::First => {
                node = node.named_child(0)?;
                continue;
            }
            Wraps::Template => return Some((node.child_by_field_name("name")?, function)).filter(|_| function),
            Wraps::Unnamed => return None,
            Wraps::Nothing => {}
        }
        let Some(inner) = node.child_by_field_name("declarator") else { return Some((node, function)) };
        function = node.kind() == "function_declarator";
        node = inner;
    }
}
