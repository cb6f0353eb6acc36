//! The language server: the protocol's rim around everything else. The only place that knows its types.
//!
//! `framing`, `message` and `serve` are the way of a message in and out; `state` holds what the server knows; `requests`
//! has one file per method.

mod answers;
mod ask;
mod capabilities;
mod catalogue;
mod commands;
mod confirm;
mod conversations;
mod convert;
mod disk;
pub mod documents;
pub mod edits;
mod error;
mod events;
mod files;
mod filling;
pub mod framing;
mod health;
mod lent;
mod lifecycle;
pub mod lines;
mod log;
mod memory;
mod message;
mod notices;
mod options;
mod out;
mod parent;
mod past;
pub mod pieces;
mod plans;
mod progress;
pub mod protocol;
pub mod reading;
mod requests;
mod runs;
mod serve;
mod server;
mod settings;
mod state;
mod texts;
mod watch;

pub use error::Error;
pub use files::{file_path, file_uri};
pub use log::{Relay, may_be_relayed};
pub use memory::keep_small;
pub use serve::{Ended, Malformed, serve};

/// Connects to a client that listens on the loopback address.
#[expect(clippy::disallowed_methods, reason = "editors that start a server with --socket wait for it on that port")]
pub async fn connect(port: u16) -> std::io::Result<tokio::net::TcpStream> {
    let stream = tokio::net::TcpStream::connect((std::net::Ipv4Addr::LOCALHOST, port)).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
