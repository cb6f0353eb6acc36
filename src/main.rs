//! Entry point: hands over to the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    spelunk::cli::main()
}
