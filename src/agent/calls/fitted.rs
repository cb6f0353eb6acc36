//! Calls outside of code whose reply has to be a value that satisfies a schema: read, checked, and asked for once more.

use serde_json::Value;

use super::subcall;
use super::{Ask, CallFailure, Calls};
use crate::agent::answers::schema::Schema;
use crate::agent::prompt;
use crate::cancel::Cancel;
use crate::model::Role;

/// What such a call came to.
pub enum Reply {
    Fits(Value),
    /// Twice in a row it did not: its first text.
    Unfit(String),
}

/// Makes the call, whose last message says what is wanted.
pub async fn complete(calls: &Calls, ask: Ask, schema: &Schema, cancel: &Cancel) -> Result<Reply, CallFailure> {
    let Ask { role, purpose, tools: _, max_tokens, parent, label, mut messages, .. } = ask;
    let mut first = None;
    loop {
        let ask = Ask {
            role,
            purpose,
            messages: messages.clone(),
            tools: Vec::new(),
            max_tokens,
            schema: Some(schema.value().clone()),
            parent,
            label: label.clone(),
        };
        let text = match (calls.complete(ask.clone(), cancel).await, &first) {
            (Ok(reply), _) => reply.text,
            (Err(failure), None) => return Err(failure),
            // What there is, is better than nothing.
            (Err(_), Some(first)) => return Ok(Reply::Unfit(String::clone(first))),
        };
        let why = match read(&text, schema) {
            Ok(value) => return Ok(Reply::Fits(value)),
            Err(why) => why,
        };
        calls.forget(ask);
        if let Some(first) = first {
            return Ok(Reply::Unfit(first));
        }
        messages.push(prompt::message(Role::Assistant, text.clone()));
        messages.push(prompt::message(Role::User, prompt::reply_again(&why)));
        first = Some(text);
    }
}

/// The value of a reply, or what is wrong with it.
fn read(text: &str, schema: &Schema) -> Result<Value, String> {
    let value = subcall::parse(text).map_err(|error| format!("it is not JSON: {error}"))?;
    let problems = schema.problems(&value);
    match problems.is_empty() {
        true => Ok(value),
        false => Err(format!("it does not satisfy the schema: {}", problems.join("; "))),
    }
}
