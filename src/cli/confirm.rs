//! What a run may cost, and the question whether it may.

use std::io::{self, IsTerminal as _};

use super::{CliError, exit, output};
use crate::agent::Models;
use crate::agent::estimate::Estimate;
use crate::config::Config;
use crate::workspace::Snapshot;

/// Estimates a run.
pub async fn estimate(config: &Config, snapshot: &Snapshot, models: &Models) -> Result<Estimate, CliError> {
    let (config, snapshot, models) = (config.clone(), snapshot.clone(), models.clone());
    let work = tokio::task::spawn_blocking(move || Estimate::of(&config, &snapshot, &models));
    Ok(work.await.map_err(|error| CliError::failed(error.to_string()))??)
}

/// Asks the person at the terminal whether a run that may cost more than `limit` US dollars is to begin. Where there is
/// none, it does not.
pub async fn confirm(estimate: &Estimate, limit: f64) -> Result<(), CliError> {
    if !estimate.exceeds(limit) {
        return Ok(());
    }
    let what = format!("this may be more than confirm_usd (${limit}): {}", estimate.said());
    if yes(&format!("{what}\nGo on?")).await {
        return Ok(());
    }
    Err(CliError { message: what, hint: None, code: exit::UNCONFIRMED }
        .hint("--yes goes on; --scope makes it smaller, --max-usd bounds it, and confirm_usd sets when to ask"))
}

/// Whether the person at the terminal says yes. Where there is none, nobody does.
pub async fn yes(question: &str) -> bool {
    let question = question.to_owned();
    tokio::task::spawn_blocking(move || now(&question)).await.unwrap_or(false)
}

/// The same, for those who may wait.
pub fn now(question: &str) -> bool {
    if !(io::stdin().is_terminal() && output::stderr_is_terminal()) {
        return false;
    }
    output::error_line(&format!("{question} [y/N]"));
    let mut line = String::new();
    let typed = io::stdin().read_line(&mut line).is_ok();
    typed && matches!(line.trim().to_lowercase().as_str(), "y" | "yes")
}
