//! The planner without a language model: it recognises a question's kind and writes a playbook for the REPL.
//!
//! A question becomes an [`Ask`] (`phrase`, `subject`, `rules`), an ask becomes one cell of JavaScript (`cell`, with the
//! programs in `playbooks/`), and the root loop runs the cell as it runs any model's.

mod cell;
mod intent;
mod phrase;
mod phrasings;
mod place;
mod readings;
mod refactoring;
mod rules;
mod subject;
#[cfg(test)]
mod tests;
mod vocabulary;

pub use intent::{Ask, Intent, Relation, Topic, Unit};
pub use refactoring::Refactoring;

use futures_util::future::BoxFuture;

use self::place::Place;
use super::{Finish, Message, Model, ModelError, Progress, Reply, Request, Role, Usage};
use crate::cancel::Cancel;

/// The planner. It holds no state: the messages say which turn it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Builtin;

impl Model for Builtin {
    fn provider(&self) -> &str {
        "builtin"
    }

    fn has_tools(&self) -> bool {
        false
    }

    fn complete<'a>(
        &'a self,
        request: &'a Request,
        _: &'a (dyn Fn(Progress) + Send + Sync),
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Result<Reply, ModelError>> {
        Box::pin(async move {
            if cancel.is_cancelled() {
                return Err(ModelError::Cancelled);
            }
            let text = reply(&request.messages)?;
            Ok(Reply { text, tool_calls: Vec::new(), usage: Usage::default(), finish: Finish::Stop, attempts: 0 })
        })
    }
}

/// What the root loop gets for these messages: the playbook first; after an error the search for evidence, then a plain
/// word; and the confirmation of an answer that is held back.
fn reply(messages: &[Message]) -> Result<String, ModelError> {
    if let Some(request) = messages.iter().find_map(request_in) {
        let begun = messages.iter().any(|message| message.role == Role::Assistant);
        return Ok(match Refactoring::read(request) {
            _ if begun => cell::confirmation(),
            Some(request) => cell::plan(&request),
            None => cell::saying(&format!(
                "Nothing was planned: this request takes a language model (`spelunk doctor` shows how to set one). Without one I plan\n\n{}",
                refactoring::FORMS
            )),
        });
    }
    let (question, place) = messages.iter().find_map(question_in).ok_or_else(|| {
        ModelError::BadRequest(
            "builtin is no language model: it answers questions about a repository and takes no other prompt; \
             `spelunk doctor` shows how to set a model for sub-calls"
                .to_owned(),
        )
    })?;
    let turns = messages.iter().filter(|message| message.role == Role::Assistant).count();
    let held = messages.last().is_some_and(|message| message.content.contains("Your answer is held"));
    let ask = match Place::read(place.as_ref(), question) {
        Ok(ask) => ask,
        Err(text) => return Ok(cell::saying(&text)),
    };
    Ok(match turns {
        0 => cell::playbook(&ask),
        _ if held => cell::confirmation(),
        1 => cell::playbook(&Ask { intent: Intent::Evidence, ..ask }),
        _ => cell::apology(question),
    })
}

/// The text between the lines `<request>` and `</request>`: what is to be planned.
fn request_in(message: &Message) -> Option<&str> {
    if message.role != Role::User {
        return None;
    }
    let (before, rest) = message.content.split_once("<request>\n")?;
    before.is_empty().then(|| rest.rsplit_once("\n</request>")).flatten().map(|(request, _)| request)
}

/// The text between the lines `<question>` and `</question>`, and what it may point at: the place that is named after it,
/// else what was asked before. A question may hold
/// such lines itself, so the last one ends it.
fn question_in(message: &Message) -> Option<(&str, Option<Place>)> {
    if message.role != Role::User {
        return None;
    }
    let (_, rest) = message.content.split_once("<question>\n")?;
    let (question, after) = rest.rsplit_once("\n</question>")?;
    Some((question, Place::find(after).or_else(|| Place::earlier(after))))
}
