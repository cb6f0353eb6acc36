//! The body of a Messages request.

use serde_json::{Map, Value, json};

use super::known;
use super::quirks::{Quirk, Quirks};
use super::schema::{self, Form};
use super::thoughts::Thoughts;
use crate::model::{Message, Request, Role, Tool, ToolCall};

/// The request as JSON. Equal requests are equal bytes, and a conversation that goes on begins with the same bytes, but
/// for the marks of the cache, which do not count.
pub(super) fn build(request: &Request, quirks: &Quirks, thoughts: &Thoughts) -> String {
    let known = known::of(&request.model);
    let form = schema::form(request, quirks);
    let mut body = Map::new();
    let mut put = |key: &str, value: Value| {
        body.insert(key.to_string(), value);
    };
    put("model", json!(request.model));
    let most_output = [known.most_output, quirks.most_output()].into_iter().flatten().min();
    put("max_tokens", json!(request.max_tokens.clamp(1, most_output.unwrap_or(u32::MAX))));
    let has_tools = !request.tools.is_empty() && !quirks.has(Quirk::NoTools);
    let caches = !quirks.has(Quirk::NoCache);
    if has_tools {
        let mut tools: Vec<_> = request.tools.iter().map(tool).collect();
        mark(tools.last_mut().filter(|_| caches));
        put("tools", Value::Array(tools));
        if !quirks.has(Quirk::NoToolChoice) {
            // One call is answered at a time; a second one would be lost.
            put("tool_choice", json!({ "type": "auto", "disable_parallel_tool_use": true }));
        }
    }
    let mut system: Vec<_> =
        request.messages.iter().filter(|one| one.role == Role::System).filter_map(|one| text(&one.content)).collect();
    if !system.is_empty() {
        mark(system.last_mut().filter(|_| caches));
        put("system", Value::Array(system));
    }
    let mut turns = turns(&request.messages, thoughts, quirks);
    // A single question is asked once, and writing it to the cache would cost more than it saves.
    if caches && (has_tools || turns.len() > 1) {
        mark_turns(&mut turns);
    }
    put("messages", turns.into_iter().map(Turn::into_value).collect());
    if let Some(temperature) = request.temperature
        && known.has_temperature
        && !quirks.has(Quirk::NoTemperature)
    {
        // By way of its text: 0.2_f32 is not 0.2 as a double.
        let temperature: f64 = temperature.to_string().parse().unwrap_or(f64::from(temperature));
        put("temperature", json!(temperature.clamp(0.0, 1.0)));
    }
    let mut output = Map::new();
    if has_effort(request, quirks) {
        output.insert("effort".to_string(), json!("low"));
    }
    match form {
        Form::Free => {}
        Form::Format(schema) => {
            output.insert("format".to_string(), json!({ "type": "json_schema", "schema": schema }));
        }
        Form::Tool { schema, .. } => {
            let description = "Takes the reply. Call it once, with the whole reply.";
            put("tools", json!([{ "name": schema::TOOL, "description": description, "input_schema": schema }]));
            put("tool_choice", json!({ "type": "tool", "name": schema::TOOL }));
        }
    }
    if !output.is_empty() {
        put("output_config", Value::Object(output));
    }
    put("stream", json!(true));
    Value::Object(body).to_string()
}

/// A bound up to which long thought would leave nothing of the reply.
const SHORT: u32 = 4_096;

/// Whether the request says how much to think.
pub(super) fn has_effort(request: &Request, quirks: &Quirks) -> bool {
    known::of(&request.model).thinks && request.max_tokens <= SHORT && !quirks.has(Quirk::NoEffort)
}

/// All that one side says in a row: the API wants the sides to take turns.
struct Turn {
    role: &'static str,
    content: Vec<Value>,
}

impl Turn {
    fn into_value(self) -> Value {
        json!({ "role": self.role, "content": self.content })
    }
}

fn turns(messages: &[Message], thoughts: &Thoughts, quirks: &Quirks) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    for message in messages {
        let (role, content) = match message.role {
            Role::System => continue,
            Role::User => ("user", Vec::from_iter(text(&message.content))),
            Role::Tool => ("user", vec![result(message)]),
            Role::Assistant => ("assistant", said(message, thoughts, quirks)),
        };
        if content.is_empty() {
            continue;
        }
        match turns.last_mut() {
            Some(turn) if turn.role == role => turn.content.extend(content),
            _ => turns.push(Turn { role, content }),
        }
    }
    turns
}

/// What the model said and called, with what it thought where the API gave that.
fn said(message: &Message, thoughts: &Thoughts, quirks: &Quirks) -> Vec<Value> {
    if !quirks.has(Quirk::NoThoughts)
        && let Some(content) = thoughts.recall(message)
    {
        return content;
    }
    text(&message.content).into_iter().chain(message.tool_calls.iter().map(call)).collect()
}

/// A block of text. `None` for white space, which the API refuses.
fn text(content: &str) -> Option<Value> {
    (!content.trim().is_empty()).then(|| json!({ "type": "text", "text": content }))
}

fn call(call: &ToolCall) -> Value {
    let input = serde_json::from_str(&call.arguments).ok().filter(Value::is_object);
    // It has to be an object, whatever the model wrote.
    let input = input.unwrap_or_else(|| json!({ "malformed": call.arguments }));
    json!({ "type": "tool_use", "id": plain_id(&call.id), "name": call.name, "input": input })
}

fn result(message: &Message) -> Value {
    let id = plain_id(message.tool_call_id.as_deref().unwrap_or_default());
    let content = if message.content.trim().is_empty() { "(nothing)" } else { &message.content };
    json!({ "type": "tool_result", "tool_use_id": id, "content": content })
}

/// An id in the characters that the API takes; other providers use more.
fn plain_id(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-') { c } else { '_' }).collect()
}

fn tool(tool: &Tool) -> Value {
    json!({ "name": tool.name, "description": tool.description, "input_schema": tool.parameters })
}

/// Marks the end of the conversation, and what was its end one question earlier: what is cached is looked for a number of
/// blocks back from a mark only. With those of the tools and the system prompt that makes the four marks there are.
fn mark_turns(turns: &mut [Turn]) {
    let ends = turns.iter_mut().rev().filter(|turn| turn.role == "user").take(2);
    ends.for_each(|turn| mark(turn.content.last_mut()));
}

fn mark(block: Option<&mut Value>) {
    if let Some(Value::Object(block)) = block {
        block.insert("cache_control".to_string(), json!({ "type": "ephemeral" }));
    }
}

#[cfg(test)]
mod tests;
