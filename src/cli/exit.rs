//! Exit codes, and errors that end a command: what happened, what to do next, which code.

use std::fmt;

use crate::agent::AskError;
use crate::config::ConfigError;
use crate::model::ModelError;
use crate::repl::ReplError;
use crate::workspace::WorkspaceError;

pub const FAILED: u8 = 1;
pub const USAGE: u8 = 2;
pub const PARTIAL: u8 = 3;
pub const NO_ANSWER: u8 = 4;
pub const MODEL: u8 = 5;
pub const UNCONFIRMED: u8 = 6;
pub const STOPPED: u8 = 130;

/// An error at the rim.
#[derive(Debug)]
pub struct CliError {
    pub message: String,
    pub hint: Option<String>,
    pub code: u8,
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl CliError {
    pub fn failed(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, code: FAILED }
    }

    pub fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, code: USAGE }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<WorkspaceError> for CliError {
    fn from(error: WorkspaceError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<ReplError> for CliError {
    fn from(error: ReplError) -> Self {
        Self::failed(error.to_string()).hint("`spelunk doctor` says what the worker needs")
    }
}

impl From<ModelError> for CliError {
    fn from(error: ModelError) -> Self {
        let hint = match &error {
            ModelError::Auth(_) => Some("`spelunk doctor` shows which key goes where"),
            ModelError::Unavailable(_) => Some("--model builtin answers without a language model"),
            _ => None,
        };
        Self { message: error.to_string(), hint: hint.map(str::to_owned), code: MODEL }
    }
}

impl From<AskError> for CliError {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Model(error) => error.into(),
            AskError::Repl(error) => error.into(),
            AskError::Workspace(error) => error.into(),
            AskError::Cancelled { held } => {
                // What was found is the user's, though nobody confirmed it.
                let message = if held.is_empty() {
                    "stopped".to_owned()
                } else {
                    format!("stopped; this was not confirmed:\n\n{held}")
                };
                Self { message, hint: None, code: STOPPED }
            }
        }
    }
}

/// Leaves at once, whatever is under way.
#[expect(clippy::disallowed_methods, reason = "the user has asked again and again")]
pub fn leave() {
    std::process::exit(i32::from(STOPPED));
}
