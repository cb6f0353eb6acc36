//! The writer: appends whole lines, in the order of the calls, and never stands in the way of a run.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde_json::Value;

use super::blobs::{Blobs, Hold, MAX_INLINE};
use super::event::{Body, Event, Header, Line, VERSION};
use super::id::{new_id, now_ms};
use super::{JournalError, blobs, evict, files, reader};

/// Replaces what looks like a key or a password. Everything that is written passes it.
pub type Redact = for<'a> fn(&'a str) -> Cow<'a, str>;

/// Blobs that may wait for the next sync; each holds a file descriptor.
const MAX_UNSYNCED: usize = 32;

/// A run's journal. Clones write to the same one.
///
/// Nothing here fails: the first error (a full disk, a folder that cannot be written, a deleted file) is logged as
/// a warning, and the run goes on without a journal.
#[derive(Clone)]
pub struct Journal {
    inner: Option<Arc<Inner>>,
    agent: u64,
}

struct Inner {
    id: String,
    path: PathBuf,
    redact: Redact,
    blobs: Blobs,
    started: Instant,
    /// What `at` was at `started`.
    base_ms: u64,
    /// None after an error.
    state: Mutex<Option<State>>,
}

struct State {
    file: File,
    /// Of the next line.
    seq: u64,
    /// Blobs that were written since the last sync.
    unsynced: Vec<File>,
}

impl Journal {
    /// No journal: everything written is dropped.
    pub fn off() -> Self {
        Self { inner: None, agent: 0 }
    }

    /// The same journal, for the events of a child.
    #[must_use]
    pub fn of_agent(&self, agent: u64) -> Self {
        Self { inner: self.inner.clone(), agent }
    }

    /// Starts the journal of a new run, with its header, in a file of its own. Old runs make room in the background.
    pub fn create(state_dir: &Path, redact: Redact, header: Header) -> Self {
        let created = now_ms();
        let opened = files::create_dir(&files::runs_dir(state_dir)).and_then(|()| open_new(state_dir, created));
        let (id, path, file) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                warn(&files::runs_dir(state_dir), &error);
                return Self::off();
            }
        };
        evict::in_background(state_dir);
        let journal = Self::on(state_dir, id, path, redact, 0, State { file, seq: 0, unsynced: Vec::new() });
        journal.write(Event::Header(Box::new(Header { version: VERSION, ..header })));
        journal
    }

    /// Goes on with a run that ended or was killed. A last line that was torn stays behind as a line of its own.
    pub fn reopen(state_dir: &Path, redact: Redact, id: &str) -> Result<Self, JournalError> {
        let path = reader::find(state_dir, id)?;
        let id = files::run_id(&path).unwrap_or(id).to_owned();
        let failed = |source: io::Error| JournalError::Io { path: path.display().to_string(), source };
        let mut file = files::open_append(&path).map_err(failed)?;
        if !files::try_claim(&file) {
            return Err(JournalError::Busy { id });
        }
        let (last, whole) = last_line(&mut file).map_err(failed)?;
        if !whole {
            file.write_all(b"\n").map_err(failed)?;
        }
        let (seq, at) = last.map_or((0, 0), |line| (line.seq + 1, line.at));
        let path = path.clone();
        Ok(Self::on(state_dir, id, path, redact, at, State { file, seq, unsynced: Vec::new() }))
    }

    fn on(state_dir: &Path, id: String, path: PathBuf, redact: Redact, base_ms: u64, state: State) -> Self {
        let inner = Arc::new(Inner {
            id,
            path,
            redact,
            blobs: Blobs::new(state_dir),
            started: Instant::now(),
            base_ms,
            state: Mutex::new(Some(state)),
        });
        Self { inner: Some(inner), agent: 0 }
    }

    /// Whose events are written: 0 for the root.
    pub fn agent(&self) -> u64 {
        self.agent
    }

    /// Names the run; `None` when there is no journal.
    pub fn id(&self) -> Option<&str> {
        self.inner.as_ref().map(|inner| inner.id.as_str())
    }

    /// The file; `None` when there is no journal.
    pub fn path(&self) -> Option<&Path> {
        self.inner.as_ref().map(|inner| inner.path.as_path())
    }

    /// Whether what is written arrives: false without a journal, and after an error.
    pub fn is_on(&self) -> bool {
        self.inner.as_ref().is_some_and(|inner| inner.state().is_some())
    }

    /// Appends one event. When this returns, the line is the operating system's: it outlives this process.
    pub fn write(&self, event: Event) {
        let Some(inner) = &self.inner else { return };
        if let Err(error) = inner.write(self.agent, event)
            && inner.state().take().is_some()
        {
            warn(&inner.path, &error);
        }
    }
}

