//! What the client is told of a run while it goes on: notices for our extensions, progress for everybody else.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};
use tower_lsp::ls_types::ProgressToken;

use super::out::Out;
use super::past::Told;
use super::progress::Progress;
use super::protocol::{End, Event, Reason, RecordResult, RunNotice, RunNotification};
use super::runs::Entry;
use super::{answers, events};
use crate::agent::activity::Activity;
use crate::agent::event::RunEvent;

/// What comes from a run.
pub enum Happened {
    Event(RunEvent),
    End(Box<End>),
}

/// The progress of a run: whoever is first ends it, the run or the request that asked for it.
#[derive(Clone)]
pub struct SharedProgress(Arc<Mutex<Option<Progress>>>);

impl SharedProgress {
    /// Begins when the client gave a token.
    pub fn begin(out: &Out, token: Option<ProgressToken>) -> Self {
        let begun = token.map(|token| Progress::begin(out.clone(), token, "spelunk".to_owned(), true, None));
        Self(Arc::new(Mutex::new(begun)))
    }

    pub fn end(&self, message: &str) {
        if let Some(progress) = self.lock().take() {
            progress.end(message.to_owned());
        }
    }

    fn report(&self, said: &mut Said) {
        if let Some(progress) = &*self.lock()
            && let Some(line) = said.line()
        {
            progress.report(line, None);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Progress>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was told of a run so far, for those who come later.
#[derive(Clone, Default)]
pub struct SharedTold(Arc<Mutex<(Told, u64)>>);

impl SharedTold {
    /// All of it, and the number of the next notice.
    pub fn record(&self, run_id: &str) -> RecordResult {
        let (told, next) = &*self.lock();
        RecordResult { notices: told.notices(run_id), next: Some(*next) }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, (Told, u64)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells the client of one run.
pub struct Watch {
    entry: Entry,
    run_id: String,
    out: Out,
    /// Whether the client takes notices.
    notices: bool,
    told: SharedTold,
    progress: SharedProgress,
    tied: bool,
    /// To be said beside the answer.
    note: Option<String>,
}

impl Watch {
    pub fn new(
        entry: Entry,
        run_id: String,
        told: SharedTold,
        progress: SharedProgress,
        tied: bool,
        note: Option<String>,
    ) -> Self {
        let state = entry.state();
        let notices = state.session().is_some_and(|session| session.options.runs);
        Self { entry, run_id, out: state.out.clone(), notices, told, progress, tied, note }
    }

    /// Tells of everything until the end, and of the end after the run has left those under way.
    pub async fn follow(
        mut self,
        started: Event,
        mut events: mpsc::UnboundedReceiver<Happened>,
        done: oneshot::Sender<End>,
    ) {
        self.tell(0, started);
        if let Some(text) = self.note.clone() {
            self.tell(0, Event::Note { text });
        }
        let mut said = Said::default();
        let end = loop {
            // All that has come meanwhile goes out together: text in one piece, the progress once.
            let mut batch = Vec::new();
            if events.recv_many(&mut batch, 256).await == 0 {
                return;
            }
            let end = self.tell_all(batch, &mut said);
            if let Some(end) = end {
                break end;
            }
            self.progress.report(&mut said);
        };
        self.end(end, said, done).await;
    }

    async fn end(self, mut end: End, said: Said, done: oneshot::Sender<End>) {
        let state = self.entry.state();
        if matches!(end.reason, Reason::Cancelled | Reason::Failed) {
            end.spent = events::spent(&said.activity.spent);
        }
        if let Some(note) = &self.note {
            end.message = format!("{}; {note}", end.message);
        }
        // A tied run is a bare client's: it may be able to show a document.
        if self.tied {
            end.document = answers::offer(&state, &end).await;
        }
        self.entry.leave();
        self.tell(0, Event::End(Box::new(end.clone())));
        self.progress.end(&end.message);
        // The request that waited for it may be gone.
        drop(done.send(end));
    }

    /// Tells of a batch. Gives the end, which is to be told last.
    fn tell_all(&mut self, batch: Vec<Happened>, said: &mut Said) -> Option<End> {
        let mut end = None;
        let mut pending: Option<(u64, u64, String)> = None;
        for happened in batch {
            match happened {
                Happened::End(last) => end = Some(*last),
                Happened::Event(event) => {
                    said.activity.hear(&event);
                    match events::event(event) {
                        Some((agent, Event::Text { call, text })) => match &mut pending {
                            Some((_, of, so_far)) if *of == call => so_far.push_str(&text),
                            _ => self.flush(pending.replace((agent, call, text))),
                        },
                        Some((agent, event)) => {
                            self.flush(pending.take());
                            self.tell(agent, event);
                        }
                        None => {}
                    }
                }
            }
        }
        self.flush(pending);
        end
    }

    fn flush(&mut self, text: Option<(u64, u64, String)>) {
        if let Some((agent, call, text)) = text {
            self.tell(agent, Event::Text { call, text });
        }
    }

    fn tell(&self, agent: u64, event: Event) {
        // What only shows that something goes on; the end has the whole answer.
        let can_be_missed = matches!(event, Event::Text { .. } | Event::Looking { .. });
        let (told, seq) = &mut *self.told.lock();
        told.push(agent, event.clone());
        if self.notices && !(can_be_missed && self.out.is_behind()) {
            let agent = Some(agent).filter(|agent| *agent > 0);
            let notice = RunNotice { run_id: self.run_id.clone(), seq: *seq, agent, event };
            *seq += 1;
            self.out.notify::<RunNotification>(&notice);
        }
    }
}

/// What a line of progress says: the turn, the money, what is being done.
#[derive(Default)]
struct Said {
    activity: Activity,
    last: String,
}

impl Said {
    /// The line, when it has changed.
    fn line(&mut self) -> Option<String> {
        let mut line = format!("turn {}", self.activity.turn.max(1));
        if self.activity.spent.usd > 0.0 {
            line.push_str(&format!(", ${:.4}", self.activity.spent.usd));
        }
        let words = events::safe(&self.activity.words());
        if !words.is_empty() {
            line.push_str(&format!(": {words}"));
        }
        (line != self.last).then(|| self.last.clone_from(&line)).map(|()| line)
    }
}
