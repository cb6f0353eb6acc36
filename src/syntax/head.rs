//! What a reader sees of a definition: its head on one line, and the comment above it.

use super::comments::{Marks, attribute_doc};
use super::grammars::Family;
use super::lines::Lines;

const SIGNATURE: usize = 200;
const DOC: usize = 400;

/// The head of a definition on one line: up to its body, white space folded, at most 200 characters.
pub(super) fn signature(family: Family, text: &str) -> String {
    let text = without_annotations(family, text);
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
            '\n' if family == Family::Shell => return at,
            '{' if family == Family::Shell && !text[..at].ends_with([' ', ')']) => {}
            '{' if family == Family::Elixir => depth += 1,
            '}' if family == Family::Elixir => depth = depth.saturating_sub(1),
            '{' if depth == 0 && !directive => return at,
            '\n' if family == Family::C && !directive && text[at + 1..].trim_start().starts_with('#') => return at,
            ';' if depth == 0 && !directive => return at,
            ':' if depth == 0 && family == Family::Python && heads_block(text) => return at,
            '\n' if depth == 0 && family == Family::Python => return at,
            _ if depth == 0 && ends_head(family, text, at) => return at,
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

/// Whether a body begins at a place outside of brackets, in languages whose bodies need no `{`.
fn ends_head(family: Family, text: &str, at: usize) -> bool {
    let (before, rest) = (&text[..at], &text[at..]);
    let spaced = before.ends_with(char::is_whitespace);
    let equals = || spaced && rest.starts_with('=') && rest[1..].starts_with(char::is_whitespace);
    let has = |word: &str| before.split_whitespace().any(|part| part == word);
    match family {
        Family::Ruby if equals() && has("def") => true,
        Family::Ruby | Family::Lua | Family::Shell => rest.starts_with('\n'),
        Family::Elixir => {
            let body = rest.strip_prefix(',').map_or(rest, str::trim_start);
            let starts = body.strip_prefix("do").is_some_and(|rest| rest.starts_with([':', '\n', '\r']));
            starts && (spaced || rest.starts_with(',')) || rest.starts_with('\n') && !before.trim_end().ends_with(',')
        }
        Family::CSharp => rest.starts_with("=>"),
        Family::Kotlin => equals() && has("fun"),
        Family::Scala => {
            equals() && has("def")
                || rest.starts_with(":\n")
                || spaced && rest.starts_with("with\n")
                || rest.starts_with('\n') && rest[1..].starts_with("  ") && has("extension")
        }
        Family::OCaml => equals() && (has("let") || has("and") || has("method") || has("module") || has("class")),
        Family::Haskell => {
            let data = ["data", "newtype", "type", "class", "instance"].iter().any(|word| text.starts_with(word));
            let first = text.split_whitespace().next().unwrap_or_default().trim_end_matches(',');
            let next = || rest.trim_start().starts_with(first) || !rest[1..].starts_with([' ', '\t']);
            equals() && !data
                || rest.starts_with('\n') && (next() || rest.trim_start().starts_with("deriving"))
                || spaced && rest.starts_with("where\n")
                || !data && spaced && rest.starts_with("| ")
        }
        _ => false,
    }
}

/// The text behind leading `@annotations(...)` and `[Attributes]`.
fn without_annotations(family: Family, text: &str) -> &str {
    let mut rest = text;
    let attribute = match family {
        Family::CSharp => "[",
        Family::Php => "#[",
        // `@name` is a variable or an attribute of the module there.
        Family::Ruby | Family::Elixir => return text,
        _ => "@",
    };
    while rest.starts_with(attribute) && !rest.starts_with("@interface") {
        let behind = attribute.trim_end_matches('[').len();
        let name = rest[behind..]
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '$')))
            .map_or(rest.len(), |at| at + behind);
        let mut depth = 0;
        let end = rest[name..].char_indices().find_map(|(at, c)| {
            match c {
                '(' | '[' => depth += 1,
                ')' | ']' if depth > 1 => depth -= 1,
                ')' | ']' => return Some(name + at + 1),
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
    if family == Family::Elixir
        && let Some(doc) = attribute_doc(lines, first)
    {
        return paragraph(doc.lines().map(str::trim));
    }
    let marks = Marks::of(Some(family));
    let above = marks.above(lines, first, 200)?;
    paragraph(above.into_iter().map(|line| marks.bare(line).trim_start_matches(['/', '*', '#', '!', '-', '|']).trim()))
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
