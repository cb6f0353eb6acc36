//! The events of a journal as a tree: agents, their turns, the turns' model calls and cells, the cells' host calls, and the
//! calls and children under those. `build` makes it.

mod build;

use super::event::{
    self, Body, CellError, Citation, EndReason, Header, HostError, Line, Outcome, Reply, Request, Role, Totals, Usage,
};

/// A run. Agents, calls, cells and host calls are named by their places in the vectors here.
#[derive(Default)]
pub(super) struct Tree<'a> {
    pub header: Option<&'a Header>,
    /// The root, then the children as they began.
    pub agents: Vec<Agent<'a>>,
    pub calls: Vec<Call<'a>>,
    pub cells: Vec<Cell<'a>>,
    pub hosts: Vec<Host<'a>>,
    /// The last that are known.
    pub totals: Option<Totals>,
    /// From the start to the last line, in milliseconds.
    pub length: u64,
    /// Events of types that this version does not know.
    pub unknown: usize,
}

/// The root, or a child that code started by `rlm` or `rlmAll`.
pub(super) struct Agent<'a> {
    /// 0 for the root.
    pub number: u64,
    /// None for the root, and when the line that had it is damaged.
    pub started: Option<&'a event::Agent>,
    /// How deep it stands in the tree; 0 for the root.
    level: usize,
    pub span: Span,
    pub turns: Vec<Turn<'a>>,
    /// The last that was given, final or not.
    pub answer: Option<Answer<'a>>,
    /// None when it was killed with the run, or still goes on.
    pub end: Option<(EndReason, &'a str)>,
    /// Its lines as they stand in the journal, and the children below it among them.
    pub told: Vec<Told<'a>>,
}

pub(super) enum Told<'a> {
    Line(&'a Line),
    Child(usize),
}

/// What stands between the starts of two turns.
pub(super) struct Turn<'a> {
    /// None for what came before the first turn.
    pub number: Option<u32>,
    pub span: Span,
    pub items: Vec<Item<'a>>,
}

/// When something was, in milliseconds since the run started.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub start: u64,
    /// None: its end is not in the journal.
    pub end: Option<u64>,
}

pub(super) enum Item<'a> {
    Call(usize),
    Cell(usize),
    Note(&'a str),
    /// Tokens of the prompt, before and after.
    Compacted(u64, u64),
    Limit {
        which: &'a str,
        detail: &'a str,
    },
    /// An answer that is not final, and what is wrong with it.
    Held(&'a [String]),
    /// A child whose host call is not in the journal.
    Agent(usize),
}

pub(super) struct Call<'a> {
    pub number: u64,
    pub span: Span,
    /// Whose it is.
    pub agent: usize,
    /// The agent's turn during which it began.
    pub turn: Option<u32>,
    /// The host call that asked for it.
    pub parent: Option<u64>,
    /// None when the line that had it is damaged; so are the others.
    pub model: Option<&'a str>,
    pub role: Option<Role>,
    pub request: Option<&'a Request>,
    /// Reasons for sending it again, and the milliseconds waited.
    pub retries: Vec<(&'a str, u64)>,
    pub outcome: Option<&'a Outcome<Reply, String>>,
    pub usage: Usage,
    pub usd: Option<f64>,
    /// Requests sent, as far as known.
    pub attempts: u32,
    /// The reply came from the cache.
    pub hit: bool,
}

pub(super) struct Cell<'a> {
    /// From 1 in each agent.
    pub number: u64,
    pub agent: usize,
    pub span: Span,
    /// None when the line that had it is damaged.
    pub code: Option<&'a Body>,
    pub done: Option<Done<'a>>,
    pub hosts: Vec<usize>,
}

pub(super) struct Done<'a> {
    pub output: &'a Body,
    pub value: Option<&'a Body>,
    pub error: Option<&'a CellError>,
    pub warnings: &'a [String],
    pub computed_ms: u64,
    pub lost: Option<&'a str>,
}

pub(super) struct Host<'a> {
    pub number: u64,
    pub span: Span,
    pub name: &'a str,
    pub args: &'a Body,
    pub outcome: Option<&'a Outcome<Body, HostError>>,
    /// Whose it is.
    pub agent: usize,
    /// The model calls that it asked for.
    pub calls: Vec<usize>,
    /// The children that it started.
    pub agents: Vec<usize>,
}

#[derive(Clone, Copy)]
pub(super) struct Answer<'a> {
    pub value: &'a Body,
    pub citations: &'a [Citation],
    pub held: bool,
    pub problems: &'a [String],
}

