//! Runs with a scripted model: what is told of them, how they fail, and what they may reach.

use serde_json::{Value, json};

use super::client::Client;
use super::scripted::{answered, begin, cells, command, event, events, kinds, ours, says_cell, script, with};
use crate::agent::{CANARY, World, all_bytes, contains, gated, is_salvage};
use crate::server::{Answer, Gate, Server, chunk};

#[tokio::test]
async fn every_event_of_a_run_is_told_in_order() {
    let (world, server, gate) = (World::new(), Server::start().await, Gate::new());
    let streamed = ["```js\nconst both = await llmAll([{ prompt: 'first?' }, ", "{ prompt: 'second?' }]); both\n```"];
    let mut turn = Answer::events([chunk(json!({ "content": streamed[0] }), None)]).wait(&gate);
    for piece in [chunk(json!({ "content": streamed[1] }), None), chunk(json!({}), Some("stop")), json!("[DONE]")] {
        turn = turn.body(format!("data: {}\n\n", piece.as_str().map_or_else(|| piece.to_string(), str::to_owned)));
    }
    server.when("first?", Answer::says("one"));
    server.when("second?", Answer::status(400).body(r#"{"error":{"message":"no such thing"}}"#));
    script(&server, "what?", vec![turn, says_cell("answer('`parse` is it (src/parse.rs:4).')"), says_cell("answer()")]);
    let mut client = ours(&world, &server).await;
    let run = begin(&mut client, json!({ "question": "what?", "conversationId": "mine" })).await;
    // The first half comes while the second is held back.
    let text = event(&mut client, &run, "text").await;
    assert!(streamed[0].starts_with(text["text"].as_str().unwrap()), "{text}");
    let live = client.request("spelunk/runs", json!({})).await.unwrap();
    assert_eq!((&live["runs"][0]["runId"], &live["runs"][0]["state"]), (&json!(run), &json!("running")));
    gate.open();
    let end = event(&mut client, &run, "end").await;
    let events = events(&client, &run);
    let all = kinds(&events);
    assert_eq!(all[..3], ["started", "turn", "callStarted"], "{all:?}");
    assert_eq!((all[3], *all.last().unwrap()), ("text", "end"), "{all:?}");
    assert_eq!(events[0]["conversationId"], "mine");
    assert_eq!((&events[0]["model"], &events[0]["question"]), (&json!("openai/test"), &json!("what?")));
    let root: String = of(&events, "text").filter(|text| text["call"] == events[2]["call"]).map(said).collect();
    assert_eq!(root, streamed.concat());
    assert_eq!(of(&events, "code").next().unwrap()["code"], root[6..root.len() - 3]);
    // Every call that began has ended, one of them with an error, and the sum grows.
    let calls = |kind| -> Vec<u64> {
        let mut calls: Vec<u64> = of(&events, kind).map(|event| event["call"].as_u64().unwrap()).collect();
        calls.sort_unstable();
        calls
    };
    assert_eq!(calls("callStarted"), calls("callFinished"));
    assert_eq!(of(&events, "callStarted").filter(|call| call["role"] == "leaf").count(), 2);
    let failed: Vec<&Value> = of(&events, "callFinished").filter(|call| call["error"].is_string()).collect();
    assert!(failed.len() == 1 && failed[0]["error"].as_str().unwrap().contains("no such thing"), "{failed:?}");
    let spent: Vec<u64> = of(&events, "callFinished").map(|call| call["spent"]["tokens"].as_u64().unwrap()).collect();
    assert!(spent.is_sorted(), "{spent:?}");
    let output = of(&events, "output").next().unwrap();
    assert!(output["output"].as_str().unwrap().contains("one") && output["error"].is_null(), "{output}");
    assert_eq!((&end["reason"], &end["runId"]), (&json!("answered"), &json!(run)));
    // A call that was refused is not counted.
    assert_eq!(end["spent"]["calls"], calls("callStarted").len() - 1);
    assert_eq!(end["spent"]["turns"], of(&events, "turn").count());
    assert!(end.get("document").is_none() && client.received("window/showDocument").is_empty());
    client.shut_down().await;
}

#[tokio::test]
async fn children_are_told_of_by_their_numbers() {
    let (world, server) = (crate::children::world(), Server::start().await);
    let root: &[&str] = &[
        "const all = await rlmAll(['lib/one', 'lib/two'].map(scope => ({ question: 'Many?', scope }))); all.length",
        "answer('Both were counted.')",
    ];
    let cell: &[&str] = &["answer(repo.search('pub fn ').total)"];
    crate::children::script(&server, &[("what?", root), ("Many?", cell)]);
    let mut client = ours(&world, &server).await;
    let run = begin(&mut client, json!({ "question": "what?" })).await;
    event(&mut client, &run, "end").await;
    let all = client.received("spelunk/run");
    let notices = |agent: Value, kind: &str| -> Vec<Value> {
        let fits = |notice: &&Value| notice["agent"] == agent && notice["event"]["kind"] == kind;
        all.iter().filter(fits).map(|notice| notice["event"].clone()).collect()
    };
    // The root's own are as they were before there were children.
    assert_eq!(notices(Value::Null, "turn").len(), 2);
    assert_eq!(notices(Value::Null, "code").len(), 2);
    let mut started = notices(Value::Null, "childStarted");
    started.sort_by_key(|child| child["scope"].to_string());
    for (child, scope) in started.iter().zip(["lib/one", "lib/two"]) {
        assert_eq!((&child["parent"], &child["depth"], &child["question"]), (&json!(0), &json!(1), &json!("Many?")));
        assert_eq!(child["scope"], json!([scope]));
        let (turns, code) = (notices(child["agent"].clone(), "turn"), notices(child["agent"].clone(), "code"));
        assert_eq!((turns.len(), &code[0]["cell"], &code[0]["code"]), (1, &json!(1), &json!(format!("{}\n", cell[0]))));
    }
    let mut ended: Vec<u64> =
        notices(Value::Null, "childEnded").iter().map(|child| child["agent"].as_u64().unwrap()).collect();
    ended.sort_unstable();
    assert_eq!((started.len(), ended), (2, vec![1, 2]));
    client.shut_down().await;
}

fn of<'a>(events: &'a [Value], kind: &'a str) -> impl Iterator<Item = &'a Value> {
    events.iter().filter(move |event| event["kind"] == kind)
}

fn said(event: &Value) -> &str {
    event["text"].as_str().unwrap()
}

fn command_params(question: &str, token: &str) -> Value {
    json!({ "command": "spelunk.ask", "arguments": [question], "workDoneToken": token })
}

#[tokio::test]
async fn the_command_reports_turns_and_offers_its_answer() {
    let (world, server) = (World::new(), Server::start().await);
    cells(&server, "what?", &["repo.search('fn parse')", "answer('`parse`<script> is it (src/parse.rs:4-6).')"]);
    let mut client = with(&world, &server, Value::Null).await;
    let end = client.request("workspace/executeCommand", command_params("what?", "t")).await.unwrap();
    assert_eq!(end["citations"][0]["location"]["range"]["start"], json!({ "line": 3, "character": 0 }));
    assert_eq!(end["citations"][0]["location"]["uri"], client.uri("src/parse.rs"));
    let progress: Vec<Value> = client.received("$/progress");
    assert!(progress.iter().all(|p| p["token"] == "t"));
    let kinds: Vec<&str> = progress.iter().map(|p| p["value"]["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "begin").count(), 1);
    assert_eq!((kinds[0], *kinds.last().unwrap()), ("begin", "end"));
    assert_eq!(kinds.iter().filter(|kind| **kind == "end").count(), 1);
    assert_eq!(
        (&progress[0]["value"]["title"], &progress[0]["value"]["cancellable"]),
        (&json!("spelunk"), &json!(true))
    );
    let said: Vec<&str> = progress.iter().filter_map(|p| p["value"]["message"].as_str()).collect();
    assert!(said.iter().any(|line| line.starts_with("turn 1")), "{said:?}");
    assert_eq!(*said.last().unwrap(), "answered");
    // No notices for a client that did not ask for them; the answer is offered as a file of the user's own.
    assert!(client.received("spelunk/run").is_empty());
    let shown = client.wait_for("window/showDocument", |_| true).await;
    assert_eq!((&shown["uri"], &shown["external"]), (&end["document"], &json!(false)));
    let path = std::path::PathBuf::from(shown["uri"].as_str().unwrap().strip_prefix("file://").unwrap());
    assert!(path.starts_with(world.state()) && path.extension().unwrap() == "md", "{path:?}");
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let page = std::fs::read_to_string(&path).unwrap();
    assert!(page.contains("`parse`\\<script> is it"), "{page}");
    client.shut_down().await;
}

#[tokio::test]
async fn an_answer_does_not_wait_for_its_document_to_be_shown() {
    let (world, server) = (World::new(), Server::start().await);
    cells(&server, "what?", &["answer('that')"]);
    let mut client = with(&world, &server, Value::Null).await;
    client.hold("window/showDocument");
    let end = client.request("workspace/executeCommand", command_params("what?", "t")).await.unwrap();
    client.wait_for("window/showDocument", |shown| shown["uri"] == end["document"]).await;
    client.shut_down().await;
}

#[tokio::test]
async fn a_client_that_cannot_show_documents_gets_none() {
    let (world, server) = (World::new(), Server::start().await);
    cells(&server, "what?", &["answer('that')", "answer()"]);
    let mut client = Client::spawn(command(&world, &server), &world);
    client.initialize(json!({}), Value::Null).await.unwrap();
    let end = client.request("workspace/executeCommand", command_params("what?", "t")).await.unwrap();
    assert!(end.get("document").is_none() && !world.state().join("answers").exists());
    client.shut_down().await;
}

#[tokio::test]
async fn failures_and_wrong_arguments_are_answered() {
    let (world, server) = (World::new(), Server::start().await);
    server.always(Answer::status(401).body(r#"{"error":{"message":"bad key"}}"#));
    let mut client = with(&world, &server, Value::Null).await;
    let error = client.request("workspace/executeCommand", command_params("what?", "t")).await.unwrap_err();
    assert_eq!(error["code"], -32803);
    assert!(error["message"].as_str().unwrap().contains("bad key"), "{error}");
    let progress = client.received("$/progress");
    assert!(progress.last().unwrap()["value"]["message"].as_str().unwrap().contains("bad key"));
    let sent = server.requests().len();
    let outside = json!({ "uri": "file:///etc/passwd" });
    for (arguments, says) in [
        (json!([]), "one argument"),
        (json!([{}]), "question"),
        (json!([{ "question": "  " }]), "empty"),
        (json!([{ "question": "x", "modell": "openai/other" }]), "modell"),
        (json!([{ "question": "x", "scope": "nowhere/**" }]), "nowhere/**"),
        (json!([{ "question": "x", "at": outside }]), "no folder of the workspace"),
    ] {
        let params = json!({ "command": "spelunk.ask", "arguments": arguments });
        let error = client.request("workspace/executeCommand", params).await.unwrap_err();
        assert!(error["code"] == -32602 && error["message"].as_str().unwrap().contains(says), "{arguments}: {error}");
    }
    let unknown = client.request("workspace/executeCommand", json!({ "command": "spelunk.fly" })).await.unwrap_err();
    assert!(unknown["message"].as_str().unwrap().contains("spelunk.ask"), "{unknown}");
    for method in ["spelunk/cancel", "spelunk/answerNow"] {
        let answer = client.request(method, json!({ "runId": "none" })).await.unwrap();
        assert_eq!(answer, json!({ "running": false }));
    }
    let untold = client.request("spelunk/trace", json!({ "runId": "../../etc" })).await.unwrap_err();
    assert_eq!(untold["code"], -32803);
    assert_eq!(server.requests().len(), sent);
    client.shut_down().await;
}

#[tokio::test]
async fn a_question_is_asked_somewhere_and_over_a_part() {
    let (world, server) = (World::new(), Server::start().await);
    world.file("docs/other.md", "parse nothing\n");
    cells(&server, "what is this?", &["answer(repo.files().map((f) => f.path).join())", "answer()"]);
    let mut client = ours(&world, &server).await;
    let at = json!({ "uri": client.uri("src/parse.rs"), "position": { "line": 3, "character": 8 } });
    let scope = json!(["src/**"]);
    let end = answered(&mut client, json!({ "question": "what is this?", "at": at, "scope": scope })).await;
    assert_eq!(end["answer"], "src/main.rs,src/parse.rs");
    let prompt = server.requests()[0].json()["messages"][1]["content"].as_str().unwrap().to_owned();
    let place = r#"{"path":"src/parse.rs","from":4,"to":4,"symbol":"parse"}"#;
    assert!(prompt.contains(&format!("{place}\n4: pub fn parse(line")), "{prompt}");
    client.shut_down().await;
}

#[tokio::test]
async fn an_answer_can_be_asked_for_now() {
    let (world, server) = (World::new(), Server::start().await);
    server.rule(|request| is_salvage(&request.json()).then(|| Answer::says("what is known")));
    script(&server, "hang?", vec![says_cell("console.log('something')"), Answer::events::<&str>([]).hang()]);
    cells(&server, "loop?", &["console.log('something')", "repo.search('zzz'); for (;;) {}"]);
    let mut client = ours(&world, &server).await;
    for (question, sign) in [("hang?", "output"), ("loop?", "looking")] {
        let before = server.requests().len();
        let run = begin(&mut client, json!({ "question": question })).await;
        event(&mut client, &run, sign).await;
        server.received(before + 2).await;
        let answer = client.request("spelunk/answerNow", json!({ "runId": run })).await.unwrap();
        assert_eq!(answer, json!({ "running": true }));
        let end = event(&mut client, &run, "end").await;
        assert_eq!((&end["reason"], &end["answer"]), (&json!("limit"), &json!("what is known")));
        assert!(kinds(&events(&client, &run)).contains(&"limit"));
    }
    server.disconnected(1).await;
    client.shut_down().await;
}

#[tokio::test]
async fn unsaved_text_is_what_runs_see() {
    let (world, server) = (World::new(), Server::start().await);
    let cell = "const hits = repo.search('fresh_name'); \
        const [def] = repo.symbols('fresh_name'); \
        console.log(hits, repo.read(def.path, def.from, def.to), repo.read('src/new.rs'), repo.search('fn count').length); hits";
    cells(&server, "where?", &[cell, "answer('`fresh_name` is new (src/parse.rs:2-3, src/new.rs:1).')", "answer()"]);
    let mut client = ours(&world, &server).await;
    client.open("src/parse.rs", "rust", 1, "// unsaved\nfn fresh_name() {\n}\n").await;
    client.open("src/new.rs", "rust", 1, "// never saved: fresh_name\n").await;
    let end = answered(&mut client, json!({ "question": "where?" })).await;
    let seen = server.requests()[1].last_message();
    assert!(seen.contains("fn fresh_name() {\n}") && seen.contains("never saved"), "{seen}");
    let places: Vec<Value> = end["citations"].as_array().unwrap().iter().map(|c| c["location"].clone()).collect();
    assert_eq!(places.len(), 2, "{end}");
    assert_eq!(places[0]["range"]["end"], json!({ "line": 2, "character": 1 }));
    assert_eq!(places[1]["uri"], client.uri("src/new.rs"));
    client.shut_down().await;
}

#[tokio::test]
async fn a_secret_file_stays_one_when_it_is_open() {
    let (world, server) = (World::new(), Server::start().await);
    let cell = "for (const f of [repo.read, repo.text, repo.outline]) { try { console.log(f('.env')) } catch (e) { console.log(e.message) } } \
        console.log(repo.search('TOKEN', { hidden: true }), repo.files('**/*', { hidden: true }).length)";
    cells(&server, "what is this?", &[cell, "answer('nothing')"]);
    let mut client = ours(&world, &server).await;
    client.open(".env", "dotenv", 1, &format!("TOKEN={CANARY}\nx{}\n", CANARY.replace('-', "_"))).await;
    for line in [0, 1] {
        let at = json!({ "uri": client.uri(".env"), "position": { "line": line, "character": 8 } });
        let _ = answered(&mut client, json!({ "question": "what is this?", "at": at })).await;
    }
    for canary in [CANARY.to_owned(), CANARY.replace('-', "_")] {
        for request in server.requests() {
            assert!(!request.body.contains(&canary), "{}", request.body);
        }
        assert!(!contains(&all_bytes(&world.state()), canary.as_bytes()));
        assert!(
            !json!(client.received("spelunk/run")).to_string().contains(&canary) && !client.log().contains(&canary)
        );
    }
    client.shut_down().await;
}

#[tokio::test]
async fn a_workspace_that_is_not_trusted_gets_the_builtin_planner() {
    let (world, server) = (World::new(), Server::start().await);
    let mut client = with(&world, &server, json!({ "runs": true, "trusted": false, "editorModel": {} })).await;
    let run = begin(&mut client, json!({ "question": "where is parse defined?" })).await;
    let end = event(&mut client, &run, "end").await;
    assert_eq!((&end["model"], &end["reason"]), (&json!("builtin"), &json!("answered")));
    assert!(end["answer"].as_str().unwrap().contains("src/parse.rs:4"), "{end}");
    let note = event(&mut client, &run, "note").await;
    for said in [&note["text"], &end["message"]] {
        assert!(said.as_str().unwrap().contains("not trusted, so openai/test was not asked"), "{said}");
    }
    assert_eq!(server.connections(), 0);
    assert!(client.received("spelunk/complete").is_empty());
    client.shut_down().await;
    let odd = Client::start(&world).initialize(json!({}), json!({ "trusted": "yes" })).await;
    assert_eq!(odd.unwrap_err()["code"], -32602);
}

#[tokio::test]
async fn the_machine_s_settings_come_with_the_session() {
    let (world, server) = (World::new(), Server::start().await);
    cells(&server, "what?", &["answer('that')", "answer()"]);
    let machine = json!({
        "model": "own/test", "maxTurns": 7, "providers": { "own": { "baseUrl": server.base_url(), "key": "sk-own" } },
    });
    let mut client = Client::ready(&world, json!({}), json!({ "runs": true, "machine": machine })).await;
    let end = answered(&mut client, json!({ "question": "what?" })).await;
    assert_eq!((&end["model"], &end["answer"]), (&json!("own/test"), &json!("that")));
    assert_eq!(server.requests()[0].header("authorization"), Some("Bearer sk-own"));
    client.shut_down().await;
    for (machine, says) in [(json!({ "modell": "x" }), "modell"), (json!({ "maxTurns": -1 }), "maxTurns")] {
        let refused = Client::start(&world).initialize(json!({}), json!({ "machine": machine })).await.unwrap_err();
        assert!(refused["code"] == -32602 && refused["message"].as_str().unwrap().contains(says), "{refused}");
    }
}

#[tokio::test]
async fn one_reply_that_is_gated_does_not_hold_another() {
    let (world, server, gate) = (World::new(), Server::start().await, Gate::new());
    script(&server, "slow?", vec![gated("```js\nanswer('slow')\n```", &gate), says_cell("answer()")]);
    cells(&server, "fast?", &["answer('fast')", "answer()"]);
    let mut client = ours(&world, &server).await;
    let slow = begin(&mut client, json!({ "question": "slow?" })).await;
    assert_eq!(answered(&mut client, json!({ "question": "fast?" })).await["answer"], "fast");
    gate.open();
    assert_eq!(event(&mut client, &slow, "end").await["answer"], "slow");
    client.shut_down().await;
}
