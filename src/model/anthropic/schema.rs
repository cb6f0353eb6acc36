//! Replies that have to be JSON: what the API enforces of a schema, and by which way.

use serde_json::{Map, Value, json};

use super::known;
use super::quirks::{Quirk, Quirks};
use crate::model::{Finish, Reply, Request};

/// The tool whose arguments are the reply.
pub(super) const TOOL: &str = "reply";
/// The property that holds a value that is no object.
const VALUE: &str = "value";

/// How a request asks for its schema.
#[derive(Debug, PartialEq)]
pub(super) enum Form {
    /// Not at all; the prompt has to say it.
    Free,
    /// As `output_config.format`, with this schema.
    Format(Value),
    /// As a tool that has to be called, with this schema of its arguments.
    Tool { schema: Value, is_wrapped: bool },
}

pub(super) fn form(request: &Request, quirks: &Quirks) -> Form {
    let Some(schema) = &request.schema else { return Form::Free };
    if quirks.has(Quirk::NoSchema) {
        return Form::Free;
    }
    if known::of(&request.model).has_format
        && !quirks.has(Quirk::SchemaByTool)
        && let Some(fitted) = fitted(schema)
    {
        return Form::Format(fitted);
    }
    // A tool that has to be called would stand in the way of the request's own.
    if !request.tools.is_empty() || quirks.has(Quirk::NoTools) {
        return Form::Free;
    }
    if schema.get("type").and_then(Value::as_str) == Some("object") {
        return Form::Tool { schema: schema.clone(), is_wrapped: false };
    }
    // References count from the root, which moves.
    if schema.to_string().contains("\"$ref\"") {
        return Form::Free;
    }
    let schema = json!({ "type": "object", "properties": { VALUE: schema }, "required": [VALUE] });
    Form::Tool { schema, is_wrapped: true }
}

/// A reply by the tool as one by text.
pub(super) fn unpack(reply: Reply, is_wrapped: bool) -> Reply {
    let Some(call) = reply.tool_calls.iter().find(|call| call.name == TOOL) else { return reply };
    let value = is_wrapped.then(|| {
        let arguments: Value = serde_json::from_str(&call.arguments).ok()?;
        Some(arguments.get(VALUE)?.to_string())
    });
    let text = value.flatten().unwrap_or_else(|| call.arguments.clone());
    let finish = if reply.finish == Finish::ToolCalls { Finish::Stop } else { reply.finish };
    Reply { text, tool_calls: Vec::new(), finish, ..reply }
}

/// What is passed on as it is.
const KEPT: [&str; 12] = [
    "type",
    "title",
    "description",
    "default",
    "enum",
    "const",
    "$ref",
    "required",
    "format",
    "$id",
    "$comment",
    "examples",
];
/// What the API refuses, and what has to be checked in the reply anyway.
const DROPPED: [&str; 17] = [
    "$schema",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "readOnly",
    "writeOnly",
    "deprecated",
];
const FORMATS: [&str; 10] =
    ["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"];

