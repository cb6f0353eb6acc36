//! Paused time that goes on only when a test says so, for tests that use real sockets.

use std::future::Future;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

/// Turns of the runtime after which everything that loopback sockets set off has come to rest.
const TURNS: usize = 40;

/// Stops the clock of a single-threaded runtime.
///
/// Tokio's own paused clock leaps ahead whenever all tasks wait, for a socket too, and so makes timeouts fire that have
/// no reason to. It never does while a blocking task runs: this holds one.
pub struct Clock {
    _release: Sender<()>,
}

impl Clock {
    pub fn stop() -> Self {
        tokio::time::pause();
        let (release, wait) = channel();
        tokio::task::spawn_blocking(move || wait.recv());
        Clock { _release: release }
    }

    /// Lets all tasks go on until they wait for something.
    pub async fn settle(&self) {
        for _ in 0..TURNS {
            tokio::task::yield_now().await;
        }
    }

    pub async fn advance(&self, time: Duration) {
        self.settle().await;
        tokio::time::advance(time).await;
        self.settle().await;
    }

    /// Runs `work` to its end, and moves the time on by `step` whenever everything waits.
    pub async fn drive<T>(&self, step: Duration, work: impl Future<Output = T>) -> T {
        let ticks = async {
            loop {
                self.settle().await;
                tokio::time::advance(step).await;
            }
        };
        tokio::select! {
            biased;
            result = work => result,
            () = ticks => unreachable!("ticks never end"),
        }
    }
}
