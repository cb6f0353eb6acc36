//! One budget for a run: whatever happens in whatever order, no limit is exceeded, and each refusal names its limit.

use std::sync::Barrier;
use std::time::Duration;

use serde_json::{Value, json};
use spelunk::agent::calls::budget::{Estimate, Ledger, Limits, Purpose, Reservation, Tripped};
use spelunk::model::{Usage, tokens};

use crate::agent::{World, finish, is_salvage, turns};
use crate::random::Random;
use crate::server::{Answer, Gate, Server, chunk};

/// What is promised to a call, and to its attempts that failed.
struct Held {
    reservation: Reservation,
    tokens: u64,
    usd: f64,
    estimate: Estimate,
}

fn limits(random: &mut Random) -> Limits {
    Limits {
        calls: 2 + random.below(30) as u32,
        tokens: 1_000 + random.below(200_000),
        usd: (random.below(3) > 0).then(|| random.below(1000) as f64 / 500.0),
        wall: Duration::from_secs(3600),
        ..Limits::default()
    }
}

/// Reserves, and checks the answer against a count of our own.
fn reserve(ledger: &Ledger, held: &[Held], estimate: Estimate, purpose: Purpose) -> Option<Reservation> {
    let (limits, spent) = (ledger.limits(), ledger.spent());
    let (calls_kept, tokens_kept, share) = match purpose {
        Purpose::Work => (1, ledger.salvage_tokens(), 0.9),
        Purpose::Below(depth) => {
            let tokens = ledger.salvage_tokens() + u64::from(depth) * (limits.tokens / 20);
            (1 + depth * (limits.calls / 20).max(1), tokens, 0.9 - 0.05 * f64::from(depth))
        }
        Purpose::Salvage => (0, 0, 1.0),
    };
    let calls = spent.calls + held.len() as u32 + 1 + calls_kept;
    let tokens = spent.usage.input + spent.usage.output + held.iter().map(|held| held.tokens).sum::<u64>();
    let usd = spent.usd + held.iter().map(|held| held.usd).sum::<f64>() + estimate.usd.unwrap_or(0.0);
    let room = limits.usd.map_or(f64::INFINITY, |limit| limit * share - usd);
    match ledger.reserve(estimate, purpose) {
        Ok(reservation) => {
            // The first call of all is made whatever is kept.
            let most = limits.calls.max(1 + calls_kept);
            assert!(calls <= most, "{calls} calls of {most}");
            assert!(tokens + estimate.input + estimate.output + tokens_kept <= limits.tokens);
            assert!(estimate.usd.is_none() || room > -1e-9, "{room}");
            Some(reservation)
        }
        Err(Tripped::Calls { limit }) => {
            assert!(limit == limits.calls && calls > limit);
            None
        }
        Err(Tripped::Tokens { limit, left }) => {
            assert_eq!((limit, left), (limits.tokens, limits.tokens.saturating_sub(tokens + tokens_kept)));
            assert!(estimate.input + estimate.output > left);
            None
        }
        Err(Tripped::Usd { limit, .. }) => {
            assert!(Some(limit) == limits.usd && room < 1e-9, "{room}");
            None
        }
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn no_order_of_events_overdraws_a_ledger() {
    let mut refused = 0;
    for seed in 0..1_000 {
        let mut random = Random::new(seed);
        let ledger = Ledger::new(limits(&mut random));
        let mut held: Vec<Held> = Vec::new();
        for _ in 0..200 {
            let at = random.below(held.len().max(1) as u64) as usize;
            match random.below(10) {
                0..5 => {
                    let usd = (random.below(4) > 0).then(|| random.below(100) as f64 / 1000.0);
                    let estimate = Estimate { input: random.below(8_000), output: random.below(4_000), usd };
                    let purpose = match random.below(20) {
                        0 => Purpose::Salvage,
                        depth => Purpose::at(depth as u32 % 4),
                    };
                    match reserve(&ledger, &held, estimate, purpose) {
                        Some(reservation) => held.push(Held {
                            reservation,
                            tokens: estimate.input + estimate.output,
                            usd: usd.unwrap_or(0.0),
                            estimate,
                        }),
                        None => refused += 1,
                    }
                }
                _ if held.is_empty() => {}
                // An attempt that broke off half-way.
                5 => {
                    let one = &mut held[at];
                    let output = random.below(one.estimate.output + 1);
                    let used = Usage { input: one.estimate.input, output, ..Usage::default() };
                    let usd = one.estimate.usd.map(|usd| usd / 2.0);
                    one.tokens += used.input + used.output;
                    one.usd += usd.unwrap_or(0.0);
                    if one.reservation.again(used, usd).is_err() {
                        held.swap_remove(at).reservation.settle_refused();
                    }
                }
                6..8 => {
                    let one = held.swap_remove(at);
                    let lost = one.tokens - one.estimate.input - one.estimate.output;
                    let output = random.below(one.estimate.output + 1) + lost;
                    let usage = Usage { input: one.estimate.input, output, ..Usage::default() };
                    one.reservation.settle(usage, one.estimate.usd.map(|_| one.usd));
                }
                8 => held.swap_remove(at).reservation.settle_lost(),
                _ => drop(held.swap_remove(at)),
            }
            let (limits, spent) = (ledger.limits(), ledger.spent());
            assert!(spent.calls + held.len() as u32 <= limits.calls, "seed {seed}");
            assert!(spent.usage.input + spent.usage.output <= limits.tokens, "seed {seed}: {spent:?}");
            assert!(limits.usd.is_none_or(|limit| spent.usd <= limit + 1e-9), "seed {seed}: {spent:?}");
        }
        held.clear();
        let (spent, left) = (ledger.spent(), ledger.left());
        let whole = spent.usage.input + spent.usage.output + ledger.salvage_tokens() + left.tokens;
        assert_eq!(whole.max(ledger.limits().tokens), whole, "seed {seed}: what was dropped comes back");
    }
    assert!(refused > 10_000, "{refused}");
}

#[test]
fn sixty_four_at_once_get_exactly_what_there_is() {
    for seed in 0..20 {
        let mut random = Random::new(seed);
        let (calls, tokens) = (2 + random.below(70) as u32, 40_000 + random.below(100_000));
        let ledger = Ledger::new(Limits { calls, tokens, usd: None, ..Limits::default() });
        let each = Estimate { input: 1_000, output: 500, usd: None };
        let fit = u64::from(calls - 1).min((tokens - ledger.salvage_tokens()) / 1_500).min(64);
        let barrier = Barrier::new(64);
        let got: u64 = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..64)
                .map(|_| {
                    scope.spawn(|| {
                        barrier.wait();
                        let reservation = ledger.reserve(each, Purpose::Work);
                        barrier.wait();
                        reservation.map(|held| held.settle(Usage { input: 1_000, ..Usage::default() }, None)).is_ok()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| u64::from(thread.join().unwrap())).sum()
        });
        assert_eq!(got, fit, "{calls} calls, {tokens} tokens");
        assert_eq!(u64::from(ledger.spent().calls), fit);
    }
}

/// Answers sub-calls whose prompt begins so.
fn asked(server: &Server, prompt: &'static str, answer: Answer) {
    server.rule(move |request| request.last_message().starts_with(prompt).then(|| answer.clone()));
}

/// Runs cells under limits; the report, what the server was asked, and the last message of each request.
async fn run(server: &Server, cells: &[&str], args: &[&str]) -> Value {
    let world = World::new();
    server.rule(|request| is_salvage(&request.json()).then(|| Answer::says("salvaged")));
    turns(server, cells);
    let finished = finish(world.ask(server, args)).await;
    assert!(matches!(finished.code, Some(0 | 3)), "{}", finished.stderr);
    finished.json()
}

#[tokio::test]
async fn a_script_that_asks_for_ever_ends_at_the_limit_of_calls() {
    let server = Server::start().await;
    asked(&server, "again", Answer::says("yes"));
    let cells = [
        "let asked = 0; for (;;) { try { await llm('again'); asked++ } catch (e) { console.log(asked, e.message); break } }",
    ];
    let report = run(&server, &cells, &["--max-calls", "12"]).await;
    // One turn, ten questions, and the call that is kept for the salvage.
    let requests = server.requests();
    assert_eq!((requests.len(), &report["spent"]["calls"]), (12, &json!(12)));
    assert_eq!((&report["tripped"], &report["answer"]), (&json!("calls"), &json!("salvaged")));
    let salvage = requests.last().unwrap().last_message();
    assert!(salvage.contains("10 llm: the limit of 12 model calls was reached"), "{salvage}");
}

#[tokio::test]
async fn a_batch_gets_as_many_calls_as_there_are() {
    let (server, gate) = (Server::start().await, Gate::new());
    asked(&server, "part", crate::agent::gated("fine", &gate));
    gate.open();
    let cells = ["const all = await llmAll(Array.from({ length: 64 }, (_, n) => ({ prompt: `part ${n}` }))); \
         console.log(all.filter((one) => one.ok).length, new Set(all.filter((one) => !one.ok).map((one) => one.error)))"];
    let report = run(&server, &cells, &["--max-calls", "40"]).await;
    assert_eq!((server.requests().len(), &report["spent"]["calls"]), (40, &json!(40)));
    let salvage = server.requests().last().unwrap().last_message();
    assert!(salvage.contains("38 Set(1)"), "{salvage}");
    assert!(salvage.contains("BudgetError: llm: the limit of 40 model calls was reached"), "{salvage}");
}

#[tokio::test]
async fn tokens_are_bounded_when_nobody_says_what_was_used() {
    let server = Server::start().await;
    let text = "word ".repeat(2_000);
    let reply = Answer::events([chunk(json!({ "content": text }), Some("stop")).to_string(), "[DONE]".to_owned()]);
    asked(&server, "much", reply);
    let cells = ["for (;;) await llm('much', 'x'.repeat(8000), { maxTokens: 4000 })"];
    let report = run(&server, &cells, &["--max-tokens", "60000"]).await;
    assert_eq!((&report["tripped"], &report["spent"]["usage"]["estimated"]), (&json!("tokens"), &json!(true)));
    let leaves = server.requests().iter().filter(|request| request.last_message().starts_with("much")).count() as u64;
    assert!(leaves >= 5, "{leaves}");
    assert!(total(&report) <= 60_000, "{report}");
    assert!(total(&report) >= leaves * (tokens::estimate(&text) + 2_000), "{report}");
}

#[tokio::test]
async fn replies_that_break_off_are_paid_for_within_the_limit() {
    let server = Server::start().await;
    let half = "word ".repeat(3_000);
    let broken = chunk(json!({ "content": half }), None).to_string();
    asked(&server, "much", Answer::events([&broken]).cut());
    let cells = [
        "for (let n = 0; n < 3; n++) try { await llm('much', null, { maxTokens: 4000 }) } catch (e) { console.log(e.message) }",
    ];
    let report = run(&server, &cells, &["--max-tokens", "34000"]).await;
    let sent = server.requests().iter().filter(|request| request.last_message().starts_with("much")).count() as u64;
    assert!(sent * tokens::estimate(&half) + 15 <= 34_000, "{sent} times");
    assert!(sent >= 4, "{sent}");
    assert!(total(&report) <= 34_000, "{report}");
    let seen = server.requests().last().unwrap().last_message();
    assert!(seen.contains("the next call could exceed the limit of 34000 tokens"), "{seen}");
}

#[tokio::test]
async fn a_call_that_nobody_waits_for_is_given_up_and_paid() {
    let server = Server::start().await;
    asked(&server, "forgotten", Answer::status(200).hang().then_head());
    let cells = [
        "let pending = llm('forgotten', 'x'.repeat(400)).catch(() => {}); repo.files().length; setTimeout(() => answer('enough'), 0)",
        "answer('enough')",
    ];
    let world = World::new();
    turns(&server, &cells);
    let mut child = world.ask(&server, &["--max-turns", "3"]);
    drop(child.stdin.take());
    server.received(2).await;
    let pid = rustix::process::Pid::from_raw(child.id().unwrap() as i32).unwrap();
    server.rule(|request| is_salvage(&request.json()).then(|| Answer::says("salvaged")));
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let report = finish(child).await.json();
    server.disconnected(1).await;
    assert_eq!(report["spent"]["calls"], server.requests().len());
    assert!(total(&report) >= 100, "the input of the call that was given up is paid: {report}");
}

fn total(report: &Value) -> u64 {
    let usage = &report["spent"]["usage"];
    usage["input"].as_u64().unwrap() + usage["output"].as_u64().unwrap()
}
