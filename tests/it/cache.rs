//! Replies that are there already, in whole runs over HTTP: what is asked again, and what is not.

use std::sync::Mutex;

use rustix::process::{Pid, Signal};
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use crate::agent::{World, finish, gated, is_root};
use crate::server::{Answer, Gate, Server, chunk};

fn command(world: &World, server: &Server, args: &[&str]) -> Command {
    let mut command = world.command(args);
    command.env("OPENAI_BASE_URL", server.base_url()).env("SPELUNK_CACHE", "true");
    command
}

fn ask(world: &World, server: &Server, args: &[&str]) -> Child {
    let repo = world.repo();
    let all = ["ask", "what happens?", repo.to_str().unwrap(), "--json", "--model", "openai/test"];
    command(world, server, &[&all, args].concat()).spawn().unwrap()
}

fn eval(world: &World, server: &Server, code: &str, args: &[&str]) -> Child {
    let repo = world.repo();
    let all = ["eval", code, repo.to_str().unwrap(), "--model", "openai/test"];
    command(world, server, &[&all, args].concat()).spawn().unwrap()
}

/// The root's cells by turn, however often they are asked for: a root prompt has a message more for each turn and cell.
fn cells(server: &Server, cells: &[&str]) {
    let cells: Vec<String> = cells.iter().map(|cell| format!("```js\n{cell}\n```")).collect();
    server.rule(move |request| {
        let request = request.json();
        let turn = (request["messages"].as_array()?.len() - 2) / 2;
        is_root(&request).then(|| cells.get(turn).map(|cell| Answer::says(cell))).flatten()
    });
}

/// A question with two sub-calls, one a file.
const CELLS: [&str; 2] = [
    "const files = ['src/main.rs', 'src/parse.rs']; \
     const all = await llmAll(files.map((path) => ({ prompt: `sum up ${path}`, data: repo.text(path) }))); all.map((a) => a.value)",
    "answer(all.map((a) => a.value).join(' and '), { citations: [] })",
];

fn summing_up(server: &Server) {
    server.when("sum up src/main.rs", Answer::says("a loop"));
    server.when("sum up src/parse.rs", Answer::says("a parser"));
    cells(server, &CELLS);
}

/// The last messages of what was sent, in order of their first lines.
fn sent(server: &Server, after: usize) -> Vec<String> {
    let mut sent: Vec<String> = server.requests()[after..]
        .iter()
        .map(|request| if is_root(&request.json()) { "root".to_owned() } else { request.last_message() })
        .map(|message| message.lines().next().unwrap_or_default().to_owned())
        .collect();
    sent.sort();
    sent
}

#[tokio::test]
async fn the_same_question_costs_nothing_the_second_time() {
    let (world, server) = (World::new(), Server::start().await);
    summing_up(&server);
    let first = finish(ask(&world, &server, &[])).await.json();
    assert_eq!(first["answer"], "a loop and a parser");
    assert_eq!((&first["spent"]["calls"], &first["spent"]["hits"]), (&json!(4), &json!(0)));
    assert_eq!(server.requests().len(), 4);

    let second = finish(ask(&world, &server, &[])).await;
    let report = second.json();
    assert_eq!(server.requests().len(), 4, "nothing is asked again");
    assert_eq!((&report["answer"], &report["citations"]), (&first["answer"], &first["citations"]));
    let spent = |name: &str| &report["spent"][name];
    assert_eq!((spent("calls"), spent("hits"), spent("turns")), (&json!(0), &json!(4), &json!(2)));
    assert_eq!((spent("usd"), &spent("usage")["input"], spent("unpriced")), (&json!(0.0), &json!(0), &json!(0)));
    let shown = world.run(&["trace", report["run"].as_str().unwrap()]).await;
    assert_eq!(shown.stdout.matches("from the cache").count(), 4, "{}", shown.stdout);

    // Another model, another endpoint: nothing is the same.
    let other = Server::start().await;
    summing_up(&other);
    finish(ask(&world, &other, &[])).await;
    assert_eq!(other.requests().len(), 4);
    finish(ask(&world, &server, &["--leaf-model", "openai/small"])).await;
    assert_eq!(sent(&server, 4), ["sum up src/main.rs", "sum up src/parse.rs"]);
}

#[tokio::test]
async fn an_edit_costs_what_it_touches() {
    let (world, server) = (World::new(), Server::start().await);
    world.file("src/main.rs", "// a\nfn main() {}\n");
    summing_up(&server);
    finish(ask(&world, &server, &[])).await;
    world.file("src/main.rs", "// b\nfn main() {}\n");
    finish(ask(&world, &server, &[])).await;
    // What the root is told of main.rs has not changed, so its second turn is there as well.
    assert_eq!(sent(&server, 4), ["sum up src/main.rs"]);

    // A summary that changes reaches the root.
    let before = server.requests().len();
    let mut says = Some(Answer::says("two loops"));
    let changed = Server::start().await;
    changed.rule(move |request| request.last_message().contains("sum up src/main.rs").then(|| says.take()).flatten());
    summing_up(&changed);
    finish(ask(&world, &changed, &[])).await;
    world.file("src/main.rs", "// c\nfn main() {}\n");
    finish(ask(&world, &changed, &[])).await;
    assert_eq!(sent(&changed, 4), ["root", "sum up src/main.rs"]);
    assert_eq!(server.requests().len(), before);
}

