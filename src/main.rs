//! Parses arguments and dispatches.

fn main() -> std::process::ExitCode {
    let mut args = std::env::args().skip(1);
    match args.next().as_deref() {
        Some("worker") => spelunk::repl::worker::main(args),
        _ => std::process::ExitCode::FAILURE,
    }
}
