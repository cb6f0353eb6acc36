//! `spelunk lsp`: the language server, on standard input and output or on a socket that it connects out to.

use std::process::ExitCode;

use clap::Args;

use super::{CliError, exit};
use crate::lsp::{Ended, Malformed, serve};

#[derive(Debug, Args)]
pub struct Lsp {
    /// Speak on standard input and output (this is so anyway; many clients pass it)
    #[arg(long, conflicts_with = "socket")]
    stdio: bool,
    /// Connect to the client on this port of the loopback address
    #[arg(long, value_name = "PORT")]
    socket: Option<u16>,
}

pub async fn run(args: Lsp) -> Result<ExitCode, CliError> {
    let ended = match args.socket {
        None => serve(tokio::io::stdin(), tokio::io::stdout(), Malformed::Resync).await,
        Some(port) => {
            let stream = crate::lsp::connect(port).await.map_err(|error| {
                CliError::failed(format!("nobody listens on port {port} of the loopback address: {error}"))
                    .hint("--socket connects to a client that listens; without it the server speaks on standard input")
            })?;
            let (input, output) = stream.into_split();
            serve(input, output, Malformed::Close).await
        }
    };
    Ok(match ended {
        Ended::Orderly => ExitCode::SUCCESS,
        Ended::Abandoned => ExitCode::from(exit::FAILED),
    })
}
