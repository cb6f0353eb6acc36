//! The worker: main of the hidden subcommand. One V8 REPL that can compute and ask its parent, and nothing else.

use std::fs::File;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use super::bridge::Bridge;
use super::clock::Clock;
use super::confine;
use super::runtime::Runtime;
use super::wire::{self, ToWorker};

/// Serves one parent on standard input and output until they close. To be called before any thread or tokio runtime
/// exists. The one argument is the parent's process id, with whose end this process ends.
pub fn main(mut args: impl Iterator<Item = String>) -> ExitCode {
    match serve(args.next().as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        // The reason is for the parent's log, which holds our standard error.
        Err(error) => {
            let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("worker: {error}\n").as_bytes());
            ExitCode::FAILURE
        }
    }
}

fn serve(parent: Option<&str>) -> Result<(), Box<dyn std::error::Error>> {
    clear_environment();
    let (mut from, to) = confine::detach()?;
    let Some(ToWorker::Start(start)) = wire::read::<ToWorker>(&mut from)? else {
        return Err("the first frame does not start a worker".into());
    };
    let mut layers = confine::before_v8(start.memory, parent.and_then(|pid| pid.parse().ok()));
    let clock = Clock::new(Duration::from_millis(start.cell_ms));
    let mut runtime = Runtime::new(&start, bridge(from, to, &clock, start.output)?, clock)?;
    layers.extend(confine::after_v8());
    #[cfg(all(debug_assertions, target_os = "linux"))]
    if parent == Some("--probe") {
        return super::probe::run(&mut runtime, layers);
    }
    runtime.serve(layers)
}

fn bridge(from: File, to: File, clock: &Arc<Clock>, output: usize) -> std::io::Result<Bridge> {
    Bridge::new(from, to, Arc::clone(clock), output)
}

/// The parent passes none, but nothing says that it was our parent who started this. The time zone has to be set where
/// ICU looks for it.
#[expect(clippy::disallowed_methods, reason = "a worker takes its environment away before anything reads it")]
fn clear_environment() {
    let names: Vec<_> = std::env::vars_os().map(|(name, _)| name).collect();
    for name in names {
        // SAFETY: the process has one thread.
        unsafe { std::env::remove_var(name) };
    }
    // SAFETY: as above.
    unsafe { std::env::set_var("TZ", "UTC") };
}
