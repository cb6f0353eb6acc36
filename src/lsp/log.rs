//! Log lines as the client sees them: `window/logMessage`, bounded, without keys, and never waited for.

use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;
use tower_lsp::ls_types::{LogMessageParams, MessageType, TraceValue};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

use crate::display;
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
        let Ok(place) = to.try_reserve() else {
            self.0.lost.fetch_add(1, Ordering::Relaxed);
            return;
        };
        let mut text = Text::default();
        event.record(&mut text);
        place.send(LogMessageParams { typ, message: shown(&format!("{}{}", text.message, text.fields)) });
    }
}

/// Cut last: half a key does not look like one.
fn shown(line: &str) -> String {
    let redacted = redact(line);
    let safe = display::terminal(&redacted);
    safe[..safe.floor_char_boundary(LONGEST)].to_owned()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_made_safe_before_it_is_cut() {
        let key = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
        for before in [0, LONGEST - key.len() - 1, LONGEST - 20, LONGEST - 5, LONGEST] {
            let line = shown(&format!("{} {key} \u{1b}[31m\u{202e}{}", "x".repeat(before), "é".repeat(LONGEST)));
            assert!(!line.contains("ghp_") && !line.contains(['\u{1b}', '\u{202e}']), "{before}: {line}");
            assert!(line.len() <= LONGEST);
        }
        assert_eq!(shown("a \u{1b}[31mred\u{1b}[0m\u{202e}"), "a red\\u{202e}");
    }
}
