//! Whether changed files parse, or parse no worse than before.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use tree_sitter::Node;

use crate::syntax::{Budget, Family, Parsed, walk};

use super::view::{File, View, shown};
use super::{Found, Problem, brackets, data, indent};

const CHECK: &str = "parse";

/// New errors of one file that are told.
const TOLD: usize = 3;

/// A text's errors, compared with those of the text before.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// Lines that had an error before, trimmed.
    known: Vec<String>,
    /// How many errors there are fewer or more.
    more: isize,
    fresh: Vec<Fault>,
    /// Macros around items were opened for the parser, and what is in them may be no Rust.
    opened: bool,
    /// What no parser is needed for.
    told: Vec<Problem>,
}

/// A place that does not parse.
#[derive(Debug)]
struct Fault {
    range: Range<usize>,
    what: String,
}

pub(super) fn compare(file: &File) -> Compared {
    if file.after.is_none() || file.old == file.new && file.before.is_some() {
        return Compared { known: Vec::new(), ..Compared::default() };
    }
    let language = file.language();
    let Some(language) = language.filter(|language| language.has_grammar()) else {
        let mut told = data::problems(file);
        if told.is_empty() {
            told.extend(brackets::problems(file, language));
        }
        return Compared { told, ..Compared::default() };
    };
    let budget = Budget::default();
    let Some(new) = Parsed::new(language, &file.new, &budget) else { return Compared::default() };
    let new_faults = faults(new.tree.root_node(), &file.new);
    let old = Parsed::new(language, &file.old, &budget);
    let old_faults = old.as_ref().map_or_else(Vec::new, |old| faults(old.tree.root_node(), &file.old));
    let mut told = Vec::new();
    if language.family() == Some(Family::Python) {
        told.extend(indent::problems(file, &new, old.as_ref()));
    }
    let kept: HashSet<usize> = old_faults.iter().filter_map(|fault| file.forward(fault.range.start)).collect();
    let more = new_faults.len() as isize - old_faults.len() as isize;
    let known = old_faults.iter().map(|fault| line_at(&file.old, fault.range.start)).collect();
    let mut fresh = new_faults;
    fresh.retain(|fault| !kept.contains(&fault.range.start));
    // An error that was there and moves its beginning about is not a new one.
    if more <= 0 && old.is_some() {
        fresh.retain(|fault| fault.range.len() < 400 && file.wrote(&fault.range).is_some());
    }
    let opened = language.family() == Some(Family::Rust) && new.source != file.new.as_bytes();
    Compared { known, more, fresh, told, opened }
}

pub(super) fn problems(view: &View, found: &[Arc<Found>]) -> Vec<Problem> {
    let known: HashSet<&str> = found.iter().flat_map(|found| &found.parsed.known).map(String::as_str).collect();
    let mut problems = Vec::new();
    for (file, found) in view.files.iter().zip(found) {
        let parsed = &found.parsed;
        problems.extend(parsed.told.iter().cloned());
        // Code that moved here with the error that it had.
        let fresh = parsed.fresh.iter().filter(|fault| !known.contains(&*line_at(&file.new, fault.range.start)));
        let mut fresh: Vec<&Fault> = fresh.collect();
        fresh.sort_by_key(|fault| file.touching(&fault.range).is_none());
        for fault in fresh.iter().take(TOLD) {
            problems.push(problem(file, fault, parsed.more > 0 && !parsed.opened));
        }
    }
    problems
}

fn problem(file: &File, fault: &Fault, worse: bool) -> Problem {
    // Recovery from an error may begin far before it, or end far behind it: the edit is what broke it.
    let at = match file.touching(&fault.range).or_else(|| file.before_place(fault.range.start)) {
        Some(hunk) if hunk.new.contains(&fault.range.start) => fault.range.start,
        Some(hunk) if hunk.new.is_empty() => hunk.new.start.saturating_sub(1),
        Some(hunk) => hunk.new.start,
        None => fault.range.start,
    };
    let family = file.language().and_then(|language| language.family());
    let line = file.lines.line_of(at);
    let balance = brackets::new_imbalance(file);
    // Macros make of C what no grammar knows, and some languages are younger than their grammars.
    let sure = family.is_some_and(|family| family.is_followed() && family != Family::C);
    let fatal = worse && (sure || balance.is_some());
    let verb = if file.before.is_some() { "parses worse than before" } else { "does not parse" };
    let more = balance.map_or(String::new(), |what| format!("; the file has {what}"));
    let message = format!("{verb}: {} at `{}`{more}; mend the code there", fault.what, file.shown(line));
    file.problem(CHECK, fatal, at, message)
}

/// The outermost errors, and what is missing.
fn faults(root: Node, text: &str) -> Vec<Fault> {
    let mut found = Vec::new();
    if !root.has_error() {
        return found;
    }
    walk(root, |cursor| {
        let node = cursor.node();
        if node.is_missing() {
            found.push(Fault { range: node.byte_range(), what: format!("a `{}` is missing", node.kind()) });
        } else if node.is_error() {
            let code = text.get(node.byte_range()).unwrap_or_default();
            let code = shown(code.trim().lines().next().unwrap_or_default());
            let code: String = code.chars().take(40).collect();
            found.push(Fault { range: node.byte_range(), what: format!("unexpected `{code}`") });
        }
        node.has_error() && !node.is_error()
    });
    found
}

fn line_at(text: &str, offset: usize) -> String {
    let start = text[..offset.min(text.len())].rfind('\n').map_or(0, |at| at + 1);
    text[start..].lines().next().unwrap_or_default().trim().to_owned()
}
