//! `spelunk bench` as a process: sets scored, resumed, stopped and refused, over scripted models and a scripted endpoint.

mod trees;

use std::collections::BTreeSet;
use std::path::Path;

use expect_test::expect_file;
use regex::Regex;
use rustix::process::{Pid, Signal};
use serde_json::{Value, json};

use crate::agent::{Finished, World, finish, is_root};
use crate::server::{Answer, Received, Server};

fn tasks() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/tasks"))
}

#[test]
fn shipped_sets_are_as_they_are_made() {
    for (set, files) in trees::sets() {
        let folder = tasks().join(set);
        for (path, text) in &files {
            expect_file![folder.join(path)].assert_eq(text);
        }
        let mut there = BTreeSet::new();
        let mut folders = vec![folder.clone()];
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    there.insert(path.strip_prefix(&folder).unwrap().to_str().unwrap().replace('\\', "/"));
                }
            }
        }
        there.remove("replies.jsonl");
        assert_eq!(there, files.keys().cloned().collect(), "{set}");
    }
}

/// The tasks of a set that a method has right, out of all, in a JSON document.
fn right<'a>(set: &'a Value, method: &str) -> (Vec<&'a str>, usize) {
    let tasks = set["tasks"].as_array().unwrap();
    let right = tasks.iter().filter(|task| task[method]["right"] == true);
    (right.map(|task| task["id"].as_str().unwrap()).collect(), tasks.len())
}

#[tokio::test]
async fn shipped_sets_run_with_scripted_replies() {
    let world = World::new();
    let sets = ["needle", "count", "pairs", "hops"];
    let read = |set: &str| std::fs::read_to_string(tasks().join(set).join("replies.jsonl")).unwrap();
    let script = world.repo().join("replies.jsonl");
    std::fs::write(&script, sets.map(read).concat()).unwrap();
    let model = format!("scripted/{}", script.display());
    let folders = sets.map(|set| tasks().join(set));
    let mut args: Vec<&str> = vec!["bench", "--json", "--model", &model];
    args.extend(folders.iter().map(|folder| folder.to_str().unwrap()));
    let finished = world.run(&args).await;
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    let document = finished.json();
    // The plain model's replies are partly wrong on purpose.
    let expected_of_baseline: [&[&str]; 4] = [
        &["port", "approval", "retired", "drawer"],
        &["clean-days", "most-errors"],
        &["equal-places"],
        &["constant", "largest", "sum"],
    ];
    for (set, baseline) in document["sets"].as_array().unwrap().iter().zip(expected_of_baseline) {
        let (ids, of) = right(set, "rlm");
        assert_eq!(ids.len(), of, "{ids:?}: {:#}", set["tasks"]);
        assert_eq!(right(set, "baseline").0, baseline, "{:#}", set["tasks"]);
    }
    assert_eq!(document["all"]["rlm"]["right"], 22);
    assert_eq!(document["all"]["baseline"]["right"], 10);
}

#[tokio::test]
async fn builtin_answers_the_set_about_this_repository() {
    let (world, folder) = (World::new(), tasks().join("code"));
    let finished = world.run(&["bench", "--json", folder.to_str().unwrap()]).await;
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    let document = finished.json();
    let (ids, _) = right(&document["sets"][0], "rlm");
    let missing: Vec<_> = ["type", "trait", "lines", "callers", "message", "importers"]
        .into_iter()
        .filter(|id| !ids.contains(id))
        .collect();
    assert!(missing.is_empty(), "{missing:?}: {:#}", document["sets"][0]["tasks"]);
    assert_eq!(document["all"].get("baseline"), None, "builtin is no language model");
    let refused = world.run(&["bench", "--baseline", folder.to_str().unwrap()]).await;
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("builtin is no language model"), "{}", refused.stderr);
}

const THREE: &str = "
path = '../repo'

[[task]]
id = 'words'
question = 'What splits the words?'
contains = 'parse'
citation = 'src/parse.rs: split_whitespace'

[[task]]
id = 'functions'
question = 'How many functions are there?'
number = { lines = '^(pub )?fn ', glob = '*.rs' }

[[task]]
id = 'main'
question = 'Which file has the main function?'
exact = 'main.rs'
";

/// The answers that a model gives to the three questions, in a cell and plainly; the second is wrong.
fn reply(request: &Received) -> Option<Answer> {
    let said = [
        ("What splits", "`parse` does (src/parse.rs:4-6)."),
        ("How many functions", "There are 4."),
        ("Which file", "**main.rs**"),
    ];
    let message = request.last_message();
    let (_, text) = said.into_iter().find(|(question, _)| message.contains(question))?;
    Some(match is_root(&request.json()) {
        true => Answer::says(&format!("```js\nrepo.search('split_whitespace'); answer({})\n```", json!(text))),
        false => Answer::says(text),
    })
}

