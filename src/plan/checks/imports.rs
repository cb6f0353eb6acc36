//! Imports that led somewhere, and do not any more, or lead somewhere else.

use std::collections::BTreeSet;

use rayon::prelude::*;
use regex::Regex;

use crate::graph::Import;
use crate::plan::PlanError;
use crate::syntax::{Family, Language, occurrences};

use super::gone::Names;
use super::view::shown;
use super::{LISTED, Problem};

const CHECK: &str = "leftover";

pub(super) fn problems(names: &Names) -> Result<Vec<Problem>, PlanError> {
    let mut paths: BTreeSet<String> = names.view.files.iter().filter_map(|file| file.after.clone()).collect();
    paths.extend(importers(names)?);
    let paths: Vec<String> = paths.into_iter().collect();
    let found: Vec<Vec<Problem>> = paths
        .par_iter()
        .map(|path| if names.cancel.is_cancelled() { Vec::new() } else { in_file(names, path) })
        .collect();
    let mut found: Vec<Problem> = found.into_iter().flatten().collect();
    found.sort_by_key(|problem| !problem.fatal);
    let more = found.len().saturating_sub(10 * LISTED);
    found.truncate(10 * LISTED);
    if more > 0 {
        found.push(Problem::new(CHECK, true, format!("{more} more imports do not lead where they did")));
    }
    Ok(found)
}

/// Files that may import one that is moved or removed, by the words in them; as planned.
fn importers(names: &Names) -> Result<Vec<String>, PlanError> {
    let left = names.view.files.iter().filter(|file| file.before.is_some() && file.before != file.after);
    let mut words: BTreeSet<String> = BTreeSet::new();
    let mut beside: BTreeSet<String> = BTreeSet::new();
    for path in left.filter_map(|file| file.before.as_deref()) {
        if !Language::of(path).is_some_and(Language::has_grammar) {
            continue;
        }
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let stem = name.split('.').next().unwrap_or(name);
        words.insert(stem.to_owned());
        // Such a file goes by its folder's name, and by none beside it.
        if matches!(stem, "mod" | "lib" | "main" | "index" | "__init__") {
            words.insert(folder.rsplit('/').next().unwrap_or_default().to_owned());
            beside.insert(format!("{folder}/"));
        }
        if path.ends_with(".go") || path.ends_with(".java") {
            words.insert(folder.rsplit('/').next().unwrap_or_default().to_owned());
        }
    }
    words.remove("");
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let any: Vec<String> = words.iter().map(|word| regex::escape(word)).collect();
    let Ok(any) = Regex::new(&format!(r"\b(?:{})\b", any.join("|"))) else { return Ok(Vec::new()) };
    let listed = names.view.planned.files().map_err(PlanError::Workspace)?;
    let found = listed.par_iter().filter(|entry| {
        let path = entry.path.as_str();
        !names.cancel.is_cancelled()
            && Language::of(path).is_some_and(Language::has_grammar)
            && (beside.iter().any(|folder| path.starts_with(folder.as_str()))
                || names.view.planned.glance(&entry.path).is_ok_and(|(text, _)| any.is_match(&text)))
    });
    Ok(found.map(|entry| entry.path.to_string()).collect())
}

fn in_file(names: &Names, path: &str) -> Vec<Problem> {
    let Some(source) = names.planned.source(path) else { return Vec::new() };
    let after = names.planned.imports(&source);
    let origin = names.view.origin(path);
    let old = origin.as_deref().and_then(|path| names.base.source(path));
    let before = old.as_ref().map_or(&[][..], |old| names.base.imports(old));
    after.iter().filter_map(|import| judge(names, path, origin.as_deref(), import, before)).collect()
}

fn judge(names: &Names, path: &str, origin: Option<&str>, import: &Import, before: &[Import]) -> Option<Problem> {
    let same = |other: &&Import| other.module == import.module;
    let was = before.iter().filter(same).find(|other| other.names == import.names).or_else(|| before.iter().find(same));
    let file = names.view.after(path);
    let code = shown(&import.text);
    let problem = |fatal: bool, message: String| {
        let range = file.and_then(|file| file.lines.range(import.line));
        let step = file.zip(range).and_then(|(file, range)| file.step_at(range.start));
        Some(Problem::new(CHECK, fatal, message).step(step).path(path).line(import.line))
    };
    let Some(led) = was.and_then(|was| was.target.clone()) else {
        let written = was.is_none() && file.is_some() && import.target.is_none() && !import.external;
        let declares = is_mod(&import.text, &import.module);
        let near = declares || import.module.starts_with('.') || import.module.starts_with("crate");
        if !written || !near {
            return None;
        }
        // Generated files, styles and pictures are imported too, and are not always there.
        let message = format!(
            "`{code}` leads nowhere: there is no such file, and the plan makes none; create it or name another"
        );
        return problem(declares && !import.text.contains("cfg"), message);
    };
    let expected = names.view.moved(&led);
    let touched = expected.as_deref() != Some(&led) || origin != Some(path);
    if !touched || expected.is_some() && import.target == expected {
        return None;
    }
    let became = match &expected {
        None => format!("{led}, which the plan removes"),
        Some(now) if *now != led => format!("{led}, which is at {now} now"),
        Some(_) => format!("{led}, when this file was at {}", origin.unwrap_or_default()),
    };
    match &import.target {
        None => problem(true, format!("`{code}` leads nowhere now; it led to {became}; mend the import")),
        // A path that ends in a module around the one that was meant: it may give the name on.
        Some(near) if named(names, near, import) => None,
        Some(other) => {
            let gone = expected.as_deref() != Some(&led);
            let todo = if gone { "; mend the import" } else { "" };
            // What does not find a module ends at one around it.
            let around = matches!(names.planned.source(path)?.family, Family::Rust | Family::Python);
            problem(gone && around, format!("`{code}` leads to {other} now; it led to {became}{todo}"))
        }
    }
}

/// Whether the file that an import leads to has the last word of its path, or a name taken from it.
fn named(names: &Names, path: &str, import: &Import) -> bool {
    let Some(source) = names.planned.source(path) else { return false };
    let last = import.module.rsplit([':', '.', '/']).next().unwrap_or_default();
    let words = std::iter::once(last).chain(import.names.iter().map(String::as_str));
    words.filter(|word| !word.is_empty()).any(|word| occurrences(&source.text, word).next().is_some())
}

/// Whether it is Rust's `mod x;`.
fn is_mod(text: &str, module: &str) -> bool {
    let mut words = text.trim_end().trim_end_matches(';').split_whitespace().rev();
    words.next() == Some(module) && words.next() == Some("mod")
}
