//! One question, alone or in a conversation, from the first prompt to the checked answer.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::answers::answer::HeldAnswer;
use super::answers::citations::{Checked, Dropped};
use super::answers::drift::Drifts;
use super::calls::CallFailure;
use super::calls::budget::{Spent, Tripped};
use super::calls::profile;
use super::conversation::Conversation;
use super::event::RunEvent;
use super::kept;
use super::orientation;
use super::plain;
use super::prompt::origins::Trail;
use super::prompt::place;
use super::prompt::{self, Asked};
use super::record;
use super::run::{Ended, Root};
use super::salvage::{Findings, salvage};
use super::session::{Session, Setup};
use crate::cancel::Cancel;
use crate::journal::Event;
use crate::journal::event::EndReason;
use crate::model::{ModelError, Role};
use crate::plan::Document;
use crate::repl::ReplError;
use crate::workspace::WorkspaceError;

/// The two ways in which a person stops a run.
#[derive(Clone, Default)]
pub struct Stop {
    /// Answer from what is known, now.
    pub answer_now: Cancel,
    /// No answer is wanted any more.
    pub cancel: Cancel,
}

/// An answer and where it comes from.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The answer as Markdown; empty when there is none.
    pub answer: String,
    /// What code passed to `answer`, when that was not Markdown, or had to satisfy a schema and does.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub value: Value,
    /// Why it does not satisfy the schema that it was to satisfy: then there is no value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unfit: Vec<String>,
    pub citations: Vec<Checked>,
    /// Citations that were not kept.
    pub dropped: Vec<Dropped>,
    /// The limit that ended the work, if one did.
    #[serde(flatten)]
    pub tripped: Option<Tripped>,
    /// How it ended, in words.
    pub end: String,
    /// Whether code gave the answer, as opposed to the salvage after a limit.
    pub complete: bool,
    pub model: String,
    pub spent: Spent,
    pub seconds: f64,
    /// Names the run in the journal; empty when runs are not recorded.
    pub run: String,
    /// What was planned, by a run that plans.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Box<Document>>,
}

