//! Asks what has not been asked yet, several questions at a time.

use futures_util::StreamExt as _;

use super::results::{Cited, Method, Outcome, Results, State};
use super::{BenchError, Opened, Set, Task};
use crate::agent::calls::budget::Tripped;
use crate::agent::{self, AskError, Models, Report, Setup, Stop, setup};
use crate::config::Config;
use crate::model::ModelError;

/// Whom to ask, and how.
pub struct Bench {
    config: Config,
    models: Models,
    /// Questions under way at once.
    pub jobs: usize,
    /// Tokens of files that the baseline's prompt may hold.
    pub prompt_tokens: u64,
    /// Whether the plain model is asked too.
    pub baseline: bool,
}

/// A question that has been asked.
pub struct Done<'a> {
    pub set: &'a Set,
    pub task: &'a Task,
    pub outcome: &'a Outcome,
}

impl Bench {
    /// The short cut for small scopes is off, since it is what a run is compared with, and so are the cache of replies, which
    /// take no time and cost nothing, and the map: no question may know what others found out.
    pub fn new(mut config: Config, models: Models) -> Self {
        config.plain_below = 0;
        config.cache = false;
        config.orientation = false;
        let baseline = models.root.model.provider() != "builtin";
        Self { config, models, jobs: 4, prompt_tokens: 100_000, baseline }
    }

    pub fn methods(&self) -> &'static [Method] {
        if self.baseline { &Method::ALL } else { &[Method::Rlm] }
    }

    pub fn model(&self) -> &str {
        &self.models.root.name
    }

    pub fn leaf_model(&self) -> &str {
        &self.models.leaf.name
    }

    /// What the results depend on beside the question and its files.
    pub fn settings(&self, method: Method) -> serde_json::Value {
        let mut settings = serde_json::json!({
            "method": method,
            "spelunk": env!("CARGO_PKG_VERSION"),
            "model": self.model(),
        });
        match method {
            Method::Baseline => settings["prompt_tokens"] = self.prompt_tokens.into(),
            Method::Rlm => {
                settings["leaf_model"] = self.leaf_model().into();
                settings["limits"] = setup::redacted(&self.config);
            }
        }
        settings
    }

    /// Names the measurement of a task by a method.
    pub fn key(&self, task: &Task, method: Method) -> String {
        blake3::hash(format!("{}\n{}", task.hash, self.settings(method)).as_bytes()).to_hex()[..32].to_owned()
    }
}

/// A question that has no result.
pub struct Left<'a> {
    pub set: &'a Set,
    pub results: &'a Results,
    pub task: &'a Task,
    pub method: Method,
}

/// What is to be asked still, in the order of the sets.
pub fn left<'a>(bench: &Bench, sets: &'a [Opened]) -> Vec<Left<'a>> {
    let mut left = Vec::new();
    for (set, results) in sets {
        for task in &set.tasks {
            for &method in bench.methods() {
                let known = results.get(&bench.key(task, method));
                if known.is_none_or(|outcome| outcome.state == State::Failed) {
                    left.push(Left { set, results, task, method });
                }
            }
        }
    }
    left
}

/// Voids all results of these sets under these settings, so that everything is asked again.
pub fn forget(bench: &Bench, sets: &[Opened]) -> Result<(), BenchError> {
    for (set, results) in sets {
        let of = |task| bench.methods().iter().map(move |&method| bench.key(task, method));
        results.forget(set.tasks.iter().flat_map(of).collect())?;
    }
    Ok(())
}

