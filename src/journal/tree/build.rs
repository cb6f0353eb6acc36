//! The tree of a run from its lines, whatever of them is left.

use std::collections::HashMap;

use super::super::event::{self, Body, Event, Usage};
use super::super::reader::Run;
use super::{Agent, Answer, Call, Cell, Done, Host, Item, Span, Told, Tree, Turn};

/// How deep agents stand below each other at most; those that claim more stand below the root.
const MOST_LEVELS: usize = 16;

/// Numbers of the journal to places in the tree. After a reopening a number may come again: the newest counts.
#[derive(Default)]
struct Places {
    agents: HashMap<u64, usize>,
    calls: HashMap<u64, usize>,
    /// By agent, since each numbers its own.
    cells: HashMap<(usize, u64), usize>,
    hosts: HashMap<u64, usize>,
}

impl<'a> Tree<'a> {
    /// Takes any journal: what has lost its beginning or its place to a damaged line is kept where it stood.
    pub fn of(run: &'a Run) -> Self {
        let mut tree = Self { agents: vec![Agent::new(0, None, 0, 0)], ..Self::default() };
        let mut places = Places { agents: HashMap::from([(0, 0)]), ..Places::default() };
        for line in &run.lines {
            tree.length = tree.length.max(line.at);
            match &line.event {
                Event::AgentStarted(started) => tree.add_agent(line.agent, Some(started), line.at, &mut places),
                event => {
                    if !places.agents.contains_key(&line.agent) {
                        tree.add_agent(line.agent, None, line.at, &mut places);
                    }
                    let agent = places.agents[&line.agent];
                    tree.agents[agent].told.push(Told::Line(line));
                    tree.event(line.at, agent, event, &mut places);
                }
            }
        }
        if tree.root().end.is_some() {
            let length = tree.length;
            tree.agents[0].close(length);
        }
        tree
    }

    fn event(&mut self, at: u64, agent: usize, event: &'a Event, places: &mut Places) {
        match event {
            Event::Header(header) => self.header = Some(header),
            Event::TurnStarted { turn } => self.agents[agent].turn(Some(*turn), at),
            Event::CallStarted { call, parent, model, role, request, .. } => {
                let begun = Call {
                    parent: *parent,
                    model: Some(model),
                    role: Some(*role),
                    request: Some(request),
                    ..self.lost_call(*call, agent, at)
                };
                self.add_call(begun, places);
            }
            Event::CallRetry { call, reason, wait_ms } => {
                let call = self.call(*call, agent, at, places);
                call.retries.push((reason, *wait_ms));
                call.attempts = call.attempts.max(call.retries.len() as u32 + 1);
            }
            Event::CallFinished { call, outcome, usage, usd, attempts, hit } => {
                let call = self.call(*call, agent, at, places);
                call.span.end = Some(at);
                (call.outcome, call.usage, call.usd, call.hit) = (Some(outcome), *usage, *usd, *hit);
                call.attempts = call.attempts.max(*attempts);
            }
            Event::Cell { cell, code } => self.add_cell(*cell, agent, at, Some(code), places),
            Event::HostCall { cell, host, name, args, .. } => {
                let (span, calls, agents) = (Span::from(at), Vec::new(), Vec::new());
                let begun = Host { number: *host, span, name, args, outcome: None, agent, calls, agents };
                let place = self.hosts.len();
                self.hosts.push(begun);
                places.hosts.insert(*host, place);
                self.cell(*cell, agent, at, places).hosts.push(place);
            }
            Event::HostReply { host, outcome } => {
                if let Some(place) = places.hosts.get(host) {
                    let host = &mut self.hosts[*place];
                    (host.span.end, host.outcome) = (Some(at), Some(outcome));
                }
            }
            Event::CellDone { cell, output, value, error, warnings, computed_ms, lost } => {
                let cell = self.cell(*cell, agent, at, places);
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
            Event::Note { text } => self.agents[agent].put(at, Item::Note(text)),
            Event::Compacted { tokens_before, tokens_after, .. } => {
                self.agents[agent].put(at, Item::Compacted(*tokens_before, *tokens_after));
            }
            Event::Expects { .. }
            | Event::Follows { .. }
            | Event::Plan { .. }
            | Event::Applied { .. }
            | Event::Undone => {}
            Event::Limit { which, detail } => self.agents[agent].put(at, Item::Limit { which, detail }),
            Event::Answer { value, citations, held, problems, .. } => {
                let agent = &mut self.agents[agent];
                agent.answer = Some(Answer { value, citations, held: *held, problems });
                if *held {
                    agent.put(at, Item::Held(problems));
                }
            }
            Event::Usage(totals) => self.totals = Some(*totals),
            Event::AgentEnded { reason, detail } => {
                self.agents[agent].end = Some((*reason, detail));
                self.agents[agent].close(at);
            }
            Event::End { reason, detail, totals } => {
                self.agents[0].end = Some((*reason, detail));
                self.totals = Some(*totals);
            }
            // These have been told of already.
            Event::AgentStarted(_) => {}
            Event::Unknown => self.unknown += 1,
        }
    }

    /// A child stands below its host call, else where its parent was, else where the root was.
    fn add_agent(&mut self, number: u64, started: Option<&'a event::Agent>, at: u64, places: &mut Places) {
        let place = self.agents.len();
        let room = |parent: &usize| self.agents[*parent].level < MOST_LEVELS;
        let host = started.and_then(|started| places.hosts.get(&started.host)).copied();
        let host = host.filter(|host| room(&self.hosts[*host].agent));
        let named = started.and_then(|started| places.agents.get(&started.parent)).copied().filter(room);
        let parent = host.map(|host| self.hosts[host].agent).or(named).unwrap_or(0);
        match host {
            Some(host) => self.hosts[host].agents.push(place),
            None => self.agents[parent].put(at, Item::Agent(place)),
        }
        self.agents[parent].told.push(Told::Child(place));
        self.agents.push(Agent::new(number, started, self.agents[parent].level + 1, at));
        places.agents.insert(number, place);
    }

    /// A call of which only the number is known.
    fn lost_call(&self, number: u64, agent: usize, at: u64) -> Call<'a> {
        Call {
            number,
            span: Span::from(at),
            agent,
            turn: self.agents[agent].turns.last().and_then(|turn| turn.number),
            parent: None,
            model: None,
            role: None,
            request: None,
            retries: Vec::new(),
            outcome: None,
            usage: Usage::default(),
            usd: None,
            attempts: 1,
            hit: false,
        }
    }

