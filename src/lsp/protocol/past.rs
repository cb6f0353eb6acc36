//! Runs that are listed, and recorded ones that are looked at again.

use serde::{Deserialize, Serialize};

use super::RunNotice;

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
    /// As one HTML page that needs nothing else.
    #[serde(default)]
    pub html: bool,
}

/// The answer to `spelunk/trace`.
#[derive(Debug, Clone, Serialize)]
pub struct TraceResult {
    /// Plain text, or the page.
    pub text: String,
}

/// `spelunk/answered` and `spelunk/record`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PastParams {
    /// A run's id, or the beginning of a recorded one's.
    pub run_id: String,
}

/// The answer to `spelunk/record`: what was told of a run, or would have been.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordResult {
    pub notices: Vec<RunNotice>,
    /// Of a run under way in this server: the `seq` of the first `spelunk/run` that these do not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}
