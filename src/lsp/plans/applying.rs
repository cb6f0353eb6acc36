//! A plan applied by the client, and what came of it.

use std::sync::Arc;

use tower_lsp::ls_types::ApplyWorkspaceEditParams;
use tower_lsp::ls_types::request::ApplyWorkspaceEdit;

use super::chosen::{Chosen, edit};
use crate::agent::kept::{self, Note};
use crate::lsp::Error;
use crate::lsp::edits::{Client, applied};
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
    if !state.client_has(|client| client.workspace.as_ref()?.apply_edit) {
        let run = safe(&choice.run_id);
        return Err(Error::failed(format!(
            "this editor does not take edits from a server; `spelunk plan --from {run} --apply` writes the files"
        )));
    }
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
    let params = ApplyWorkspaceEditParams { label: Some(label(&whole)), edit: prepared.edit.clone() };
    let said = match state.client.send_request::<ApplyWorkspaceEdit>(params).await {
        Ok(response) => applied(response, &prepared.edit, &client).map_err(|refused| refused.to_string()),
        Err(error) => Err(format!("the editor did not apply the plan: {}", safe(&error.message))),
    };
    if let Err(message) = said {
        return Ok(ApplyPlanResult { applied: false, message, left_out });
    }
    let files = document.files.len();
    let mut said = vec![format!("applied: {files} {}", if files == 1 { "file" } else { "files" })];
    if !left_out.is_empty() {
        said.push(format!("left out: {}", left_out.len()));
    }
    note(state, run_id, document).await;
    Ok(ApplyPlanResult { applied: true, message: notes(said, prepared.notes), left_out })
}

/// Notes it in the run's record, if it has one, so that it can be taken back by its run.
async fn note(state: &State, run_id: String, document: Document) {
    let Some(session) = state.session() else { return };
    let state_dir = session.config.state_dir.clone();
    let noting = tokio::task::spawn_blocking(move || kept::note(&state_dir, &run_id, &Note::Applied(&document)));
    if let Ok(Err(error)) = noting.await {
        tracing::info!("what was applied could not be noted: {error}");
    }
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
