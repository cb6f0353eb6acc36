//! What the translation of single constructs looks like, and what is refused; tests/it/search.rs compares with V8.

use expect_test::{Expect, expect};

use super::translate;

fn check(source: &str, flags: &str, expect: Expect) {
    expect.assert_eq(&translate(source, flags).unwrap_or_else(|refused| format!("refused: {refused}")));
}

#[test]
fn plain_constructs() {
    check("foo|(bar)?", "", expect!["foo|(?:bar)?"]);
    check("^a$", "m", expect![[r"^a(?:\r?$)"]]);
    check(r"\bx\b", "", expect![[r"(?-u:\b)x(?-u:\b)"]]);
    check(r"\d+?[\w-]{2,}", "", expect![[r"[0-9]+?[\x{2D}0-9A-Z_a-z]{2,}"]]);
    check(r"(?<year>\d{4})", "d", expect!["[0-9]{4}"]);
    check("a{,3}{", "", expect![[r"a\x{7B}\x{2C}3\x{7D}\x{7B}"]]);
    check(r"\u{2}\u0041\x42\103\cJ\c", "", expect![[r"u{2}ABC\x{A}\x{5C}c"]]);
    check(r"\u{1F600}", "u", expect![[r"\x{1F600}"]]);
    check("[^]|[]", "u", expect![[r"[\x{0}-\x{C}\x{E}-\x{D7FF}\x{E000}-\x{10FFFF}]|[a&&b]"]]);
}

#[test]
fn case() {
    check("k", "i", expect!["[Kk]"]);
    check("k", "iu", expect![[r"[Kk\x{212A}]"]]);
    check("a(?-i:b)(?i:c)", "i", expect!["[Aa]b[Cc]"]);
}

#[test]
fn halves_of_characters() {
    check("😀", "", expect![[r"\x{1F600}"]]);
    check(r"\ud83d\ude00", "", expect![[r"\x{1F600}"]]);
    check("^😀+$", "", expect![[r"^\x{1F600}(?:\r?$)"]]);
    check("a[\\ud83d-\\udfff]b", "", expect!["a[a&&b]b"]);
}

#[test]
fn sets() {
    check(r"[[a-z]--[aeiou]]", "v", expect!["[b-df-hj-np-tv-z]"]);
    check(r"[\w&&\d]", "v", expect!["[0-9]"]);
    check(r"[\q{a|b}c]", "v", expect!["[a-c]"]);
}

#[test]
fn refusals() {
    check(
        "a(?=b)",
        "",
        expect![
            "refused: look-ahead `(?=...)` is not supported, lines are matched in one pass; search with a wider pattern and filter the lines in JavaScript"
        ],
    );
    check(
        "(?<!a)b",
        "",
        expect![
            "refused: look-behind `(?<!...)` is not supported, lines are matched in one pass; search with a wider pattern and filter the lines in JavaScript"
        ],
    );
    check(
        r"(a)\1",
        "",
        expect![[
            r"refused: back-reference `\1` is not supported, lines are matched in one pass; search with a wider pattern and filter the lines in JavaScript"
        ]],
    );
    check(
        r"(?<n>a)\k<n>",
        "",
        expect![[
            r"refused: back-reference `\k<name>` is not supported, lines are matched in one pass; search with a wider pattern and filter the lines in JavaScript"
        ]],
    );
    check(
        r"\p{Nope}",
        "u",
        expect!["refused: the Unicode property `Nope` is not known here; list the characters instead"],
    );
    check(
        r"[\q{abc}]",
        "v",
        expect![[
            r"refused: strings in a class, `\q{...}`, are not supported; write (?:one|other) instead (at character 6 of the RegExp)"
        ]],
    );
    check("a(", "", expect!["refused: unmatched `(` (at character 3 of the RegExp)"]);
    check("a)", "", expect!["refused: unmatched `)` (at character 2 of the RegExp)"]);
    check("[z-a]", "", expect!["refused: range out of order in a class (at character 5 of the RegExp)"]);
    check("a", "x", expect!["refused: there is no RegExp flag `x`"]);
    check(&"(".repeat(500), "", expect!["refused: groups nest deeper than 100 (at character 102 of the RegExp)"]);
}
