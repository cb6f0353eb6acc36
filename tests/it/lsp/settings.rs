//! The workspace's settings: asked for, pushed, malformed, late, hostile.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::client::{Client, HANG};
use crate::agent::World;
use crate::server::{Answer, Server};

fn pulling() -> Value {
    json!({ "workspace": { "configuration": true, "didChangeConfiguration": { "dynamicRegistration": true } } })
}

async fn warned(client: &mut Client, text: &str) {
    client.wait_for("window/logMessage", |params| params["message"].as_str().unwrap().contains(text)).await;
}

fn warnings(client: &Client) -> Vec<String> {
    client.received("window/logMessage").iter().map(|params| params["message"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn settings_are_asked_for_at_the_start_and_after_each_change() {
    let world = World::new();
    let settings = Arc::new(Mutex::new(json!({ "navigation": "sideways" })));
    let mut client = Client::start(&world);
    let current = settings.clone();
    client.answer_with(move |method, params| {
        (method == "workspace/configuration").then(|| {
            assert_eq!(params["items"], json!([{ "section": "spelunk" }]));
            Ok(json!([*current.lock().unwrap()]))
        })
    });
    client.initialize(pulling(), Value::Null).await.unwrap();
    warned(&mut client, "spelunk.navigation = \"sideways\" is ignored; it has to be one of \"auto\"").await;
    let registered = client.wait_for("client/registerCapability", |_| true).await;
    assert_eq!(registered["registrations"][0]["method"], "workspace/didChangeConfiguration");

    *settings.lock().unwrap() = json!({ "navigation": "sideways", "features": { "hover": "no" } });
    client.notify("workspace/didChangeConfiguration", json!({ "settings": null })).await;
    warned(&mut client, "spelunk.features.hover = \"no\" is ignored; it has to be true or false").await;
    assert_eq!(warnings(&client).iter().filter(|w| w.contains("spelunk.navigation")).count(), 1, "once is enough");
    client.shut_down().await;
}

#[tokio::test]
async fn settings_are_live() {
    let world = World::new();
    let mut client = Client::ready(&world, json!({}), Value::Null).await;
    let uri = client.uri("src/parse.rs");
    let mut check = async |settings: Value, document: bool, workspace: bool| {
        client.notify("workspace/didChangeConfiguration", json!({ "settings": { "spelunk": settings } })).await;
        let params = json!({ "textDocument": { "uri": uri } });
        let found = client.request("textDocument/documentSymbol", params).await.unwrap();
        assert_eq!(!found.is_null(), document, "{settings}");
        // The table is filled in the background: only what is switched off can be told at once.
        if !workspace {
            let found = client.request("workspace/symbol", json!({ "query": "parse" })).await.unwrap();
            assert_eq!(found, Value::Null, "{settings}");
        }
    };
    check(json!({ "features": { "documentSymbol": false } }), false, true).await;
    check(json!({ "features": { "workspaceSymbol": false } }), true, false).await;
    check(json!({ "navigation": "off", "symbolTable": false }), false, true).await;
    check(json!({ "navigation": "auto", "served": ["rust"], "symbolTable": true }), false, true).await;
    check(json!({ "navigation": "on", "served": ["rust"], "symbolTable": false }), true, true).await;
    check(json!({ "navigation": "sideways", "served": ["rust"] }), false, true).await;
    check(json!({}), true, true).await;
    // A section that is gone says that nothing is set.
    check(json!({ "navigation": "off" }), false, true).await;
    client.notify("workspace/didChangeConfiguration", json!({ "settings": { "other": 1 } })).await;
    let found = client.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } })).await.unwrap();
    assert!(found.is_array(), "{found}");
    client.shut_down().await;
}

#[tokio::test]
async fn a_symbol_table_that_is_switched_off_is_let_go_of() {
    let world = World::new();
    let mut client = Client::ready(&world, json!({}), Value::Null).await;
    for wanted in [true, false, true] {
        let settings = json!({ "settings": { "spelunk": { "symbolTable": wanted } } });
        client.notify("workspace/didChangeConfiguration", settings).await;
        let hang = tokio::time::Instant::now() + HANG;
        loop {
            let found = client.request("workspace/symbol", json!({ "query": "parse" })).await.unwrap();
            if found.as_array().is_some_and(|found| found.is_empty() != wanted) {
                break;
            }
            assert!(tokio::time::Instant::now() < hang, "{wanted}: {found}\n{}", client.log());
        }
    }
    client.shut_down().await;
}

#[tokio::test]
async fn clients_that_cannot_be_asked_push() {
    let world = World::new();
    let mut client = Client::ready(&world, json!({}), Value::Null).await;
    for settings in [Value::Null, json!({}), json!([]), json!("x"), json!({ "other": 1 })] {
        client.notify("workspace/didChangeConfiguration", json!({ "settings": settings })).await;
    }
    client.notify("workspace/didChangeConfiguration", json!({ "settings": { "spelunk": { "served": 1 } } })).await;
    warned(&mut client, "spelunk.served = 1 is ignored; it has to be a list of texts").await;
    assert!(client.received("workspace/configuration").is_empty());
    client.shut_down().await;
}

