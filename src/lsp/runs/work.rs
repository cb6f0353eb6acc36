//! A run while it works, and what its end is told as.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::sync::OwnedMutexGuard;

use crate::agent::answers::drift::Drifts;
use crate::agent::{AskError, Conversation, Setup, Stop, ask_in};
use crate::display;
use crate::lsp::protocol::{End, Reason};
use crate::lsp::state::{State, View};
use crate::lsp::{events, plans};
use crate::plan::Document;

/// One run, from its question to its end.
pub(super) struct Work {
    pub(super) state: Arc<State>,
    pub(super) conversation: OwnedMutexGuard<Conversation>,
    pub(super) run_id: String,
    pub(super) conversation_id: String,
    pub(super) model: String,
}

impl Work {
    pub(super) async fn run(mut self, setup: Setup, view: View, question: &str, stop: &Stop) -> End {
        let asked = AssertUnwindSafe(ask_in(&mut self.conversation, setup, question, stop)).catch_unwind().await;
        let (run_id, conversation_id) = (self.run_id.clone(), self.conversation_id.clone());
        let end = match asked {
            Ok(Ok(mut report)) => {
                let (now, state) = (self.state.view(), self.state.clone());
                let made = tokio::task::spawn_blocking(move || {
                    // The client's text may have changed since it asked.
                    Drifts::new(&now.snapshot).mark(&mut report.citations);
                    let planned = report.plan.take().map(|document| {
                        let document: Arc<Document> = document.into();
                        state.plans.keep(&run_id, document.clone(), &view.snapshot);
                        Box::new(plans::plan(&document, &now))
                    });
                    let end = events::end(&report, [&view, &now], run_id, conversation_id);
                    End { plan: planned, ..end }
                });
                made.await.map_err(|_| None)
            }
            Ok(Err(error)) => Err(Some(error)),
            Err(_panic) => {
                // What its worker still waits for is not known.
                self.conversation.rest();
                Err(None)
            }
        };
        let end = end.unwrap_or_else(|error| {
            let message =
                error.as_ref().map_or_else(|| "it failed inside; the log has more".into(), AskError::to_string);
            let (reason, held) = match &error {
                Some(AskError::Cancelled { held }) => (Reason::Cancelled, display::markdown(held)),
                _ => (Reason::Failed, String::new()),
            };
            let end = events::failure(reason, &message, self.model, self.run_id, self.conversation_id);
            End { answer: held, ..end }
        });
        // Whoever hears of the end may ask the next question at once.
        drop(self.conversation);
        end
    }
}
