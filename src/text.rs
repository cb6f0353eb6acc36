//! Lines, positions and sizes of a text: line index, UTF-8 and UTF-16 columns, clamping, tokens. No I/O, no protocol types.

use std::ops::Range;

/// A place in a text as people count it: both 1-based, the column in UTF-16 code units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// Estimates how many tokens of a language model a text is.
///
/// This is an estimate, not a count: every model has a tokenizer of its own. It takes four ASCII characters for a token,
/// and more for what byte-pair vocabularies split finer: two characters of other alphabets, one of CJK or Hangul,
/// half a character outside the basic plane (emoji). Source code and prose come out within about a third of the truth.
pub fn tokens(text: &str) -> u64 {
    let quarters = if text.is_ascii() { text.len() as u64 } else { text.chars().map(quarter_tokens).sum() };
    quarters.div_ceil(4)
}

/// Whether most lines of a text end in CRLF: what is added to it then ends so too.
pub fn ends_in_crlf(text: &str) -> bool {
    let (all, crlf) = (text.matches('\n').count(), text.matches("\r\n").count());
    crlf * 2 > all
}

/// 1234567 as `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn quarter_tokens(c: char) -> u64 {
    match u32::from(c) {
        0..=0x7f => 1,
        0x80..=0x2e7f => 2,
        0x2e80..=0xffff => 4,
        _ => 8,
    }
}

/// Where the lines of one text start. A line ends with LF or CRLF; a lone CR is an ordinary character.
///
/// The index does not keep the text: pass the same text to the methods that ask for it. Texts up to 4 GiB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineIndex {
    /// Byte offset of each line's start. After a final terminator there is one more, equal to `len`.
    starts: Vec<u32>,
    len: u32,
}

impl LineIndex {
    pub fn new(text: &str) -> Self {
        debug_assert!(u32::try_from(text.len()).is_ok());
        let after = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1);
        Self { starts: std::iter::once(0).chain(after).collect(), len: text.len() as u32 }
    }

    /// How many lines there are: a final terminator opens no further line, and an empty text has none.
    pub fn count(&self) -> u32 {
        let starts = self.starts.len() as u32;
        if self.starts.last() == Some(&self.len) { starts - 1 } else { starts }
    }

    /// The line that holds the byte at `offset`. An offset behind the end gives the last position's line.
    pub fn line_of(&self, offset: usize) -> u32 {
        self.starts.partition_point(|&start| start as usize <= offset) as u32
    }

    /// The bytes of a line with its terminator. `None` for line 0 and for lines that the text does not have.
    pub fn range(&self, line: u32) -> Option<Range<usize>> {
        if line == 0 || line > self.count() {
            return None;
        }
        let start = self.starts[line as usize - 1] as usize;
        let end = self.starts.get(line as usize).copied().unwrap_or(self.len) as usize;
        Some(start..end)
    }

    /// The bytes of the lines `from..=to` with their terminators, cut to the lines that exist.
    pub fn span(&self, from: u32, to: u32) -> Range<usize> {
        let from = from.max(1);
        let to = to.min(self.count());
        match (self.range(from), self.range(to)) {
            (Some(first), Some(last)) if from <= to => first.start..last.end,
            _ => self.len as usize..self.len as usize,
        }
    }

    /// A line's text without its terminator.
    pub fn line<'t>(&self, text: &'t str, line: u32) -> Option<&'t str> {
        Some(without_terminator(&text[self.range(line)?]))
    }

    /// The position of a byte offset. Offsets inside a character count as its start, those behind the end as the end.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let offset = text.floor_char_boundary(offset.min(text.len()));
        let line = self.line_of(offset);
        let start = self.starts[line as usize - 1] as usize;
        Position { line, column: utf16_len(&text[start..offset]) + 1 }
    }

    /// The byte offset of a position. A column behind the line's end means its end (before the terminator), a line
    /// behind the last one means the text's end, and a column inside a surrogate pair means the character's start.
    pub fn offset(&self, text: &str, position: Position) -> usize {
        if position.line > self.starts.len() as u32 {
            return text.len();
        }
        let Some(range) = self.range(position.line.max(1)) else { return text.len() };
        let line = without_terminator(&text[range.clone()]);
        range.start + utf16_to_byte(line, position.column.saturating_sub(1))
    }
}

