//! Tests of request bodies.

use expect_test::expect;

use super::*;
use crate::model::{Finish, Reply, Usage};

fn plain(role: Role, content: &str) -> Message {
    Message { role, content: content.to_string(), tool_calls: Vec::new(), tool_call_id: None }
}

fn calls(content: &str, ids: &[&str]) -> Message {
    let call = |id: &&str| ToolCall { id: id.to_string(), name: "run".to_string(), arguments: "{\"a\":1}".to_string() };
    Message { tool_calls: ids.iter().map(call).collect(), ..plain(Role::Assistant, content) }
}

fn result_of(id: &str, content: &str) -> Message {
    Message { tool_call_id: Some(id.to_string()), ..plain(Role::Tool, content) }
}

fn request(messages: Vec<Message>) -> Request {
    Request {
        model: "claude-sonnet-4-5".to_string(),
        messages,
        tools: Vec::new(),
        max_tokens: 100,
        temperature: None,
        schema: None,
    }
}

fn with_tools(messages: Vec<Message>) -> Request {
    let tool = |name: &str| Tool { name: name.to_string(), description: "runs".to_string(), parameters: json!({}) };
    Request { tools: vec![tool("look"), tool("run")], ..request(messages) }
}

fn body(request: &Request) -> Value {
    serde_json::from_str(&build(request, &Quirks::default(), &Thoughts::default())).unwrap()
}

/// The conversation in short: `role: block block, ...`, with `*` behind what ends a cached part.
fn outline(body: &Value) -> String {
    let mark = |block: &Value| if block.get("cache_control").is_some() { "*" } else { "" };
    let block = |block: &Value| {
        let what = block["text"].as_str().or(block["id"].as_str()).or(block["tool_use_id"].as_str());
        let what = what.or(block["name"].as_str()).unwrap_or("thought");
        format!("{what}{}", mark(block))
    };
    let blocks = |list: &Value| list.as_array().into_iter().flatten().map(block).collect::<Vec<_>>().join(" ");
    let messages = body["messages"].as_array().unwrap().iter();
    let messages: Vec<_> =
        messages.map(|one| format!("{}: {}", one["role"].as_str().unwrap(), blocks(&one["content"]))).collect();
    format!("[{}] [{}] {}", blocks(&body["tools"]), blocks(&body["system"]), messages.join(", "))
}

