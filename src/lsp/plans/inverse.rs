//! What was applied of a plan, as the edit that takes it back.

use std::collections::BTreeSet;

use super::chosen::may_change;
use super::kept::is_here;
use super::{for_client, relisted};
use crate::agent::kept;
use crate::lsp::Error;
use crate::lsp::edits::Prepared;
use crate::lsp::state::{State, View};
use crate::plan::Document;
use crate::workspace::RelPath;

/// An edit that takes a plan back, and what it is of.
pub struct Inverse {
    /// The run's whole id.
    pub run_id: String,
    pub document: Document,
    pub prepared: Prepared,
}

/// The edit that takes back what was applied last of a run's plan, over the texts of the view. Blocks.
///
/// # Errors
/// When nothing of it is applied, or a file is no longer as the plan left it: the error names it.
pub fn inverse(state: &State, view: &View, run_id: &str) -> Result<Inverse, Error> {
    let kept = kept::applied(&state.state_dir()?, run_id)?;
    is_here(&kept, view)?;
    let view = relisted(view, &kept.document);
    let read = |path: &str| view.snapshot.text(&RelPath::parse(path).ok()?).ok();
    // What the person left out in the editor is not there, and what they let it do beside the plan is.
    let standing = kept.document.standing(&read);
    if standing.is_empty() {
        let run = kept.run;
        return Err(Error::failed(format!(
            "nothing of the plan of run {run} is in the files any more; nothing was changed"
        )));
    }
    let inverse = standing.inverse(&read).map_err(|error| {
        let paths = error.paths.join(", ");
        Error::failed(format!("the plan cannot be taken back: {paths} changed since; nothing was changed"))
    })?;
    may_change(&inverse, &view)?;
    // Whoever takes back what they have said yes to gets what they had.
    let confirmed: BTreeSet<String> =
        inverse.files.iter().flat_map(|file| [&file.before, &file.after]).flatten().cloned().collect();
    let prepared = for_client(&inverse, &view, &confirmed)?;
    Ok(Inverse { run_id: kept.run, document: inverse, prepared })
}
