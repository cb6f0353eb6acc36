//! Refactor plans: steps of edits, composed in memory over a snapshot, checked by the program, shown in several forms, applied
//! all or not at all.

pub mod apply;
pub mod checks;
mod compose;
mod confirm;
mod diff;
mod document;
mod draft;
mod error;
pub mod executed;
mod inverse;
mod markdown;
pub mod refactor;
mod stale;
mod standing;
pub mod verify;

pub use compose::{Gone, MAX_FILES, MAX_TEXT, Plan};
pub use confirm::{Confirm, confirm, problems_of};
pub use diff::{DiffError, diff};
pub use document::{Change, Document, Doubt, Edit, FileChange, Step, VERSION};
pub use error::PlanError;
pub use inverse::NotTheSame;
pub use markdown::{Options, markdown};
pub use stale::{Stale, stale};
