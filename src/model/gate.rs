//! One gate per endpoint: when it throttles one call, all calls back off together.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// Requests at once from which on an endpoint that recovers counts as open again.
const OPEN: usize = 64;
/// A closure is forgotten after this long, and no closure is longer.
const MEMORY: Duration = Duration::from_secs(60);

/// Lets every request pass until the endpoint throttles one. Then nothing is sent for a while, after which one request
/// probes. For each request that the endpoint takes one more may be on its way, so that their number doubles with every
/// round trip, until the gate is open again.
#[derive(Debug, Default)]
pub(super) struct Gate {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// `None` while the gate is open.
    closure: Option<Closure>,
    /// Counts closures, so that what was sent before one says nothing about what came after.
    epoch: u64,
    /// Those who wait, in the order in which they came.
    waiting: BTreeSet<u64>,
    next_ticket: u64,
}

#[derive(Debug)]
struct Closure {
    until: Instant,
    /// Requests that may be under way at once.
    width: usize,
    in_flight: usize,
    /// Throttled probes in a row.
    streak: u32,
}

enum Turn {
    Go(u64),
    WaitUntil(Instant),
    WaitForOthers,
}

impl Gate {
    /// Waits for a turn to send. `Err` with the rest of the closure when there will be none before `deadline`.
    pub async fn enter(&self, deadline: Instant) -> Result<Pass<'_>, Duration> {
        let ticket = Ticket::take(self);
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let wake = match self.state().turn(ticket.number) {
                Turn::Go(epoch) => return Ok(Pass { gate: self, epoch, settled: false }),
                Turn::WaitUntil(until) if until > deadline => return Err(until - Instant::now()),
                Turn::WaitUntil(until) => until,
                Turn::WaitForOthers if Instant::now() >= deadline => return Err(self.state().rest()),
                Turn::WaitForOthers => deadline,
            };
            tokio::select! {
                () = changed => {}
                () = sleep_until(wake) => {}
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn turn(&mut self, ticket: u64) -> Turn {
        let now = Instant::now();
        if self.closure.as_ref().is_some_and(|closure| now >= closure.until + MEMORY) {
            self.closure = None;
        }
        let Some(closure) = &mut self.closure else { return Turn::Go(self.epoch) };
        let ahead = self.waiting.range(..ticket).count();
        if closure.in_flight + ahead >= closure.width {
            Turn::WaitForOthers
        } else if now < closure.until {
            Turn::WaitUntil(closure.until)
        } else {
            closure.in_flight += 1;
            Turn::Go(self.epoch)
        }
    }

    fn rest(&self) -> Duration {
        self.closure.as_ref().map_or(Duration::ZERO, |closure| closure.until.saturating_duration_since(Instant::now()))
    }
}

/// A place in the queue; left when dropped.
struct Ticket<'a> {
    gate: &'a Gate,
    number: u64,
}

impl<'a> Ticket<'a> {
    fn take(gate: &'a Gate) -> Self {
        let mut state = gate.state();
        let number = state.next_ticket;
        state.next_ticket += 1;
        state.waiting.insert(number);
        Ticket { gate, number }
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.gate.state().waiting.remove(&self.number);
        self.gate.changed.notify_waiters();
    }
}

/// The right to send one request. Dropped unsettled, it says nothing about the endpoint.
pub(super) struct Pass<'a> {
    gate: &'a Gate,
    epoch: u64,
    settled: bool,
}

