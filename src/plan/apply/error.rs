//! Why a plan is not applied. Messages name the file or the step, and what to do next.

use std::io;

use crate::workspace::WorkspaceError;

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
    #[error("another process is applying a plan here; wait until it is done")]
    Busy,
    #[error("{path}: {source}; without a record of what is under way nothing is written")]
    State { path: String, source: io::Error },
    #[error("stopped before a file was changed")]
    Cancelled,
}

fn more_of(more: usize) -> String {
    if more == 0 { String::new() } else { format!(" and {more} more") }
}
