//! The settings of the workspace, as the client has them under `spelunk`: asked for at the start and after each change.
//!
//! What may cost money or carry a key is not among them; [`crate::config`] says what else of a workspace counts.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};
use tower_lsp::ls_types::{ConfigurationItem, DidChangeConfigurationParams, Registration};

use super::state::State;

/// Where a client keeps them.
pub const SECTION: &str = "spelunk";

/// Whether the server answers what a language's own server may answer too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Navigation {
    /// Where no other server serves the language.
    #[default]
    Auto,
    On,
    Off,
}

/// The features that can be switched off one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Features {
    pub document_symbol: bool,
    pub workspace_symbol: bool,
    pub definition: bool,
    pub references: bool,
    pub document_highlight: bool,
    pub call_hierarchy: bool,
    pub folding_range: bool,
    pub selection_range: bool,
    pub hover: bool,
    pub code_action: bool,
}

/// The settings in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    pub navigation: Navigation,
    pub features: Features,
    /// Language identifiers that another server serves.
    pub served: Vec<String>,
    /// Whether symbols of all files are gathered in the background.
    pub symbol_table: bool,
    /// The other keys, as the client gave them. Untrusted.
    pub rest: Value,
}

impl Default for Features {
    fn default() -> Self {
        Self {
            document_symbol: true,
            workspace_symbol: true,
            definition: true,
            references: true,
            document_highlight: true,
            call_hierarchy: true,
            folding_range: true,
            selection_range: true,
            hover: true,
            code_action: true,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            navigation: Navigation::default(),
            features: Features::default(),
            served: Vec::new(),
            symbol_table: true,
            rest: Value::Object(serde_json::Map::new()),
        }
    }
}

impl Features {
    fn by_name(&mut self, name: &str) -> Option<&mut bool> {
        Some(match name {
            "documentSymbol" => &mut self.document_symbol,
            "workspaceSymbol" => &mut self.workspace_symbol,
            "definition" => &mut self.definition,
            "references" => &mut self.references,
            "documentHighlight" => &mut self.document_highlight,
            "callHierarchy" => &mut self.call_hierarchy,
            "foldingRange" => &mut self.folding_range,
            "selectionRange" => &mut self.selection_range,
            "hover" => &mut self.hover,
            "codeAction" => &mut self.code_action,
            _ => return None,
        })
    }
}

impl Settings {
    /// Reads the client's value. A key that is missing has its default; one that cannot be used keeps what it had
    /// `before`, with a warning that names it.
    pub fn read(value: &Value, before: &Self) -> (Self, Vec<String>) {
        let mut warnings = Vec::new();
        let fields = match value {
            Value::Object(fields) => fields,
            Value::Null => return (Self::default(), warnings),
            _ => return (before.clone(), vec![format!("{SECTION} has to be an object")]),
        };
        let mut settings = Self::default();
        let mut rest = serde_json::Map::new();
        for (key, value) in fields {
            // An editor gives null for what is not set.
            if value.is_null() {
                continue;
            }
            match key.as_str() {
                "navigation" => match value.as_str().and_then(navigation) {
                    Some(navigation) => settings.navigation = navigation,
                    None => {
                        settings.navigation = before.navigation;
                        warnings.push(format!("{SECTION}.navigation has to be \"auto\", \"on\" or \"off\""));
                    }
                },
                "features" => settings.read_features(value, before, &mut warnings),
                "served" => match serde_json::from_value(value.clone()) {
                    Ok(served) => settings.served = served,
                    Err(_) => {
                        settings.served.clone_from(&before.served);
                        warnings.push(format!("{SECTION}.served has to be a list of language identifiers"));
                    }
                },
                "symbolTable" => match value.as_bool() {
                    Some(on) => settings.symbol_table = on,
                    None => {
                        settings.symbol_table = before.symbol_table;
                        warnings.push(format!("{SECTION}.symbolTable has to be true or false"));
                    }
                },
                _ => {
                    rest.insert(key.clone(), value.clone());
                }
            }
        }
        settings.rest = Value::Object(rest);
        (settings, warnings)
    }

