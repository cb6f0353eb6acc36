//! The root loop: one cell a turn until code calls `answer`, or a limit trips and the salvage has the last word.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::answer::{HeldAnswer, Verdict};
use super::bindings::Bindings;
use super::budget::{Purpose, Tripped};
use super::calls::{Ask, CallFailure};
use super::cells::Cells;
use super::code::{self, Asked};
use super::event::RunEvent;
use super::prompt::{self, Held, Transport};
use super::record;
use super::referee::Referee;
use super::salvage::Findings;
use crate::cancel::Cancel;
use crate::journal::Event;
use crate::journal::event::Role as CallRole;
use crate::model::{Message, ModelError, Reply, Role};
use crate::repl::{CellErrorKind, Outcome};

/// Output tokens of a root turn.
const ROOT_OUTPUT: u32 = 8_192;

/// Replies without code, and identical cells, in a row that end a run.
const PATIENCE: u32 = 3;

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
}

enum Step {
    Go,
    End(Ended),
}

impl Root<'_> {
    /// Runs turns until the loop ends. `messages` holds the system prompt and the question.
    pub async fn run(&mut self, mut messages: Vec<Message>) -> Result<Ended, ModelError> {
        // Whatever is under way stops when the user wants an answer now; the salvage call then still has `cancel`.
        let work = self.cancel.child_token();
        let stop = work.clone();
        let (answer_now, finished) = (self.answer_now.clone(), work.clone().drop_guard());
        let watch = tokio::spawn(async move {
            answer_now.cancelled().await;
            stop.cancel();
        });
        let ended = self.turns(&mut messages, &work).await;
        watch.abort();
        drop(finished);
        ended
    }

    async fn turns(&mut self, messages: &mut Vec<Message>, work: &Cancel) -> Result<Ended, ModelError> {
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
            let asked = code::asked(&reply);
            push_reply(messages, &reply);
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
            let stopped = work.is_cancelled();
            let (verdict, problems, step) = self.judge(&outcome);
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
                    self.warned |= !problems.is_empty();
                    Some(Held { answer, problems })
                }
                _ => None,
            };
            let now = self.repl.vars(work).await;
            let news = list(now.iter().filter(|(name, what)| self.vars.get(*name) != Some(*what)));
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

    /// The root model's next reply. A context window that is full is answered once by dropping old outputs.
    async fn reply(&self, messages: &mut [Message], turn: u32, work: &Cancel) -> Result<Reply, CallFailure> {
        let calls = &self.bindings.calls;
        let ask = |messages: &[Message]| Ask {
            role: CallRole::Root,
            purpose: Purpose::at(self.bindings.depth),
            messages: messages.to_vec(),
            tools: match self.transport {
                Transport::Tool => vec![code::tool()],
                Transport::Fence => Vec::new(),
            },
            max_tokens: ROOT_OUTPUT,
            schema: None,
            parent: None,
            label: format!("turn {turn}"),
        };
        match calls.complete(ask(messages), work).await {
            Err(CallFailure::Model(ModelError::TooLong(_))) if shorten(messages) => {
                calls.complete(ask(messages), work).await
            }
            result => result,
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

    fn judge(&self, outcome: &Outcome) -> (Verdict, Vec<String>, Step) {
        let answers = &self.bindings.answers;
        let before = answers.held();
        let threw = outcome.error.is_some() || outcome.lost.is_some();
        let shown = !outcome.output.trim().is_empty() || outcome.value.is_some() || !outcome.warnings.is_empty();
        let verdict = answers.judge(threw, shown);
        let hold = |answer: &HeldAnswer, problems: Vec<String>| {
            self.bindings.calls.journal.write(record::answer(answer, &[], &problems, true));
            (Verdict::Held(answer.clone()), problems, Step::Go)
        };
        match &verdict {
            Verdict::Final(answer) => {
                let problems = if self.warned { Vec::new() } else { self.referee.problems(answer) };
                if problems.is_empty() {
                    return (verdict.clone(), problems, Step::End(Ended::Answered(answer.clone())));
                }
                answers.hold(answer.clone());
                hold(answer, problems)
            }
            // The same answer twice is as good as a confirmation.
            Verdict::Held(answer) if before.as_ref() == Some(answer) => {
                (verdict.clone(), Vec::new(), Step::End(Ended::Answered(answer.clone())))
            }
            Verdict::Held(answer) => hold(answer, self.referee.problems(answer)),
            Verdict::None => {
                if outcome.error.as_ref().is_some_and(|error| error.kind == CellErrorKind::Cancelled)
                    && self.cancel.is_cancelled()
                {
                    return (verdict, Vec::new(), Step::End(Ended::Cancelled));
                }
                (verdict, Vec::new(), Step::Go)
            }
        }
    }
}

/// Appends a reply, with the one tool call that is answered.
fn push_reply(messages: &mut Vec<Message>, reply: &Reply) {
    let mut message = prompt::message(Role::Assistant, reply.text.clone());
    message.tool_calls = reply.tool_calls.iter().take(1).cloned().collect();
    messages.push(message);
}

fn tool_result(call: String, content: String) -> Message {
    Message { role: Role::Tool, content, tool_calls: Vec::new(), tool_call_id: Some(call) }
}

/// Replaces old outputs by their sizes, all but the last two. Says whether that made anything shorter.
fn shorten(messages: &mut [Message]) -> bool {
    const SHORT: usize = 1_000;
    let outputs: Vec<usize> =
        (2..messages.len()).filter(|&at| matches!(messages[at].role, Role::User | Role::Tool)).collect();
    let mut shorter = false;
    for &at in outputs.iter().rev().skip(2) {
        let size = messages[at].content.chars().count();
        if size > SHORT {
            messages[at].content = format!("[{size} characters of output are left out here; the variables remain]");
            shorter = true;
        }
    }
    shorter
}

/// `a: string of 12 characters; b: Array(3)`, at most 40 of them.
fn list<'a>(vars: impl Iterator<Item = (&'a String, &'a String)>) -> String {
    const MOST: usize = 40;
    let mut text: Vec<String> = vars.map(|(name, what)| format!("{name}: {what}")).collect();
    let more = text.len().saturating_sub(MOST);
    text.truncate(MOST);
    if more > 0 {
        text.push(format!("and {more} more"));
    }
    text.join("; ")
}
