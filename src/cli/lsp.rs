//! `spelunk lsp`: the language server, on standard input and output or on a socket that it connects out to.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Args;

use super::{CliError, exit, output};
use crate::lsp::{Ended, Malformed, Relay, keep_small, serve};

const EXIT_CODES: &str = "Exit codes:
  0  the client said shutdown, and then exit or closed its end
  1  the session ended in another way: exit or end of input without shutdown, the client's process is gone
  2  the command line cannot be used";

/// Editors start this; it speaks with them and has nothing to say to a person.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct Lsp {
    /// Speak on standard input and output (this is so anyway; many clients pass it)
    #[arg(long, conflicts_with = "socket")]
    stdio: bool,
    /// Connect to a client that listens on this port of the loopback address
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    socket: Option<u16>,
}

pub async fn run(args: Lsp, relay: Relay) -> Result<ExitCode, CliError> {
    tokio::spawn(keep_small());
    let ended = match args.socket {
        None => {
            if std::io::stdin().is_terminal() {
                output::error_line(
                    "spelunk lsp speaks the Language Server Protocol; editors start it (Ctrl-D ends it)",
                );
            }
            serve(tokio::io::stdin(), tokio::io::stdout(), Malformed::Resync, relay).await
        }
        Some(port) => {
            let stream = crate::lsp::connect(port).await.map_err(|error| {
                CliError::failed(format!("nobody listens on port {port} of the loopback address: {error}"))
                    .hint("--socket connects to a client that listens; without it the server speaks on standard input")
            })?;
            let (input, output) = stream.into_split();
            serve(input, output, Malformed::Close, relay).await
        }
    };
    Ok(match ended {
        Ended::Orderly => ExitCode::SUCCESS,
        Ended::Abandoned => ExitCode::from(exit::FAILED),
    })
}
