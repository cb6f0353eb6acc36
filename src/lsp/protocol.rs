//! Our own messages, beside those of the protocol. docs/protocol.md describes each; a test keeps the two together.
//!
//! Lines in paths and citations are 1-based and inclusive, as in the rest of spelunk; positions in locations and ranges
//! are the protocol's.

mod plan;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tower_lsp::ls_types::{Location, Position, Range, Uri};

use crate::journal::event::Role as CallRole;
use crate::model::{Message, Role, Tool, ToolCall, Usage};

pub use plan::*;

/// Every message of ours: its method, who sends it, and whether it is answered.
pub const MESSAGES: &[(&str, Sender, Kind)] = &[
    ("spelunk/ask", Sender::Client, Kind::Request),
    ("spelunk/run", Sender::Server, Kind::Notification),
    ("spelunk/cancel", Sender::Client, Kind::Request),
    ("spelunk/answerNow", Sender::Client, Kind::Request),
    ("spelunk/runs", Sender::Client, Kind::Request),
    ("spelunk/trace", Sender::Client, Kind::Request),
    ("spelunk/plan", Sender::Client, Kind::Request),
    ("spelunk/planned", Sender::Client, Kind::Request),
    ("spelunk/planEdit", Sender::Client, Kind::Request),
    ("spelunk/applyPlan", Sender::Client, Kind::Request),
    ("spelunk/planDiff", Sender::Client, Kind::Request),
    ("spelunk/planFile", Sender::Client, Kind::Request),
    ("spelunk/verifyPlan", Sender::Client, Kind::Request),
    ("spelunk/complete", Sender::Server, Kind::Request),
    ("spelunk/completePart", Sender::Client, Kind::Notification),
];

/// Who sends a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    Client,
    Server,
}

/// Whether a message is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Request,
    Notification,
}

/// `spelunk/ask`, and the argument of the command `spelunk.ask`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AskParams {
    pub question: String,
    /// Globs as ripgrep's `-g`, or folders; without them the whole workspace.
    #[serde(default)]
    pub scope: OneOrMany,
    /// Where the question was asked.
    #[serde(default)]
    pub at: Option<Place>,
    /// Continues the conversation of this name, or begins one.
    #[serde(default)]
    pub conversation_id: Option<String>,
    /// A JSON Schema that the answer's value has to satisfy.
    #[serde(default)]
    pub schema: Option<Value>,
    /// The user has agreed to what it may cost.
    #[serde(default)]
    pub confirmed: bool,
}

/// One string or several.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    #[default]
    None,
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    /// All of them, in order.
    pub fn to_vec(&self) -> Vec<String> {
        match self {
            Self::None => Vec::new(),
            Self::One(one) => vec![one.clone()],
            Self::Many(many) => many.clone(),
        }
    }
}

/// A cursor or a selection.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Place {
    pub uri: Uri,
    #[serde(default)]
    pub position: Option<Position>,
    #[serde(default)]
    pub range: Option<Range>,
}

/// The answer to `spelunk/ask`: the run has begun.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AskResult {
    /// Names the run in every later message; in the journal too, when runs are recorded.
    pub run_id: String,
    pub conversation_id: String,
}

/// `spelunk/cancel` and `spelunk/answerNow`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunParams {
    pub run_id: String,
}

/// Whether the run was still under way.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunResult {
    pub running: bool,
}

/// `spelunk/runs`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RunsParams {
    /// How many recorded runs at most; 50 when not given.
    pub limit: Option<usize>,
}

/// The answer to `spelunk/runs`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunsResult {
    /// Newest first; those under way before all.
    pub runs: Vec<RunSummary>,
}

/// One run of a list.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunSummary {
    pub run_id: String,
    pub question: String,
    pub state: RunState,
    /// It plans, or did.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub plan: bool,
    /// `provider/model` of the root.
    pub model: String,
    pub workspace: String,
    /// Milliseconds since 1970.
    pub started: u64,
    pub seconds: f64,
    /// US dollars; absent when no price is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usd: Option<f64>,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    Running,
    Answered,
    Limit,
    Cancelled,
    Failed,
    /// Its record has no end: its process is gone, or another one runs it.
    Unfinished,
}

/// `spelunk/trace`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TraceParams {
    /// A run's id or the beginning of one.
    pub run_id: String,
    /// Nothing is cut.
    #[serde(default)]
    pub full: bool,
}

/// The answer to `spelunk/trace`.
#[derive(Debug, Clone, Serialize)]
pub struct TraceResult {
    /// Plain text.
    pub text: String,
}

/// `spelunk/run`: what happens in a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunNotice {
    pub run_id: String,
    /// Counts the notices of the run from 0, without gaps.
    pub seq: u64,
    /// The child that it comes from, from 1; absent for the run's own agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<u64>,
    pub event: Event,
}

