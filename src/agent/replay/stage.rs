//! Where a replay is in its record: what comes next, and the first thing that is not as recorded.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::watch;

use super::track::{Cell, HostCall, Track};
use crate::cancel::Cancel;
use crate::model::{ModelError, Reply};
use crate::redact::redact;
use crate::repl::Outcome;

/// The first thing that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// 0: before the first turn.
    pub turn: u32,
    /// 0: before the first cell.
    pub cell: u64,
    /// `code`, `host call 3`, `output`, `value`, `error`, `warnings`, `worker`, `answer`, `end`.
    pub what: String,
    pub recorded: String,
    pub replayed: String,
}

/// One agent's record, and how far its replay has come.
pub struct Stage {
    pub track: Track,
    /// Fires when there is nothing more to replay.
    pub stop: Cancel,
    state: Mutex<State>,
    /// How many promises of the cell have settled.
    settled: watch::Sender<usize>,
}

#[derive(Default)]
struct State {
    /// Calls of the models that were answered.
    asks: usize,
    digests: usize,
    turn: u32,
    /// Cells that began.
    cells: usize,
    /// Of the cell, in their order.
    calls: usize,
    /// Cells that ended as recorded.
    agreed: u64,
    /// The cell runs only for what it leaves in variables.
    aside: bool,
    inexact: Option<u64>,
    salvaging: bool,
    difference: Option<Difference>,
}

