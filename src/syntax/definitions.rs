//! From captures to symbols: which definitions there are, how they nest, and what they are called in full.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::ops::Range;

use super::compiled::{Compiled, Role};
use super::declared::declared_flat;
use super::flat::Flat;
use super::grammars::Family;
use super::lines::Lines;
use super::parse::Meter;
use super::patterns::Match;
use super::{Kind, Symbol, extents, head};

/// A definition as captured.
#[derive(Debug, Clone)]
pub(super) struct Raw {
    pub name: Range<usize>,
    /// The whole definition.
    pub extent: Range<usize>,
    /// What was looked at to find it.
    pub whole: Range<usize>,
    pub qualifier: Option<Range<usize>>,
    pub what: What,
    /// Position of the pattern in the query: smaller wins.
    pub rank: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Definition(Kind),
    Scope,
    Local,
}

/// Runs the symbols query, everywhere or for what depends on some bytes. The flag says whether something was left out.
pub(super) fn captured(
    compiled: &Compiled,
    nodes: &[Flat],
    text: &[u8],
    within: Option<&Range<usize>>,
    meter: &mut Meter,
) -> (Vec<Raw>, bool) {
    let mut found = Vec::new();
    let cut = compiled.symbols.find(nodes, text, within, meter, |matched| {
        found.extend(raw(compiled, nodes, &matched));
    });
    (found, cut)
}

/// The least range around some ranges.
pub(super) fn hull(ranges: impl Iterator<Item = Range<usize>>) -> Range<usize> {
    ranges.reduce(|all, range| all.start.min(range.start)..all.end.max(range.end)).unwrap_or_default()
}

