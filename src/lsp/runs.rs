//! Runs of questions: started, watched, stopped, listed; and the conversations that they continue.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedMutexGuard, mpsc, oneshot};
use tower_lsp::ls_types::ProgressToken;

use super::ask::{self, Asked};
use super::progress::Progress;
use super::protocol::{AskParams, End, Event, RunNotice, RunNotification, RunSummary, Spent};
use super::state::State;
use super::{Error, events};
use crate::agent::event::RunEvent;
use crate::agent::{Conversation, Stop, ask_in};
use crate::journal;
use crate::journal::event::EndReason;

/// Conversations that are remembered; the ones that were used longest ago are forgotten first.
const CONVERSATIONS: usize = 32;

/// Workers that are kept for a next question.
const IDLE_WORKERS: usize = 4;

/// How long a worker is kept for a next question.
const IDLE: Duration = Duration::from_secs(600);

/// Every run under way, and every conversation.
#[derive(Default)]
pub struct Runs(Mutex<Registry>);

#[derive(Default)]
struct Registry {
    live: BTreeMap<String, Live>,
    conversations: HashMap<String, Kept>,
    /// Progress that the client may cancel.
    tokens: HashMap<ProgressToken, Stop>,
    /// Counts runs and uses of conversations.
    number: u64,
}

struct Live {
    stop: Stop,
    question: String,
    model: String,
    workspace: String,
    /// Milliseconds since 1970.
    epoch_ms: u64,
    started: Instant,
}

struct Kept {
    conversation: Arc<tokio::sync::Mutex<Conversation>>,
    used: u64,
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
    /// Comes after everything that the client was told of the run.
    pub end: oneshot::Receiver<End>,
}

/// What the events of a run become.
enum Happened {
    Event(RunEvent),
    End(Box<End>),
}

/// Begins a run.
///
/// # Errors
/// When the question is empty, its scope or its place cannot be used, no model can be opened, or the conversation is busy.
pub async fn begin(state: &Arc<State>, params: AskParams, audience: Audience) -> Result<Begun, Error> {
    if params.question.trim().is_empty() {
        return Err(Error::params("the question is empty"));
    }
    let (conversation_id, conversation) = state.runs.conversation(params.conversation_id.as_deref())?;
    let (to, events) = mpsc::unbounded_channel();
    let emit = {
        let to = to.clone();
        // The receiver is gone when the server ends.
        Arc::new(move |event| drop(to.send(Happened::Event(event))))
    };
    let Asked { setup, view, question, model, leaf_model } = ask::prepare(state, &params, emit).await?;
    let stop = Stop { cancel: state.ended.child_token(), ..Stop::default() };
    let epoch_ms = setup.repl.epoch_ms;
    let run_id = {
        let registry = &mut *state.runs.lock();
        registry.number += 1;
        let run_id = setup.journal.id().map_or_else(|| format!("unrecorded-{}", registry.number), str::to_owned);
        let live = Live {
            stop: stop.clone(),
            question: question.clone(),
            model: model.clone(),
            workspace: view.snapshot.name().to_owned(),
            epoch_ms,
            started: Instant::now(),
        };
        registry.live.insert(run_id.clone(), live);
        if let Some(token) = &audience.progress {
            registry.tokens.insert(token.clone(), stop.clone());
        }
        run_id
    };
    let first = Event::Started {
        question: question.clone(),
        model: model.clone(),
        leaf_model,
        conversation_id: conversation_id.clone(),
    };
    let (done, end) = oneshot::channel();
    let watch = Watch { state: state.clone(), run_id: run_id.clone(), seq: 0, progress: None };
    tokio::spawn(watch.follow(first, events, audience, done));
    let work = Work {
        state: state.clone(),
        conversation,
        run_id: run_id.clone(),
        conversation_id: conversation_id.clone(),
        model,
    };
    let (asked, stopping) = (question, stop.clone());
    tokio::spawn(async move {
        let end = work.run(setup, view, &asked, &stopping).await;
        drop(to.send(Happened::End(Box::new(end))));
    });
    Ok(Begun { run_id, conversation_id, stop, end })
}

/// One run, from its question to its end.
struct Work {
    state: Arc<State>,
    conversation: OwnedMutexGuard<Conversation>,
    run_id: String,
    conversation_id: String,
    model: String,
}

