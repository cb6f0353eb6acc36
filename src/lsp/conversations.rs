//! The conversations that a client may continue, and how long their workers are kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;

use super::state::State;
use crate::agent::Conversation;

/// Conversations that are remembered; the ones that were used longest ago are forgotten first.
const REMEMBERED: usize = 32;

/// Workers that are kept for a next question.
const IDLE_WORKERS: usize = 4;

/// How long a worker is kept for a next question.
const IDLE: Duration = Duration::from_secs(600);

/// Every conversation. Whoever has a question in one has its lock.
#[derive(Default)]
pub struct Conversations(Mutex<Registry>);

#[derive(Default)]
struct Registry {
    kept: HashMap<String, Kept>,
    /// Counts uses.
    number: u64,
}

struct Kept {
    conversation: Shared,
    /// The number of its last use.
    used: u64,
    /// The use after which its worker is about to be ended.
    resting: u64,
}

type Shared = Arc<tokio::sync::Mutex<Conversation>>;

impl Conversations {
    /// The conversation of this name, or a new one: its name, and the conversation for one question, or what to wait for
    /// while it is busy.
    pub fn take(&self, wanted: Option<&str>) -> (String, Result<OwnedMutexGuard<Conversation>, Shared>) {
        let Registry { kept, number } = &mut *self.lock();
        *number += 1;
        let id = wanted.map(str::to_owned).unwrap_or_else(|| {
            // A client may have used any name.
            let free = (*number..).map(|number| format!("c{number}")).find(|id| !kept.contains_key(id));
            free.unwrap_or_default()
        });
        let entry =
            kept.entry(id.clone()).or_insert_with(|| Kept { conversation: Arc::default(), used: 0, resting: 0 });
        entry.used = *number;
        let conversation = entry.conversation.clone();
        let taken = conversation.clone().try_lock_owned().map_err(|_| conversation);
        if kept.len() > REMEMBERED {
            let idle = |(_, kept): &(&String, &Kept)| kept.used != *number && kept.conversation.try_lock().is_ok();
            let oldest = kept.iter().filter(idle).min_by_key(|(_, kept)| kept.used).map(|(id, _)| id.clone());
            drop(oldest.and_then(|id| kept.remove(&id)));
        }
        (id, taken)
    }

    /// After a question, answered or not: ends the workers that are too many, and this one once it has been idle for long.
    pub fn rest(&self, state: &Arc<State>, id: &str) {
        let mut registry = self.lock();
        let mut idle: Vec<(u64, OwnedMutexGuard<Conversation>)> = registry
            .kept
            .values()
            .filter_map(|kept| Some((kept.used, kept.conversation.clone().try_lock_owned().ok()?)))
            .filter(|(_, conversation)| conversation.worker().is_some())
            .collect();
        idle.sort_by_key(|(used, _)| std::cmp::Reverse(*used));
        for (_, conversation) in idle.iter_mut().skip(IDLE_WORKERS) {
            conversation.rest();
        }
        let Some(kept) = registry.kept.get_mut(id).filter(|kept| kept.resting != kept.used) else { return };
        kept.resting = kept.used;
        let used = kept.used;
        let (state, id) = (state.clone(), id.to_owned());
        // Whoever gives a question up may be on no thread of the runtime.
        state.runtime.clone().spawn(async move {
            tokio::select! {
                () = tokio::time::sleep(IDLE) => {}
                () = state.ended.cancelled() => {}
            }
            // Under the lock of all, so that nobody finds the conversation busy with this.
            let registry = state.conversations.lock();
            if let Some(kept) = registry.kept.get(&id)
                && kept.used == used
                && let Ok(mut conversation) = kept.conversation.try_lock()
            {
                conversation.rest();
            }
        });
    }

    fn lock(&self) -> MutexGuard<'_, Registry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tower_lsp::LspService;

    use super::super::log::Relay;
    use super::super::out::Out;
    use super::super::protocol::AskParams;
    use super::super::runs::{self, Audience};
    use super::super::server::Server;
    use super::*;

    #[test]
    fn the_least_recent_are_forgotten_and_the_busy_stay() {
        let conversations = Conversations::default();
        let (busy, guard) = conversations.take(Some("busy"));
        let guard = guard.ok().unwrap();
        assert!(conversations.take(Some("busy")).1.is_err());
        for number in 0..REMEMBERED + 2 {
            assert!(conversations.take(Some(&format!("n{number}"))).1.is_ok());
        }
        let registry = conversations.lock();
        assert_eq!(registry.kept.len(), REMEMBERED);
        assert!(registry.kept.contains_key(&busy) && !registry.kept.contains_key("n0"));
        drop((registry, guard));
        assert!(conversations.take(Some("busy")).1.is_ok());
    }

    #[tokio::test]
    async fn a_question_that_never_begins_lets_its_conversation_rest() {
        let (out, _queue) = Out::new();
        let (service, _socket) = LspService::new(|client| Server::new(client, out, Relay::default()));
        let state = service.inner().state.clone();
        let is_resting = |id: &str| {
            let registry = state.conversations.lock();
            registry.kept.get(id).is_some_and(|kept| kept.resting == kept.used)
        };
        // There is no session, so there is no run.
        let params: AskParams = serde_json::from_value(json!({ "question": "?", "conversationId": "a" })).unwrap();
        for _ in 0..2 {
            let (_, taken) = state.conversations.take(Some("a"));
            assert!(taken.is_ok() && !is_resting("a"));
            drop(taken);
            let audience = Audience { progress: None, tied: false };
            assert!(runs::begin(&state, params.clone(), runs::Purpose::Answer, audience).await.is_err());
            assert!(is_resting("a"));
        }
    }

    #[test]
    fn new_names_are_new() {
        let conversations = Conversations::default();
        drop(conversations.take(Some("c2")));
        assert_ne!(conversations.take(None).0, "c2");
    }
}
