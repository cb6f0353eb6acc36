//! The reader: takes whatever a crash, a full disk or an editor left, and never lets one bad line hide the others.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use super::event::{EndReason, Event, Header, Line, Totals};
use super::{JournalError, files};

/// A longer line is damage; the writer's are far shorter, since long texts are in blobs.
const MAX_LINE: u64 = 64 << 20;
/// How much of a file's end a summary looks at.
const TAIL: u64 = 64 << 10;

/// A journal as it was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    pub id: String,
    pub lines: Vec<Line>,
    /// Lines that could not be read, in order.
    pub damage: Vec<Damage>,
    /// Where a last line starts that was not written to its end.
    pub torn: Option<u64>,
}

/// A line that is no event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Of its first byte, in the file.
    pub offset: u64,
    /// Its length without the line's end.
    pub bytes: u64,
    pub reason: String,
}

/// One run in a list of runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    pub id: String,
    /// None when the first line is damaged.
    pub header: Option<Header>,
    /// None when the run was killed, or still goes on.
    pub end: Option<EndReason>,
    /// The last that is known.
    pub totals: Totals,
    /// From the start to the last line, in milliseconds.
    pub duration_ms: u64,
}

impl Run {
    pub fn header(&self) -> Option<&Header> {
        self.lines.iter().find_map(|line| match &line.event {
            Event::Header(header) => Some(header.as_ref()),
            _ => None,
        })
    }
}

/// Reads a journal. Fails only when the file cannot be read at all.
pub fn read(path: &Path) -> Result<Run, JournalError> {
    let failed = |source| io_error(path, source);
    let id = files::run_id(path).unwrap_or_default().to_owned();
    let file = files::open(path).map_err(failed)?;
    parse(id, BufReader::new(file)).map_err(failed)
}

/// Reads a journal from bytes.
fn parse(id: String, mut input: impl io::BufRead) -> io::Result<Run> {
    let mut run = Run { id, lines: Vec::new(), damage: Vec::new(), torn: None };
    let (mut offset, mut buffer) = (0, Vec::new());
    loop {
        buffer.clear();
        let mut length = input.by_ref().take(MAX_LINE).read_until(b'\n', &mut buffer)? as u64;
        if length == 0 {
            return Ok(run);
        }
        if length == MAX_LINE && !buffer.ends_with(b"\n") {
            length += input.skip_until(b'\n')? as u64;
            run.damage.push(Damage { offset, bytes: length, reason: format!("longer than {MAX_LINE} bytes") });
            offset += length;
            continue;
        }
        let whole = buffer.ends_with(b"\n");
        let text = buffer.trim_ascii_end();
        match serde_json::from_slice(text) {
            Ok(line) => run.lines.push(line),
            Err(_) if text.is_empty() => {}
            Err(_) if !whole => run.torn = Some(offset),
            Err(error) => {
                run.damage.push(Damage { offset, bytes: text.len() as u64, reason: error.to_string() });
            }
        }
        offset += length;
    }
}

/// The runs of a state directory, newest first. Reads the start and the end of each file only.
pub fn list(state_dir: &Path) -> Result<Vec<Summary>, JournalError> {
    let dir = files::runs_dir(state_dir);
    let found = files::list(&dir).map_err(|source| io_error(&dir, source))?;
    let runs = found.iter().rev().filter_map(|(path, size)| {
        let id = files::run_id(path)?;
        // Evicted meanwhile, or not ours to read.
        summary(id, files::open(path).ok()?, *size).ok()
    });
    Ok(runs.collect())
}

