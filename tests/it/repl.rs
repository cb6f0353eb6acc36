//! The REPL against real worker processes, with a host that answers from a closure.

use std::io::{BufRead as _, BufReader};
use std::os::fd::AsRawFd as _;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use expect_test::{Expect, expect};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use rustix::process::{Pid, PidfdFlags, Signal};
use spelunk::cancel::Cancel;
use spelunk::repl::{Call, CallError, Host, Options, Outcome, PLAN_API, RESERVED, Repl};
use tokio::sync::{Barrier, Notify, Semaphore};

type Reply = BoxFuture<'static, Result<String, CallError>>;

/// Answers every call with what the closure says.
pub struct Fake<F>(pub F);

impl<F: Fn(Call, Cancel) -> Reply + Send + Sync + 'static> Host for Fake<F> {
    fn call(self: Arc<Self>, call: Call, cancel: Cancel) -> Reply {
        (self.0)(call, cancel)
    }
}

pub fn options() -> Options {
    Options {
        program: env!("CARGO_BIN_EXE_spelunk").into(),
        heap: 512 << 20,
        memory: 1536 << 20,
        cell: Duration::from_secs(10),
        output: 8 << 10,
        seed: 7,
        epoch_ms: 1_700_000_000_000,
        plan: false,
    }
}

pub async fn start(options: Options, host: impl Fn(Call, Cancel) -> Reply + Send + Sync + 'static) -> Repl {
    Repl::start(options, Arc::new(Fake(host))).await.unwrap()
}

/// A REPL whose host answers every call with the call itself.
pub async fn echoing(options: Options) -> Repl {
    start(options, |call, _| {
        let args: serde_json::Value = serde_json::from_str(&call.args).unwrap();
        async move { Ok(serde_json::json!({ "name": call.name, "args": args }).to_string()) }.boxed()
    })
    .await
}

/// What a cell shows, in one text: output, value, error, warnings, what was lost.
pub fn shown(outcome: &Outcome) -> String {
    let error = outcome.error.as_ref().map(|error| format!("{:?} {}", error.kind, error.text));
    [Some(outcome.output.clone()).filter(|output| !output.is_empty()), outcome.value.clone(), error]
        .into_iter()
        .flatten()
        .chain(outcome.warnings.iter().map(|warning| format!("warning: {warning}")))
        .chain(outcome.lost.clone())
        .collect::<Vec<_>>()
        .join("\n")
}

async fn run(repl: &mut Repl, code: &str) -> String {
    shown(&repl.run(code, &Cancel::new()).await)
}

/// Runs the cells in one REPL whose host echoes; the last one shows this.
async fn check(cells: &[&str], expect: Expect) {
    let mut repl = echoing(options()).await;
    let mut last = String::new();
    for cell in cells {
        last = run(&mut repl, cell).await;
    }
    expect.assert_eq(&last);
}

