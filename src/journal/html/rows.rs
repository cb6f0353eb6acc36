//! The rows of the page: turns, and in them model calls, cells, host calls by name, sub-calls, and children with turns of
//! their own.

mod children;

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;

use serde_json::Value;

use super::super::event::{Body, Message, Outcome, ToolCall};
use super::super::show::{money, plural, seconds, tokens};
use super::super::tree::{Agent, Call, Cell, Host, Item, Tree, Turn, at_once, sum};
use super::axis::{Kind, bars, times};
use super::text::{Fold, Owner, Texts, line};
use crate::text::grouped;

/// Rows of the page, of all kinds.
pub(super) const MAX_ROWS: usize = 10_000;
/// Host calls of one name that are listed in a cell.
pub(super) const MAX_LISTED: usize = 100;
/// Different first arguments that are named in the row of a group.
const NAMED: usize = 12;

pub(super) struct Rows<'p, 'a> {
    tree: &'p Tree<'a>,
    texts: Texts<'a>,
    out: String,
    rows: usize,
    left_out: usize,
    /// Those on the page: after a reopening a number may come again.
    ids: HashSet<String>,
    /// Whose rows are being written.
    agent: &'p Agent<'a>,
    /// Of the agent's last call: they are sent again with the next one.
    sent: &'a [Message],
}

impl<'p, 'a> Rows<'p, 'a> {
    pub fn new(tree: &'p Tree<'a>, texts: Texts<'a>) -> Self {
        Self {
            tree,
            texts,
            out: String::new(),
            rows: 0,
            left_out: 0,
            ids: HashSet::new(),
            agent: tree.root(),
            sent: &[],
        }
    }

    /// All turns with what is in them.
    pub fn finish(mut self) -> String {
        self.turns(self.tree.root());
        for (count, noun) in [(self.left_out, "row"), (self.texts.left_out, "text")] {
            if count > 0 {
                let what = plural(count as u64, noun);
                let _ = write!(self.out, "<p class=warn>The page is full: {what} left out. The journal has them.</p>");
            }
        }
        self.out
    }

    /// Whether there is room for another row.
    fn room(&mut self) -> bool {
        self.rows += 1;
        self.left_out += usize::from(self.rows > MAX_ROWS);
        self.rows <= MAX_ROWS
    }

    /// Begins a row: its label and facts are HTML. `</details>` ends it.
    fn begin(&mut self, class: &str, id: &str, open: bool, label: &str, facts: &str, bar: &str) {
        let open = if open { " open" } else { "" };
        let new = !id.is_empty() && self.ids.insert(id.to_owned());
        let id = if new { format!(" id=\"{id}\"") } else { String::new() };
        let _ = write!(
            self.out,
            "\n<details class=\"row {class}\"{id}{open}><summary><span class=label>{label} <small>{facts}</small></span>\
             {bar}</summary>"
        );
    }

    fn end(&mut self) {
        self.out.push_str("</details>");
    }

    fn turns(&mut self, agent: &'p Agent<'a>) {
        let (before, sent) = (std::mem::replace(&mut self.agent, agent), std::mem::take(&mut self.sent));
        for turn in &agent.turns {
            self.turn(turn);
        }
        (self.agent, self.sent) = (before, sent);
    }

    /// Whose the texts of the turns at hand are.
    fn owner(&self) -> Owner {
        if self.agent.number == 0 { Owner::Turn } else { Owner::Child }
    }

