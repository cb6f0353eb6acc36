//! Whether the configuration, the state folder, the sandbox and the models work, each with the way out when not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde::Serialize;

use super::calls::Named;
use super::setup;
use crate::cache;
use crate::cancel::Cancel;
use crate::config::{Config, try_folder};
use crate::model::{Endpoints, Message, Request, Role};
use crate::repl::{Call, CallError, Host, Repl};
use crate::text::grouped;

/// How long a model may take for its one word.
const PATIENCE: Duration = Duration::from_secs(90);

/// One thing that was looked at. Not made safe to show.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    pub good: bool,
    /// In a word or two.
    pub what: String,
    /// What is there, or why not, with the way out.
    pub found: String,
}

impl Check {
    pub fn new(good: bool, what: &str, found: impl Into<String>) -> Self {
        Self { good, what: what.to_owned(), found: found.into() }
    }
}

/// Looks at everything. Models get one tiny request each, if they cost one.
pub async fn checks(config: &Config, endpoints: &Endpoints) -> Vec<Check> {
    let file = match config.file.is_file() {
        true => format!("{}", config.file.display()),
        false => format!("none at {}; the defaults and the environment hold", config.file.display()),
    };
    let mut checks = vec![
        Check::new(true, "version", env!("CARGO_PKG_VERSION")),
        Check::new(true, "settings", file),
        state(config),
        kept(config),
    ];
    checks.extend(sandbox(config).await);
    match setup::models(config, endpoints) {
        Ok(models) => {
            checks.push(model("root model", &models.root).await);
            if models.leaf.name != models.root.name {
                checks.push(model("leaf model", &models.leaf).await);
            }
        }
        Err(error) => {
            let hint = "the model builtin needs no key";
            checks.push(Check::new(false, "models", format!("{error} ({hint})")));
        }
    }
    checks
}

/// A host for a worker that is only started.
struct Nobody;

impl Host for Nobody {
    fn call(self: Arc<Self>, call: Call, _: Cancel) -> BoxFuture<'static, Result<String, CallError>> {
        async move { Err(CallError { name: "Error", message: format!("{} is not there", call.name) }) }.boxed()
    }
}

/// Whether the state folder can be written, which nothing else says before something is lost.
fn state(config: &Config) -> Check {
    let place = config.state_dir.display();
    match try_folder(&config.state_dir) {
        Ok(()) => Check::new(true, "state", place.to_string()),
        Err(error) => Check::new(false, "state", format!("{place} cannot be written: {error}")),
    }
}

/// Where replies of models are kept, and how many there are.
fn kept(config: &Config) -> Check {
    let what = "cache";
    if !config.cache || config.cache_size == 0 {
        return Check::new(true, what, "off; every request is sent");
    }
    let (path, stats) = cache::stats(&config.state_dir);
    let room = config.cache_size >> 20;
    let (good, state) = match stats {
        Ok(None) => (true, format!("nothing yet, room for {room} MiB")),
        Ok(Some(stats)) => {
            let replies = if stats.replies == 1 { "reply" } else { "replies" };
            let size = stats.bytes as f64 / f64::from(1 << 20);
            (true, format!("{} {replies}, {size:.1} of {room} MiB", grouped(stats.replies)))
        }
        Err(error) => (false, format!("{error}; it is made anew by the next run, or move it away")),
    };
    Check::new(good, what, format!("{}: {state}", path.display()))
}

async fn sandbox(config: &Config) -> Vec<Check> {
    let started = Instant::now();
    let failed = |error: String| vec![Check::new(false, "worker", error)];
    let options = match setup::options(config, 0) {
        Ok(options) => options,
        Err(error) => return failed(error.to_string()),
    };
    let mut repl = match Repl::start(options, Arc::new(Nobody)).await {
        Ok(repl) => repl,
        Err(error) => return failed(error.to_string()),
    };
    let start = started.elapsed().as_secs_f64() * 1e3;
    let outcome = repl.run("[1, 2, 3].map((n) => n * 2).join()", &Cancel::new()).await;
    let good = outcome.value.as_deref() == Some("2,4,6");
    let found = match outcome.error {
        Some(error) => error.text,
        None => format!("V8 runs, started in {start:.0} ms"),
    };
    let layer = |layer: &crate::repl::Layer| {
        let state = if layer.active { "active" } else { "not active" };
        Check::new(true, "sandbox", format!("{} is {state}: {}", layer.name, layer.detail))
    };
    std::iter::once(Check::new(good, "worker", found)).chain(repl.layers().iter().map(layer)).collect()
}

/// One tiny call, to see whether the model answers.
async fn model(what: &str, named: &Named) -> Check {
    if named.model.provider() == "builtin" {
        let found = "builtin (no language model; set SPELUNK_MODEL to openai/NAME and OPENAI_API_KEY, or OPENAI_BASE_URL for a \
                     local server, or to anthropic/NAME and ANTHROPIC_API_KEY, to use one)";
        return Check::new(true, what, found);
    }
    let request = Request {
        model: named.id.clone(),
        messages: vec![Message {
            role: Role::User,
            content: "Reply with the word ok.".to_owned(),
            tool_calls: Vec::new(),
            tool_call_id: None,
        }],
        tools: Vec::new(),
        max_tokens: 64,
        temperature: None,
        schema: None,
    };
    let (started, cancel) = (Instant::now(), Cancel::new());
    let asked = named.model.complete(&request, &|_| (), &cancel);
    let (good, found) = match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(_)) => (true, format!("{} answers in {:.1} s", named.name, started.elapsed().as_secs_f64())),
        Ok(Err(error)) => (false, format!("{}: {error}", named.name)),
        Err(_) => (false, format!("{} did not answer in {} s", named.name, PATIENCE.as_secs())),
    };
    Check::new(good, what, found)
}
