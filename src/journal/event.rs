//! The events of a run: the contract on disk. Plain serde types, and nothing from the rest of the crate.
//!
//! Version 1. A reader of the same version takes lines with fields and types that it does not know, so new ones may
//! be added with a default; a change of meaning needs a new [`VERSION`].

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Version of this contract, in every header.
pub const VERSION: u32 = 1;

/// One line of a journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// 0 for the header, then without gaps.
    pub seq: u64,
    /// Milliseconds since the run started. Never goes back.
    pub at: u64,
    /// Whose event it is: 0 for the root, 1 and up for the children that `rlm` started, in the order of their starts.
    #[serde(default, skip_serializing_if = "is_root")]
    pub agent: u64,
    #[serde(flatten)]
    pub event: Event,
}

fn is_root(agent: &u64) -> bool {
    *agent == 0
}

/// What happened. The order of the lines is the order in which it happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// Always the first line.
    Header(Box<Header>),
    /// The agent's answer has to satisfy this.
    Expects {
        /// A JSON Schema.
        schema: Body,
    },
    /// The cells run where those of another run did, over the variables that it left.
    Follows {
        /// Its id.
        run: String,
    },
    TurnStarted {
        turn: u32,
    },
    /// Written before the request leaves.
    CallStarted {
        call: u64,
        /// The host call (`llm`, `llmAll`, ...) that asked for it; none for the root loop's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<u64>,
        /// `provider/model`.
        model: String,
        role: Role,
        /// What it is for, in a few words.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        label: String,
        request: Request,
    },
    /// The request will be sent again; what was streamed so far is void.
    CallRetry {
        call: u64,
        reason: String,
        wait_ms: u64,
    },
    CallFinished {
        call: u64,
        outcome: Outcome<Reply, String>,
        #[serde(default)]
        usage: Usage,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        usd: Option<f64>,
        /// Requests that were sent, retries included.
        attempts: u32,
        /// The reply was there already: nothing was sent, and nothing is owed.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        hit: bool,
    },
    /// A cell starts.
    Cell {
        cell: u64,
        /// As the model wrote it.
        code: Body,
    },
    HostCall {
        /// The cell during which it came.
        cell: u64,
        /// Numbers the host calls of the run.
        host: u64,
        name: String,
        /// A JSON array.
        args: Body,
        /// The cell waits for it (`repo.*`); else it is a promise.
        blocking: bool,
    },
    /// The order of these lines is the order in which promises settled.
    HostReply {
        host: u64,
        /// JSON, byte for byte as the worker got it.
        outcome: Outcome<Body, HostError>,
    },
    CellDone {
        cell: u64,
        /// Console output as the model saw it.
        output: Body,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<Body>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<CellError>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        warnings: Vec<String>,
        computed_ms: u64,
        /// Why the worker was replaced, when it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lost: Option<String>,
    },
    /// A child begins, in a worker of its own. Its turns, calls and cells carry its number, and so does its answer.
    AgentStarted(Box<Agent>),
    /// Always the last line of a child that was not killed with the run.
    AgentEnded {
        reason: EndReason,
        /// The limit, or the error's message; empty otherwise.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        detail: String,
    },
    /// Progress that was shown to the user.
    Note {
        text: String,
    },
    /// Older messages gave way to a digest, or outputs to their sizes, because the prompt neared the model's window.
    Compacted {
        turn: u32,
        /// Messages that the digest stands for.
        messages: u32,
        /// Of the prompt, estimated.
        tokens_before: u64,
        tokens_after: u64,
    },
    /// A limit tripped.
    Limit {
        /// `turns`, `calls`, `tokens`, `usd`, `seconds`, ...
        which: String,
        detail: String,
    },
    Answer {
        /// JSON; a string is Markdown.
        value: Body,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        citations: Vec<Citation>,
        /// Citations that were not kept.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        dropped: Vec<Dropped>,
        /// Not final yet: output that the model had not seen came beside it.
        held: bool,
        /// What its author was told is wrong with it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        problems: Vec<String>,
    },
    /// What the run planned.
    Plan {
        /// A plan as `docs/plans.md` describes it.
        document: Body,
        /// Its hash; another one than the document's when something that looks like a key was cut out of it.
        hash: String,
    },
    /// A plan of the run is being written to the files, after its end; the document is the part of it that is.
    Applied {
        document: Body,
        hash: String,
    },
    /// The last part that was applied, and not undone, is taken back; or it was not written after all.
    Undone,
    /// Totals so far.
    Usage(Totals),
    /// Always the last line of a run that was not killed.
    End {
        reason: EndReason,
        /// The limit, or the error's message; empty otherwise.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        detail: String,
        totals: Totals,
    },
    /// A type that this version does not know. Never written.
    #[serde(other)]
    Unknown,
}

