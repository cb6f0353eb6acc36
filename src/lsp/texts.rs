//! The index of texts, kept at what the disk has beside the messages.
//!
//! It hides no change: what was heard of is opened until it was read again, and where neither the client tells of
//! changes nor all folders are watched here, searches compare each file with the disk.

use std::sync::Arc;

use super::state::State;

/// Reads what is new whenever something is, until the session ends.
pub async fn keep(state: Arc<State>) {
    loop {
        tokio::select! {
            () = state.disk.taken_over.notified() => {}
            () = state.ended.cancelled() => return,
        }
        let work = state.clone();
        if let Err(error) = tokio::task::spawn_blocking(move || update(&work)).await {
            tracing::error!("the index of texts was not brought up to date: {error}");
        }
    }
}

/// Waits while requests are answered. Ends early with the session, and when there are other folders.
fn update(state: &State) {
    let (folders, disk) = state.on_disk();
    let goes_on = || state.catalogue.passes(&state.ended) && state.opened() == folders;
    if let Err(error) = disk.index_while(&goes_on) {
        tracing::debug!("the index of texts is not brought up to date: {error}");
    } else if goes_on() {
        disk.keep_if_due();
    }
}
