//! Our own messages, beside those of the protocol. docs/protocol.md describes each; a test keeps the two together.
//!
//! Lines in paths and citations are 1-based and inclusive, as in the rest of spelunk; positions in locations and ranges
//! are the protocol's.

mod ask;
mod complete;
mod health;
mod past;
mod plan;
mod run;

pub use ask::*;
pub use complete::*;
pub use health::*;
pub use past::*;
pub use plan::*;
pub use run::*;

/// Every message of ours: its method, who sends it, and whether it is answered.
pub const MESSAGES: &[(&str, Sender, Kind)] = &[
    ("spelunk/ask", Sender::Client, Kind::Request),
    ("spelunk/run", Sender::Server, Kind::Notification),
    ("spelunk/cancel", Sender::Client, Kind::Request),
    ("spelunk/answerNow", Sender::Client, Kind::Request),
    ("spelunk/runs", Sender::Client, Kind::Request),
    ("spelunk/answered", Sender::Client, Kind::Request),
    ("spelunk/record", Sender::Client, Kind::Request),
    ("spelunk/trace", Sender::Client, Kind::Request),
    ("spelunk/plan", Sender::Client, Kind::Request),
    ("spelunk/planned", Sender::Client, Kind::Request),
    ("spelunk/planEdit", Sender::Client, Kind::Request),
    ("spelunk/applyPlan", Sender::Client, Kind::Request),
    ("spelunk/undoPlan", Sender::Client, Kind::Request),
    ("spelunk/planDiff", Sender::Client, Kind::Request),
    ("spelunk/planFile", Sender::Client, Kind::Request),
    ("spelunk/verifyPlan", Sender::Client, Kind::Request),
    ("spelunk/models", Sender::Client, Kind::Request),
    ("spelunk/doctor", Sender::Client, Kind::Request),
    ("spelunk/complete", Sender::Server, Kind::Request),
    ("spelunk/completePart", Sender::Client, Kind::Notification),
];

/// Who sends a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    Client,
    Server,
}

/// Whether a message is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Request,
    Notification,
}
