//! What a run tells whoever watches it, as it happens.

use std::sync::Arc;
use std::time::Duration;

use super::calls::budget::{Spent, Tripped};
use crate::journal::event::Role;
use crate::model::Usage;

/// Receives the events of a run, in order. Called from several threads; must not block.
pub type Emit = Arc<dyn Fn(RunEvent) + Send + Sync>;

#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum RunEvent {
    Started {
        /// Names the run in the journal; empty when runs are not recorded.
        run: String,
    },
    TurnStarted {
        turn: u32,
    },
    CallStarted {
        call: u64,
        role: Role,
        label: String,
    },
    /// More text of a reply; void when a retry of the same call follows.
    CallText {
        call: u64,
        text: String,
    },
    CallRetry {
        call: u64,
        reason: String,
        wait: Duration,
    },
    CallFinished {
        call: u64,
        role: Role,
        usage: Usage,
        usd: Option<f64>,
        error: Option<String>,
        /// The reply was there already: nothing was sent.
        hit: bool,
        spent: Spent,
    },
    Cell {
        cell: u64,
        code: String,
    },
    CellDone {
        cell: u64,
        output: String,
        error: Option<String>,
    },
    /// What JavaScript asked the repository for, in a few words.
    Looking {
        what: String,
    },
    Note {
        text: String,
    },
    /// A child begins.
    AgentStarted {
        /// From 1, as in the journal.
        agent: u64,
        /// 0: the root.
        parent: u64,
        depth: u32,
        question: String,
        scope: Vec<String>,
    },
    AgentEnded {
        agent: u64,
        /// Why it has no answer, or only a partial one.
        error: Option<String>,
    },
    /// An event of a child.
    Of {
        agent: u64,
        event: Box<RunEvent>,
    },
    Limit {
        tripped: Tripped,
    },
}

/// Tells of a child's events as such. Those of its own children say already whose they are.
pub(super) fn of_agent(agent: u64, emit: Emit) -> Emit {
    Arc::new(move |event| {
        emit(match event {
            RunEvent::Of { .. } | RunEvent::AgentStarted { .. } | RunEvent::AgentEnded { .. } => event,
            event => RunEvent::Of { agent, event: Box::new(event) },
        });
    })
}
