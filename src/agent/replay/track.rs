//! What one agent of a recorded run did, in order: its journal lines, sorted by what a replay asks of them.

use std::collections::HashMap;

use crate::agent::setup::OUTPUT;
use crate::journal::event::{self as journal, Body, EndReason, Event, Header, Outcome};
use crate::journal::{Blobs, Line};
use crate::model::{Finish, Message, Reply, Role, ToolCall, Usage};
use crate::repl;

/// One agent's part of a run.
#[derive(Default)]
pub struct Track {
    /// 0 is the root.
    pub agent: u64,
    /// What its answer has to satisfy.
    pub schema: Option<serde_json::Value>,
    /// The run whose variables it goes on with.
    pub follows: Option<String>,
    /// Its own calls of the root model: plain, turns, salvage.
    pub asks: Vec<Ask>,
    /// Its own calls of the leaf model, as opposed to those of its cells.
    pub digests: Vec<Ask>,
    /// How its first turn was asked: the messages, and whether code comes as a tool call.
    pub first: Option<(Vec<Message>, bool)>,
    pub turns: u32,
    pub cells: Vec<Cell>,
    /// Which limit tripped, and its words.
    pub limit: Option<(String, String)>,
    /// JSON of the answer.
    pub answer: Option<String>,
    /// How it ended; `None` when it was killed.
    pub end: Option<(EndReason, String)>,
}

/// A model call.
pub struct Ask {
    /// 0 before the first turn.
    pub turn: u32,
    /// After a limit had tripped.
    pub salvage: bool,
    /// `None` when nothing came back.
    pub outcome: Option<Result<Reply, String>>,
}

pub struct Cell {
    pub number: u64,
    /// It ran before the first turn, and no model wrote it.
    pub prepares: bool,
    pub code: String,
    /// In the order in which they were made.
    pub calls: Vec<HostCall>,
    /// `None` when it did not end.
    pub done: Option<repl::Outcome>,
    /// The answer that was held after it, as JSON, and what its author was told.
    pub held: Option<(String, Vec<String>)>,
}

pub struct HostCall {
    pub name: String,
    pub args: String,
    pub blocking: bool,
    pub reply: Option<Settled>,
}

pub struct Settled {
    /// Which of the cell's promises this was, by the order in which they settled; 0 for blocking calls.
    pub rank: usize,
    pub result: Result<String, journal::HostError>,
}

/// What the workers of a run start from.
pub fn options(header: &Header, seed: u64, epoch_ms: u64, program: std::path::PathBuf) -> Option<repl::Options> {
    let setting = |key: &str| header.config.get(key).and_then(serde_json::Value::as_u64);
    Some(repl::Options {
        program,
        heap: setting("heap_mib")? << 20,
        memory: setting("memory_mib")? << 20,
        // Which cells were stopped stands in the record; another machine's pace changes nothing.
        cell: std::time::Duration::from_secs(24 * 60 * 60),
        output: OUTPUT,
        seed,
        epoch_ms,
        plan: header.plan,
    })
}

/// Reads the texts of a journal, and remembers which are gone.
struct Texts<'a> {
    blobs: &'a Blobs,
    missing: Vec<String>,
}

impl Texts<'_> {
    fn get(&mut self, body: &Body) -> String {
        match self.blobs.text(body) {
            Ok(text) => text.into_owned(),
            Err(error) => {
                self.missing.push(error.to_string());
                String::new()
            }
        }
    }

    fn tool_calls(&mut self, calls: &[journal::ToolCall]) -> Vec<ToolCall> {
        let call = |call: &journal::ToolCall| ToolCall {
            id: call.id.clone(),
            name: call.name.clone(),
            arguments: self.get(&call.arguments),
        };
        calls.iter().map(call).collect()
    }

    fn message(&mut self, message: &journal::Message) -> Message {
        let role = match message.role.as_str() {
            "system" => Role::System,
            "assistant" => Role::Assistant,
            "tool" => Role::Tool,
            _ => Role::User,
        };
        Message {
            role,
            content: self.get(&message.content),
            tool_calls: self.tool_calls(&message.tool_calls),
            tool_call_id: message.tool_call_id.clone(),
        }
    }

    fn reply(&mut self, reply: &journal::Reply, usage: journal::Usage, attempts: u32) -> Reply {
        let journal::Usage { input, cached, output, reasoning, estimated, written } = usage;
        let finish = match reply.finish.as_str() {
            "tool-calls" => Finish::ToolCalls,
            "length" => Finish::Length,
            "filtered" => Finish::Filtered,
            _ => Finish::Stop,
        };
        Reply {
            text: self.get(&reply.text),
            tool_calls: self.tool_calls(&reply.tool_calls),
            usage: Usage { input, cached, output, reasoning, estimated, written },
            finish,
            attempts,
        }
    }
}

