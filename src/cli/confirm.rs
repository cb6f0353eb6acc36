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
    if io::stdin().is_terminal() && output::stderr_is_terminal() {
        output::error_line(&format!("{what}\nGo on? [y/N]"));
        let typed = tokio::task::spawn_blocking(|| {
            let mut line = String::new();
            io::stdin().read_line(&mut line).map(|_| line)
        });
        let typed = typed.await.ok().and_then(Result::ok).unwrap_or_default();
        if matches!(typed.trim().to_lowercase().as_str(), "y" | "yes") {
            return Ok(());
        }
    }
    Err(CliError { message: what, hint: None, code: exit::UNCONFIRMED }
        .hint("--yes goes on; --scope makes it smaller, --max-usd bounds it, and confirm_usd sets when to ask"))
}
