//! Edits gathered over many files of the planned tree, put into the plan together.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::text::{LineIndex, ends_in_crlf};

use super::{Plan, PlanError, refused};
use crate::plan::{Doubt, Edit};

/// Edits in the coordinates of the text as planned before the refactoring.
#[derive(Debug, Default)]
pub(super) struct Edits {
    files: BTreeMap<String, Vec<(Range<usize>, String)>>,
}

impl Edits {
    pub fn replace(&mut self, path: &str, range: Range<usize>, new: impl Into<String>) {
        let edit = (range, new.into());
        let all = self.files.entry(path.to_owned()).or_default();
        if !all.contains(&edit) {
            all.push(edit);
        }
    }

    pub fn insert(&mut self, path: &str, at: usize, new: impl Into<String>) {
        self.replace(path, at..at, new);
    }

    pub fn delete(&mut self, path: &str, range: Range<usize>) {
        self.replace(path, range, "");
    }

    /// The edits of one file, which it forgets.
    pub fn take(&mut self, path: &str) -> Vec<(Range<usize>, String)> {
        self.files.remove(path).unwrap_or_default()
    }

    /// The same without what is inside of a range.
    pub fn without(mut self, path: &str, range: &Range<usize>) -> Self {
        if let Some(edits) = self.files.get_mut(path) {
            edits.retain(|(edit, _)| edit.end <= range.start || range.end <= edit.start);
        }
        self
    }

    pub fn paths(&self) -> impl Iterator<Item = &String> {
        self.files.keys()
    }

    pub fn count(&self) -> usize {
        self.files.values().map(Vec::len).sum()
    }

    /// Whether a place is changed by one of these.
    pub fn touches(&self, path: &str, range: &Range<usize>) -> bool {
        let overlap = |(other, _): &(Range<usize>, String)| other.start < range.end && range.start < other.end;
        self.files.get(path).is_some_and(|edits| edits.iter().any(overlap))
    }

    /// Puts them into the plan. What is inserted takes on the line ends of its file.
    ///
    /// # Errors
    /// When two of them want the same text, or a file may not be changed.
    pub fn apply(self, plan: &mut Plan) -> Result<(), PlanError> {
        for (path, mut edits) in self.files {
            let text = plan.read(&path)?;
            edits.sort_by_key(|(range, _)| (range.start, range.end));
            let crossed = edits.windows(2).find(|pair| pair[0].0.end > pair[1].0.start);
            if let Some(pair) = crossed {
                let line = LineIndex::new(&text).line_of(pair[1].0.start);
                return refused(format!(
                    "{path}:{line}: two changes want the same text; make one of them by hand first"
                ));
            }
            if ends_in_crlf(&text) {
                for (_, new) in &mut edits {
                    *new = new.replace("\r\n", "\n").replace('\n', "\r\n");
                }
            }
            // Insertions at one place are one edit, in the order in which they were asked for.
            let mut joined: Vec<(Range<usize>, String)> = Vec::new();
            for (range, new) in edits {
                match joined.last_mut() {
                    Some((last, text))
                        if last.end == range.start && (last.start == last.end || range.start == range.end) =>
                    {
                        last.end = range.end;
                        text.push_str(&new);
                    }
                    _ => joined.push((range, new)),
                }
            }
            joined.retain(|(range, new)| text[range.clone()] != **new);
            plan.splice(&path, &joined)?;
        }
        Ok(())
    }
}

/// Leaves a place to a person. To be called before the edits of the refactoring are in the plan.
pub(super) fn doubt(plan: &mut Plan, path: &str, range: &Range<usize>, new: Option<String>, why: impl Into<String>) {
    let step = plan.current();
    let Ok(text) = plan.read(path) else { return };
    let lines = LineIndex::new(&text);
    let line = lines.line_of(range.start);
    let shown = lines.line(&text, line).unwrap_or_default().trim().chars().take(200).collect();
    let why = why.into();
    let mut doubt = Doubt { step, path: path.to_owned(), line, text: shown, why, ..Doubt::default() };
    if let Some((before, start, line)) = plan.origin(path, range) {
        let old = text[range.clone()].to_owned();
        doubt.edit = new.map(|new| Edit { start, line, old, new, steps: vec![step] });
        (doubt.path, doubt.line) = (before, line);
    }
    plan.doubt(doubt);
}
