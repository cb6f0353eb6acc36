//! Whether a question may cost what it may cost: asked of the client's user before its run begins.

use std::sync::Arc;

use tower_lsp::ls_types::request::ShowMessageRequest;
use tower_lsp::ls_types::{MessageActionItem, MessageType, ShowMessageRequestParams};

use super::Error;
use super::ask::scoped;
use super::protocol::AskParams;
use super::state::{State, View};
use crate::agent::estimate::Estimate;
use crate::agent::setup;
use crate::cancel::Cancel;
use crate::config::Config;

/// Asks the user when the run may cost more than `confirmUsd`.
///
/// # Errors
/// When the user does not agree, or the client cannot ask: the message says how the question can be asked all the same.
pub async fn confirm(
    state: &Arc<State>,
    config: &Config,
    view: &View,
    params: &AskParams,
    cancel: &Cancel,
) -> Result<(), Error> {
    let Some(limit) = config.confirm_usd.filter(|_| !params.confirmed) else { return Ok(()) };
    let work = {
        let (state, config, view, params) = (state.clone(), config.clone(), view.clone(), params.clone());
        tokio::task::spawn_blocking(move || {
            let models = setup::models(&config, state.endpoints(&config));
            let models = models.map_err(|error| Error::failed(error.to_string()))?;
            Ok::<_, Error>(Estimate::of(&config, &scoped(&view, &params)?, &models)?)
        })
    };
    let estimate = work.await.map_err(|_| Error::internal("the run could not be estimated; the log has more"))??;
    if !estimate.exceeds(limit) {
        return Ok(());
    }
    let what = format!("This may be more than spelunk.confirmUsd (${limit}): {}", estimate.said());
    if view.client.window.as_ref().is_none_or(|window| window.show_message.is_none()) {
        let how = "ask with `confirmed: true`, narrow the scope, or raise confirmUsd";
        return Err(Error::failed(format!("{what}; {how}")));
    }
    let action = |title: &str| MessageActionItem { title: title.to_owned(), properties: Default::default() };
    let params = ShowMessageRequestParams {
        typ: MessageType::WARNING,
        message: what.clone(),
        actions: Some(vec![action(ASK), action("Cancel")]),
    };
    tokio::select! {
        chosen = state.client.send_request::<ShowMessageRequest>(params) => match chosen {
            Ok(Some(chosen)) if chosen.title == ASK => Ok(()),
            Ok(_) => Err(Error::cancelled()),
            Err(error) => Err(Error::failed(format!("{what}; and the client did not ask its user: {}", error.message))),
        },
        () = cancel.cancelled() => Err(Error::cancelled()),
    }
}

/// The choice that begins the run.
const ASK: &str = "Ask";
