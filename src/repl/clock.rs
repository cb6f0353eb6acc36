//! The worker's computing clock: what a cell has used, not counting its waits, and the watchdog that ends it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::wire::Stopped;

/// A termination can be swallowed by code that runs while V8 unwinds, so it is asked for again until the cell is over.
const AGAIN: Duration = Duration::from_millis(20);

pub struct Clock {
    limit: Duration,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    cell: Option<u64>,
    /// Since when the cell computes; `None` while it waits.
    since: Option<Instant>,
    used: Duration,
    stopped: Option<Stopped>,
    /// A cell that was stopped when it had not begun.
    early: Option<(u64, Stopped)>,
}

impl Clock {
    pub fn new(limit: Duration) -> Arc<Self> {
        Arc::new(Self { limit, state: Mutex::default(), changed: Condvar::new() })
    }

    pub fn begin(&self, cell: u64) {
        let mut state = self.lock();
        let stopped = state.early.take().filter(|early| early.0 == cell).map(|early| early.1);
        *state = State { cell: Some(cell), since: Some(Instant::now()), stopped, ..State::default() };
        self.changed.notify_all();
    }

    /// The cell waits for the host.
    pub fn pause(&self) {
        let mut state = self.lock();
        if let Some(since) = state.since.take() {
            state.used += since.elapsed();
        }
    }

    pub fn resume(&self) {
        self.lock().since = Some(Instant::now());
        self.changed.notify_all();
    }

    /// Stops that cell, unless it is over.
    pub fn stop(&self, cell: u64, why: Stopped) {
        let mut state = self.lock();
        if state.cell == Some(cell) {
            state.stopped.get_or_insert(why);
            self.changed.notify_all();
        } else if state.cell.is_none() {
            state.early = Some((cell, why));
        }
    }

    /// Stops whatever runs.
    pub fn stop_now(&self, why: Stopped) {
        let mut state = self.lock();
        if state.cell.is_some() {
            state.stopped.get_or_insert(why);
            self.changed.notify_all();
        }
    }

    pub fn stopped(&self) -> Option<Stopped> {
        self.lock().stopped
    }

    /// The cell is over: from here on nothing terminates.
    pub fn finish(&self) {
        *self.lock() = State::default();
        self.changed.notify_all();
    }

    /// Starts the thread that calls `terminate` for a cell that is stopped or over its limit. It holds the lock while
    /// it does, so that no termination comes after [`Clock::finish`].
    pub fn watch(self: &Arc<Self>, terminate: impl Fn() + Send + 'static) -> std::io::Result<()> {
        let clock = Arc::clone(self);
        thread::Builder::new().name("watchdog".into()).spawn(move || clock.run(terminate)).map(drop)
    }

    fn run(&self, terminate: impl Fn()) {
        let mut state = self.lock();
        loop {
            let computed = state.used + state.since.map_or(Duration::ZERO, |since| since.elapsed());
            state = match (state.cell, state.stopped, state.since) {
                (Some(_), Some(_), _) => {
                    terminate();
                    self.wait(state, AGAIN)
                }
                (Some(_), None, Some(_)) if computed >= self.limit => {
                    state.stopped = Some(Stopped::Time);
                    state
                }
                (Some(_), None, Some(_)) => self.wait(state, self.limit - computed),
                _ => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, at_most: Duration) -> MutexGuard<'a, State> {
        self.changed.wait_timeout(state, at_most).unwrap_or_else(PoisonError::into_inner).0
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_cell_over_its_limit_is_terminated_until_it_ends() {
        let clock = Clock::new(Duration::ZERO);
        let (send, receive) = mpsc::channel();
        clock.watch(move || send.send(()).unwrap_or(())).unwrap();
        clock.begin(1);
        assert_eq!((receive.recv(), receive.recv()), (Ok(()), Ok(())));
        assert_eq!(clock.stopped(), Some(Stopped::Time));
        clock.finish();
        assert_eq!(clock.stopped(), None);
    }

    #[test]
    fn only_the_running_cell_is_stopped() {
        let clock = Clock::new(Duration::from_secs(3600));
        clock.stop_now(Stopped::Heap);
        clock.begin(2);
        clock.pause();
        clock.stop(1, Stopped::Cancelled);
        assert_eq!(clock.stopped(), None);
        clock.stop(2, Stopped::Cancelled);
        clock.stop(2, Stopped::Heap);
        assert_eq!(clock.stopped(), Some(Stopped::Cancelled));
        clock.finish();
        clock.stop(2, Stopped::Cancelled);
        clock.begin(3);
        assert_eq!(clock.stopped(), None);
        clock.finish();
        clock.stop(4, Stopped::Cancelled);
        clock.begin(4);
        assert_eq!(clock.stopped(), Some(Stopped::Cancelled));
    }
}
