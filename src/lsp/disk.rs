//! Following the disk: what is heard of it, by whichever way, is gathered, looked at beside the messages, and taken over.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::state::State;

/// Changes within this time are one.
const DEBOUNCE: Duration = Duration::from_millis(100);

/// Paths that are looked at one by one. Where more are heard of, a walk is cheaper.
const MOST: usize = 20_000;

/// Files that are read again for the symbol table at once. More of them wait for their turn like a whole filling.
const AT_ONCE: usize = 32;

/// What is known to have happened on disk and not yet taken over.
#[derive(Default)]
pub struct Disk {
    heard: Mutex<Heard>,
    stirred: Notify,
    /// There is another listing, or there are other folders.
    pub relisted: Notify,
    /// Something that was heard of was taken over, or there are other folders.
    pub taken_over: Notify,
    /// Whether the client tells of all changes.
    pub client_tells: AtomicBool,
}

#[derive(Default)]
struct Heard {
    /// Paths under which something happened.
    paths: HashSet<PathBuf>,
    /// Anything may have happened.
    anything: bool,
}

impl Disk {
    /// Something happened under these paths. Whether that matters is found out later.
    pub fn hear(&self, paths: impl IntoIterator<Item = PathBuf>) {
        let mut heard = self.heard();
        heard.paths.extend(paths);
        if heard.paths.len() > MOST {
            *heard = Heard { paths: HashSet::new(), anything: true };
        }
        self.stirred.notify_one();
    }

    /// Anything may have happened: files came or went, or nothing is known.
    pub fn hear_of_anything(&self) {
        self.heard().anything = true;
        self.stirred.notify_one();
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        // Whatever panics in here has added what it added.
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes over what is heard, one batch after the other, until the session ends.
pub async fn follow(state: Arc<State>) {
    let gathered = async || {
        state.disk.stirred.notified().await;
        tokio::time::sleep(DEBOUNCE).await;
    };
    loop {
        tokio::select! {
            () = gathered() => {}
            () = state.ended.cancelled() => return,
        }
        let heard = std::mem::take(&mut *state.disk.heard());
        let work = state.clone();
        if let Err(error) = tokio::task::spawn_blocking(move || take_over(&work, &heard)).await {
            tracing::error!("changes on disk were not followed: {error}");
        }
    }
}

/// Looks, walks and reads, so this is for a thread that may block. Requests see what was before until it is all there.
fn take_over(state: &State, heard: &Heard) {
    let (folders, disk) = state.on_disk();
    let news = disk.news(heard.paths.iter().map(PathBuf::as_path));
    let listing = news.listing || heard.anything;
    if listing {
        let next = disk.refreshed(&news.changed, true);
        if let Err(error) = next.files() {
            tracing::warn!("the files of the workspace are not known: {error}");
        }
        if state.relist(folders, &next) {
            state.fill();
            state.disk.relisted.notify_one();
        }
    } else if !news.changed.is_empty() {
        state.reread(folders, &news.changed);
        if news.changed.len() > AT_ONCE {
            state.fill();
        } else if state.editor_settings().symbol_table {
            state.catalogue.refresh(&state.on_disk().1, &news.changed);
        }
    }
    state.disk.taken_over.notify_one();
}
