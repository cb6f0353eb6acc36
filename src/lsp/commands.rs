//! `workspace/executeCommand`: the commands, and their arguments.

use std::sync::Arc;

use serde_json::Value;
use tower_lsp::ls_types::ExecuteCommandParams;

use super::Error;
use super::state::State;

/// The commands that the server takes.
pub const COMMANDS: &[&str] = &["spelunk.ask"];

/// Executes a command.
pub async fn execute(_state: &Arc<State>, params: ExecuteCommandParams) -> Result<Option<Value>, Error> {
    Err(Error::params(format!("there is no command {:?}; there are {}", params.command, COMMANDS.join(", "))))
}
