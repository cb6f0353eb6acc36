//! One run of the command: started, listened to, ended with all that it started.

use std::io::{self, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use tokio::sync::{mpsc, oneshot};

use super::confine::{self, Bounds, Confinement, Layers};
use super::output::{self, Output};
use super::{Command, VerifyError};
use crate::cancel::Cancel;

/// How long what was killed may take to be gone, and its last words to arrive.
const LEAVING: Duration = Duration::from_secs(5);

/// Bytes that are read at once.
const CHUNK: usize = 64 << 10;

/// How a run went.
pub(super) struct Ran {
    pub(super) passed: bool,
    /// It was stopped for having used all of its time.
    pub(super) cut: bool,
    pub(super) how: String,
    pub(super) output: String,
    pub(super) took: Duration,
    pub(super) layers: Layers,
}

/// The process group of a run. Dropping it kills the group, if there is one left.
#[derive(Clone, Default)]
struct Group(Arc<Mutex<Option<Pid>>>);

impl Group {
    fn set(&self, group: Option<Pid>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = group;
    }

    fn kill(&self) {
        if let Some(group) = *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

struct KillOnDrop(Group);

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        self.0.kill();
    }
}

/// Runs the command within these bounds, for as long as `limit`. `progress` gets the last line of what it prints.
pub(super) async fn run(
    command: &Command,
    bounds: Bounds,
    limit: Duration,
    cancel: &Cancel,
    progress: &(dyn Fn(&str) + Send + Sync),
) -> Result<Ran, VerifyError> {
    let start = Instant::now();
    let group = Group::default();
    let _kills = KillOnDrop(group.clone());
    let (chunks_in, mut chunks) = mpsc::channel(16);
    let (ended_in, mut ended) = oneshot::channel();
    let shell = prepare(command, &bounds);
    std::thread::spawn({
        let group = group.clone();
        // The kernel ends the command when the thread that started it ends, so it stays.
        move || {
            let _ = ended_in.send(keep(shell, &bounds, &group, chunks_in));
        }
    });
    let mut output = Output::default();
    let mut deadline = std::pin::pin!(tokio::time::sleep(limit));
    let (mut cut, mut cancelled, mut open) = (false, false, true);
    let end = loop {
        tokio::select! {
            biased;
            () = cancel.cancelled(), if !cancelled => {
                cancelled = true;
                group.kill();
                deadline.as_mut().reset(tokio::time::Instant::now() + LEAVING);
            }
            () = &mut deadline => {
                if cut || cancelled {
                    break None;
                }
                cut = true;
                group.kill();
                deadline.as_mut().reset(tokio::time::Instant::now() + LEAVING);
            }
            end = &mut ended => break end.ok(),
            chunk = chunks.recv(), if open => match chunk {
                Some(chunk) => take(&mut output, &chunk, progress),
                None => open = false,
            },
        }
    };
    // The pipe ends once the last process has it no more.
    let rest = async {
        while let Some(chunk) = chunks.recv().await {
            take(&mut output, &chunk, progress);
        }
    };
    let _ = tokio::time::timeout(LEAVING, rest).await;
    if cancelled {
        return Err(VerifyError::Cancelled);
    }
    let Some(end) = end else { return Err(VerifyError::Stuck) };
    let (status, confinement) = end.map_err(|source| VerifyError::Start { source })?;
    let (layers, status) = confinement.outcome(status);
    let how = if cut { format!("killed after {} s", limit.as_secs()) } else { describe(status) };
    let passed = status.success() && !cut;
    Ok(Ran { passed, cut, how, output: output.text(), took: start.elapsed(), layers })
}

fn take(output: &mut Output, chunk: &[u8], progress: &(dyn Fn(&str) + Send + Sync)) {
    output.push(chunk);
    if let Some(line) = output::last_line(chunk) {
        progress(&line);
    }
}

/// The command with nothing of this process's environment but the way to programs.
fn prepare(command: &Command, bounds: &Bounds) -> std::process::Command {
    let surroundings = &command.surroundings;
    let mut shell = confine::shell(&command.line, bounds);
    shell.env_clear().stdin(Stdio::null()).env("TERM", "dumb").env("HOME", &bounds.home).env("TMPDIR", &bounds.tmp);
    if let Ok(path) = std::env::join_paths(&surroundings.path) {
        shell.env("PATH", path);
    }
    shell.env("LANG", surroundings.lang.as_deref().unwrap_or("C.UTF-8"));
    shell.envs(surroundings.tools.iter().map(|(name, folder)| (name, folder)));
    if !command.network {
        shell.env("CARGO_NET_OFFLINE", "true");
    }
    shell
}

/// Starts the command and waits for its end.
fn keep(
    mut shell: std::process::Command,
    bounds: &Bounds,
    group: &Group,
    chunks: mpsc::Sender<Vec<u8>>,
) -> io::Result<(ExitStatus, Confinement)> {
    let (mut from, to) = io::pipe()?;
    shell.stdout(to.try_clone()?).stderr(to);
    let confinement = Confinement::put_on(&mut shell, bounds)?;
    let mut child = shell.spawn()?;
    // It holds the writing ends of the pipes.
    drop(shell);
    let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    group.set(id);
    std::thread::spawn(move || {
        let mut chunk = vec![0; CHUNK];
        while let Ok(read @ 1..) = from.read(&mut chunk) {
            if chunks.blocking_send(chunk[..read].to_vec()).is_err() {
                break;
            }
        }
    });
    if let Some(id) = id {
        // As long as it is not reaped, its number belongs to nobody else, and what it left in its group can be ended.
        while let Err(rustix::io::Errno::INTR) = waitid(WaitId::Pid(id), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT)
        {
        }
        group.kill();
        group.set(None);
    }
    Ok((child.wait()?, confinement))
}

fn describe(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(signal), _) => format!("killed by signal {signal}"),
        (None, Some(code)) => format!("exit code {code}"),
        (None, None) => "ended".to_owned(),
    }
}
