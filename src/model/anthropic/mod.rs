//! Messages, the API of Anthropic's models and of servers that imitate it.

mod body;
mod known;
mod quirks;
mod reply;
mod schema;
mod thoughts;

use reqwest::header::HeaderName;
use serde_json::Value;
use url::Url;

use super::client::Protocol;
use super::connection::{Connection, Manner};
use super::{Reply, Request};
pub(super) use quirks::Quirks;
use reply::Collector;
use schema::Form;
use thoughts::Thoughts;

/// How a key is sent, and which edition of the API is meant.
pub(super) const MANNER: Manner = Manner { key: key_header, fixed: &[("anthropic-version", "2023-06-01")] };

#[derive(Default)]
pub(super) struct Messages {
    thoughts: Thoughts,
}

impl Protocol for Messages {
    type Quirks = Quirks;
    type Collector = Collector;
    const NAME: &'static str = "Messages";

    /// Base URLs are in use with and without `/v1`.
    fn path(&self, connection: &Connection) -> &'static [&'static str] {
        if connection.ends_in("v1") { &["messages"] } else { &["v1", "messages"] }
    }

    fn body(&self, request: &Request, quirks: &Quirks) -> String {
        body::build(request, quirks, &self.thoughts)
    }

    fn is_whole(reply: &Value) -> bool {
        reply.get("type").and_then(Value::as_str) == Some("message")
            && reply.get("content").is_some_and(Value::is_array)
    }

    fn reply(&self, collector: Collector, request: &Request, quirks: &Quirks) -> Reply {
        let content = collector.content();
        let reply = collector.into_reply(request);
        self.thoughts.keep(&reply, content);
        match schema::form(request, quirks) {
            Form::Tool { is_wrapped, .. } => schema::unpack(reply, is_wrapped),
            Form::Free | Form::Format(_) => reply,
        }
    }
}

fn key_header(_: &Url, key: &str) -> Vec<(HeaderName, String)> {
    vec![(HeaderName::from_static("x-api-key"), key.to_string())]
}
