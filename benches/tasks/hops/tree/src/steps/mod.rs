//! All steps.

pub mod drain;
pub mod pack;
pub mod spool;
pub mod rank;
pub mod verify;
pub mod render;
pub mod mirror;
pub mod parse;