    fn turn(&mut self, turn: &'p Turn<'a>) {
        if !self.room() {
            return;
        }
        let (length, owner) = (self.tree.length, self.owner());
        let (label, id) = match turn.number {
            Some(number) => (format!("<b>Turn {number}</b>"), id("turn", self.agent, number.into())),
            None => ("<b>Outside of turns</b>".to_owned(), String::new()),
        };
        let facts = format!("{}, {}", seconds(turn.span.duration(length)), used(self.tree.calls_of(turn)));
        let bar = bars(length, Kind::Turn, [turn.span].into_iter());
        self.begin("turn", &id, true, &label, &facts, &bar);
        for item in &turn.items {
            match item {
                Item::Call(call) => {
                    let call = &self.tree.calls[*call];
                    self.call(call, if call.parent.is_some() { Owner::SubCall } else { owner });
                }
                Item::Cell(cell) => self.cell(&self.tree.cells[*cell]),
                Item::Note(text) => self.note("note", text),
                Item::Compacted(before, after) => {
                    self.note("compacted", &format!("the prompt's {before} tokens became {after}"));
                }
                Item::Limit { which, detail } => self.note("limit", &format!("{which}: {detail}")),
                Item::Held([]) => self.note("answer", "held until the output beside it was seen"),
                Item::Held(problems) => self.note("answer", &format!("sent back: {}", problems.join("; "))),
                Item::Agent(agent) => self.agent(&self.tree.agents[*agent]),
            }
        }
        self.end();
    }

    fn note(&mut self, kind: &str, text: &str) {
        let owner = self.owner();
        if self.room() {
            self.texts.plain(&mut self.out, kind, text, owner);
        }
    }

    fn call(&mut self, call: &'p Call<'a>, owner: Owner) {
        if !self.room() {
            return;
        }
        let length = self.tree.length;
        let (kind, what) = match owner {
            Owner::Turn | Owner::Child => (Kind::Model, "Model call"),
            Owner::SubCall => (Kind::Sub, "Sub-call"),
        };
        let kind = if call.failed() { Kind::Failed } else { kind };
        let mut label = format!("{what} {}", call.number);
        if call.state() != "answered" {
            let _ = write!(label, " {}", state(call.state()));
        }
        if call.hit {
            let _ = write!(label, " {}", state("from the cache"));
        }
        if owner == Owner::SubCall {
            let beginning = match call.outcome {
                Some(Outcome::Ok(reply)) => self.texts.beginning(&reply.text),
                Some(Outcome::Error(error)) => line(error, 120),
                None => String::new(),
            };
            let _ = write!(label, " <q>{beginning}</q>");
        }
        let mut facts = seconds(call.span.duration(length));
        if !call.hit {
            let _ = write!(facts, ", {}", tokens(&call.usage));
        }
        if let Some(usd) = call.usd.filter(|_| !call.hit) {
            let _ = write!(facts, ", {}", money(usd));
        }
        if call.attempts > 1 {
            let _ = write!(facts, ", {} attempts", call.attempts);
        }
        let bar = bars(length, kind, [call.span].into_iter());
        self.begin("call", &format!("call-{}", call.number), false, &label, &facts, &bar);
        let model = call.model.map_or("its beginning is not in the journal".to_owned(), |model| line(model, 200));
        let _ = write!(self.out, "<p class=text>{model}, {}</p>", times(call.span, length));
        for (reason, wait_ms) in &call.retries {
            self.texts.plain(&mut self.out, &format!("sent again after {}", seconds(*wait_ms)), reason, owner);
        }
        if let Some(request) = call.request {
            self.request(&request.messages, &request.options, owner);
        }
        match call.outcome {
            Some(Outcome::Ok(reply)) => {
                if reply.text.bytes() > 0 {
                    self.texts.body(&mut self.out, "reply", &reply.text, owner, Fold::Open);
                }
                self.tools(&reply.tool_calls, owner);
                if reply.finish != "stop" && reply.finish != "tool-calls" {
                    let _ = write!(self.out, "<p class=warn>the reply ended by {}</p>", line(&reply.finish, 100));
                }
            }
            Some(Outcome::Error(error)) => self.texts.plain(&mut self.out, "failed", error, owner),
            None => self.out.push_str("<p class=warn>no end of this call is in the journal</p>"),
        }
        self.end();
    }

