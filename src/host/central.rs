//! Which files a text names.

use std::collections::HashSet;

use crate::workspace::FileEntry;

/// Shorter words name nothing without an extension.
const SHORTEST: usize = 4;

/// More files than that are not what somebody is busy with.
const MOST: usize = 20;

/// The files whose paths, names, or names without extension stand in a text.
pub(super) fn named<'f>(files: &'f [FileEntry], text: &str) -> Vec<&'f str> {
    let is_in_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    let words: HashSet<&str> = text
        .split(|c: char| !is_in_word(c))
        .map(|word| word.trim_matches(|c: char| matches!(c, '.' | '/' | '-')))
        .filter(|word| word.len() >= SHORTEST || word.contains('.'))
        .collect();
    let is_named = |path: &&str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let stem = name.split('.').next().filter(|stem| stem.len() >= SHORTEST);
        let tails = path.match_indices('/').map(|(at, _)| &path[at + 1..]);
        std::iter::once(*path).chain(tails).chain(stem).any(|word| words.contains(word))
    };
    let named: Vec<&str> = files.iter().map(|file| file.path.as_str()).filter(is_named).collect();
    if named.len() > MOST { Vec::new() } else { named }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::RelPath;

    #[test]
    fn words_that_name_files() {
        let entry = |path: &str| FileEntry::new(RelPath::parse(path).unwrap(), false);
        let files = ["Makefile", "src/a.rs", "src/parser.rs", "src/sub/parser.ts", "tests/it/a.rs"].map(entry);
        let check = |text: &str, expect: &[&str]| assert_eq!(named(&files, text), expect, "{text}");
        check("What does the parser do?", &["src/parser.rs", "src/sub/parser.ts"]);
        check("see (src/a.rs).", &["src/a.rs"]);
        check("`it/a.rs` and a.rs", &["src/a.rs", "tests/it/a.rs"]);
        check("Makefile:12", &["Makefile"]);
        check("a b c parsers", &[]);
    }
}
