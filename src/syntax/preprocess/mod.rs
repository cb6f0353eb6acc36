//! C and C++ before the parser: the preprocessor is not part of their grammars, so what it would remove or expand is
//! hidden from the parser, byte for byte, and macros are read here.
//!
//! Nothing is expanded and no offset moves. Hidden are: preprocessor lines, branches that cannot stand beside each other,
//! macros that act as attributes (`__init`, `V8_EXPORT`), and calls that stand where a declaration does
//! (`DEFINE_MUTEX(lock)` reads as `int lock`, `SYSCALL_DEFINE3(read, ...) {` as `int read() {`).

mod conditionals;
mod lex;
mod macros;
mod words;

use std::ops::Range;

use lex::{Kind, Token};

/// A text made ready for the parser.
pub(super) struct Prepared {
    /// As long as the original, with spaces where something is hidden.
    pub text: Vec<u8>,
    pub macros: Vec<Macro>,
    /// Sorted byte ranges that the parser does not see but a reader does.
    hidden: Vec<Range<usize>>,
}

/// A `#define`.
#[derive(Debug, PartialEq)]
pub(super) struct Macro {
    pub name: Range<usize>,
    pub extent: Range<usize>,
}

pub(super) fn prepare(original: &str) -> Prepared {
    let text = original.as_bytes();
    let tokens = lex::tokens(text);
    let mut sheet = Sheet { out: text.to_vec(), hidden: Vec::new() };
    let mut macros = Vec::new();
    let mut keep = vec![true; tokens.len()];
    for range in conditionals::dropped(text, &tokens) {
        for at in range {
            if std::mem::replace(&mut keep[at], false) && tokens[at].kind != Kind::Directive {
                sheet.hide(tokens[at].range());
            }
        }
    }
    for token in tokens.iter().filter(|token| token.kind == Kind::Directive) {
        sheet.hide(token.range());
        macros.extend(definition(text, *token));
    }
    let kept: Vec<Token> = tokens
        .iter()
        .zip(&keep)
        .filter(|(token, keep)| **keep && token.kind != Kind::Directive)
        .map(|(token, _)| *token)
        .collect();
    macros::Pass::new(text, &kept, &mut sheet).run();
    sheet.hidden.sort_by_key(|range| range.start);
    Prepared { text: sheet.out, macros, hidden: sheet.hidden }
}

impl Prepared {
    /// Where what starts at `at` starts for a reader: macros that were hidden before it on its line belong to it.
    pub fn visible_start(&self, at: usize) -> usize {
        // Heads are short; a longer look back would cost too much on lines that are a whole file.
        let near = at.saturating_sub(400);
        let line = match self.text[near..at].iter().rposition(|byte| *byte == b'\n') {
            Some(end) => near + end + 1,
            None if near == 0 => 0,
            None => return at,
        };
        if !self.text[line..at].iter().all(|byte| byte.is_ascii_whitespace()) {
            return at;
        }
        let first = self.hidden.partition_point(|range| range.end <= line);
        self.hidden.get(first).map_or(at, |range| range.start.max(line).min(at))
    }

    /// The words that the parser did not see, with whether a `(` follows: uses of names in macros and hidden branches.
    pub fn hidden_words<'a>(&'a self, original: &'a str) -> impl Iterator<Item = (Range<usize>, bool)> + 'a {
        let text = original.as_bytes();
        self.hidden.iter().flat_map(move |range| {
            let inside = &text[range.clone()];
            // A directive is one token; its words are what follows its name.
            let start = match inside.first() {
                Some(b'#') => match conditionals::directive(inside) {
                    (b"include" | b"include_next" | b"error" | b"warning", _) => range.end,
                    (_, rest) => rest.as_ptr() as usize - text.as_ptr() as usize,
                },
                _ => range.start,
            };
            lex::tokens(&text[start..range.end]).into_iter().filter_map(move |token| {
                let word = token.start as usize + start..token.end as usize + start;
                if token.kind != Kind::Word || words::is_keyword(&text[word.clone()]) {
                    return None;
                }
                let call = text[word.end..].iter().find(|byte| **byte != b' ') == Some(&b'(');
                Some((word, call))
            })
        })
    }
}

