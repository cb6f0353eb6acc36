//! What was told of a run, told again: from memory while it is under way, from its journal afterwards.

use super::answered::end;
use super::{Told, open};
use crate::agent::activity::looking;
use crate::journal::event::{Body, EndReason, Outcome};
use crate::journal::{Blobs, Event as Line, Run, event};
use crate::lsp::Error;
use crate::lsp::events::safe;
use crate::lsp::protocol::{Event, RecordResult, Spent};
use crate::lsp::state::{State, View};
use crate::model::Usage;

/// What was told of the run whose id begins so. Reads the journal, so it blocks.
///
/// # Errors
/// When there is no such run, or more than one.
pub fn record(state: &State, view: &View, run_id: &str) -> Result<RecordResult, Error> {
    if let Some(told) = state.runs.told(run_id) {
        return Ok(told);
    }
    let state_dir = state.state_dir()?;
    let (run, blobs) = (open(&state_dir, run_id)?, Blobs::new(&state_dir));
    if let Some(told) = state.runs.told(&run.id) {
        return Ok(told);
    }
    let mut reader = Reader { blobs: &blobs, told: Told::default(), spent: Spent::default() };
    let conversation_id = state.runs.conversation_of(&run.id).unwrap_or_default();
    reader.read(&run, conversation_id);
    match end(state, view, &run, &blobs) {
        Ok(Some(end)) => reader.told.push(0, Event::End(Box::new(end))),
        Ok(None) => {}
        // The rest is worth telling without it.
        Err(error) => reader.told.push(0, Event::Note { text: safe(&error.message) }),
    }
    Ok(RecordResult { notices: reader.told.notices(&run.id), next: None })
}

/// Turns lines of a journal into events.
struct Reader<'b> {
    blobs: &'b Blobs,
    told: Told,
    spent: Spent,
}

impl Reader<'_> {
    fn read(&mut self, run: &Run, conversation_id: String) {
        if let Some(header) = run.header() {
            let started = Event::Started {
                question: safe(&header.question),
                model: safe(&header.models.root),
                leaf_model: safe(&header.models.leaf),
                conversation_id,
            };
            self.told.push(0, started);
        }
        for line in &run.lines {
            self.line(line.agent, &line.event);
        }
    }

    fn line(&mut self, agent: u64, line: &Line) {
        let event = match line {
            Line::TurnStarted { turn } => {
                self.spent.turns += 1;
                Event::Turn { turn: *turn }
            }
            Line::CallStarted { call, role, label, .. } => {
                Event::CallStarted { call: *call, role: *role, label: safe(label) }
            }
            Line::CallRetry { call, reason, wait_ms } => {
                Event::Retry { call: *call, reason: safe(reason), wait_ms: *wait_ms }
            }
            Line::CallFinished { call, outcome, usage, usd, hit, .. } => {
                self.finished(agent, *call, outcome, usage, *usd, *hit)
            }
            Line::Cell { cell, code } => Event::Code { cell: *cell, code: self.text(code) },
            Line::CellDone { cell, output, value, error, .. } => {
                let mut shown = self.text(output);
                shown.extend(value.iter().map(|value| self.text(value)));
                let error = error.as_ref().map(|error| self.text(&error.text));
                Event::Output { cell: *cell, output: shown, error }
            }
            Line::HostCall { name, args, .. } if name.starts_with("repo.") || name.starts_with("plan.") => {
                let args = self.blobs.text(args).unwrap_or_default();
                Event::Looking { what: safe(&looking(name, &args)) }
            }
            Line::Note { text } => Event::Note { text: safe(text) },
            Line::AgentStarted(child) => Event::ChildStarted {
                agent,
                parent: child.parent,
                depth: child.depth,
                question: self.text(&child.question),
                scope: child.scope.iter().map(|scope| safe(scope)).collect(),
            },
            Line::AgentEnded { reason, detail } => {
                let error = match reason {
                    EndReason::Answered => None,
                    _ if detail.is_empty() => Some("cancelled".to_owned()),
                    _ => Some(safe(detail)),
                };
                Event::ChildEnded { agent, error }
            }
            Line::Limit { detail, .. } => Event::Limit { message: safe(detail) },
            _ => return,
        };
        // A child's start and end say whose they are, and are the run's own.
        let agent = if matches!(event, Event::ChildStarted { .. } | Event::ChildEnded { .. }) { 0 } else { agent };
        self.told.push(agent, event);
    }

    fn finished(
        &mut self,
        agent: u64,
        call: u64,
        outcome: &Outcome<event::Reply, String>,
        usage: &event::Usage,
        usd: Option<f64>,
        hit: bool,
    ) -> Event {
        let event::Usage { input, cached, written, output, reasoning, estimated } = *usage;
        let error = match outcome {
            Outcome::Ok(reply) => {
                let text = self.text(&reply.text);
                if !text.is_empty() {
                    self.told.push(agent, Event::Text { call, text });
                }
                self.spent.calls += u32::from(!hit);
                self.spent.unpriced += u32::from(!hit && usd.is_none());
                None
            }
            Outcome::Error(error) => Some(safe(error)),
        };
        self.spent.hits += u32::from(hit);
        self.spent.tokens += input + output;
        self.spent.usd += usd.unwrap_or_default();
        let usage = Usage { input, cached, written, output, reasoning, estimated };
        Event::CallFinished { call, usage, usd, error, hit, spent: self.spent.clone() }
    }

    fn text(&self, body: &Body) -> String {
        match self.blobs.text(body) {
            Ok(text) => safe(&text),
            Err(error) => format!("({})", safe(&error.to_string())),
        }
    }
}
