//! What hostile code can do: bombs in cells, everything reachable from the global object, a worker that was taken over.

use std::fs::Permissions;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use expect_test::{expect, expect_file};
use futures_util::FutureExt as _;
use spelunk::cancel::Cancel;
use spelunk::repl::Options;

use crate::repl::{echoing, options, shown, start};

/// A cell, and how what it shows has to begin. Some may end in one of several ways, depending on what V8 meets first.
const BOMBS: &[(&str, &[&str])] = &[
    ("let a = []; for (;;) a.push(1)", &["Limit "]),
    ("let s = 'x'; for (;;) s += s", &["Thrown RangeError: Invalid string length"]),
    (
        "let b = []; for (;;) b.push(new ArrayBuffer(64 << 20))",
        &["Thrown RangeError: Array buffer allocation failed", "Limit "],
    ),
    (
        "let t = []; for (;;) t.push(new Uint8Array(1 << 20))",
        &["Thrown RangeError: Array buffer allocation failed", "Limit "],
    ),
    ("new ArrayBuffer(8e9)", &["Thrown RangeError: Array buffer allocation failed"]),
    ("new ArrayBuffer(8, {maxByteLength: 2 ** 40})", &["Thrown RangeError: resizable"]),
    ("let u = new ArrayBuffer(8).transfer(2 ** 31)", &["Thrown RangeError: "]),
    ("let m = new Map(); for (let i = 0; ; i++) m.set(i, {})", &["Limit "]),
    ("let m = new Set(); for (let i = 0; ; i++) m.add(`${i}`)", &["Limit "]),
    ("let o = {}; for (let i = 0; ; i++) o[`key${i}`] = i", &["Limit "]),
    ("new Array(2 ** 27).fill(0)", &["Limit ", "Died "]),
    ("'x'.repeat(2 ** 28).split('')", &["Limit ", "Died "]),
    ("new WebAssembly.Memory({initial: 1}).grow(60000)", &["Thrown ReferenceError: WebAssembly"]),
    ("Atomics.wait(new Int32Array(new SharedArrayBuffer(8)), 0, 0)", &["Thrown ReferenceError: "]),
    ("(function f() { f() })()", &["Thrown RangeError: Maximum call stack"]),
    ("for (;;) Promise.resolve().then(() => {})", &["Limit "]),
    ("for (;;) await 0", &["Limit "]),
    ("(function f() { Promise.resolve().then(f) })(); await new Promise(() => {})", &["Limit "]),
    ("Promise.resolve().then(() => { for (;;); }); for (;;);", &["Limit "]),
    ("setInterval(() => {}, 1); await new Promise(() => {})", &["Limit "]),
    ("for (;;) setTimeout(() => {}, 1e9)", &["Thrown RangeError: 1,000 timers"]),
    ("for (;;) llm('x')", &["Thrown RangeError: ", "warning: ", "Limit "]),
    ("/(a+)+$/.test('a'.repeat(50) + 'b')", &["Limit "]),
    ("JSON.parse('['.repeat(1e6))", &["Limit ", "Thrown "]),
    (
        "let deep = 0; for (let i = 0; i < 1e6; i++) deep = [deep]; JSON.stringify(deep)",
        &["Limit ", "Thrown RangeError: ", "[["],
    ),
    ("let nest = 0; for (let i = 0; i < 1e6; i++) nest = [nest]; nest", &["Limit ", "["]),
    ("let nest2 = 0; for (let i = 0; i < 1e4; i++) nest2 = [nest2]; repo.text(nest2)", &["Thrown ", "{", "Died "]),
    ("2n ** (10n ** 9n)", &["Limit ", "Thrown RangeError: Maximum BigInt"]),
    ("Array.from({length: 2 ** 32})", &["Limit ", "Thrown RangeError: ", "Died "]),
    ("({get a() { for (;;); }, toString() { for (;;); }, toJSON() { for (;;); }})", &["{"]),
    (
        "new Proxy({}, {get() { for (;;); }, ownKeys() { for (;;); }, getPrototypeOf() { for (;;); }})",
        &["Proxy", "{", "[", "Limit "],
    ),
    ("throw {get stack() { for (;;); }, get message() { for (;;); }}", &["Thrown thrown: {"]),
    ("const e = new Error('x'); Object.defineProperty(e, 'stack', {get() { for (;;); }}); throw e", &["Limit "]),
    ("Error.prepareStackTrace = () => { for (;;); }; null.x", &["Limit ", "Thrown TypeError: "]),
    ("delete Error.prepareStackTrace; for (;;) console.log('x'.repeat(1e5))", &["xxx"]),
    ("console.log('\u{20ac}'.repeat(2 ** 28))", &["\u{20ac}", "Limit "]),
    ("Deno.core.ops.op_panic('x')", &["Thrown ReferenceError: Deno"]),
    ("__bootstrap.core.print('x')", &["Thrown ReferenceError: __bootstrap"]),
    ("eval('1')", &["Thrown EvalError: "]),
    ("new Function('return this')()", &["Thrown EvalError: "]),
    ("(async () => {}).constructor('return 1')()", &["Thrown EvalError: "]),
    ("throw null", &["Thrown thrown: null"]),
    ("throw undefined", &["Thrown thrown: undefined"]),
    ("Promise.reject(new Error('nobody')); 1", &["1\nwarning: "]),
    ("await new Promise(() => {})", &["Thrown Error: the cell awaits a promise that can never settle"]),
    ("for (;;) structuredClone(new Array(1e6).fill({}))", &["Limit ", "Died "]),
    // Last, since it spoils the built-ins for all that follow.
    (
        "const all = [Object, Array, String, Function, Promise, RegExp, Map, Set, Error, Date].map(c => c.prototype); \
         const keys = all.map(Reflect.ownKeys); \
         for (let i = 0; i < all.length; i++) for (let k = 0; k < keys[i].length; k++) try { \
           if (keys[i][k] !== 'constructor') all[i][keys[i][k]] = () => { throw 'spoiled' } } catch {} \
         JSON.parse = JSON.stringify = Reflect.apply = Object.keys = Array.isArray = null; repo.read('x').name",
        &["repo.read"],
    ),
];

