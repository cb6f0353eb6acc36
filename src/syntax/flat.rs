//! A syntax tree as one array: nodes in order of their start, outer before inner, each knowing where what is inside ends.

use std::cell::RefCell;

use std::ops::Range;

use tree_sitter::Tree;

use super::compiled::Compiled;
use super::definitions::touch;
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
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The kind of what could not be parsed.
pub(super) const ERROR: u16 = u16::MAX;

/// Nodes that one step of a budget pays for.
const PER_STEP: usize = 1 << 10;

/// Arrays with room for more nodes are not kept.
const KEPT: usize = 1 << 20;

/// Declarators inside of each other that are followed where not the whole tree is looked at.
const DECLARATORS: usize = 32;

thread_local! {
    static NODES: RefCell<Vec<Flat>> = const { RefCell::new(Vec::new()) };
}

/// Lends a tree's nodes, as far as a budget goes; `within` some bytes, only those that matter to definitions that have bytes
/// in common with these. The flag says whether that was not all the way, or `work` used the budget up.
pub(super) fn with<T>(
    tree: &Tree,
    within: Option<&Range<usize>>,
    compiled: &Compiled,
    budget: &Budget,
    work: impl FnOnce(&[Flat], &mut Meter) -> T,
) -> (T, bool) {
    let mut nodes = NODES.take();
    nodes.clear();
    let mut meter = Meter::new(budget);
    let reach = |kind| match compiled.symbols.reach(kind) {
        // How deep declarators nest, a query does not say.
        deep if compiled.declarator != 0 && deep > 0 => deep + DECLARATORS,
        deep => deep,
    };
    flatten(tree, within, reach, &mut nodes, &mut meter);
    let done = work(&nodes, &mut meter);
    if nodes.capacity() <= KEPT {
        NODES.set(nodes);
    }
    (done, meter.exhausted)
}

/// The nodes of a tree, as far as the meter goes. `within` some bytes: below a node without any of these, only as deep as one
/// above that has some reaches by its kind.
fn flatten(
    tree: &Tree,
    within: Option<&Range<usize>>,
    reach: impl Fn(u16) -> usize,
    into: &mut Vec<Flat>,
    meter: &mut Meter,
) {
    let mut cursor = tree.walk();
    // The nodes around, and how deep each or one around it reaches.
    let mut open: Vec<(At, usize)> = Vec::new();
    'nodes: loop {
        let node = cursor.node();
        let at = into.len() as At;
        let found = Flat {
            start: node.start_byte() as u32,
            end: node.end_byte() as u32,
            next: at + 1,
            kind: node.kind_id(),
            field: cursor.field_id().map_or(0, std::num::NonZero::get),
            named: node.is_named(),
        };
        into.push(found);
        if into.len().is_multiple_of(PER_STEP) && meter.step().is_break() {
            break;
        }
        let depth = open.len();
        let reached = open.last().map_or(0, |(_, reached)| *reached);
        let (enters, reached) = match within {
            None => (true, 0),
            Some(within) if touch(&found.range(), within) => (true, reached.max(depth + reach(found.kind))),
            Some(_) => (depth < reached, reached),
        };
        if enters && cursor.goto_first_child() {
            open.push((at, reached));
            continue;
        }
        while !cursor.goto_next_sibling() {
            let Some((parent, _)) = open.pop() else { break 'nodes };
            into[parent as usize].next = into.len() as At;
            cursor.goto_parent();
        }
    }
    for (parent, _) in open {
        into[parent as usize].next = into.len() as At;
    }
}

/// The nodes right inside of one, in order.
pub(super) fn children(nodes: &[Flat], at: At) -> impl Iterator<Item = At> + '_ {
    let end = nodes[at as usize].next;
    let inside = move |at: At| (at < end).then_some(at);
    std::iter::successors(inside(at + 1), move |at| inside(nodes[*at as usize].next))
}
