//! The messages of a loop: what its prompts hold, and what gives way before they outgrow the model's window.
//!
//! System prompt and question stay byte for byte, so that a provider's prefix cache goes on to hold them.

use std::collections::BTreeMap;

use super::digest::{self, Gone};
use crate::agent::bindings::Bindings;
use crate::agent::calls::Calls;
use crate::agent::event::RunEvent;
use crate::agent::prompt;
use crate::cancel::Cancel;
use crate::journal::Event;
use crate::journal::event::Role as CallRole;
use crate::model::{Message, Reply, Role, Usage, tokens};

/// A window with fewer tokens is small: the fixed texts take much of it.
const SMALL: u64 = 32_768;

/// The newest turns, which are never digested when they fit.
const VERBATIM: usize = 3;

/// Tokens around a message.
const FRAME: u64 = 8;

/// Output tokens of a root turn.
pub fn output(calls: &Calls) -> u32 {
    let window = calls.window(CallRole::Root);
    let most = u32::try_from(window / 8).unwrap_or(u32::MAX).max(64);
    if window < SMALL { calls.root_output().min(most) } else { calls.root_output() }
}

/// Characters of output that a cell may show: a window holds many cells.
pub fn shown(window: u64) -> usize {
    usize::try_from(window / 5 * 2).unwrap_or(usize::MAX)
}

/// System prompt, question, and the turns since.
pub struct History {
    head: Vec<Message>,
    /// Stands behind the question.
    gone: Option<Gone>,
    /// Each a reply and what came of it.
    turns: Vec<Vec<Message>>,
    /// Real tokens for one of our estimate, as the provider counts them.
    scale: f64,
}

impl History {
    /// `head`: the system prompt and the question.
    pub fn new(head: Vec<Message>) -> Self {
        Self { head, gone: None, turns: Vec::new(), scale: 1.0 }
    }

    /// Adds a reply with the one tool call that is answered, which begins a turn.
    pub fn reply(&mut self, reply: &Reply) {
        let mut message = prompt::message(Role::Assistant, reply.text.clone());
        message.tool_calls = reply.tool_calls.iter().take(1).cloned().collect();
        if message.tool_calls.is_empty() && message.content.trim().is_empty() {
            // Some servers refuse messages without content.
            message.content = "(no reply)".to_owned();
        }
        self.turns.push(vec![message]);
    }

    /// Adds what came of the last reply.
    pub fn push(&mut self, message: Message) {
        match self.turns.last_mut() {
            Some(turn) => turn.push(message),
            None => self.turns.push(vec![message]),
        }
    }

    /// As they are sent.
    pub fn messages(&self) -> Vec<Message> {
        let mut messages = self.head.clone();
        // In the question's own message: some servers refuse two messages of one role in a row.
        if let (Some(question), Some(gone)) = (messages.last_mut(), &self.gone) {
            question.content.push_str("\n\n");
            question.content.push_str(&gone.text);
        }
        messages.extend(self.turns.iter().flatten().cloned());
        messages
    }

    /// Learns from what a provider counted for these messages.
    pub fn counted(&mut self, usage: &Usage) {
        let estimate = self.estimate();
        if !usage.estimated && usage.input > 0 && estimate > 0 {
            self.scale = (usage.input as f64 / estimate as f64).clamp(1.0, 3.0);
        }
    }

    /// Makes room when the prompt nears the window: older turns become a digest, then long outputs become their sizes.
    /// Says whether anything got shorter.
    pub async fn fit(
        &mut self,
        bindings: &Bindings,
        vars: &BTreeMap<String, String>,
        turn: u32,
        cancel: &Cancel,
    ) -> bool {
        // A quarter is for the reply, and for what an estimate is off by.
        let (before, most) = (self.tokens(), bindings.calls.window(CallRole::Root) / 4 * 3);
        if before <= most {
            return false;
        }
        let room = most.saturating_sub(self.scaled(self.head.iter().map(size).sum()));
        let kept = self.newest_within(room / 2);
        let older: Vec<Vec<Message>> = self.turns.drain(..self.turns.len() - kept).collect();
        let replaced = older.iter().map(Vec::len).sum::<usize>();
        if !older.is_empty() {
            let question = self.head.last().map(|message| message.content.as_str()).unwrap_or_default();
            let work = digest::Work { bindings, vars, question, room: room / 4 };
            self.gone = Some(work.digest(self.gone.take(), &older, cancel).await);
        }
        let cut = self.cut_outputs(most);
        let after = self.tokens();
        if replaced == 0 && !cut {
            return false;
        }
        let messages = u32::try_from(replaced).unwrap_or(u32::MAX);
        let calls = &bindings.calls;
        calls.journal.write(Event::Compacted { turn, messages, tokens_before: before, tokens_after: after });
        let text = format!("The prompt neared the model's window: {before} tokens of it became {after}.");
        (calls.emit)(RunEvent::Note { text });
        after < before
    }

    /// How many of the newest turns fit into some tokens: at most three, at least the last.
    fn newest_within(&self, tokens: u64) -> usize {
        let (mut kept, mut used) = (0, 0);
        for turn in self.turns.iter().rev().take(VERBATIM) {
            used += self.scaled(turn.iter().map(size).sum());
            if kept > 0 && used > tokens {
                break;
            }
            kept += 1;
        }
        kept
    }

    /// Replaces outputs by their sizes, oldest first, until the prompt has at most these tokens.
    fn cut_outputs(&mut self, most: u64) -> bool {
        const SHORT: usize = 400;
        let mut cut = false;
        for turn in 0..self.turns.len() {
            for at in 1..self.turns[turn].len() {
                if self.tokens() <= most {
                    return cut;
                }
                let content = &mut self.turns[turn][at].content;
                let characters = content.chars().count();
                if characters > SHORT {
                    *content = format!(
                        "[{characters} characters of output are left out here, for lack of room; the variables remain]"
                    );
                    cut = true;
                }
            }
        }
        cut
    }

    fn estimate(&self) -> u64 {
        let gone = self.gone.as_ref().map_or(0, |gone| tokens::estimate(&gone.text));
        self.head.iter().chain(self.turns.iter().flatten()).map(size).sum::<u64>() + gone
    }

    fn tokens(&self) -> u64 {
        self.scaled(self.estimate())
    }

    fn scaled(&self, estimate: u64) -> u64 {
        (estimate as f64 * self.scale).ceil() as u64
    }
}

fn size(message: &Message) -> u64 {
    let calls = message.tool_calls.iter().map(|call| tokens::estimate(&call.name) + tokens::estimate(&call.arguments));
    FRAME + tokens::estimate(&message.content) + calls.sum::<u64>()
}
