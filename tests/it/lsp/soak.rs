//! The long loops and the milliseconds, in the release profile: `make soak`. Prints a figure per line, and fails on those
//! that are over their target.
#![allow(clippy::print_stdout, reason = "figures for people who measure")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::process::Command;

use super::client::Client;
use crate::agent::World;
use crate::server::{Answer, Server};

/// Bytes that look random and are the same every time.
struct Noise(u64);

impl Noise {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

fn minutes() -> u64 {
    std::env::var("SPELUNK_SOAK_MINUTES").ok().and_then(|text| text.parse().ok()).unwrap_or(20)
}

fn command(world: &World, server: &Server) -> Command {
    let program = std::env::var_os("SPELUNK_SOAK_PROGRAM").map(PathBuf::from).expect("run this by `make soak`");
    let mut command = Command::new(program);
    command
        .arg("lsp")
        .env_clear()
        .env("HOME", world.state())
        .env("SPELUNK_STATE_DIR", world.state())
        .env("SPELUNK_PLAIN_BELOW", "0")
        .env("SPELUNK_MODEL", "openai/test")
        .env("OPENAI_BASE_URL", server.base_url())
        .env("OPENAI_API_KEY", "sk-test")
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true);
    command
}

/// A model that looks twice and answers; it takes its time like one over a network.
async fn model() -> Server {
    let server = Server::start().await;
    server.rule(|request| {
        let turns = request.json()["messages"].as_array().map_or(0, |messages| messages.len() / 2);
        let cell = match turns {
            1 => "const hits = repo.search(/fn \\w+/); hits.total",
            2 => "let n = 0; for (let i = 0; i < 2e6; i++) n += i % 7; repo.outline('src/parse.rs'); n",
            _ => "answer(`Found ${hits.total} (src/parse.rs:4).`)",
        };
        Some(Answer::says(&format!("```js\n{cell}\n```")).after(Duration::from_millis(30)))
    });
    server
}

/// The value below which this share of the times lies, in milliseconds.
fn percentile(times: &mut [Duration], share: f64) -> f64 {
    times.sort();
    let at = ((times.len() as f64 * share) as usize).min(times.len() - 1);
    times[at].as_secs_f64() * 1e3
}

fn judge(what: &str, figure: f64, target: f64, unit: &str) {
    println!("{what}: {figure:.1} {unit} (target {target} {unit})");
    assert!(figure <= target, "{what} is over its target");
}

