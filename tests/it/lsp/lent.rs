//! The editor's own model: the client answers what the server asks it.

use serde_json::{Value, json};

use super::client::Client;
use super::scripted::{begin, event, events};
use crate::agent::World;

async fn lending(world: &World, tools: bool) -> Client {
    let options = json!({ "runs": true, "editorModel": { "tools": tools, "models": ["small", "large"] } });
    let client = Client::ready(world, json!({}), options).await;
    client.hold("spelunk/complete");
    client
}

/// The request for a reply that holds `text`, once it has come: its id and its parameters.
async fn asked(client: &mut Client, text: &str) -> (Value, Value) {
    let fits = |message: &&Value| {
        let last = message["params"]["messages"].as_array().and_then(|all| all.last()?["content"].as_str());
        message["method"] == "spelunk/complete" && last.is_some_and(|last| last.contains(text))
    };
    let found = client.until_heard("a request for a reply", |_, all| all.iter().find(fits).cloned()).await;
    (found["id"].clone(), found["params"].clone())
}

async fn part(client: &mut Client, params: &Value, text: &str) {
    client.notify("spelunk/completePart", json!({ "id": params["id"], "text": text })).await;
}

async fn reply(client: &mut Client, id: &Value, result: Value) {
    client.send(&json!({ "jsonrpc": "2.0", "id": id, "result": result })).await;
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_an_end() {
    for answer in
        [json!({ "error": "no" }), json!({}), json!({ "result": 7 }), json!({ "result": null, "error": null })]
    {
        let world = World::new();
        let mut client = lending(&world, true).await;
        let run = begin(&mut client, json!({ "question": "what is it?" })).await;
        let (id, _) = asked(&mut client, "what is it?").await;
        let mut message = json!({ "jsonrpc": "2.0", "id": id });
        message.as_object_mut().unwrap().extend(answer.as_object().unwrap().clone());
        client.send(&message).await;
        assert_eq!(event(&mut client, &run, "end").await["reason"], "failed", "{answer}");
        let refused = client.responses().iter().filter(|response| response["id"].is_null()).count();
        assert_eq!(refused, usize::from(answer["error"] == "no"), "{answer}");
        client.shut_down().await;
    }
}

#[tokio::test]
async fn the_editors_model_is_used_when_nothing_else_is_set() {
    let world = World::new();
    let mut client = lending(&world, true).await;
    let run = begin(&mut client, json!({ "question": "what is it?" })).await;
    let (id, params) = asked(&mut client, "what is it?").await;
    assert_eq!(params["messages"][0]["role"], "system");
    assert!(params.get("model").is_none() && params["maxTokens"].as_u64().unwrap() > 0);
    let tool = params["tools"][0]["name"].clone();
    part(&mut client, &params, "Let me ").await;
    assert_eq!(event(&mut client, &run, "text").await["text"], "Let me ");
    part(&mut client, &params, "look.").await;
    let call = json!({ "id": "t1", "name": tool, "arguments": "{\"code\":\"repo.search('fn parse')\"}" });
    let usage = json!({ "input": 11, "output": 4 });
    reply(&mut client, &id, json!({ "toolCalls": [call], "usage": usage })).await;
    // The output goes back as the tool's result.
    let (id, params) = asked(&mut client, "src/parse.rs").await;
    let messages = params["messages"].as_array().unwrap();
    let (said, result) = (&messages[messages.len() - 2], &messages[messages.len() - 1]);
    assert_eq!((&said["content"], &said["toolCalls"][0]["id"]), (&json!("Let me look."), &json!("t1")));
    assert_eq!((&result["role"], &result["toolCallId"]), (&json!("tool"), &json!("t1")));
    let arguments = json!({ "code": "answer('`parse` (src/parse.rs:4).')" }).to_string();
    let call = json!({ "id": "t2", "name": tool, "arguments": arguments });
    reply(&mut client, &id, json!({ "text": "", "toolCalls": [call], "finish": "tool-calls" })).await;
    let end = event(&mut client, &run, "end").await;
    assert_eq!((&end["reason"], &end["model"]), (&json!("answered"), &json!("editor")));
    assert_eq!(end["citations"][0]["status"], "valid");
    let events = events(&client, &run);
    let finished: Vec<&Value> = events.iter().filter(|event| event["kind"] == "callFinished").collect();
    assert_eq!((&finished[0]["usage"]["input"], &finished[0]["usage"]["estimated"]), (&json!(11), &json!(false)));
    assert_eq!(finished[1]["usage"]["estimated"], true);
    client.shut_down().await;
}

#[tokio::test]
async fn a_model_that_is_set_wins_and_editors_models_have_names() {
    let world = World::new();
    let options = json!({ "runs": true, "editorModel": {}, "machine": { "model": "builtin" } });
    let mut client = Client::ready(&world, json!({}), options).await;
    let run = begin(&mut client, json!({ "question": "where is parse defined?" })).await;
    assert_eq!(event(&mut client, &run, "end").await["model"], "builtin");
    assert!(client.received("spelunk/complete").is_empty());
    client.shut_down().await;

    let options = json!({ "runs": true, "editorModel": {}, "machine": { "model": "editor/large" } });
    let mut client = Client::ready(&world, json!({}), options).await;
    client.hold("spelunk/complete");
    let run = begin(&mut client, json!({ "question": "what is it?" })).await;
    let (id, params) = asked(&mut client, "what is it?").await;
    assert_eq!(params["model"], "large");
    assert!(params.get("tools").is_none(), "cells come in fences where there are no tools");
    reply(&mut client, &id, json!({ "text": "```js\nanswer('that')\n```" })).await;
    assert_eq!(event(&mut client, &run, "end").await["answer"], "that");
    client.shut_down().await;
}

#[tokio::test]
async fn failures_of_the_editor_are_the_runs() {
    let world = World::new();
    let mut client = lending(&world, false).await;
    let failures = [
        (json!({ "kind": "noPermission" }), "does not let spelunk use its model: why"),
        (json!({ "kind": "notFound", "models": ["a", "b"] }), "it has editor/a, editor/b"),
        (json!({ "kind": "blocked" }), "is blocked: why"),
        (json!({ "kind": "other" }), "the editor's model failed: why"),
        (json!("odd"), "the editor's model failed: why"),
    ];
    for (number, (data, says)) in failures.into_iter().enumerate() {
        let question = format!("question {number}?");
        let run = begin(&mut client, json!({ "question": question })).await;
        let (id, _) = asked(&mut client, &question).await;
        let error = json!({ "code": -32000, "message": "why", "data": data });
        client.send(&json!({ "jsonrpc": "2.0", "id": id, "error": error })).await;
        let end = event(&mut client, &run, "end").await;
        assert_eq!(end["reason"], "failed");
        assert!(end["message"].as_str().unwrap().contains(says), "{end}");
    }
    let run = begin(&mut client, json!({ "question": "odd?" })).await;
    let (id, _) = asked(&mut client, "odd?").await;
    reply(&mut client, &id, json!({ "text": 7 })).await;
    let end = event(&mut client, &run, "end").await;
    assert!(end["message"].as_str().unwrap().contains("cannot be read"), "{end}");
    client.shut_down().await;
}

#[tokio::test]
async fn a_cancelled_run_cancels_its_request_at_the_editor() {
    let world = World::new();
    let mut client = lending(&world, false).await;
    let run = begin(&mut client, json!({ "question": "what is it?" })).await;
    let (id, params) = asked(&mut client, "what is it?").await;
    client.request("spelunk/cancel", json!({ "runId": run })).await.unwrap();
    client.wait_for("$/cancelRequest", |params| params["id"] == id).await;
    assert_eq!(event(&mut client, &run, "end").await["reason"], "cancelled");
    // What comes too late is nobody's.
    part(&mut client, &params, "too late").await;
    client.send(&json!({ "jsonrpc": "2.0", "id": id, "error": { "code": -32800, "message": "cancelled" } })).await;
    assert!(client.is_alive().await);
    assert!(events(&client, &run).iter().all(|event| event["kind"] != "text"));
    client.shut_down().await;
}

#[tokio::test]
async fn two_replies_at_once_keep_their_parts_apart() {
    let world = World::new();
    let mut client = lending(&world, false).await;
    let mut runs = Vec::new();
    for name in ["one", "two"] {
        let question = format!("which is {name}?");
        let run = begin(&mut client, json!({ "question": question })).await;
        let (id, params) = asked(&mut client, &question).await;
        runs.push((name, run, id, params));
    }
    let pieces = |name: &str| ["```js\n".to_owned(), format!("answer('{name}"), "')\n```".to_owned()];
    for step in 0..3 {
        for (name, _, _, params) in &runs {
            part(&mut client, params, &pieces(name)[step]).await;
        }
    }
    for (_, _, id, _) in runs.iter().rev() {
        reply(&mut client, id, json!({})).await;
    }
    for (name, run, _, _) in &runs {
        assert_eq!(event(&mut client, run, "end").await["answer"], *name);
        let events = events(&client, run);
        let text: String = events.iter().filter_map(|event| event["text"].as_str()).collect();
        assert_eq!(text, pieces(name).concat());
    }
    client.shut_down().await;
}
