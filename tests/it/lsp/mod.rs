//! The language server as its clients see it.

mod ask;
mod cancel;
pub mod client;
mod crowd;
mod editor;
mod lifecycle;
mod protocol;
mod runs;
mod scripted;
mod talk;