impl Pass<'_> {
    /// The endpoint took the request: more may follow.
    pub fn taken(&mut self) {
        let wider = |closure: &mut Closure| {
            closure.width += 1;
            closure.streak = 0;
        };
        self.settle(wider);
    }

    /// The endpoint throttled the request. `backoff` gives the wait after so many throttled probes in a row; `asked` is
    /// the least wait that the server asked for. Returns how long the gate stays closed.
    pub fn throttled(mut self, asked: Option<Duration>, backoff: impl Fn(u32) -> Duration) -> Duration {
        self.settled = true;
        let now = Instant::now();
        let mut state = self.gate.state();
        let asked = asked.unwrap_or_default().min(MEMORY);
        let streak = state.closure.as_ref().map_or(0, |closure| closure.streak);
        let until = state.closure.as_ref().map_or(now, |closure| closure.until);
        let closure = if self.epoch == state.epoch {
            state.epoch += 1;
            let wait = backoff(streak + 1).max(asked).min(MEMORY);
            Closure { until: now + wait, width: 1, in_flight: 0, streak: streak + 1 }
        } else if let Some(closure) = state.closure.take() {
            Closure { until: until.max(now + asked), ..closure }
        } else {
            // Sent before a closure that has passed since.
            return asked;
        };
        state.closure = Some(closure);
        let rest = state.rest();
        drop(state);
        self.gate.changed.notify_waiters();
        rest
    }

    fn settle(&mut self, then: impl FnOnce(&mut Closure)) {
        if std::mem::replace(&mut self.settled, true) {
            return;
        }
        let mut state = self.gate.state();
        if self.epoch == state.epoch
            && let Some(closure) = &mut state.closure
        {
            closure.in_flight = closure.in_flight.saturating_sub(1);
            then(closure);
            if closure.width >= OPEN {
                state.closure = None;
            }
        }
        drop(state);
        self.gate.changed.notify_waiters();
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.settle(|_| {});
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    const SECOND: Duration = Duration::from_secs(1);

    fn soon() -> Instant {
        Instant::now() + 60 * SECOND
    }

    fn doubling(streak: u32) -> Duration {
        SECOND * 2_u32.pow(streak - 1)
    }

    #[tokio::test(start_paused = true)]
    async fn open_until_throttled_then_one_probe_at_a_time() {
        let gate = Gate::default();
        let first = gate.enter(soon()).await.unwrap();
        let mut second = gate.enter(soon()).await.unwrap();
        let start = Instant::now();
        assert_eq!(first.throttled(None, doubling), SECOND);
        second.taken();
        let probe = gate.enter(soon()).await.unwrap();
        assert_eq!(start.elapsed(), SECOND, "what was sent before the closure does not open the gate");
        assert!(gate.enter(soon()).now_or_never().is_none(), "one probe at a time");
        assert_eq!(probe.throttled(None, doubling), 2 * SECOND);
        let mut probe = gate.enter(soon()).await.unwrap();
        probe.taken();
        let _two = [gate.enter(soon()).await.unwrap(), gate.enter(soon()).await.unwrap()];
        assert!(gate.enter(soon()).now_or_never().is_none(), "two at a time after the first success");
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_of_refusals_counts_once() {
        let gate = Gate::default();
        let mut burst = Vec::new();
        for _ in 0..8 {
            burst.push(gate.enter(soon()).await.unwrap());
        }
        let waits: Vec<_> = burst.into_iter().map(|pass| pass.throttled(None, doubling)).collect();
        assert_eq!(waits, [SECOND; 8]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_pause_asked_for_holds() {
        let gate = Gate::default();
        let [a, b] = [gate.enter(soon()).await.unwrap(), gate.enter(soon()).await.unwrap()];
        assert_eq!(a.throttled(Some(5 * SECOND), doubling), 5 * SECOND);
        assert_eq!(b.throttled(Some(30 * SECOND), doubling), 30 * SECOND);
        assert_eq!(gate.enter(Instant::now() + 10 * SECOND).await.err(), Some(30 * SECOND));
        let start = Instant::now();
        gate.enter(soon()).await.unwrap();
        assert_eq!(start.elapsed(), 30 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_is_dropped_lets_the_next_one_go() {
        let gate = Gate::default();
        gate.enter(soon()).await.unwrap().throttled(None, doubling);
        let probe = gate.enter(soon()).await.unwrap();
        drop(probe);
        assert!(gate.enter(soon()).now_or_never().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn opens_by_successes_and_forgets() {
        let gate = Gate::default();
        gate.enter(soon()).await.unwrap().throttled(None, doubling);
        for _ in 1..OPEN {
            gate.enter(soon()).await.unwrap().taken();
        }
        assert!(gate.state().closure.is_none());
        gate.enter(soon()).await.unwrap().throttled(None, doubling);
        tokio::time::advance(62 * SECOND).await;
        let _many = [gate.enter(soon()).await.unwrap(), gate.enter(soon()).await.unwrap()];
    }
}