#[test]
fn a_whole_request() {
    let mut request = with_tools(vec![
        plain(Role::System, "be brief"),
        plain(Role::User, "hi"),
        calls("", &["c1"]),
        result_of("c1", "42"),
    ]);
    request.temperature = Some(0.2);
    request.tools.remove(0);
    expect![[r#"
        {
          "model": "claude-sonnet-4-5",
          "max_tokens": 100,
          "tools": [
            {
              "name": "run",
              "description": "runs",
              "input_schema": {},
              "cache_control": {
                "type": "ephemeral"
              }
            }
          ],
          "tool_choice": {
            "type": "auto",
            "disable_parallel_tool_use": true
          },
          "system": [
            {
              "type": "text",
              "text": "be brief",
              "cache_control": {
                "type": "ephemeral"
              }
            }
          ],
          "messages": [
            {
              "role": "user",
              "content": [
                {
                  "type": "text",
                  "text": "hi",
                  "cache_control": {
                    "type": "ephemeral"
                  }
                }
              ]
            },
            {
              "role": "assistant",
              "content": [
                {
                  "type": "tool_use",
                  "id": "c1",
                  "name": "run",
                  "input": {
                    "a": 1
                  }
                }
              ]
            },
            {
              "role": "user",
              "content": [
                {
                  "type": "tool_result",
                  "tool_use_id": "c1",
                  "content": "42",
                  "cache_control": {
                    "type": "ephemeral"
                  }
                }
              ]
            }
          ],
          "temperature": 0.2,
          "stream": true
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&body(&request)).unwrap());
}

#[test]
fn turns_and_marks() {
    use Role::{Assistant, System, User};
    let check = |request: &Request, expect: &str| assert_eq!(outline(&body(request)), expect);
    let leaf = vec![plain(System, "s"), plain(User, "q")];
    check(&request(leaf.clone()), "[] [s*] user: q");
    check(&with_tools(leaf), "[look run*] [s*] user: q*");
    check(&request(vec![plain(User, "q"), plain(User, "r")]), "[] [] user: q r");
    let again = vec![plain(User, "q"), plain(Assistant, "a"), plain(User, "r")];
    check(&request(again), "[] [] user: q*, assistant: a, user: r*");
    let long = vec![
        plain(System, "s"),
        plain(System, "t"),
        plain(User, "q"),
        calls("x", &["c1", "c2"]),
        result_of("c1", ""),
        result_of("c2", "2"),
        plain(User, "more"),
        calls("", &["c3"]),
        result_of("c3", "3"),
    ];
    check(
        &with_tools(long),
        "[look run*] [s t*] user: q, assistant: x c1 c2, user: c1 c2 more*, assistant: c3, user: c3*",
    );
    let blank = vec![plain(User, "q"), plain(Assistant, " \n"), plain(User, ""), plain(User, "r"), plain(System, " ")];
    check(&request(blank), "[] [] user: q r");
    check(&request(vec![calls("", &["a.b:1"]), result_of("a.b:1", "x")]), "[] [] assistant: a_b_1, user: a_b_1*");
}

#[test]
fn the_prefix_is_stable() {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(object) => {
                object.remove("cache_control");
                object.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut messages = vec![plain(Role::System, "s"), plain(Role::User, "q")];
    let mut before: Option<Vec<Value>> = None;
    for turn in 0..5 {
        let mut now = body(&with_tools(messages.clone()));
        assert!(now.to_string().matches("cache_control").count() <= 4);
        strip(&mut now);
        let parts: Vec<Value> = [&now["tools"], &now["system"]].into_iter().cloned().collect();
        let parts: Vec<Value> = parts.into_iter().chain(now["messages"].as_array().unwrap().clone()).collect();
        assert!(before.is_none_or(|before| parts.starts_with(&before)), "turn {turn}");
        before = Some(parts);
        let id = format!("c{turn}");
        messages.extend([calls("next", &[&id]), result_of(&id, "seen")]);
    }
}

/// What is cached is found from a mark back; a mark that an earlier request had is found at once.
#[test]
fn a_loop_that_grows_ends_its_cached_parts_where_the_next_request_looks() {
    let mut messages = vec![plain(Role::System, "s"), plain(Role::User, "q")];
    let mut before: Option<String> = None;
    for turn in 0..6 {
        let id = format!("c{turn}");
        let body = body(&with_tools(messages.clone()));
        let shown = outline(&body);
        let marked: Vec<String> = shown.match_indices('*').map(|(at, _)| shown[..at].replace('*', "")).collect();
        if let Some(before) = &before {
            assert!(marked.contains(before), "turn {turn}: {before:?} is in none of {marked:?}");
        }
        before = marked.last().cloned();
        messages.extend([calls("", &[&id]), result_of(&id, &format!("output {turn}"))]);
    }
}

#[test]
fn bounds_by_model() {
    let check = |model: &str, asked: u32, expect: (u32, bool)| {
        let request =
            Request { model: model.to_string(), max_tokens: asked, temperature: Some(1.5), ..request(vec![]) };
        let body = body(&request);
        assert_eq!(
            (body["max_tokens"].as_u64(), body["temperature"] == 1.0),
            (Some(expect.0.into()), expect.1),
            "{model}"
        );
    };
    check("claude-3-haiku-20240307", 8_192, (4_096, true));
    check("claude-haiku-4-5", 100_000, (64_000, true));
    check("claude-opus-5-5", 200_000, (128_000, false));
    check("other", 200_000, (200_000, true));
    check("other", 0, (1, true));
}

#[test]
fn schemas() {
    let of = |model: &str, schema: Value| {
        let body = body(&Request { model: model.to_string(), schema: Some(schema), ..request(vec![]) });
        json!([body["output_config"], body["tools"][0]["input_schema"], body["tool_choice"]])
    };
    let text = json!({ "type": "string" });
    let format = json!({ "effort": "low", "format": { "type": "json_schema", "schema": text } });
    assert_eq!(of("claude-opus-5-5", text.clone()), json!([format, null, null]));
    let choice = json!({ "type": "tool", "name": "reply" });
    assert_eq!(of("claude-opus-4-1", json!({ "type": "object" })), json!([null, { "type": "object" }, choice]));
}

#[test]
fn little_thought_where_the_bound_is_small() {
    let check = |model: &str, max_tokens: u32, expect: Value| {
        let request = Request { model: model.to_string(), max_tokens, ..request(vec![]) };
        assert_eq!(body(&request)["output_config"]["effort"], expect, "{model} {max_tokens}");
    };
    check("claude-opus-5-5", 4_096, json!("low"));
    check("claude-opus-5-5", 8_192, Value::Null);
    check("claude-sonnet-4-5", 4_096, Value::Null);
    check("other", 100, Value::Null);
}

#[test]
fn without_what_a_server_refuses() {
    let request =
        Request { temperature: Some(0.2), ..with_tools(vec![plain(Role::System, "s"), plain(Role::User, "q")]) };
    let check = |quirk, gone: &str| {
        let body = build(&request, &Quirks::with(quirk), &Thoughts::default());
        assert!(!body.contains(gone), "{body}");
        assert!(build(&request, &Quirks::default(), &Thoughts::default()).contains(gone));
    };
    check(Quirk::NoCache, "cache_control");
    check(Quirk::NoToolChoice, "tool_choice");
    check(Quirk::NoTools, "\"tools\"");
    check(Quirk::NoTemperature, "temperature");
}

#[test]
fn malformed_arguments() {
    let mut message = calls("", &["c"]);
    for arguments in ["", "{\"code\": \"", "[1]"] {
        message.tool_calls[0].arguments = arguments.to_string();
        let body = body(&request(vec![message.clone()]));
        assert_eq!(body["messages"][0]["content"][0]["input"], json!({ "malformed": arguments }));
    }
}

#[test]
fn thoughts_go_back_as_they_came() {
    let thoughts = Thoughts::default();
    let blocks = vec![
        json!({ "type": "thinking", "thinking": "", "signature": "abc" }),
        json!({ "type": "tool_use", "id": "c1", "name": "run", "input": { "a": 1 } }),
    ];
    let message = calls("", &["c1"]);
    let reply = Reply {
        text: String::new(),
        tool_calls: message.tool_calls.clone(),
        usage: Usage::default(),
        finish: Finish::ToolCalls,
        attempts: 1,
    };
    thoughts.keep(&reply, blocks.clone());
    let request = with_tools(vec![plain(Role::User, "q"), message, result_of("c1", "1")]);
    let content = |quirks: &Quirks| {
        let body: Value = serde_json::from_str(&build(&request, quirks, &thoughts)).unwrap();
        body["messages"][1]["content"].clone()
    };
    assert_eq!(content(&Quirks::default()), json!(blocks));
    assert_eq!(content(&Quirks::with(Quirk::NoThoughts)), json!(blocks[1..]));
}
