//! Lines and columns as the protocol counts them: both 0-based, lines end with LF, CRLF or CR, columns in the encoding
//! that was agreed on.
//!
//! <https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#position>

use std::ops::Range;

use tower_lsp::ls_types::{self as lsp, PositionEncodingKind};

/// What a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    Utf8,
    #[default]
    Utf16,
    Utf32,
}

impl Encoding {
    /// The first of ours that the client offers, cheapest first; UTF-16 when it offers none.
    pub fn negotiate(offered: &[PositionEncodingKind]) -> Self {
        let ours = [Self::Utf8, Self::Utf16, Self::Utf32];
        ours.into_iter().find(|ours| offered.contains(&ours.kind())).unwrap_or_default()
    }

    /// The protocol's name of it.
    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    /// Columns of a character.
    pub fn width(self, c: char) -> u32 {
        match self {
            Self::Utf8 => c.len_utf8() as u32,
            Self::Utf16 => c.len_utf16() as u32,
            Self::Utf32 => 1,
        }
    }
}

/// The byte offsets behind the line ends of a text.
pub fn line_ends(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    memchr::memchr2_iter(b'\n', b'\r', bytes)
        .filter(|&at| bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'))
        .map(|at| at + 1)
}

/// Where the lines of one text start. Does not keep the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    /// Byte offset of each line's start; the first is 0.
    starts: Vec<u32>,
}

impl Lines {
    /// Finds the lines; a text has one more than it has line ends.
    pub fn new(text: &str) -> Self {
        Self { starts: std::iter::once(0).chain(line_ends(text).map(|at| at as u32)).collect() }
    }

    /// The lines of `text`, which is the text of these lines with some bytes replaced by so many others.
    pub fn edited(&self, text: &str, old: Range<usize>, new: usize) -> Self {
        let end = old.start + new;
        // A CR before the change may have lost its LF, or got one.
        let from = old.start.saturating_sub(1);
        let before = self.starts.partition_point(|&start| start as usize <= from);
        let behind = self.starts.partition_point(|&start| start as usize <= old.end);
        let bytes = text.as_bytes();
        let is_end = |at: &usize| bytes[*at] == b'\n' || bytes[*at] == b'\r' && bytes.get(at + 1) != Some(&b'\n');
        let mut starts = Vec::with_capacity(self.starts.len() + 8);
        starts.extend_from_slice(&self.starts[..before]);
        starts.extend((from..end).filter(is_end).map(|at| at as u32 + 1));
        starts.extend(self.starts[behind..].iter().map(|&start| (start as usize - old.end + end) as u32));
        Self { starts }
    }

    /// The byte offset of a position, clamped to its line and to the start of a character.
    pub fn offset(&self, text: &str, position: lsp::Position, encoding: Encoding) -> usize {
        let Some(&start) = self.starts.get(position.line as usize) else { return text.len() };
        let end = self.starts.get(position.line as usize + 1).map_or(text.len(), |&end| end as usize);
        let line = &text[start as usize..end];
        let line = line.strip_suffix('\n').unwrap_or(line);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let column = position.character;
        if encoding == Encoding::Utf8 || line.is_ascii() {
            return start as usize + line.floor_char_boundary((column as usize).min(line.len()));
        }
        let mut seen = 0;
        for (at, c) in line.char_indices() {
            seen += encoding.width(c);
            if seen > column {
                return start as usize + at;
            }
        }
        start as usize + line.len()
    }

    /// The position of a byte offset; offsets inside a character count as its start.
    pub fn position(&self, text: &str, offset: usize, encoding: Encoding) -> lsp::Position {
        let offset = text.floor_char_boundary(offset.min(text.len()));
        let (line, start) = self.line(offset);
        let before = &text[start..offset];
        let character = match encoding {
            Encoding::Utf8 => before.len() as u32,
            _ if before.is_ascii() => before.len() as u32,
            _ => before.chars().map(|c| encoding.width(c)).sum(),
        };
        lsp::Position { line, character }
    }

    /// The line of a byte offset, and where it starts.
    pub fn line(&self, offset: usize) -> (u32, usize) {
        let line = self.starts.partition_point(|&start| start as usize <= offset) - 1;
        (line as u32, self.starts[line] as usize)
    }

    /// The range of some bytes.
    pub fn range(&self, text: &str, bytes: Range<usize>, encoding: Encoding) -> lsp::Range {
        lsp::Range { start: self.position(text, bytes.start, encoding), end: self.position(text, bytes.end, encoding) }
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn lines_follow_every_change() {
        let texts = ["", "\n", "\r\n", "a\rb", "\n\r", "a\r\nb\r\r\nc\n\n", "x\ny", "\r", "\r\n\r\n"];
        let pieces = ["", "\n", "\r", "\r\n", "z", "\nz\r", "\n\n"];
        for text in texts {
            for start in 0..=text.len() {
                for end in start..=text.len() {
                    for piece in pieces {
                        let new = [&text[..start], piece, &text[end..]].concat();
                        let lines = Lines::new(text).edited(&new, start..end, piece.len());
                        assert_eq!(lines, Lines::new(&new), "{text:?} {start}..{end} {piece:?}");
                    }
                }
            }
        }
    }
}
