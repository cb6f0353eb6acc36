//! How imports stand in a file: several names of one module in one statement, and Rust's in the order of rustfmt.

use std::ops::Range;

use crate::graph::meaning::Source;
use crate::plan::refactor::edits::Edits;
use crate::syntax::Family;

use super::entries::line;

/// A statement taken apart: what stands before its one name, the name, and what stands behind.
fn apart(family: Family, statement: &str) -> Option<(&str, &str, &str)> {
    let parts = match family {
        Family::Python => {
            let at = statement.starts_with("from ").then(|| statement.find(" import "))?? + " import ".len();
            (&statement[..at], &statement[at..], "")
        }
        Family::Rust => {
            let path = statement.strip_suffix(';')?;
            let end = path.find(" as ").unwrap_or(path.len());
            let at = path[..end].rfind("::")? + "::".len();
            (&path[..at], &path[at..], ";")
        }
        _ => {
            let (start, end) = (statement.find("{ ")? + "{ ".len(), statement.rfind(" }")?);
            (statement.get(..start)?, statement.get(start..end)?, &statement[end..])
        }
    };
    let whole = parts.1 == "*" || statement.starts_with("from __future__") || statement.contains('\n');
    (!whole && !parts.1.contains(['{', '('])).then_some(parts)
}

/// What stands before and behind the names of a statement; `None` for one that stays alone.
type Frame<'s> = Option<(&'s str, &'s str)>;

/// The same statements, those that take names from one module as one.
pub(in crate::plan::refactor) fn merged(family: Family, statements: &[String]) -> Vec<String> {
    let mut groups: Vec<(Frame, Vec<&str>)> = Vec::new();
    for statement in statements {
        let Some((head, name, tail)) = apart(family, statement) else {
            if !groups.iter().any(|(key, all)| key.is_none() && all[0] == statement) {
                groups.push((None, vec![statement]));
            }
            continue;
        };
        match groups.iter_mut().find(|(key, _)| *key == Some((head, tail))) {
            Some((_, names)) if names.contains(&name) => {}
            Some((_, names)) => names.push(name),
            None => groups.push((Some((head, tail)), vec![name])),
        }
    }
    let one = |(key, mut names): (Option<(&str, &str)>, Vec<&str>)| match (key, &names[..]) {
        (None, names) => names.concat(),
        (Some((head, tail)), [name]) => format!("{head}{name}{tail}"),
        (Some((head, tail)), _) if family == Family::Rust => {
            names.sort_by_cached_key(|name| order(name));
            listed(head, &names, tail)
        }
        (Some((head, tail)), names) => format!("{head}{}{tail}", names.join(", ")),
    };
    groups.into_iter().map(one).collect()
}

/// A `use` of several names, in lines of at most 100 columns.
fn listed(head: &str, names: &[&str], tail: &str) -> String {
    let flat = format!("{head}{{{}}}{tail}", names.join(", "));
    if flat.chars().count() <= 100 {
        return flat;
    }
    let mut lines: Vec<String> = vec!["   ".to_owned()];
    for name in names {
        if lines.last().is_some_and(|line| line.chars().count() + name.chars().count() + 2 > 100) {
            lines.push("   ".to_owned());
        }
        if let Some(last) = lines.last_mut() {
            last.push_str(&format!(" {name},"));
        }
    }
    format!("{head}{{\n{}\n}}{tail}", lines.join("\n"))
}

/// Where rustfmt puts a path among others: `self`, `super` and `crate` first, lists last, `snake_case` before `CamelCase`.
fn order(path: &str) -> Vec<(u8, String)> {
    let (path, list) = path.split_at(path.find('{').unwrap_or(path.len()));
    let rank = |part: &str| match part {
        "self" => 0,
        "super" => 1,
        "crate" => 2,
        "*" => 6,
        _ if !part.starts_with(char::is_uppercase) => 3,
        _ if part.split(' ').next().is_some_and(|name| name.contains(char::is_lowercase)) => 4,
        _ => 5,
    };
    let parts = path.split("::").map(str::trim).filter(|part| !part.is_empty());
    let mut found: Vec<(u8, String)> = parts.map(|part| (rank(part), part.to_owned())).collect();
    if !list.is_empty() {
        found.push((7, list.to_owned()));
    }
    found
}

/// A statement's visibility, and its place by [`order`].
fn key(statement: &str) -> (&str, Vec<(u8, String)>) {
    let (before, path) = statement.split_once("use ").unwrap_or(("", statement));
    let visibility = before.rsplit('\n').next().unwrap_or_default().trim();
    (visibility, order(path.trim_end_matches(';')))
}

