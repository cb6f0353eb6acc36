//! Tests of replies.

use expect_test::{Expect, expect};

use super::*;

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

fn check(events: &[Value], expect: Expect) {
    let mut collector = Collector::default();
    let streamed: String = events.iter().map(|event| collector.take(event)).collect();
    let complete = collector.is_complete();
    let Reply { text, tool_calls, usage, finish, .. } = collector.into_reply(&request());
    assert!(streamed == text || finish == Finish::Filtered, "{streamed:?} {text:?}");
    let calls: Vec<_> = tool_calls.iter().map(|call| format!("{} {} {}", call.id, call.name, call.arguments)).collect();
    let Usage { input, cached, written, output, reasoning, estimated } = usage;
    let estimated = if estimated { " estimated" } else { "" };
    let found = format!(
        "{text:?} {finish:?} complete: {complete}\n{calls:?}\n{input} ({cached}, {written}) {output} ({reasoning}){estimated}\n"
    );
    expect.assert_eq(&found);
}

fn start() -> Value {
    json!({ "type": "message_start", "message": { "id": "msg", "content": [], "stop_reason": null, "usage": {
        "input_tokens": 10, "cache_creation_input_tokens": 20, "cache_read_input_tokens": 30, "output_tokens": 1,
    } } })
}

fn block(index: u64, block: Value) -> Value {
    json!({ "type": "content_block_start", "index": index, "content_block": block })
}

fn delta(index: u64, delta: Value) -> Value {
    json!({ "type": "content_block_delta", "index": index, "delta": delta })
}

fn text(index: u64, text: &str) -> Value {
    delta(index, json!({ "type": "text_delta", "text": text }))
}

fn arguments(index: u64, piece: &str) -> Value {
    delta(index, json!({ "type": "input_json_delta", "partial_json": piece }))
}

fn stop(reason: &str, output: u64) -> Value {
    json!({ "type": "message_delta", "delta": { "stop_reason": reason }, "usage": { "output_tokens": output } })
}

fn end() -> Value {
    json!({ "type": "message_stop" })
}

