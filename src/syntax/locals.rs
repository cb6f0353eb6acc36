//! Names that are bound inside functions: parameters, variables, patterns. Which binding a name means, and where else it
//! does.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use tree_sitter::{Node, QueryCursorOptions, StreamingIterator, Tree};

use super::Language;
use super::compiled::{Compiled, LocalRole, Reach, ScopeKind, Whose};
use super::declared::declared;
use super::grammars::Family;
use super::name_at::word_at;
use super::parse::{Budget, Meter, with_cursor};
use super::tree::{Parsed, walk};

/// What a name inside a function is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Bytes of the name where it is bound first.
    pub definition: Range<usize>,
    /// Bytes of all names that mean it, the binding ones too, in order.
    pub occurrences: Vec<Range<usize>>,
    /// The region in which it can be meant.
    pub scope: Range<usize>,
}

/// What the name at (or just before) a byte offset is bound to, when that is inside a function around it. `None` for
/// names that are defined elsewhere, in languages without a grammar, and where the budget does not suffice.
///
/// Names in Rust's format strings are not seen, and neither are those that only come about in macros.
pub fn binding(language: Language, text: &str, offset: usize, budget: &Budget) -> Option<Binding> {
    // `_` binds nothing, whatever it stands for.
    let word = word_at(language, text, offset).filter(|word| text[word.clone()] != *"_")?;
    let parsed = Parsed::new(language, text, budget)?;
    let Parsed { tree, compiled, family, source } = &parsed;
    let found = Found::collect(tree, compiled, *family, source, &text[word.clone()], budget)?;
    let asked = found.resolve(&word)?;
    let mut occurrences: Vec<_> =
        found.names.iter().filter(|name| found.resolve(name) == Some(asked)).cloned().collect();
    occurrences.sort_by_key(|name| name.start);
    let first = found.bound.iter().filter(|bound| bound.variable == asked).min_by_key(|bound| bound.name.start)?;
    Some(Binding { definition: first.name.clone(), occurrences, scope: found.scopes[first.scope].range.clone() })
}

/// How the places of one name are bound inside of functions, by their first byte; others are not in it.
///
/// Takes one pass. What the budget does not suffice for counts as not bound.
pub(super) fn bound_places(
    tree: &Tree,
    compiled: &Compiled,
    family: Family,
    source: &[u8],
    name: &str,
    budget: &Budget,
) -> HashMap<usize, Place> {
    let Some(found) = Found::collect(tree, compiled, family, source, name, budget) else { return HashMap::new() };
    let place = |at: usize| if found.shorthand.contains(&at) { Place::Both } else { Place::Local };
    let bound = found.names.iter().filter(|name| found.resolve(name).is_some());
    bound.map(|name| (name.start, place(name.start))).collect()
}

/// Whose name it is where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Not that of anything inside a function, as far as was asked and is known.
    Elsewhere,
    /// Bound in a function around it.
    Local,
    /// A local's and a member's at once: the second `x` of `let x = 1; Point { x }`.
    Both,
}

struct Scope {
    range: Range<usize>,
    kind: ScopeKind,
    parent: Option<usize>,
}

struct Bound {
    name: Range<usize>,
    scope: usize,
    /// From which byte on the name means this.
    from: usize,
    /// Several places may bind one variable.
    variable: usize,
}

/// What the query says about one name.
#[derive(Default)]
struct Found {
    /// Sorted by start, outer before inner.
    scopes: Vec<Scope>,
    bound: Vec<Bound>,
    /// The variable that a binding place binds, by its first byte; and what is bound in a scope.
    variables: HashMap<usize, usize>,
    by_scope: HashMap<usize, Vec<usize>>,
    /// Where the name is bound, but not in a function.
    not_local: HashSet<usize>,
    /// Functions in which the name is said to be somebody else's.
    foreign: HashMap<usize, Whose>,
    /// In order.
    names: Vec<Range<usize>>,
    /// Where a member is named by the same word, by the first byte.
    shorthand: HashSet<usize>,
}

/// A pattern as captured.
struct Raw<'t> {
    names: Vec<Range<usize>>,
    reach: Reach,
    node: Node<'t>,
    from: Option<usize>,
    again: bool,
}

