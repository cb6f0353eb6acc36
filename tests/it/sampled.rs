//! Where-is questions sampled from what universal-ctags finds in a tree, asked of `builtin` through the library.
//!
//! Right is: the first citation begins at the tag's file and line, or, for a name with several tags, all of them are
//! among the citations. `make questions` runs these.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use spelunk::agent::calls::budget::Limits;
use spelunk::agent::{FenceKey, Models, Named, Report, Setup, Stop, ask};
use spelunk::journal::Journal;
use spelunk::model::builtin::Builtin;
use spelunk::workspace::{Snapshot, Workspace};

use super::questions::tree;
use super::repl::options;

const SEED: u64 = 20_260_417;
/// Questions per tree: names with one tag, names with two to eight, and members of types.
const SHARES: [(Sort, usize); 3] = [(Sort::Unique, 80), (Sort::Ambiguous, 60), (Sort::Member, 60)];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Sort {
    Unique,
    Ambiguous,
    Member,
}

#[derive(Debug, Clone, Deserialize)]
struct Tag {
    name: String,
    path: String,
    line: u64,
    kind: String,
    scope: Option<String>,
    #[serde(rename = "scopeKind")]
    scope_kind: Option<String>,
}

impl Tag {
    /// JavaScript's and Python's constants and variables inside a function are no kind of their own.
    fn is_local(&self) -> bool {
        let inside = self.scope_kind.as_deref().is_some_and(|kind| ["function", "method"].contains(&kind));
        inside && ["constant", "variable"].contains(&self.kind.as_str())
    }
}

struct Sample {
    question: String,
    expected: Vec<(String, u64)>,
}

/// All tags of the languages that have a grammar here, without locals, parameters and what has no name of its own.
fn tags(tree: &Path) -> Vec<Tag> {
    let output = Command::new("ctags")
        .args(["-R", "--output-format=json", "--fields=+nKs", "--sort=no", "-f", "-"])
        .arg("--languages=C,C++,Rust,Python,JavaScript,TypeScript,Go,Java")
        .args(["--exclude=.git", "--exclude=target", "."])
        .current_dir(tree)
        .output()
        .expect("universal-ctags runs");
    let text = String::from_utf8_lossy(&output.stdout);
    // ctags tags every `impl` block and every key of an object literal; they define nothing.
    let skipped =
        ["local", "parameter", "header", "package", "unknown", "namespace", "label", "implementation", "property"];
    let is_name = |name: &str| {
        name.len() > 2
            && !name.starts_with("__anon")
            && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    text.lines()
        .filter_map(|line| serde_json::from_str::<Tag>(line).ok())
        .filter(|tag| is_name(&tag.name) && !skipped.contains(&tag.kind.as_str()) && !tag.is_local())
        .map(|tag| Tag { path: tag.path.trim_start_matches("./").to_owned(), ..tag })
        .collect()
}

/// SplitMix64: the same samples on every machine that has the same tags.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }
}

/// The questions about a tree. Only files that the snapshot has are asked about.
fn samples(tree: &Path, snapshot: &Snapshot) -> Vec<Sample> {
    let files: std::collections::HashSet<String> =
        snapshot.files().expect("a walk").iter().map(|file| file.path.to_string()).collect();
    let mut names: BTreeMap<String, Vec<Tag>> = BTreeMap::new();
    for tag in tags(tree).into_iter().filter(|tag| files.contains(&tag.path)) {
        names.entry(tag.name.clone()).or_default().push(tag);
    }
    let mut unique = Vec::new();
    let mut ambiguous = Vec::new();
    let mut members: BTreeMap<(String, String), Vec<(String, u64)>> = BTreeMap::new();
    for (name, mut tags) in names {
        tags.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
        tags.dedup_by(|a, b| (&a.path, a.line) == (&b.path, b.line));
        let places: Vec<(String, u64)> = tags.iter().map(|tag| (tag.path.clone(), tag.line)).collect();
        match places.len() {
            1 => unique.push((format!("where is {name} defined"), places.clone())),
            2..=8 => ambiguous.push((format!("where is `{name}`?"), places)),
            _ => {}
        }
        for tag in
            tags.iter().filter(|tag| ["method", "member", "function", "field", "enumerator"].contains(&&*tag.kind))
        {
            let Some(scope) = &tag.scope else { continue };
            let owner = scope.rsplit([':', '.']).next().unwrap_or_default();
            if !owner.is_empty()
                && !owner.starts_with("__anon")
                && owner.chars().all(|c| c.is_alphanumeric() || c == '_')
            {
                let key = (owner.to_owned(), name.clone());
                members.entry(key).or_default().push((tag.path.clone(), tag.line));
            }
        }
    }
    let members: Vec<_> = members
        .into_iter()
        .filter(|(_, places)| places.len() <= 8)
        .map(|((owner, name), places)| (format!("where is {owner}::{name} defined?"), places))
        .collect();
    let mut random = Random(SEED);
    let mut chosen = Vec::new();
    for (sort, share) in SHARES {
        let mut pool = match sort {
            Sort::Unique => unique.clone(),
            Sort::Ambiguous => ambiguous.clone(),
            Sort::Member => members.clone(),
        };
        for _ in 0..share.min(pool.len()) {
            let (question, expected) = pool.swap_remove(random.below(pool.len()));
            chosen.push(Sample { question, expected });
        }
    }
    chosen
}

