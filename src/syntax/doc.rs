//! A definition as its author wrote it, for people who point at its name: the whole comment, the head on its own lines.

use super::comments::{Marks, attribute_doc};
use super::grammars::Family;
use super::lines::Lines;
use super::{Language, Symbol, head as heads};

/// Lines of a comment beyond which it is a text of its own.
const LINES: usize = 400;

/// Characters of a head beyond which nobody reads on.
const HEAD: usize = 2_000;

/// The comment of a definition (in Python its docstring) as written, without the markers. `None` where there is none.
pub fn doc(language: Language, text: &str, symbol: &Symbol) -> Option<String> {
    let family = language.grammar().map(|grammar| grammar.family);
    let lines = Lines::new(text);
    let within = (family == Some(Family::Python)).then(|| docstring(text, &lines, symbol)).flatten();
    let doc = within.or_else(|| comment_above(language, family, &lines, symbol.from))?;
    let doc = dedented(&doc);
    (!doc.is_empty()).then_some(doc)
}

/// The head of a definition, up to its body, on the lines it is written on; without attributes and annotations.
pub fn head(language: Language, text: &str, symbol: &Symbol) -> String {
    let family = language.grammar().map_or(Family::Python, |grammar| grammar.family);
    let lines = Lines::new(text);
    let first = symbol.signature.split_whitespace().next().unwrap_or(&symbol.name);
    let start = (symbol.from..=symbol.line).find_map(|line| {
        let written = lines.text(line);
        let at = if line < symbol.line {
            written.trim_start().starts_with(first).then(|| written.len() - written.trim_start().len())
        } else {
            written.find(first)
        };
        Some((lines.start(line), at?))
    });
    let Some((line, at)) = start else { return symbol.signature.clone() };
    let whole = &text[line + at..lines.start(symbol.to + 1).max(line + at)];
    let head = whole[..heads::end(family, whole, HEAD)].trim_end();
    // Continued lines were indented as the first one is.
    let indent: String = text[line..line + at].chars().take_while(|c| c.is_whitespace()).collect();
    let mut out = String::new();
    for (number, part) in head.lines().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        out.push_str(if number > 0 { part.strip_prefix(indent.as_str()).unwrap_or(part) } else { part }.trim_end());
    }
    out
}

/// The comment directly above a line, without its markers.
fn comment_above(language: Language, family: Option<Family>, lines: &Lines, from: u32) -> Option<String> {
    let mut first = from;
    if family == Some(Family::Rust) {
        while first > 1 && lines.text(first - 1).trim().starts_with("#[") && lines.text(first - 1).trim().ends_with(']')
        {
            first -= 1;
        }
    }
    if family == Some(Family::Elixir)
        && let Some(doc) = attribute_doc(lines, first)
    {
        return Some(doc);
    }
    let hash = family.is_none() && has_hash_comments(language);
    let marks = if hash { Marks::hashes() } else { Marks::of(family) };
    let above = marks.above(lines, first, LINES)?;
    Some(above.into_iter().map(|line| marks.bare(line)).collect::<Vec<_>>().join("\n"))
}

fn has_hash_comments(language: Language) -> bool {
    matches!(language.name(), "Perl" | "R" | "Julia" | "PowerShell" | "GraphQL" | "Fish" | "Nix" | "YAML" | "TOML")
}

/// The string that a body of Python begins with.
fn docstring(text: &str, lines: &Lines, symbol: &Symbol) -> Option<String> {
    let head = text.get(lines.start(symbol.line)..lines.start(symbol.to + 1))?;
    let keyword = head.trim_start();
    if !["def ", "class ", "async "].iter().any(|word| keyword.starts_with(word)) {
        return None;
    }
    let body = &keyword[heads::end(Family::Python, keyword, HEAD)..];
    let body = body.strip_prefix(':')?.trim_start().trim_start_matches(['r', 'R', 'u', 'U']);
    let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| body.starts_with(quote))?;
    let inside = &body[quote.len()..];
    let inside = &inside[..inside.find(quote)?];
    Some(inside.to_owned())
}

/// Without what all lines but the first begin with (its white space is whatever stood behind the marker), and without
/// empty lines at both ends.
fn dedented(text: &str) -> String {
    let width = |line: &str| line.len() - line.trim_start().len();
    let common = |lines: &mut dyn Iterator<Item = &str>| {
        lines.filter(|line| !line.trim().is_empty()).map(width).min().unwrap_or(0)
    };
    let rest = common(&mut text.lines().skip(1));
    let lines: Vec<&str> = text
        .lines()
        .enumerate()
        .map(|(at, line)| {
            let cut = if at == 0 { width(line) } else { rest.min(width(line)) };
            line.get(cut..).unwrap_or_default().trim_end()
        })
        .collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::{Budget, extract};
    use super::*;

    fn check(path: &str, text: &str, name: &str, expect_head: &str, expect_doc: Option<&str>) {
        let language = Language::detect(path, text).unwrap();
        let found = extract(language, text, &Budget::default());
        let symbol = found.symbols.iter().find(|symbol| symbol.name == name).unwrap();
        assert_eq!(head(language, text, symbol), expect_head, "{text}");
        assert_eq!(doc(language, text, symbol).as_deref(), expect_doc, "{text}");
    }

    #[test]
    fn definitions_as_written() {
        check(
            "a.rs",
            "impl A {\n    /// One.\n    ///\n    /// # Errors\n    ///     code\n    #[inline]\n    pub fn f(\n        a: u8,\n    ) -> u8 {\n        a\n    }\n}\n",
            "f",
            "pub fn f(\n    a: u8,\n) -> u8",
            Some("One.\n\n# Errors\n    code"),
        );
        check("a.rs", "struct A { a: u8, b: u8 }\n", "b", "b: u8 }", None);
        check("a.rs", "struct A;\n", "A", "struct A", None);
        check(
            "a.py",
            "@dataclass\nclass A:\n    \"\"\"One.\n\n    Two:\n        three\n    \"\"\"\n    def f(self,\n          x=1):\n        # no docstring\n        pass\n",
            "A",
            "class A",
            Some("One.\n\nTwo:\n    three"),
        );
        check(
            "a.py",
            "# above\ndef f(x: int = {1: 2}):\n    return 'no'\n",
            "f",
            "def f(x: int = {1: 2})",
            Some("above"),
        );
        check(
            "a.c",
            "/**\n * foo() - does it\n * @x: what\n *\n * Return: nothing\n */\nstatic int\nfoo(int x)\n{\n}\n",
            "foo",
            "static int\nfoo(int x)",
            Some("foo() - does it\n@x: what\n\nReturn: nothing"),
        );
        check("a.c", "/* one line */\n#define A(x) \\\n\tb(x)\n", "A", "#define A(x) \\\n\tb(x)", Some("one line"));
        check("a.js", "// a\n// b\nconst { x } = y;\n", "x", "const { x } = y", Some("a\nb"));
        check("a.js", "class A { /** short */\n  f() { return 1; } }\n", "f", "f()", None);
        check(
            "A.java",
            "class A {\n  /** Doc. */\n  @Override\n  public void f() {}\n}\n",
            "f",
            "public void f()",
            Some("Doc."),
        );
        check("a.go", "// F is.\nfunc F() {}\n", "F", "func F()", Some("F is."));
        check("a.sh", "# does\nfoo() {\n  :\n}\n", "foo", "foo()", Some("does"));
    }
}
