//! The root loop: one cell a turn until code calls `answer`, or a limit trips and the salvage has the last word.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::answers::answer::{HeldAnswer, Verdict};
use super::answers::referee::Referee;
use super::bindings::Bindings;
use super::calls::budget::{Purpose, Tripped};
use super::calls::entire::withheld;
use super::calls::{Aside, Ask, CallFailure};
use super::cells::Cells;
use super::circles::{self, Circles};
use super::code::{self, Asked};
use super::event::RunEvent;
use super::prompt::history::{self, History};
use super::prompt::origins::Trail;
use super::prompt::{self, Held, Transport};
use super::record;
use super::salvage::Findings;
use crate::cancel::Cancel;
use crate::journal::Event;
use crate::journal::event::Role as CallRole;
use crate::model::{Finish, Message, ModelError, Reply, Role};
use crate::repl::{CellErrorKind, Outcome};

/// Cells that may run after an answer is held, before it counts as given.
const VERIFICATIONS: u32 = 2;

/// Replies without code, and identical cells, in a row that end a run.
const PATIENCE: u32 = 3;

/// How often one turn's prompt may be refused for its length.
const MOST_REFUSALS: u32 = 6;

/// How the loop ended.
#[derive(Debug)]
pub enum Ended {
    Answered(HeldAnswer),
    Tripped(Tripped),
    Cancelled,
}

/// One run of the root loop over a REPL that is already there.
pub struct Root<'a> {
    pub bindings: &'a Arc<Bindings>,
    pub referee: &'a dyn Referee,
    /// Whether the model was told about citations that cannot be kept: once is enough.
    pub warned: bool,
    pub repl: &'a mut dyn Cells,
    /// The variables that the model has been told of.
    pub vars: BTreeMap<String, String>,
    pub transport: Transport,
    /// Ends the run without an answer.
    pub cancel: &'a Cancel,
    /// Ends the work; what was found so far is answered.
    pub answer_now: &'a Cancel,
    pub findings: Findings,
    /// The cells, for who asks later where variables come from.
    pub trail: Trail,
}

enum Step {
    Go,
    End(Ended),
}

