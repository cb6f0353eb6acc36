//! The machine's own command over a plan, once the person has seen it and said yes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tower_lsp::ls_types::request::WorkDoneProgressCreate;
use tower_lsp::ls_types::{ProgressToken, WorkDoneProgressCreateParams};

use super::{find, fresh};
use crate::lsp::Error;
use crate::lsp::events::safe;
use crate::lsp::progress::Progress;
use crate::lsp::protocol::VerifyPlanParams;
use crate::lsp::state::{State, View};
use crate::plan::Document;
use crate::plan::apply;
use crate::plan::verify::{self, Verified, VerifyError};

/// Begins the tokens of these progresses.
const TOKEN: &str = "spelunk/verify/";

/// Runs the command over the texts of the view with the plan applied. What it said becomes part of the plan. Dropped, it
/// stops.
///
/// # Errors
/// Before anything runs: when the workspace is not trusted, the hash is not this plan's, no command is set, a file is no
/// longer what the plan was made for, or another verification is under way.
pub async fn verify(state: &Arc<State>, view: View, params: VerifyPlanParams) -> Result<Verified, Error> {
    let session = state.begun()?;
    if !session.options.trusted {
        return Err(VerifyError::NotTrusted.into());
    }
    let command = verify::Command::of(&session.config)?;
    let finding = {
        let (state, params) = (state.clone(), params.clone());
        tokio::task::spawn_blocking(move || chosen(&state, &view, &params))
    };
    let found = finding.await.map_err(|_| Error::internal("the plan could not be read; the log has more"))??;
    let Ok(_only) = state.plans.verifying.clone().try_lock_owned() else {
        return Err(Error::failed("another plan is being verified; wait, or cancel that"));
    };
    let cancel = state.ended.child_token();
    let _stop = cancel.clone().drop_guard();
    let progress = begin(state, params.work_done_token.clone()).await;
    let _followed = progress.as_ref().map(|(token, _)| state.runs.follow(token.clone(), cancel.clone()));
    let say = |line: &str| {
        if let Some((_, progress)) = &progress {
            progress.report(safe(line), None);
        }
    };
    let Found { run_id, document, view, whole } = found;
    let hash = document.hash();
    let outcome = verify::verify(&document, &view.snapshot, &command, &hash, true, &cancel, &say).await?;
    let outcome = shown(outcome);
    if let Some((_, progress)) = progress {
        progress.end(format!("{}: {}", if outcome.passed { "passed" } else { "failed" }, outcome.how));
    }
    if whole {
        state.plans.verified(&run_id, &outcome);
    }
    Ok(outcome)
}

/// What is to be verified.
struct Found {
    run_id: String,
    document: Document,
    view: View,
    /// Whether it is the whole plan.
    whole: bool,
}

/// The steps that were asked for, of a plan that the person has said yes to as a whole.
fn chosen(state: &State, view: &View, params: &VerifyPlanParams) -> Result<Found, Error> {
    let (run_id, document) = find(state, view, &params.run_id)?;
    if document.hash() != params.approved {
        return Err(VerifyError::NotApproved { hash: document.hash() }.into());
    }
    let view = fresh(view, &document);
    let Some(steps) = &params.steps else {
        return Ok(Found { run_id, document: (*document).clone(), view, whole: true });
    };
    let executed = document.files.iter().flat_map(|file| [&file.before, &file.after]).flatten().cloned().collect();
    let options = apply::Options { steps: Some(steps.clone()), executed, ..apply::Options::default() };
    let (part, _) = apply::select(&document, &view.snapshot, &options)?;
    let whole = part.hash() == document.hash();
    Ok(Found { run_id, document: part, view, whole })
}

/// Progress on the client's token, or on one of ours if the client shows progress.
async fn begin(state: &State, given: Option<ProgressToken>) -> Option<(ProgressToken, Progress)> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let token = match given {
        Some(token) => token,
        None if state.client_has(|client| client.window.as_ref()?.work_done_progress) => {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let token = ProgressToken::String(format!("{TOKEN}{number}"));
            let params = WorkDoneProgressCreateParams { token: token.clone() };
            state.client.send_request::<WorkDoneProgressCreate>(params).await.ok()?;
            token
        }
        None => return None,
    };
    let progress = Progress::begin(state.out.clone(), token.clone(), "Verifying the plan".to_owned(), true, None);
    Some((token, progress))
}

fn shown(outcome: Verified) -> Verified {
    let all = |texts: Vec<String>| texts.iter().map(|text| safe(text)).collect();
    Verified {
        command: safe(&outcome.command),
        how: safe(&outcome.how),
        output: safe(&outcome.output),
        confined: all(outcome.confined),
        missing: all(outcome.missing),
        ..outcome
    }
}

impl From<VerifyError> for Error {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Cancelled => Self::cancelled(),
            error => Self::failed(error.to_string()),
        }
    }
}
