//! Chat Completions, as OpenAI defined them and many other servers speak them.

mod body;
mod quirks;
mod reply;

use reqwest::header::{AUTHORIZATION, HeaderName};
use serde_json::Value;
use url::Url;

use super::client::Protocol;
use super::connection::{Connection, Manner};
use super::{Reply, Request};
pub(super) use quirks::Quirks;
use reply::Collector;

/// How a key is sent.
pub(super) const MANNER: Manner = Manner { key: key_headers, fixed: &[] };

pub(super) struct ChatCompletions;

impl Protocol for ChatCompletions {
    type Quirks = Quirks;
    type Collector = Collector;
    const NAME: &'static str = "Chat Completions";

    fn path(&self, _: &Connection) -> &'static [&'static str] {
        &["chat", "completions"]
    }

    fn body(&self, request: &Request, quirks: &Quirks) -> String {
        body::build(request, quirks)
    }

    fn is_whole(reply: &Value) -> bool {
        reply.pointer("/choices/0").is_some()
    }

    fn reply(&self, collector: Collector, request: &Request, _: &Quirks) -> Reply {
        collector.into_reply(request)
    }
}

fn key_headers(url: &Url, key: &str) -> Vec<(HeaderName, String)> {
    let mut headers = vec![(AUTHORIZATION, format!("Bearer {key}"))];
    let host = url.host_str().unwrap_or_default();
    if host.ends_with(".azure.com") || host.ends_with(".azure-api.net") {
        headers.push((HeaderName::from_static("api-key"), key.to_string()));
    }
    headers
}
