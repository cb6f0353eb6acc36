//! `initializationOptions`: what an editor's extension says once, at the start. docs/protocol.md describes each key.

use serde::Deserialize;
use serde_json::Value;

use super::Error;

/// What the client said at the start.
#[derive(Debug, Clone)]
pub struct Options {
    /// False limits the server to navigation and `builtin` questions.
    pub trusted: bool,
    /// Settings of the machine, which no workspace may have: models, keys, base URLs, limits. An object, or null.
    pub machine: Value,
    /// The client serves `spelunk/complete`.
    pub editor_model: Option<EditorModel>,
    /// The client takes `spelunk/run` notifications.
    pub runs: bool,
    unknown: Vec<String>,
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
        Self { trusted: true, machine: Value::Null, editor_model: None, runs: false, unknown: Vec::new() }
    }
}

impl Options {
    /// Reads the options.
    ///
    /// # Errors
    /// When a value cannot be used; the error names its key. A flag of trust that cannot be read must not count as trust.
    pub fn read(value: Option<Value>) -> Result<Self, Error> {
        let fields = match value {
            None | Some(Value::Null) => return Ok(Self::default()),
            Some(Value::Object(fields)) => fields,
            Some(_) => return Err(Error::params("initializationOptions has to be an object")),
        };
        let mut options = Self::default();
        for (key, value) in fields {
            let wrong = |what: &str| Error::params(format!("initializationOptions.{key} has to be {what}"));
            match (key.as_str(), value) {
                ("trusted", Value::Bool(trusted)) => options.trusted = trusted,
                ("trusted", _) => return Err(wrong("true or false")),
                ("runs", Value::Bool(runs)) => options.runs = runs,
                ("runs", _) => return Err(wrong("true or false")),
                ("machine", machine @ (Value::Object(_) | Value::Null)) => options.machine = machine,
                ("machine", _) => return Err(wrong("an object")),
                ("editorModel", Value::Null) => {}
                ("editorModel", model) => {
                    let model = serde_json::from_value(model);
                    options.editor_model = Some(model.map_err(|error| wrong(&format!("a model: {error}")))?);
                }
                _ => options.unknown.push(key),
            }
        }
        Ok(options)
    }

    /// Keys that mean nothing here.
    pub fn unknown(&self) -> impl Iterator<Item = &str> {
        self.unknown.iter().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_cannot_be_used_is_named() {
        let check = |value: Value, expect: &str| {
            let error = Options::read(Some(value)).unwrap_err();
            assert!(error.message.starts_with(expect), "{error}");
        };
        check(json!([]), "initializationOptions has to be an object");
        for value in [json!("false"), json!(0), json!(null), json!({}), json!([false])] {
            check(json!({ "trusted": value }), "initializationOptions.trusted has to be true or false");
        }
        check(json!({ "runs": 1 }), "initializationOptions.runs has to be true or false");
        check(json!({ "machine": "m" }), "initializationOptions.machine has to be an object");
        check(
            json!({ "editorModel": { "tool": true } }),
            "initializationOptions.editorModel has to be a model: unknown",
        );
    }

    #[test]
    fn trust_is_what_the_client_says() {
        let read = |value| Options::read(value).unwrap();
        assert!(read(None).trusted && read(Some(Value::Null)).trusted && read(Some(json!({}))).trusted);
        assert!(!read(Some(json!({ "trusted": false }))).trusted);
        let options = read(Some(json!({ "machine": { "model": "a/b" }, "spelling": 1 })));
        assert_eq!(
            (options.machine["model"].as_str(), options.unknown().collect::<Vec<_>>()),
            (Some("a/b"), vec!["spelling"])
        );
    }
}
