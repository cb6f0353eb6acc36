//! One call becomes another, across the tree.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use tree_sitter::Node;

use crate::graph::meaning::{Program, Role, Source, Spot, Use, uses};
use crate::syntax::{Family, Kind};

use super::asked::{find, symbol_at};
use super::edits::{Edits, doubt};
use super::imports::entries::{add, entries, from_file, plain};
use super::{Asked, Done, Plan, PlanError, Tools, all_or_nothing, refused};

/// A part of what a call becomes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Text(String),
    /// An argument by its position, from 1.
    Argument(usize),
    /// All arguments.
    Arguments,
    /// What the method is called on.
    Receiver,
}

/// Replaces the calls of a symbol by a template: `other($1, $2)`, `$recv.other($...)`. Arguments are kept byte for byte.
///
/// # Errors
/// When it is not known which symbol is meant, or the template is none.
pub fn replace_calls(plan: &mut Plan, tools: Tools, asked: &Asked, template: &str) -> Result<Done, PlanError> {
    all_or_nothing(plan, |plan| {
        let parts = parsed(template)?;
        let snapshot = plan.snapshot();
        let program = Program::new(&snapshot, tools.symbols, tools.cancel)?;
        let spot = find(&program, tools, asked)?;
        let target = target(&program, tools, &parts);
        replaced(plan, &program, &spot, &parts, target.as_ref())
    })
}

fn parsed(template: &str) -> Result<Vec<Part>, PlanError> {
    let mut parts: Vec<Part> = Vec::new();
    let mut rest = template.trim();
    if rest.is_empty() || rest.contains('\n') {
        return refused("the new call is one line, such as other($1, $2)");
    }
    if !is_closed(rest) {
        return refused(format!("the brackets of {rest:?} do not close; write one call, such as other($1, $2)"));
    }
    while let Some(at) = rest.find('$') {
        let (before, behind) = (&rest[..at], &rest[at + 1..]);
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        let digits = behind.len() - behind.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if let Some(after) = behind.strip_prefix("...") {
            parts.push(Part::Arguments);
            rest = after;
        } else if let Some(after) = behind.strip_prefix("recv") {
            parts.push(Part::Receiver);
            rest = after;
        } else if let Some(number) = behind[..digits].parse().ok().filter(|number| *number > 0) {
            parts.push(Part::Argument(number));
            rest = &behind[digits..];
        } else {
            return refused(format!(
                "${}: there are $1, $2, $... and $recv",
                behind.chars().take(10).collect::<String>()
            ));
        }
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(parts)
}

/// Whether every bracket of a template closes, apart from those in quotes.
fn is_closed(template: &str) -> bool {
    let (mut open, mut rest) = (Vec::new(), template.chars());
    while let Some(c) = rest.next() {
        match c {
            // A quote without a second one is none: a lifetime, an apostrophe in a comment.
            '"' | '\'' | '`' => {
                let mut inside = rest.clone();
                if inside.any(|other| other == c) {
                    rest = inside;
                }
            }
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            ')' | ']' | '}' if open.pop() != Some(c) => return false,
            _ => {}
        }
    }
    open.is_empty()
}

/// The top-level symbol of the repository that the template calls, when there is one.
fn target(program: &Program, tools: Tools, parts: &[Part]) -> Option<Spot> {
    let Some(Part::Text(first)) = parts.first() else { return None };
    let name: String = first.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let spot = find(program, tools, &Asked::new(&name)).ok()?;
    let symbol = symbol_at(program, &spot)?;
    let top = symbol.parent.is_none() && symbol.qualified == symbol.name && symbol.kind != Kind::Macro;
    (top && first[name.len()..].trim_start().starts_with(['(', '<', '.', ':'])).then_some(spot)
}

/// The module before the name that a template calls, where a file does not import it.
fn unbound<'p>(program: &Program, source: &Source, parts: &'p [Part]) -> Option<&'p str> {
    let Some(Part::Text(first)) = parts.first() else { return None };
    let head = &first[..first.find(|c: char| !(c.is_alphanumeric() || c == '_'))?];
    let owns = first[head.len()..].starts_with('.') && !["", "self", "cls", "this", "super"].contains(&head);
    let known = |entry: &super::imports::entries::Entry| entry.local.split('.').next() == Some(head);
    let own = || source.symbols.symbols.iter().any(|symbol| symbol.parent.is_none() && symbol.name == head);
    let asked = matches!(source.family, Family::Python | Family::JavaScript) && owns;
    (asked && !own() && !entries(program, source).iter().any(known)).then_some(head)
}

