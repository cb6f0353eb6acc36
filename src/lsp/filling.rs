//! How far the symbol table is, told to a client that shows progress.

use std::time::Duration;

use tokio::sync::watch;
use tower_lsp::ls_types::request::WorkDoneProgressCreate;
use tower_lsp::ls_types::{ProgressToken, WorkDoneProgressCreateParams};

use super::progress::Progress;
use super::state::State;
use crate::graph;

/// Begins the tokens of these progresses.
const TOKEN: &str = "spelunk/symbols/";

/// A filling that is over sooner needs no words.
const PATIENCE: Duration = Duration::from_millis(500);

/// Takes the reports of one filling. Dropped when the filling is over.
pub struct Report(watch::Sender<graph::Progress>);

impl Report {
    pub fn tell(&self, far: graph::Progress) {
        self.0.send_replace(far);
    }
}

/// Whether a progress is the symbol table's.
pub fn is_ours(token: &ProgressToken) -> bool {
    matches!(token, ProgressToken::String(token) if token.starts_with(TOKEN))
}

/// A report that is shown, if the client shows progress. `number` tells this filling from others.
pub fn report(state: &State, number: u64) -> Report {
    let (to, mut far) = watch::channel(graph::Progress { done: 0, total: 0 });
    if state.client_has(|client| client.window.as_ref()?.work_done_progress) {
        let (client, out) = (state.client.clone(), state.out.clone());
        let token = ProgressToken::String(format!("{TOKEN}{number}"));
        let shown = async move {
            let over = async { while far.changed().await.is_ok() {} };
            if tokio::time::timeout(PATIENCE, over).await.is_ok() {
                return;
            }
            let params = WorkDoneProgressCreateParams { token: token.clone() };
            if client.send_request::<WorkDoneProgressCreate>(params).await.is_err() {
                return;
            }
            let progress = Progress::begin(out, token, "Reading symbols".to_owned(), true);
            loop {
                let graph::Progress { done, total } = *far.borrow_and_update();
                let share = (100 * done).checked_div(total).and_then(|share| u32::try_from(share).ok());
                progress.report(format!("{done} of {total} files"), share);
                if far.changed().await.is_err() {
                    break;
                }
            }
        };
        state.runtime.spawn(shown);
    }
    Report(to)
}
