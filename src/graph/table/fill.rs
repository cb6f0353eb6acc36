//! Filling the table: what is new or changed is parsed in the background, what is gone is dropped.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{PoisonError, mpsc};

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
        let next = AtomicUsize::new(0);
        let threads = std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).clamp(1, THREADS));
        // Without room, so that a slow report slows the work and not the other way round.
        let (send, done) = mpsc::sync_channel(0);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                let (send, next, files) = (send.clone(), &next, &files);
                scope.spawn(move || {
                    lower_priority();
                    while self.gate.pass(cancel) {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(order) = files.get(at) else { break };
                        self.take(snapshot, order, ticket, true);
                        if (at + 1) % every == 0 || at + 1 == total {
                            // The receiver is dropped only behind this scope.
                            let _ = send.send(at + 1);
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

/// Lets everything else go first. On Linux priorities are a thread's own; elsewhere this would slow the whole process.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, 10) {
        tracing::debug!("the symbol table is filled at normal priority: {error}");
    }
}
