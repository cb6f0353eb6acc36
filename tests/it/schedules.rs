//! Runs over three levels with 200 sub-calls, in orders made by chance: latencies, throttling, failures, streams that break off. Each ends,
//! above no limit at any time, and with the right answer unless a limit or a person ended it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _};
use regex::Regex;
use spelunk::agent::calls::budget::Limits;
use spelunk::agent::event::{Emit, RunEvent};
use spelunk::agent::{AskError, FenceKey, Models, Named, Report, Setup, Stop, ask};
use spelunk::cancel::Cancel;
use spelunk::journal::event::EndReason;
use spelunk::journal::{Event, Header, Journal};
use spelunk::model::{
    Endpoint, Endpoints, Finish, Model, ModelError, Progress, Reply, Request, Role, ToolCall, Usage, open, tokens,
};
use spelunk::redact::redact;
use spelunk::workspace::Workspace;

use crate::random::Random;
use crate::server::{Answer, Server, chunk};

/// The numbers that the leaves are asked for, one by one; the answer is their sum.
const LEAVES: u64 = 200;
const SUM: u64 = LEAVES * (LEAVES - 1) / 2;

/// What a run is asked, and its children, about a part.
fn question(from: u64, to: u64, levels: u32) -> String {
    format!("Sum {from} to {to} over {levels} levels")
}

/// The one cell of an agent: by children when there are levels below, else by leaves. What fails is asked again.
fn cell(question: &str, fan: u64) -> Option<String> {
    let asked = Regex::new(r"Sum (\d+) to (\d+) over (\d+) levels").unwrap().captures(question)?;
    let number = |at: usize| asked[at].parse::<u64>().unwrap();
    let (from, to, levels) = (number(1), number(2), number(3));
    let again = "for (let tries = 0; todo.length > 0 && tries < 12; tries++) {";
    let sum = if levels > 1 {
        let width = (to - from).div_ceil(fan);
        let parts: Vec<String> = (0..fan)
            .map(|part| (from + part * width, (from + (part + 1) * width).min(to)))
            .filter(|(from, to)| from < to)
            .map(|(from, to)| format!("{{ question: '{}' }}", self::question(from, to, levels as u32 - 1)))
            .collect();
        format!(
            "let todo = [{}], sum = 0; {again} const got = await rlmAll(todo); \
             for (const one of got) if (one.ok && one.complete) sum += one.value; \
             todo = todo.filter((_, n) => !(got[n].ok && got[n].complete)); }}",
            parts.join(", ")
        )
    } else {
        format!(
            "let todo = [], sum = 0; for (let n = {from}; n < {to}; n++) todo.push({{ prompt: `Number ${{n}}?` }}); \
             {again} const got = await llmAll(todo); for (const one of got) if (one.ok) sum += Number(one.value); \
             todo = todo.filter((_, n) => !got[n].ok); }}"
        )
    };
    Some(format!("{sum} if (todo.length > 0) throw new Error(`${{todo.length}} are missing`); answer(sum)"))
}

/// What whoever knows all the answers says to a prompt.
fn knows(system: &str, prompt: &str, fan: u64) -> String {
    if system.contains("declare const repo") {
        let asked = prompt.split("</question>").next().unwrap_or_default();
        return format!("```js\n{}\n```", cell(asked, fan).unwrap_or_else(|| "answer('what?')".to_owned()));
    }
    let number = Regex::new(r"^Number (\d+)\?").unwrap();
    number.captures(prompt).map_or("unknown".to_owned(), |number| number[1].to_owned())
}

/// A model that answers late, breaks off, is throttled and fails, by chance; and counts.
struct Moody {
    fan: u64,
    /// Of a thousand attempts, how many break off, and how many calls fail for good.
    breaks: u64,
    fails: u64,
    latest_us: u64,
    /// Whether code comes as a call of the tool.
    has_tools: bool,
    random: Mutex<Random>,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
    calls: AtomicU64,
    tokens: AtomicU64,
}

/// One more request, until it is dropped.
struct Open<'a>(&'a AtomicUsize);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Moody {
    fn chance(&self, of_thousand: u64) -> bool {
        self.random.lock().unwrap().below(1000) < of_thousand
    }

    async fn late(&self) {
        let wait = self.random.lock().unwrap().below(self.latest_us + 1);
        tokio::time::sleep(Duration::from_micros(wait)).await;
    }

