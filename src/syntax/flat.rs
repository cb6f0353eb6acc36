//! A syntax tree as one array: nodes in order of their start, outer before inner, each knowing where what is inside ends.

use std::cell::RefCell;

use tree_sitter::Tree;

use super::parse::{Budget, Meter};

/// A node's place in its array.
pub(super) type At = u32;

/// What is kept of a node. Text is at most 2 MiB where it is parsed, so offsets fit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flat {
    pub start: u32,
    pub end: u32,
    /// The first node behind it that is not inside of it.
    pub next: At,
    /// The kind's number in its grammar.
    pub kind: u16,
    /// The number of the field that it is in its parent; 0 is none.
    pub field: u16,
    pub named: bool,
}

impl Flat {
    pub fn range(&self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The kind of what could not be parsed.
pub(super) const ERROR: u16 = u16::MAX;

/// Nodes that one step of a budget pays for.
const PER_STEP: usize = 1 << 10;

/// Arrays with room for more nodes are not kept.
const KEPT: usize = 1 << 20;

thread_local! {
    static NODES: RefCell<Vec<Flat>> = const { RefCell::new(Vec::new()) };
}

/// Lends a tree's nodes, as far as a budget goes. The flag says whether that was not all the way, or `work` used the
/// budget up.
pub(super) fn with<T>(tree: &Tree, budget: &Budget, work: impl FnOnce(&[Flat], &mut Meter) -> T) -> (T, bool) {
    let mut nodes = NODES.take();
    let mut meter = Meter::new(budget);
    flatten(tree, &mut nodes, &mut meter);
    let done = work(&nodes, &mut meter);
    if nodes.capacity() <= KEPT {
        NODES.set(nodes);
    }
    (done, meter.exhausted)
}

/// The nodes of a tree, as far as the meter goes.
fn flatten(tree: &Tree, into: &mut Vec<Flat>, meter: &mut Meter) {
    into.clear();
    let mut cursor = tree.walk();
    let mut open: Vec<At> = Vec::new();
    'nodes: loop {
        let node = cursor.node();
        let at = into.len() as At;
        into.push(Flat {
            start: node.start_byte() as u32,
            end: node.end_byte() as u32,
            next: at + 1,
            kind: node.kind_id(),
            field: cursor.field_id().map_or(0, std::num::NonZero::get),
            named: node.is_named(),
        });
        if into.len().is_multiple_of(PER_STEP) && meter.step().is_break() {
            break;
        }
        if cursor.goto_first_child() {
            open.push(at);
            continue;
        }
        while !cursor.goto_next_sibling() {
            let Some(parent) = open.pop() else { break 'nodes };
            into[parent as usize].next = into.len() as At;
            cursor.goto_parent();
        }
    }
    for parent in open {
        into[parent as usize].next = into.len() as At;
    }
}

/// The nodes right inside of one, in order.
pub(super) fn children(nodes: &[Flat], at: At) -> impl Iterator<Item = At> + '_ {
    let end = nodes[at as usize].next;
    let inside = move |at: At| (at < end).then_some(at);
    std::iter::successors(inside(at + 1), move |at| inside(nodes[*at as usize].next))
}