fn summary(id: &str, mut file: File, size: u64) -> io::Result<Summary> {
    let mut first = Vec::new();
    BufReader::new(&mut file).take(MAX_LINE).read_until(b'\n', &mut first)?;
    let header = match serde_json::from_slice(&first) {
        Ok(Line { event: Event::Header(header), .. }) => Some(*header),
        _ => None,
    };
    let mut summary = Summary { id: id.to_owned(), header, end: None, totals: Totals::default(), duration_ms: 0 };

    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(size.saturating_sub(TAIL)))?;
    file.take(TAIL).read_to_end(&mut tail)?;
    for line in tail.split(|&byte| byte == b'\n').filter_map(|line| serde_json::from_slice::<Line>(line).ok()) {
        if !line.event.is_afterthought() || summary.end.is_none() {
            summary.duration_ms = line.at;
        }
        match line.event {
            Event::Usage(totals) => summary.totals = totals,
            Event::End { reason, totals, .. } => (summary.end, summary.totals) = (Some(reason), totals),
            event if event.is_afterthought() => {}
            // The run was reopened.
            _ => summary.end = None,
        }
    }
    Ok(summary)
}

/// The file of the run whose id, or the random part of it, starts with `prefix`.
pub fn find(state_dir: &Path, prefix: &str) -> Result<PathBuf, JournalError> {
    let dir = files::runs_dir(state_dir);
    let found = files::list(&dir).map_err(|source| io_error(&dir, source))?;
    let fits = |id: &str| {
        !prefix.is_empty() && (id.starts_with(prefix) || id.rsplit('-').next().is_some_and(|r| r.starts_with(prefix)))
    };
    let mut runs: Vec<PathBuf> =
        found.into_iter().map(|(path, _)| path).filter(|path| files::run_id(path).is_some_and(fits)).collect();
    // A whole id is never ambiguous.
    if let Some(exact) = runs.iter().position(|path| files::run_id(path) == Some(prefix)) {
        return Ok(runs.swap_remove(exact));
    }
    let prefix = prefix.to_owned();
    match runs.len() {
        0 => Err(JournalError::NotFound { prefix }),
        1 => Ok(runs.swap_remove(0)),
        _ => {
            let ids = runs.iter().filter_map(|path| files::run_id(path)).take(5).map(str::to_owned).collect();
            Err(JournalError::Ambiguous { prefix, ids })
        }
    }
}

