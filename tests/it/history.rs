//! Long runs: prompts stay within the model's window, and what older turns found is not lost.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::agent::{KEY, World, finish, is_root, is_salvage};
use crate::server::{Answer, Received, Server, chunk};

const WINDOW: u64 = 8_192;

fn is_digest(request: &Received) -> bool {
    request.json()["messages"][0]["content"].as_str().is_some_and(|text| text.contains("You keep the notes"))
}

/// Tokens of a request and its reply at most, by the rule of thumb.
fn tokens(request: &Received) -> u64 {
    let body = request.json();
    let messages = body["messages"].as_array().unwrap().iter().map(|message| {
        let calls = message["tool_calls"].as_array().map_or(0, |calls| Value::from(calls.clone()).to_string().len());
        message["content"].as_str().map_or(0, str::len) + calls
    });
    let output = body["max_completion_tokens"].as_u64().or(body["max_tokens"].as_u64()).unwrap();
    messages.sum::<usize>() as u64 / 4 + output
}

/// A cell of each turn: the first makes a variable, the last answers with it, those between print much.
fn cell(turn: usize, turns: usize) -> String {
    match turn {
        1 => "let found = ['src/parse.rs:4']; note('parse is at src/parse.rs:4'); found".to_owned(),
        _ if turn == turns => "answer(`${found.join()} (src/parse.rs:4) ${typeof big}`)".to_owned(),
        _ => format!("var big = 'x{turn} '.repeat(900); repo.search('fn parse'); console.log({turn}, big)"),
    }
}

fn tool_call(id: &str, code: &str) -> Answer {
    let call = json!({ "index": 0, "id": id, "type": "function",
        "function": { "name": "run_javascript", "arguments": json!({ "code": code }).to_string() } });
    Answer::events([
        chunk(json!({ "role": "assistant", "tool_calls": [call] }), None).to_string(),
        chunk(json!({}), Some("tool_calls")).to_string(),
        "[DONE]".to_string(),
    ])
}

/// Answers as root for so many turns, by tool calls or in fences.
fn play(server: &Server, turns: usize, by_tool: bool) {
    let mut turn = 0;
    server.rule(move |request| {
        if !is_root(&request.json()) {
            return None;
        }
        turn += 1;
        let code = cell(turn, turns);
        Some(if by_tool {
            tool_call(&format!("call-{turn}"), &code)
        } else {
            Answer::says(&format!("```js\n{code}\n```"))
        })
    });
}

async fn run(world: &World, server: &Server, context: Option<u64>) -> Value {
    let repo = world.repo();
    let args = ["ask", "where is it?", repo.to_str().unwrap(), "--json", "--model", "openai/test"];
    let mut command = world.command(&args);
    command.env("OPENAI_BASE_URL", server.base_url()).env("OPENAI_API_KEY", KEY);
    if let Some(context) = context {
        command.env("SPELUNK_MAX_CONTEXT", context.to_string());
    }
    let finished = finish(command.spawn().unwrap()).await;
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    finished.json()
}

/// Every tool result stands behind the message that made its call, and every call has its result.
fn assert_well_formed(request: &Received) {
    let body = request.json();
    let mut open = HashSet::new();
    for message in body["messages"].as_array().unwrap() {
        if message["role"] == "tool" {
            assert!(open.remove(message["tool_call_id"].as_str().unwrap()), "{body}");
            continue;
        }
        assert!(open.is_empty(), "a call without a result: {body}");
        let calls = message["tool_calls"].as_array().into_iter().flatten();
        open.extend(calls.map(|call| call["id"].as_str().unwrap().to_owned()));
    }
    assert!(open.is_empty(), "{body}");
}

fn content(request: &Received, at: usize) -> String {
    request.json()["messages"][at]["content"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_small_window_holds_a_long_run() {
    for by_tool in [false, true] {
        let (world, server) = (World::new(), Server::start().await);
        server.rule(|request| {
            is_digest(request)
                .then(|| Answer::says("- tried searches; parse is at src/parse.rs:4; src/main.rs ruled out"))
        });
        play(&server, 20, by_tool);
        let report = run(&world, &server, Some(WINDOW)).await;
        assert_eq!(report["answer"], "src/parse.rs:4 (src/parse.rs:4) string");
        assert_eq!((&report["spent"]["turns"], &report["citations"][0]["status"]), (&json!(20), &json!("valid")));

        let requests = server.requests();
        for request in &requests {
            assert!(tokens(request) <= WINDOW, "{} tokens: {}", tokens(request), request.body);
            assert_well_formed(request);
        }
        let roots: Vec<_> = requests.iter().filter(|request| is_root(&request.json())).collect();
        let (first, last) = (roots[0], roots[roots.len() - 1]);
        assert_eq!(content(first, 0), content(last, 0), "the system prompt stays");
        assert!(content(last, 1).starts_with(&content(first, 1)), "the question's bytes stay");
        for part in ["src/main.rs ruled out", "found: Array(1)", "parse is at src/parse.rs:4"] {
            assert!(content(last, 1).contains(part), "{part} is not in\n{}", content(last, 1));
        }
        // Digests are of several turns each, and are told of the ones before.
        let digests: Vec<_> = requests.iter().filter(|request| is_digest(request)).collect();
        assert!((1..=10).contains(&digests.len()), "{}", digests.len());
        assert!(content(digests[0], 1).contains("where is it?") && content(digests[0], 1).contains("let found ="));
        assert!(digests[1..].iter().all(|digest| content(digest, 1).contains("Before them:")));
        let shown = world.run(&["trace", report["run"].as_str().unwrap()]).await;
        assert!(shown.stdout.contains("compacted: "), "{}", shown.stdout);
    }
}

#[tokio::test]
async fn without_a_digest_the_outline_stays() {
    let (world, server) = (World::new(), Server::start().await);
    server.rule(|request| is_digest(request).then(|| Answer::status(400).body(r#"{"error":{"message":"no"}}"#)));
    play(&server, 20, false);
    let report = run(&world, &server, Some(WINDOW)).await;
    assert_eq!(report["answer"], "src/parse.rs:4 (src/parse.rs:4) string");
    let requests = server.requests();
    assert!(requests.iter().all(|request| tokens(request) <= WINDOW));
    let last = content(requests.last().unwrap(), 1);
    assert!(last.contains("cell by cell") && last.contains("characters of output"), "{last}");
}

#[tokio::test]
async fn a_refusal_teaches_the_window() {
    let (world, server) = (World::new(), Server::start().await);
    server.rule(|request| is_salvage(&request.json()).then(|| Answer::says("salvaged")));
    server.rule(|request| {
        let refusal = r#"{"error":{"message":"This model's maximum context length is exceeded","code":"context_length_exceeded"}}"#;
        (request.body.len() as u64 / 4 > WINDOW).then(|| Answer::status(400).body(refusal))
    });
    server.rule(|request| is_digest(request).then(|| Answer::says("- nothing yet")));
    play(&server, 20, false);
    let report = run(&world, &server, None).await;
    assert_eq!(report["answer"], "src/parse.rs:4 (src/parse.rs:4) string");
    assert_eq!((&report["complete"], &report["spent"]["turns"]), (&json!(true), &json!(20)));
    let refused = server.requests().iter().filter(|request| request.body.len() as u64 / 4 > WINDOW).count();
    assert!((1..=3).contains(&refused), "{refused} requests were too long");
}