/// What the template calls, when the repository has no such name.
fn unknown(program: &Program, parts: &[Part]) -> Result<Option<String>, PlanError> {
    let texts = parts.iter().filter_map(|part| if let Part::Text(text) = part { Some(text) } else { None });
    let Some(called) = texts.filter_map(|text| text.split_once('(')).map(|(called, _)| called).next() else {
        return Ok(None);
    };
    let name = called.rsplit(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$'))).next().unwrap_or_default();
    let known = name.is_empty() || !program.defined(name)?.is_empty();
    Ok((!known).then(|| name.to_owned()))
}

fn replaced(
    plan: &mut Plan,
    program: &Program,
    spot: &Spot,
    parts: &[Part],
    target: Option<&Spot>,
) -> Result<Done, PlanError> {
    let found = uses(program, spot)?;
    let mut edits = Edits::default();
    let mut importing: BTreeSet<&str> = BTreeSet::new();
    let mut calls: BTreeMap<&str, Vec<Call>> = BTreeMap::new();
    for place in found.places.iter().filter(|place| place.role == Role::Code) {
        let Some(source) = program.source(&place.path) else { continue };
        match call(&source, &place.range) {
            Some(call) => calls.entry(&place.path).or_default().push(Call { place: place.clone(), ..call }),
            None if is_import(&source, &place.range) => {}
            None => doubt(plan, &place.path, &place.range, None, "it is not called here"),
        }
    }
    for (path, mut all) in calls {
        let Some(source) = program.source(path) else { continue };
        // An argument may have such a call in it, which is replaced inside of its text.
        all.sort_by_key(|call| (call.whole.start, std::cmp::Reverse(call.whole.end)));
        let mut outer: Option<Range<usize>> = None;
        for at in 0..all.len() {
            let whole = all[at].whole.clone();
            if outer.as_ref().is_some_and(|outer| whole.start < outer.end) {
                continue;
            }
            let inside = &all[at..];
            match text(&source, inside, parts) {
                Ok(new) if all[at].place.doubt.is_none() => {
                    outer = Some(whole.clone());
                    edits.replace(path, whole, new);
                    importing.insert(path);
                }
                Ok(new) => {
                    let why = all[at].place.doubt.clone().unwrap_or_default();
                    doubt(plan, path, &whole, Some(new), why);
                }
                Err(why) => {
                    outer = None;
                    doubt(plan, path, &whole, None, why);
                }
            }
        }
    }
    let mut done = Done { edits: edits.count(), ..Done::default() };
    if done.edits == 0 && plan.doubts().is_empty() {
        return refused(format!("{} is called nowhere", found.word));
    }
    if let Some(name) = unknown(program, parts)? {
        done.notes
            .push(format!("nothing in the repository is called {name}: see that it is there for whoever calls it now"));
    }
    for path in &importing {
        let Some(source) = program.source(path) else { continue };
        if let Some(head) = unbound(program, &source, parts) {
            doubt(plan, path, &(0..0), None, format!("{head} of the new call is not known in this file: import it"));
        }
    }
    if let Some(target) = target {
        import(plan, program, target, &importing, &mut edits);
    }
    done.files = edits.paths().count();
    edits.apply(plan)?;
    Ok(done)
}

/// A call: what is replaced, what it is made on, and its arguments.
struct Call {
    place: Use,
    whole: Range<usize>,
    receiver: Option<Range<usize>>,
    arguments: Vec<Range<usize>>,
    /// The text between the parentheses.
    list: Range<usize>,
}

/// The call whose function a name is.
fn call(source: &Source, range: &Range<usize>) -> Option<Call> {
    let root = source.tree.tree.root_node();
    let leaf = root.descendant_for_byte_range(range.start, range.end)?;
    let mut function = leaf;
    let mut receiver = None;
    while let Some(parent) = function.parent() {
        let named = ["name", "field", "property", "attribute"];
        let owns = named
            .iter()
            .any(|field| parent.child_by_field_name(field).is_some_and(|child| child.id() == function.id()));
        let turbofish = parent.kind() == "generic_function";
        if !(owns
            && !parent.kind().contains("definition")
            && !parent.kind().contains("declar")
            && !parent.kind().ends_with("_item")
            || turbofish)
        {
            break;
        }
        let object =
            ["value", "object", "argument", "operand"].iter().find_map(|field| parent.child_by_field_name(field));
        receiver = object
            .filter(|object| object.end_byte() <= leaf.start_byte())
            .map(|object| object.byte_range())
            .or(receiver);
        function = parent;
    }
    let call = function
        .parent()
        .filter(|call| matches!(call.kind(), "call" | "call_expression" | "method_invocation" | "new_expression"))?;
    let called = ["function", "constructor", "name"].iter().find_map(|field| call.child_by_field_name(field))?;
    if called.id() != function.id() && call.id() != function.id() {
        return None;
    }
    let list = call.child_by_field_name("arguments")?;
    let mut cursor = list.walk();
    let arguments: Vec<Range<usize>> = list
        .named_children(&mut cursor)
        .filter(|argument| !argument.kind().contains("comment"))
        .map(|argument| argument.byte_range())
        .collect();
    let place = Use {
        path: String::new(),
        range: range.clone(),
        line: 0,
        text: String::new(),
        role: Role::Code,
        shape: crate::graph::meaning::Shape::Plain,
        doubt: None,
    };
    let list = list.start_byte() + 1..list.end_byte().saturating_sub(1);
    Some(Call { place, whole: call.byte_range(), receiver, arguments, list })
}

fn is_import(source: &Source, range: &Range<usize>) -> bool {
    let leaf = source.tree.tree.root_node().descendant_for_byte_range(range.start, range.end);
    std::iter::successors(leaf, |node| node.parent()).any(|node| {
        matches!(node.kind(), "import_statement" | "import_from_statement" | "use_declaration" | "export_clause")
    })
}

/// What a call becomes. `calls`: it, and those that begin behind its start.
fn text(source: &Source, calls: &[Call], parts: &[Part]) -> Result<String, String> {
    let Some((own, later)) = calls.split_first() else { return Ok(String::new()) };
    let kept = |range: &Range<usize>| -> Result<String, String> {
        let (mut out, mut at) = (String::new(), range.start);
        for (index, inner) in later.iter().enumerate() {
            let is_inside = at <= inner.whole.start && inner.whole.end <= range.end && inner.place.doubt.is_none();
            if is_inside && let Ok(new) = text(source, &later[index..], parts) {
                out.push_str(&source.text[at..inner.whole.start]);
                out.push_str(&new);
                at = inner.whole.end;
            }
        }
        Ok(out + &source.text[at..range.end])
    };
    let spread = |range: &Range<usize>| {
        let text = &source.text[range.clone()];
        text.starts_with(['*']) && source.family == Family::Python || text.starts_with("...")
    };
    let named = |range: &Range<usize>| {
        let node = source.tree.at(range);
        node.is_some_and(|node| node.kind() == "keyword_argument")
    };
    let mut out = String::new();
    let mut seen: BTreeSet<&Part> = BTreeSet::new();
    for part in parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Argument(number) => {
                if own.arguments.iter().take(*number).any(|range| spread(range) || named(range)) {
                    return Err(format!("which argument is ${number} is not known: there are spread or named ones"));
                }
                let Some(range) = own.arguments.get(number - 1) else {
                    return Err(format!("it has no argument {number}"));
                };
                if !seen.insert(part) && acts(source, range) {
                    return Err(format!("${number} would be evaluated twice, and it does something"));
                }
                out.push_str(&kept(range)?);
            }
            Part::Arguments => {
                let list = kept(&own.list)?;
                // `f(a, $...)` without arguments leaves no comma.
                if list.trim().is_empty() {
                    out.truncate(out.trim_end().trim_end_matches(',').len());
                }
                out.push_str(&list);
            }
            Part::Receiver => {
                let Some(range) = &own.receiver else { return Err("it is called on nothing here".to_owned()) };
                if !seen.insert(part) && acts(source, range) {
                    return Err("what it is called on would be evaluated twice, and it does something".to_owned());
                }
                out.push_str(&kept(range)?);
            }
        }
    }
    let used: BTreeSet<usize> = parts
        .iter()
        .filter_map(|part| match part {
            Part::Argument(number) => Some(*number),
            _ => None,
        })
        .collect();
    let lost = (1..=own.arguments.len()).filter(|number| !used.contains(number) && !parts.contains(&Part::Arguments));
    for number in lost {
        if acts(source, &own.arguments[number - 1]) || used.iter().all(|used| *used < number) && !used.is_empty() {
            return Err(format!("argument {number} would be lost"));
        }
    }
    Ok(out)
}

