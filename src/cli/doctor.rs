//! `spelunk doctor`: whether the configuration, the sandbox and the models work, each with the way out when not.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{CliError, Overrides, exit, files, output, setup};
use crate::agent::Named;
use crate::cache;
use crate::cancel::Cancel;
use crate::config::Config;
use crate::model::{Message, Request, Role};
use crate::repl::{Call, CallError, Host, Repl};

#[derive(Debug, Args)]
pub struct Doctor {
    #[command(flatten)]
    overrides: Overrides,
}

/// One line of the report.
struct Check {
    good: bool,
    what: &'static str,
    found: String,
}

/// A host for a worker that is only started.
struct Nobody;

impl Host for Nobody {
    fn call(self: Arc<Self>, call: Call, _: Cancel) -> BoxFuture<'static, Result<String, CallError>> {
        async move { Err(CallError { name: "Error", message: format!("{} is not there", call.name) }) }.boxed()
    }
}

pub async fn run(args: Doctor) -> Result<ExitCode, CliError> {
    let mut config = Config::load()?;
    args.overrides.apply(&mut config);
    let mut checks = vec![Check { good: true, what: "version", found: env!("CARGO_PKG_VERSION").to_owned() }];
    let file = match config.file.is_file() {
        true => format!("{}", config.file.display()),
        false => format!("none at {}; the defaults and the environment hold", config.file.display()),
    };
    checks.push(Check { good: true, what: "settings", found: file });
    checks.push(state(&config));
    checks.push(kept(&config));
    sandbox(&config, &mut checks).await?;
    match setup::models(&config) {
        Ok(models) => {
            checks.push(model("root model", &models.root).await);
            if models.leaf.name != models.root.name {
                checks.push(model("leaf model", &models.leaf).await);
            }
        }
        Err(error) => {
            let hint = error.hint.as_deref().map(|hint| format!(" ({hint})")).unwrap_or_default();
            checks.push(Check { good: false, what: "models", found: format!("{error}{hint}") });
        }
    }
    for check in &checks {
        let mark = if check.good { "ok  " } else { "BAD " };
        output::plain(&format!("{mark} {:<10} {}", check.what, check.found));
    }
    let good = checks.iter().all(|check| check.good);
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::from(exit::FAILED) })
}

/// Where replies of models are kept, and how many there are.
fn kept(config: &Config) -> Check {
    let what = "cache";
    if !config.cache || config.cache_size == 0 {
        return Check { good: true, what, found: "off; every request is sent".to_owned() };
    }
    let (path, stats) = cache::stats(&config.state_dir);
    let room = config.cache_size >> 20;
    let (good, state) = match stats {
        Ok(None) => (true, format!("nothing yet, room for {room} MiB")),
        Ok(Some(stats)) => {
            let replies = output::plural(stats.replies, "reply", "replies");
            (true, format!("{replies}, {:.1} of {room} MiB", stats.bytes as f64 / f64::from(1 << 20)))
        }
        Err(error) => (false, format!("{error}; it is made anew by the next run, or move it away")),
    };
    Check { good, what, found: format!("{}: {state}", path.display()) }
}

async fn sandbox(config: &Config, checks: &mut Vec<Check>) -> Result<(), CliError> {
    let started = Instant::now();
    let mut repl = match Repl::start(setup::options(config, 0)?, Arc::new(Nobody)).await {
        Ok(repl) => repl,
        Err(error) => {
            checks.push(Check { good: false, what: "worker", found: error.to_string() });
            return Ok(());
        }
    };
    let start = started.elapsed().as_secs_f64() * 1e3;
    let outcome = repl.run("[1, 2, 3].map((n) => n * 2).join()", &Cancel::new()).await;
    let good = outcome.value.as_deref() == Some("2,4,6");
    let found = match outcome.error {
        Some(error) => error.text,
        None => format!("V8 runs, started in {start:.0} ms"),
    };
    checks.push(Check { good, what: "worker", found });
    for layer in repl.layers() {
        let state = if layer.active { "active" } else { "not active" };
        let found = format!("{} is {state}: {}", layer.name, layer.detail);
        checks.push(Check { good: true, what: "sandbox", found });
    }
    Ok(())
}

/// One tiny call, to see whether the model answers.
async fn model(what: &'static str, named: &Named) -> Check {
    if named.model.provider() == "builtin" {
        let found = "builtin (no language model; set SPELUNK_MODEL to openai/NAME and OPENAI_API_KEY, or OPENAI_BASE_URL for a \
                     local server, or to anthropic/NAME and ANTHROPIC_API_KEY, to use one)";
        return Check { good: true, what, found: found.to_owned() };
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
    let started = Instant::now();
    match named.model.complete(&request, &|_| (), &Cancel::new()).await {
        Ok(_) => Check {
            good: true,
            what,
            found: format!("{} answers in {:.1} s", named.name, started.elapsed().as_secs_f64()),
        },
        Err(error) => Check { good: false, what, found: format!("{}: {error}", named.name) },
    }
}

/// Whether the state folder can be written, which nothing else says before something is lost.
fn state(config: &Config) -> Check {
    let place = config.state_dir.display();
    match files::try_folder(&config.state_dir) {
        Ok(()) => Check { good: true, what: "state", found: place.to_string() },
        Err(error) => Check { good: false, what: "state", found: format!("{place} cannot be written: {error}") },
    }
}