    fn add_call(&mut self, call: Call<'a>, places: &mut Places) {
        let (place, at) = (self.calls.len(), call.span.start);
        places.calls.insert(call.number, place);
        match call.parent.and_then(|host| places.hosts.get(&host)) {
            Some(host) => self.hosts[*host].calls.push(place),
            None => self.agents[call.agent].put(at, Item::Call(place)),
        }
        self.calls.push(call);
    }

    fn call(&mut self, number: u64, agent: usize, at: u64, places: &mut Places) -> &mut Call<'a> {
        if !places.calls.contains_key(&number) {
            self.add_call(self.lost_call(number, agent, at), places);
        }
        &mut self.calls[places.calls[&number]]
    }

    fn add_cell(&mut self, number: u64, agent: usize, at: u64, code: Option<&'a Body>, places: &mut Places) {
        let place = self.cells.len();
        places.cells.insert((agent, number), place);
        self.agents[agent].put(at, Item::Cell(place));
        self.cells.push(Cell { number, agent, span: Span::from(at), code, done: None, hosts: Vec::new() });
    }

    fn cell(&mut self, number: u64, agent: usize, at: u64, places: &mut Places) -> &mut Cell<'a> {
        if !places.cells.contains_key(&(agent, number)) {
            self.add_cell(number, agent, at, None, places);
        }
        &mut self.cells[places.cells[&(agent, number)]]
    }
}

impl<'a> Agent<'a> {
    fn turn(&mut self, number: Option<u32>, at: u64) {
        if let Some(last) = self.turns.last_mut() {
            last.span.end = Some(at);
        }
        self.turns.push(Turn { number, span: Span::from(at), items: Vec::new() });
    }

    fn put(&mut self, at: u64, item: Item<'a>) {
        if self.turns.is_empty() {
            self.turn(None, at);
        }
        if let Some(turn) = self.turns.last_mut() {
            turn.items.push(item);
        }
    }

    fn close(&mut self, at: u64) {
        self.span.end = Some(at);
        if let Some(turn) = self.turns.last_mut() {
            turn.span.end = Some(at);
        }
    }
}
