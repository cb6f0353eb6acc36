//! Edits to one source text that keep its lines where they are: blanks of the same width, and insertions.

use std::borrow::Cow;

use oxc_span::Span;

/// The order of insertions that fall on the same place: what closes stands before what opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Value,
    Close,
    Semicolon,
    GroupEnd,
    GroupStart,
    Open,
}

/// Text that the source does not have, on an output line at a column (both in UTF-16 units, from 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Inserted {
    pub line: u32,
    pub column: u32,
    pub width: u32,
}

pub(super) struct Edits<'s> {
    source: &'s str,
    /// One byte per source byte: 0 keeps it, anything else is the character that takes its place.
    mask: Vec<u8>,
    inserts: Vec<(u32, Rank, Cow<'static, str>)>,
}

impl<'s> Edits<'s> {
    pub fn new(source: &'s str) -> Self {
        Self { source, mask: vec![0; source.len()], inserts: Vec::new() }
    }

    pub fn text(&self, from: u32, to: u32) -> &'s str {
        self.source.get(from as usize..to as usize).unwrap_or("")
    }

    /// Blanks a range; line ends stay.
    pub fn blank(&mut self, from: u32, to: u32) {
        if let Some(range) = self.mask.get_mut(from as usize..to as usize) {
            range.fill(b' ');
        }
    }

    /// Puts an ASCII character in the place of the one that starts at `at`.
    pub fn put(&mut self, at: u32, ch: u8) {
        if let Some(place) = self.mask.get_mut(at as usize) {
            *place = ch;
        }
    }

    /// Blanks a whole statement or class element. The semicolon keeps its neighbours from growing together.
    pub fn blank_item(&mut self, span: Span) {
        self.blank(span.start, span.end);
        self.put(span.start, b';');
    }

    pub fn insert(&mut self, at: u32, rank: Rank, text: impl Into<Cow<'static, str>>) {
        self.inserts.push((at, rank, text.into()));
    }

    /// Ends a statement that ran on automatic semicolon insertion.
    pub fn end_statement(&mut self, span: Span) {
        let ended = self.byte(span.end.wrapping_sub(1)) == Some(b';')
            || self.inserts.iter().any(|(at, rank, _)| *at == span.end && *rank == Rank::Semicolon);
        if !ended {
            self.insert(span.end, Rank::Semicolon, ";");
        }
    }

    /// Whether the last character of a range was blanked.
    pub fn ends_blank(&self, span: Span) -> bool {
        span.end.checked_sub(1).and_then(|at| self.mask.get(at as usize)).is_some_and(|&m| m == b' ')
    }

    pub fn byte(&self, at: u32) -> Option<u8> {
        self.source.as_bytes().get(at as usize).copied()
    }

    /// The first place at or after `at` that is neither white space nor comment.
    pub fn skip_trivia(&self, at: u32) -> u32 {
        let mut at = at as usize;
        loop {
            let rest = self.source.get(at..).unwrap_or("");
            let trimmed = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
            at += rest.len() - trimmed.len();
            let comment = if trimmed.starts_with("//") {
                trimmed.find(is_line_end).unwrap_or(trimmed.len())
            } else if trimmed.starts_with("/*") {
                trimmed.find("*/").map_or(trimmed.len(), |end| end + 2)
            } else {
                return at as u32;
            };
            at += comment;
        }
    }

    /// Whether the source, which has only comments and white space from `at` on, ends inside a `//` comment.
    pub fn in_line_comment(&self, at: u32) -> bool {
        let mut rest = self.source.get(at as usize..).unwrap_or("");
        loop {
            let mut chars = rest.chars();
            rest = match (chars.next(), rest.strip_prefix("//"), rest.strip_prefix("/*")) {
                (None, ..) => return false,
                (_, Some(line), _) => match line.find(is_line_end) {
                    Some(end) => &line[end..],
                    None => return true,
                },
                (_, _, Some(block)) => block.split_once("*/").map_or("", |(_, rest)| rest),
                _ => chars.as_str(),
            };
        }
    }

    /// The edited text between `before` and `after`, and what was inserted where.
    pub fn finish(mut self, before: &str, after: &str) -> (String, Vec<Inserted>) {
        self.inserts.sort_by_key(|(at, rank, _)| (*at, *rank));
        let mut out = Output::default();
        out.insert(before);
        let mut inserts = self.inserts.iter().peekable();
        let mut chars = self.source.char_indices().peekable();
        while let Some((at, ch)) = chars.next() {
            while let Some((_, _, text)) = inserts.next_if(|(place, _, _)| *place as usize <= at) {
                out.insert(text);
            }
            let masked = self.mask[at];
            let end = is_line_end(ch);
            if masked == 0 || (end && masked == b' ') {
                out.text.push(ch);
            } else {
                out.text.push(char::from(masked));
                out.text.extend(std::iter::repeat_n(' ', ch.len_utf16() - 1));
            }
            let pair = ch == '\r' && chars.peek().is_some_and(|(_, next)| *next == '\n');
            if end && !pair {
                out.line += 1;
                out.column = 0;
            } else {
                out.column += ch.len_utf16() as u32;
            }
        }
        for (_, _, text) in inserts {
            out.insert(text);
        }
        out.text.push_str(after);
        (out.text, out.inserted)
    }
}

#[derive(Default)]
struct Output {
    text: String,
    inserted: Vec<Inserted>,
    line: u32,
    column: u32,
}

impl Output {
    fn insert(&mut self, text: &str) {
        let width = text.encode_utf16().count() as u32;
        if width > 0 {
            self.inserted.push(Inserted { line: self.line, column: self.column, width });
            self.text.push_str(text);
            self.column += width;
        }
    }
}

/// What ends a line in JavaScript.
pub(super) fn is_line_end(ch: char) -> bool {
    matches!(ch, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}
