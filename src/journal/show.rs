//! One run as a page of plain text, for `spelunk trace RUN`.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::blobs::Blobs;
use super::event::{
    Agent as Started, Body, Citation, EndReason, Event, Header, HostError, Message, Outcome, Reply, Role, ToolCall,
    Totals, Usage,
};
use super::id::date;
use super::reader::Run;
use super::tree::{Agent, Told, Tree, totals};
use crate::display;
use crate::text::grouped;

/// Lines of a text that are shown, half from its start and half from its end, unless all is asked for.
const MAX_LINES: usize = 40;
/// Characters of a line that are shown, unless all is asked for.
const MAX_WIDTH: usize = 400;

/// Renders a run. `full` shows texts uncut, what was sent to the models, and every host call.
pub fn show(run: &Run, blobs: &Blobs, full: bool) -> String {
    let tree = Tree::of(run);
    let (names, tally) = (BTreeMap::new(), BTreeMap::new());
    let mut page = Page { tree: &tree, text: String::new(), margin: 0, blobs, full, names, tally };
    page.line(0, format_args!("run {}", run.id));
    page.agent(tree.root());
    for damage in &run.damage {
        page.line(0, format_args!("damaged: {} bytes at {}: {}", damage.bytes, damage.offset, damage.reason));
    }
    if let Some(offset) = run.torn {
        page.line(0, format_args!("torn: the last line, at byte {offset}, was not written to its end"));
    }
    let last = run.lines.iter().rev().map(|line| &line.event).find(|event| !event.is_afterthought());
    if !matches!(last, Some(Event::End { .. })) {
        page.line(0, "no end: the run was killed, or still goes on");
    }
    display::terminal(&page.text).into_owned()
}

struct Page<'a> {
    tree: &'a Tree<'a>,
    text: String,
    /// How far the agent at hand stands to the right of the root.
    margin: usize,
    blobs: &'a Blobs,
    full: bool,
    /// Names of the host calls by number.
    names: BTreeMap<u64, String>,
    /// Host calls since the last cell: how many by name, and how many of them failed.
    tally: BTreeMap<String, (u64, u64)>,
}