/// What the server holds: KiB of memory that no file backs, open files, threads, children.
fn held(pid: u32) -> [u64; 4] {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let number = |key: &str| -> u64 {
        let line = status.lines().find(|line| line.starts_with(key)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    let files = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count() as u64;
    [number("RssAnon:"), files, number("Threads:"), children(pid).len() as u64]
}

fn children(pid: u32) -> Vec<u32> {
    let parent = format!("PPid:\t{pid}");
    std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|child: &u32| {
            let status = std::fs::read_to_string(format!("/proc/{child}/status")).unwrap_or_default();
            status.lines().any(|line| line == parent) && !status.contains("State:\tZ")
        })
        .collect()
}

/// Types at the end of a document, as a person does, and keeps what the text has to be.
struct Typing {
    path: &'static str,
    text: String,
    version: i64,
}

impl Typing {
    async fn open(client: &mut Client, path: &'static str) -> Self {
        let text = (0..200).map(|n| format!("/// Item {n}.\npub fn item_{n}(x: u32) -> u32 {{ x + {n} }}\n")).collect();
        let typing = Self { path, text, version: 1 };
        client.open(path, "rust", 1, &typing.text).await;
        typing
    }

    async fn edit(&mut self, client: &mut Client, noise: &mut Noise) {
        let lines = self.text.lines().count();
        let line = noise.below(lines);
        let word = format!("// {}\n", noise.below(1_000_000));
        let start: usize = self.text.split_inclusive('\n').take(line).map(str::len).sum();
        self.version += 1;
        // Every other edit takes away what the one before put in, so that the text keeps its size.
        let (range, new) = match self.text[start..].starts_with("// ") {
            true => {
                let end = start + self.text[start..].find('\n').unwrap() + 1;
                self.text.replace_range(start..end, "");
                ((line, line + 1), String::new())
            }
            false => {
                self.text.insert_str(start, &word);
                ((line, line), word)
            }
        };
        let range = json!({
            "start": { "line": range.0, "character": 0 }, "end": { "line": range.1, "character": 0 },
        });
        client.change(self.path, self.version, json!([{ "range": range, "text": new }])).await;
    }

    /// Whether the server has the same text, by the places of its definitions.
    async fn is_kept(&self, client: &mut Client) -> bool {
        let params = json!({ "textDocument": { "uri": client.uri(self.path) } });
        let symbols = client.request("textDocument/documentSymbol", params).await.unwrap();
        let theirs: Vec<(String, u64)> = symbols
            .as_array()
            .unwrap()
            .iter()
            .map(|symbol| {
                let line = symbol["selectionRange"]["start"]["line"].as_u64().unwrap();
                (symbol["name"].as_str().unwrap().to_owned(), line)
            })
            .collect();
        let ours: Vec<(String, u64)> = self
            .text
            .lines()
            .zip(0..)
            .filter_map(|(line, at)| Some((line.strip_prefix("pub fn ")?.split('(').next()?.to_owned(), at)))
            .collect();
        theirs == ours
    }
}

async fn ready(world: &World, server: &Server) -> Client {
    let mut client = Client::spawn(command(world, server), world);
    let capabilities = json!({ "textDocument": { "documentSymbol": { "hierarchicalDocumentSymbolSupport": true } } });
    client.initialize(capabilities, Value::Null).await.unwrap();
    client
}

fn ask() -> Value {
    json!({ "command": "spelunk.ask", "arguments": [{ "question": "what is here?" }] })
}

/// Malformed messages, each followed by a request: how long its answer takes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures, see `make soak`"]
async fn malformed() {
    let (world, server) = (World::new(), model().await);
    let mut client = ready(&world, &server).await;
    let bodies = ["{", "[]", "{}", "nonsense", "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"x\"}", "\u{0}\u{0}"];
    let mut times = Vec::new();
    for round in 0..1_000 {
        let body = bodies[round % bodies.len()];
        let length = if round % 7 == 0 { 5 } else { body.len() };
        client.raw(format!("Content-Length: {length}\r\n\r\n{body}").as_bytes()).await;
        let started = Instant::now();
        assert!(client.is_alive().await);
        times.push(started.elapsed());
    }
    let slowest = percentile(&mut times, 1.0);
    client.shut_down().await;
    judge("slowest answer after a malformed message", slowest, 100.0, "ms");
}

/// Questions at once, edits at 50 a second, and hovers meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures, see `make soak`"]
async fn crowd() {
    let (world, server) = (World::new(), model().await);
    let mut client = ready(&world, &server).await;
    let mut typing = Typing::open(&mut client, "src/typed.rs").await;
    let mut noise = Noise(7);
    let mut asked = Vec::new();
    for _ in 0..32 {
        asked.push(client.begin("workspace/executeCommand", ask()).await);
    }
    let (mut hovers, mut edits) = (Vec::new(), 0_u32);
    let started = Instant::now();
    let done = |client: &Client| {
        let responses = client.responses();
        asked.iter().all(|id| responses.iter().any(|response| response["id"] == *id))
    };
    while !done(&client) || edits < 500 {
        typing.edit(&mut client, &mut noise).await;
        edits += 1;
        let before = Instant::now();
        let position = json!({ "line": 3, "character": 8 });
        let params = json!({ "textDocument": { "uri": client.uri("src/parse.rs") }, "position": position });
        client.request("textDocument/hover", params).await.unwrap();
        hovers.push(before.elapsed());
        tokio::time::sleep((started + edits * Duration::from_millis(20)).saturating_duration_since(Instant::now()))
            .await;
    }
    let p99 = percentile(&mut hovers, 0.99);
    println!("     {} hovers and {edits} edits in {:.1} s", hovers.len(), started.elapsed().as_secs_f64());
    let kept = typing.is_kept(&mut client).await;
    let mut ids: Vec<String> = client.responses().iter().map(|response| response["id"].to_string()).collect();
    let answered = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), answered, "an id was answered twice");
    assert!(kept, "the server's text is another one");
    client.shut_down().await;
    judge("99 % of hovers while 32 questions run", p99, 200.0, "ms");
}

