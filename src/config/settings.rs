//! The settings tables: what can be set, where, and what it means. The README prints them, and the schema for editors is
//! made from them.

use std::fmt;

/// What a value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// Whole, with both bounds.
    Integer(u64, u64),
    /// Of money: a number, or `none`.
    Amount,
    Switch,
    /// One of these.
    Choice(&'static [&'static str]),
    /// A list of texts.
    Texts,
}

impl fmt::Display for Kind {
    /// What fits, to follow "it has to be".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("a text"),
            Self::Integer(from, to) => write!(f, "a whole number from {from} to {to}"),
            Self::Amount => f.write_str("an amount of 0 or more, or \"none\""),
            Self::Switch => f.write_str("true or false"),
            Self::Choice(choices) => {
                let choices: Vec<String> = choices.iter().map(|choice| format!("{choice:?}")).collect();
                write!(f, "one of {}", choices.join(", "))
            }
            Self::Texts => f.write_str("a list of texts"),
        }
    }
}

/// Whose settings an editor may take a value from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The user's only: a repository must not be able to set it.
    Machine,
    /// A workspace's too. Of a limit it can only make less.
    Window,
}

/// A setting of every run.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Key in the machine's file; editors have it in camelCase.
    pub key: &'static str,
    /// Environment variable.
    pub variable: &'static str,
    pub default: &'static str,
    pub meaning: &'static str,
    pub kind: Kind,
    pub scope: Scope,
}

/// A setting that only editors have.
#[derive(Debug, Clone, Copy)]
pub struct EditorSetting {
    /// Below `spelunk.`.
    pub key: &'static str,
    pub default: &'static str,
    pub meaning: &'static str,
    pub kind: Kind,
}

impl Setting {
    /// Its key in an editor, below `spelunk.`.
    pub fn editor_key(&self) -> String {
        let mut words = self.key.split('_');
        let mut key = words.next().unwrap_or_default().to_owned();
        for word in words {
            let mut letters = word.chars();
            key.extend(letters.next().map(|first| first.to_ascii_uppercase()));
            key.push_str(letters.as_str());
        }
        key
    }
}

const fn machine(
    key: &'static str,
    variable: &'static str,
    default: &'static str,
    kind: Kind,
    meaning: &'static str,
) -> Setting {
    Setting { key, variable, default, meaning, kind, scope: Scope::Machine }
}

const fn limit(
    key: &'static str,
    variable: &'static str,
    default: &'static str,
    kind: Kind,
    meaning: &'static str,
) -> Setting {
    Setting { key, variable, default, meaning, kind, scope: Scope::Window }
}

const fn editor(key: &'static str, default: &'static str, kind: Kind, meaning: &'static str) -> EditorSetting {
    EditorSetting { key, default, meaning, kind }
}

const COUNT: Kind = Kind::Integer(0, u32::MAX as u64);
/// What JavaScript can count to.
const MANY: Kind = Kind::Integer(0, (1 << 53) - 1);

