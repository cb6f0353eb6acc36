//! What one run is made of: a snapshot, models, a budget, a journal, and the bindings that join them for JavaScript.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64};

use super::answers::answer::Answers;
use super::answers::schema::Schema;
use super::answers::seen::{Earlier, Now, Seen};
use super::bindings::Bindings;
use super::calls::budget::{Ledger, Limits};
use super::calls::tree::Tree;
use super::calls::{Calls, Models};
use super::child;
use super::event::{self, Emit};
use super::orientation::Maps;
use super::planning::Planning;
use super::prompt::digest::Notes;
use super::prompt::fence::FenceKey;
use super::prompt::history;
use super::prompt::place::At;
use crate::cache::Cache;
use crate::host::{RepoHost, Sighted, Sighting, Symbols};
use crate::journal::event::Role as CallRole;
use crate::journal::{Event, Journal};
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
    /// Where what is learned of the repository is kept for later questions.
    pub maps: Option<Maps>,
    /// What the answer has to satisfy.
    pub schema: Option<Schema>,
    /// Replies that are there already; to be shared between the runs of a process.
    pub cache: Cache,
}

/// A run's parts, joined.
pub struct Session {
    pub snapshot: Snapshot,
    pub(super) bindings: Arc<Bindings>,
    pub(super) plain_below: u64,
    pub(super) at: Option<At>,
    pub(super) maps: Option<Maps>,
}

/// What a child begins with.
pub(super) struct Given {
    /// From 1, as in the journal.
    pub agent: u64,
    pub snapshot: Snapshot,
    /// Characters of the data beside the question.
    pub data: usize,
    pub schema: Option<Schema>,
    pub options: Options,
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
        let repo = Arc::new(RepoHost::new(setup.snapshot.clone(), setup.symbols.clone(), sighted(seen.clone())));
        let mut limits = setup.limits;
        // No more children than there is memory for.
        let room = limits.memory.saturating_sub(setup.repl.memory) / child::LEAST_MEMORY;
        limits.workers = limits.workers.min(1 + usize::try_from(room).unwrap_or(usize::MAX));
        let tree = Arc::new(Tree::new(Ledger::new(limits)).with_cache(setup.cache));
        let calls = Arc::new(Calls::new(setup.models, tree, setup.journal, setup.emit, seen));
        let mut options = setup.repl;
        let plans = || Arc::new(Planning::new(setup.snapshot.clone(), setup.symbols.clone()));
        let planning = options.plan.then(plans);
        options.output = options.output.min(history::shown(calls.window(CallRole::Root)));
        let bindings = Arc::new(Bindings {
            repo,
            calls,
            answers: Answers::default(),
            key: setup.key,
            max_data: setup.max_data,
            schema: setup.schema,
            depth: 0,
            data: 0,
            planning,
            options,
            symbols: setup.symbols,
            notes: Notes::default(),
            turns: AtomicU32::new(0),
            cell: AtomicU64::new(0),
        });
        Self { snapshot: setup.snapshot, bindings, plain_below: setup.plain_below, at: setup.at, maps: setup.maps }
    }

    /// A child of the agent that has these bindings: its own view and worker, the same budget, journal and record of what
    /// was looked at.
    pub(super) fn child(parent: &Bindings, given: Given) -> Self {
        let Given { agent, snapshot, data, schema, options } = given;
        let above = &parent.calls;
        let repo = RepoHost::new(snapshot.clone(), parent.symbols.clone(), sighted(above.seen.clone()));
        let emit = event::of_agent(agent, above.emit.clone());
        let journal = above.journal.of_agent(agent);
        let calls = Calls::new(above.models.clone(), above.tree.clone(), journal, emit, above.seen.clone());
        let bindings = Arc::new(Bindings {
            repo: Arc::new(repo),
            calls: Arc::new(calls),
            answers: Answers::default(),
            key: parent.key.clone(),
            max_data: parent.max_data,
            schema,
            depth: parent.depth + 1,
            data,
            planning: None,
            options,
            symbols: parent.symbols.clone(),
            notes: Notes::default(),
            turns: AtomicU32::new(0),
            cell: AtomicU64::new(0),
        });
        Self { snapshot, bindings, plain_below: 0, at: None, maps: None }
    }

    /// Starts the worker in which this session's cells run.
    pub async fn repl(&self) -> Result<Repl, ReplError> {
        let host: Arc<dyn Host> = self.bindings.clone();
        Repl::start(self.bindings.options.clone(), host).await
    }

    /// Records what the answer has to satisfy.
    pub(super) fn record_schema(&self) {
        if let Some(schema) = &self.bindings.schema {
            let schema = schema.value().to_string().into();
            self.bindings.calls.journal.write(Event::Expects { schema });
        }
    }

    /// Lets a REPL that is already there serve this session.
    pub(super) fn adopt(&self, repl: &mut Repl) {
        repl.rehost(self.bindings.options.clone(), self.bindings.clone());
    }

    /// The value that a cell passed to `answer`, for callers that run cells themselves; a throw voids it.
    pub fn take_answer(&self, outcome: &crate::repl::Outcome) -> Option<serde_json::Value> {
        match self.bindings.answers.judge(outcome.error.is_some(), false) {
            super::answers::answer::Verdict::Final(answer) => Some(answer.value),
            _ => None,
        }
    }
}

/// Has everything that a host brings back count as looked at.
fn sighted(seen: Arc<Seen>) -> Sighted {
    Arc::new(move |sighting: Sighting<'_>| match sighting {
        Sighting::Found { path, from, to } => seen.found(path, from..=to),
        Sighting::Defined { path, line, from, to } => seen.defined(path, line, from, to),
        Sighting::Read { path, from, text } => seen.read(path, from, text),
        Sighting::Listed => seen.listed(),
    })
}