impl Work {
    async fn run(mut self, setup: crate::agent::Setup, view: super::state::View, question: &str, stop: &Stop) -> End {
        let result = ask_in(&mut self.conversation, setup, question, stop).await;
        let (run_id, conversation_id) = (self.run_id.clone(), self.conversation_id.clone());
        let end = match result {
            Ok(report) => {
                let (id, conversation) = (run_id.clone(), conversation_id.clone());
                let made = tokio::task::spawn_blocking(move || events::end(&report, &view, id, conversation));
                made.await.map_err(|_| crate::agent::AskError::Cancelled)
            }
            Err(error) => Err(error),
        };
        let end =
            end.unwrap_or_else(|error| events::failure(&error, self.model.clone(), run_id, conversation_id.clone()));
        drop(self.conversation);
        self.state.runs.rest(&self.state, &conversation_id);
        end
    }
}

/// Tells the client of a run.
struct Watch {
    state: Arc<State>,
    run_id: String,
    seq: u64,
    progress: Option<Progress>,
}

impl Watch {
    async fn follow(
        mut self,
        first: Event,
        mut events: mpsc::UnboundedReceiver<Happened>,
        audience: Audience,
        done: oneshot::Sender<End>,
    ) {
        self.tell(first);
        if let Some(token) = &audience.progress {
            let title = "spelunk".to_owned();
            self.progress = Some(Progress::begin(self.state.out.clone(), token.clone(), title, true));
        }
        let mut said = Said::default();
        let end = loop {
            // All that has come meanwhile goes out together: text in one piece, the progress once.
            let mut batch = Vec::new();
            if events.recv_many(&mut batch, 256).await == 0 {
                break None;
            }
            let mut ended = None;
            let mut pending: Option<(u64, String)> = None;
            for happened in batch {
                match happened {
                    Happened::End(end) => ended = Some(*end),
                    Happened::Event(event) => match events::event(event) {
                        Some(Event::Text { call, text }) => match &mut pending {
                            Some((of, so_far)) if *of == call => so_far.push_str(&text),
                            _ => self.flush(pending.replace((call, text))),
                        },
                        Some(event) => {
                            self.flush(pending.take());
                            said.hear(&event);
                            self.tell(event);
                        }
                        None => {}
                    },
                }
            }
            self.flush(pending);
            if ended.is_some() {
                break ended;
            }
            if let (Some(progress), Some(line)) = (&self.progress, said.line()) {
                progress.report(line, None);
            }
        };
        self.state.runs.ended(&self.run_id, audience.progress.as_ref());
        let Some(mut end) = end else { return };
        // A tied run is a bare client's: it may be able to show a document.
        if audience.tied {
            end.document = ask::document(&self.state, &end).await;
        }
        self.tell(Event::End(Box::new(end.clone())));
        if let Some(progress) = self.progress {
            progress.end(end.message.clone());
        }
        drop(done.send(end));
    }

    fn flush(&mut self, text: Option<(u64, String)>) {
        if let Some((call, text)) = text {
            self.tell(Event::Text { call, text });
        }
    }

    fn tell(&mut self, event: Event) {
        if self.state.session().is_some_and(|session| session.options.runs) {
            let notice = RunNotice { run_id: self.run_id.clone(), seq: self.seq, event };
            self.seq += 1;
            self.state.out.notify::<RunNotification>(&notice);
        }
    }
}

/// What a line of progress says: the turn, what is being done, the money.
#[derive(Default)]
struct Said {
    turn: u32,
    doing: String,
    spent: Spent,
    last: String,
}

impl Said {
    fn hear(&mut self, event: &Event) {
        match event {
            Event::Turn { turn } => self.turn = *turn,
            Event::CallFinished { spent, .. } => self.spent = spent.clone(),
            other => {
                if let Some(doing) = events::doing(other) {
                    self.doing = doing;
                }
            }
        }
    }

    /// The line, when it has changed.
    fn line(&mut self) -> Option<String> {
        let mut line = format!("turn {}", self.turn.max(1));
        if self.spent.usd > 0.0 {
            line.push_str(&format!(", ${:.4}", self.spent.usd));
        }
        if !self.doing.is_empty() {
            line.push_str(&format!(": {}", self.doing));
        }
        (line != self.last).then(|| self.last.clone_from(&line)).map(|()| line)
    }
}

impl Runs {
    /// Stops a run. False when it is not under way.
    pub fn cancel(&self, run_id: &str) -> bool {
        self.lock().live.get(run_id).map(|live| live.stop.cancel.cancel()).is_some()
    }

    /// Asks a run for what it knows so far. False when it is not under way.
    pub fn answer_now(&self, run_id: &str) -> bool {
        self.lock().live.get(run_id).map(|live| live.stop.answer_now.cancel()).is_some()
    }

