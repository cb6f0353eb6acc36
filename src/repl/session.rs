//! `Repl`: one worker and its replacements, the cells it runs, and the calls it makes of the host.

use std::collections::{BTreeMap, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::bridge::Answer;
use super::cell;
use super::clip::{cut, join};
use super::process::{Death, Process};
use super::report::Sources;
use super::wire::{Done, Fault, FromWorker, Layer, MAX_DATA, MAX_PENDING, Stopped, ToWorker};
use super::{Call, CallError, CellError, CellErrorKind, Host, Options, Outcome, ReplError};
use crate::cancel::Cancel;
use crate::text::grouped;

/// What a worker gets to end a cell by itself, before it is killed.
const GRACE: Duration = Duration::from_millis(250);

/// Names that a cell may not declare: our bindings.
pub const RESERVED: &[&str] =
    &["repo", "llm", "llmAll", "rlm", "rlmAll", "budget", "vars", "note", "cite", "answer", "console"];

/// The names that a cell may not declare, in a run that plans or in another.
pub fn reserved(plan: bool) -> Vec<&'static str> {
    RESERVED.iter().copied().chain(plan.then_some("plan")).collect()
}

/// Why a worker is replaced after a cell that went well.
pub const FULL: &str = "its variables fill the heap";

const CANCELLED: &str = "the cell was cancelled";
const DEAF: &str = "and did not stop when asked";

/// Bytes of one warning, and how many there may be.
const WARNING: usize = 2000;
const WARNINGS: usize = 20;

/// A REPL for one run: JavaScript cells that share their variables, in a process of their own.
///
/// Dropping it kills the worker.
pub struct Repl {
    options: Options,
    host: Arc<dyn Host>,
    worker: Option<Process>,
    sources: Sources,
    cells: u64,
}

/// How the worker's part of a cell ended.
enum End {
    Done(Box<Done>),
    /// The worker is to be killed, for this reason.
    Killed(CellErrorKind, String),
    /// The worker closed its pipe.
    Died,
}

/// What is known of a cell while it runs.
struct Running {
    id: u64,
    head: String,
    used: Duration,
    /// Since when it computes; `None` while it waits for the host.
    since: Option<Instant>,
    /// When it is killed, once it was asked to stop.
    killed_at: Option<Instant>,
    /// Calls without an answer, and whether the worker stands still for them.
    pending: HashMap<u64, bool>,
    /// Replies sent so far.
    replies: u64,
}

type Answers = FuturesUnordered<BoxFuture<'static, (u64, Answer)>>;

impl Repl {
    /// Starts a worker.
    pub async fn start(options: Options, host: Arc<dyn Host>) -> Result<Self, ReplError> {
        let worker = Some(Process::start(&options).await?);
        Ok(Self { options, host, worker, sources: Sources::default(), cells: 0 })
    }

    /// Goes on under another host, with the variables there are. The options hold from the next cell on; what only a
    /// worker's start can set (memory, seed, clock), from the next worker on.
    pub fn rehost(&mut self, options: Options, host: Arc<dyn Host>) {
        (self.options, self.host) = (options, host);
    }

    /// Whether its worker has a `plan`.
    pub fn plans(&self) -> bool {
        self.options.plan
    }

    /// Counts a cell without running it.
    pub fn skip(&mut self) {
        self.cells += 1;
    }

    /// Ends the worker; the next cell gets another, without the variables.
    pub fn forget(&mut self) {
        self.worker = None;
    }

    /// Whether the worker that has the variables is still there. The next cell gets one either way.
    pub fn is_live(&mut self) -> bool {
        self.worker.as_mut().is_some_and(|worker| !worker.ended())
    }

    /// The worker's process id; `None` while there is none.
    pub fn worker(&self) -> Option<u32> {
        self.worker.as_ref().map(Process::id)
    }

    /// Which layers of confinement the worker could put on.
    pub fn layers(&self) -> &[Layer] {
        self.worker.as_ref().map_or(&[], Process::layers)
    }

