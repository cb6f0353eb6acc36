//! One binary for all integration tests, each area in its own file.
#![allow(clippy::disallowed_methods, reason = "tests make files and processes of their own")]

mod clock;
mod display;
mod jail;
mod journal;
mod model;
mod queries;
mod questions;
mod repl;
mod sampled;
mod sandbox;
mod search;
mod server;
mod tidy;
