//! Chat Completions, as OpenAI defined them and many other servers speak them.

mod body;
mod exchange;
mod quirks;
mod reply;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::time::{Instant, sleep, timeout};

use super::connection::Connection;
use super::fault::Fault;
use super::gate::Pass;
use super::retry::{self, Decision};
use super::{Model, ModelError, Progress, Reply, Request, Usage};
use crate::cancel::Cancel;
use quirks::{Quirk, Quirks};

/// One model behind a Chat Completions endpoint.
pub(super) struct OpenAi {
    provider: String,
    connection: Arc<Connection>,
    /// Kept for the next call, so that a server's refusal is met once.
    quirks: Mutex<Quirks>,
}

impl OpenAi {
    pub fn new(provider: &str, connection: Arc<Connection>) -> Self {
        let quirks = Mutex::new(Quirks::of_host(connection.host()));
        OpenAi { provider: provider.to_string(), connection, quirks }
    }

    fn quirks(&self) -> Quirks {
        self.quirks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn run(&self, request: &Request, progress: &(dyn Fn(Progress) + Send + Sync)) -> Result<Reply, ModelError> {
        let policy = &self.connection.policy;
        let start = Instant::now();
        let mut quirks = self.quirks();
        let mut tried = BTreeSet::new();
        let mut sent = 0;
        let mut failures = 0;
        let mut spent = Usage::default();
        loop {
            let pass = self.connection.gate.enter(start + policy.patience).await;
            let mut pass = pass.map_err(|rest| self.throttled_error(rest.as_secs()))?;
            sent += 1;
            let fault = match self.exchange(request, &quirks, &mut pass, progress).await {
                Ok(reply) => {
                    *self.quirks.lock().unwrap_or_else(PoisonError::into_inner) = quirks;
                    return Ok(Reply { usage: sum(spent, reply.usage), attempts: sent, ..reply });
                }
                Err(fault) => fault,
            };
            spent = sum(spent, fault.spent);
            if let Some(adapted) = quirks.adapted(&fault, request, &mut tried) {
                tracing::debug!(
                    endpoint = self.connection.shown(),
                    ?adapted,
                    "the server refused a part of the request"
                );
                quirks = adapted;
                continue;
            }
            failures += 1;
            self.back_off(fault, failures, start, pass, progress).await?;
        }
    }

    /// Waits until a failed request may be sent again, or says why it will not be.
    async fn back_off(
        &self,
        fault: Fault,
        failures: u32,
        start: Instant,
        pass: Pass<'_>,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<(), ModelError> {
        let policy = &self.connection.policy;
        let random = retry::random();
        let now = SystemTime::now();
        let decision = match fault.cause {
            super::fault::Cause::Unusable => Decision::Final,
            _ => retry::next_delay(policy, failures, start.elapsed(), &fault.seen(), now, random),
        };
        let rest = fault.is_throttle().then(|| {
            let asked = retry::asked_pause(&fault.seen(), now);
            pass.throttled(asked, |streak| policy.backoff(streak, random))
        });
        let Decision::Retry(wait) = decision else { return Err(fault.into_error(decision, failures)) };
        progress(Progress::Retry { reason: fault.message, wait: rest.unwrap_or(wait) });
        if rest.is_none() {
            sleep(wait).await;
        }
        Ok(())
    }

    fn throttled_error(&self, seconds: u64) -> ModelError {
        ModelError::Unavailable(format!(
            "{} has too much to do, and nothing is sent for another {seconds} s; try again after that, or with fewer \
             calls at once",
            self.connection.shown()
        ))
    }
}

impl Model for OpenAi {
    fn provider(&self) -> &str {
        &self.provider
    }

    /// True until the server says that it has none.
    fn has_tools(&self) -> bool {
        !self.quirks().has(Quirk::NoTools)
    }

    fn complete<'a>(
        &'a self,
        request: &'a Request,
        progress: &'a (dyn Fn(Progress) + Send + Sync),
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Result<Reply, ModelError>> {
        let total = self.connection.policy.total;
        async move {
            // Dropping the future that runs the request closes its connection.
            tokio::select! {
                biased;
                () = cancel.cancelled() => Err(ModelError::Cancelled),
                result = timeout(total, self.run(request, progress)) => result.unwrap_or_else(|_| {
                    let shown = self.connection.shown();
                    Err(ModelError::Unavailable(format!("{shown} did not finish its reply in {} s", total.as_secs())))
                }),
            }
        }
        .boxed()
    }
}

fn sum(a: Usage, b: Usage) -> Usage {
    Usage {
        input: a.input + b.input,
        cached: a.cached + b.cached,
        output: a.output + b.output,
        reasoning: a.reasoning + b.reasoning,
        estimated: a.estimated || b.estimated,
    }
}