    /// Stops the run whose progress goes by this token.
    pub fn cancel_progress(&self, token: &ProgressToken) {
        if let Some(stop) = self.lock().tokens.get(token) {
            stop.cancel.cancel();
        }
    }

    /// The runs under way, newest first.
    pub fn live(&self) -> Vec<RunSummary> {
        let registry = self.lock();
        let mut runs: Vec<RunSummary> = registry
            .live
            .iter()
            .map(|(id, live)| RunSummary {
                run_id: id.clone(),
                question: live.question.clone(),
                state: "running".to_owned(),
                model: live.model.clone(),
                workspace: live.workspace.clone(),
                started: live.epoch_ms,
                seconds: live.started.elapsed().as_secs_f64(),
                usd: None,
            })
            .collect();
        runs.sort_by_key(|run| std::cmp::Reverse(run.started));
        runs
    }

    fn ended(&self, run_id: &str, token: Option<&ProgressToken>) {
        let registry = &mut *self.lock();
        registry.live.remove(run_id);
        if let Some(token) = token {
            registry.tokens.remove(token);
        }
    }

    /// The conversation of this name, for one question; a new one for a new name.
    fn conversation(&self, id: Option<&str>) -> Result<(String, OwnedMutexGuard<Conversation>), Error> {
        let registry = &mut *self.lock();
        registry.number += 1;
        let (id, used) = (id.map_or_else(|| format!("c{}", registry.number), str::to_owned), registry.number);
        let kept =
            registry.conversations.entry(id.clone()).or_insert_with(|| Kept { conversation: Arc::default(), used });
        kept.used = used;
        let guard = kept.conversation.clone().try_lock_owned().map_err(|_| {
            Error::failed(format!("a question of the conversation {id} is still being answered; wait, or cancel it"))
        })?;
        if registry.conversations.len() > CONVERSATIONS {
            let free = |(_, kept): &(&String, &Kept)| kept.conversation.try_lock().is_ok();
            let oldest = registry.conversations.iter().filter(free).min_by_key(|(_, kept)| kept.used);
            if let Some(oldest) = oldest.map(|(id, _)| id.clone()) {
                registry.conversations.remove(&oldest);
            }
        }
        Ok((id, guard))
    }

    /// After a question: ends the workers that are too many, and this one once it has been idle for long.
    fn rest(&self, state: &Arc<State>, id: &str) {
        let registry = &mut *self.lock();
        let mut idle: Vec<(u64, OwnedMutexGuard<Conversation>)> = registry
            .conversations
            .values()
            .filter_map(|kept| Some((kept.used, kept.conversation.clone().try_lock_owned().ok()?)))
            .filter(|(_, conversation)| conversation.worker().is_some())
            .collect();
        idle.sort_by_key(|(used, _)| std::cmp::Reverse(*used));
        for (_, conversation) in idle.iter_mut().skip(IDLE_WORKERS) {
            conversation.rest();
        }
        let Some(used) = registry.conversations.get(id).map(|kept| kept.used) else { return };
        let (state, id) = (state.clone(), id.to_owned());
        tokio::spawn(async move {
            tokio::select! {
                () = tokio::time::sleep(IDLE) => {}
                () = state.ended.cancelled() => {}
            }
            let kept = state.runs.lock().conversations.get(&id).map(|kept| (kept.used, kept.conversation.clone()));
            if let Some((now, conversation)) = kept
                && now == used
                && let Ok(mut conversation) = conversation.try_lock()
            {
                conversation.rest();
            }
        });
    }

    fn lock(&self) -> MutexGuard<'_, Registry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The recorded runs, newest first, without those under way.
pub fn recorded(state_dir: &std::path::Path, live: &[RunSummary], limit: usize) -> Result<Vec<RunSummary>, Error> {
    let runs = journal::list(state_dir).map_err(|error| Error::failed(error.to_string()))?;
    let told = |id: &str| live.iter().any(|run| run.run_id == id);
    let summaries = runs.into_iter().filter(|run| !told(&run.id)).take(limit).map(|run| {
        let state = match run.end {
            Some(EndReason::Answered) => "answered",
            Some(EndReason::Limit) => "limit",
            Some(EndReason::Cancelled) => "cancelled",
            Some(EndReason::Failed) => "failed",
            Some(EndReason::Unknown) | None => "unfinished",
        };
        let header = run.header.unwrap_or_default();
        RunSummary {
            run_id: run.id,
            question: header.question,
            state: state.to_owned(),
            model: header.models.root,
            workspace: header.workspace,
            started: header.started,
            seconds: run.duration_ms as f64 / 1e3,
            usd: run.totals.usd,
        }
    });
    Ok(summaries.collect())
}
