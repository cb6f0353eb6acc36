//! The integration tests: one binary, one module per part, and what the modules share.

mod clock;
mod model;
mod server;
