//! How far the symbol table is, told to a client that shows progress.

use std::time::Duration;

use tokio::sync::watch;
use tower_lsp::ls_types::request::WorkDoneProgressCreate;
use tower_lsp::ls_types::{ProgressToken, WorkDoneProgressCreateParams};

use super::progress::Progress;
use super::state::State;
use crate::graph;

/// Begins the tokens of these progresses; the filling's number ends them.
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

/// The number of the filling whose progress this is, if it is one's.
pub fn number(token: &ProgressToken) -> Option<u64> {
    match token {
        ProgressToken::String(token) => token.strip_prefix(TOKEN)?.parse().ok(),
        ProgressToken::Number(_) => None,
    }
}

/// A report that is shown, if the client shows progress. `number` tells this filling from others.
pub fn report(state: &State, number: u64) -> Report {
    let (to, far) = watch::channel(graph::Progress { done: 0, total: 0 });
    if state.client_has(|client| client.window.as_ref()?.work_done_progress) {
        state.runtime.spawn(show(state.client.clone(), state.out.clone(), number, far));
    }
    Report(to)
}

async fn show(client: tower_lsp::Client, out: super::out::Out, number: u64, mut far: watch::Receiver<graph::Progress>) {
    // One that waits for its turn may never have it.
    if far.wait_for(|far| far.total > 0).await.is_err() || tokio::time::timeout(PATIENCE, over(&mut far)).await.is_ok()
    {
        return;
    }
    let token = ProgressToken::String(format!("{TOKEN}{number}"));
    let params = WorkDoneProgressCreateParams { token: token.clone() };
    tokio::select! {
        created = client.send_request::<WorkDoneProgressCreate>(params) => if created.is_err() { return },
        () = over(&mut far) => return,
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
}

/// Waits until a filling is over.
async fn over(far: &mut watch::Receiver<graph::Progress>) {
    while far.changed().await.is_ok() {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_tables_own_tokens_have_a_number() {
        let text = |token: &str| number(&ProgressToken::String(token.to_owned()));
        assert_eq!(text("spelunk/symbols/17"), Some(17));
        assert_eq!((text("spelunk/symbols/"), text("spelunk/symbols/x"), text("17")), (None, None, None));
        assert_eq!(number(&ProgressToken::Number(17)), None);
    }
}
