//! The events of a journal as a tree: turns, their model calls and cells, the cells' host calls, the calls under those.

use std::collections::HashMap;

use super::event::{
    Body, CellError, Citation, EndReason, Event, Header, HostError, Outcome, Reply, Request, Role, Totals, Usage,
};
use super::reader::Run;

/// A run. Calls, cells and host calls are named by their places in the vectors here.
#[derive(Default)]
pub(super) struct Tree<'a> {
    pub header: Option<&'a Header>,
    pub turns: Vec<Turn<'a>>,
    pub calls: Vec<Call<'a>>,
    pub cells: Vec<Cell<'a>>,
    pub hosts: Vec<Host<'a>>,
    /// The last that was given, final or not.
    pub answer: Option<Answer<'a>>,
    /// None when the run was killed, or still goes on.
    pub end: Option<(EndReason, &'a str)>,
    /// The last that are known.
    pub totals: Option<Totals>,
    /// From the start to the last line, in milliseconds.
    pub length: u64,
    /// Events of types that this version does not know.
    pub unknown: usize,
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
    Held,
}

pub(super) struct Call<'a> {
    pub number: u64,
    pub span: Span,
    /// The turn during which it began.
    pub turn: Option<u32>,
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
}

pub(super) struct Cell<'a> {
    pub number: u64,
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
    /// The model calls that it asked for.
    pub calls: Vec<usize>,
}

#[derive(Clone, Copy)]
pub(super) struct Answer<'a> {
    pub value: &'a Body,
    pub citations: &'a [Citation],
    pub held: bool,
}

/// Numbers of the journal to places in the tree. After a reopening a number may come again: the newest counts.
#[derive(Default)]
struct Places {
    calls: HashMap<u64, usize>,
    cells: HashMap<u64, usize>,
    hosts: HashMap<u64, usize>,
}

impl<'a> Tree<'a> {
    /// Takes any journal: what has lost its beginning or its place to a damaged line is kept where it stood.
    pub fn of(run: &'a Run) -> Self {
        let (mut tree, mut places) = (Self::default(), Places::default());
        for line in &run.lines {
            tree.length = tree.length.max(line.at);
            if line.agent == 0 {
                tree.event(line.at, &line.event, &mut places);
            }
        }
        if let Some(turn) = tree.turns.last_mut()
            && tree.end.is_some()
        {
            turn.span.end = Some(tree.length);
        }
        tree
    }

    fn event(&mut self, at: u64, event: &'a Event, places: &mut Places) {
        match event {
            Event::Header(header) => self.header = Some(header),
            Event::TurnStarted { turn } => {
                if let Some(last) = self.turns.last_mut() {
                    last.span.end = Some(at);
                }
                self.turns.push(Turn { number: Some(*turn), span: Span::from(at), items: Vec::new() });
            }
            Event::CallStarted { call, parent, model, role, request } => {
                let begun = Call {
                    parent: *parent,
                    model: Some(model),
                    role: Some(*role),
                    request: Some(request),
                    ..self.lost_call(*call, at)
                };
                self.add_call(begun, places);
            }
            Event::CallRetry { call, reason, wait_ms } => {
                let call = self.call(*call, at, places);
                call.retries.push((reason, *wait_ms));
                call.attempts = call.attempts.max(call.retries.len() as u32 + 1);
            }
            Event::CallFinished { call, outcome, usage, usd, attempts, .. } => {
                let call = self.call(*call, at, places);
                call.span.end = Some(at);
                (call.outcome, call.usage, call.usd) = (Some(outcome), *usage, *usd);
                call.attempts = call.attempts.max(*attempts);
            }
            Event::Cell { cell, code } => self.add_cell(*cell, at, Some(code), places),
            Event::HostCall { cell, host, name, args, .. } => {
                let begun = Host { number: *host, span: Span::from(at), name, args, outcome: None, calls: Vec::new() };
                let place = self.hosts.len();
                self.hosts.push(begun);
                places.hosts.insert(*host, place);
                self.cell(*cell, at, places).hosts.push(place);
            }
            Event::HostReply { host, outcome } => {
                if let Some(place) = places.hosts.get(host) {
                    let host = &mut self.hosts[*place];
                    (host.span.end, host.outcome) = (Some(at), Some(outcome));
                }
            }
            Event::CellDone { cell, output, value, error, warnings, computed_ms, lost } => {
                let cell = self.cell(*cell, at, places);
                cell.span.end = Some(at);
                cell.done = Some(Done {
                    output,
                    value: value.as_ref(),
                    error: error.as_ref(),
                    warnings,
                    computed_ms: *computed_ms,
                    lost: lost.as_deref(),
                });
            }
            Event::Note { text } => self.put(at, Item::Note(text)),
            Event::Compacted { tokens_before, tokens_after, .. } => {
                self.put(at, Item::Compacted(*tokens_before, *tokens_after));
            }
            Event::Limit { which, detail } => self.put(at, Item::Limit { which, detail }),
            Event::Answer { value, citations, held, .. } => {
                self.answer = Some(Answer { value, citations, held: *held });
                if *held {
                    self.put(at, Item::Held);
                }
            }
            Event::Usage(totals) => self.totals = Some(*totals),
            Event::End { reason, detail, totals } => {
                self.end = Some((*reason, detail));
                self.totals = Some(*totals);
            }
            Event::Expects { .. } | Event::Follows { .. } | Event::AgentStarted(_) | Event::AgentEnded { .. } => {}
            Event::Unknown => self.unknown += 1,
        }
    }