    fn read_features(&mut self, value: &Value, before: &Self, warnings: &mut Vec<String>) {
        let Some(fields) = value.as_object() else {
            self.features = before.features.clone();
            return warnings.push(format!("{SECTION}.features has to be an object"));
        };
        let mut kept = before.features.clone();
        for (key, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
            match (self.features.by_name(key), value.as_bool(), kept.by_name(key)) {
                (Some(feature), Some(on), _) => *feature = on,
                (Some(feature), None, Some(kept)) => {
                    *feature = *kept;
                    warnings.push(format!("{SECTION}.features.{key} has to be true or false"));
                }
                _ => warnings.push(format!("{SECTION}.features.{key} is not known")),
            }
        }
    }
}

fn navigation(text: &str) -> Option<Navigation> {
    match text {
        "auto" => Some(Navigation::Auto),
        "on" => Some(Navigation::On),
        "off" => Some(Navigation::Off),
        _ => None,
    }
}

/// The settings in force, and what was said about them.
#[derive(Debug, Default)]
pub struct Kept {
    pub settings: Arc<Settings>,
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

    /// Takes the answer to a question. Gives the warnings that were not given before.
    fn take(&mut self, question: u64, value: &Value) -> Vec<String> {
        if question != self.asked {
            return Vec::new();
        }
        let (settings, warnings) = Settings::read(value, &self.settings);
        self.settings = Arc::new(settings);
        self.news(warnings)
    }

    /// The warnings that were not given before.
    fn news(&mut self, mut warnings: Vec<String>) -> Vec<String> {
        warnings.retain(|warning| self.warned.insert(warning.clone()));
        warnings
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
    } else if let Some(value) = params.settings.get(SECTION) {
        let question = state.settings().ask();
        keep(state, question, value);
    }
}

fn keep(state: &State, question: u64, value: &Value) {
    let gathered = state.settings().settings.symbol_table;
    let mut warnings = state.settings().take(question, value);
    let gathers = state.settings().settings.symbol_table;
    match (gathered, gathers) {
        (true, false) => state.catalogue.stop(),
        (false, true) => state.refresh(&[], true),
        _ => {}
    }
    if let Some(session) = state.session() {
        let rest = state.settings().settings.rest.clone();
        let ignored = session.config.with_workspace(&rest).1;
        warnings.extend(state.settings().news(ignored));
    }
    for warning in warnings {
        tracing::warn!("{warning}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_and_malformed_ones_keep_the_old() {
        let before = Settings { navigation: Navigation::Off, served: vec!["go".into()], ..Settings::default() };
        let check = |value: Value, expect: Settings, warnings: &[&str]| {
            assert_eq!(Settings::read(&value, &before), (expect, warnings.iter().map(|w| (*w).to_owned()).collect()));
        };
        check(Value::Null, Settings::default(), &[]);
        check(json!({ "navigation": null, "features": null }), Settings::default(), &[]);
        check(json!([1]), before.clone(), &["spelunk has to be an object"]);
        check(
            json!({ "navigation": "on", "served": ["rust"], "symbolTable": false, "maxTurns": 3 }),
            Settings {
                navigation: Navigation::On,
                served: vec!["rust".into()],
                symbol_table: false,
                rest: json!({ "maxTurns": 3 }),
                ..Settings::default()
            },
            &[],
        );
        check(
            json!({ "navigation": "maybe", "served": "rust", "symbolTable": 1 }),
            before.clone(),
            &[
                "spelunk.navigation has to be \"auto\", \"on\" or \"off\"",
                "spelunk.served has to be a list of language identifiers",
                "spelunk.symbolTable has to be true or false",
            ],
        );
        let features = Features { hover: false, ..Features::default() };
        check(
            json!({ "features": { "hover": false, "definition": "no", "teleport": true } }),
            Settings { features, ..Settings::default() },
            &["spelunk.features.definition has to be true or false", "spelunk.features.teleport is not known"],
        );
    }

    #[test]
    fn late_answers_are_dropped_and_warnings_come_once() {
        let mut kept = Kept::default();
        let (first, second) = (kept.ask(), kept.ask());
        assert_eq!(kept.take(second, &json!({ "navigation": "off", "symbolTable": 2 })).len(), 1);
        assert!(kept.take(first, &json!({ "navigation": "on", "served": 3 })).is_empty());
        assert_eq!(kept.settings.navigation, Navigation::Off);
        let third = kept.ask();
        assert!(kept.take(third, &json!({ "navigation": "on", "symbolTable": 2 })).is_empty());
        assert_eq!(kept.settings.navigation, Navigation::On);
    }
}
