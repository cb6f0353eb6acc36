//! What a reader sees of a definition: its head on one line, and the comment above it.

use super::languages::Family;
use super::lines::Lines;

const SIGNATURE: usize = 200;
const DOC: usize = 400;

/// The head of a definition on one line: up to its body, white space folded, at most 200 characters.
pub(super) fn signature(family: Family, text: &str) -> String {
    let text = without_annotations(text);
    let directive = is_directive(family, text);
    let mut out = String::new();
    let mut space = false;
    let mut characters = 0;
    for c in text[..end(family, text, SIGNATURE)].chars() {
        if c.is_whitespace() || c == '\\' && directive {
            space = !out.is_empty();
            continue;
        }
        if std::mem::take(&mut space) {
            out.push(' ');
            characters += 1;
        }
        out.push(c);
        characters += 1;
        if characters >= SIGNATURE {
            out.push('…');
            break;
        }
    }
    out
}

/// A macro's head is its line; other heads end where the body begins.
fn is_directive(family: Family, text: &str) -> bool {
    text.starts_with('#') && family == Family::C
}

/// Where the head of a definition ends, or its first `most` characters that are no white space do. The text begins with
/// the definition.
pub(super) fn end(family: Family, text: &str, most: usize) -> usize {
    let mut depth = 0u32;
    let mut characters = 0;
    let directive = is_directive(family, text);
    let mut end = 0;
    for (at, c) in text.char_indices().take(2_000) {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '\n' if directive && !text[..at].ends_with('\\') => return at,
            // `const { a, b } = ...`: no body, a pattern.
            '{' if depth == 0 && family == Family::JavaScript && binds(text[..at].trim_end()) => depth += 1,
            '}' if depth > 0 && family == Family::JavaScript => depth -= 1,
            '{' if depth > 0 && family == Family::JavaScript => depth += 1,
            '{' if depth == 0 && !directive => return at,
            '\n' if family == Family::C && !directive && text[at + 1..].trim_start().starts_with('#') => return at,
            ';' if depth == 0 && !directive => return at,
            ':' if depth == 0 && family == Family::Python && heads_block(text) => return at,
            '\n' if depth == 0 && family == Family::Python => return at,
            _ => {}
        }
        end = at + c.len_utf8();
        characters += usize::from(!c.is_whitespace());
        if characters >= most {
            break;
        }
    }
    end
}

/// The text behind leading `@annotations(...)`.
fn without_annotations(text: &str) -> &str {
    let mut rest = text;
    while rest.starts_with('@') && !rest.starts_with("@interface") {
        let name = rest[1..]
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '$')))
            .map_or(rest.len(), |at| at + 1);
        let mut depth = 0;
        let end = rest[name..].char_indices().find_map(|(at, c)| {
            match c {
                '(' => depth += 1,
                ')' if depth > 1 => depth -= 1,
                ')' => return Some(name + at + 1),
                _ if depth == 0 => return Some(name + at),
                _ => {}
            }
            None
        });
        rest = rest[end.unwrap_or(rest.len())..].trim_start();
    }
    rest
}

fn binds(head: &str) -> bool {
    ["const", "let", "var"].iter().any(|word| head.ends_with(word))
}

fn heads_block(text: &str) -> bool {
    ["def ", "class ", "async "].iter().any(|word| text.starts_with(word))
}

/// First line of the definition with the attributes above it, and the first paragraph of its comment.
pub(super) fn above(family: Family, lines: &Lines, from: u32, head: &str) -> (u32, Option<String>) {
    let mut first = from;
    if family == Family::Rust {
        while first > 1 && is_rust_attribute(lines.text(first - 1).trim()) {
            first -= 1;
        }
    }
    let doc =
        comment_above(family, lines, first).or_else(|| (family == Family::Python).then(|| docstring(head)).flatten());
    (first, doc)
}

fn is_rust_attribute(line: &str) -> bool {
    line.starts_with("#[") && line.ends_with(']')
}

fn comment_above(family: Family, lines: &Lines, first: u32) -> Option<String> {
    let mut collected: Vec<&str> = Vec::new();
    let mut at = first;
    let mut block = false;
    while at > 1 && collected.len() < 200 {
        let line = lines.text(at - 1).trim();
        let closes = line.ends_with("*/") && (line.starts_with("/*") || line.starts_with('*') || !line.contains("/*"));
        let inside = if block || closes {
            block = !line.starts_with("/*");
            true
        } else if family == Family::Python {
            line.starts_with('#') && !line.starts_with("#!")
        } else {
            line.starts_with("//")
        };
        if !inside {
            break;
        }
        collected.push(line);
        at -= 1;
    }
    if block {
        return None;
    }
    paragraph(collected.into_iter().rev().map(|line| {
        let line = line.strip_suffix("*/").unwrap_or(line);
        line.trim_start_matches(['/', '*', '#', '!']).trim()
    }))
}

fn docstring(head: &str) -> Option<String> {
    let mut lines = head.lines().skip_while(|line| !line.trim_end().ends_with(':')).skip(1);
    let first = lines.next()?.trim();
    let quote =
        ["\"\"\"", "'''"].into_iter().find(|quote| first.trim_start_matches(['r', 'R', 'u']).starts_with(quote))?;
    let first = &first[first.find(quote)? + 3..];
    if let Some((only, _)) = first.split_once(quote) {
        return paragraph(std::iter::once(only.trim()));
    }
    let rest = lines.map_while(|line| (!line.trim_end().ends_with(quote)).then(|| line.trim()));
    paragraph(std::iter::once(first.trim()).chain(rest))
}

fn paragraph<'a>(lines: impl Iterator<Item = &'a str>) -> Option<String> {
    let words: Vec<&str> = lines.skip_while(|line| line.is_empty()).take_while(|line| !line.is_empty()).collect();
    let text = words.join(" ");
    if text.chars().count() > DOC {
        return Some(text.chars().take(DOC - 1).chain(['…']).collect());
    }
    (!text.is_empty()).then_some(text)
}
