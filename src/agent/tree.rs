//! What all agents of one run share: the budget, the permits, and the numbers that tell things apart.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

use super::budget::Ledger;
use crate::cache::Cache;
use crate::cancel::Cancel;

/// One per run. Calls, host calls and agents are numbered from 1, in the order in which they begin.
pub struct Tree {
    pub ledger: Ledger,
    pub cache: Cache,
    requests: Semaphore,
    calls: AtomicU64,
    hosts: AtomicU64,
    agents: AtomicU64,
}

impl Tree {
    pub fn new(ledger: Ledger, cache: Cache) -> Self {
        let requests = Semaphore::new(ledger.limits().concurrency.max(1));
        let [calls, hosts, agents] = std::array::from_fn(|_| AtomicU64::new(1));
        Self { ledger, cache, requests, calls, hosts, agents }
    }

    /// Waits until one more model request may be in flight; `None` when cancelled before.
    pub async fn request(&self, cancel: &Cancel) -> Option<SemaphorePermit<'_>> {
        tokio::select! {
            biased;
            () = cancel.cancelled() => None,
            permit = self.requests.acquire() => permit.ok(),
        }
    }

    /// The number of a model call that begins.
    pub fn call(&self) -> u64 {
        self.calls.fetch_add(1, Ordering::Relaxed)
    }

    /// The number of a host call that begins.
    pub fn host(&self) -> u64 {
        self.hosts.fetch_add(1, Ordering::Relaxed)
    }

    /// The number of a child that begins; the root is 0.
    pub fn agent(&self) -> u64 {
        self.agents.fetch_add(1, Ordering::Relaxed)
    }
}
