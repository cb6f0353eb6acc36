//! The language server as its clients see it.

pub mod client;
mod faults;
mod folders;
mod framing;
mod lifecycle;
mod log;
mod settings;
mod socket;
mod text;
mod watch;
