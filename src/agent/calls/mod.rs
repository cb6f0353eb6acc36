//! Model calls of a run: every one takes a permit and a reservation, is journalled, and is settled.

pub mod budget;
pub(super) mod entire;
pub(super) mod fitted;
pub(super) mod pieces;
pub(super) mod piecewise;
pub(super) mod profile;
mod shape;
pub(super) mod subcall;
pub(super) mod tree;
pub(super) mod window;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use self::budget::{Estimate, Ledger, Purpose, Reservation, Tripped};
use self::tree::Tree;
use super::answers::seen::Seen;
use super::event::{Emit, RunEvent};
use super::record;
use crate::cache::{Flight, Found, Key};
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
    /// What the reply has to satisfy. Providers get its shape; all of it has to stand in the messages, inside a fence.
    pub schema: Option<serde_json::Value>,
    /// The host call that wants it.
    pub parent: Option<u64>,
    /// A few words for whoever watches.
    pub label: String,
}

/// Something that is said with one request, and may be different from run to run.
pub struct Aside {
    pub text: String,
    /// Whether it makes a model answer otherwise than it would: such a reply is kept for nobody.
    pub presses: bool,
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
            hit: false,
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

    /// Makes one call, unless its reply is there already. Waits for a permit, never sends without a reservation, and settles
    /// whatever happens.
    pub async fn complete(&self, ask: Ask, cancel: &Cancel) -> Result<Reply, CallFailure> {
        if ask.parent.is_some() {
            self.tree.subcall();
        }
        self.complete_beside(ask, None, cancel).await
    }

    /// As `complete`; what was replied to the request without `aside`, or with another, is taken as well.
    pub async fn complete_beside(
        &self,
        ask: Ask,
        aside: Option<&Aside>,
        cancel: &Cancel,
    ) -> Result<Reply, CallFailure> {
        self.complete_or_find(ask, aside, Flight::land, cancel).await
    }

    /// As `complete`, for whoever asks again with more room when the reply is cut at its bound: that it was is kept, so that
    /// nobody pays for it twice.
    pub async fn complete_or_cut(&self, ask: Ask, cancel: &Cancel) -> Result<Reply, CallFailure> {
        if ask.parent.is_some() {
            self.tree.subcall();
        }
        self.complete_or_find(ask, None, Flight::land_cut, cancel).await
    }

