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
use spelunk::repl::{Call, CallError, Host, Options, Outcome, Repl};
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
    check(&["let before = 1; throw new Error('x'); let after = 2", "[before, typeof after]"], expect![[r#""#]]).await;
    check(&["undefined"], expect![""]).await;
    check(
        &["'two\\nlines'"],
        expect![[r"
        two
        lines"]],
    )
    .await;
    check(&["console.log('a', {b: 1}); console.error('c'); 5"], expect![[r#""#]]).await;
    check(&["let x = 1; let list = [1, 2]", "vars()"], expect![[r#""#]]).await;
}

#[tokio::test]
async fn errors_show_the_cells_own_line() {
    check(&["let x = 1\n  const y = x()"], expect![[r""]]).await;
    check(&["function broken(z) {\n  return z.a.b\n}", "1\nbroken({})"], expect![[r""]]).await;
    check(&["let x = ;"], expect![[r""]]).await;
    check(&["let repo = 1"], expect![[r""]]).await;
    check(&["throw null"], expect![[r""]]).await;
    check(&["throw {code: 5}"], expect![[r""]]).await;
    check(&["throw new Error('outer', {cause: new TypeError('inner')})"], expect![[r""]]).await;
    check(&["await Promise.any([Promise.reject(new Error('a')), Promise.reject(2)])"], expect![[r""]]).await;
    check(&["repo.grep('x')"], expect![[r""]]).await;
    check(&["await new Promise(() => {})"], expect![[r""]]).await;
    check(&["eval('1')"], expect![[r""]]).await;
    check(&["class E extends Error { get message() { throw 1 } }; throw new E()"], expect![[r""]]).await;
}

#[tokio::test]
async fn calls_reach_the_host() {
    check(&["JSON.stringify(repo.search(/a\\d/i, {limit: 3}))"], expect![[r#""#]]).await;
    check(&["JSON.stringify(repo.read('a', undefined, undefined))"], expect![[r#""#]]).await;
    check(
        &["JSON.stringify(await llm('q', {m: new Map([['k', new Set([1n])]]), e: new RangeError('r'), u: undefined}))"],
        expect![[r#""#]],
    )
    .await;
    check(&["JSON.stringify(await llm('q', new Uint8Array([1, 2])))"], expect![[r#""#]]).await;
    check(&["await llm('q', {f() {}})"], expect![[r#""#]]).await;
    check(&["await llm('q', {p: llm('r')})"], expect![[r#""#]]).await;
    check(&["let o = {}; o.o = o; await llm('q', o)"], expect![[r#""#]]).await;
    check(&["repo.text('x'.repeat(40 << 20))"], expect![[r#""#]]).await;
    check(&["repo.text('\\u{20ac}'.repeat(12 << 20))"], expect![[r#""#]]).await;
    check(&["JSON.stringify(repo.text('\\ud800'))"], expect![[r#""#]]).await;
    check(
        &["repo.info.name", "repo.info = 1; llm = 2; repo.read = 3; [repo.info.name, typeof llm, typeof repo.read]"],
        expect![[r#""#]],
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
    check("let found = repo.search('fn'); `${found}`", expect![[r#""#]]).await;
    check("`${found[0]}`", expect![[r#""#]]).await;
    check("JSON.stringify([found.total, found.truncated, found.skipped, Object.keys(found), found.map(m => m.line), Array.isArray(found)])", expect![[r#""#]]).await;
    check("`${found.filter(m => m.line > 3)}`", expect![[r#""#]]).await;
    check("found", expect![[r#""#]]).await;
    check("let [file] = repo.files(); [`${file}`, file.lines, file.lines, JSON.stringify(file)]", expect![[r#""#]])
        .await;
    check("let [def] = repo.outline('a.rs'); `${def} / ${def.children[0]}`", expect![[r#""#]]).await;
    check("`${cite('a.rs', 1, 2)}`", expect![[r#""#]]).await;
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
    check("1\nrepo.read('x')", expect![[r#""#]]).await;
    check("try { repo.read('x') } catch (e) { `${e instanceof TypeError} ${e.message}` }", expect![[r#""#]]).await;
    check("async function ask() {\n  return await llm('q')\n}\nawait ask()", expect![[r#""#]]).await;
    check("repo.tree()", expect![[r#""#]]).await;
    check("repo.text(1)", expect![[r#""#]]).await;
    check("budget()", expect![[r#""#]]).await;
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
    check(&["llm('a'); llm('b'); setTimeout(() => {}, 5); 1"], expect![[r#""#]]).await;
    check(&["Promise.reject(new Error('lost')); Promise.reject(5); 1"], expect![[r#""#]]).await;
    check(
        &["const p = Promise.reject(new Error('caught')); await Promise.resolve(); await p.catch(() => 2)"],
        expect![[r#""#]],
    )
    .await;
    check(&["queueMicrotask(() => { throw new Error('in a microtask') }); setTimeout(() => { throw new Error('in a timer') }); await new Promise(r => setTimeout(r, 9)); 1"], expect![[r#""#]]).await;
    check(&["let p = llm('a'); 1", "await p"], expect![[r#""#]]).await;
    check(&["let p = llm('a').finally(() => llm('b')); 1", "2"], expect!["2"]).await;
}

#[tokio::test]
async fn output_is_cut_at_both_ends() {
    let mut repl = echoing(Options { output: 64, ..options() }).await;
    let mut check = async |code: &str, expect: Expect| expect.assert_eq(&run(&mut repl, code).await);
    check("for (let i = 0; i < 1000; i++) console.log(`line ${i}`)", expect![[r#""#]]).await;
    check("console.log('a'.repeat(1e8))", expect![[r#""#]]).await;
    check("console.log('short')", expect![[r#""#]]).await;
    check("'b'.repeat(1e8)", expect![[r#""#]]).await;
}

#[tokio::test]
async fn runs_repeat() {
    let code = "for (let i = 0; i < 3; i++) console.log(Date.now(), +new Date(), Math.random()); \
        setTimeout(() => console.log('later', Date.now()), 60000); await new Promise(r => setTimeout(r, 90000)); \
        [Date(), new Date().toLocaleString(), new Intl.DateTimeFormat('de').format(), Intl.DateTimeFormat().resolvedOptions().timeZone, (1234.5).toLocaleString(), new Date(2024, 6, 1).getTimezoneOffset()].join('; ')";
    let shown = async |options| run(&mut echoing(options).await, code).await;
    let first = shown(options()).await;
    expect![[r#""#]].assert_eq(&first);
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
    expect![[r#""#]].assert_eq(&died);
    expect![[r#""#]].assert_eq(&run(&mut repl, "typeof x").await);
    // Between two cells: the next one runs in a fresh worker, and says so.
    let pid = repl.worker().unwrap();
    kill(pid);
    gone(pid);
    expect![[r#""#]].assert_eq(&run(&mut repl, "1 + 1").await);
}

#[tokio::test]
async fn a_program_that_is_no_worker_is_told() {
    let failed = async |program: &str| {
        let options = Options { program: program.into(), ..options() };
        Repl::start(options, Arc::new(Fake(|_, _| std::future::pending().boxed()))).await.err().unwrap().to_string()
    };
    expect![[r#""#]].assert_eq(&failed("/nonexistent/spelunk").await);
    expect![[r#""#]].assert_eq(&failed("/bin/false").await);
    assert!(failed("/bin/ls").await.starts_with("the worker /bin/ls could not be started: "));
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
fn gone(pid: u32) {
    let Ok(handle) = rustix::process::pidfd_open(Pid::from_raw(pid as i32).unwrap(), PidfdFlags::empty()) else {
        return;
    };
    let mut poll = libc::pollfd { fd: handle.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    // SAFETY: one valid entry. The time is there to fail instead of hanging.
    assert_eq!(unsafe { libc::poll(&mut poll, 1, 20_000) }, 1, "process {pid} lives on");
}
