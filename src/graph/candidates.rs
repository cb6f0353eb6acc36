//! Which of the files that have a word may define it: judged by the characters around each occurrence, so that most files
//! need no parse.

use crate::syntax::occurrences;

/// How much a file looks like it defines a name. Ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// Every occurrence is surely a use: behind a dot, an argument, in a comment.
    None,
    /// An occurrence could be an enumerator, an argument of a macro, a key.
    Slight,
    /// An occurrence could be a declaration.
    Fair,
    /// An occurrence has a defining keyword before it, or stands like a function's head.
    Strong,
}

/// Occurrences beyond this do not change the verdict.
const LOOKED_AT: usize = 400;

/// What of a line is looked at on either side of an occurrence, in bytes: a whole program can be one line.
const AROUND: usize = 512;

const DEFINING: &[&str] = &[
    "fn",
    "struct",
    "enum",
    "union",
    "trait",
    "type",
    "mod",
    "const",
    "static",
    "macro_rules!",
    "def",
    "class",
    "func",
    "var",
    "let",
    "function",
    "function*",
    "interface",
    "namespace",
    "module",
    "record",
    "using",
    "typedef",
    "define",
    "concept",
    "package",
    "@interface",
    "val",
    "fun",
    "extends",
];

/// Words behind which a name is used.
const USING: &[&str] = &[
    "return", "goto", "case", "sizeof", "in", "not", "and", "or", "await", "throw", "raise", "if", "while", "is", "use",
];

pub(super) fn likeness(path: &str, text: &str, name: &str) -> Likeness {
    let c_like =
        matches!(path.rsplit('.').next(), Some("c" | "h" | "cc" | "cpp" | "cxx" | "hpp" | "hh" | "inl" | "java" | "C"));
    let mut best = Likeness::None;
    for range in occurrences(text, name).take(LOOKED_AT) {
        let before = &text[text.ceil_char_boundary(range.start.saturating_sub(AROUND))..range.start];
        let behind = &text[range.end..text.floor_char_boundary(range.end.saturating_add(AROUND))];
        let before = before.rsplit('\n').next().unwrap_or(before);
        let behind = behind.split('\n').next().unwrap_or(behind);
        best = best.max(around(before, behind, c_like));
        if best == Likeness::Strong {
            break;
        }
    }
    best
}

