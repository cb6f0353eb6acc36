//! From configuration and command line to what a run needs.

use std::sync::Arc;

use super::{CliError, Place};
use crate::agent::budget::Limits;
use crate::agent::event::Emit;
use crate::agent::{FenceKey, Models, Named, Setup};
use crate::config::{self, Config};
use crate::journal::{Header, Journal};
use crate::model::builtin::Builtin;
use crate::model::catalog::PROVIDERS;
use crate::model::{self, CatalogError, Endpoint, Endpoints, ModelName, Secret};
use crate::redact::redact;
use crate::repl::Options;
use crate::workspace::{Snapshot, Workspace};

/// Opens the repository, narrowed to the scope.
pub async fn snapshot(place: &Place) -> Result<Snapshot, CliError> {
    let (path, scope) = (place.path.clone(), place.scope.clone());
    let opened = tokio::task::spawn_blocking(move || -> Result<Snapshot, CliError> {
        let snapshot = Workspace::open(&path)?.snapshot();
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
    let endpoints = endpoints(config);
    let root = named(&config.model, &endpoints)?;
    let leaf = match &config.leaf_model {
        Some(name) => named(name, &endpoints)?,
        None => root.clone(),
    };
    Ok(Models { root, leaf })
}

fn named(name: &str, endpoints: &Endpoints) -> Result<Named, CliError> {
    let unusable = |error: CatalogError| {
        CliError::usage(error.to_string())
            .hint("--model builtin needs no key; `spelunk doctor` shows what is configured")
    };
    let model = model::open(name, endpoints).map_err(unusable)?;
    let id = ModelName::parse(name).map_err(unusable)?.model;
    Ok(Named { name: name.trim().to_owned(), id, model })
}

fn endpoints(config: &Config) -> Endpoints {
    let configured = config.providers.iter().filter_map(|(name, provider)| {
        let known = PROVIDERS.iter().find(|known| known.name == name).map(|known| known.base_url.to_owned());
        let mut endpoint = Endpoint::new(provider.base_url.clone().or(known)?);
        if let Some(key) = &provider.key {
            endpoint = endpoint.with_key(Secret::new(key));
        }
        endpoint.allow_http = provider.allow_http;
        Some((name.clone(), endpoint))
    });
    Endpoints::new(configured).with_model(Arc::new(Builtin))
}

/// Opens this run's journal, unless runs are not recorded.
pub fn journal(config: &Config, snapshot: &Snapshot, question: &str, models: &Models, repl: &Options) -> Journal {
    if !config.journal {
        return Journal::off();
    }
    let header = Header {
        spelunk: env!("CARGO_PKG_VERSION").to_owned(),
        started: repl.epoch_ms,
        seed: repl.seed,
        epoch_ms: repl.epoch_ms,
        question: question.to_owned(),
        workspace: snapshot.name().to_owned(),
        root: None,
        revision: snapshot.revision().map(str::to_owned),
        config: redacted(config),
        models: crate::journal::event::Models { root: models.root.name.clone(), leaf: models.leaf.name.clone() },
        ..Header::default()
    };
    Journal::create(&config.state_dir, redact, header)
}

/// The configuration as a journal may hold it: endpoints by name only.
fn redacted(config: &Config) -> serde_json::Value {
    serde_json::json!({
        "max_turns": config.max_turns,
        "max_calls": config.max_calls,
        "max_tokens": config.max_tokens,
        "max_usd": config.max_usd,
        "max_seconds": config.max_time.as_secs(),
        "concurrency": config.concurrency,
        "plain_below": config.plain_below,
        "max_data": config.max_data,
        "cell_seconds": config.cell_time.as_secs(),
        "heap_mib": config.heap >> 20,
        "memory_mib": config.memory >> 20,
        "providers": config.providers.keys().collect::<Vec<_>>(),
    })
}

/// Joins everything for one run.
pub fn agent(
    config: &Config,
    snapshot: Snapshot,
    models: Models,
    repl: Options,
    journal: Journal,
    emit: Emit,
) -> Setup {
    Setup {
        snapshot,
        models,
        limits: Limits {
            turns: config.max_turns,
            calls: config.max_calls,
            tokens: config.max_tokens,
            usd: config.max_usd,
            wall: config.max_time,
            concurrency: config.concurrency,
        },
        repl,
        key: FenceKey::new(config::install_key(&config.state_dir)),
        journal,
        emit,
        plain_below: config.plain_below,
        max_data: config.max_data,
        at: None,
        symbols: std::sync::Arc::default(),
    }
}

/// What the worker may use.
pub fn options(config: &Config) -> Result<Options, CliError> {
    let program = std::env::current_exe()
        .map_err(|error| CliError::failed(format!("the path of this program is not known: {error}")))?;
    Ok(Options {
        program,
        heap: config.heap,
        memory: config.memory,
        cell: config.cell_time,
        output: 20_000,
        seed: config::random_seed(),
        epoch_ms: now_ms(),
    })
}

fn now_ms() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