    /// How many cells have run. Errors name cells by their number, from 1.
    pub fn cells(&self) -> u64 {
        self.cells
    }

    /// Runs one cell. What it did is in the outcome, whatever happened: an error, a limit, a cancellation, the end of
    /// its worker, which is then replaced.
    pub async fn run(&mut self, code: &str, cancel: &Cancel) -> Outcome {
        self.cells += 1;
        let id = self.cells;
        let cell = match cell::rewrite(code, &reserved(self.options.plan)) {
            Ok(cell) => cell,
            Err(error) => return Outcome::failed(CellErrorKind::Syntax, error.to_string()),
        };
        let request = ToWorker::Cell { id, code: cell.code.clone() };
        self.sources.add(id, code, cell);
        self.drive(request, id, cancel).await
    }

    /// The variables so far, each with its type and size.
    pub async fn vars(&mut self, cancel: &Cancel) -> BTreeMap<String, String> {
        let outcome = self.drive(ToWorker::Vars { id: self.cells }, self.cells, cancel).await;
        let listed: Option<Vec<(String, String)>> = outcome.value.and_then(|json| serde_json::from_str(&json).ok());
        listed.unwrap_or_default().into_iter().collect()
    }

    async fn drive(&mut self, request: ToWorker, id: u64, cancel: &Cancel) -> Outcome {
        let mut lost = None;
        if let Some(worker) = self.worker.take_if(Process::ended) {
            lost = Some(restarted(&worker.death().await.to_string()));
        }
        let mut worker = match self.worker.take() {
            Some(worker) => worker,
            None => match Process::start(&self.options).await {
                Ok(worker) => worker,
                Err(error) => return Outcome { lost, ..Outcome::failed(CellErrorKind::Died, error.to_string()) },
            },
        };
        if let Err(error) = worker.send(&request) {
            self.worker = Some(worker);
            return Outcome {
                lost,
                ..Outcome::failed(CellErrorKind::Syntax, format!("the cell is too large: {error}"))
            };
        }
        let mut running = Running {
            id,
            head: String::new(),
            used: Duration::ZERO,
            since: Some(Instant::now()),
            killed_at: None,
            pending: HashMap::new(),
            replies: 0,
        };
        let calls = cancel.child_token();
        let stop_calls = calls.clone().drop_guard();
        let end = self.watch(&mut worker, &mut running, cancel, &calls).await;
        drop(stop_calls);
        running.pause();
        let mut outcome = match end {
            End::Done(done) => {
                let outcome = self.outcome(&running, *done);
                if outcome.lost.is_some() {
                    worker.kill().await;
                } else {
                    self.worker = Some(worker);
                }
                outcome
            }
            End::Killed(kind, why) => {
                worker.kill().await;
                gone(&running, kind, &why, "it was killed")
            }
            End::Died => match worker.death().await {
                Death::Memory => gone(&running, CellErrorKind::Limit, &self.out_of_memory(), "it ran out of memory"),
                Death::Other(how) => gone(&running, CellErrorKind::Died, &format!("the worker died: {how}"), "it died"),
            },
        };
        if self.worker.is_none() {
            // If this fails, the next cell tries again and says why it cannot run.
            self.worker = Process::start(&self.options).await.ok();
        }
        outcome.computed = running.used;
        outcome.lost = match (lost, outcome.lost) {
            (Some(before), Some(now)) => Some(format!("{before} {now}")),
            (before, now) => before.or(now),
        };
        outcome
    }

