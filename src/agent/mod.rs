//! The root loop: question in, cells and sub-calls, cited answer out.
//!
//! `ask` answers one question. `run` is the loop over a REPL, `bindings` what JavaScript can reach, `calls` the one way
//! to a model, through `budget` and the journal.

pub mod answer;
mod ask;
mod bindings;
pub mod budget;
mod calls;
pub mod citations;
mod code;
mod data;
pub mod event;
mod evidence;
mod fence;
mod plain;
mod prompt;
mod record;
mod run;
mod salvage;
mod seen;
mod session;
mod subcall;

pub use ask::{AskError, Report, Stop, ask};
pub use calls::{Models, Named};
pub use fence::FenceKey;
pub use session::{Session, Setup};
