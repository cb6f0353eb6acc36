//! The thread that owns the file, so that nothing asynchronous ever waits for a disk, and what it does about errors.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

use super::Key;
use super::store::{Store, StoreError};
use crate::model::Reply;
use crate::redact::redact;

/// A look-up that takes longer is given up: asking the model is better than waiting for a disk.
const LONGEST_LOOK: Duration = Duration::from_secs(3);

/// Times in a row that other processes may keep the file from us.
const PATIENCE: u32 = 3;

enum Job {
    Get(Key, oneshot::Sender<Option<Reply>>),
    Keep(Key, Arc<Reply>),
    Forget(Key),
}

/// The way to the thread, which starts with the first job and ends, all jobs done, when this is dropped.
pub(super) struct Keeper {
    path: PathBuf,
    most: u64,
    thread: Mutex<Option<(Sender<Job>, JoinHandle<()>)>>,
}

impl Keeper {
    pub fn new(path: PathBuf, most: u64) -> Self {
        Self { path, most, thread: Mutex::default() }
    }

    pub async fn get(&self, key: Key) -> Option<Reply> {
        let (answer, reply) = oneshot::channel();
        self.send(Job::Get(key, answer));
        tokio::time::timeout(LONGEST_LOOK, reply).await.ok()?.ok()?
    }

    pub fn keep(&self, key: Key, reply: Arc<Reply>) {
        self.send(Job::Keep(key, reply));
    }

    pub fn forget(&self, key: Key) {
        self.send(Job::Forget(key));
    }

    fn send(&self, job: Job) {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if thread.is_none() {
            let (to, jobs) = channel();
            let (path, most) = (self.path.clone(), self.most);
            let started = std::thread::Builder::new().name("cache".to_owned()).spawn(move || serve(&path, most, &jobs));
            match started {
                Ok(handle) => *thread = Some((to, handle)),
                Err(error) => return tracing::warn!(%error, "no thread for the cache; model replies are not kept"),
            }
        }
        if let Some((to, _)) = &*thread {
            // The thread ends early only by a panic, and then there is no cache any more.
            drop(to.send(job));
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        let thread = self.thread.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((to, handle)) = thread {
            drop(to);
            // A panic was told when it happened.
            drop(handle.join());
        }
    }
}

/// Does jobs in their order until nobody can send any more.
fn serve(path: &Path, most: u64, jobs: &Receiver<Job>) {
    let mut shelf = Shelf { path, most, store: None, renewed: false, busy: 0 };
    let mut usable = true;
    while let Ok(job) = jobs.recv() {
        if !usable {
            // Whoever waits for an answer hears of none.
            continue;
        }
        usable = match job {
            Job::Get(key, answer) => {
                let found = shelf.work(|store| store.get(key));
                let usable = found.is_ok();
                // Whoever asked may be gone.
                drop(answer.send(found.ok().flatten().flatten()));
                usable
            }
            Job::Keep(key, reply) if holds_secrets(&reply) => {
                tracing::debug!(?key, "a reply with what looks like a key in it is not kept");
                true
            }
            Job::Keep(key, reply) => shelf.work(|store| store.keep(key, &reply)).is_ok(),
            Job::Forget(key) => shelf.work(|store| store.forget(key)).is_ok(),
        };
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
}

/// The file is of no use any more, which was said.
struct Lost;

impl Shelf<'_> {
    /// Does something with the file. `Ok(None)`: not this time.
    fn work<T>(&mut self, mut job: impl FnMut(&mut Store) -> Result<T, StoreError>) -> Result<Option<T>, Lost> {
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
                self.busy = 0;
                Ok(Some(done))
            }
            Err(error) if error.is_busy() && self.busy < PATIENCE => {
                self.busy += 1;
                tracing::debug!(%error, "another process keeps the cache busy");
                Ok(None)
            }
            Err(error) => {
                self.store = None;
                tracing::warn!(
                    path = %self.path.display(), %error,
                    "the cache of model replies cannot be used; this run goes on without it"
                );
                Err(Lost)
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
