//! What the allocator holds on to. glibc's gives each thread an arena of its own and keeps what was freed there: a server
//! with many threads that lives for days would look as if it leaked.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
use std::time::Duration;

/// How often unused memory goes back to the system.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const PAUSE: Duration = Duration::from_secs(60);

/// Arenas for all threads together.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const ARENAS: i32 = 4;

/// Keeps the process small until it ends.
pub async fn keep_small() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        // SAFETY: sets a number inside of the allocator, under its own lock.
        unsafe { libc::mallopt(libc::M_ARENA_MAX, ARENAS) };
        let mut ticks = tokio::time::interval(PAUSE);
        loop {
            ticks.tick().await;
            // SAFETY: hands back pages that hold no allocation; callable at any time, from any thread.
            let trimmed = tokio::task::spawn_blocking(|| unsafe { libc::malloc_trim(0) });
            drop(trimmed.await);
        }
    }
}