    /// What was sent. Of an agent's call only what the one before did not send already.
    fn request(&mut self, messages: &'a [Message], options: &'a Body, owner: Owner) {
        let mut known = 0;
        if owner != Owner::SubCall {
            known = messages.iter().zip(self.sent).take_while(|(a, b)| a == b).count();
            self.sent = messages;
        }
        if known > 0 {
            let _ = write!(self.out, "<p class=text>{} as before</p>", plural(known as u64, "message"));
        }
        for message in &messages[known..] {
            self.texts.body(&mut self.out, &message.role, &message.content, owner, Fold::Closed);
            self.tools(&message.tool_calls, owner);
        }
        self.texts.body(&mut self.out, "options", options, owner, Fold::Closed);
    }

    fn tools(&mut self, calls: &'a [ToolCall], owner: Owner) {
        for call in calls {
            self.texts.body(&mut self.out, &format!("tool call {}", call.name), &call.arguments, owner, Fold::Open);
        }
    }

    fn cell(&mut self, cell: &'p Cell<'a>) {
        if !self.room() {
            return;
        }
        let (length, owner) = (self.tree.length, self.owner());
        let failed = cell.done.as_ref().and_then(|done| done.error);
        let label = match (&cell.done, failed) {
            (None, _) => format!("Cell {} {}", cell.number, state("unfinished")),
            (_, Some(error)) => format!("Cell {} {}", cell.number, state(&error.kind)),
            _ => format!("Cell {}", cell.number),
        };
        let mut facts = seconds(cell.span.duration(length));
        if let Some(done) = &cell.done {
            let _ = write!(facts, ", {} of computing", seconds(done.computed_ms));
        }
        let bar = bars(length, Kind::Code, [cell.span].into_iter());
        self.begin("cell", &id("cell", self.agent, cell.number), true, &label, &facts, &bar);
        match cell.code {
            Some(code) => self.texts.body(&mut self.out, "code", code, owner, Fold::Open),
            None => self.out.push_str("<p class=warn>its code is not in the journal</p>"),
        }
        self.hosts(cell);
        if let Some(done) = &cell.done {
            if done.output.bytes() > 0 {
                self.texts.body(&mut self.out, "output", done.output, owner, Fold::Open);
            }
            if let Some(value) = done.value {
                self.texts.body(&mut self.out, "value", value, owner, Fold::Open);
            }
            if let Some(error) = done.error {
                self.texts.body(&mut self.out, "error", &error.text, owner, Fold::Open);
            }
            for warning in done.warnings {
                self.texts.plain(&mut self.out, "warning", warning, owner);
            }
            if let Some(lost) = done.lost {
                self.texts.plain(&mut self.out, "worker replaced", lost, owner);
            }
        }
        self.end();
    }

    /// The host calls of a cell, by name.
    fn hosts(&mut self, cell: &'p Cell<'a>) {
        let tree = self.tree;
        let names: BTreeSet<&str> = cell.hosts.iter().map(|host| tree.hosts[*host].name).collect();
        for name in names {
            if !self.room() {
                continue;
            }
            let group: Vec<_> =
                cell.hosts.iter().map(|host| &tree.hosts[*host]).filter(|host| host.name == name).collect();
            let calls: Vec<&Call<'a>> =
                group.iter().flat_map(|host| &host.calls).map(|call| &tree.calls[*call]).collect();
            let failed = group.iter().filter(|host| host.failed()).count() as u64;
            let mut facts = if failed > 0 { vec![format!("{} failed", grouped(failed))] } else { Vec::new() };
            let children: Vec<&Agent<'a>> =
                group.iter().flat_map(|host| &host.agents).map(|agent| &tree.agents[*agent]).collect();
            let kind = if !children.is_empty() {
                let most = at_once(children.iter().map(|child| child.span)) as u64;
                let noun = if children.len() == 1 { "child" } else { "children" };
                facts.extend([
                    format!("{} {noun}", grouped(children.len() as u64)),
                    format!("{} at once", grouped(most)),
                ]);
                Kind::Child
            } else if calls.is_empty() {
                facts.extend(named(group.iter().map(|host| host.args)));
                Kind::Host
            } else {
                let most = at_once(calls.iter().map(|call| call.span)) as u64;
                facts.extend([plural(calls.len() as u64, "sub-call"), format!("{} at once", grouped(most))]);
                Kind::Sub
            };
            let label = format!("<code>{}</code> × {}", line(name, 100), grouped(group.len() as u64));
            let bar = bars(tree.length, kind, group.iter().map(|host| host.span));
            self.begin("host", "", !children.is_empty(), &label, &facts.join(", "), &bar);
            self.listed(&group);
            for call in calls {
                self.call(call, Owner::SubCall);
            }
            for child in children {
                self.agent(child);
            }
            self.end();
        }
    }

