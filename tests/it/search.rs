//! Search against the tools whose behaviour it promises: V8's RegExp and ripgrep; and on odd trees and patterns.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};
use spelunk::cancel::Cancel;
use spelunk::search::{self, Matches, Query, SearchError};
use spelunk::workspace::{Snapshot, Workspace};

fn open(root: &Path) -> Snapshot {
    Workspace::open(root).expect("the folder opens").snapshot()
}

/// Searches as JavaScript would ask for it.
fn search(snapshot: &Snapshot, query: Value) -> Result<Matches, SearchError> {
    let query: Query = serde_json::from_value(query).expect("the query's shape is right");
    search::search(snapshot, &query, &Cancel::new())
}

#[derive(Deserialize)]
struct Lines {
    lines: Vec<String>,
}

#[derive(Deserialize)]
struct Case {
    source: String,
    flags: String,
    matches: String,
    out: String,
}

/// "0-3 7" as numbers.
fn indices(ranges: &str) -> BTreeSet<u64> {
    let number = |text: &str| text.parse::<u64>().expect("a number");
    let range = |text: &str| match text.split_once('-') {
        Some((from, to)) => number(from)..=number(to),
        None => number(text)..=number(text),
    };
    ranges.split_whitespace().flat_map(range).collect()
}

#[test]
fn javascript_patterns_match_the_lines_that_v8_matches() {
    let mut rows = include_str!("../data/regexp.jsonl").lines();
    let Lines { lines } = serde_json::from_str(rows.next().expect("a first row")).expect("the lines");
    let folder = tempfile::tempdir().expect("a folder");
    // Every third line ends as on Windows: the end is not part of the line.
    let ends = ["\n", "\n", "\r\n"].iter().cycle();
    let text: String = lines.iter().zip(ends).flat_map(|(line, end)| [line.as_str(), end]).collect();
    fs::write(folder.path().join("lines.txt"), text).expect("the file is written");
    let snapshot = open(folder.path());

    let (mut cases, mut wrong) = (0, Vec::new());
    for row in rows {
        let Case { source, flags, matches, out } = serde_json::from_str(row).expect("a case");
        let (expect, out) = (indices(&matches), indices(&out));
        cases += 1;
        let pattern = format!("/{source}/{flags}");
        match search(&snapshot, json!({ "pattern": { "source": source, "flags": flags }, "limit": 10_000 })) {
            Ok(found) => {
                let found: BTreeSet<u64> =
                    found.items.iter().map(|item| item.line - 1).filter(|line| !out.contains(line)).collect();
                for line in found.symmetric_difference(&expect) {
                    let text = &lines[*line as usize];
                    let verb = if expect.contains(line) { "should match" } else { "should not match" };
                    wrong.push(format!("{pattern} {verb} {text:?}"));
                }
            }
            // A line has neither line breaks nor, in a text file, NUL bytes.
            Err(SearchError::Regex(reason))
                if expect.is_empty() && (reason.contains("line by line") || reason.contains("NUL")) => {}
            Err(error) => wrong.push(format!("{pattern}: {error}")),
        }
    }
    assert!(cases >= 1_500, "only {cases} cases");
    assert!(wrong.is_empty(), "{} differences, first:\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
}
