//! The symbol table of the workspace, kept at what the client sees: filled from the disk in the background, and brought
//! to the open documents when it is asked.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tower_lsp::ls_types::Uri;

use super::documents::Document;
use super::filling::{self, Report};
use super::reading::LONG;
use super::state::View;
use crate::cancel::Cancel;
use crate::graph::{Paused, State, Table};
use crate::syntax::Extracted;
use crate::workspace::{RelPath, Snapshot};

/// The table, and which texts of open documents are in it.
#[derive(Default)]
pub struct Catalogue {
    table: Table,
    /// Held while texts are parsed, so never taken where messages wait.
    open: Mutex<Open>,
    /// Held for moments.
    work: Mutex<Work>,
}

/// The texts of open documents that the table has, as of one view.
#[derive(Default)]
struct Open {
    version: u64,
    texts: HashMap<RelPath, Known>,
}

/// A text that the table has, and the definitions it was found to have.
#[derive(Clone)]
struct Known {
    text: Arc<str>,
    found: Option<Arc<Extracted>>,
}

impl Known {
    fn is(&self, document: &Document) -> bool {
        let made = document.reading.made();
        Arc::ptr_eq(&self.text, &document.text)
            && self.found.as_ref().map(Arc::as_ptr) == made.as_ref().map(Arc::as_ptr)
    }
}

/// What there is to do in the background: one thing at a time, and of what waits only the last.
#[derive(Default)]
struct Work {
    next: Option<Job>,
    is_busy: bool,
    /// The number of the last filling, and what ends it.
    filling: Option<(u64, Cancel)>,
}

enum Job {
    Fill { disk: Snapshot, cancel: Cancel, report: Report },
    Clear,
}

impl Catalogue {
    /// Fills the table from a snapshot of the disk, on a thread of its own. A filling that is under way ends.
    pub fn fill(self: &Arc<Self>, disk: Snapshot, number: u64, cancel: Cancel, report: Report) {
        self.begin(Some((number, cancel.clone())), Job::Fill { disk, cancel, report });
    }

    /// Empties the table, likewise.
    pub fn clear(self: &Arc<Self>) {
        self.begin(None, Job::Clear);
    }

    /// Ends the filling of this number, unless another one has taken its place. What is in the table stays.
    pub fn stop(&self, number: u64) {
        if let Some((_, cancel)) = self.work().filling.as_ref().filter(|(last, _)| *last == number) {
            cancel.cancel();
        }
    }

    /// Has the filling read these files before others.
    pub fn prefer(&self, paths: Vec<RelPath>) {
        self.table.prefer(paths);
    }

    /// Reads some files again, on the calling thread. What they were before is found until then.
    pub fn refresh(&self, disk: &Snapshot, changed: &[RelPath]) {
        self.table.refresh(disk, changed);
    }

    /// The table with the open documents as the view has them, or as a later view does that was here already. Those of
    /// long documents are there once [`Self::take`] was told.
    pub fn table(&self, view: &View) -> &Table {
        let known = &mut *self.open();
        if view.version < known.version {
            return &self.table;
        }
        let mut texts = HashMap::new();
        for document in view.documents.iter() {
            let Some(path) = view.path(&document.uri) else { continue };
            let entry = match known.texts.remove(&path) {
                Some(known) if known.is(document) => Some(known),
                former if document.text.len() > LONG => former,
                _ => Some(self.put(&path, document, view)),
            };
            texts.extend(entry.map(|entry| (path, entry)));
        }
        // What is left is not open any more.
        for path in known.texts.keys() {
            self.table.close(path, &view.snapshot);
        }
        *known = Open { version: view.version, texts };
        &self.table
    }

    /// Takes over what was found in a long document, unless there is something newer.
    pub fn take(&self, view: &View, uri: &Uri) {
        let Some((document, path)) = view.documents.get(uri).zip(view.path(uri)) else { return };
        let known = &mut *self.open();
        if view.version >= known.version && document.reading.made().is_some() {
            let entry = self.put(&path, document, view);
            known.texts.insert(path, entry);
        }
    }

    fn put(&self, path: &RelPath, document: &Document, view: &View) -> Known {
        let language = document.language().filter(|language| language.has_definitions());
        let found = language.map(|language| document.reading.found(language, &document.text, &view.symbols));
        self.table.update(path, language.zip(found.as_deref()));
        Known { text: document.text.clone(), found }
    }

    /// How far the table is.
    pub fn state(&self) -> State {
        self.table.state()
    }

    /// Waits while requests are answered. `false` when the work was cancelled.
    pub fn passes(&self, cancel: &Cancel) -> bool {
        self.table.passes(cancel)
    }

    /// Keeps the filling waiting while a request is answered.
    pub fn pause(&self) -> Paused {
        self.table.pause()
    }

    fn begin(self: &Arc<Self>, filling: Option<(u64, Cancel)>, job: Job) {
        let work = &mut *self.work();
        if let Some((_, former)) = std::mem::replace(&mut work.filling, filling) {
            former.cancel();
        }
        work.next = Some(job);
        if work.is_busy {
            return;
        }
        let this = self.clone();
        let all = move || {
            while let Some(job) = this.next() {
                if catch_unwind(AssertUnwindSafe(|| this.run(job))).is_err() {
                    tracing::error!("the symbol table was not filled; the log has more");
                }
            }
        };
        match std::thread::Builder::new().name("symbols".to_owned()).spawn(all) {
            Ok(_) => work.is_busy = true,
            Err(error) => tracing::warn!("the symbol table cannot be filled: {error}"),
        }
    }

    fn next(&self) -> Option<Job> {
        let work = &mut *self.work();
        work.is_busy = work.next.is_some();
        work.next.take()
    }

    fn run(&self, job: Job) {
        match job {
            Job::Fill { disk, cancel, report } => {
                // Texts come first: searches are asked for before symbols are, and symbols take longer.
                if let Err(error) = disk.index_while(&|| self.table.passes(&cancel)) {
                    tracing::debug!("the index of texts is not brought up to date: {error}");
                }
                let filled = self.table.fill(&disk, &cancel, &|far| report.tell(far));
                let mut came_to = filling::words(&self.table.state());
                if let Err(error) = filled {
                    tracing::debug!("the symbol table is not filled any further: {error}");
                    came_to = format!("{error}; it has {came_to}");
                }
                report.close(came_to);
            }
            Job::Clear => {
                let mut open = self.open();
                self.table.clear();
                open.texts.clear();
            }
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        // A panic inside leaves at worst a document out of date, which is mended when it changes.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
