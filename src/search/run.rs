//! One search: every selected file through the searcher, counted exactly, the first matches kept.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::time::Instant;

use grep_regex::RegexMatcher;
use grep_searcher::{BinaryDetection, MmapChoice, Searcher, SearcherBuilder, Sink};

use super::files::{self, Visited, Watch};
use super::globs::Globs;
use super::kept::Kept;
use super::pace::Pace;
use super::sink::{FileSink, Probe};
use super::{MAX_CONTEXT, MAX_LIMIT, Matches, Query, SearchError, pattern};
use crate::cancel::Cancel;
use crate::workspace::{FileEntry, Look, Snapshot, Source, WorkspaceError};

/// What all threads together may use for lines; one that needs more is read again alone, with [`LONG_LINE`].
const LINES: usize = 64 << 20;

/// The longest line that is searched.
const LONG_LINE: usize = 128 << 20;

/// What a searcher's buffer holds before a long line makes it grow.
const BUFFER: usize = 64 << 10;

/// A longer file is not looked through as a whole before its lines are told apart, in bytes.
const WHOLE: usize = 1 << 20;

const BINARY: &str = "binary";
const BINARY_AFTER_MATCH: &str = "binary after its first matches";

pub(super) fn search(snapshot: &Snapshot, query: &Query, cancel: &Cancel) -> Result<Matches, SearchError> {
    let began = Instant::now();
    let (matcher, need) = pattern::compile(query)?;
    let globs = Globs::new(&query.glob)?;
    let entries = globs.select(snapshot, query.hidden)?;
    let limit = query.limit.min(MAX_LIMIT);
    let watch = Watch::new(cancel);
    let kept = Kept::new(limit);
    let job = Job { snapshot, entries: &entries, watch: &watch, kept: &kept, context: query.context.min(MAX_CONTEXT) };

    let heap = LINES / files::threads();
    let start = || Worker::new(matcher.clone(), heap, job.context);
    let mut tally = Tally::default();
    let visit = |worker: &mut Worker, file, look| worker.visit(&job, file, look);
    let Visited { workers, clean, binary } =
        files::each_suspect(snapshot, &entries, (&need, began), &watch, start, visit);
    tally.searched += clean;
    tally.skip_all(BINARY.to_owned(), binary);
    for worker in workers {
        tally.merge(worker.tally);
    }
    if !tally.long.is_empty() {
        let mut alone = Worker::new(matcher, LONG_LINE, job.context);
        tally.long.sort_unstable();
        for file in std::mem::take(&mut tally.long) {
            alone.visit(&job, file, Look::Open);
        }
        alone.tally.give_up_on_long_lines();
        tally.merge(alone.tally);
    }

    watch.verdict()?;
    let items = kept.into_items();
    let truncated = (items.len() as u64) < tally.total;
    let skipped = tally.skipped.into_iter().collect();
    Ok(Matches { items, total: tally.total, files: tally.files, searched: tally.searched, truncated, skipped })
}

/// What all threads of a search share.
struct Job<'a> {
    snapshot: &'a Snapshot,
    entries: &'a [&'a FileEntry],
    watch: &'a Watch<'a>,
    kept: &'a Kept,
    context: usize,
}

/// One thread's part of a search.
struct Worker {
    matcher: RegexMatcher,
    searchers: Searchers,
    tally: Tally,
}

struct Searchers {
    heap: usize,
    /// Reports lines with their numbers and their context.
    reports: Searcher,
    /// Only finds them: whether a file has any, and how many are in files that come after the last match that is kept.
    counts: Searcher,
    /// Finds one in a whole text.
    finds: Searcher,
    /// The file that was read last.
    file: Vec<u8>,
    pace: Pace,
}

#[derive(Default)]
struct Tally {
    total: u64,
    files: u64,
    searched: u64,
    skipped: BTreeMap<String, u64>,
    /// Files with a line that did not fit.
    long: Vec<usize>,
}

impl Worker {
    fn new(matcher: RegexMatcher, heap: usize, context: usize) -> Self {
        let (reports, counts) = (searcher(heap, Some(context)), searcher(heap, None));
        let finds = SearcherBuilder::new().line_number(false).build();
        let searchers = Searchers { heap, reports, counts, finds, file: Vec::new(), pace: Pace::start() };
        Self { matcher, searchers, tally: Tally::default() }
    }

    fn visit(&mut self, job: &Job<'_>, file: usize, look: Look) {
        let entry = job.entries[file];
        let room = job.kept.room(file);
        let mut sink = FileSink::new(entry.path.as_str(), &self.matcher, room);
        let (matcher, searchers) = (&self.matcher, &mut self.searchers);
        let result = match look {
            Look::Clean => return self.tally.searched += 1,
            Look::Binary => return self.tally.skip(BINARY.to_owned()),
            Look::Text(bytes) => searchers.text(job, matcher, &bytes, &mut sink),
            Look::Open => match job.snapshot.open_entry(entry) {
                Ok(Source::File { file, bytes }) => searchers.file(job, matcher, file, bytes, &mut sink),
                Ok(Source::Memory(bytes)) => searchers.text(job, matcher, &bytes, &mut sink),
                Err(error) => return self.tally.skip(reason(&error)),
            },
        };
        match result {
            Ok(()) if !sink.binary => self.tally.searched += 1,
            Ok(()) if sink.total == 0 => self.tally.skip(BINARY.to_owned()),
            Ok(()) => self.tally.skip(BINARY_AFTER_MATCH.to_owned()),
            Err(_) if !job.watch.goes_on() => return,
            Err(error) if ran_out_of_heap(&error) => return self.tally.long.push(file),
            Err(error) => self.tally.skip(error.kind().to_string()),
        }
        self.tally.total += sink.total;
        self.tally.files += u64::from(sink.total > 0);
        job.kept.add(file, sink.kept);
    }
}