#[tokio::test]
async fn equal_calls_under_way_are_one() {
    let (world, server, gate) = (World::new(), Server::start().await, Gate::new());
    server.when("same?", gated("yes", &gate));
    server.when("other?", Answer::says("no"));
    let code = "const all = await llmAll(['same?', 'same?', 'other?', 'same?'].map((prompt) => ({ prompt }))); \
                all.map((a) => a.value).join()";
    let child = eval(&world, &server, code, &["--concurrency", "1"]);
    server.received(1).await;
    gate.open();
    let finished = finish(child).await;
    assert_eq!(finished.stdout.trim(), "yes,yes,no,yes", "{}", finished.stderr);
    assert_eq!(sent(&server, 0), ["other?", "same?"]);
}

#[tokio::test]
async fn a_failure_is_nobody_elses() {
    let (world, server) = (World::new(), Server::start().await);
    let mut refused = Some(Answer::status(400).body(r#"{"error":{"message":"not now"}}"#));
    server.rule(move |_| refused.take());
    server.always(Answer::says("yes"));
    let code = "const all = await llmAll(['same?', 'same?', 'same?'].map((prompt) => ({ prompt }))); \
                all.map((a) => a.ok).join()";
    let finished = finish(eval(&world, &server, code, &[])).await;
    assert_eq!(finished.stdout.trim(), "false,true,true", "{}", finished.stderr);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn what_is_interrupted_is_asked_again() {
    let (world, server) = (World::new(), Server::start().await);
    let mut hangs = Some(Answer::events::<&str>([]).hang());
    server.rule(move |_| hangs.take());
    server.always(Answer::says("yes"));
    let child = eval(&world, &server, "await llm('same?')", &[]);
    server.received(1).await;
    rustix::process::kill_process(Pid::from_raw(child.id().unwrap() as i32).unwrap(), Signal::INT).unwrap();
    assert_eq!(finish(child).await.code, Some(130));
    assert_eq!(finish(eval(&world, &server, "await llm('same?')", &[])).await.stdout.trim(), "yes");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn what_cannot_be_used_does_not_come_back() {
    let (world, server) = (World::new(), Server::start().await);
    // A reply that does not fit the schema, and one that does.
    let replies = Mutex::new(vec!["[1]", "nonsense"]);
    server.rule(move |request| {
        let complaint = request.last_message().contains("cannot be used");
        let mut replies = replies.lock().unwrap();
        (complaint || !replies.is_empty()).then(|| Answer::says(replies.pop().unwrap_or("[1]")))
    });
    server.always(Answer::says("[2]"));
    let code = "await llm('one?', null, { schema: { type: 'array' } })";
    assert_eq!(finish(eval(&world, &server, code, &[])).await.stdout.trim(), "[1]");
    assert_eq!(server.requests().len(), 2);
    assert_eq!(finish(eval(&world, &server, code, &[])).await.stdout.trim(), "[2]");
    assert_eq!(server.requests().len(), 3, "the first reply was not kept");
    assert_eq!(finish(eval(&world, &server, code, &[])).await.stdout.trim(), "[2]");
    assert_eq!(server.requests().len(), 3);

    // A root that writes no code is not held to that for ever.
    let server = Server::start().await;
    server.always(Answer::says("I would rather not."));
    let check = async |expect: usize| {
        let report = finish(ask(&world, &server, &[])).await.json();
        assert_eq!(report["tripped"], "no-code");
        assert!(server.requests().len() >= expect, "{}", server.requests().len());
    };
    check(4).await;
    check(7).await;
}

/// A reply that stops at its bound.
fn cut(text: &str) -> Answer {
    let part = chunk(json!({ "content": text }), Some("length")).to_string();
    Answer::events([part, "[DONE]".to_owned()])
}

#[tokio::test]
async fn a_reply_that_was_cut_is_paid_for_once() {
    let (world, server) = (World::new(), Server::start().await);
    server.rule(|request| (request.json()["max_tokens"] == 100).then(|| cut("once upon")));
    server.always(Answer::says("once upon a time"));
    let check = async |expect: usize| {
        let finished = finish(eval(&world, &server, "await llm('long?', null, { maxTokens: 100 })", &[])).await;
        assert_eq!(finished.stdout.trim(), "once upon a time", "{}", finished.stderr);
        assert_eq!(server.requests().len(), expect);
    };
    check(2).await;
    check(2).await;
}

#[tokio::test]
async fn what_cannot_be_used_does_not_come_back_with_more_room_either() {
    let (world, server) = (World::new(), Server::start().await);
    server.rule(|request| {
        let complaint = request.last_message().contains("cannot be used");
        (request.json()["max_tokens"] == 100 && !complaint).then(|| cut("[1, "))
    });
    server.then(Answer::says("nonsense"));
    server.then(Answer::says("[1]"));
    server.then(Answer::says("[2]"));
    let check = async |value: &str, expect: usize| {
        let code = "await llm('one?', null, { schema: { type: 'array' }, maxTokens: 100 })";
        let finished = finish(eval(&world, &server, code, &[])).await;
        assert_eq!((finished.stdout.trim(), server.requests().len()), (value, expect), "{}", finished.stderr);
    };
    check("[1]", 3).await;
    check("[2]", 4).await;
    check("[2]", 4).await;
}

#[tokio::test]
async fn replies_that_are_there_do_not_keep_a_run_going() {
    let (world, server) = (World::new(), Server::start().await);
    server.when("again", Answer::says("yes"));
    let code = "let n = 0; try { for (;;) { await llm('again'); n++; } } catch (error) { console.log(n, error.name); }";
    let finished = finish(eval(&world, &server, code, &["--max-calls", "3"])).await;
    assert_eq!(finished.stdout.trim(), "31 BudgetError", "{}", finished.stderr);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn it_can_be_switched_off() {
    let (world, server) = (World::new(), Server::start().await);
    summing_up(&server);
    let asked = async |args: &[&str], variable: (&str, &str)| {
        let repo = world.repo();
        let all = ["ask", "what happens?", repo.to_str().unwrap(), "--json", "--model", "openai/test"];
        let before = server.requests().len();
        let child = command(&world, &server, &[&all, args].concat()).env(variable.0, variable.1).spawn().unwrap();
        assert_eq!(finish(child).await.json()["answer"], "a loop and a parser");
        server.requests().len() - before
    };
    let file = world.state().join("cache.sqlite");
    assert_eq!(asked(&["--no-cache"], ("X", "x")).await, 4);
    assert_eq!(asked(&[], ("SPELUNK_CACHE", "false")).await, 4);
    assert_eq!(asked(&[], ("SPELUNK_CACHE_MIB", "0")).await, 4);
    assert!(!file.exists());
    assert_eq!(asked(&[], ("X", "x")).await, 4);
    assert!(file.exists());
    assert_eq!(asked(&["--no-cache"], ("X", "x")).await, 4, "what is there is not used");
    assert_eq!(asked(&[], ("X", "x")).await, 0);
}

#[tokio::test]
async fn a_broken_cache_is_one_warning() {
    let (world, server) = (World::new(), Server::start().await);
    summing_up(&server);
    let file = world.state().join("cache.sqlite");
    std::fs::create_dir_all(&file).unwrap();
    let finished = finish(ask(&world, &server, &[])).await;
    assert_eq!(finished.json()["answer"], "a loop and a parser");
    assert_eq!(finished.stderr.matches("the cache of model replies cannot be used").count(), 1, "{}", finished.stderr);

    std::fs::remove_dir(&file).unwrap();
    std::fs::write(&file, [b'x'; 8192]).unwrap();
    let finished = finish(ask(&world, &server, &[])).await;
    assert_eq!(finished.stderr.matches("is damaged").count(), 1, "{}", finished.stderr);
    let before = server.requests().len();
    let finished = finish(ask(&world, &server, &[])).await;
    assert_eq!((server.requests().len(), finished.stderr.contains("damaged")), (before, false));
}

#[tokio::test]
async fn doctor_says_where_it_is() {
    let (world, server) = (World::new(), Server::start().await);
    summing_up(&server);
    let line = async |args: &[&str]| {
        let mut doctor = world.command(&[&["doctor"], args].concat());
        let out = finish(doctor.env("SPELUNK_CACHE", "true").spawn().unwrap()).await.stdout;
        out.lines().find(|line| line.contains(" cache ")).unwrap_or_else(|| panic!("{out}")).to_owned()
    };
    assert!(line(&[]).await.ends_with("cache.sqlite: nothing yet, room for 256 MiB"));
    finish(ask(&world, &server, &[])).await;
    assert!(line(&[]).await.ends_with("cache.sqlite: 4 replies, 0.0 of 256 MiB"), "{}", line(&[]).await);
    assert!(line(&["--no-cache"]).await.contains("off; every request is sent"));
}

#[tokio::test]
async fn a_budget_that_runs_low_changes_no_later_prompt() {
    let (world, server) = (World::new(), Server::start().await);
    cells(&server, &["1", "2", "3", "4", "5", "answer('done')"]);
    let turns = ["--max-turns", "8"];
    let first = finish(ask(&world, &server, &turns)).await;
    assert_eq!(first.json()["answer"], "done", "{}", first.stderr);
    let told = |request: &Value| {
        let messages = request["messages"].as_array().unwrap();
        messages.iter().filter(|m| m["content"].as_str().unwrap().contains("\nBudget, ")).count()
    };
    let told: Vec<usize> = server.requests().iter().map(|request| told(&request.json())).collect();
    assert_eq!(told, [0, 0, 0, 0, 1, 0], "it is said once, with the request for which it is news");
    let second = finish(ask(&world, &server, &turns)).await;
    assert_eq!((second.json()["answer"].clone(), server.requests().len()), (json!("done"), 6));
}