/// Length in UTF-16 code units.
pub fn utf16_len(text: &str) -> u32 {
    if text.is_ascii() { text.len() as u32 } else { text.chars().map(|c| c.len_utf16() as u32).sum() }
}

/// The byte offset of a UTF-16 offset (0-based) in one line; clamped to the line, and to the start of a character.
pub fn utf16_to_byte(line: &str, units: u32) -> usize {
    let mut seen = 0;
    for (at, c) in line.char_indices() {
        seen += c.len_utf16() as u32;
        if seen > units {
            return at;
        }
    }
    line.len()
}

/// A line without its LF or CRLF.
pub fn without_terminator(line: &str) -> &str {
    match line.strip_suffix('\n') {
        Some(line) => line.strip_suffix('\r').unwrap_or(line),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_groups() {
        for (number, expect) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), expect);
        }
    }

    fn check(text: &str, expect: &[&str]) {
        let index = LineIndex::new(text);
        let lines: Vec<&str> = (1..=index.count()).map(|line| index.line(text, line).unwrap()).collect();
        assert_eq!(lines, expect, "{text:?}");
        assert_eq!(index.line(text, 0), None);
        assert_eq!(index.line(text, index.count() + 1), None);
        assert_eq!(&text[index.span(1, u32::MAX)], text);
    }

    #[test]
    fn the_majority_of_line_ends_decides() {
        for (text, expect) in [
            ("", false),
            ("a\n", false),
            ("a\r\n", true),
            ("a\r\nb\n", false),
            ("a\r\nb\r\nc\n", true),
            ("a\nb\r\nc\n", false),
        ] {
            assert_eq!(ends_in_crlf(text), expect, "{text:?}");
        }
    }

    #[test]
    fn lines_end_with_lf_or_crlf() {
        check("", &[]);
        check("a", &["a"]);
        check("a\n", &["a"]);
        check("\n", &[""]);
        check("a\n\nb", &["a", "", "b"]);
        check("a\r\nb\r\n", &["a", "b"]);
        check("a\rb\nc\r", &["a\rb", "c\r"]);
        check("é\n日本\n", &["é", "日本"]);
    }

    #[test]
    fn spans_are_cut_to_what_exists() {
        let text = "one\ntwo\nthree";
        let index = LineIndex::new(text);
        for (from, to, expect) in
            [(1, 1, "one\n"), (0, 2, "one\ntwo\n"), (2, 99, "two\nthree"), (3, 2, ""), (9, 12, ""), (0, 0, "")]
        {
            assert_eq!(&text[index.span(from, to)], expect, "{from}..={to}");
        }
    }

    #[test]
    fn every_character_start_survives_the_round_trip() {
        for text in ["", "a", "a\n", "x😀y\r\nß\n\n日本語", "\r\n\r\n", "😀"] {
            let index = LineIndex::new(text);
            for (at, c) in text.char_indices().chain([(text.len(), '\0')]) {
                // Inside a terminator a position means the end of the line before it.
                if c == '\n' && text[..at].ends_with('\r') {
                    continue;
                }
                assert_eq!(index.offset(text, index.position(text, at)), at, "{text:?} at {at}");
            }
        }
    }

    #[test]
    fn positions_are_clamped() {
        let text = "a😀b\nc\n";
        let index = LineIndex::new(text);
        let at = |line, column| index.offset(text, Position { line, column });
        assert_eq!(at(1, 2), 1);
        assert_eq!(at(1, 3), 1, "inside the surrogate pair");
        assert_eq!(at(1, 4), 5);
        assert_eq!(at(1, 99), 6, "before the terminator");
        assert_eq!(at(0, 0), 0);
        assert_eq!(at(3, 1), text.len());
        assert_eq!(at(99, 99), text.len());
        assert_eq!(index.position(text, 3), Position { line: 1, column: 2 }, "inside the character");
        assert_eq!(index.position(text, 999), Position { line: 3, column: 1 });
    }
}
