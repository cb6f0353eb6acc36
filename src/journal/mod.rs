//! The journal: everything a run does, appended as it happens, readable after any crash.
//!
//! One JSONL file per run (`runs/<id>.jsonl` in the user's state directory), and one folder of content-addressed
//! blobs for what is too big for a line. [`event`] is the contract on disk, [`writer`] appends, [`reader`] takes
//! whatever a crash left, [`show`] makes a text for a person of it, [`html`] a page, [`diff`] compares two,
//! and [`export`] lines for a program.

pub mod blobs;
pub mod diff;
pub mod event;
mod evict;
pub mod export;
mod files;
pub mod html;
mod id;
pub mod reader;
pub mod show;
mod tree;
pub mod writer;

pub use blobs::Blobs;
pub use event::{Body, Event, Header, Line};
pub use evict::{Evicted, MAX_TOTAL, evict};
pub use reader::{Run, Summary, find, list, read};
pub use writer::{Journal, Redact};

/// Why a journal could not be had or read. Damage inside a journal is no error: see [`Run::damage`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    #[error("no run {prefix:?}; `spelunk trace` lists them")]
    NotFound { prefix: String },
    #[error("{prefix:?} could be any of {}; give more of the id", ids.join(", "))]
    Ambiguous { prefix: String, ids: Vec<String> },
    #[error("the run {id} is being written by another process")]
    Busy { id: String },
    #[error("the blob {hash} is gone or damaged: {reason}")]
    Blob { hash: String, reason: String },
    #[error("{bytes} bytes were too many to keep; only their hash {hash} is known")]
    Omitted { hash: String, bytes: u64 },
    #[error("{path}: {source}")]
    Io { path: String, source: std::io::Error },
}
