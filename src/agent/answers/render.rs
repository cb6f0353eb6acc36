//! A value that code answered with, as Markdown: what was computed is shown as it is, and nobody has to retype it.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::answer::{Citation, Cut};

/// Items of a list that the text shows; the value itself has all of them.
const MOST_ITEMS: usize = 2_000;

/// Fields that our own objects have beside a place; those of others are shown by name.
const KNOWN: &[&str] = &[
    "path",
    "line",
    "column",
    "from",
    "to",
    "text",
    "name",
    "qualified",
    "kind",
    "signature",
    "doc",
    "confidence",
    "calls",
    "children",
    "before",
    "after",
    "in",
    "names",
    "module",
    "target",
    "external",
];

/// Text as it is, numbers as numbers, lists as lists with a citation for each place; everything else as JSON.
pub fn markdown(value: &Value, cuts: &[Cut]) -> String {
    let mut text = match value {
        Value::String(text) => return text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => yes.to_string(),
        Value::Array(items) => list(items).unwrap_or_else(|| json(value)),
        Value::Object(_) | Value::Null => json(value),
    };
    for cut in cuts {
        let _ = write!(text, "\n\n{}.", cut.said());
    }
    text
}

/// What a value that is no text says, without its shape: where its citations are looked for.
pub fn claims(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => list(items).unwrap_or_else(|| strings(value)),
        other => strings(other),
    }
}

/// The places in a value that is no text: every object with a path and lines.
pub fn places(value: &Value) -> Vec<Citation> {
    let mut places = Vec::new();
    walk(value, &mut |value| {
        if places.len() < MOST_ITEMS
            && let Value::Object(fields) = value
            && let Some(path) = fields.get("path").and_then(Value::as_str)
            && let Some((from, to)) = lines(fields)
        {
            places.push(Citation { path: path.to_owned(), from, to });
        }
    });
    places
}

fn json(value: &Value) -> String {
    format!("```json\n{}\n```", serde_json::to_string_pretty(value).unwrap_or_default())
}

fn strings(value: &Value) -> String {
    let mut text = String::new();
    walk(value, &mut |value| {
        if let Value::String(one) = value {
            text.push_str(one);
            text.push('\n');
        }
    });
    text
}

fn walk<'a>(value: &'a Value, visit: &mut impl FnMut(&'a Value)) {
    visit(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        Value::Object(fields) => fields.values().for_each(|item| walk(item, visit)),
        _ => {}
    }
}

/// `None` when an item is nothing that fits into a line.
fn list(items: &[Value]) -> Option<String> {
    if items.is_empty() {
        return Some("None.".to_owned());
    }
    let mut text = String::new();
    for item in items.iter().take(MOST_ITEMS) {
        let _ = writeln!(text, "- {}", row(item)?);
        let calls = item.get("calls").and_then(Value::as_array);
        for call in calls.into_iter().flatten() {
            let _ = writeln!(text, "  - {}", row(call)?);
        }
    }
    if items.len() > MOST_ITEMS {
        let _ = writeln!(text, "- and {} more", items.len() - MOST_ITEMS);
    }
    text.pop();
    Some(text)
}

/// An item of a list on one line, its place behind it.
fn row(item: &Value) -> Option<String> {
    let fields = match item {
        Value::String(text) => return Some(text.trim().replace('\n', "\n  ")),
        Value::Number(_) | Value::Bool(_) => return Some(item.to_string()),
        Value::Object(fields) => fields,
        Value::Array(_) | Value::Null => return None,
    };
    let field = |name: &str| fields.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let is_ours = is_ours(fields);
    let (mut parts, mut said) = (Vec::new(), Vec::new());
    let name = ["qualified", "name"].into_iter().find(|name| field(name).is_some());
    match (field("text"), name.and_then(field), field("kind")) {
        (Some(text), ..) => {
            parts.push(code(text));
            said.push("text");
        }
        (None, Some(text), kind) => {
            parts.push(kind.map_or_else(|| code(text), |kind| format!("{kind} {}", code(text))));
            said.extend(name);
            said.push("kind");
        }
        (None, None, Some(kind)) if !kind.contains('\n') => {
            parts.push(kind.to_owned());
            said.push("kind");
        }
        (None, None, _) => {}
    }
    if field("confidence") == Some("possible") {
        parts.push("possible".to_owned());
        said.push("confidence");
    }
    let has_path = field("path").is_some();
    if has_path {
        said.push("path");
        said.push(if fields.contains_key("from") { "from" } else { "line" });
    }
    if fields.get("calls").is_some_and(Value::is_array) {
        // They have rows of their own.
        said.push("calls");
    }
    let is_said = |name: &str| said.contains(&name) || is_ours && KNOWN.contains(&name);
    for (name, value) in fields.iter().filter(|(name, _)| !is_said(name)) {
        match value {
            Value::String(text) if KNOWN.contains(&name.as_str()) => parts.push(format!("{name}: {}", one_line(text))),
            Value::String(text) if text.contains('\n') => return None,
            Value::String(text) => parts.push(format!("{name}: {text}")),
            Value::Number(_) | Value::Bool(_) | Value::Null => parts.push(format!("{name}: {value}")),
            Value::Array(items) if items.iter().all(is_plain) => parts.push(format!("{name}: {}", joined(items))),
            Value::Array(_) | Value::Object(_) if has_path => {
                parts.push(format!("{name}: {}", code(&value.to_string())))
            }
            Value::Array(_) | Value::Object(_) => return None,
        }
    }
    let what = parts.join(", ");
    Some(match (field("path"), lines(fields)) {
        (Some(path), Some((from, to))) => {
            let place = if from == to { format!("{path}:{from}") } else { format!("{path}:{from}-{to}") };
            if what.is_empty() { place } else { format!("{what} ({place})") }
        }
        (Some(path), None) if what.is_empty() => code(path),
        (Some(path), None) => format!("{} {what}", code(path)),
        (None, _) => what,
    })
}

