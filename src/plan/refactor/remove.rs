//! A symbol that nothing uses goes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use tree_sitter::Node;

use crate::graph::meaning::{Program, Role, Source, Spot, Use, uses};
use crate::plan::Gone;
use crate::syntax::{Family, Symbol};

use super::asked::{find, symbol_at};
use super::edits::{Edits, doubt};
use super::imports::entries::{Entry, drop_entries, entries};
use super::imports::rust::{drop_element, is_attached};
use super::relocate::with_blank_lines;
use super::{Asked, Done, Plan, PlanError, Tools, all_or_nothing, refused};

/// Uses that a refusal lists.
const LISTED: usize = 20;

/// Removes a symbol, and all that has its name together with it, with the lines that import and export it.
///
/// # Errors
/// When code uses it, or it is not known which symbol is meant.
pub fn remove_dead(plan: &mut Plan, tools: Tools, asked: &Asked) -> Result<Done, PlanError> {
    all_or_nothing(plan, |plan| {
        let snapshot = plan.snapshot();
        let program = Program::new(&snapshot, tools.symbols, tools.cancel)?;
        let spot = find(&program, tools, asked)?;
        removed(plan, &program, &spot)
    })
}

fn removed(plan: &mut Plan, program: &Program, spot: &Spot) -> Result<Done, PlanError> {
    let found = uses(program, spot)?;
    let word = &found.word;
    if let Some(why) = &found.kin.bound {
        return refused(format!("{word} cannot be removed: {why}"));
    }
    let mut done = Done { notes: found.kin.doubts.clone(), ..Done::default() };
    let mut edits = Edits::default();
    let mut extents: BTreeMap<String, Vec<Range<usize>>> = BTreeMap::new();
    for member in &found.kin.members {
        let (Some(symbol), Some(source)) = (symbol_at(program, member), program.source(&member.path)) else {
            return refused(format!("{word} is a local; take it out by hand"));
        };
        let extent = extent(&source, &symbol)?;
        extents.entry(member.path.clone()).or_default().push(extent);
        record(plan, &symbol, &member.path);
    }
    let inside = |place: &Use| {
        extents.get(&place.path).is_some_and(|all| all.iter().any(|extent| extent.contains(&place.range.start)))
    };
    let mut used: Vec<&Use> = Vec::new();
    for place in found.places.iter().filter(|place| place.role == Role::Code && !inside(place)) {
        if place.doubt.is_none() && !is_listed(program, place) {
            used.push(place);
        }
    }
    if !used.is_empty() {
        let mut list: Vec<String> =
            used.iter().take(LISTED).map(|place| format!("{}:{} `{}`", place.path, place.line, place.text)).collect();
        if used.len() > LISTED {
            list.push(format!("and {} more", used.len() - LISTED));
        }
        return refused(format!("{word} is used: {}", list.join(", ")));
    }
    for place in found.places.iter().filter(|place| !inside(place)) {
        match (&place.role, &place.doubt) {
            (Role::Code, None) => take_out(program, place, &mut edits),
            (_, Some(why)) => doubt(plan, &place.path, &place.range, None, why.clone()),
            (_, None) => doubt(plan, &place.path, &place.range, None, format!("it speaks of {word}, which is removed")),
        }
    }
    for (path, all) in &extents {
        let Some(source) = program.source(path) else { continue };
        for extent in all {
            let stays_empty = leaves_nothing(&source, extent);
            match stays_empty {
                true => edits.replace(path, extent.clone(), "pass"),
                false => edits.delete(path, with_blank_lines(&source.text, extent)),
            }
        }
        let rest: usize = source.text.len() - all.iter().map(|extent| extent.len()).sum::<usize>();
        if rest == 0 || without(&source.text, all).trim().is_empty() {
            done.notes.push(format!("{path} has nothing left in it"));
        }
    }
    done.edits = edits.count();
    done.files = edits.paths().collect::<BTreeSet<_>>().len();
    edits.apply(plan)?;
    Ok(done)
}

fn without(text: &str, extents: &[Range<usize>]) -> String {
    let kept = |at: &usize| !extents.iter().any(|extent| extent.contains(at));
    text.char_indices().filter(|(at, _)| kept(at)).map(|(_, c)| c).collect()
}

fn record(plan: &mut Plan, symbol: &Symbol, path: &str) {
    let step = plan.current();
    plan.takes_away(Gone {
        step,
        name: symbol.name.clone(),
        qualified: symbol.qualified.clone(),
        path: path.to_owned(),
        renamed: None,
        moved: None,
    });
}

/// The bytes of a definition with its comments, attributes and decorators.
fn extent(source: &Source, symbol: &Symbol) -> Result<Range<usize>, PlanError> {
    let root = source.tree.tree.root_node();
    let at = symbol.offset..symbol.offset + symbol.name.len();
    let Some(leaf) = root.descendant_for_byte_range(at.start, at.end) else { return Ok(symbol.extent.clone()) };
    // The outermost node that begins and ends with the definition.
    let around = std::iter::successors(Some(leaf), |node| node.parent());
    let mut own = around
        .take_while(|node| node.parent().is_some())
        .find(|node| node.start_byte() <= symbol.extent.start && symbol.extent.end <= node.end_byte())
        .unwrap_or(leaf);
    while let Some(parent) = own.parent() {
        let wraps = match parent.kind() {
            "export_statement" | "decorated_definition" | "expression_statement" | "ambient_declaration" => true,
            "lexical_declaration" | "variable_declaration" => {
                if parent.named_child_count() > 1 {
                    let line = symbol.line;
                    return refused(format!(
                        "{}:{line}: {} is declared together with others; split the declaration first",
                        source.path, symbol.name
                    ));
                }
                true
            }
            _ => false,
        };
        if !wraps {
            break;
        }
        own = parent;
    }
    let mut start = own.start_byte();
    for before in std::iter::successors(own.prev_named_sibling(), |node| node.prev_named_sibling()) {
        let gap = source.text.get(before.end_byte()..start).unwrap_or_default();
        let comment = before.kind().contains("comment")
            && begins_line(&source.text, before)
            && !source.text[before.byte_range()].starts_with("//!");
        if !(comment || is_attached(source, before)) || gap.matches('\n').count() > 1 {
            break;
        }
        start = before.start_byte();
    }
    let mut end = own.end_byte();
    let rest = &source.text[end..];
    // A field's comma, a member's semicolon.
    if rest.starts_with([',', ';']) {
        end += 1;
    }
    Ok(start..end)
}

