//! spelunk: a language server whose language is the whole repository.
//!
//! The modules below are in reading order, from what knows nothing to what uses everything. ARCHITECTURE.md has the
//! map and the rules; a test holds the allowed directions between the parts.

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests make files and processes of their own"))]

pub mod cancel;
pub mod config;
pub mod display;
pub mod redact;
pub mod text;

pub mod index;
pub mod workspace;

pub mod search;
pub mod syntax;

pub mod graph;

pub mod journal;
pub mod model;
pub mod plan;
pub mod repl;

pub mod cache;

pub mod host;

pub mod agent;

pub mod bench;

pub mod lsp;

pub mod cli;
