//! The plain model that runs are measured against: everything of a scope in one prompt, one call, no code.

use std::sync::Arc;

use super::ask::{AskError, Report, Stop, report};
use super::calls::CallFailure;
use super::calls::budget::Tripped;
use super::plain;
use super::prompt::Asked;
use super::record;
use super::session::{Session, Setup};
use crate::journal::Event;
use crate::journal::event::EndReason;
use crate::model::ModelError;

/// Asks the root model once, with all text files of the scope in the prompt. `None`: they have more than `most` tokens,
/// or more than the model takes.
pub async fn ask_plainly(setup: Setup, question: &str, most: u64, stop: &Stop) -> Result<Option<Report>, AskError> {
    let session = Arc::new(Session::new(setup));
    let result = call(&session, question, most, stop).await;
    let (reason, detail) = match &result {
        Ok(Some(report)) => match &report.tripped {
            Some(tripped) => (EndReason::Limit, tripped.to_string()),
            None => (EndReason::Answered, String::new()),
        },
        Ok(None) => (EndReason::Failed, "the scope does not fit into one prompt".to_owned()),
        Err(AskError::Cancelled { .. }) => (EndReason::Cancelled, String::new()),
        Err(error) => (EndReason::Failed, error.to_string()),
    };
    let calls = &session.bindings.calls;
    calls.journal.write(Event::End { reason, detail, totals: record::totals(&calls.ledger.spent()) });
    result
}

async fn call(session: &Arc<Session>, question: &str, most: u64, stop: &Stop) -> Result<Option<Report>, AskError> {
    let reading = session.clone();
    let scope = tokio::task::spawn_blocking(move || plain::everything(&reading, most));
    let Some(scope) = scope.await.map_err(|_| AskError::cancelled())?? else { return Ok(None) };
    let asked = Asked { question, place: None, before: None, plans: false };
    let answer = tokio::select! {
        answer = plain::answer(session, &asked, &scope, &stop.cancel) => answer,
        () = stop.answer_now.cancelled() => Err(Tripped::AnswerNow.into()),
    };
    let (answer, tripped) = match answer {
        Ok(Some(answer)) => (Some(answer), None),
        // There is no loop that could go on.
        Ok(None) => return Err(ModelError::BadReply("the reply holds no answer".to_owned()).into()),
        Err(CallFailure::Tripped(tripped)) => (None, Some(tripped)),
        Err(CallFailure::Model(ModelError::TooLong(_))) => return Ok(None),
        Err(CallFailure::Model(ModelError::Cancelled)) => return Err(AskError::cancelled()),
        Err(CallFailure::Model(error)) => return Err(error.into()),
    };
    let (session, elapsed) = (session.clone(), session.bindings.calls.ledger.elapsed());
    let report = tokio::task::spawn_blocking(move || report(&session, answer, tripped, elapsed));
    report.await.map(Some).map_err(|_| AskError::cancelled())
}
