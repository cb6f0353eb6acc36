//! A plan applied by the client, or taken back, and what came of it.

use std::path::Path;
use std::sync::Arc;

use tower_lsp::ls_types::ApplyWorkspaceEditParams;
use tower_lsp::ls_types::request::ApplyWorkspaceEdit;

use super::chosen::{Chosen, edit};
use super::inverse::{Inverse, inverse};
use crate::agent::kept::{self, Note};
use crate::journal::JournalError;
use crate::lsp::Error;
use crate::lsp::edits::{Client, Prepared, applied};
use crate::lsp::events::safe;
use crate::lsp::protocol::{ApplyPlanResult, PlanChoice};
use crate::lsp::state::{State, View};
use crate::plan::Document;

/// Characters of a label.
const LABEL: usize = 100;

/// Has the client apply what was chosen of a plan, over the texts of the view.
///
/// # Errors
/// When nothing is sent to the client: it cannot apply edits, or a file is no longer what the plan was made for. What the
/// client refuses is an answer.
pub async fn apply(state: &Arc<State>, view: View, choice: PlanChoice) -> Result<ApplyPlanResult, Error> {
    takes_edits(state, &format!("`spelunk plan --from {} --apply` writes the files", safe(&choice.run_id)))?;
    let client = Client::new(&view.client);
    let making = {
        let state = state.clone();
        tokio::task::spawn_blocking(move || edit(&state, &view, &choice))
    };
    let chosen = making.await.map_err(|_| Error::internal("the edit could not be made; the log has more"))??;
    let Chosen { run_id, whole, document, prepared, left_out, .. } = chosen;
    if prepared.is_empty() {
        let message = notes(vec!["nothing is left to apply".to_owned()], prepared.notes);
        return Ok(ApplyPlanResult { applied: false, message, left_out });
    }
    if let Err(message) = send(state, label(&whole), &prepared, &client).await {
        return Ok(ApplyPlanResult { applied: false, message, left_out });
    }
    let files = document.files.len();
    let mut said = vec![format!("applied: {files} {}", plural(files))];
    if !left_out.is_empty() {
        said.push(format!("left out: {}", left_out.len()));
    }
    note(state, run_id, move |state_dir, run_id| kept::note(state_dir, run_id, &Note::Applied(&document))).await;
    Ok(ApplyPlanResult { applied: true, message: notes(said, prepared.notes), left_out })
}

/// Takes back what was applied last of a plan, over the texts of the view.
///
/// # Errors
/// When nothing is sent to the client: it cannot apply edits, nothing of the plan is applied, or a file is not as the plan
/// left it. What the client refuses is an answer.
pub async fn take_back(state: &Arc<State>, view: View, run_id: String) -> Result<ApplyPlanResult, Error> {
    takes_edits(state, &format!("`spelunk plan --undo {}` writes the files", safe(&run_id)))?;
    let client = Client::new(&view.client);
    let making = {
        let state = state.clone();
        tokio::task::spawn_blocking(move || inverse(&state, &view, &run_id))
    };
    let made = making.await.map_err(|_| Error::internal("the edit could not be made; the log has more"))??;
    let Inverse { run_id, document, prepared } = made;
    if let Err(message) = send(state, label(&document), &prepared, &client).await {
        return Ok(ApplyPlanResult { applied: false, message, left_out: Vec::new() });
    }
    let files = document.files.len();
    let said = vec![format!("taken back: {files} {}", plural(files))];
    note(state, run_id, |state_dir, run_id| kept::note(state_dir, run_id, &Note::Undone)).await;
    Ok(ApplyPlanResult { applied: true, message: notes(said, prepared.notes), left_out: Vec::new() })
}

/// A client that cannot is told the other way.
fn takes_edits(state: &State, otherwise: &str) -> Result<(), Error> {
    if state.client_has(|client| client.workspace.as_ref()?.apply_edit) {
        return Ok(());
    }
    Err(Error::failed(format!("this editor does not take edits from a server; {otherwise}")))
}

/// Has the client apply an edit. An error is why it did not.
async fn send(state: &State, label: String, prepared: &Prepared, client: &Client) -> Result<(), String> {
    let params = ApplyWorkspaceEditParams { label: Some(label), edit: prepared.edit.clone() };
    match state.client.send_request::<ApplyWorkspaceEdit>(params).await {
        Ok(response) => applied(response, &prepared.edit, client).map_err(|refused| refused.to_string()),
        Err(error) => Err(format!("the editor did not do it: {}", safe(&error.message))),
    }
}

/// Notes something in the run's record, if it has one.
async fn note(
    state: &State,
    run_id: String,
    note: impl FnOnce(&Path, &str) -> Result<(), JournalError> + Send + 'static,
) {
    let Ok(state_dir) = state.state_dir() else { return };
    let noting = tokio::task::spawn_blocking(move || note(&state_dir, &run_id));
    if let Ok(Err(error)) = noting.await {
        tracing::info!("what became of the plan could not be noted: {error}");
    }
}

fn plural(files: usize) -> &'static str {
    if files == 1 { "file" } else { "files" }
}

fn notes(mut said: Vec<String>, notes: Vec<String>) -> String {
    said.extend(notes);
    said.join("; ")
}

/// What the client names the edit by.
fn label(document: &Document) -> String {
    let request: String = safe(&document.request).split_whitespace().collect::<Vec<_>>().join(" ");
    format!("spelunk: {}", request.chars().take(LABEL).collect::<String>())
}
