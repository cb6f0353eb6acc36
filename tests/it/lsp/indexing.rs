//! How the reading of symbols shows to who waits for it.

use serde_json::{Value, json};

use super::client::Client;
use crate::agent::World;

/// Files that take a while to read, and definitions in each.
const FILES: usize = 24;
const DEFINITIONS: usize = 6_000;

#[tokio::test]
async fn the_reading_of_symbols_begins_goes_on_and_ends_with_what_there_is() {
    let world = World::new();
    for file in 0..FILES {
        let text: String = (0..DEFINITIONS).map(|at| format!("fn f{file}_{at}(x: u8) -> u8 {{ x + 1 }}\n")).collect();
        world.file(&format!("src/big{file}.rs"), text);
    }
    // Nothing on disk makes the server begin anew: this client watches.
    let watches = json!({ "didChangeWatchedFiles": { "dynamicRegistration": true } });
    let capabilities = json!({ "window": { "workDoneProgress": true }, "workspace": watches });
    let mut client = Client::ready(&world, capabilities, Value::Null).await;
    let end = client.wait_for("$/progress", |progress| progress["value"]["kind"] == "end").await;
    let all = client.received("$/progress");
    assert!(all.iter().all(|progress| progress["token"] == "spelunk/symbols/0"), "{all:?}");
    let begin = &all[0]["value"];
    // Without a percentage here, clients leave out those of the reports.
    assert_eq!(
        (&begin["kind"], &begin["percentage"], &begin["cancellable"]),
        (&json!("begin"), &json!(0), &json!(true))
    );
    let reports: Vec<u64> =
        all[1..all.len() - 1].iter().map(|report| report["value"]["percentage"].as_u64().unwrap()).collect();
    assert!(!reports.is_empty() && reports.is_sorted() && reports.iter().all(|share| *share <= 100), "{reports:?}");
    let files = FILES + 2;
    let message = end["value"]["message"].as_str().unwrap();
    assert_eq!(message, format!("{files} files, 144,004 symbols"));
    client.shut_down().await;
}
