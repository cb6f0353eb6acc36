//! Which files have a word: a byte search for candidates, without lines and without a regular expression.

use std::io::Read;
use std::time::Instant;

use encoding_rs_io::DecodeReaderBytesBuilder;
use memchr::memmem::Finder;

use super::SearchError;
use super::files::{self, Watch};
use crate::cancel::Cancel;
use crate::index::{Need, Pattern};
use crate::workspace::{FileEntry, Look, RelPath, Snapshot, Source};

/// Most source files fit, so that one read and one scan decide.
const CHUNK: usize = 128 << 10;

pub(super) fn files_with_word(snapshot: &Snapshot, word: &str, cancel: &Cancel) -> Result<Vec<RelPath>, SearchError> {
    let began = Instant::now();
    let entries = snapshot.files()?;
    if word.is_empty() {
        return Ok(Vec::new());
    }
    let watch = Watch::new(cancel);
    let finder = Word { finder: Finder::new(word.as_bytes()), word: word.as_bytes() };
    let start = || Scanner { buffer: vec![0; CHUNK + word.len() + 1], decode: vec![0; 8 << 10], found: Vec::new() };
    let need = Need::of(&Pattern { text: word, fixed: true, ..Pattern::default() });
    let all: Vec<&FileEntry> = entries.iter().collect();
    let visit = |scanner: &mut Scanner, file: usize, look: Look| {
        if scanner.has(snapshot, all[file], look, &finder, &watch) {
            scanner.found.push(file);
        }
    };
    let scanners = files::each_suspect(snapshot, &all, (&need, began), &watch, start, visit).workers;
    let mut found: Vec<usize> = scanners.into_iter().flat_map(|scanner| scanner.found).collect();
    watch.verdict()?;
    found.sort_unstable();
    Ok(found.into_iter().map(|file| entries[file].path.clone()).collect())
}

/// One thread's buffers and what it found.
struct Scanner {
    buffer: Vec<u8>,
    decode: Vec<u8>,
    found: Vec<usize>,
}

impl Scanner {
    fn has(&mut self, snapshot: &Snapshot, entry: &FileEntry, look: Look, word: &Word<'_>, watch: &Watch<'_>) -> bool {
        match look {
            Look::Clean | Look::Binary => false,
            Look::Text(bytes) => self.scan(watch.over(&bytes[..], None), word),
            Look::Open => match snapshot.open_entry(entry) {
                Ok(Source::File { file, .. }) => self.scan(watch.over(file, None), word),
                Ok(Source::Memory(bytes)) => self.scan(watch.over(&bytes[..], None), word),
                Err(_) => false,
            },
        }
    }

    /// Reads until the first hit, a NUL byte or the end. A file that cannot be read further has no hit.
    fn scan(&mut self, source: impl Read, word: &Word<'_>) -> bool {
        let decoder = DecodeReaderBytesBuilder::new()
            .utf8_passthru(true)
            .strip_bom(true)
            .bom_override(true)
            .bom_sniffing(true)
            .build_with_buffer(source, &mut self.decode);
        let Ok(mut reader) = decoder else { return false };
        // What is kept of the last chunk: the byte before a word that ends with it, and the word.
        let mut kept = 0;
        let mut first = true;
        loop {
            let Ok(read) = reader.read(&mut self.buffer[kept..]) else { return false };
            let end = kept + read;
            if memchr::memchr(0, &self.buffer[kept..end]).is_some() {
                return false;
            }
            if word.is_in(&self.buffer[..end], first, read == 0) {
                return true;
            }
            if read == 0 {
                return false;
            }
            kept = end.min(word.word.len() + 1);
            first &= kept == end;
            self.buffer.copy_within(end - kept..end, 0);
        }
    }
}

struct Word<'a> {
    finder: Finder<'a>,
    word: &'a [u8],
}

impl Word<'_> {
    /// Whether the word stands in the text with no identifier going on at either end. `first` and `last` say that
    /// the file begins and ends with the text; elsewhere the neighbour is in another chunk, which decides.
    fn is_in(&self, text: &[u8], first: bool, last: bool) -> bool {
        let edge = |at: Option<usize>, byte: Option<&u8>, at_end: bool| match at.and_then(|at| text.get(at)) {
            Some(&beside) => !byte.is_some_and(|&byte| is_identifier(byte) && is_identifier(beside)),
            None => at_end,
        };
        self.finder.find_iter(text).any(|at| {
            edge(at.checked_sub(1), self.word.first(), first)
                && edge(Some(at + self.word.len()), self.word.last(), last)
        })
    }
}

fn is_identifier(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(word: &str, text: &[u8], expect: bool) {
        let mut scanner = Scanner { buffer: vec![0; 8 + word.len() + 1], decode: vec![0; 8 << 10], found: Vec::new() };
        let word = Word { finder: Finder::new(word.as_bytes()), word: word.as_bytes() };
        assert_eq!(scanner.scan(text, &word), expect, "{:?}", String::from_utf8_lossy(text));
    }

    #[test]
    fn whole_identifiers_only() {
        for (text, expect) in [
            ("foo", true),
            ("foo()", true),
            ("a.foo", true),
            ("foobar", false),
            ("barfoo", false),
            ("$foo", false),
            ("foo_ foo", true),
            ("éfooé", true),
            ("", false),
            ("fo", false),
        ] {
            check("foo", text.as_bytes(), expect);
        }
        check("x", b"xx x", true);
        check("x", b"xx xx", false);
        check("a::b", b"za::b a::bz", false);
        check("[]", b"a[]b", true);
    }

    #[test]
    fn chunks_make_no_difference() {
        for at in 0..40 {
            let pad = " ".repeat(at);
            check("needle", format!("{pad}needle").as_bytes(), true);
            check("needle", format!("{pad}needle tail that is long").as_bytes(), true);
            check("needle", format!("{pad}xneedle tail that is long").as_bytes(), false);
            check("needle", format!("{pad}needlex tail that is long").as_bytes(), false);
        }
    }

    #[test]
    fn encodings_and_binaries() {
        check("foo", b"\xff\xfef\0o\0o\0", true);
        check("foo", b"\xef\xbb\xbffoo", true);
        check("foo", b"\0foo", false);
    }
}
