//! What stands for the older turns of a loop: a digest by a model, or their bare outline, and what code still holds.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use super::fence::fence;
use crate::agent::bindings::Bindings;
use crate::agent::calls::Ask;
use crate::agent::calls::budget::Purpose;
use crate::agent::prompt;
use crate::agent::run::list;
use crate::agent::salvage::clip;
use crate::cancel::Cancel;
use crate::journal::event::Role as CallRole;
use crate::model::{Message, Role, tokens};

const DIGEST: &str = include_str!("digest.md");

/// Output tokens of a digest, where there is room for them.
const MOST_TOKENS: u64 = 2_000;

/// Tokens of one message that the digest's author sees.
const MOST_MESSAGE: u64 = 3_000;

/// What code noted for the user, kept for whoever forgets the turn in which it did.
#[derive(Default)]
pub struct Notes(Mutex<Vec<String>>);

impl Notes {
    pub fn add(&self, text: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_owned());
    }

    /// Oldest first.
    pub fn all(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Turns that are no longer shown.
pub struct Gone {
    /// How many.
    turns: usize,
    /// What is known of them.
    digest: String,
    /// All that a prompt says of them.
    pub text: String,
}

/// What a digest is made from and for.
pub struct Work<'a> {
    pub bindings: &'a Bindings,
    pub vars: &'a BTreeMap<String, String>,
    /// The message that the loop began with.
    pub question: &'a str,
    /// Tokens that everything about the turns may have.
    pub room: u64,
}

impl Work<'_> {
    /// Puts turns, and those that were gone before, into one text. Whatever happens to the call, there is one.
    pub async fn digest(&self, before: Option<Gone>, turns: &[Vec<Message>], cancel: &Cancel) -> Gone {
        let first = before.as_ref().map_or(1, |gone| gone.turns + 1);
        let count = first - 1 + turns.len();
        let before = before.map(|gone| gone.digest);
        let most = (self.room / 2).max(100);
        let (author, digest) = match self.written(before.as_deref(), turns, cancel).await {
            Some(digest) => ("as a model put them together", digest),
            None => ("cell by cell", outline(before.as_deref(), turns, first, most)),
        };
        let digest = within(&digest, most);
        let key = &self.bindings.key;
        let mut text = format!(
            "Turns 1 to {count} are not shown any more. What they came to, {author}; it says where to look, and is no \
             evidence itself. Lines that were looked at then may still be cited.\n{}\n",
            fence(key, "digest", &digest)
        );
        let share = most / 2;
        if self.vars.is_empty() {
            text.push_str("There are no variables.\n");
        } else {
            let vars = within(&list(self.vars.iter()), share);
            let _ = writeln!(text, "Variables, all still there:\n{}", fence(key, "variables", &vars));
        }
        let notes = self.bindings.notes.all();
        if !notes.is_empty() {
            let _ = writeln!(text, "Your notes:\n{}", fence(key, "notes", &within(&notes.join("\n"), share)));
        }
        Gone { turns: count, digest, text }
    }

    /// `None` when no model could be asked, or it said nothing.
    async fn written(&self, before: Option<&str>, turns: &[Vec<Message>], cancel: &Cancel) -> Option<String> {
        let calls = &self.bindings.calls;
        let window = calls.window(CallRole::Leaf);
        let output = MOST_TOKENS.min(self.room / 2).min(window / 8).max(64);
        let data = transcript(before, turns, window / 2);
        let end = self.question.rfind("\n</question>\n").unwrap_or(self.question.len());
        let question = within(self.question[..end].trim_start_matches("<question>\n"), window / 16);
        let key = &self.bindings.key;
        let body = format!(
            "Their question:\n{}\n\nThe turns:\n{}",
            fence(key, "question", &question),
            fence(key, "turns", &data)
        );
        let system = DIGEST.replace("{{words}}", &(output / 2).to_string());
        let ask = Ask {
            role: CallRole::Leaf,
            purpose: Purpose::at(self.bindings.depth),
            messages: vec![prompt::message(Role::System, system), prompt::message(Role::User, body)],
            tools: Vec::new(),
            max_tokens: u32::try_from(output).unwrap_or(u32::MAX),
            schema: None,
            parent: None,
            label: format!("a digest of {} turns", turns.len()),
        };
        match calls.complete(ask, cancel).await {
            Ok(reply) => Some(reply.text.trim().to_owned()).filter(|text| !text.is_empty()),
            Err(failure) => {
                tracing::debug!(%failure, "there is no digest");
                None
            }
        }
    }
}

/// The head and the tail of a text, about as much of it as some tokens hold.
fn within(text: &str, most: u64) -> String {
    let size = tokens::estimate(text);
    if size <= most {
        return text.to_owned();
    }
    let characters = text.chars().count() as u64;
    clip(text, usize::try_from(characters * most / size).unwrap_or(usize::MAX))
}

/// Turns as one text of about `most` tokens; each message gets its share.
fn transcript(before: Option<&str>, turns: &[Vec<Message>], most: u64) -> String {
    let count = turns.iter().map(Vec::len).sum::<usize>() + usize::from(before.is_some());
    let share = (most / count.max(1) as u64).clamp(50, MOST_MESSAGE);
    let mut text = before.map_or(String::new(), |before| format!("Before them:\n{}\n\n", within(before, share)));
    for message in turns.iter().flatten() {
        let who = if message.role == Role::Assistant { "They wrote" } else { "They saw" };
        let _ = writeln!(text, "{who}:\n{}\n", within(&words(message), share));
    }
    within(&text, most)
}

/// What a message says, its calls as the code in them.
fn words(message: &Message) -> String {
    let code = |arguments: &str| {
        let parsed = serde_json::from_str::<serde_json::Value>(arguments).ok();
        parsed.and_then(|value| Some(value.get("code")?.as_str()?.to_owned())).unwrap_or_else(|| arguments.to_owned())
    };
    let calls = message.tool_calls.iter().map(|call| code(&call.arguments));
    [message.content.clone()].into_iter().chain(calls).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Each turn's code, cut, and the size of what it showed; the newest that fit into `most` tokens.
fn outline(before: Option<&str>, turns: &[Vec<Message>], first: usize, most: u64) -> String {
    let share = (most / (turns.len() as u64 + 1)).clamp(20, 150);
    let mut left = most;
    let mut kept = Vec::new();
    for (at, turn) in turns.iter().enumerate().rev() {
        let code = within(&turn.first().map(words).unwrap_or_default(), share).replace('\n', " ");
        let shown: usize = turn.iter().skip(1).map(|message| message.content.chars().count()).sum();
        let line = format!("Turn {}: {code} -> {shown} characters of output", first + at);
        let size = tokens::estimate(&line);
        if size > left {
            break;
        }
        left -= size;
        kept.push(line);
    }
    if let Some(before) = before.filter(|_| left > 50) {
        kept.push(within(before, left - 20));
    }
    kept.reverse();
    kept.join("\n")
}
