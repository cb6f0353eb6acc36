//! The language server as its clients see it.

pub mod client;
mod lifecycle;
