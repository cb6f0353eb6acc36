//! A file's syntax tree as a flat list, so that nodes are numbers and parents are at hand.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::{LazyLock, PoisonError, RwLock};

use crate::syntax::{Parsed, walk};

/// A node of one file's tree.
pub(super) type Id = u32;

/// A node of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct At {
    pub unit: u32,
    pub node: Id,
}

struct Node {
    kind: &'static str,
    field: Option<&'static str>,
    range: Range<u32>,
    parent: Id,
    /// The next sibling; 0 for none.
    next: Id,
    /// One past the last node below this one.
    end: Id,
    named: bool,
}

/// The nodes in order of their start, outer before inner. The root is 0.
pub(super) struct Tree {
    nodes: Vec<Node>,
}

impl Tree {
    pub fn new(parsed: &Parsed) -> Self {
        let mut nodes: Vec<Node> = Vec::new();
        // The last node of each depth that is still open.
        let mut open: Vec<Id> = Vec::new();
        let mut kinds: HashMap<u16, &'static str> = HashMap::new();
        let mut fields: HashMap<u16, &'static str> = HashMap::new();
        walk(parsed.tree.root_node(), |cursor| {
            let (node, depth) = (cursor.node(), cursor.depth() as usize);
            let id = nodes.len() as Id;
            while open.len() > depth {
                let closed = open.pop().unwrap_or(0);
                nodes[closed as usize].end = id;
                if open.len() == depth {
                    nodes[closed as usize].next = id;
                }
            }
            let range = node.start_byte() as u32..node.end_byte() as u32;
            let parent = open.last().copied().unwrap_or(0);
            let kind = *kinds.entry(node.kind_id()).or_insert_with(|| lasting(node.kind()));
            let field = cursor.field_id().zip(cursor.field_name());
            let field = field.map(|(id, name)| *fields.entry(id.get()).or_insert_with(|| lasting(name)));
            let named = node.is_named();
            nodes.push(Node { kind, field, range, parent, next: 0, end: 0, named });
            open.push(id);
            true
        });
        let end = nodes.len() as Id;
        for closed in open {
            nodes[closed as usize].end = end;
        }
        Self { nodes }
    }

    /// A tree without nodes.
    pub fn bare() -> Self {
        Self { nodes: Vec::new() }
    }

    pub fn kind(&self, id: Id) -> &'static str {
        self.nodes.get(id as usize).map_or("", |node| node.kind)
    }

    pub fn range(&self, id: Id) -> Range<usize> {
        self.nodes.get(id as usize).map_or(0..0, |node| node.range.start as usize..node.range.end as usize)
    }

    pub fn parent(&self, id: Id) -> Option<Id> {
        (id != 0).then(|| self.nodes[id as usize].parent)
    }

    /// The node's ancestors, nearest first.
    pub fn above(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        std::iter::successors(self.parent(id), |id| self.parent(*id))
    }

    /// The role that a node has in its parent.
    pub fn role(&self, id: Id) -> &'static str {
        self.nodes.get(id as usize).and_then(|node| node.field).unwrap_or("")
    }

    pub fn children(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        let end = self.nodes.get(id as usize).map_or(0, |node| node.end);
        let first = (id + 1 < end).then_some(id + 1);
        std::iter::successors(first, |id| Some(self.nodes[*id as usize].next).filter(|next| *next != 0))
    }

    /// The named children but for comments.
    pub fn named(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        self.children(id).filter(|id| self.nodes[*id as usize].named && self.kind(*id) != "comment")
    }

    pub fn first(&self, id: Id) -> Option<Id> {
        self.named(id).next()
    }

    pub fn field(&self, id: Id, name: &str) -> Option<Id> {
        self.children(id).find(|child| self.role(*child) == name && self.kind(*child) != "comment")
    }

    pub fn child(&self, id: Id, kind: &str) -> Option<Id> {
        self.children(id).find(|child| self.kind(*child) == kind)
    }

    pub fn has(&self, id: Id, kind: &str) -> bool {
        self.child(id, kind).is_some()
    }

    /// Every node below.
    pub fn below(&self, id: Id) -> Range<Id> {
        id + 1..self.nodes.get(id as usize).map_or(0, |node| node.end)
    }

    pub fn len(&self) -> Id {
        self.nodes.len() as Id
    }

    pub fn is_within(&self, id: Id, outer: Id) -> bool {
        id == outer || self.below(outer).contains(&id)
    }

    /// The innermost node around an offset's character.
    pub fn at(&self, offset: usize) -> Id {
        let mut id = 0;
        while let Some(child) = self.children(id).find(|child| self.range(*child).contains(&offset)) {
            id = child;
        }
        id
    }

    /// The nearest ancestor for which it holds.
    pub fn around(&self, id: Id, fits: impl Fn(&'static str) -> bool) -> Option<Id> {
        self.above(id).find(|id| fits(self.kind(*id)))
    }
}

/// A grammar's word, kept for good: there are a few hundred.
fn lasting(word: &str) -> &'static str {
    static WORDS: LazyLock<RwLock<HashSet<&'static str>>> = LazyLock::new(RwLock::default);
    if let Some(known) = WORDS.read().unwrap_or_else(PoisonError::into_inner).get(word) {
        return known;
    }
    let mut words = WORDS.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = words.get(word) {
        return known;
    }
    let kept: &'static str = Box::leak(word.to_owned().into_boxed_str());
    words.insert(kept);
    kept
}

/// Whether nodes of this kind have parameters and what is called.
pub(super) fn is_function(kind: &str) -> bool {
    matches!(
        kind,
        "function_declaration"
            | "generator_function_declaration"
            | "function_signature"
            | "function_expression"
            | "generator_function"
            | "arrow_function"
            | "method_definition"
            | "method_signature"
            | "abstract_method_signature"
            | "call_signature"
            | "construct_signature"
            | "function_type"
            | "constructor_type"
    )
}

pub(super) fn is_class(kind: &str) -> bool {
    matches!(kind, "class_declaration" | "abstract_class_declaration" | "class")
}