/// Whether evaluating a text may do something.
fn acts(source: &Source, range: &Range<usize>) -> bool {
    let Some(node) = source.tree.at(range) else { return true };
    let mut found = false;
    crate::syntax::walk(node, |cursor| {
        let node: Node = cursor.node();
        found |= ["call", "await", "yield", "macro", "assign", "update", "new_expression", "named_expression", "try"]
            .iter()
            .any(|kind| node.kind().contains(kind));
        !found
    });
    found
}

/// Imports what the new call names into the files that do not have it.
fn import(plan: &mut Plan, program: &Program, target: &Spot, files: &BTreeSet<&str>, edits: &mut Edits) {
    let Some(symbol) = symbol_at(program, target) else { return };
    for path in files.iter().filter(|path| **path != target.path) {
        let Some(source) = program.source(path) else { continue };
        let known = entries(program, &source).iter().any(|entry| entry.local == symbol.name);
        let own = source.symbols.symbols.iter().any(|other| other.parent.is_none() && other.name == symbol.name);
        match source.family {
            _ if known => {}
            Family::Rust | Family::JavaScript | Family::Python if !own => {
                let line =
                    from_file(program, source.family, (path, Some(&source)), &target.path, &plain(&symbol.name, false));
                add(&source, &[line], edits);
            }
            _ => {
                let why = format!("{} of {} is called here now, and is not imported", symbol.name, target.path);
                doubt(plan, path, &(0..0), None, why);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::refactor::tests::check;

    use super::*;

    fn replaced(before: &str, name: &str, template: &str, after: &str) {
        check(before, |plan, tools| replace_calls(plan, tools, &Asked::new(name), template), after);
    }

    #[test]
    fn by_position_and_all_of_them() {
        replaced(
            "== a.py\ndef old(a, b):\n    pass\n\n\ndef new(b, a):\n    pass\n== b.py\nfrom a import old\n\nold(1,  x(2))\nold(old(1, 2), 3)\nold(*y)\nz = old\n",
            "old",
            "new($2, $1)",
            "== a.py\ndef old(a, b):\n    pass\n\n\ndef new(b, a):\n    pass\n== b.py\nfrom a import old\nfrom a import new\n\nnew(x(2), 1)\n\
             new(3, new(2, 1))\nold(*y)\nz = old\n?? b.py:6 it is not called here\n\
             ?? b.py:5 which argument is $2 is not known: there are spread or named ones\n",
        );
        replaced(
            "== a.ts\nexport function f(...x) {}\nf(1, /* two */ 2);\nf();\n",
            "f",
            "g(ctx, $...)",
            "== a.ts\nexport function f(...x) {}\ng(ctx, 1, /* two */ 2);\ng(ctx);\n",
        );
    }

    #[test]
    fn nothing_is_evaluated_twice_or_lost() {
        replaced(
            "== a.js\nfunction f(a) {}\nf(x);\nf(g());\nf(x, y());\n",
            "f",
            "h($1, $1)",
            "== a.js\nfunction f(a) {}\nh(x, x);\nf(g());\nf(x, y());\n?? a.js:3 $1 would be evaluated twice, and it does something\n\
             ?? a.js:4 argument 2 would be lost\n",
        );
    }

    #[test]
    fn methods_keep_what_they_are_called_on() {
        replaced(
            "== a.rs\nstruct S;\nimpl S {\n    fn old(&self, x: u8) {}\n}\nfn f(s: S) {\n    s.old(1);\n}\n",
            "S::old",
            "$recv.inner().new($...)",
            "== a.rs\nstruct S;\nimpl S {\n    fn old(&self, x: u8) {}\n}\nfn f(s: S) {\n    s.inner().new(1);\n}\n",
        );
    }

    #[test]
    fn a_module_that_a_file_does_not_import_is_told() {
        replaced(
            "== a.py\ndef old(x):\n    pass\n== b.py\nimport u\nfrom a import old\n\nold(1)\n== c.py\nfrom a import old\n\nold(1)\n\
             == u.py\ndef new(x):\n    pass\n",
            "old",
            "u.new($1)",
            "== a.py\ndef old(x):\n    pass\n== b.py\nimport u\nfrom a import old\n\nu.new(1)\n== c.py\nfrom a import old\n\nu.new(1)\n\
             == u.py\ndef new(x):\n    pass\n?? c.py:1 u of the new call is not known in this file: import it\n",
        );
    }

    #[test]
    fn a_new_name_that_is_nowhere_is_told() {
        for (template, notes) in [("gone($1)", 1), ("$1.gone()", 1), ("there($1)", 0)] {
            let (_tree, mut plan) =
                super::super::tests::world("== a.py\ndef old(x):\n    pass\n\n\ndef there(x):\n    pass\n\n\nold(1)\n");
            let (symbols, cancel) = (crate::graph::Symbols::new(1 << 20), crate::cancel::Cancel::new());
            let done =
                replace_calls(&mut plan, Tools { symbols: &symbols, cancel: &cancel }, &Asked::new("old"), template);
            assert_eq!(done.unwrap().notes.len(), notes, "{template}");
        }
    }

    #[test]
    fn templates_that_are_none() {
        replaced("== a.py\ndef f():\n    pass\n", "f", "g($x)", "!! $x): there are $1, $2, $... and $recv\n");
        replaced("== a.py\ndef f():\n    pass\n", "f", "g($1)", "!! f is called nowhere\n");
        for template in ["$1(((", "g($1))", "g([$1)", "g($1, '('", "{"] {
            let why = format!("!! the brackets of {template:?} do not close; write one call, such as other($1, $2)\n");
            replaced("== a.py\ndef f(x):\n    pass\n\n\nf(1)\n", "f", template, &why);
        }
        let before = "== a.py\ndef f(x):\n    pass\n\n\n";
        for template in ["print('(', \")\", $1)", "print({'a': [$1]})"] {
            let after = format!("{before}{}\n", template.replace("$1", "1"));
            replaced(&format!("{before}f(1)\n"), "f", template, &after);
        }
    }
}
