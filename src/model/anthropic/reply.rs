//! A reply put together from the events of a stream, or from one whole message.

use serde_json::{Map, Value, json};

use crate::model::client::{self, Collector as _};
use crate::model::{Finish, Reply, Request, ToolCall, Usage, tokens};

/// Collects what the events of one reply say.
#[derive(Debug, Default)]
pub(in crate::model) struct Collector {
    blocks: Vec<Block>,
    counts: Option<Counts>,
    /// The counts are those of the whole reply.
    is_counted: bool,
    reason: Option<String>,
    /// Why the model would not answer.
    refusal: String,
    is_over: bool,
}

/// A content block, as it is so far.
#[derive(Debug)]
struct Block {
    index: u64,
    value: Map<String, Value>,
    /// Arguments of a call, in pieces.
    arguments: String,
}

/// What the provider counted. Later counts include earlier ones.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    /// Input that was neither read from the cache nor written to it.
    input: u64,
    written: u64,
    read: u64,
    output: u64,
    thought: u64,
}

impl client::Collector for Collector {
    fn take(&mut self, event: &Value) -> String {
        match event.get("type").and_then(Value::as_str).unwrap_or_default() {
            "message_start" => self.count(event.pointer("/message/usage")),
            "content_block_start" => return self.start(index(event), event.get("content_block")),
            "content_block_delta" => return self.grow(index(event), event.get("delta")),
            "message_delta" => {
                self.stop(event.get("delta"));
                self.is_counted |= event.pointer("/usage/output_tokens").is_some();
                self.count(event.get("usage"));
            }
            "message_stop" => self.is_over = true,
            "message" => return self.take_whole(event),
            _ => {}
        }
        String::new()
    }

    /// Only after the reply said why it ends: the end mark of other protocols says nothing here.
    fn end(&mut self) {
        self.is_over |= self.reason.is_some();
    }

    fn is_over(&self) -> bool {
        self.is_over
    }

    fn is_complete(&self) -> bool {
        self.is_over
    }

    /// The first event tells what the input costs.
    fn is_empty(&self) -> bool {
        self.blocks.is_empty() && self.counts.is_none()
    }

    fn usage(&self, request: &Request) -> Usage {
        let thought: u64 = self.of("thinking").map(|block| tokens::estimate(block.text("thinking"))).sum();
        let calls: u64 = self
            .of("tool_use")
            .map(|block| tokens::estimate(block.text("name")) + tokens::estimate(&block.arguments()))
            .sum();
        let said = tokens::estimate_usage(request, &self.text());
        let output = said.output + calls + thought;
        match self.counts {
            None => Usage { output, reasoning: thought, ..said },
            Some(counts) => Usage {
                input: counts.input + counts.written + counts.read,
                cached: counts.read,
                written: counts.written,
                // A stream that broke off has not told what came since its start.
                output: if self.is_counted { counts.output } else { counts.output.max(output) },
                // Older servers count thoughts as output and do not say how many there were.
                reasoning: if counts.thought > 0 { counts.thought } else { thought.min(counts.output) },
                estimated: !self.is_counted,
            },
        }
    }
}

impl Collector {
    /// The blocks as the API wants them back.
    pub fn content(&self) -> Vec<Value> {
        let block = |block: &Block| {
            let mut value = block.value.clone();
            if block.kind() == "tool_use" {
                let input = serde_json::from_str(&block.arguments()).ok().filter(Value::is_object);
                value.insert("input".to_string(), input.unwrap_or_else(|| json!({})));
            }
            Value::Object(value)
        };
        self.blocks.iter().map(block).collect()
    }

    pub fn into_reply(self, request: &Request) -> Reply {
        let usage = self.usage(request);
        let tool_calls: Vec<_> = self.of("tool_use").enumerate().map(|(at, block)| block.call(at)).collect();
        let finish = finish_of(self.reason.as_deref().unwrap_or_default(), !tool_calls.is_empty());
        let text = self.text();
        let text = if finish == Finish::Filtered && text.is_empty() { self.refusal } else { text };
        Reply { text, tool_calls, usage, finish, attempts: 0 }
    }

