//! The session from `initialize` to `exit`.

use serde_json::{Value, json};

use super::client::Client;
use crate::agent::World;

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