/// Whether ranges have a byte in common; an empty one has those around it.
pub(super) fn touch(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

fn raw(compiled: &Compiled, nodes: &[Flat], matched: &Match<'_, Role>) -> Option<Raw> {
    let (rank, whole) = (matched.pattern, nodes[matched.root as usize].range());
    let (mut what, mut name, mut extent, mut qualifier, mut prototype) = (None, None, 0..0, None, false);
    for (role, at) in matched.captures() {
        let range = nodes[at as usize].range();
        match role {
            Role::Definition(kind) => (what, extent) = (Some(What::Definition(kind)), range),
            Role::Scope => (what, extent) = (Some(What::Scope), range),
            Role::Local => return Some(Raw::local(range, whole)),
            Role::Name => name = Some(range),
            Role::Declarator => {
                let (at, function) = declared_flat(compiled, nodes, at)?;
                (name, prototype) = (Some(nodes[at as usize].range()), function);
            }
            Role::Qualifier => qualifier = Some(range),
            Role::Reference(_) | Role::Import | Role::Skip | Role::Predicate => {}
        }
    }
    let mut what = what?;
    if prototype && matches!(what, What::Definition(Kind::Variable | Kind::Field)) {
        what = What::Definition(Kind::Declaration);
    }
    Some(Raw { name: name?, extent, whole, qualifier, what, rank })
}

impl Raw {
    /// The same at other places.
    pub fn with(&self, place: impl Fn(&Range<usize>) -> Range<usize>) -> Self {
        Self {
            name: place(&self.name),
            extent: place(&self.extent),
            whole: place(&self.whole),
            qualifier: self.qualifier.as_ref().map(&place),
            what: self.what,
            rank: self.rank,
        }
    }

    fn local(extent: Range<usize>, whole: Range<usize>) -> Self {
        Self { name: extent.start..extent.start, extent, whole, qualifier: None, what: What::Local, rank: 0 }
    }
}

/// Orders, nests and names what was captured.
pub(super) fn symbols(family: Family, text: &str, lines: &Lines, mut found: Vec<Raw>) -> Vec<Symbol> {
    for raw in &mut found {
        split_path(family, text, raw);
    }
    let mut found = merged(found);
    match family {
        Family::C => end_at_next(text, &mut found),
        Family::Haskell => found = extents::joined(text, found),
        Family::OCaml => {
            found.iter_mut().for_each(|raw| raw.extent.start = extents::led_by_word(text, raw.extent.start))
        }
        _ => {}
    }
    let mut out: Vec<Symbol> = Vec::with_capacity(found.len());
    // Open regions: their extent, what they are, their qualified name, and their symbol.
    let mut open: Vec<Open> = Vec::new();
    let mut members = HashSet::new();
    for raw in found {
        while open.last().is_some_and(|region| region.extent.end <= raw.extent.start) {
            open.pop();
        }
        let name = text.get(raw.name.clone()).unwrap_or_default().trim();
        if raw.what == What::Local {
            open.push(Open { what: What::Local, path: String::new(), symbol: None, name: 0..0, extent: raw.extent });
            continue;
        }
        if name.is_empty() || matches!(name, "_") {
            continue;
        }
        let mut parent = open.iter().rposition(|region| region.holds(&raw));
        let local = open.iter().rev().take_while(|region| !region.is_type()).any(|region| region.what == What::Local);
        let mut kind = match raw.what {
            What::Definition(kind) => kind,
            _ => Kind::Module,
        };
        if local && matches!(kind, Kind::Variable | Kind::Constant | Kind::Declaration | Kind::Property) {
            continue;
        }
        // Parameters that are declared between a function's head and its body, as in the first C.
        if family == Family::C && kind == Kind::Variable && parent.is_some_and(|at| open[at].is_callable()) {
            continue;
        }
        let by_assignment = matches!(family, Family::Python | Family::JavaScript | Family::Ruby | Family::Php);
        if by_assignment && kind == Kind::Field && parent.is_some_and(|at| open[at].is_callable()) {
            parent = open.iter().rposition(Open::is_type);
            if parent.is_none() || !members.insert((parent.and_then(|at| open[at].symbol), name.to_owned())) {
                continue;
            }
        }
        let qualifier = raw.qualifier.clone().and_then(|range| qualifier(&text[range]));
        let in_type = parent.is_some_and(|at| open[at].is_type());
        kind = placed(kind, in_type, qualifier.as_deref());
        if kind == Kind::Method
            && is_constructor(family, name, parent.map(|at| open[at].path.as_str()), qualifier.as_deref())
        {
            kind = Kind::Constructor;
        }
        let mut path = parent.map(|at| open[at].path.clone()).unwrap_or_default();
        for part in qualifier.as_deref().into_iter().chain([name]) {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(part);
        }
        let symbol = parent.and_then(|at| open[at].symbol);
        if raw.what == What::Scope {
            open.push(Open { what: raw.what, path, symbol, name: raw.name, extent: raw.extent });
            continue;
        }
        // Ruby's modules have methods as classes do.
        let is_type = family == Family::Ruby && kind == Kind::Module;
        let head_text = text.get(raw.extent.clone()).unwrap_or_default();
        let (from, doc) = head::above(family, lines, lines.line(raw.extent.start), head_text);
        open.push(Open {
            what: if is_type { What::Scope } else { What::Definition(kind) },
            path: path.clone(),
            symbol: Some(out.len()),
            name: raw.name.clone(),
            extent: raw.extent.clone(),
        });
        out.push(Symbol {
            name: name.to_owned(),
            kind,
            offset: raw.name.start,
            extent: raw.extent.clone(),
            line: lines.line(raw.name.start),
            from,
            to: lines.line(raw.extent.end.saturating_sub(1).max(raw.name.start)),
            column: lines.column(raw.name.start),
            parent: symbol,
            qualified: path,
            signature: head::signature(family, head_text),
            doc,
        });
    }
    out
}

/// A region that may hold later definitions.
struct Open {
    what: What,
    path: String,
    symbol: Option<usize>,
    name: Range<usize>,
    extent: Range<usize>,
}

impl Open {
    fn is_type(&self) -> bool {
        matches!(
            self.what,
            What::Scope
                | What::Definition(
                    Kind::Class | Kind::Struct | Kind::Enum | Kind::Union | Kind::Interface | Kind::Trait
                )
        )
    }

    fn is_callable(&self) -> bool {
        matches!(self.what, What::Definition(Kind::Function | Kind::Method | Kind::Constructor))
    }

    fn holds(&self, raw: &Raw) -> bool {
        let inside =
            self.extent.start <= raw.extent.start && raw.extent.end <= self.extent.end && self.extent != raw.extent;
        inside
            && match self.what {
                What::Local | What::Definition(Kind::Declaration | Kind::Macro) => false,
                // `struct { int x; } name;` in C: the name comes last, and x is not inside `name`.
                What::Definition(
                    Kind::Variable | Kind::Constant | Kind::Field | Kind::Property | Kind::Type | Kind::EnumMember,
                )
                | What::Definition(Kind::Function | Kind::Method | Kind::Constructor | Kind::Module) => {
                    self.name.end <= raw.extent.start
                }
                What::Scope | What::Definition(_) => true,
            }
    }
}

/// Joins what several patterns say about one name, and sorts outer before inner.
fn merged(mut found: Vec<Raw>) -> Vec<Raw> {
    found.sort_by_key(|raw| (raw.what == What::Local, raw.name.start, raw.rank, raw.extent.start));
    let mut out: Vec<Raw> = Vec::with_capacity(found.len());
    for raw in found {
        match out.last_mut() {
            Some(last) if last.what != What::Local && raw.what != What::Local && last.name.start == raw.name.start => {
                // A name that one pattern makes a scope's and another a definition's is two things.
                if (last.what == What::Scope) == (raw.what == What::Scope) {
                    last.extent = last.extent.start.min(raw.extent.start)..last.extent.end.max(raw.extent.end);
                    last.qualifier = last.qualifier.take().or(raw.qualifier);
                }
            }
            _ => out.push(raw),
        }
    }
    out.sort_by_key(|raw| (raw.extent.start, Reverse(raw.extent.end), raw.name.start));
    out
}

/// Ends functions where another begins at the start of a line: C's functions hold none, the parse lost a bracket.
fn end_at_next(text: &str, found: &mut [Raw]) {
    let function = |raw: &Raw| raw.what == What::Definition(Kind::Function);
    // Functions and blocks that are still open.
    let mut open: Vec<usize> = Vec::new();
    for at in 0..found.len() {
        let start = found[at].extent.start;
        open.retain(|outer| found[*outer].extent.end > start);
        let outer = open.iter().copied().find(|outer| function(&found[*outer]));
        let first_column = start == 0 || text.as_bytes()[start - 1] == b'\n';
        if let Some(outer) = outer.filter(|_| function(&found[at]) && first_column) {
            let head = found[outer].name.end.min(start);
            let end = text[head..start].find("\n}").map_or(start, |brace| head + brace + 2);
            for inside in &mut found[outer..at] {
                inside.extent.end = inside.extent.end.min(end.max(inside.extent.start));
            }
            open.clear();
        }
        if function(&found[at]) || found[at].what == What::Local {
            open.push(at);
        }
    }
}

/// `a::b::c` as a name: the path goes to the qualifier.
fn split_path(family: Family, text: &str, raw: &mut Raw) {
    match family {
        // The name ends where its value begins: `alias x=y`.
        Family::Shell => raw.name.end -= usize::from(text[raw.name.clone()].ends_with('=')),
        // A symbol names a method without its colon.
        Family::Ruby => raw.name.start += usize::from(text[raw.name.clone()].starts_with(':')),
        Family::Elixir => {
            let name = &text[raw.name.clone()];
            let (start, end) =
                (name.len() - name.trim_start_matches(':').len(), name.trim_end_matches([':', ' ']).len());
            raw.name = raw.name.start + start..raw.name.start + end.max(start);
            let name = &text[raw.name.clone()];
            if let Some(dot) = name.rfind('.').filter(|dot| name.starts_with(char::is_uppercase) && *dot > 0) {
                raw.qualifier = Some(raw.name.start..raw.name.start + dot);
                raw.name.start += dot + 1;
            }
            return;
        }
        _ => {}
    }
    if matches!(family, Family::Haskell | Family::OCaml | Family::Scala | Family::Swift | Family::Shell) {
        return;
    }
    let Some(name) = text.get(raw.name.clone()) else { return };
    let mut depth = 0;
    let bytes = name.as_bytes();
    let mut cut = None;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'<' if !name[..at].ends_with("operator") => depth += 1,
            b'>' => depth -= 1,
            b':' if depth <= 0 && bytes.get(at + 1) == Some(&b':') => cut = Some(at),
            b'(' => break,
            _ => {}
        }
    }
    if let Some(cut) = cut {
        let start = raw.name.start;
        raw.qualifier = Some(start..start + cut);
        let rest = &name[cut + 2..];
        raw.name.start = start + cut + 2 + (rest.len() - rest.trim_start().len());
    }
    // `Foo<int>` as a class name is a specialisation of Foo.
    let name = &text[raw.name.clone()];
    if let Some(at) = name.find('<').filter(|at| *at > 0 && !name.starts_with("operator")) {
        raw.name.end = raw.name.start + name[..at].trim_end().len();
    }
}