impl Page<'_> {
    /// All that an agent did, and what its children did where they began: those that ran at once, one after the other.
    fn agent(&mut self, agent: &Agent<'_>) {
        for told in &agent.told {
            match told {
                Told::Line(line) => self.event(line.at, &line.event),
                Told::Child(child) => {
                    let tally = std::mem::take(&mut self.tally);
                    self.child(&self.tree.agents[*child]);
                    self.tally = tally;
                }
            }
        }
        self.tally();
    }

    fn child(&mut self, child: &Agent<'_>) {
        self.blank();
        self.margin += 4;
        let (number, at) = (child.number, seconds(child.span.start));
        match child.started {
            Some(started) => {
                let Started { host, item, depth, question, scope, .. } = started;
                let name = self.names.get(host).map_or("host call", String::as_str);
                let of = format!("{name} {host}, item {}", item + 1);
                self.line(0, format_args!("child {number}, for {of}, at depth {depth}, at {at}"));
                if !scope.is_empty() {
                    self.block(2, "scope", &scope.join(", "));
                }
                self.body(2, "question", question);
            }
            None => self.line(0, format_args!("child {number}: its beginning is not in the journal")),
        }
        self.margin += 2;
        self.agent(child);
        self.margin -= 2;
        let (state, took) = (child.state(), seconds(child.span.duration(self.tree.length)));
        let used = used(&totals(self.tree, child));
        match child.end {
            Some((_, "")) => self.line(0, format_args!("child {number}: {state} after {took}: {used}")),
            Some((_, detail)) => self.line(0, format_args!("child {number}: {state} ({detail}) after {took}: {used}")),
            None => self.line(0, format_args!("child {number}: its end is not in the journal: {used}")),
        }
        self.margin -= 4;
        self.blank();
    }

    fn event(&mut self, at: u64, event: &Event) {
        match event {
            Event::Header(header) => self.header(header),
            Event::Expects { schema } => self.body(2, "schema", schema),
            Event::Follows { run } => self.line(0, format_args!("over the variables of: {run}")),
            Event::TurnStarted { turn } => {
                self.blank();
                self.line(0, format_args!("turn {turn}, at {}", seconds(at)));
            }
            Event::CallStarted { call, parent, model, role, request, .. } => {
                let role = match role {
                    Role::Root => "root",
                    Role::Leaf => "leaf",
                };
                let parent = parent.map_or(String::new(), |host| format!(", for host call {host}"));
                let bytes: u64 = request.messages.iter().map(|message| message.content.bytes()).sum();
                let messages = plural(request.messages.len() as u64, "message");
                self.line(2, format_args!("call {call}: {role} {model}{parent}, {messages}, {} bytes", grouped(bytes)));
                if self.full {
                    request.messages.iter().for_each(|message| self.message(message));
                }
            }
            Event::CallRetry { call, reason, wait_ms } => {
                self.line(2, format_args!("call {call}: sent again after {}: {reason}", seconds(*wait_ms)));
            }
            Event::CallFinished { call, outcome, usage, usd, attempts, hit } => {
                let attempts = if *attempts > 1 { format!(", {attempts} attempts") } else { String::new() };
                if *hit {
                    self.line(2, format_args!("call {call}: from the cache, at {}", seconds(at)));
                    if let Outcome::Ok(reply) = outcome {
                        self.reply(reply);
                    }
                    return;
                }
                let price = usd.map_or(String::new(), |usd| format!(", {}", money(usd)));
                let used = tokens(usage);
                self.line(2, format_args!("call {call}: {used}{price}{attempts}, at {}", seconds(at)));
                match outcome {
                    Outcome::Ok(reply) => self.reply(reply),
                    Outcome::Error(error) => self.block(4, "failed", error),
                }
            }
            Event::Cell { cell, code } => {
                self.tally();
                self.line(2, format_args!("cell {cell}"));
                self.body(4, "", code);
            }
            Event::HostCall { host, name, args, blocking, .. } => {
                self.names.insert(*host, name.clone());
                self.tally.entry(name.clone()).or_default().0 += 1;
                if self.full {
                    let kind = if *blocking { "" } else { ", a promise" };
                    self.line(4, format_args!("host call {host}: {name}{kind}"));
                    self.body(6, "", args);
                }
            }
            Event::HostReply { host, outcome } => self.host_reply(*host, outcome),
            Event::CellDone { cell, output, value, error, warnings, computed_ms, lost } => {
                self.tally();
                self.line(2, format_args!("cell {cell} done, {} of computing", seconds(*computed_ms)));
                self.body(4, "output", output);
                if let Some(value) = value {
                    self.body(4, "value", value);
                }
                if let Some(error) = error {
                    self.body(4, &format!("error ({})", error.kind), &error.text);
                }
                warnings.iter().for_each(|warning| self.block(4, "warning", warning));
                lost.iter().for_each(|lost| self.block(4, "worker replaced", lost));
            }
            // `child` tells of these.
            Event::AgentStarted(_) | Event::AgentEnded { .. } => {}
            Event::Note { text } => self.block(2, "note", text),
            Event::Compacted { messages, tokens_before, tokens_after, .. } => {
                let messages = plural(u64::from(*messages), "message");
                let (before, after) = (grouped(*tokens_before), grouped(*tokens_after));
                self.line(2, format_args!("compacted: {messages} replaced, {before} tokens became {after}"));
            }
            Event::Limit { which, detail } => self.line(2, format_args!("limit: {which}: {detail}")),
            Event::Answer { value, citations, held, problems, .. } => self.answer(value, citations, problems, *held),
            Event::Plan { document, hash } | Event::Applied { document, hash } => {
                let what = if matches!(event, Event::Plan { .. }) { "plan" } else { "applied" };
                self.line(2, format_args!("{what} {}", hash.chars().take(12).collect::<String>()));
                if self.full {
                    self.body(4, "document", document);
                }
            }
            Event::Undone => self.line(2, "taken back"),
            Event::Usage(totals) => self.line(2, format_args!("so far: {}", used(totals))),
            Event::End { reason, detail, totals } => {
                let reason = match reason {
                    EndReason::Answered => "answered",
                    EndReason::Limit => "ended by a limit",
                    EndReason::Cancelled => "cancelled",
                    EndReason::Failed => "failed",
                    EndReason::Unknown => "ended for a reason that this version does not know",
                };
                let detail = if detail.is_empty() { String::new() } else { format!(" ({detail})") };
                self.blank();
                self.line(0, format_args!("{reason}{detail} after {}: {}", seconds(at), used(totals)));
            }
            Event::Unknown => self.line(2, "an event that this version does not know"),
        }
    }

    fn header(&mut self, header: &Header) {
        self.block(0, "question", &header.question);
        let revision = header.revision.as_ref().map_or(String::new(), |revision| format!(" at {revision}"));
        self.line(0, format_args!("workspace: {}{revision}", header.workspace));
        self.line(0, format_args!("models: root {}, leaf {}", header.models.root, header.models.leaf));
        self.line(0, format_args!("started: {}, by spelunk {}", date(header.started), header.spelunk));
        if self.full {
            self.line(0, format_args!("seed: {}, clock: {}", header.seed, date(header.epoch_ms)));
            self.block(0, "configuration", &serde_json::to_string_pretty(&header.config).unwrap_or_default());
        }
    }

    fn message(&mut self, message: &Message) {
        self.body(4, &message.role, &message.content);
        message.tool_calls.iter().for_each(|call| self.tool_call(call));
    }

    fn reply(&mut self, reply: &Reply) {
        if reply.finish != "stop" && reply.finish != "tool-calls" {
            self.line(4, format_args!("finish: {}", reply.finish));
        }
        if reply.text.bytes() > 0 {
            self.body(4, "reply", &reply.text);
        }
        reply.tool_calls.iter().for_each(|call| self.tool_call(call));
    }

    fn tool_call(&mut self, call: &ToolCall) {
        self.body(4, &format!("tool call {}", call.name), &call.arguments);
    }

    fn host_reply(&mut self, host: u64, outcome: &Outcome<Body, HostError>) {
        let name = self.names.remove(&host).unwrap_or_default();
        if matches!(outcome, Outcome::Error(_)) {
            self.tally.entry(name.clone()).or_default().1 += 1;
        }
        match outcome {
            Outcome::Ok(result) if self.full => self.body(4, &format!("host reply {host}"), result),
            Outcome::Ok(_) => {}
            Outcome::Error(HostError { name: kind, message }) => {
                self.block(4, &format!("host call {host} ({name}) failed: {kind}"), message);
            }
        }
    }

    /// Shows how many host calls there were since the last time.
    fn tally(&mut self) {
        let counts: Vec<String> = std::mem::take(&mut self.tally)
            .into_iter()
            .map(|(name, (calls, failed))| match failed {
                0 => format!("{name} {calls}"),
                _ => format!("{name} {calls} ({failed} failed)"),
            })
            .collect();
        if !counts.is_empty() {
            self.line(4, format_args!("host calls: {}", counts.join(", ")));
        }
    }

    fn answer(&mut self, value: &Body, citations: &[Citation], problems: &[String], held: bool) {
        let title = match (held, problems) {
            (false, _) => "answer",
            (true, []) => "answer, held until its output is seen",
            (true, _) => "answer, sent back",
        };
        self.blank();
        self.line(0, title);
        match self.blobs.text(value) {
            // The answer itself is never cut.
            Ok(json) => match serde_json::from_str(&json) {
                Ok(serde_json::Value::String(markdown)) => self.lines(2, &markdown, true),
                Ok(value) => self.lines(2, &serde_json::to_string_pretty(&value).unwrap_or_default(), true),
                Err(_) => self.lines(2, &json, true),
            },
            Err(error) => self.line(2, error),
        }
        problems.iter().for_each(|problem| self.block(2, "problem", problem));
        for Citation { path, from, to, status, .. } in citations {
            self.line(2, format_args!("{path}:{from}-{to} {status}"));
        }
    }

    fn body(&mut self, indent: usize, title: &str, body: &Body) {
        match self.blobs.text(body) {
            Ok(text) => self.block(indent, title, &text),
            Err(error) => self.block(indent, title, &error.to_string()),
        }
    }

    /// A title with a text that fits behind it, or below it.
    fn block(&mut self, indent: usize, title: &str, text: &str) {
        let text = text.trim_end_matches('\n');
        match (title, text.contains('\n')) {
            ("", _) => self.lines(indent, text, self.full),
            (_, false) if text.len() <= MAX_WIDTH => self.line(indent, format_args!("{title}: {text}")),
            _ => {
                self.line(indent, format_args!("{title}:"));
                self.lines(indent + 2, text, self.full);
            }
        }
    }

    /// A text behind a bar, so that nothing in it passes for a line of ours.
    fn lines(&mut self, indent: usize, text: &str, full: bool) {
        let total = text.lines().count();
        let cut = !full && total > MAX_LINES;
        for (number, line) in text.lines().enumerate() {
            if cut && number == MAX_LINES / 2 {
                self.line(indent, format_args!("... {} more", plural((total - MAX_LINES) as u64, "line")));
            }
            if cut && (MAX_LINES / 2..total - MAX_LINES / 2).contains(&number) {
                continue;
            }
            match line.char_indices().nth(MAX_WIDTH) {
                Some((end, _)) if !full => {
                    let more = grouped((line.len() - end) as u64);
                    self.line(indent, format_args!("| {}... {more} more bytes", &line[..end]));
                }
                _ => self.line(indent, format_args!("| {line}")),
            }
        }
    }

    /// One line of ours: what it quotes cannot start another.
    fn line(&mut self, indent: usize, text: impl Display) {
        let text = text.to_string().replace('\n', "\\n");
        self.text.extend([&" ".repeat(self.margin + indent), text.as_str(), "\n"]);
    }

    fn blank(&mut self) {
        if !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }
}

pub(super) fn tokens(usage: &Usage) -> String {
    let about = if usage.estimated { "about " } else { "" };
    let parts = [(usage.cached, "cached"), (usage.written, "written to the cache")];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", grouped(*count)))
        .collect();
    let cached = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
    let reasoning =
        if usage.reasoning > 0 { format!(" ({} reasoning)", grouped(usage.reasoning)) } else { String::new() };
    format!("{about}{} tokens in{cached}, {} out{reasoning}", grouped(usage.input), grouped(usage.output))
}

pub(super) fn used(totals: &Totals) -> String {
    let price = totals.usd.map_or("price unknown".to_owned(), money);
    let (turns, calls) = (plural(totals.turns.into(), "turn"), plural(totals.calls, "call"));
    format!("{turns}, {calls}, {} tokens in, {} out, {price}", grouped(totals.input), grouped(totals.output))
}

pub(super) fn money(usd: f64) -> String {
    format!("${usd:.4}")
}

pub(super) fn seconds(ms: u64) -> String {
    format!("{}.{:03} s", ms / 1000, ms % 1000)
}

pub(super) fn plural(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests;
