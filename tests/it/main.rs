//! The integration tests: one binary, one module per part.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests make files and processes of their own, and helpers outside of #[test] may unwrap"
)]

mod display;
mod journal;
mod tidy;
