//! The plan while it is made: steps of edits over a snapshot, composed in memory. Nothing is written.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use crate::text::{LineIndex, ends_in_crlf};
use crate::workspace::{Encoding, RelPath, Sites, Snapshot};

use super::checks::Problem;
use super::draft::{Draft, Overlap};
use super::executed::{executed, executed_by_manifest};
use super::{Document, Doubt, Edit, FileChange, PlanError, Step, VERSION};

/// Files that one plan may change.
pub const MAX_FILES: usize = 2_000;

/// Bytes of text that the files of one plan may have.
pub const MAX_TEXT: usize = 64 << 20;

/// A plan that is being made.
#[derive(Clone)]
pub struct Plan {
    base: Snapshot,
    request: String,
    steps: Vec<Step>,
    /// How many steps there ever were: numbers are not given again.
    numbered: u32,
    files: Vec<Planned>,
    gone: Vec<Gone>,
    doubts: Vec<Doubt>,
    /// What was refused for safety: a person has to know that it was tried.
    refused: Vec<Problem>,
}

/// A file that the plan has to do with.
#[derive(Clone)]
struct Planned {
    /// `None` for a file that the plan creates.
    before: Option<RelPath>,
    /// `None` for one that it removes.
    after: Option<RelPath>,
    /// Of the text before.
    hash: String,
    bom: bool,
    /// Lines end in CRLF.
    crlf: bool,
    draft: Draft,
    /// Who created, moved and removed it, each with where it was before that.
    paths: Vec<(u32, Option<RelPath>)>,
}

/// A name that a step takes away; nothing of it should be left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    pub step: u32,
    /// The name.
    pub name: String,
    /// The definition as people name it: `Outer.name`.
    pub qualified: String,
    /// The file that had the definition.
    pub path: String,
    /// What it is called afterwards; `None` when it was removed.
    pub renamed: Option<String>,
    /// The file that has it afterwards, when it was moved.
    pub moved: Option<String>,
}

impl Planned {
    fn steps(&self) -> BTreeSet<u32> {
        self.draft.steps().into_iter().chain(self.paths.iter().map(|(step, _)| *step)).collect()
    }

    fn is_changed(&self) -> bool {
        self.before != self.after || self.draft.text() != self.draft.base()
    }

    fn with_ends(&self, text: &str) -> String {
        if self.crlf { text.replace("\r\n", "\n").replace('\n', "\r\n") } else { text.to_owned() }
    }
}

