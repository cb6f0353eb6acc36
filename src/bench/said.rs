//! What an answer says: its number, its items, its words without marks and citations.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::results::Outcome;

static CITATION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[(\[]?`?[\w@+~$-]*[./][\w@+~.$/-]*\w(?::|#L|:L)\d+(?:[-–]L?\d+)?`?[)\]]?").expect("a constant pattern")
});
static FINAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?im)^[\s#>*_-]*(?:final\s+)?answer(?:\s+is)?[*_]*\s*:[*_]*[ \t]*(\S.*)$").expect("a constant pattern")
});
static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[-−]?\d+(?:,\d{3})*(?:\.\d+)?").expect("a constant pattern"));
/// A list's first marker: a number that opens any later line may be the answer itself.
static FIRST: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\s*(?:[-*+]|1[.)])\s+").expect("a constant pattern"));
static MARKER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\s*(?:[-*+]|\d+[.)])\s+").expect("a constant pattern"));

/// An answer, to be read in several ways.
pub struct Said<'a> {
    value: &'a Value,
    markdown: &'a str,
    /// The Markdown without citations.
    text: String,
}

impl<'a> Said<'a> {
    pub fn new(outcome: &'a Outcome) -> Self {
        let text = CITATION.replace_all(&outcome.answer, "").into_owned();
        Self { value: &outcome.value, markdown: &outcome.answer, text }
    }

    /// The texts of which one may be the answer proper: the value, a line `Answer: ...`, the first line, the whole.
    pub fn candidates(&self) -> Vec<String> {
        if let Some(value) = scalar(self.value) {
            return vec![normal(&value)];
        }
        let first = self.text.lines().find(|line| !line.trim().is_empty());
        let last = self.last();
        let all = [last.as_deref(), first, Some(&self.text)];
        all.into_iter().flatten().map(normal).filter(|text| !text.is_empty()).collect()
    }

    /// The number that is the value or stands first in the answer; in the line `Answer: ...` if there is one.
    pub fn number(&self) -> Option<f64> {
        if let Value::Number(number) = self.value {
            return number.as_f64();
        }
        self.last().as_deref().and_then(number_in).or_else(|| number_in(&self.text))
    }

    /// The one option that the value, the line `Answer: ...`, or else the first line with any option names.
    pub fn choice<'o>(&self, options: &'o [String]) -> Option<&'o str> {
        let value = scalar(self.value);
        let last = self.last();
        let lines = [value.as_deref(), last.as_deref()].into_iter().flatten().chain(self.text.lines());
        for line in lines {
            let named = named(&normal(line), options);
            match named[..] {
                [] => {}
                [one] => return Some(one),
                _ => return None,
            }
        }
        None
    }

    /// The items of the value, of a JSON array in the text, of its Markdown lists, or of a line with commas.
    pub fn items(&self) -> Vec<String> {
        if let Some(array) = array(self.value).cloned().or_else(|| json_array(self.markdown)) {
            return array.iter().map(|item| item_normal(&joined(item))).collect();
        }
        let mut listed = outside_fences(&self.text).filter(|line| MARKER.is_match(line)).peekable();
        if listed.peek().is_some() {
            return listed.map(|line| item_normal(head(&MARKER.replace(line, "")))).collect();
        }
        let line = self.last().or_else(|| self.text.lines().find(|line| !line.trim().is_empty()).map(str::to_owned));
        let line = line.unwrap_or_default();
        line.split([',', ';']).map(|part| item_normal(part.trim_start().trim_start_matches("and "))).collect()
    }

    /// Whether the answer holds this text, however it is spaced, marked and capitalised.
    pub fn contains(&self, text: &str) -> bool {
        normal(self.markdown).contains(&normal(text))
    }

    /// What stands behind the last `Answer:` that begins a line.
    fn last(&self) -> Option<String> {
        FINAL.captures_iter(&self.text).last().map(|found| found[1].to_owned())
    }
}

/// Lower case, single spaces, without Markdown's marks, quotes and the full stop.
pub fn normal(text: &str) -> String {
    let text: String = text.chars().filter(|c| !matches!(c, '*' | '`' | '"' | '“' | '”')).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    text.trim_start_matches(['#', '>', ' ']).trim_end_matches(['.', '!', ',', ';', ':', ' ']).to_owned()
}

