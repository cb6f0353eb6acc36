//! Sub-calls: `llm` and `llmAll`. A question and its data stay apart; data is never cut: it is split where it does not fit, or
//! refused with sizes.

use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::Value;

use super::budget::Purpose;
use super::entire::entire;
use super::fitted;
use super::piecewise::{Failed, Task};
use super::{Ask, CallFailure};
use crate::agent::answers::schema::Schema;
use crate::agent::bindings::{Bindings, LlmCall, LlmModel};
use crate::agent::prompt;
use crate::agent::prompt::data;
use crate::cancel::Cancel;
use crate::journal::event::Role as CallRole;
use crate::model::{ModelError, Role};
use crate::repl::{CallError, to_json};

const MOST_OUTPUT: u32 = 32_768;

/// Calls in one `llmAll`; more are refused, since their results could not be read anyway.
const MOST_CALLS: usize = 500;

/// One `llm` call: its text, or its JSON when a schema was given.
pub async fn one(bindings: &Arc<Bindings>, host: u64, call: LlmCall, cancel: &Cancel) -> Result<Value, CallError> {
    let rendered = call.data.as_ref().filter(|data| !data.is_null()).map(data::render);
    let size = call.prompt.chars().count() + rendered.as_ref().map_or(0, |data| data.chars().count());
    if size > bindings.max_data {
        let message = format!(
            "llm: prompt and data are {size} characters together, and the limit is {}; split the data, for example with llmAll",
            bindings.max_data
        );
        return Err(CallError { name: "RangeError", message });
    }
    if call.prompt.trim().is_empty() {
        return Err(CallError { name: "TypeError", message: "llm: the prompt is empty".to_owned() });
    }
    let schema = call.schema.clone().map(Schema::new).transpose();
    let schema = schema.map_err(|reason| CallError { name: "TypeError", message: format!("llm: {reason}") })?;
    let task = Task { bindings, host, call: &call, schema: schema.as_ref(), cancel };
    task.over(call.data.clone().filter(|data| !data.is_null())).await
}

/// One request of a sub-call, and a second one when its reply is not what the schema asks for.
pub async fn once(task: &Task<'_>, content: String, output: u32, label: String) -> Result<Value, Failed> {
    let error = |message: String| Failed::Other(CallError { name: "ModelError", message: format!("llm: {message}") });
    let mut messages = vec![prompt::message(Role::System, prompt::LEAF), prompt::message(Role::User, content)];
    let mut complaint = String::new();
    for _ in 0..2 {
        let ask = Ask {
            role: task.role(),
            purpose: Purpose::at(task.bindings.depth),
            messages: messages.clone(),
            tools: Vec::new(),
            max_tokens: output.clamp(16, MOST_OUTPUT),
            schema: task.call.schema.clone(),
            parent: Some(task.host),
            label: label.clone(),
        };
        let (reply, answered) = match entire(&task.bindings.calls, ask, task.cancel).await {
            Err(CallFailure::Model(ModelError::TooLong(words))) => return Err(Failed::TooLong(words)),
            result => result.map_err(|failed| Failed::Other(failure(failed)))?,
        };
        let Some(schema) = task.schema else {
            if reply.text.trim().is_empty() {
                return Err(error("the reply was empty".to_owned()));
            }
            return Ok(Value::String(reply.text));
        };
        match fitted::read(&reply.text, schema) {
            Ok(value) => return Ok(value),
            Err(why) => complaint = why,
        }
        task.bindings.calls.forget(answered);
        messages.push(prompt::message(Role::Assistant, reply.text));
        messages.push(prompt::message(Role::User, prompt::reply_again(&complaint)));
    }
    Err(error(format!("the reply cannot be used twice in a row: {complaint}")))
}

/// A batch: all at once, in order, failing item by item.
pub async fn all(bindings: &Arc<Bindings>, host: u64, calls: Vec<Value>, cancel: &Cancel) -> Result<String, CallError> {
    if calls.len() > MOST_CALLS {
        let message =
            format!("llmAll: {} calls at once, and the limit is {MOST_CALLS}; give each more data", calls.len());
        return Err(CallError { name: "RangeError", message });
    }
    let results = join_all(calls.into_iter().map(|call| async {
        let call = serde_json::from_value::<LlmCall>(call)
            .map_err(|error| CallError { name: "TypeError", message: format!("llmAll: {error}") })?;
        one(bindings, host, call, cancel).await
    }))
    .await;
    let items: Vec<Value> = results
        .into_iter()
        .map(|result| match result {
            Ok(value) => serde_json::json!({ "ok": true, "value": value }),
            Err(error) => serde_json::json!({ "ok": false, "error": format!("{}: {}", error.name, error.message) }),
        })
        .collect();
    to_json(&items)
}

impl From<LlmModel> for CallRole {
    fn from(model: LlmModel) -> Self {
        match model {
            LlmModel::Root => Self::Root,
            LlmModel::Leaf => Self::Leaf,
        }
    }
}

fn failure(failure: CallFailure) -> CallError {
    let name = match &failure {
        CallFailure::Tripped(_) => "BudgetError",
        CallFailure::Model(ModelError::Cancelled) => "Cancelled",
        CallFailure::Model(_) => "ModelError",
    };
    CallError { name, message: format!("llm: {failure}") }
}