impl Inner {
    fn write(&self, agent: u64, mut event: Event) -> io::Result<()> {
        if self.state().is_none() {
            return Ok(());
        }
        let checkpoint = event.is_checkpoint();
        let is_over = matches!(event, Event::End { .. });
        // Held until the line that names the blobs is written, so that eviction never sees them without it.
        let mut hold = None;
        let new_blobs = self.move_out(&mut event, &mut hold)?;
        let mut value = serde_json::to_value(&event)?;
        redact_value(&mut value, self.redact);
        let event = serde_json::to_string(&value)?;

        let mut guard = self.state();
        let Some(state) = guard.as_mut() else { return Ok(()) };
        let at = self.base_ms + u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        // One write of one whole line: `event` is an object, and `seq` and `at` go in front of its members.
        let whose = if agent == 0 { String::new() } else { format!("\"agent\":{agent},") };
        let line = format!("{{\"seq\":{},\"at\":{at},{whose}{}\n", state.seq, &event[1..]);
        state.file.write_all(line.as_bytes())?;
        state.file.flush()?;
        state.seq += 1;
        state.unsynced.extend(new_blobs);
        if checkpoint || state.unsynced.len() > MAX_UNSYNCED {
            for blob in state.unsynced.drain(..) {
                blob.sync_data()?;
            }
            state.file.sync_data()?;
            if files::is_deleted(&state.file)? {
                return Err(io::Error::other("the file was deleted"));
            }
        }
        // A conversation may hold on to it for long, and others have something to add: that its plan was applied.
        if is_over {
            files::release(&state.file);
        }
        Ok(())
    }

    /// Redacts the bodies, and moves the long ones to blobs. Returns the new files.
    fn move_out(&self, event: &mut Event, hold: &mut Option<Hold>) -> io::Result<Vec<File>> {
        let mut files = Vec::new();
        for body in event.bodies_mut() {
            let Body::Text(text) = body else { continue };
            if let Cow::Owned(redacted) = (self.redact)(text) {
                *text = redacted;
            }
            if text.len() <= MAX_INLINE {
                continue;
            }
            let held = match hold.take() {
                Some(held) => held,
                None => self.blobs.hold()?,
            };
            let (blob, file) = self.blobs.put(text, &held)?;
            *hold = Some(held);
            *body = blob;
            files.extend(file);
        }
        Ok(files)
    }