fn io_error(path: &Path, source: io::Error) -> JournalError {
    JournalError::Io { path: path.display().to_string(), source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Journal;
    use std::borrow::Cow;

    fn parse_bytes(bytes: &[u8]) -> Run {
        parse("id".into(), bytes).unwrap()
    }

    fn note(seq: u64, text: &str) -> Line {
        Line { seq, at: seq, agent: 0, event: Event::Note { text: text.into() } }
    }

    fn journal(lines: &[Line]) -> Vec<u8> {
        lines.iter().flat_map(|line| (serde_json::to_string(line).unwrap() + "\n").into_bytes()).collect()
    }

    #[test]
    fn cut_anywhere_it_keeps_every_whole_line() {
        let lines = [note(0, "a"), note(1, "line\nbreak \u{2028} é🦀"), note(2, "")];
        let bytes = journal(&lines);
        for cut in 0..=bytes.len() {
            let run = parse_bytes(&bytes[..cut]);
            let ended = bytes[..cut].iter().filter(|&&byte| byte == b'\n').count();
            // The line's last byte before its end may be there already.
            let whole = ended + usize::from(bytes.get(cut) == Some(&b'\n'));
            assert_eq!(run.lines, lines[..whole], "cut at {cut}");
            assert_eq!(run.damage, []);
            let start = bytes[..cut].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
            assert_eq!(run.torn, (whole == ended && start < cut).then_some(start as u64), "cut at {cut}");
        }
    }

    #[test]
    fn garbage_is_reported_by_offset() {
        let (first, last) = (journal(&[note(0, "a")]), journal(&[note(1, "b")]));
        for garbage in [&b"not json"[..], b"\xff\xfe\x00", b"{}", b"[1,2", b"null", b"{\"seq\":1,\"at\":1}", b"  x"] {
            let run = parse_bytes(&[&first, garbage, b"\n\r\n\n", &last].concat());
            assert_eq!(run.lines, [note(0, "a"), note(1, "b")]);
            let [damage] = run.damage.as_slice() else { panic!("{:?}", run.damage) };
            assert_eq!((damage.offset, damage.bytes), (first.len() as u64, garbage.len() as u64));
            assert_eq!(run.torn, None);
        }
    }

    #[test]
    fn a_line_without_end_is_skipped_in_bounded_memory() {
        let mut bytes = journal(&[note(0, "a")]);
        let offset = bytes.len() as u64;
        bytes.resize(bytes.len() + MAX_LINE as usize + 10, b'x');
        bytes.push(b'\n');
        bytes.extend(journal(&[note(1, "b")]));
        let run = parse_bytes(&bytes);
        assert_eq!(run.lines, [note(0, "a"), note(1, "b")]);
        assert_eq!((run.damage[0].offset, run.damage[0].bytes), (offset, MAX_LINE + 11));
    }

    #[test]
    fn deep_json_is_damage_and_not_a_crash() {
        let run = parse_bytes(&[&b"[".repeat(1_000_000)[..], b"\n"].concat());
        assert_eq!(run.damage.len(), 1);
    }

    fn start(dir: &Path, question: &str) -> Journal {
        let header = Header { question: question.into(), ..Header::default() };
        Journal::create(dir, |text| Cow::Borrowed(text), header)
    }

    #[test]
    fn summaries_of_whole_and_broken_runs() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(list(dir.path()).unwrap(), []);

        let totals = Totals { calls: 3, usd: Some(0.5), ..Totals::default() };
        let ended = start(dir.path(), "ended");
        for _ in 0..2000 {
            ended.write(Event::Note { text: "some progress that makes the file long".into() });
        }
        ended.write(Event::End { reason: EndReason::Answered, detail: String::new(), totals });
        let killed = start(dir.path(), "killed");
        killed.write(Event::Usage(totals));
        killed.write(Event::TurnStarted { turn: 2 });
        std::fs::write(dir.path().join("runs/20990101-000000000-ffffff.jsonl"), b"garbage\n").unwrap();
        std::fs::write(dir.path().join("runs/notes.txt"), b"not a run").unwrap();

        let runs = list(dir.path()).unwrap();
        assert_eq!(runs[0].id, "20990101-000000000-ffffff");
        assert_eq!((&runs[0].header, runs[0].end), (&None, None));
        let by = |question: &str| {
            runs.iter().find(|run| run.header.as_ref().is_some_and(|header| header.question == question)).unwrap()
        };
        assert_eq!((by("ended").end, by("ended").totals), (Some(EndReason::Answered), totals));
        assert_eq!((by("killed").end, by("killed").totals), (None, totals));
        assert_eq!(runs.len(), 3);
    }

    #[test]
    fn runs_are_found_by_prefix() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("runs")).unwrap();
        for id in ["20260101-000000000-abc123", "20260101-000000000-abd456", "20270101-000000000-fff000"] {
            std::fs::write(dir.path().join(format!("runs/{id}.jsonl")), b"").unwrap();
        }
        let check = |prefix: &str, expect: &str| {
            let found = match find(dir.path(), prefix) {
                Ok(path) => files::run_id(&path).unwrap().to_owned(),
                Err(error) => error.to_string(),
            };
            assert_eq!(found, expect);
        };
        check("2027", "20270101-000000000-fff000");
        check("fff", "20270101-000000000-fff000");
        check("abd", "20260101-000000000-abd456");
        check("20260101-000000000-abc123", "20260101-000000000-abc123");
        check("ab", "\"ab\" could be any of 20260101-000000000-abc123, 20260101-000000000-abd456; give more of the id");
        check("zzz", "no run \"zzz\"; `spelunk trace` lists them");
        check("", "no run \"\"; `spelunk trace` lists them");
        check("../runs/2027", "no run \"../runs/2027\"; `spelunk trace` lists them");
    }
}
