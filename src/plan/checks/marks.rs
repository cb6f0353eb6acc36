//! Text that a merge or a model left behind: conflict markers, and placeholders for code that should have stayed.

use std::sync::LazyLock;

use regex::Regex;

use super::Problem;
use super::view::File;

/// A comment in a line of its own, without what opens and closes it.
static COMMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?://+|#+|--|/\*+|<!--|\*|;+|%)\s*(.*?)\s*(?:\*/|-->)?\s*$").expect("a constant pattern")
});

/// Words one of which says that code stays as it was.
const STAYS: &[&str] = &[
    "as",
    "existing",
    "more",
    "omitted",
    "original",
    "other",
    "others",
    "previous",
    "remainder",
    "remaining",
    "remains",
    "rest",
    "same",
    "snip",
    "unchanged",
];

/// Words that may stand beside those.
const BESIDE: &[&str] = &[
    "above",
    "all",
    "and",
    "are",
    "before",
    "below",
    "body",
    "cases",
    "class",
    "code",
    "content",
    "contents",
    "else",
    "everything",
    "fields",
    "file",
    "for",
    "from",
    "function",
    "functions",
    "goes",
    "here",
    "implementation",
    "imports",
    "in",
    "is",
    "it",
    "keep",
    "lines",
    "logic",
    "method",
    "methods",
    "module",
    "of",
    "stay",
    "stays",
    "tests",
    "that",
    "the",
    "this",
    "to",
    "was",
    "your",
];

/// What a comment of dots stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dots {
    /// Code that stays, as it says.
    Code,
    /// It does not say.
    Alone,
}

/// Whether a line is a comment that begins or ends with dots, and has nothing else but words for code that stays.
fn dots(line: &str) -> Option<Dots> {
    let told = COMMENT.captures(line)?.get(1)?.as_str();
    let is_dots = |c: char| matches!(c, '.' | '…');
    let many = |part: &str| part.contains('…') || part.len() >= 3;
    let first = &told[..told.len() - told.trim_start_matches(is_dots).len()];
    let last = &told[told.trim_end_matches(is_dots).len()..];
    if !many(first) && !many(last) {
        return None;
    }
    let inner = told.trim_matches(|c: char| is_dots(c) || c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']'));
    if inner.is_empty() {
        return Some(Dots::Alone);
    }
    if !inner.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | ',' | '-' | '\'' | ':' | '/')) {
        return None;
    }
    let words: Vec<String> =
        inner.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let is = |list: &[&str], word: &String| list.contains(&word.as_str());
    let all = words.iter().all(|word| is(STAYS, word) || is(BESIDE, word));
    (all && words.iter().any(|word| is(STAYS, word))).then_some(Dots::Code)
}

pub(super) fn problems(file: &File) -> Vec<Problem> {
    if file.after.is_none() {
        return Vec::new();
    }
    let code = file.language().is_some_and(|language| language.has_definitions());
    let mut problems = Vec::new();
    let mut opened = false;
    for line in 1..=file.lines.count() {
        let Some(range) = file.lines.range(line) else { continue };
        let Some(text) = file.lines.line(&file.new, line) else { continue };
        let marks = text.as_bytes().first().is_some_and(|byte| matches!(byte, b'<' | b'>'));
        let dotted = code && (text.contains("...") || text.contains('…'));
        if !marks && !dotted {
            continue;
        }
        let Some(hunk) = file.wrote(&range) else { continue };
        let replaces = file.old.get(hunk.old.clone()).is_some_and(|old| !old.trim().is_empty());
        let told = match () {
            () if text.starts_with("<<<<<<< ") => {
                opened = true;
                None
            }
            () if opened && text.starts_with(">>>>>>> ") => Some((code, "a merge conflict is left in the text")),
            () => match dots(text).filter(|_| dotted) {
                Some(Dots::Code) => Some((
                    replaces,
                    "a placeholder stands where code should: write the code out, or leave the old text and replace less",
                )),
                Some(Dots::Alone) => Some((false, "a comment of dots was written: was code left out there?")),
                None => None,
            },
        };
        if let Some((fatal, why)) = told {
            problems.push(file.problem("parse", fatal, range.start, format!("{why}: `{}`", file.shown(line))));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders() {
        for text in [
            "// ... existing code ...",
            "    # ... rest of the function unchanged ...",
            "/* ... rest of the file ... */",
            "// … remaining methods …",
            "# ...the rest of the code...",
            "// rest of the implementation...",
            "// ... other methods ...",
            "<!-- ... unchanged ... -->",
        ] {
            assert_eq!(dots(text), Some(Dots::Code), "{text}");
        }
        for text in [
            "// and so on...",
            "# loads x, y, ...",
            "let all = [...existing, one];",
            "// see above ...",
            "/// takes `...args`",
            "// Same as push(...items), but slower",
            "// the rest ... of them is slower",
            "# existing users keep (1, 2, ...)",
            "// existing code",
        ] {
            assert_eq!(dots(text), None, "{text}");
        }
        assert_eq!((dots("  // ..."), dots("# …")), (Some(Dots::Alone), Some(Dots::Alone)));
    }
}
