//! Runs that are over: how they ended, seen from now; what was told of them, told again; their pages.

use serde_json::{Value, json};

use super::client::Client;
use super::editor::able;
use super::scripted::{answered, begin, cells, command, event, events, kinds, ours, says_cell, script};
use crate::agent::{World, gated};
use crate::server::{Answer, Gate, Server};

const CITED: &str = "answer('`parse` is it (src/parse.rs:4), and `count` uses it (src/parse.rs:8-10).')";

async fn past(client: &mut Client, method: &str, run: &str) -> Value {
    client.request(method, json!({ "runId": run })).await.unwrap()
}

async fn refused(client: &mut Client, method: &str, run: &str) -> String {
    let error = client.request(method, json!({ "runId": run })).await.unwrap_err();
    assert_eq!(error["code"], -32803, "{error}");
    error["message"].as_str().unwrap().to_owned()
}

/// An end without what tells its tellings apart: the name of its event, and the clock of the journal.
fn lasting_end(mut end: Value) -> Value {
    let fields = end.as_object_mut().unwrap();
    fields.retain(|key, _| key != "kind" && key != "seconds");
    end
}

fn statuses(end: &Value) -> Vec<&str> {
    end["citations"].as_array().unwrap().iter().map(|cited| cited["status"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn citations_follow_what_is_typed() {
    let (world, server) = (World::new(), Server::start().await);
    let look = "console.log(repo.read('src/parse.rs', 1, 11))";
    let odd = "answer('`parse` (src/parse.rs:4) is `lost` (src/parse.rs:8-10), and (src/parse.rs:99).')";
    cells(&server, "what?", &[look, odd, "answer()"]);
    let mut client = ours(&world, &server).await;
    let told = answered(&mut client, json!({ "question": "what?", "conversationId": "mine" })).await;
    let run = told["runId"].as_str().unwrap().to_owned();
    // Nothing has changed: it is what was told, to the letter.
    let told = lasting_end(told);
    assert_eq!(lasting_end(past(&mut client, "spelunk/answered", &run).await), told);
    assert_eq!(statuses(&told), ["unsupported", "unsupported"]);
    assert_eq!((&told["dropped"][0]["to"], &told["conversationId"]), (&json!(99), &json!("mine")));

    let text = std::fs::read_to_string(world.repo().join("src/parse.rs")).unwrap();
    client.open("src/parse.rs", "rust", 1, &text).await;
    let typed = format!("// one\n// two\n{}", text.replace("parse(line).len()", "0"));
    client.change("src/parse.rs", 2, json!([{ "text": typed }])).await;
    let now = past(&mut client, "spelunk/answered", &run).await;
    assert_eq!(statuses(&now), ["moved", "stale"]);
    assert_eq!(now["citations"][0]["location"]["range"]["start"], json!({ "line": 5, "character": 0 }));
    assert_eq!((&now["citations"][0]["from"], &now["answer"]), (&json!(4), &told["answer"]));
    // Another process knows all but the conversation, and its text is that of the disk. The last part of the id will do.
    client.shut_down().await;
    let mut other = Client::ready(&world, json!({}), json!({ "runs": true })).await;
    let short = run.rsplit('-').next().unwrap();
    let mut then = lasting_end(past(&mut other, "spelunk/answered", short).await);
    assert_eq!(then["conversationId"], "");
    then["conversationId"] = json!("mine");
    assert_eq!(then, told);
    other.shut_down().await;
}

#[tokio::test]
async fn other_folders_have_no_places_here() {
    let (world, server) = (World::new(), Server::start().await);
    cells(&server, "what?", &["console.log(repo.read('src/parse.rs'))", CITED, "answer()"]);
    let mut client = ours(&world, &server).await;
    let told = answered(&mut client, json!({ "question": "what?" })).await;
    client.shut_down().await;
    let elsewhere = World::new();
    let mut command = elsewhere.command(&["lsp"]);
    command.env("SPELUNK_STATE_DIR", world.state());
    let mut client = Client::spawn(command, &elsewhere);
    client.initialize(json!({}), Value::Null).await.unwrap();
    let end = past(&mut client, "spelunk/answered", told["runId"].as_str().unwrap()).await;
    assert_eq!(statuses(&end), ["valid", "valid"]);
    assert!(end["citations"].as_array().unwrap().iter().all(|cited| cited.get("location").is_none()), "{end}");
    client.shut_down().await;
}

#[tokio::test]
async fn a_plan_comes_with_its_end() {
    let world = World::new();
    let mut client = Client::ready(&world, able(), json!({ "runs": true })).await;
    let begun = client.request("spelunk/plan", json!({ "request": "rename parse.rs#count to words" })).await.unwrap();
    let run = begun["runId"].as_str().unwrap().to_owned();
    let told = event(&mut client, &run, "end").await;
    let end = past(&mut client, "spelunk/answered", &run).await;
    assert_eq!(lasting_end(end), lasting_end(told));
    world.file("src/main.rs", "mod parse;\n");
    let end = past(&mut client, "spelunk/answered", &run).await;
    assert_eq!(end["plan"]["stale"][0]["path"], "src/main.rs");
    client.shut_down().await;
}

#[tokio::test]
async fn values_limits_and_failures_end_as_they_did() {
    let (world, server) = (World::new(), Server::start().await);
    server.rule(|request| crate::agent::is_salvage(&request.json()).then(|| Answer::says("what is known")));
    cells(&server, "list?", &["answer(repo.search('parse', { limit: 1 }))", "answer()"]);
    cells(&server, "number?", &["answer({ n: 3 })", "answer()"]);
    script(&server, "now?", vec![says_cell("console.log('something')"), Answer::events::<&str>([]).hang()]);
    script(&server, "stop?", vec![says_cell("console.log('so'); answer('held')"), Answer::events::<&str>([]).hang()]);
    script(&server, "fail?", vec![Answer::status(401).body(r#"{"error":{"message":"bad key"}}"#)]);
    let mut client = ours(&world, &server).await;
    let schema = json!({ "type": "object", "required": ["n"] });
    for (question, schema, stop, reason) in [
        ("list?", Value::Null, None, "answered"),
        ("number?", schema, None, "answered"),
        ("now?", Value::Null, Some("spelunk/answerNow"), "limit"),
        ("stop?", Value::Null, Some("spelunk/cancel"), "cancelled"),
        ("fail?", Value::Null, None, "failed"),
    ] {
        let before = server.requests().len();
        let run = begin(&mut client, json!({ "question": question, "schema": schema })).await;
        if let Some(method) = stop {
            server.received(before + 2).await;
            client.request(method, json!({ "runId": run })).await.unwrap();
        }
        let mut told = lasting_end(event(&mut client, &run, "end").await);
        let mut end = past(&mut client, "spelunk/answered", &run).await;
        assert_eq!(end["reason"], reason, "{end}");
        // A record knows of a call that was given up only that it was sent.
        for end in [&mut told, &mut end] {
            end.as_object_mut().unwrap().remove("spent");
        }
        assert_eq!(lasting_end(end), told);
    }
    client.shut_down().await;
}

/// What can be told again: texts in one piece, and nothing of when it was.
fn lasting(events: &[Value]) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    for event in events.iter().cloned() {
        let so_far = all.iter_mut().rev().find(|one| one["kind"] == "text" && one["call"] == event["call"]);
        match (event["kind"].as_str().unwrap(), so_far) {
            ("text", Some(so_far)) => {
                let text = format!("{}{}", so_far["text"].as_str().unwrap(), event["text"].as_str().unwrap());
                so_far["text"] = json!(text);
            }
            ("end", _) => all.push(lasting_end(event)),
            _ => all.push(event),
        }
    }
    all
}

#[tokio::test]
async fn a_run_is_told_again_as_it_was_told() {
    let (world, server) = (World::new(), Server::start().await);
    server.when("first?", Answer::says("one"));
    let cell = "note('looking'); const one = await llm('first?'); console.log(one, repo.search('parse').total); 3";
    cells(&server, "what?", &[cell, CITED, "answer()"]);
    let mut client = ours(&world, &server).await;
    let run = begin(&mut client, json!({ "question": "what?", "conversationId": "mine" })).await;
    event(&mut client, &run, "end").await;
    let told = lasting(&events(&client, &run));
    let again = past(&mut client, "spelunk/record", &run).await;
    assert!(again.get("next").is_none(), "{again}");
    let notices = again["notices"].as_array().unwrap();
    let seqs: Vec<u64> = notices.iter().map(|notice| notice["seq"].as_u64().unwrap()).collect();
    assert!(seqs.iter().copied().eq(0..seqs.len() as u64), "{seqs:?}");
    assert!(notices.iter().all(|notice| notice["runId"] == run && notice.get("agent").is_none()));
    let recorded: Vec<Value> = notices.iter().map(|notice| notice["event"].clone()).collect();
    let recorded = lasting(&recorded);
    assert_eq!(recorded.len(), told.len(), "{:?}\n{:?}", kinds(&recorded), kinds(&told));
    for (recorded, told) in recorded.iter().zip(&told) {
        assert_eq!(recorded, told);
    }
    client.shut_down().await;
}

#[tokio::test]
async fn children_are_told_again_by_their_numbers() {
    let (world, server) = (crate::children::world(), Server::start().await);
    let root: &[&str] = &[
        "const all = await rlmAll(['lib/one', 'lib/two'].map(scope => ({ question: 'Many?', scope }))); all.length",
        "answer('Both were counted.')",
    ];
    crate::children::script(&server, &[("what?", root), ("Many?", &["answer(repo.search('pub fn ').total)"])]);
    let mut client = ours(&world, &server).await;
    let run = begin(&mut client, json!({ "question": "what?" })).await;
    event(&mut client, &run, "end").await;
    let counts = |notices: &[Value]| {
        let mut counts = std::collections::BTreeMap::<String, usize>::new();
        for notice in notices.iter().filter(|notice| notice["event"]["kind"] != "text") {
            let what = format!("{} {} {}", notice["agent"], notice["event"]["kind"], notice["event"]["agent"]);
            *counts.entry(what).or_default() += 1;
        }
        counts
    };
    let told = counts(&client.received("spelunk/run"));
    let again = past(&mut client, "spelunk/record", &run).await;
    assert_eq!(counts(again["notices"].as_array().unwrap()), told);
    client.shut_down().await;
}

#[tokio::test]
async fn a_run_under_way_is_told_so_far_and_goes_on_from_there() {
    let (world, server, gate) = (World::new(), Server::start().await, Gate::new());
    let late = gated("```js\nanswer('late')\n```", &gate);
    script(&server, "slow?", vec![says_cell("console.log(repo.files().length)"), late, says_cell("answer()")]);
    let mut client = ours(&world, &server).await;
    let run = begin(&mut client, json!({ "question": "slow?" })).await;
    server.received(2).await;
    assert!(refused(&mut client, "spelunk/answered", &run).await.contains("still under way"));
    let early = past(&mut client, "spelunk/record", &run).await;
    gate.open();
    event(&mut client, &run, "end").await;
    let early_events: Vec<Value> =
        early["notices"].as_array().unwrap().iter().map(|notice| notice["event"].clone()).collect();
    assert_eq!(kinds(&early_events)[..3], ["started", "turn", "callStarted"]);
    assert!(!kinds(&early_events).contains(&"end"));
    let rest = client.received("spelunk/run").into_iter();
    let rest = rest.filter(|notice| notice["runId"] == run && notice["seq"].as_u64() >= early["next"].as_u64());
    let whole: Vec<Value> = early_events.into_iter().chain(rest.map(|notice| notice["event"].clone())).collect();
    assert_eq!(lasting(&whole), lasting(&events(&client, &run)));
    client.shut_down().await;
}

#[tokio::test]
async fn the_run_of_a_killed_server_is_told_without_an_end() {
    let (world, server) = (World::new(), Server::start().await);
    let hang = Answer::events::<&str>([]).hang();
    script(&server, "what?", vec![says_cell("console.log('<b>\u{202e}seen')"), hang]);
    let mut client = ours(&world, &server).await;
    let run = begin(&mut client, json!({ "question": "what?" })).await;
    server.received(2).await;
    client.child.kill().await.unwrap();
    let mut client = ours(&world, &server).await;
    assert!(refused(&mut client, "spelunk/answered", &run).await.contains("is unfinished"));
    let told = past(&mut client, "spelunk/record", &run).await;
    let events: Vec<Value> = told["notices"].as_array().unwrap().iter().map(|notice| notice["event"].clone()).collect();
    let all = kinds(&events);
    assert_eq!((all[0], all.contains(&"output"), all.contains(&"end")), ("started", true, false), "{all:?}");
    let output = events.iter().find(|event| event["kind"] == "output").unwrap();
    assert!(output["output"].as_str().unwrap().contains("<b>\\u{202e}seen"), "{output}");
    let listed = client.request("spelunk/runs", json!({})).await.unwrap();
    assert_eq!(listed["runs"][0]["state"], "unfinished");
    for method in ["spelunk/answered", "spelunk/record", "spelunk/trace"] {
        for id in ["nothing", "", "../../etc/passwd"] {
            assert!(refused(&mut client, method, id).await.contains("no run"), "{method} {id}");
        }
    }
    client.shut_down().await;
}

#[tokio::test]
async fn a_run_is_printed_as_a_page() {
    let world = World::new();
    let mut client = Client::ready(&world, json!({}), json!({ "runs": true })).await;
    let run = begin(&mut client, json!({ "question": "where is parse defined?" })).await;
    event(&mut client, &run, "end").await;
    let page = client.request("spelunk/trace", json!({ "runId": run, "html": true })).await.unwrap();
    let page = page["text"].as_str().unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("where is parse defined?"), "{page}");
    let printed = world.run(&["trace", &run, "--html", "-"]).await;
    assert_eq!(page.trim_end(), printed.stdout.trim_end());
    client.shut_down().await;
}

#[tokio::test]
async fn runs_that_are_not_recorded_are_not_known_afterwards() {
    let (world, server) = (World::new(), Server::start().await);
    cells(&server, "what?", &["answer('that')", "answer()"]);
    let mut command = command(&world, &server);
    command.env("SPELUNK_JOURNAL", "false");
    let mut client = Client::spawn(command, &world);
    client.initialize(json!({}), json!({ "runs": true })).await.unwrap();
    let end = answered(&mut client, json!({ "question": "what?" })).await;
    for method in ["spelunk/answered", "spelunk/record"] {
        assert!(refused(&mut client, method, end["runId"].as_str().unwrap()).await.contains("no run"));
    }
    client.shut_down().await;
}
