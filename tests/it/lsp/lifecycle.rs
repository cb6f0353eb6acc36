//! The session from `initialize` to `exit`, and all the ways in which a client can be gone.

use std::process::Stdio;

use serde_json::{Value, json};

use super::client::Client;
use crate::agent::World;
#[cfg(target_os = "linux")]
use crate::server::{Answer, Server};

#[tokio::test]
async fn a_session_by_the_book() {
    let world = World::new();
    let mut client = Client::start(&world);
    let early = client.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": client.root } })).await;
    assert_eq!(early.unwrap_err()["code"], -32002, "not initialized");
    let result = client.initialize(json!({}), Value::Null).await.unwrap();
    assert_eq!(result["serverInfo"], json!({ "name": "spelunk", "version": env!("CARGO_PKG_VERSION") }));
    assert_eq!(result["capabilities"]["positionEncoding"], "utf-16");
    let again = client.request("initialize", json!({ "capabilities": {} })).await;
    assert_eq!(again.unwrap_err()["code"], -32600);
    assert!(client.is_alive().await);
    client.shut_down().await;
}

#[tokio::test]
async fn the_encoding_is_the_cheapest_that_both_have() {
    let check = async |offered: Value, expect: &str| {
        let world = World::new();
        let mut client = Client::start(&world);
        let capabilities = json!({ "general": { "positionEncodings": offered } });
        let result = client.initialize(capabilities, Value::Null).await.unwrap();
        assert_eq!(result["capabilities"]["positionEncoding"], expect);
        // The name comes after a character of four bytes, two units or one.
        client.open("src/wide.rs", "rust", 1, "/*\u{1f600}*/ fn wide() {}\n").await;
        let uri = client.uri("src/wide.rs");
        let capable =
            client.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } })).await.unwrap();
        let symbol = &capable[0];
        let range = symbol.get("range").unwrap_or(&symbol["location"]["range"]);
        let end = match expect {
            "utf-8" => 21,
            "utf-16" => 19,
            _ => 18,
        };
        assert_eq!(range["end"], json!({ "line": 0, "character": end }), "{expect}");
        client.shut_down().await;
    };
    check(json!(["utf-16", "utf-8"]), "utf-8").await;
    check(json!(["utf-32", "utf-16"]), "utf-16").await;
    check(json!(["utf-32"]), "utf-32").await;
    check(json!(["utf-7"]), "utf-16").await;
    check(json!([]), "utf-16").await;
}

