//! Which steps of a plan went stale: their files are no longer what the plan was made for.

use crate::workspace::{RelPath, Sites, Snapshot, WorkspaceError};

use super::{Document, Doubt, Edit, FileChange};

/// A step that went stale in one file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Stale {
    pub step: u32,
    /// The path before the plan, or the one where a file should come to be.
    pub path: String,
    /// In words: "the file is gone", "the text changed, and line 12 with it", ...
    pub why: String,
}

/// What went stale, in order of step and path. Steps of which nothing is said can still be applied, and so can those of
/// which a doubtful place alone is said, without it.
pub fn stale(document: &Document, now: &Snapshot) -> Vec<Stale> {
    let mut all = Vec::new();
    let vacated = document.files.iter().filter(|change| change.before != change.after);
    let vacated = vacated.filter_map(|change| RelPath::parse(change.before.as_deref()?).ok()).collect();
    let mut sites = Sites::of(now);
    for change in &document.files {
        if let Some(path) = &change.before {
            all.extend(of_text(change, path, now));
        }
        if let Some(path) = change.after.as_ref().filter(|_| change.before != change.after) {
            let refused = RelPath::parse(path).and_then(|path| sites.check(&path, &vacated)).err();
            let why = refused.map(|error| match error {
                WorkspaceError::Taken { by, .. } => format!("there is {by} already"),
                error => error.to_string(),
            });
            let says = |why: String| change.steps.iter().map(move |step| entry(*step, path, why.clone()));
            all.extend(why.into_iter().flat_map(says));
        }
    }
    let doubts = document.doubts.iter().filter(|doubt| doubt.edit.is_some() && !doubt.is_current(now));
    all.extend(doubts.map(|doubt| {
        let why = format!("the file of the doubtful place in line {} changed, so it is not edited", doubt.line);
        entry(doubt.step, &doubt.path, why)
    }));
    all.sort_by(|a, b| (a.step, &a.path).cmp(&(b.step, &b.path)));
    all.dedup();
    all
}

impl Doubt {
    /// Whether its file has the text that the plan was made for.
    pub(super) fn is_current(&self, now: &Snapshot) -> bool {
        let text = RelPath::parse(&self.path).and_then(|path| now.text(&path));
        text.is_ok_and(|text| self.hash.as_deref() == Some(blake3::hash(text.as_bytes()).to_hex().as_str()))
    }
}

fn entry(step: u32, path: &str, why: String) -> Stale {
    Stale { step, path: path.to_owned(), why }
}

/// What became of the text that a change was made for.
fn of_text(change: &FileChange, path: &str, now: &Snapshot) -> Vec<Stale> {
    let text = RelPath::parse(path).and_then(|path| now.text(&path));
    let text = match text {
        Ok(text) => text,
        Err(error) => {
            let why = match error {
                WorkspaceError::NotFound { .. } => "the file is gone".to_owned(),
                error => error.to_string(),
            };
            return change.all_steps().into_iter().map(|step| entry(step, path, why.clone())).collect();
        }
    };
    if change.hash.as_deref() == Some(blake3::hash(text.as_bytes()).to_hex().as_str()) {
        return Vec::new();
    }
    let of_edit = |edit: &Edit| {
        let why = what_became(edit, &text);
        edit.steps.iter().map(|step| entry(*step, path, why.clone())).collect::<Vec<_>>()
    };
    let of_file = change.steps.iter().map(|step| entry(*step, path, "the text changed".to_owned()));
    if change.after.is_some() {
        change.edits.iter().flat_map(of_edit).chain(of_file).collect()
    } else {
        of_file.collect()
    }
}

/// What became of an edit's place in a changed text.
fn what_became(edit: &Edit, text: &str) -> String {
    let line = edit.line;
    if text.get(edit.range()) == Some(edit.old.as_str()) && !edit.old.is_empty() {
        return format!("the text changed, but line {line} still has what is replaced");
    }
    let mut found = if edit.old.is_empty() { Vec::new() } else { text.match_indices(&edit.old).take(2).collect() };
    match (found.pop(), found.pop()) {
        (Some((at, _)), None) => {
            let moved = 1 + memchr::memchr_iter(b'\n', &text.as_bytes()[..at]).count();
            format!("the text changed; what is replaced in line {line} is in line {moved} now")
        }
        (Some(_), Some(_)) => format!("the text changed; what is replaced in line {line} stands in several places now"),
        _ => format!("the text changed, and line {line} with it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_is_looked_for() {
        let edit = |start, old: &str| Edit { start, line: 1, old: old.into(), new: String::new(), steps: vec![1] };
        for (start, old, text, expect) in [
            (2, "cd", "abcd!", "the text changed, but line 1 still has what is replaced"),
            (2, "cd", "ab\n\ncd", "the text changed; what is replaced in line 1 is in line 3 now"),
            (2, "cd", "cdxcd", "the text changed; what is replaced in line 1 stands in several places now"),
            (2, "cd", "x", "the text changed, and line 1 with it"),
            (2, "", "abx", "the text changed, and line 1 with it"),
            (1, "d", "é", "the text changed, and line 1 with it"),
        ] {
            assert_eq!(what_became(&edit(start, old), text), expect, "{text:?}");
        }
    }
}
