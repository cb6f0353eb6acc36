//! What an editor's `workspace/configuration` may change: what only editors have, and limits, downwards.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::Config;
use super::machine::text;
use super::settings::{EDITOR_SETTINGS, Kind, SETTINGS, Scope, Setting};

/// The settings that only editors have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditorSettings {
    pub navigation: Navigation,
    /// Ids of languages that another server serves, for `Navigation::Auto`.
    pub served: BTreeSet<String>,
    /// Whether the background symbol table is wanted.
    pub symbol_table: bool,
    off: BTreeSet<Feature>,
}

/// When symbols and navigation are offered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Navigation {
    /// For languages that no other server serves.
    #[default]
    Auto,
    On,
    Off,
}

/// What can be switched off by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    DocumentSymbol,
    WorkspaceSymbol,
    Definition,
    References,
    DocumentHighlight,
    CallHierarchy,
    FoldingRange,
    SelectionRange,
    Hover,
    CodeAction,
    Rename,
    RenameFiles,
}

impl Feature {
    pub const ALL: [(Self, &str); 12] = [
        (Self::DocumentSymbol, "documentSymbol"),
        (Self::WorkspaceSymbol, "workspaceSymbol"),
        (Self::Definition, "definition"),
        (Self::References, "references"),
        (Self::DocumentHighlight, "documentHighlight"),
        (Self::CallHierarchy, "callHierarchy"),
        (Self::FoldingRange, "foldingRange"),
        (Self::SelectionRange, "selectionRange"),
        (Self::Hover, "hover"),
        (Self::CodeAction, "codeAction"),
        (Self::Rename, "rename"),
        (Self::RenameFiles, "renameFiles"),
    ];
}

impl Default for EditorSettings {
    fn default() -> Self {
        let (navigation, served, off) = Default::default();
        Self { navigation, served, symbol_table: true, off }
    }
}

impl EditorSettings {
    /// Whether a feature is switched on.
    pub fn has(&self, feature: Feature) -> bool {
        !self.off.contains(&feature)
    }
}

impl Config {
    /// Applies what `workspace/configuration` says under `spelunk`. The server cannot see whose settings these are, and a
    /// repository may bring its own: so limits can only be lowered, and what belongs to the machine is ignored. The
    /// sentences say what was not taken, and where it can be set. Start from the machine's configuration each time.
    pub fn with_workspace(&self, settings: &Value) -> (Self, Vec<String>) {
        let (mut config, mut warnings) = (self.clone(), Vec::new());
        match settings {
            Value::Null => {}
            Value::Object(settings) => config.take(settings, &mut warnings),
            _ => warnings.push("the settings under `spelunk` have to be an object".to_owned()),
        }
        (config, warnings)
    }

    fn take(&mut self, settings: &Map<String, Value>, warnings: &mut Vec<String>) {
        for (name, value) in settings.iter().filter(|(_, value)| !value.is_null()) {
            let setting = SETTINGS.iter().find(|setting| setting.editor_key() == *name);
            let taken = match (name.as_str(), value) {
                ("navigation", _) => Navigation::deserialize(value).ok().map(|mode| self.editor.navigation = mode),
                ("symbolTable", _) => value.as_bool().map(|wanted| self.editor.symbol_table = wanted),
                ("served", _) => BTreeSet::deserialize(value).ok().map(|ids| self.editor.served = ids),
                ("features", _) => value.as_object().map(|features| self.features(features, warnings)),
                // The client's own: how much of the protocol it logs.
                ("trace", _) => continue,
                ("providers", Value::Object(table)) if table.is_empty() => continue,
                _ => match setting {
                    Some(setting) => self.lower(setting, name, value, warnings),
                    None if name == "providers" => {
                        warnings.push(self.ignored(name, "[providers] in "));
                        continue;
                    }
                    None => {
                        // It may be a key, so the value stays out of the message.
                        warnings.push(format!("spelunk.{name} is not a setting that can be set here; it is ignored"));
                        continue;
                    }
                },
            };
            if taken.is_none() {
                warnings.push(unusable(name, value, setting.map(|setting| setting.kind)));
            }
        }
    }

