//! What the model thought before its tool calls. The API wants it back, unchanged, with the results of the calls.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::model::{Message, Reply, ToolCall};

/// Turns that are remembered, the oldest of which goes first.
const KEPT: usize = 256;

/// Turns with thoughts, by what they said and called.
#[derive(Default)]
pub(super) struct Thoughts(Mutex<VecDeque<Turn>>);

struct Turn {
    text: String,
    calls: Vec<ToolCall>,
    /// Its blocks, as they came.
    content: Vec<Value>,
}

impl Thoughts {
    /// Remembers a reply that called tools after some thought.
    pub fn keep(&self, reply: &Reply, content: Vec<Value>) {
        if reply.tool_calls.is_empty() || !content.iter().any(is_thought) {
            return;
        }
        let mut turns = self.turns();
        if turns.len() == KEPT {
            turns.pop_front();
        }
        turns.push_back(Turn { text: reply.text.clone(), calls: reply.tool_calls.clone(), content });
    }

    /// The blocks of a message that was a reply once, without the calls that it no longer has.
    pub fn recall(&self, message: &Message) -> Option<Vec<Value>> {
        let is_made = |turn: &&Turn| {
            turn.text == message.content && message.tool_calls.iter().all(|call| turn.calls.contains(call))
        };
        if message.tool_calls.is_empty() {
            return None;
        }
        let turns = self.turns();
        let turn = turns.iter().rev().find(is_made)?;
        let id = |block: &Value| block.get("id").and_then(Value::as_str).map(str::to_string);
        let kept = |block: &&Value| {
            kind(block) != "tool_use" || message.tool_calls.iter().any(|call| id(block).as_ref() == Some(&call.id))
        };
        Some(turn.content.iter().filter(kept).cloned().collect())
    }

    fn turns(&self) -> MutexGuard<'_, VecDeque<Turn>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_thought(block: &Value) -> bool {
    matches!(kind(block), "thinking" | "redacted_thinking")
}

fn kind(block: &Value) -> &str {
    block.get("type").and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Finish, Role, Usage};
    use serde_json::json;

    fn call(id: &str) -> ToolCall {
        ToolCall { id: id.to_string(), name: "run".to_string(), arguments: "{}".to_string() }
    }

    fn reply(text: &str, calls: &[&str]) -> Reply {
        let tool_calls = calls.iter().map(|id| call(id)).collect();
        Reply { text: text.to_string(), tool_calls, usage: Usage::default(), finish: Finish::ToolCalls, attempts: 1 }
    }

    fn message(text: &str, calls: &[&str]) -> Message {
        let tool_calls = calls.iter().map(|id| call(id)).collect();
        Message { role: Role::Assistant, content: text.to_string(), tool_calls, tool_call_id: None }
    }

    fn content(calls: &[&str]) -> Vec<Value> {
        let calls = calls.iter().map(|id| json!({ "type": "tool_use", "id": id }));
        [json!({ "type": "thinking", "signature": "s" })].into_iter().chain(calls).collect()
    }

    #[test]
    fn only_what_is_unchanged_is_recalled() {
        let thoughts = Thoughts::default();
        thoughts.keep(&reply("hm", &["a", "b"]), content(&["a", "b"]));
        thoughts.keep(&reply("plain", &["c"]), vec![json!({ "type": "tool_use", "id": "c" })]);
        thoughts.keep(&reply("no call", &[]), content(&[]));
        let check = |text: &str, calls: &[&str], expect: Option<Vec<Value>>| {
            assert_eq!(thoughts.recall(&message(text, calls)), expect, "{text} {calls:?}");
        };
        check("hm", &["a", "b"], Some(content(&["a", "b"])));
        check("hm", &["a"], Some(content(&["a"])));
        check("hm, changed", &["a"], None);
        check("hm", &["x"], None);
        check("hm", &[], None);
        check("plain", &["c"], None);
        check("no call", &[], None);
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let thoughts = Thoughts::default();
        for number in 0..=KEPT {
            let id = number.to_string();
            thoughts.keep(&reply("", &[&id]), content(&[&id]));
        }
        assert_eq!(thoughts.recall(&message("", &["0"])), None);
        assert!(thoughts.recall(&message("", &["1"])).is_some());
    }
}
