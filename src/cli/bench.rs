//! `spelunk bench`: sets of questions with known answers, asked of a run and of the plain model beside it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Args;

use super::{CliError, Overrides, exit, output, setup};
use crate::agent::Stop;
use crate::bench::{self, BenchError, Done, State};
use crate::config::Config;
use crate::model::pricing;

#[derive(Debug, Args)]
pub struct Bench {
    /// Folders with a tasks.toml: docs/benchmarks.md
    #[arg(required = true, value_name = "DIR")]
    sets: Vec<PathBuf>,
    #[command(flatten)]
    overrides: Overrides,
    /// Questions under way at once
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
    /// Ask only what has no result yet; this is the default
    #[arg(long, conflicts_with = "fresh")]
    resume: bool,
    /// Ask everything again
    #[arg(long)]
    fresh: bool,
    /// File of results (else one for each set in the state folder)
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Ask the plain model too, with everything in one prompt; this is the default, but not for builtin
    #[arg(long, conflicts_with = "no_baseline")]
    baseline: bool,
    /// Do not ask the plain model
    #[arg(long)]
    no_baseline: bool,
    /// Tokens of files that the plain model's one prompt may hold
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    prompt_tokens: u64,
}

impl From<BenchError> for CliError {
    fn from(error: BenchError) -> Self {
        match error {
            BenchError::Setup(error) => error.into(),
            BenchError::Results { .. } => Self::failed(error.to_string()),
            error => Self::usage(error.to_string()),
        }
    }
}

pub async fn run(args: Bench) -> Result<ExitCode, CliError> {
    let json = args.json;
    let result = measure(args).await;
    if let (Err(error), true) = (&result, json) {
        output::json(&serde_json::json!({ "error": error.message, "hint": error.hint, "exit": error.code }));
    }
    result
}

async fn measure(args: Bench) -> Result<ExitCode, CliError> {
    let mut config = Config::load()?;
    args.overrides.apply(&mut config);
    let models = setup::models(&config)?;
    let (folders, out, state_dir, most) = (args.sets, args.out, config.state_dir.clone(), config.max_usd);
    let opened = tokio::task::spawn_blocking(move || bench::open(&folders, out.as_deref(), &state_dir));
    let sets = opened.await.map_err(|error| CliError::failed(error.to_string()))??;
    let mut bench = bench::Bench::new(config, models);
    bench.jobs = usize::from(args.jobs);
    bench.prompt_tokens = args.prompt_tokens;
    if args.baseline && !bench.baseline {
        let message = "builtin is no language model, so there is no baseline for it";
        return Err(CliError::usage(message).hint("leave --baseline out, or name another --model"));
    }
    bench.baseline &= !args.no_baseline;
    if args.fresh {
        bench::forget(&bench, &sets)?;
    }
    let left = bench::left(&bench, &sets).len();
    let tasks: usize = sets.iter().map(|(set, _)| set.tasks.len()).sum();
    let all = tasks * bench.methods().len();
    output::error_line(&announced(&bench, left, all, most));

    let stop = Stop::default();
    let signals = tokio::spawn(interrupts(stop.clone()));
    let count = AtomicUsize::new(0);
    let watch = |done: &Done<'_>| {
        let count = count.fetch_add(1, Ordering::Relaxed) + 1;
        output::error_line(&format!("{count} of {left}: {}", line(done)));
    };
    let result = bench::measure(&bench, &sets, &stop, &watch).await;
    signals.abort();
    if args.json {
        output::json(&bench::document(&bench, &sets));
    } else {
        output::plain(&bench::tables(&bench, &sets));
    }
    result?;
    if stop.cancel.is_cancelled() {
        output::error_line("stopped; what is done is kept, and the same command goes on from there");
        return Ok(ExitCode::from(exit::STOPPED));
    }
    let failed = bench::left(&bench, &sets).len();
    if failed > 0 {
        output::error_line(&format!("{failed} could not be measured; the same command tries those again"));
        return Ok(ExitCode::from(exit::FAILED));
    }
    Ok(ExitCode::SUCCESS)
}

/// What is about to happen, and what it may cost.
fn announced(bench: &bench::Bench, left: usize, all: usize, most: Option<f64>) -> String {
    let before = match all - left {
        0 => String::new(),
        known => format!("; {known} were asked before, --fresh asks those again"),
    };
    let costs = |model| pricing::price(model).is_none_or(|price| price.output > 0.0);
    let most = match most {
        Some(usd) if left > 0 && (costs(bench.model()) || costs(bench.leaf_model())) => {
            format!(", at most ${usd:.2} each (--max-usd)")
        }
        _ => String::new(),
    };
    let baseline = if bench.baseline { "run and baseline" } else { "run, no baseline" };
    format!("{left} of {all} to ask of {} ({baseline}){most}{before}", bench.model())
}

/// `needle/port baseline: right, 3.2 s, $0.0021`.
fn line(done: &Done<'_>) -> String {
    let Done { set, task, outcome } = done;
    let what = match outcome.state {
        State::DidNotFit => "did not fit into one prompt".to_owned(),
        State::Failed => format!("failed: {}", outcome.error),
        State::Ended => {
            let right = if task.checks.faults(outcome).is_empty() { "right" } else { "wrong" };
            let limit = outcome.limit.as_ref().map_or(String::new(), |limit| format!(", ended early: {limit}"));
            format!("{right}, {:.1} s, {}{limit}", outcome.seconds, output::money(outcome.usd, outcome.unpriced))
        }
    };
    format!("{}/{} {}: {what}", set.name, task.id, outcome.method.name())
}

/// Ctrl-C once stops and keeps what is done, twice leaves at once.
async fn interrupts(stop: Stop) {
    for count in 1.. {
        if tokio::signal::ctrl_c().await.is_err() {
            return;
        }
        if count > 1 {
            exit::leave();
        }
        output::error_line("stopping; Ctrl-C again leaves at once");
        stop.cancel.cancel();
    }
}
