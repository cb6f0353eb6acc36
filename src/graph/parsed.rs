//! The part that definitions and references share: candidate files for a word, read, ranked and parsed under a budget.

use std::sync::Arc;

use rayon::prelude::*;

use crate::cancel::Cancel;
use crate::search::files_with_word;
use crate::syntax::{Extracted, Language};
use crate::workspace::{RelPath, Snapshot};

use super::candidates::{Likeness, likeness};
use super::{GraphError, Symbols};

/// Files and bytes that one question may parse, by how much the files look like definitions.
const fn allowance(likeness: Likeness) -> (usize, usize) {
    match likeness {
        Likeness::Strong => (1_500, 48 << 20),
        Likeness::Fair => (600, 16 << 20),
        Likeness::Slight | Likeness::None => (300, 8 << 20),
    }
}

/// A file with the definitions in it.
pub(super) struct Parsed {
    pub path: RelPath,
    pub symbols: Arc<Extracted>,
}

/// Files that may define a word, with their definitions, and sentences on what was not looked at.
#[derive(Default)]
pub(super) struct Looked {
    pub files: Vec<Parsed>,
    pub notes: Vec<String>,
}

/// Parses the files that may define `word`, most likely first. `near` is looked at in any case.
pub(super) fn look(
    snapshot: &Snapshot,
    cache: &Symbols,
    word: &str,
    fits: impl Fn(&RelPath) -> bool + Sync,
    near: Option<&str>,
    cancel: &Cancel,
) -> Result<Looked, GraphError> {
    let files: Vec<RelPath> =
        files_with_word(snapshot, word, cancel)?.into_iter().filter(|path| fits(path) && defines(path)).collect();
    let mut ranked: Vec<(Likeness, RelPath, usize)> = files
        .into_par_iter()
        .map(|path| {
            if cancel.is_cancelled() {
                return Err(GraphError::Cancelled);
            }
            let Ok(text) = snapshot.text(&path) else { return Ok(None) };
            let near = near == Some(path.as_str());
            let verdict = if near { Likeness::Strong } else { likeness(path.as_str(), &text, word) };
            Ok((verdict != Likeness::None).then_some((verdict, path, text.len())))
        })
        .filter_map(Result::transpose)
        .collect::<Result<_, _>>()?;
    ranked.sort_by(|a, b| {
        let key = |entry: &(Likeness, RelPath, usize)| (near != Some(entry.1.as_str()), std::cmp::Reverse(entry.0));
        key(a).cmp(&key(b)).then_with(|| by_path(a.1.as_str(), b.1.as_str()))
    });
    let mut looked = Looked::default();
    let candidates = ranked.len();
    let mut spent = [(0, 0); 4];
    ranked.retain(|(likeness, _, bytes)| {
        let (files, most) = allowance(*likeness);
        let spent = &mut spent[*likeness as usize];
        *spent = (spent.0 + 1, spent.1 + bytes);
        spent.0 <= files && (spent.1 <= most || spent.0 == 1)
    });
    if ranked.len() < candidates {
        let left = candidates - ranked.len();
        looked
            .notes
            .push(format!("{left} less likely files with the word {word:?} were not parsed; name a path to narrow it"));
    }
    looked.files = ranked
        .into_par_iter()
        .map(|(_, path, _)| {
            if cancel.is_cancelled() {
                return Err(GraphError::Cancelled);
            }
            let Ok(text) = snapshot.text(&path) else { return Ok(None) };
            let Some(language) = Language::detect(path.as_str(), &text) else { return Ok(None) };
            Ok(Some(Parsed { symbols: cache.of(language, &text), path }))
        })
        .filter_map(Result::transpose)
        .collect::<Result<_, _>>()?;
    let partial: Vec<&Parsed> =
        looked.files.iter().filter(|file| file.symbols.partial && has_grammar(&file.path)).collect();
    if let Some(first) = partial.first() {
        let (count, first) = (partial.len(), first.path.as_str());
        looked.notes.push(format!("{count} files were only read line by line, too big or too odd to parse ({first})"));
    }
    Ok(looked)
}

fn defines(path: &RelPath) -> bool {
    Language::of(path.as_str()).is_some_and(Language::has_definitions)
}

fn has_grammar(path: &RelPath) -> bool {
    Language::of(path.as_str()).is_some_and(Language::has_grammar)
}

/// Whether a path is the wanted file, or below the wanted folder. Nothing wanted: everything is.
pub(super) fn below(wanted: Option<&str>, path: &str) -> bool {
    wanted.is_none_or(|wanted| {
        let wanted = wanted.trim_start_matches("./").trim_end_matches('/');
        wanted.is_empty() || path == wanted || path.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('/'))
    })
}

/// Own code before tests and vendored code, shallow before deep.
pub(super) fn by_path(a: &str, b: &str) -> std::cmp::Ordering {
    let key = |path: &str| (aside(path), path.matches('/').count(), path.len());
    key(a).cmp(&key(b)).then_with(|| a.cmp(b))
}

/// Whether a path is a test's, a tool's, an example's (1) or somebody else's code (2).
pub(super) fn aside(path: &str) -> u8 {
    let parts = path.split('/');
    let last = path.rsplit('/').next().unwrap_or(path);
    let mut aside = u8::from(
        last.starts_with("test_") || last.contains("_test.") || last.contains(".test.") || last.contains("unittest"),
    );
    for part in parts {
        aside = aside.max(match part {
            "test" | "tests" | "testing" | "__tests__" | "spec" | "examples" | "samples" | "benches" | "bench"
            | "mock" | "mocks" | "selftests" | "tools" | "unittests" | "testdata" | "fixtures" => 1,
            "vendor" | "vendored" | "third_party" | "third-party" | "node_modules" | "external" | "deps" => 2,
            _ => 0,
        });
    }
    aside
}
