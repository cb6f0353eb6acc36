//! Extents that grammars see otherwise than people: several equations of one function, bindings behind their `let`.

use std::collections::HashMap;

use super::Kind;
use super::definitions::{Raw, What};

/// Makes one of a function's signature and its equations, which stand below each other.
pub(super) fn joined(text: &str, found: Vec<Raw>) -> Vec<Raw> {
    let callable = |raw: &Raw| matches!(raw.what, What::Definition(Kind::Function | Kind::Method));
    let mut out: Vec<Raw> = Vec::with_capacity(found.len());
    let mut last: HashMap<&str, usize> = HashMap::new();
    for raw in found {
        let Some(name) = text.get(raw.name.clone()).filter(|_| callable(&raw)) else {
            out.push(raw);
            continue;
        };
        let before = last.get(name).copied().filter(|at| {
            let between = text.get(out[*at].extent.end..raw.extent.start);
            between
                .is_some_and(|text| text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with("--")))
        });
        if let Some(at) = before {
            out[at].extent.end = raw.extent.end;
        } else {
            last.insert(name, out.len());
            out.push(raw);
        }
    }
    out
}

/// Where OCaml's binding begins with the `let` or `type` before it, which is not part of it: others may follow.
pub(super) fn led_by_word(text: &str, start: usize) -> usize {
    let mut at = start;
    for words in [&["rec", "nonrec"][..], &["let", "and", "type", "module", "class", "exception"], &["class"]] {
        let before = text[..at].trim_end();
        let word = words.iter().find(|word| {
            let rest = before.strip_suffix(**word);
            rest.is_some_and(|rest| !rest.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        });
        at = word.map_or(at, |word| before.len() - word.len());
    }
    at
}
