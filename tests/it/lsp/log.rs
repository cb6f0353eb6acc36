//! What the server logs: to stderr and to the client, as much as it asks for, without keys.

use serde_json::{Value, json};

use super::client::Client;
use crate::agent::World;

fn lines(client: &Client) -> Vec<String> {
    let logged = client.received("window/logMessage");
    logged.iter().map(|params| format!("{} {}", params["type"], params["message"].as_str().unwrap())).collect()
}

/// Has something logged, waits for it, and so for everything before it.
async fn mark(client: &mut Client, name: &str) {
    client.change(&format!("{name}.rs"), 1, json!([])).await;
    client.wait_for("window/logMessage", |params| params["message"].as_str().unwrap().contains(name)).await;
}

#[tokio::test]
async fn warnings_reach_the_client_after_it_has_its_answer() {
    let world = World::new();
    let mut client = Client::start(&world);
    client.initialize(json!({}), json!({ "colour": "blue" })).await.unwrap();
    let first = client.wait_for("window/logMessage", |_| true).await;
    assert_eq!(first, json!({ "type": 2, "message": "initializationOptions.colour is not known" }));
    mark(&mut client, "marker").await;
    client.logged("initializationOptions.colour is not known").await;
    client.shut_down().await;
}

#[tokio::test]
async fn information_is_for_those_who_trace() {
    let check = async |at_start: &str, later: Option<&str>, expect: bool| {
        let world = World::new();
        let mut client = Client::start(&world);
        // Nobody has this number, which is worth an information.
        let process = 2_147_483_646;
        let params = json!({ "processId": process, "capabilities": {}, "rootUri": client.root, "trace": at_start });
        client.request("initialize", params).await.unwrap();
        if let Some(value) = later {
            client.notify("$/setTrace", json!({ "value": value })).await;
        }
        mark(&mut client, "marker").await;
        let informed = lines(&client).iter().any(|line| line.starts_with("3 ") && line.contains("cannot be watched"));
        assert_eq!(informed, expect, "{at_start} {later:?}: {:?}", lines(&client));
        assert!(lines(&client).iter().any(|line| line.starts_with("2 ")));
        client.shut_down().await;
    };
    check("off", None, false).await;
    check("off", Some("verbose"), false).await;
    check("messages", None, true).await;
    check("verbose", Some("off"), true).await;
}

#[tokio::test]
async fn keys_are_not_logged() {
    let world = World::new();
    let mut command = world.command(&["lsp"]);
    command.env("SPELUNK_LOG", "trace");
    let mut client = Client::spawn(command, &world);
    client.initialize(json!({}), Value::Null).await.unwrap();
    let (key, address) = ("ghp_0123456789abcdefghijABCDEFGHIJ012345", "https://me:hunter2hunter2@example.com");
    client.change(&format!("src/{key}.rs"), 1, json!([])).await;
    client.initialize(json!({}), json!({ address: 1 })).await.unwrap_err();
    mark(&mut client, "marker").await;
    client.logged("marker").await;
    let (log, told) = (client.log(), lines(&client).join("\n"));
    assert!(log.contains("[redacted:github-token]") && told.contains("[redacted:github-token]"), "{log}\n{told}");
    for secret in [key, "hunter2"] {
        assert!(!log.contains(secret) && !told.contains(secret), "{log}\n{told}");
    }
    client.shut_down().await;
}

#[tokio::test]
async fn a_flood_of_warnings_neither_blocks_nor_grows() {
    // Editors that start a server may never read what it says on stderr.
    let world = World::new();
    let mut client = Client::spawn_deaf(world.command(&["lsp"]), &world);
    client.initialize(json!({}), Value::Null).await.unwrap();
    let close = json!({ "textDocument": { "uri": client.uri("src/none.rs") } });
    for _ in 0..5000 {
        client.notify("textDocument/didClose", close.clone()).await;
    }
    assert!(client.is_alive().await);
    assert!(lines(&client).len() <= 5000);
    client.shut_down().await;
}

#[tokio::test]
async fn a_panic_does_not_wait_for_whoever_reads_stderr() {
    let world = World::new();
    let mut command = world.command(&["lsp"]);
    command.env("SPELUNK_FAIL_IN", "textDocument/hover");
    let mut client = Client::spawn_deaf(command, &world);
    client.initialize(json!({}), Value::Null).await.unwrap();
    for _ in 0..1000 {
        assert_eq!(client.request("textDocument/hover", json!({})).await.unwrap_err()["code"], -32603);
    }
    client.shut_down().await;
}
