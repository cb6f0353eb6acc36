//! Runs of questions: begun, stopped, listed.

mod work;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::{Notify, OwnedMutexGuard, mpsc, oneshot};
use tower_lsp::ls_types::ProgressToken;

use self::work::Work;
use super::ask::{self, Asked};
use super::notices::{Happened, SharedProgress, SharedTold, Watch};
use super::protocol::{AskParams, End, Event, RecordResult, RunState, RunSummary};
use super::state::{State, View};
use super::{Error, events};
use crate::agent::{Conversation, Setup, Stop};
use crate::cancel::Cancel;

/// Bytes of a question. What it is about is in the repository, not in the question.
const LONGEST: usize = 64 << 10;

/// Runs at once. Each has a process of its own.
const MOST: usize = 64;

/// Runs whose conversations are remembered.
const REMEMBERED: usize = 256;

/// Every run under way.
#[derive(Default)]
pub struct Runs {
    registry: Mutex<Registry>,
    /// Tells when a run is over.
    over: Notify,
}

#[derive(Default)]
struct Registry {
    live: BTreeMap<u64, Live>,
    number: u64,
    /// What else may be cancelled by its progress.
    followed: BTreeMap<u64, (ProgressToken, Cancel)>,
    /// The last runs that are over, and their conversations.
    over: VecDeque<(String, String)>,
}

/// A run from the moment it is asked for.
struct Live {
    stop: Stop,
    /// The progress by which the client may cancel it.
    token: Option<ProgressToken>,
    conversation_id: Option<String>,
    /// What the client may know of it, once it has a name.
    named: Option<Named>,
}

struct Named {
    run_id: String,
    question: String,
    plan: bool,
    model: String,
    workspace: String,
    /// Milliseconds since 1970.
    epoch_ms: u64,
    started: Instant,
    told: SharedTold,
}

/// Keeps a run among those under way. Dropped, the run is over, and whatever still works for it stops.
pub struct Entry {
    state: Arc<State>,
    number: u64,
    pub stop: Stop,
}

/// What a run is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Answer,
    Plan,
}

/// Who hears of a run.
pub struct Audience {
    /// The token under which the client wants work-done progress.
    pub progress: Option<ProgressToken>,
    /// Whether the run ends with the request that asked for it.
    pub tied: bool,
}

/// A run that has begun.
pub struct Begun {
    pub run_id: String,
    pub conversation_id: String,
    pub stop: Stop,
    pub progress: SharedProgress,
    /// Comes after everything that the client was told of the run.
    pub end: oneshot::Receiver<End>,
}

/// Begins a run over the texts as they are now.
///
/// # Errors
/// When the question is empty or too long, its scope or its place cannot be used, no model can be opened, or the conversation is busy.
pub async fn begin(
    state: &Arc<State>,
    params: AskParams,
    purpose: Purpose,
    audience: Audience,
) -> Result<Begun, Error> {
    let view = state.view();
    let what = if purpose == Purpose::Plan { "request" } else { "question" };
    if params.question.trim().is_empty() {
        return Err(Error::params(format!("the {what} is empty")));
    }
    if params.question.len() > LONGEST {
        return Err(Error::params(format!("the {what} has {} bytes; {LONGEST} are the most", params.question.len())));
    }
    let entry = Entry::new(state, audience.progress.clone())?;
    let stop = entry.stop.clone();
    let (conversation_id, conversation) = conversation(&entry, params.conversation_id.as_deref()).await?;
    let (to, events) = mpsc::unbounded_channel();
    let emit = {
        let to = to.clone();
        // The receiver is gone when the run has ended.
        Arc::new(move |event| drop(to.send(Happened::Event(event))))
    };
    let Asked { setup, opened, view, question, model, leaf_model, note } =
        ask::prepare(state, view, params, purpose, emit, &stop.cancel).await?;

    // Nothing is awaited from here on: a client that cancels its request cannot leave half a run behind.
    let told = SharedTold::default();
    let run_id = entry.name(&setup, &question, &model, &view, told.clone());
    let progress = SharedProgress::begin(&state.out, audience.progress);
    let started = Event::Started {
        question: events::safe(&question),
        model: model.clone(),
        leaf_model,
        conversation_id: conversation_id.clone(),
    };
    let (done, end) = oneshot::channel();
    let watch = Watch::new(entry, run_id.clone(), told, progress.clone(), audience.tied, note);
    tokio::spawn(watch.follow(started, events, done));
    let work = Work {
        state: state.clone(),
        conversation,
        run_id: run_id.clone(),
        conversation_id: conversation_id.clone(),
        model,
    };
    opened.begin();
    let stopping = stop.clone();
    tokio::spawn(async move {
        let end = work.run(setup, view, &question, &stopping).await;
        drop(to.send(Happened::End(Box::new(end))));
    });
    Ok(Begun { run_id, conversation_id, stop, progress, end })
}

