//! Faults inside, requests that last, and requests that are given up: each id is answered once, and the server lives.

use serde_json::{Value, json};

use super::client::Client;
use crate::agent::World;

/// Every method of the protocol that the server has, except those of the session itself.
const REQUESTS: &[&str] = &[
    "textDocument/definition",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/hover",
    "textDocument/foldingRange",
    "textDocument/selectionRange",
    "textDocument/codeAction",
    "textDocument/prepareCallHierarchy",
    "callHierarchy/incomingCalls",
    "callHierarchy/outgoingCalls",
    "workspace/symbol",
    "workspaceSymbol/resolve",
    "workspace/executeCommand",
    "textDocument/prepareRename",
    "textDocument/rename",
    "workspace/willRenameFiles",
    "codeAction/resolve",
    "spelunk/plan",
    "spelunk/planned",
    "spelunk/planEdit",
    "spelunk/applyPlan",
    "spelunk/planDiff",
    "spelunk/planFile",
    "spelunk/verifyPlan",
    "spelunk/none",
];

const NOTIFICATIONS: &[&str] = &[
    "initialized",
    "textDocument/didOpen",
    "textDocument/didChange",
    "textDocument/didSave",
    "textDocument/didClose",
    "workspace/didChangeConfiguration",
    "workspace/didChangeWatchedFiles",
    "workspace/didChangeWorkspaceFolders",
    "$/setTrace",
    "$/cancelRequest",
    "window/workDoneProgress/cancel",
];

fn failing(world: &World, variable: &str, value: &str) -> Client {
    let mut command = world.command(&["lsp"]);
    command.env(variable, value);
    Client::spawn(command, world)
}

fn symbols(client: &Client) -> (&'static str, Value) {
    ("textDocument/documentSymbol", json!({ "textDocument": { "uri": client.uri("src/parse.rs") } }))
}

#[tokio::test]
async fn a_panic_in_any_handler_is_an_answer() {
    let world = World::new();
    let all: Vec<&str> = REQUESTS.iter().chain(NOTIFICATIONS).copied().collect();
    let mut client = failing(&world, "SPELUNK_FAIL_IN", &all.join(","));
    client.initialize(json!({}), Value::Null).await.unwrap();
    for method in REQUESTS {
        // With one id, twice: it must not be taken for one that is still in flight.
        for _ in 0..2 {
            let before = client.answered();
            client.send(&json!({ "jsonrpc": "2.0", "id": "same", "method": method, "params": {} })).await;
            let answer = client.until_heard(method, |responses, _| responses.get(before).cloned()).await;
            assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!("same"), &json!(-32603)), "{method}");
        }
        assert!(client.is_alive().await, "after {method}");
    }
    for method in NOTIFICATIONS {
        client.notify(method, json!({})).await;
        assert!(client.is_alive().await, "after {method}");
    }
    client.shut_down().await;
}

#[tokio::test]
async fn a_panic_deep_inside_is_an_answer() {
    for place in ["blocking", "textDocument/documentSymbol"] {
        let world = World::new();
        let mut client = failing(&world, "SPELUNK_FAIL_IN", place);
        client.initialize(json!({}), Value::Null).await.unwrap();
        for _ in 0..3 {
            let (method, params) = symbols(&client);
            assert_eq!(client.request(method, params).await.unwrap_err()["code"], -32603);
        }
        client.shut_down().await;
    }
}

#[tokio::test]
async fn a_panic_in_the_session_itself_is_an_answer() {
    let world = World::new();
    let mut client = failing(&world, "SPELUNK_FAIL_IN", "*");
    for _ in 0..2 {
        assert_eq!(client.initialize(json!({}), Value::Null).await.unwrap_err()["code"], -32603);
    }
    client.notify("exit", Value::Null).await;
    assert_eq!(client.exit().await.code(), Some(1));
}

#[tokio::test]
async fn requests_in_flight() {
    let world = World::new();
    let mut client = failing(&world, "SPELUNK_STALL", "1");
    client.initialize(json!({}), Value::Null).await.unwrap();
    let (method, params) = symbols(&client);
    for id in [json!(i64::MAX), json!("text")] {
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let about = |responses: &[Value]| responses.iter().filter(|r| r["id"] == id).cloned().collect::<Vec<Value>>();
        client.send(&message).await;
        client.send(&message).await;
        let refused = client.until_heard("the refusal", |responses, _| about(responses).first().cloned()).await;
        assert_eq!(refused["error"]["code"], -32600, "{refused}");
        // What is not in flight cannot be cancelled, and is no reason to complain.
        client.notify("$/cancelRequest", json!({ "id": 12_345 })).await;
        client.notify("$/cancelRequest", json!({ "id": id })).await;
        let cancelled = client.until_heard("the end", |responses, _| about(responses).get(1).cloned()).await;
        assert_eq!(cancelled["error"]["code"], -32800, "{cancelled}");
        // The id is free, and a second cancellation finds nothing.
        client.notify("$/cancelRequest", json!({ "id": id })).await;
        client.send(&message).await;
        client.notify("$/cancelRequest", json!({ "id": id })).await;
        let again = client.until_heard("the end of the next", |responses, _| about(responses).get(2).cloned()).await;
        assert_eq!(again["error"]["code"], -32800, "{again}");
    }
    // Shutting down ends what is in flight; each has its one answer.
    let pending: Vec<i64> = {
        let mut pending = Vec::new();
        for _ in 0..8 {
            pending.push(client.begin(method, params.clone()).await);
        }
        pending
    };
    client.request("shutdown", Value::Null).await.unwrap();
    for id in pending {
        let _ = client.answer(id).await;
        assert_eq!(client.responses().iter().filter(|response| response["id"] == id).count(), 1);
    }
    client.notify("exit", Value::Null).await;
    assert_eq!(client.exit().await.code(), Some(0));
}

#[tokio::test]
async fn exit_does_not_wait_for_requests() {
    let world = World::new();
    let mut client = failing(&world, "SPELUNK_STALL", "1");
    client.initialize(json!({}), Value::Null).await.unwrap();
    let (method, params) = symbols(&client);
    for _ in 0..8 {
        client.begin(method, params.clone()).await;
    }
    client.notify("exit", Value::Null).await;
    assert_eq!(client.exit().await.code(), Some(1));
}
