//! Queries as they are run: patterns in the query language of tree-sitter, matched on flat trees.
//!
//! They mean what they mean to tree-sitter's own cursor, which takes as long as the parse; but where several children are
//! one field, all are found, of which the cursor may overlook those behind the first. Not there: quantifiers,
//! supertypes, groups of siblings, and predicates over two captures; none of ours has them, and reading one is an error.

mod read;

#[cfg(test)]
mod tests;

use std::ops::{ControlFlow, Range};

use super::definitions::touch;
use super::flat::{At, ERROR, Flat, children};
use super::parse::Meter;

/// The patterns of a query, with the meaning `R` of their captures.
pub(super) struct Patterns<R> {
    patterns: Vec<Pattern>,
    /// By the kind of their outermost node: which patterns can match there, and which of its forms.
    roots: Vec<Vec<(u16, u16)>>,
    /// By the same kind: how many levels below it they look at.
    reach: Vec<usize>,
    roles: Vec<R>,
}

struct Pattern {
    forms: Vec<Form>,
    predicates: Vec<Predicate>,
}

/// What a node has to look like.
struct Form {
    kind: Kind,
    /// The field that it has to be; 0 is any.
    field: u16,
    /// Fields that must not be there.
    absent: Box<[u16]>,
    captures: Box<[u16]>,
    inside: Box<[Inside]>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Is(u16),
    Named,
    Any,
}

/// One of the nodes right inside of another, in their order.
struct Inside {
    /// Any of these.
    forms: Box<[Form]>,
    /// No named node stands between it and the one before, or the beginning.
    adjacent: bool,
    /// No named node stands behind it.
    last: bool,
}

/// What the text of a capture has to be.
struct Predicate {
    capture: u16,
    test: Test,
    /// What the test has to say.
    holds: bool,
}

enum Test {
    Among(Vec<Vec<u8>>),
    Matches(regex::bytes::Regex),
}

/// A match: the pattern's place in the query, and what it captured.
pub(super) struct Match<'m, R> {
    pub pattern: usize,
    /// The outermost node.
    pub root: At,
    captures: &'m [(u16, At)],
    roles: &'m [R],
}

impl<R: Copy> Match<'_, R> {
    pub fn captures(&self) -> impl Iterator<Item = (R, At)> + '_ {
        self.captures.iter().map(|(capture, at)| (self.roles[*capture as usize], *at))
    }
}

/// What may be tried where a pattern begins, beside every node inside. Ordinary code takes a few dozen.
const TRIES: u32 = 100_000;

/// Nodes that one step of a budget pays for.
const PER_STEP: usize = 1 << 10;

impl<R: Copy> Patterns<R> {
    /// How many levels below a node of this kind are looked at for what begins with it.
    pub fn reach(&self, kind: u16) -> usize {
        self.reach.get(usize::from(kind)).copied().unwrap_or_default()
    }

    /// Finds every match, in order of their outermost nodes, `within` some bytes those whose outermost nodes have some. Says whether something was left out. A match may come twice
    /// when what tells the two apart is not captured.
    pub fn find(
        &self,
        nodes: &[Flat],
        text: &[u8],
        within: Option<&Range<usize>>,
        meter: &mut Meter,
        mut found: impl FnMut(Match<'_, R>),
    ) -> bool {
        let mut search = Search { nodes, left: 0, cut: false };
        let mut captures = Vec::new();
        for (at, node) in nodes.iter().enumerate() {
            if at % PER_STEP == 0 && meter.step().is_break() {
                return true;
            }
            if within.is_some_and(|within| !touch(&node.range(), within)) {
                continue;
            }
            for &(number, form) in self.roots.get(usize::from(node.kind)).into_iter().flatten() {
                let pattern = &self.patterns[usize::from(number)];
                let form = &pattern.forms[usize::from(form)];
                let mut whole = |captures: &mut Vec<(u16, At)>| {
                    if pattern.predicates.iter().all(|predicate| predicate.is_met(captures, nodes, text)) {
                        let (pattern, root) = (usize::from(number), at as At);
                        found(Match { pattern, root, captures, roles: &self.roles });
                    }
                };
                if form.inside.is_empty() && form.absent.is_empty() && form.field == 0 {
                    captures.clear();
                    captures.extend(form.captures.iter().map(|capture| (*capture, at as At)));
                    whole(&mut captures);
                    continue;
                }
                captures.clear();
                search.left = TRIES.saturating_add(2 * (node.next - at as At));
                // What is left out is remembered.
                let _ = search.node(form, at as At, &mut captures, &mut |captures| {
                    whole(captures);
                    ControlFlow::Continue(())
                });
            }
        }
        search.cut
    }
}

struct Search<'n> {
    nodes: &'n [Flat],
    /// What may still be tried.
    left: u32,
    /// A search was given up.
    cut: bool,
}

