//! Cancellation: a tree of tokens. Cancelling a token cancels its children; a guard cancels when it is dropped.

pub use tokio_util::sync::{CancellationToken as Cancel, DropGuard as CancelOnDrop};
