//! The plans of the last runs, and the way to those of earlier ones.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::agent::kept::{self, KeptError};
use crate::agent::setup;
use crate::lsp::Error;
use crate::lsp::state::{State, View};
use crate::plan::Document;
use crate::plan::verify::Verified;
use crate::workspace::Snapshot;

/// Plans that are remembered; older ones are read from the journal.
const REMEMBERED: usize = 32;

/// Bytes of text in them. The newest is remembered however long it is.
const MOST_TEXT: usize = 64 << 20;

/// The plans of the last runs.
#[derive(Default)]
pub struct Plans {
    kept: Mutex<VecDeque<Kept>>,
    /// Held by the verification that is under way: each may take the whole machine.
    pub verifying: Arc<tokio::sync::Mutex<()>>,
}

struct Kept {
    run_id: String,
    document: Arc<Document>,
    /// Bytes of its edits.
    size: usize,
    /// Tells the folders that it is for from others.
    root: String,
}

impl Plans {
    /// Keeps what a run planned.
    pub fn keep(&self, run_id: &str, document: Arc<Document>, snapshot: &Snapshot) {
        let size = document.files.iter().flat_map(|file| &file.edits).map(|edit| edit.old.len() + edit.new.len()).sum();
        let kept = &mut *self.lock();
        kept.retain(|one| one.run_id != run_id);
        kept.push_back(Kept { run_id: run_id.to_owned(), document, size, root: setup::root_hash(snapshot) });
        let text = |kept: &VecDeque<Kept>| kept.iter().map(|one| one.size).sum::<usize>();
        while kept.len() > REMEMBERED || kept.len() > 1 && text(kept) > MOST_TEXT {
            kept.pop_front();
        }
    }

    /// Makes what the machine's command said part of a plan. False when it is not remembered.
    pub fn verified(&self, run_id: &str, outcome: &Verified) -> bool {
        let kept = &mut *self.lock();
        let found = kept.iter_mut().find(|one| one.run_id == run_id);
        found.map(|one| Arc::make_mut(&mut one.document).verified = Some(outcome.clone())).is_some()
    }

    fn get(&self, run_id: &str) -> Option<(Arc<Document>, String)> {
        self.lock().iter().find(|one| one.run_id == run_id).map(|one| (one.document.clone(), one.root.clone()))
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The plan of a run, and the run's whole id. Reads the journal, so it blocks.
///
/// # Errors
/// When the run made none that can be used, or one for other folders than those that are open.
pub fn find(state: &State, view: &View, run_id: &str) -> Result<(String, Arc<Document>), Error> {
    if let Some((document, root)) = state.plans.get(run_id) {
        let here = root == setup::root_hash(&view.snapshot);
        return if here { Ok((run_id.to_owned(), document)) } else { Err(elsewhere(run_id, "other folders")) };
    }
    let found = kept::plan(&state.state_dir()?, run_id)?;
    is_here(&found, view)?;
    let document = Arc::new(found.document);
    state.plans.keep(&found.run, document.clone(), &view.snapshot);
    Ok((found.run, document))
}

/// Whether a plan is for the folders of the view.
///
/// # Errors
/// When it is not: which one it is for.
pub fn is_here(kept: &kept::Kept, view: &View) -> Result<(), Error> {
    match &kept.root {
        Some(root) if *root != setup::root_hash(&view.snapshot) => {
            Err(elsewhere(&kept.run, &format!("the folder {}", kept.workspace)))
        }
        _ => Ok(()),
    }
}

fn elsewhere(run: &str, workspace: &str) -> Error {
    Error::failed(format!("the plan of run {run} is for {workspace}, which is not open here"))
}

impl From<KeptError> for Error {
    fn from(error: KeptError) -> Self {
        Self::failed(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Edit, FileChange};
    use crate::workspace::Workspace;

    fn keep(plans: &Plans, run: &str, text: usize) {
        let edit = Edit { start: 0, line: 1, old: String::new(), new: "x".repeat(text), steps: vec![1] };
        let file = FileChange { after: Some("a".to_owned()), edits: vec![edit], ..FileChange::default() };
        let document = Document { files: vec![file], ..Document::default() };
        plans.keep(run, Arc::new(document), &Workspace::none().snapshot());
    }

    fn there(plans: &Plans) -> Vec<String> {
        plans.lock().iter().map(|one| one.run_id.clone()).collect()
    }

    #[test]
    fn the_newest_are_remembered() {
        let plans = Plans::default();
        for number in 0..REMEMBERED + 2 {
            keep(&plans, &number.to_string(), 1);
        }
        assert_eq!((there(&plans).len(), plans.get("1").is_none(), plans.get("2").is_some()), (REMEMBERED, true, true));
        keep(&plans, "33", 1);
        assert_eq!(there(&plans).len(), REMEMBERED);
        keep(&plans, "large", MOST_TEXT - 1);
        keep(&plans, "larger", MOST_TEXT + 1);
        assert_eq!(there(&plans), ["larger"]);
        let outcome = Verified { passed: true, ..Verified::default() };
        assert!(plans.verified("larger", &outcome) && !plans.verified("large", &outcome));
        assert_eq!(plans.get("larger").unwrap().0.verified, Some(outcome));
    }
}