#[tokio::test]
async fn bombs_leave_a_repl_that_answers() {
    let short = Options { cell: Duration::from_secs(2), ..options() };
    explode(short, BOMBS).await;
    let most = options().memory / 1024 + (64 << 10);
    let peak = peak_of_children();
    assert!(peak <= most, "a worker had {peak} KiB");
}

#[tokio::test]
async fn a_full_heap_stops_the_cell() {
    let small = Options { heap: 64 << 20, cell: Duration::from_secs(600), ..options() };
    let full = &["Limit Error: the cell ran out of memory (64 MiB of heap, 1,536 MiB in all)"];
    explode(
        small,
        &[
            ("let a = []; for (;;) a.push(1)", full),
            ("(() => { const m = new Map(); for (let i = 0; ; i++) m.set(i, {}) })()", full),
            ("try { (() => { const a = []; for (;;) a.push({}) })() } catch {} finally { for (;;); }", full),
        ],
    )
    .await;
}

/// Runs each bomb in one REPL, which has to show what is expected, answer the next cell, and have its variables or say
/// that they are gone.
async fn explode(options: Options, bombs: &[(&str, &[&str])]) {
    let mut repl = echoing(options).await;
    for (bomb, expected) in bombs {
        repl.run("var kept = 'still here'", &Cancel::new()).await;
        let outcome = repl.run(bomb, &Cancel::new()).await;
        let text = shown(&outcome);
        assert!(expected.iter().any(|expected| text.starts_with(expected)), "{bomb} shows {text:?}");
        assert_eq!(shown(&repl.run("1 + 1", &Cancel::new()).await), "2", "after {bomb}");
        let kept = shown(&repl.run("typeof kept", &Cancel::new()).await);
        assert_eq!(kept == "string", outcome.lost.is_none(), "{bomb} kept {kept}, and said {:?}", outcome.lost);
    }
}

/// The largest resident size that any child of this process had, in KiB.
fn peak_of_children() -> u64 {
    // SAFETY: `getrusage` writes into the buffer that it is given.
    let usage = unsafe {
        let mut usage = std::mem::zeroed::<libc::rusage>();
        libc::getrusage(libc::RUSAGE_CHILDREN, &mut usage);
        usage
    };
    u64::try_from(usage.ru_maxrss).unwrap()
}