/// A qualifier as it stands in qualified names: dots, no type arguments, nothing that is no type or object.
fn qualifier(text: &str) -> Option<String> {
    let mut plain = String::new();
    let mut depth = 0;
    for c in text.chars() {
        match c {
            '<' => depth += 1,
            '>' => depth -= 1,
            _ if depth > 0 || c.is_whitespace() => {}
            c => plain.push(c),
        }
    }
    let plain = plain.replace("::", ".").replace(".prototype", "");
    let plain = plain.trim_matches('.').trim_start_matches("this.").trim_start_matches("module.");
    let simple = plain.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '$'));
    (simple && !plain.is_empty() && !matches!(plain, "this" | "exports" | "module")).then(|| plain.to_owned())
}

/// The kind of a definition, given where it stands.
fn placed(kind: Kind, in_type: bool, qualifier: Option<&str>) -> Kind {
    match kind {
        Kind::Function if in_type || qualifier.is_some() => Kind::Method,
        Kind::Variable if in_type => Kind::Field,
        kind => kind,
    }
}

fn is_constructor(family: Family, name: &str, parent: Option<&str>, qualifier: Option<&str>) -> bool {
    let last = |path: &str| path.rsplit('.').next() == Some(name);
    match family {
        Family::Python => name == "__init__",
        Family::JavaScript => name == "constructor",
        Family::C => qualifier.or(parent).is_some_and(last),
        Family::Ruby => name == "initialize",
        Family::Php => name == "__construct",
        // Constructors of the others have a syntax of their own, or none.
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Budget, Language, extract};

    #[test]
    fn a_lost_bracket_does_not_swallow_the_functions_behind_it() {
        let text = "static void a(void)\n{\n\tif (x) {\n}\n\nint global;\n\nstatic int b(int x)\n{\n\treturn 0;\n}\n\nint c(void)\n{\n}\n";
        let found = extract(Language::of("a.c").unwrap(), text, &Budget::default());
        let shown: Vec<String> =
            found.symbols.iter().map(|symbol| format!("{} {}-{}", symbol.qualified, symbol.from, symbol.to)).collect();
        assert_eq!(shown, ["a 1-4", "global 6-6", "b 8-11", "c 13-15"]);
    }
}
