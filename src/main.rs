//! Entry point: hands over to the command line, or to the worker when this process is one.

use std::process::ExitCode;

fn main() -> ExitCode {
    // A worker limits itself before any thread, runtime or logger exists.
    let mut args = std::env::args_os().skip(1);
    if args.next().is_some_and(|arg| arg == "worker") {
        return spelunk::repl::worker::main(args.filter_map(|arg| arg.into_string().ok()));
    }
    spelunk::cli::main()
}