    /// Host calls one by one: number, arguments, size of the result, time.
    fn listed(&mut self, group: &[&Host<'a>]) {
        let rows = group.iter().filter(|host| host.calls.is_empty() && host.agents.is_empty() || host.failed());
        let count = rows.clone().count();
        if count == 0 {
            return;
        }
        self.out.push_str("<table><tr><th>call<th>arguments<th>result<th>time</tr>");
        for host in rows.take(MAX_LISTED) {
            let result = match host.outcome {
                Some(Outcome::Ok(result)) => plural(result.bytes(), "byte"),
                Some(Outcome::Error(error)) => {
                    format!("{} {}: {}", state("error"), line(&error.name, 50), line(&error.message, 300))
                }
                None => state("unfinished"),
            };
            let args = match host.args {
                Body::Text(args) => line(args, 200),
                other => plural(other.bytes(), "byte"),
            };
            let time = seconds(host.span.duration(self.tree.length));
            let _ = write!(self.out, "<tr><td>{}<td><code>{args}</code><td>{result}<td>{time}</tr>", host.number);
        }
        self.out.push_str("</table>");
        if count > MAX_LISTED {
            let _ = write!(self.out, "<p class=text>and {} more</p>", grouped((count - MAX_LISTED) as u64));
        }
    }
}

/// What names a row: numbers of turns and cells are their agent's own.
pub(super) fn id(kind: &str, agent: &Agent<'_>, number: u64) -> String {
    match agent.number {
        0 => format!("{kind}-{number}"),
        agent => format!("{kind}-{agent}-{number}"),
    }
}

/// `2 calls, 1,000 tokens in, 10 out, $0.0100`.
fn used(calls: Vec<&Call<'_>>) -> String {
    let (count, usage, usd) = sum(calls);
    let mut used = plural(count as u64, "call");
    if count > 0 {
        let _ = write!(used, ", {}", tokens(&usage));
    }
    if usd > 0.0 {
        let _ = write!(used, ", {}", money(usd));
    }
    used
}

/// The different first arguments of host calls, as few as fit: what was read.
fn named<'a>(args: impl Iterator<Item = &'a Body>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for args in args {
        let Body::Text(json) = args else { continue };
        let name = match serde_json::from_str::<Vec<Value>>(json).ok().and_then(|args| args.into_iter().next()) {
            None | Some(Value::Null) => continue,
            Some(Value::String(text)) => line(&text, 60),
            Some(Value::Array(items)) => plural(items.len() as u64, "item"),
            Some(Value::Object(pattern)) if pattern.contains_key("source") => {
                let part = |name| pattern.get(name).and_then(Value::as_str).unwrap_or_default();
                line(&format!("/{}/{}", part("source"), part("flags")), 60)
            }
            Some(other) => line(&other.to_string(), 60),
        };
        if names.contains(&name) {
            continue;
        }
        if names.len() == NAMED {
            names.push("…".to_owned());
            break;
        }
        names.push(name);
    }
    names
}

/// A word on how something ended, coloured by it.
pub(super) fn state(word: &str) -> String {
    let class = match word {
        "answered" | "valid" | "from the cache" => "good",
        "retried" | "unfinished" | "held" | "limit" | "cancelled" | "moved" | "stale" => "warn",
        _ => "bad",
    };
    format!("<span class=\"state {class}\">{}</span>", line(word, 60))
}
