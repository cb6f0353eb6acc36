//! From configuration to what a run needs: models, a worker's limits, a journal, a budget.

use std::sync::Arc;

use super::calls::budget::Limits;
use super::calls::{Models, Named};
use super::event::Emit;
use super::orientation::{self, Maps};
use super::prompt::fence::FenceKey;
use super::session::Setup;
use crate::cache::Cache;
use crate::config::{self, Config};
use crate::journal::{Header, Journal};
use crate::model::builtin::Builtin;
use crate::model::catalog::PROVIDERS;
use crate::model::{self, CatalogError, Endpoint, Endpoints, ModelName, Secret};
use crate::redact::redact;
use crate::repl::Options;
use crate::workspace::Snapshot;

/// Bytes of output that a cell may show.
pub const OUTPUT: usize = 20_000;

/// Why the configuration makes no run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    #[error(transparent)]
    Model(#[from] CatalogError),
    #[error("the path of this program is not known: {0}")]
    Program(std::io::Error),
}

/// Opens the root and leaf models that the configuration names. Models from the same `endpoints` share connections.
pub fn models(config: &Config, endpoints: &Endpoints) -> Result<Models, SetupError> {
    let root = named(&config.model, endpoints)?;
    let leaf = match &config.leaf_model {
        Some(name) => named(name, endpoints)?,
        None => root.clone(),
    };
    Ok(Models { root, leaf })
}

fn named(name: &str, endpoints: &Endpoints) -> Result<Named, SetupError> {
    let model = model::open(name, endpoints)?;
    Ok(Named { name: name.trim().to_owned(), id: ModelName::parse(name)?.model, model })
}

/// The endpoints that the configuration has, and the models that need none.
pub fn endpoints(config: &Config) -> Endpoints {
    let configured = config.providers.iter().filter_map(|(name, provider)| {
        let known = PROVIDERS.iter().find(|known| known.name == name).map(|known| known.base_url.to_owned());
        let mut endpoint = Endpoint::new(provider.base_url.clone().or(known)?);
        if let Some(key) = &provider.key {
            endpoint = endpoint.with_key(Secret::new(key));
        }
        (endpoint.allow_http, endpoint.idle_timeout) = (provider.allow_http, config.idle);
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
        plan: repl.plan,
        workspace: snapshot.name().to_owned(),
        root: Some(root_hash(snapshot)),
        revision: snapshot.revision().map(str::to_owned),
        config: redacted(config),
        models: crate::journal::event::Models { root: models.root.name.clone(), leaf: models.leaf.name.clone() },
        ..Header::default()
    };
    Journal::create(&config.state_dir, redact, header)
}

/// Tells workspaces of one name apart without naming them: blake3 of the canonical paths of their roots, in hex.
pub fn root_hash(snapshot: &Snapshot) -> String {
    blake3::Hash::from_bytes(orientation::workspace(snapshot)).to_hex().to_string()
}

/// The configuration as a journal may hold it: endpoints by name only.
pub fn redacted(config: &Config) -> serde_json::Value {
    serde_json::json!({
        "max_turns": config.max_turns,
        "max_calls": config.max_calls,
        "max_tokens": config.max_tokens,
        "max_usd": config.max_usd,
        "max_seconds": config.max_time.as_secs(),
        "concurrency": config.concurrency,
        "plain_below": config.plain_below,
        "max_context": config.max_context,
        "max_data": config.max_data,
        "cell_seconds": config.cell_time.as_secs(),
        "heap_mib": config.heap >> 20,
        "memory_mib": config.memory >> 20,
        "max_depth": config.max_depth,
        "workers": config.workers,
        "workers_mib": config.workers_memory >> 20,
        "providers": config.providers.keys().collect::<Vec<_>>(),
    })
}

/// Joins everything for one run, which is asked at no place and shares neither definitions nor calls in flight with others;
/// the caller may set these.
pub fn run(config: &Config, snapshot: Snapshot, models: Models, repl: Options, journal: Journal, emit: Emit) -> Setup {
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
            context: config.max_context,
            depth: config.max_depth,
            workers: config.workers,
            memory: config.workers_memory,
        },
        repl,
        key: FenceKey::new(config::install_key(&config.state_dir)),
        journal,
        emit,
        plain_below: config.plain_below,
        max_data: config.max_data,
        at: None,
        symbols: Arc::default(),
        maps: config.orientation.then(|| Maps::new(&config.state_dir)),
        schema: None,
        cache: cache(config),
    }
}

/// The replies that this machine has, unless none are kept.
pub fn cache(config: &Config) -> Cache {
    let most = if config.cache { config.cache_size } else { 0 };
    if most == 0 { Cache::default() } else { Cache::open(&config.state_dir, most) }
}

/// What the worker may use. Runs seed `Math.random` by their question, so that asking it again can lead to equal prompts.
pub fn options(config: &Config, seed: u64) -> Result<Options, SetupError> {
    let program = std::env::current_exe().map_err(SetupError::Program)?;
    Ok(Options {
        program,
        heap: config.heap,
        memory: config.memory,
        cell: config.cell_time,
        output: OUTPUT,
        seed,
        epoch_ms: now_ms(),
        plan: false,
    })
}

/// A seed from a text: as many bits as JavaScript numbers hold.
pub fn seed(text: &str) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *blake3::hash(text.as_bytes()).as_bytes();
    u64::from_le_bytes([a, b, c, d, e, f, g, h]) >> 11
}

fn now_ms() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
