//! The language server as its clients see it.

mod ask;
mod cancel;
pub mod client;
mod crowd;
mod editors;
mod lent;
mod lifecycle;
mod navigation;
mod protocol;
mod runs;
mod scene;
mod scripted;
mod soak;
mod talk;
