//! Plans in the journal: kept by the run that made them, found again, noted as applied.

use std::borrow::Cow;
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
    /// Journals hold nothing that looks like a key, and a plan without some of its text must not be written to files.
    #[error(
        "the plan of run {run} touches text that looks like a key, which is not kept: it can be applied only when it is made, so plan \
         again with --apply"
    )]
    Redacted { run: String },
    #[error(
        "what was applied of the plan of run {run} has text that looks like a key, which is not kept: git can take it back"
    )]
    NotUndoable { run: String },
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
    let run = read(state_dir, run)?;
    let last = run.lines.iter().rev().find_map(|line| match &line.event {
        Event::Plan { document, hash } => Some((document, hash)),
        _ => None,
    });
    let (document, hash) = last.ok_or_else(|| KeptError::NoPlan { run: run.id.clone() })?;
    kept(state_dir, &run, document, hash)
}

/// The part of a run's plan that was applied last, of what was not taken back.
///
/// # Errors
/// When there is no such run, nothing of it is applied, or what is cannot be read.
pub fn applied(state_dir: &Path, run: &str) -> Result<Kept, KeptError> {
    let run = read(state_dir, run)?;
    let mut standing = Vec::new();
    for line in &run.lines {
        match &line.event {
            Event::Applied { document, hash } => standing.push((document, hash)),
            Event::Undone => drop(standing.pop()),
            _ => {}
        }
    }
    match standing.pop() {
        Some((document, hash)) => kept(state_dir, &run, document, hash).map_err(|error| match error {
            KeptError::Redacted { run } => KeptError::NotUndoable { run },
            error => error,
        }),
        None => Err(KeptError::NotApplied { run: run.id }),
    }
}

/// What is noted in the journal of a run that planned.
pub enum Note<'d> {
    /// The plan, with what a verification says of it.
    Verified(&'d Document),
    /// The part that is going to be written.
    Applied(&'d Document),
    /// That is taken back, or was not written.
    Undone,
}

/// Notes what becomes of a run's plan.
///
/// # Errors
/// When the run's journal cannot be written.
pub fn note(state_dir: &Path, run: &str, note: &Note) -> Result<(), JournalError> {
    let journal = Journal::reopen(state_dir, redact, run)?;
    journal.write(match note {
        Note::Verified(document) => planned(document),
        Note::Applied(document) => Event::Applied { document: json(document), hash: document.hash() },
        Note::Undone => Event::Undone,
    });
    Ok(())
}

/// Whether a journal can hold a plan as it is: nothing in it looks like a key.
pub fn can_be_kept(document: &Document) -> bool {
    matches!(redact(&serde_json::to_string(document).unwrap_or_default()), Cow::Borrowed(_))
}

fn json(document: &Document) -> Body {
    serde_json::to_string(document).unwrap_or_default().into()
}

fn read(state_dir: &Path, run: &str) -> Result<Run, KeptError> {
    Ok(journal::read(&journal::find(state_dir, run)?)?)
}

fn kept(state_dir: &Path, run: &Run, body: &Body, hash: &str) -> Result<Kept, KeptError> {
    let text = Blobs::new(state_dir).text(body)?;
    // What was cut out may have been a part of the JSON as well.
    let document = serde_json::from_str(&text).ok().filter(|document: &Document| document.hash() == hash);
    let document = document.ok_or_else(|| KeptError::Redacted { run: run.id.clone() })?;
    if document.version != VERSION {
        return Err(KeptError::Version { run: run.id.clone(), version: document.version });
    }
    let header = run.header();
    Ok(Kept {
        document,
        workspace: header.map(|header| header.workspace.clone()).unwrap_or_default(),
        root: header.and_then(|header| header.root.clone()),
        run: run.id.clone(),
    })
}