/// The schema as far as the API enforces one: objects are closed, and bounds are left out. `None` when what is left
/// would refuse values that the schema allows, or nothing at all is left.
fn fitted(schema: &Value) -> Option<Value> {
    let object = schema.as_object()?;
    if !["type", "enum", "const", "anyOf", "allOf", "$ref"].iter().any(|key| object.contains_key(*key)) {
        return None;
    }
    let mut fitted = Map::new();
    for (key, value) in object {
        let kept = match key.as_str() {
            "properties" | "$defs" | "definitions" => {
                let fit = |(name, schema): (&String, &Value)| Some((name.clone(), self::fitted(schema)?));
                Value::Object(value.as_object()?.iter().map(fit).collect::<Option<_>>()?)
            }
            "items" => self::fitted(value)?,
            "anyOf" | "allOf" => value.as_array()?.iter().map(self::fitted).collect::<Option<_>>()?,
            "additionalProperties" if *value == json!(false) => value.clone(),
            "format" if !FORMATS.iter().any(|known| value == known) => continue,
            "$ref" if !value.as_str()?.starts_with('#') => return None,
            known if KEPT.contains(&known) => value.clone(),
            known if DROPPED.contains(&known) => continue,
            _ => return None,
        };
        fitted.insert(key.clone(), kept);
    }
    let may_be_object = match object.get("type") {
        Some(Value::String(one)) => one == "object",
        Some(Value::Array(all)) => all.contains(&json!("object")),
        _ => false,
    };
    if may_be_object {
        fitted.get("properties")?;
        fitted.insert("additionalProperties".to_string(), json!(false));
    }
    Some(Value::Object(fitted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ToolCall, Usage};

    fn request(model: &str, schema: Value) -> Request {
        Request {
            model: model.to_string(),
            messages: Vec::new(),
            tools: Vec::new(),
            max_tokens: 10,
            temperature: None,
            schema: Some(schema),
        }
    }

    #[test]
    fn what_is_enforced() {
        let check = |schema: Value, expect: Option<Value>| assert_eq!(fitted(&schema), expect, "{schema}");
        let closed =
            |properties: Value| json!({ "type": "object", "properties": properties, "additionalProperties": false });
        check(json!({ "type": "string" }), Some(json!({ "type": "string" })));
        check(json!({ "type": "string", "pattern": "^a", "format": "odd" }), Some(json!({ "type": "string" })));
        check(json!({ "type": "string", "format": "date" }), Some(json!({ "type": "string", "format": "date" })));
        check(
            json!({ "type": "object", "properties": { "a": { "type": "integer", "minimum": 1 } } }),
            Some(closed(json!({ "a": { "type": "integer" } }))),
        );
        check(
            json!({ "type": "array", "minItems": 2, "items": { "type": "object", "properties": {} } }),
            Some(json!({ "type": "array", "items": closed(json!({})) })),
        );
        check(
            json!({ "anyOf": [{ "type": "null" }, { "enum": [1] }] }),
            Some(json!({ "anyOf": [{ "type": "null" }, { "enum": [1] }] })),
        );
        check(json!({ "type": "object" }), None);
        check(json!({ "type": "object", "additionalProperties": { "type": "string" }, "properties": {} }), None);
        check(json!({ "type": "array", "items": {} }), None);
        check(json!({ "oneOf": [{ "type": "null" }] }), None);
        check(json!({ "$ref": "https://example.com/schema" }), None);
        check(json!({}), None);
        check(json!(true), None);
    }

    #[test]
    fn ways() {
        let check = |model: &str, schema: Value, quirks: Quirks, expect: Form| {
            assert_eq!(form(&request(model, schema.clone()), &quirks), expect, "{model} {schema}");
        };
        let text = json!({ "type": "string" });
        let object = json!({ "type": "object" });
        let wrapped = json!({ "type": "object", "properties": { "value": text }, "required": ["value"] });
        check("claude-opus-5-5", text.clone(), Quirks::default(), Form::Format(text.clone()));
        check(
            "claude-opus-5-5",
            object.clone(),
            Quirks::default(),
            Form::Tool { schema: object.clone(), is_wrapped: false },
        );
        check(
            "claude-opus-4-1",
            text.clone(),
            Quirks::default(),
            Form::Tool { schema: wrapped.clone(), is_wrapped: true },
        );
        check("m", text.clone(), Quirks::with(Quirk::SchemaByTool), Form::Tool { schema: wrapped, is_wrapped: true });
        check("m", text, Quirks::with(Quirk::NoSchema), Form::Free);
        check("claude-opus-4-1", json!({ "$ref": "#/$defs/a" }), Quirks::default(), Form::Free);
    }

    #[test]
    fn unpacking() {
        let check = |name: &str, arguments: &str, is_wrapped, expect: (&str, usize, Finish)| {
            let call = ToolCall { id: "c".to_string(), name: name.to_string(), arguments: arguments.to_string() };
            let reply = Reply {
                text: "Here it is.".to_string(),
                tool_calls: vec![call],
                usage: Usage::default(),
                finish: Finish::ToolCalls,
                attempts: 1,
            };
            let reply = unpack(reply, is_wrapped);
            assert_eq!((&*reply.text, reply.tool_calls.len(), reply.finish), expect, "{arguments}");
        };
        check(TOOL, "{\"a\": 1}", false, ("{\"a\": 1}", 0, Finish::Stop));
        check(TOOL, "{\"value\": [1, 2]}", true, ("[1,2]", 0, Finish::Stop));
        check(TOOL, "{\"value\": [1,", true, ("{\"value\": [1,", 0, Finish::Stop));
        check("other", "{}", false, ("Here it is.", 1, Finish::ToolCalls));
    }
}
