//! Paths in manifests and configurations, and in strings that name files.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::graph::meaning::Program;
use crate::graph::paths::{folder, joined, last, stem};
use crate::plan::refactor::edits::{Edits, doubt};
use crate::plan::refactor::{Plan, PlanError};
use crate::workspace::RelPath;

use super::Moves;
use super::paths::relative;

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

/// Whether a script is what its package gives to others: its folder's index, or what a manifest leads to.
pub(in crate::plan::refactor) fn is_entry(program: &Program, path: &str) -> bool {
    let own = stem(path);
    if matches!(own, "index" | "mod") {
        return true;
    }
    let manifests = std::iter::successors(Some(folder(path)), |at| (!at.is_empty()).then(|| folder(at)));
    let read = |at: &str| {
        let manifest = if at.is_empty() { "package.json".to_owned() } else { format!("{at}/package.json") };
        program.snapshot().text(&RelPath::parse(&manifest).ok()?).ok()
    };
    let Some(text) = manifests.into_iter().find_map(read) else { return false };
    let Ok(serde_json::Value::Object(manifest)) = serde_json::from_str(&text) else { return false };
    let keys = ["main", "module", "browser", "types", "typings", "exports"];
    keys.iter().filter_map(|key| manifest.get(*key)).any(|value| leads_to(value, own, 0))
}

fn leads_to(value: &serde_json::Value, own: &str, depth: usize) -> bool {
    match value {
        serde_json::Value::String(path) => stem(path) == own,
        serde_json::Value::Object(map) if depth < 8 => map.values().any(|value| leads_to(value, own, depth + 1)),
        serde_json::Value::Array(list) if depth < 8 => list.iter().any(|value| leads_to(value, own, depth + 1)),
        _ => false,
    }
}

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
