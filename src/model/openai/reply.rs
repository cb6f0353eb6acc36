//! A reply put together from the chunks of a stream, or from one whole completion.

use serde_json::Value;

use super::super::client::{self, Collector as _};
use super::super::{Finish, Reply, Request, ToolCall, Usage, tokens};

/// Collects what the chunks of one reply say.
#[derive(Debug, Default)]
pub(in crate::model) struct Collector {
    text: String,
    refusal: String,
    reasoning: String,
    calls: Vec<Call>,
    usage: Option<Usage>,
    finish: Option<Finish>,
    /// The server said that nothing more comes.
    done: bool,
}

#[derive(Debug, Default)]
struct Call {
    index: Option<u64>,
    id: String,
    name: String,
    arguments: String,
}

impl client::Collector for Collector {
    fn take(&mut self, chunk: &Value) -> String {
        for usage in [chunk.get("usage"), chunk.pointer("/x_groq/usage")].into_iter().flatten() {
            self.usage = usage_of(usage).or(self.usage);
        }
        let Some(choice) = chunk.pointer("/choices/0") else { return String::new() };
        if let Some(reason) = choice.get("finish_reason").and_then(Value::as_str) {
            self.finish = Some(finish_of(reason));
        }
        let Some(delta) = choice.get("delta").or_else(|| choice.get("message")) else { return String::new() };
        for key in ["reasoning_content", "reasoning"] {
            self.reasoning += delta.get(key).and_then(Value::as_str).unwrap_or_default();
        }
        self.refusal += delta.get("refusal").and_then(Value::as_str).unwrap_or_default();
        for call in delta.get("tool_calls").and_then(Value::as_array).into_iter().flatten() {
            self.take_call(call);
        }
        let text = text_of(delta.get("content").unwrap_or(&Value::Null));
        self.text += &text;
        text
    }

    fn end(&mut self) {
        self.done = true;
    }

    fn is_over(&self) -> bool {
        // Usage comes after the reason, up to the end mark.
        false
    }

    fn is_complete(&self) -> bool {
        self.finish.is_some() || (self.done && !self.is_empty())
    }

    fn is_empty(&self) -> bool {
        self.text.is_empty() && self.refusal.is_empty() && self.reasoning.is_empty() && self.calls.is_empty()
    }

    fn usage(&self, request: &Request) -> Usage {
        let thought = tokens::estimate(&self.reasoning);
        // Some servers count reasoning as completion and do not say how much of it was.
        let counted = |usage: Usage| match usage.reasoning {
            0 => Usage { reasoning: thought.min(usage.output), ..usage },
            _ => usage,
        };
        self.usage.map(counted).unwrap_or_else(|| {
            let calls: u64 =
                self.calls.iter().map(|call| tokens::estimate(&call.name) + tokens::estimate(&call.arguments)).sum();
            let said = tokens::estimate_usage(request, &self.text);
            let output = said.output + tokens::estimate(&self.refusal) + calls + thought;
            Usage { output, reasoning: thought, ..said }
        })
    }
}

impl Collector {
    pub fn into_reply(self, request: &Request) -> Reply {
        let usage = self.usage(request);
        let refused = self.text.is_empty() && !self.refusal.is_empty();
        let finish = match self.finish.unwrap_or(Finish::Stop) {
            Finish::Stop if refused => Finish::Filtered,
            Finish::Stop if !self.calls.is_empty() => Finish::ToolCalls,
            Finish::ToolCalls if self.calls.is_empty() => Finish::Stop,
            finish => finish,
        };
        let named = |(index, call): (usize, Call)| ToolCall {
            id: if call.id.is_empty() { format!("call_{index}") } else { call.id },
            name: call.name,
            arguments: call.arguments,
        };
        let tool_calls = self.calls.into_iter().enumerate().map(named).collect();
        let text = if refused { self.refusal } else { self.text };
        Reply { text, tool_calls, usage, finish, attempts: 0 }
    }

    fn take_call(&mut self, delta: &Value) {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_string();
        let index = delta.get("index").and_then(Value::as_u64);
        let id = text(delta.get("id"));
        let name = text(delta.pointer("/function/name"));
        // Some servers leave the index out, or number every call 0; a new id with a name is a new call all the same.
        let continues = |call: &&mut Call| {
            let same_index = index.is_none() || call.index == index;
            same_index && (id.is_empty() || name.is_empty() || call.id == id)
        };
        let call = match self.calls.iter_mut().rev().find(continues) {
            Some(call) => call,
            None => {
                self.calls.push(Call { index, ..Call::default() });
                let last = self.calls.len() - 1;
                &mut self.calls[last]
            }
        };
        if call.id.is_empty() {
            call.id = id;
        }
        if call.name.is_empty() {
            call.name = name;
        }
        match delta.pointer("/function/arguments") {
            Some(Value::String(piece)) => call.arguments += piece,
            Some(Value::Null) | None => {}
            Some(whole) => call.arguments += &whole.to_string(),
        }
    }
}