impl Plan {
    /// An empty plan over a snapshot, for a request in words.
    pub fn new(base: Snapshot, request: &str) -> Self {
        Self {
            base,
            request: request.to_owned(),
            steps: Vec::new(),
            numbered: 0,
            files: Vec::new(),
            gone: Vec::new(),
            doubts: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// Says what the plan is for.
    pub fn set_request(&mut self, request: &str) {
        request.clone_into(&mut self.request);
    }

    /// The repository before the plan.
    pub fn base(&self) -> &Snapshot {
        &self.base
    }

    /// Begins a step; what is planned from now on belongs to it. Gives its number.
    pub fn step(&mut self, title: &str, why: &str) -> u32 {
        self.numbered += 1;
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.steps.push(Step { id: self.numbered, title: line(title), why: why.trim().to_owned() });
        self.numbered
    }

    /// The step that edits belong to; the first is there without being asked for.
    pub fn current(&mut self) -> u32 {
        match self.steps.last() {
            Some(step) => step.id,
            None => {
                let title: String = self.request.chars().take(80).collect();
                self.step(&title, "")
            }
        }
    }

    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The names that steps take away.
    pub fn gone(&self) -> &[Gone] {
        &self.gone
    }

    /// Notes that a step takes a name away.
    pub fn takes_away(&mut self, gone: Gone) {
        self.gone.push(gone);
    }

    /// Notes a place that a person has to judge.
    pub fn doubt(&mut self, doubt: Doubt) {
        if !self.doubts.contains(&doubt) {
            self.doubts.push(doubt);
        }
    }

    pub fn doubts(&self) -> &[Doubt] {
        &self.doubts
    }

    /// The planned text of a file.
    ///
    /// # Errors
    /// When it is not in the repository as planned, or cannot be read.
    pub fn read(&self, path: &str) -> Result<Arc<str>, PlanError> {
        let path = RelPath::parse(path)?;
        match self.at(&path)? {
            Some(file) => Ok(self.files[file].draft.text().clone()),
            None => Ok(self.base.text(&path)?),
        }
    }

    /// The repository as planned, for whoever searches it.
    pub fn snapshot(&self) -> Snapshot {
        let texts = self.files.iter().filter_map(|file| Some((file.after.clone()?, file.draft.text().clone())));
        let there: BTreeSet<&RelPath> = self.files.iter().filter_map(|file| file.after.as_ref()).collect();
        let gone = self.files.iter().filter_map(|file| file.before.clone()).filter(|path| !there.contains(path));
        let gone: Vec<RelPath> = gone.collect();
        let planned = self.base.with_overlay(texts);
        if gone.is_empty() { planned } else { planned.without(gone) }
    }

    /// The paths of changed files, as planned.
    pub fn paths(&self) -> Vec<String> {
        let changed = self.files.iter().filter(|file| file.is_changed());
        changed.filter_map(|file| file.after.as_ref()).map(RelPath::to_string).collect()
    }

    /// Where a planned file was before, if it was.
    pub fn before(&self, path: &str) -> Option<String> {
        let path = RelPath::parse(path).ok()?;
        match self.files.iter().find(|file| file.after.as_ref() == Some(&path)) {
            Some(file) => file.before.as_ref().map(RelPath::to_string),
            None => Some(path.to_string()),
        }
    }

    /// Where unchanged text of a planned file was before: the path, the byte offset and the line.
    pub fn origin(&self, path: &str, range: &Range<usize>) -> Option<(String, usize, u32)> {
        let parsed = RelPath::parse(path).ok()?;
        let (before, start, text) = match self.at(&parsed).ok()? {
            Some(file) => {
                let file = &self.files[file];
                let before = file.before.as_ref()?.to_string();
                (before, file.draft.origin(range)?, file.draft.base().clone())
            }
            None => (path.to_owned(), range.start, self.base.text(&parsed).ok()?),
        };
        let line = LineIndex::new(&text).line_of(start);
        Some((before, start, line))
    }

    /// Takes over what another plan noted as refused, and nothing else of it.
    pub fn heed(&mut self, other: Self) {
        self.refused = other.refused;
    }

    /// Replaces ranges of a file's planned text, which are in order and do not overlap.
    ///
    /// # Errors
    /// When the file may not be changed.
    pub fn splice(&mut self, path: &str, edits: &[(Range<usize>, String)]) -> Result<(), PlanError> {
        let file = self.open(path)?;
        let step = self.current();
        // A mark at the beginning is no part of any text, so it can neither be added nor go.
        let marked: Vec<_> = match edits.first() {
            Some((range, new)) if range.start == 0 && new.starts_with('\u{feff}') => {
                let mut edits = edits.to_vec();
                edits[0].1 = new.trim_start_matches('\u{feff}').to_owned();
                edits
            }
            _ => Vec::new(),
        };
        let edits = if marked.is_empty() { edits } else { &marked };
        self.within(edits.iter().map(|(_, new)| new.len()).sum())?;
        self.files[file].draft.splice(step, edits);
        Ok(())
    }

    /// Replaces a text that stands once in a file's planned text, or with `all` wherever it stands. Gives how often.
    ///
    /// # Errors
    /// When it does not stand there, or more than once, or the file may not be changed.
    pub fn replace(&mut self, path: &str, old: &str, new: &str, all: bool) -> Result<usize, PlanError> {
        let file = self.open(path)?;
        let planned = &self.files[file];
        let text = planned.draft.text().clone();
        let no_match = |hint: String| PlanError::NoMatch { path: path.to_owned(), hint };
        if old.is_empty() {
            return Err(no_match("; an empty text stands everywhere: plan.edit inserts lines".to_owned()));
        }
        let old = if text.contains(old) { old.to_owned() } else { planned.with_ends(old) };
        let found: Vec<usize> = text.match_indices(&old).map(|(at, _)| at).collect();
        let lines = LineIndex::new(&text);
        match found.len() {
            0 => return Err(no_match(hint(&text, &old, &lines))),
            1 => {}
            _ if all => {}
            times => {
                let mut shown: Vec<String> = found.iter().take(8).map(|at| lines.line_of(*at).to_string()).collect();
                if times > shown.len() {
                    shown.push("…".to_owned());
                }
                return Err(PlanError::ManyMatches { path: path.to_owned(), times, lines: shown.join(", ") });
            }
        }
        let new = planned.with_ends(new);
        let edits: Vec<_> = found.iter().map(|at| (*at..at + old.len(), new.clone())).collect();
        self.splice(path, &edits)?;
        Ok(found.len())
    }

    /// Replaces the lines `from..=to` (1-based) of a file as it was before the plan, or as the plan created it; `to = from - 1`
    /// inserts before `from`. The text's last line gets its line end.
    ///
    /// # Errors
    /// When there are no such lines, another step changes them, or the file may not be changed.
    pub fn edit(&mut self, path: &str, from: u64, to: u64, text: &str) -> Result<(), PlanError> {
        let file = self.open(path)?;
        let step = self.current();
        self.within(text.len())?;
        let planned = &mut self.files[file];
        let base = planned.draft.base().clone();
        let lines: Vec<usize> = std::iter::once(0)
            .chain(memchr::memchr_iter(b'\n', base.as_bytes()).map(|at| at + 1))
            .filter(|start| *start < base.len())
            .collect();
        let total = lines.len() as u64;
        if from == 0 || to + 1 < from || to > total || from > total + 1 {
            return Err(PlanError::Lines { path: path.to_owned(), from, to, total });
        }
        let start_of = |line: u64| lines.get(line as usize - 1).copied().unwrap_or(base.len());
        let range = start_of(from)..start_of(to + 1);
        let text = if from == 1 { text.trim_start_matches('\u{feff}') } else { text };
        let mut new = planned.with_ends(text);
        let ends = !base.is_empty() && range.end == base.len() && !base.ends_with('\n');
        let end = if planned.crlf { "\r\n" } else { "\n" };
        if ends && range.is_empty() && !new.is_empty() {
            // Behind a last line without an end: the line before gets one, and the file still has none at its end.
            new = format!("{end}{}", new.strip_suffix(end).unwrap_or(&new));
        } else if ends {
            new.truncate(new.strip_suffix(end).unwrap_or(&new).len());
        } else if !new.is_empty() && !new.ends_with('\n') {
            new.push_str(end);
        }
        let overlap = |Overlap { step }| PlanError::Overlap { path: path.to_owned(), from, to, step };
        planned.draft.edit(step, range, &new).map_err(overlap)
    }

    /// Creates a file.
    ///
    /// # Errors
    /// When there is one, or there may be none.
    pub fn create(&mut self, path: &str, text: &str) -> Result<(), PlanError> {
        let path = self.free(path)?;
        self.within(text.len())?;
        let step = self.current();
        // A mark at the beginning is no part of any text.
        let (bom, text) = match text.strip_prefix('\u{feff}') {
            Some(text) => (true, text),
            None => (false, text),
        };
        self.files.push(Planned {
            before: None,
            after: Some(path),
            hash: String::new(),
            bom,
            crlf: ends_in_crlf(text),
            draft: Draft::new(text.into()),
            paths: vec![(step, None)],
        });
        Ok(())
    }

    /// Removes a file.
    ///
    /// # Errors
    /// When there is none, or it may not be removed.
    pub fn remove(&mut self, path: &str) -> Result<(), PlanError> {
        let file = self.open(path)?;
        let step = self.current();
        let planned = &mut self.files[file];
        let from = planned.after.take();
        planned.paths.push((step, from));
        Ok(())
    }

    /// Gives a file another path. What names it elsewhere is not changed.
    ///
    /// # Errors
    /// When there is none, or something is at the new path, or either may not be written.
    pub fn move_file(&mut self, from: &str, to: &str) -> Result<(), PlanError> {
        let file = self.open(from)?;
        let to = self.free(to)?;
        let step = self.current();
        let planned = &mut self.files[file];
        let from = planned.after.replace(to);
        planned.paths.push((step, from));
        Ok(())
    }

    /// Takes a step back with all that it did.
    ///
    /// # Errors
    /// When there is no such step, or others build on it.
    pub fn drop_step(&mut self, step: u32) -> Result<(), PlanError> {
        if !self.steps.iter().any(|there| there.id == step) {
            let ids: Vec<String> = self.steps.iter().map(|step| step.id.to_string()).collect();
            let there = if ids.is_empty() { "none".to_owned() } else { ids.join(", ") };
            return Err(PlanError::NoStep { step, there });
        }
        let mut files = Vec::with_capacity(self.files.len());
        let mut built_on = BTreeSet::new();
        for file in &self.files {
            match without(file, step) {
                Ok(Some(file)) => files.push(file),
                Ok(None) => {}
                Err(others) => built_on.extend(others),
            }
        }
        // Where letters' case does not count, another spelling is the same file.
        let folded = |file: &Planned| file.after.as_ref().map(|path| path.as_str().to_lowercase());
        let vacated: BTreeSet<RelPath> =
            files.iter().filter(|file| file.before != file.after).filter_map(|file| file.before.clone()).collect();
        let mut sites = Sites::of(&self.base);
        for (at, file) in files.iter().enumerate().filter(|(_, file)| file.before != file.after) {
            let Some(path) = &file.after else { continue };
            let same = |other: usize| other != at && folded(&files[other]) == folded(file);
            let shared: Vec<&Planned> = (0..files.len()).filter(|other| same(*other)).map(|at| &files[at]).collect();
            if !shared.is_empty() || sites.check(path, &vacated).is_err() {
                let by = shared.into_iter().chain([file]);
                built_on.extend(by.flat_map(Planned::steps).filter(|other| *other != step));
            }
        }
        if !built_on.is_empty() {
            let ids: Vec<String> = built_on.iter().map(u32::to_string).collect();
            let (others, them) = match &ids[..] {
                [one] => (format!("step {one} builds"), "it"),
                ids => (format!("steps {} build", ids.join(", ")), "them"),
            };
            return Err(PlanError::BuiltOn { step, others, them: them.to_owned() });
        }
        self.files = files;
        self.steps.retain(|there| there.id != step);
        self.gone.retain(|gone| gone.step != step);
        self.doubts.retain(|doubt| doubt.step != step);
        Ok(())
    }

    /// Plans doubtful places too, by their numbers from 1 in [`Self::doubts`]. Gives how many edits that makes.
    ///
    /// # Errors
    /// When there is no such place, it is only to be looked at, or another step changes it.
    pub fn accept(&mut self, ids: &[usize]) -> Result<usize, PlanError> {
        let mut chosen: Vec<usize> = ids.to_vec();
        chosen.sort_unstable();
        chosen.dedup();
        for id in &chosen {
            let found = id.checked_sub(1).and_then(|at| self.doubts.get(at)).cloned();
            let refused = |why: &str| PlanError::Refused(format!("doubtful place {id}: {why}; plan.doubts() has them"));
            let doubt = found.ok_or_else(|| refused("there is none of this number"))?;
            let edit = doubt.edit.as_ref().ok_or_else(|| refused("it is only to be looked at"))?;
            let before = RelPath::parse(&doubt.path)?;
            let moved = self.files.iter().find(|file| file.before.as_ref() == Some(&before));
            let path = match moved {
                Some(file) => file.after.clone().ok_or_else(|| refused("its file is removed"))?,
                None => before,
            };
            let file = self.open(path.as_str())?;
            let line = u64::from(edit.line);
            let overlap =
                |Overlap { step }| PlanError::Overlap { path: doubt.path.clone(), from: line, to: line, step };
            if self.files[file].draft.base().get(edit.range()) != Some(&edit.old) {
                return Err(refused("another text stands there"));
            }
            self.files[file].draft.edit(doubt.step, edit.range(), &edit.new).map_err(overlap)?;
        }
        let taken = |at: usize| chosen.contains(&(at + 1));
        let mut at = 0..;
        self.doubts.retain(|_| !at.next().is_some_and(taken));
        Ok(chosen.len())
    }

    /// The text before the plan of a file that it changes.
    pub fn text_before(&self, path: &str) -> Option<Arc<str>> {
        let file = self.files.iter().find(|file| file.before.as_ref().is_some_and(|before| before.as_str() == path))?;
        Some(file.draft.base().clone())
    }

    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        !self.files.iter().any(Planned::is_changed)
    }

    /// What was refused for safety while it was made.
    pub fn refused(&self) -> &[Problem] {
        &self.refused
    }

    /// The plan as it is shown and kept, without what the checks say.
    pub fn document(&self) -> Document {
        let read = |path: &str| self.base.text(&RelPath::parse(path).ok()?).ok();
        let changed = self.files.iter().filter(|file| file.is_changed());
        let mut files: Vec<FileChange> = changed.map(|file| file_change(file, &read)).collect();
        files.sort_by(|a, b| a.path().cmp(b.path()));
        Document {
            version: VERSION,
            request: self.request.clone(),
            steps: self.steps.clone(),
            files,
            doubts: self
                .doubts
                .iter()
                .map(|doubt| Doubt { hash: self.hash_before(&doubt.path), ..doubt.clone() })
                .collect(),
            problems: self.refused.clone(),
            ..Document::default()
        }
    }

    /// Of the text before the plan.
    fn hash_before(&self, path: &str) -> Option<String> {
        let path = RelPath::parse(path).ok()?;
        match self.files.iter().find(|file| file.before.as_ref() == Some(&path)) {
            Some(file) => Some(file.hash.clone()),
            None => Some(blake3::hash(self.base.text(&path).ok()?.as_bytes()).to_hex().to_string()),
        }
    }

    /// Keeps in mind that something was refused for safety.
    fn refuse(&mut self, path: &str, error: &PlanError) {
        let problem = Problem {
            check: "jail".to_owned(),
            fatal: false,
            step: self.steps.last().map(|step| step.id),
            path: Some(path.to_owned()),
            line: None,
            message: format!("was refused: {error}"),
        };
        if self.refused.len() < 50 && !self.refused.iter().any(|known| known.message == problem.message) {
            self.refused.push(problem);
        }
    }

    /// The planned file of a path. `None` when the plan has nothing to do with it so far.
    fn at(&self, path: &RelPath) -> Result<Option<usize>, PlanError> {
        if let Some(file) = self.files.iter().position(|file| file.after.as_ref() == Some(path)) {
            return Ok(Some(file));
        }
        match self.files.iter().find(|file| file.before.as_ref() == Some(path)) {
            Some(file) => {
                let step = file.paths.last().map_or(0, |(step, _)| *step);
                Err(PlanError::Gone { path: path.to_string(), step })
            }
            None => Ok(None),
        }
    }

    /// A file that may be changed.
    fn open(&mut self, path: &str) -> Result<usize, PlanError> {
        let opened = self.try_open(path);
        if let Err(error) = &opened
            && is_unsafe(error)
        {
            self.refuse(path, error);
        }
        opened
    }

    fn try_open(&mut self, path: &str) -> Result<usize, PlanError> {
        let path = RelPath::parse(path)?;
        if let Some(file) = self.at(&path)? {
            return Ok(file);
        }
        self.base.writable(&path)?;
        let text = self.base.text(&path)?;
        let bom = match self.base.encoding(&path)? {
            Encoding::Utf8 => false,
            Encoding::Utf8Bom => true,
            Encoding::Other => return Err(PlanError::Encoding { path: path.to_string() }),
        };
        if self.files.len() >= MAX_FILES {
            return Err(PlanError::TooManyFiles { limit: MAX_FILES });
        }
        self.within(text.len())?;
        let hash = blake3::hash(text.as_bytes()).to_hex().to_string();
        self.files.push(Planned {
            before: Some(path.clone()),
            after: Some(path),
            hash,
            bom,
            crlf: ends_in_crlf(&text),
            draft: Draft::new(text),
            paths: Vec::new(),
        });
        Ok(self.files.len() - 1)
    }

    /// Whether anything may be written below a path at all, whatever is there now.
    ///
    /// # Errors
    /// When no plan may write there, which is kept in mind.
    pub fn admits(&mut self, path: &str) -> Result<(), PlanError> {
        match self.free(path) {
            Err(error) if is_unsafe(&error) => Err(error),
            _ => Ok(()),
        }
    }

    /// A path at which a file may come to be.
    fn free(&mut self, path: &str) -> Result<RelPath, PlanError> {
        let found = self.try_free(path);
        if let Err(error) = &found
            && is_unsafe(error)
        {
            self.refuse(path, error);
        }
        found
    }

    fn try_free(&self, path: &str) -> Result<RelPath, PlanError> {
        let parsed = RelPath::parse(path)?;
        if self.files.len() >= MAX_FILES {
            return Err(PlanError::TooManyFiles { limit: MAX_FILES });
        }
        // Where letters' case does not count, another spelling is the same file.
        let lower = parsed.as_str().to_lowercase();
        let mut planned = self.files.iter().filter_map(|file| file.after.as_ref());
        if planned.any(|path| path.as_str().to_lowercase() == lower) {
            return Err(PlanError::Exists { path: parsed.to_string() });
        }
        let left = self.files.iter().filter(|file| file.before != file.after);
        let vacated: BTreeSet<RelPath> = left.filter_map(|file| file.before.clone()).collect();
        Sites::of(&self.base).check(&parsed, &vacated)?;
        Ok(parsed)
    }

    /// Whether so many more bytes fit into the plan.
    fn within(&mut self, more: usize) -> Result<(), PlanError> {
        let now: usize = self.files.iter().map(|file| file.draft.text().len()).sum();
        if now + more <= MAX_TEXT {
            return Ok(());
        }
        let error = PlanError::TooMuchText { limit: MAX_TEXT };
        self.refuse("", &error);
        Err(error)
    }
}

/// Whether an error says that something was tried that no plan may do.
fn is_unsafe(error: &PlanError) -> bool {
    use crate::workspace::WorkspaceError as W;
    matches!(
        error,
        PlanError::TooManyFiles { .. }
            | PlanError::TooMuchText { .. }
            | PlanError::Workspace(
                W::OutsideRoot { .. }
                    | W::Secret { .. }
                    | W::NotListed { .. }
                    | W::Ignored { .. }
                    | W::Link { .. }
                    | W::FileName { .. }
                    | W::OutOfScope { .. }
            )
    )
}

/// A file without what a step did; `None` when nothing of it is left.
fn without(file: &Planned, step: u32) -> Result<Option<Planned>, BTreeSet<u32>> {
    let mut file = file.clone();
    if file.before.is_none() && file.paths.first().is_some_and(|(by, _)| *by == step) {
        let others: BTreeSet<u32> = file.steps().into_iter().filter(|other| *other != step).collect();
        return if others.is_empty() { Ok(None) } else { Err(others) };
    }
    file.draft = file.draft.without(step)?;
    while let Some((by, from)) = file.paths.last().cloned() {
        if by != step {
            break;
        }
        file.paths.pop();
        file.after = from;
    }
    let later: BTreeSet<u32> = match file.paths.iter().position(|(by, _)| *by == step) {
        Some(at) => file.paths[at..].iter().map(|(by, _)| *by).filter(|by| *by != step).collect(),
        None => BTreeSet::new(),
    };
    if later.is_empty() { Ok(Some(file)) } else { Err(later) }
}

fn file_change(file: &Planned, read: &dyn Fn(&str) -> Option<Arc<str>>) -> FileChange {
    let path = |path: &Option<RelPath>| path.as_ref().map(RelPath::to_string);
    let mut steps: BTreeSet<u32> = file.paths.iter().map(|(step, _)| *step).collect();
    let whole = |old: &str, new: &str, steps: BTreeSet<u32>| Edit {
        start: 0,
        line: 1,
        old: old.to_owned(),
        new: new.to_owned(),
        steps: steps.into_iter().collect(),
    };
    let (before, after) = (path(&file.before), path(&file.after));
    let edits = match (&before, &after) {
        (None, _) => {
            steps.extend(file.draft.steps());
            vec![whole("", file.draft.text(), steps.clone())]
        }
        (_, None) => vec![whole(file.draft.base(), "", steps.clone())],
        _ => file.draft.edits(),
    };
    let edits = edits.into_iter().filter(|edit| edit.old != edit.new).collect();
    let hash = before.is_some().then(|| file.hash.clone());
    let mut change =
        FileChange { before, after, hash, bom: file.bom, steps: steps.into_iter().collect(), executed: None, edits };
    let text = |is_there: bool, text: &Arc<str>| is_there.then(|| text.clone());
    let old = text(change.before.is_some(), file.draft.base());
    let new = text(change.after.is_some(), file.draft.text());
    let named = |path: &Option<String>| {
        let path = path.as_ref()?;
        executed(path, old.as_deref(), new.as_deref()).or_else(|| executed_by_manifest(path, read))
    };
    change.executed = named(&change.after).or_else(|| named(&change.before));
    change
}

/// What may help who looked for a text that does not stand there.
fn hint(text: &str, old: &str, lines: &LineIndex) -> String {
    let Some(first) = old.lines().map(str::trim).find(|line| line.len() > 3) else { return String::new() };
    let found: Vec<String> = text.match_indices(first).map(|(at, _)| lines.line_of(at).to_string()).take(5).collect();
    match found.is_empty() {
        true => "; it is compared byte by byte with the text as planned: plan.read shows it".to_owned(),
        false => {
            format!("; its line {first:?} does, in line {}, with other text or blanks around it", found.join(", "))
        }
    }
}

#[cfg(test)]
mod tests;
