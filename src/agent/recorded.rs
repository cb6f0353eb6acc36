//! What a journal says of how a run ended, in the form in which whoever asked was told.

use serde_json::Value;

use super::answers::answer::{Cut, HeldAnswer};
use super::answers::citations::{Checked, Dropped, Status};
use super::answers::schema::Schema;
use super::ask::Report;
use super::calls::budget::Spent;
use crate::journal::event::{self, Body, EndReason, Outcome, Totals};
use crate::journal::{Blobs, Event, JournalError, Line, Run};
use crate::model::Usage;

/// How a run ended.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub reason: EndReason,
    /// With the citations as they stood when the answer was given. What was planned is not in it, and neither is the limit
    /// that ended the work, but in words. Without an answer that counts, `answer` is what was held, as Markdown.
    pub report: Report,
}

/// How a run ended; `None` when its record has no end.
///
/// # Errors
/// When the answer's text is gone.
pub fn recorded(run: &Run, blobs: &Blobs) -> Result<Option<Recorded>, JournalError> {
    let own = || run.lines.iter().filter(|line| line.agent == 0);
    let end = own().rev().find_map(|line| match &line.event {
        Event::End { reason, detail, totals } if *reason != EndReason::Unknown => {
            Some((line.at, *reason, detail, totals))
        }
        _ => None,
    });
    let Some((at, reason, detail, totals)) = end else { return Ok(None) };
    let given = own().rev().find_map(|line| match &line.event {
        Event::Answer { value, citations, dropped, held, .. } => Some((value, citations, dropped, *held)),
        _ => None,
    });
    // A held answer is one that nobody confirmed: it is told of a run that was cancelled before that.
    let given = given.filter(|(.., held)| *held == (reason == EndReason::Cancelled));
    let mut report = Report {
        answer: String::new(),
        value: Value::Null,
        unfit: Vec::new(),
        citations: Vec::new(),
        dropped: Vec::new(),
        tripped: None,
        end: words(reason, detail, given.is_some()),
        complete: reason == EndReason::Answered,
        model: run.header().map(|header| header.models.root.clone()).unwrap_or_default(),
        spent: spent(run, totals),
        seconds: at as f64 / 1e3,
        run: run.id.clone(),
        plan: None,
    };
    let Some((value, citations, dropped, held)) = given else { return Ok(Some(Recorded { reason, report })) };
    let value: Value = serde_json::from_str(&blobs.text(value)?).unwrap_or_default();
    let answer = HeldAnswer { cuts: cuts(own(), blobs, &value), ..HeldAnswer::computed(value) };
    report.answer = answer.markdown();
    if held {
        return Ok(Some(Recorded { reason, report }));
    }
    report.citations = citations.iter().map(checked).collect();
    report.dropped = dropped.iter().map(self::dropped).collect();
    let schema = own().find_map(|line| match &line.event {
        Event::Expects { schema } => Some(schema),
        _ => None,
    });
    let is_text = answer.value.is_string();
    match schema {
        Some(schema) => {
            let schema = serde_json::from_str(&blobs.text(schema)?).ok().and_then(|schema| Schema::new(schema).ok());
            report.unfit = schema.map_or_else(Vec::new, |schema| schema.problems(&answer.value));
            match report.unfit.first() {
                Some(problem) => report.end.push_str(&format!("; it does not satisfy the schema: {problem}")),
                None => report.value = answer.value,
            }
        }
        None if !is_text => report.value = answer.value,
        None => {}
    }
    Ok(Some(Recorded { reason, report }))
}

fn words(reason: EndReason, detail: &str, is_answered: bool) -> String {
    match (reason, is_answered) {
        (EndReason::Limit, true) => format!("{detail}; this is the best answer from what was known by then"),
        (EndReason::Limit, false) => format!("{detail}; no answer was reached"),
        (EndReason::Cancelled, true) => "cancelled; an answer was there, and not confirmed".to_owned(),
        (EndReason::Cancelled, false) => "cancelled".to_owned(),
        (EndReason::Failed, _) => detail.to_owned(),
        _ => "answered".to_owned(),
    }
}

/// The lists of an answer that held less than there is: they came beside its value.
fn cuts<'r>(own: impl DoubleEndedIterator<Item = &'r Line>, blobs: &Blobs, answer: &Value) -> Vec<Cut> {
    let args = |body: &Body| serde_json::from_str::<Vec<Value>>(&blobs.text(body).ok()?).ok();
    let given = own.rev().find_map(|line| match &line.event {
        Event::HostCall { name, args: body, .. } if name == "answer" => {
            args(body).filter(|args| args.first() == Some(answer))
        }
        _ => None,
    });
    let cuts = given.and_then(|args| serde_json::from_value(args.into_iter().nth(2)?).ok());
    cuts.unwrap_or_default()
}

fn checked(cited: &event::Citation) -> Checked {
    let event::Citation { path, from, to, status, missing, hash } = cited.clone();
    let status = [Status::Valid, Status::Unsupported, Status::Moved, Status::Stale]
        .into_iter()
        .find(|known| known.name() == status)
        .unwrap_or(Status::Unsupported);
    Checked { path, from, to, status, missing, hash, moved: None, changed: None }
}

fn dropped(dropped: &event::Dropped) -> Dropped {
    let event::Dropped { path, from, to, reason } = dropped.clone();
    Dropped { path, from, to, reason: reason.into() }
}

/// What a run used in all.
fn spent(run: &Run, totals: &Totals) -> Spent {
    let (mut known, mut unpriced) = (0.0, 0);
    for line in &run.lines {
        if let Event::CallFinished { outcome, usd, hit: false, .. } = &line.event {
            known += usd.unwrap_or_default();
            unpriced += u32::from(usd.is_none() && matches!(outcome, Outcome::Ok(_)));
        }
    }
    let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    Spent {
        turns: totals.turns,
        calls: count(totals.calls),
        usage: Usage { input: totals.input, cached: totals.cached, output: totals.output, ..Usage::default() },
        usd: totals.usd.unwrap_or(known),
        unpriced,
        hits: count(totals.hits),
    }
}