#[tokio::test]
async fn answers_of_every_kind_do_no_harm() {
    let answers = [
        Err(json!({ "code": -32601, "message": "no such thing" })),
        Err(json!({})),
        Ok(Value::Null),
        Ok(json!([])),
        Ok(json!([null])),
        Ok(json!([[]])),
        Ok(json!({ "spelunk": {} })),
        Ok(json!("x")),
        Ok(json!([{ "features": [], "served": { "a": 1 }, "symbolTable": "yes", "navigation": {} }])),
    ];
    for answer in answers {
        let world = World::new();
        let mut client = Client::start(&world);
        let given = answer.clone();
        client.answer_with(move |method, _| (method == "workspace/configuration").then(|| given.clone()));
        client.initialize(pulling(), Value::Null).await.unwrap();
        client.wait_for("workspace/configuration", |_| true).await;
        assert!(client.is_alive().await, "{answer:?}");
        client.shut_down().await;
    }
}

#[tokio::test]
async fn a_client_that_never_answers_is_served_all_the_same() {
    let world = World::new();
    let mut client = Client::start(&world);
    client.never_answer();
    let capabilities = json!({ "workspace": {
        "configuration": true,
        "didChangeConfiguration": { "dynamicRegistration": true },
        "didChangeWatchedFiles": { "dynamicRegistration": true },
    } });
    client.initialize(capabilities, Value::Null).await.unwrap();
    client.wait_for("workspace/configuration", |_| true).await;
    for _ in 0..20 {
        client.notify("workspace/didChangeConfiguration", json!({ "settings": null })).await;
    }
    assert!(client.is_alive().await);
    client.shut_down().await;
}

/// A server whose machine is set up for a model.
fn with_model(world: &World, model: &Server) -> Client {
    let mut command = world.command(&["lsp"]);
    command
        .env("SPELUNK_MODEL", "openai/test")
        .env("OPENAI_API_KEY", "sk-machine")
        .env("OPENAI_BASE_URL", model.base_url());
    Client::spawn(command, world)
}

/// A model that looks for ever.
async fn endless() -> Server {
    let server = Server::start().await;
    server.rule(|_| Some(Answer::says("```js\nrepo.search(/fn/).total\n```")));
    server
}

async fn ask(client: &mut Client) -> Value {
    let question = json!({ "question": "how does parse work?" });
    client
        .request("workspace/executeCommand", json!({ "command": "spelunk.ask", "arguments": [question] }))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_workspace_can_lower_limits_and_nothing_else() {
    let (world, model, thief) = (World::new(), endless().await, endless().await);
    let hostile = json!({
        "model": "openai/thief",
        "baseUrl": thief.base_url(),
        "key": "sk-thief",
        "providers": { "openai": { "baseUrl": thief.base_url() } },
        "maxUsd": 1000,
        "maxCalls": 100_000,
        "maxTurns": 2,
    });
    let mut client = with_model(&world, &model);
    let given = hostile.clone();
    client.answer_with(move |method, _| (method == "workspace/configuration").then(|| Ok(json!([given]))));
    client.initialize(pulling(), Value::Null).await.unwrap();
    for key in ["model", "baseUrl", "key", "providers", "maxUsd", "maxCalls"] {
        warned(&mut client, &format!("spelunk.{key} ")).await;
    }
    let end = ask(&mut client).await;
    assert!(thief.requests().is_empty());
    // Two turns, and the salvage that a limit leads to.
    assert!((2..=3).contains(&model.requests().len()), "{end}");
    for request in model.requests() {
        assert_eq!(request.header("authorization"), Some("Bearer sk-machine"));
        assert_eq!(request.json()["model"], "test");
    }
    assert!(!client.log().contains("sk-thief"), "{}", client.log());
    client.shut_down().await;
}

#[tokio::test]
async fn without_trust_there_is_no_model() {
    let (world, model) = (World::new(), endless().await);
    let mut client = with_model(&world, &model);
    client.initialize(json!({}), json!({ "trusted": false })).await.unwrap();
    let end = ask(&mut client).await;
    assert!(end["answer"].as_str().unwrap().contains("src/parse.rs"), "{end}");
    assert!(model.requests().is_empty());
    client.shut_down().await;
}

#[tokio::test]
async fn the_machine_is_set_at_the_start() {
    let (world, model) = (World::new(), endless().await);
    let mut client = Client::start(&world);
    for (machine, expect) in [
        (json!({ "maxTurns": "many" }), "maxTurns"),
        (json!({ "maxTurn": 7 }), "maxTurn"),
        (json!({ "providers": { "openai": { "url": "x" } } }), "url"),
        (json!([]), "machine"),
    ] {
        let error = client.initialize(json!({}), json!({ "machine": machine })).await.unwrap_err();
        let message = error["message"].as_str().unwrap();
        assert!(error["code"] == -32602 && message.contains(expect), "{error}");
    }
    let providers = json!({ "openai": { "baseUrl": model.base_url(), "key": "sk-editor" } });
    let machine = json!({ "model": "openai/test", "maxTurns": 1, "providers": providers });
    client.initialize(json!({}), json!({ "machine": machine })).await.unwrap();
    ask(&mut client).await;
    let requests = model.requests();
    assert!(!requests.is_empty() && requests.iter().all(|r| r.header("authorization") == Some("Bearer sk-editor")));
    client.shut_down().await;
}
