//! `workspace/executeCommand`: the commands, and their arguments.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tower_lsp::ls_types::ExecuteCommandParams;

use super::notices::SharedProgress;
use super::protocol::{AskParams, End, PlanChoice, PlanParams, Reason};
use super::runs::{self, Audience, Begun, Purpose};
use super::state::State;
use super::{Error, plans};
use crate::agent::Stop;

/// The commands that the server takes.
pub const COMMANDS: &[&str] = &["spelunk.ask", "spelunk.plan", "spelunk.applyPlan"];

/// Executes a command.
pub async fn execute(state: &Arc<State>, params: ExecuteCommandParams) -> Result<Option<Value>, Error> {
    let ExecuteCommandParams { command, arguments, work_done_progress_params } = params;
    let audience = Audience { progress: work_done_progress_params.work_done_token, tied: true };
    match command.as_str() {
        "spelunk.ask" => {
            let ask: AskParams = argument(&command, arguments, "question", "scope?, at?, conversationId?")?;
            Ok(Some(json!(begin_and_wait(state, ask, Purpose::Answer, audience).await?)))
        }
        "spelunk.plan" => {
            let plan: PlanParams = argument(&command, arguments, "request", "scope?, at?, conversationId?")?;
            let end = begin_and_wait(state, plan.into(), Purpose::Plan, audience).await?;
            plans::offer(state, &end);
            Ok(Some(json!(end)))
        }
        "spelunk.applyPlan" => {
            let choice: PlanChoice = argument(&command, arguments, "runId", "steps?, doubtful?, executed?")?;
            Ok(Some(json!(plans::ask_and_apply(state, choice).await?)))
        }
        other => Err(Error::params(format!("there is no command {other:?}; there are {}", COMMANDS.join(", ")))),
    }
}

/// The one argument of a command. Typed by hand, it is just the text of its main field.
fn argument<T: DeserializeOwned>(command: &str, arguments: Vec<Value>, main: &str, others: &str) -> Result<T, Error> {
    let mut arguments = arguments.into_iter();
    let (Some(argument), None) = (arguments.next(), arguments.next()) else {
        return Err(Error::params(format!("{command} takes one argument: {{ {main}, {others} }}")));
    };
    let argument = if argument.is_string() { json!({ main: argument }) } else { argument };
    serde_json::from_value(argument)
        .map_err(|error| Error::params(format!("the argument of {command} cannot be used: {error}")))
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
async fn begin_and_wait(
    state: &Arc<State>,
    ask: AskParams,
    purpose: Purpose,
    audience: Audience,
) -> Result<End, Error> {
    let Begun { stop, progress, end, .. } = runs::begin(state, ask, purpose, audience).await?;
    let tied = Tied { stop, progress };
    let end = end.await.map_err(|_| Error::internal("the run failed inside; the log has more"))?;
    drop(tied);
    match end.reason {
        Reason::Cancelled => Err(Error::cancelled()),
        Reason::Failed => Err(Error::failed(end.message)),
        Reason::Answered | Reason::Limit => Ok(end),
    }
}
