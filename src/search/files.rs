//! The crew: a fixed pool of threads that takes files in path order, and the watch that tells it when to stop.

use std::io::{self, Read};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::SearchError;
use super::pace::Pace;
use crate::cancel::Cancel;
use crate::index::Need;
use crate::workspace::{FileEntry, Look, Snapshot};

/// A search that takes longer is over: what is left is more than anyone waits for.
const TIME: Duration = Duration::from_secs(120);

/// Threads beyond this many wait for the page cache and for each other more than they search.
const MAX_THREADS: usize = 8;

/// Fewer files than this are read before a second thread has woken up.
const WORTH_SHARING: usize = 4;

/// `None` where the system refuses more threads: the caller's own does the work then.
static POOL: LazyLock<Option<rayon::ThreadPool>> = LazyLock::new(|| {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads())
        .thread_name(|index| format!("search-{index}"))
        .build()
        .inspect_err(|error| tracing::warn!(%error, "search runs on one thread"))
        .ok()
});

/// How many threads search at the same time.
pub(super) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS)
}

/// Visits the files `0..count`, handed out in order, on all threads; gives back what each thread had at its end.
///
/// Ends early, between two files, when the watch says stop.
pub(super) fn each<W: Send>(
    count: usize,
    watch: &Watch<'_>,
    start: impl Fn() -> W + Sync,
    visit: impl Fn(&mut W, usize) + Sync,
) -> Vec<W> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut worker = start();
        while watch.goes_on() {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                break;
            }
            visit(&mut worker, index);
        }
        worker
    };
    match &*POOL {
        Some(pool) if count >= WORTH_SHARING => pool.broadcast(|_| work()),
        _ => vec![work()],
    }
}

/// What the visits to those files came to that can have what is needed.
pub(super) struct Visited<W> {
    pub(super) workers: Vec<W>,
    /// How many of the others are text, and how many binary.
    pub(super) clean: u64,
    pub(super) binary: u64,
}

/// Visits, like [`each`], those of `entries` that can have what is needed, and says how each is to be looked at. The search
/// began at `began`.
pub(super) fn each_suspect<W: Send>(
    snapshot: &Snapshot,
    entries: &[&FileEntry],
    (need, began): (&Need, Instant),
    watch: &Watch<'_>,
    start: impl Fn() -> W + Sync,
    visit: impl Fn(&mut W, usize, Look) + Sync,
) -> Visited<W> {
    let Some(suspects) = snapshot.suspects(need, entries, began) else {
        let workers = each(entries.len(), watch, start, |worker, file| visit(worker, file, Look::Open));
        return Visited { workers, clean: 0, binary: 0 };
    };
    let workers = each(suspects.files.len(), watch, start, |worker, at| {
        let suspect = &suspects.files[at];
        visit(worker, suspect.at, snapshot.look(suspect, &entries[suspect.at].path));
    });
    Visited { workers, clean: suspects.clean, binary: suspects.binary }
}

/// Says whether work may go on: until it is cancelled, has taken too long, or the pattern turned out to crawl.
pub(super) struct Watch<'a> {
    cancel: &'a Cancel,
    deadline: Instant,
    crawls: AtomicBool,
}

impl<'a> Watch<'a> {
    pub(super) fn new(cancel: &'a Cancel) -> Self {
        Self { cancel, deadline: Instant::now() + TIME, crawls: AtomicBool::new(false) }
    }

    pub(super) fn goes_on(&self) -> bool {
        !self.cancel.is_cancelled() && !self.crawls.load(Ordering::Relaxed) && Instant::now() < self.deadline
    }

    /// Takes note of how a thread gets on.
    pub(super) fn keeps(&self, pace: &Pace) {
        if pace.crawls() {
            self.crawls.store(true, Ordering::Relaxed);
        }
    }

    /// Why the work ended early, if it did.
    pub(super) fn verdict(&self) -> Result<(), SearchError> {
        if self.cancel.is_cancelled() {
            Err(SearchError::Cancelled)
        } else if self.crawls.load(Ordering::Relaxed) {
            Err(SearchError::TooSlow)
        } else if Instant::now() >= self.deadline {
            Err(SearchError::TimedOut { seconds: TIME.as_secs() })
        } else {
            Ok(())
        }
    }

    /// A reader that fails as soon as the watch says stop, so that a big file ends between two reads.
    pub(super) fn over<'w, R>(&'w self, inner: R, pace: Option<&'w mut Pace>) -> Watched<'w, R> {
        Watched { inner, watch: self, pace, largest: 0 }
    }
}

pub(super) struct Watched<'w, R> {
    inner: R,
    watch: &'w Watch<'w>,
    pace: Option<&'w mut Pace>,
    /// The most that was asked for at once, in bytes: how far the reading side's buffer has grown.
    pub(super) largest: usize,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(pace) = &self.pace {
            self.watch.keeps(pace);
        }
        if !self.watch.goes_on() {
            return Err(io::Error::other("stopped"));
        }
        self.largest = self.largest.max(buffer.len());
        let read = self.inner.read(buffer)?;
        if let Some(pace) = &mut self.pace {
            pace.read(read);
        }
        Ok(read)
    }
}