/// What happened in a run. `end` is always the last.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Event {
    Started {
        question: String,
        model: String,
        leaf_model: String,
        conversation_id: String,
    },
    Turn {
        turn: u32,
    },
    /// A request to a model leaves; the label says what it is for.
    CallStarted {
        call: u64,
        role: CallRole,
        label: String,
    },
    /// More text of a call's reply.
    Text {
        call: u64,
        text: String,
    },
    /// The call is sent again after a wait; its text so far is void.
    Retry {
        call: u64,
        reason: String,
        wait_ms: u64,
    },
    CallFinished {
        call: u64,
        usage: Usage,
        #[serde(skip_serializing_if = "Option::is_none")]
        usd: Option<f64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<String>,
        /// The reply was there already: nothing was sent.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        hit: bool,
        /// Of the whole run so far.
        spent: Spent,
    },
    Code {
        cell: u64,
        code: String,
    },
    Output {
        cell: u64,
        output: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
    /// What code asks the repository for, in a few words.
    Looking {
        what: String,
    },
    Note {
        text: String,
    },
    /// Code started a child over a part of the repository; what it does comes with its number.
    ChildStarted {
        agent: u64,
        /// 0: the run's own agent.
        parent: u64,
        /// 1 for a child of the run's own agent.
        depth: u32,
        question: String,
        /// As its parent wrote it; empty when it sees no files.
        scope: Vec<String>,
    },
    ChildEnded {
        agent: u64,
        /// Why it has no answer, or only a partial one.
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
    Limit {
        message: String,
    },
    End(Box<End>),
}

/// What a run has used so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Spent {
    pub turns: u32,
    pub calls: u32,
    /// Input and output.
    pub tokens: u64,
    /// Of the calls with a known price.
    pub usd: f64,
    /// Calls without one.
    pub unpriced: u32,
    /// Replies that were there already.
    #[serde(default)]
    pub hits: u32,
}

/// How a run ended. Also the result of the commands `spelunk.ask` and `spelunk.plan`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct End {
    pub run_id: String,
    pub conversation_id: String,
    pub reason: Reason,
    /// How it ended, in words.
    pub message: String,
    /// Markdown, made safe to show; empty when there is none. Of a cancelled run: what was there already and not confirmed.
    pub answer: String,
    /// The answer as a value, when it is no Markdown or had to satisfy a schema. For programs: not made safe to show.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub value: Value,
    pub citations: Vec<Cited>,
    /// Citations that were not kept, and why.
    pub dropped: Vec<Uncited>,
    /// `provider/model` of the root.
    pub model: String,
    pub spent: Spent,
    pub seconds: f64,
    /// The answer, or the plan, as a file, where one was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Uri>,
    /// What was planned, by a run that plans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Box<Plan>>,
}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    Answered,
    /// A limit, or the client, ended the work; the answer is the best from what was known by then.
    Limit,
    Cancelled,
    Failed,
}

/// A checked citation.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cited {
    pub path: String,
    pub from: u64,
    pub to: u64,
    pub status: Support,
    /// Names of the sentence that the lines do not hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// Whether lines hold what a sentence says of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Support {
    Valid,
    /// They lack a name that the sentence has in code quotes.
    Unsupported,
    /// Their text has come to stand elsewhere while the question was answered: `location` is where.
    Moved,
    /// Their text has changed while the question was answered.
    Stale,
}

/// A citation that was not kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Uncited {
    pub path: String,
    pub from: u64,
    pub to: u64,
    pub reason: String,
}

/// `spelunk/complete`: the server asks the editor's own model.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CompleteParams {
    /// Goes into the parts.
    pub id: u64,
    /// As in `editor/<model>`; absent for the editor's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    pub messages: Vec<ChatMessage>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<Tool>,
    pub max_tokens: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f32>,
    /// A JSON Schema that the reply's text should satisfy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
}

/// One message of a conversation with a model.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatMessage {
    pub role: Role,
    pub content: String,
    /// Calls that an assistant's message makes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
    /// For `tool`: the call that this answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<String>,
}

impl From<Message> for ChatMessage {
    fn from(message: Message) -> Self {
        let Message { role, content, tool_calls, tool_call_id } = message;
        Self { role, content, tool_calls, tool_call_id }
    }
}

/// The answer to `spelunk/complete`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CompleteResult {
    /// The whole text; empty or absent when all of it came as parts.
    #[serde(default)]
    pub text: String,
    #[serde(default)]
    pub tool_calls: Vec<ToolCall>,
    /// Estimated when absent.
    #[serde(default)]
    pub usage: Option<Usage>,
    /// `stop` (when absent), `tool-calls`, `length`, `filtered`.
    #[serde(default)]
    pub finish: Option<crate::model::Finish>,
}

/// The `data` of an error that answers `spelunk/complete`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CompleteFailure {
    /// `noPermission`, `notFound`, `blocked`, or anything else.
    pub kind: String,
    /// The models that the editor has.
    pub models: Vec<String>,
}

/// `spelunk/completePart`: more text of a reply, in order.
#[derive(Debug, Clone, Deserialize)]
pub struct CompletePart {
    pub id: u64,
    pub text: String,
}

/// The notification `spelunk/run`, for `tower_lsp`.
pub enum RunNotification {}

impl tower_lsp::ls_types::notification::Notification for RunNotification {
    type Params = RunNotice;
    const METHOD: &'static str = "spelunk/run";
}
