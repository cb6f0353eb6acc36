//! Measurements, as medians and as ratios to a peer that runs beside us: `make bench`.
//!
//! The tree is `SPELUNK_BENCH_TREE`, by default the source of the v8 crate in cargo's registry folder. Peers, as Debian packages them:
//! ripgrep (`rg`, or what `SPELUNK_BENCH_RG` names: a release build), universal-ctags, and basedpyright as PyPI packages it (`basedpyright-langserver`, or what
//! `SPELUNK_BENCH_BASEDPYRIGHT` names).
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for people who measure"
)]

mod calls;
mod lsp;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use rayon::prelude::*;
use spelunk::cancel::Cancel;
use spelunk::repl::{Call, CallError, Host, Options, Repl};
use spelunk::search::{Pattern, Query, search};
use spelunk::syntax::{Budget, Language, extract};
use spelunk::workspace::Workspace;

struct Echo;

impl Host for Echo {
    fn call(self: Arc<Self>, _: Call, _: Cancel) -> BoxFuture<'static, Result<String, CallError>> {
        async { Ok("{}".to_owned()) }.boxed()
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    // Cargo adds `--bench`; other words name the parts to measure.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if words.iter().any(|word| word == calls::SERVE) {
        return runtime.block_on(calls::serve());
    }
    let wanted = |part: &str| words.is_empty() || words.iter().any(|word| word == part);
    println!("| what | median | beside | ratio |\n|---|---|---|---|");
    if wanted("worker") {
        runtime.block_on(worker());
    }
    if wanted("calls") {
        model_calls(&runtime);
    }
    if wanted("edits") {
        edits();
    }
    if wanted("searches") {
        searches(&tree());
    }
    if wanted("symbols") {
        symbols(&tree());
    }
}

fn model_calls(runtime: &tokio::runtime::Runtime) {
    let server = calls::server();
    let run = |keep| {
        (0..5)
            .map(|_| runtime.block_on(runtime.spawn(calls::ours(server.address.clone(), keep))).unwrap())
            .collect::<Vec<_>>()
    };
    let (ours, kept) = (run(false), run(true));
    let peer: Vec<calls::Took> = (0..3).filter_map(|_| calls::peer(&server)).collect();
    let each = |took: &[calls::Took], time: fn(calls::Took) -> Duration| {
        (!took.is_empty()).then(|| median(took.iter().copied().map(time).collect()))
    };
    let beside = |time| each(&peer, time).map(|time| ("Python, 32 threads,", time));
    let (wall, cpu) = (|took: calls::Took| took.wall, calls::Took::cpu_per_call);
    let (took, used) = (each(&ours, wall).unwrap_or_default(), each(&ours, cpu).unwrap_or_default());
    row("1,000 calls of 100 ms, 32 at a time", took, beside(wall));
    row("computing time per call", used, beside(cpu));
    row("computing time per call, its reply kept", each(&kept, cpu).unwrap_or_default(), None);
    let bound = calls::Took::ideal().mul_f64(1.02) + Duration::from_millis(5);
    let verdict = |holds: bool| if holds { "holds" } else { "is missed" };
    println!(
        "<!-- at most {}: {}; 150 µs a call: {} -->",
        shown(bound),
        verdict(took <= bound),
        verdict(used <= Duration::from_micros(150))
    );
}

fn edits() {
    let ours = median(lsp::edits(30, lsp::ours()));
    let peer = lsp::peer().map(|peer| median(lsp::edits(30, peer)));
    row("edit of a 200 KB file to its symbols", ours, peer.map(|time| ("basedpyright", time)));
}

fn median(mut samples: Vec<Duration>) -> Duration {
    samples.sort();
    samples[samples.len() / 2]
}

fn times(count: usize, mut work: impl FnMut()) -> Duration {
    median(
        (0..count)
            .map(|_| {
                let start = Instant::now();
                work();
                start.elapsed()
            })
            .collect(),
    )
}

fn shown(time: Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    match micros {
        m if m < 1e3 => format!("{m:.0} µs"),
        m if m < 1e6 => format!("{:.1} ms", m / 1e3),
        m => format!("{:.2} s", m / 1e6),
    }
}

fn row(what: &str, ours: Duration, peer: Option<(&str, Duration)>) {
    let (beside, ratio) = match peer {
        Some((name, time)) => {
            (format!("{name} {}", shown(time)), format!("{:.2}", ours.as_secs_f64() / time.as_secs_f64()))
        }
        None => ("".to_owned(), "".to_owned()),
    };
    println!("| {what} | {} | {beside} | {ratio} |", shown(ours));
}