#[test]
fn text_and_usage() {
    let events = [
        start(),
        json!({ "type": "ping" }),
        block(0, json!({ "type": "text", "text": "" })),
        text(0, "日本"),
        json!({ "type": "something_new", "index": 0 }),
        text(0, "語"),
        json!({ "type": "content_block_stop", "index": 0 }),
        stop("end_turn", 12),
        end(),
    ];
    check(
        &events,
        expect![[r#"
            "日本語" Stop complete: true
            []
            60 (30, 20) 12 (0)
        "#]],
    );
    check(
        &events[..8],
        expect![[r#"
            "日本語" Stop complete: false
            []
            60 (30, 20) 12 (0)
        "#]],
    );
    check(
        &events[..6],
        expect![[r#"
            "日本語" Stop complete: false
            []
            60 (30, 20) 3 (0) estimated
        "#]],
    );
    check(
        &events[2..6],
        expect![[r#"
            "日本語" Stop complete: false
            []
            0 (0, 0) 3 (0) estimated
        "#]],
    );
}

#[test]
fn calls_after_thought() {
    let mut last = stop("tool_use", 90);
    last["usage"]["output_tokens_details"] = json!({ "thinking_tokens": 40 });
    let events = [
        start(),
        block(0, json!({ "type": "thinking", "thinking": "", "signature": "" })),
        delta(0, json!({ "type": "thinking_delta", "thinking": "let me " })),
        delta(0, json!({ "type": "thinking_delta", "thinking": "see" })),
        delta(0, json!({ "type": "signature_delta", "signature": "abc" })),
        block(1, json!({ "type": "redacted_thinking", "data": "x" })),
        block(2, json!({ "type": "text", "text": "I look." })),
        block(3, json!({ "type": "tool_use", "id": "a", "name": "run", "input": {} })),
        arguments(3, ""),
        arguments(3, "{\"x\""),
        block(4, json!({ "type": "tool_use", "id": "b", "name": "look", "input": {} })),
        arguments(3, ":1}"),
        last,
        end(),
    ];
    check(
        &events,
        expect![[r#"
            "I look." ToolCalls complete: true
            ["a run {\"x\":1}", "b look {}"]
            60 (30, 20) 90 (40)
        "#]],
    );
    let mut collector = Collector::default();
    for event in &events {
        collector.take(event);
    }
    assert_eq!(
        json!(collector.content()),
        json!([
            { "type": "thinking", "thinking": "let me see", "signature": "abc" },
            { "type": "redacted_thinking", "data": "x" },
            { "type": "text", "text": "I look." },
            { "type": "tool_use", "id": "a", "name": "run", "input": { "x": 1 } },
            { "type": "tool_use", "id": "b", "name": "look", "input": {} },
        ])
    );
}

#[test]
fn stop_reasons() {
    let check = |reason: &str, expect: Finish| {
        let mut collector = Collector::default();
        for event in [start(), block(0, json!({ "type": "text", "text": "x" })), stop(reason, 3), end()] {
            collector.take(&event);
        }
        assert_eq!(collector.into_reply(&request()).finish, expect, "{reason}");
    };
    check("end_turn", Finish::Stop);
    check("stop_sequence", Finish::Stop);
    check("tool_use", Finish::Stop);
    check("max_tokens", Finish::Length);
    check("model_context_window_exceeded", Finish::Length);
    check("pause_turn", Finish::Length);
    check("refusal", Finish::Filtered);
    check("something_new", Finish::Stop);
}

#[test]
fn a_call_cut_by_its_bound() {
    check(
        &[
            start(),
            block(0, json!({ "type": "tool_use", "id": "a", "name": "run", "input": {} })),
            arguments(0, "{\"code\": \"ans"),
            stop("max_tokens", 100),
            end(),
        ],
        expect![[r#"
            "" Length complete: true
            ["a run {\"code\": \"ans"]
            60 (30, 20) 100 (0)
        "#]],
    );
}

#[test]
fn refusals_say_why() {
    let mut refused = stop("refusal", 4);
    refused["delta"]["stop_details"] = json!({ "type": "refusal", "explanation": "not this" });
    check(
        &[start(), refused, end()],
        expect![[r#"
            "not this" Filtered complete: true
            []
            60 (30, 20) 4 (0)
        "#]],
    );
}

#[test]
fn a_whole_message() {
    let message = json!({ "type": "message", "role": "assistant", "stop_reason": "tool_use", "content": [
        { "type": "text", "text": "hi" },
        { "type": "tool_use", "id": "a", "name": "run", "input": { "x": 1 } },
    ], "usage": { "input_tokens": 5, "output_tokens": 7 } });
    check(
        &[message],
        expect![[r#"
            "hi" ToolCalls complete: true
            ["a run {\"x\":1}"]
            5 (0, 0) 7 (0)
        "#]],
    );
}

#[test]
fn another_end_mark_ends_only_what_said_why() {
    let mut collector = Collector::default();
    collector.take(&block(0, json!({ "type": "text", "text": "x" })));
    collector.end();
    assert!(!collector.is_complete());
    collector.take(&stop("end_turn", 1));
    assert!(!collector.is_complete());
    collector.end();
    assert!(collector.is_complete());
}

#[test]
fn usage_that_comes_late_or_not_at_all() {
    let late = json!({ "type": "message_delta", "delta": { "stop_reason": "end_turn" },
        "usage": { "input_tokens": 8, "cache_read_input_tokens": null, "output_tokens": 2 } });
    check(
        &[text(0, "x"), late, end()],
        expect![[r#"
            "x" Stop complete: true
            []
            8 (0, 0) 2 (0)
        "#]],
    );
    check(
        &[text(0, "x"), json!({ "type": "message_delta", "delta": { "stop_reason": "end_turn" } }), end()],
        expect![[r#"
            "x" Stop complete: true
            []
            0 (0, 0) 1 (0) estimated
        "#]],
    );
}

#[test]
fn reasons_to_stop() {
    let check = |reason: &str, has_calls: bool, expect: Finish| {
        assert_eq!(finish_of(reason, has_calls), expect, "{reason}");
    };
    check("end_turn", false, Finish::Stop);
    check("stop_sequence", false, Finish::Stop);
    check("tool_use", true, Finish::ToolCalls);
    check("end_turn", true, Finish::ToolCalls);
    check("max_tokens", true, Finish::Length);
    check("max_tokens", false, Finish::Length);
    check("model_context_window_exceeded", false, Finish::Length);
    check("pause_turn", false, Finish::Length);
    check("refusal", false, Finish::Filtered);
}

#[test]
fn thoughts_that_are_not_counted_are_estimated() {
    let events = [
        start(),
        block(0, json!({ "type": "thinking", "thinking": "" })),
        delta(0, json!({ "type": "thinking_delta", "thinking": "let me think" })),
        block(1, json!({ "type": "text", "text": "" })),
        text(1, "done"),
        stop("end_turn", 12),
        end(),
    ];
    check(
        &events,
        expect![[r#"
            "done" Stop complete: true
            []
            60 (30, 20) 12 (3)
        "#]],
    );
}
