//! Answers as values, citations of text that changed meanwhile, and the question whether a run may cost what it may cost.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::client::Client;
use super::scripted::{answered, begin, cells, command, event, ours, script};
use crate::agent::{World, gated};
use crate::server::{Gate, Server};

#[tokio::test]
async fn an_answer_satisfies_the_schema_of_its_question() {
    let (world, server) = (World::new(), Server::start().await);
    cells(&server, "how many?", &["answer('two')", "answer(repo.files('*.rs').total)", "answer()"]);
    let mut client = ours(&world, &server).await;
    let params = json!({ "question": "how many?", "schema": { "type": "integer" } });
    let end = answered(&mut client, params).await;
    assert_eq!((&end["value"], &end["answer"], &end["reason"]), (&json!(2), &json!("2"), &json!("answered")), "{end}");
    let wrong = json!({ "question": "how many?", "schema": { "type": "integr" } });
    let refused = client.request("spelunk/ask", wrong).await.unwrap_err();
    assert!(
        refused["code"] == -32602 && refused["message"].as_str().unwrap().contains("not a JSON Schema"),
        "{refused}"
    );
    client.shut_down().await;
}

#[tokio::test]
async fn citations_follow_what_was_typed_meanwhile() {
    let (world, server, gate) = (World::new(), Server::start().await, Gate::new());
    let cell = "```js\nrepo.search('fn '); answer('`parse` (src/parse.rs:4-6), `main` (src/main.rs:3).')\n```";
    script(&server, "what?", vec![gated(cell, &gate), gated("```js\nanswer()\n```", &gate)]);
    let mut client = ours(&world, &server).await;
    let text = |path: &str| std::fs::read_to_string(world.repo().join(path)).unwrap();
    let (parse, main) = (text("src/parse.rs"), text("src/main.rs"));
    client.open("src/parse.rs", "rust", 1, &parse).await;
    client.open("src/main.rs", "rust", 1, &main).await;
    let run = begin(&mut client, json!({ "question": "what?" })).await;
    client.change("src/parse.rs", 2, json!([{ "text": format!("// new\n{parse}") }])).await;
    client.change("src/main.rs", 2, json!([{ "text": main.replace("fn main", "fn start") }])).await;
    assert!(client.is_alive().await);
    gate.open();
    let end = event(&mut client, &run, "end").await;
    let [moved, stale] = [&end["citations"][0], &end["citations"][1]];
    assert_eq!((&moved["status"], &moved["from"]), (&json!("moved"), &json!(4)), "{end}");
    assert_eq!(moved["location"]["range"]["start"]["line"], 4);
    assert_eq!(stale["status"], "stale");
    client.shut_down().await;
}

#[tokio::test]
async fn the_user_is_asked_before_a_run_that_may_cost_more() {
    let (world, server) = (World::new(), Server::start().await);
    cells(&server, "what?", &["answer('done')", "answer()", "answer('done')", "answer()"]);
    let begin_with = async |capabilities: Value| {
        let mut process = command(&world, &server);
        process.env("SPELUNK_CONFIRM_USD", "0.0001");
        let mut client = Client::spawn(process, &world);
        client.initialize(capabilities, json!({ "runs": true })).await.unwrap();
        client
    };
    // A client that cannot ask says so itself.
    let mut client = begin_with(json!({})).await;
    let refused = client.request("spelunk/ask", json!({ "question": "what?" })).await.unwrap_err();
    assert_eq!(refused["code"], -32803);
    assert!(refused["message"].as_str().unwrap().contains("confirmed: true"), "{refused}");
    let end = answered(&mut client, json!({ "question": "what?", "confirmed": true })).await;
    assert_eq!(end["answer"], "done");
    client.shut_down().await;

    let mut client = begin_with(json!({ "window": { "showMessage": {} } })).await;
    let says = Arc::new(Mutex::new(Value::Null));
    let answer = says.clone();
    client.answer_with(move |method, _| {
        (method == "window/showMessageRequest").then(|| Ok(answer.lock().unwrap().clone()))
    });
    for no in [Value::Null, json!({ "title": "Cancel" })] {
        *says.lock().unwrap() = no;
        let refused = client.request("spelunk/ask", json!({ "question": "what?" })).await.unwrap_err();
        assert_eq!(refused["code"], -32800, "{refused}");
    }
    *says.lock().unwrap() = json!({ "title": "Ask" });
    assert_eq!(answered(&mut client, json!({ "question": "what?" })).await["answer"], "done");
    let asked = client.received("window/showMessageRequest");
    assert!(asked.len() == 3 && asked[0]["message"].as_str().unwrap().contains("confirmUsd ($0.0001)"), "{asked:?}");
    client.shut_down().await;
}