/// Asks every question that has no result yet, and keeps what comes of it. Returns when all are asked, or when `stop` has
/// cancelled; what is under way then is not kept.
pub async fn measure(
    bench: &Bench,
    sets: &[Opened],
    stop: &Stop,
    watch: &(dyn Fn(&Done<'_>) + Sync),
) -> Result<(), BenchError> {
    let mut asked = futures_util::stream::iter(left(bench, sets))
        .map(|Left { set, results, task, method }| async move {
            if stop.cancel.is_cancelled() {
                return Ok::<_, BenchError>(());
            }
            let Some(outcome) = one(bench, set, task, method, stop).await? else { return Ok(()) };
            results.add(outcome.clone())?;
            watch(&Done { set, task, outcome: &outcome });
            Ok(())
        })
        .buffer_unordered(bench.jobs.max(1));
    while let Some(result) = asked.next().await {
        result?;
    }
    Ok(())
}

/// Asks one question; `None` when it was cancelled.
async fn one(
    bench: &Bench,
    set: &Set,
    task: &Task,
    method: Method,
    stop: &Stop,
) -> Result<Option<Outcome>, BenchError> {
    let result = match method {
        Method::Rlm => agent::ask(prepare(bench, task)?, &task.question, stop).await.map(Some),
        Method::Baseline => agent::ask_plainly(prepare(bench, task)?, &task.question, bench.prompt_tokens, stop).await,
    };
    let outcome = Outcome {
        key: bench.key(task, method),
        set: set.name.clone(),
        set_hash: set.hash.clone(),
        task: task.id.clone(),
        method,
        model: bench.model().to_owned(),
        leaf_model: bench.leaf_model().to_owned(),
        spelunk: env!("CARGO_PKG_VERSION").to_owned(),
        ..Outcome::default()
    };
    Ok(match result {
        // A network that broke down says nothing of who was asked.
        Ok(Some(report)) if matches!(report.tripped, Some(Tripped::Model { .. })) => {
            Some(Outcome { state: State::Failed, error: report.end, run: report.run, ..outcome })
        }
        Ok(Some(report)) => Some(measured(outcome, report)),
        Ok(None) => Some(Outcome { state: State::DidNotFit, ..outcome }),
        Err(AskError::Cancelled { .. } | AskError::Model(ModelError::Cancelled)) => None,
        Err(error) => Some(Outcome { state: State::Failed, error: error.to_string(), ..outcome }),
    })
}

/// A run of its own for each question, with a worker that knows nothing of the others.
fn prepare(bench: &Bench, task: &Task) -> Result<Setup, BenchError> {
    let repl = setup::options(&bench.config, setup::seed(&task.question))?;
    let snapshot = task.snapshot.clone();
    let journal = setup::journal(&bench.config, &snapshot, &task.question, &bench.models, &repl);
    let silent = std::sync::Arc::new(|_| {});
    Ok(setup::run(&bench.config, snapshot, bench.models.clone(), repl, journal, silent))
}

fn measured(outcome: Outcome, report: Report) -> Outcome {
    let spent = report.spent;
    let limit = report.tripped.and_then(|tripped| serde_json::to_value(tripped).ok());
    Outcome {
        answer: report.answer,
        value: report.value,
        citations: report.citations.into_iter().map(|c| Cited { path: c.path, from: c.from, to: c.to }).collect(),
        limit: limit.and_then(|limit| limit["tripped"].as_str().map(str::to_owned)),
        seconds: report.seconds,
        turns: spent.turns,
        calls: spent.calls,
        input: spent.usage.input,
        cached: spent.usage.cached,
        output: spent.usage.output,
        estimated: spent.usage.estimated,
        usd: spent.usd,
        unpriced: spent.unpriced,
        run: report.run,
        ..outcome
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::agent::calls::Named;
    use crate::model::builtin::Builtin;

    #[test]
    fn no_question_profits_from_another() {
        let root = Named { name: "builtin".into(), id: "builtin".into(), model: Arc::new(Builtin) };
        let models = Models { leaf: root.clone(), root };
        let file = "cache = true\norientation = true\nplain_below = 1\n";
        let config = Config::from_parts("/c/config.toml".into(), "/s".into(), file, &|_| None).unwrap();
        assert!(config.cache && config.orientation && config.plain_below == 1);
        let Bench { config, .. } = Bench::new(config, models);
        assert_eq!((config.cache, config.orientation, config.plain_below), (false, false, 0));
    }
}
