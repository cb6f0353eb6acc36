//! The root loop: question in, cells and sub-calls, cited answer out.
//!
//! `ask` answers one question, `ask_in` the next one of a `conversation`. `run` is the loop over a REPL, `child` the same for a part,
//! `bindings` what JavaScript can reach. [`calls`] is the one way to a model, `prompt` what models are sent, [`answers`] what becomes
//! of an answer.

pub mod activity;
pub mod answers;
mod ask;
mod baseline;
mod bindings;
pub mod calls;
mod cells;
mod child;
pub mod choice;
mod circles;
mod code;
mod conversation;
pub mod doctor;
pub mod estimate;
pub mod event;
pub mod kept;
mod orientation;
mod plain;
mod planning;
mod prompt;
mod record;
pub mod recorded;
pub mod replay;
mod run;
mod salvage;
mod session;
pub mod setup;

pub use answers::schema::Schema;
pub use ask::{AskError, Report, Stop, ask, ask_in};
pub use baseline::ask_plainly;
pub use calls::{Models, Named};
pub use conversation::Conversation;
pub use orientation::Maps;
pub use prompt::fence::FenceKey;
pub use prompt::place::At;
pub use session::{Session, Setup};