    async fn reply(&self, request: &Request, progress: &(dyn Fn(Progress) + Send + Sync)) -> Result<Reply, ModelError> {
        let system = &request.messages[0].content;
        let user = request.messages.iter().find(|message| message.role == Role::User).unwrap();
        let is_agent = system.contains("declare const repo");
        let text = knows(system, &user.content, self.fan);
        let mut usage = Usage::default();
        let mut attempts = 1;
        loop {
            self.late().await;
            let mut attempt = tokens::estimate_usage(request, &text);
            attempt.estimated = false;
            let breaks = attempts < 4 && self.chance(self.breaks);
            if breaks {
                // Throttled before anything came, or broken off half-way.
                attempt =
                    if self.chance(500) { Usage::default() } else { Usage { output: attempt.output / 2, ..attempt } };
                progress(Progress::Text(text.chars().take(2).collect()));
            }
            self.tokens.fetch_add(attempt.input + attempt.output, Ordering::SeqCst);
            usage.input += attempt.input;
            usage.output += attempt.output;
            if !breaks {
                break;
            }
            attempts += 1;
            progress(Progress::Retry { reason: "moody".to_owned(), wait: Duration::ZERO, spent: attempt });
            self.late().await;
        }
        // The root's own turns are not asked again.
        let is_root = user.content.contains(&question(0, LEAVES, 2)) || user.content.contains(&question(0, LEAVES, 3));
        if !(is_agent && is_root) && self.chance(self.fails) {
            return Err(ModelError::Unavailable("moody for good".to_owned()));
        }
        progress(Progress::Text(text.clone()));
        if self.has_tools && is_agent {
            let code = text.trim_start_matches("```js\n").trim_end_matches("\n```");
            let arguments = serde_json::json!({ "code": code }).to_string();
            let call = ToolCall { id: "call".to_owned(), name: "run_javascript".to_owned(), arguments };
            let (text, finish) = (String::new(), Finish::ToolCalls);
            return Ok(Reply { text, tool_calls: vec![call], usage, finish, attempts });
        }
        Ok(Reply { text, tool_calls: Vec::new(), usage, finish: Finish::Stop, attempts })
    }
}

impl Model for Moody {
    fn provider(&self) -> &str {
        "openai"
    }

    fn has_tools(&self) -> bool {
        self.has_tools
    }

    fn complete<'a>(
        &'a self,
        request: &'a Request,
        progress: &'a (dyn Fn(Progress) + Send + Sync),
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Result<Reply, ModelError>> {
        async move {
            let now = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
            let _open = Open(&self.in_flight);
            self.most_in_flight.fetch_max(now, Ordering::SeqCst);
            self.calls.fetch_add(1, Ordering::SeqCst);
            tokio::select! {
                biased;
                () = cancel.cancelled() => Err(ModelError::Cancelled),
                reply = self.reply(request, progress) => reply,
            }
        }
        .boxed()
    }
}

/// Agents that live, and how many and how deep at most.
#[derive(Default)]
struct Agents {
    now: usize,
    most: usize,
    deepest: u32,
}

fn watch(agents: &Arc<Mutex<Agents>>) -> Emit {
    let agents = agents.clone();
    Arc::new(move |event| {
        let mut event = &event;
        while let RunEvent::Of { event: inner, .. } = event {
            event = inner;
        }
        let mut agents = agents.lock().unwrap();
        match event {
            RunEvent::AgentStarted { depth, .. } => {
                agents.now += 1;
                agents.most = agents.most.max(agents.now);
                agents.deepest = agents.deepest.max(*depth);
            }
            RunEvent::AgentEnded { .. } => agents.now -= 1,
            _ => {}
        }
    })
}

/// What ends a run before it is done.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Early {
    No,
    Limit,
    AnswerNow,
    Cancel,
}

struct Schedule {
    limits: Limits,
    levels: u32,
    early: Early,
    after: Duration,
    model: Moody,
}

