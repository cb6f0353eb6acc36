//! What the program checks in a plan.

mod brackets;
mod collision;
mod data;
mod duplicates;
mod gone;
mod imports;
mod indent;
mod jail;
mod leftover;
mod marks;
mod parse;
mod size;
mod style;
mod view;
mod words;

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::cancel::Cancel;
use crate::graph::Symbols;
use crate::workspace::Snapshot;

use self::view::{File, View};
use super::{Document, Gone, Plan, PlanError};

/// The checks by name, in the order in which they are made. What a plan was refused while it was made counts as `jail` too.
pub const CHECKS: &[&str] = &["jail", "parse", "leftover", "collision", "style", "size"];

/// Places of one kind that are listed; the rest is counted.
const LISTED: usize = 20;

/// Something wrong with a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The check's name: `parse`, `leftover`, `collision`, `jail`, `style`, ...
    pub check: String,
    /// The plan must not be applied as it is; otherwise a person may judge.
    pub fatal: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// 1-based, in the text afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    pub message: String,
}

impl Problem {
    fn new(check: &str, fatal: bool, message: String) -> Self {
        Self { check: check.to_owned(), fatal, step: None, path: None, line: None, message }
    }

    fn step(self, step: Option<u32>) -> Self {
        Self { step, ..self }
    }

    fn path(self, path: &str) -> Self {
        Self { path: Some(path.to_owned()), ..self }
    }

    fn line(self, line: u32) -> Self {
        Self { line: Some(line), ..self }
    }
}

/// `src/a.rs:3: what is wrong`, as far as the place is known.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.path, self.line) {
            (Some(path), Some(line)) => write!(f, "{path}:{line}: ")?,
            (Some(path), None) => write!(f, "{path}: ")?,
            (None, _) => {}
        }
        f.write_str(&self.message)
    }
}

/// Checks one plan again and again while it is made, and keeps what does not change between two times. All plans that it is given
/// have to be over one snapshot.
#[derive(Default)]
pub struct Checker {
    files: Mutex<HashMap<blake3::Hash, Arc<Found>>>,
    names: gone::Memo,
    last: Mutex<Option<(blake3::Hash, Vec<Problem>)>>,
}

/// What one file's texts have in them.
#[derive(Default)]
struct Found {
    problems: Vec<Problem>,
    parsed: parse::Compared,
}

impl Checker {
    /// What is wrong with a plan, the fatal first. What was refused while it was made is in its document, and not repeated here.
    ///
    /// # Errors
    /// When the repository cannot be listed or searched, or the check is cancelled.
    pub fn check(&self, plan: &Plan, cache: &Symbols, cancel: &Cancel) -> Result<Vec<Problem>, PlanError> {
        let (view, mut problems) = View::new(plan.base(), plan.snapshot(), &plan.document());
        let mut key = blake3::Hasher::new();
        for file in &view.files {
            key.update(file.key.as_bytes());
        }
        key.update(format!("{:?}{:?}", plan.gone(), plan.doubts()).as_bytes());
        let key = key.finalize();
        let lock = || self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, problems)) = lock().as_ref().filter(|(last, _)| *last == key) {
            return Ok(problems.clone());
        }
        let told: BTreeSet<(String, u32)> =
            plan.doubts().iter().map(|doubt| (doubt.path.clone(), doubt.line)).collect();
        problems.extend(self.view(&view, plan.gone(), &told, cache, cancel)?);
        let problems = in_order(problems);
        *lock() = Some((key, problems.clone()));
        Ok(problems)
    }

    fn view(
        &self,
        view: &View,
        gone: &[Gone],
        told: &BTreeSet<(String, u32)>,
        cache: &Symbols,
        cancel: &Cancel,
    ) -> Result<Vec<Problem>, PlanError> {
        let found: Vec<Arc<Found>> = view
            .files
            .par_iter()
            .map(|file| if cancel.is_cancelled() { Arc::default() } else { self.file(file) })
            .collect();
        let mut problems: Vec<Problem> = found.iter().flat_map(|found| found.problems.clone()).collect();
        problems.extend(parse::problems(view, &found));
        problems.extend(size::whole(view));
        if cancel.is_cancelled() {
            return Err(PlanError::Cancelled);
        }
        let names = gone::Names::new(view, gone, told, cache, cancel, &self.names)?;
        problems.extend(leftover::problems(&names)?);
        problems.extend(imports::problems(&names)?);
        problems.extend(collision::problems(&names)?);
        if cancel.is_cancelled() {
            return Err(PlanError::Cancelled);
        }
        Ok(problems)
    }

    /// What can be told from one file alone.
    fn file(&self, file: &File) -> Arc<Found> {
        let lock = || self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&file.key) {
            return known.clone();
        }
        let mut problems = Vec::new();
        problems.extend(style::problems(file));
        problems.extend(size::problems(file));
        problems.extend(marks::problems(file));
        problems.extend(duplicates::problems(file));
        let found = Arc::new(Found { problems, parsed: parse::compare(file) });
        lock().insert(file.key, found.clone());
        found
    }
}

/// What is wrong with a plan, the fatal first. [`Checker`] does it again at less cost.
///
/// # Errors
/// When the repository cannot be listed or searched, or the check is cancelled.
pub fn check(plan: &Plan, cache: &Symbols, cancel: &Cancel) -> Result<Vec<Problem>, PlanError> {
    Checker::default().check(plan, cache, cancel)
}

/// What is wrong with a document from elsewhere, of which nothing is believed: its paths, texts and numbers are looked at first,
/// and a file that cannot be taken as it is said to be is in no other check.
///
/// # Errors
/// When the repository cannot be listed or searched, or the check is cancelled.
pub fn check_document(
    document: &Document,
    base: &Snapshot,
    cache: &Symbols,
    cancel: &Cancel,
) -> Result<Vec<Problem>, PlanError> {
    let (sound, mut problems) = jail::sift(document, base)?;
    if sound.files.is_empty() {
        return Ok(in_order(problems));
    }
    let planned = view::planned(&sound, base);
    let (view, more) = View::new(base, planned, &sound);
    problems.extend(more);
    let told = sound.doubts.iter().map(|doubt| (doubt.path.clone(), doubt.line)).collect();
    problems.extend(Checker::default().view(&view, &[], &told, cache, cancel)?);
    Ok(in_order(problems))
}

fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_key(|problem| {
        let at = CHECKS.iter().position(|check| *check == problem.check);
        (!problem.fatal, at, problem.path.clone(), problem.line)
    });
    problems.dedup();
    problems
}