/// The settings table, as the README prints it.
#[rustfmt::skip]
pub const SETTINGS: &[Setting] = &[
    machine("model", "SPELUNK_MODEL", "builtin", Kind::Text, "root model, `provider/model`"),
    machine("leaf_model", "SPELUNK_LEAF_MODEL", "the root model", Kind::Text, "model behind `llm`"),
    limit("max_turns", "SPELUNK_MAX_TURNS", "24", COUNT, "cells per run"),
    limit("max_calls", "SPELUNK_MAX_CALLS", "120", COUNT, "model calls per run, sub-calls included"),
    limit("max_tokens", "SPELUNK_MAX_TOKENS", "4000000", MANY, "input and output tokens per run"),
    limit("max_usd", "SPELUNK_MAX_USD", "2.0", Kind::Amount, "US dollars per run; `none` for no bound"),
    limit("confirm_usd", "SPELUNK_CONFIRM_USD", "none", Kind::Amount, "US dollars: a run that may cost more has to be confirmed; `none` for no question"),
    limit("max_seconds", "SPELUNK_MAX_SECONDS", "1200", MANY, "wall time per run"),
    limit("concurrency", "SPELUNK_CONCURRENCY", "8", Kind::Integer(1, 256), "model requests in flight at once"),
    limit("max_depth", "SPELUNK_MAX_DEPTH", "2", Kind::Integer(0, 8), "levels of children (`rlm`) below the root; 0 for none"),
    limit("workers", "SPELUNK_WORKERS", "6", Kind::Integer(1, 64), "workers of a run at once, and at least one for each level"),
    machine("workers_mib", "SPELUNK_WORKERS_MIB", "4096", Kind::Integer(256, 262_144), "writable memory of all workers of a run together"),
    machine("idle_seconds", "SPELUNK_IDLE_SECONDS", "120", Kind::Integer(1, 86_400), "seconds of silence after which a model's request is sent again"),
    machine("plain_below", "SPELUNK_PLAIN_BELOW", "48000", MANY, "bytes of scope up to which one plain call answers; 0 never"),
    machine("max_context", "SPELUNK_MAX_CONTEXT", "0", MANY, "tokens that prompt and reply may have together; 0 is the model's window"),
    limit("max_data", "SPELUNK_MAX_DATA", "400000", COUNT, "characters of data one sub-call may carry"),
    machine("cell_seconds", "SPELUNK_CELL_SECONDS", "10", Kind::Integer(1, u32::MAX as u64), "computing time per cell"),
    machine("heap_mib", "SPELUNK_HEAP_MIB", "512", Kind::Integer(64, 4096), "V8 heap of a worker"),
    machine("memory_mib", "SPELUNK_MEMORY_MIB", "1536", Kind::Integer(256, 16_384), "writable memory of a worker"),
    machine("orientation", "SPELUNK_ORIENTATION", "true", Kind::Switch, "keep summaries of modules for later questions"),
    machine("journal", "SPELUNK_JOURNAL", "true", Kind::Switch, "record runs in the state folder"),
    machine("cache", "SPELUNK_CACHE", "true", Kind::Switch, "keep replies of models in the state folder, and use them again"),
    machine("cache_mib", "SPELUNK_CACHE_MIB", "256", Kind::Integer(0, 65_536), "room for kept replies; 0 keeps none"),
    machine("index_mib", "SPELUNK_INDEX_MIB", "4096", Kind::Integer(0, 1_048_576), "room for the indexes of workspaces in the cache folder; 0 keeps none"),
    machine("verify", "SPELUNK_VERIFY", "no command", Kind::Text, "command line that tells whether a tree is sound, such as `cargo check`; run over a copy, once a plan was agreed to"),
    machine("verify_seconds", "SPELUNK_VERIFY_SECONDS", "300", Kind::Integer(1, 86_400), "seconds that `verify` may take"),
    machine("verify_network", "SPELUNK_VERIFY_NETWORK", "false", Kind::Switch, "let the `verify` command use the network"),
];

/// The settings of editors, as the README prints them.
#[rustfmt::skip]
pub const EDITOR_SETTINGS: &[EditorSetting] = &[
    editor("navigation", "auto", Kind::Choice(&["auto", "on", "off"]), "symbols and navigation: `auto` leaves languages that another server serves to it"),
    editor("served", "[]", Kind::Texts, "language ids that another server serves, for `auto`"),
    editor("symbolTable", "true", Kind::Switch, "read the definitions of all files in the background"),
    editor("features.documentSymbol", "true", Kind::Switch, "the outline of a file"),
    editor("features.workspaceSymbol", "true", Kind::Switch, "search for symbols by name"),
    editor("features.definition", "true", Kind::Switch, "go to definition"),
    editor("features.references", "true", Kind::Switch, "find references"),
    editor("features.documentHighlight", "true", Kind::Switch, "highlight the name under the cursor"),
    editor("features.callHierarchy", "true", Kind::Switch, "incoming and outgoing calls"),
    editor("features.foldingRange", "true", Kind::Switch, "folding"),
    editor("features.selectionRange", "true", Kind::Switch, "expand and shrink the selection"),
    editor("features.hover", "true", Kind::Switch, "signature and doc comment on hover"),
    editor("features.codeAction", "true", Kind::Switch, "questions and refactorings offered as code actions"),
    editor("features.rename", "true", Kind::Switch, "rename a symbol"),
    editor("features.renameFiles", "true", Kind::Switch, "mend imports when files are moved"),
];
