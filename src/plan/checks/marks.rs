//! Text that a merge or a model left behind: conflict markers, and placeholders for code that should have stayed.

use std::sync::LazyLock;

use regex::Regex;

use super::Problem;
use super::view::File;

/// A comment that stands for code: dots beside words that say so.
static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^\s*(?://+|#+|--|/\*+|<!--|\*|;+|%)\s*(?:(?:\.\.\.|…)\s*)?\W*(?:(?:the\s+)?(?:rest|remainder)\s+of|(?:all\s+)?(?:the\s+)?(?:other\s+)?(?:existing|remaining|previous|original|unchanged|same)\b|(?:other|more)\s+(?:code|methods?|functions?|fields?|cases?|imports?|tests?)\b|(?:code|everything\s+else|methods?|implementation)\s+(?:is\s+|stays\s+|remains?\s+)?(?:unchanged|the\s+same|as\s+before)|unchanged|omitted|snip)",
    )
    .expect("a constant pattern, compiled by every test of the checks")
});

static DOTS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?://+|#+|--|/\*+|<!--|;+|%)\s*(?:\.\.\.|…)\s*(?:\*/|-->)?\s*$").expect("a constant pattern")
});

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
        if !marks && !dotted || file.wrote(&range).is_none() {
            continue;
        }
        let told = match () {
            () if text.starts_with("<<<<<<< ") => {
                opened = true;
                None
            }
            () if opened && text.starts_with(">>>>>>> ") => Some((code, "a merge conflict is left in the text")),
            () if dotted && PLACEHOLDER.is_match(text) => Some((
                true,
                "a placeholder stands where code should: write the code out, or leave the old text and replace less",
            )),
            () if dotted && DOTS.is_match(text) => {
                Some((false, "a comment of dots was written: was code left out there?"))
            }
            () => None,
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
            assert!(PLACEHOLDER.is_match(text), "{text}");
        }
        for text in [
            "// and so on...",
            "# loads x, y, ...",
            "let all = [...existing, one];",
            "// see above ...",
            "/// takes `...args`",
        ] {
            assert!(!PLACEHOLDER.is_match(text) && !DOTS.is_match(text), "{text}");
        }
        assert!(DOTS.is_match("  // ...") && DOTS.is_match("# …"));
    }
}
