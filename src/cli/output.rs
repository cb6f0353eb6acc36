//! What reaches the terminal or a pipe: every text passes the sanitiser; a reader that went away is not an error.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::agent::Report;
use crate::agent::answers::citations::{Checked, Status};
use crate::agent::calls::budget::Tripped;
use crate::display;
use crate::text::grouped;

/// Writes Markdown to stdout.
pub fn markdown(text: &str) {
    let text = display::markdown(text);
    write(&text);
}

/// Writes plain text to stdout.
pub fn plain(text: &str) {
    write(&display::terminal(text));
}

/// Writes machine-readable text to stdout, as it is.
pub fn json(value: &impl serde::Serialize) {
    write(&serde_json::to_string_pretty(value).unwrap_or_default());
}

/// Writes text that is safe already to stdout. False: nobody reads it any more.
pub fn raw(text: &str) -> bool {
    write(text)
}

fn write(text: &str) -> bool {
    let mut out = std::io::stdout().lock();
    let newline = if text.ends_with('\n') { "" } else { "\n" };
    let Err(error) = write!(out, "{text}{newline}").and_then(|()| out.flush()) else { return true };
    // Whoever closed the pipe has read enough.
    if error.kind() != std::io::ErrorKind::BrokenPipe {
        LOST.store(true, Ordering::Relaxed);
        error_line(&format!("spelunk: standard output cannot be written: {error}"));
    }
    false
}

static LOST: AtomicBool = AtomicBool::new(false);

/// Whether something could not be written to stdout.
pub fn is_lost() -> bool {
    LOST.load(Ordering::Relaxed)
}

/// Writes one line, or a few, to stderr.
pub fn error_line(text: &str) {
    drop(writeln!(std::io::stderr().lock(), "{}", display::terminal(text)));
}

pub fn stderr_is_terminal() -> bool {
    std::io::stderr().is_terminal()
}

/// The answer of a run as people read it: a word on how it ended when that matters, the answer, the citations' state.
pub fn report(report: &Report) -> String {
    let mut text = String::new();
    if report.tripped.is_some() {
        text.push_str(&format!("> Ended early: {}.\n\n", report.end));
    }
    text.push_str(report.answer.trim_end());
    let valid = report.citations.iter().filter(|citation| citation.status == Status::Valid).count();
    let mut problems = Vec::new();
    for status in [Status::Unsupported, Status::Moved, Status::Stale] {
        let such: Vec<String> =
            report.citations.iter().filter(|citation| citation.status == status).map(doubt).collect();
        if !such.is_empty() {
            problems.push(format!("{}: {}", status.name(), such.join(", ")));
        }
    }
    let dropped: Vec<String> =
        report.dropped.iter().map(|d| format!("{}:{}-{} ({})", d.path, d.from, d.to, d.reason)).collect();
    if !dropped.is_empty() {
        problems.push(format!("not kept: {}", dropped.join(", ")));
    }
    if !problems.is_empty() {
        text.push_str(&format!("\n\n> Citations: {valid} valid; {}.", problems.join("; ")));
    }
    text.push('\n');
    text
}

/// What is to be known of a citation that is not valid.
fn doubt(cited: &Checked) -> String {
    let place = format!("{}:{}-{}", cited.path, cited.from, cited.to);
    match (&cited.moved, &cited.changed) {
        (Some(to), _) => format!("{place} stands at {}:{}-{} now", to.path, to.from, to.to),
        (None, Some(why)) => format!("{place} ({why})"),
        (None, None) => format!("{place} does not hold {}", names(&cited.missing)),
    }
}

fn names(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// `8 turns, 12 calls, 34,000 tokens, $0.03, 12.3 s`.
pub fn summary(report: &Report) -> String {
    let spent = &report.spent;
    let mut parts = vec![format!("{} turns", spent.turns)];
    if spent.hits > 0 {
        parts.push(format!("{} from the cache", plural(u64::from(spent.hits), "reply", "replies")));
    }
    if spent.usage.input + spent.usage.output > 0 {
        let about = if spent.usage.estimated { "about " } else { "" };
        parts.push(format!("{} calls", spent.calls));
        parts.push(format!("{about}{} tokens", grouped(spent.usage.input + spent.usage.output)));
        parts.push(money(spent.usd, spent.unpriced));
    }
    parts.push(format!("{:.1} s", report.seconds));
    if !report.run.is_empty() {
        parts.push(format!("run {}", report.run));
    }
    parts.join(", ")
}

pub fn money(usd: f64, unpriced: u32) -> String {
    match (usd, unpriced) {
        (_, 0) => format!("${usd:.4}"),
        (0.0, _) => "price unknown".to_owned(),
        _ => format!("${usd:.4} and {unpriced} calls of unknown price"),
    }
}

/// A count with its noun.
pub fn plural(count: u64, one: &str, more: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { more })
}

/// The exit code that a report deserves.
pub fn code(report: &Report) -> ExitCode {
    match (&report.tripped, report.answer.is_empty()) {
        (None, _) => ExitCode::SUCCESS,
        (Some(_), false) => ExitCode::from(super::exit::PARTIAL),
        (Some(Tripped::Model { .. }), true) => ExitCode::from(super::exit::MODEL),
        (Some(_), true) => ExitCode::from(super::exit::NO_ANSWER),
    }
}
