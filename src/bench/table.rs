//! Results as people read them: one table per set, a method per column, and what was wrong.

use std::fmt::Write as _;

use super::measure::Bench;
use super::results::{Method, Results, State};
use super::summary::{Spread, Summary, all_judged, judged, over_all};
use super::{Opened, Task};

/// All tables; one over all sets is the last when there are several.
pub fn tables(bench: &Bench, sets: &[Opened]) -> String {
    let mut text = String::new();
    for (set, results) in sets {
        let sums = bench.methods().iter();
        let sums: Vec<_> =
            sums.map(|&m| (m, Summary::of(set.tasks.len(), &all_judged(bench, set, results, m)))).collect();
        table(&mut text, &format!("{}, {}", set.name, items(set.tasks.len())), &sums);
        for task in &set.tasks {
            wrong(&mut text, bench, results, task);
        }
        text.push('\n');
    }
    if sets.len() > 1 {
        let sums: Vec<_> = bench.methods().iter().map(|&method| (method, over_all(bench, sets, method))).collect();
        let count = sets.iter().map(|(set, _)| set.tasks.len()).sum();
        table(&mut text, &format!("all {} sets, {}", sets.len(), items(count)), &sums);
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn items(count: usize) -> String {
    format!("{count} {}", if count == 1 { "item" } else { "items" })
}

/// Rows of a label and a figure per method.
type Row = (&'static str, fn(&Summary) -> String);

const ROWS: &[Row] = &[
    ("right", |sum| format!("{} of {}", sum.right, sum.measured)),
    ("accuracy", |sum| sum.accuracy.map_or("-".to_owned(), |share| format!("{:.0} %", share * 100.0))),
    ("95 % interval", |sum| {
        sum.interval.map_or("-".to_owned(), |[low, high]| format!("{:.0} - {:.0} %", low * 100.0, high * 100.0))
    }),
    ("did not fit", |sum| count(sum.did_not_fit)),
    ("failed", |sum| count(sum.failed)),
    ("not asked", |sum| count(sum.items - sum.measured - sum.failed)),
    ("ended by a limit", |sum| count(sum.limited)),
    ("seconds p50 / p95", |sum| spread(sum.seconds, 1)),
    ("US$ p50 / p95", |sum| if sum.usd.is_some() { spread(sum.usd, 4) } else { unknown(sum) }),
    ("US$ in all", |sum| match (sum.usd, sum.unpriced) {
        (None, _) => unknown(sum),
        (Some(usd), 0) => format!("{:.4}", usd.total),
        (Some(usd), calls) => format!("{:.4} and {calls} calls of unknown price", usd.total),
    }),
    ("tokens p50 / p95", |sum| about(sum, spread(sum.tokens, 0))),
    ("tokens in all", |sum| about(sum, sum.tokens.map_or("-".to_owned(), |tokens| format!("{:.0}", tokens.total)))),
    ("calls p50 / p95", |sum| spread(sum.calls, 0)),
];

fn table(text: &mut String, title: &str, sums: &[(Method, Summary)]) {
    let cells: Vec<Vec<String>> =
        ROWS.iter().map(|(_, cell)| sums.iter().map(|(_, sum)| cell(sum)).collect()).collect();
    let width = |column: usize| {
        let widest = cells.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        widest.max(sums[column].0.name().len())
    };
    let widths: Vec<usize> = (0..sums.len()).map(width).collect();
    let first = ROWS.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    let _ = writeln!(text, "{title}\n");
    let mut line = |label: &str, cells: Vec<&str>| {
        let mut line = format!("{label:first$}");
        for (cell, width) in cells.into_iter().zip(&widths) {
            let _ = write!(line, "  {cell:>width$}");
        }
        let _ = writeln!(text, "{}", line.trim_end());
    };
    line("", sums.iter().map(|(method, _)| method.name()).collect());
    // What happened nowhere needs no row.
    for ((label, _), row) in ROWS.iter().zip(&cells).filter(|(_, row)| row.iter().any(|cell| cell != "-")) {
        line(label, row.iter().map(String::as_str).collect());
    }
}

fn wrong(text: &mut String, bench: &Bench, results: &Results, task: &Task) {
    for &method in bench.methods() {
        let Some(judged) = judged(bench, results, task, method) else { continue };
        let what = match judged.outcome.state {
            State::Ended if judged.faults.is_empty() => continue,
            State::Ended => format!("wrong: {}", judged.faults.join("; ")),
            State::DidNotFit => continue,
            State::Failed => format!("failed: {}", judged.outcome.error),
        };
        let _ = writeln!(text, "  {} ({}) {what}", task.id, method.name());
    }
}

fn count(number: usize) -> String {
    if number == 0 { "-".to_owned() } else { number.to_string() }
}

fn spread(spread: Option<Spread>, digits: usize) -> String {
    spread.map_or("-".to_owned(), |spread| format!("{:.digits$} / {:.digits$}", spread.p50, spread.p95))
}

fn unknown(sum: &Summary) -> String {
    if sum.seconds.is_some() { "price unknown".to_owned() } else { "-".to_owned() }
}

fn about(sum: &Summary, text: String) -> String {
    if sum.estimated { format!("about {text}") } else { text }
}
