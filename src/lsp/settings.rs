//! The settings of the workspace, as the client has them under `spelunk`.

use serde_json::Value;

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
