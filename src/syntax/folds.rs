//! What can be folded away: bodies, long comments, imports.

use std::collections::BTreeMap;

use tree_sitter::Node;

use super::Language;
use super::grammars::Family;
use super::lines::Lines;
use super::parse::Budget;
use super::tree::{Parsed, walk};

/// Lines that can be hidden behind the first of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fold {
    /// The line that stays, and the last one that is hidden; 1-based. A closing bracket on a line of its own stays too.
    pub from: u32,
    pub to: u32,
    pub kind: FoldKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FoldKind {
    Code,
    Comment,
    Imports,
}

/// The folds of a text in order of their first line, at most one per line, and that the longest. From the tree, or by
/// indentation where there is none.
pub fn folds(language: Language, text: &str, budget: &Budget) -> Vec<Fold> {
    let lines = Lines::new(text);
    let mut folds = Folds::default();
    match Parsed::new(language, text, budget) {
        Some(parsed) => by_tree(&parsed, &lines, &mut folds),
        None => by_indentation(text, &mut folds),
    }
    folds.finish()
}

#[derive(Default)]
struct Folds {
    by_line: BTreeMap<u32, Fold>,
    /// A run of comments or imports on lines that follow each other.
    run: Option<Fold>,
}

impl Folds {
    fn add(&mut self, from: u32, to: u32, kind: FoldKind) {
        if to > from {
            let fold = self.by_line.entry(from).or_insert(Fold { from, to, kind });
            if fold.to < to {
                *fold = Fold { from, to, kind };
            }
        }
    }

    fn join(&mut self, from: u32, to: u32, kind: FoldKind) {
        match &mut self.run {
            // An empty line may part groups of imports.
            Some(run) if run.kind == kind && from <= run.to + 1 + u32::from(kind == FoldKind::Imports) => {
                run.to = run.to.max(to);
            }
            _ => {
                let run = self.run.replace(Fold { from, to, kind });
                self.end(run);
            }
        }
    }

    fn end(&mut self, run: Option<Fold>) {
        if let Some(Fold { from, to, kind }) = run {
            self.add(from, to, kind);
        }
    }

    fn finish(mut self) -> Vec<Fold> {
        let run = self.run.take();
        self.end(run);
        self.by_line.into_values().collect()
    }
}

const IMPORTS: &[&str] = &[
    "use_declaration",
    "extern_crate_declaration",
    "import_statement",
    "import_from_statement",
    "future_import_statement",
    "import_declaration",
    "preproc_include",
    "using_directive",
    "namespace_use_declaration",
    "import",
    "open_module",
];

/// Words that close a block as a bracket would.
const CLOSERS: &[&str] = &["end", "fi", "done", "esac"];

/// Definitions whose extent only indentation shows, in languages without brackets and closing words.
const LAID_OUT: &[&str] = &[
    "function",
    "bind",
    "data_type",
    "newtype",
    "class",
    "instance",
    "value_definition",
    "type_definition",
    "module_definition",
    "module_type_definition",
    "class_definition",
    "function_definition",
    "object_definition",
    "trait_definition",
    "match_case",
    "alternative",
];

fn by_tree(parsed: &Parsed, lines: &Lines, folds: &mut Folds) {
    // The lines of a node; an end at a line's start belongs to the line before.
    let span = |node: Node| {
        let range = node.byte_range();
        (lines.line(range.start), lines.line(range.end.saturating_sub(1).max(range.start)))
    };
    walk(parsed.tree.root_node(), |cursor| {
        let node = cursor.node();
        let (from, to) = span(node);
        let kind = node.kind();
        if kind.ends_with("comment") {
            // What stands behind code on its line is no part of a run.
            if lines.text(from).trim_start().starts_with(['/', '*', '#', '<', '-', '{', '(', '=']) {
                folds.join(from, to, FoldKind::Comment);
            }
            return false;
        }
        if IMPORTS.contains(&kind) && node.is_named() {
            folds.join(from, to, FoldKind::Imports);
        }
        if parsed.family == Family::Python && kind == "block" {
            // Behind the line of `def`, `if` or `else`, wherever the colon is.
            folds.add(node.parent().map_or(from, |head| span(head).0), to, FoldKind::Code);
        }
        if from == to {
            return cursor.depth() == 0;
        }
        if parsed.family == Family::Python
            && kind == "string"
            && node.parent().is_some_and(|parent| parent.kind() == "expression_statement")
        {
            folds.add(from, to, FoldKind::Comment);
        }
        let last = node.child(node.child_count().saturating_sub(1));
        if last.is_some_and(|last| CLOSERS.contains(&last.kind())) {
            folds.add(from, to.saturating_sub(1), FoldKind::Code);
        }
        if matches!(parsed.family, Family::Haskell | Family::OCaml | Family::Scala) && LAID_OUT.contains(&kind) {
            let ends = lines.text(to).trim_start().starts_with(['}', ')', ']']);
            folds.add(from, if ends { to.saturating_sub(1) } else { to }, FoldKind::Code);
        }
        if let Some((open, close)) = brackets(node) {
            let (from, to) = (span(open).0, span(close).0);
            let alone = lines.text(to).trim_start().starts_with([')', ']', '}']);
            folds.add(from, if alone { to.saturating_sub(1) } else { to }, FoldKind::Code);
        }
        true
    });
}

/// The bracket that a node ends with, and the one that it closes.
fn brackets(node: Node) -> Option<(Node, Node)> {
    /// Children of a node before its bracket, at most.
    const BEFORE: u32 = 8;
    let count = node.child_count();
    let close = node.child(count.checked_sub(1)?)?;
    let opening = match close.kind() {
        "}" => "{",
        "]" => "[",
        ")" => "(",
        _ => return None,
    };
    let open = (0..count.min(BEFORE)).filter_map(|at| node.child(at)).find(|child| child.kind() == opening)?;
    Some((open, close))
}

/// A line that the next ones are indented behind folds them.
fn by_indentation(text: &str, folds: &mut Folds) {
    let mut open: Vec<(u32, usize)> = Vec::new();
    let mut last = 0;
    for (number, line) in (1..).zip(text.lines()) {
        let indent = line.len() - line.trim_start().len();
        if indent == line.len() {
            continue;
        }
        while let Some((from, _)) = open.pop_if(|(_, outer)| *outer >= indent) {
            folds.add(from, last, FoldKind::Code);
        }
        open.push((number, indent));
        last = number;
    }
    while let Some((from, _)) = open.pop() {
        folds.add(from, last, FoldKind::Code);
    }
}
