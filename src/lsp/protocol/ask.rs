//! What a question is asked with, and what a run is told while it goes on.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tower_lsp::ls_types::{Position, Range, Uri};

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