    async fn complete_or_find(
        &self,
        mut ask: Ask,
        aside: Option<&Aside>,
        land: fn(Flight, &Reply),
        cancel: &Cancel,
    ) -> Result<Reply, CallFailure> {
        let request = self.request(&mut ask);
        let deadline = self.deadline(ask.purpose);
        let found = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(ModelError::Cancelled.into()),
            found = self.find(ask.role, &request) => found,
            () = tokio::time::sleep(deadline) => return Err(self.late()),
        };
        match found {
            Some(Found::Hit(reply)) => {
                self.ledger.hit(ask.purpose)?;
                self.hit(&ask, &request, &reply);
                Ok(Reply::clone(&reply))
            }
            Some(Found::Miss(flight)) => {
                let reply = self.send(ask, request, aside, cancel).await?;
                if !aside.is_some_and(|aside| aside.presses) {
                    land(flight, &reply);
                }
                Ok(reply)
            }
            None => self.send(ask, request, aside, cancel).await,
        }
    }

    /// Takes care that a reply which turned out to be of no use is not given again.
    pub fn forget(&self, mut ask: Ask) {
        let role = ask.role;
        let request = self.request(&mut ask);
        if let Some(key) = self.key(role, &request) {
            self.tree.cache.forget(key);
        }
    }

    /// What is sent.
    fn request(&self, ask: &mut Ask) -> Request {
        let mut request = Request {
            model: self.named(ask.role).id.clone(),
            messages: std::mem::take(&mut ask.messages),
            tools: std::mem::take(&mut ask.tools),
            max_tokens: ask.max_tokens,
            temperature: None,
            schema: ask.schema.take().as_ref().and_then(shape::of),
        };
        // The second net behind the denied paths: nothing that looks like a key leaves the machine.
        for message in &mut request.messages {
            if let std::borrow::Cow::Owned(clean) = redact(&message.content) {
                message.content = clean;
            }
        }
        request
    }

    /// What the reply is kept under, if it may be.
    fn key(&self, role: CallRole, request: &Request) -> Option<Key> {
        let model = &self.named(role).model;
        // A provider's default model may be another one tomorrow.
        let origin = model.origin().filter(|_| !request.model.is_empty())?;
        Some(Key::of(model.provider(), &origin, request))
    }

    async fn find(&self, role: CallRole, request: &Request) -> Option<Found> {
        if self.tree.cache.is_off() {
            return None;
        }
        self.tree.cache.find(self.key(role, request)?).await
    }

    fn deadline(&self, purpose: Purpose) -> Duration {
        match purpose {
            Purpose::Work | Purpose::Below(_) => self.ledger.work_time_left(),
            Purpose::Salvage => self.ledger.time_left().max(Duration::from_secs(5)),
        }
    }

    fn late(&self) -> CallFailure {
        Tripped::Wall { limit_s: self.ledger.limits().wall.as_secs() }.into()
    }

    /// Records a call that was none: it takes nothing from any limit.
    fn hit(&self, ask: &Ask, request: &Request, reply: &Reply) {
        for message in &request.messages {
            self.seen.prompted(&message.content);
        }
        let call = self.started(ask, request);
        (self.emit)(RunEvent::CallText { call, text: reply.text.clone() });
        let (usage, usd) = (crate::model::Usage::default(), Some(0.0));
        self.journal.write(Event::CallFinished {
            call,
            outcome: record::reply(Ok(reply)),
            usage: record::usage(usage),
            usd,
            attempts: 0,
            hit: true,
        });
        let spent = self.ledger.spent();
        (self.emit)(RunEvent::CallFinished { call, role: ask.role, usage, usd, error: None, hit: true, spent });
    }

    /// Numbers and records a call that begins.
    fn started(&self, ask: &Ask, request: &Request) -> u64 {
        let call = self.tree.call();
        self.journal.write(Event::CallStarted {
            call,
            parent: ask.parent,
            model: self.named(ask.role).name.clone(),
            role: ask.role,
            label: ask.label.clone(),
            request: record::request(request),
        });
        (self.emit)(RunEvent::CallStarted { call, role: ask.role, label: ask.label.clone() });
        call
    }

    /// Sends a request.
    async fn send(
        &self,
        ask: Ask,
        mut request: Request,
        aside: Option<&Aside>,
        cancel: &Cancel,
    ) -> Result<Reply, CallFailure> {
        let Some(_permit) = self.tree.request(cancel).await else { return Err(ModelError::Cancelled.into()) };
        let named = self.named(ask.role);
        if let (Some(aside), Some(last)) = (aside, request.messages.last_mut()) {
            last.content.push_str(&aside.text);
        }
        let input = tokens::estimate_request(&request);
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

        let call = self.started(&ask, &request);
        let mut sent = Sent { calls: self, call, role: ask.role, reservation: Some(reservation) };
        let (attempts, refused) = (cancel.child_token(), OnceLock::new());
        let progress = |progress: Progress| match progress {
            Progress::Text(text) => (self.emit)(RunEvent::CallText { call, text }),
            Progress::Retry { reason, wait, spent } => {
                // What a failed attempt used comes on top of what the next one may use.
                let usd = pricing::cost(&spent, &named.name);
                if let Some(Err(tripped)) = sent.reservation.as_ref().map(|held| held.again(spent, usd)) {
                    refused.get_or_init(|| tripped);
                    attempts.cancel();
                    return;
                }
                let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                self.journal.write(Event::CallRetry { call, reason: reason.clone(), wait_ms });
                (self.emit)(RunEvent::CallRetry { call, reason, wait });
            }
        };
        let result = tokio::select! {
            result = named.model.complete(&request, &progress, &attempts) => result.map_err(CallFailure::from),
            () = tokio::time::sleep(self.deadline(ask.purpose)) => Err(self.late()),
        };
        let refused = refused.into_inner();
        let gave_up = refused.is_some();
        let result = refused.map_or(result, |tripped| Err(tripped.into()));
        if let Err(CallFailure::Model(ModelError::TooLong(reason))) = &result {
            self.tree.windows.learn(&named.name, input + output, reason);
        }
        let Some(reservation) = sent.reservation.take() else { return result };
        let usd = match &result {
            Err(_) if gave_up => {
                reservation.settle_refused();
                None
            }
            Ok(reply) => {
                let usd = pricing::cost(&reply.usage, &named.name);
                reservation.settle(reply.usage, usd);
                usd
            }
            // Refused before any work was done: nothing is owed but what attempts before it used.
            Err(CallFailure::Model(ModelError::Auth(_) | ModelError::BadRequest(_) | ModelError::TooLong(_))) => {
                if reservation.has_lost() {
                    reservation.settle_refused();
                }
                None
            }
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
        (self.emit)(RunEvent::CallFinished {
            call,
            role: ask.role,
            usage,
            usd,
            error,
            hit: false,
            spent: self.ledger.spent(),
        });
        result
    }
}

#[cfg(test)]
mod tests;