impl<'a> Tree<'a> {
    /// The agent that the user asked; the others are its children, and theirs.
    pub fn root(&self) -> &Agent<'a> {
        &self.agents[0]
    }

    /// The calls of a turn: those under its cells' host calls and those of the children that it started included.
    pub fn calls_of(&self, turn: &Turn<'a>) -> Vec<&Call<'a>> {
        let mut calls = Vec::new();
        for item in &turn.items {
            match item {
                Item::Call(call) => calls.push(&self.calls[*call]),
                Item::Agent(agent) => calls.extend(self.calls_below(&self.agents[*agent])),
                Item::Cell(cell) => {
                    for host in self.cells[*cell].hosts.iter().map(|host| &self.hosts[*host]) {
                        calls.extend(host.calls.iter().map(|call| &self.calls[*call]));
                        calls.extend(host.agents.iter().flat_map(|agent| self.calls_below(&self.agents[*agent])));
                    }
                }
                Item::Note(_) | Item::Compacted(..) | Item::Limit { .. } | Item::Held(_) => {}
            }
        }
        calls
    }

    /// The calls of an agent and of all below it.
    pub fn calls_below(&self, agent: &Agent<'a>) -> Vec<&Call<'a>> {
        agent.turns.iter().flat_map(|turn| self.calls_of(turn)).collect()
    }
}

impl<'a> Agent<'a> {
    fn new(number: u64, started: Option<&'a event::Agent>, level: usize, at: u64) -> Self {
        Self {
            number,
            started,
            level,
            span: Span::from(at),
            turns: Vec::new(),
            answer: None,
            end: None,
            told: Vec::new(),
        }
    }

    /// `answered`, `limit`, `cancelled`, `failed`, `unknown` or `unfinished`.
    pub fn state(&self) -> &'static str {
        match self.end {
            None => "unfinished",
            Some((EndReason::Answered, _)) => "answered",
            Some((EndReason::Limit, _)) => "limit",
            Some((EndReason::Cancelled, _)) => "cancelled",
            Some((EndReason::Failed, _)) => "failed",
            Some((EndReason::Unknown, _)) => "unknown",
        }
    }

    /// Whether it came back with nothing.
    pub fn failed(&self) -> bool {
        !matches!(self.end, None | Some((EndReason::Answered | EndReason::Limit, _)))
    }
}

/// What an agent and all below it used; the price is known when it is of each reply that was paid for.
pub(super) fn totals(tree: &Tree<'_>, agent: &Agent<'_>) -> Totals {
    let calls = tree.calls_below(agent);
    let unpriced = |call: &&Call<'_>| call.usd.is_none() && !call.hit && !call.failed();
    let unpriced = calls.iter().copied().any(|call| unpriced(&call));
    let turns = agent.turns.iter().filter(|turn| turn.number.is_some()).count();
    let hits = calls.iter().filter(|call| call.hit).count() as u64;
    let (count, usage, usd) = sum(calls);
    Totals {
        turns: u32::try_from(turns).unwrap_or(u32::MAX),
        calls: count as u64,
        hits,
        input: usage.input,
        cached: usage.cached,
        output: usage.output,
        usd: (!unpriced).then_some(usd),
    }
}

/// What calls used together: how many they were, those that the cache answered aside, their tokens, and US dollars as far as known.
pub(super) fn sum<'t, 'a: 't>(calls: impl IntoIterator<Item = &'t Call<'a>>) -> (usize, Usage, f64) {
    let (mut count, mut usage, mut usd) = (0, Usage::default(), 0.0);
    for call in calls {
        count += usize::from(!call.hit);
        usage.input += call.usage.input;
        usage.cached += call.usage.cached;
        usage.written += call.usage.written;
        usage.output += call.usage.output;
        usage.reasoning += call.usage.reasoning;
        usage.estimated |= call.usage.estimated;
        usd += call.usd.unwrap_or_default();
    }
    (count, usage, usd)
}

impl Call<'_> {
    pub fn failed(&self) -> bool {
        matches!(self.outcome, Some(Outcome::Error(_)))
    }

    /// `answered`, `retried` (answered after more than one request), `error` or `unfinished`.
    pub fn state(&self) -> &'static str {
        match (self.outcome, self.attempts) {
            (None, _) => "unfinished",
            (Some(Outcome::Error(_)), _) => "error",
            (Some(Outcome::Ok(_)), 0..=1) => "answered",
            (Some(Outcome::Ok(_)), _) => "retried",
        }
    }
}

impl Host<'_> {
    pub fn failed(&self) -> bool {
        matches!(self.outcome, Some(Outcome::Error(_)))
    }
}

impl From<u64> for Span {
    /// What has begun.
    fn from(start: u64) -> Self {
        Self { start, end: None }
    }
}

impl Span {
    /// Milliseconds; up to `last` when it did not end.
    pub fn duration(self, last: u64) -> u64 {
        self.end.unwrap_or(last).saturating_sub(self.start)
    }
}

/// How many of the spans there were at once, at most.
pub(super) fn at_once(spans: impl Iterator<Item = Span>) -> usize {
    let mut edges: Vec<(u64, isize)> =
        spans.flat_map(|span| [(span.start, 1), (span.end.unwrap_or(u64::MAX).max(span.start + 1), -1)]).collect();
    edges.sort_unstable();
    let mut now = 0;
    edges
        .into_iter()
        .map(|(_, step)| {
            now += step;
            now
        })
        .max()
        .unwrap_or(0)
        .unsigned_abs()
}
