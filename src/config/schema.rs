//! The JSON schema of the settings in editors, made from the tables.

use serde_json::{Map, Value, json};

use super::settings::{EDITOR_SETTINGS, Kind, SETTINGS, Scope};

/// The schema of everything below `spelunk.`: each property with its type, default, description and scope, as VS Code's
/// `contributes.configuration` has them. Checked in as `editors/settings.schema.json`.
pub fn json_schema() -> Value {
    let mut properties = Map::new();
    for setting in SETTINGS {
        let (scope, add) = match setting.scope {
            Scope::Machine => ("machine", ""),
            Scope::Window => ("window", "; a workspace can only lower it"),
        };
        let description = format!("{}{add}", sentence(setting.meaning));
        let name = format!("spelunk.{}", setting.editor_key());
        properties.insert(name, property(setting.kind, setting.default, &description, scope));
    }
    properties.insert("spelunk.providers".to_owned(), providers());
    for setting in EDITOR_SETTINGS {
        let description = sentence(setting.meaning);
        let name = format!("spelunk.{}", setting.key);
        properties.insert(name, property(setting.kind, setting.default, &description, "window"));
    }
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "spelunk",
        "type": "object",
        "properties": properties,
    })
}

fn property(kind: Kind, default: &str, description: &str, scope: &str) -> Value {
    let mut property = match kind {
        // What is no text that could be set stands for another setting's value.
        Kind::Text if default.contains(' ') => json!({ "type": ["string", "null"], "default": null }),
        Kind::Text => json!({ "type": "string", "default": default }),
        Kind::Integer(least, most) => {
            json!({ "type": "integer", "minimum": least, "maximum": most, "default": parsed(default) })
        }
        Kind::Amount => {
            json!({ "type": ["number", "string"], "minimum": 0, "pattern": "^none$", "default": amount(default) })
        }
        Kind::Switch => json!({ "type": "boolean", "default": parsed(default) }),
        Kind::Choice(choices) => json!({ "type": "string", "enum": choices, "default": default }),
        Kind::Texts => json!({ "type": "array", "items": { "type": "string" }, "default": parsed(default) }),
    };
    property["markdownDescription"] = description.into();
    property["description"] = description.replace('`', "").into();
    property["scope"] = scope.into();
    property
}

/// Keys are left out: an editor keeps them in its store of secrets.
fn providers() -> Value {
    let description = "Endpoints by provider; a key is only ever sent to its own base URL.";
    json!({
        "type": "object",
        "default": {},
        "markdownDescription": description,
        "description": description,
        "scope": "machine",
        "additionalProperties": {
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "baseUrl": { "type": "string", "description": "Where it is" },
                "keyEnv": { "type": "string", "description": "Name of the environment variable that holds the key" },
                "allowHttp": { "type": "boolean", "default": false, "description": "Plain http beyond this machine" },
            },
        },
    })
}

/// A number, or `none`.
fn amount(default: &str) -> Value {
    serde_json::from_str(default).unwrap_or_else(|_| default.into())
}

fn parsed(default: &str) -> Value {
    serde_json::from_str(default).unwrap_or_default()
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checked_in_schema_is_this_one() {
        let made = serde_json::to_string_pretty(&json_schema()).unwrap() + "\n";
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/editors/settings.schema.json");
        expect_test::ExpectFile { path: path.into(), position: file!() }.assert_eq(&made);
    }
}
