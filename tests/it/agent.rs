//! Whole runs: the real binary, a real repository on disk, a scripted endpoint over real HTTP.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::server::{Answer, Gate, Server, chunk};

pub const KEY: &str = "sk-test-0123456789abcdefghijklmnop";
pub const CANARY: &str = "canary-7f3a91c2";

const PARSE: &str = "\
//! Parsing.

/// Parses a line into words.
pub fn parse(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

pub fn count(line: &str) -> usize {
    parse(line).len()
}
";

const MAIN: &str = "\
mod parse;

fn main() {
    for line in std::io::stdin().lines() {
        println!(\"{}\", parse::count(&line.unwrap()));
    }
}
";

/// A repository and a home of its own.
pub struct World {
    dir: TempDir,
}

/// What a finished process left.
pub struct Finished {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Finished {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("{}\n{}", self.stdout, self.stderr))
    }
}

impl World {
    pub fn new() -> Self {
        let world = Self { dir: tempfile::tempdir().unwrap() };
        world.file("src/parse.rs", PARSE);
        world.file("src/main.rs", MAIN);
        world.file(".env", format!("TOKEN={CANARY}\n"));
        std::fs::write(world.dir.path().join("config.toml"), "").unwrap();
        world
    }

    pub fn repo(&self) -> PathBuf {
        self.dir.path().join("repo")
    }

    pub fn state(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    pub fn file(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.repo().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// The binary with nothing of this machine's configuration.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spelunk"));
        command
            .args(args)
            .env_clear()
            .env("HOME", self.dir.path())
            .env("SPELUNK_STATE_DIR", self.state())
            .env("SPELUNK_CONFIG", self.dir.path().join("config.toml"))
            .env("SPELUNK_PLAIN_BELOW", "0")
            .env("SPELUNK_ORIENTATION", "false")
            // Every call of a script is to be seen by its server.
            .env("SPELUNK_CACHE", "false")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    pub async fn run(&self, args: &[&str]) -> Finished {
        finish(self.command(args).spawn().unwrap()).await
    }

    pub fn ask(&self, server: &Server, args: &[&str]) -> Child {
        let repo = self.repo();
        let all = ["ask", "what happens?", repo.to_str().unwrap(), "--json", "--model", "openai/test"];
        let mut command = self.command(&[&all, args].concat());
        command.env("OPENAI_BASE_URL", server.base_url()).env("OPENAI_API_KEY", KEY);
        command.spawn().unwrap()
    }
}

/// Waits for the end; the limit only keeps a hanging test from hanging for ever.
pub async fn finish(child: Child) -> Finished {
    let output = tokio::time::timeout(Duration::from_secs(240), child.wait_with_output()).await.unwrap().unwrap();
    Finished {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A whole reply that begins once the gate is open.
pub fn gated(text: &str, gate: &Gate) -> Answer {
    let chunks = [chunk(json!({ "content": text }), None), chunk(json!({}), Some("stop"))];
    let held = Answer::status(200).header("content-type", "text/event-stream").wait(gate).then_head();
    chunks.iter().fold(held, |held, chunk| held.body(format!("data: {chunk}\n\n"))).body("data: [DONE]\n\n")
}

/// The root model's turns, one after the other; requests of leaves are told apart by their system prompt.
pub fn turns(server: &Server, cells: &[&str]) {
    let mut cells: Vec<String> = cells.iter().rev().map(|cell| format!("```js\n{cell}\n```")).collect();
    server.rule(move |request| is_root(&request.json()).then(|| cells.pop().map(|cell| Answer::says(&cell))).flatten());
}

pub fn is_root(request: &Value) -> bool {
    request["messages"][0]["content"].as_str().is_some_and(|text| text.contains("declare const repo"))
}

pub fn is_salvage(request: &Value) -> bool {
    request["messages"][0]["content"].as_str().is_some_and(|text| text.contains("the run has to end now"))
}

#[tokio::test]
async fn a_full_run_over_http() {
    let (world, server, gate) = (World::new(), Server::start().await, Gate::new());
    // Both sub-calls that succeed have to be under way at once before either is answered.
    server.when("first?", gated("one", &gate));
    server.when("second?", Answer::status(400).body(r#"{"error":{"message":"no such thing"}}"#));
    let mut throttled = Some(Answer::status(429).header("retry-after", "0").body("{}"));
    server.rule(move |request| request.last_message().contains("third?").then(|| throttled.take()).flatten());
    server.when("third?", gated(r#"{"n": 3}"#, &gate));
    turns(
        &server,
        &[
            "const hits = repo.search(/fn (parse|count)/); hits",
            "const all = await llmAll([{ prompt: 'first?', data: repo.text(hits) }, { prompt: 'second?' }, \
             { prompt: 'third?', schema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] } }]); all",
            "const [a, b, c] = all; answer(`${a.value} ${b.ok} ${c.value.n}: \\`count\\` calls \\`parse\\` (src/parse.rs:8-10).`, \
             { citations: [cite('src/parse.rs', 4)] })",
        ],
    );
    let child = world.ask(&server, &[]);
    let released = tokio::spawn(async move {
        server.received(6).await;
        gate.open();
        server
    });
    let finished = finish(child).await;
    let server = released.await.unwrap();
    let report = finished.json();
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    assert_eq!(report["answer"], "one false 3: `count` calls `parse` (src/parse.rs:8-10).");
    let citations: Vec<String> = report["citations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| format!("{}:{}-{} {}", c["path"].as_str().unwrap(), c["from"], c["to"], c["status"].as_str().unwrap()))
        .collect();
    assert_eq!(citations, ["src/parse.rs:8-10 valid", "src/parse.rs:4-4 valid"]);
    assert_eq!(report["dropped"], json!([]));
    assert_eq!(report["spent"]["turns"], 3);
    // Three turns, and three sub-calls of which one was refused and one throttled first.
    assert_eq!(server.requests().len(), 7);
    for request in server.requests() {
        assert_eq!(request.header("authorization"), Some(&*format!("Bearer {KEY}")));
    }
    // The leaves see the task and their data, fenced, and get no tools.
    let leaf = server.requests().into_iter().find(|r| r.last_message().contains("first?")).unwrap();
    assert!(leaf.last_message().contains("pub fn parse(line"), "{}", leaf.last_message());
    assert!(leaf.json().get("tools").is_none());

    let listed = world.run(&["trace"]).await;
    assert!(listed.stdout.contains("what happens?") && listed.stdout.contains("answered"), "{}", listed.stdout);
    let shown = world.run(&["trace", report["run"].as_str().unwrap(), "--full"]).await;
    assert!(shown.stdout.contains("repo.search"), "{}", shown.stdout);
    assert!(shown.stdout.contains("one false 3"), "{}", shown.stdout);
    let everything = all_bytes(&world.state());
    assert!(!contains(&everything, KEY.as_bytes()), "a key stands in the state folder");
}

#[tokio::test]
async fn a_limit_is_named_and_the_salvage_answers() {
    let (world, server) = (World::new(), Server::start().await);
    server.rule(|request| {
        is_salvage(&request.json()).then(|| {
            assert!(request.last_message().contains("the limit of 2 turns was reached"));
            assert!(request.last_message().contains("found so far: 2"));
            assert!(request.json().get("tools").is_none());
            Answer::says("Probably two (src/parse.rs:4).")
        })
    });
    turns(&server, &["repo.search('fn parse')", "console.log('found so far: ' + 2)", "3"]);
    let finished = finish(world.ask(&server, &["--max-turns", "2"])).await;
    let report = finished.json();
    assert_eq!(finished.code, Some(3), "{}", finished.stderr);
    assert_eq!(report["answer"], "Probably two (src/parse.rs:4).");
    assert_eq!((&report["complete"], &report["tripped"]), (&json!(false), &json!("turns")));
    assert!(report["end"].as_str().unwrap().starts_with("the limit of 2 turns was reached"));
    assert_eq!(report["citations"][0]["status"], "valid");
    assert_eq!(server.requests().len(), 3);
}

/// Runs the cells; the answer, whether it is complete, and the last message that the root saw.
pub async fn outcome(world: &World, cells: &[&str], args: &[&str]) -> (Value, Vec<String>) {
    let server = Server::start().await;
    server.rule(|request| is_salvage(&request.json()).then(|| Answer::says("salvaged")));
    turns(&server, cells);
    let finished = finish(world.ask(&server, args)).await;
    let seen = server.requests().iter().map(|request| request.last_message()).collect();
    (finished.json(), seen)
}

#[tokio::test]
async fn an_answer_beside_output_is_held() {
    let (report, seen) = outcome(&World::new(), &["console.log('news'); answer('early')", "answer()"], &[]).await;
    assert_eq!(report["answer"], "early");
    assert!(seen[1].contains("news") && seen[1].contains("Your answer is held"), "{}", seen[1]);
    let cells = ["console.log('news'); answer('early')", "1 + 1", "answer('late')"];
    let (report, _) = outcome(&World::new(), &cells, &[]).await;
    assert_eq!(report["answer"], "late");
}

#[tokio::test]
async fn a_throw_voids_an_answer_and_a_held_one_is_the_salvage() {
    let (report, seen) = outcome(&World::new(), &["answer('wrong'); null.x", "answer('right')"], &[]).await;
    assert_eq!(report["answer"], "right");
    assert!(seen[1].contains("TypeError"), "{}", seen[1]);
    let cells = ["console.log(1); answer('held')", "2"];
    let (report, seen) = outcome(&World::new(), &cells, &["--max-turns", "2"]).await;
    assert_eq!((&report["answer"], &report["complete"]), (&json!("held"), &json!(false)));
    assert_eq!(seen.len(), 2, "no salvage call was needed");
}

#[tokio::test]
async fn citations_of_lines_that_were_only_read_are_not_kept() {
    let world = World::new();
    for file in 0..20 {
        let text: String = (0..400).map(|line| format!("let value_{file}_{line} = compute({line});\n")).collect();
        world.file(&format!("lib/f{file}.rs"), text);
    }
    let cells = [
        "const texts = repo.files('lib/**').map((f) => repo.read(f.path)); texts.length",
        "const cites = Array.from({ length: 20 }, (_, i) => `lib/f${i}.rs:${10 + 17 * i}-${14 + 17 * i}`); answer('See ' + cites.join(', ') + '.')",
        "answer()",
    ];
    let (report, seen) = outcome(&world, &cells, &[]).await;
    assert!(seen[2].contains("lib/f0.rs:10-14: its lines were never looked at"), "{}", seen[2]);
    assert_eq!((&report["citations"], &report["complete"]), (&json!([]), &json!(true)));
    assert_eq!(report["dropped"].as_array().unwrap().len(), 20);
    // What was logged counts.
    let (report, _) =
        outcome(&world, &["console.log(repo.read('lib/f3.rs', 5, 9))", "answer('`value_3_6` lib/f3.rs:6-8.')"], &[])
            .await;
    assert_eq!(report["citations"][0]["status"], "valid");
}

#[tokio::test]
async fn models_that_get_nowhere_are_stopped() {
    let check = async |replies: &[&str], tripped: &str| {
        let (world, server) = (World::new(), Server::start().await);
        server.rule(|request| is_salvage(&request.json()).then(|| Answer::says("salvaged")));
        for reply in replies {
            server.then(Answer::says(reply));
        }
        let finished = finish(world.ask(&server, &[])).await;
        let report = finished.json();
        assert_eq!((finished.code, &report["tripped"]), (Some(3), &json!(tripped)), "{}", finished.stderr);
        assert_eq!(report["answer"], "salvaged");
    };
    check(&["The answer is 42.", "Really, 42.", "I said 42."], "no-code").await;
    check(&["```js\nrepo.info.name\n```"; 3], "repeated").await;
}

#[tokio::test]
async fn a_lost_worker_is_replaced_and_said() {
    let cells = [
        "let kept = 1; const bomb = []; for (;;) bomb.push(new Array(1e6).fill(1))",
        "answer(`${typeof kept} ${1 + 1}`)",
    ];
    let (report, seen) = outcome(&World::new(), &cells, &[]).await;
    let answer = report["answer"].as_str().unwrap();
    assert!(answer == "undefined 2" || answer == "number 2", "{answer}");
    assert_eq!(answer == "undefined 2", seen[1].contains("variables are gone"), "{}", seen[1]);
}

#[tokio::test]
async fn small_scopes_take_one_plain_call() {
    let (world, server) = (World::new(), Server::start().await);
    server.always(Answer::says("`parse` splits (src/parse.rs:4-6)."));
    let repo = world.repo();
    let mut command =
        world.command(&["ask", "what does parse do?", repo.to_str().unwrap(), "--json", "--model", "openai/test"]);
    command.env("OPENAI_BASE_URL", server.base_url()).env("SPELUNK_PLAIN_BELOW", "50000");
    let finished = finish(command.spawn().unwrap()).await;
    let report = finished.json();
    assert_eq!((finished.code, &report["citations"][0]["status"]), (Some(0), &json!("valid")));
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert!(requests[0].last_message().contains("4: pub fn parse"), "{}", requests[0].last_message());
    assert!(!requests[0].body.contains(CANARY));
    assert!(requests[0].header("authorization").is_none(), "no key was set");
}

#[tokio::test]
async fn a_plain_call_that_is_answered_by_a_cell_or_nothing_starts_the_loop() {
    for reply in ["```js\nrepo.files()\n```", "", " \n"] {
        let (world, server) = (World::new(), Server::start().await);
        turns(&server, &["answer(`${repo.files().length} files`)"]);
        server.then(Answer::says(reply));
        let repo = world.repo();
        let mut command =
            world.command(&["ask", "how many?", repo.to_str().unwrap(), "--json", "--model", "openai/test"]);
        command.env("OPENAI_BASE_URL", server.base_url()).env("SPELUNK_PLAIN_BELOW", "50000");
        let finished = finish(command.spawn().unwrap()).await;
        assert_eq!(finished.json()["answer"], "2 files", "{reply:?}");
    }
}

#[tokio::test]
async fn secrets_reach_no_model_no_journal_and_no_terminal() {
    let world = World::new();
    let cells = [
        "const tries = ['.env', './.env', 'src/../.env', '.ENV', '/etc/passwd', '.git/config']; \
         for (const path of tries) for (const f of [repo.read, repo.text, repo.outline]) \
         { try { console.log(f(path)) } catch (e) { console.log(path, e.message) } }",
        "console.log(repo.search('TOKEN', { hidden: true }), repo.files('**/*', { hidden: true }).map((f) => f.path), repo.tree('.', 9))",
        "answer('nothing')",
    ];
    let server = Server::start().await;
    turns(&server, &cells);
    let finished = finish(world.ask(&server, &["--show-code"])).await;
    assert_eq!(finished.json()["answer"], "nothing");
    for request in server.requests() {
        assert!(!request.body.contains(CANARY), "{}", request.body);
    }
    assert!(!finished.stderr.contains(CANARY) && !finished.stdout.contains(CANARY));
    assert!(!contains(&all_bytes(&world.state()), CANARY.as_bytes()));
    assert!(server.requests()[2].last_message().contains("src/main.rs"));
}

#[tokio::test]
async fn ctrl_c_asks_for_the_best_answer_now() {
    let (world, server) = (World::new(), Server::start().await);
    server.rule(|request| is_salvage(&request.json()).then(|| Answer::says("what is known")));
    turns(&server, &["console.log('something')"]);
    server.always(Answer::events::<&str>([]).hang());
    let child = world.ask(&server, &[]);
    let pid = Pid::from_raw(child.id().unwrap() as i32).unwrap();
    server.received(2).await;
    rustix::process::kill_process(pid, Signal::INT).unwrap();
    let finished = finish(child).await;
    let report = finished.json();
    assert_eq!((finished.code, &report["tripped"]), (Some(3), &json!("answer-now")), "{}", finished.stderr);
    assert_eq!(report["answer"], "what is known");
    server.disconnected(1).await;
}

#[tokio::test]
async fn a_second_ctrl_c_stops() {
    let (world, server) = (World::new(), Server::start().await);
    turns(&server, &["console.log('something')"]);
    server.always(Answer::events::<&str>([]).hang());
    let child = world.ask(&server, &[]);
    let pid = Pid::from_raw(child.id().unwrap() as i32).unwrap();
    // The first one leads to the salvage, which is the third request.
    for requests in [2, 3] {
        server.received(requests).await;
        rustix::process::kill_process(pid, Signal::INT).unwrap();
    }
    let finished = finish(child).await;
    assert_eq!(finished.code, Some(130), "{}", finished.stderr);
    assert!(!finished.stderr.contains("WARN"), "{}", finished.stderr);
}

#[tokio::test]
async fn a_model_that_fails_later_is_told_apart_from_a_limit() {
    let (world, server) = (World::new(), Server::start().await);
    turns(&server, &["1 + 1"]);
    server.always(Answer::status(401).body(r#"{"error":{"message":"revoked"}}"#));
    let finished = finish(world.ask(&server, &[])).await;
    assert_eq!(finished.code, Some(5), "{}", finished.stderr);
}

#[tokio::test]
async fn keys_are_cut_out_of_what_code_sees() {
    let world = World::new();
    world.file("src/config.rs", "pub const K: &str = \"AKIAIOSFODNN7EXAMPLE\"; // for tests\n");
    let cells =
        ["answer(`${repo.read('src/config.rs').includes('AKIA')} ${repo.search('AKIA')[0].text.includes('AKIA')}`)"];
    let (report, _) = outcome(&world, &cells, &[]).await;
    assert_eq!(report["answer"], "false false");
}

#[tokio::test]
async fn endpoints_that_fail_are_named() {
    let check = async |answer: Answer, expect: &str| {
        let (world, server) = (World::new(), Server::start().await);
        server.always(answer);
        let finished = finish(world.ask(&server, &[])).await;
        assert_eq!(finished.code, Some(5), "{}", finished.stderr);
        assert!(finished.stderr.contains(expect), "{}", finished.stderr);
        assert!(!finished.stderr.contains(KEY));
    };
    let html = "<html><body>It works!</body></html>";
    check(Answer::status(200).header("content-type", "text/html").body(html), "HTML").await;
    check(Answer::status(401).body(r#"{"error":{"message":"bad key"}}"#), "bad key").await;
    check(Answer::status(302).header("location", "http://127.0.0.1:9/elsewhere"), "127.0.0.1:9").await;
}

#[tokio::test]
async fn keys_in_repository_text_are_cut_out() {
    let world = World::new();
    world.file("src/config.rs", "pub const K: &str = \"AKIAIOSFODNN7EXAMPLE\"; // for tests\n");
    let (report, seen) = outcome(&world, &["repo.read('src/config.rs')", "answer('done')"], &[]).await;
    assert_eq!(report["answer"], "done");
    assert!(!seen[1].contains("AKIAIOSFODNN7EXAMPLE") && seen[1].contains("[redacted"), "{}", seen[1]);
    assert!(!contains(&all_bytes(&world.state()), b"AKIAIOSFODNN7EXAMPLE"));
}

/// The bytes of every file below a folder, decompressed where they are journal blobs.
pub fn all_bytes(dir: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            bytes.extend(all_bytes(&path));
        } else {
            let content = std::fs::read(&path).unwrap();
            bytes.extend(zstd::decode_all(&*content).unwrap_or_default());
            bytes.extend(content);
        }
    }
    bytes
}

pub fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(bytes, needle).is_some()
}
