//! Entry point: hands over to the command line, or to the worker when this process is one.

use std::process::ExitCode;

fn main() -> ExitCode {
    // A worker limits itself before any thread, runtime or logger exists.
    if std::env::args_os().nth(1).is_some_and(|arg| arg == "worker") {
        return spelunk::repl::worker::main();
    }
    spelunk::cli::main()
}
