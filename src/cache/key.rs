//! Which requests are the same: a hash over everything that a reply may depend on.

use crate::model::{Message, Request, Role, Tool, ToolCall};

/// Changes whenever equal requests are to count as different ones.
const FORMAT: &str = "spelunk reply 1";

/// Names a request by its content. Equal requests to the same model at the same place have the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

impl Key {
    /// `origin` tells apart endpoints of one name, see [`crate::model::Model::origin`]. `request` is what is sent.
    pub fn of(provider: &str, origin: &str, request: &Request) -> Self {
        // Every field is named, so that a new one cannot be forgotten.
        let Request { model, messages, tools, max_tokens, temperature, schema } = request;
        let mut hash = Hash(blake3::Hasher::new());
        for text in [FORMAT, provider, origin, model] {
            hash.text(text);
        }
        hash.number(u64::from(*max_tokens));
        hash.maybe(temperature.map(|degree| degree.to_bits().to_string()).as_deref());
        hash.maybe(schema.as_ref().map(ToString::to_string).as_deref());
        hash.number(tools.len() as u64);
        for Tool { name, description, parameters } in tools {
            hash.text(name);
            hash.text(description);
            hash.text(&parameters.to_string());
        }
        hash.number(messages.len() as u64);
        for Message { role, content, tool_calls, tool_call_id } in messages {
            hash.text(match role {
                Role::System => "system",
                Role::User => "user",
                Role::Assistant => "assistant",
                Role::Tool => "tool",
            });
            hash.text(content);
            hash.number(tool_calls.len() as u64);
            for ToolCall { id, name, arguments } in tool_calls {
                hash.text(id);
                hash.text(name);
                hash.text(arguments);
            }
            hash.maybe(tool_call_id.as_deref());
        }
        Self(*hash.0.finalize().as_bytes())
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Hashes fields with their lengths, so that no two lists of fields are the same bytes.
struct Hash(blake3::Hasher);

impl Hash {
    fn number(&mut self, number: u64) {
        self.0.update(&number.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.update(text.as_bytes());
    }

    fn maybe(&mut self, text: Option<&str>) {
        self.number(u64::from(text.is_some()));
        self.text(text.unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(role: Role, content: &str) -> Message {
        let call = ToolCall { id: "i".to_owned(), name: "n".to_owned(), arguments: "{}".to_owned() };
        Message { role, content: content.to_owned(), tool_calls: vec![call], tool_call_id: None }
    }

    fn request() -> Request {
        Request {
            model: "m".to_owned(),
            messages: vec![message(Role::System, "ab"), message(Role::User, "cd")],
            tools: vec![Tool { name: "t".to_owned(), description: "d".to_owned(), parameters: json!({}) }],
            max_tokens: 1,
            temperature: None,
            schema: None,
        }
    }

    #[test]
    fn every_part_counts() {
        let mut keys = vec![
            Key::of("p", "o", &request()),
            Key::of("q", "o", &request()),
            Key::of("p", "x", &request()),
            // The same bytes, split elsewhere.
            Key::of("po", "", &request()),
        ];
        let changes: [fn(&mut Request); 17] = [
            |r| r.model.push('x'),
            |r| r.max_tokens = 2,
            |r| r.temperature = Some(0.0),
            |r| r.temperature = Some(1.0),
            |r| r.schema = Some(json!({})),
            |r| r.schema = Some(json!(null)),
            |r| r.tools.clear(),
            |r| r.tools[0].name.push('x'),
            |r| r.tools[0].description.push('x'),
            |r| r.tools[0].parameters = json!([]),
            |r| r.messages[1].role = Role::Tool,
            |r| (r.messages[0].content, r.messages[1].content) = ("abc".to_owned(), "d".to_owned()),
            |r| r.messages.swap(0, 1),
            |r| r.messages[0].tool_calls.clear(),
            |r| r.messages[0].tool_calls[0].id.push('x'),
            |r| r.messages[0].tool_calls[0].arguments.push('x'),
            |r| r.messages[0].tool_call_id = Some(String::new()),
        ];
        for change in changes {
            let mut changed = request();
            change(&mut changed);
            keys.push(Key::of("p", "o", &changed));
        }
        let different: std::collections::HashSet<Key> = keys.iter().copied().collect();
        assert_eq!(different.len(), keys.len());
        assert_eq!(keys[0], Key::of("p", "o", &request()));
    }
}
