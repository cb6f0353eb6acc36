//! Model calls of a run: every one takes a permit and a reservation, is journalled, and is settled.

use std::sync::Arc;
use std::time::Duration;

use super::budget::{Estimate, Ledger, Purpose, Reservation, Tripped};
use super::event::{Emit, RunEvent};
use super::record;
use super::seen::Seen;
use super::tree::Tree;
use crate::cancel::Cancel;
use crate::journal::event::{Outcome, Role as CallRole};
use crate::journal::{Event, Journal};
use crate::model::{Message, Model, ModelError, Progress, Reply, Request, Tool, pricing, tokens};
use crate::redact::redact;

/// A model that was opened under the name the user gave.
#[derive(Clone)]
pub struct Named {
    /// `provider/model`.
    pub name: String,
    /// The provider's own name of it.
    pub id: String,
    pub model: Arc<dyn Model>,
}

/// The models of a run.
#[derive(Clone)]
pub struct Models {
    pub root: Named,
    pub leaf: Named,
}

/// One call to make.
#[derive(Clone)]
pub struct Ask {
    pub role: CallRole,
    pub purpose: Purpose,
    pub messages: Vec<Message>,
    pub tools: Vec<Tool>,
    pub max_tokens: u32,
    pub schema: Option<serde_json::Value>,
    /// The host call that wants it.
    pub parent: Option<u64>,
    /// A few words for whoever watches.
    pub label: String,
}

/// Why there is no reply.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CallFailure {
    #[error("{0}")]
    Tripped(#[from] Tripped),
    #[error("{0}")]
    Model(#[from] ModelError),
}

/// A call that was sent. Dropped before its reply came, it is journalled as cancelled and pays for its input.
struct Sent<'a> {
    calls: &'a Calls,
    call: u64,
    role: CallRole,
    reservation: Option<Reservation>,
}

impl Drop for Sent<'_> {
    fn drop(&mut self) {
        let Some(reservation) = self.reservation.take() else { return };
        reservation.settle_lost();
        let usage = crate::model::Usage::default();
        self.calls.journal.write(Event::CallFinished {
            call: self.call,
            outcome: Outcome::Error(ModelError::Cancelled.to_string()),
            usage: record::usage(usage),
            usd: None,
            attempts: 1,
            hit: false,
        });
        (self.calls.emit)(RunEvent::CallFinished {
            call: self.call,
            role: self.role,
            usage,
            usd: None,
            error: Some(ModelError::Cancelled.to_string()),
            spent: self.calls.ledger.spent(),
        });
    }
}

/// What all calls of one agent share.
pub struct Calls {
    pub models: Models,
    /// What they share with the calls of all other agents of the run.
    pub tree: Arc<Tree>,
    pub ledger: Ledger,
    pub journal: Journal,
    pub emit: Emit,
    pub seen: Arc<Seen>,
}

impl Calls {
    pub fn new(models: Models, tree: Arc<Tree>, journal: Journal, emit: Emit, seen: Arc<Seen>) -> Self {
        let ledger = tree.ledger.clone();
        Self { models, tree, ledger, journal, emit, seen }
    }

    pub fn named(&self, role: CallRole) -> &Named {
        match role {
            CallRole::Root => &self.models.root,
            CallRole::Leaf => &self.models.leaf,
        }
    }

    /// Makes one call. Waits for a permit, never sends without a reservation, and settles whatever happens.
    pub async fn complete(&self, ask: Ask, cancel: &Cancel) -> Result<Reply, CallFailure> {
        if ask.parent.is_some() {
            self.tree.subcall();
        }
        let Some(_permit) = self.tree.request(cancel).await else { return Err(ModelError::Cancelled.into()) };
        let named = self.named(ask.role);
        let mut request = Request {
            model: named.id.clone(),
            messages: ask.messages,
            tools: ask.tools,
            max_tokens: ask.max_tokens,
            temperature: None,
            schema: ask.schema,
        };
        // The second net behind the denied paths: nothing that looks like a key leaves the machine.
        for message in &mut request.messages {
            if let std::borrow::Cow::Owned(clean) = redact(&message.content) {
                message.content = clean;
            }
        }
        let input: u64 = request.messages.iter().map(|m| tokens::estimate(&m.content) + 8).sum();
        let output = u64::from(request.max_tokens);
        let price = |input, output| {
            let usage = crate::model::Usage { input, output, ..Default::default() };
            pricing::cost(&usage, &named.name)
        };
        let estimate = Estimate { input, output, usd: price(input, output) };
        let reservation = self.ledger.reserve(estimate, ask.purpose)?;
        for message in &request.messages {
            self.seen.prompted(&message.content);
        }

        let call = self.tree.call();
        self.journal.write(Event::CallStarted {
            call,
            parent: ask.parent,
            model: named.name.clone(),
            role: ask.role,
            request: record::request(&request),
        });
        (self.emit)(RunEvent::CallStarted { call, role: ask.role, label: ask.label });
        let mut sent = Sent { calls: self, call, role: ask.role, reservation: Some(reservation) };
        let progress = |progress: Progress| match progress {
            Progress::Text(text) => (self.emit)(RunEvent::CallText { call, text }),
            Progress::Retry { reason, wait } => {
                let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                self.journal.write(Event::CallRetry { call, reason: reason.clone(), wait_ms });
                (self.emit)(RunEvent::CallRetry { call, reason, wait });
            }
        };
        let deadline = match ask.purpose {
            Purpose::Work | Purpose::Below(_) => self.ledger.work_time_left(),
            Purpose::Salvage => self.ledger.time_left().max(Duration::from_secs(5)),
        };
        let result = tokio::select! {
            result = named.model.complete(&request, &progress, cancel) => result.map_err(CallFailure::from),
            () = tokio::time::sleep(deadline) => {
                Err(CallFailure::Tripped(Tripped::Wall { limit_s: self.ledger.limits().wall.as_secs() }))
            }
        };
        if let Err(CallFailure::Model(ModelError::TooLong(reason))) = &result {
            self.tree.windows.learn(&named.name, input + output, reason);
        }
        let Some(reservation) = sent.reservation.take() else { return result };
        let usd = match &result {
            Ok(reply) => {
                let usd = pricing::cost(&reply.usage, &named.name);
                reservation.settle(reply.usage, usd);
                usd
            }
            // Refused before any work was done: nothing is owed.
            Err(CallFailure::Model(ModelError::Auth(_) | ModelError::BadRequest(_) | ModelError::TooLong(_))) => None,
            Err(_) => {
                reservation.settle_lost();
                None
            }
        };
        let usage = result.as_ref().map(|reply| reply.usage).unwrap_or_default();
        self.journal.write(Event::CallFinished {
            call,
            outcome: record::reply(result.as_ref()),
            usage: record::usage(usage),
            usd,
            attempts: result.as_ref().map_or(1, |reply| reply.attempts),
            hit: false,
        });
        let error = result.as_ref().err().map(ToString::to_string);
        (self.emit)(RunEvent::CallFinished { call, role: ask.role, usage, usd, error, spent: self.ledger.spent() });
        result
    }
}
