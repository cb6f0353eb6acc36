//! The methods of the protocol that are answered from a view, one file each; and what they share: the name at a cursor,
//! and the definitions that it means.

mod cursor;
mod target;

pub mod code_action;
pub mod definition;
pub mod document_highlight;
pub mod document_symbol;
pub mod folding_range;
pub mod hover;
pub mod references;
pub mod selection_range;
pub mod workspace_symbol;
