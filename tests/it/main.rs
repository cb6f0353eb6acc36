//! One binary for all integration tests, each area in its own file.

mod repl;
mod sandbox;
