//! Writing a plan's files: all of them or none.

mod error;
mod record;
mod select;
mod targets;
mod write;

pub use error::ApplyError;
pub use record::{Kept, Recovered};
pub use select::{LeftOut, only_steps, select};

use std::path::Path;

use crate::cancel::Cancel;
use crate::workspace::{RelPath, Snapshot};

use super::Document;

/// Plans over more files are refused, unless they are forced.
pub const FILES_LIMIT: usize = 2000;

/// Names of changed files that a refusal shows.
const NAMED: usize = 5;

/// What a person agreed to.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Write although git has changes that are not committed, and however many files there are.
    pub force: bool,
    /// The files that tools execute and that may be written, by their path before or after. The others are left out.
    pub executed: Vec<String>,
    /// Do what the doubts would do as well, where that does not overlap with an edit.
    pub doubts: bool,
    /// These steps alone.
    pub steps: Option<Vec<u32>>,
}

/// What was done.
#[derive(Debug)]
pub struct Applied {
    /// The plan as it was applied: without what was left out, and with the doubts that were asked for.
    pub document: Document,
    /// In the order of the plan.
    pub left_out: Vec<LeftOut>,
    /// What an earlier, interrupted apply had left, and became of it.
    pub recovered: Option<Recovered>,
    /// What somebody wrote into files at the very moment, and where it lies now.
    pub kept: Vec<Kept>,
}

/// Applies a plan to the files on disk. `now` is the workspace as it is now, with the editor's buffers if there are any.
///
/// # Errors
/// Then no file is changed, or, for [`ApplyError::Stuck`], the error says which are.
pub fn apply(
    document: &Document,
    now: &Snapshot,
    options: &Options,
    state_dir: &Path,
    cancel: &Cancel,
) -> Result<Applied, ApplyError> {
    let mut record = record::open(now, state_dir)?;
    let recovered = record.recover(now)?;
    let put_back = recovered.iter().flat_map(|recovered| &recovered.put_back);
    let put_back: Vec<_> = put_back.filter_map(|path| RelPath::parse(path).ok()).collect();
    let now = if put_back.is_empty() { now.clone() } else { now.refreshed(&put_back, true) };
    match apply_to(document, &now, options, &mut record, cancel) {
        Ok(applied) => Ok(Applied { recovered, ..applied }),
        Err(error) => Err(match recovered {
            Some(recovered) => ApplyError::Recovered { recovered: Box::new(recovered), error: Box::new(error) },
            None => error,
        }),
    }
}

fn apply_to(
    document: &Document,
    now: &Snapshot,
    options: &Options,
    record: &mut record::Record,
    cancel: &Cancel,
) -> Result<Applied, ApplyError> {
    let (document, left_out) = select::select(document, now, options)?;
    if document.files.len() > FILES_LIMIT && !options.force {
        return Err(ApplyError::TooMany { files: document.files.len(), limit: FILES_LIMIT });
    }
    let targets = targets::targets(&document, now)?;
    if !options.force {
        let touched: Vec<_> = targets.iter().filter(|target| target.old.is_some()).map(|target| &target.path).collect();
        let changed = now.uncommitted(&touched)?;
        if !changed.is_empty() {
            let more = changed.len().saturating_sub(NAMED);
            return Err(ApplyError::Uncommitted { files: changed.into_iter().take(NAMED).collect(), more });
        }
    }
    let kept = write::write(targets, now, record, cancel)?;
    Ok(Applied { document, left_out, recovered: None, kept })
}

/// Finishes what an interrupted apply has left: files that it had written are put back, unless it had written all of
/// them. `None` when there is nothing to do. [`apply`] begins with it; whoever starts in a workspace calls it too, as
/// files may be half old, half new until then.
///
/// # Errors
/// [`ApplyError::Busy`] when somebody is applying, which is no reason to stop for those who only read.
pub fn recover(now: &Snapshot, state_dir: &Path) -> Result<Option<Recovered>, ApplyError> {
    record::open(now, state_dir)?.recover(now)
}
