//! One binary for all integration tests, each area in its own file.

mod agent;
mod display;
mod jail;
mod journal;
mod model;
mod queries;
mod questions;
mod repl;
mod sandbox;
mod search;
mod server;
mod tidy;
