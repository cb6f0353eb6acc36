//! Which statements the lines are, and where their function would go.

use std::ops::Range;

use tree_sitter::Node;

use crate::graph::meaning::Source;
use crate::plan::PlanError;
use crate::plan::refactor::refused;
use crate::syntax::{Family, walk};
use crate::text::LineIndex;

/// Where the new function goes: behind what ends at this byte.
pub(super) enum Home {
    /// Into the same class or `impl`.
    Method { end: usize, start: usize },
    /// Beside the item around the lines.
    Function { end: usize, start: usize },
}

impl Home {
    pub fn end(&self) -> usize {
        match self {
            Self::Method { end, .. } | Self::Function { end, .. } => *end,
        }
    }

    pub fn start(&self) -> usize {
        match self {
            Self::Method { start, .. } | Self::Function { start, .. } => *start,
        }
    }
}

pub(super) struct Selection<'t> {
    /// From the first statement to the end of the last one.
    pub range: Range<usize>,
    pub statements: Vec<Node<'t>>,
    /// The function around them.
    pub function: Node<'t>,
    pub home: Home,
    /// They name `self`, `this` or the like.
    pub of_self: bool,
}

impl<'t> Selection<'t> {
    pub fn of(source: &'t Source, lines: (u64, u64)) -> Result<Self, PlanError> {
        let index = LineIndex::new(&source.text);
        let (from, to) = (u32::try_from(lines.0).unwrap_or(u32::MAX), u32::try_from(lines.1).unwrap_or(u32::MAX));
        let path = &source.path;
        if from == 0 || to < from || to > index.count() {
            return refused(format!(
                "{path}: there are no lines {} to {}; the file has {}",
                lines.0,
                lines.1,
                index.count()
            ));
        }
        let span = index.span(from, to);
        let text = &source.text[span.clone()];
        let start = span.start + (text.len() - text.trim_start().len());
        let end = span.start + text.trim_end().len();
        let whole = || refused(format!("{path}: lines {from} to {to} are not whole statements of one block"));
        if start >= end {
            return refused(format!("{path}: lines {from} to {to} are blank"));
        }
        let root = source.tree.tree.root_node();
        let inner = root.descendant_for_byte_range(start, end);
        let is_block =
            |node: &Node| matches!(node.kind(), "block" | "statement_block" | "module" | "program" | "source_file");
        let holds = |node: &Node| {
            is_block(node) && node.start_byte() <= start && end <= node.end_byte() && node.byte_range() != (start..end)
        };
        let alone = |node: &Node| {
            source.family == Family::Python && node.kind() == "block" && node.byte_range() == (start..end)
        };
        let Some(block) = std::iter::successors(inner, |node| node.parent()).find(|node| holds(node) || alone(node))
        else {
            return whole();
        };
        let mut cursor = block.walk();
        let mut statements = Vec::new();
        for child in block.named_children(&mut cursor) {
            if child.end_byte() <= start || child.start_byte() >= end {
                continue;
            }
            if child.start_byte() < start || child.end_byte() > end {
                return whole();
            }
            statements.push(child);
        }
        let covered = statements.first().is_some_and(|first| first.start_byte() == start);
        if !covered || statements.iter().all(|node| node.kind().contains("comment")) {
            return whole();
        }
        let Some(function) = std::iter::successors(Some(block), |node| node.parent()).find(|node| is_function(*node))
        else {
            return refused(format!(
                "{path}: the lines are in no function; give a path as the name to move whole definitions"
            ));
        };
        let last = statements.last().filter(|node| source.family == Family::Rust && !node.kind().contains("comment"));
        if last.is_some_and(|last| {
            !last.kind().ends_with("_statement")
                && !last.kind().ends_with("_declaration")
                && !source.text[last.byte_range()].ends_with(';')
        }) {
            return refused(format!("{path}: the last line is the value of its block; leave it where it is"));
        }
        let of_self = names_self(source, &statements, function);
        let home = home(source, function, of_self)?;
        Ok(Self { range: start..end, statements, function, home, of_self })
    }
}

pub(super) fn is_function(node: Node) -> bool {
    matches!(
        node.kind(),
        "function_item"
            | "function_definition"
            | "function_declaration"
            | "generator_function_declaration"
            | "method_definition"
            | "arrow_function"
            | "function_expression"
            | "closure_expression"
            | "lambda"
    )
}

/// The method around a node, if it is in a class or `impl` directly.
fn method(node: Node) -> Option<Node> {
    std::iter::successors(Some(node), |node| node.parent()).find(|node| {
        let parent = node
            .parent()
            .filter(|_| matches!(node.kind(), "function_item" | "function_definition" | "method_definition"));
        let parent = parent
            .and_then(|parent| if parent.kind() == "decorated_definition" { parent.parent() } else { Some(parent) });
        let outer = parent.and_then(|parent| parent.parent());
        outer.is_some_and(|outer| {
            matches!(
                outer.kind(),
                "impl_item"
                    | "trait_item"
                    | "class_definition"
                    | "class_declaration"
                    | "class"
                    | "abstract_class_declaration"
            )
        })
    })
}

fn names_self(source: &Source, statements: &[Node], function: Node) -> bool {
    let own = match source.family {
        Family::Python => method(function).and_then(|method| {
            let first = method.child_by_field_name("parameters")?.named_child(0)?;
            let decorated = method.parent().filter(|parent| parent.kind() == "decorated_definition");
            let fixed = decorated.is_some_and(|parent| source.text[parent.byte_range()].contains("@staticmethod"));
            (first.kind() == "identifier" && !fixed).then(|| source.text[first.byte_range()].to_owned())
        }),
        Family::Rust => Some("self".to_owned()),
        _ => Some("this".to_owned()),
    };
    let mut found = false;
    for statement in statements {
        walk(*statement, |cursor| {
            let node = cursor.node();
            let text = &source.text[node.byte_range()];
            let is = Some(text) == own.as_deref()
                || text == "super" && source.family == Family::JavaScript
                || text == "Self";
            found |= node.child_count() == 0 && is;
            true
        });
    }
    found
}

fn home(source: &Source, function: Node, of_self: bool) -> Result<Home, PlanError> {
    let method = method(function);
    if let Some(method) = method.filter(|_| of_self) {
        let item = method.parent().filter(|parent| parent.kind() == "decorated_definition").unwrap_or(method);
        let of_trait = std::iter::successors(item.parent(), |node| node.parent())
            .find(|node| matches!(node.kind(), "impl_item" | "trait_item"))
            .is_some_and(|node| node.kind() == "trait_item" || node.child_by_field_name("trait").is_some());
        if of_trait {
            return refused(format!(
                "{}: a trait's `impl` takes no further methods; the lines use `self`",
                source.path
            ));
        }
        return Ok(Home::Method { end: item.end_byte(), start: item.start_byte() });
    }
    if of_self {
        return refused(format!("{}: the lines use `self` or `this`, and are in no method", source.path));
    }
    let is_home = |node: &Node| {
        node.parent().is_some_and(|parent| {
            matches!(parent.kind(), "source_file" | "module" | "program")
                || parent.kind() == "declaration_list"
                    && parent.parent().is_some_and(|outer| outer.kind() == "mod_item")
        })
    };
    let item = std::iter::successors(Some(function), |node| node.parent()).find(is_home).unwrap_or(function);
    Ok(Home::Function { end: item.end_byte(), start: item.start_byte() })
}
