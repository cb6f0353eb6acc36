//! From the agent's types to the journal's.

use super::answers::answer::HeldAnswer;
use super::answers::citations::{Checked, Dropped};
use super::calls::CallFailure;
use super::calls::budget::{Spent, Tripped};
use crate::journal::Event;
use crate::journal::event::{self as journal, Outcome};
use crate::model::{Finish, Message, Reply, Request, Role, ToolCall, Usage};
use crate::repl;

pub fn request(request: &Request) -> journal::Request {
    let options = serde_json::json!({
        "model": request.model,
        "tools": request.tools,
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "schema": request.schema,
    });
    journal::Request { messages: request.messages.iter().map(message).collect(), options: options.to_string().into() }
}

fn message(message: &Message) -> journal::Message {
    let role = match message.role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    };
    journal::Message {
        role: role.to_owned(),
        content: message.content.as_str().into(),
        tool_calls: message.tool_calls.iter().map(tool_call).collect(),
        tool_call_id: message.tool_call_id.clone(),
    }
}

fn tool_call(call: &ToolCall) -> journal::ToolCall {
    journal::ToolCall { id: call.id.clone(), name: call.name.clone(), arguments: call.arguments.as_str().into() }
}

pub fn reply(result: Result<&Reply, &CallFailure>) -> Outcome<journal::Reply, String> {
    let finish = |finish| match finish {
        Finish::Stop => "stop",
        Finish::ToolCalls => "tool-calls",
        Finish::Length => "length",
        Finish::Filtered => "filtered",
    };
    match result {
        Ok(reply) => Outcome::Ok(journal::Reply {
            text: reply.text.as_str().into(),
            tool_calls: reply.tool_calls.iter().map(tool_call).collect(),
            finish: finish(reply.finish).to_owned(),
        }),
        Err(failure) => Outcome::Error(failure.to_string()),
    }
}

pub fn usage(usage: Usage) -> journal::Usage {
    let Usage { input, cached, written, output, reasoning, estimated } = usage;
    journal::Usage { input, cached, written, output, reasoning, estimated }
}

pub fn totals(spent: &Spent) -> journal::Totals {
    journal::Totals {
        turns: spent.turns,
        calls: u64::from(spent.calls),
        hits: u64::from(spent.hits),
        input: spent.usage.input,
        cached: spent.usage.cached,
        output: spent.usage.output,
        usd: (spent.unpriced == 0).then_some(spent.usd),
    }
}

pub fn cell_done(cell: u64, outcome: &repl::Outcome) -> Event {
    let kind = |kind| match kind {
        repl::CellErrorKind::Syntax => "syntax",
        repl::CellErrorKind::Thrown => "thrown",
        repl::CellErrorKind::Limit => "limit",
        repl::CellErrorKind::Cancelled => "cancelled",
        repl::CellErrorKind::Died => "died",
    };
    Event::CellDone {
        cell,
        output: outcome.output.as_str().into(),
        value: outcome.value.as_deref().map(Into::into),
        error: outcome
            .error
            .as_ref()
            .map(|error| journal::CellError { kind: kind(error.kind).to_owned(), text: error.text.as_str().into() }),
        warnings: outcome.warnings.clone(),
        computed_ms: u64::try_from(outcome.computed.as_millis()).unwrap_or(u64::MAX),
        lost: outcome.lost.clone(),
    }
}

pub fn answer(answer: &HeldAnswer, checked: &[Checked], dropped: &[Dropped], problems: &[String], held: bool) -> Event {
    let citations = checked
        .iter()
        .map(|c| journal::Citation {
            path: c.path.clone(),
            from: c.from,
            to: c.to,
            status: c.status.name().to_owned(),
            missing: c.missing.clone(),
            hash: c.hash.clone(),
        })
        .collect();
    let dropped = dropped
        .iter()
        .map(|d| journal::Dropped { path: d.path.clone(), from: d.from, to: d.to, reason: d.reason.to_string() })
        .collect();
    Event::Answer { value: answer.value.to_string().into(), citations, dropped, held, problems: problems.to_vec() }
}

pub fn limit(tripped: &Tripped) -> Event {
    let which = match tripped {
        Tripped::Turns { .. } => "turns",
        Tripped::Calls { .. } => "calls",
        Tripped::Depth { .. } => "depth",
        Tripped::Tokens { .. } => "tokens",
        Tripped::Usd { .. } => "usd",
        Tripped::Wall { .. } => "seconds",
        Tripped::NoCode { .. } => "no-code",
        Tripped::Repeated { .. } => "repeated",
        Tripped::Circles { .. } => "circles",
        Tripped::AnswerNow => "answer-now",
        Tripped::Model { .. } => "model",
    };
    Event::Limit { which: which.to_owned(), detail: tripped.to_string() }
}