    /// Serves the worker until its cell is done, or it has to go.
    async fn watch(&self, worker: &mut Process, running: &mut Running, cancel: &Cancel, calls: &Cancel) -> End {
        let mut answers = Answers::new();
        loop {
            let kill_at = running.killed_at.or(running
                .since
                .map(|since| since + (self.options.cell - running.used.min(self.options.cell)) + GRACE));
            tokio::select! {
                biased;
                () = cancel.cancelled(), if running.killed_at.is_none() => {
                    running.killed_at = Some(Instant::now() + GRACE);
                    running.pause();
                    calls.cancel();
                    answers.clear();
                    running.pending.clear();
                    // Too small to be refused.
                    let _ = worker.send(&ToWorker::Stop { id: running.id });
                }
                () = sleep_until(kill_at) => {
                    return if running.killed_at.is_some() {
                        End::Killed(CellErrorKind::Cancelled, format!("{CANCELLED}, {DEAF}"))
                    } else {
                        End::Killed(CellErrorKind::Limit, format!("{}, {DEAF}", self.over_time()))
                    };
                }
                Some((call, answer)) = answers.next() => {
                    if running.pending.remove(&call).is_some() {
                        running.replies += 1;
                        // Standing still for one answer, it does not take the others.
                        if !running.pending.values().any(|blocking| *blocking) {
                            running.resume();
                        }
                        let _ = worker.send(&ToWorker::Reply { call, result: answer });
                    }
                }
                message = worker.receive() => match message {
                    None => return End::Died,
                    Some(Err(error)) => return broken(&error.to_string()),
                    Some(Ok(message)) => match self.take(message, running, calls, &answers) {
                        Ok(None) => {}
                        Ok(Some(done)) => return End::Done(done),
                        Err(why) => return broken(why),
                    },
                },
            }
        }
    }

    /// Takes one message of a worker that may say anything.
    fn take(
        &self,
        message: FromWorker,
        running: &mut Running,
        calls: &Cancel,
        answers: &Answers,
    ) -> Result<Option<Box<Done>>, &'static str> {
        match message {
            FromWorker::Ready { .. } => return Err("it said twice that it is ready"),
            FromWorker::Done(done) if done.id == running.id => return Ok(Some(done)),
            FromWorker::Done(_) => return Err("it ended a cell that does not run"),
            // It has not yet read the last reply, or that it is to stop.
            FromWorker::Waiting { replies } if replies < running.replies || running.killed_at.is_some() => {}
            FromWorker::Waiting { .. } if running.pending.is_empty() => return Err("it waits for nothing"),
            FromWorker::Waiting { .. } => {
                running.pause();
                self.host.waited_for();
            }
            FromWorker::Output { text } => {
                if running.head.len() + text.len() > self.options.output {
                    return Err("it wrote more than it may");
                }
                running.head.push_str(&text);
            }
            // The worker has not yet read that it is to stop.
            FromWorker::Call { .. } if running.killed_at.is_some() => {}
            FromWorker::Call { id, name, args, blocking } => {
                if running.pending.len() >= MAX_PENDING || running.pending.values().any(|blocking| *blocking) {
                    return Err("it called more than it may");
                }
                if running.pending.insert(id, blocking).is_some() {
                    return Err("it used one number for two calls");
                }
                if blocking {
                    running.pause();
                }
                answers.push(answer(Arc::clone(&self.host), id, name, args, calls.clone()).boxed());
            }
        }
        Ok(None)
    }

    fn outcome(&self, running: &Running, done: Done) -> Outcome {
        let cap = self.options.output;
        let error = |kind, text| Some(CellError { kind, text });
        let error = match (done.stopped, done.fault) {
            (Some(Stopped::Time), _) => {
                error(CellErrorKind::Limit, format!("Error: {}, and was stopped: do less at a time", self.over_time()))
            }
            (Some(Stopped::Heap), _) => error(CellErrorKind::Limit, format!("Error: {}", self.out_of_memory())),
            (Some(Stopped::Cancelled), _) => error(CellErrorKind::Cancelled, format!("Error: {CANCELLED}")),
            (Some(Stopped::Stuck), _) => error(
                CellErrorKind::Thrown,
                "Error: the cell awaits a promise that can never settle: no call and no timer is left that could do it"
                    .to_owned(),
            ),
            (None, Some(fault)) => error(CellErrorKind::Thrown, cut(self.sources.error(running.id, &fault), cap)),
            (None, None) => None,
        };
        let mut warnings: Vec<String> =
            done.unawaited.iter().take(WARNINGS).map(|(name, count)| never_awaited(name, *count)).collect();
        for fault in done.rejections.iter().take(WARNINGS) {
            warnings.push(format!(
                "A promise was rejected and nobody handled it: {}",
                self.sources.sentence(running.id, fault)
            ));
        }
        Outcome {
            output: join(&running.head, &cut(done.tail, cap), done.written),
            // The worker cuts at `cap` characters.
            value: done.value.map(|value| cut(value, 4 * cap)),
            error,
            warnings: warnings.into_iter().map(|warning| cut(warning, WARNING)).collect(),
            computed: running.used,
            lost: done.full.then(|| restarted(FULL)),
        }
    }

    fn over_time(&self) -> String {
        let limit = self.options.cell;
        let limit = if limit.subsec_millis() == 0 {
            format!("{} s", limit.as_secs())
        } else {
            format!("{} ms", limit.as_millis())
        };
        format!("the cell computed for longer than {limit}, not counting waits")
    }

    fn out_of_memory(&self) -> String {
        let (heap, memory) = (grouped(self.options.heap >> 20), grouped(self.options.memory >> 20));
        format!("the cell ran out of memory ({heap} MiB of heap, {memory} MiB in all): keep less at a time")
    }
}

