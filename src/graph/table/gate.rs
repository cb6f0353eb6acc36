//! The gate that background work passes between two files, and that requests close while they run.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::cancel::Cancel;

/// How soon work that waits at the gate sees that it was cancelled.
const LOOK: Duration = Duration::from_millis(50);

#[derive(Default)]
pub(super) struct Gate {
    closed: Mutex<usize>,
    opened: Condvar,
}

impl Gate {
    /// Waits until nobody keeps the gate closed. `false` when the work was cancelled.
    pub fn pass(&self, cancel: &Cancel) -> bool {
        let mut closed = self.closed();
        while *closed > 0 && !cancel.is_cancelled() {
            closed = self.opened.wait_timeout(closed, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        }
        !cancel.is_cancelled()
    }

    fn closed(&self) -> MutexGuard<'_, usize> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps background work waiting until it is dropped.
#[must_use = "the work goes on when this is dropped"]
pub struct Paused(Arc<Gate>);

impl Paused {
    pub(super) fn new(gate: &Arc<Gate>) -> Self {
        *gate.closed() += 1;
        Self(Arc::clone(gate))
    }
}

impl Drop for Paused {
    fn drop(&mut self) {
        let mut closed = self.0.closed();
        *closed -= 1;
        if *closed == 0 {
            self.0.opened.notify_all();
        }
    }
}
