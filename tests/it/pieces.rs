//! Sub-calls whose data or replies do not fit: over a scripted endpoint that has a window, like a real one.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::agent::{KEY, World, finish, is_root, turns};
use crate::server::{Answer, Received, Server, chunk};

/// What an endpoint with a window saw.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<(bool, Value)>>>);

impl Log {
    /// Requests of sub-calls: those that were refused, and those that were not.
    fn split(&self) -> (Vec<Value>, Vec<Value>) {
        let all = self.0.lock().unwrap().clone();
        let of = |refused: bool| all.iter().filter(|(was, _)| *was == refused).map(|(_, body)| body.clone()).collect();
        (of(true), of(false))
    }
}

fn last(body: &Value) -> String {
    body["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap().to_owned()
}

/// Refuses sub-calls whose prompt and bound do not fit into `window` tokens of `chars` characters; answers the others.
fn windowed(server: &Server, window: usize, chars: usize, answer: impl Fn(&str) -> String + Send + 'static) -> Log {
    let log = Log::default();
    let seen = log.clone();
    server.rule(move |request: &Received| {
        let body = request.json();
        if is_root(&body) {
            return None;
        }
        let messages = body["messages"].as_array().unwrap().iter();
        let prompt: usize = messages.map(|one| one["content"].as_str().unwrap().chars().count()).sum::<usize>() / chars;
        let asked = prompt + body["max_tokens"].as_u64().unwrap() as usize;
        let refused = asked > window;
        seen.0.lock().unwrap().push((refused, body.clone()));
        Some(if refused {
            let message = format!(
                "This model's maximum context length is {window} tokens. However, you requested {asked} tokens. Please \
                 reduce the length."
            );
            Answer::status(400).body(json!({ "error": { "message": message } }).to_string())
        } else {
            Answer::says(&answer(&last(&body)))
        })
    });
    log
}

/// 1,500 lines, of which every hundredth is red.
fn entries() -> String {
    (1..=1500).map(|at| format!("entry {at} is {} all over\n", if at % 100 == 0 { "red" } else { "green" })).collect()
}

/// Counts red entries, and adds up what was counted.
fn reds(prompt: &str) -> String {
    if prompt.contains("Below stand the replies") {
        let replies = prompt.split_once("<data").unwrap().1;
        let numbers = regex::Regex::new(r#"counted (\d+)"#).unwrap();
        let sum: u32 = numbers.captures_iter(replies).map(|found| found[1].parse::<u32>().unwrap()).sum();
        return format!("{sum}");
    }
    let count = prompt.matches("is red all").count();
    if prompt.contains("is part ") { format!("counted {count}") } else { count.to_string() }
}

async fn ask(world: &World, server: &Server, cells: &[&str], args: &[&str]) -> Value {
    turns(server, cells);
    finish(world.ask(server, args)).await.json()
}

#[tokio::test]
async fn what_does_not_fit_is_asked_about_in_pieces_and_put_together() {
    // Characters per token as this program estimates them, and a tokenizer that makes more of them.
    for chars in [4, 3] {
        let (world, server) = (World::new(), Server::start().await);
        world.file("data/entries.txt", entries());
        let log = windowed(&server, 8_000, chars, reds);
        let report = ask(
            &world,
            &server,
            &[
                "const all = repo.text('data/entries.txt'); \
                 const one = await llm('How many entries are red?', all)",
                "const [a, b] = await llmAll([{ prompt: 'How many entries are red?', data: all }, \
                 { prompt: 'How many entries are red?', data: 'entry 1 is red all over' }]); \
                 answer(`${one} ${a.value} ${b.value}`)",
            ],
            &[],
        )
        .await;
        assert_eq!(report["answer"], "15 15 1");
        let (refused, taken) = log.split();
        if chars == 4 {
            assert_eq!(refused.len(), 1, "the window is learnt once");
        }
        let pieces: Vec<String> = taken.iter().map(last).filter(|prompt| prompt.contains("is part ")).collect();
        assert!(pieces.len() >= 4);
        for piece in &pieces {
            assert!(piece.contains("==> data/entries.txt:1-1500"), "a piece does not say where it is from: {piece}");
        }
        for at in 1..=1500 {
            let line = format!("\n{at}: entry {at} is ");
            let count = pieces.iter().filter(|piece| piece.contains(&line)).count();
            assert!(count == 2 || chars == 3 && count > 2, "line {at} stands in {count} pieces of two questions");
        }
        let shown = world.run(&["trace", report["run"].as_str().unwrap()]).await.stdout;
        assert!(shown.contains("do not fit into the window of openai/test"), "{shown}");
    }
}

#[tokio::test]
async fn lists_are_joined_without_a_model() {
    let (world, server) = (World::new(), Server::start().await);
    world.file("data/entries.txt", entries());
    let log = windowed(&server, 8_000, 4, |prompt| {
        let line = regex::Regex::new(r"entry (\d+) is red").unwrap();
        let found: Vec<u32> = line.captures_iter(prompt).map(|found| found[1].parse().unwrap()).collect();
        json!(found).to_string()
    });
    let report = ask(
        &world,
        &server,
        &["answer(await llm('Which are red?', repo.read('data/entries.txt'), \
           { schema: { type: 'array', items: { type: 'integer' } } }))"],
        &[],
    )
    .await;
    let expect: Vec<u32> = (1..=15).map(|at| at * 100).collect();
    assert_eq!(report["value"], json!(expect));
    let (_, taken) = log.split();
    assert!(taken.iter().all(|body| !last(body).contains("Below stand")));
}

#[tokio::test]
async fn what_cannot_be_split_is_refused_with_sizes() {
    let (world, server) = (World::new(), Server::start().await);
    let log = windowed(&server, 8_000, 4, reds);
    let report = ask(
        &world,
        &server,
        &["let said = []; for (const data of ['x'.repeat(90_000), null]) { \
           try { await llm(data ? 'Look.' : 'y'.repeat(90_000), data) } catch (error) { said.push(`${error}`) } } \
           answer(said.join('\\n'))"],
        &[],
    )
    .await;
    let said = report["answer"].as_str().unwrap();
    let (line, prompt) = said.split_once('\n').unwrap();
    assert!(
        line.starts_with("RangeError: llm: 5 characters of prompt and 90000 of data (about 22502 tokens)"),
        "{line}"
    );
    assert!(line.contains("a line of 90000 characters (about 22500 tokens) cannot be cut further"), "{line}");
    assert!(line.contains("window of openai/test, which is 8000 tokens"), "{line}");
    assert!(prompt.contains("the prompt alone is too long; pass what it is about as data"), "{prompt}");
    assert_eq!(log.split().0.len(), 1);
}

/// A whole stream that ends for this reason.
fn ends(text: &str, reason: &str) -> Answer {
    Answer::events([
        chunk(json!({ "content": text }), None).to_string(),
        chunk(json!({}), Some(reason)).to_string(),
        "[DONE]".to_string(),
    ])
}

#[tokio::test]
async fn a_cut_reply_is_asked_for_once_more_with_more_room() {
    let (world, server) = (World::new(), Server::start().await);
    server.rule(|request| {
        let body = request.json();
        if is_root(&body) {
            return None;
        }
        let (prompt, bound) = (last(&body), body["max_tokens"].as_u64().unwrap());
        Some(match &*prompt {
            "long" if bound < 8_192 => ends("the first ha", "length"),
            "long" => ends("the whole", "stop"),
            "endless" => ends("and so on", "length"),
            _ => ends("", "content_filter"),
        })
    });
    let report = ask(
        &world,
        &server,
        &["const all = await llmAll([{ prompt: 'long' }, { prompt: 'endless', maxTokens: 100 }, { prompt: 'bad' }]); \
           answer(all.map(one => one.ok ? one.value : one.error).join('\\n'))"],
        &[],
    )
    .await;
    let lines: Vec<&str> = report["answer"].as_str().unwrap().lines().collect();
    assert_eq!(lines[0], "the whole");
    assert!(
        lines[1]
            .starts_with("ModelError: llm: the reply of openai/test was cut at 200 output tokens, after 100 had been"),
        "{}",
        lines[1]
    );
    assert!(lines[2].starts_with("ModelError: llm: openai/test withheld its reply"), "{}", lines[2]);
    let bounds = |text: &str| -> Vec<u64> {
        let requests = server.requests().into_iter().filter(|one| one.last_message() == text);
        requests.map(|one| one.json()["max_tokens"].as_u64().unwrap()).collect()
    };
    assert_eq!(bounds("long"), [4_096, 8_192]);
    assert_eq!(bounds("endless"), [100, 200]);
}

#[tokio::test]
async fn half_a_cell_never_runs() {
    let (world, server) = (World::new(), Server::start().await);
    server.then(ends("```js\nanswer('half", "length"));
    server.then(ends("```js\nanswer('also half')\n", "stop"));
    let report = ask(&world, &server, &["answer('whole')"], &[]).await;
    assert_eq!(report["answer"], "whole");
    let told: Vec<String> = server.requests().iter().skip(1).map(Received::last_message).collect();
    assert!(told[0].starts_with("Your reply was cut off at its bound"), "{}", told[0]);
    assert!(told[1].starts_with("The code block of your reply never closes"), "{}", told[1]);
}

#[tokio::test]
async fn a_withheld_reply_ends_the_run_and_says_so() {
    let (world, server) = (World::new(), Server::start().await);
    server.then(ends("I cannot help with that.", "content_filter"));
    let finished = finish(world.ask(&server, &[])).await;
    assert_ne!(finished.code, Some(0));
    assert!(finished.stderr.contains("openai/test withheld its reply"), "{}", finished.stderr);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_family_is_told_what_it_needs() {
    let (world, server) = (World::new(), Server::start().await);
    turns(&server, &["answer('1')", "answer('2')"]);
    for question in ["what happens?", "what else?"] {
        let repo = world.repo();
        let mut command =
            world.command(&["ask", question, repo.to_str().unwrap(), "--model", "openai/qwen3-coder-480b"]);
        command.env("OPENAI_BASE_URL", server.base_url()).env("OPENAI_API_KEY", KEY);
        let finished = finish(command.spawn().unwrap()).await;
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    }
    let requests = server.requests();
    let system = |at: usize| requests[at].json()["messages"][0]["content"].as_str().unwrap().to_owned();
    assert!(system(0).contains("Sub-calls are dear."));
    assert_eq!(system(0), system(1));
    assert!(!system(0).contains("{{"));
    assert!(requests[0].json().get("tools").is_none(), "its code travels in fences");
    assert_eq!(requests[0].json()["max_tokens"], 16_384);
}
