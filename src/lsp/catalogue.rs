//! The symbol table of the workspace, kept at what the client sees: filled from the disk in the background, and brought
//! to the open documents when it is asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::filling::Report;
use super::state::View;
use crate::cancel::Cancel;
use crate::graph::{Paused, Table};
use crate::syntax::Language;
use crate::workspace::{RelPath, Snapshot};

/// The table, and which texts of open documents are in it.
#[derive(Default)]
pub struct Catalogue {
    table: Arc<Table>,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// The texts of open documents that the table has.
    open: HashMap<RelPath, Arc<str>>,
    /// Ends the filling that is under way.
    filling: Option<Cancel>,
}

impl Catalogue {
    /// Fills the table from a snapshot of the disk, on a thread of its own. A filling that is under way ends.
    pub fn fill(&self, disk: Snapshot, ended: &Cancel, report: Report) {
        let cancel = ended.child_token();
        if let Some(former) = self.inner().filling.replace(cancel.clone()) {
            former.cancel();
        }
        let table = self.table.clone();
        let work = move || match table.fill(&disk, &cancel, &|far| report.tell(far)) {
            Ok(()) => tracing::debug!("the symbol table is complete: {:?}", table.state()),
            Err(error) => tracing::debug!("the symbol table is not filled any further: {error}"),
        };
        if let Err(error) = std::thread::Builder::new().name("symbols".to_owned()).spawn(work) {
            tracing::warn!("the symbol table cannot be filled: {error}");
        }
    }

    /// Ends a filling that is under way. What is in the table stays.
    pub fn stop(&self) {
        if let Some(filling) = self.inner().filling.take() {
            filling.cancel();
        }
    }

    /// Reads some files again, in the background. What they were before is found until then.
    pub fn refresh(&self, disk: Snapshot, changed: Vec<RelPath>) {
        let table = self.table.clone();
        tokio::task::spawn_blocking(move || table.refresh(&disk, &changed));
    }

    /// The table with the open documents as the view has them.
    pub fn table(&self, view: &View) -> &Table {
        let mut inner = self.inner();
        let mut open = HashMap::new();
        for document in view.documents.iter() {
            let Some(path) = view.path(&document.uri) else { continue };
            if !inner.open.get(&path).is_some_and(|known| Arc::ptr_eq(known, &document.text)) {
                let language = Language::detect(path.as_str(), &document.text);
                self.table.update(&path, language.map(|language| (language, &*document.text)));
            }
            open.insert(path, document.text.clone());
        }
        for path in inner.open.keys().filter(|path| !open.contains_key(path)) {
            self.table.close(path, &view.snapshot);
        }
        inner.open = open;
        &self.table
    }

    /// Keeps the filling waiting while a request is answered.
    pub fn pause(&self) -> Paused {
        self.table.pause()
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        // A panic inside leaves at worst a document out of date, which is mended when it changes.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
