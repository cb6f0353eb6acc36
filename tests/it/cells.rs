//! The tables of cells in tests/data, run against real workers.

use std::fmt::Write as _;

use spelunk::cancel::Cancel;

use super::repl::{echoing, options};

/// One cell of a table: its code, and what it is expected to do.
#[derive(Default)]
struct Row {
    line: usize,
    code: Vec<&'static str>,
    value: Vec<&'static str>,
    output: Vec<&'static str>,
    error: Vec<&'static str>,
}

/// The tables of a file; its head explains the format.
fn sessions(text: &'static str) -> Vec<(&'static str, Vec<Row>)> {
    let mut sessions = Vec::new();
    let mut fresh = true;
    for (index, line) in text.lines().enumerate() {
        let (mark, rest) = line.split_at_checked(2).unwrap_or((line, ""));
        if let Some(title) = line.strip_prefix("## ") {
            sessions.push((title, Vec::new()));
            fresh = true;
        } else if line.is_empty() || line.starts_with('#') {
            fresh = true;
        } else {
            let (_, rows) = sessions.last_mut().expect("a title comes first");
            if std::mem::take(&mut fresh) {
                rows.push(Row { line: index + 1, ..Row::default() });
            }
            let row = rows.last_mut().expect("pushed");
            match mark.trim_end() {
                ">" => row.code.push(rest),
                "=" => row.value.push(rest),
                "|" => row.output.push(rest),
                "!" => row.error.push(rest),
                other => panic!("line {}: {other:?} starts no line of a table", index + 1),
            }
        }
    }
    sessions
}

async fn check(file: &str, text: &'static str) {
    let mut wrong = String::new();
    for (title, rows) in sessions(text) {
        let mut repl = echoing(options()).await;
        for row in rows {
            let outcome = repl.run(&row.code.join("\n"), &Cancel::new()).await;
            let value = Some(row.value.join("\n")).filter(|_| !row.value.is_empty());
            let error = outcome.error.as_ref().map(|error| error.text.as_str());
            let as_expected = match error {
                Some(error) => !row.error.is_empty() && row.error.iter().all(|part| error.contains(part)),
                None => row.error.is_empty(),
            };
            let output = outcome.output.trim_end_matches('\n');
            if outcome.value != value || output != row.output.join("\n") || !as_expected {
                let expected = (value, &row.output, &row.error);
                writeln!(wrong, "{file}:{} ({title}) {outcome:#?}\nexpected {expected:#?}", row.line).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[tokio::test]
async fn cells() {
    check("cells.txt", include_str!("../data/cells.txt")).await;
}

#[tokio::test]
async fn printed_values() {
    check("inspect.txt", include_str!("../data/inspect.txt")).await;
}
