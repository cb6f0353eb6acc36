//! The settings of the workspace, as the client has them under `spelunk`: asked for at the start and after each change.
//!
//! [`crate::config`] says what of them counts: what may cost money or carry a key does not.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};
use tower_lsp::ls_types::{ConfigurationItem, DidChangeConfigurationParams, Registration};

use super::state::State;
use crate::config::Config;

/// Where a client keeps them.
pub const SECTION: &str = "spelunk";

/// The settings in force, and what was said about them.
#[derive(Debug, Default)]
pub struct Kept {
    /// The machine's configuration with what the workspace may change of it; `None` until the client told.
    pub config: Option<Arc<Config>>,
    /// How often they were asked for: an answer to an earlier question comes too late.
    asked: u64,
    warned: BTreeSet<String>,
}

impl Kept {
    /// Counts a question; the number goes with its answer.
    fn ask(&mut self) -> u64 {
        self.asked += 1;
        self.asked
    }

    /// Takes the answer to a question. Gives the warnings that were not given before; `None` when it comes too late.
    fn take(&mut self, question: u64, value: &Value, machine: &Config) -> Option<Vec<String>> {
        if question != self.asked {
            return None;
        }
        let (config, mut warnings) = machine.with_workspace(value);
        self.config = Some(Arc::new(config));
        warnings.retain(|warning| self.warned.insert(warning.clone()));
        Some(warnings)
    }
}

/// What the client is asked to tell.
pub fn registration() -> Registration {
    Registration {
        id: "spelunk/settings".to_owned(),
        method: "workspace/didChangeConfiguration".to_owned(),
        register_options: Some(json!({ "section": SECTION })),
    }
}

/// Asks the client for its settings. Waits for it, so never call this where the order of messages is kept.
pub async fn pull(state: &State) {
    let question = state.settings().ask();
    let item = ConfigurationItem { scope_uri: None, section: Some(SECTION.to_owned()) };
    match state.client.configuration(vec![item]).await {
        Ok(values) => keep(state, question, values.first().unwrap_or(&Value::Null)),
        Err(error) => tracing::warn!("the client did not give its settings: {}", error.message),
    }
}

/// Follows a change of the settings.
pub fn change(state: &Arc<State>, params: &DidChangeConfigurationParams) {
    if state.client_has(|client| client.workspace.as_ref()?.configuration) {
        let state = state.clone();
        tokio::spawn(async move { pull(&state).await });
    } else if let Value::Object(settings) = &params.settings {
        // A client that pushes tells all that it has: what is not there any more is not set any more.
        let question = state.settings().ask();
        keep(state, question, settings.get(SECTION).unwrap_or(&Value::Null));
    }
}

fn keep(state: &State, question: u64, value: &Value) {
    let Some(session) = state.session() else { return };
    let gathered = state.editor_settings().symbol_table;
    let Some(warnings) = state.settings().take(question, value, &session.config) else { return };
    match (gathered, state.editor_settings().symbol_table) {
        (true, false) => state.catalogue.clear(),
        (false, true) => state.fill(),
        _ => {}
    }
    for warning in warnings {
        tracing::warn!("{warning}");
    }
}
