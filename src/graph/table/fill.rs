//! Filling the table: what is new or changed is parsed in the background, what is gone is dropped.

use std::borrow::Cow;
use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};

use crate::cancel::Cancel;
use crate::syntax::Language;
use crate::workspace::{RelPath, Snapshot};

use super::super::GraphError;
use super::{Order, Origin, Table};

/// How far a filling is, in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub done: usize,
    pub total: usize,
}

/// Threads that fill, at most. Half of the cores stay for requests.
const THREADS: usize = 4;

/// Files that wait to be read before the others, at most.
const FIRST: usize = 1_000;

/// Reports per filling, about.
const REPORTS: usize = 200;

impl Table {
    /// Brings the table to a snapshot, most useful files first; files whose mark is the same are not read. Comes back
    /// when that is done. The work is on threads of its own that have low priority, and waits while the table is paused.
    /// A second filling waits for the first one to end. Files that were updated since it began are left alone.
    ///
    /// `report` is called on this thread, now and then and at the end. The filling waits for it.
    ///
    /// # Errors
    /// When the files cannot be listed, and when it is cancelled: what is in the table by then stays.
    pub fn fill(&self, snapshot: &Snapshot, cancel: &Cancel, report: &dyn Fn(Progress)) -> Result<(), GraphError> {
        let _one = self.filling.lock().unwrap_or_else(PoisonError::into_inner);
        let go_on = || if cancel.is_cancelled() { Err(GraphError::Cancelled) } else { Ok(()) };
        // What waited for its turn, or for a walk, may not be wanted any more.
        go_on()?;
        let ticket = self.ticket();
        let mut files: Vec<Order> = snapshot
            .files()?
            .iter()
            .filter(|file| Language::of(file.path.as_str()).is_some_and(Language::has_definitions))
            .map(|file| Order::of(&file.path))
            .collect();
        go_on()?;
        files.sort_unstable();
        self.prepare(&files, ticket);
        let total = files.len();
        let every = total.div_ceil(REPORTS).max(1);
        let queue = Queue { files: &files, next: AtomicUsize::new(0), first: &self.first };
        let threads = std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).clamp(1, THREADS));
        // Without room, so that a slow report slows the work and not the other way round.
        let (send, done) = mpsc::sync_channel(0);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                let (send, queue) = (send.clone(), &queue);
                scope.spawn(move || {
                    lower_priority();
                    while self.gate.pass(cancel) {
                        let Some((order, place)) = queue.next() else { break };
                        self.take(snapshot, &order, ticket, true);
                        let Some(reached) = place.map(|at| at + 1) else { continue };
                        if reached % every == 0 || reached == total {
                            // The receiver is dropped only behind this scope.
                            let _ = send.send(reached);
                        }
                    }
                });
            }
            drop(send);
            let mut most = 0;
            for reached in &done {
                most = most.max(reached);
                report(Progress { done: most, total });
            }
        });
        go_on()?;
        let shelf = &mut *self.shelf();
        if ticket < shelf.cleared {
            return Ok(());
        }
        shelf.complete = true;
        shelf.gone.retain(|_, gone| *gone > ticket);
        Ok(())
    }

    /// Has a filling, the one under way or else the next, read these files before all others; those that were named last
    /// come first. Files that it would not read are left out.
    pub fn prefer(&self, paths: impl IntoIterator<Item = RelPath>) {
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        let former = std::mem::take(&mut *first);
        first.extend(paths.into_iter().map(|path| Order::of(&path)).chain(former).take(FIRST));
    }

    /// Reads some files again, those that are said to have changed on disk; drops those that went. On the calling thread.
    pub fn refresh(&self, snapshot: &Snapshot, paths: &[RelPath]) {
        let ticket = self.ticket();
        for path in paths {
            if Language::of(path.as_str()).is_some_and(Language::has_definitions) {
                self.take(snapshot, &Order::of(path), ticket, false);
            }
        }
    }

    /// A buffer was closed: the file is again what the snapshot has.
    pub fn close(&self, path: &RelPath, snapshot: &Snapshot) {
        if let Some(held) = self.shelf().files.get_mut(&Order::of(path)) {
            held.origin = Origin::Closed;
        }
        self.refresh(snapshot, std::slice::from_ref(path));
    }

    /// Drops what is gone, and counts anew.
    fn prepare(&self, files: &[Order], ticket: u64) {
        let here: HashSet<&RelPath> = files.iter().map(|order| &order.path).collect();
        let shelf = &mut *self.shelf();
        let gone: Vec<RelPath> = shelf
            .files
            .iter()
            .filter(|(order, held)| held.origin != Origin::Buffer && !here.contains(&order.path))
            .map(|(order, _)| order.path.clone())
            .collect();
        for path in gone {
            shelf.withdraw(&path, ticket);
        }
        (shelf.total, shelf.unreadable, shelf.complete, shelf.full) = (files.len(), 0, false, false);
    }

    /// Brings one file to what the snapshot has. While `filling`, a file with the same mark is not read, and new files are
    /// left out once the table is full.
    fn take(&self, snapshot: &Snapshot, order: &Order, ticket: u64, filling: bool) {
        let path = &order.path;
        let known = {
            let shelf = self.shelf();
            let held = shelf.files.get(order).map(|held| held.origin);
            let skip = shelf.is_outdated(order, ticket) || held.is_none() && filling && shelf.full;
            if skip || held == Some(Origin::Buffer) {
                return;
            }
            held
        };
        // Of a file that is said to have changed the mark proves nothing: a clock may be too coarse to show it.
        if let Some(Origin::Snapshot(known)) = known
            && filling
            && snapshot.mark(path).is_ok_and(|mark| mark == known)
        {
            return;
        }
        let read = snapshot.glance(path);
        let (rows, mark) = match (read, known) {
            (Ok((text, mark)), _) => (self.rows(path, Language::detect(path.as_str(), &text), &text), mark),
            (Err(_), known) => {
                let shelf = &mut *self.shelf();
                shelf.unreadable += usize::from(filling);
                if known.is_some() {
                    shelf.withdraw(path, ticket);
                }
                return;
            }
        };
        let shelf = &mut *self.shelf();
        if shelf.files.get(order).is_some_and(|held| held.origin == Origin::Buffer) {
            return;
        }
        if known.is_none() && filling && shelf.bytes + rows.bytes() > self.limit {
            shelf.full = true;
            return;
        }
        shelf.put(rows, Origin::Snapshot(mark), ticket);
    }
}

