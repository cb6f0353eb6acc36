//! Log lines as the client sees them: `window/logMessage`, bounded, without keys, and never waited for.

use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;
use tower_lsp::ls_types::{LogMessageParams, MessageType, TraceValue};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

use crate::redact::redact;

/// Lines that wait for the client; more are counted and left out.
const WAITING: usize = 256;

/// Bytes of one line.
const LONGEST: usize = 4 << 10;

/// Takes log lines from `tracing` and gives them to whoever serves the client. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Relay(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    to: Mutex<Option<mpsc::Sender<LogMessageParams>>>,
    verbose: AtomicBool,
    lost: AtomicUsize,
}

/// The lines of a relay, from where they are sent to the client.
pub(super) struct Lines {
    from: mpsc::Receiver<LogMessageParams>,
    shared: Arc<Shared>,
}

/// Whether a relay may take an event at all: not what libraries say, which may come of sending a line.
pub fn may_be_relayed(metadata: &Metadata<'_>) -> bool {
    *metadata.level() <= Level::INFO && metadata.target().starts_with("spelunk")
}

impl Relay {
    /// Begins to keep lines for a client.
    pub(super) fn begin(&self) -> Lines {
        let (to, from) = mpsc::channel(WAITING);
        *self.0.to.lock().unwrap_or_else(PoisonError::into_inner) = Some(to);
        Lines { from, shared: self.0.clone() }
    }

    /// Follows `$/setTrace`: beside warnings and errors, a client that traces gets information too.
    pub(super) fn trace(&self, value: TraceValue) {
        self.0.verbose.store(value != TraceValue::Off, Ordering::Relaxed);
    }
}

impl Lines {
    /// The next line, ready to be sent; `None` when no relay is left.
    pub(super) async fn next(&mut self) -> Option<LogMessageParams> {
        let mut line = self.from.recv().await?;
        line.message = redact(&line.message).into_owned();
        if let lost @ 1.. = self.shared.lost.swap(0, Ordering::Relaxed) {
            let _ = write!(line.message, " ({lost} more were left out)");
        }
        Some(line)
    }

    /// Leaves a line out.
    pub(super) fn lose(&self) {
        self.shared.lost.fetch_add(1, Ordering::Relaxed);
    }
}

impl<S: Subscriber> Layer<S> for Relay {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let typ = match *event.metadata().level() {
            Level::ERROR => MessageType::ERROR,
            Level::WARN => MessageType::WARNING,
            Level::INFO if self.0.verbose.load(Ordering::Relaxed) => MessageType::INFO,
            _ => return,
        };
        let Some(to) = self.0.to.lock().unwrap_or_else(PoisonError::into_inner).clone() else { return };
        let mut text = Text::default();
        event.record(&mut text);
        let message = format!("{}{}", text.message, text.fields);
        let message = message[..message.floor_char_boundary(LONGEST)].to_owned();
        if to.try_send(LogMessageParams { typ, message }).is_err() {
            self.0.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// An event's message, and its other fields as ` name=value`.
#[derive(Default)]
struct Text {
    message: String,
    fields: String,
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a String does not fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }
}
