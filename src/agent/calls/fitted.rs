//! Replies that have to be values which satisfy a schema: read, checked, and asked for once more where no code waits for them.

use serde_json::Value;

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
pub(super) fn read(text: &str, schema: &Schema) -> Result<Value, String> {
    let value = parse(text).map_err(|error| format!("it is not JSON: {error}"))?;
    let problems = schema.problems(&value);
    match problems.is_empty() {
        true => Ok(value),
        false => Err(format!("it does not satisfy the schema: {}", problems.join("; "))),
    }
}

/// The JSON of a reply, which may stand in a fence.
fn parse(text: &str) -> Result<Value, serde_json::Error> {
    let text = text.trim();
    let inner = text
        .strip_prefix("```json")
        .or_else(|| text.strip_prefix("```"))
        .and_then(|rest| rest.trim_end().strip_suffix("```"))
        .unwrap_or(text);
    serde_json::from_str(inner.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_with_and_without_a_fence() {
        for text in ["[1]", "```json\n[1]\n```", "```\n[1]```", "  [1]\n"] {
            assert_eq!(parse(text).unwrap(), serde_json::json!([1]), "{text:?}");
        }
        assert!(parse("one").is_err());
    }
}
