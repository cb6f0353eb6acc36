//! A worker process as the parent sees it: started with nothing, spoken to in frames, killed without mercy.

use std::process::{ExitStatus, Stdio};
use std::sync::mpsc as blocking;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{mpsc, oneshot};

use super::wire::{self, FromWorker, Layer, Start, ToWorker, WireError};
use super::{Options, ReplError};

/// How long a worker may take to start. It takes some tens of milliseconds; a machine may be very busy.
const START: Duration = Duration::from_secs(30);

/// How long a worker that closed its pipe may take to be gone.
const EXIT: Duration = Duration::from_secs(2);

/// Bytes that are kept of what a worker says on standard error, which is where V8 writes its last words.
const LAST_WORDS: usize = 16 << 10;

pub struct Process {
    child: Child,
    id: u32,
    to: mpsc::UnboundedSender<Vec<u8>>,
    from: mpsc::Receiver<Result<FromWorker, WireError>>,
    last_words: Arc<Mutex<String>>,
    layers: Vec<Layer>,
}

/// How a worker ended.
#[derive(Debug)]
pub enum Death {
    /// The memory limit of the process.
    Memory,
    /// In words.
    Other(String),
}

impl Process {
    /// Starts a worker and waits until it is ready.
    pub async fn start(options: &Options) -> Result<Self, ReplError> {
        let failed = |reason: String| ReplError::Start { program: options.program.display().to_string(), reason };
        let mut child = spawn(command(options)).await.map_err(|error| failed(error.to_string()))?;
        let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(failed("it has no pipes".to_owned()));
        };
        let (to, frames) = mpsc::unbounded_channel();
        tokio::spawn(write(stdin, frames));
        // Short: a worker that floods its pipe waits.
        let (messages, from) = mpsc::channel(16);
        tokio::spawn(read(stdout, messages));
        let last_words = Arc::default();
        tokio::spawn(listen(stderr, Arc::clone(&last_words)));
        let id = child.id().unwrap_or_default();
        let mut process = Self { child, id, to, from, last_words, layers: Vec::new() };
        process
            .send(&ToWorker::Start(Start {
                heap: options.heap,
                memory: options.memory,
                cell_ms: u64::try_from(options.cell.as_millis()).unwrap_or(u64::MAX),
                output: options.output,
                seed: options.seed,
                epoch_ms: options.epoch_ms,
                plan: options.plan,
            }))
            .map_err(|error| failed(error.to_string()))?;
        match tokio::time::timeout(START, process.receive()).await {
            Ok(Some(Ok(FromWorker::Ready { layers }))) => {
                process.layers = layers;
                Ok(process)
            }
            Ok(Some(Ok(_))) => Err(failed("it does not speak as a worker".to_owned())),
            Ok(Some(Err(error))) => Err(failed(error.to_string())),
            Ok(None) => Err(failed(process.death().await.to_string())),
            Err(_) => Err(failed(format!("it was not ready after {} s", START.as_secs()))),
        }
    }

    pub fn id(&self) -> u32 {
        self.id
    }

    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// Queues a message. That the worker is dead shows when nothing comes back.
    pub fn send(&self, message: &ToWorker) -> Result<(), WireError> {
        let _ = self.to.send(wire::encode(message)?);
        Ok(())
    }

    /// The next message; `None` when the worker has closed its pipe. May be dropped half-way.
    pub async fn receive(&mut self) -> Option<Result<FromWorker, WireError>> {
        self.from.recv().await
    }

    /// Whether it ended by itself.
    pub fn ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Kills it, and waits until it is gone.
    pub async fn kill(mut self) {
        let _ = self.child.kill().await;
    }

    /// Why it is gone. Kills it, should it only have closed its pipe.
    pub async fn death(mut self) -> Death {
        let status = match tokio::time::timeout(EXIT, self.child.wait()).await {
            Ok(status) => status.ok(),
            Err(_) => None,
        };
        let _ = self.child.kill().await;
        let words = self.last_words.lock().unwrap_or_else(PoisonError::into_inner).clone();
        tracing::debug!(status = ?status, words, "a worker died");
        let memory = ["out of memory", "allocation failed", "memory allocation of"];
        if memory.iter().any(|sign| words.contains(sign)) {
            return Death::Memory;
        }
        // V8 frames its last words with "#".
        let mut lines = words.lines().map(|line| line.trim_matches(['#', ' '])).filter(|line| !line.is_empty());
        let said = lines.clone().find(|line| line.starts_with("Fatal JavaScript")).or_else(|| lines.next());
        let said = said.unwrap_or_default();
        let how = status.map_or_else(|| "it closed its pipe".to_owned(), describe);
        Death::Other(if said.is_empty() { how } else { format!("{how}: {said}") })
    }
}

impl std::fmt::Display for Death {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Memory => f.write_str("it ran out of memory"),
            Self::Other(how) => f.write_str(how),
        }
    }
}

fn describe(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("it was killed by signal {signal}");
    }
    status.code().map_or_else(|| "it ended".to_owned(), |code| format!("it ended with exit code {code}"))
}

#[expect(clippy::disallowed_methods, reason = "where workers are started")]
fn command(options: &Options) -> Command {
    let mut command = Command::new(&options.program);
    command
        .arg("worker")
        .arg(std::process::id().to_string())
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    // Ctrl-C at the terminal is for the parent alone.
    #[cfg(unix)]
    command.process_group(0);
    command
}

/// Spawns from a thread that lives as long as this process: the kernel kills a worker when the *thread* that started it
/// ends, and tokio's threads come and go.
async fn spawn(command: Command) -> std::io::Result<Child> {
    type Job = (Command, tokio::runtime::Handle, oneshot::Sender<std::io::Result<Child>>);
    static SPAWNER: OnceLock<blocking::Sender<Job>> = OnceLock::new();
    let spawner = SPAWNER.get_or_init(|| {
        let (send, jobs) = blocking::channel::<Job>();
        std::thread::spawn(move || {
            for (mut command, runtime, reply) in jobs {
                let _entered = runtime.enter();
                let _ = reply.send(command.spawn());
            }
        });
        send
    });
    let (reply, child) = oneshot::channel();
    let gone = || std::io::Error::other("the thread that starts workers is gone");
    spawner.send((command, tokio::runtime::Handle::current(), reply)).map_err(|_| gone())?;
    child.await.map_err(|_| gone())?
}

async fn write(mut stdin: ChildStdin, mut frames: mpsc::UnboundedReceiver<Vec<u8>>) {
    while let Some(frame) = frames.recv().await {
        if stdin.write_all(&frame).await.is_err() {
            break;
        }
    }
}

async fn read(mut stdout: ChildStdout, messages: mpsc::Sender<Result<FromWorker, WireError>>) {
    while let Some(message) = wire::read_async(&mut stdout).await.transpose() {
        let broken = message.is_err();
        if messages.send(message).await.is_err() || broken {
            break;
        }
    }
}

async fn listen(mut stderr: impl AsyncRead + Unpin, last_words: Arc<Mutex<String>>) {
    let mut buffer = [0; 1024];
    while let Ok(read @ 1..) = stderr.read(&mut buffer).await {
        let mut words = last_words.lock().unwrap_or_else(PoisonError::into_inner);
        if words.len() < LAST_WORDS {
            words.push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
    }
}
