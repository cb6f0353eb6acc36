//! The body of a Chat Completions request.

use serde_json::{Map, Value, json};

use super::super::{Message, Request, Role, Tool};
use super::quirks::{Quirk, Quirks};

/// The request as JSON. Equal requests are equal bytes, so that providers can cache their prefix.
pub(super) fn build(request: &Request, quirks: &Quirks) -> String {
    let mut body = Map::new();
    body.insert("model".to_string(), json!(request.model));
    body.insert("messages".to_string(), request.messages.iter().map(message).collect());
    if !request.tools.is_empty() && !quirks.has(Quirk::NoTools) {
        body.insert("tools".to_string(), request.tools.iter().map(tool).collect());
    }
    let bound = if quirks.has(Quirk::NewTokenBound) { "max_completion_tokens" } else { "max_tokens" };
    body.insert(bound.to_string(), json!(request.max_tokens));
    if let Some(temperature) = request.temperature
        && !quirks.has(Quirk::NoTemperature)
    {
        // By way of its text: 0.2_f32 is not 0.2 as a double.
        let temperature: f64 = temperature.to_string().parse().unwrap_or(f64::from(temperature));
        body.insert("temperature".to_string(), json!(temperature));
    }
    if let Some(schema) = &request.schema
        && !quirks.has(Quirk::NoSchema)
    {
        let format = json!({ "name": "reply", "schema": schema, "strict": is_strict(schema) });
        body.insert("response_format".to_string(), json!({ "type": "json_schema", "json_schema": format }));
    }
    body.insert("stream".to_string(), json!(true));
    if !quirks.has(Quirk::NoUsageOption) {
        body.insert("stream_options".to_string(), json!({ "include_usage": true }));
    }
    Value::Object(body).to_string()
}

fn message(message: &Message) -> Value {
    let role = match message.role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    };
    let mut object = Map::new();
    object.insert("role".to_string(), json!(role));
    let is_empty_call = message.content.is_empty() && !message.tool_calls.is_empty();
    object.insert("content".to_string(), if is_empty_call { Value::Null } else { json!(message.content) });
    if !message.tool_calls.is_empty() {
        let call = |call: &super::super::ToolCall| {
            json!({
                "id": call.id,
                "type": "function",
                "function": { "name": call.name, "arguments": call.arguments },
            })
        };
        object.insert("tool_calls".to_string(), message.tool_calls.iter().map(call).collect());
    }
    if let Some(id) = &message.tool_call_id {
        object.insert("tool_call_id".to_string(), json!(id));
    }
    Value::Object(object)
}

fn tool(tool: &Tool) -> Value {
    json!({
        "type": "function",
        "function": { "name": tool.name, "description": tool.description, "parameters": tool.parameters },
    })
}

/// Whether a schema keeps to what OpenAI's strict mode asks for: no object takes more than its properties, all of which
/// it requires.
fn is_strict(schema: &Value) -> bool {
    match schema {
        Value::Object(object) => {
            let closed = object.get("type") != Some(&json!("object"))
                || (object.get("additionalProperties") == Some(&json!(false)) && requires_all(object));
            closed && object.values().all(is_strict)
        }
        Value::Array(items) => items.iter().all(is_strict),
        _ => true,
    }
}

fn requires_all(object: &Map<String, Value>) -> bool {
    let required = object.get("required").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let properties = object.get("properties").and_then(Value::as_object);
    properties.is_none_or(|properties| properties.keys().all(|name| required.iter().any(|one| one == name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ToolCall;
    use expect_test::expect;

    fn request() -> Request {
        let plain = |role, content: &str| Message {
            role,
            content: content.to_string(),
            tool_calls: Vec::new(),
            tool_call_id: None,
        };
        let call = ToolCall { id: "c1".to_string(), name: "run".to_string(), arguments: "{\"a\":1}".to_string() };
        Request {
            model: "gpt-x".to_string(),
            messages: vec![
                plain(Role::System, "be brief"),
                plain(Role::User, "hi"),
                Message { tool_calls: vec![call], ..plain(Role::Assistant, "") },
                Message { tool_call_id: Some("c1".to_string()), ..plain(Role::Tool, "42") },
            ],
            tools: vec![Tool { name: "run".to_string(), description: "runs".to_string(), parameters: json!({}) }],
            max_tokens: 100,
            temperature: Some(0.2),
            schema: Some(json!({ "type": "object" })),
        }
    }

    #[test]
    fn a_whole_request() {
        let body: Value = serde_json::from_str(&build(&request(), &Quirks::default())).unwrap();
        expect![[r#"
            {
              "model": "gpt-x",
              "messages": [
                {
                  "role": "system",
                  "content": "be brief"
                },
                {
                  "role": "user",
                  "content": "hi"
                },
                {
                  "role": "assistant",
                  "content": null,
                  "tool_calls": [
                    {
                      "id": "c1",
                      "type": "function",
                      "function": {
                        "name": "run",
                        "arguments": "{\"a\":1}"
                      }
                    }
                  ]
                },
                {
                  "role": "tool",
                  "content": "42",
                  "tool_call_id": "c1"
                }
              ],
              "tools": [
                {
                  "type": "function",
                  "function": {
                    "name": "run",
                    "description": "runs",
                    "parameters": {}
                  }
                }
              ],
              "max_tokens": 100,
              "temperature": 0.2,
              "response_format": {
                "type": "json_schema",
                "json_schema": {
                  "name": "reply",
                  "schema": {
                    "type": "object"
                  },
                  "strict": false
                }
              },
              "stream": true,
              "stream_options": {
                "include_usage": true
              }
            }"#]]
        .assert_eq(&serde_json::to_string_pretty(&body).unwrap());
    }

    #[test]
    fn strictness() {
        let check = |schema: Value, expect| assert_eq!(is_strict(&schema), expect, "{schema}");
        check(json!({ "type": "string" }), true);
        check(json!({ "type": "object" }), false);
        let closed = json!({
            "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"],
            "additionalProperties": false,
        });
        check(closed.clone(), true);
        check(json!({ "type": "array", "items": closed }), true);
        check(json!({ "type": "array", "items": { "type": "object" } }), false);
        check(
            json!({
                "type": "object", "properties": { "a": {}, "b": {} }, "required": ["a"], "additionalProperties": false,
            }),
            false,
        );
    }
}
