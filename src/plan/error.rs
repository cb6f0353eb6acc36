//! Why something cannot be planned. Messages name the thing and the way out; models read them as well as people.

use crate::graph::GraphError;
use crate::text::grouped;
use crate::workspace::WorkspaceError;

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error(transparent)]
    Graph(#[from] GraphError),
    #[error("{path}: step {step} removes or moves it; plan.files() has the paths as planned")]
    Gone { path: String, step: u32 },
    #[error("{path}: is there already; give another path, or change the text that is there")]
    Exists { path: String },
    #[error("{path}: the text does not stand there{hint}")]
    NoMatch { path: String, hint: String },
    #[error(
        "{path}: the text stands there {times} times, in lines {lines}; give more of what is around it, or {{ all: true }}"
    )]
    ManyMatches { path: String, times: usize, lines: String },
    #[error("{path}: there are no lines {from} to {to}; the file has {total}, and to = from - 1 inserts before `from`")]
    Lines { path: String, from: u64, to: u64, total: u64 },
    #[error(
        "{path}: lines {from} to {to} overlap with what step {step} does there; plan.edit counts the lines of the repository as it \
         is: change planned text by plan.replace, or drop that step"
    )]
    Overlap { path: String, from: u64, to: u64, step: u32 },
    #[error("{path}: is not UTF-8, so its text cannot be written back as it was; leave it to its owner")]
    Encoding { path: String },
    #[error("the plan would change more than {} files; plan fewer, or refactor in parts", grouped(*limit as u64))]
    TooManyFiles { limit: usize },
    #[error("the plan would write more than {} MiB of text; plan less at once", limit >> 20)]
    TooMuchText { limit: usize },
    #[error("there is no step {step}; the steps are {there}")]
    NoStep { step: u32, there: String },
    #[error("step {step} cannot be dropped alone: {others} on its text; drop {them} first")]
    BuiltOn { step: u32, others: String, them: String },
    /// A refactoring that cannot be done, in words.
    #[error("{0}")]
    Refused(String),
    #[error("cancelled")]
    Cancelled,
}
