//! Rust before the parser: macros that wrap items (`cfg_rt! { pub fn f() {} }`) hide them from the grammar, so the
//! macro's name and braces are replaced by as many spaces. No offset moves.

use std::ops::Range;

/// A text made ready for the parser.
pub(super) struct Opened {
    /// As long as the original, with spaces where macros around items were.
    pub text: Vec<u8>,
    /// The names of those macros, in order.
    pub names: Vec<Range<usize>>,
}

/// Opens the macros around items; `None` when there are none.
pub(super) fn open(text: &str) -> Option<Opened> {
    let bytes = text.as_bytes();
    memchr::memmem::find(bytes, b"! {").or_else(|| memchr::memmem::find(bytes, b"!{"))?;
    let walk = Walk { text: bytes, tokens: tokens(bytes) };
    let mut opened = Opened { text: bytes.to_vec(), names: Vec::new() };
    walk.run(&mut opened);
    (!opened.names.is_empty()).then_some(opened)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    /// A string, character, number or lifetime.
    Literal,
    Punct(u8),
}

struct Token {
    kind: Kind,
    range: Range<usize>,
}

/// Macros inside more braces than this stay closed: each is looked at once per level.
const DEEPEST: usize = 64;

/// What a brace holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Items,
    /// Items of a macro whose braces were taken away.
    Opened,
    Other,
}

struct Walk<'a> {
    text: &'a [u8],
    tokens: Vec<Token>,
}

impl Walk<'_> {
    fn run(&self, opened: &mut Opened) {
        let mut scopes = Vec::new();
        // First token of the current item, behind its attributes.
        let mut head = 0;
        let mut at = 0;
        while at < self.tokens.len() {
            let items = scopes.last().is_none_or(|scope| *scope != Scope::Other);
            match self.punct(at) {
                b'#' if items && at == head => {
                    at = self.after_attribute(at);
                    head = at;
                    continue;
                }
                b'{' => {
                    let scope = if items && scopes.len() < DEEPEST { self.scope(head, at) } else { Scope::Other };
                    if scope == Scope::Opened {
                        opened.names.push(self.tokens[at - 2].range.clone());
                        opened.blank(self.tokens[head].range.start..self.tokens[at].range.end);
                    }
                    scopes.push(scope);
                    head = at + 1;
                }
                b'}' => {
                    if scopes.pop() == Some(Scope::Opened) {
                        opened.blank(self.tokens[at].range.clone());
                    }
                    head = at + 1;
                }
                b';' => head = at + 1,
                _ => {}
            }
            at += 1;
        }
    }

    fn word(&self, at: usize) -> &[u8] {
        match self.tokens.get(at) {
            Some(token) if token.kind == Kind::Word => &self.text[token.range.clone()],
            _ => b"",
        }
    }

    fn punct(&self, at: usize) -> u8 {
        match self.tokens.get(at).map(|token| token.kind) {
            Some(Kind::Punct(byte)) => byte,
            _ => 0,
        }
    }

    /// What the `{` at `brace` opens, judged by the item that starts at `head`.
    fn scope(&self, head: usize, brace: usize) -> Scope {
        if brace >= head + 2 && self.punct(brace - 1) == b'!' && !self.word(brace - 2).is_empty() {
            let path = (head..brace - 1).all(|at| !self.word(at).is_empty() || self.punct(at) == b':');
            return if path && self.starts_items(brace) && self.reads_as_items(brace) {
                Scope::Opened
            } else {
                Scope::Other
            };
        }
        let mut scope = Scope::Other;
        for at in head..brace {
            match self.word(at) {
                b"mod" | b"impl" | b"trait" => return Scope::Items,
                b"fn" | b"struct" | b"enum" | b"union" | b"const" | b"static" | b"type" | b"use" | b"macro_rules" => {
                    return Scope::Other;
                }
                b"extern" => scope = Scope::Items,
                _ => {}
            }
        }
        scope
    }

    /// Whether the body that opens at `brace` begins like an item.
    fn starts_items(&self, brace: usize) -> bool {
        let mut first = brace + 1;
        while self.punct(first) == b'#' {
            first = self.after_attribute(first);
        }
        match self.word(first) {
            b"" => false,
            b"pub" | b"fn" | b"struct" | b"enum" | b"union" | b"impl" | b"mod" | b"use" | b"static" | b"const"
            | b"trait" | b"type" | b"unsafe" | b"async" | b"extern" | b"macro_rules" => {
                !self.word(first + 1).is_empty()
                    || matches!(self.punct(first + 1), b'(' | b'<' | b':' | b'{' | b'!')
                    || self.tokens.get(first + 1).is_some_and(|token| token.kind == Kind::Literal)
            }
            _ => self.punct(first + 1) == b'!' && self.punct(first + 2) == b'{' && self.starts_items(first + 2),
        }
    }

    /// `struct A: u32 { .. }` and `x => y` are not Rust.
    fn reads_as_items(&self, brace: usize) -> bool {
        let mut depth = 0usize;
        for at in brace..self.tokens.len() {
            match self.punct(at) {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' if depth <= 1 => return true,
                b')' | b']' | b'}' => depth -= 1,
                b'=' if depth == 1 && self.punct(at + 1) == b'>' => return false,
                b':' if depth == 1 && self.word(at.saturating_sub(2)) == b"struct" => return false,
                _ => {}
            }
        }
        false
    }

    /// The index behind the attribute at `at`.
    fn after_attribute(&self, at: usize) -> usize {
        let mut depth = 0usize;
        for index in at + 1..self.tokens.len() {
            match self.punct(index) {
                b'[' => depth += 1,
                b']' if depth <= 1 => return index + 1,
                b']' => depth -= 1,
                b'!' => {}
                _ if depth == 0 => break,
                _ => {}
            }
        }
        at + 1
    }
}

