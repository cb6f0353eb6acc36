//! The REPL: the parent's handle of a worker process that runs V8, and the trait through which the worker asks.

mod arguments;
mod bridge;
pub mod cell;
mod clip;
mod clock;
mod confine;
mod ops;
#[cfg(all(debug_assertions, target_os = "linux"))]
mod probe;
mod process;
mod report;
mod runtime;
mod session;
mod wire;
pub mod worker;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::cancel::Cancel;

pub use arguments::{Arguments, to_json};
pub use session::{FULL, RESERVED, Repl, reserved};
pub use wire::Layer;

/// The bindings as the model and the documentation see them.
pub const API: &str = include_str!("api.d.ts");

/// The bindings that only a run that plans has, likewise.
pub const PLAN_API: &str = include_str!("plan.d.ts");

/// One call from JavaScript to the parent.
#[derive(Debug, Clone)]
pub struct Call {
    /// `repo.search`, `llm`, `answer`, ...
    pub name: String,
    /// The arguments as a JSON array.
    pub args: String,
}

/// A call that failed, as JavaScript will see it: `new Error(message)` with this `name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallError {
    /// `TypeError`, `RangeError`, `Error`, `Cancelled`, `BudgetError`, ...
    pub name: &'static str,
    pub message: String,
}

/// The parent's side of every function that JavaScript can call.
pub trait Host: Send + Sync {
    /// Answers one call with JSON. Runs on the parent's tokio runtime; the cell waits for it when the binding is
    /// synchronous (`repo.*`, `answer`, `note`, `budget`, `cite`) and gets a promise otherwise (`llm`, `llmAll`, `rlm`, `rlmAll`).
    /// Work that blocks belongs on a blocking thread. `cancel` fires when the cell is over or stopped; the future is
    /// dropped right after. The calls of a cell are polled by one task, and JavaScript learns of their ends in the
    /// order in which the futures end.
    fn call(self: Arc<Self>, call: Call, cancel: Cancel) -> BoxFuture<'static, Result<String, CallError>>;

    /// The cell has nothing left to compute until one of its calls is answered.
    fn waited_for(&self) {}
}

/// The globals that a cell declares; none when it is no cell that can run.
pub fn declared(code: &str) -> Vec<String> {
    cell::rewrite(code, &reserved(true)).map(|cell| cell.names).unwrap_or_default()
}

/// What a worker may use, and what makes its runs repeatable.
#[derive(Debug, Clone)]
pub struct Options {
    /// The executable that has the `worker` subcommand.
    pub program: PathBuf,
    /// V8 heap in bytes.
    pub heap: u64,
    /// `RLIMIT_DATA` in bytes.
    pub memory: u64,
    /// Computing time of a cell, host waits not counted.
    pub cell: Duration,
    /// Bytes of console output and of the shown value that a cell may produce; more is cut head and tail.
    pub output: usize,
    /// Seeds `Math.random`.
    pub seed: u64,
    /// Milliseconds since 1970 at which the worker's clock starts.
    pub epoch_ms: u64,
    /// Whether there is a `plan`.
    pub plan: bool,
}

/// What one cell did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// Console output in order, cut head and tail at the limit with the true length named.
    pub output: String,
    /// The last expression's value, formatted for a reader; `None` when it is `undefined`.
    pub value: Option<String>,
    /// The error that ended the cell: message, the cell's own line and a caret, as one text.
    pub error: Option<CellError>,
    /// Promises that nobody awaited, rejections that nobody handled, cancelled calls: one sentence each.
    pub warnings: Vec<String>,
    /// Computing time, host waits not counted.
    pub computed: Duration,
    /// Says that the worker was replaced, why, and that its variables are gone.
    pub lost: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct CellError {
    pub kind: CellErrorKind,
    /// Ready to show to a model.
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellErrorKind {
    /// The cell was refused before it ran.
    Syntax,
    /// JavaScript threw.
    Thrown,
    /// A limit: computing time, heap, memory.
    Limit,
    Cancelled,
    /// The worker died.
    Died,
}

/// The REPL itself could not be had (as opposed to a cell that failed).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplError {
    #[error("the worker {program} could not be started: {reason}")]
    Start { program: String, reason: String },
}