    fn take_whole(&mut self, message: &Value) -> String {
        let content = message.get("content").and_then(Value::as_array).into_iter().flatten();
        let text = (0..).zip(content).map(|(index, block)| self.start(index, Some(block))).collect();
        self.stop(Some(message));
        self.is_counted = message.pointer("/usage/output_tokens").is_some();
        self.count(message.get("usage"));
        self.is_over = true;
        text
    }

    fn start(&mut self, index: u64, block: Option<&Value>) -> String {
        let Some(value) = block.and_then(Value::as_object) else { return String::new() };
        let block = Block { index, value: value.clone(), arguments: String::new() };
        let text = if block.kind() == "text" { block.text("text").to_string() } else { String::new() };
        self.blocks.push(block);
        text
    }

    fn grow(&mut self, index: u64, delta: Option<&Value>) -> String {
        let Some(delta) = delta else { return String::new() };
        let piece = |key: &str| delta.get(key).and_then(Value::as_str).unwrap_or_default();
        let (kind, key) = match piece("type") {
            "text_delta" => ("text", "text"),
            "thinking_delta" => ("thinking", "thinking"),
            "signature_delta" => ("thinking", "signature"),
            "input_json_delta" => ("tool_use", "partial_json"),
            _ => return String::new(),
        };
        if !self.blocks.iter().any(|block| block.index == index) {
            self.start(index, Some(&json!({ "type": kind })));
        }
        let Some(block) = self.blocks.iter_mut().rev().find(|block| block.index == index) else { return String::new() };
        let piece = piece(key);
        if kind == "tool_use" {
            block.arguments += piece;
            return String::new();
        }
        let grown = block.text(key).to_string() + piece;
        block.value.insert(key.to_string(), Value::String(grown));
        if kind == "text" { piece.to_string() } else { String::new() }
    }

    fn stop(&mut self, delta: Option<&Value>) {
        let Some(delta) = delta else { return };
        if let Some(reason) = delta.get("stop_reason").and_then(Value::as_str) {
            self.reason = Some(reason.to_string());
        }
        if let Some(why) = delta.pointer("/stop_details/explanation").and_then(Value::as_str) {
            self.refusal = why.to_string();
        }
    }

    fn count(&mut self, usage: Option<&Value>) {
        let Some(usage) = usage.filter(|usage| usage.is_object()) else { return };
        let number = |path: &str| usage.pointer(path).and_then(Value::as_u64).unwrap_or_default();
        let before = self.counts.unwrap_or_default();
        self.counts = Some(Counts {
            input: before.input.max(number("/input_tokens")),
            written: before.written.max(number("/cache_creation_input_tokens")),
            read: before.read.max(number("/cache_read_input_tokens")),
            output: before.output.max(number("/output_tokens")),
            thought: before.thought.max(number("/output_tokens_details/thinking_tokens")),
        });
    }

    fn of(&self, kind: &str) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(move |block| block.kind() == kind)
    }

    fn text(&self) -> String {
        self.of("text").map(|block| block.text("text")).collect()
    }
}

impl Block {
    fn kind(&self) -> &str {
        self.text("type")
    }

    fn text(&self, key: &str) -> &str {
        self.value.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// Arguments of a call: the pieces, or what the block began with.
    fn arguments(&self) -> String {
        match self.value.get("input") {
            _ if !self.arguments.is_empty() => self.arguments.clone(),
            Some(whole) if whole.is_object() => whole.to_string(),
            _ => "{}".to_string(),
        }
    }

    fn call(&self, at: usize) -> ToolCall {
        let id = match self.text("id") {
            "" => format!("call_{at}"),
            id => id.to_string(),
        };
        ToolCall { id, name: self.text("name").to_string(), arguments: self.arguments() }
    }
}

fn finish_of(reason: &str, has_calls: bool) -> Finish {
    match reason {
        "refusal" => Finish::Filtered,
        // A paused turn has not come to its end either.
        "max_tokens" | "model_context_window_exceeded" | "pause_turn" => Finish::Length,
        _ if has_calls => Finish::ToolCalls,
        _ => Finish::Stop,
    }
}

fn index(event: &Value) -> u64 {
    event.get("index").and_then(Value::as_u64).unwrap_or_default()
}

#[cfg(test)]
mod tests;
