//! The methods of the protocol that are answered from a view, one file each; and what they share: the name at a cursor,
//! the definitions that it means, and whether a method is offered at all.

mod cursor;
mod imported;
pub mod offer;
mod subject;
mod target;

pub mod call_hierarchy;
pub mod code_action;
pub mod definition;
pub mod document_highlight;
pub mod document_symbol;
pub mod folding_range;
pub mod hover;
pub mod plan_action;
pub mod references;
pub mod rename;
pub mod rename_files;
pub mod selection_range;
pub mod workspace_symbol;

pub use subject::symbol_at;
