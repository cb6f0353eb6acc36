//! Questions over the protocol: the command for any client, and the messages for our own.

use serde_json::{Value, json};

use super::client::Client;
use crate::agent::World;

fn ask(question: &str) -> Value {
    json!({ "command": "spelunk.ask", "arguments": [{ "question": question }] })
}

#[tokio::test]
async fn a_bare_client_gets_an_answer_as_the_commands_result() {
    let world = World::new();
    let mut client =
        Client::ready(&world, json!({ "window": { "showDocument": { "support": true } } }), Value::Null).await;
    let mut params = ask("where is parse defined?");
    params["workDoneToken"] = json!("t1");
    let end = client.request("workspace/executeCommand", params).await.unwrap();
    assert!(end["answer"].as_str().unwrap().contains("src/parse.rs:4"), "{end}");
    assert_eq!(end["reason"], "answered");
    let first = &end["citations"][0];
    assert_eq!((&first["path"], &first["status"]), (&json!("src/parse.rs"), &json!("valid")));
    assert_eq!(first["location"]["uri"], client.uri("src/parse.rs"));
    assert_eq!(first["location"]["range"]["start"]["line"], 3);
    let progress: Vec<Value> = client.received("$/progress").into_iter().map(|p| p["value"]["kind"].clone()).collect();
    assert_eq!((progress.first(), progress.last()), (Some(&json!("begin")), Some(&json!("end"))));
    let shown = client.wait_for("window/showDocument", |_| true).await;
    let path = shown["uri"].as_str().unwrap().strip_prefix("file://").unwrap();
    assert!(std::fs::read_to_string(path).unwrap().contains("src/parse.rs:4"));
    client.shut_down().await;
}

#[tokio::test]
async fn a_scope_may_be_a_uri() {
    let world = World::new();
    let text = "export function parse() {}\n";
    for path in ["app/[id]/page.js", "app/i/page.js", "page.js"] {
        world.file(path, text);
    }
    let mut client = Client::ready(&world, json!({}), Value::Null).await;
    let mut check = async |scope: Value, expect: &[&str]| {
        let argument = json!({ "question": "where is parse defined?", "scope": scope });
        let params = json!({ "command": "spelunk.ask", "arguments": [argument] });
        let end = client.request("workspace/executeCommand", params).await.unwrap();
        let cited = end["citations"].as_array().unwrap().iter().map(|cited| cited["path"].as_str().unwrap());
        let cited: std::collections::BTreeSet<&str> = cited.collect();
        assert_eq!(cited.into_iter().collect::<Vec<_>>(), expect, "{scope}: {end}");
    };
    let root = format!("file://{}", world.repo().to_str().unwrap());
    let all = ["app/[id]/page.js", "app/i/page.js", "page.js", "src/main.rs", "src/parse.rs"];
    check(json!(format!("{root}/app/%5Bid%5D/page.js")), &all[..1]).await;
    check(json!([format!("{root}/app/%5Bid%5D"), format!("{root}/app/i/")]), &all[..2]).await;
    check(json!(format!("{root}/page.js")), &all[2..3]).await;
    check(json!(root), &all).await;
    check(json!([root, "!src"]), &all[..3]).await;
    client.shut_down().await;
}

#[tokio::test]
async fn notices_tell_a_run_in_order() {
    let world = World::new();
    let mut client = Client::ready(&world, json!({}), json!({ "runs": true })).await;
    let begun = client.request("spelunk/ask", json!({ "question": "who calls parse?" })).await.unwrap();
    let run = begun["runId"].clone();
    let last = client.wait_for("spelunk/run", |notice| notice["event"]["kind"] == "end").await;
    assert_eq!(last["runId"], run);
    let notices = client.received("spelunk/run");
    let seqs: Vec<u64> = notices.iter().map(|notice| notice["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (0..notices.len() as u64).collect::<Vec<_>>());
    let kinds: Vec<&str> = notices.iter().map(|notice| notice["event"]["kind"].as_str().unwrap()).collect();
    assert_eq!((kinds[0], *kinds.last().unwrap()), ("started", "end"));
    for kind in ["turn", "code", "looking", "output"] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
    let runs = client.request("spelunk/runs", json!({})).await.unwrap();
    assert_eq!((&runs["runs"][0]["runId"], &runs["runs"][0]["state"]), (&run, &json!("answered")));
    let trace = client.request("spelunk/trace", json!({ "runId": run })).await.unwrap();
    assert!(trace["text"].as_str().unwrap().contains("who calls parse?"));
    client.shut_down().await;
}
