//! The plan as the checks see it: each changed file before and after, and what became of each byte.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use imara_diff::{Algorithm, Diff, InternedInput};

use crate::plan::{Document, FileChange};
use crate::syntax::Language;
use crate::text::LineIndex;
use crate::workspace::{RelPath, Snapshot};

use super::Problem;

/// Texts of edits longer than this are not compared word by word.
const COMPARED: usize = 2 << 20;

pub(super) struct View {
    pub base: Snapshot,
    pub planned: Snapshot,
    pub files: Vec<File>,
    before: HashMap<String, usize>,
    after: HashMap<String, usize>,
}

/// A changed file.
pub(super) struct File {
    pub before: Option<String>,
    pub after: Option<String>,
    /// Empty for a created file.
    pub old: Arc<str>,
    /// Empty for a removed file.
    pub new: Arc<str>,
    pub lines: LineIndex,
    /// What differs, in order, word by word.
    pub hunks: Vec<Hunk>,
    pub change: FileChange,
    /// Names both texts and who changed them.
    pub key: blake3::Hash,
}

/// Bytes that were replaced. No word is in it by half.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hunk {
    pub old: Range<usize>,
    pub new: Range<usize>,
    pub step: Option<u32>,
}

impl View {
    /// The view, and what could not be read.
    pub fn new(base: &Snapshot, planned: Snapshot, document: &Document) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut files: Vec<File> = Vec::new();
        for change in &document.files {
            match File::new(change, base) {
                Ok(file) => files.push(file),
                Err(why) => {
                    let step = change.all_steps().into_iter().next();
                    problems.push(Problem::new("jail", true, why).step(step).path(change.path()));
                }
            }
        }
        let by = |path: fn(&File) -> &Option<String>| {
            let named = files.iter().enumerate();
            named.filter_map(|(at, file)| Some((path(file).clone()?, at))).collect()
        };
        let (before, after) = (by(|file| &file.before), by(|file| &file.after));
        (Self { base: base.clone(), planned, files, before, after }, problems)
    }

    pub fn before(&self, path: &str) -> Option<&File> {
        Some(&self.files[*self.before.get(path)?])
    }

    pub fn after(&self, path: &str) -> Option<&File> {
        Some(&self.files[*self.after.get(path)?])
    }

    /// Where a file of the repository is afterwards; `None` when it is removed.
    pub fn moved(&self, path: &str) -> Option<String> {
        match self.before(path) {
            Some(file) => file.after.clone(),
            None => Some(path.to_owned()),
        }
    }

    /// Where a file of the planned tree was; `None` when it is created.
    pub fn origin(&self, path: &str) -> Option<String> {
        match self.after(path) {
            Some(file) => file.before.clone(),
            None => Some(path.to_owned()),
        }
    }

    /// Where a byte that is kept is afterwards.
    pub fn forward(&self, path: &str, offset: usize) -> Option<(String, usize)> {
        match self.before(path) {
            Some(file) => Some((file.after.clone()?, file.forward(offset)?)),
            None => Some((path.to_owned(), offset)),
        }
    }

    /// Where a byte that was kept came from.
    pub fn back(&self, path: &str, offset: usize) -> Option<(String, usize)> {
        match self.after(path) {
            Some(file) => Some((file.before.clone()?, file.back(offset)?)),
            None => Some((path.to_owned(), offset)),
        }
    }
}

impl File {
    fn new(change: &FileChange, base: &Snapshot) -> Result<Self, String> {
        let old: Arc<str> = match &change.before {
            None => "".into(),
            Some(path) => RelPath::parse(path).and_then(|path| base.text(&path)).map_err(|error| error.to_string())?,
        };
        let new: Arc<str> = match &change.after {
            None => "".into(),
            Some(_) => change.apply(&old).ok_or("its edits do not fit its text; make the plan anew")?.into(),
        };
        let mut hunks = Vec::new();
        let (mut taken, mut added) = (0, 0);
        for edit in &change.edits {
            let step = edit.steps.last().or(change.steps.last()).copied();
            let start = edit.start - taken + added;
            differences(&edit.old, &edit.new, |old, new| {
                let old = edit.start + old.start..edit.start + old.end;
                hunks.push(Hunk { old, new: start + new.start..start + new.end, step });
            });
            (taken, added) = (taken + edit.old.len(), added + edit.new.len());
        }
        let mut key = blake3::Hasher::new();
        key.update(format!("{:?}{:?}{:?}{}", change.before, change.after, change.steps, change.bom).as_bytes());
        key.update(blake3::hash(old.as_bytes()).as_bytes());
        key.update(blake3::hash(new.as_bytes()).as_bytes());
        key.update(format!("{hunks:?}").as_bytes());
        let key = key.finalize();
        let (before, after) = (change.before.clone(), change.after.clone());
        Ok(Self { before, after, lines: LineIndex::new(&new), old, new, hunks, change: change.clone(), key })
    }

    /// The path for people.
    pub fn path(&self) -> &str {
        self.change.path()
    }

    pub fn language(&self) -> Option<Language> {
        Language::detect(self.path(), if self.after.is_some() { &self.new } else { &self.old })
    }

    pub fn forward(&self, offset: usize) -> Option<usize> {
        let at = self.hunks.partition_point(|hunk| hunk.old.end <= offset);
        match self.hunks.get(at) {
            Some(hunk) if hunk.old.start <= offset => None,
            _ => Some(offset + at.checked_sub(1).map_or(0, |at| self.hunks[at].new.end) - self.old_end(at)),
        }
    }

    pub fn back(&self, offset: usize) -> Option<usize> {
        let at = self.hunks.partition_point(|hunk| hunk.new.end <= offset);
        match self.hunks.get(at) {
            Some(hunk) if hunk.new.start <= offset => None,
            _ => Some(offset + self.old_end(at) - at.checked_sub(1).map_or(0, |at| self.hunks[at].new.end)),
        }
    }

