//! The language server as its clients see it.

mod ask;
pub mod client;
mod editors;
mod faults;
mod folders;
mod framing;
mod lifecycle;
mod log;
mod navigation;
mod navigation_document;
mod navigation_offer;
mod scene;
mod settings;
mod soak;
mod socket;
mod text;
mod watch;