/// The conversation, for this run alone. One whose question is being cancelled is waited for.
async fn conversation(entry: &Entry, wanted: Option<&str>) -> Result<(String, OwnedMutexGuard<Conversation>), Error> {
    let state = &entry.state;
    let (id, taken) = state.conversations.take(wanted);
    if let Some(live) = state.runs.lock().live.get_mut(&entry.number) {
        live.conversation_id = Some(id.clone());
    }
    match taken {
        Ok(guard) => Ok((id, guard)),
        Err(busy) if state.runs.is_free_of_others(&id, entry.number) => tokio::select! {
            guard = busy.lock_owned() => Ok((id, guard)),
            () = entry.stop.cancel.cancelled() => Err(Error::cancelled()),
        },
        Err(_) => {
            let what = format!("a question of the conversation {id} is still being answered; wait, or cancel it");
            Err(Error::failed(what))
        }
    }
}

impl Entry {
    fn new(state: &Arc<State>, token: Option<ProgressToken>) -> Result<Self, Error> {
        let registry = &mut *state.runs.lock();
        if registry.live.len() >= MOST {
            return Err(Error::failed(format!("{MOST} questions are being answered already; wait, or cancel some")));
        }
        registry.number += 1;
        let stop = Stop { cancel: state.ended.child_token(), ..Stop::default() };
        let live = Live { stop: stop.clone(), token, conversation_id: None, named: None };
        registry.live.insert(registry.number, live);
        Ok(Self { state: state.clone(), number: registry.number, stop })
    }

    /// Gives the run its name, by which the client may ask about it.
    fn name(&self, setup: &Setup, question: &str, model: &str, view: &View, told: SharedTold) -> String {
        let epoch_ms = setup.repl.epoch_ms;
        let unrecorded = || format!("unrecorded-{epoch_ms}-{}", self.number);
        let run_id = setup.journal.id().map_or_else(unrecorded, str::to_owned);
        if let Some(live) = self.state.runs.lock().live.get_mut(&self.number) {
            live.named = Some(Named {
                run_id: run_id.clone(),
                question: events::safe(question),
                plan: setup.repl.plan,
                model: model.to_owned(),
                workspace: events::safe(view.snapshot.name()),
                epoch_ms,
                started: Instant::now(),
                told,
            });
        }
        run_id
    }

    pub fn state(&self) -> Arc<State> {
        self.state.clone()
    }

    /// The run is over, or has not begun and never will: it is no longer among those under way, and its conversation
    /// waits for a next question.
    pub fn leave(&self) {
        let left = {
            let registry = &mut *self.state.runs.lock();
            let left = registry.live.remove(&self.number);
            if let Some(Live { named: Some(named), conversation_id: Some(id), .. }) = &left {
                registry.over.push_back((named.run_id.clone(), id.clone()));
                if registry.over.len() > REMEMBERED {
                    registry.over.pop_front();
                }
            }
            left
        };
        self.state.runs.over.notify_waiters();
        if let Some(id) = left.and_then(|live| live.conversation_id) {
            self.state.conversations.rest(&self.state, &id);
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.leave();
        self.stop.cancel.cancel();
    }
}

/// Keeps a token of progress among those that cancel something.
pub struct Followed<'r> {
    runs: &'r Runs,
    number: u64,
}