/// What a run starts from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// [`VERSION`]; the writer sets it.
    pub version: u32,
    /// Version of spelunk.
    pub spelunk: String,
    /// It plans changes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub plan: bool,
    /// Milliseconds since 1970.
    pub started: u64,
    pub question: String,
    /// Name of the workspace: its folder's name.
    pub workspace: String,
    /// blake3 of the root's canonical path, in hex: tells two workspaces of one name apart without naming the path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// The commit that was checked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// The configuration, without keys.
    #[serde(default)]
    pub config: Value,
    /// Seeds `Math.random` of the workers.
    pub seed: u64,
    /// Where the workers' clocks start, in milliseconds since 1970.
    pub epoch_ms: u64,
    pub models: Models,
}

/// What a child starts from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Agent {
    /// The agent whose code called `rlm` or `rlmAll`.
    pub parent: u64,
    /// The host call that did.
    pub host: u64,
    /// Which of an `rlmAll`, from 0.
    #[serde(default)]
    pub item: u64,
    /// 1 for a child of the root.
    pub depth: u32,
    pub question: Body,
    /// What it sees of the repository, as its parent wrote it; empty: nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<String>,
    /// Seeds `Math.random` of its worker.
    pub seed: u64,
    /// Where its worker's clock starts, in milliseconds since 1970.
    pub epoch_ms: u64,
}

/// `provider/model` of both roles.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Models {
    pub root: String,
    pub leaf: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Root,
    Leaf,
}

/// Text that may be long: in the line itself, or in a blob beside it. The writer moves it there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Body {
    Text(String),
    /// blake3 of the text in hex, and its length.
    Blob {
        blob: String,
        bytes: u64,
    },
    /// Too long to keep: only hash and length are known.
    Omitted {
        omitted: String,
        bytes: u64,
    },
}

impl Body {
    /// Length of the text in bytes.
    pub fn bytes(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Blob { bytes, .. } | Self::Omitted { bytes, .. } => *bytes,
        }
    }
}

impl Default for Body {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl<T: Into<String>> From<T> for Body {
    fn from(text: T) -> Self {
        Self::Text(text.into())
    }
}

/// `{"ok": ...}` or `{"error": ...}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome<T, E> {
    Ok(T),
    Error(E),
}

impl<T, E> From<Result<T, E>> for Outcome<T, E> {
    fn from(result: Result<T, E>) -> Self {
        match result {
            Ok(value) => Self::Ok(value),
            Err(error) => Self::Error(error),
        }
    }
}

/// What was sent to a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    pub messages: Vec<Message>,
    /// The rest of the request as JSON: tools, token limit, temperature, schema.
    pub options: Body,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// `system`, `user`, `assistant`, `tool`.
    pub role: String,
    pub content: Body,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
    /// For `tool`: the call that this answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    pub id: String,
    pub name: String,
    /// As the model wrote it.
    pub arguments: Body,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    pub text: Body,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
    /// `stop`, `tool-calls`, `length`, `filtered`.
    pub finish: String,
}

/// Tokens of one call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    pub input: u64,
    /// Part of `input` that came from the provider's cache.
    pub cached: u64,
    /// Part of `input` that was written to the provider's cache, where that has a price of its own.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub written: u64,
    /// Output, reasoning included.
    pub output: u64,
    pub reasoning: u64,
    /// The provider did not say.
    #[serde(default)]
    pub estimated: bool,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// What JavaScript saw: `new Error(message)` with this name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostError {
    pub name: String,
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellError {
    /// `syntax`, `thrown`, `limit`, `cancelled`, `died`.
    pub kind: String,
    pub text: Body,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    pub path: String,
    /// 1-based, inclusive.
    pub from: u64,
    pub to: u64,
    /// `valid`, `unsupported`, ...
    pub status: String,
    /// Names of the sentence that the lines do not hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Hash of the cited lines' text.
    pub hash: String,
}

/// A citation that was not kept, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    pub path: String,
    pub from: u64,
    pub to: u64,
    pub reason: String,
}

/// What a run used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    pub turns: u32,
    pub calls: u64,
    /// Replies that the cache had: they are no calls, and cost nothing.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub hits: u64,
    pub input: u64,
    pub cached: u64,
    pub output: u64,
    /// None when some price is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usd: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum EndReason {
    /// `answer` was called.
    Answered,
    /// A limit tripped; the salvage call, if there was one, gave the answer.
    Limit,
    Cancelled,
    Failed,
    /// A reason that this version does not know. Never written.
    #[serde(other)]
    Unknown,
}

