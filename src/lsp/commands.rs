//! `workspace/executeCommand`: the commands, and their arguments.

use std::sync::Arc;

use serde_json::{Value, json};
use tower_lsp::ls_types::ExecuteCommandParams;

use super::Error;
use super::notices::SharedProgress;
use super::protocol::{AskParams, Reason};
use super::runs::{self, Audience, Begun};
use super::state::State;
use crate::agent::Stop;

/// The commands that the server takes.
pub const COMMANDS: &[&str] = &["spelunk.ask"];

/// Executes a command.
pub async fn execute(state: &Arc<State>, params: ExecuteCommandParams) -> Result<Option<Value>, Error> {
    match params.command.as_str() {
        "spelunk.ask" => {
            let mut arguments = params.arguments.into_iter();
            let (Some(argument), None) = (arguments.next(), arguments.next()) else {
                return Err(Error::params(
                    "spelunk.ask takes one argument: { question, scope?, at?, conversationId? }",
                ));
            };
            let ask: AskParams = match argument {
                // Typed by hand, a question is just a text.
                Value::String(question) => serde_json::from_value(json!({ "question": question })),
                argument => serde_json::from_value(argument),
            }
            .map_err(|error| Error::params(format!("the argument of spelunk.ask cannot be used: {error}")))?;
            let audience = Audience { progress: params.work_done_progress_params.work_done_token, tied: true };
            ask_and_wait(state, ask, audience).await
        }
        other => Err(Error::params(format!("there is no command {other:?}; there are {}", COMMANDS.join(", ")))),
    }
}

/// Ends a run with its request. A token of progress is the client's again once the request is answered, so the progress
/// ends before.
struct Tied {
    stop: Stop,
    progress: SharedProgress,
}

impl Drop for Tied {
    fn drop(&mut self) {
        self.stop.cancel.cancel();
        self.progress.end("cancelled");
    }
}

/// A run that ends with its request: dropped when the client cancels, it is stopped.
async fn ask_and_wait(state: &Arc<State>, ask: AskParams, audience: Audience) -> Result<Option<Value>, Error> {
    let Begun { stop, progress, end, .. } = runs::begin(state, ask, audience).await?;
    let tied = Tied { stop, progress };
    let end = end.await.map_err(|_| Error::internal("the run failed inside; the log has more"))?;
    drop(tied);
    match end.reason {
        Reason::Cancelled => Err(Error::cancelled()),
        Reason::Failed => Err(Error::failed(end.message)),
        Reason::Answered | Reason::Limit => Ok(Some(json!(end))),
    }
}