impl Root<'_> {
    /// Runs turns until the loop ends. `messages` holds the system prompt and the question.
    pub async fn run(&mut self, messages: Vec<Message>) -> Result<Ended, ModelError> {
        // Whatever is under way stops when the user wants an answer now; the salvage call then still has `cancel`.
        let work = self.cancel.child_token();
        let stop = work.clone();
        let (answer_now, finished) = (self.answer_now.clone(), work.clone().drop_guard());
        let watch = tokio::spawn(async move {
            tokio::select! {
                () = answer_now.cancelled() => stop.cancel(),
                // It is over, or was dropped.
                () = stop.cancelled() => {}
            }
        });
        let mut messages = History::new(messages);
        let ended = self.turns(&mut messages, &work).await;
        watch.abort();
        drop(finished);
        ended
    }

    async fn turns(&mut self, messages: &mut History, work: &Cancel) -> Result<Ended, ModelError> {
        let calls = self.bindings.calls.clone();
        let (mut without_code, mut same, mut last_code) = (0, 1, String::new());
        let (mut circles, mut to_verify) = (Circles::default(), None);
        let (mut announced, mut turn) = (1.0, 0);
        loop {
            turn = match calls.ledger.turn(turn, self.bindings.depth) {
                Ok(turn) => turn,
                Err(tripped) => return Ok(Ended::Tripped(tripped)),
            };
            self.bindings.turns.store(turn, Ordering::Relaxed);
            calls.journal.write(Event::TurnStarted { turn });
            (calls.emit)(RunEvent::TurnStarted { turn });
            let aside = self.aside(turn - 1, &mut announced);
            let reply = match self.reply(messages, turn, aside.as_ref(), work).await {
                Ok(reply) => reply,
                Err(failure) => return self.failed(failure, turn),
            };
            if reply.finish == Finish::Filtered {
                let error = withheld(&calls.models.root.name, &reply);
                return self.failed(error.into(), turn);
            }
            let asked = code::asked(&reply);
            let sent = messages.messages();
            if !matches!(asked, Asked::Cell { .. }) {
                calls.forget(self.ask(sent.clone(), turn));
            }
            messages.reply(&reply);
            let (source, call, ignored) = match asked {
                Asked::Cell { code, call, ignored } => (code, call, ignored),
                Asked::Malformed { call, reason } => {
                    messages.push(tool_result(call, format!("Nothing ran: {reason}.")));
                    without_code += 1;
                    if without_code >= PATIENCE {
                        return Ok(Ended::Tripped(Tripped::NoCode { times: without_code }));
                    }
                    continue;
                }
                Asked::Cut { call } => {
                    let why = prompt::cut(reply.usage.output, reply.finish == Finish::Length);
                    messages.push(match call {
                        Some(call) => tool_result(call, why),
                        None => prompt::message(Role::User, why),
                    });
                    without_code += 1;
                    if without_code >= PATIENCE {
                        return Ok(Ended::Tripped(Tripped::NoCode { times: without_code }));
                    }
                    continue;
                }
                Asked::Nothing => {
                    self.findings.said(&reply.text);
                    without_code += 1;
                    if without_code >= PATIENCE {
                        return Ok(Ended::Tripped(Tripped::NoCode { times: without_code }));
                    }
                    messages.push(prompt::message(Role::User, prompt::no_code(self.transport)));
                    continue;
                }
            };
            without_code = 0;
            same = if source == last_code { same + 1 } else { 1 };
            if same >= PATIENCE {
                calls.forget(self.ask(sent, turn));
                return Ok(Ended::Tripped(Tripped::Repeated { times: same }));
            }
            last_code.clone_from(&source);

            let cell = self.repl.cells() + 1;
            let outcome = self.cell(cell, &source, work).await;
            // A child's files belong to the cell that started it.
            if self.bindings.depth == 0 {
                let (files, failed) = (calls.seen.take_fresh(), outcome.error.is_some() || outcome.lost.is_some());
                self.trail.cell(&source, files, failed);
            }
            let stopped = work.is_cancelled();
            let (held, step) = self.judge(&outcome);
            if let Step::End(ended) = step {
                return Ok(ended);
            }
            self.findings.cell(cell, &source, &outcome);
            if self.cancel.is_cancelled() {
                return Ok(Ended::Cancelled);
            }
            if self.answer_now.is_cancelled() {
                return Ok(Ended::Tripped(Tripped::AnswerNow));
            }
            if stopped || calls.ledger.work_time_left().is_zero() {
                let limit_s = calls.ledger.limits().wall.as_secs();
                return Ok(Ended::Tripped(Tripped::Wall { limit_s }));
            }
            let alike = circles.cell(&outcome);
            if alike > circles::TOLD {
                return Ok(Ended::Tripped(Tripped::Circles { times: alike }));
            }
            // Verifying again and again finds nothing new, and what is typed at its end is often worse.
            to_verify = match (to_verify, self.bindings.answers.held()) {
                (None, None) => None,
                (None, Some(_)) => Some(VERIFICATIONS),
                (Some(1), Some(answer)) => {
                    calls.journal.write(Event::Note { text: "The held answer is taken as it is.".to_owned() });
                    return Ok(Ended::Answered(answer));
                }
                (Some(left), _) => Some(left.saturating_sub(1)),
            };
            let now = self.repl.vars(work).await;
            self.trail.now(&now);
            let news = list(now.iter().filter(|(name, what)| self.vars.get(*name) != Some(*what)));
            self.vars = now;
            let mut seen = prompt::observation(&self.bindings.key, cell, &outcome, held.as_ref(), ignored, &news);
            if let Some(left) = to_verify {
                let cells = if left == 1 { "cell" } else { "cells" };
                seen.push_str(&format!(
                    "{left} more {cells} may run to verify it; then the held answer counts as given.\n"
                ));
            }
            if alike == circles::TOLD {
                seen.push_str(&format!(
                    "The last {alike} cells showed the same: answer from it, or look elsewhere. One more of these ends the run.\n"
                ));
            }
            messages.push(match call {
                Some(call) => tool_result(call, seen),
                None => prompt::message(Role::User, seen),
            });
        }
    }

    /// What is left, when that has become little. No part of the history: it changes from run to run, and with it in there
    /// no later reply could be found again.
    fn aside(&self, turns: u32, announced: &mut f64) -> Option<Aside> {
        let share = self.bindings.calls.ledger.share_left(self.bindings.depth, turns);
        let mark = [0.1, 0.25, 0.5].into_iter().find(|&mark| share <= mark)?;
        let presses = mark == 0.1;
        if *announced <= mark && !presses {
            return None;
        }
        *announced = mark;
        let left = serde_json::to_string(&self.bindings.left()).unwrap_or_default();
        Some(Aside { text: format!("\nBudget, {:.0} % left: {left}\n", share * 100.0), presses })
    }

    fn ask(&self, messages: Vec<Message>, turn: u32) -> Ask {
        Ask {
            role: CallRole::Root,
            purpose: Purpose::at(self.bindings.depth),
            messages,
            tools: match self.transport {
                Transport::Tool => vec![code::tool()],
                Transport::Fence => Vec::new(),
            },
            max_tokens: history::output(&self.bindings.calls),
            schema: None,
            parent: None,
            label: format!("turn {turn}"),
        }
    }

    /// The root model's next reply. A prompt that is too long for it is made shorter, as long as that is possible.
    async fn reply(
        &self,
        messages: &mut History,
        turn: u32,
        aside: Option<&Aside>,
        work: &Cancel,
    ) -> Result<Reply, CallFailure> {
        let calls = &self.bindings.calls;
        messages.fit(self.bindings, &self.vars, turn, work).await;
        let mut refusals = 0;
        loop {
            let ask = self.ask(messages.messages(), turn);
            let max_tokens = ask.max_tokens;
            match calls.complete_beside(ask, aside, work).await {
                Err(CallFailure::Model(ModelError::TooLong(reason))) => {
                    // The refusal has made the window smaller, and with it what a reply may take.
                    refusals += 1;
                    let shorter = messages.fit(self.bindings, &self.vars, turn, work).await;
                    if refusals > MOST_REFUSALS || !(shorter || history::output(calls) < max_tokens) {
                        return Err(ModelError::TooLong(reason).into());
                    }
                }
                Ok(reply) => {
                    messages.counted(&reply.usage);
                    return Ok(reply);
                }
                failed => return failed,
            }
        }
    }

    fn failed(&self, failure: CallFailure, turn: u32) -> Result<Ended, ModelError> {
        if self.cancel.is_cancelled() {
            return Ok(Ended::Cancelled);
        }
        if self.answer_now.is_cancelled() {
            return Ok(Ended::Tripped(Tripped::AnswerNow));
        }
        match failure {
            CallFailure::Tripped(tripped) => Ok(Ended::Tripped(tripped)),
            // Nothing was found yet: the plain error says more than an answer without content.
            CallFailure::Model(error) if turn == 1 => Err(error),
            CallFailure::Model(error) => Ok(Ended::Tripped(Tripped::Model { reason: error.to_string() })),
        }
    }

    /// Runs a cell that no model wrote, before the first turn.
    pub async fn prepare(&mut self, source: &str) -> Outcome {
        let (cell, cancel) = (self.repl.cells() + 1, self.cancel.child_token());
        self.cell(cell, source, &cancel).await
    }

    async fn cell(&mut self, cell: u64, source: &str, work: &Cancel) -> Outcome {
        let calls = self.bindings.calls.clone();
        self.bindings.cell.store(cell, Ordering::Relaxed);
        calls.journal.write(Event::Cell { cell, code: source.into() });
        (calls.emit)(RunEvent::Cell { cell, code: source.to_owned() });
        let deadline = tokio::time::sleep(calls.ledger.work_time_left());
        let outcome = {
            let run = self.repl.run(source, work);
            tokio::pin!(run, deadline);
            tokio::select! {
                outcome = &mut run => outcome,
                () = &mut deadline => {
                    work.cancel();
                    run.await
                }
            }
        };
        calls.journal.write(record::cell_done(cell, &outcome));
        let mut output = outcome.output.clone();
        if let Some(value) = &outcome.value {
            output.push_str(value);
        }
        let error = outcome.error.as_ref().map(|error| error.text.clone());
        (calls.emit)(RunEvent::CellDone { cell, output, error });
        outcome
    }

    /// What the end of a cell means: an answer that is held, and whether the run goes on.
    fn judge(&mut self, outcome: &Outcome) -> (Option<Held>, Step) {
        let answers = &self.bindings.answers;
        let before = answers.held();
        let threw = outcome.error.is_some() || outcome.lost.is_some();
        let shown = !outcome.output.trim().is_empty() || outcome.value.is_some() || !outcome.warnings.is_empty();
        let (answer, is_final) = match answers.judge(threw, shown) {
            Verdict::Final(answer) => (answer, true),
            Verdict::Held(answer) => (answer, false),
            Verdict::None => {
                let cancelled = outcome.error.as_ref().is_some_and(|error| error.kind == CellErrorKind::Cancelled);
                let step = if cancelled && self.cancel.is_cancelled() { Step::End(Ended::Cancelled) } else { Step::Go };
                return (None, step);
            }
        };
        // The same answer twice is as good as a confirmation.
        if !is_final && before.is_some_and(|before| before.says_same(&answer)) {
            return (None, Step::End(Ended::Answered(answer)));
        }
        let problems = if self.warned { Vec::new() } else { self.referee.problems(&answer) };
        if is_final && problems.is_empty() {
            return (None, Step::End(Ended::Answered(answer)));
        }
        self.warned |= !problems.is_empty();
        self.bindings.answers.hold(answer.clone());
        self.bindings.calls.journal.write(record::answer(&answer, &[], &[], &problems, true));
        (Some(Held { answer, problems }), Step::Go)
    }
}

fn tool_result(call: String, content: String) -> Message {
    Message { role: Role::Tool, content, tool_calls: Vec::new(), tool_call_id: Some(call) }
}

/// `a: string of 12 characters; b: Array(3)`, at most 40 of them.
pub(super) fn list<'a>(vars: impl Iterator<Item = (&'a String, &'a String)>) -> String {
    const MOST: usize = 40;
    let mut text: Vec<String> = vars.map(|(name, what)| format!("{name}: {what}")).collect();
    let more = text.len().saturating_sub(MOST);
    text.truncate(MOST);
    if more > 0 {
        text.push(format!("and {more} more"));
    }
    text.join("; ")
}