fn schedule(seed: u64) -> Schedule {
    let mut random = Random::new(seed);
    let levels = 2 + u32::from(random.below(6) == 0);
    let early = match random.below(10) {
        0 | 1 => Early::Limit,
        2 => Early::Cancel,
        3 => Early::AnswerNow,
        _ => Early::No,
    };
    let mut limits = Limits {
        turns: 24,
        calls: 4_000,
        tokens: 400_000_000,
        usd: Some(1e6),
        wall: Duration::from_secs(1200),
        concurrency: [1, 2, 4, 8, 32][random.below(5) as usize],
        depth: levels - 1 + random.below(2) as u32,
        workers: 1 + random.below(6) as usize,
        ..Limits::default()
    };
    if early == Early::Limit {
        match random.below(3) {
            0 => limits.calls = 30 + random.below(120) as u32,
            1 => limits.tokens = 200_000 + random.below(400_000),
            _ => limits.usd = Some(0.2 + random.below(10) as f64 / 10.0),
        }
    }
    let model = Moody {
        fan: 2 + random.below(2),
        breaks: random.below(200),
        fails: random.below(60),
        latest_us: random.below(5_000),
        has_tools: seed % 2 == 1,
        random: Mutex::new(Random::new(seed + 1_000_000)),
        in_flight: AtomicUsize::new(0),
        most_in_flight: AtomicUsize::new(0),
        calls: AtomicU64::new(0),
        tokens: AtomicU64::new(0),
    };
    let after = Duration::from_millis(random.below(800));
    Schedule { limits, levels, early, after, model }
}

fn setup(state: &std::path::Path, repo: &std::path::Path, limits: Limits, model: Arc<dyn Model>, emit: Emit) -> Setup {
    let named = Named { name: "openai/gpt-4.1".to_owned(), id: "gpt-4.1".to_owned(), model };
    let mut repl = crate::repl::options();
    if let Some(program) = std::env::var_os("SPELUNK_SOAK_PROGRAM") {
        repl.program = program.into();
    }
    Setup {
        snapshot: Workspace::open(repo).unwrap().snapshot(),
        models: Models { root: named.clone(), leaf: named },
        limits,
        repl,
        key: FenceKey::new([7; 32]),
        journal: Journal::create(state, redact, Header::default()),
        emit,
        plain_below: 0,
        max_data: 400_000,
        at: None,
        symbols: Arc::default(),
        schema: None,
        cache: spelunk::cache::Cache::default(),
        maps: Default::default(),
    }
}

/// Every call and every agent that began has ended, and the run with them.
fn assert_closed(journal: &Journal, seed: u64) -> EndReason {
    let run = spelunk::journal::read(journal.path().unwrap()).unwrap();
    assert_eq!(run.damage, [], "seed {seed}");
    let (mut calls, mut agents, mut end) = (BTreeMap::new(), BTreeMap::new(), None);
    for line in &run.lines {
        match &line.event {
            Event::CallStarted { call, .. } => *calls.entry(*call).or_insert(0) += 1,
            Event::CallFinished { call, .. } => *calls.entry(*call).or_insert(0) -= 1,
            Event::AgentStarted(_) => *agents.entry(line.agent).or_insert(0) += 1,
            Event::AgentEnded { .. } => *agents.entry(line.agent).or_insert(0) -= 1,
            Event::End { reason, .. } => end = Some(*reason),
            _ => {}
        }
    }
    assert!(calls.values().chain(agents.values()).all(|open| *open == 0), "seed {seed}: {calls:?} {agents:?}");
    end.unwrap_or_else(|| panic!("seed {seed}: no end"))
}

async fn run(seed: u64) -> Early {
    let Schedule { limits, levels, early, after, model } = schedule(seed);
    let (state, repo) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(repo.path().join("main.rs"), "fn main() {}\n").unwrap();
    let (model, agents, stop) = (Arc::new(model), Arc::new(Mutex::new(Agents::default())), Stop::default());
    let setup = setup(state.path(), repo.path(), limits.clone(), model.clone(), watch(&agents));
    let journal = setup.journal.clone();
    let question = question(0, LEAVES, levels);
    let asked = ask(setup, &question, &stop);
    let interrupt = async {
        tokio::time::sleep(after).await;
        match early {
            Early::Cancel => stop.cancel.cancel(),
            Early::AnswerNow => stop.answer_now.cancel(),
            Early::No | Early::Limit => {}
        }
        std::future::pending::<()>().await;
    };
    let result = tokio::select! {
        result = tokio::time::timeout(Duration::from_secs(300), asked) => result,
        () = interrupt => unreachable!("it never ends"),
    };
    let result = result.unwrap_or_else(|_| panic!("seed {seed} is stuck"));
    let end = assert_closed(&journal, seed);

    let agents = agents.lock().unwrap();
    let workers = limits.workers.max(limits.depth as usize + 1);
    assert!(agents.now == 0 && agents.most < workers, "seed {seed}: {} children, {workers} workers", agents.most);
    assert!(agents.deepest <= limits.depth, "seed {seed}: depth {}", agents.deepest);
    let most = model.most_in_flight.load(Ordering::SeqCst);
    assert!(most <= limits.concurrency, "seed {seed}: {most} at once");
    let calls = model.calls.load(Ordering::SeqCst);
    assert!(calls <= u64::from(limits.calls), "seed {seed}: {calls} calls");
    let used = model.tokens.load(Ordering::SeqCst);
    assert!(used <= limits.tokens, "seed {seed}: {used} tokens of {}", limits.tokens);
    assert_eq!(model.in_flight.load(Ordering::SeqCst), 0, "seed {seed}: a call goes on");
    match result {
        Ok(report) => {
            assert_eq!(u64::from(report.spent.calls), calls, "seed {seed}");
            assert_spent(&report, &limits, seed);
            match &report.tripped {
                None => {
                    assert_eq!((&report.value, end), (&SUM.into(), EndReason::Answered), "seed {seed}");
                    assert!(calls >= LEAVES, "seed {seed}: {calls}");
                    Early::No
                }
                Some(tripped) => {
                    assert_ne!(early, Early::No, "seed {seed}: {tripped}");
                    assert_eq!(end, EndReason::Limit, "seed {seed}");
                    early
                }
            }
        }
        Err(AskError::Cancelled { .. }) => {
            assert_eq!((early, end), (Early::Cancel, EndReason::Cancelled), "seed {seed}");
            early
        }
        Err(error) => panic!("seed {seed}: {error}"),
    }
}

