//! Replies of models that are there already: what was asked before comes from disk, what is being asked is waited for.
//!
//! `key` says which requests are the same, `store` is the file, `keeper` the thread that owns it.

mod files;
mod keeper;
mod key;
mod store;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OwnedMutexGuard;

pub use key::Key;
pub use store::Stats;

use crate::model::{Finish, Reply};
use keeper::Keeper;

/// The cache of this process's runs. Clones share it; the default is none at all.
///
/// It is never in the way: whatever is wrong with the file is one warning, and runs go on without it.
#[derive(Clone, Default)]
pub struct Cache(Option<Arc<Shared>>);

struct Shared {
    keeper: Keeper,
    flights: Mutex<HashMap<Key, Queue>>,
}

/// Those who want the same reply: the first sends the request, the others wait.
#[derive(Default)]
struct Queue {
    slot: Slot,
    seats: usize,
}

/// Who holds its lock may send; the reply is in it for those who come after.
type Slot = Arc<tokio::sync::Mutex<Option<Arc<Reply>>>>;

/// A place in a queue. The last one to leave takes the queue away.
struct Seat {
    shared: Arc<Shared>,
    key: Key,
}

/// What is known of a request's reply.
pub enum Found {
    /// It is there.
    Hit(Arc<Reply>),
    /// Nobody has it; whoever got this is to ask for it.
    Miss(Flight),
}

/// The right to send a request, and the duty to say what came. Dropped before that, the next in the queue gets it.
pub struct Flight {
    slot: OwnedMutexGuard<Option<Arc<Reply>>>,
    seat: Seat,
}

impl Cache {
    /// The cache in a state folder, of at most `most` bytes. Nothing is touched before the first question to it.
    pub fn open(state_dir: &Path, most: u64) -> Self {
        let keeper = Keeper::new(files::path(state_dir), most);
        Self(Some(Arc::new(Shared { keeper, flights: Mutex::default() })))
    }

    pub fn is_off(&self) -> bool {
        self.0.is_none()
    }

    /// Looks for a reply. Waits while somebody else is asking for the same.
    pub async fn find(&self, key: Key) -> Option<Found> {
        let shared = self.0.as_ref()?;
        let (slot, seat) = Seat::take(shared, key);
        let mut slot = slot.lock_owned().await;
        if slot.is_none() {
            *slot = shared.keeper.get(key).await.map(Arc::new);
        }
        Some(match &*slot {
            Some(reply) => Found::Hit(reply.clone()),
            None => Found::Miss(Flight { slot, seat }),
        })
    }

    /// Takes back a reply that turned out to be of no use.
    pub fn forget(&self, key: Key) {
        let Some(shared) = &self.0 else { return };
        shared.keeper.forget(key);
        let slot = shared.flights().get(&key).map(|queue| queue.slot.clone());
        // Who holds the lock has a reply of its own on the way.
        if let Some(Ok(mut slot)) = slot.as_ref().map(|slot| slot.try_lock()) {
            *slot = None;
        }
    }
}

impl Flight {
    /// Says what came. A reply that is cut off, withheld or empty is kept for nobody.
    pub fn land(self, reply: &Reply) {
        if is_whole(reply) {
            self.keep(reply);
        }
    }

    /// As `land`, but a reply that is cut at its bound is kept too: whoever finds it knows that more room is needed.
    pub fn land_cut(self, reply: &Reply) {
        if is_whole(reply) || reply.finish == Finish::Length {
            self.keep(reply);
        }
    }

    fn keep(mut self, reply: &Reply) {
        let reply = Arc::new(reply.clone());
        self.seat.shared.keeper.keep(self.seat.key, reply.clone());
        *self.slot = Some(reply);
    }
}

fn is_whole(reply: &Reply) -> bool {
    let said = !reply.text.trim().is_empty() || !reply.tool_calls.is_empty();
    said && matches!(reply.finish, Finish::Stop | Finish::ToolCalls)
}

impl Shared {
    fn flights(&self) -> MutexGuard<'_, HashMap<Key, Queue>> {
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    fn take(shared: &Arc<Shared>, key: Key) -> (Slot, Self) {
        let mut flights = shared.flights();
        let queue = flights.entry(key).or_default();
        queue.seats += 1;
        (queue.slot.clone(), Self { shared: shared.clone(), key })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut flights = self.shared.flights();
        if let Some(queue) = flights.get_mut(&self.key) {
            queue.seats -= 1;
            if queue.seats == 0 {
                flights.remove(&self.key);
            }
        }
    }
}

/// Where the cache of a state folder is, and what is in it; `None` when there is none yet.
///
/// # Errors
/// What is wrong with the file, in words.
pub fn stats(state_dir: &Path) -> (PathBuf, Result<Option<Stats>, String>) {
    let path = files::path(state_dir);
    let stats = store::stats(&path).map_err(|error| error.to_string());
    (path, stats)
}

#[cfg(test)]
mod tests;