/// What is to be read next.
struct Queue<'a> {
    /// Sorted.
    files: &'a [Order],
    next: AtomicUsize,
    first: &'a Mutex<VecDeque<Order>>,
}

impl Queue<'_> {
    /// A file; and where among all of them it is, when it is its turn there.
    fn next(&self) -> Option<(Cow<'_, Order>, Option<usize>)> {
        loop {
            // The lock must not be held while others are looked at.
            let preferred = self.first.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            match preferred {
                Some(order) if self.files.binary_search(&order).is_ok() => return Some((Cow::Owned(order), None)),
                Some(_) => {}
                None => break,
            }
        }
        let at = self.next.fetch_add(1, Ordering::Relaxed);
        Some((Cow::Borrowed(self.files.get(at)?), Some(at)))
    }
}

/// Lets everything else go first. On Linux priorities are a thread's own; elsewhere this would slow the whole process.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, 10) {
        tracing::debug!("the symbol table is filled at normal priority: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_preferred_is_read_first_and_the_last_named_before_the_others() {
        let path = |name: &str| RelPath::parse(name).unwrap();
        let mut files: Vec<Order> = ["a.rs", "b.rs", "c.rs", "d/e.rs"].map(|name| Order::of(&path(name))).into();
        files.sort_unstable();
        let table = Table::new();
        table.prefer([path("c.rs")]);
        let queue = Queue { files: &files, next: AtomicUsize::new(0), first: &table.first };
        let mut read = Vec::new();
        while let Some((order, place)) = queue.next() {
            read.push((order.path.as_str().to_owned(), place));
            if read.len() == 2 {
                table.prefer([path("a.rs"), path("not/listed.rs")]);
                table.prefer([path("d/e.rs")]);
            }
        }
        let expect = [
            ("c.rs", None),
            ("a.rs", Some(0)),
            ("d/e.rs", None),
            ("a.rs", None),
            ("b.rs", Some(1)),
            ("c.rs", Some(2)),
            ("d/e.rs", Some(3)),
        ];
        assert_eq!(read, expect.map(|(name, place)| (name.to_owned(), place)));
    }
}
