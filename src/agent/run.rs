//! The root loop: one cell a turn until code calls `answer`, or a limit trips and the salvage has the last word.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::answer::{HeldAnswer, Verdict};
use super::bindings::Bindings;
use super::budget::{Purpose, Tripped};
use super::calls::{Ask, CallFailure};
use super::citations::{self, Evidence, Status};
use super::code::{self, Asked};
use super::entire::withheld;
use super::event::RunEvent;
use super::history::{self, History};
use super::origins::Trail;
use super::prompt::{self, Held, Transport};
use super::record;
use super::salvage::Findings;
use crate::cancel::Cancel;
use crate::journal::Event;
use crate::journal::event::Role as CallRole;
use crate::model::{Finish, Message, ModelError, Reply, Role};
use crate::repl::{CellErrorKind, Outcome, Repl};

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
    pub evidence: &'a (dyn Evidence + Sync),
    /// Whether the model was told about citations that cannot be kept: once is enough.
    pub warned: bool,
    pub repl: &'a mut Repl,
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
            answer_now.cancelled().await;
            stop.cancel();
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
        let (mut announced, mut turn) = (1.0, 0);
        loop {
            turn = match calls.ledger.turn(turn, self.bindings.depth) {
                Ok(turn) => turn,
                Err(tripped) => return Ok(Ended::Tripped(tripped)),
            };
            self.bindings.turns.store(turn, Ordering::Relaxed);
            calls.journal.write(Event::TurnStarted { turn });
            (calls.emit)(RunEvent::TurnStarted { turn });
            let reply = match self.reply(messages, turn, work).await {
                Ok(reply) => reply,
                Err(failure) => return self.failed(failure, turn),
            };
            if reply.finish == Finish::Filtered {
                let error = withheld(&calls.models.root.name, &reply);
                return self.failed(error.into(), turn);
            }
            let asked = code::asked(&reply);
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
            let (verdict, step) = self.judge(&outcome);
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
            let held = match verdict {
                Verdict::Held(answer) => {
                    let problems = self.problems(&answer);
                    self.warned |= !problems.is_empty();
                    Some(Held { answer, problems })
                }
                _ => None,
            };
            let now = self.repl.vars(work).await;
            let news = || now.iter().filter(|(name, what)| self.vars.get(*name) != Some(*what));
            self.trail.news(news().map(|(name, _)| name));
            let news = list(news());
            self.vars = now;
            let mut seen = prompt::observation(&self.bindings.key, cell, &outcome, held.as_ref(), ignored, &news);
            let share = calls.ledger.share_left(self.bindings.depth, turn);
            if let Some(mark) = [0.1, 0.25, 0.5].into_iter().find(|&mark| share <= mark && announced > mark) {
                announced = mark;
                let left = serde_json::to_string(&self.bindings.left()).unwrap_or_default();
                seen.push_str(&format!("Budget, {:.0} % left: {left}\n", share * 100.0));
            }
            messages.push(match call {
                Some(call) => tool_result(call, seen),
                None => prompt::message(Role::User, seen),
            });
        }
    }

    /// The root model's next reply. A prompt that is too long for it is made shorter, as long as that is possible.
    async fn reply(&self, messages: &mut History, turn: u32, work: &Cancel) -> Result<Reply, CallFailure> {
        let calls = &self.bindings.calls;
        messages.fit(self.bindings, &self.vars, turn, work).await;
        let mut refusals = 0;
        loop {
            let max_tokens = history::output(calls);
            let ask = Ask {
                role: CallRole::Root,
                purpose: Purpose::at(self.bindings.depth),
                messages: messages.messages(),
                tools: match self.transport {
                    Transport::Tool => vec![code::tool()],
                    Transport::Fence => Vec::new(),
                },
                max_tokens,
                schema: None,
                parent: None,
                label: format!("turn {turn}"),
            };
            match calls.complete(ask, work).await {
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

    /// What is wrong with the citations of an answer; its author is told once. `builtin` cannot mend any.
    fn problems(&self, answer: &HeldAnswer) -> Vec<String> {
        if self.bindings.calls.models.root.model.provider() == "builtin" {
            return Vec::new();
        }
        let check = || citations::check(&answer.markdown(), &answer.citations, self.evidence);
        let (kept, dropped) = tokio::task::block_in_place(check);
        let unsupported = kept
            .iter()
            .filter(|c| c.status == Status::Unsupported)
            .map(|c| format!("{}:{}-{}: these lines do not hold {}", c.path, c.from, c.to, c.missing.join(", ")));
        dropped.iter().map(|d| format!("{}:{}-{}: {}", d.path, d.from, d.to, d.reason)).chain(unsupported).collect()
    }

    fn judge(&self, outcome: &Outcome) -> (Verdict, Step) {
        let answers = &self.bindings.answers;
        let before = answers.held();
        let threw = outcome.error.is_some() || outcome.lost.is_some();
        let shown = !outcome.output.trim().is_empty() || outcome.value.is_some() || !outcome.warnings.is_empty();
        let verdict = answers.judge(threw, shown);
        match &verdict {
            Verdict::Final(answer) if !self.warned && !self.problems(answer).is_empty() => {
                answers.hold(answer.clone());
                self.bindings.calls.journal.write(record::answer(answer, &[], &[], true));
                (Verdict::Held(answer.clone()), Step::Go)
            }
            Verdict::Final(answer) => (verdict.clone(), Step::End(Ended::Answered(answer.clone()))),
            // The same answer twice is as good as a confirmation.
            Verdict::Held(answer) if before.as_ref() == Some(answer) => {
                (verdict.clone(), Step::End(Ended::Answered(answer.clone())))
            }
            Verdict::Held(answer) => {
                self.bindings.calls.journal.write(record::answer(answer, &[], &[], true));
                (verdict, Step::Go)
            }
            Verdict::None => {
                if outcome.error.as_ref().is_some_and(|error| error.kind == CellErrorKind::Cancelled)
                    && self.cancel.is_cancelled()
                {
                    return (verdict, Step::End(Ended::Cancelled));
                }
                (verdict, Step::Go)
            }
        }
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
