//! The language server as its clients see it.

mod ask;
pub mod client;
mod editors;
mod lifecycle;
mod navigation;
mod navigation_document;
mod scene;
mod soak;
