//! From the syntax tree to items, types and expressions: what all kinds of nodes share.

mod exprs;
mod items;
mod macros;
mod pats;
mod types;

use tree_sitter::Node;

use crate::syntax::{Budget, Language, Parsed};

use super::hir::{Def, FileDefs, Generics, Item, Local, NOWHERE, Name, Word};

/// Nesting beyond which nothing is read.
const DEEPEST: usize = 200;

/// What a text defines. `None` when it cannot be parsed.
pub(super) fn lower(text: &str, budget: &Budget) -> Option<FileDefs> {
    let parsed = Parsed::new(Language::of("lib.rs")?, text, budget)?;
    let mut out = FileDefs::default();
    let root = Item::Module { items: Vec::new(), uses: Vec::new(), is_block: false };
    let name = Name { word: "".into(), at: NOWHERE };
    let def = Def { name, item: root, generics: Generics::default(), parent: None, scope: 0 };
    out.defs.push(def);
    let text = String::from_utf8_lossy(&parsed.source);
    let mut lower = Lower {
        text: &text,
        delta: 0,
        out: &mut out,
        scope: 0,
        parent: None,
        depth: 0,
        lifetimes: Vec::new(),
        labels: Vec::new(),
        budget,
    };
    lower.module(parsed.tree.root_node(), 0);
    Some(out)
}

struct Lower<'a> {
    /// The text that was parsed: the file's, or a part of it between other words.
    text: &'a str,
    /// What has to be added to an offset in the text for one in the file.
    delta: i64,
    out: &'a mut FileDefs,
    scope: Local,
    parent: Option<Local>,
    depth: usize,
    lifetimes: Vec<Name>,
    labels: Vec<Name>,
    budget: &'a Budget,
}

/// The named children but for comments.
fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !matches!(child.kind(), "line_comment" | "block_comment")).collect()
}

fn child<'t>(node: Node<'t>, field: &str) -> Option<Node<'t>> {
    node.child_by_field_name(field)
}

fn of_kind<'t>(node: Node<'t>, kind: &str) -> Option<Node<'t>> {
    children(node).into_iter().find(|child| child.kind() == kind)
}

fn has_token(node: Node<'_>, token: &str) -> bool {
    let mut cursor = node.walk();
    node.children(&mut cursor).any(|child| child.kind() == token)
}

impl Lower<'_> {
    fn text(&self, node: Node<'_>) -> &str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    fn at(&self, node: Node<'_>) -> u32 {
        u32::try_from(node.start_byte() as i64 + self.delta).unwrap_or(NOWHERE)
    }

    fn name(&self, node: Node<'_>) -> Name {
        let (text, at) = (self.text(node), self.at(node));
        match text.strip_prefix("r#") {
            Some(raw) => Name { word: raw.into(), at: at.saturating_add(2) },
            None => Name { word: text.into(), at },
        }
    }

    fn word(&self, node: Node<'_>) -> Word {
        self.text(node).into()
    }

    fn push(&mut self, name: Name, item: Item) -> Local {
        let index = self.out.defs.len() as Local;
        self.out.defs.push(Def { name, item, generics: Generics::default(), parent: self.parent, scope: self.scope });
        index
    }

    fn lifetime(&mut self, node: Node<'_>) {
        let Some(name) = of_kind(node, "identifier").map(|name| self.name(name)) else { return };
        let bound = self.lifetimes.iter().rev().find(|bound| bound.word == name.word);
        match bound {
            Some(bound) => self.out.bound.push((name.at, bound.at)),
            None => self.out.outside.push(name.at),
        }
    }

    fn label(&mut self, node: Node<'_>) {
        let Some(name) = of_kind(node, "identifier").map(|name| self.name(name)) else { return };
        match self.labels.iter().rev().find(|bound| bound.word == name.word) {
            Some(bound) => self.out.bound.push((name.at, bound.at)),
            None => self.out.outside.push(name.at),
        }
    }
}