    fn put(&mut self, at: u64, item: Item<'a>) {
        if self.turns.is_empty() {
            self.turns.push(Turn { number: None, span: Span::from(at), items: Vec::new() });
        }
        if let Some(turn) = self.turns.last_mut() {
            turn.items.push(item);
        }
    }

    /// A call of which only the number is known.
    fn lost_call(&self, number: u64, at: u64) -> Call<'a> {
        Call {
            number,
            span: Span::from(at),
            turn: self.turns.last().and_then(|turn| turn.number),
            parent: None,
            model: None,
            role: None,
            request: None,
            retries: Vec::new(),
            outcome: None,
            usage: Usage::default(),
            usd: None,
            attempts: 1,
        }
    }

    fn add_call(&mut self, call: Call<'a>, places: &mut Places) {
        let (place, at) = (self.calls.len(), call.span.start);
        places.calls.insert(call.number, place);
        match call.parent.and_then(|host| places.hosts.get(&host)) {
            Some(host) => self.hosts[*host].calls.push(place),
            None => self.put(at, Item::Call(place)),
        }
        self.calls.push(call);
    }

    fn call(&mut self, number: u64, at: u64, places: &mut Places) -> &mut Call<'a> {
        if !places.calls.contains_key(&number) {
            self.add_call(self.lost_call(number, at), places);
        }
        &mut self.calls[places.calls[&number]]
    }

    fn add_cell(&mut self, number: u64, at: u64, code: Option<&'a Body>, places: &mut Places) {
        let place = self.cells.len();
        places.cells.insert(number, place);
        self.put(at, Item::Cell(place));
        self.cells.push(Cell { number, span: Span::from(at), code, done: None, hosts: Vec::new() });
    }

    fn cell(&mut self, number: u64, at: u64, places: &mut Places) -> &mut Cell<'a> {
        if !places.cells.contains_key(&number) {
            self.add_cell(number, at, None, places);
        }
        &mut self.cells[places.cells[&number]]
    }

    /// The calls of a turn, those under its cells' host calls included.
    pub fn calls_of<'t>(&'t self, turn: &'t Turn<'a>) -> impl Iterator<Item = &'t Call<'a>> {
        let places = turn.items.iter().flat_map(|item| match item {
            Item::Call(call) => vec![*call],
            Item::Cell(cell) => {
                self.cells[*cell].hosts.iter().flat_map(|host| self.hosts[*host].calls.clone()).collect()
            }
            _ => Vec::new(),
        });
        places.map(|call| &self.calls[call])
    }
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
