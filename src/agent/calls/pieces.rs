//! Data in pieces of a size, cut where it comes apart by itself: between files, paragraphs and lines of a text, items of an
//! array, fields of an object. Nothing is lost and nothing stands in two pieces, but for the heads that pieces need.

use serde_json::{Map, Value};

use crate::agent::prompt::data;
use crate::model::tokens;

/// How `repo.text` begins a file.
const FILE: &str = "==> ";

/// Tokens that a bracket, a comma and an indent take.
const FRAME: u64 = 3;

/// The smallest part that there is, and that is still too big.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} of {chars} characters (about {tokens} tokens) cannot be cut further, and {most} tokens fit")]
pub struct TooBig {
    pub what: &'static str,
    pub chars: usize,
    pub tokens: u64,
    pub most: u64,
}

impl TooBig {
    fn new(what: &'static str, text: &str, most: u64) -> Self {
        Self { what, chars: text.chars().count(), tokens: tokens::estimate(text), most }
    }
}

/// `data` in pieces, in order, each of which is about `most` tokens in a prompt.
pub fn split(data: &Value, most: u64) -> Result<Vec<Value>, TooBig> {
    if size(data) <= most {
        return Ok(vec![data.clone()]);
    }
    match data {
        Value::String(text) => Ok(texts(text, most)?.into_iter().map(Value::String).collect()),
        Value::Array(items) => array(items, most),
        Value::Object(fields) => object(fields, most),
        other => Err(TooBig::new("a number", &other.to_string(), most)),
    }
}

fn size(data: &Value) -> u64 {
    tokens::estimate(&data::render(data))
}

/// As many items in each piece as fit; an item that is too big alone is split itself.
fn array(items: &[Value], most: u64) -> Result<Vec<Value>, TooBig> {
    let mut pieces = Vec::new();
    let mut piece = Vec::new();
    let mut used = 0;
    for item in items {
        let size = size(item) + FRAME;
        if used + size > most && !piece.is_empty() {
            pieces.push(Value::Array(std::mem::take(&mut piece)));
            used = 0;
        }
        if size > most {
            let parts = split(item, most.saturating_sub(FRAME))?;
            pieces.extend(parts.into_iter().map(|part| Value::Array(vec![part])));
            continue;
        }
        piece.push(item.clone());
        used += size;
    }
    if !piece.is_empty() {
        pieces.push(Value::Array(piece));
    }
    Ok(pieces)
}

/// One field that is most of the object is split, and the others stand in every piece, as in `{ path, text }`. Else the
/// fields are dealt out, as in a map from paths to texts.
fn object(fields: &Map<String, Value>, most: u64) -> Result<Vec<Value>, TooBig> {
    let sized: Vec<(&String, &Value, u64)> =
        fields.iter().map(|(name, value)| (name, value, size(value) + tokens::estimate(name) + FRAME)).collect();
    let total: u64 = sized.iter().map(|(.., size)| size).sum();
    let biggest = sized.iter().max_by_key(|(.., size)| *size);
    if let Some((name, value, size)) = biggest
        && total - size <= most / 2
    {
        let room = most.saturating_sub(total - size + tokens::estimate(name) + FRAME);
        let with = |part: Value| {
            let mut piece = fields.clone();
            piece.insert((*name).clone(), part);
            Value::Object(piece)
        };
        return Ok(split(value, room)?.into_iter().map(with).collect());
    }
    let mut pieces = Vec::new();
    let mut piece = Map::new();
    let mut used = 0;
    for (name, value, size) in sized {
        if used + size > most && !piece.is_empty() {
            pieces.push(Value::Object(std::mem::take(&mut piece)));
            used = 0;
        }
        if size > most {
            let room = most.saturating_sub(tokens::estimate(name) + FRAME);
            let parts = split(value, room)?.into_iter();
            pieces.extend(parts.map(|part| Value::Object(Map::from_iter([(name.clone(), part)]))));
            continue;
        }
        piece.insert(name.clone(), value.clone());
        used += size;
    }
    if !piece.is_empty() {
        pieces.push(Value::Object(piece));
    }
    Ok(pieces)
}

/// The seams of a text, the best first.
#[derive(Clone, Copy, PartialEq)]
enum Seam {
    File,
    Paragraph,
    Line,
}

/// A text in pieces. One that begins inside of a file is told which file that is.
fn texts(text: &str, most: u64) -> Result<Vec<String>, TooBig> {
    let mut segments = Vec::new();
    cut(text, Seam::File, most, &mut segments)?;
    let mut pieces: Vec<String> = Vec::new();
    let (mut piece, mut used, mut file) = (String::new(), 0, None);
    for segment in segments {
        let size = tokens::estimate(segment);
        if used + size > most && !piece.is_empty() {
            pieces.push(std::mem::take(&mut piece));
            used = 0;
        }
        if piece.is_empty()
            && let Some(file) = file
            && !segment.starts_with(FILE)
        {
            piece = format!("{file} (continued)\n");
            used = tokens::estimate(&piece);
        }
        piece.push_str(segment);
        used += size;
        file = segment.lines().rev().find(|line| line.starts_with(FILE)).or(file);
    }
    pieces.push(piece);
    Ok(pieces)
}

