//! The thread that owns the file, so that nothing asynchronous ever waits for a disk, and what it does about errors.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::Key;
use super::store::{Store, StoreError};
use crate::model::Reply;
use crate::redact::redact;

/// A look-up that takes longer is given up: asking the model is better than waiting for a disk.
const LONGEST_LOOK: Duration = Duration::from_secs(3);

/// Times in a row that other processes may keep the file from us.
const PATIENCE: u32 = 3;

/// After a look-up that was given up, and after a file that could not be used, nothing is tried for as long.
const REST: Duration = Duration::from_secs(60);

/// Who goes waits as long for the jobs that are left.
const LONGEST_GOODBYE: Duration = Duration::from_secs(2);

enum Job {
    Get(Key, oneshot::Sender<Option<Reply>>),
    Keep(Key, Arc<Reply>),
    Forget(Key),
}

/// The way to the thread, which starts with the first job and ends, all jobs done, when this is dropped.
pub(super) struct Keeper {
    path: PathBuf,
    most: u64,
    thread: Mutex<Option<Thread>>,
    /// When a look-up was last given up.
    slow: Mutex<Option<Instant>>,
}

struct Thread {
    to: Sender<Job>,
    /// Closed when the thread has ended.
    over: Receiver<()>,
    handle: JoinHandle<()>,
}

impl Keeper {
    pub fn new(path: PathBuf, most: u64) -> Self {
        Self { path, most, thread: Mutex::default(), slow: Mutex::default() }
    }

    pub async fn get(&self, key: Key) -> Option<Reply> {
        if self.is_slow() {
            return None;
        }
        let (answer, reply) = oneshot::channel();
        self.send(Job::Get(key, answer));
        let Ok(found) = tokio::time::timeout(LONGEST_LOOK, reply).await else {
            tracing::debug!("the cache of model replies takes too long; it is left alone for a while");
            *self.slow.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
            return None;
        };
        found.ok()?
    }

    pub fn keep(&self, key: Key, reply: Arc<Reply>) {
        // Jobs that nobody does would only take memory.
        if !self.is_slow() {
            self.send(Job::Keep(key, reply));
        }
    }

    pub fn forget(&self, key: Key) {
        self.send(Job::Forget(key));
    }

    fn is_slow(&self) -> bool {
        rests(*self.slow.lock().unwrap_or_else(PoisonError::into_inner), REST)
    }

    fn send(&self, job: Job) {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if thread.is_none() {
            let (to, jobs) = channel();
            let (ends, over) = channel::<()>();
            let (path, most) = (self.path.clone(), self.most);
            let started = std::thread::Builder::new().name("cache".to_owned()).spawn(move || {
                serve(&path, most, &jobs);
                drop(ends);
            });
            match started {
                Ok(handle) => *thread = Some(Thread { to, over, handle }),
                Err(error) => return tracing::warn!(%error, "no thread for the cache; model replies are not kept"),
            }
        }
        if let Some(thread) = &*thread {
            // The thread ends early only by a panic, and then there is no cache any more.
            drop(thread.to.send(job));
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        let thread = self.thread.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Thread { to, over, handle }) = thread {
            drop(to);
            // A disk that hangs does not keep the process.
            if over.recv_timeout(LONGEST_GOODBYE) == Err(RecvTimeoutError::Disconnected) {
                // A panic was told when it happened.
                drop(handle.join());
            }
        }
    }
}

fn rests(since: Option<Instant>, rest: Duration) -> bool {
    since.is_some_and(|since| since.elapsed() < rest)
}

/// Does jobs in their order until nobody can send any more.
fn serve(path: &Path, most: u64, jobs: &Receiver<Job>) {
    let mut shelf = Shelf::new(path, most, REST);
    while let Ok(job) = jobs.recv() {
        match job {
            // Whoever asked may be gone.
            Job::Get(key, answer) => drop(answer.send(shelf.work(|store| store.get(key)).flatten())),
            Job::Keep(key, reply) if holds_secrets(&reply) => {
                tracing::debug!(?key, "a reply with what looks like a key in it is not kept");
            }
            Job::Keep(key, reply) => drop(shelf.work(|store| store.keep(key, &reply))),
            Job::Forget(key) => drop(shelf.work(|store| store.forget(key))),
        }
    }
}

