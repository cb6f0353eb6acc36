//! Replies that came to their own end: one that was cut is asked for again with more room, one that was withheld is an
//! error.

use super::{Ask, CallFailure, Calls};
use crate::cancel::Cancel;
use crate::model::{Finish, ModelError, Reply};

/// More output tokens than this are never asked for.
const MOST_OUTPUT: u32 = 65_536;

/// Makes one call, and a second one with twice the output when the first reply reached its bound. Returns the one that was
/// answered as well.
pub async fn entire(calls: &Calls, ask: Ask, cancel: &Cancel) -> Result<(Reply, Ask), CallFailure> {
    let model = calls.named(ask.role).name.clone();
    let room = u32::try_from(calls.window(ask.role) / 2).unwrap_or(u32::MAX);
    let first = ask.max_tokens;
    let again = Ask { max_tokens: first.saturating_mul(2).min(MOST_OUTPUT).min(room), ..ask.clone() };
    let reply = if again.max_tokens > first {
        calls.complete_or_cut(ask.clone(), cancel).await?
    } else {
        calls.complete(ask.clone(), cancel).await?
    };
    match reply.finish {
        Finish::Stop | Finish::ToolCalls => return Ok((reply, ask)),
        Finish::Filtered => return Err(withheld(&model, &reply).into()),
        Finish::Length if again.max_tokens <= first => return Err(cut(&model, first, "").into()),
        Finish::Length => {}
    }
    let second = again.max_tokens;
    let reply = match calls.complete(again.clone(), cancel).await {
        Err(CallFailure::Tripped(tripped)) => {
            return Err(cut(&model, first, &format!(", and more room was not to be had: {tripped}")).into());
        }
        result => result?,
    };
    match reply.finish {
        Finish::Stop | Finish::ToolCalls => Ok((reply, again)),
        Finish::Filtered => Err(withheld(&model, &reply).into()),
        Finish::Length => Err(cut(&model, second, &format!(", after {first} had been too few")).into()),
    }
}

/// The error of a reply that the provider did not let through.
pub fn withheld(model: &str, reply: &Reply) -> ModelError {
    let words: String = reply.text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect();
    let words = if words.is_empty() { words } else { format!(": {words}") };
    ModelError::BadReply(format!(
        "{model} withheld its reply (content filter or refusal){words}; ask differently, or ask another model"
    ))
}

fn cut(model: &str, tokens: u32, more: &str) -> ModelError {
    ModelError::BadReply(format!(
        "the reply of {model} was cut at {tokens} output tokens{more}; ask for a shorter reply, give it less data, or pass \
         more maxTokens"
    ))
}