/// What follows once a part of a pattern has matched.
type Then<'f> = &'f mut dyn FnMut(&mut Vec<(u16, At)>) -> ControlFlow<()>;

impl Search<'_> {
    /// Matches a node with all that is inside, in every way, and goes on from each.
    fn node(&mut self, form: &Form, at: At, captures: &mut Vec<(u16, At)>, then: Then<'_>) -> ControlFlow<()> {
        if !self.fits(form, at) {
            return ControlFlow::Continue(());
        }
        let before = captures.len();
        captures.extend(form.captures.iter().map(|capture| (*capture, at)));
        let flow = match form.inside.is_empty() {
            true => then(captures),
            false => self.inside(&form.inside, at + 1, self.nodes[at as usize].next, captures, then),
        };
        captures.truncate(before);
        flow
    }

    /// Matches the first of `wanted` with one of the siblings from `from` on, and the others behind it.
    fn inside(
        &mut self,
        wanted: &[Inside],
        from: At,
        end: At,
        captures: &mut Vec<(u16, At)>,
        then: Then<'_>,
    ) -> ControlFlow<()> {
        let Some((first, rest)) = wanted.split_first() else { return then(captures) };
        let mut at = from;
        while at < end {
            self.left = self.left.saturating_sub(1);
            if self.left == 0 {
                self.cut = true;
                return ControlFlow::Break(());
            }
            let node = self.nodes[at as usize];
            if !first.last || !self.is_named_behind(node.next, end) {
                for form in &first.forms {
                    if form.inside.is_empty() && rest.is_empty() {
                        if self.fits(form, at) {
                            let before = captures.len();
                            captures.extend(form.captures.iter().map(|capture| (*capture, at)));
                            then(captures)?;
                            captures.truncate(before);
                        }
                        continue;
                    }
                    self.step(form, at, rest, end, captures, then)?;
                }
            }
            if first.adjacent && node.named {
                break;
            }
            at = node.next;
        }
        ControlFlow::Continue(())
    }

    /// Matches a node, and what has to stand behind it.
    fn step(
        &mut self,
        form: &Form,
        at: At,
        rest: &[Inside],
        end: At,
        captures: &mut Vec<(u16, At)>,
        then: Then<'_>,
    ) -> ControlFlow<()> {
        if !self.fits(form, at) {
            return ControlFlow::Continue(());
        }
        let before = captures.len();
        captures.extend(form.captures.iter().map(|capture| (*capture, at)));
        let next = self.nodes[at as usize].next;
        let flow = if form.inside.is_empty() {
            self.inside(rest, next, end, captures, then)
        } else {
            // What is behind is looked for once per way in which what is inside matches.
            let mut ways: Vec<Vec<(u16, At)>> = Vec::new();
            self.inside(&form.inside, at + 1, next, captures, &mut |captures| {
                ways.push(captures.clone());
                ControlFlow::Continue(())
            })?;
            for mut way in ways {
                self.inside(rest, next, end, &mut way, then)?;
            }
            ControlFlow::Continue(())
        };
        captures.truncate(before);
        flow
    }

    /// Whether a node looks right, what is inside aside.
    fn fits(&self, form: &Form, at: At) -> bool {
        let node = &self.nodes[at as usize];
        let is_kind = match form.kind {
            Kind::Is(kind) => node.kind == kind,
            Kind::Named => node.named && node.kind != ERROR,
            Kind::Any => node.kind != ERROR,
        };
        is_kind
            && (form.field == 0 || node.field == form.field)
            && (form.absent.is_empty()
                || !children(self.nodes, at).any(|child| form.absent.contains(&self.nodes[child as usize].field)))
    }

    fn is_named_behind(&self, mut at: At, end: At) -> bool {
        while at < end {
            let node = &self.nodes[at as usize];
            if node.named {
                return true;
            }
            at = node.next;
        }
        false
    }
}

impl Predicate {
    fn is_met(&self, captures: &[(u16, At)], nodes: &[Flat], text: &[u8]) -> bool {
        captures.iter().filter(|(capture, _)| *capture == self.capture).all(|(_, at)| {
            let text = text.get(nodes[*at as usize].range()).unwrap_or_default();
            let said = match &self.test {
                Test::Among(texts) => texts.iter().any(|one| one == text),
                Test::Matches(regex) => regex.is_match(text),
            };
            said == self.holds
        })
    }
}