impl Running {
    fn pause(&mut self) {
        if let Some(since) = self.since.take() {
            self.used += since.elapsed();
        }
    }

    fn resume(&mut self) {
        self.pause();
        self.since = Some(Instant::now());
    }
}

impl Outcome {
    fn failed(kind: CellErrorKind, text: String) -> Self {
        Self { error: Some(CellError { kind, text }), ..Self::default() }
    }
}

/// Asks the host. A panic in it fails the call, not the run. The futures of a cell are polled by one task, so that
/// their ends have one order, which is the order in which JavaScript learns of them.
async fn answer(host: Arc<dyn Host>, id: u64, name: String, args: Box<RawValue>, cancel: Cancel) -> (u64, Answer) {
    let call = Call { name: name.clone(), args: String::from(Box::<str>::from(args)) };
    let asked = AssertUnwindSafe(async move { host.call(call, cancel).await }).catch_unwind().await;
    let fault = |name: &str, message: String| Fault { name: name.to_owned(), message, stack: String::new() };
    let answer = match asked {
        Err(_) => Err(fault("Error", format!("{name} failed inside spelunk; this is a bug"))),
        Ok(Err(CallError { name, message })) => Err(fault(name, message)),
        Ok(Ok(json)) if json.len() > MAX_DATA => Err(fault(
            "RangeError",
            format!(
                "the result of {name} has {} bytes; at most {} can be passed at once: ask for less",
                grouped(json.len() as u64),
                grouped(MAX_DATA as u64)
            ),
        )),
        Ok(Ok(json)) => RawValue::from_string(json)
            .map_err(|error| fault("Error", format!("the result of {name} is not JSON ({error}); this is a bug"))),
    };
    (id, answer)
}

/// What is left of a cell whose worker is gone.
fn gone(running: &Running, kind: CellErrorKind, why: &str, worker: &str) -> Outcome {
    let error = Some(CellError { kind, text: format!("Error: {why}") });
    Outcome { output: running.head.clone(), error, lost: Some(restarted(worker)), ..Outcome::default() }
}

fn broken(why: &str) -> End {
    End::Killed(CellErrorKind::Died, format!("the worker broke the rules of its pipe: {why}"))
}

async fn sleep_until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

fn restarted(why: &str) -> String {
    format!("The worker was restarted ({why}): all variables are gone.")
}

fn never_awaited(name: &str, count: u64) -> String {
    let (s, were, they) = if count == 1 { ("", "was", "it was") } else { ("s", "were", "they were") };
    match name {
        "timer" => format!("{count} timer{s} {were} still set; {they} cleared."),
        name => format!("{count} {name} call{s} {were} never awaited; {they} cancelled."),
    }
}
