//! What of a plan is applied: the chosen steps, the doubts that were asked for, and no executed file that nobody confirmed.

use std::collections::BTreeSet;

use crate::plan::executed::{executed, executed_by_manifest};
use crate::plan::{Document, Edit, FileChange};
use crate::workspace::{RelPath, Snapshot};

use super::{ApplyError, Options};

/// A part of a plan that was not applied.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LeftOut {
    /// The path afterwards, or before when the file would be removed.
    pub path: String,
    /// The line of a doubt's place.
    pub line: Option<u32>,
    pub why: String,
    /// Steps that were applied in other files, which may count on this one.
    pub steps: Vec<u32>,
}

/// The part of a plan that its options let through, and what is left out.
///
/// # Errors
/// When the plan has a fatal problem, or its steps cannot be taken apart so.
pub fn select(document: &Document, now: &Snapshot, options: &Options) -> Result<(Document, Vec<LeftOut>), ApplyError> {
    if let Some(problem) = document.problems.iter().find(|problem| problem.fatal) {
        return Err(ApplyError::Fatal { message: problem.to_string() });
    }
    let mut chosen = match &options.steps {
        None => document.clone(),
        Some(steps) => only_steps(document, steps)?,
    };
    let mut left_out = Vec::new();
    if options.doubts {
        left_out.extend(add_doubts(&mut chosen, now)?);
    }
    let confirmed = |change: &FileChange| {
        [&change.before, &change.after].into_iter().flatten().any(|path| options.executed.contains(path))
    };
    let (kept, dropped): (Vec<_>, Vec<_>) = std::mem::take(&mut chosen.files)
        .into_iter()
        .map(|change| (why_executed(&change, now), change))
        .partition(|(why, change)| why.is_none() || confirmed(change));
    chosen.files = kept.into_iter().map(|(executed, change)| FileChange { executed, ..change }).collect();
    let applied: BTreeSet<u32> = chosen.files.iter().flat_map(FileChange::all_steps).collect();
    left_out.extend(dropped.into_iter().map(|(why, change)| LeftOut {
        path: change.path().to_owned(),
        line: None,
        why: format!("it was not confirmed on its own, and tools execute it: {}", why.unwrap_or_default()),
        steps: change.all_steps().intersection(&applied).copied().collect(),
    }));
    Ok((chosen, left_out))
}

/// Which tool executes a file. What the plan says of itself counts, and so does what its paths and texts say.
fn why_executed(change: &FileChange, now: &Snapshot) -> Option<String> {
    if change.executed.is_some() {
        return change.executed.clone();
    }
    let before = match &change.before {
        Some(path) => RelPath::parse(path).ok().and_then(|path| now.text(&path).ok()),
        None => Some("".into()),
    };
    let after = before.as_deref().and_then(|text| change.apply(text));
    let before = before.as_deref().filter(|_| change.before.is_some());
    let named = [&change.before, &change.after].into_iter().flatten();
    let read = |path: &str| now.text(&RelPath::parse(path).ok()?).ok();
    let of = |path: &str| executed(path, before, after.as_deref()).or_else(|| executed_by_manifest(path, &read));
    named.clone().find_map(|path| of(path)).or_else(|| {
        // What a symlink leads to is what is written.
        let real = change.before.as_ref().and_then(|path| now.settle(&RelPath::parse(path).ok()?).ok())?;
        of(real.as_str()).map(|why| format!("it leads to {real}: {why}"))
    })
}

