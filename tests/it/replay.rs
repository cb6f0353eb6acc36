//! Replay: recorded runs executed again by the real binary, with the endpoint down and the repository gone.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use spelunk::agent::{Conversation, FenceKey, Models, Named, Setup, Stop, ask_in};
use spelunk::journal::{Header, Journal};
use spelunk::model::scripted::{Line, Scripted};
use spelunk::workspace::Workspace;

use crate::agent::{Finished, World, finish, gated};
use crate::children::{script, world};
use crate::server::{Answer, Gate, Server};

/// Asks "what happens?"; the report, with the server gone and the repository deleted.
async fn recorded(world: &World, server: Server, args: &[&str]) -> Value {
    let finished = finish(world.ask(&server, args)).await;
    assert!(matches!(finished.code, Some(0 | 3 | 4)), "{}", finished.stderr);
    std::fs::remove_dir_all(world.repo()).unwrap();
    finished.json()
}

async fn replay(world: &World, run: &str) -> (Option<i32>, Value) {
    let finished = world.run(&["replay", run, "--json"]).await;
    (finished.code, finished.json())
}

/// Replays the run of a report, which has to agree; the root's part.
async fn agrees(world: &World, report: &Value) -> Value {
    let before = runs(world);
    let (code, replay) = replay(world, report["run"].as_str().unwrap()).await;
    assert_eq!((code, &replay["agreed"]), (Some(0), &json!(true)), "{replay:#}");
    let root = replay["agents"][0].clone();
    let answer = if report["value"].is_null() { &report["answer"] } else { &report["value"] };
    assert!(&root["answer"] == answer || root["answer"].is_null() && *answer == json!(""), "{replay:#}\n{report:#}");
    assert_eq!(runs(world), before, "a replay records nothing");
    root
}

fn runs(world: &World) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = world.state().join("runs").read_dir().unwrap();
    let mut files: Vec<_> =
        folder.map(|file| file.unwrap().path()).map(|p| (p.clone(), std::fs::read(&p).unwrap())).collect();
    files.sort();
    files
}

const UNORDERED: &[&str] = &[
    "const hits = repo.search(/fn (parse|count)/); console.log(Date.now(), Math.random(), new Date().toISOString()); hits",
    "const order = []; const keep = async (name, call) => { const value = await call; order.push(name); return value }; \
     const both = llmAll([{ prompt: 'fourth?', data: repo.text(hits) }, { prompt: 'refused?' }]); \
     const [first, , rest] = await Promise.all([keep('first', llm('first?')), \
       keep('second', llm('second?')).then(() => keep('third', llm('third?'))), keep('all', both)]); \
     setTimeout(() => order.push('timer'), 5); await new Promise(done => setTimeout(done, 9)); [order, rest, Math.random()]",
    "let kept = 1; kept = 2; repo.read('no/such/file')",
    "note('half way'); console.log('news', vars()); answer('early')",
    "answer(`${kept} ${order} ${first}: ${Math.random()} ${Date.now()} \\`parse\\` (src/parse.rs:4-6), src/main.rs:1-2.`)",
    "answer()",
];

/// A server for [`UNORDERED`]: the first sub-call is answered last.
async fn unordered() -> (Server, Gate) {
    let (server, gate) = (Server::start().await, Gate::new());
    script(&server, &[("what happens?", UNORDERED)]);
    server.when("first?", gated("one", &gate));
    for leaf in ["second?", "third?", "fourth?"] {
        server.when(leaf, Answer::says(&format!("the answer to {leaf}")));
    }
    server.when("refused?", Answer::status(400).body(r#"{"error":{"message":"no such thing"}}"#));
    (server, gate)
}

/// Records a run of [`UNORDERED`].
async fn record_unordered(world: &World) -> Value {
    let (server, gate) = unordered().await;
    let child = world.ask(&server, &[]);
    // Two turns, and five sub-calls: the third is made when the second has settled.
    server.received(7).await;
    gate.open();
    let finished = finish(child).await;
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    std::fs::remove_dir_all(world.repo()).unwrap();
    finished.json()
}

#[tokio::test]
async fn the_answer_is_the_same_byte_for_byte() {
    let world = World::new();
    let report = record_unordered(&world).await;
    let answer = report["answer"].as_str().unwrap();
    assert!(answer.starts_with("2 ") && answer.contains(",timer one: 0."), "{answer}");
    assert!(answer.find("second") < answer.find("first"), "{answer}");
    let root = agrees(&world, &report).await;
    assert_eq!((&root["turns"], &root["cells"], &root["inexact_from"]), (&json!(6), &json!(6), &Value::Null));

    let shown = world.run(&["replay", report["run"].as_str().unwrap()]).await;
    assert_eq!(shown.stdout, "root: agrees over 6 turns, 6 cells; the same answer, byte for byte\n");
}

/// The journal's lines, changed and written back.
fn tamper(path: &Path, mut change: impl FnMut(&mut Value)) {
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        change(&mut line);
        format!("{line}\n")
    });
    std::fs::write(path, lines.collect::<String>()).unwrap();
}