/// The verdict for one occurrence, by what is before and behind it on its line.
fn around(before: &str, behind: &str, c_like: bool) -> Likeness {
    let lead = before.trim_start();
    let indented = before.len() != lead.len();
    if lead.starts_with("//") || lead.starts_with("* ") || lead.starts_with("/*") || c_like && lead.contains("//") {
        return Likeness::None;
    }
    if lead.starts_with('#') && c_like {
        let directive = lead[1..].trim_start();
        return if directive.strip_prefix("define").is_some_and(|rest| rest.trim().is_empty()) {
            Likeness::Strong
        } else {
            Likeness::None
        };
    }
    let left = before.trim_end();
    let right = behind.trim_start();
    let word = left.rsplit(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '!' | '@' | '*'))).next().unwrap_or("");
    let word = word.trim_start_matches('*');
    if DEFINING.contains(&word) && left.len() < before.len() {
        // `struct foo *p` uses foo, `struct foo {` and `struct foo` at a line's end define it.
        let uses = c_like
            && matches!(word, "struct" | "union" | "enum" | "class")
            && !(right.is_empty()
                || right.starts_with(['{', ':', '<', '/'])
                || right.starts_with("final")
                || right.starts_with("extends")
                || right.starts_with("implements"));
        return if uses {
            if right.starts_with(';') { Likeness::Slight } else { Likeness::None }
        } else {
            Likeness::Strong
        };
    }
    if USING.contains(&word) {
        return Likeness::None;
    }
    let last = left.chars().next_back();
    if last == Some('.') || left.ends_with("->") {
        // `exports.name =`, `Foo.prototype.name =`, `self.name =`.
        let assigned = right.starts_with('=') && !right.starts_with("==");
        return if assigned && !c_like { Likeness::Fair } else { Likeness::None };
    }
    let Some(last) = last else {
        // First on its line.
        return match right.chars().next() {
            Some('(') if !indented => {
                if right.trim_end().ends_with(';') {
                    Likeness::Slight
                } else {
                    Likeness::Strong
                }
            }
            Some('=' | ':') if !right.starts_with("==") => {
                if indented {
                    Likeness::Slight
                } else {
                    Likeness::Fair
                }
            }
            // A call that is a statement.
            Some('(') if right.trim_end().ends_with(';') => Likeness::None,
            Some('(' | ',' | '}' | '[' | '{' | ';') | None => Likeness::Slight,
            Some('/') => Likeness::Slight,
            Some(c) if c.is_alphabetic() => Likeness::Slight,
            _ => Likeness::None,
        };
    };
    if right.starts_with('(') {
        if left.ends_with("::") || last == '~' {
            return if indented && right.ends_with(';') { Likeness::Slight } else { Likeness::Fair };
        }
        if last.is_alphanumeric() || matches!(last, '_' | '*' | '&' | '>' | ')') {
            return match (c_like, indented, right.trim_end().ends_with(';')) {
                (true, false, false) => Likeness::Strong,
                _ => Likeness::Fair,
            };
        }
        return if last == '{' { Likeness::Slight } else { Likeness::None };
    }
    let ends = right.is_empty()
        || right.starts_with([';', ',', '=', '[', ':', ')', '}', '{', '/']) && !right.starts_with("==");
    if last.is_alphanumeric() || matches!(last, '_' | '*' | '&' | '>' | ']') {
        let typed = ends || right.starts_with("__") || right.starts_with(char::is_alphabetic) || right.starts_with('<');
        return if typed { if indented { Likeness::Fair } else { Likeness::Strong } } else { Likeness::Slight };
    }
    if left.ends_with("::") && ends && !right.starts_with([')', ',', ']', '}']) {
        return Likeness::Fair;
    }
    match last {
        ',' | '{' | '(' | '}' | '|' if ends => Likeness::Slight,
        _ => Likeness::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, name: &str, expect: Likeness) {
        assert_eq!(likeness(path, text, name), expect, "{text}");
    }

    #[test]
    fn verdicts() {
        check("a.c", "static int foo(void)\n{", "foo", Likeness::Strong);
        check("a.c", "\tx = foo(1);", "foo", Likeness::None);
        check("a.c", "\tp->foo = 3;", "foo", Likeness::None);
        check("a.c", "struct foo {", "foo", Likeness::Strong);
        check("a.c", "\tstruct foo *p;", "foo", Likeness::None);
        check("a.c", "struct foo *bar(void)", "bar", Likeness::Strong);
        check("a.h", "\tint foo;", "foo", Likeness::Fair);
        check("a.h", "#  define foo(x) x", "foo", Likeness::Strong);
        check("a.h", "#ifdef foo", "foo", Likeness::None);
        check("a.h", "\tFOO,", "FOO", Likeness::Slight);
        check("a.c", " * foo does it", "foo", Likeness::None);
        check("a.c", "SYSCALL_DEFINE3(read, int, fd)", "read", Likeness::Slight);
        check("a.rs", "pub(crate) fn foo<T>(", "foo", Likeness::Strong);
        check("a.rs", "    self.foo();", "foo", Likeness::None);
        check("a.py", "foo = 3", "foo", Likeness::Fair);
        check("a.js", "exports.foo = bar", "foo", Likeness::Fair);
        check("a.cc", "void Foo::bar(int x) {", "bar", Likeness::Fair);
        check("a.cc", "int Foo::count_ = 0;", "count_", Likeness::Fair);
        check("a.java", "  public final class Foo extends Bar {", "Foo", Likeness::Strong);
        check("a.js", &format!("{0} function foo(){{}} {0}", "é;".repeat(1_000)), "foo", Likeness::Strong);
    }
}