/// An item of a set; what joins the parts of a pair does not count.
pub fn item_normal(text: &str) -> String {
    let text = text.replace([',', '&'], " ");
    normal(text.trim().trim_matches(['(', ')', '[', ']', '\'']))
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

/// An array, or the one array of an object.
fn array(value: &Value) -> Option<&Vec<Value>> {
    let inner = value.as_object().filter(|object| object.len() == 1).and_then(|object| object.values().next());
    inner.unwrap_or(value).as_array()
}

/// The parts of a pair side by side.
fn joined(item: &Value) -> String {
    match item {
        Value::Array(parts) => parts.iter().map(joined).collect::<Vec<_>>().join(" "),
        other => scalar(other).unwrap_or_else(|| other.to_string()),
    }
}

/// What a list item is about: the code that it begins with, or what stands before the explanation.
fn head(item: &str) -> &str {
    let bare = item.trim_start_matches(['*', '_']);
    if let Some(end) = bare.strip_prefix('`').and_then(|code| code.find('`')) {
        return &bare[1..=end];
    }
    let end = [" — ", " – ", " - ", ": ", " ("].iter().filter_map(|mark| item.find(mark)).min();
    &item[..end.unwrap_or(item.len())]
}

fn number_in(text: &str) -> Option<f64> {
    text.lines().find_map(|line| {
        let line = FIRST.replace(line, "");
        NUMBER.find_iter(&line).find_map(|found| {
            let is_name = |c: char| c.is_alphanumeric() || c == '_';
            let before = line[..found.start()].chars().next_back().is_some_and(is_name);
            let after = line[found.end()..].chars().next().is_some_and(is_name);
            (!before && !after).then(|| found.as_str().replace(',', "").replace('−', "-").parse().ok()).flatten()
        })
    })
}

/// The options that occur in a text as whole words, the longest first, so that one inside another does not count.
fn named<'o>(text: &str, options: &'o [String]) -> Vec<&'o str> {
    let mut text = text.to_owned();
    let mut sorted: Vec<&String> = options.iter().collect();
    sorted.sort_by_key(|option| std::cmp::Reverse(option.len()));
    let mut named = Vec::new();
    for option in sorted {
        let wanted = normal(option);
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let found: Vec<usize> = text
            .match_indices(&wanted)
            .map(|(at, _)| at)
            .filter(|&at| {
                !text[..at].chars().next_back().is_some_and(is_word)
                    && !text[at + wanted.len()..].chars().next().is_some_and(is_word)
            })
            .collect();
        if !found.is_empty() {
            named.push(option.as_str());
            for at in found {
                text.replace_range(at..at + wanted.len(), &"\0".repeat(wanted.len()));
            }
        }
    }
    named
}

/// The array that is the whole text, or the last fenced block that is one.
fn json_array(markdown: &str) -> Option<Vec<Value>> {
    let fenced = markdown.split("```").skip(1).step_by(2).map(|block| block.trim_start_matches("json"));
    let parse = |text: &str| array(&serde_json::from_str(text.trim()).ok()?).cloned();
    fenced.filter_map(parse).last().or_else(|| parse(markdown))
}

fn outside_fences(text: &str) -> impl Iterator<Item = &str> {
    text.split("```").step_by(2).flat_map(str::lines)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn outcome(answer: &str, value: Value) -> Outcome {
        Outcome { answer: answer.to_owned(), value, ..Outcome::default() }
    }

    #[test]
    fn numbers() {
        let check = |answer: &str, expect: Option<f64>| {
            assert_eq!(Said::new(&outcome(answer, Value::Null)).number(), expect, "{answer}");
        };
        check("There are **1,234** files.", Some(1234.0));
        check("In `src/a2.rs:12-40` there are 3 of them.", Some(3.0));
        check("Of 20 files 3 match.\n\n**Answer:** 3", Some(3.0));
        check("1. The sum is -2.5 %", Some(-2.5));
        check("12. That is all.", Some(12.0));
        check("utf8 and x_1 are names", None);
        check("no number", None);
        assert_eq!(Said::new(&outcome("", json!(7))).number(), Some(7.0));
    }

    #[test]
    fn items() {
        let check = |answer: &str, expect: &[&str]| {
            assert_eq!(Said::new(&outcome(answer, Value::Null)).items(), expect, "{answer}");
        };
        check("Two:\n- `Alpha` (src/a.rs:1)\n- **beta**: the other one\n", &["alpha", "beta"]);
        check("1. ann, bob\n2. cy & dan — often\n", &["ann bob", "cy dan"]);
        check("Here:\n```json\n[[\"ann\", \"bob\"], \"cy\"]\n```", &["ann bob", "cy"]);
        check("alpha, beta; and gamma.", &["alpha", "beta", "gamma"]);
        check("[\"a\", 2]", &["a", "2"]);
        check("{\"names\": [\"a\"]}", &["a"]);
    }

    #[test]
    fn choices() {
        let check = |answer: &str, expect: Option<&str>| {
            let options = ["reader", "reader pool", "writer"].map(str::to_owned);
            assert_eq!(Said::new(&outcome(answer, Value::Null)).choice(&options), expect, "{answer}");
        };
        check("It is the **reader pool**.", Some("reader pool"));
        check("It is the reader, not the writer.", None);
        check("Reader or writer?\nAnswer: writer", Some("writer"));
        check("Nothing here.\nThe `writer` does.", Some("writer"));
        check("rewriter", None);
    }

    #[test]
    fn candidates() {
        let check = |answer: &str, expect: &[&str]| {
            assert_eq!(Said::new(&outcome(answer, Value::Null)).candidates(), expect, "{answer}");
        };
        check("**Ledger** (src/a.rs:1-3).", &["ledger", "ledger"]);
        check("It is so.\nAnswer: `max_calls`", &["max_calls", "it is so", "it is so. answer: max_calls"]);
        assert_eq!(Said::new(&outcome("", json!(true))).candidates(), ["true"]);
    }
}
