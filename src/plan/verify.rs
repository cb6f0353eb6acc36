//! The machine's own command, run over a temporary copy of the tree with the plan applied.

use serde::{Deserialize, Serialize};

/// What the command said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verified {
    /// The command as the machine's configuration has it.
    pub command: String,
    /// The plan that it ran over, by [`super::Document::hash`].
    pub plan: String,
    pub passed: bool,
    /// In words: "exit code 101", "killed after 300 s".
    pub how: String,
    /// The end of what it printed, cleaned.
    pub output: String,
    pub seconds: f64,
    /// What was put between it and the machine: "no network", "temporary HOME", ...
    pub confined: Vec<String>,
}
