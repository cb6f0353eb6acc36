//! A run's events and its end in the words of the protocol, made safe to show.

use serde_json::Value;
use tower_lsp::ls_types::{Location, Position, Range};

use super::convert::Places;
use super::protocol::{Cited, End, Event, Reason, Spent, Support, Uncited};
use super::state::View;
use crate::agent::Report;
use crate::agent::answers::answer::Citation;
use crate::agent::answers::citations::{Checked, Status};
use crate::agent::calls::budget::Spent as RunSpent;
use crate::agent::event::RunEvent;
use crate::display;
use crate::workspace::RelPath;

/// Text of a model, a repository or a person, as it may be shown.
pub fn safe(text: &str) -> String {
    display::terminal(text).into_owned()
}

/// Whose event it is, 0 for the root, and the protocol's word for it; `None` for what the client learns otherwise.
pub fn event(event: RunEvent) -> Option<(u64, Event)> {
    let (agent, event) = match event {
        RunEvent::Of { agent, event } => (agent, *event),
        event => (0, event),
    };
    Some((agent, word(event)?))
}

fn word(event: RunEvent) -> Option<Event> {
    let safe = |text: String| safe(&text);
    Some(match event {
        RunEvent::TurnStarted { turn } => Event::Turn { turn },
        RunEvent::CallStarted { call, role, label } => Event::CallStarted { call, role, label: safe(label) },
        RunEvent::CallText { call, text } => Event::Text { call, text: safe(text) },
        RunEvent::CallRetry { call, reason, wait } => {
            let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            Event::Retry { call, reason: safe(reason), wait_ms }
        }
        RunEvent::CallFinished { call, usage, usd, error, hit, spent, .. } => {
            Event::CallFinished { call, usage, usd, error: error.map(safe), hit, spent: self::spent(&spent) }
        }
        RunEvent::Cell { cell, code } => Event::Code { cell, code: safe(code) },
        RunEvent::CellDone { cell, output, error } => {
            Event::Output { cell, output: safe(output), error: error.map(safe) }
        }
        RunEvent::Looking { what } => Event::Looking { what: safe(what) },
        RunEvent::Note { text } => Event::Note { text: safe(text) },
        RunEvent::AgentStarted { agent, parent, depth, question, scope } => Event::ChildStarted {
            agent,
            parent,
            depth,
            question: safe(question),
            scope: scope.into_iter().map(safe).collect(),
        },
        RunEvent::AgentEnded { agent, error } => Event::ChildEnded { agent, error: error.map(safe) },
        RunEvent::Limit { tripped } => Event::Limit { message: tripped.to_string() },
        RunEvent::Started { .. } | RunEvent::Of { .. } => return None,
    })
}

/// What a run has used, in the words of the protocol.
pub fn spent(spent: &RunSpent) -> Spent {
    Spent {
        turns: spent.turns,
        calls: spent.calls,
        tokens: spent.usage.input + spent.usage.output,
        usd: spent.usd,
        unpriced: spent.unpriced,
        hits: spent.hits,
    }
}

/// The end of a run that gave a report. The views are the client's text when it asked, and now: lines that moved since are
/// where they are now.
pub fn end(report: &Report, [then, now]: [&View; 2], run_id: String, conversation_id: String) -> End {
    let (mut places, mut places_now) = (Places::new(then), Places::new(now));
    let mut cited = |checked: &Checked| match &checked.moved {
        Some(to) => self::cited(checked, to.clone(), &mut places_now, now),
        None => self::cited(checked, checked.place(), &mut places, then),
    };
    let uncited = |d: &crate::agent::answers::citations::Dropped| Uncited {
        path: safe(&d.path),
        from: d.from,
        to: d.to,
        reason: safe(&d.reason),
    };
    End {
        run_id,
        conversation_id,
        reason: if report.complete { Reason::Answered } else { Reason::Limit },
        message: safe(&report.end),
        answer: display::markdown(&report.answer),
        value: report.value.clone(),
        citations: report.citations.iter().map(&mut cited).collect(),
        dropped: report.dropped.iter().map(uncited).collect(),
        model: report.model.clone(),
        spent: spent(&report.spent),
        seconds: report.seconds,
        document: None,
        plan: None,
    }
}

/// The end of a run that gave none.
pub fn failure(reason: Reason, message: &str, model: String, run_id: String, conversation_id: String) -> End {
    End {
        run_id,
        conversation_id,
        reason,
        message: safe(message),
        answer: String::new(),
        value: Value::Null,
        citations: Vec::new(),
        dropped: Vec::new(),
        model,
        spent: Spent::default(),
        seconds: 0.0,
        document: None,
        plan: None,
    }
}

fn cited(checked: &Checked, place: Citation, places: &mut Places, view: &View) -> Cited {
    let line = |line: u64| u32::try_from(line).unwrap_or(u32::MAX);
    let location = RelPath::parse(&place.path).ok().and_then(|path| {
        // A file that cannot be read any more is still a place.
        let first = Position { line: line(place.from).saturating_sub(1), character: 0 };
        let range =
            places.lines(&place.path, line(place.from), line(place.to)).unwrap_or(Range { start: first, end: first });
        Some(Location { uri: view.uri(&path)?, range })
    });
    Cited {
        path: safe(&checked.path),
        from: checked.from,
        to: checked.to,
        status: match checked.status {
            Status::Valid => Support::Valid,
            Status::Unsupported => Support::Unsupported,
            Status::Moved => Support::Moved,
            Status::Stale => Support::Stale,
        },
        missing: checked.missing.iter().map(|name| safe(name)).collect(),
        location,
    }
}