impl Opened {
    fn blank(&mut self, range: Range<usize>) {
        for byte in &mut self.text[range] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Tokens of Rust, coarse. Comments are not tokens.
fn tokens(text: &[u8]) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 5);
    let mut at = 0;
    while at < text.len() {
        let start = at;
        let kind = match text[at] {
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'/' if text.get(at + 1) == Some(&b'/') => {
                at = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |end| at + end);
                continue;
            }
            b'/' if text.get(at + 1) == Some(&b'*') => {
                at = after_comment(text, at);
                continue;
            }
            b'"' => {
                at = after_string(text, at);
                Kind::Literal
            }
            b'\'' => {
                at = after_quote(text, at);
                Kind::Literal
            }
            byte if is_word(byte) => {
                while at < text.len() && is_word(text[at]) {
                    at += 1;
                }
                let prefix = &text[start..at];
                match text.get(at) {
                    Some(b'"' | b'#') if matches!(prefix, b"r" | b"br" | b"cr") => match after_raw(text, at) {
                        Some(end) => {
                            at = end;
                            Kind::Literal
                        }
                        None => Kind::Word,
                    },
                    _ if byte.is_ascii_digit() => Kind::Literal,
                    _ => Kind::Word,
                }
            }
            byte => {
                at += 1;
                Kind::Punct(byte)
            }
        };
        tokens.push(Token { kind, range: start..at });
    }
    tokens
}

/// Block comments nest.
fn after_comment(text: &[u8], mut at: usize) -> usize {
    let mut depth = 0usize;
    while at < text.len() {
        if text[at..].starts_with(b"/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with(b"*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

fn after_string(text: &[u8], mut at: usize) -> usize {
    at += 1;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// Behind a character or a lifetime.
fn after_quote(text: &[u8], at: usize) -> usize {
    if text.get(at + 1) == Some(&b'\\') {
        return memchr::memchr(b'\'', text.get(at + 3..).unwrap_or_default())
            .map_or(text.len(), |end| at + 3 + end + 1);
    }
    // One character is at most four bytes long.
    let first = text.get(at + 1).copied().unwrap_or(b' ');
    let length = match first {
        0xf0.. => 4,
        0xe0.. => 3,
        0xc0.. => 2,
        _ => 1,
    };
    if text.get(at + 1 + length) == Some(&b'\'') {
        return at + length + 2;
    }
    at + 1 + text[at + 1..].iter().take_while(|byte| is_word(**byte)).count()
}

/// Behind the raw string whose `#`s and quote are at `at`; `None` for `r#name`.
fn after_raw(text: &[u8], at: usize) -> Option<usize> {
    let hashes = text[at..].iter().take_while(|byte| **byte == b'#').count();
    if text.get(at + hashes) != Some(&b'"') {
        return None;
    }
    let mut close = vec![b'"'];
    close.resize(hashes + 1, b'#');
    let body = at + hashes + 1;
    Some(memchr::memmem::find(&text[body..], &close).map_or(text.len(), |end| body + end + close.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let shown = match open(text) {
            Some(opened) => {
                assert_eq!(opened.text.len(), text.len());
                String::from_utf8(opened.text).unwrap()
            }
            None => text.to_owned(),
        };
        let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(folded(&shown), folded(expect));
    }

    #[test]
    fn macros_around_items_open() {
        check("cfg_rt! { pub fn a() { b! { c } } }", "pub fn a() { b! { c } }");
        check("crate::x!{ /// Doc {\n #[a(\"}\")] mod m; use b; }", "/// Doc {\n #[a(\"}\")] mod m; use b;");
        check("a! { b! { fn c() {} } } fn d() {}", "fn c() {} fn d() {}");
        check("mod m { impl<'a> T for X<'a> { a! { fn f() {} } } }", "mod m { impl<'a> T for X<'a> { fn f() {} } }");
        check("#[cfg(x)] a! { struct S { b: u8 } } x! { fn g() {} }", "#[cfg(x)] struct S { b: u8 } fn g() {}");
        check(
            "const C: char = '{'; a! { fn f() { '\\''; r#\"}\"#; } }",
            "const C: char = '{'; fn f() { '\\''; r#\"}\"#; }",
        );
        check("thread_local! { static X: u8 = const { 1 }; }", "static X: u8 = const { 1 };");
    }

    #[test]
    fn other_macros_stay() {
        for text in [
            "fn f() { a! { fn g() {} } }",
            "fn f() -> impl T { a! { fn g() {} } }",
            "macro_rules! x { () => { a! { fn g() {} } } }",
            "bitflags! { pub struct A: u32 { const B = 1; } }",
            "vec! { 1, 2 } println!{}",
            "table! { static => 1 }",
            "const X: u8 = a! { fn g() {} };",
            "a! { fn g() {",
            "a!{",
        ] {
            check(text, text);
        }
    }
}