/// What a `#define` line defines.
fn definition(text: &[u8], line: Token) -> Option<Macro> {
    let (name, rest) = conditionals::directive(&text[line.range()]);
    if name != b"define" {
        return None;
    }
    let length = rest.iter().position(|byte| !lex::is_word(*byte)).unwrap_or(rest.len());
    let start = rest.as_ptr() as usize - text.as_ptr() as usize;
    (length > 0).then(|| Macro { name: start..start + length, extent: line.range() })
}

/// The text as the parser will see it, and what was taken out.
struct Sheet {
    out: Vec<u8>,
    hidden: Vec<Range<usize>>,
}

impl Sheet {
    fn hide(&mut self, range: Range<usize>) {
        for byte in &mut self.out[range.clone()] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        self.hidden.push(range);
    }

    fn write(&mut self, at: usize, text: &[u8]) {
        self.out[at..at + text.len()].copy_from_slice(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    #[allow(clippy::needless_pass_by_value)]
    fn check(text: &str, expect: Expect) {
        let prepared = prepare(text);
        assert_eq!(prepared.text.len(), text.len());
        let shown = String::from_utf8_lossy(&prepared.text);
        let lines: Vec<String> = shown
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .filter(|line| !line.is_empty())
            .collect();
        expect.assert_eq(&lines.join("\n"));
    }

    #[test]
    fn attributes_go() {
        check("static noinline int __init foo(void) { return 0; }", expect!["static int foo(void) { return 0; }"]);
        check(
            "asmlinkage __visible void __init __no_sanitize start(void)\n{ }",
            expect![[r#"
            void start(void)
            { }"#]],
        );
        check(
            "class V8_EXPORT Foo : public Bar { V8_INLINE static int x(); };",
            expect!["class Foo : public Bar { static int x(); };"],
        );
        check("int f(char __user *p) { return (long __force)p; }", expect!["int f(char *p) { return (long )p; }"]);
        check("struct a b; struct c d = { 1 };", expect!["struct a b; struct c d = { 1 };"]);
        check("static __u32 x; extern __be32 y;", expect!["static __u32 x; extern __be32 y;"]);
        check("static int x __initdata = 3; char y[] __aligned(8);", expect!["static int x = 3; char y[] ;"]);
    }

    #[test]
    fn calls_that_declare_become_declarations() {
        check("static DEFINE_MUTEX(lock);", expect!["static int lock ;"]);
        check("static DEFINE_PER_CPU(struct rq, runqueues);", expect!["static int runqueues ;"]);
        check(
            "SYSCALL_DEFINE3(read, unsigned int, fd)\n{\n return fd;\n}",
            expect![[r#"
            int read()
            {
            return fd;
            }"#]],
        );
        check("EXPORT_SYMBOL(foo)\nint bar;", expect!["int bar;"]);
    }

    #[test]
    fn macros_before_a_statement_become_loops() {
        check("int f(void) { for_each_cpu(c, m) g(c); }", expect!["int f(void) { while (c, m) g(c); }"]);
        check("int f(void) { x_for_each(c) { g(c); } }", expect!["int f(void) { while (c) { g(c); } }"]);
        check(
            "int f(void) { for_each(c, m); x = for_each(c); }",
            expect!["int f(void) { for_each(c, m); x = for_each(c); }"],
        );
    }

    #[test]
    fn conditionals_keep_brackets_even() {
        check(
            "#ifdef A\nif (x) {\n#else\nif (y) {\n#endif\n}",
            expect![[r#"
            if (x) {
            }"#]],
        );
        check("#if 0\nint a;\n#else\nint b;\n#endif", expect!["int b;"]);
        check(
            "#ifdef A\nint a;\n#else\nint b;\n#endif",
            expect![[r#"
            int a;
            int b;"#]],
        );
        check(
            "#ifdef A\nint f(int a)\n#else\nint f(void)\n#endif\n{ }",
            expect![[r#"
            int f(int a)
            { }"#]],
        );
    }
}
