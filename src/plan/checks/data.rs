//! Formats without a grammar that have a parser: JSON and TOML.

use super::Problem;
use super::view::File;

/// Where and why a text is not of its format.
type Fault = (u32, String);

pub(super) fn problems(file: &File) -> Vec<Problem> {
    let Some(read) = reader(file.path()) else { return Vec::new() };
    let created = file.before.is_none();
    let was_sound = created || read(&file.old).is_none();
    let Some((line, why)) = read(&file.new).filter(|_| was_sound) else { return Vec::new() };
    let verb = if created { "does not parse" } else { "parsed before, and does not any more" };
    let line = line.clamp(1, file.lines.count().max(1));
    let message = format!("{verb}: {why} at `{}`; mend the text there", file.shown(line));
    let at = file.lines.range(line).map_or(0, |range| range.start);
    vec![Problem::new("parse", true, message).step(file.step_at(at)).path(file.path()).line(line)]
}

fn reader(path: &str) -> Option<fn(&str) -> Option<Fault>> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    match () {
        () if ends(&[".toml"]) || matches!(&*name, "cargo.lock" | "poetry.lock" | "pipfile") => Some(toml_fault),
        () if ends(&[".jsonl", ".ndjson"]) => Some(lines_fault),
        () if ends(&[".json", ".jsonc", ".webmanifest", ".ipynb"]) => Some(json_fault),
        () => None,
    }
}

fn toml_fault(text: &str) -> Option<Fault> {
    let error = toml::from_str::<toml::Table>(text).err()?;
    let at = error.span().map_or(0, |span| span.start.min(text.len()));
    let line = 1 + memchr::memchr_iter(b'\n', &text.as_bytes()[..at]).count() as u32;
    Some((line, error.message().to_owned()))
}

/// JSON as tools take it, with comments and commas at the end: which of them do is not told by the name.
fn json_fault(text: &str) -> Option<Fault> {
    // An empty file is no document, and some tools make such files.
    if text.trim().is_empty() || parse(text).is_none() {
        return None;
    }
    parse(&bare(text))
}

fn lines_fault(text: &str) -> Option<Fault> {
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.find_map(|(at, line)| parse(line).map(|(_, why)| (at as u32 + 1, why)))
}

fn parse(text: &str) -> Option<Fault> {
    let error = serde_json::from_str::<serde::de::IgnoredAny>(text).err()?;
    let why = error.to_string();
    let why = why.split(" at line ").next().unwrap_or_default().to_owned();
    Some((error.line() as u32, why))
}

/// The text with blanks for comments, and for commas before a closing bracket. No line moves.
fn bare(text: &str) -> String {
    let mut out: Vec<u8> = text.bytes().collect();
    let bytes = text.as_bytes();
    let (mut at, mut comma) = (0, None);
    while at < bytes.len() {
        let end = match bytes[at] {
            b'"' => string_end(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end)
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                memchr::memmem::find(&bytes[at + 2..], b"*/").map_or(bytes.len(), |end| at + end + 4)
            }
            _ => at + 1,
        };
        match bytes[at] {
            b'/' if end > at + 1 => {
                out[at..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
            }
            b',' => comma = Some(at),
            b']' | b'}' => {
                if let Some(comma) = comma.take() {
                    out[comma] = b' ';
                }
            }
            byte if byte.is_ascii_whitespace() => {}
            _ => comma = None,
        }
        at = end;
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'"' => return at + 1,
            b'\n' => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, expect: Option<u32>) {
        assert_eq!(reader(path).and_then(|read| read(text)).map(|(line, _)| line), expect, "{path} {text:?}");
    }

    #[test]
    fn formats() {
        check("a.json", "{\"a\": 1}\n", None);
        check("a.json", "// c\n{\"a\": [1, /* , */ 2,],\n}\n", None);
        check("a.json", "{\"a\": \"//\", \"b\": \"\\\",}\"}", None);
        check("a.json", "{\n\"a\": 1\n\"b\": 2}\n", Some(3));
        check("a.json", "{\n\"a\": [1}\n", Some(2));
        check("a.json", "{\"a\": \"open\n}\n", Some(1));
        check("a.jsonl", "{}\n{\n", Some(2));
        check("Cargo.toml", "[a]\nb = 1\n", None);
        check("Cargo.toml", "[a]\nb = \n", Some(2));
        check("Cargo.toml", "[a]\nb = 1\nb = 2\n", Some(3));
        check("a.txt", "{", None);
    }
}
