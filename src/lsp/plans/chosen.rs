//! The part of a plan that the person chose, as an edit for the client.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{find, for_client, fresh, stale_steps};
use crate::lsp::Error;
use crate::lsp::edits::{Client, Prepared};
use crate::lsp::events::safe;
use crate::lsp::protocol::{LeftOut, PlanChoice, StaleStep};
use crate::lsp::state::{State, View};
use crate::plan::apply::{self, ApplyError};
use crate::plan::{Change, Document};
use crate::workspace::{RelPath, Sites, WorkspaceError};

/// An edit for the client, and what it is of.
pub struct Chosen {
    /// The run's whole id.
    pub run_id: String,
    /// The plan that it was chosen from.
    pub whole: Arc<Document>,
    /// What the edit does, apart from the places that the client asks about.
    pub document: Document,
    pub prepared: Prepared,
    pub left_out: Vec<LeftOut>,
    /// Steps of the whole plan that went stale.
    pub stale: Vec<StaleStep>,
}

/// The edit for what was chosen, over the texts of the view. Blocks.
///
/// # Errors
/// When there is no such plan, it must not be applied, or a file that is needed is no longer what the plan was made for:
/// the error names it.
pub fn edit(state: &State, view: &View, choice: &PlanChoice) -> Result<Chosen, Error> {
    let (run_id, whole) = find(state, view, &choice.run_id)?;
    let view = fresh(view, &whole);
    let client = Client::new(&view.client);
    let asks = client.annotations && client.document_changes;
    let paths = || whole.files.iter().flat_map(|file| [&file.before, &file.after]).flatten();
    let said_yes = |path: &&String| choice.executed.iter().any(|given| given == *path || *given == safe(path));
    let confirmed: BTreeSet<String> = paths().filter(said_yes).cloned().collect();
    let options = apply::Options {
        // A client that asks, asks about each of them.
        executed: if asks { paths().cloned().collect() } else { confirmed.iter().cloned().collect() },
        doubts: choice.doubtful == Some(true),
        steps: choice.steps.clone(),
        ..apply::Options::default()
    };
    let (mut document, left_out) = apply::select(&whole, &view.snapshot, &options)?;
    if choice.doubtful == Some(false) {
        document.doubts.clear();
    }
    if document.files.len() > apply::FILES_LIMIT {
        return Err(ApplyError::TooMany { files: document.files.len(), limit: apply::FILES_LIMIT }.into());
    }
    may_change(&document, &view)?;
    let stale = stale_steps(&whole, &view);
    let prepared = for_client(&document, &view, &confirmed)?;
    let left_out = left_out.into_iter().map(self::left_out).collect();
    Ok(Chosen { run_id, whole, document, prepared, left_out, stale })
}

fn left_out(left: apply::LeftOut) -> LeftOut {
    LeftOut { path: safe(&left.path), line: left.line, why: safe(&left.why), steps: left.steps }
}

/// Whether a plan's files are those that a plan may change: what a plan says of itself is not believed.
pub fn may_change(document: &Document, view: &View) -> Result<(), Error> {
    let parse = |path: &str| -> Result<RelPath, Error> {
        let parsed = RelPath::parse(path)?;
        if parsed.as_str() == path { Ok(parsed) } else { Err(Error::failed(format!("{path} is spelled {parsed}"))) }
    };
    let mut vacated = BTreeSet::new();
    for change in &document.files {
        let Some(before) = &change.before else { continue };
        let path = parse(before)?;
        let open = view.uri(&path).is_some_and(|uri| view.documents.get(&uri).is_some());
        match (change.change(), view.snapshot.settle(&path)) {
            (Change::Edited, Ok(_)) => {}
            (_, Ok(real)) if real == path => drop(vacated.insert(path)),
            (_, Ok(_)) => {
                let what = format!("{before} is a symlink, which a plan neither moves nor removes");
                return Err(Error::failed(what));
            }
            // A document that was never saved is the client's own.
            (Change::Edited, Err(WorkspaceError::NotFound { .. })) if open => {}
            (_, Err(WorkspaceError::NotFound { .. })) => {
                return Err(Error::failed(format!("{before} has gone since the plan was made; nothing was changed")));
            }
            (_, Err(error)) => return Err(error.into()),
        }
    }
    let mut sites = Sites::of(&view.snapshot);
    for change in document.files.iter().filter(|change| change.before != change.after) {
        if let Some(after) = &change.after {
            sites.check(&parse(after)?, &vacated)?;
        }
    }
    Ok(())
}

impl From<ApplyError> for Error {
    fn from(error: ApplyError) -> Self {
        match error {
            ApplyError::Cancelled => Self::cancelled(),
            ApplyError::NoSuchStep { .. } => Self::params(error.to_string()),
            error => Self::failed(error.to_string()),
        }
    }
}