    fn features(&mut self, features: &Map<String, Value>, warnings: &mut Vec<String>) {
        for (name, value) in features {
            match (Feature::ALL.iter().find(|(_, known)| known == name), value) {
                (Some(_), Value::Null) => {}
                (Some((feature, _)), Value::Bool(true)) => drop(self.editor.off.remove(feature)),
                (Some((feature, _)), Value::Bool(false)) => drop(self.editor.off.insert(*feature)),
                (Some(_), _) => warnings.push(unusable(&format!("features.{name}"), value, None)),
                (None, _) => warnings.push(format!("spelunk.features.{name} is not known; it is ignored")),
            }
        }
    }

    /// Takes a value that lowers a limit. Editors send defaults as well, and those say nothing.
    fn lower(&mut self, setting: &Setting, name: &str, value: &Value, warnings: &mut Vec<String>) -> Option<()> {
        let text = text(value)?;
        let mut changed = self.clone();
        changed.set(setting.key, &text)?;
        let lower = setting.scope == Scope::Window && changed.limit(setting.key) < self.limit(setting.key);
        if lower {
            *self = changed;
        } else if changed != *self && !setting.is_default(&text) {
            warnings.push(match setting.scope {
                Scope::Machine => self.ignored(name, &format!("{}, {} in ", setting.variable, setting.key)),
                Scope::Window => format!(
                    "spelunk.{name} = {value} would raise this machine's limit; {}",
                    self.ignored(name, &format!("{}, {} in ", setting.variable, setting.key))
                ),
            });
        }
        Some(())
    }

    fn ignored(&self, name: &str, place: &str) -> String {
        format!(
            "spelunk.{name} is ignored here, because a repository could set it; set it by {place}{}, or in the editor's \
             user settings if its extension passes them on",
            self.file.display()
        )
    }

    /// A limit as a number, for comparing; infinity for none.
    fn limit(&self, key: &str) -> f64 {
        match key {
            "max_turns" => f64::from(self.max_turns),
            "max_calls" => f64::from(self.max_calls),
            "max_tokens" => self.max_tokens as f64,
            "max_usd" => self.max_usd.unwrap_or(f64::INFINITY),
            "confirm_usd" => self.confirm_usd.unwrap_or(f64::INFINITY),
            "max_seconds" => self.max_time.as_secs_f64(),
            "concurrency" => self.concurrency as f64,
            "max_depth" => f64::from(self.max_depth),
            "workers" => self.workers as f64,
            "max_data" => self.max_data as f64,
            _ => f64::NAN,
        }
    }
}

/// Characters of a text that may stand in a message: as many as a misspelt choice may have.
const LONGEST_SHOWN: usize = 20;

impl Setting {
    fn is_default(&self, text: &str) -> bool {
        match (text.parse::<f64>(), self.default.parse::<f64>()) {
            (Ok(one), Ok(other)) => one == other,
            _ => text == self.default,
        }
    }
}

/// Says that a value counts as not set, and what would fit.
fn unusable(name: &str, value: &Value, kind: Option<Kind>) -> String {
    let known = || EDITOR_SETTINGS.iter().find(|setting| setting.key == name).map(|setting| setting.kind);
    let fits = kind.or_else(known).map_or_else(|| "an object".to_owned(), |kind| kind.to_string());
    let shown = if is_shown(value) { format!(" = {value}") } else { String::new() };
    format!("spelunk.{name}{shown} is ignored; it has to be {fits}")
}

