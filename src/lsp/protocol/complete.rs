//! The editor's own model: what it is asked, and what it says.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{Finish, Message, Role, Tool, ToolCall, Usage};

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
    pub finish: Option<Finish>,
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