    fn state(&self) -> MutexGuard<'_, Option<State>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Redacts every string in a value, keys included. What names a blob is left alone.
fn redact_value(value: &mut Value, redact: Redact) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(redacted) = redact(text) {
                *text = redacted;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redact_value(item, redact)),
        Value::Object(members) if blobs::is_reference(members) => {}
        Value::Object(members) => {
            let old = std::mem::take(members);
            members.extend(old.into_iter().map(|(key, mut value)| {
                redact_value(&mut value, redact);
                (redact(&key).into_owned(), value)
            }));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn warn(path: &Path, error: &io::Error) {
    tracing::warn!("the run goes on without its journal: {}: {error}", path.display());
}

/// A new file with a name of its own: no other process and no other run has it.
fn open_new(state_dir: &Path, created_ms: u64) -> io::Result<(String, PathBuf, File)> {
    loop {
        let id = new_id(created_ms);
        let path = files::run_path(state_dir, &id);
        match files::create_new(&path) {
            Ok(file) => {
                files::try_claim(&file);
                return Ok((id, path, file));
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

/// The last line that can be read, and whether the file ends with a whole line.
fn last_line(file: &mut File) -> io::Result<(Option<Line>, bool)> {
    file.rewind()?;
    let (mut last, mut whole, mut buffer) = (None, true, Vec::new());
    let mut lines = BufReader::new(file);
    while lines.read_until(b'\n', &mut buffer)? > 0 {
        whole = buffer.ends_with(b"\n");
        last = serde_json::from_slice(&buffer).ok().or(last);
        buffer.clear();
    }
    Ok((last, whole))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::event::{EndReason, Message, Outcome, Reply, Request, Role, ToolCall, Totals, Usage};
    use crate::journal::reader::read;

    fn plain(text: &str) -> Cow<'_, str> {
        Cow::Borrowed(text)
    }

    fn hide(text: &str) -> Cow<'_, str> {
        if text.contains("CANARY") { Cow::Owned(text.replace("CANARY", "[redacted]")) } else { Cow::Borrowed(text) }
    }

    fn note(text: impl Into<String>) -> Event {
        Event::Note { text: text.into() }
    }

    #[test]
    fn long_texts_move_out_and_come_back() {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::create(dir.path(), plain, Header::default());
        let long = "0123456789abcdef\n".repeat(1 << 10);
        journal.write(Event::Cell { cell: 1, code: long.clone().into() });
        journal.write(Event::Cell { cell: 2, code: "1 + 1".into() });
        let run = read(journal.path().unwrap()).unwrap();
        let [_, first, second] = run.lines.as_slice() else { panic!("{run:?}") };
        let Event::Cell { code, .. } = &first.event else { panic!("{first:?}") };
        assert!(matches!(code, Body::Blob { bytes, .. } if *bytes == long.len() as u64), "{code:?}");
        assert_eq!(Blobs::new(dir.path()).text(code).unwrap(), long);
        assert_eq!(second.event, Event::Cell { cell: 2, code: "1 + 1".into() });
    }

    /// Every string of an event, short and long, passes the redaction before it is written anywhere.
    #[test]
    fn everything_is_redacted() {
        let dir = tempfile::tempdir().unwrap();
        let text = || "the key is CANARY!".to_owned();
        let long = || Body::from(text().repeat(1000));
        let header = Header {
            question: text(),
            config: serde_json::json!({ "a": [{ "CANARY": text() }], "b": { "text": text(), "blob": text() } }),
            ..Header::default()
        };
        let journal = Journal::create(dir.path(), hide, header);
        let call = || ToolCall { id: text(), name: text(), arguments: long() };
        let message = Message { role: text(), content: long(), tool_calls: vec![call()], tool_call_id: Some(text()) };
        journal.write(Event::CallStarted {
            call: 1,
            parent: None,
            model: text(),
            role: Role::Leaf,
            label: text(),
            request: Request { messages: vec![message], options: long() },
        });
        let reply = Reply { text: long(), tool_calls: vec![call()], finish: text() };
        let (usage, usd) = (Usage::default(), None);
        journal.write(Event::CallFinished {
            call: 1,
            outcome: Outcome::Ok(reply),
            usage,
            usd,
            attempts: 1,
            hit: false,
        });
        journal.write(Event::CallFinished {
            call: 1,
            outcome: Outcome::Error(text()),
            usage,
            usd,
            attempts: 1,
            hit: false,
        });
        journal.write(Event::Answer {
            value: text().into(),
            citations: Vec::new(),
            dropped: Vec::new(),
            held: false,
            problems: Vec::new(),
        });
        journal.write(Event::End { reason: EndReason::Failed, detail: text(), totals: Totals::default() });
        assert!(journal.is_on());

        let run = read(journal.path().unwrap()).unwrap();
        assert_eq!(run.lines.len(), 6);
        let json = std::fs::read_to_string(journal.path().unwrap()).unwrap();
        assert!(json.contains("[redacted]") && !json.contains("CANARY"), "{json}");
        let blobs = Blobs::new(dir.path());
        let mut moved = 0;
        for mut line in run.lines {
            for body in line.event.bodies_mut() {
                let text = blobs.text(body).unwrap();
                assert!(text.contains("[redacted]") && !text.contains("CANARY"));
                moved += usize::from(matches!(body, Body::Blob { .. }));
            }
        }
        assert_eq!(moved, 5);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("deep/state");
        let journal = Journal::create(&state, plain, Header::default());
        journal.write(Event::Cell { cell: 1, code: "x".repeat(9999).into() });
        let mut folders = vec![state];
        let mut seen = 0;
        while let Some(folder) = folders.pop() {
            assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700, "{folder:?}");
            for entry in std::fs::read_dir(folder).unwrap().flatten() {
                seen += 1;
                if entry.path().is_dir() {
                    folders.push(entry.path());
                } else {
                    assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
                }
            }
        }
        assert_eq!(seen, 6, "runs, run, blobs, lock, ab, cdef...");
    }

    #[test]
    fn goes_on_after_a_torn_line() {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::create(dir.path(), plain, Header::default());
        journal.write(note("one"));
        let path = journal.path().unwrap().to_owned();
        let id = journal.id().unwrap().to_owned();
        assert!(cfg!(not(unix)) || matches!(Journal::reopen(dir.path(), plain, &id), Err(JournalError::Busy { .. })));
        drop(journal);
        let mut torn = std::fs::read(&path).unwrap();
        torn.extend_from_slice(b"{\"seq\":2,\"at\":5,\"type\":\"no");
        std::fs::write(&path, torn).unwrap();

        let journal = Journal::reopen(dir.path(), plain, &id).unwrap();
        journal.write(note("two"));
        let run = read(&path).unwrap();
        assert_eq!(run.lines.iter().map(|line| line.seq).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(run.lines[2].event, note("two"));
        assert!(run.lines[2].at >= run.lines[1].at);
        assert_eq!(run.damage.len(), 1);
    }

    #[test]
    fn off_is_silent() {
        let journal = Journal::off();
        journal.write(note("dropped"));
        assert!(!journal.is_on() && journal.id().is_none() && journal.path().is_none());
    }
}