/// `use` statements that stand together, each with where it begins with its attributes.
struct Block<'s> {
    statements: Vec<(Range<usize>, &'s str)>,
}

impl Block<'_> {
    fn is_sorted(&self) -> bool {
        self.statements.is_sorted_by_key(|(_, text)| key(text).1)
    }
}

fn blocks(source: &Source) -> Vec<Block<'_>> {
    let root = source.tree.tree.root_node();
    let mut cursor = root.walk();
    let mut found: Vec<Block> = Vec::new();
    let mut start = None;
    let mut end = None;
    for node in root.named_children(&mut cursor) {
        let from = *start.get_or_insert(node.start_byte());
        if node.kind() == "attribute_item" {
            continue;
        }
        start = None;
        if node.kind() != "use_declaration" {
            end = None;
            continue;
        }
        let statement = (from..node.end_byte(), &source.text[node.byte_range()]);
        let near = end.is_some_and(|end: usize| source.text[end..from].matches('\n').count() == 1);
        match found.last_mut().filter(|_| near) {
            Some(block) => block.statements.push(statement),
            None => found.push(Block { statements: vec![statement] }),
        }
        end = Some(node.end_byte());
    }
    found
}

/// Statements of Rust in the order of rustfmt, when those of the file that they are for, or come from, are in it.
pub(in crate::plan::refactor) fn sorted(like: &Source, mut statements: Vec<String>) -> Vec<String> {
    if like.family == Family::Rust && blocks(like).iter().all(Block::is_sorted) {
        statements.sort_by_cached_key(|statement| key(statement).1);
    }
    statements
}

/// Adds a `use` to the block that it belongs to, at its place there. Gives whether there is such a block.
pub(super) fn add_in_order(source: &Source, statement: &str, edits: &mut Edits) -> bool {
    let (visibility, own) = key(statement);
    let blocks = blocks(source);
    let alike =
        |block: &&Block| block.is_sorted() && block.statements.iter().any(|(_, text)| key(text).0 == visibility);
    let near = |block: &&Block| {
        let first = |order: &[(u8, String)]| order.first().cloned();
        block.statements.iter().any(|(_, text)| first(&key(text).1) == first(&own))
    };
    let found = blocks.iter().rev().filter(alike).find(near).or_else(|| blocks.iter().rev().find(alike));
    let Some(block) = found else { return false };
    match block.statements.iter().find(|(_, text)| key(text).1 > own) {
        Some((range, _)) => edits.insert(&source.path, range.start, format!("{statement}\n")),
        None => {
            let Some((last, _)) = block.statements.last() else { return false };
            let end = line(&source.text, last).end;
            let gap = if source.text[..end].ends_with('\n') { "" } else { "\n" };
            edits.insert(&source.path, end, format!("{gap}{statement}\n"));
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(family: Family, statements: &[&str], expect: &[&str]) {
        let statements: Vec<String> = statements.iter().map(|text| (*text).to_owned()).collect();
        assert_eq!(merged(family, &statements), expect);
    }

    #[test]
    fn names_of_one_module_are_in_one_statement() {
        check(
            Family::Rust,
            &[
                "use crate::Op;",
                "use std::fmt;",
                "use crate::eval;",
                "pub use crate::Op;",
                "use crate::MAX as M;",
                "use crate::Op;",
            ],
            &["use crate::{eval, Op, MAX as M};", "use std::fmt;", "pub use crate::Op;"],
        );
        check(
            Family::Python,
            &["from .a import x", "import os", "from . import b", "from .a import y as z", "from .a import *"],
            &["from .a import x, y as z", "import os", "from . import b", "from .a import *"],
        );
        check(
            Family::JavaScript,
            &[
                "import { a } from './a';",
                "import type { T } from './a';",
                "import { b as c } from './a';",
                "import d from './a';",
            ],
            &["import { a, b as c } from './a';", "import type { T } from './a';", "import d from './a';"],
        );
    }

    #[test]
    fn rustfmt_has_an_order() {
        let sorted = [
            "self::a",
            "super::b",
            "crate::c",
            "crate::d::E",
            "crate::X",
            "crate::{A, b}",
            "alloc::vec::Vec",
            "std::fmt",
            "Z",
        ];
        assert!(sorted.is_sorted_by_key(|path| order(path)), "{sorted:?}");
    }
}