/// Whether it is one that `repo.*` returned: their other fields say nothing that the place and the text do not.
fn is_ours(fields: &Map<String, Value>) -> bool {
    let has = |name: &str| fields.contains_key(name);
    has("path") && (has("column") || has("from") && has("to") || has("module") && has("external"))
}

/// Whether it can stand among others on a line.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.contains('\n'),
        Value::Number(_) | Value::Bool(_) | Value::Null => true,
        Value::Array(_) | Value::Object(_) => false,
    }
}

fn joined(items: &[Value]) -> String {
    let said = |item: &Value| item.as_str().map_or_else(|| item.to_string(), str::to_owned);
    match items {
        [] => "none".to_owned(),
        items => items.iter().map(said).collect::<Vec<_>>().join(", "),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The lines that an object means: those of a definition, else its one line.
fn lines(fields: &Map<String, Value>) -> Option<(u64, u64)> {
    let number = |name: &str| fields.get(name).and_then(Value::as_u64);
    // The calls of an edge are what it claims; they have rows of their own.
    match (number("from"), number("to"), number("line")) {
        (Some(from), Some(to), _) => Some((from, to)),
        (Some(line), None, _) | (None, _, Some(line)) => Some((line, line)),
        (None, _, None) => None,
    }
}

/// As a code span, whatever stands in it.
fn code(text: &str) -> String {
    let text = text.trim().replace('\n', " ");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let (ticks, space) = ("`".repeat(longest + 1), if longest > 0 { " " } else { "" });
    format!("{ticks}{space}{text}{space}{ticks}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_shown_as_what_they_are() {
        let check = |value: Value, expect: &str| assert_eq!(markdown(&value, &[]), expect, "{value}");
        check(json!("**text** (a.rs:1)"), "**text** (a.rs:1)");
        check(json!(1234), "1234");
        check(json!(true), "true");
        check(json!([]), "None.");
        check(json!(["a.rs:1", "b", 3]), "- a.rs:1\n- b\n- 3");
        check(json!([{ "path": "a.rs", "line": 4, "column": 1, "text": "  fn a() {" }]), "- `fn a() {` (a.rs:4)");
        check(json!([{ "path": "a.js", "line": 4, "text": "f(`x`)" }]), "- `` f(`x`) `` (a.js:4)");
        let definition = json!([{
            "path": "a.rs", "line": 4, "from": 3, "to": 9, "name": "a", "kind": "method", "qualified": "A.a",
            "signature": "fn a()",
        }]);
        check(definition, "- method `A.a` (a.rs:3-9)");
        let edge = json!([{
            "path": "a.rs", "line": 4, "from": 3, "to": 9, "name": "a", "kind": "function", "qualified": "a",
            "confidence": "possible", "calls": [{ "path": "a.rs", "line": 5, "text": "b()" }],
        }]);
        check(edge, "- function `a`, possible (a.rs:3-9)\n  - `b()` (a.rs:5)");
        check(json!([{ "path": "a.rs", "from": 1, "to": 2 }]), "- a.rs:1-2");
        check(json!([{ "path": "a.rs", "language": "rust", "bytes": 9 }]), "- `a.rs` language: rust, bytes: 9");
        check(json!([{ "path": "a.rs", "line": 2, "why": "it panics" }]), "- why: it panics (a.rs:2)");
        check(json!([{ "name": "a", "n": 2 }]), "- `a`, n: 2");
        let own = json!([{ "path": "a.rs", "line": 4, "kind": "unsafe call", "target": "x", "tags": ["a", "b"] }]);
        check(own, "- unsafe call, target: x, tags: a, b (a.rs:4)");
        check(json!([{ "path": "a.rs", "line": 4, "doc": "one\n  two" }]), "- doc: one two (a.rs:4)");
        check(json!([{ "path": "a.rs", "line": 4, "text": "b()", "name": "b" }]), "- `b()`, name: b (a.rs:4)");
        check(
            json!([{ "path": "a/*", "name": "a", "languages": { "rust": 3 } }]),
            "- `a/*` `a`, languages: `{\"rust\":3}`",
        );
        check(json!([{ "name": "a", "in": [] }]), "- `a`, in: none");
        assert!(markdown(&json!([{ "name": "a", "in": [[1]] }]), &[]).starts_with("```json\n"));
        let import = json!([{
            "path": "a.rs", "line": 1, "text": "use b::c;", "module": "b", "names": ["c"], "target": null, "external": true,
        }]);
        check(import, "- `use b::c;` (a.rs:1)");
        check(json!([[1]]), "```json\n[\n  [\n    1\n  ]\n]\n```");
        check(json!({ "n": 1 }), "```json\n{\n  \"n\": 1\n}\n```");
    }

    #[test]
    fn what_is_left_out_is_said() {
        let cuts = [Cut { of: None, shown: 2, total: 1_234 }];
        assert_eq!(markdown(&json!(["a", "b"]), &cuts), "- a\n- b\n\nThis is 2 of 1,234.");
    }

    #[test]
    fn places_and_claims_of_values() {
        let value =
            json!({ "all": [{ "path": "a.rs", "line": 3 }, { "path": "b.rs", "from": 1, "to": 2 }], "said": "c.rs:4" });
        let got: Vec<String> = places(&value).iter().map(|c| format!("{}:{}-{}", c.path, c.from, c.to)).collect();
        assert_eq!(got, ["a.rs:3-3", "b.rs:1-2"]);
        assert_eq!(claims(&value), "a.rs\nb.rs\nc.rs:4\n");
    }
}
