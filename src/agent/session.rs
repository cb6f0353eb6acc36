//! What one run is made of: a snapshot, models, a budget, a journal, and the bindings that join them for JavaScript.

use std::sync::Arc;

use super::bindings::Bindings;
use super::budget::{Ledger, Limits};
use super::calls::{Calls, Models};
use super::event::Emit;
use super::fence::FenceKey;
use super::history;
use super::place::At;
use super::seen::{Earlier, Now, Seen};
use super::tree::Tree;
use crate::host::{RepoHost, Sighting, Symbols};
use crate::journal::Journal;
use crate::journal::event::Role as CallRole;
use crate::repl::{Host, Options, Repl, ReplError};
use crate::workspace::{RelPath, Snapshot};

/// What a run needs from outside.
pub struct Setup {
    pub snapshot: Snapshot,
    pub models: Models,
    pub limits: Limits,
    pub repl: Options,
    pub key: FenceKey,
    pub journal: Journal,
    pub emit: Emit,
    /// Bytes of scope up to which one plain call answers; 0 never.
    pub plain_below: u64,
    /// Characters of data that one sub-call may carry.
    pub max_data: usize,
    /// Where the question was asked.
    pub at: Option<At>,
    /// Definitions that were extracted before; to be shared between runs over the same files.
    pub symbols: Arc<Symbols>,
}

/// A run's parts, joined.
pub struct Session {
    pub snapshot: Snapshot,
    pub(super) bindings: Arc<Bindings>,
    pub(super) plain_below: u64,
    pub(super) at: Option<At>,
    options: Options,
}

impl Session {
    pub fn new(setup: Setup) -> Self {
        Self::after(setup, Vec::new())
    }

    /// A run whose conversation has looked at these lines before.
    pub(super) fn after(setup: Setup, earlier: Vec<Arc<Earlier>>) -> Self {
        let snapshot = setup.snapshot.clone();
        let now: Now = Box::new(move |path, from, to| {
            let slice = snapshot.lines(&RelPath::parse(path).ok()?, from, to).ok()?;
            (slice.from == from && slice.to == to).then_some(slice.text)
        });
        let seen = Arc::new(Seen::after(earlier, now));
        let noticed = seen.clone();
        let sighted = move |sighting: Sighting<'_>| match sighting {
            Sighting::Found { path, from, to } => noticed.found(path, from..=to),
            Sighting::Defined { path, line, from, to } => noticed.defined(path, line, from, to),
            Sighting::Read { path, from, text } => noticed.read(path, from, text),
        };
        let repo = Arc::new(RepoHost::new(setup.snapshot.clone(), setup.symbols, Arc::new(sighted)));
        let tree = Arc::new(Tree::new(Ledger::new(setup.limits)));
        let calls = Arc::new(Calls::new(setup.models, tree, setup.journal, setup.emit, seen));
        let (root, leaf) = (history::window(&calls, CallRole::Root), history::window(&calls, CallRole::Leaf));
        let max_data = setup.max_data.min(history::data(leaf));
        let bindings = Arc::new(Bindings::new(repo, calls, setup.key, max_data));
        let Setup { snapshot, plain_below, at, repl: mut options, .. } = setup;
        options.output = options.output.min(history::shown(root));
        Self { snapshot, bindings, plain_below, at, options }
    }

    /// Starts the worker in which this session's cells run.
    pub async fn repl(&self) -> Result<Repl, ReplError> {
        let host: Arc<dyn Host> = self.bindings.clone();
        Repl::start(self.options.clone(), host).await
    }

    /// Lets a REPL that is already there serve this session.
    pub(super) fn adopt(&self, repl: &mut Repl) {
        repl.rehost(self.options.clone(), self.bindings.clone());
    }

    /// The value that a cell passed to `answer`, for callers that run cells themselves; a throw voids it.
    pub fn take_answer(&self, outcome: &crate::repl::Outcome) -> Option<serde_json::Value> {
        match self.bindings.answers.judge(outcome.error.is_some(), false) {
            super::answer::Verdict::Final(answer) => Some(answer.value),
            _ => None,
        }
    }
}
