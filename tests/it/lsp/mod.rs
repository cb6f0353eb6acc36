//! The language server as its clients see it.

mod ask;
mod cancel;
pub mod client;
mod crowd;
mod editors;
mod faults;
mod folders;
mod framing;
mod lent;
mod lifecycle;
mod log;
mod navigation;
mod navigation_document;
mod navigation_imports;
mod navigation_members;
mod navigation_offer;
mod protocol;
mod runs;
mod scene;
mod scripted;
mod settings;
mod soak;
mod socket;
mod talk;
mod text;
mod typed;
mod watch;
