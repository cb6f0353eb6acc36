//! Refactor plans: steps of edits, composed in memory over a snapshot, checked by the program, shown in several forms, applied
//! all or not at all.

pub mod apply;
pub mod checks;
mod confirm;
mod diff;
mod document;
mod markdown;
pub mod verify;

pub use confirm::{Confirm, confirm, problems_of};
pub use diff::{DiffError, diff};
pub use document::{Change, Document, Doubt, Edit, FileChange, Step, VERSION};
pub use markdown::{Options, markdown};
