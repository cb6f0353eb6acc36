//! From a query to the matcher that runs it, with limits on its size and errors that say what to change.

use grep_regex::{RegexMatcher, RegexMatcherBuilder};

use super::{Pattern, Query, SearchError, files, regexp};
use crate::index::{self, Need};

/// The longest pattern that is compiled, in bytes.
const MAX_PATTERN: usize = 256 << 10;

/// The biggest compiled expression, in bytes. ripgrep allows ten times as much, and then searches for minutes.
const SIZE: usize = 10 << 20;

/// What the lazily built automata of all threads may take together, in bytes.
const AUTOMATA: usize = 64 << 20;

/// How deep groups may nest. Deeper ones are generated, not written.
const NEST: u32 = 100;

const ONE_LINE: &str = "search goes line by line, so a pattern cannot contain a line break: search for one of the \
                        lines, then read around the matches";

/// Compiles the query's pattern as ripgrep would with the same options, and says what a file has to have for it.
pub(super) fn compile(query: &Query) -> Result<(RegexMatcher, Need), SearchError> {
    let refuse = |reason: String| Err(SearchError::Regex(reason));
    let (text, ignore_case) = match &query.pattern {
        Pattern::Rust(text) => (text.clone(), query.ignore_case.unwrap_or(false)),
        Pattern::JavaScript { .. } if query.literal => {
            return refuse("`literal` is for a string; pass the text as a string, not as a RegExp".to_owned());
        }
        Pattern::JavaScript { source, flags } => {
            check_length(source)?;
            let mut flags = flags.clone();
            match query.ignore_case {
                Some(true) if !flags.contains('i') => flags.push('i'),
                Some(false) => flags.retain(|flag| flag != 'i'),
                _ => {}
            }
            // Case is part of the translation: JavaScript's rules for it are not Rust's.
            let text = regexp::translate(source, &flags).map_err(|error| SearchError::Regex(error.to_string()))?;
            (text, false)
        }
    };
    if text.is_empty() {
        return refuse("the pattern is empty and would match every line; `^` says that on purpose".to_owned());
    }
    if matches!(query.pattern, Pattern::Rust(_)) {
        check_length(&text)?;
    }
    if text.contains('\n') {
        return refuse(ONE_LINE.to_owned());
    }
    let (fixed, word, nest) = (query.literal, query.word, NEST);
    let need = Need::of(&index::Pattern { text: &text, fixed, word, ignore_case, nest });
    let matcher = RegexMatcherBuilder::new()
        .multi_line(true)
        .line_terminator(Some(b'\n'))
        .ban_byte(Some(0))
        .fixed_strings(query.literal)
        .word(query.word)
        .case_insensitive(ignore_case)
        .size_limit(SIZE)
        .dfa_size_limit(AUTOMATA / files::threads())
        .nest_limit(NEST)
        .build(&text)
        .map_err(|error| SearchError::Regex(explain(&error, query)))?;
    Ok((matcher, need))
}

fn check_length(pattern: &str) -> Result<(), SearchError> {
    if pattern.len() <= MAX_PATTERN {
        return Ok(());
    }
    let (length, limit) = (pattern.len(), MAX_PATTERN >> 10);
    Err(SearchError::Regex(format!(
        "the pattern has {length} bytes, the limit is {limit} KiB; search in several steps"
    )))
}

fn explain(error: &grep_regex::Error, query: &Query) -> String {
    use grep_regex::ErrorKind;

    match error.kind() {
        ErrorKind::NotAllowed(text) if text.contains('\n') => return ONE_LINE.to_owned(),
        ErrorKind::Banned(_) => return "files with NUL bytes are binary and never match".to_owned(),
        _ => {}
    }
    let text = error.to_string();
    if text.contains("size limit") {
        return "it is too big once compiled; repeat less ({n,m} of a big class such as \\w multiplies it), or use (?-u:\\w) \
                for ASCII only"
            .to_owned();
    }
    if text.contains("nested parentheses") || text.contains("nest limit") {
        return format!("groups nest deeper than {NEST}");
    }
    if text.contains("look-around") || text.contains("backreferences") {
        return format!("{text}; search with a wider pattern and filter the lines in JavaScript");
    }
    match query.pattern {
        Pattern::Rust(_) => format!("{text}\npass {{ literal: true }} to search for this very text"),
        Pattern::JavaScript { .. } => text,
    }
}