fn journal_of(world: &World, report: &Value) -> PathBuf {
    world.state().join("runs").join(format!("{}.jsonl", report["run"].as_str().unwrap()))
}

#[tokio::test]
async fn a_record_that_was_changed_differs_where_it_was_changed() {
    let world = World::new();
    let report = record_unordered(&world).await;
    let path = journal_of(&world, &report);
    let original = std::fs::read(&path).unwrap();
    let check = async |change: &dyn Fn(&mut Value), cell: u64, what: &str| {
        std::fs::write(&path, &original).unwrap();
        tamper(&path, change);
        assert_ne!(std::fs::read(&path).unwrap(), original, "nothing was changed for {what}");
        let (code, replay) = replay(&world, report["run"].as_str().unwrap()).await;
        let difference = &replay["agents"][0]["difference"];
        assert_eq!((code, &replay["agreed"]), (Some(1), &json!(false)), "{replay:#}");
        assert_eq!((&difference["cell"], &difference["what"]), (&json!(cell), &json!(what)), "{replay:#}");
        assert_ne!(difference["recorded"], difference["replayed"]);
    };
    let replace = |line: &mut Value, kind: &str, from: &str, to: &str| {
        if line["type"] == kind {
            *line = serde_json::from_str(&line.to_string().replace(from, to)).unwrap();
        }
    };
    // What the host had said.
    check(&|line| replace(line, "host_reply", "pub fn count", "pub fn recount"), 1, "value").await;
    check(&|line| replace(line, "host_reply", "answer to fourth", "reply to fourth"), 2, "value").await;
    check(&|line| replace(line, "host_reply", r#"{\"ok\":false"#, r#"{\"ok\":true"#), 2, "value").await;
    // What the model had said.
    check(&|line| replace(line, "call_finished", "let kept = 1", "let kept = 3"), 3, "code").await;
    check(&|line| replace(line, "call_finished", "answer('early')", "answer('earlier')"), 4, "code").await;
    // What came of it.
    check(&|line| replace(line, "cell_done", "no/such/file", "such/a/file"), 3, "error").await;
    check(&|line| replace(line, "host_call", "half way", "all the way"), 4, "host call 1").await;
    check(&|line| replace(line, "answer", "one: 0.", "one: 1."), 5, "answer").await;
    // What the run started from.
    check(&|line| line["seed"] = line["seed"].as_u64().map_or(Value::Null, |seed| json!(seed ^ 1)), 1, "output").await;
    // The order in which promises settled: the first before the second.
    let swapped: Vec<String> = {
        let mut lines: Vec<String> = String::from_utf8(original.clone()).unwrap().lines().map(str::to_owned).collect();
        let of = |lines: &[String], text: &str| {
            lines.iter().position(|line| line.contains("\"host_reply\"") && line.contains(text)).unwrap()
        };
        let (second, first) = (of(&lines, "answer to second"), of(&lines, r#"\"one\""#));
        assert!(second < first);
        let line = lines.remove(first);
        lines.insert(second, line);
        lines
    };
    std::fs::write(&path, swapped.join("\n") + "\n").unwrap();
    let (code, replay) = replay(&world, report["run"].as_str().unwrap()).await;
    assert_eq!((code, &replay["agents"][0]["difference"]["cell"]), (Some(1), &json!(2)), "{replay:#}");
}

#[tokio::test]
async fn a_cell_that_waits_for_what_never_comes_differs() {
    let (world, server) = (World::new(), Server::start().await);
    let cells =
        ["const a = llm('a?'); if (repo.read('src/parse.rs').length > 9) await llm('b?'); await a", "answer('done')"];
    script(&server, &[("what happens?", &cells)]);
    server.when("a?", Answer::says("yes"));
    server.when("b?", Answer::says("yes"));
    let report = recorded(&world, server, &[]).await;
    agrees(&world, &report).await;
    let path = journal_of(&world, &report);
    // Now the second call is not made, and the first is recorded as settled after it.
    let mut lines: Vec<Value> =
        std::fs::read_to_string(&path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let host = |name: &str, lines: &[Value]| {
        let of = |line: &&Value| line["type"] == "host_call" && line["name"] == name;
        lines.iter().filter(of).map(|line| line["host"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    let (llms, read) = (host("llm", &lines), host("repo.read", &lines)[0]);
    let at = |lines: &[Value], host: u64| {
        lines.iter().position(|line| line["type"] == "host_reply" && line["host"] == host).unwrap()
    };
    let short = at(&lines, read);
    lines[short]["outcome"] = json!({ "ok": "\"\"" });
    let line = lines.remove(at(&lines, llms[0]));
    let after = at(&lines, llms[1]);
    lines.insert(after + 1, line);
    std::fs::write(&path, lines.iter().map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    let (code, replay) = replay(&world, report["run"].as_str().unwrap()).await;
    let difference = &replay["agents"][0]["difference"];
    assert_eq!(
        (code, &difference["cell"], &difference["what"]),
        (Some(1), &json!(1), &json!("host call")),
        "{replay:#}"
    );
}

#[tokio::test]
async fn runs_that_ended_in_other_ways_agree() {
    let salvaged = |server: &Server| {
        server.rule(|request| crate::agent::is_salvage(&request.json()).then(|| Answer::says("salvaged")));
    };
    let check = async |cells: &[&str], args: &[&str], tripped: Value, cells_agreed: u64| {
        let (world, server) = (World::new(), Server::start().await);
        salvaged(&server);
        script(&server, &[("what happens?", cells)]);
        let report = recorded(&world, server, args).await;
        assert_eq!(report["tripped"], tripped);
        let root = agrees(&world, &report).await;
        assert_eq!(root["cells"], cells_agreed, "{root:#}");
    };
    check(&["1", "2", "3"], &["--max-turns", "2"], json!("turns"), 2).await;
    check(&["repo.info.name"; 3], &[], json!("repeated"), 2).await;
    check(&["console.log(1); answer('held')", "2"], &["--max-turns", "2"], json!("turns"), 2).await;
    check(&["console.log(1)", "answer({ n: [1, 2], text: 'é\u{2028}' })"], &[], Value::Null, 2).await;
    // A worker that ran out of memory, and its successor.
    let bomb = "let kept = Math.random(); const bomb = []; for (;;) bomb.push(new Array(1e6).fill(1))";
    check(&[bomb, "let fresh = Math.random(); fresh", "answer(`${fresh} ${typeof kept}`)"], &[], Value::Null, 3).await;
    // Code that never came.
    let (world, server) = (World::new(), Server::start().await);
    salvaged(&server);
    for reply in ["The answer is 42.", "Really, 42.", "I said 42."] {
        server.then(Answer::says(reply));
    }
    let report = recorded(&world, server, &[]).await;
    assert_eq!(report["tripped"], "no-code");
    assert_eq!(agrees(&world, &report).await["turns"], 3);
}

#[tokio::test]
async fn a_cell_that_was_stopped_is_taken_as_it_was() {
    let (world, server) = (World::new(), Server::start().await);
    let cells = ["let n = 1; for (;;);", "answer(`${n}`)"];
    script(&server, &[("what happens?", &cells)]);
    let repo = world.repo();
    let mut command =
        world.command(&["ask", "what happens?", repo.to_str().unwrap(), "--json", "--model", "openai/test"]);
    command.env("OPENAI_BASE_URL", server.base_url()).env("SPELUNK_CELL_SECONDS", "1");
    let report = finish(command.spawn().unwrap()).await.json();
    assert_eq!(report["answer"], "1");
    let root = agrees(&world, &report).await;
    assert_eq!((&root["cells"], &root["inexact_from"]), (&json!(2), &json!(1)));
}

#[tokio::test]
async fn runs_without_a_language_model_or_without_code_agree() {
    let world = World::new();
    let repo = world.repo();
    let asked = ["ask", "where is parse defined?", repo.to_str().unwrap(), "--json", "--model", "builtin"];
    let report = world.run(&asked).await.json();
    let root = agrees(&world, &report).await;
    assert!(root["answer"].as_str().unwrap().contains("src/parse.rs"), "{root}");

    let server = Server::start().await;
    server.then(Answer::says("It splits (src/parse.rs:4-6)."));
    let plain = async |server: &Server| {
        let mut command =
            world.command(&["ask", "what does it do?", repo.to_str().unwrap(), "--json", "--model", "openai/test"]);
        command.env("OPENAI_BASE_URL", server.base_url()).env("SPELUNK_PLAIN_BELOW", "50000");
        finish(command.spawn().unwrap()).await.json()
    };
    let report = plain(&server).await;
    assert_eq!(agrees(&world, &report).await["turns"], 0);
    // A cell in the plain call's reply starts the loop.
    let server = Server::start().await;
    script(
        &server,
        &[("what does it do?\n</question>\n\nThe repository:", &["answer(`${repo.files().length} files`)"])],
    );
    server.then(Answer::says("```js\nrepo.files()\n```"));
    let report = plain(&server).await;
    assert_eq!(report["answer"], "2 files");
    assert_eq!(agrees(&world, &report).await["cells"], 1);
}

#[tokio::test]
async fn children_are_replayed_for_themselves() {
    let (world, server) = (world(), Server::start().await);
    let root: &[&str] = &[
        "const all = await rlmAll(['lib/one', 'lib/two'].map(scope => ({ question: 'How many?', scope }))); \
         const sum = await rlm('Sum them.', { data: { numbers: all.map(a => a.value) } }); sum",
        "answer(`${sum.value}`)",
    ];
    let count: &[&str] =
        &["const f = repo.search('pub fn '); answer(f.total, { citations: [cite(f[0].path, f[0].line)] })"];
    let sum: &[&str] = &["console.log(Math.random(), data)", "answer(data.numbers.reduce((a, b) => a + b))"];
    script(&server, &[("what happens?", root), ("How many?", count), ("Sum them.", sum)]);
    let report = recorded(&world, server, &[]).await;
    assert_eq!(report["answer"], "7");
    agrees(&world, &report).await;
    let (_, whole) = replay(&world, report["run"].as_str().unwrap()).await;
    let agents = whole["agents"].as_array().unwrap().iter();
    let mut answers: Vec<(u64, Value)> =
        agents.map(|agent| (agent["agent"].as_u64().unwrap(), agent["answer"].clone())).collect();
    answers[1..3].sort_by_key(|(_, answer)| answer.as_u64());
    let answers: Vec<Value> = answers.into_iter().map(|(_, answer)| answer).collect();
    assert_eq!(answers, [json!("7"), json!(3), json!(4), json!(7)]);

    let path = journal_of(&world, &report);
    tamper(&path, |line| {
        if line["agent"] == 3 && line["type"] == "cell_done" {
            line["output"] = json!("something else");
        }
    });
    let (code, whole) = replay(&world, report["run"].as_str().unwrap()).await;
    let last = whole["agents"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (code, &last["agent"], &last["difference"]["what"]),
        (Some(1), &json!(3), &json!("output")),
        "{whole:#}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_question_is_replayed_over_the_earlier_ones() {
    let (world, mut talk) = (World::new(), Conversation::default());
    let mut runs = Vec::new();
    for cells in [
        &["let a = Math.random(); a", "const hits = repo.search('parse'); answer('one')"][..],
        &["let b = [a, Math.random()]; b", "answer(`${b} ${hits.length}`)"],
        &["answer(`${a} ${b} ${Math.random()}`)"],
    ] {
        let repl = crate::repl::options();
        let mib = |bytes: u64| bytes >> 20;
        let header = Header {
            question: "a question".to_owned(),
            config: json!({ "heap_mib": mib(repl.heap), "memory_mib": mib(repl.memory) }),
            seed: repl.seed,
            epoch_ms: repl.epoch_ms,
            models: spelunk::journal::event::Models { root: "scripted/test".into(), leaf: "scripted/test".into() },
            ..Header::default()
        };
        let journal = Journal::create(&world.state(), |text| text.into(), header);
        runs.push(journal.id().unwrap().to_owned());
        let model =
            Arc::new(Scripted::new(cells.iter().map(|cell| Line::text(format!("```js\n{cell}\n```")))).unwrap());
        let named = Named { name: "scripted/test".to_owned(), id: "test".to_owned(), model };
        let setup = Setup {
            snapshot: Workspace::open(&world.repo()).unwrap().snapshot(),
            models: Models { root: named.clone(), leaf: named },
            limits: Default::default(),
            repl: spelunk::repl::Options { output: 20_000, ..repl },
            key: FenceKey::new([7; 32]),
            journal,
            emit: Arc::new(|_| {}),
            plain_below: 0,
            max_data: 400_000,
            at: None,
            symbols: Arc::default(),
            schema: None,
            cache: spelunk::cache::Cache::default(),
            maps: Default::default(),
        };
        let report = ask_in(&mut talk, setup, "a question", &Stop::default()).await.unwrap();
        assert!(report.complete);
    }
    std::fs::remove_dir_all(world.repo()).unwrap();
    for (at, run) in runs.iter().enumerate() {
        let (code, replay) = replay(&world, run).await;
        assert_eq!((code, replay["agents"].as_array().unwrap().len()), (Some(0), at + 1), "{replay:#}");
    }
    std::fs::remove_file(world.state().join("runs").join(format!("{}.jsonl", runs[0]))).unwrap();
    let finished = world.run(&["replay", &runs[2]]).await;
    assert_eq!(finished.code, Some(2), "{}", finished.stdout);
    assert!(finished.stderr.contains("used variables of an earlier run"), "{}", finished.stderr);
}

#[tokio::test]
async fn what_cannot_be_replayed_is_said() {
    let (world, server) = (World::new(), Server::start().await);
    script(&server, &[("what happens?", &["'x'.repeat(6000)", "answer('done')"])]);
    let report = recorded(&world, server, &[]).await;
    let run = report["run"].as_str().unwrap();
    let refused = |finished: Finished, why: &str| {
        assert_eq!(finished.code, Some(2), "{}", finished.stdout);
        assert!(finished.stderr.contains(why), "{}", finished.stderr);
    };
    refused(world.run(&["replay", "no-such-run"]).await, "no run \"no-such-run\"");
    let path = journal_of(&world, &report);
    let original = std::fs::read(&path).unwrap();
    std::fs::write(&path, [b"garbage\n", &original[..]].concat()).unwrap();
    refused(world.run(&["replay", run]).await, "1 lines of it cannot be read, the first at byte 0");
    std::fs::write(&path, &original).unwrap();
    std::fs::remove_dir_all(world.state().join("blobs")).unwrap();
    refused(world.run(&["replay", run]).await, "is gone or damaged");
}

#[tokio::test]
async fn two_runs_are_compared() {
    let world = World::new();
    let mut ids = Vec::new();
    for cells in [
        ["const n = repo.files().length; n", "answer(`${n}`)"],
        ["const n = repo.files().length; n", "answer(`${n + 1}`)"],
    ] {
        for _ in 0..2 {
            let server = Server::start().await;
            script(&server, &[("what happens?", &cells)]);
            ids.push(finish(world.ask(&server, &[])).await.json()["run"].as_str().unwrap().to_owned());
        }
    }
    let same = world.run(&["replay", "--diff", &ids[0], &ids[1]]).await;
    assert_eq!((same.code, same.stdout.trim()), (Some(0), "the runs are the same, apart from times and costs"));
    let parted = world.run(&["replay", "--diff", &ids[0], &ids[2]]).await;
    assert_eq!(parted.code, Some(1), "{}", parted.stderr);
    for part in ["they part in reply, turn 2\n", "- answer(`${n}`)\n+ answer(`${n + 1}`)\n", "answer\n- 2\n+ 3\n"] {
        assert!(parted.stdout.contains(part), "{part:?} is not in\n{}", parted.stdout);
    }
}

#[tokio::test]
async fn answers_that_satisfy_a_schema_agree() {
    let check = async |plain_below: &str, replies: &[&str], value: Value| {
        let (world, server) = (World::new(), Server::start().await);
        std::fs::write(world.state().with_file_name("schema.json"), r#"{ "type": "integer" }"#).unwrap();
        let schema = world.state().with_file_name("schema.json");
        replies.iter().for_each(|reply| server.then(Answer::says(reply)));
        let (repo, schema) = (world.repo(), schema.to_str().unwrap());
        let asked =
            ["ask", "how many?", repo.to_str().unwrap(), "--json", "--model", "openai/test", "--schema", schema];
        let mut command = world.command(&[&asked[..], &["--max-turns", "2"]].concat());
        command.env("OPENAI_BASE_URL", server.base_url()).env("SPELUNK_PLAIN_BELOW", plain_below);
        let finished = finish(command.spawn().unwrap()).await;
        let report = finished.json();
        assert_eq!(report["value"], value, "{report:#}\n{}", finished.stderr);
        agrees(&world, &report).await;
    };
    check("50000", &["two", "2"], json!(2)).await;
    check("0", &["```js\nanswer('two')\n```", "```js\nanswer(2)\n```"], json!(2)).await;
    check("0", &["```js\n1\n```", "```js\n2\n```", "```json\n3\n```"], json!(3)).await;
}

/// A run with children, sub-calls and output, in which something is written all the time.
async fn busy() -> Server {
    let server = Server::start().await;
    let root: &[&str] = &[
        "const hits = repo.search('pub fn '); console.log(Math.random()); note('found'); hits",
        "const leaves = await llmAll(Array.from({ length: 6 }, (_, i) => ({ prompt: `leaf ${i}?`, data: 'x'.repeat(5000 * i) }))); \
         'y'.repeat(9000) + leaves.length",
        "const all = await rlmAll(['lib/one', 'lib/two'].map(scope => ({ question: 'How many?', scope }))); all.map(a => a.value)",
        "repo.read('no/such/file')",
        "console.log('news'); answer('early')",
        "answer(`${leaves.length} ${all.length} ${Math.random()}`)",
    ];
    let child: &[&str] = &["console.log(repo.files().join())", "answer(repo.search('pub fn ').total)"];
    script(&server, &[("what happens?", root), ("How many?", child)]);
    server.when("leaf ", Answer::says("a leaf's answer"));
    server
}

/// Kills a run once its journal has `bytes`, and replays what is left. Says whether it was killed before its end.
async fn killed(world: &World, bytes: u64) -> bool {
    let (server, state) = (busy().await, tempfile::tempdir().unwrap());
    let repo = world.repo();
    let in_state = |mut command: tokio::process::Command| {
        command.env("SPELUNK_STATE_DIR", state.path());
        command
    };
    let asked = ["ask", "what happens?", repo.to_str().unwrap(), "--json", "--model", "openai/test"];
    let mut command = in_state(world.command(&asked));
    let mut child = command.env("OPENAI_BASE_URL", server.base_url()).spawn().unwrap();
    let journal = || state.path().join("runs").read_dir().ok()?.next()?.ok();
    let mut poll = tokio::time::interval(std::time::Duration::from_millis(1));
    loop {
        poll.tick().await;
        let size = journal().and_then(|entry| entry.metadata().ok()).map_or(0, |metadata| metadata.len());
        if size >= bytes || child.try_wait().unwrap().is_some() {
            break;
        }
    }
    // Nothing when it is over already.
    let _ = child.start_kill();
    child.wait().await.unwrap();
    let id = journal().unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned();

    let shown = finish(in_state(world.command(&["trace", &id])).spawn().unwrap()).await;
    assert_eq!(shown.code, Some(0), "at {bytes}: {}", shown.stderr);
    assert!(!shown.stdout.contains("damaged"), "at {bytes}: {}", shown.stdout);
    let again = finish(in_state(world.command(&["replay", &id, "--json"])).spawn().unwrap()).await;
    let replay = again.json();
    assert_eq!((again.code, &replay["agreed"]), (Some(0), &json!(true)), "at {bytes}: {replay:#}");
    // As far as the record goes: every cell that ended.
    let lines = std::fs::read_to_string(journal().unwrap().path()).unwrap();
    let lines: Vec<Value> = lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    for agent in replay["agents"].as_array().unwrap() {
        let of = |line: &&Value| line["type"] == "cell_done" && line["agent"].as_u64().unwrap_or(0) == agent["agent"];
        assert_eq!(agent["cells"], lines.iter().filter(of).count(), "at {bytes}: {replay:#}");
    }
    replay["ended"] == false
}

/// Kills runs at so many points, spread evenly over the journal of a whole one; how many were killed before their end.
async fn kill_at(points: u64) -> usize {
    let (world, server) = (Arc::new(world()), busy().await);
    let report = finish(world.ask(&server, &[])).await.json();
    assert!(report["answer"].as_str().unwrap().starts_with("6 2 0."), "{report}");
    let whole = std::fs::metadata(journal_of(&world, &report)).unwrap().len();
    let some = Arc::new(tokio::sync::Semaphore::new(4));
    let mut kills = tokio::task::JoinSet::new();
    for point in 0..points {
        let (world, some) = (world.clone(), some.clone());
        kills.spawn(async move {
            let _one = some.acquire().await.unwrap();
            killed(&world, 1 + whole * point / points).await
        });
    }
    kills.join_all().await.into_iter().filter(|before| *before).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_runs_replay_to_their_last_finished_cell() {
    // The last of them may have ended by themselves.
    assert!(kill_at(24).await >= 12);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute: `make soak` runs it"]
async fn soak_kill_9_at_200_points() {
    assert!(kill_at(200).await >= 150);
}
