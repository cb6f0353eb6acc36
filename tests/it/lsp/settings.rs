//! The workspace's settings: asked for, pushed, malformed, late, hostile.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::client::Client;
use crate::agent::World;

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
    warned(&mut client, "spelunk.navigation has to be").await;
    let registered = client.wait_for("client/registerCapability", |_| true).await;
    assert_eq!(registered["registrations"][0]["method"], "workspace/didChangeConfiguration");

    *settings.lock().unwrap() = json!({ "navigation": "sideways", "features": { "hover": "no" } });
    client.notify("workspace/didChangeConfiguration", json!({ "settings": null })).await;
    warned(&mut client, "spelunk.features.hover has to be").await;
    assert_eq!(warnings(&client).iter().filter(|w| w.contains("spelunk.navigation")).count(), 1, "once is enough");
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
    warned(&mut client, "spelunk.served has to be").await;
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
