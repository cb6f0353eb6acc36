//! What all agents of one run share: the budget, the permits, and the numbers that tell things apart.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use super::budget::Ledger;
use super::window::Windows;
use crate::cache::Cache;
use crate::cancel::Cancel;

/// One per run. Calls, host calls and agents are numbered from 1, in the order in which they begin.
pub struct Tree {
    pub ledger: Ledger,
    /// How much each model takes, as far as its refusals said.
    pub windows: Windows,
    /// Replies that are there already.
    pub cache: Cache,
    requests: Semaphore,
    /// For depths 1, 2, ...: how many children of that depth or less may live at once.
    ///
    /// Each level has one more than the level above it, so that those who wait for their children never hold all the
    /// workers: whatever the nesting, somebody at the lowest level goes on, ends, and makes room.
    levels: Vec<Arc<Semaphore>>,
    calls: AtomicU64,
    hosts: AtomicU64,
    agents: AtomicU64,
    subcalls: AtomicU64,
}

/// A child's right to a worker, until it is dropped.
pub struct WorkerSlot {
    _permits: Vec<OwnedSemaphorePermit>,
}

impl Tree {
    pub fn new(ledger: Ledger) -> Self {
        let limits = ledger.limits();
        let requests = Semaphore::new(limits.concurrency.max(1));
        let depth = limits.depth as usize;
        // The root has one; with fewer than one for each level the lowest could never run.
        let children = limits.workers.saturating_sub(1).max(depth);
        let levels = (1..=depth).map(|level| Arc::new(Semaphore::new(children - (depth - level)))).collect();
        let [calls, hosts, agents] = std::array::from_fn(|_| AtomicU64::new(1));
        let subcalls = AtomicU64::new(0);
        let (windows, cache) = (Windows::new(limits.context), Cache::default());
        Self { ledger, windows, cache, requests, levels, calls, hosts, agents, subcalls }
    }

    /// Replies that are there already are taken from here.
    #[must_use]
    pub fn with_cache(self, cache: Cache) -> Self {
        Self { cache, ..self }
    }

    /// Waits until one more model request may be in flight; `None` when cancelled before.
    pub async fn request(&self, cancel: &Cancel) -> Option<SemaphorePermit<'_>> {
        tokio::select! {
            biased;
            () = cancel.cancelled() => None,
            permit = self.requests.acquire() => permit.ok(),
        }
    }

    /// Waits until one more child may live at this depth, from 1; `None` when cancelled before, and below the limit.
    pub async fn worker(&self, depth: u32, cancel: &Cancel) -> Option<WorkerSlot> {
        let levels = self.levels.get((depth as usize).checked_sub(1)?..)?;
        if levels.is_empty() {
            return None;
        }
        let wait = async {
            let mut permits = Vec::with_capacity(levels.len());
            for level in levels {
                permits.push(level.clone().acquire_owned().await.ok()?);
            }
            Some(WorkerSlot { _permits: permits })
        };
        tokio::select! {
            biased;
            () = cancel.cancelled() => None,
            slot = wait => slot,
        }
    }

    /// The number of a model call that begins.
    pub fn call(&self) -> u64 {
        self.calls.fetch_add(1, Ordering::Relaxed)
    }

    /// Counts a model call that code asked for.
    pub fn subcall(&self) {
        self.subcalls.fetch_add(1, Ordering::Relaxed);
    }

    /// How many model calls code has asked for.
    pub fn subcalls(&self) -> u64 {
        self.subcalls.load(Ordering::Relaxed)
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

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::agent::calls::budget::Limits;

    fn tree(depth: u32, workers: usize) -> Tree {
        Tree::new(Ledger::new(Limits { depth, workers, ..Limits::default() }))
    }

    fn now(tree: &Tree, depth: u32) -> Option<WorkerSlot> {
        tree.worker(depth, &Cancel::new()).now_or_never().flatten()
    }

    /// Takes as many slots of a depth as there are.
    fn all(tree: &Tree, depth: u32) -> Vec<WorkerSlot> {
        std::iter::from_fn(|| now(tree, depth)).collect()
    }

    #[test]
    fn each_level_keeps_room_for_those_below() {
        let check = |depth, workers, expect: &[usize]| {
            let tree = tree(depth, workers);
            let held: Vec<_> = (1..=depth).map(|depth| all(&tree, depth)).collect();
            assert_eq!(held.iter().map(Vec::len).collect::<Vec<_>>(), expect, "{depth} {workers}");
        };
        check(1, 6, &[5]);
        check(2, 6, &[4, 1]);
        check(3, 6, &[3, 1, 1]);
        check(3, 1, &[1, 1, 1]);
        check(0, 6, &[]);
    }

    #[test]
    fn those_below_can_use_all_but_the_root_s() {
        let tree = tree(2, 6);
        assert_eq!(all(&tree, 2).len(), 5);
        assert!(now(&tree, 3).is_none() && now(&tree, 0).is_none());
    }

    #[tokio::test]
    async fn a_slot_comes_back() {
        let tree = tree(1, 2);
        let held = now(&tree, 1);
        assert!(held.is_some() && now(&tree, 1).is_none());
        drop(held);
        assert!(now(&tree, 1).is_some());
        let cancelled = Cancel::new();
        cancelled.cancel();
        assert!(tree.worker(1, &cancelled).await.is_none());
    }
}