fn assert_spent(report: &Report, limits: &Limits, seed: u64) {
    let usage = report.spent.usage;
    assert!(usage.input + usage.output <= limits.tokens, "seed {seed}: {usage:?}");
    assert!(report.spent.usd <= limits.usd.unwrap() + 1e-9, "seed {seed}: {}", report.spent.usd);
}

async fn all(seeds: impl Iterator<Item = u64>, at_once: usize) {
    let ends: Vec<Early> = futures_util::stream::iter(seeds.map(run)).buffer_unordered(at_once).collect().await;
    let done = ends.iter().filter(|end| **end == Early::No).count();
    assert!(done * 2 > ends.len(), "most go to their end: {done} of {}", ends.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn runs_end_with_the_right_answer_and_above_no_limit() {
    all(0..24, 3).await;
}

/// `make soak`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes"]
async fn a_thousand_runs_end_with_the_right_answer_and_above_no_limit() {
    all(1_000..2_000, 4).await;
}

/// The same over HTTP, where the server throttles, fails, and breaks off.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn and_so_do_runs_over_http() {
    let runs = (0..3).map(|seed| async move {
        let server = Server::start().await;
        let mut random = Random::new(seed);
        server.rule(move |request| {
            let body = request.json();
            let content = |at: usize| body["messages"][at]["content"].as_str().unwrap_or_default().to_owned();
            let text = knows(&content(0), &content(1), 2);
            let part = || chunk(serde_json::json!({ "content": &text[..1] }), None);
            let answer = match random.below(100) {
                0 => Answer::status(429).header("retry-after-ms", 20).body("{}"),
                1 => Answer::status(503).header("retry-after-ms", 5).body("busy"),
                2 => Answer::events([part()]),
                3 => Answer::events([part()]).reset(),
                4 => Answer::status(200).cut().then_head(),
                _ => Answer::says(&text),
            };
            Some(answer.after(Duration::from_micros(random.below(5_000))))
        });
        let (state, repo) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(repo.path().join("main.rs"), "fn main() {}\n").unwrap();
        let limits = Limits { calls: 1_000, usd: None, concurrency: 16, ..Limits::default() };
        let endpoint = Endpoint::new(server.base_url());
        let model = open("openai/gpt-4.1", &Endpoints::new([("openai".to_owned(), endpoint)])).unwrap();
        let agents = Arc::new(Mutex::new(Agents::default()));
        let setup = setup(state.path(), repo.path(), limits.clone(), model, watch(&agents));
        let journal = setup.journal.clone();
        let stop = Stop::default();
        let question = question(0, LEAVES, 3);
        let asked = ask(setup, &question, &stop);
        let report = tokio::time::timeout(Duration::from_secs(300), asked).await.expect("not stuck").unwrap();
        assert_eq!((&report.value, &report.tripped), (&SUM.into(), &None), "seed {seed}");
        assert_eq!(assert_closed(&journal, seed), EndReason::Answered);
        assert!(server.most_at_once() <= limits.concurrency, "seed {seed}: {}", server.most_at_once());
        let usage = report.spent.usage;
        assert!(report.spent.calls <= limits.calls && usage.input + usage.output <= limits.tokens);
        assert_eq!(agents.lock().unwrap().deepest, 2);
    });
    futures_util::future::join_all(runs).await;
}