impl Found {
    /// Runs the query, for one name. `None` when the budget ran out: then something may be missing.
    fn collect(
        tree: &Tree,
        compiled: &Compiled,
        family: Family,
        source: &[u8],
        name: &str,
        budget: &Budget,
    ) -> Option<Self> {
        let mut meter = Meter::new(budget);
        let (mut nodes, mut raws, mut elsewhere) = (Vec::new(), Vec::new(), Vec::new());
        let (mut names, mut skipped, mut shorthand) = (Vec::new(), HashSet::new(), HashSet::new());
        // In these patterns a capital letter begins a constant or a variant.
        let constant = matches!(family, Family::Rust | Family::Scala) && name.starts_with(char::is_uppercase);
        let (query, roles) = compiled.locals();
        let is_name = |node: Node| source.get(node.byte_range()) == Some(name.as_bytes());
        with_cursor(|cursor| {
            let mut progress = |_: &tree_sitter::QueryCursorState| meter.step();
            let options = QueryCursorOptions::new().progress_callback(&mut progress);
            let root = tree.root_node();
            let mut matches = cursor.matches_with_options(query, root, source, options);
            while let Some(matched) = matches.next() {
                let (mut bound, mut from, mut again) = (None, None, false);
                for capture in matched.captures() {
                    let node = capture.node;
                    match roles[capture.index as usize] {
                        LocalRole::Scope(kind) => nodes.push((node, kind)),
                        LocalRole::Bound(reach) => bound = Some((node, reach)),
                        LocalRole::Declarator => {
                            bound = declared(node)
                                .filter(|(node, function)| !function && node.kind() == "identifier")
                                .map(|(node, _)| (node, Reach::Innermost));
                        }
                        LocalRole::After => from = Some(node.end_byte()),
                        LocalRole::Again => (from, again) = (Some(node.end_byte()), true),
                        LocalRole::Elsewhere(whose) => elsewhere.push((node.byte_range(), whose)),
                        LocalRole::Name if is_name(node) => {
                            names.push(node.byte_range());
                            if is_shorthand(node) {
                                shorthand.insert(node.start_byte());
                            }
                        }
                        LocalRole::Skip => {
                            skipped.insert(node.start_byte());
                        }
                        LocalRole::Name | LocalRole::Predicate => {}
                    }
                }
                if let Some((node, reach)) = bound.filter(|(_, reach)| *reach == Reach::Outer || !constant) {
                    let mut names = Vec::new();
                    pattern_names(node, |node| {
                        if is_name(node) {
                            names.push(node.byte_range());
                        }
                    });
                    if !names.is_empty() {
                        raws.push(Raw { names, reach, node, from, again });
                    }
                }
            }
        });
        if meter.exhausted {
            return None;
        }
        names.retain(|name: &Range<usize>| {
            let member = family != Family::Haskell
                && source[..name.start].ends_with(b".")
                && !source[..name.start].ends_with(b"..");
            !skipped.contains(&name.start) && !member
        });
        names.sort_by_key(|name| name.start);
        names.dedup();
        let mut found = Self { scopes: scopes(&nodes), names, shorthand, ..Self::default() };
        raws.sort_by_key(|raw| raw.node.start_byte());
        found.bind(&raws, &elsewhere);
        Some(found)
    }

    fn bind(&mut self, raws: &[Raw], elsewhere: &[(Range<usize>, Whose)]) {
        for (region, whose) in elsewhere {
            let named = self.names.iter().any(|name| region.start <= name.start && name.end <= region.end);
            if let Some(scope) = self.around(region, Reach::Function).filter(|_| named) {
                self.foreign.insert(scope, *whose);
            }
        }
        let mut first: HashMap<usize, usize> = HashMap::new();
        for raw in raws {
            let region = match raw.reach {
                Reach::Outer => raw.node.parent().map_or(raw.node.byte_range(), |parent| parent.byte_range()),
                _ => raw.node.byte_range(),
            };
            let scope = self.around(&region, raw.reach);
            if scope.is_some_and(|at| self.foreign.contains_key(&at)) {
                continue;
            }
            let scope = scope.filter(|at| self.scopes[*at].kind != ScopeKind::Type);
            for name in &raw.names {
                let Some(scope) = scope else {
                    self.not_local.insert(name.start);
                    continue;
                };
                let next = self.bound.len();
                let variable = if raw.again { next } else { *first.entry(scope).or_insert(next) };
                let from = raw.from.unwrap_or(self.scopes[scope].range.start);
                self.variables.insert(name.start, variable);
                self.by_scope.entry(scope).or_default().push(next);
                self.bound.push(Bound { name: name.clone(), scope, from, variable });
            }
        }
        for all in self.by_scope.values_mut() {
            all.sort_by_key(|at| self.bound[*at].from);
        }
    }