impl Event {
    /// Every text of this event that may go to a blob.
    pub fn bodies_mut(&mut self) -> Vec<&mut Body> {
        match self {
            Self::CallStarted { request, .. } => {
                let mut bodies = vec![&mut request.options];
                for message in &mut request.messages {
                    bodies.push(&mut message.content);
                    bodies.extend(message.tool_calls.iter_mut().map(|call| &mut call.arguments));
                }
                bodies
            }
            Self::CallFinished { outcome: Outcome::Ok(reply), .. } => {
                let mut bodies = vec![&mut reply.text];
                bodies.extend(reply.tool_calls.iter_mut().map(|call| &mut call.arguments));
                bodies
            }
            Self::Cell { code, .. } => vec![code],
            Self::HostCall { args, .. } => vec![args],
            Self::HostReply { outcome: Outcome::Ok(result), .. } => vec![result],
            Self::CellDone { output, value, error, .. } => {
                let mut bodies = vec![output];
                bodies.extend(value);
                bodies.extend(error.as_mut().map(|error| &mut error.text));
                bodies
            }
            Self::Answer { value, .. } => vec![value],
            Self::Expects { schema } => vec![schema],
            Self::Plan { document, .. } | Self::Applied { document, .. } => vec![document],
            Self::AgentStarted(agent) => vec![&mut agent.question],
            Self::AgentEnded { .. }
            | Self::Header(_)
            | Self::Follows { .. }
            | Self::TurnStarted { .. }
            | Self::CallRetry { .. }
            | Self::CallFinished { .. }
            | Self::HostReply { .. }
            | Self::Note { .. }
            | Self::Compacted { .. }
            | Self::Limit { .. }
            | Self::Undone
            | Self::Usage(_)
            | Self::End { .. }
            | Self::Unknown => Vec::new(),
        }
    }

    /// Whether it may come after the end of a run without going on with it.
    pub fn is_afterthought(&self) -> bool {
        matches!(self, Self::Plan { .. } | Self::Applied { .. } | Self::Undone)
    }

    /// Whether the disk should have everything up to here before the run goes on.
    pub(super) fn is_checkpoint(&self) -> bool {
        matches!(
            self,
            Self::TurnStarted { .. }
                | Self::Answer { .. }
                | Self::Plan { .. }
                | Self::Applied { .. }
                | Self::Undone
                | Self::End { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(event: Event, expect: Expect) {
        let line = Line { seq: 3, at: 17, agent: 0, event };
        let json = serde_json::to_string(&line).unwrap();
        expect.assert_eq(&json);
        assert_eq!(serde_json::from_str::<Line>(&json).unwrap(), line);
    }

    #[test]
    fn lines_on_disk() {
        check(Event::TurnStarted { turn: 1 }, expect![[r#"{"seq":3,"at":17,"type":"turn_started","turn":1}"#]]);
        check(
            Event::HostReply { host: 4, outcome: Outcome::Ok("[1]".into()) },
            expect![[r#"{"seq":3,"at":17,"type":"host_reply","host":4,"outcome":{"ok":"[1]"}}"#]],
        );
        check(
            Event::HostReply {
                host: 4,
                outcome: Outcome::Error(HostError { name: "RangeError".into(), message: "no line 9".into() }),
            },
            expect![[
                r#"{"seq":3,"at":17,"type":"host_reply","host":4,"outcome":{"error":{"name":"RangeError","message":"no line 9"}}}"#
            ]],
        );
        check(
            Event::Cell { cell: 2, code: Body::Blob { blob: "ab".into(), bytes: 5000 } },
            expect![[r#"{"seq":3,"at":17,"type":"cell","cell":2,"code":{"blob":"ab","bytes":5000}}"#]],
        );
        check(
            Event::Cell { cell: 2, code: Body::Omitted { omitted: "ab".into(), bytes: 1 << 40 } },
            expect![[r#"{"seq":3,"at":17,"type":"cell","cell":2,"code":{"omitted":"ab","bytes":1099511627776}}"#]],
        );
        check(
            Event::CallFinished {
                call: 1,
                outcome: Outcome::Ok(Reply { text: "hi".into(), tool_calls: vec![], finish: "stop".into() }),
                usage: Usage { input: 9, cached: 1, written: 0, output: 2, reasoning: 0, estimated: false },
                usd: Some(0.25),
                attempts: 2,
                hit: false,
            },
            expect![[
                r#"{"seq":3,"at":17,"type":"call_finished","call":1,"outcome":{"ok":{"text":"hi","finish":"stop"}},"usage":{"input":9,"cached":1,"output":2,"reasoning":0,"estimated":false},"usd":0.25,"attempts":2}"#
            ]],
        );
        check(
            Event::End { reason: EndReason::Limit, detail: "turns".into(), totals: Totals::default() },
            expect![[
                r#"{"seq":3,"at":17,"type":"end","reason":"limit","detail":"turns","totals":{"turns":0,"calls":0,"input":0,"cached":0,"output":0}}"#
            ]],
        );
    }

    #[test]
    fn header_keeps_big_numbers() {
        let header = Header { version: VERSION, seed: u64::MAX, epoch_ms: 1 << 60, ..Header::default() };
        let line = Line { seq: 0, at: 0, agent: 0, event: Event::Header(Box::new(header)) };
        let json = serde_json::to_string(&line).unwrap();
        assert_eq!(serde_json::from_str::<Line>(&json).unwrap(), line);
    }

    #[test]
    fn what_a_newer_version_wrote_is_read() {
        let line: Line = serde_json::from_str(r#"{"seq":1,"at":2,"type":"telepathy","x":[1]}"#).unwrap();
        assert_eq!(line.event, Event::Unknown);
        let line: Line = serde_json::from_str(r#"{"seq":1,"at":2,"task":7,"type":"note","text":"a","y":1}"#).unwrap();
        assert_eq!(line.event, Event::Note { text: "a".into() });
    }
}
