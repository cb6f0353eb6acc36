//! The integration tests: one binary, one module per part.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests make files and processes of their own, and helpers outside of #[test] may unwrap"
)]

mod agent;
mod applying;
mod bench;
mod broken_state;
mod budget;
mod cache;
mod calls;
mod cells;
mod children;
mod cli;
mod clock;
mod display;
mod fuzz;
mod history;
mod hostile;
mod indexes;
mod jail;
mod journal;
mod lsp;
mod model;
mod model_anthropic;
mod modules;
mod obedient;
mod orientation;
mod page;
mod pieces;
mod places;
mod plan_outputs;
mod plans;
mod queries;
mod questions;
mod random;
mod refreshed;
mod repl;
mod replay;
mod sampled;
mod sandbox;
mod schedules;
mod search;
mod server;
mod talk;
mod texts;
mod tidy;
mod trace;
mod typed;
#[cfg(target_os = "linux")]
mod verifying;