impl Drop for Followed<'_> {
    fn drop(&mut self) {
        self.runs.lock().followed.remove(&self.number);
    }
}

impl Runs {
    /// Stops a run. False when it is not under way.
    pub fn cancel(&self, run_id: &str) -> bool {
        self.stop(run_id).map(|stop| stop.cancel.cancel()).is_some()
    }

    /// Asks a run for what it knows so far. False when it is not under way.
    pub fn answer_now(&self, run_id: &str) -> bool {
        self.stop(run_id).map(|stop| stop.answer_now.cancel()).is_some()
    }

    /// Stops what has its progress under this token.
    pub fn cancel_progress(&self, token: &ProgressToken) {
        let registry = self.lock();
        for live in registry.live.values().filter(|live| live.token.as_ref() == Some(token)) {
            live.stop.cancel.cancel();
        }
        registry.followed.values().filter(|(own, _)| own == token).for_each(|(_, cancel)| cancel.cancel());
    }

    /// Lets the client cancel other work by its progress, until the result is dropped.
    pub fn follow(&self, token: ProgressToken, cancel: Cancel) -> Followed<'_> {
        let registry = &mut *self.lock();
        registry.number += 1;
        registry.followed.insert(registry.number, (token, cancel));
        Followed { runs: self, number: registry.number }
    }

    /// The runs under way, newest first.
    pub fn live(&self) -> Vec<RunSummary> {
        let registry = self.lock();
        let summary = |named: &Named| RunSummary {
            run_id: named.run_id.clone(),
            question: named.question.clone(),
            state: RunState::Running,
            plan: named.plan,
            model: named.model.clone(),
            workspace: named.workspace.clone(),
            started: named.epoch_ms,
            seconds: named.started.elapsed().as_secs_f64(),
            usd: None,
        };
        registry.live.values().rev().filter_map(|live| live.named.as_ref()).map(summary).collect()
    }

    /// Whether this very run is under way.
    pub fn is_live(&self, run_id: &str) -> bool {
        self.stop(run_id).is_some()
    }

    /// What was told of a run that is under way.
    pub fn told(&self, run_id: &str) -> Option<RecordResult> {
        let told = self
            .lock()
            .live
            .values()
            .filter_map(|live| live.named.as_ref())
            .find(|named| named.run_id == run_id)?
            .told
            .clone();
        Some(told.record(run_id))
    }

    /// The conversation of a run, unless it is forgotten.
    pub fn conversation_of(&self, run_id: &str) -> Option<String> {
        self.lock().over.iter().find(|(run, _)| run == run_id).map(|(_, conversation)| conversation.clone())
    }

    /// Waits until no run is under way.
    pub async fn settled(&self) {
        loop {
            let over = self.over.notified();
            if self.lock().live.is_empty() {
                return;
            }
            over.await;
        }
    }

    /// Whether every other run that has this conversation, or waits for it, was cancelled.
    fn is_free_of_others(&self, conversation_id: &str, number: u64) -> bool {
        let registry = self.lock();
        let others = registry.live.iter().filter(|(other, _)| **other != number).map(|(_, live)| live);
        let mut others = others.filter(|live| live.conversation_id.as_deref() == Some(conversation_id));
        others.all(|live| live.stop.cancel.is_cancelled())
    }

    fn stop(&self, run_id: &str) -> Option<Stop> {
        let registry = self.lock();
        let fits = |live: &&Live| live.named.as_ref().is_some_and(|named| named.run_id == run_id);
        registry.live.values().find(fits).map(|live| live.stop.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
