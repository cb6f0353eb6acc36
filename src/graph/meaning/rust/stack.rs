//! Threads with room for what goes down with the nesting of code: a usual stack does not hold it in every build.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, available_parallelism, scope};

const STACK: usize = 64 << 20;

/// Threads that read files side by side.
const THREADS: usize = 8;

/// Runs on a deep stack. Where there is no thread to be had, on this one.
pub(super) fn deep<T: Send>(run: impl Fn() -> T + Sync) -> T {
    scope(|threads| match Builder::new().stack_size(STACK).spawn_scoped(threads, &run) {
        Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        Err(_) => run(),
    })
}

/// What each item gives, in order, found on several deep stacks.
pub(super) fn each<I: Sync, T: Send>(items: &[I], run: impl Fn(&I) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let found: Mutex<Vec<(usize, T)>> = Mutex::default();
    let work = || {
        while let Some((at, item)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, items.get(at)?)))
        {
            let one = run(item);
            found.lock().unwrap_or_else(PoisonError::into_inner).push((at, one));
        }
    };
    let count = available_parallelism().map_or(1, |count| count.get().min(THREADS));
    scope(|threads| {
        for _ in 1..count {
            // Without more threads this one does it all.
            drop(Builder::new().stack_size(STACK).spawn_scoped(threads, work));
        }
        work();
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, one)| one).collect()
}
