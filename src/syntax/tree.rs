//! A text with its syntax tree, as prepared for parsing. Lives no longer than the question it is made for.

use std::ops::Range;

use tree_sitter::{Node, Tree, TreeCursor};

use super::Language;
use super::compiled::{Compiled, compiled};
use super::languages::Family;
use super::parse::{Budget, parse, too_deep};
use super::{item_macros, preprocess};

/// A parsed text. Offsets in the tree are offsets in the text as well.
pub(super) struct Parsed {
    pub tree: Tree,
    pub compiled: &'static Compiled,
    pub family: Family,
    /// What was parsed: the text, with what would mislead the parser written over.
    pub source: Vec<u8>,
}

impl Parsed {
    /// `None` for languages without a grammar, and where the budget does not suffice.
    pub fn new(language: Language, text: &str, budget: &Budget) -> Option<Self> {
        let grammar = language.grammar()?;
        if text.len() > budget.bytes || too_deep(text.as_bytes()) {
            return None;
        }
        let source = match grammar.family {
            Family::C => preprocess::prepare(text).text,
            Family::Rust => item_macros::open(text).map_or_else(|| text.into(), |opened| opened.text),
            _ => text.into(),
        };
        let compiled = compiled(grammar);
        let tree = parse(&compiled.language, &source, budget)?;
        Some(Self { tree, compiled, family: grammar.family, source })
    }

    /// The smallest node around a range.
    pub fn at(&self, range: &Range<usize>) -> Option<Node<'_>> {
        self.tree.root_node().descendant_for_byte_range(range.start, range.end)
    }
}

/// Goes over a node and every node below it, in order of their start, outer before inner; not below those for which
/// `enter` is false. Needs no stack of its own.
pub(super) fn walk<'t>(root: Node<'t>, mut enter: impl FnMut(&TreeCursor<'t>) -> bool) {
    let mut cursor = root.walk();
    loop {
        if enter(&cursor) && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
        }
    }
}
