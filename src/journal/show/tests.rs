//! What a run looks like to a person.

use super::*;
use crate::journal::event::{CellError, Line, Models, Request};
use crate::journal::reader::Damage;
use expect_test::expect;
use std::path::Path;

fn sample() -> Run {
    let header = Header {
        spelunk: "0.1.0".into(),
        started: 1_785_000_000_000,
        question: "where is the parser?".into(),
        workspace: "demo".into(),
        revision: Some("0a1b2c3".into()),
        models: Models { root: "scripted/big".into(), leaf: "scripted/small".into() },
        ..Header::default()
    };
    let message = Message { role: "user".into(), content: "where?".into(), tool_calls: vec![], tool_call_id: None };
    let call = |call, parent, role| Event::CallStarted {
        call,
        parent,
        model: "scripted/big".into(),
        role,
        label: String::new(),
        request: Request { messages: vec![message.clone()], options: "{}".into() },
    };
    let reply = Reply { text: "```js\nrepo.search('x')\n```".into(), tool_calls: vec![], finish: "stop".into() };
    let usage = Usage { input: 12_345, cached: 300, written: 45, output: 20, reasoning: 5, estimated: true };
    let totals = Totals { turns: 1, calls: 2, hits: 0, input: 12_345, cached: 300, output: 20, usd: Some(0.01234) };
    let host =
        |host, name: &str| Event::HostCall { cell: 1, host, name: name.into(), args: "[\"x\"]".into(), blocking: true };
    let output: Vec<String> = (1..=50).map(|n| format!("line {n}")).collect();
    let events = vec![
        Event::Header(Box::new(header)),
        Event::TurnStarted { turn: 1 },
        call(1, None, Role::Root),
        Event::CallRetry { call: 1, reason: "429 Too Many Requests".into(), wait_ms: 1500 },
        Event::CallFinished { call: 1, outcome: Outcome::Ok(reply), usage, usd: Some(0.0123), attempts: 2, hit: false },
        Event::Cell { cell: 1, code: "repo.search('x')".into() },
        host(1, "repo.search"),
        Event::HostReply { host: 1, outcome: Outcome::Ok("[]".into()) },
        host(2, "repo.read"),
        Event::HostReply {
            host: 2,
            outcome: Outcome::Error(HostError { name: "Error".into(), message: "x: no such file".into() }),
        },
        host(3, "repo.read"),
        Event::HostReply { host: 3, outcome: Outcome::Ok("\"y\"".into()) },
        call(2, Some(3), Role::Leaf),
        Event::CallFinished {
            call: 2,
            outcome: Outcome::Error("the endpoint is gone".into()),
            usage: Usage::default(),
            usd: None,
            attempts: 1,
            hit: false,
        },
        Event::CellDone {
            cell: 1,
            output: output.join("\n").into(),
            value: Some("\u{1b}[31m3\u{202e}".into()),
            error: Some(CellError { kind: "thrown".into(), text: "Error: no\n  at 1:1".into() }),
            warnings: vec!["1 promise was not awaited".into()],
            computed_ms: 12,
            lost: None,
        },
        Event::Note { text: "reading\nturn 7, at 0.000 s".into() },
        Event::Limit { which: "turns".into(), detail: "1 of 1".into() },
        Event::Answer {
            value: "\"In `src/parser.rs`.\\n\"".into(),
            citations: vec![Citation {
                path: "src/parser.rs".into(),
                from: 1,
                to: 3,
                status: "valid".into(),
                missing: Vec::new(),
                hash: "ab".into(),
            }],
            dropped: Vec::new(),
            held: false,
            problems: Vec::new(),
        },
        Event::End { reason: EndReason::Limit, detail: "turns".into(), totals },
    ];
    let number = |(n, event)| Line { seq: n as u64, at: n as u64 * 10, agent: 0, event };
    let lines = events.into_iter().enumerate().map(number).collect();
    Run { id: "20260725-172000000-abcdef".into(), lines, damage: vec![], torn: None }
}

#[test]
fn a_run_reads_well() {
    expect![[r#"
        run 20260725-172000000-abcdef
        question: where is the parser?
        workspace: demo at 0a1b2c3
        models: root scripted/big, leaf scripted/small
        started: 2026-07-25 17:20:00 UTC, by spelunk 0.1.0

        turn 1, at 0.010 s
          call 1: root scripted/big, 1 message, 6 bytes
          call 1: sent again after 1.500 s: 429 Too Many Requests
          call 1: about 12,345 tokens in (300 cached, 45 written to the cache), 20 out (5 reasoning), $0.0123, 2 attempts, at 0.040 s
            reply:
              | ```js
              | repo.search('x')
              | ```
          cell 1
            | repo.search('x')
            host call 2 (repo.read) failed: Error: x: no such file
          call 2: leaf scripted/big, for host call 3, 1 message, 6 bytes
          call 2: 0 tokens in, 0 out, at 0.130 s
            failed: the endpoint is gone
            host calls: repo.read 2 (1 failed), repo.search 1
          cell 1 done, 0.012 s of computing
            output:
              | line 1
              | line 2
              | line 3
              | line 4
              | line 5
              | line 6
              | line 7
              | line 8
              | line 9
              | line 10
              | line 11
              | line 12
              | line 13
              | line 14
              | line 15
              | line 16
              | line 17
              | line 18
              | line 19
              | line 20
              ... 10 lines more
              | line 31
              | line 32
              | line 33
              | line 34
              | line 35
              | line 36
              | line 37
              | line 38
              | line 39
              | line 40
              | line 41
              | line 42
              | line 43
              | line 44
              | line 45
              | line 46
              | line 47
              | line 48
              | line 49
              | line 50
            value: 3\u{202e}
            error (thrown):
              | Error: no
              |   at 1:1
            warning: 1 promise was not awaited
          note:
            | reading
            | turn 7, at 0.000 s
          limit: turns: 1 of 1

        answer
          | In `src/parser.rs`.
          src/parser.rs:1-3 valid

        ended by a limit (turns) after 0.180 s: 1 turn, 2 calls, 12,345 tokens in, 20 out, $0.0123
    "#]]
    .assert_eq(&show(&sample(), &Blobs::new(Path::new("/nowhere")), false));
}

#[test]
fn all_of_a_run() {
    let text = show(&sample(), &Blobs::new(Path::new("/nowhere")), true);
    for part in ["line 25", "host call 1: repo.search", "host reply 3: \"y\"", "user: where?", "configuration: null"] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert!(!text.contains(" lines more"));
}

#[test]
fn broken_runs_say_so() {
    let mut run = sample();
    run.lines.truncate(2);
    let code = Body::Blob { blob: "ab".repeat(32), bytes: 9 };
    run.lines.push(Line { seq: 3, at: 30, agent: 0, event: Event::Cell { cell: 1, code } });
    run.damage.push(Damage { offset: 100, bytes: 7, reason: "expected value".into() });
    run.torn = Some(200);
    let text = show(&run, &Blobs::new(Path::new("/nowhere")), false);
    let end = text.split_once("cell 1\n").unwrap().1;
    expect![[r#"
            | the blob abababababababababababababababababababababababababababababababab is gone or damaged: No such file or directory (os error 2)
        damaged: 7 bytes at 100: expected value
        torn: the last line, at byte 200, was not written to its end
        no end: the run was killed, or still goes on
    "#]]
    .assert_eq(end);
}
