//! The command line: one file per subcommand, and what they share: arguments, exit codes, logs.

mod ask;
mod bench;
mod check;
mod confirm;
mod doctor;
mod eval;
mod exit;
mod files;
mod index;
mod logs;
mod lsp;
mod models;
mod output;
mod plan;
mod progress;
mod repl;
mod replay;
mod setup;
mod trace;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

pub use exit::CliError;

use crate::config::Config;
use crate::lsp::Relay;

const EXIT_CODES: &str = "Exit codes:
  0  answered
  1  something failed
  2  the command line or the configuration cannot be used
  3  a limit ended the run; the answer is the best from what was known by then
  4  a limit ended the run before there was an answer; nothing was planned
  5  the model could not be reached, or refused
  6  it may cost more than confirm_usd, or planned code would run, and nobody confirmed it
  130  stopped by Ctrl-C";

/// Asks questions of a whole repository and answers with checked citations.
#[derive(Debug, Parser)]
#[command(name = "spelunk", version, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer a question about a repository, with citations
    Ask(ask::Ask),
    /// Plan a refactoring over many files: show it, write it as a patch, verify it, apply it
    Plan(plan::Plan),
    /// Run one JavaScript cell with the repository's bindings and print its value
    Eval(eval::Eval),
    /// The same REPL that a model gets, for a person
    Repl(repl::Repl),
    /// List recorded runs, or print one
    Trace(trace::Trace),
    /// Execute a recorded run again, without network and without the repository, or compare two
    Replay(replay::Rerun),
    /// Read a repository once, so that later searches open only the files that can match
    Index(index::Index),
    /// Serve an editor over the Language Server Protocol
    Lsp(lsp::Lsp),
    /// Measure a model on sets of questions with known answers, beside the plain model
    Bench(bench::Bench),
    /// Show which models there are to choose from
    Models(models::Models),
    /// Check the configuration, the sandbox and the models
    Doctor(doctor::Doctor),
}

/// Which repository, and which part of it.
#[derive(Debug, Args)]
struct Place {
    /// Folder of the repository
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Only files that match this glob (as ripgrep's -g; may be given several times)
    #[arg(long, value_name = "GLOB")]
    scope: Vec<String>,
}

/// Models and limits, over what the configuration says.
#[derive(Debug, Args)]
struct Overrides {
    /// Root model: provider/model, or builtin
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// Model behind llm()
    #[arg(long, value_name = "MODEL")]
    leaf_model: Option<String>,
    /// US dollars that the run may cost
    #[arg(long, value_name = "USD", value_parser = usd)]
    max_usd: Option<f64>,
    /// Cells that the root model may run
    #[arg(long, value_name = "N")]
    max_turns: Option<u32>,
    /// Model calls, sub-calls included
    #[arg(long, value_name = "N")]
    max_calls: Option<u32>,
    /// Input and output tokens
    #[arg(long, value_name = "N")]
    max_tokens: Option<u64>,
    /// Seconds that the run may take
    #[arg(long, value_name = "S")]
    max_seconds: Option<u64>,
    /// Model requests in flight at once
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    concurrency: Option<u16>,
    /// Levels of children (rlm) below the root
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=8))]
    max_depth: Option<u8>,
    /// Workers of the run at once
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=64))]
    workers: Option<u8>,
    /// Do not record the run
    #[arg(long)]
    no_journal: bool,
    /// Ask anew: take no reply that was kept, and keep none
    #[arg(long)]
    no_cache: bool,
}

impl Overrides {
    fn apply(&self, config: &mut Config) {
        fn set<T: Clone>(to: &mut T, from: &Option<T>) {
            if let Some(from) = from {
                to.clone_from(from);
            }
        }
        set(&mut config.model, &self.model);
        if self.leaf_model.is_some() {
            config.leaf_model.clone_from(&self.leaf_model);
        }
        if self.max_usd.is_some() {
            config.max_usd = self.max_usd.filter(|usd| usd.is_finite());
        }
        set(&mut config.max_turns, &self.max_turns);
        set(&mut config.max_calls, &self.max_calls);
        set(&mut config.max_tokens, &self.max_tokens);
        set(&mut config.max_time, &self.max_seconds.map(std::time::Duration::from_secs));
        set(&mut config.concurrency, &self.concurrency.map(usize::from));
        set(&mut config.max_depth, &self.max_depth.map(u32::from));
        set(&mut config.workers, &self.workers.map(usize::from));
        config.journal &= !self.no_journal;
        config.cache &= !self.no_cache;
    }
}

fn usd(text: &str) -> Result<f64, String> {
    if text == "none" {
        return Ok(f64::INFINITY);
    }
    let usd: f64 = text.parse().map_err(|_| "expected an amount such as 0.50, or none".to_owned())?;
    if usd.is_finite() && usd >= 0.0 { Ok(usd) } else { Err("expected an amount of 0 or more".to_owned()) }
}

/// Runs the command line and says how it ended.
pub fn main() -> ExitCode {
    // A worker limits itself before any thread, runtime or logger exists.
    let mut args = std::env::args_os().skip(1);
    if args.next().is_some_and(|arg| arg == "worker") {
        return crate::repl::worker::main(args.filter_map(|arg| arg.into_string().ok()));
    }
    let cli = Cli::parse();
    let (relay, _last_lines) = logs::begin(matches!(cli.command, Command::Lsp(_)));
    match run(cli.command, relay) {
        Ok(_) if output::is_lost() => ExitCode::from(exit::FAILED),
        Ok(code) => code,
        Err(error) => {
            let mut text = format!("spelunk: {error}");
            if let Some(hint) = &error.hint {
                text.push_str(&format!("\n  {hint}"));
            }
            output::error_line(&text);
            ExitCode::from(error.code)
        }
    }
}

fn run(command: Command, relay: Relay) -> Result<ExitCode, CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::failed(format!("the runtime could not be started: {error}")))?;
    let code = match command {
        Command::Ask(args) => runtime.block_on(ask::run(args)),
        Command::Plan(args) => runtime.block_on(plan::run(args)),
        Command::Eval(args) => runtime.block_on(eval::run(args)),
        Command::Repl(args) => repl::run(args, &runtime),
        Command::Trace(args) => trace::run(args),
        Command::Replay(args) => runtime.block_on(replay::run(args)),
        Command::Index(args) => runtime.block_on(index::run(args)),
        Command::Lsp(args) => runtime.block_on(lsp::run(args, relay)),
        Command::Bench(args) => runtime.block_on(bench::run(args)),
        Command::Models(args) => runtime.block_on(models::run(args)),
        Command::Doctor(args) => runtime.block_on(doctor::run(args)),
    };
    // A blocking thread inside a long search must not keep a finished command from ending.
    runtime.shutdown_timeout(std::time::Duration::from_millis(100));
    code
}