/// Content is text, or a list of parts of which some are text.
fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part.get("text")?.as_str()).collect(),
        _ => String::new(),
    }
}

fn finish_of(reason: &str) -> Finish {
    // Gateways say what the model behind them says, in its own words.
    match reason.to_ascii_lowercase().as_str() {
        "tool_calls" | "function_call" | "tool_use" => Finish::ToolCalls,
        "length" | "max_tokens" | "max_output_tokens" | "model_length" | "insufficient_system_resource" => {
            Finish::Length
        }
        "content_filter" | "safety" | "refusal" | "recitation" | "blocklist" | "prohibited_content" | "spii" => {
            Finish::Filtered
        }
        _ => Finish::Stop,
    }
}

fn usage_of(usage: &Value) -> Option<Usage> {
    let number = |path: &str| usage.pointer(path).and_then(Value::as_u64);
    let input = number("/prompt_tokens")?;
    let said = number("/completion_tokens").unwrap_or(0);
    let reasoning = number("/completion_tokens_details/reasoning_tokens").unwrap_or(0);
    let cached =
        number("/prompt_tokens_details/cached_tokens").or_else(|| number("/prompt_cache_hit_tokens")).unwrap_or(0);
    // OpenRouter passes on what Anthropic charges for.
    let written = number("/prompt_tokens_details/cache_write_tokens").unwrap_or(0);
    // Most servers count reasoning as completion; the total tells those that do not.
    let apart = reasoning > 0 && number("/total_tokens") == Some(input + said + reasoning);
    let output = if apart { said + reasoning } else { said };
    (input + output > 0).then_some(Usage { input, cached, written, output, reasoning, estimated: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use serde_json::json;

    fn request() -> Request {
        Request {
            model: "m".to_string(),
            messages: Vec::new(),
            tools: Vec::new(),
            max_tokens: 10,
            temperature: None,
            schema: None,
        }
    }

    fn check(chunks: &[Value], expect: Expect) {
        let mut collector = Collector::default();
        let streamed: String = chunks.iter().map(|chunk| collector.take(chunk)).collect();
        let complete = collector.is_complete();
        let Reply { text, tool_calls, usage, finish, .. } = collector.into_reply(&request());
        assert!(streamed == text || finish == Finish::Filtered);
        let calls: Vec<_> =
            tool_calls.iter().map(|call| format!("{} {} {}", call.id, call.name, call.arguments)).collect();
        let Usage { input, cached, output, reasoning, estimated, .. } = usage;
        let estimated = if estimated { " estimated" } else { "" };
        let found = format!(
            "{text:?} {finish:?} complete: {complete}\n{calls:?}\n{input} ({cached}) {output} ({reasoning}){estimated}\n"
        );
        expect.assert_eq(&found);
    }

    fn delta(delta: Value) -> Value {
        json!({ "choices": [{ "index": 0, "delta": delta, "finish_reason": null }] })
    }

    fn end(reason: &str) -> Value {
        json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": reason }] })
    }

    fn call(index: Option<u64>, id: Option<&str>, name: Option<&str>, arguments: Value) -> Value {
        let mut call = json!({ "function": { "arguments": arguments } });
        if let Some(index) = index {
            call["index"] = json!(index);
        }
        if let Some(id) = id {
            call["id"] = json!(id);
        }
        if let Some(name) = name {
            call["function"]["name"] = json!(name);
        }
        delta(json!({ "tool_calls": [call] }))
    }

    #[test]
    fn text_and_usage() {
        let usage = json!({ "choices": [], "usage": {
            "prompt_tokens": 100, "completion_tokens": 30, "total_tokens": 130,
            "prompt_tokens_details": { "cached_tokens": 64 }, "completion_tokens_details": { "reasoning_tokens": 20 },
        } });
        let chunks = [
            delta(json!({ "role": "assistant", "content": "" })),
            delta(json!({ "content": "日本" })),
            delta(json!({ "content": "語" })),
            end("stop"),
            usage,
        ];
        check(
            &chunks,
            expect![[r#"
                "日本語" Stop complete: true
                []
                100 (64) 30 (20)
            "#]],
        );
        check(
            &chunks[..3],
            expect![[r#"
                "日本語" Stop complete: false
                []
                0 (0) 3 (0) estimated
            "#]],
        );
    }

    #[test]
    fn reasoning_counted_apart() {
        let usage = json!({ "prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 35,
            "completion_tokens_details": { "reasoning_tokens": 20 } });
        let chunk = json!({ "choices": [{ "message": { "content": "hi" }, "finish_reason": "stop" }], "usage": usage });
        check(
            &[chunk],
            expect![[r#"
                "hi" Stop complete: true
                []
                10 (0) 25 (20)
            "#]],
        );
    }

    #[test]
    fn reasons_to_stop() {
        let check = |reason: &str, expect: Finish| {
            let mut collector = Collector::default();
            collector.take(&delta(json!({ "content": "x" })));
            collector.take(&end(reason));
            assert_eq!(collector.into_reply(&request()).finish, expect, "{reason}");
        };
        check("stop", Finish::Stop);
        check("eos", Finish::Stop);
        check("tool_calls", Finish::Stop); // None came.
        check("length", Finish::Length);
        check("MAX_TOKENS", Finish::Length);
        check("model_length", Finish::Length);
        check("insufficient_system_resource", Finish::Length);
        check("content_filter", Finish::Filtered);
        check("SAFETY", Finish::Filtered);
        check("RECITATION", Finish::Filtered);
        check("refusal", Finish::Filtered);
    }

    #[test]
    fn reasoning_that_the_usage_does_not_tell_is_estimated() {
        let usage = json!({ "prompt_tokens": 10, "completion_tokens": 9, "total_tokens": 19 });
        let message = json!({ "reasoning_content": "let me think", "content": "hi" });
        let chunk = json!({ "choices": [{ "message": message, "finish_reason": "stop" }], "usage": usage });
        check(
            &[chunk],
            expect![[r#"
                "hi" Stop complete: true
                []
                10 (0) 9 (3)
            "#]],
        );
    }

    #[test]
    fn reasoning_without_usage_is_estimated() {
        check(
            &[
                delta(json!({ "reasoning_content": "let me think" })),
                delta(json!({ "content": "done", "reasoning": null })),
                end("length"),
            ],
            expect![[r#"
                "done" Length complete: true
                []
                0 (0) 4 (3) estimated
            "#]],
        );
    }

    #[test]
    fn calls_by_index() {
        check(
            &[
                call(Some(0), Some("a"), Some("run"), json!("")),
                call(Some(0), None, None, json!("{\"x\"")),
                call(Some(1), Some("b"), Some("look"), json!("{}")),
                call(Some(0), None, None, json!(":1}")),
                end("tool_calls"),
            ],
            expect![[r#"
                "" ToolCalls complete: true
                ["a run {\"x\":1}", "b look {}"]
                0 (0) 5 (0) estimated
            "#]],
        );
    }

    #[test]
    fn calls_without_an_index_or_with_the_same_one() {
        let expect = || {
            expect![[r#"
                "" ToolCalls complete: true
                ["a run {\"x\":1}", "b run {\"y\":2}"]
                0 (0) 6 (0) estimated
            "#]]
        };
        for index in [None, Some(0)] {
            let chunks = [
                call(index, Some("a"), Some("run"), json!("{\"x\":")),
                call(index, None, None, json!("1}")),
                call(index, Some("b"), Some("run"), json!({ "y": 2 })),
                end("stop"),
            ];
            check(&chunks, expect());
        }
    }

    #[test]
    fn ids_that_are_missing_or_repeated() {
        check(
            &[
                call(Some(0), None, Some("run"), json!("{")),
                call(Some(0), Some(""), Some("run"), json!("}")),
                call(Some(1), Some("b"), Some("look"), json!("[")),
                call(Some(1), Some("b"), Some("look"), json!("]")),
                end("tool_calls"),
            ],
            expect![[r#"
                "" ToolCalls complete: true
                ["call_0 run {}", "b look []"]
                0 (0) 4 (0) estimated
            "#]],
        );
    }

    #[test]
    fn refusals_and_parts() {
        check(
            &[delta(json!({ "refusal": "I will not" })), end("stop")],
            expect![[r#"
                "I will not" Filtered complete: true
                []
                0 (0) 3 (0) estimated
            "#]],
        );
        let parts = json!([{ "type": "thinking" }, { "type": "text", "text": "a" }, { "type": "text", "text": "b" }]);
        check(
            &[delta(json!({ "content": parts })), end("stop")],
            expect![[r#"
                "ab" Stop complete: true
                []
                0 (0) 1 (0) estimated
            "#]],
        );
    }

    #[test]
    fn the_end_mark_alone_ends_only_what_has_begun() {
        let mut collector = Collector::default();
        collector.end();
        assert!(!collector.is_complete());
        collector.take(&delta(json!({ "content": "x" })));
        assert!(collector.is_complete());
    }
}
