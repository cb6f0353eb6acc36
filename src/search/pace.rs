//! How fast a pattern gets through text: one that crawls is stopped, however little the machine has else to do.

use std::time::{Duration, Instant};

/// Any pattern may take this long on one thread.
const GRACE: Duration = Duration::from_secs(3);

/// What a pattern has to get through in a second from then on. Ordinary ones do a hundred times as much.
const BYTES_PER_SECOND: u64 = 20 << 20;

/// Opening a file takes about as long as searching this many bytes.
const BYTES_PER_FILE: u64 = 16 << 10;

/// One thread's progress, against the processor time that it has used: a slow disk is no fault of the pattern.
pub(super) struct Pace {
    began: Instant,
    started: Duration,
    bytes: u64,
}

impl Pace {
    /// Starts the clock of the calling thread, which has to be the one that asks later.
    pub(super) fn start() -> Self {
        Self { began: Instant::now(), started: processor_time(), bytes: 0 }
    }

    pub(super) fn file(&mut self) {
        self.bytes += BYTES_PER_FILE;
    }

    pub(super) fn read(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
    }

    /// Asked before each read of each file, so it costs nothing before there can be anything to say: the processor's clock
    /// takes a call of the system, and is never ahead of the one on the wall.
    pub(super) fn crawls(&self) -> bool {
        self.began.elapsed() > GRACE && is_slow(processor_time().saturating_sub(self.started), self.bytes)
    }
}

fn is_slow(taken: Duration, bytes: u64) -> bool {
    taken > GRACE && bytes < taken.as_secs() * BYTES_PER_SECOND
}

#[cfg(unix)]
fn processor_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid place to write to for the whole call, and the call has no other effect.
    let failed = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) } != 0;
    if failed {
        return Duration::ZERO;
    }
    Duration::new(time.tv_sec.try_into().unwrap_or(0), time.tv_nsec.try_into().unwrap_or(0))
}

/// Without a clock per thread nothing counts as slow; the limit on the whole search holds all the same.
#[cfg(not(unix))]
fn processor_time() -> Duration {
    Duration::ZERO
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_is_little_text_in_much_time() {
        for (seconds, bytes, expect) in
            [(1, 0, false), (3, 0, false), (4, 0, true), (4, 90 << 20, false), (60, 1 << 30, true)]
        {
            assert_eq!(is_slow(Duration::from_secs(seconds), bytes), expect, "{seconds} s, {bytes} bytes");
        }
    }
}
