//! Refactor plans: steps of edits, composed in memory over a snapshot, checked by the program, shown in several forms, applied
//! all or not at all.

pub mod apply;
pub mod checks;
mod diff;
mod document;
pub mod executed;
mod inverse;
mod markdown;
mod stale;
pub mod verify;

pub use diff::diff;
pub use document::{Change, Document, Doubt, Edit, FileChange, Step, VERSION};
pub use inverse::NotTheSame;
pub use markdown::markdown;
pub use stale::{Stale, stale};