async fn report(snapshot: &Snapshot, question: &str) -> Result<Report, String> {
    let builtin = Named { name: "builtin".into(), id: String::new(), model: Arc::new(Builtin) };
    let setup = Setup {
        snapshot: snapshot.clone(),
        models: Models { root: builtin.clone(), leaf: builtin },
        limits: Limits { wall: Duration::from_secs(600), ..Limits::default() },
        repl: options(),
        key: FenceKey::new([7; 32]),
        journal: Journal::off(),
        emit: Arc::new(|_| {}),
        plain_below: 0,
        max_data: 0,
        at: None,
        symbols: Arc::default(),
        maps: None,
        schema: None,
        cache: spelunk::cache::Cache::default(),
    };
    ask(setup, question, &Stop::default()).await.map_err(|error| error.to_string())
}

fn is_right(sample: &Sample, report: &Report) -> bool {
    let cites = |(path, line): &(String, u64)| report.citations.iter().any(|c| c.path == *path && c.from == *line);
    match sample.expected.as_slice() {
        [(path, line)] => report.citations.first().is_some_and(|c| c.path == *path && c.from == *line),
        several => several.iter().all(cites),
    }
}

/// Asks 200 sampled questions, and prints how many are right and which are not.
async fn check(tree: &Path) {
    let snapshot = Workspace::open(tree).expect("a tree").snapshot();
    let samples = samples(tree, &snapshot);
    assert!(samples.len() >= 100, "only {} samples", samples.len());
    let mut wrong = Vec::new();
    for sample in &samples {
        match report(&snapshot, &sample.question).await {
            Ok(report) if is_right(sample, &report) => {}
            Ok(report) => {
                let cited: Vec<String> =
                    report.citations.iter().take(4).map(|c| format!("{}:{}", c.path, c.from)).collect();
                let wanted: Vec<String> = sample.expected.iter().map(|(path, line)| format!("{path}:{line}")).collect();
                wrong.push(format!("{}\n  wanted {}\n  cited  {}", sample.question, wanted.join(" "), cited.join(" ")));
            }
            Err(error) => wrong.push(format!("{}\n  {error}", sample.question)),
        }
    }
    let right = samples.len() - wrong.len();
    let verdict = format!("{}: {right} of {} right\n{}", tree.display(), samples.len(), wrong.join("\n"));
    // For whoever runs this with --nocapture.
    writeln!(std::io::stderr(), "{verdict}").expect("standard error is open");
    assert!(right * 100 >= samples.len() * 95, "{verdict}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs universal-ctags, see `make questions`"]
async fn this_repository() {
    check(Path::new(env!("CARGO_MANIFEST_DIR"))).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs universal-ctags and SPELUNK_V8, see `make questions`"]
async fn v8() {
    check(&tree("SPELUNK_V8")).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs universal-ctags and SPELUNK_LINUX, see `make questions`"]
async fn linux() {
    check(&tree("SPELUNK_LINUX")).await;
}