fn holds_secrets(reply: &Reply) -> bool {
    let arguments = reply.tool_calls.iter().map(|call| call.arguments.as_str());
    arguments.chain([reply.text.as_str()]).any(|text| matches!(redact(text), std::borrow::Cow::Owned(_)))
}

/// The file with what went wrong so far.
struct Shelf<'a> {
    path: &'a Path,
    most: u64,
    store: Option<Store>,
    /// Whether a damaged file was replaced: once is enough.
    renewed: bool,
    busy: u32,
    /// When the file could last not be used, and how long it is left alone after that.
    lost: Option<Instant>,
    rest: Duration,
}

impl<'a> Shelf<'a> {
    fn new(path: &'a Path, most: u64, rest: Duration) -> Self {
        Self { path, most, store: None, renewed: false, busy: 0, lost: None, rest }
    }

    /// Does something with the file. `None`: not this time.
    fn work<T>(&mut self, mut job: impl FnMut(&mut Store) -> Result<T, StoreError>) -> Option<T> {
        if rests(self.lost, self.rest) {
            return None;
        }
        let mut result = self.attempt(&mut job);
        if let Err(error) = &result
            && error.is_corruption()
            && !self.renewed
        {
            self.renewed = true;
            tracing::warn!(path = %self.path.display(), %error, "the cache of model replies is damaged; it is made anew");
            result = self.renew().and_then(|()| self.attempt(&mut job));
        }
        match result {
            Ok(done) => {
                (self.busy, self.lost) = (0, None);
                Some(done)
            }
            Err(error) if error.is_busy() && self.busy < PATIENCE => {
                self.busy += 1;
                tracing::debug!(%error, "another process keeps the cache busy");
                None
            }
            Err(error) => {
                self.store = None;
                self.busy = 0;
                let (path, seconds) = (self.path.display(), self.rest.as_secs());
                // A full disk may have room again, but is told of once.
                if self.lost.replace(Instant::now()).is_none() {
                    tracing::warn!(%path, %error, seconds, "the cache of model replies cannot be used; it is left alone for a while");
                } else {
                    tracing::debug!(%path, %error, "the cache of model replies still cannot be used");
                }
                None
            }
        }
    }

    fn attempt<T>(&mut self, job: &mut impl FnMut(&mut Store) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if self.store.is_none() {
            self.store = Some(Store::open(self.path, self.most)?);
        }
        match &mut self.store {
            Some(store) => job(store),
            None => Err(std::io::Error::other("it is not open").into()),
        }
    }

    fn renew(&mut self) -> Result<(), StoreError> {
        // Closed first: a file that is open cannot be moved everywhere.
        self.store = None;
        let (store, aside) = Store::renew(self.path, self.most)?;
        self.store = Some(store);
        if let Some(aside) = aside {
            tracing::debug!(aside = %aside.display(), "the damaged cache was set aside");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn works(shelf: &mut Shelf<'_>) -> bool {
        shelf.work(|_| Ok(())).is_some()
    }

    #[test]
    fn what_is_in_the_way_may_go() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("cache.sqlite");
        std::fs::create_dir(&path).unwrap();
        let (mut hasty, mut patient) =
            (Shelf::new(&path, 1 << 20, Duration::ZERO), Shelf::new(&path, 1 << 20, Duration::MAX));
        assert!(!works(&mut hasty) && !works(&mut hasty) && !works(&mut patient));
        std::fs::remove_dir(&path).unwrap();
        assert!(works(&mut hasty), "it is tried again after the rest");
        assert!(!works(&mut patient), "and not before");
    }

    #[test]
    fn another_process_may_hold_the_file_for_good() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("cache.sqlite");
        let held = super::super::files::lock(&path, Duration::ZERO).unwrap();
        let mut shelf = Shelf::new(&path, 1 << 20, Duration::MAX);
        for _ in 0..=PATIENCE {
            assert!(!works(&mut shelf));
        }
        assert!(shelf.lost.is_some(), "nothing waits for it any more");
        drop(held);
        assert!(works(&mut Shelf::new(&path, 1 << 20, Duration::MAX)));
    }
}