async fn worker() {
    let options = Options {
        program: env!("CARGO_BIN_EXE_spelunk").into(),
        heap: 512 << 20,
        memory: 1536 << 20,
        cell: Duration::from_secs(60),
        output: 8 << 10,
        seed: 1,
        epoch_ms: 1_700_000_000_000,
        plan: false,
    };
    let mut starts = Vec::new();
    for _ in 0..15 {
        let start = Instant::now();
        drop(Repl::start(options.clone(), Arc::new(Echo)).await.unwrap());
        starts.push(start.elapsed());
    }
    row("worker start, from spawn to ready", median(starts), None);
    let mut repl = Repl::start(options, Arc::new(Echo)).await.unwrap();
    let mut cells = Vec::new();
    for _ in 0..200 {
        let start = Instant::now();
        assert_eq!(repl.run("1 + 1", &Cancel::new()).await.value.as_deref(), Some("2"));
        cells.push(start.elapsed());
    }
    row("cell round trip, `1 + 1`", median(cells), None);
    let start = Instant::now();
    let outcome = repl.run("for (let i = 0; i < 5000; i++) budget(); 'done'", &Cancel::new()).await;
    assert_eq!(outcome.value.as_deref(), Some("done"), "{outcome:?}");
    row("host call round trip (5,000 in one cell)", start.elapsed() / 5000, None);
}

fn tree() -> PathBuf {
    if let Some(tree) = std::env::var_os("SPELUNK_BENCH_TREE") {
        return tree.into();
    }
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .unwrap_or_else(|| Path::new(&std::env::var_os("HOME").unwrap()).join(".cargo"));
    let sources = std::fs::read_dir(home.join("registry/src")).unwrap().flatten();
    sources.map(|source| source.path().join("v8-150.4.0")).find(|path| path.is_dir()).expect("the v8 crate's source")
}

fn searches(tree: &Path) {
    let rg = std::env::var_os("SPELUNK_BENCH_RG").unwrap_or_else(|| "rg".into());
    let patterns = [
        ("a rare name", r"NewSyntheticModule", false),
        ("a common word", r"return", false),
        ("a pattern without a literal", r"[A-Z][a-z]+_[a-z]+\(\w+\)", false),
    ];
    let workspace = Workspace::open(tree).unwrap();
    for (what, pattern, literal) in patterns {
        let query = Query {
            pattern: Pattern::Rust(pattern.to_owned()),
            glob: Vec::new(),
            literal,
            word: false,
            ignore_case: None,
            hidden: false,
            context: 0,
            limit: 100,
        };
        let mut total = 0;
        let fresh = times(5, || {
            let found = search(&workspace.snapshot(), &query, &Cancel::new()).unwrap();
            total = found.total;
        });
        let snapshot = workspace.snapshot();
        snapshot.files().unwrap();
        let warm = times(5, || {
            search(&snapshot, &query, &Cancel::new()).unwrap();
        });
        let mut lines = 0;
        let peer = times(5, || {
            let output = Command::new(&rg).args(["--no-config", "-c", "-e", pattern]).arg(tree).output().unwrap();
            let text = String::from_utf8_lossy(&output.stdout);
            lines = text.lines().filter_map(|line| line.rsplit(':').next()?.parse::<u64>().ok()).sum();
        });
        println!("<!-- {what}: {total} lines, rg {lines} -->");
        row(&format!("search, {what}, walk included"), fresh, Some(("rg", peer)));
        row(&format!("search, {what}, walked before"), warm, Some(("rg", peer)));
    }
}

fn symbols(tree: &Path) {
    let snapshot = Workspace::open(tree).unwrap().snapshot();
    let files = snapshot.files().unwrap();
    let mut found = 0;
    let start = Instant::now();
    found += files
        .par_iter()
        .filter_map(|file| {
            Language::of(file.path.as_str()).filter(|language| language.has_grammar())?;
            let text = snapshot.text(&file.path).ok()?;
            let language = Language::detect(file.path.as_str(), &text)?;
            Some(extract(language, &text, &Budget::default()).symbols.len())
        })
        .sum::<usize>();
    let ours = start.elapsed();
    let languages = "C,C++,Java,JavaScript,TypeScript,Python,Rust,Go";
    let start = Instant::now();
    let status = Command::new("ctags")
        .args(["-R", "-f", "-", "--sort=no", &format!("--languages={languages}")])
        .arg(tree)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let peer = start.elapsed();
    println!("<!-- {found} definitions -->");
    row(
        "every definition of the tree, all threads",
        ours,
        status.is_ok_and(|status| status.success()).then_some(("ctags, one thread,", peer)),
    );
}