/// Whether a value may stand in a message: a long one may be a key, or anything.
fn is_shown(value: &Value) -> bool {
    match value {
        Value::Number(_) | Value::Bool(_) => true,
        Value::String(text) => text.chars().count() <= LONGEST_SHOWN,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn machine(file: &str) -> Config {
        Config::from_parts("/c/config.toml".into(), "/s".into(), file, &|_| None).unwrap()
    }

    #[test]
    fn limits_are_only_lowered() {
        let check = |file: &str, settings: Value, expect: (u32, Option<f64>), warned: usize| {
            let (config, warnings) = machine(file).with_workspace(&settings);
            assert_eq!((config.max_turns, config.max_usd), expect, "{settings}");
            assert_eq!(warnings.len(), warned, "{warnings:?}");
        };
        check("", json!({ "maxTurns": 3, "maxUsd": 0.5 }), (3, Some(0.5)), 0);
        check("", json!({ "maxTurns": 100, "maxUsd": "none" }), (24, Some(2.0)), 2);
        check("max_usd = \"none\"", json!({ "maxUsd": 5 }), (24, Some(5.0)), 0);
        // The editor sends its defaults too.
        check("max_turns = 3\nmax_usd = 1", json!({ "maxTurns": 24, "maxUsd": 2 }), (3, Some(1.0)), 0);
        check("", json!({ "maxTurns": -1, "maxUsd": [] }), (24, Some(2.0)), 2);
        check("", Value::Null, (24, Some(2.0)), 0);
        check("", json!(7), (24, Some(2.0)), 1);
    }

    #[test]
    fn every_limit_can_be_lowered_and_nothing_else() {
        for setting in SETTINGS.iter().filter(|setting| matches!(setting.kind, Kind::Integer(..) | Kind::Amount)) {
            let base = machine("");
            let lowest = if let Kind::Integer(least, _) = setting.kind { least } else { 0 };
            // What is the default anyway is no wish.
            let other = if setting.default == lowest.to_string() { lowest + 1 } else { lowest };
            let (config, warnings) = base.with_workspace(&json!({ setting.editor_key(): other }));
            assert_eq!(config != base, setting.scope == Scope::Window, "{}", setting.key);
            assert_eq!(warnings.is_empty(), setting.scope == Scope::Window, "{warnings:?}");
        }
    }

    #[test]
    fn what_belongs_to_the_machine_is_ignored_and_said_once() {
        let base = machine("");
        let settings = json!({
            "model": "openai/evil", "leafModel": "openai/evil", "heapMib": 4096, "journal": false,
            "providers": { "openai": { "baseUrl": "https://evil", "key": "sk-secret" } }, "apiKey": "sk-secret",
        });
        let (config, warnings) = base.with_workspace(&settings);
        assert_eq!(config, base);
        assert_eq!(warnings.len(), 6, "{warnings:?}");
        assert!(
            warnings
                .iter()
                .any(|w| w.contains("spelunk.model") && w.contains("SPELUNK_MODEL, model in /c/config.toml"))
        );
        assert!(warnings.iter().all(|warning| !warning.contains("sk-secret")), "{warnings:?}");
        let defaults =
            json!({ "model": "builtin", "leafModel": null, "providers": {}, "journal": true, "trace": "off" });
        assert_eq!(machine("model = \"openai/a\"").with_workspace(&defaults).1, [""; 0]);
    }

    #[test]
    fn what_may_be_a_key_is_not_shown() {
        let check = |value: Value, expect: &str| {
            let (_, warnings) = machine("").with_workspace(&json!({ "navigation": value }));
            assert!(
                warnings[0].starts_with(&format!("spelunk.navigation{expect} is ignored; it has to be")),
                "{value}"
            );
        };
        check(json!("sideways"), " = \"sideways\"");
        check(json!(7), " = 7");
        check(json!(false), " = false");
        check(json!("ghp_0123456789abcdefghij"), "");
        check(json!({ "key": "secret" }), "");
        check(json!(["secret"]), "");
    }

    #[test]
    fn what_only_editors_have() {
        let settings = json!({
            "navigation": "on", "served": ["rust", "go"], "symbolTable": false,
            "features": { "hover": false, "definition": true, "codeAction": null },
        });
        let (config, warnings) = machine("").with_workspace(&settings);
        assert_eq!(warnings, [""; 0]);
        let editor = &config.editor;
        assert_eq!((editor.navigation, editor.served.len(), editor.symbol_table), (Navigation::On, 2, false));
        assert!(!editor.has(Feature::Hover) && editor.has(Feature::Definition) && editor.has(Feature::CodeAction));
        let wrong = json!({ "navigation": "yes", "served": "rust", "features": { "hover": 1, "hoover": true } });
        let (config, warnings) = machine("").with_workspace(&wrong);
        assert_eq!((config, warnings.len()), (machine(""), 4));
    }

    #[test]
    fn the_table_has_every_feature_and_the_defaults() {
        let (config, warnings) = machine("").with_workspace(&{
            let mut settings = json!({ "features": {} });
            for setting in EDITOR_SETTINGS {
                let default = serde_json::from_str(setting.default).unwrap_or_else(|_| json!(setting.default));
                match setting.key.split_once('.') {
                    Some((group, key)) => settings[group][key] = default,
                    None => settings[setting.key] = default,
                }
            }
            settings
        });
        assert_eq!((config, warnings.as_slice()), (machine(""), &[][..]));
        let listed = EDITOR_SETTINGS.iter().filter_map(|setting| setting.key.strip_prefix("features."));
        assert!(listed.eq(Feature::ALL.iter().map(|(_, name)| *name)));
    }
}
