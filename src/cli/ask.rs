//! `spelunk ask`: one question, progress on stderr, the answer on stdout.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::progress::Live;
use super::{CliError, Overrides, Place, confirm, exit, files, output, setup};
use crate::agent::{self, Stop};
use crate::config::Config;

#[derive(Debug, Args)]
pub struct Ask {
    /// The question, in plain words
    question: String,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    overrides: Overrides,
    /// The answer has to satisfy the JSON Schema in this file, and is printed as JSON; `value` with --json
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// Print what the answer may cost and how long it may take, and ask nothing
    #[arg(long)]
    estimate: bool,
    /// Go on, whatever it may cost; --max-usd still holds
    #[arg(long)]
    yes: bool,
    /// Print the answer, its citations and the costs as JSON
    #[arg(long)]
    json: bool,
    /// Show every cell and its output on stderr
    #[arg(long)]
    show_code: bool,
}

pub async fn run(args: Ask) -> Result<ExitCode, CliError> {
    let json = args.json;
    let result = answer(args).await;
    if let (Err(error), true) = (&result, json) {
        output::json(&serde_json::json!({ "error": error.message, "hint": error.hint, "exit": error.code }));
    }
    result
}

async fn answer(args: Ask) -> Result<ExitCode, CliError> {
    if args.question.trim().is_empty() {
        return Err(
            CliError::usage("the question is empty").hint("spelunk ask \"where is the main loop?\" path/to/repository")
        );
    }
    let mut config = Config::load()?;
    args.overrides.apply(&mut config);
    let schema = args.schema.as_deref().map(schema).transpose()?;
    let snapshot = setup::snapshot(&config, &args.place).await?;
    let models = setup::models(&config)?;
    if schema.is_some() && models.root.model.provider() == "builtin" {
        return Err(CliError::usage("builtin answers in Markdown, and cannot satisfy a schema")
            .hint("--model names a language model"));
    }
    if args.estimate {
        let estimate = confirm::estimate(&config, &snapshot, &models).await?;
        match args.json {
            true => output::json(&estimate),
            false => output::plain(&estimate.said()),
        }
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(limit) = config.confirm_usd.filter(|_| !args.yes) {
        confirm::confirm(&confirm::estimate(&config, &snapshot, &models).await?, limit).await?;
    }
    let live = Live::new(args.show_code);
    let is_typed = schema.is_some();
    let repl = setup::options(&config, agent::setup::seed(args.question.trim()))?;
    let journal = agent::setup::journal(&config, &snapshot, &args.question, &models, &repl);
    let mut setup = agent::setup::run(&config, snapshot, models, repl, journal, live.emit());
    setup.schema = schema;
    let stop = Stop::default();
    let signals = tokio::spawn(interrupts(stop.clone(), live.clone()));
    let (question, stopped) = (args.question.trim().to_owned(), stop.clone());
    // As a task of its own it runs on the thread that hears of its replies; the main thread would have to be woken for each.
    let asked = tokio::spawn(async move { agent::ask(setup, &question, &stopped).await }).await;
    let result = asked.map_err(|panic| CliError::failed(format!("the run failed inside: {panic}")))?;
    signals.abort();
    live.finish();
    let report = result?;
    if args.json {
        output::json(&report);
    } else if !report.value.is_null() && is_typed {
        output::json(&report.value);
        output::error_line(&output::summary(&report));
    } else {
        output::markdown(&output::report(&report));
        output::error_line(&output::summary(&report));
    }
    Ok(output::code(&report))
}

/// The schema in a file.
fn schema(path: &Path) -> Result<agent::Schema, CliError> {
    let wrong = |reason: String| CliError::usage(format!("{}: {reason}", path.display()));
    let text = files::read(path).map_err(|error| wrong(error.to_string()))?;
    let value = serde_json::from_str(&text).map_err(|error| wrong(format!("it is not JSON: {error}")))?;
    agent::Schema::new(value).map_err(wrong)
}

/// Ctrl-C once asks for the best answer now, twice stops, a third time leaves at once.
pub(super) async fn interrupts(stop: Stop, live: Live) {
    for count in 1.. {
        if tokio::signal::ctrl_c().await.is_err() {
            return;
        }
        match count {
            1 => {
                live.say("answering from what is known so far; Ctrl-C again stops");
                stop.answer_now.cancel();
            }
            2 => {
                live.say("stopping");
                stop.cancel.cancel();
            }
            _ => exit::leave(),
        }
    }
}
