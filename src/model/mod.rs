//! Language models: one trait, one file per provider, and what they share (streams, retries, prices).

mod anthropic;
pub mod builtin;
pub mod catalog;
mod client;
mod connection;
pub mod editor;
mod endpoint;
mod fault;
mod gate;
mod openai;
pub mod pricing;
pub mod retry;
pub mod scripted;
mod secret;
pub mod sse;
pub mod tokens;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::cancel::Cancel;
pub use catalog::{CatalogError, Endpoints, ModelName, open};
pub use endpoint::{Endpoint, EndpointError};
pub use secret::Secret;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    System,
    User,
    Assistant,
    /// The result of a tool call.
    Tool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub role: Role,
    pub content: String,
    /// Calls that an assistant message makes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
    /// For `Role::Tool`: the call that this answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    pub id: String,
    pub name: String,
    /// JSON as the model wrote it; may be malformed.
    pub arguments: String,
}

/// A tool that the model may call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tool {
    pub name: String,
    pub description: String,
    /// JSON Schema of the arguments.
    pub parameters: serde_json::Value,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The provider's own name of the model, without the `provider/` prefix.
    pub model: String,
    pub messages: Vec<Message>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<Tool>,
    /// Upper bound of output tokens, reasoning included.
    pub max_tokens: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f32>,
    /// A JSON Schema that the reply's text has to satisfy; providers that cannot enforce it ignore it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<serde_json::Value>,
}

/// Tokens that a call used. `estimated` when the provider did not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    pub input: u64,
    /// Part of `input` that came from the provider's cache.
    #[serde(default)]
    pub cached: u64,
    /// Part of `input` that was written to the provider's cache, where that has a price of its own.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub written: u64,
    /// Output, reasoning included.
    pub output: u64,
    #[serde(default)]
    pub reasoning: u64,
    #[serde(default)]
    pub estimated: bool,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finish {
    Stop,
    ToolCalls,
    /// `max_tokens` was reached.
    Length,
    /// The provider withheld content.
    Filtered,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    pub text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
    pub usage: Usage,
    pub finish: Finish,
    /// How many requests were sent for this reply, retries included.
    #[serde(default)]
    pub attempts: u32,
}

/// Something that happened while a reply was under way.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// More text of the reply.
    Text(String),
    /// The request will be sent again after this wait; what was streamed so far is void, but `spent` has to be paid.
    Retry { reason: String, wait: std::time::Duration, spent: Usage },
}

/// What ended a call without a reply. The message says what to do next.
#[derive(Debug, Clone, thiserror::Error, PartialEq)]
#[non_exhaustive]
pub enum ModelError {
    #[error("{0}")]
    Auth(String),
    #[error("{0}")]
    Quota(String),
    /// Still failing after the retries.
    #[error("{0}")]
    Unavailable(String),
    /// The request does not fit the model's context window.
    #[error("{0}")]
    TooLong(String),
    #[error("{0}")]
    BadRequest(String),
    #[error("{0}")]
    BadReply(String),
    #[error("cancelled")]
    Cancelled,
}

/// A language model behind some provider. Implementations share connections and back off together.
pub trait Model: Send + Sync {
    /// `provider` part of the model's name.
    fn provider(&self) -> &str;

    /// Tells the endpoint, with its query and key, apart from others of this provider's name, and shows none of them. `None` when equal requests are not
    /// to be answered with a reply that was kept.
    fn origin(&self) -> Option<String> {
        None
    }

    /// Whether `Request::tools` works; code then comes as a tool call, else as a fenced block.
    fn has_tools(&self) -> bool;

    /// Sends one request, with retries. Stops at once when cancelled.
    fn complete<'a>(
        &'a self,
        request: &'a Request,
        progress: &'a (dyn Fn(Progress) + Send + Sync),
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Result<Reply, ModelError>>;
}
