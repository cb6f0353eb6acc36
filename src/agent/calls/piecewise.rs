//! A sub-call over data that does not fit its model: the same task for each piece, then one reply from their replies.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, try_join_all};
use serde_json::{Value, json};

use super::pieces::{self, TooBig};
use super::subcall;
use crate::agent::answers::schema::Schema;
use crate::agent::bindings::{Bindings, LlmCall};
use crate::agent::event::RunEvent;
use crate::agent::prompt;
use crate::agent::prompt::data;
use crate::agent::prompt::fence::fence;
use crate::cancel::Cancel;
use crate::journal::Event;
use crate::journal::event::Role as CallRole;
use crate::model::tokens;
use crate::repl::CallError;

/// Pieces of one split.
const MOST_PIECES: usize = 64;

/// How often pieces may be split again, and replies put together.
const MOST_LEVELS: u32 = 3;

/// How often one piece is sent and refused. Each refusal makes the window smaller.
const MOST_REFUSALS: u32 = 4;

/// Tokens of data below which a piece says nothing.
const LEAST_PIECE: u64 = 32;

/// Tokens of the frame around a request's messages.
const FRAME: u64 = 32;

/// A sub-call, whatever its data.
pub struct Task<'a> {
    pub bindings: &'a Arc<Bindings>,
    /// The host call that wants it.
    pub host: u64,
    pub call: &'a LlmCall,
    pub schema: Option<&'a Schema>,
    pub cancel: &'a Cancel,
}

/// Which part of the whole a request is about.
#[derive(Clone, Copy)]
enum Part {
    Whole,
    /// From 1, and how many there are.
    Piece(usize, usize),
    /// The replies to so many pieces.
    Replies(usize),
}

/// Why a request has no usable reply.
pub enum Failed {
    /// It did not fit; the provider's words.
    TooLong(String),
    Other(CallError),
}

