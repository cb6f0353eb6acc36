//! One binary for all integration tests, each area in its own file.

mod cells;
mod repl;
mod sandbox;
