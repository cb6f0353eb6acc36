//! Refactor plans: steps of edits, composed in memory over a snapshot, checked by the program, shown in several forms, applied
//! all or not at all.

pub mod apply;
pub mod checks;
mod compose;
mod diff;
mod document;
mod draft;
mod error;
mod markdown;
pub mod refactor;
pub mod verify;

pub use compose::{Gone, MAX_FILES, MAX_TEXT, Plan};
pub use diff::diff;
pub use document::{Change, Document, Doubt, Edit, FileChange, Step, VERSION};
pub use error::PlanError;
pub use markdown::markdown;