/// Writes the set beside the repository.
fn write_set(world: &World, tasks: &str) -> String {
    world.file("../set/tasks.toml", tasks);
    world.repo().parent().unwrap().join("set").to_str().unwrap().to_owned()
}

async fn bench(world: &World, server: &Server, args: &[&str]) -> Finished {
    finish(start(world, server, args)).await
}

fn start(world: &World, server: &Server, args: &[&str]) -> tokio::process::Child {
    let mut command = world.command(&[&["bench"], args].concat());
    command.env("OPENAI_BASE_URL", server.base_url()).spawn().unwrap()
}

/// The figures of a row.
fn row(finished: &Finished, label: &str) -> String {
    let line = finished.stdout.lines().find_map(|line| line.strip_prefix(label));
    let line = line.unwrap_or_else(|| panic!("no {label}:\n{}\n{}", finished.stdout, finished.stderr));
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without what differs from run to run.
fn steady(text: &str, world: &World) -> String {
    let home = world.repo().parent().unwrap().canonicalize().unwrap();
    let text = text.replace(home.to_str().unwrap(), "HOME").replace(world.state().to_str().unwrap(), "HOME/state");
    let mut steady = text;
    for (pattern, instead) in [
        (r"(seconds p50 / p95).*", "${1} S"),
        (r#"("seconds": )[\d.]+(e-\d+)?"#, "${1}0.0"),
        (r#"(?s)("seconds": \{)[^}]*\}"#, "${1}}"),
        (r#"("(?:key|run|hash|set_hash)": )"[^"]*""#, r#"${1}"""#),
        (r"127\.0\.0\.1:\d+", "ADDRESS"),
        (r"set-[0-9a-f]{12}", "set-HASH"),
        (r#"("spelunk": )"[^"]*""#, r#"${1}"""#),
        (r#"(?s)("settings": \{)[^}]*\}"#, "${1}}"),
    ] {
        steady = Regex::new(pattern).unwrap().replace_all(&steady, instead).into_owned();
    }
    steady
}

#[tokio::test]
async fn tables_and_documents() {
    let (world, server) = (World::new(), Server::start().await);
    // Three items that are asked, one of which fails, and one whose files are too many for a prompt.
    world.file("../big/text.txt", "many words\n".repeat(2_000));
    let set = write_set(
        &world,
        &format!(
            "{THREE}\n[[task]]\nid = 'big'\npath = '../big'\nquestion = 'How many lines?'\nnumber = 2000\n\
             [[task]]\nid = 'refused'\nquestion = 'Refuse this.'\nnumber = 1\n"
        ),
    );
    server.when("Refuse this.", Answer::status(400).body(r#"{"error":{"message":"no such thing"}}"#));
    server.rule(reply);
    server.when("How many lines?", Answer::says("```js\nanswer(repo.search('^', { limit: 1 }).total)\n```"));
    let args = ["--model", "openai/gpt-4o", "--prompt-tokens", "1000", &set];
    let finished = bench(&world, &server, &args).await;
    assert_eq!(finished.code, Some(1), "{}", finished.stderr);
    assert!(finished.stderr.contains("10 of 10 to ask of openai/gpt-4o"), "{}", finished.stderr);
    assert!(finished.stderr.contains("2 could not be measured"), "{}", finished.stderr);
    expect_file!["../data/bench/table.txt"].assert_eq(&steady(&finished.stdout, &world));
    let asked = server.requests().len();
    // What failed is tried again, and only that.
    let finished = bench(&world, &server, &[&args[..], &["--json"]].concat()).await;
    assert_eq!(server.requests().len(), asked + 2, "{}", finished.stderr);
    expect_file!["../data/bench/document.json"].assert_eq(&steady(&finished.stdout, &world));
    // Another model has no results yet, and its price is not known.
    let finished = bench(&world, &server, &["--model", "openai/unheard-of", "--no-baseline", &set]).await;
    assert!(finished.stdout.contains("price unknown"), "{}", finished.stdout);
    assert_eq!(server.requests().len(), asked + 2 + 5);
}

#[tokio::test]
async fn a_plain_model_that_says_nothing_has_not_been_measured() {
    let (world, server) = (World::new(), Server::start().await);
    let set = write_set(&world, THREE);
    server.rule(|request| {
        let is_asked = !is_root(&request.json()) && request.last_message().contains("What splits");
        is_asked.then(|| Answer::says(""))
    });
    server.rule(reply);
    let finished = bench(&world, &server, &["--model", "openai/test", &set]).await;
    assert_eq!(finished.code, Some(1), "{}", finished.stderr);
    assert!(finished.stderr.contains("1 could not be measured"), "{}", finished.stderr);
}

#[tokio::test]
async fn a_start_that_was_killed_is_gone_on_with() {
    let (world, server) = (World::new(), Server::start().await);
    let set = write_set(&world, THREE);
    let args = ["--model", "openai/test", "--jobs", "1", &set];
    server.rule(|request| request.last_message().contains("How many functions").then(|| Answer::status(200).hang()));
    server.rule(reply);
    let mut child = start(&world, &server, &args);
    // The first item, run and baseline, and the second's run, which gets no answer.
    server.received(3).await;
    child.start_kill().unwrap();
    child.wait().await.unwrap();

    let server = Server::start().await;
    server.rule(reply);
    let finished = bench(&world, &server, &args).await;
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    assert!(finished.stderr.contains("4 of 6 to ask of openai/test"), "{}", finished.stderr);
    assert_eq!(server.requests().len(), 4, "{}", finished.stderr);
    assert!(!server.requests().iter().any(|request| request.last_message().contains("What splits")));
    assert_eq!(row(&finished, "right"), "2 of 3 2 of 3");

    // All is known; a check that was mended counts at once; what was asked is asked again only when that is wanted.
    let set = write_set(&world, &THREE.replace("lines = '^(pub )?fn ', glob = '*.rs'", "is = 4"));
    let finished = bench(&world, &server, &["--model", "openai/test", "--resume", &set]).await;
    assert_eq!((finished.code, server.requests().len()), (Some(0), 4), "{}", finished.stderr);
    assert_eq!(row(&finished, "right"), "3 of 3 3 of 3");
    bench(&world, &server, &["--model", "openai/test", "--fresh", &set]).await;
    assert_eq!(server.requests().len(), 4 + 6);
    // Files that changed make it another question.
    world.file("src/new.rs", "fn new() {}\n");
    bench(&world, &server, &["--model", "openai/test", "--no-baseline", &set]).await;
    assert_eq!(server.requests().len(), 4 + 6 + 3);
}

#[tokio::test]
async fn an_interrupt_keeps_what_is_done() {
    let (world, server) = (World::new(), Server::start().await);
    let set = write_set(&world, THREE);
    let out = world.repo().parent().unwrap().join("out/results.jsonl");
    let args = ["--model", "openai/test", "--jobs", "1", "--no-baseline", "--out", out.to_str().unwrap(), &set];
    server.rule(|request| request.last_message().contains("How many functions").then(|| Answer::status(200).hang()));
    server.rule(reply);
    let child = start(&world, &server, &args);
    server.received(2).await;
    rustix::process::kill_process(Pid::from_raw(child.id().unwrap() as i32).unwrap(), Signal::INT).unwrap();
    let finished = finish(child).await;
    assert_eq!(finished.code, Some(130), "{}", finished.stderr);
    assert_eq!((row(&finished, "right").as_str(), row(&finished, "not asked").as_str()), ("1 of 1", "2"));
    let kept = std::fs::read_to_string(&out).unwrap();
    assert_eq!(kept.lines().count(), 1, "{kept}");
    let server = Server::start().await;
    server.rule(reply);
    assert_eq!(bench(&world, &server, &args).await.code, Some(0));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn bad_task_files_are_refused_before_anything_is_asked() {
    let (world, server) = (World::new(), Server::start().await);
    let check = async |tasks: &str, expect: &str| {
        let set = write_set(&world, tasks);
        let finished = bench(&world, &server, &["--model", "openai/test", &set]).await;
        let expect = format!("spelunk: {set}/tasks.toml: {expect}");
        assert_eq!(finished.code, Some(2), "{}", finished.stderr);
        assert!(finished.stderr.starts_with(&expect), "{}\ninstead of\n{expect}", finished.stderr);
    };
    check(&THREE.replace("exact =", "exakt ="), "task \"main\": exakt: unknown; there are id, question, path").await;
    check(&THREE.replace("split_whitespace", "nothing"), "task \"words\": citation: no line of src/parse.rs holds")
        .await;
    check(&THREE.replace("../repo", "../nowhere"), "task \"words\": path: ").await;
    check("", "there is no [[task]]").await;
    let finished = bench(&world, &server, &["--json", "no-such-folder"]).await;
    assert_eq!((finished.code, &finished.json()["exit"]), (Some(2), &json!(2)));
    assert!(server.requests().is_empty());
}