/// The plan with nothing but some of its steps.
///
/// # Errors
/// When there is no such step, or one builds on another that is not among them.
pub fn only_steps(document: &Document, steps: &[u32]) -> Result<Document, ApplyError> {
    if let Some(step) = steps.iter().find(|step| document.step(**step).is_none()) {
        return Err(ApplyError::NoSuchStep { step: *step });
    }
    let mut files = Vec::new();
    for change in &document.files {
        // All, none, or an error for those who are in between.
        let wanted = |of: &[u32]| -> Result<bool, ApplyError> {
            let (with, without): (Vec<u32>, Vec<u32>) = of.iter().partition(|step| steps.contains(step));
            match (with.first(), without.first()) {
                (Some(with), Some(without)) => {
                    Err(ApplyError::Entangled { path: change.path().to_owned(), with: *with, without: *without })
                }
                (with, _) => Ok(with.is_some()),
            }
        };
        let is_whole = change.before.is_none() || change.after.is_none();
        if is_whole {
            // Its edits are its text.
            let all: Vec<u32> = change.all_steps().into_iter().collect();
            if wanted(&all)? {
                files.push(change.clone());
            }
            continue;
        }
        let after = if wanted(&change.steps)? { change.after.clone() } else { change.before.clone() };
        let mut edits = Vec::new();
        for edit in &change.edits {
            if wanted(&edit.steps)? {
                edits.push(edit.clone());
            }
        }
        if !edits.is_empty() || after != change.before {
            files.push(FileChange { after, edits, ..change.clone() });
        }
    }
    let steps_of = |id: &u32| steps.contains(id);
    Ok(Document {
        steps: document.steps.iter().filter(|step| steps_of(&step.id)).cloned().collect(),
        doubts: document.doubts.iter().filter(|doubt| steps_of(&doubt.step)).cloned().collect(),
        files,
        ..document.clone()
    })
}

/// Puts the edits of the doubts among those of the files. Says which have no place there.
fn add_doubts(document: &mut Document, now: &Snapshot) -> Result<Vec<LeftOut>, ApplyError> {
    let with_edits = document.doubts.iter().filter(|doubt| doubt.edit.is_some());
    let changed: BTreeSet<&str> =
        with_edits.filter(|doubt| !doubt.is_current(now)).map(|doubt| doubt.path.as_str()).collect();
    if !changed.is_empty() {
        return Err(ApplyError::Changed { paths: changed.into_iter().map(str::to_owned).collect() });
    }
    let mut left_out = Vec::new();
    for doubt in std::mem::take(&mut document.doubts) {
        let Some(edit) = &doubt.edit else {
            document.doubts.push(doubt);
            continue;
        };
        match add(&mut document.files, &doubt.path, edit, now) {
            Ok(()) => {}
            Err(why) => {
                left_out.push(LeftOut {
                    path: doubt.path.clone(),
                    line: Some(doubt.line),
                    why: why.to_owned(),
                    steps: vec![doubt.step],
                });
                document.doubts.push(doubt);
            }
        }
    }
    Ok(left_out)
}

fn add(files: &mut Vec<FileChange>, path: &str, edit: &Edit, now: &Snapshot) -> Result<(), &'static str> {
    let text = RelPath::parse(path).ok().and_then(|path| now.text(&path).ok()).ok_or("its file cannot be read")?;
    if text.get(edit.range()) != Some(edit.old.as_str()) {
        return Err("another text stands there now");
    }
    let at = match files.iter().position(|change| change.before.as_deref() == Some(path)) {
        Some(at) => at,
        None => {
            files.push(FileChange {
                before: Some(path.to_owned()),
                after: Some(path.to_owned()),
                hash: Some(blake3::hash(text.as_bytes()).to_hex().to_string()),
                ..FileChange::default()
            });
            files.sort_by(|a, b| a.path().cmp(b.path()));
            files.iter().position(|change| change.before.as_deref() == Some(path)).ok_or("its file is not there")?
        }
    };
    let change = &mut files[at];
    if change.after.is_none() {
        return Err("its file is removed");
    }
    let range = edit.range();
    let touches = |other: &Edit| {
        let other = other.range();
        other.start < range.end && range.start < other.end || other.start == range.start
    };
    if change.edits.iter().any(touches) {
        return Err("it overlaps with an edit");
    }
    let place = change.edits.partition_point(|other| other.start < range.start);
    change.edits.insert(place, edit.clone());
    Ok(())
}
