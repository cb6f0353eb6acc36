//! `spelunk doctor`: whether the configuration, the sandbox and the models work.

use std::process::ExitCode;

use clap::Args;

use super::{CliError, Overrides, exit, output};
use crate::agent::{doctor, setup};
use crate::config::Config;

#[derive(Debug, Args)]
pub struct Doctor {
    #[command(flatten)]
    overrides: Overrides,
}

pub async fn run(args: Doctor) -> Result<ExitCode, CliError> {
    let mut config = Config::load()?;
    args.overrides.apply(&mut config);
    let checks = doctor::checks(&config, &setup::endpoints(&config)).await;
    for check in &checks {
        let mark = if check.good { "ok  " } else { "BAD " };
        output::plain(&format!("{mark} {:<10} {}", check.what, check.found));
    }
    let good = checks.iter().all(|check| check.good);
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::from(exit::FAILED) })
}
