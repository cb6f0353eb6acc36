//! Where log lines go: to stderr, and those of the language server to its client too.

use std::io;

use tracing_subscriber::filter::{EnvFilter, FilterFn, LevelFilter};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config;
use crate::lsp::{Relay, may_be_relayed};
use crate::redact::redact;

/// Begins to log to stderr, filtered by `SPELUNK_LOG`. The relay gets the lines too if a client is to be served.
pub fn begin(serve: bool) -> Relay {
    let filter = config::log_filter().unwrap_or_else(|| "spelunk=warn,error".to_owned());
    let filter = EnvFilter::try_new(&filter).unwrap_or_else(|_| EnvFilter::new("spelunk=warn,error"));
    let ansi = !config::no_color() && io::IsTerminal::is_terminal(&io::stderr());
    let stderr = tracing_subscriber::fmt::layer().with_writer(Redacted).with_ansi(ansi).with_filter(filter);
    let relay = Relay::default();
    let wanted = FilterFn::new(may_be_relayed).with_max_level_hint(LevelFilter::INFO);
    let client = serve.then(|| relay.clone().with_filter(wanted));
    // A second subscriber in one process can only be a test's; its own stays.
    drop(tracing_subscriber::registry().with(stderr).with(client).try_init());
    relay
}

/// Writes lines to stderr without what looks like a key.
struct Redacted;

impl<'a> MakeWriter<'a> for Redacted {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        Self
    }
}

impl io::Write for Redacted {
    /// Takes a whole line at once, as `tracing_subscriber` gives it.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        io::stderr().write_all(redact(&String::from_utf8_lossy(line)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
