//! `spelunk eval`: one cell, its output and value on stdout.

use std::io::Read as _;
use std::process::ExitCode;

use clap::Args;

use super::progress::Live;
use super::{CliError, Overrides, Place, exit, output, setup};
use crate::agent::Session;
use crate::cancel::Cancel;
use crate::config::Config;
use crate::repl::API;

#[derive(Debug, Args)]
pub struct Eval {
    /// JavaScript; `-` reads it from standard input
    #[arg(required_unless_present = "help_api")]
    code: Option<String>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    overrides: Overrides,
    /// Print the bindings that a cell can use
    #[arg(long)]
    help_api: bool,
}

pub async fn run(args: Eval) -> Result<ExitCode, CliError> {
    if args.help_api {
        output::plain(API);
        return Ok(ExitCode::SUCCESS);
    }
    let mut code = args.code.unwrap_or_default();
    if code == "-" {
        code.clear();
        std::io::stdin()
            .read_to_string(&mut code)
            .map_err(|error| CliError::failed(format!("standard input could not be read: {error}")))?;
    }
    let mut config = Config::load()?;
    args.overrides.apply(&mut config);
    let snapshot = setup::snapshot(&config, &args.place).await?;
    let live = Live::new(false);
    let session = Session::new(setup::cells(&config, snapshot, live.emit())?);
    let mut repl = session.repl().await?;
    let cancel = Cancel::new();
    let interrupted = cancel.clone();
    let signals = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            interrupted.cancel();
        }
    });
    let outcome = repl.run(&code, &cancel).await;
    signals.abort();
    live.finish();
    if let Some(answer) = session.take_answer(&outcome) {
        match answer.as_str() {
            Some(text) => output::markdown(text),
            None => output::json(&answer),
        }
    }
    Ok(super::repl::show(&outcome, cancel.is_cancelled()).map_or(ExitCode::SUCCESS, ExitCode::from))
}

const _: () = assert!(exit::FAILED == 1, "a cell that throws ends with 1, as documented");