/// Cancels at random points of a run: how long the answer to the cancelled request takes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures, see `make soak`"]
async fn cancels() {
    let (world, server) = (World::new(), model().await);
    let mut client = ready(&world, &server).await;
    let mut noise = Noise(11);
    let mut times = Vec::new();
    for _ in 0..200 {
        let id = client.begin("workspace/executeCommand", ask()).await;
        tokio::time::sleep(Duration::from_millis(noise.below(160) as u64)).await;
        let before = Instant::now();
        client.notify("$/cancelRequest", json!({ "id": id })).await;
        // It may have been answered a moment before.
        let answer = client.answer(id).await;
        if answer.is_err_and(|error| error["code"] == -32800) {
            times.push(before.elapsed());
        }
    }
    let p99 = percentile(&mut times, 0.99);
    println!("     {} of 200 runs were cancelled before their end", times.len());
    client.shut_down().await;
    judge("99 % of answers to cancelled requests", p99, 100.0, "ms");
}

/// Whether a process computes at this moment.
fn computes(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/status")).is_ok_and(|status| status.contains("State:\tR"))
}

/// Cancels runs whose lowest child waits for a model, or computes: how long until nobody does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures, see `make soak`"]
async fn depths() {
    let down = "await rlm('Deeper.', { data: budget().depth })";
    for (what, low) in [("model traffic", "await llm('never answered')"), ("JavaScript", "for (;;) {}")] {
        for depth in 0..=3 {
            let (world, server) = (World::new(), Server::start().await);
            server.when("never answered", Answer::events::<&str>([]).hang());
            let cells = [down, low].map(|cell| Answer::says(&format!("```js\n{cell}\n```")));
            server.rule(move |request| {
                let asked = request.json()["messages"][1]["content"].as_str()?.to_owned();
                // A child is told its depth by its data: the levels that were left above it.
                let left = (0..=3).find(|left| asked.contains("JSON:") && asked.contains(&format!("\n{left}\n")));
                let at = left.map_or(0, |left| 4 - left);
                Some(cells[usize::from(at == depth)].clone())
            });
            let mut command = command(&world, &server);
            command.env("SPELUNK_MAX_DEPTH", "3");
            let mut client = Client::spawn(command, &world);
            client.initialize(json!({}), Value::Null).await.unwrap();
            let pid = client.child.id().unwrap();
            let (mut times, mut gone) = (Vec::new(), 0);
            for round in 1..=25 {
                let id = client.begin("workspace/executeCommand", ask()).await;
                let requests = depth + 1 + usize::from(what == "model traffic");
                server.received(round * requests).await;
                while what == "JavaScript" && !children(pid).into_iter().any(computes) {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                let before = Instant::now();
                client.notify("$/cancelRequest", json!({ "id": id })).await;
                client.answer(id).await.unwrap_err();
                if what == "model traffic" {
                    gone += 1;
                    server.disconnected(gone).await;
                }
                while children(pid).into_iter().any(computes) {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                times.push(before.elapsed());
            }
            client.shut_down().await;
            judge(
                &format!("cancelled {what} at depth {depth}, slowest of 25"),
                percentile(&mut times, 1.0),
                250.0,
                "ms",
            );
        }
    }
}

/// Kills the server in the middle of runs: no worker may stay.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures, see `make soak`"]
async fn orphans() {
    let mut left = 0;
    for _ in 0..100 {
        let (world, server) = (World::new(), model().await);
        let mut client = ready(&world, &server).await;
        client.begin("workspace/executeCommand", ask()).await;
        server.received(1).await;
        let pid = client.child.id().unwrap();
        let workers = children(pid);
        client.child.kill().await.unwrap();
        let started = Instant::now();
        let alive = |pid: &u32| {
            let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
            status.contains("State:") && !status.contains("State:\tZ")
        };
        while workers.iter().any(alive) && started.elapsed() < Duration::from_secs(5) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        left += workers.iter().filter(|pid| alive(pid)).count();
    }
    judge("workers left after 100 killed servers", left as f64, 0.0, "workers");
}

/// Runs, edits and cancels for minutes: what the server holds must not grow.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures, see `make soak`"]
async fn growth() {
    let (world, server) = (World::new(), model().await);
    let mut client = ready(&world, &server).await;
    let pid = client.child.id().unwrap();
    let mut typing = Typing::open(&mut client, "src/typed.rs").await;
    let mut noise = Noise(13);
    let (mut runs, mut edits, mut cancelled) = (0, 0_u32, 0);
    let mut samples: Vec<(f64, [u64; 4])> = Vec::new();
    let started = Instant::now();
    let length = Duration::from_secs(60 * minutes());
    while started.elapsed() < length {
        let ids = [
            client.begin("workspace/executeCommand", ask()).await,
            client.begin("workspace/executeCommand", ask()).await,
        ];
        for _ in 0..50 {
            typing.edit(&mut client, &mut noise).await;
            edits += 1;
        }
        if noise.below(10) == 0 {
            client.notify("$/cancelRequest", json!({ "id": ids[0] })).await;
            cancelled += 1;
        }
        for id in ids {
            drop(client.answer(id).await);
            runs += 1;
        }
        if runs % 20 == 0 {
            assert!(typing.is_kept(&mut client).await, "the server's text is another one");
            client.forget();
            samples.push((started.elapsed().as_secs_f64(), held(pid)));
        }
    }
    println!("     {runs} runs, {edits} edits, {cancelled} cancels in {} minutes", minutes());
    let warm: Vec<_> = samples[samples.len() / 3..].to_vec();
    for (at, [rss, files, threads, children]) in warm.iter().step_by((warm.len() / 8).max(1)) {
        println!("     {at:6.0} s: {} MiB, {files} files, {threads} threads, {children} children", rss / 1024);
    }
    let slope = slope(&warm.iter().map(|(at, held)| (*at, held[0] as f64)).collect::<Vec<_>>());
    let spread = |at: usize| {
        let values = warm.iter().map(|(_, held)| held[at]);
        (values.clone().max().unwrap() - values.min().unwrap()) as f64
    };
    let log = client.log();
    assert!(!log.contains("panicked"), "{log}");
    client.shut_down().await;
    judge("spread of open files", spread(1), 16.0, "files");
    judge("spread of threads", spread(2), 16.0, "threads");
    judge("spread of children", spread(3), 8.0, "processes");
    // Minutes stand for hours here: what counts is what the load of an hour leaves behind, 12,500 edits and 250 runs.
    let hours = f64::from(edits) / 12_500.0 * (1.0 - warm[0].0 / started.elapsed().as_secs_f64());
    let grown = slope * (started.elapsed().as_secs_f64() - warm[0].0) / 1024.0;
    judge("growth after warming up", grown / hours, 1.0, "MiB for an hour's load");
}

/// KiB a second, by least squares.
fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / count, y + point.1 / count));
    let over: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    over / points.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>()
}