/// Everything that properties and prototypes lead to, from the global object and from the syntax, without running any
/// of it.
const WALK: &str = "
const seen = new Set(), lines = [];
const label = (key) => typeof key === 'symbol' ? `[${key.description}]` : key;
const walk = (value, path) => {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return;
  seen.add(value);
  if (typeof value === 'function') lines.push(path);
  for (const key of Reflect.ownKeys(value)) {
    const own = Object.getOwnPropertyDescriptor(value, key), at = path === '' ? label(key) : `${path}.${label(key)}`;
    if ('value' in own) walk(own.value, at);
    else { walk(own.get, `get ${at}`); walk(own.set, `set ${at}`); }
  }
  walk(Object.getPrototypeOf(value), `${path}.__proto__`);
};
const names = Reflect.ownKeys(globalThis).filter(key => !['seen', 'lines', 'label', 'walk', 'names'].includes(key));
seen.add(globalThis);
for (const value of [seen, lines]) seen.add(value);
for (const key of names) {
  const own = Object.getOwnPropertyDescriptor(globalThis, key);
  if ('value' in own) walk(own.value, label(key)); else { walk(own.get, `get ${label(key)}`); walk(own.set, `set ${label(key)}`); }
}
walk(Object.getPrototypeOf(globalThis), 'globalThis.__proto__');
const syntax = {
  async: async () => {}, generator: function* () {}, asyncGenerator: async function* () {}, arrow: () => {},
  arrayIterator: [][Symbol.iterator](), mapIterator: new Map().entries(), setIterator: new Set().values(),
  stringIterator: ''[Symbol.iterator](), matchAll: ''.matchAll(/x/g), helper: [].values().map(x => x),
  wrapped: Iterator.from({next() {}}), segments: new Intl.Segmenter().segment(''),
  segmentIterator: new Intl.Segmenter().segment('')[Symbol.iterator](), error: new Error('x'), promise: Promise.resolve(),
  disposable: new DisposableStack(), strict: (function () { 'use strict'; return arguments })(), template: (x => x)`a`,
};
for (const [name, value] of Object.entries(syntax)) walk(value, `syntax.${name}`);
console.log(names.map(label).sort().join('\\n'));
console.log('---');
console.log(lines.sort().join('\\n'));
";

#[tokio::test]
async fn only_known_things_are_reachable() {
    let mut repl = echoing(Options { output: 1 << 20, plan: true, ..options() }).await;
    let outcome = repl.run(WALK, &Cancel::new()).await;
    assert_eq!(outcome.error, None);
    expect_file!["sandbox/reachable.txt"].assert_eq(&outcome.output);
    for hidden in ["Deno", "bootstrap", "op_", "WebAssembly", "SharedArrayBuffer", "Atomics", "WeakRef", "Temporal"] {
        assert!(!outcome.output.contains(hidden), "{hidden} is reachable");
    }
    assert!(!outcome.output.contains("FinalizationRegistry"));
}

#[tokio::test]
async fn calling_everything_harms_nothing() {
    let mut repl = echoing(Options { output: 1 << 20, cell: Duration::from_secs(5), ..options() }).await;
    let call = WALK
        .replace("lines.push(path)", "lines.push(value)")
        .split("console.log(names")
        .next()
        .unwrap()
        .to_owned()
        + "for (const f of lines) for (const go of [() => f(), () => new f(1), () => f.call({}, 'x', {}), () => f.call([1, 2], x => x)]) \
           try { const r = go(); if (r instanceof Promise) r.catch(() => {}) } catch {}\n lines.length > 600";
    let text = shown(&repl.run(&call, &Cancel::new()).await);
    assert!(text.contains("true"), "{text}");
    let after = shown(&repl.run("1 + 1", &Cancel::new()).await);
    assert_eq!(after, "2");
}

