//! A plan offered to a client that has no view of ours: shown as a document, asked for, applied.

use std::sync::Arc;

use tower_lsp::ls_types::request::ShowMessageRequest;
use tower_lsp::ls_types::{MessageActionItem, MessageType, ShowMessageRequestParams};

use super::{apply, find};
use crate::lsp::protocol::{ApplyPlanResult, End, Plan, PlanChoice};
use crate::lsp::state::State;
use crate::lsp::{Error, answers};
use crate::plan;

/// The choice that applies a plan.
const APPLY: &str = "Apply";

/// Asks the client's user whether a plan is applied that a run has just made. Whatever the answer, it is not waited for:
/// the result of the command does not depend on it.
pub fn offer(state: &Arc<State>, end: &End) {
    let Some(plan) = end.plan.as_deref().filter(|plan| is_worth_asking(plan)) else { return };
    if !is_bare(state) || !state.client_has(|client| client.workspace.as_ref()?.apply_edit) {
        return;
    }
    let choice = PlanChoice { run_id: end.run_id.clone(), ..PlanChoice::default() };
    let (state, files) = (state.clone(), plan.files.len());
    tokio::spawn(async move {
        let said = match asked(&state, files).await {
            Ok(true) => {
                let view = state.view();
                apply(&state, view, choice).await
            }
            Ok(false) => return,
            Err(error) => Err(error),
        };
        match said {
            Ok(said) if said.applied => state.out.say(MessageType::INFO, &said.message),
            Ok(said) => state.out.say(MessageType::WARNING, &said.message),
            Err(error) => state.out.say(MessageType::ERROR, &error.message),
        }
    });
}

/// Shows a plan, asks, and applies it. A client with a view of its own has asked already.
///
/// # Errors
/// As [`apply`]; and -32800 when the user does not agree.
pub async fn ask_and_apply(state: &Arc<State>, choice: PlanChoice) -> Result<ApplyPlanResult, Error> {
    let view = state.view();
    if is_bare(state) {
        let (asking, looking, run_id) = (state.clone(), view.clone(), choice.run_id.clone());
        let found = tokio::task::spawn_blocking(move || find(&asking, &looking, &run_id)).await;
        let (run_id, document) =
            found.map_err(|_| Error::internal("the plan could not be read; the log has more"))??;
        let page = plan::markdown(&document, &plan::Options::default());
        answers::show(state, run_id, page).await;
        if !asked(state, document.files.len()).await? {
            return Err(Error::cancelled());
        }
        // What was typed meanwhile counts.
        return apply(state, state.view(), choice).await;
    }
    apply(state, view, choice).await
}

fn is_bare(state: &State) -> bool {
    state.session().is_none_or(|session| !session.options.runs)
}

fn is_worth_asking(plan: &Plan) -> bool {
    !plan.files.is_empty() && !plan.problems.iter().any(|problem| problem.fatal)
}

/// Whether the user says yes. A client that cannot ask is one that nobody agreed to.
async fn asked(state: &State, files: usize) -> Result<bool, Error> {
    let action = |title: &str| MessageActionItem { title: title.to_owned(), properties: Default::default() };
    let params = ShowMessageRequestParams {
        typ: MessageType::INFO,
        message: format!("Apply the plan: {files} {}?", if files == 1 { "file" } else { "files" }),
        actions: Some(vec![action(APPLY), action("Not now")]),
    };
    match state.client.send_request::<ShowMessageRequest>(params).await {
        Ok(chosen) => Ok(chosen.is_some_and(|chosen| chosen.title == APPLY)),
        Err(error) => Err(Error::failed(format!("the client did not ask its user: {}", error.message))),
    }
}