impl Track {
    /// Sorts one agent's lines. Fails with the texts that are gone.
    pub fn read(agent: u64, lines: &[Line], blobs: &Blobs) -> Result<Self, Vec<String>> {
        let mut track = Self { agent, ..Self::default() };
        let mut texts = Texts { blobs, missing: Vec::new() };
        // Where the asks and the host calls of a number are.
        let (mut asks, mut hosts) = (HashMap::new(), HashMap::new());
        for line in lines.iter().filter(|line| line.agent == agent) {
            match &line.event {
                Event::CallStarted { call, parent: None, role, request, .. } => {
                    let salvage = track.limit.is_some();
                    let ask = Ask { turn: track.turns, salvage, outcome: None };
                    let list = match role {
                        journal::Role::Root => &mut track.asks,
                        journal::Role::Leaf => &mut track.digests,
                    };
                    asks.insert(*call, (*role, list.len()));
                    list.push(ask);
                    if *role == journal::Role::Root && track.turns > 0 && track.first.is_none() {
                        let messages = request.messages.iter().map(|message| texts.message(message)).collect();
                        let options: serde_json::Value =
                            serde_json::from_str(&texts.get(&request.options)).unwrap_or_default();
                        let tools = options["tools"].as_array().is_some_and(|tools| !tools.is_empty());
                        track.first = Some((messages, tools));
                    }
                }
                Event::CallFinished { call, outcome, usage, attempts, .. } => {
                    let outcome = match outcome {
                        _ if !asks.contains_key(call) => continue,
                        Outcome::Ok(reply) => Ok(texts.reply(reply, *usage, *attempts)),
                        Outcome::Error(error) => Err(error.clone()),
                    };
                    let ask = match asks.get(call) {
                        Some((journal::Role::Root, at)) => track.asks.get_mut(*at),
                        Some((journal::Role::Leaf, at)) => track.digests.get_mut(*at),
                        None => None,
                    };
                    if let Some(ask) = ask {
                        ask.outcome = Some(outcome);
                    }
                }
                Event::HostCall { host, name, args, blocking, .. } => {
                    let (name, args, blocking) = (name.clone(), texts.get(args), *blocking);
                    let at = track.cells.len();
                    let Some(cell) = track.cells.last_mut() else { continue };
                    hosts.insert(*host, (at - 1, cell.calls.len()));
                    cell.calls.push(HostCall { name, args, blocking, reply: None });
                }
                Event::HostReply { host, outcome } => {
                    let Some(&(cell, at)) = hosts.get(host) else { continue };
                    let result = match outcome {
                        Outcome::Ok(json) => Ok(texts.get(json)),
                        Outcome::Error(error) => Err(error.clone()),
                    };
                    track.settle(cell, at, result);
                }
                Event::Cell { cell, code } => track.cells.push(Cell {
                    number: *cell,
                    prepares: track.turns == 0,
                    code: texts.get(code),
                    calls: Vec::new(),
                    done: None,
                    held: None,
                }),
                Event::CellDone { output, value, error, warnings, computed_ms, lost, .. } => {
                    let done = repl::Outcome {
                        output: texts.get(output),
                        value: value.as_ref().map(|value| texts.get(value)),
                        error: error
                            .as_ref()
                            .map(|error| repl::CellError { kind: kind(&error.kind), text: texts.get(&error.text) }),
                        warnings: warnings.clone(),
                        computed: std::time::Duration::from_millis(*computed_ms),
                        lost: lost.clone(),
                    };
                    if let Some(cell) = track.cells.last_mut() {
                        cell.done = Some(done);
                    }
                }
                Event::Answer { value, held: true, problems, .. } => {
                    let held = (texts.get(value), problems.clone());
                    if let Some(cell) = track.cells.last_mut() {
                        cell.held = Some(held);
                    }
                }
                Event::Answer { value, held: false, .. } => track.answer = Some(texts.get(value)),
                Event::TurnStarted { turn } => track.turns = *turn,
                Event::Expects { schema } => {
                    track.schema = serde_json::from_str(&texts.get(schema)).ok();
                }
                Event::Follows { run } => track.follows = Some(run.clone()),
                Event::Limit { which, detail } => track.limit = Some((which.clone(), detail.clone())),
                Event::End { reason, detail, .. } | Event::AgentEnded { reason, detail } => {
                    track.end = Some((*reason, detail.clone()));
                }
                _ => {}
            }
        }
        if texts.missing.is_empty() { Ok(track) } else { Err(texts.missing) }
    }

    fn settle(&mut self, cell: usize, at: usize, result: Result<String, journal::HostError>) {
        let calls = &mut self.cells[cell].calls;
        let settled = calls.iter().filter(|call| !call.blocking && call.reply.is_some()).count();
        let rank = if calls[at].blocking { 0 } else { settled };
        calls[at].reply = Some(Settled { rank, result });
    }

    /// Whether it left its loop for a reason that came from outside of it.
    pub fn was_stopped(&self) -> bool {
        match &self.end {
            None => true,
            Some((EndReason::Answered, _)) => false,
            Some((EndReason::Limit, _)) => self
                .limit
                .as_ref()
                .is_some_and(|(which, _)| !matches!(which.as_str(), "no-code" | "repeated" | "circles" | "model")),
            Some(_) => true,
        }
    }
}

fn kind(kind: &str) -> repl::CellErrorKind {
    use repl::CellErrorKind::{Cancelled, Died, Limit, Syntax, Thrown};
    match kind {
        "syntax" => Syntax,
        "limit" => Limit,
        "cancelled" => Cancelled,
        "died" => Died,
        _ => Thrown,
    }
}