/// What is said to a host call.
pub enum Turn<'a> {
    Now(&'a HostCall),
    /// Once so many promises have settled.
    After(usize, &'a HostCall),
    Never,
}

impl Stage {
    pub fn new(track: Track) -> Self {
        Self { track, stop: Cancel::new(), state: Mutex::default(), settled: watch::Sender::new(0) }
    }

    /// The reply to the root model's next call. Where the record has no more, the replay is over.
    pub fn reply(&self) -> Result<Reply, ModelError> {
        let mut state = self.state();
        let ask = self.track.asks.get(state.asks).filter(|ask| ask.salvage == state.salvaging);
        let next = self.track.asks.get(state.asks + 1).filter(|next| !next.salvage);
        if let Some(ask) = ask {
            state.asks += 1;
            state.turn = ask.turn;
            match &ask.outcome {
                Some(Ok(reply)) => return Ok(reply.clone()),
                // What the loop asked again at once did not fit the model's window.
                Some(Err(reason)) if next.is_some_and(|next| next.turn == ask.turn) => {
                    return Err(ModelError::TooLong(reason.clone()));
                }
                Some(Err(reason)) if ask.salvage || !self.track.was_stopped() || ask.turn <= 1 => {
                    return Err(ModelError::Unavailable(reason.clone()));
                }
                Some(Err(_)) | None => {}
            }
        } else if !self.track.was_stopped() {
            let recorded = self.track.answer.clone().unwrap_or_else(|| "(the end)".to_owned());
            drop(state);
            self.differ("end", &recorded, "(the loop goes on)");
        }
        self.stop.cancel();
        Err(ModelError::Cancelled)
    }

    /// The reply to the next call of the leaf model that the loop makes for itself.
    pub fn digest(&self) -> Result<Reply, ModelError> {
        let mut state = self.state();
        let digest = self.track.digests.get(state.digests);
        state.digests += 1;
        match digest.and_then(|digest| digest.outcome.as_ref()) {
            Some(Ok(reply)) => Ok(reply.clone()),
            Some(Err(reason)) => Err(ModelError::Unavailable(reason.clone())),
            None => Err(ModelError::Unavailable("the record has no reply to this".to_owned())),
        }
    }

    /// A cell begins; how it ended, and `None` where the record does not say or says something else.
    pub fn begin(&self, code: &str) -> Option<&Outcome> {
        let mut state = self.state();
        let Some(cell) = self.track.cells.get(state.cells) else {
            drop(state);
            if self.track.was_stopped() {
                self.stop.cancel();
            } else {
                self.differ("code", "(no further cell)", code);
            }
            return None;
        };
        (state.cells, state.calls, state.aside) = (state.cells + 1, 0, false);
        drop(state);
        self.settled.send_replace(0);
        if redact(code) != cell.code {
            self.differ("code", &cell.code, &redact(code));
            return None;
        }
        if cell.done.is_none() {
            self.stop.cancel();
        }
        cell.done.as_ref()
    }

    /// From here on the cell is not compared: only what it leaves in variables counts.
    pub fn aside(&self) {
        self.state().aside = true;
    }

    /// The cell's outcome was taken from the record.
    pub fn given(&self, exact: bool) {
        let mut state = self.state();
        state.agreed += 1;
        if !exact {
            let number = self.cell(&state).map(|cell| cell.number);
            state.inexact = state.inexact.or(number);
        }
    }

    /// Compares what a cell did with what it had done.
    pub fn compare(&self, replayed: &Outcome, recorded: &Outcome) {
        let error = |outcome: &Outcome| outcome.error.as_ref().map(|error| format!("{:?}: {}", error.kind, error.text));
        let none = || "(none)".to_owned();
        let parts = [
            ("error", error(recorded).unwrap_or_else(none), error(replayed).unwrap_or_else(none)),
            ("output", recorded.output.clone(), replayed.output.clone()),
            ("value", recorded.value.clone().unwrap_or_else(none), replayed.value.clone().unwrap_or_else(none)),
            ("warnings", recorded.warnings.join("\n"), replayed.warnings.join("\n")),
            ("worker", recorded.lost.clone().unwrap_or_else(none), replayed.lost.clone().unwrap_or_else(none)),
        ];
        for (what, recorded, replayed) in parts {
            let replayed = redact(&replayed);
            if recorded != replayed {
                return self.differ(what, &recorded, &replayed);
            }
        }
        self.state().agreed += 1;
    }

    /// The next host call of the cell.
    pub fn call(&self, name: &str, args: &str) -> Turn<'_> {
        let mut state = self.state();
        let (at, aside) = (state.calls, state.aside);
        state.calls += 1;
        let recorded = self.cell(&state).and_then(|cell| cell.calls.get(at));
        drop(state);
        let args = redact(args);
        match recorded {
            Some(call) if call.name == name && call.args == args => match &call.reply {
                Some(_) if call.blocking => Turn::Now(call),
                Some(settled) => Turn::After(settled.rank, call),
                None => Turn::Never,
            },
            _ if aside => Turn::Never,
            recorded => {
                let recorded =
                    recorded.map_or_else(|| "(none)".to_owned(), |call| format!("{}{}", call.name, call.args));
                self.differ(&format!("host call {}", at + 1), &recorded, &format!("{name}{args}"));
                Turn::Never
            }
        }
    }

    /// Waits until so many promises of the cell have settled, and counts one more.
    pub async fn settle(&self, rank: usize) {
        // The sender is in `self`, so the channel is open.
        let _ = self.settled.subscribe().wait_for(|settled| *settled == rank).await;
        self.settled.send_replace(rank + 1);
    }

    /// The cell waits. When none of its calls is next to settle, it waits for ever.
    pub fn waited_for(&self) {
        let state = self.state();
        let Some(cell) = self.cell(&state) else { return };
        let made = &cell.calls[..state.calls.min(cell.calls.len())];
        let settled = *self.settled.borrow();
        let next = |call: &HostCall| !call.blocking && call.reply.as_ref().is_some_and(|reply| reply.rank == settled);
        if state.aside || made.iter().any(next) {
            return;
        }
        let recorded = cell.calls.get(state.calls).map_or("(its end)", |call| call.name.as_str()).to_owned();
        drop(state);
        self.differ("host call", &recorded, "(the cell waits for calls that settled later or never)");
    }

    /// What the author of the cell's answer was told.
    pub fn problems(&self, answer: &str) -> Vec<String> {
        let state = self.state();
        let Some(cell) = self.cell(&state) else { return Vec::new() };
        drop(state);
        let (recorded, problems) = match &cell.held {
            Some((held, problems)) => (Some(held), problems.clone()),
            None => (self.track.answer.as_ref(), Vec::new()),
        };
        if let Some(recorded) = recorded {
            self.compare_answer(recorded, answer);
        }
        problems
    }

    /// Compares answers as JSON, byte for byte.
    pub fn compare_answer(&self, recorded: &str, replayed: &str) {
        let replayed = redact(replayed);
        if recorded != replayed {
            self.differ("answer", recorded, &replayed);
        }
    }

    /// Ends the replay, unless it is known already where it differs.
    pub fn differ(&self, what: &str, recorded: &str, replayed: &str) {
        let mut state = self.state();
        let cell = self.cell(&state).map_or(0, |cell| cell.number);
        let (turn, what) = (state.turn, what.to_owned());
        let difference = Difference { turn, cell, what, recorded: recorded.to_owned(), replayed: replayed.to_owned() };
        state.difference.get_or_insert(difference);
        drop(state);
        self.stop.cancel();
    }

    pub fn difference(&self) -> Option<Difference> {
        self.state().difference.clone()
    }

    /// The turn it has come to, the cells that ended as recorded, and the cell from which on variables may differ.
    pub fn progress(&self) -> (u32, u64, Option<u64>) {
        let state = self.state();
        (state.turn, state.agreed, state.inexact)
    }

    /// The loop is over, and what is asked now is the best answer from what is known.
    pub fn salvage(&self) {
        let mut state = self.state();
        state.salvaging = true;
        let left = self.track.asks.iter().skip(state.asks).take_while(|ask| !ask.salvage).count();
        state.asks += left;
    }

    fn cell(&self, state: &State) -> Option<&Cell> {
        self.track.cells.get(state.cells.checked_sub(1)?)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