/// The text's parts at `seam`; those that are too big at the next one.
fn cut<'a>(text: &'a str, seam: Seam, most: u64, out: &mut Vec<&'a str>) -> Result<(), TooBig> {
    for part in at(text, seam) {
        if tokens::estimate(part) <= most {
            out.push(part);
            continue;
        }
        match seam {
            Seam::File => cut(part, Seam::Paragraph, most, out)?,
            Seam::Paragraph => cut(part, Seam::Line, most, out)?,
            Seam::Line => return Err(TooBig::new("a line", part, most)),
        }
    }
    Ok(())
}

/// Slices that make up the text, each of which begins at a seam.
fn at(text: &str, seam: Seam) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut end, mut was_blank) = (0, 0, false);
    for line in text.split_inclusive('\n') {
        let blank = is_blank(line);
        let begins = match seam {
            Seam::File => line.starts_with(FILE),
            Seam::Paragraph => was_blank && !blank,
            Seam::Line => true,
        };
        if begins && end > start {
            parts.push(&text[start..end]);
            start = end;
        }
        end += line.len();
        was_blank = blank;
    }
    if end > start {
        parts.push(&text[start..end]);
    }
    parts
}

/// Whether nothing stands in a line but the number that `repo.text` gave it.
fn is_blank(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.strip_suffix(':').is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(data: Value, most: u64, expect: Value) {
        let pieces = split(&data, most).unwrap();
        assert_eq!(Value::Array(pieces), expect, "{data} at {most}");
    }

    #[test]
    fn at_the_best_seams() {
        check(json!("short"), 10, json!(["short"]));
        check(json!("one two\nthree four\n"), 3, json!(["one two\n", "three four\n"]));
        check(json!("a\nb\n\nc\nd\n\n\ne"), 2, json!(["a\nb\n\n", "c\nd\n\n\n", "e"]));
        check(json!("first one\nsame\n\nnext part\n"), 5, json!(["first one\nsame\n\n", "next part\n"]));
        check(json!("1: fn a() {}\n2:\n3: fn b() {}\n"), 4, json!(["1: fn a() {}\n2:\n", "3: fn b() {}\n"]));
        let files = "==> a.rs:1-2\n1: one\n2: two\n\n==> b.rs:1-1\n1: three\n\n";
        check(json!(files), 9, json!(["==> a.rs:1-2\n1: one\n2: two\n\n", "==> b.rs:1-1\n1: three\n\n"]));
    }

    #[test]
    fn what_begins_inside_of_a_file_says_which() {
        let text = "==> a.rs:1-3\n1: let one = 1;\n2: let two = 2;\n3: let three = 3;\n";
        check(
            json!(text),
            11,
            json!([
                "==> a.rs:1-3\n1: let one = 1;\n",
                "==> a.rs:1-3 (continued)\n2: let two = 2;\n",
                "==> a.rs:1-3 (continued)\n3: let three = 3;\n"
            ]),
        );
    }

    #[test]
    fn between_items_and_inside_of_the_big_one() {
        let (a, b) = ("a".repeat(40), "b".repeat(40));
        check(json!([a, b, "cc"]), 20, json!([[a], [b, "cc"]]));
        check(json!([1, "one two\nthree four\n", 2]), 7, json!([[1], ["one two\n"], ["three four\n"], [2]]));
        check(
            json!([{ "path": "a", "text": "one two\nthree four\n" }]),
            16,
            json!([[{ "path": "a", "text": "one two\n" }], [{ "path": "a", "text": "three four\n" }]]),
        );
        check(
            json!({ "a": "one two three four", "b": "five six seven eight", "c": "nine ten" }),
            16,
            json!([{ "a": "one two three four" }, { "b": "five six seven eight", "c": "nine ten" }]),
        );
    }

    #[test]
    fn nothing_is_lost_and_every_piece_fits() {
        let mut text = String::new();
        for file in 0..30 {
            text.push_str(&format!("==> src/f{file}.rs:1-90\n"));
            for line in 1..=90 {
                let body = if line % 7 == 0 { String::new() } else { format!(" let v{file}_{line} = {line};") };
                text.push_str(&format!("{line}:{body}\n"));
            }
            text.push('\n');
        }
        for most in [40, 100, 1_000, 5_000] {
            let pieces = texts(&text, most).unwrap();
            let whole: String = pieces
                .iter()
                .flat_map(|piece| piece.split_inclusive('\n'))
                .filter(|l| !l.ends_with("(continued)\n"))
                .collect();
            assert_eq!(whole, text, "{most}");
            for piece in &pieces {
                assert!(tokens::estimate(piece) <= most + 12, "{most}: {piece}");
                assert!(piece.starts_with(FILE), "{most}: {piece}");
            }
        }
    }

    #[test]
    fn what_cannot_be_cut_is_named_with_its_size() {
        let check = |data: Value, expect: &str| {
            let error = split(&data, 4).unwrap_err().to_string();
            assert!(error.starts_with(expect), "{error}");
        };
        check(json!("a\nthis line is far too long for it\n"), "a line of 33 characters (about 9 tokens) cannot be cut");
        check(json!(12_345_678_901_234_567_890_u64), "a number of 20 characters");
    }
}
