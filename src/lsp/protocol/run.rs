//! What is told of a run, and how it ended.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tower_lsp::ls_types::{Location, Uri};

use super::Plan;
use crate::journal::event::Role as CallRole;
use crate::model::Usage;

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

/// The notification `spelunk/run`, for `tower_lsp`.
pub enum RunNotification {}

impl tower_lsp::ls_types::notification::Notification for RunNotification {
    type Params = RunNotice;
    const METHOD: &'static str = "spelunk/run";
}
