//! The machine's settings as an editor passes them: `initializationOptions.machine`.

use serde_json::{Map, Value};

use super::settings::SETTINGS;
use super::{Config, ConfigError, KNOWN_PROVIDERS, ModelFrom, Provider, environment_provider, variable};

impl Config {
    /// Puts an editor's machine settings over those of the file; the environment still wins. The keys are the file's in
    /// camelCase; `null` is no settings.
    ///
    /// # Errors
    /// On unknown keys and on values that cannot be used, by name.
    pub fn with_machine(self, machine: &Value) -> Result<Self, ConfigError> {
        self.with_machine_in(machine, &variable)
    }

    pub(super) fn with_machine_in(
        mut self,
        machine: &Value,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        if machine.is_null() {
            return Ok(self);
        }
        for (name, value) in object(machine, "")?.iter().filter(|(_, value)| !value.is_null()) {
            if name == "providers" {
                self.machine_providers(object(value, "providers")?, env)?;
                continue;
            }
            let Some(setting) = SETTINGS.iter().find(|setting| setting.editor_key() == *name) else {
                let known: Vec<String> = SETTINGS.iter().map(|s| s.editor_key()).collect();
                return Err(wrong(format!("unknown setting {name:?}; settings are {}, providers", known.join(", "))));
            };
            let mut changed = self.clone();
            text(value).and_then(|text| changed.set(setting.key, &text)).ok_or_else(|| {
                wrong(format!(
                    "{name} = {value} cannot be used; expected {} (default {})",
                    setting.meaning, setting.default
                ))
            })?;
            if env(setting.variable).is_none() {
                self = changed;
                self.model_set(setting.key, ModelFrom::Client);
            }
        }
        Ok(self)
    }

    /// A provider is replaced as a whole, so that a key cannot end up with another's base URL.
    fn machine_providers(
        &mut self,
        table: &Map<String, Value>,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<(), ConfigError> {
        for (name, fields) in table {
            let mut provider = Provider::default();
            for (field, value) in object(fields, &format!("providers.{name}"))? {
                // The value may be a key, so the message goes without.
                let bad = || {
                    wrong(format!(
                        "providers.{name}.{field} cannot be used; expected baseUrl, key and keyEnv as texts, or allowHttp as true or false"
                    ))
                };
                let string = || value.as_str().map(str::to_owned).ok_or_else(bad);
                match field.as_str() {
                    _ if value.is_null() => {}
                    "baseUrl" => provider.base_url = Some(string()?),
                    "key" => provider.key = Some(string()?),
                    "keyEnv" => provider.key_env = Some(string()?),
                    "allowHttp" => provider.allow_http = value.as_bool().ok_or_else(bad)?,
                    _ => return Err(bad()),
                }
            }
            provider.key = provider.key.or_else(|| provider.key_env.as_deref().and_then(env));
            self.providers.insert(name.clone(), provider);
            if let Some((_, upper)) = KNOWN_PROVIDERS.iter().find(|(known, _)| known == name) {
                environment_provider(&mut self.providers, name, upper, env);
            }
        }
        Ok(())
    }
}

fn object<'a>(value: &'a Value, name: &str) -> Result<&'a Map<String, Value>, ConfigError> {
    let name = if name.is_empty() { "it" } else { name };
    value.as_object().ok_or_else(|| wrong(format!("{name} has to be an object")))
}

/// A value as the environment and the file have it; `None` for what is neither text, number nor boolean.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

fn wrong(reason: String) -> ConfigError {
    ConfigError::Machine { reason }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn load(machine: &Value, file: &str, env: &[(&str, &str)]) -> Result<Config, String> {
        let env = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let config = Config::from_parts("/c/config.toml".into(), "/s".into(), file, &env).unwrap();
        config.with_machine_in(machine, &env).map_err(|error| error.to_string())
    }

    #[test]
    fn it_wins_over_the_file_and_the_environment_over_it() {
        let machine =
            json!({ "model": "openai/b", "maxTurns": 7, "maxUsd": "none", "journal": false, "heapMib": null });
        let file = "model = \"openai/a\"\nmax_calls = 5";
        let config = load(&machine, file, &[("SPELUNK_MAX_TURNS", "9")]).unwrap();
        assert_eq!((config.model.as_str(), config.max_turns, config.max_calls), ("openai/b", 9, 5));
        assert_eq!(load(&Value::Null, file, &[]), load(&json!({ "providers": null }), file, &[]));
        assert_eq!((config.max_usd, config.journal, config.heap), (None, false, 512 << 20));
    }

    #[test]
    fn errors_name_the_key() {
        let check = |machine: Value, expect: &str| {
            let error = load(&machine, "", &[("SPELUNK_MAX_TURNS", "9")]).unwrap_err();
            assert!(error.starts_with(&format!("initializationOptions.machine: {expect}")), "{error}");
            assert!(!error.contains("sk-"), "{error}");
        };
        check(json!({ "max_turns": 3 }), "unknown setting \"max_turns\"; settings are model, leafModel, maxTurns,");
        check(json!({ "maxTurns": "many" }), "maxTurns = \"many\" cannot be used; expected cells per run (default 24)");
        check(json!({ "maxTurns": [1] }), "maxTurns = [1] cannot be used");
        check(json!({ "concurrency": 0 }), "concurrency = 0 cannot be used");
        check(json!([1]), "it has to be an object");
        check(json!({ "providers": [] }), "providers has to be an object");
        check(json!({ "providers": { "openai": "sk-1" } }), "providers.openai has to be an object");
        check(json!({ "providers": { "openai": { "key": ["sk-1"] } } }), "providers.openai.key cannot be used");
        check(json!({ "providers": { "openai": { "url": "sk-1" } } }), "providers.openai.url cannot be used");
    }

    #[test]
    fn a_key_stays_with_its_base_url() {
        let check = |machine: Value, env: &[(&str, &str)], url: Option<&str>, key: Option<&str>| {
            let file = "[providers.openai]\nbase_url = \"https://file\"\nkey = \"file\"";
            let machine = json!({ "providers": { "openai": machine } });
            let config = load(&machine, file, env).unwrap();
            let provider = &config.providers["openai"];
            assert_eq!((provider.base_url.as_deref(), provider.key.as_deref()), (url, key), "{machine} {env:?}");
        };
        let own = json!({ "baseUrl": "https://own", "key": "own" });
        check(own.clone(), &[], Some("https://own"), Some("own"));
        check(json!({ "key": "own" }), &[], None, Some("own"));
        check(json!({ "baseUrl": "https://own" }), &[], Some("https://own"), None);
        check(json!({ "baseUrl": "https://own" }), &[("OPENAI_API_KEY", "env")], Some("https://own"), None);
        check(own.clone(), &[("OPENAI_BASE_URL", "https://env")], Some("https://env"), None);
        check(own, &[("OPENAI_API_KEY", "env")], Some("https://own"), Some("own"));
        check(json!({ "keyEnv": "MINE" }), &[("MINE", "mine")], None, Some("mine"));
        check(json!({}), &[("OPENAI_API_KEY", "env")], None, Some("env"));
    }
}
