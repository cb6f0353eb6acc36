//! A text with its syntax tree, as prepared for parsing. Lives no longer than the question it is made for.

use std::ops::Range;

use tree_sitter::{Node, Tree, TreeCursor};

use super::Language;
use super::compiled::{Compiled, compiled};
use super::extract::Source;
use super::grammars::Family;
use super::parse::{Budget, parse, too_deep};

/// A parsed text. Offsets in the tree are offsets in the text as well.
pub struct Parsed {
    pub tree: Tree,
    pub(super) compiled: &'static Compiled,
    pub(super) family: Family,
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
        let source = Source::new(grammar.family, text).into_bytes();
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
pub fn walk<'t>(root: Node<'t>, mut enter: impl FnMut(&TreeCursor<'t>) -> bool) {
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

#[cfg(test)]
mod tests {
    use super::super::{binding, folds, name_at, selection};
    use super::*;

    #[test]
    fn odd_texts_are_answered_in_every_language() {
        let texts = [
            "(".repeat(1_900),
            "{\n".repeat(1_900),
            "f({[\n".repeat(600) + "x",
            "a.b(c[d]+\n".repeat(400),
            "if x:\n if (x) { x = x;\n".repeat(300),
            "/*\n".repeat(500) + "\"\\\n\0\r\n\u{feff}é𝒳",
            "#if A\n".repeat(500),
            String::new(),
        ];
        let budget = Budget { steps: 4_000, time: std::time::Duration::from_secs(600), ..Budget::default() };
        for language in Language::with_grammar() {
            for text in &texts {
                let lines = text.lines().count() as u32;
                for fold in folds(language, text, &budget) {
                    assert!(1 <= fold.from && fold.from < fold.to && fold.to <= lines, "{language:?} {fold:?}");
                }
                for offset in [0, text.len() / 2, text.len(), usize::MAX] {
                    assert_eq!(selection(language, text, offset, &budget).last(), Some(&(0..text.len())));
                    let named = name_at(language, text, offset, &budget);
                    assert!(named.is_none_or(|found| text[found.range] == found.name), "{language:?}");
                    let bound = binding(language, text, offset, &budget);
                    assert!(bound.is_none_or(|found| found.occurrences.contains(&found.definition)), "{language:?}");
                }
            }
        }
    }
}
