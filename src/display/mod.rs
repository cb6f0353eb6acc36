//! The one sanitiser in front of every exit to a person: terminal, Markdown, HTML.
//!
//! What models and repositories write is hostile until it has passed here. Nothing is dropped that a reader could have
//! seen: what would act, or hide, is shown as text instead.

mod html;
mod markdown;
mod terminal;

pub use html::html;
pub use markdown::markdown;
pub use terminal::terminal;
