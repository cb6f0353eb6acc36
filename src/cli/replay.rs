//! `spelunk replay`: a recorded run executed again, or two of them compared.

use std::process::ExitCode;

use clap::Args;

use super::{CliError, exit, output};
use crate::agent::replay::{Played, Replay, ReplayError, replay};
use crate::config::Config;
use crate::journal::diff::{self, Diff};
use crate::journal::event::EndReason;
use crate::journal::{self, Blobs, Run};

#[derive(Debug, Args)]
pub struct Rerun {
    /// A run's id, or its beginning
    run: String,
    /// Another one to compare it with
    #[arg(requires = "diff")]
    other: Option<String>,
    /// Show where two runs part, from their records alone
    #[arg(long, requires = "other")]
    diff: bool,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// A run that cannot be replayed says nothing about whether it would agree.
impl From<ReplayError> for CliError {
    fn from(error: ReplayError) -> Self {
        let hint = match &error {
            ReplayError::Repl(_) => Some("`spelunk doctor` says what the worker needs"),
            ReplayError::Missing { .. } => Some("what was recorded is kept until newer runs need the room"),
            _ => None,
        };
        Self { hint: hint.map(str::to_owned), ..Self::usage(error.to_string()) }
    }
}

pub async fn run(args: Rerun) -> Result<ExitCode, CliError> {
    let config = Config::load()?;
    let recorded =
        |prefix: &str| -> Result<Run, CliError> { Ok(journal::read(&journal::find(&config.state_dir, prefix)?)?) };
    let one = recorded(&args.run)?;
    let agreed = if let Some(other) = &args.other {
        let diff = diff::diff(&one, &recorded(other)?, &Blobs::new(&config.state_dir));
        if args.json {
            output::json(&diff)
        } else {
            output::plain(&compared(&diff))
        }
        diff.differences.is_empty()
    } else {
        let replay = replay(&config.state_dir, one).await?;
        if args.json {
            output::json(&replay)
        } else {
            output::plain(&replayed(&replay))
        }
        replay.agreed
    };
    Ok(if agreed { ExitCode::SUCCESS } else { ExitCode::from(exit::FAILED) })
}

/// A replay as people read it: one line for each agent, then the first difference with both texts.
fn replayed(replay: &Replay) -> String {
    let mut text = String::new();
    for played in &replay.agents {
        let run = if played.run == replay.run { String::new() } else { format!("earlier run {}, ", played.run) };
        let agent = if played.agent == 0 { "root".to_owned() } else { format!("child {}", played.agent) };
        text.push_str(&format!("{run}{agent}: {}\n", sentence(played)));
        if let Some(cell) = played.inexact_from {
            text.push_str(&format!("  not exact from cell {cell} on: it was stopped while it ran\n"));
        }
    }
    if let Some(difference) = replay.agents.iter().find_map(|played| played.difference.as_ref()) {
        let place = format!("turn {}, cell {}: {}", difference.turn, difference.cell, difference.what);
        let excerpt = diff::excerpt(&difference.recorded, &difference.replayed);
        text.push_str(&format!("\nthe first difference, in {place} (- recorded, + replayed)\n{excerpt}"));
        if replay.recorded_by != env!("CARGO_PKG_VERSION") {
            text.push_str(&format!("\nspelunk {} recorded it, and this is another version\n", replay.recorded_by));
        }
    }
    text
}

fn sentence(played: &Played) -> String {
    let plural = |count: u64, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let done = format!("{}, {}", plural(played.turns.into(), "turn"), plural(played.cells, "cell"));
    if played.difference.is_some() {
        return format!("differs after {done}");
    }
    let end = match (&played.end, played.answer.is_null()) {
        (Some(_), false) => "the same answer, byte for byte",
        (None, false) => "an answer that the record, which was cut off, does not have",
        (Some(EndReason::Cancelled), true) => "cancelled, as recorded",
        (Some(EndReason::Failed), true) => "failed, as recorded",
        (Some(_), true) => "no answer, as recorded",
        (None, true) => "the record ends there: the run was killed, or still goes on",
    };
    format!("agrees over {done}; {end}")
}

/// Two runs as people compare them: where they part, then the first difference of every other kind.
fn compared(diff: &Diff) -> String {
    let Some((parting, others)) = diff.differences.split_first() else {
        return "the runs are the same, apart from times and costs".to_owned();
    };
    let mut text = format!("- {}\n+ {}\n\nthey part in {}\n", diff.left, diff.right, shown(parting));
    for other in others {
        text.push_str(&format!("\nthe first other {}\n", shown(other)));
    }
    text
}

fn shown(difference: &diff::Difference) -> String {
    let kind = format!("{:?}", difference.kind).to_lowercase().replace("host", "host ");
    let place = match (difference.agent, difference.turn) {
        (0, 0) => String::new(),
        (0, turn) => format!(", turn {turn}"),
        (agent, 0) => format!(", child {agent}"),
        (agent, turn) => format!(", child {agent}, turn {turn}"),
    };
    let side = |text: &Option<String>| text.clone().unwrap_or_else(|| "(nothing)".to_owned());
    format!("{kind}{place}\n{}", diff::excerpt(&side(&difference.left), &side(&difference.right)))
}
