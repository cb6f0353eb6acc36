//! Why a plan is not applied. Messages name the file or the step, and what to do next.

use std::io;

use crate::workspace::WorkspaceError;

use super::record::{Kept, Recovered};

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    #[error("the plan has a problem that must be mended first: {message}")]
    Fatal { message: String },
    #[error("the plan changes {files} files, more than {limit}; choose some of its steps, or force it")]
    TooMany { files: usize, limit: usize },
    #[error("git has changes that are not committed: {}{}; commit or stash them, or force it", files.join(", "), more_of(*more))]
    Uncommitted { files: Vec<String>, more: usize },
    #[error("there is no step {step} in the plan")]
    NoSuchStep { step: u32 },
    #[error("{path}: step {with} needs step {without}, which was not chosen; choose both or none")]
    Entangled { path: String, with: u32, without: u32 },
    #[error("changed since the plan was made: {}; make the plan again", paths.join(", "))]
    Changed { paths: Vec<String> },
    #[error("{path}: {reason}")]
    Refused { path: String, reason: String },
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error("{path}: {source}; every file is as it was before")]
    Failed { path: String, source: io::Error },
    #[error(
        "{path}: {source}; and these could not be put back as they were: {}; the next apply tries again", left.join(", ")
    )]
    Stuck { path: String, source: io::Error, left: Vec<String> },
    #[error(
        "{path}: {source}; every other file is as it was before{}{}{}",
        if changed.is_empty() { "" } else { ", apart from those that somebody changed meanwhile: " },
        changed.join(", "),
        kept.iter().map(|kept| format!("; {kept}")).collect::<String>()
    )]
    Meddled { path: String, source: io::Error, changed: Vec<String>, kept: Vec<Kept> },
    #[error("another process is applying a plan on this machine; wait until it is done")]
    Busy,
    #[error(
        "applying a plan in {root} was interrupted, and may be about the same files; run spelunk there first, which mends it"
    )]
    Unfinished { root: String },
    /// An interrupted apply was cleaned up, and then this one was refused.
    #[error("{recovered}; now: {error}")]
    Recovered { recovered: Box<Recovered>, error: Box<ApplyError> },
    #[error("{path}: {source}; without a record of what is under way nothing is written")]
    State { path: String, source: io::Error },
    #[error("stopped before a file was changed")]
    Cancelled,
}

fn more_of(more: usize) -> String {
    if more == 0 { String::new() } else { format!(" and {more} more") }
}
