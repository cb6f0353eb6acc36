//! Benchmarks: sets of questions with known answers, asked of a run and of the plain model, scored and summed up.
//!
//! `set` reads tasks, `check` says what an answer has to be and `said` what it says, `measure` asks, `results` keeps what came
//! of it, `summary` and `table` tell.

mod check;
mod files;
mod measure;
mod place;
mod results;
mod said;
mod set;
mod summary;
mod table;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use measure::{Bench, Done, forget, left, measure};
pub use results::{Method, Outcome, Results, State};
pub use set::{Set, Task};
pub use summary::{Summary, document};
pub use table::tables;

/// A set, and where its results are kept.
pub type Opened = (Set, Arc<Results>);

/// Why a benchmark cannot be run. Messages name the file, and the task and field if it is one's.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BenchError {
    #[error("{path}: {reason}")]
    File { path: String, reason: String },
    #[error("{path}: task {task:?}: {reason}")]
    Task { path: String, task: String, reason: String },
    #[error("{path}: task {task:?}: {field}: {reason}")]
    Field { path: String, task: String, field: String, reason: String },
    #[error("{path}: {reason}")]
    Results { path: String, reason: String },
    #[error(transparent)]
    Setup(#[from] crate::agent::setup::SetupError),
}

/// Reads the sets, and opens the files that their results go to: `out` for all, else one for each below `state_dir`.
pub fn open(folders: &[PathBuf], out: Option<&Path>, state_dir: &Path) -> Result<Vec<Opened>, BenchError> {
    let sets: Result<Vec<_>, _> = folders.iter().map(|folder| Set::read(folder)).collect();
    let shared = out.map(|out| Results::open(out).map(Arc::new)).transpose()?;
    let mut opened: Vec<Opened> = Vec::new();
    for set in sets? {
        if opened.iter().any(|(other, _)| other.folder == set.folder) {
            continue;
        }
        let results = match &shared {
            Some(shared) => shared.clone(),
            None => {
                let hash = blake3::hash(set.folder.as_os_str().as_encoded_bytes()).to_hex();
                let folder = set.folder.file_name().unwrap_or_default().to_string_lossy();
                let name = format!("{folder}-{}.jsonl", &hash[..12]);
                Arc::new(Results::open(&state_dir.join("bench").join(name))?)
            }
        };
        opened.push((set, results));
    }
    Ok(opened)
}