impl Searchers {
    /// Searches a file of about `bytes` bytes.
    fn file(
        &mut self,
        job: &Job<'_>,
        matcher: &RegexMatcher,
        mut file: File,
        bytes: u64,
        sink: &mut FileSink<'_>,
    ) -> io::Result<()> {
        // What says that it is empty may be no file as others are.
        let whole = usize::try_from(bytes).ok().filter(|bytes| (1..=WHOLE).contains(bytes));
        let Some(bytes) = whole else { return self.read(job, matcher, file, sink) };
        let mut buffer = std::mem::take(&mut self.file);
        if buffer.len() < bytes {
            buffer.resize(bytes, 0);
        }
        let result =
            fill(&mut file, &mut buffer[..bytes]).and_then(|read| self.text(job, matcher, &buffer[..read], sink));
        self.file = buffer;
        result
    }

    /// Searches the bytes of a file. Most have nothing, which is seen without telling lines apart.
    fn text(&mut self, job: &Job<'_>, matcher: &RegexMatcher, bytes: &[u8], sink: &mut FileSink<'_>) -> io::Result<()> {
        // What begins with a byte order mark is decoded, and what has a NUL byte ends there.
        let is_plain = bytes.len() <= WHOLE
            && !matches!(bytes, [0xef, 0xbb, 0xbf, ..] | [0xff, 0xfe, ..] | [0xfe, 0xff, ..])
            && memchr::memchr(0, bytes).is_none();
        // All else goes through a reader like a file that is not read whole, so that it makes no difference to what counts as binary.
        if !is_plain {
            return self.read(job, matcher, io::Cursor::new(bytes), sink);
        }
        self.pace.file();
        let mut probe = Probe::default();
        self.finds.search_slice(matcher, bytes, &mut probe)?;
        if probe.found {
            return self.pass(job, matcher, bytes, sink, sink.reports().then_some(job.context));
        }
        self.pace.read(bytes.len());
        job.watch.keeps(&self.pace);
        Ok(())
    }

    /// Searches one source, read piece by piece: first whether there is anything.
    fn read(
        &mut self,
        job: &Job<'_>,
        matcher: &RegexMatcher,
        mut source: impl io::Read + io::Seek,
        sink: &mut FileSink<'_>,
    ) -> io::Result<()> {
        self.pace.file();
        if !sink.reports() {
            return self.pass(job, matcher, &mut source, sink, None);
        }
        let mut probe = Probe::default();
        self.pass(job, matcher, &mut source, &mut probe, None)?;
        if !probe.found {
            sink.binary = probe.binary;
            return Ok(());
        }
        source.rewind()?;
        self.pass(job, matcher, &mut source, sink, Some(job.context))
    }

    /// Reads a source from its start, with numbers and `context` or without.
    fn pass<S: Sink<Error = io::Error>>(
        &mut self,
        job: &Job<'_>,
        matcher: &RegexMatcher,
        source: impl io::Read,
        sink: &mut S,
        context: Option<usize>,
    ) -> io::Result<()> {
        let searcher = if context.is_some() { &mut self.reports } else { &mut self.counts };
        let mut reader = job.watch.over(source, Some(&mut self.pace));
        let result = searcher.search_reader(matcher, &mut reader, sink);
        if reader.largest > BUFFER {
            // How far a binary file is searched depends on the buffer's size, so what one file did to it must not
            // reach another: answers would depend on which thread read what.
            *searcher = self::searcher(self.heap, context);
        }
        result
    }
}

/// Reads until the buffer is full, or the file ends; gives how much that is.
fn fill(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Reads lines into a buffer of its own, which grows with them up to `heap` bytes. Without `context` it only counts.
fn searcher(heap: usize, context: Option<usize>) -> Searcher {
    SearcherBuilder::new()
        // A file that shrinks under a memory map kills the process.
        .memory_map(MmapChoice::never())
        .heap_limit(Some(heap))
        .binary_detection(BinaryDetection::quit(0))
        .line_number(context.is_some())
        .before_context(context.unwrap_or(0))
        .after_context(context.unwrap_or(0))
        .build()
}

impl Tally {
    fn skip(&mut self, reason: String) {
        self.skip_all(reason, 1);
    }

    fn skip_all(&mut self, reason: String, files: u64) {
        if files > 0 {
            *self.skipped.entry(reason).or_default() += files;
        }
    }

    fn give_up_on_long_lines(&mut self) {
        for _ in std::mem::take(&mut self.long) {
            self.skip(format!("a line longer than {} MiB", LONG_LINE >> 20));
        }
    }

    fn merge(&mut self, other: Self) {
        self.total += other.total;
        self.files += other.files;
        self.searched += other.searched;
        self.long.extend(other.long);
        for (reason, files) in other.skipped {
            *self.skipped.entry(reason).or_default() += files;
        }
    }
}

/// The searcher has no kind of its own for this.
fn ran_out_of_heap(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Other && error.to_string().starts_with("configured allocation limit")
}

fn reason(error: &WorkspaceError) -> String {
    match error {
        WorkspaceError::NotFound { .. } => "gone".to_owned(),
        WorkspaceError::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => "gone".to_owned(),
        WorkspaceError::Io { source, .. } => source.kind().to_string(),
        WorkspaceError::NotAFile { what, .. } => (*what).to_owned(),
        WorkspaceError::Changed { .. } => "changed on disk".to_owned(),
        WorkspaceError::Secret { .. } => "may hold secrets".to_owned(),
        _ => "cannot be opened".to_owned(),
    }
}
