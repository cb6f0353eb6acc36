//! How far the symbol table is, told to a client that shows progress.

use std::time::Duration;

use tokio::sync::watch;
use tower_lsp::ls_types::request::WorkDoneProgressCreate;
use tower_lsp::ls_types::{ProgressToken, WorkDoneProgressCreateParams};

use super::progress::Progress;
use super::state::State;
use crate::graph;
use crate::text::grouped;

/// Begins the tokens of these progresses; the filling's number ends them.
const TOKEN: &str = "spelunk/symbols/";

/// A filling that is over sooner needs no words.
const PATIENCE: Duration = Duration::from_millis(500);

/// How often it is said how far it is.
const PAUSE: Duration = Duration::from_millis(100);

/// Takes the reports of one filling. Dropped when the filling is over.
pub struct Report(watch::Sender<Far>);

/// How far a filling is, and what it came to.
#[derive(Debug, Clone, Default)]
struct Far {
    done: usize,
    total: usize,
    came_to: String,
}

impl Report {
    pub fn tell(&self, far: graph::Progress) {
        self.0.send_modify(|now| (now.done, now.total) = (far.done, far.total));
    }

    /// Says what the filling came to, in words.
    pub fn close(self, came_to: String) {
        self.0.send_modify(|now| now.came_to = came_to);
    }
}

/// What a table has, in words: "1,204 files, 31,007 symbols".
pub fn words(state: &graph::State) -> String {
    let [done, total, symbols] = [state.done, state.total, state.symbols].map(|count| grouped(count as u64));
    let files = if state.complete { total } else { format!("{done} of {total}") };
    let full = if state.full { "; its room is used up, so the least useful files are left out" } else { "" };
    format!("{files} {}, {symbols} symbols{full}", if files == "1" { "file" } else { "files" })
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
    let (to, far) = watch::channel(Far::default());
    if state.client_has(|client| client.window.as_ref()?.work_done_progress) {
        state.runtime.spawn(show(state.client.clone(), state.out.clone(), number, far));
    }
    Report(to)
}

async fn show(client: tower_lsp::Client, out: super::out::Out, number: u64, mut far: watch::Receiver<Far>) {
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
    let progress = Progress::begin(out, token, "Reading symbols".to_owned(), true, Some(0));
    loop {
        let Far { done, total, .. } = far.borrow_and_update().clone();
        let share = (100 * done).checked_div(total).and_then(|share| u32::try_from(share).ok());
        progress.report(format!("{} of {} files", grouped(done as u64), grouped(total as u64)), share);
        // It is over in between as well.
        if tokio::time::timeout(PAUSE, over(&mut far)).await.is_ok() {
            break;
        }
    }
    let came_to = far.borrow().came_to.clone();
    progress.end(came_to);
}

/// Waits until a filling is over.
async fn over(far: &mut watch::Receiver<Far>) {
    while far.changed().await.is_ok() {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_table_has() {
        let check = |done, total, complete, full, expect: &str| {
            let state = graph::State { done, total, complete, full, symbols: 1_500, ..graph::State::default() };
            assert_eq!(words(&state), expect);
        };
        check(1_204, 1_204, true, false, "1,204 files, 1,500 symbols");
        check(3, 1_204, false, false, "3 of 1,204 files, 1,500 symbols");
        check(1, 1, true, false, "1 file, 1,500 symbols");
        let full = "9 of 10 files, 1,500 symbols; its room is used up, so the least useful files are left out";
        check(9, 10, false, true, full);
    }

    #[test]
    fn only_the_tables_own_tokens_have_a_number() {
        let text = |token: &str| number(&ProgressToken::String(token.to_owned()));
        assert_eq!(text("spelunk/symbols/17"), Some(17));
        assert_eq!((text("spelunk/symbols/"), text("spelunk/symbols/x"), text("17")), (None, None, None));
        assert_eq!(number(&ProgressToken::Number(17)), None);
    }
}