    /// The scope that a name bound in a region belongs to.
    fn around(&self, region: &Range<usize>, reach: Reach) -> Option<usize> {
        let mut at = self.innermost(region);
        while let Some(scope) = at {
            let Scope { range, kind, parent } = &self.scopes[scope];
            let fits = match reach {
                Reach::Innermost => true,
                Reach::Function => *kind != ScopeKind::Block,
                Reach::Outer => range != region,
            };
            if fits {
                return Some(scope);
            }
            at = *parent;
        }
        None
    }

    fn innermost(&self, region: &Range<usize>) -> Option<usize> {
        let mut at = self.scopes.partition_point(|scope| scope.range.start <= region.start).checked_sub(1);
        while let Some(scope) = at.filter(|at| self.scopes[*at].range.end < region.end) {
            at = self.scopes[scope].parent;
        }
        at
    }

    /// The variable that a name means.
    fn resolve(&self, name: &Range<usize>) -> Option<usize> {
        if let Some(variable) = self.variables.get(&name.start) {
            return Some(*variable);
        }
        let known = self.names.binary_search_by_key(&name.start, |name| name.start).is_ok();
        if self.not_local.contains(&name.start) || !known {
            return None;
        }
        let mut at = self.innermost(name);
        while let Some(scope) = at {
            let here = self.by_scope.get(&scope).map_or(&[][..], Vec::as_slice);
            let begun = here.partition_point(|at| self.bound[*at].from <= name.start);
            if let Some(last) = begun.checked_sub(1) {
                return Some(self.bound[here[last]].variable);
            }
            if self.foreign.get(&scope) == Some(&Whose::Global) {
                return None;
            }
            at = self.scopes[scope].parent;
        }
        None
    }
}

/// The scopes, nested. A block that is the body of a function or a type is left out: it is one scope with that.
fn scopes(nodes: &[(Node, ScopeKind)]) -> Vec<Scope> {
    let owners = nodes.iter().filter(|(_, kind)| *kind != ScopeKind::Block);
    let bodies: HashSet<usize> =
        owners.filter_map(|(node, _)| node.child_by_field_name("body")).map(|body| body.id()).collect();
    let mut scopes: Vec<Scope> = nodes
        .iter()
        .filter(|(node, kind)| *kind != ScopeKind::Block || !bodies.contains(&node.id()))
        .map(|(node, kind)| Scope { range: node.byte_range(), kind: *kind, parent: None })
        .collect();
    scopes.sort_by_key(|scope| (scope.range.start, std::cmp::Reverse(scope.range.end)));
    let mut open: Vec<usize> = Vec::new();
    for at in 0..scopes.len() {
        while open.last().is_some_and(|outer| scopes[*outer].range.end <= scopes[at].range.start) {
            open.pop();
        }
        scopes[at].parent = open.last().copied();
        open.push(at);
    }
    scopes
}

/// Parts of patterns that bind nothing: types, defaults, guards, places that are assigned to.
const FIELDS: &[&str] = &["type", "right", "condition", "object"];
const KINDS: &[&str] = &[
    "attribute",
    "subscript",
    "member_expression",
    "scoped_identifier",
    "type",
    "macro_invocation",
    "const_block",
    "field_name",
];
const NAMES: &[&str] = &[
    "identifier",
    "shorthand_field_identifier",
    "shorthand_property_identifier_pattern",
    "implicit_parameter",
    // PHP, the shell, Swift, Haskell, OCaml.
    "name",
    "variable_name",
    "simple_identifier",
    "variable",
    "value_name",
    "value_pattern",
];

/// Whether a name stands for a member and for a variable of the same name.
fn is_shorthand(node: Node) -> bool {
    node.kind().starts_with("shorthand_")
        || node.parent().is_some_and(|parent| parent.kind() == "shorthand_field_initializer")
}

/// The names that a pattern binds.
fn pattern_names<'t>(pattern: Node<'t>, mut found: impl FnMut(Node<'t>)) {
    walk(pattern, |cursor| {
        let node = cursor.node();
        let aside = match cursor.field_name() {
            // `{ key: name }` binds its value; elsewhere a value is a default.
            Some("value") => node.parent().is_none_or(|parent| !matches!(parent.kind(), "pair_pattern" | "pair")),
            // Both sides of Elixir's `=` in a pattern bind.
            Some("right") if node.parent().is_some_and(|parent| parent.kind() == "binary_operator") => false,
            Some(field) => FIELDS.contains(&field),
            None => false,
        };
        let binds = !aside && !KINDS.contains(&node.kind());
        if binds && NAMES.contains(&node.kind()) {
            found(node);
        }
        binds
    });
}

#[cfg(test)]
mod tests;