#[tokio::test]
async fn cells_share_what_they_declare() {
    check(&["const a = 20; function f(x) { return x + 1 }", "let b = await f(a)", "a + b"], expect!["41"]).await;
    check(
        &["let before = 1; throw new Error('x'); let after = 2", "[before, typeof after]"],
        expect!["[1, 'undefined']"],
    )
    .await;
    check(&["undefined"], expect![""]).await;
    check(
        &["'two\\nlines'"],
        expect![[r"
        two
        lines"]],
    )
    .await;
    check(
        &["console.log('a', {b: 1}); console.error('c'); 5"],
        expect![[r#"
        a { b: 1 }
        c

        5"#]],
    )
    .await;
    check(&["let x = 1; let list = [1, 2]", "vars()"], expect!["{ x: 'number 1', list: 'Array(2) of number' }"]).await;
}

#[tokio::test]
async fn errors_show_the_cells_own_line() {
    check(
        &["let x = 1\n  const y = x()"],
        expect![[r#"
        Thrown TypeError: x is not a function
          at line 2: const y = x()
                               ^"#]],
    )
    .await;
    check(
        &["function broken(z) {\n  return z.a.b\n}", "1\nbroken({})"],
        expect![[r#"
        Thrown TypeError: Cannot read properties of undefined (reading 'b')
          at cell 1, line 2 in broken: return z.a.b
                                                  ^
          at line 2: broken({})
                     ^"#]],
    )
    .await;
    check(
        &["let x = ;"],
        expect![[r#"
        Syntax line 1: Unexpected token
          1 | let x = ;
            |         ^"#]],
    )
    .await;
    check(
        &["let repo = 1"],
        expect![[r#"
        Syntax line 1: `repo` is one of the built-in names; use another name, e.g. `repo1`
          1 | let repo = 1
            |     ^"#]],
    )
    .await;
    check(&["throw null"], expect!["Thrown thrown: null"]).await;
    check(&["throw {code: 5}"], expect!["Thrown thrown: { code: 5 }"]).await;
    check(
        &["throw new Error('outer', {cause: new TypeError('inner')})"],
        expect![[r#"
        Thrown Error: outer
          caused by TypeError: inner
          at line 1: throw new Error('outer', {cause: new TypeError('inner')})
                           ^"#]],
    )
    .await;
    check(
        &["await Promise.any([Promise.reject(new Error('a')), Promise.reject(2)])"],
        expect![[r#"
        Thrown AggregateError: All promises were rejected
          1. Error: a
          2. 2"#]],
    )
    .await;
    check(&["repo.grep('x')"], expect![[r#"
        Thrown TypeError: repo.grep does not exist; repo has info, files, tree, read, search, outline, symbols, definition, references, callers, callees, imports, importers, modules, partition, text
          at line 1: repo.grep('x')
                          ^"#]]).await;
    check(&["await new Promise(() => {})"], expect!["Thrown Error: the cell awaits a promise that can never settle: no call and no timer is left that could do it"]).await;
    check(
        &["eval('1')"],
        expect![[r#"
        Thrown EvalError: Code generation from strings disallowed for this context
          at line 1: eval('1')
                     ^"#]],
    )
    .await;
    check(
        &["class E extends Error { get message() { throw 1 } }; throw new E()"],
        expect![[r#"
        Thrown Error
          at line 1: class E extends Error { get message() { throw 1 } }; throw new E()
                                                                                ^"#]],
    )
    .await;
}

#[tokio::test]
async fn calls_reach_the_host() {
    check(
        &["JSON.stringify(repo.search(/a\\d/i, {limit: 3}))"],
        expect![[r#"{"name":"repo.search","args":[{"source":"a\\d","flags":"i"},{"limit":3}]}"#]],
    )
    .await;
    check(&["JSON.stringify(repo.read('a', undefined, undefined))"], expect![[r#"{"name":"repo.read","args":["a"]}"#]])
        .await;
    check(
        &["JSON.stringify(await llm('q', {m: new Map([['k', new Set([1n])]]), e: new RangeError('r'), u: undefined}))"],
        expect![[r#"{"name":"llm","args":["q",{"m":{"k":[1]},"e":{"name":"RangeError","message":"r"}}]}"#]],
    )
    .await;
    check(
        &["JSON.stringify(await llm('q', new Uint8Array([1, 2])))"],
        expect![[r#"{"name":"llm","args":["q",[1,2]]}"#]],
    )
    .await;
    check(
        &["await llm('q', {f() {}})"],
        expect![[r#"
        Thrown TypeError: llm: a function cannot be passed (at "f"): pass plain data
          at line 1: await llm('q', {f() {}})
                           ^"#]],
    )
    .await;
    check(
        &["await llm('q', {p: llm('r')})"],
        expect![[r#"
        Thrown TypeError: llm: a promise cannot be passed (at "p"): await it first
          at line 1: await llm('q', {p: llm('r')})
                           ^
        warning: 1 llm call was never awaited; it was cancelled."#]],
    )
    .await;
    check(
        &["let o = {}; o.o = o; await llm('q', o)"],
        expect![[r#"
        Thrown TypeError: llm: Converting circular structure to JSON
            --> starting at object with constructor 'Object'
            --- property 'o' closes the circle
          at line 1: let o = {}; o.o = o; await llm('q', o)
                                                ^"#]],
    )
    .await;
    check(&["repo.text('x'.repeat(40 << 20))"], expect![[r#"
        Thrown RangeError: repo.text was given 41,943,044 characters of JSON; at most 33,554,432 can be passed at once: pass less, in several calls
          at line 1: repo.text('x'.repeat(40 << 20))
                          ^"#]]).await;
    check(&["repo.text('\\u{20ac}'.repeat(12 << 20))"], expect![[r#"
        Thrown RangeError: repo.text was given 37,748,740 bytes of JSON; at most 33,554,432 can be passed at once: pass less, in several calls
          at line 1: repo.text('\u{20ac}'.repeat(12 << 20))
                          ^"#]]).await;
    check(&["JSON.stringify(repo.text('\\ud800'))"], expect![[r#"{"name":"repo.text","args":["�"]}"#]]).await;
    check(
        &[
            "repo.info.name",
            "repo.info = 1; globalThis.llm = 2; repo.read = 3; [repo.info.name, typeof llm, typeof repo.read]",
        ],
        expect!["['repo.info', 'function', 'function']"],
    )
    .await;
}

#[tokio::test]
async fn what_the_host_answers_prints_well() {
    let mut repl = start(options(), |call, _| {
        let answer = match call.name.as_str() {
            "repo.search" => r#"{"items":[{"path":"a.rs","line":3,"column":1,"text":"fn a"},{"path":"b.rs","line":4,"column":2,"text":"fn b"}],"total":1234,"truncated":true,"skipped":2}"#,
            "repo.files" => r#"{"items":[{"path":"a.rs","language":"rust","bytes":10}],"total":1,"truncated":false}"#,
            "repo.lines" => "42",
            "repo.outline" => r#"{"items":[{"path":"a.rs","line":1,"from":1,"to":9,"name":"A","kind":"class","qualified":"A","signature":"class A","children":[{"path":"a.rs","line":2,"from":2,"to":3,"name":"m","kind":"method","qualified":"A.m","signature":""}]}],"total":1,"truncated":false}"#,
            "cite" => r#"{"path":"a.rs","from":1,"to":2}"#,
            _ => "null",
        };
        async move { Ok(answer.to_owned()) }.boxed()
    })
    .await;
    let mut check = async |code: &str, expect: Expect| expect.assert_eq(&run(&mut repl, code).await);
    check(
        "let found = repo.search('fn'); `${found}`",
        expect![[r#"
        2 of 1,234
        a.rs:3: fn a
        b.rs:4: fn b"#]],
    )
    .await;
    check("`${found[0]}`", expect!["a.rs:3: fn a"]).await;
    check("JSON.stringify([found.total, found.truncated, found.skipped, Object.keys(found), found.map(m => m.line), Array.isArray(found)])", expect![[r#"[1234,true,2,["0","1"],[3,4],true]"#]]).await;
    check("`${found.filter(m => m.line > 3)}`", expect!["b.rs:4: fn b"]).await;
    check(
        "found",
        expect![[r#"
        2 of 1,234: [
          { path: 'a.rs', line: 3, column: 1, text: 'fn a' },
          { path: 'b.rs', line: 4, column: 2, text: 'fn b' }
        ]"#]],
    )
    .await;
    check(
        "let [file] = repo.files(); [`${file}`, file.lines, file.lines, JSON.stringify(file)]",
        expect![[r#"['a.rs', 42, 42, '{"path":"a.rs","language":"rust","bytes":10}']"#]],
    )
    .await;
    check(
        "let [def] = repo.outline('a.rs'); `${def} / ${def.children[0]}`",
        expect!["a.rs:1: class A / a.rs:2: method A.m"],
    )
    .await;
    check("`${cite('a.rs', 1, 2)}`", expect!["a.rs:1-2"]).await;
    check("note('hello')", expect![[r#""#]]).await;
    check("answer('done')", expect![[r#""#]]).await;
}

#[tokio::test]
async fn failed_calls_are_errors_with_the_cells_line() {
    let mut repl = start(options(), |call, _| {
        async move {
            match call.name.as_str() {
                "repo.read" => Err(CallError { name: "TypeError", message: "no such file: x".into() }),
                "llm" => Err(CallError { name: "BudgetError", message: "no calls left".into() }),
                "repo.tree" => Ok(format!("\"{}\"", "x".repeat(40 << 20))),
                "repo.text" => Ok("not JSON".into()),
                _ => panic!("a panic in the host"),
            }
        }
        .boxed()
    })
    .await;
    let mut check = async |code: &str, expect: Expect| expect.assert_eq(&run(&mut repl, code).await);
    check(
        "1\nrepo.read('x')",
        expect![[r#"
        Thrown TypeError: no such file: x
          at line 2: repo.read('x')
                          ^"#]],
    )
    .await;
    check("try { repo.read('x') } catch (e) { `${e instanceof TypeError} ${e.message}` }", expect![[r#""#]]).await;
    check(
        "async function ask() {\n  return await llm('q')\n}\nawait ask()",
        expect![[r#"
        Thrown BudgetError: no calls left
          at line 2 in ask: return await llm('q')
                                         ^
          at line 4: await ask()
                           ^"#]],
    )
    .await;
    check("repo.tree()", expect![[r#"
        Thrown RangeError: the result of repo.tree has 41,943,042 bytes; at most 33,554,432 can be passed at once: ask for less
          at line 1: repo.tree()
                          ^"#]]).await;
    check(
        "repo.text(1)",
        expect![[r#"
        Thrown Error: the result of repo.text is not JSON (expected ident at line 1 column 2); this is a bug
          at line 1: repo.text(1)
                          ^"#]],
    )
    .await;
    check(
        "budget()",
        expect![[r#"
        Thrown Error: budget failed inside spelunk; this is a bug
          at line 1: budget()
                     ^"#]],
    )
    .await;
}

#[tokio::test]
async fn promises_are_in_flight_together() {
    let all = Arc::new(Barrier::new(50));
    let mut repl = start(options(), move |call, _| {
        let all = Arc::clone(&all);
        async move {
            all.wait().await;
            Ok(call.args)
        }
        .boxed()
    })
    .await;
    let code = "const all = await Promise.all(Array.from({length: 50}, (_, i) => llm(`${i}`))); all.flat().join()";
    let expect = (0..50).map(|i| i.to_string()).collect::<Vec<_>>().join(",");
    assert_eq!(run(&mut repl, code).await, expect);
}

#[tokio::test]
async fn promises_settle_in_the_order_of_the_replies() {
    let turn = Arc::new(Semaphore::new(0));
    let mut repl = start(options(), move |call, _| {
        let turn = Arc::clone(&turn);
        async move {
            match call.args.as_str() {
                r#"["last"]"# => drop(turn.acquire().await),
                _ => turn.add_permits(1),
            }
            Ok(call.args)
        }
        .boxed()
    })
    .await;
    // The blocking call takes in replies too; they keep their order.
    let code = "let order = []; const p = ['last', 'first'].map(x => llm(x).then(() => order.push(x))); repo.tree(); await Promise.all(p); order.join()";
    assert_eq!(run(&mut repl, code).await, "first,last");
}

#[tokio::test]
async fn what_nobody_awaited_is_told() {
    check(
        &["llm('a'); llm('b'); setTimeout(() => {}, 5); 1"],
        expect![[r#"
        1
        warning: 2 llm calls were never awaited; they were cancelled.
        warning: 1 timer was still set; it was cleared."#]],
    )
    .await;
    check(
        &["Promise.reject(new Error('lost')); Promise.reject(5); 1"],
        expect![[r#"
        1
        warning: A promise was rejected and nobody handled it: Error: lost (cell 1, line 1)
        warning: A promise was rejected and nobody handled it: thrown: 5"#]],
    )
    .await;
    check(
        &["const p = Promise.reject(new Error('caught')); await Promise.resolve(); await p.catch(() => 2)"],
        expect!["2"],
    )
    .await;
    check(&["queueMicrotask(() => { throw new Error('in a microtask') }); setTimeout(() => { throw new Error('in a timer') }); await new Promise(r => setTimeout(r, 9)); 1"], expect![[r#"
        1
        warning: A promise was rejected and nobody handled it: Error: in a microtask (cell 1, line 1)
        warning: A promise was rejected and nobody handled it: Error: in a timer (cell 1, line 1)"#]]).await;
    check(
        &["let p = llm('a'); 1", "await p"],
        expect![[r#"
            Thrown Cancelled: llm was not awaited in the cell that called it
              at cell 1, line 1: let p = llm('a'); 1
                                         ^"#]],
    )
    .await;
    check(&["let p = llm('a').finally(() => llm('b')); 1", "2"], expect!["2"]).await;
}

#[tokio::test]
async fn output_is_cut_at_both_ends() {
    let mut repl = echoing(Options { output: 64, ..options() }).await;
    let mut check = async |code: &str, expect: Expect| expect.assert_eq(&run(&mut repl, code).await);
    check(
        "for (let i = 0; i < 1000; i++) console.log(`line ${i}`)",
        expect![[r#"
        line 0
        line 1
        line 2
        line 3
        line
        [... 8,826 of 8,890 bytes cut here ...]
         996
        line 997
        line 998
        line 999
    "#]],
    )
    .await;
    check(
        "console.log('a'.repeat(1e8))",
        expect![[r#"
        aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
        [... 99,999,937 of 100,000,001 bytes cut here ...]
        aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    "#]],
    )
    .await;
    check(
        "console.log('short')",
        expect![[r#"
        short
    "#]],
    )
    .await;
    check(
        "'b'.repeat(1e8)",
        expect![[r#"
            bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
            [... 99,999,936 of 100,000,000 characters cut here ...]
            bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"#]],
    )
    .await;
}

#[tokio::test]
async fn runs_repeat() {
    let code = "for (let i = 0; i < 3; i++) console.log(Date.now(), +new Date(), Math.random()); \
        setTimeout(() => console.log('later', Date.now()), 60000); await new Promise(r => setTimeout(r, 90000)); \
        [Date(), new Date().toLocaleString(), new Intl.DateTimeFormat('de').format(), Intl.DateTimeFormat().resolvedOptions().timeZone, (1234.5).toLocaleString(), new Date(2024, 6, 1).getTimezoneOffset()].join('; ')";
    let shown = async |options| run(&mut echoing(options).await, code).await;
    let first = shown(options()).await;
    expect![[r#"
        1700000000000 1700000000001 0.2338277214186818
        1700000000002 1700000000003 0.44891324020897816
        1700000000004 1700000000005 0.19273095208474922
        later 1700000060006

        Tue Nov 14 2023 22:14:50 GMT+0000 (Coordinated Universal Time); 11/14/2023, 10:14:50 PM; 14.11.2023; UTC; 1,234.5; 0"#]].assert_eq(&first);
    assert_eq!(shown(options()).await, first);
    assert_ne!(shown(Options { seed: 8, ..options() }).await, first);
}

/// A host that calls `reached` when the cell says `note`, and never answers `repo.read` and `llm`.
async fn stubborn(reached: Arc<Notify>) -> Repl {
    start(options(), move |call, _| {
        let reached = Arc::clone(&reached);
        async move {
            reached.notify_one();
            match call.name.as_str() {
                "repo.read" | "llm" => std::future::pending().await,
                _ => Ok("null".to_owned()),
            }
        }
        .boxed()
    })
    .await
}

#[tokio::test]
async fn cells_are_cancelled_wherever_they_are() {
    let reached = Arc::new(Notify::new());
    let mut repl = stubborn(Arc::clone(&reached)).await;
    run(&mut repl, "var kept = 'still here'").await;
    for code in [
        "repo.read('never')",
        "try { repo.read('never') } catch {} for (;;);",
        "note(''); for (;;);",
        "note(''); for (;;) await 0",
        "note(''); /(a+)+$/.test('a'.repeat(50) + 'b')",
        "await llm('never')",
        "await Promise.all([llm('never'), llm('never')])",
        "note(''); setInterval(() => {}, 1); await new Promise(() => {})",
        "note(''); for (;;) try { for (;;); } finally { continue }",
    ] {
        let cancel = Cancel::new();
        let (outcome, ()) = tokio::join!(repl.run(code, &cancel), async {
            reached.notified().await;
            cancel.cancel();
        });
        assert_eq!(shown(&outcome), "Cancelled Error: the cell was cancelled", "{code}");
        assert_eq!(run(&mut repl, "kept").await, "still here", "{code}");
    }
    let cancelled = Cancel::new();
    cancelled.cancel();
    assert_eq!(shown(&repl.run("for (;;);", &cancelled).await), "Cancelled Error: the cell was cancelled");
    assert_eq!(run(&mut repl, "kept").await, "still here");
}

#[tokio::test]
async fn host_calls_are_cancelled_with_their_cell() {
    let (send, mut tokens) = tokio::sync::mpsc::unbounded_channel();
    let mut repl = start(options(), move |_, cancel| {
        send.send(cancel).unwrap();
        std::future::pending().boxed()
    })
    .await;
    run(&mut repl, "llm('left'); 1").await;
    tokens.recv().await.unwrap().cancelled().await;
}

#[tokio::test]
async fn waiting_is_not_computing() {
    let mut repl = start(Options { cell: Duration::from_millis(200), ..options() }, |_, _| {
        async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            Ok("1".to_owned())
        }
        .boxed()
    })
    .await;
    assert_eq!(
        run(&mut repl, "repo.tree() + await llm('a') + (await Promise.all([llm('b'), llm('c')])).length").await,
        "4"
    );
}

#[tokio::test]
async fn a_dead_worker_is_replaced() {
    let pid = Arc::new(Mutex::new(None));
    let victim = Arc::clone(&pid);
    let mut repl = start(options(), move |_, _| {
        kill(victim.lock().unwrap().unwrap());
        std::future::pending().boxed()
    })
    .await;
    *pid.lock().unwrap() = repl.worker();
    let died = run(&mut repl, "console.log('before'); var x = 1; repo.read('x')").await;
    expect![[r#"
        before

        Died Error: the worker died: it was killed by signal 9
        The worker was restarted (it died): all variables are gone."#]]
    .assert_eq(&died);
    expect!["undefined"].assert_eq(&run(&mut repl, "typeof x").await);
    // Between two cells: the next one runs in a fresh worker, and says so.
    let pid = repl.worker().unwrap();
    kill(pid);
    gone(pid);
    expect![[r#"
        2
        The worker was restarted (it was killed by signal 9): all variables are gone."#]]
    .assert_eq(&run(&mut repl, "1 + 1").await);
}

#[tokio::test]
async fn a_program_that_is_no_worker_is_told() {
    let failed = async |program: &str| {
        let options = Options { program: program.into(), ..options() };
        Repl::start(options, Arc::new(Fake(|_, _| std::future::pending().boxed()))).await.err().unwrap().to_string()
    };
    expect!["the worker /nonexistent/spelunk could not be started: No such file or directory (os error 2)"]
        .assert_eq(&failed("/nonexistent/spelunk").await);
    expect!["the worker /bin/false could not be started: it ended with exit code 1"]
        .assert_eq(&failed("/bin/false").await);
    assert!(failed("/bin/ls").await.starts_with("the worker /bin/ls could not be started: "));
}

/// The names that a declaration file declares, and those of `repo`.
fn declared(api: &str) -> (Vec<&str>, Vec<&str>) {
    let word = |text: &str| text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    let starts = ["declare function ", "declare const "];
    let mut globals: Vec<&str> = api
        .lines()
        .filter_map(|line| starts.iter().find_map(|start| line.strip_prefix(start)))
        .map(|rest| &rest[..word(rest)])
        .collect();
    let (_, repo) = api.split_once(": {\n").unwrap();
    let (repo, _) = repo.split_once("\n};").unwrap();
    let is_member = |line: &&str| line.starts_with("  ") && !line.starts_with("   ") && !line.starts_with("  //");
    let members = repo.lines().filter(is_member);
    let mut members: Vec<&str> = members.map(str::trim).map(|line| &line[..word(line)]).collect();
    globals.sort_unstable();
    members.sort_unstable();
    (globals, members)
}

#[tokio::test]
async fn the_api_declares_what_there_is() {
    let (globals, members) = declared(include_str!("../../src/repl/api.d.ts"));
    let mut reserved: Vec<&str> = RESERVED.iter().copied().filter(|name| *name != "console").collect();
    reserved.sort_unstable();
    assert_eq!(globals, reserved);
    let mut repl = echoing(options()).await;
    assert_eq!(run(&mut repl, "Object.keys(repo).sort().join()").await, members.join(","));
    let fixed = "Object.entries(Object.getOwnPropertyDescriptors(globalThis)).filter(([, own]) => !own.configurable) \
        .map(([name]) => name).filter(name => !['NaN', 'Infinity', 'undefined', 'console'].includes(name)).sort().join()";
    assert_eq!(run(&mut repl, fixed).await, globals.join(","));
    assert_eq!(run(&mut repl, "const plan = 1; typeof plan").await, "number");

    let (globals, members) = declared(PLAN_API);
    assert_eq!(globals, ["plan"]);
    let mut repl = echoing(Options { plan: true, ..options() }).await;
    assert_eq!(run(&mut repl, "Object.keys(plan).sort().join()").await, members.join(","));
    assert_eq!(run(&mut repl, "JSON.stringify(plan.read('a', 1))").await, r#"{"name":"plan.read","args":["a",1]}"#);
    let refused = repl.run("const plan = 1", &Cancel::new()).await.error.unwrap().text;
    assert!(refused.contains("plan"), "{refused}");
    let missing = repl.run("plan.write('a')", &Cancel::new()).await.error.unwrap().text;
    assert!(missing.contains("plan.write does not exist; plan has step, rename"), "{missing}");
}

/// Not a test of its own: run by the one below in a process that is killed.
#[tokio::test]
async fn parent_to_be_killed() {
    if std::env::var_os("SPELUNK_TEST_PARENT").is_none() {
        return;
    }
    let repl = echoing(options()).await;
    println!("worker {}", repl.worker().unwrap());
    std::future::pending::<()>().await;
}

#[test]
fn workers_die_with_their_parent() {
    let mut parent = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "repl::parent_to_be_killed", "--nocapture"])
        .env("SPELUNK_TEST_PARENT", "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(parent.stdout.take().unwrap()).lines();
    let worker = lines.map_while(Result::ok).find_map(|line| line.split("worker ").nth(1)?.parse().ok()).unwrap();
    parent.kill().unwrap();
    parent.wait().unwrap();
    gone(worker);
}

fn kill(pid: u32) {
    rustix::process::kill_process(Pid::from_raw(pid as i32).unwrap(), Signal::KILL).unwrap();
}

/// Waits until a process that was told to die is gone, or a zombie that its parent has yet to see.
pub fn gone(pid: u32) {
    let Ok(handle) = rustix::process::pidfd_open(Pid::from_raw(pid as i32).unwrap(), PidfdFlags::empty()) else {
        return;
    };
    let mut poll = libc::pollfd { fd: handle.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    // SAFETY: one valid entry. The time is there to fail instead of hanging.
    assert_eq!(unsafe { libc::poll(&mut poll, 1, 20_000) }, 1, "process {pid} lives on");
}
