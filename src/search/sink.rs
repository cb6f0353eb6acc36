//! What the searcher reports about one file: lines to keep, lines to count, and whether it turned out to be binary.

use std::io;

use grep_matcher::Matcher;
use grep_regex::RegexMatcher;
use grep_searcher::{Searcher, Sink, SinkContext, SinkContextKind, SinkMatch};

use super::{Match, kept, line};

pub(super) struct FileSink<'a> {
    path: &'a str,
    matcher: &'a RegexMatcher,
    /// How many matches may still be kept.
    room: usize,
    bytes: usize,
    before: Vec<String>,
    /// Whether the lines after the last match belong to a kept one.
    last_kept: bool,
    /// The first matches: one more than fits, so that whoever collects them sees that something is missing.
    pub(super) kept: Vec<Match>,
    /// Matching lines in all.
    pub(super) total: u64,
    pub(super) binary: bool,
}

/// Says whether there is a match, and reads no further.
#[derive(Default)]
pub(super) struct Probe {
    pub(super) found: bool,
    pub(super) binary: bool,
}

impl Sink for Probe {
    type Error = io::Error;

    fn matched(&mut self, _: &Searcher, _: &SinkMatch<'_>) -> Result<bool, io::Error> {
        self.found = true;
        Ok(false)
    }

    fn binary_data(&mut self, _: &Searcher, _: u64) -> Result<bool, io::Error> {
        self.binary = true;
        Ok(true)
    }
}

impl<'a> FileSink<'a> {
    pub(super) fn new(path: &'a str, matcher: &'a RegexMatcher, room: usize) -> Self {
        Self {
            path,
            matcher,
            room: if room == 0 { 0 } else { room + 1 },
            bytes: 0,
            before: Vec::new(),
            last_kept: false,
            kept: Vec::new(),
            total: 0,
            binary: false,
        }
    }

    /// Whether matches are wanted, or only their number.
    pub(super) fn reports(&self) -> bool {
        self.room > 0
    }

    fn keeps(&self) -> bool {
        self.kept.len() < self.room && self.bytes <= kept::MAX_BYTES
    }
}

impl Sink for FileSink<'_> {
    type Error = io::Error;

    fn matched(&mut self, _: &Searcher, found: &SinkMatch<'_>) -> Result<bool, io::Error> {
        self.total += 1;
        self.last_kept = self.keeps();
        if self.last_kept {
            let bytes = found.bytes();
            // The line in its place, or else the start of the text would be the start of every line.
            let range = found.bytes_range_in_buffer();
            let searched = &found.buffer()[..range.end];
            let searched = searched.strip_suffix(b"\n").unwrap_or(searched);
            let at = self.matcher.find_at(searched, range.start)?.map_or(0, |first| first.start() - range.start);
            let text = line::without_end(bytes);
            let found = Match {
                path: self.path.to_owned(),
                line: found.line_number().unwrap_or_default(),
                column: line::column(text, at),
                text: line::shown(text, at),
                before: std::mem::take(&mut self.before),
                after: Vec::new(),
            };
            self.bytes += kept::size(&found);
            self.kept.push(found);
        }
        Ok(true)
    }

    fn context(&mut self, _: &Searcher, around: &SinkContext<'_>) -> Result<bool, io::Error> {
        let text = || line::shown(line::without_end(around.bytes()), 0);
        match around.kind() {
            SinkContextKind::Before if self.keeps() => self.before.push(text()),
            SinkContextKind::After if self.last_kept => {
                if let Some(last) = self.kept.last_mut() {
                    let text = text();
                    self.bytes += text.len();
                    last.after.push(text);
                }
            }
            _ => {}
        }
        Ok(true)
    }

    fn binary_data(&mut self, _: &Searcher, _: u64) -> Result<bool, io::Error> {
        self.binary = true;
        Ok(true)
    }
}
