//! The methods of the protocol that are answered from a view, one file each.

pub mod document_symbol;
