//! Paths in manifests and configurations, and in strings that name files.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::graph::meaning::Program;
use crate::plan::refactor::edits::{Edits, doubt};
use crate::plan::refactor::{Plan, PlanError};
use crate::workspace::RelPath;

use super::Moves;
use super::paths::{folder, joined, last, relative, stem};

const MANIFESTS: [&str; 9] = [
    "package.json",
    "tsconfig.json",
    "jsconfig.json",
    "Cargo.toml",
    "pyproject.toml",
    "setup.cfg",
    "setup.py",
    "MANIFEST.in",
    "tox.ini",
];

/// Mends the paths that manifests and Rust's `include` macros have; others become doubts.
///
/// # Errors
/// When the search fails or is cancelled.
pub(in crate::plan::refactor) fn mend(
    plan: &mut Plan,
    program: &Program,
    moves: &Moves,
    edits: &mut Edits,
) -> Result<(), PlanError> {
    let mut texts: Vec<String> = Vec::new();
    for word in moves.iter().map(|(from, _)| stem(from).to_owned()).collect::<BTreeSet<_>>() {
        if word.chars().all(|c| c.is_alphanumeric() || c == '_') {
            texts.extend(program.files_with(&word)?);
        }
    }
    texts.sort();
    texts.dedup();
    for path in texts {
        let Some(text) = RelPath::parse(&path).ok().and_then(|path| program.snapshot().text(&path).ok()) else {
            continue;
        };
        let path = path.as_str();
        let own = moves.after(path);
        for range in paths_in(&text) {
            let written = &text[range.clone()];
            let at = folder(path);
            let by_folder = joined(at, written).filter(|found| moves.moves(found));
            let Some(target) = by_folder.or_else(|| Some(written.to_owned()).filter(|found| moves.moves(found))) else {
                continue;
            };
            if edits.touches(path, &range) {
                continue;
            }
            let to = moves.after(&target);
            let new = if joined(at, written).as_deref() == Some(&target) {
                let way = relative(folder(&own), &to);
                if written.starts_with("./") && !way.starts_with('.') { format!("./{way}") } else { way }
            } else {
                to
            };
            if new == written {
                continue;
            }
            let included = path.ends_with(".rs") && is_included(&text, &range);
            if MANIFESTS.contains(&last(path)) || included {
                edits.replace(path, range, new);
            } else {
                doubt(plan, path, &range, Some(new), "it may name the moved file");
            }
        }
    }
    Ok(())
}

/// Whether a string is the argument of `include!` and the like, or of `#[path = ...]`.
fn is_included(text: &str, range: &Range<usize>) -> bool {
    let before =
        text[..range.start].trim_end_matches(['"', '#', 'r']).trim_end().trim_end_matches(['(', '=']).trim_end();
    ["include!", "include_str!", "include_bytes!", "[path"].iter().any(|name| before.ends_with(name))
}

/// Runs of characters of paths that have a `/` or an ending.
fn paths_in(text: &str) -> Vec<Range<usize>> {
    let is_path = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '@' | '+');
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (is_path(c), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                let run = text[from..at].trim_end_matches(['.', '/']);
                if run.contains(['/', '.']) && run.len() > 2 {
                    found.push(from..from + run.len());
                }
                start = None;
            }
            _ => {}
        }
    }
    found
}
