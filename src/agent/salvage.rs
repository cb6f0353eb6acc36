//! The answer of last resort: one call over what was found, when a limit ended the work.

use std::fmt::Write as _;
use std::sync::Arc;

use super::answers::answer::HeldAnswer;
use super::answers::schema::Schema;
use super::bindings::Bindings;
use super::calls::Ask;
use super::calls::budget::{Purpose, Tripped};
use super::calls::fitted::{self, Reply};
use super::prompt::{self, Asked};
use crate::cancel::Cancel;
use crate::journal::event::Role as CallRole;
use crate::model::{Finish, tokens};
use crate::repl::Outcome;

/// What a run has shown so far, oldest first.
#[derive(Default)]
pub struct Findings {
    entries: Vec<String>,
}

impl Findings {
    /// A cell and what came of it.
    pub fn cell(&mut self, cell: u64, source: &str, outcome: &Outcome) {
        let mut entry = format!("Cell {cell}:\n{}\n", clip(source, 2_000));
        for body in [Some(&outcome.output), outcome.value.as_ref()].into_iter().flatten() {
            if !body.is_empty() {
                let _ = writeln!(entry, "Output:\n{}", clip(body, 12_000));
            }
        }
        if let Some(error) = &outcome.error {
            let _ = writeln!(entry, "Error:\n{}", clip(&error.text, 1_000));
        }
        self.entries.push(entry);
    }

    /// Prose of the model's that came instead of code.
    pub fn said(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.entries.push(format!("Said:\n{}\n", clip(text, 8_000)));
        }
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The newest findings that fit into `budget` tokens, in their order.
    pub fn within(&self, budget: u64) -> String {
        let mut left = budget;
        let mut kept: Vec<&str> = Vec::new();
        for entry in self.entries.iter().rev() {
            let size = tokens::estimate(entry);
            if size > left {
                break;
            }
            left -= size;
            kept.push(entry);
        }
        kept.reverse();
        kept.join("\n")
    }
}

/// The best answer that can still be had: the held one, else one from the salvage call, else none.
pub async fn salvage(
    bindings: &Arc<Bindings>,
    asked: &Asked<'_>,
    tripped: &Tripped,
    findings: &Findings,
    cancel: &Cancel,
) -> Option<HeldAnswer> {
    if let Some(held) = bindings.answers.held() {
        return Some(held);
    }
    let calls = &bindings.calls;
    let unreachable = matches!(tripped, Tripped::Model { .. });
    if unreachable || findings.is_empty() || calls.models.root.model.provider() == "builtin" {
        return None;
    }
    // Room for the fixed texts, the question and the reply; estimates are off by up to a third.
    let tokens = calls.ledger.salvage_tokens().min(calls.window(CallRole::Root) * 3 / 4);
    let output = u64::from(calls.leaf_output(CallRole::Root, None)).min(tokens / 3);
    let room = tokens.saturating_sub(output + 1_000);
    // What was found for this question matters more than what was said before it.
    let alone = Asked { question: asked.question, place: asked.place.clone(), before: None, plans: asked.plans };
    let size = |asked: &Asked<'_>| tokens::estimate(&asked.text(&bindings.key));
    let asked = if size(asked) > room / 3 { &alone } else { asked };
    let known = findings.within(room.saturating_sub(size(asked)));
    let max_tokens = u32::try_from(output).unwrap_or(u32::MAX).max(64);
    let schema = bindings.schema.as_ref().map(Schema::value);
    let ask = Ask {
        role: CallRole::Root,
        purpose: Purpose::salvage_at(bindings.depth),
        messages: prompt::salvage(&bindings.key, asked, &tripped.to_string(), &known, schema),
        tools: Vec::new(),
        max_tokens,
        schema: None,
        parent: None,
        label: "best answer from what is known".to_owned(),
    };
    let reply = match &bindings.schema {
        Some(schema) => fitted::complete(calls, ask, schema, cancel).await,
        None => calls.complete(ask, cancel).await.map(|reply| Reply::Unfit(whole(reply))),
    };
    match reply {
        Ok(Reply::Fits(value)) => Some(HeldAnswer::computed(value)),
        Ok(Reply::Unfit(text)) if !text.trim().is_empty() => Some(HeldAnswer::text(text)),
        Ok(Reply::Unfit(_)) => None,
        Err(_) if cancel.is_cancelled() => None,
        Err(failure) => {
            tracing::warn!(%failure, "the salvage call failed");
            None
        }
    }
}

/// A reply's text, which says so when it was cut.
fn whole(reply: crate::model::Reply) -> String {
    let mut text = reply.text;
    if reply.finish == Finish::Length && !text.trim().is_empty() {
        text.push_str("\n\n(The reply was cut off here.)");
    }
    text
}

/// The head and the tail of a long text.
pub(super) fn clip(text: &str, most: usize) -> String {
    let size = text.chars().count();
    if size <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most * 2 / 3).collect();
    let tail: String = text.chars().skip(size - most / 3).collect();
    format!("{head}\n[… {} characters …]\n{tail}", size - most)
}
