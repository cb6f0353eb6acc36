//! The runnable question lists in tests/questions, asked of `builtin` through the real binary.
//!
//! Those about this repository run always; those about V8 and Linux when `make questions` says where the trees are.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    question: Vec<Question>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    ask: String,
    /// "path: text"; where the first citation has to begin.
    first: Option<String>,
    /// What has to be among the citations, alike.
    #[serde(default)]
    cites: Vec<String>,
    /// What has to stand in the answer.
    #[serde(default)]
    says: Vec<String>,
}

#[derive(Deserialize)]
struct Answer {
    answer: String,
    citations: Vec<Citation>,
    dropped: Vec<serde_json::Value>,
    end: String,
}

#[derive(Deserialize)]
struct Citation {
    path: String,
    from: u64,
    to: u64,
    status: String,
}

fn asked(question: &str, tree: &Path, state: &Path) -> Result<Answer, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_spelunk"))
        .args(["ask", "--model", "builtin", "--json", question])
        .arg(tree)
        .env("XDG_STATE_HOME", state)
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr)));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
}

/// The path and the line that "path: text" means.
fn place(tree: &Path, expected: &str) -> Result<(String, u64), String> {
    let (path, text) = expected.split_once(": ").ok_or_else(|| format!("{expected:?} is not `path: text`"))?;
    let content = std::fs::read(tree.join(path)).map_err(|error| format!("{path}: {error}"))?;
    let content = String::from_utf8_lossy(&content);
    let line =
        content.lines().position(|line| line.contains(text)).ok_or_else(|| format!("no line has {expected:?}"))?;
    Ok((path.to_owned(), line as u64 + 1))
}

/// What is wrong with an answer; empty when nothing is.
fn faults(question: &Question, answer: &Answer, tree: &Path) -> Result<Vec<String>, String> {
    let mut faults = Vec::new();
    if answer.end != "answered" {
        faults.push(format!("it ended with {:?}", answer.end));
    }
    if let Some(expected) = &question.first {
        let (path, line) = place(tree, expected)?;
        match answer.citations.first() {
            Some(first) if first.path == path && first.from == line => {}
            Some(first) => faults.push(format!("first is {}:{}, not {path}:{line}", first.path, first.from)),
            None => faults.push(format!("no citation, not {path}:{line}")),
        }
    }
    for expected in &question.cites {
        let (path, line) = place(tree, expected)?;
        if !answer.citations.iter().any(|c| c.path == path && c.from <= line && line <= c.to) {
            faults.push(format!("{path}:{line} is not cited"));
        }
    }
    faults
        .extend(question.says.iter().filter(|text| !answer.answer.contains(*text)).map(|text| format!("no {text:?}")));
    let bad = answer.citations.iter().filter(|citation| citation.status != "valid");
    faults.extend(bad.map(|c| format!("{}:{}-{} is {}", c.path, c.from, c.to, c.status)));
    if !answer.dropped.is_empty() {
        faults.push(format!("{} citations were dropped: {}", answer.dropped.len(), answer.dropped[0]));
    }
    Ok(faults)
}

/// Asks every question of a list; at least nine of ten have to be right, or all of them.
fn check(list: &str, tree: &Path, all: bool) {
    let text = std::fs::read_to_string(Path::new("tests/questions").join(list)).expect("the list can be read");
    let list: List = toml::from_str(&text).expect("the list is right");
    let state = tempfile::tempdir().expect("a folder");
    let mut wrong = Vec::new();
    for question in &list.question {
        let found = asked(&question.ask, tree, state.path()).and_then(|answer| {
            let faults = faults(question, &answer, tree)?;
            Ok((faults, answer.answer))
        });
        match found {
            Ok((faults, _)) if faults.is_empty() => {}
            Ok((faults, answer)) => {
                let head: String = answer.chars().take(1_000).collect();
                wrong.push(format!("{}\n  {}\n{head}", question.ask, faults.join("\n  ")));
            }
            Err(error) => wrong.push(format!("{}\n  {error}", question.ask)),
        }
    }
    let asked = list.question.len();
    assert!(asked >= 10, "only {asked} questions");
    let right = asked - wrong.len();
    // For whoever runs this with --nocapture.
    writeln!(std::io::stderr(), "{}: {right} of {asked} right", tree.display()).expect("standard error is open");
    let enough = if all { right == asked } else { right * 10 >= asked * 9 };
    assert!(enough, "{right} of {asked} right\n\n{}", wrong.join("\n\n"));
}

/// The tree that an environment variable names.
pub fn tree(variable: &str) -> PathBuf {
    let path =
        std::env::var_os(variable).unwrap_or_else(|| panic!("{variable} has to name the tree; see `make questions`"));
    PathBuf::from(path)
}

#[test]
fn about_this_repository() {
    check("self.toml", Path::new(env!("CARGO_MANIFEST_DIR")), true);
}

#[test]
#[ignore = "needs the v8 crate's source: SPELUNK_V8=... , see `make questions`"]
fn about_v8() {
    check("v8.toml", &tree("SPELUNK_V8"), false);
}

#[test]
#[ignore = "needs an unpacked linux-source-6.1: SPELUNK_LINUX=... , see `make questions`"]
fn about_linux() {
    check("linux.toml", &tree("SPELUNK_LINUX"), false);
}
