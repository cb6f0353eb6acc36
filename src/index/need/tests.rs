//! What patterns are found to require, written as expressions over single runs.

use super::*;

fn shown(need: &Need) -> String {
    let list = |needs: &[Need], by: &str| format!("({})", needs.iter().map(shown).collect::<Vec<_>>().join(by));
    match need {
        Need::Free => "*".to_owned(),
        Need::All(needs) => list(needs, " & "),
        Need::Any(needs) => list(needs, " | "),
        Need::Run(run) => {
            let edge = |is| if is { "'" } else { "" };
            let text = match run.plain() {
                Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                None => format!("/{}/", run.pattern().replace("[^0-9A-Za-z_]", "")),
            };
            format!("{}{text}{}", edge(run.left()), edge(run.right()))
        }
    }
}

fn check(pattern: &str, expect: &str) {
    assert_eq!(shown(&Need::of(&Pattern { text: pattern, nest: 100, ..Pattern::default() })), expect, "{pattern}");
}

#[test]
fn literals_are_split_into_runs() {
    check("task_struct", "task_struct");
    check("struct task_struct \\*ptr", "(struct' & 'task_struct' & 'ptr)");
    check("foo\\(", "foo'");
    check("->next;", "'next'");
    check("std::io::Result", "(std' & 'io' & 'Result)");
    check("a::b::c", "'b'");
    check("x", "*");
    check("->", "*");
}

#[test]
fn what_stands_beside_a_run_counts() {
    check(r"\bfoo\b", "'foo'");
    check(r"foo\s*\(", "foo'");
    check(r"foo\s+bar", "(foo' & 'bar)");
    check(r"^\s*foo$", "'foo'");
    check(r"foo.*bar", "(foo & bar)");
    check(r"\Afoo\z", "'foo'");
    check(r"foo\b.bar", "(foo' & bar)");
    check(r"foo\B_bar", "foo_bar");
    check(r"(?-u:\b)\xe9foo", "\u{e9}foo");
    check(r"\b\s*foo", "foo");
    check(r"\bfoo\w*\b", "'foo");
}

#[test]
fn expressions_within_a_run_stay_together() {
    check(r"get_[a-z]+_by", r"/\x67\x65\x74\x5F(?:(?-u:[a-z]))(?:(?-u:[a-z])*)\x5F\x62\x79/");
    check(r"fo{2}", "foo");
    check(r"(?:ab){2}", "abab");
    check(r"(?:ab|c){2}", "*");
    check(r"(?:ab|cd){2}", "(ab | cd)");
    check(r"foo\w*", "foo");
    check(r"\w+_probe\b", "_probe'");
    check(r"[A-Z]+_SUSPEND", "_SUSPEND");
    check(r"\w{5}\s+\w{5}", "*");
}

#[test]
fn alternatives_are_alternatives() {
    check("TODO|FIXME", "(TODO | FIXME)");
    check("TODO|.*", "*");
    check(r"\b(get|set)_foo\(", "('get_foo' | 'set_foo')");
    check(r"(foo|bar\.baz)+qux!", "((foo | (bar' & 'baz)) & qux')");
    check(r"(?:foo|bar)?qux", "qux");
}

#[test]
fn case_is_folded_as_the_matcher_does_it() {
    check("(?i)foo", "/(?i:f)(?i:o)(?i:o)/");
    check("(?i)ask", r"/(?i:a)(?:(?i:s)|\xC5\xBF)(?:(?i:k)|\xE2\x84\xAA)/");
    check("(?i-u)ask", "/(?i:a)(?i:s)(?i:k)/");
    check("(?i)1234", "1234");
}

#[test]
fn options_are_those_of_a_search() {
    let need =
        |text, fixed, word, ignore_case| shown(&Need::of(&Pattern { text, fixed, word, ignore_case, nest: 100 }));
    assert_eq!(need("it.foo(", true, false, false), "(it' & 'foo')");
    assert_eq!(need("foo", false, true, false), "'foo'");
    assert_eq!(need("foo|bar", false, true, false), "('foo' | 'bar')");
    assert_eq!(need("foo(", true, false, true), "/(?i:f)(?i:o)(?i:o)/'");
    assert_eq!(need("foo(", false, false, false), "*");
}

#[test]
fn what_would_be_sought_at_length_is_left_out() {
    check(&vec!["foo"; 300].iter().enumerate().map(|(n, foo)| format!("{foo}{n}!")).collect::<Vec<_>>().join("|"), "*");
    let need = Need::of(&Pattern { text: &"x".repeat(500), nest: 100, ..Pattern::default() });
    assert_eq!(shown(&need), "x".repeat(64));
    check("[a-z]{3,}", "*");
    check("", "*");
}