impl Task<'_> {
    /// The reply to the task over all of `data`.
    pub async fn over(&self, data: Option<Value>) -> Result<Value, CallError> {
        self.part(Part::Whole, data, MOST_LEVELS).await
    }

    /// The reply to the task over one part. Its own pieces are put together before it comes back.
    fn part(&self, part: Part, data: Option<Value>, levels: u32) -> BoxFuture<'_, Result<Value, CallError>> {
        async move {
            let rendered = data.as_ref().map(data::render);
            let content = self.content(part, rendered.as_deref());
            let schema = self.schema.map_or(0, |schema| tokens::estimate(&schema.value().to_string()));
            let input = tokens::estimate(&content) + tokens::estimate(prompt::LEAF) + schema + FRAME;
            let mut refusal = None;
            for _ in 0..MOST_REFUSALS {
                let (window, output) = self.room();
                if input + u64::from(output) > window {
                    break;
                }
                match subcall::once(self, content.clone(), output, self.label(part)).await {
                    Err(Failed::TooLong(words)) => refusal = Some(words),
                    Err(Failed::Other(error)) => return Err(error),
                    Ok(value) => return Ok(value),
                }
            }
            let refused = |why: String| self.refused(rendered.as_deref(), &why, refusal.as_deref());
            let (Some(whole), Some(text)) = (&data, &rendered) else {
                return Err(refused("the prompt alone is too long; pass what it is about as data".to_owned()));
            };
            if levels == 0 {
                return Err(refused("it was split as often as may be".to_owned()));
            }
            let values = {
                let pieces = self.split(whole, text, input).map_err(|why| refused(why.to_string()))?;
                let count = pieces.len();
                self.note(text, count);
                let parts = pieces.into_iter().enumerate();
                try_join_all(parts.map(|(at, piece)| self.part(Part::Piece(at + 1, count), Some(piece), levels - 1)))
                    .await?
            };
            self.together(values, levels - 1).await
        }
        .boxed()
    }

    fn split(&self, whole: &Value, text: &str, input: u64) -> Result<Vec<Value>, String> {
        let (window, output) = self.room();
        let frame = input.saturating_sub(tokens::estimate(text)) + FRAME;
        // Estimates are off by up to a third.
        let most = window.saturating_sub(u64::from(output) + frame) * 3 / 4;
        if most < LEAST_PIECE {
            return Err(format!("prompt and schema alone (about {frame} tokens) leave no room for data"));
        }
        let pieces = pieces::split(whole, most).map_err(|error: TooBig| error.to_string())?;
        match pieces.len() {
            0 | 1 => Err("it cannot be split".to_owned()),
            count if count > MOST_PIECES => {
                Err(format!("it would take {count} pieces, and the limit is {MOST_PIECES}"))
            }
            _ => Ok(pieces),
        }
    }

    /// One reply from those to the pieces, in order. Lists are joined in code.
    async fn together(&self, values: Vec<Value>, levels: u32) -> Result<Value, CallError> {
        if let Some(schema) = self.schema
            && let Some(joined) = joined(schema.value(), &values)
            && schema.problems(&joined).is_empty()
        {
            return Ok(joined);
        }
        let replies =
            values.into_iter().zip(1..).map(|(reply, part): (Value, usize)| json!({ "part": part, "reply": reply }));
        let replies: Vec<Value> = replies.collect();
        let count = replies.len();
        self.part(Part::Replies(count), Some(Value::Array(replies)), levels).await
    }

    /// Tokens that the model takes at once, and those of them that the reply may have.
    fn room(&self) -> (u64, u32) {
        let role = self.role();
        let calls = &self.bindings.calls;
        (calls.window(role), calls.leaf_output(role, self.call.max_tokens))
    }

    pub fn role(&self) -> CallRole {
        self.call.model.map_or(CallRole::Leaf, CallRole::from)
    }

    fn content(&self, part: Part, data: Option<&str>) -> String {
        let task = match part {
            Part::Whole => self.call.prompt.clone(),
            Part::Piece(at, of) => prompt::piece(&self.call.prompt, at, of),
            Part::Replies(of) => prompt::replies(&self.call.prompt, of),
        };
        let mut content = prompt::leaf(&self.bindings.key, &task, data);
        if let Some(schema) = self.schema {
            content.push_str(&format!(
                "\n\nReply with one JSON value and nothing else. It has to satisfy this schema:\n{}",
                fence(&self.bindings.key, "schema", &schema.value().to_string())
            ));
        }
        content
    }

    fn label(&self, part: Part) -> String {
        let task: String = self.call.prompt.lines().next().unwrap_or_default().chars().take(60).collect();
        match part {
            Part::Whole => task,
            Part::Piece(at, of) => format!("{task} (piece {at} of {of})"),
            Part::Replies(of) => format!("{task} (from {of} pieces)"),
        }
    }

    fn note(&self, text: &str, count: usize) {
        let calls = &self.bindings.calls;
        let text = format!(
            "llm: {} characters of data do not fit into the window of {} ({} tokens); they are asked about in {count} pieces.",
            text.chars().count(),
            calls.named(self.role()).name,
            calls.window(self.role())
        );
        calls.journal.write(Event::Note { text: text.clone() });
        (calls.emit)(RunEvent::Note { text });
    }

    fn refused(&self, data: Option<&str>, why: &str, refusal: Option<&str>) -> CallError {
        let calls = &self.bindings.calls;
        let (role, data) = (self.role(), data.unwrap_or_default());
        let said = refusal.map(|words| format!(" ({words})")).unwrap_or_default();
        let message = format!(
            "llm: {} characters of prompt and {} of data (about {} tokens) do not fit into the window of {}, which is {} \
             tokens as far as is known{said}: {why}. Pass less, or shorter lines",
            self.call.prompt.chars().count(),
            data.chars().count(),
            tokens::estimate(&self.call.prompt) + tokens::estimate(data),
            calls.named(role).name,
            calls.window(role),
        );
        CallError { name: "RangeError", message }
    }
}

/// Arrays one after the other, when the schema asks for an array; equal items once, when it asks for that.
fn joined(schema: &Value, values: &[Value]) -> Option<Value> {
    if schema.get("type")? != "array" || schema.get("prefixItems").is_some() {
        return None;
    }
    let mut items: Vec<Value> = Vec::new();
    let unique = schema.get("uniqueItems") == Some(&Value::Bool(true));
    for value in values {
        for item in value.as_array()? {
            if !unique || !items.contains(item) {
                items.push(item.clone());
            }
        }
    }
    Some(Value::Array(items))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_joined_in_code() {
        let check = |schema: Value, values: Value, expect: Value| {
            let found = joined(&schema, values.as_array().unwrap()).unwrap_or_default();
            assert_eq!(found, expect, "{schema} {values}");
        };
        check(json!({ "type": "array" }), json!([[1, 2], [], [2]]), json!([1, 2, 2]));
        check(json!({ "type": "array", "uniqueItems": true }), json!([[1, 2], [2, 3]]), json!([1, 2, 3]));
        check(json!({ "type": "array" }), json!([[1], 2]), Value::Null);
        check(json!({ "type": "array", "prefixItems": [{}] }), json!([[1], [2]]), Value::Null);
        check(json!({ "type": "integer" }), json!([1, 2]), Value::Null);
        check(json!({ "anyOf": [{ "type": "array" }] }), json!([[1]]), Value::Null);
    }
}
