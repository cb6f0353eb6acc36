//! A model behind HTTP, whatever it speaks: the loop of attempts, and what a protocol has to say for itself.

mod exchange;
mod listing;

pub(super) use listing::listed;

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout};

use super::connection::Connection;
use super::fault::{Cause, Fault};
use super::gate::Pass;
use super::retry::{self, Decision};
use super::{Model, ModelError, Progress, Reply, Request, Usage};
use crate::cancel::Cancel;

type Report<'a> = &'a (dyn Fn(Progress) + Send + Sync);

/// How requests are written and replies are read.
pub(super) trait Protocol: Send + Sync {
    type Quirks: Quirks;
    type Collector: Collector;
    /// What a server of it is called in messages.
    const NAME: &'static str;

    /// Where requests go, below the base URL.
    fn path(&self, connection: &Connection) -> &'static [&'static str];

    /// The request as JSON. Equal requests are equal bytes, so that providers can cache their prefix.
    fn body(&self, request: &Request, quirks: &Self::Quirks) -> String;

    /// Whether a value is a whole reply, as a server sends it that does not stream.
    fn is_whole(reply: &Value) -> bool;

    /// The reply to `request`, once it is complete.
    fn reply(&self, collector: Self::Collector, request: &Request, quirks: &Self::Quirks) -> Reply;
}

/// What one model on one server turned out not to take.
pub(super) trait Quirks: Clone + Debug + Send + Sync {
    type Quirk: Ord + Send;

    /// The quirks to try next when `fault` complains about a part of `request` that can be left out or put otherwise.
    /// `tried` holds what this call has changed before, so that each is changed once.
    fn adapted(&self, fault: &Fault, request: &Request, tried: &mut BTreeSet<Self::Quirk>) -> Option<Self>;

    fn has_tools(&self) -> bool;
}

/// Puts a reply together from the chunks of a stream, or from one whole reply.
pub(super) trait Collector: Default + Send {
    /// Takes one chunk. Returns the text that it adds.
    fn take(&mut self, chunk: &Value) -> String;

    /// The server said that nothing more comes.
    fn end(&mut self);

    /// Whether nothing more has to be read.
    fn is_over(&self) -> bool;

    /// Whether the reply came to its own end. A stream that merely stopped did not.
    fn is_complete(&self) -> bool;

    /// Whether nothing has come that a provider would charge for.
    fn is_empty(&self) -> bool;

    /// What the reply has used so far: as the provider says, or else by an estimate.
    fn usage(&self, request: &Request) -> Usage;
}

/// One model behind an endpoint that speaks `P`.
pub(super) struct Client<P: Protocol> {
    provider: String,
    connection: Arc<Connection>,
    protocol: P,
    /// Kept for the next call, so that a server's refusal is met once.
    quirks: Mutex<P::Quirks>,
}

impl<P: Protocol> Client<P> {
    pub fn new(provider: &str, connection: Arc<Connection>, protocol: P, quirks: P::Quirks) -> Self {
        Client { provider: provider.to_string(), connection, protocol, quirks: Mutex::new(quirks) }
    }

    fn quirks(&self) -> P::Quirks {
        self.quirks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn run(&self, request: &Request, progress: Report<'_>) -> Result<Reply, ModelError> {
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
        progress: Report<'_>,
    ) -> Result<(), ModelError> {
        let policy = &self.connection.policy;
        let random = retry::random();
        let now = SystemTime::now();
        let decision = match fault.cause {
            Cause::Unusable => Decision::Final,
            _ => retry::next_delay(policy, failures, start.elapsed(), &fault.seen(), now, random),
        };
        let rest = fault.is_throttle().then(|| {
            let asked = retry::asked_pause(&fault.seen(), now);
            pass.throttled(asked, |streak| policy.backoff(streak, random))
        });
        let Decision::Retry(wait) = decision else { return Err(fault.into_error(decision, failures)) };
        progress(Progress::Retry { reason: fault.message, wait: rest.unwrap_or(wait), spent: fault.spent });
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

impl<P: Protocol> Model for Client<P> {
    fn provider(&self) -> &str {
        &self.provider
    }

    fn origin(&self) -> Option<String> {
        Some(self.connection.origin())
    }

    /// True until the server says that it has none.
    fn has_tools(&self) -> bool {
        self.quirks().has_tools()
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
        written: a.written + b.written,
        output: a.output + b.output,
        reasoning: a.reasoning + b.reasoning,
        estimated: a.estimated || b.estimated,
    }
}
