//! Plans in the journal: kept by the run that made them, found again, noted as applied.

use std::path::Path;

use crate::journal::event::Body;
use crate::journal::{self, Blobs, Event, Journal, JournalError, Run};
use crate::plan::{Document, VERSION};
use crate::redact::redact;

/// Why a run has no plan that can be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeptError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("run {run} made no plan; `spelunk trace` lists the runs")]
    NoPlan { run: String },
    #[error("no plan of run {run} was applied, so there is nothing to take back")]
    NotApplied { run: String },
    #[error("the plan of run {run} cannot be read: {reason}")]
    Unreadable { run: String, reason: String },
    /// Journals hold nothing that looks like a key, and a plan without some of its text must not be written to files.
    #[error(
        "the plan of run {run} touches text that looks like a key, which is not kept: it can be applied only when it is made, so plan \
         again with --apply"
    )]
    Redacted { run: String },
    #[error(
        "the plan of run {run} is of version {version}, and this program knows {VERSION}; use the spelunk that made it"
    )]
    Version { run: String, version: u32 },
}

/// A run with its plan.
pub struct Kept {
    pub run: String,
    pub document: Document,
    /// The workspace that it is for, by the name of its folder.
    pub workspace: String,
    /// As [`super::setup::root_hash`] has it.
    pub root: Option<String>,
}

/// The plan as the run that made it keeps it.
pub(super) fn planned(document: &Document) -> Event {
    Event::Plan { document: json(document), hash: document.hash() }
}

/// The plan of the run whose id begins so.
///
/// # Errors
/// When there is no such run, or no plan in it that can be applied.
pub fn plan(state_dir: &Path, run: &str) -> Result<Kept, KeptError> {
    last(state_dir, run, |event| match event {
        Event::Plan { document, hash } => Some((document, hash)),
        _ => None,
    })?
    .ok_or_else(|| KeptError::NoPlan { run: run.to_owned() })
}

/// The part of a run's plan that was applied last.
///
/// # Errors
/// When there is no such run, or nothing of it was applied.
pub fn applied(state_dir: &Path, run: &str) -> Result<Kept, KeptError> {
    last(state_dir, run, |event| match event {
        Event::Applied { document, hash } => Some((document, hash)),
        _ => None,
    })?
    .ok_or_else(|| KeptError::NotApplied { run: run.to_owned() })
}

/// Notes that a run's plan was applied, as far as the document says.
///
/// # Errors
/// When the run's journal cannot be written: then the plan cannot be taken back by its run.
pub fn note_applied(state_dir: &Path, run: &str, document: &Document) -> Result<(), JournalError> {
    let journal = Journal::reopen(state_dir, redact, run)?;
    journal.write(Event::Applied { document: json(document), hash: document.hash() });
    Ok(())
}

fn json(document: &Document) -> Body {
    serde_json::to_string(document).unwrap_or_default().into()
}

fn last(
    state_dir: &Path,
    run: &str,
    wanted: impl Fn(&Event) -> Option<(&Body, &String)>,
) -> Result<Option<Kept>, KeptError> {
    let run: Run = journal::read(&journal::find(state_dir, run)?)?;
    let Some((body, hash)) = run.lines.iter().rev().find_map(|line| wanted(&line.event)) else { return Ok(None) };
    let text = Blobs::new(state_dir).text(body)?;
    let unreadable = |reason: String| KeptError::Unreadable { run: run.id.clone(), reason };
    let document: Document = serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
    if document.version != VERSION {
        return Err(KeptError::Version { run: run.id.clone(), version: document.version });
    }
    if document.hash() != *hash {
        return Err(KeptError::Redacted { run: run.id.clone() });
    }
    let header = run.header();
    Ok(Some(Kept {
        document,
        workspace: header.map(|header| header.workspace.clone()).unwrap_or_default(),
        root: header.and_then(|header| header.root.clone()),
        run: run.id.clone(),
    }))
}