/// A worker that answers to nobody: it makes system calls instead of running JavaScript.
#[cfg(all(debug_assertions, target_os = "linux"))]
#[test]
fn a_worker_that_was_taken_over_can_do_nothing() {
    let mut worker = Command::new(env!("CARGO_BIN_EXE_spelunk"))
        .args(["worker", "--probe"])
        .env("SECRET_TOKEN", "canary")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let start =
        r#"{"Start":{"heap":536870912,"memory":1610612736,"cell_ms":10000,"output":8192,"seed":1,"epoch_ms":0}}"#;
    let mut stdin = worker.stdin.take().unwrap();
    stdin.write_all(&(start.len() as u32).to_le_bytes()).unwrap();
    stdin.write_all(start.as_bytes()).unwrap();
    let mut said = Vec::new();
    worker.stdout.take().unwrap().read_to_end(&mut said).unwrap();
    assert!(worker.wait().unwrap().success());
    let mut frames = Vec::new();
    while let Some((length, rest)) = said.split_first_chunk::<4>() {
        let (frame, rest) = rest.split_at(u32::from_le_bytes(*length) as usize);
        frames.push(serde_json::from_slice::<serde_json::Value>(frame).unwrap());
        said = rest.to_vec();
    }
    expect![[r#"
        open a file: Operation not permitted (os error 1)
        openat a file: Operation not permitted (os error 1)
        openat the environment: Operation not permitted (os error 1)
        create a file: Operation not permitted (os error 1)
        openat2: Operation not permitted (os error 1)
        make a directory: Operation not permitted (os error 1)
        remove a file: Operation not permitted (os error 1)
        stat a file: Operation not permitted (os error 1)
        read a link: Operation not permitted (os error 1)
        change directory: Operation not permitted (os error 1)
        mount: Operation not permitted (os error 1)
        memfd_create: Operation not permitted (os error 1)
        an internet socket: Operation not permitted (os error 1)
        a unix socket: Operation not permitted (os error 1)
        connect: Operation not permitted (os error 1)
        bind: Operation not permitted (os error 1)
        sendto: Operation not permitted (os error 1)
        sendmsg: Operation not permitted (os error 1)
        execve: Operation not permitted (os error 1)
        execveat: Operation not permitted (os error 1)
        fork: Operation not permitted (os error 1)
        fork by clone: Operation not permitted (os error 1)
        fork by clone3: Function not implemented (os error 38)
        kill the parent: Operation not permitted (os error 1)
        tgkill the parent: Operation not permitted (os error 1)
        signal itself from outside: Operation not permitted (os error 1)
        ptrace: Operation not permitted (os error 1)
        read another process: Operation not permitted (os error 1)
        pidfd_open: Operation not permitted (os error 1)
        io_uring: Operation not permitted (os error 1)
        bpf: Operation not permitted (os error 1)
        perf_event_open: Operation not permitted (os error 1)
        userfaultfd: Operation not permitted (os error 1)
        unshare: Operation not permitted (os error 1)
        be dumpable again: Operation not permitted (os error 1)
        raise a limit: Operation not permitted (os error 1)
        become another user: Operation not permitted (os error 1)
        fcntl: Operation not permitted (os error 1)
        ioctl: Operation not permitted (os error 1)
        a thread: Ok(2)
        environment: TZ=UTC
        descriptors: 5
    "#]]
    .assert_eq(frames.last().unwrap()["Output"]["text"].as_str().unwrap());
}

/// A program that says it is ready, then sends those bytes whatever it is asked, as a worker that was taken over may.
fn impostor(dir: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let (program, said) = (dir.join(name), dir.join(format!("{name}.said")));
    std::fs::write(&said, [&frame(r#"{"Ready":{"layers":[]}}"#), bytes].concat()).unwrap();
    std::fs::write(&program, format!("#!/bin/sh\ncat '{}'\nwhile read -r _; do :; done\n", said.display())).unwrap();
    std::fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    program
}

fn frame(json: &str) -> Vec<u8> {
    [&(json.len() as u32).to_le_bytes(), json.as_bytes()].concat()
}

#[tokio::test]
async fn a_worker_that_breaks_the_rules_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    let call = |id: u32, blocking: bool| {
        frame(&format!(r#"{{"Call":{{"id":{id},"name":"llm","args":[],"blocking":{blocking}}}}}"#))
    };
    let output = frame(&format!(r#"{{"Output":{{"text":"{}"}}}}"#, "x".repeat(5000)));
    let cases: &[(&str, Vec<u8>, &str)] = &[
        ("garbage", frame("{}{}"), "the frame is not a message: expected value at line 1 column 2"),
        ("unknown", frame(r#"{"Open":"/etc/passwd"}"#), "the frame is not a message: unknown variant `Open`"),
        ("huge", vec![0xff; 4], "the frame has 4294967295 bytes, more than 67108864"),
        ("ready", frame(r#"{"Ready":{"layers":[]}}"#), "it said twice that it is ready"),
        ("waiting", frame(r#"{"Waiting":{"replies":0}}"#), "it waits for nothing"),
        ("twice", [call(1, false), call(1, false)].concat(), "it used one number for two calls"),
        ("both", [call(1, true), call(2, false)].concat(), "it called more than it may"),
        ("flood", (0..1100).flat_map(|id| call(id, false)).collect(), "it called more than it may"),
        ("output", [output.clone(), output].concat(), "it wrote more than it may"),
    ];
    for (name, bytes, why) in cases {
        let program = impostor(dir.path(), name, bytes);
        let mut repl = start(Options { program, ..options() }, |_, _| std::future::pending().boxed()).await;
        let pid = repl.worker().unwrap();
        let outcome = repl.run("1", &Cancel::new()).await;
        let error = outcome.error.unwrap().text;
        assert!(error.starts_with(&format!("Error: the worker broke the rules of its pipe: {why}")), "{name}: {error}");
        assert_eq!(outcome.lost.as_deref(), Some("The worker was restarted (it was killed): all variables are gone."));
        assert_ne!(repl.worker(), Some(pid));
    }
    // One that ends another cell than it runs, and one that never ends its own.
    let done = r#"{"Done":{"id":9,"tail":"","written":0,"rejections":[],"unawaited":[],"full":false}}"#;
    for (name, bytes, kind) in [("other", frame(done), "Died"), ("deaf", vec![], "Limit")] {
        let options = Options { program: impostor(dir.path(), name, &bytes), cell: Duration::ZERO, ..options() };
        let mut repl = start(options, |_, _| std::future::pending().boxed()).await;
        let text = shown(&repl.run("1", &Cancel::new()).await);
        assert!(text.starts_with(kind) && text.ends_with("all variables are gone."), "{name}: {text}");
    }
}
