//! From the command line to what a run needs.

use super::{CliError, Place};
use crate::agent::event::Emit;
use crate::agent::setup::{self, SetupError};
use crate::agent::{Models, Setup};
use crate::config::{Config, random_seed};
use crate::journal::Journal;
use crate::repl::Options;
use crate::workspace::{Snapshot, Workspace};

/// Opens the repository, narrowed to the scope.
pub async fn snapshot(config: &Config, place: &Place) -> Result<Snapshot, CliError> {
    let (path, scope) = (place.path.clone(), place.scope.clone());
    let (cache, most) = (config.cache_dir.clone(), config.index_size);
    let opened = tokio::task::spawn_blocking(move || -> Result<Snapshot, CliError> {
        let snapshot = Workspace::open(&path)?.kept_in(&cache, most).snapshot();
        if scope.is_empty() {
            return Ok(snapshot);
        }
        let scoped = snapshot.scoped(&scope)?;
        if scoped.files()?.is_empty() && !snapshot.files()?.is_empty() {
            let message = format!("no file of {} matches --scope {}", path.display(), scope.join(" --scope "));
            return Err(CliError::usage(message).hint("globs are as ripgrep's -g has them, such as 'src/**' or '*.rs'"));
        }
        Ok(scoped)
    });
    opened.await.map_err(|error| CliError::failed(error.to_string()))?
}

/// Opens the root and leaf models that the configuration names.
pub fn models(config: &Config) -> Result<Models, CliError> {
    Ok(setup::models(config, &setup::endpoints(config))?)
}

/// What the worker may use.
pub fn options(config: &Config, seed: u64) -> Result<Options, CliError> {
    Ok(setup::options(config, seed)?)
}

/// Joins everything for cells that run without a question and without a journal.
pub fn cells(config: &Config, snapshot: Snapshot, emit: Emit) -> Result<Setup, CliError> {
    Ok(setup::run(config, snapshot, models(config)?, options(config, random_seed())?, Journal::off(), emit))
}

impl From<SetupError> for CliError {
    fn from(error: SetupError) -> Self {
        match &error {
            SetupError::Model(_) => Self::usage(error.to_string())
                .hint("--model builtin needs no key; `spelunk doctor` shows what is configured"),
            _ => Self::failed(error.to_string()),
        }
    }
}
