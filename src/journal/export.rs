//! A run as JSON Lines, one line per model turn, for `spelunk trace RUN --export jsonl`.
//!
//! docs/trajectories.md describes the fields for those who read the lines.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::value::RawValue;

use super::blobs::Blobs;
use super::event::{Body, EndReason, Message, Outcome, Reply, Request, Role, ToolCall, Usage};
use super::reader::Run;
use super::tree::{Agent, Call, Tree};
use crate::display;

/// Version of the lines: a change of meaning needs a new one, a new field does not.
pub const VERSION: u32 = 1;

/// One model turn.
#[derive(Serialize)]
struct Line<'a> {
    version: u32,
    run: &'a str,
    call: u64,
    /// Whose call it is, 0 for the root, and how deep that stands.
    agent: u64,
    depth: Option<u32>,
    parent_agent: Option<u64>,
    turn: Option<u32>,
    parent: Option<u64>,
    role: Option<Role>,
    model: Option<&'a str>,
    started_ms: u64,
    finished_ms: Option<u64>,
    messages: Option<Vec<Sent>>,
    options: Option<Box<RawValue>>,
    reply: Option<Received>,
    error: Option<&'a str>,
    outcome: &'static str,
    attempts: u32,
    hit: bool,
    retries: Vec<Retry<'a>>,
    usage: Usage,
    usd: Option<f64>,
    /// How the agent ended.
    agent_end: Option<EndReason>,
    /// How the run ended, the same in all its lines.
    end: Option<EndReason>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<Missing>,
}

#[derive(Serialize)]
struct Sent {
    role: String,
    content: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<Tool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<String>,
}

#[derive(Serialize)]
struct Received {
    text: Option<String>,
    tool_calls: Vec<Tool>,
    finish: String,
}

#[derive(Serialize)]
struct Tool {
    id: String,
    name: String,
    arguments: Option<String>,
}

#[derive(Serialize)]
struct Retry<'a> {
    reason: &'a str,
    wait_ms: u64,
}

/// A text that should stand in the line and could not be had.
#[derive(Serialize)]
struct Missing {
    field: String,
    bytes: u64,
    reason: String,
}

/// Passes the run's model turns on, each a line without its end, in the order in which they began. Stops at the first
/// error of `each`. Returns what could not be exported, in words.
pub fn export<E>(run: &Run, blobs: &Blobs, mut each: impl FnMut(&str) -> Result<(), E>) -> Result<Vec<String>, E> {
    let tree = Tree::of(run);
    let mut lost = damages(run);
    let mut missing = 0;
    for call in &tree.calls {
        let mut texts = Texts { blobs, missing: Vec::new() };
        let line = texts.line(&run.id, call, &tree);
        missing += line.missing.len();
        match serde_json::to_string(&line) {
            Ok(json) => each(&plain(&json))?,
            Err(error) => lost.push(format!("call {}: {error}", call.number)),
        }
    }
    if missing > 0 {
        lost.push(format!("{missing} texts are gone; `missing` in their lines says which"));
    }
    Ok(lost)
}

/// What of a journal could not be read, in words.
pub(super) fn damages(run: &Run) -> Vec<String> {
    let mut damages: Vec<String> = run
        .damage
        .iter()
        .map(|damage| format!("damaged: {} bytes at {}: {}", damage.bytes, damage.offset, damage.reason))
        .collect();
    if let Some(offset) = run.torn {
        damages.push(format!("torn: the last line, at byte {offset}, was not written to its end"));
    }
    damages
}

struct Texts<'a> {
    blobs: &'a Blobs,
    missing: Vec<Missing>,
}

impl Texts<'_> {
    fn line<'a>(&mut self, run: &'a str, call: &Call<'a>, tree: &Tree<'a>) -> Line<'a> {
        let agent = &tree.agents[call.agent];
        let end = |agent: &Agent<'_>| agent.end.map(|(reason, _)| reason);
        let depth = if agent.number == 0 { Some(0) } else { agent.started.map(|started| started.depth) };
        let (reply, error) = match call.outcome {
            Some(Outcome::Ok(reply)) => (Some(self.reply(reply)), None),
            Some(Outcome::Error(error)) => (None, Some(error.as_str())),
            None => (None, None),
        };
        Line {
            version: VERSION,
            run,
            call: call.number,
            agent: agent.number,
            depth,
            parent_agent: agent.started.map(|started| started.parent),
            turn: call.turn,
            parent: call.parent.or(agent.started.map(|started| started.host)),
            role: call.role,
            model: call.model,
            started_ms: call.span.start,
            finished_ms: call.span.end,
            messages: call.request.map(|request| self.messages(request)),
            options: call.request.and_then(|request| self.options(&request.options)),
            reply,
            error,
            outcome: call.state(),
            attempts: call.attempts,
            hit: call.hit,
            retries: call.retries.iter().map(|(reason, wait_ms)| Retry { reason, wait_ms: *wait_ms }).collect(),
            usage: call.usage,
            usd: call.usd,
            agent_end: end(agent),
            end: end(tree.root()),
            missing: std::mem::take(&mut self.missing),
        }
    }

    fn messages(&mut self, request: &Request) -> Vec<Sent> {
        let messages = request.messages.iter().enumerate();
        messages
            .map(|(at, Message { role, content, tool_calls, tool_call_id })| Sent {
                role: role.clone(),
                content: self.text(content, || format!("messages[{at}].content")),
                tool_calls: self.tools(tool_calls, &format!("messages[{at}]")),
                tool_call_id: tool_call_id.clone(),
            })
            .collect()
    }

    fn reply(&mut self, reply: &Reply) -> Received {
        Received {
            text: self.text(&reply.text, || "reply.text".into()),
            tool_calls: self.tools(&reply.tool_calls, "reply"),
            finish: reply.finish.clone(),
        }
    }

    fn tools(&mut self, calls: &[ToolCall], within: &str) -> Vec<Tool> {
        let calls = calls.iter().enumerate();
        calls
            .map(|(at, call)| Tool {
                id: call.id.clone(),
                name: call.name.clone(),
                arguments: self.text(&call.arguments, || format!("{within}.tool_calls[{at}].arguments")),
            })
            .collect()
    }

    fn options(&mut self, body: &Body) -> Option<Box<RawValue>> {
        let text = self.text(body, || "options".into())?;
        // A line's end inside of it would break the line in two.
        let value =
            serde_json::from_str::<serde_json::Value>(&text).and_then(|value| serde_json::value::to_raw_value(&value));
        value
            .map_err(|error| {
                let reason = format!("it is no JSON: {error}");
                self.missing.push(Missing { field: "options".into(), bytes: body.bytes(), reason });
            })
            .ok()
    }

    fn text(&mut self, body: &Body, field: impl FnOnce() -> String) -> Option<String> {
        match self.blobs.text(body) {
            Ok(text) => Some(text.into_owned()),
            Err(error) => {
                self.missing.push(Missing { field: field(), bytes: body.bytes(), reason: error.to_string() });
                None
            }
        }
    }
}

/// The same JSON with an escape for every character that a terminal would act on, that hides or reorders others, or
/// that some readers take for a line's end.
fn plain(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        let odd =
            c == '\u{7f}' || !c.is_ascii() && matches!(display::terminal(c.encode_utf8(&mut [0; 4])), Cow::Owned(_));
        if odd {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string does not fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}
