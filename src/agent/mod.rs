//! The root loop: question in, cells and sub-calls, cited answer out.
//!
//! `ask` answers one question, `ask_in` the next one of a `conversation`. `run` is the loop over a REPL, `bindings` what JavaScript can reach, `calls` the one way
//! to a model, through `budget` and the journal.

pub mod activity;
pub mod answer;
mod ask;
mod baseline;
mod bindings;
pub mod budget;
mod calls;
mod cells;
mod child;
mod circles;
pub mod citations;
mod code;
mod conversation;
mod data;
mod digest;
pub mod drift;
mod entire;
pub mod estimate;
pub mod event;
mod evidence;
mod fence;
mod fitted;
mod history;
mod orientation;
mod origins;
mod pieces;
mod piecewise;
mod place;
mod plain;
mod profile;
mod prompt;
mod record;
mod referee;
mod render;
pub mod replay;
mod run;
mod salvage;
mod schema;
mod seen;
mod session;
pub mod setup;
mod subcall;
mod tree;
mod window;

pub use ask::{AskError, Report, Stop, ask, ask_in};
pub use baseline::ask_plainly;
pub use calls::{Models, Named};
pub use conversation::Conversation;
pub use fence::FenceKey;
pub use orientation::Maps;
pub use place::At;
pub use schema::Schema;
pub use session::{Session, Setup};