/// Why there is not even a partial answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AskError {
    #[error("{0}")]
    Model(#[from] ModelError),
    #[error("{0}")]
    Repl(#[from] ReplError),
    #[error("{0}")]
    Workspace(#[from] WorkspaceError),
    #[error("{}", if held.is_empty() { "cancelled" } else { "cancelled; an answer was there, and not confirmed" })]
    Cancelled {
        /// The answer that waited for its author's word, as Markdown; empty when there was none.
        held: String,
    },
}

impl AskError {
    pub(super) fn cancelled() -> Self {
        Self::Cancelled { held: String::new() }
    }
}

/// Answers one question.
pub async fn ask(setup: Setup, question: &str, stop: &Stop) -> Result<Report, AskError> {
    let session = Arc::new(Session::new(setup));
    answer(&session, &mut Conversation::default(), question, stop).await
}

/// Answers the next question of a conversation: a run of its own, over the variables of those before it.
pub async fn ask_in(
    conversation: &mut Conversation,
    setup: Setup,
    question: &str,
    stop: &Stop,
) -> Result<Report, AskError> {
    let session = Arc::new(Session::after(setup, conversation.seen()));
    let result = answer(&session, conversation, question, stop).await;
    let said = match &result {
        Ok(report) if report.answer.is_empty() => format!("(none: {})", report.end),
        Ok(report) => report.answer.clone(),
        Err(error) => format!("(none: {error})"),
    };
    conversation.keep(&session, question, &said).await;
    result
}

async fn answer(
    session: &Arc<Session>,
    conversation: &mut Conversation,
    question: &str,
    stop: &Stop,
) -> Result<Report, AskError> {
    let calls = session.bindings.calls.clone();
    (calls.emit)(RunEvent::Started { run: calls.journal.id().unwrap_or_default().to_owned() });
    session.record_schema();
    let result = drive(session, conversation, question, stop).await;
    let (reason, detail) = match &result {
        Ok(report) => match &report.tripped {
            Some(tripped) => (EndReason::Limit, tripped.to_string()),
            None => (EndReason::Answered, String::new()),
        },
        Err(AskError::Cancelled { .. }) => (EndReason::Cancelled, String::new()),
        Err(error) => (EndReason::Failed, error.to_string()),
    };
    calls.journal.write(Event::End { reason, detail, totals: record::totals(&calls.ledger.spent()) });
    result
}

async fn drive(
    session: &Arc<Session>,
    conversation: &mut Conversation,
    question: &str,
    stop: &Stop,
) -> Result<Report, AskError> {
    let calls = session.bindings.calls.clone();
    let builtin = calls.models.root.model.provider() == "builtin";
    let before = conversation.recall(session, &stop.cancel).await;
    conversation.begin();
    let planning = session.bindings.planning.clone();
    if let Some(planning) = &planning {
        planning.begin(question);
    }
    let plans = planning.is_some();
    let (scope, place) = {
        let session = session.clone();
        let info = tokio::task::spawn_blocking(move || {
            // The first look at the files is the walk; its errors are the user's to see.
            session.snapshot.files()?;
            let scope = (!builtin && !plans).then(|| plain::whole_scope(&session)).flatten();
            Ok::<_, WorkspaceError>((scope, session.at.as_ref().map(|at| place::describe(&session, at))))
        });
        info.await.map_err(|_| AskError::cancelled())??
    };
    let asked = Asked { question, place, before, plans };
    let mut findings = Findings::default();
    let ended = match scope {
        Some(scope) => match plain_call(session, &asked, &scope, stop).await {
            Ok(None) => {
                let (ended, found) = explore(session, conversation, &asked, stop).await?;
                findings = found;
                ended
            }
            Ok(Some(answer)) => Ended::Answered(answer),
            // What does not fit into one prompt, or has no short answer, is explored.
            Err(CallFailure::Model(ModelError::TooLong(_) | ModelError::BadReply(_))) => {
                let (ended, found) = explore(session, conversation, &asked, stop).await?;
                findings = found;
                ended
            }
            Err(CallFailure::Model(ModelError::Cancelled)) => Ended::Cancelled,
            Err(CallFailure::Model(error)) => return Err(error.into()),
            Err(CallFailure::Tripped(tripped)) => Ended::Tripped(tripped),
        },
        None => {
            let (ended, found) = explore(session, conversation, &asked, stop).await?;
            findings = found;
            ended
        }
    };
    let (answer, tripped) = match ended {
        Ended::Cancelled => {
            let held = session.bindings.answers.held().map_or_else(String::new, |held| held.markdown());
            return Err(AskError::Cancelled { held });
        }
        Ended::Answered(answer) => (Some(answer), None),
        Ended::Tripped(tripped) => {
            calls.journal.write(record::limit(&tripped));
            (calls.emit)(RunEvent::Limit { tripped: tripped.clone() });
            let answer = salvage(&session.bindings, &asked, &tripped, &findings, &stop.cancel).await;
            if answer.is_none() && stop.cancel.is_cancelled() {
                return Err(AskError::cancelled());
            }
            (answer, Some(tripped))
        }
    };
    let elapsed = calls.ledger.elapsed();
    let reported = session.clone();
    let mut report = tokio::task::spawn_blocking(move || report(&reported, answer, tripped, elapsed))
        .await
        .map_err(|_| AskError::cancelled())?;
    if let Some(planning) = planning {
        let (summary, cancel) = (report.answer.clone(), stop.cancel.clone());
        let document = tokio::task::spawn_blocking(move || planning.document(&summary, &cancel))
            .await
            .map_err(|_| AskError::cancelled())?;
        calls.journal.write(kept::planned(&document));
        report.plan = Some(Box::new(document));
        return Ok(report);
    }
    if report.complete {
        let cited = report.citations.iter().map(|cited| cited.path.clone()).collect();
        tokio::select! {
            () = orientation::remember(session, question, cited, &stop.cancel) => {}
            () = stop.answer_now.cancelled() => {}
        }
        report.spent = calls.ledger.spent();
    }
    Ok(report)
}

async fn plain_call(
    session: &Session,
    asked: &Asked<'_>,
    scope: &str,
    stop: &Stop,
) -> Result<Option<HeldAnswer>, CallFailure> {
    tokio::select! {
        answer = plain::answer(session, asked, scope, &stop.cancel) => answer,
        () = stop.answer_now.cancelled() => Err(Tripped::AnswerNow.into()),
    }
}

async fn explore(
    session: &Arc<Session>,
    conversation: &mut Conversation,
    asked: &Asked<'_>,
    stop: &Stop,
) -> Result<(Ended, Findings), AskError> {
    let bindings = &session.bindings;
    let repo = bindings.repo.clone();
    let (mapped, question, cancel) = (session.clone(), asked.question.to_owned(), stop.cancel.clone());
    let named = format!("{question}\n{}", asked.place.as_deref().unwrap_or_default());
    let about = tokio::task::spawn_blocking(move || {
        let map = orientation::section(&mapped, &question).unwrap_or_default();
        Ok::<_, WorkspaceError>((repo.info()?, repo.overview(&named, &cancel)?, map))
    });
    let (info, tree, map) = about.await.map_err(|_| AskError::cancelled())??;
    let root = &bindings.calls.models.root;
    let profile = profile::of(&root.name);
    let transport = profile.transport(root.model.has_tools());
    let system = if asked.plans { prompt::planner } else { prompt::root };
    let mut first = prompt::question(&bindings.key, asked, &info, &tree) + &map;
    if let Some(schema) = &bindings.schema {
        first.push_str(&format!("\n\n{}", prompt::must_satisfy(&bindings.key, schema.value())));
    }
    let messages =
        vec![prompt::message(Role::System, system(transport, &profile.advice)), prompt::message(Role::User, first)];
    let vars = conversation.variables();
    let trail = Trail::after(vars.clone());
    let mut root = Root {
        bindings,
        referee: &**session,
        warned: false,
        repl: conversation.repl(session).await?,
        vars,
        transport,
        cancel: &stop.cancel,
        answer_now: &stop.answer_now,
        findings: Findings::default(),
        trail,
    };
    let ended = root.run(messages).await;
    let Root { findings, trail, .. } = root;
    conversation.ran(trail);
    Ok((ended?, findings))
}

pub(super) fn report(
    session: &Session,
    answer: Option<HeldAnswer>,
    tripped: Option<Tripped>,
    elapsed: Duration,
) -> Report {
    let calls = &session.bindings.calls;
    let (mut markdown, mut citations, mut dropped) = (String::new(), Vec::new(), Vec::new());
    if let Some(answer) = &answer {
        markdown = answer.markdown();
        (citations, dropped) = answer.check(session);
        calls.journal.write(record::answer(answer, &citations, &dropped, &[], false));
        // The run saw one state of the files; who reads its answer has another.
        Drifts::new(&session.snapshot).mark(&mut citations);
    }
    let schema = session.bindings.schema.as_ref();
    let unfit = match (schema, &answer) {
        (Some(schema), Some(answer)) => schema.problems(&answer.value),
        _ => Vec::new(),
    };
    let value = answer.as_ref().map(|answer| &answer.value);
    let value = value.filter(|value| unfit.is_empty() && (schema.is_some() || !value.is_string())).cloned();
    let mut end = match (&tripped, &answer) {
        (None, _) => "answered".to_owned(),
        (Some(tripped), Some(_)) => format!("{tripped}; this is the best answer from what was known by then"),
        (Some(tripped), None) => format!("{tripped}; no answer was reached"),
    };
    if let Some(problem) = unfit.first() {
        end.push_str(&format!("; it does not satisfy the schema: {problem}"));
    }
    Report {
        answer: markdown,
        value: value.unwrap_or_default(),
        unfit,
        citations,
        dropped,
        complete: tripped.is_none(),
        tripped,
        end,
        model: calls.models.root.name.clone(),
        spent: calls.ledger.spent(),
        seconds: elapsed.as_secs_f64(),
        run: calls.journal.id().unwrap_or_default().to_owned(),
        plan: None,
    }
}
