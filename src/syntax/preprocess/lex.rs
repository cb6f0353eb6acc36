//! Tokens of C and C++, coarse: enough to see macros, conditionals and brackets. Comments are not tokens.

use std::ops::Range;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// A string, character or number.
    Literal,
    /// One byte of punctuation; `::` and `->` are two tokens.
    Punct(u8),
    /// A whole preprocessor line with its continuations.
    Directive,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: u32,
    pub end: u32,
}

impl Token {
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    pub fn is(self, punct: u8) -> bool {
        self.kind == Kind::Punct(punct)
    }
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

/// All tokens of the text. Texts are smaller than 4 GiB here (the syntax tier caps them far below).
pub(super) fn tokens(text: &[u8]) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 5);
    let mut at = 0;
    let mut line_start = true;
    while at < text.len() {
        let start = at;
        let kind = match text[at] {
            b'\n' => {
                line_start = true;
                at += 1;
                continue;
            }
            byte if byte.is_ascii_whitespace() || byte == b'\\' => {
                at += 1;
                continue;
            }
            b'/' if matches!(text.get(at + 1), Some(b'/' | b'*')) => {
                at = after_comment(text, at);
                continue;
            }
            b'#' if line_start => {
                at = after_directive(text, at);
                Kind::Directive
            }
            b'R' if text.get(at + 1) == Some(&b'"') => {
                at = after_raw_string(text, at);
                Kind::Literal
            }
            b'"' | b'\'' => {
                at = after_quoted(text, at);
                Kind::Literal
            }
            byte if byte.is_ascii_digit() => {
                while at < text.len() && (is_word(text[at]) || text[at] == b'.') {
                    // 1'000'000 in C++.
                    at += if text.get(at + 1) == Some(&b'\'') && text.get(at + 2).is_some_and(u8::is_ascii_hexdigit) {
                        2
                    } else {
                        1
                    };
                }
                Kind::Literal
            }
            byte if is_word(byte) => {
                while at < text.len() && is_word(text[at]) {
                    at += 1;
                }
                Kind::Word
            }
            byte => {
                at += 1;
                Kind::Punct(byte)
            }
        };
        line_start = kind == Kind::Directive;
        tokens.push(Token { kind, start: start as u32, end: at.min(text.len()) as u32 });
    }
    tokens
}

fn after_comment(text: &[u8], at: usize) -> usize {
    if text[at + 1] == b'*' {
        return memchr::memmem::find(&text[at + 2..], b"*/").map_or(text.len(), |end| at + 2 + end + 2);
    }
    after_line(text, at)
}

/// The end of the line, which a backslash continues.
fn after_line(text: &[u8], mut at: usize) -> usize {
    while let Some(end) = memchr::memchr(b'\n', &text[at..]) {
        let line = text[at..at + end].strip_suffix(b"\r").unwrap_or(&text[at..at + end]);
        if !line.ends_with(b"\\") {
            return at + end;
        }
        at += end + 1;
    }
    text.len()
}

/// Like a line, but a block comment in it may go on past its end.
fn after_directive(text: &[u8], mut at: usize) -> usize {
    while at < text.len() {
        match text[at] {
            b'\n' => return at,
            b'\\' if text[at..].starts_with(b"\\\r\n") => at += 3,
            b'\\' => at += 2,
            b'/' if matches!(text.get(at + 1), Some(b'/' | b'*')) => at = after_comment(text, at),
            b'"' => at = after_quoted(text, at),
            _ => at += 1,
        }
    }
    text.len()
}

fn after_quoted(text: &[u8], mut at: usize) -> usize {
    let quote = text[at];
    at += 1;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 2,
            // An apostrophe in prose (`#error don't`), not a string: it ends with its line.
            b'\n' => return at,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

fn after_raw_string(text: &[u8], at: usize) -> usize {
    let Some(open) = memchr::memchr(b'(', &text[at..(at + 20).min(text.len())]) else {
        return after_quoted(text, at + 1);
    };
    let mut close = vec![b')'];
    close.extend_from_slice(&text[at + 2..at + open]);
    close.push(b'"');
    memchr::memmem::find(&text[at..], &close).map_or(text.len(), |end| at + end + close.len())
}