fn begins_line(text: &str, node: Node) -> bool {
    let start = text[..node.start_byte()].rfind('\n').map_or(0, |at| at + 1);
    text[start..node.start_byte()].trim().is_empty()
}

/// Whether a place is a name in an import or export, which goes with the definition.
fn is_listed(program: &Program, place: &Use) -> bool {
    let Some(source) = program.source(&place.path) else { return false };
    let root = source.tree.tree.root_node();
    let leaf = root.descendant_for_byte_range(place.range.start, place.range.end);
    std::iter::successors(leaf, |node| node.parent()).take(8).any(|node| {
        let own = &source.text[node.byte_range()];
        match node.kind() {
            "import_statement" | "import_from_statement" | "use_declaration" => true,
            "export_clause" => true,
            "assignment" => own.starts_with("__all__"),
            _ => false,
        }
    })
}

/// Takes a name out of an import, an export list or `__all__`.
fn take_out(program: &Program, place: &Use, edits: &mut Edits) {
    let Some(source) = program.source(&place.path) else { return };
    let all = entries(program, &source);
    let here: Vec<&Entry> = all
        .iter()
        .filter(|entry| entry.element.start <= place.range.start && place.range.end <= entry.element.end)
        .collect();
    let root = source.tree.tree.root_node();
    let Some(leaf) = root.descendant_for_byte_range(place.range.start, place.range.end) else { return };
    if let [entry] = here[..] {
        let beside = all.iter().filter(|other| other.statement == entry.statement).count();
        if source.family == Family::Rust && beside > 1 {
            let element = root.descendant_for_byte_range(entry.element.start, entry.element.end).unwrap_or(leaf);
            drop_element(&source, element, edits);
        } else {
            drop_entries(&source, &all, &[entry], edits);
        }
        return;
    }
    let element = std::iter::successors(Some(leaf), |node| node.parent()).find(|node| {
        node.parent().is_some_and(|parent| matches!(parent.kind(), "list" | "tuple" | "export_clause" | "use_list"))
    });
    if let Some(element) = element {
        drop_element(&source, element, edits);
    }
}

/// Whether a Python block would be empty.
fn leaves_nothing(source: &Source, extent: &Range<usize>) -> bool {
    if source.family != Family::Python {
        return false;
    }
    let root = source.tree.tree.root_node();
    let node = root.descendant_for_byte_range(extent.start, extent.end);
    let block = std::iter::successors(node, |node| node.parent()).find(|node| node.kind() == "block");
    block.is_some_and(|block| {
        let mut cursor = block.walk();
        block
            .named_children(&mut cursor)
            .all(|child| extent.start <= child.start_byte() && child.end_byte() <= extent.end)
    })
}

#[cfg(test)]
mod tests {
    use crate::plan::refactor::tests::check;

    use super::*;

    fn gone(before: &str, name: &str, after: &str) {
        check(before, |plan, tools| remove_dead(plan, tools, &Asked::new(name)), after);
    }

    #[test]
    fn with_imports_and_exports() {
        gone(
            "== a.py\n__all__ = [\"f\", \"g\"]\n\n\n# Says.\n@deco\ndef f():\n    return f()\n\n\ndef g():\n    pass\n== b.py\nfrom a import f\nfrom a import f as h, g\n\ng()\n",
            "f",
            "== a.py\n__all__ = [\"g\"]\n\n\ndef g():\n    pass\n== b.py\nfrom a import g\n\ng()\n",
        );
        gone(
            "== a.ts\n/** Doc. */\nexport const f = () => 1;\n\nexport function g() {}\n== b.ts\nexport { f, g } from './a';\nimport { f } from './a';\n",
            "f",
            "== a.ts\nexport function g() {}\n== b.ts\nexport { g } from './a';\n",
        );
    }

    #[test]
    fn what_is_left_stays_whole() {
        gone("== a.py\nclass A:\n    def f(self):\n        pass\n", "A.f", "== a.py\nclass A:\n    pass\n");
        gone(
            "== a.rs\nstruct S {\n    a: u8,\n    /// Doc.\n    #[x]\n    b: u8,\n}\n",
            "S.b",
            "== a.rs\nstruct S {\n    a: u8,\n}\n",
        );
        gone("== a.rs\n//! A.\n\n/// Doc.\nfn f() {}\n\nfn g() {}\n", "f", "== a.rs\n//! A.\n\nfn g() {}\n");
    }

    #[test]
    fn what_is_used_stays() {
        gone("== a.py\ndef f():\n    pass\n\n\nf()\n", "f", "!! f is used: a.py:5 `f()`\n");
    }
}
