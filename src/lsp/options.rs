//! `initializationOptions`: what an editor's extension says once, at the start. docs/protocol.md describes each key.

use serde::Deserialize;
use serde_json::Value;

use super::Error;

/// What the client said at the start. Keys that are not known are left to [`Options::unknown`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Options {
    /// False limits the server to navigation and `builtin` questions.
    pub trusted: bool,
    /// Settings of the machine, which no workspace may have: models, keys, base URLs, limits.
    pub machine: Value,
    /// The client serves `spelunk/complete`.
    pub editor_model: Option<EditorModel>,
    /// The client takes `spelunk/run` notifications.
    pub runs: bool,
    #[serde(flatten)]
    unknown: serde_json::Map<String, Value>,
}

/// The model of the editor itself.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct EditorModel {
    /// Whether it takes tools.
    pub tools: bool,
    /// Names of its models; the first is the default.
    pub models: Vec<String>,
}

impl Default for Options {
    /// A bare client's: trusted, since it sits where its user put it, and without any of our own messages.
    fn default() -> Self {
        Self { trusted: true, machine: Value::Null, editor_model: None, runs: false, unknown: Default::default() }
    }
}

impl Options {
    /// Reads the options. A flag of trust that cannot be read must not count as trust, so anything malformed is an error.
    pub fn read(value: Option<Value>) -> Result<Self, Error> {
        match value {
            None | Some(Value::Null) => Ok(Self::default()),
            Some(value @ Value::Object(_)) => {
                let options: Self = serde_json::from_value(value)
                    .map_err(|error| Error::params(format!("initializationOptions cannot be used: {error}")))?;
                if !matches!(options.machine, Value::Null | Value::Object(_)) {
                    return Err(Error::params("initializationOptions.machine has to be an object"));
                }
                Ok(options)
            }
            Some(_) => Err(Error::params("initializationOptions has to be an object")),
        }
    }

    /// Keys that mean nothing here.
    pub fn unknown(&self) -> impl Iterator<Item = &str> {
        self.unknown.keys().map(String::as_str)
    }
}