    fn old_end(&self, hunks: usize) -> usize {
        hunks.checked_sub(1).map_or(0, |at| self.hunks[at].old.end)
    }

    /// The first change at, or beside, bytes of the text afterwards.
    pub fn touching(&self, range: &Range<usize>) -> Option<&Hunk> {
        let at = self.hunks.partition_point(|hunk| hunk.new.end < range.start);
        self.hunks.get(at).filter(|hunk| hunk.new.start <= range.end)
    }

    /// The change that wrote some of these bytes.
    pub fn wrote(&self, range: &Range<usize>) -> Option<&Hunk> {
        let at = self.hunks.partition_point(|hunk| hunk.new.end <= range.start);
        self.hunks.get(at).filter(|hunk| hunk.new.start < range.end && !hunk.new.is_empty())
    }

    /// Whether a whole word stands at a byte of the text afterwards: an edit may end inside of one.
    pub fn has_word(&self, offset: usize, word: &str) -> bool {
        let inside = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let (before, rest) = (self.new.get(..offset), self.new.get(offset..));
        let behind = rest.and_then(|rest| rest.strip_prefix(word));
        before.is_some_and(|before| !before.ends_with(inside))
            && behind.is_some_and(|behind| !behind.starts_with(inside))
    }

    /// The nearest change before or at a place of the text afterwards, else the first.
    pub fn before_place(&self, offset: usize) -> Option<&Hunk> {
        let at = self.hunks.partition_point(|hunk| hunk.new.start <= offset);
        at.checked_sub(1).map(|at| &self.hunks[at]).or(self.hunks.first())
    }

    /// The step that is to blame for a place of the text afterwards.
    pub fn step_at(&self, offset: usize) -> Option<u32> {
        self.before_place(offset).and_then(|hunk| hunk.step).or(self.change.steps.last().copied())
    }

    /// The step that took away a place of the text before.
    pub fn step_of_old(&self, offset: usize) -> Option<u32> {
        let hunk = self.hunks.iter().find(|hunk| hunk.old.start <= offset && offset < hunk.old.end);
        hunk.and_then(|hunk| hunk.step).or(self.change.steps.last().copied())
    }

    pub fn problem(&self, check: &str, fatal: bool, offset: usize, message: String) -> Problem {
        let line = self.lines.line_of(offset);
        Problem::new(check, fatal, message).step(self.step_at(offset)).path(self.path()).line(line)
    }

    /// A line's text for a message.
    pub fn shown(&self, line: u32) -> String {
        shown(self.lines.line(&self.new, line).unwrap_or_default())
    }
}

/// Code in a message: trimmed, and not long.
pub(super) fn shown(line: &str) -> String {
    let line = line.trim();
    let mut text: String = line.chars().take(100).collect();
    if text.len() < line.len() {
        text.push('…');
    }
    text
}

/// The repository with a document applied.
pub(super) fn planned(document: &Document, base: &Snapshot) -> Snapshot {
    let parse = |path: &Option<String>| RelPath::parse(path.as_deref()?).ok();
    let texts = document.files.iter().filter_map(|file| {
        let old = match &file.before {
            Some(_) => base.text(&parse(&file.before)?).ok()?,
            None => "".into(),
        };
        Some((parse(&file.after)?, file.apply(&old)?.into()))
    });
    let planned = base.with_overlay(texts);
    let there: Vec<RelPath> = document.files.iter().filter_map(|file| parse(&file.after)).collect();
    let gone = document.files.iter().filter_map(|file| parse(&file.before)).filter(|path| !there.contains(path));
    let gone: Vec<RelPath> = gone.collect();
    if gone.is_empty() { planned } else { planned.without(gone) }
}

/// What differs between two texts, word by word.
fn differences(old: &str, new: &str, mut found: impl FnMut(Range<usize>, Range<usize>)) {
    if old.is_empty() || new.is_empty() || old.len() + new.len() > COMPARED {
        found(0..old.len(), 0..new.len());
        return;
    }
    let mut input = InternedInput::default();
    input.update_before(tokens(old));
    input.update_after(tokens(new));
    let ends = |text: &str| -> Vec<usize> {
        let mut at = 0;
        let ends = tokens(text).map(|token| {
            at += token.len();
            at
        });
        std::iter::once(0).chain(ends).collect()
    };
    let (before, after) = (ends(old), ends(new));
    for hunk in Diff::compute(Algorithm::Histogram, &input).hunks() {
        let bytes = |ends: &[usize], range: Range<u32>| ends[range.start as usize]..ends[range.end as usize];
        found(bytes(&before, hunk.before), bytes(&after, hunk.after));
    }
}

/// Words, runs of blanks, and single characters.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let blank = |c: char| c == ' ' || c == '\t';
        let end = match first {
            c if word(c) => rest.find(|c| !word(c)),
            c if blank(c) => rest.find(|c| !blank(c)),
            c => Some(c.len_utf8()),
        };
        let (token, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        Some(token)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(old: &str, new: &str, expect: &[(&str, &str)]) {
        let mut found = Vec::new();
        differences(old, new, |a, b| found.push((old[a].to_owned(), new[b].to_owned())));
        let expect: Vec<_> = expect.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(found, expect, "{old} {new}");
    }

    #[test]
    fn words_differ_as_a_whole() {
        check("foo(x)", "foobar(x)", &[("foo", "foobar")]);
        check("return foo(x)", "return foo(x, y)", &[("", ", y")]);
        check("", "x", &[("", "x")]);
        check("a\nb\n", "a\n", &[("b\n", "")]);
    }
}
