//! Where log lines go: to stderr, and those of the language server to its client too.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use tracing_subscriber::filter::{EnvFilter, FilterFn, LevelFilter};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config;
use crate::display;
use crate::lsp::{Relay, may_be_relayed};
use crate::redact::redact;

/// Bytes of lines that may wait for whoever reads stderr; lines beyond are counted and left out.
const WAITING: usize = 1 << 20;

/// How long the last lines may take.
const FLUSH: Duration = Duration::from_millis(500);

/// Begins to log to stderr, filtered by `SPELUNK_LOG`. If a client is to be served, the relay gets the lines too, and
/// nothing waits for whoever reads stderr: editors that start a server may never. The last lines are written when the
/// other half is dropped.
pub fn begin(serve: bool) -> (Relay, LastLines) {
    let filter = config::log_filter().unwrap_or_else(|| "spelunk=warn,error".to_owned());
    let filter = EnvFilter::try_new(&filter).unwrap_or_else(|_| EnvFilter::new("spelunk=warn,error"));
    let ansi = !serve && !config::no_color() && io::IsTerminal::is_terminal(&io::stderr());
    let queue = serve.then(|| Queue::begin(io::stderr())).flatten();
    let lines = Lines { queue: queue.clone(), ansi };
    let stderr = tracing_subscriber::fmt::layer().with_writer(lines).with_ansi(ansi).with_filter(filter);
    let relay = Relay::default();
    let wanted = FilterFn::new(may_be_relayed).with_max_level_hint(LevelFilter::INFO);
    let client = serve.then(|| relay.clone().with_filter(wanted));
    // A second subscriber in one process can only be a test's; its own stays.
    let begun = tracing_subscriber::registry().with(stderr).with(client).try_init().is_ok();
    if begun && serve {
        // The usual hook writes to stderr itself, and so waits for its reader.
        std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
    }
    (relay, LastLines(queue))
}

/// Writes lines to stderr without what looks like a key, and without what a terminal would act on.
struct Lines {
    queue: Option<Queue>,
    /// Whether lines have colours of our own.
    ansi: bool,
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

impl io::Write for &Lines {
    /// Takes a whole line at once, as `tracing_subscriber` gives it.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        match &self.queue {
            Some(queue) => queue.push(line),
            None => io::stderr().write_all(shown(line, self.ansi).as_bytes())?,
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.queue.is_none() { io::stderr().flush() } else { Ok(()) }
    }
}

fn shown(line: &[u8], ansi: bool) -> String {
    let line = String::from_utf8_lossy(line);
    let line = redact(&line);
    if ansi { line.into_owned() } else { display::terminal(&line).into_owned() }
}

/// Lines on their way to a thread that writes them.
#[derive(Clone)]
struct Queue {
    to: mpsc::Sender<Entry>,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    /// Bytes that are not written yet.
    waiting: AtomicUsize,
    /// Lines that were left out since the last that was written.
    lost: AtomicUsize,
}

enum Entry {
    Line(Vec<u8>),
    /// Tells when everything before is written.
    Mark(mpsc::Sender<()>),
}

impl Queue {
    /// `None` when no thread can be had.
    fn begin(mut output: impl io::Write + Send + 'static) -> Option<Self> {
        let (to, from) = mpsc::channel();
        let counts = Arc::<Counts>::default();
        let shared = counts.clone();
        let write = move || {
            for entry in from {
                match entry {
                    // Nobody can be told that stderr is gone.
                    Entry::Line(line) => {
                        drop(output.write_all(shown(&line, false).as_bytes()));
                        shared.waiting.fetch_sub(line.len(), Ordering::Relaxed);
                        if let lost @ 1.. = shared.lost.swap(0, Ordering::Relaxed) {
                            drop(writeln!(output, "({lost} more lines were left out)"));
                        }
                    }
                    Entry::Mark(done) => drop(done.send(())),
                }
            }
        };
        std::thread::Builder::new().name("log".to_owned()).spawn(write).ok()?;
        Some(Self { to, counts })
    }

    fn push(&self, line: &[u8]) {
        if self.counts.waiting.fetch_add(line.len(), Ordering::Relaxed) + line.len() > WAITING {
            self.counts.waiting.fetch_sub(line.len(), Ordering::Relaxed);
            self.counts.lost.fetch_add(1, Ordering::Relaxed);
        } else {
            drop(self.to.send(Entry::Line(line.to_owned())));
        }
    }

    fn flush(&self, most: Duration) {
        let (done, written) = mpsc::channel();
        drop(self.to.send(Entry::Mark(done)));
        let _ = written.recv_timeout(most);
    }
}

/// Dropped, gives the last lines some time to be written.
pub struct LastLines(Option<Queue>);

impl Drop for LastLines {
    fn drop(&mut self) {
        if let Some(queue) = &self.0 {
            queue.flush(FLUSH);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// A reader that takes nothing until it may.
    struct Slow(mpsc::Receiver<()>, Arc<Mutex<Vec<u8>>>);

    impl io::Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.0.recv();
            self.1.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn nobody_waits_for_a_reader() {
        let (go, wait) = mpsc::channel();
        let written = Arc::<Mutex<Vec<u8>>>::default();
        let queue = Queue::begin(Slow(wait, written.clone())).unwrap();
        let line = format!("{}\n", "x".repeat(99));
        let fit = WAITING / line.len();
        for _ in 0..fit + 7 {
            queue.push(line.as_bytes());
        }
        drop(go);
        queue.flush(Duration::from_secs(120));
        queue.push(b"\x1b[31mred ghp_0123456789abcdefghijABCDEFGHIJ012345\n");
        queue.flush(Duration::from_secs(120));
        let text = String::from_utf8(written.lock().unwrap().clone()).unwrap();
        assert_eq!(text.matches(&line).count(), fit);
        assert!(text.contains("(7 more lines were left out)"));
        assert!(text.ends_with("red [redacted:github-token]\n"), "{:?}", &text[text.len() - 80..]);
    }
}