#[tokio::test]
async fn kinds_of_actions_are_for_clients_that_know_of_them() {
    let literals = json!({ "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [] } } });
    let mut lazy = literals.clone();
    lazy["dataSupport"] = json!(true);
    lazy["resolveSupport"] = json!({ "properties": ["edit"] });
    let kinds = json!(["spelunk", "refactor.move", "refactor.rewrite", "refactor.extract"]);
    for (action, expect) in [
        (json!({}), json!(true)),
        (literals, json!({ "codeActionKinds": kinds })),
        (lazy, json!({ "codeActionKinds": kinds, "resolveProvider": true })),
    ] {
        let world = World::new();
        let mut client = Client::start(&world);
        let capabilities = json!({ "textDocument": { "codeAction": action } });
        let result = client.initialize(capabilities, Value::Null).await.unwrap();
        assert_eq!(result["capabilities"]["codeActionProvider"], expect);
        client.shut_down().await;
    }
}

#[tokio::test]
async fn after_shutdown_only_exit_counts() {
    let world = World::new();
    let mut client = Client::ready(&world, json!({}), Value::Null).await;
    assert_eq!(client.request("shutdown", json!({})).await, Ok(Value::Null), "some clients send an object");
    for (method, params) in [
        ("textDocument/documentSymbol", json!({ "textDocument": { "uri": client.uri("src/main.rs") } })),
        ("workspace/executeCommand", json!({ "command": "spelunk.ask" })),
        ("initialize", json!({ "capabilities": {} })),
        ("shutdown", Value::Null),
    ] {
        assert_eq!(client.request(method, params).await.unwrap_err()["code"], -32600, "{method}");
    }
    client.open("src/late.rs", "rust", 1, "").await;
    client.notify("exit", json!({})).await;
    assert_eq!(client.exit().await.code(), Some(0));
}

/// Processes that a process has started, and those that these have.
#[cfg(target_os = "linux")]
fn descendants(of: u32) -> Vec<u32> {
    let mut all = vec![of];
    let mut at = 0;
    while at < all.len() {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", all[at])).into_iter().flatten();
        for task in tasks {
            let children = std::fs::read_to_string(task.unwrap().path().join("children")).unwrap_or_default();
            all.extend(children.split_whitespace().map(|pid| pid.parse::<u32>().unwrap()));
        }
        at += 1;
    }
    all.split_off(1)
}

#[cfg(target_os = "linux")]
async fn ends_with(mut client: Client, code: i32, how: &str) {
    // Nothing can be told of processes that were started after this.
    let started = client.child.id().map(descendants).unwrap_or_default();
    assert_eq!(client.exit().await.code(), Some(code), "{how}\n{}", client.log());
    gone(&started, how).await;
}

/// Waits until none of the processes is there; one that only waits for its parent to notice is gone.
#[cfg(target_os = "linux")]
async fn gone(processes: &[u32], how: &str) {
    let lives = |pid: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with('Z'))
    };
    let hang = tokio::time::Instant::now() + super::client::HANG;
    while processes.iter().any(lives) {
        assert!(tokio::time::Instant::now() < hang, "{how}: some of {processes:?} are left");
        tokio::task::yield_now().await;
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_server_ends_with_its_client() {
    let ready = async || Client::ready(&World::new(), json!({}), Value::Null).await;

    let mut client = ready().await;
    client.close_input();
    ends_with(client, 1, "the pipe is closed").await;

    let mut client = ready().await;
    client.notify("exit", Value::Null).await;
    ends_with(client, 1, "exit without shutdown").await;

    let mut client = Client::start(&World::new());
    client.notify("exit", Value::Null).await;
    ends_with(client, 1, "exit before anything else").await;

    let mut client = ready().await;
    client.request("shutdown", Value::Null).await.unwrap();
    client.notify("exit", Value::Null).await;
    ends_with(client, 0, "exit after shutdown").await;

    let mut client = ready().await;
    client.request("shutdown", Value::Null).await.unwrap();
    client.close_input();
    ends_with(client, 0, "the pipe is closed after shutdown").await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_server_ends_when_the_clients_process_is_gone() {
    let world = World::new();
    let mut editor = tokio::process::Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut client = Client::start(&world);
    let params = json!({ "processId": editor.id(), "capabilities": {}, "rootUri": client.root });
    client.request("initialize", params).await.unwrap();
    assert!(client.is_alive().await);
    editor.kill().await.unwrap();
    ends_with(client, 1, "its process is gone, and the pipe is open").await;
}

/// A server with a run under way: it has had a turn, so it has a worker, and waits for its model.
#[cfg(target_os = "linux")]
async fn running(world: &World, model: &Server) -> Client {
    let cell = "```js\nconst n = repo.search(/fn/).total; n\n```";
    model.rule(|request| {
        let turns = request.json()["messages"].as_array().map_or(0, |messages| messages.len() / 2);
        let answer = Answer::says(cell);
        Some(if turns == 1 { answer } else { answer.after(super::client::HANG * 10) })
    });
    let mut command = world.command(&["lsp"]);
    command
        .env("SPELUNK_MODEL", "openai/test")
        .env("OPENAI_API_KEY", "sk-test")
        .env("OPENAI_BASE_URL", model.base_url());
    let mut client = Client::spawn(command, world);
    client.initialize(json!({}), Value::Null).await.unwrap();
    let arguments = json!({ "command": "spelunk.ask", "arguments": [{ "question": "how does parse work?" }] });
    client.begin("workspace/executeCommand", arguments).await;
    model.received(2).await;
    let pid = client.child.id().unwrap();
    assert!(!descendants(pid).is_empty(), "there is a worker");
    client
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn no_worker_outlives_the_server() {
    let (world, model) = (World::new(), Server::start().await);
    let mut client = running(&world, &model).await;
    client.close_input();
    ends_with(client, 1, "the pipe is closed during a run").await;

    let (world, model) = (World::new(), Server::start().await);
    let mut client = running(&world, &model).await;
    client.request("shutdown", Value::Null).await.unwrap();
    client.notify("exit", Value::Null).await;
    ends_with(client, 0, "exit during a run").await;

    let (world, model) = (World::new(), Server::start().await);
    let mut client = running(&world, &model).await;
    let workers = descendants(client.child.id().unwrap());
    client.child.kill().await.unwrap();
    gone(&workers, "the server is killed").await;
}

#[tokio::test]
async fn a_process_that_was_never_there_is_not_missed() {
    for process in [json!(2_147_483_646), json!(u32::MAX), json!(0), Value::Null] {
        let world = World::new();
        let mut client = Client::start(&world);
        let params = json!({ "processId": process, "capabilities": {}, "rootUri": client.root });
        client.request("initialize", params).await.unwrap();
        assert!(client.is_alive().await);
        client.shut_down().await;
    }
}

#[tokio::test]
async fn initialization_that_fails_may_be_tried_again() {
    let world = World::new();
    let mut client = Client::start(&world);
    for value in [json!("no"), json!(0), Value::Null, json!({})] {
        let error = client.initialize(json!({}), json!({ "trusted": value })).await.unwrap_err();
        assert_eq!(error["code"], -32602);
        assert!(error["message"].as_str().unwrap().contains("initializationOptions.trusted"), "{error}");
    }
    let uri = client.uri("src/main.rs");
    let early = client.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } })).await;
    assert_eq!(early.unwrap_err()["code"], -32002);
    client.initialize(json!({}), json!({ "trusted": false })).await.unwrap();
    assert!(client.is_alive().await);
    client.shut_down().await;
}
