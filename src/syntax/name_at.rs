//! The name under a cursor: which word it is, how it is used there, and what is written before it.

use std::ops::Range;

use super::extract::{Names, extract_with_uses};
use super::grammars::Family;
use super::parse::Budget;
use super::tree::Parsed;
use super::{Language, Symbol, Usage};

/// A name at a place in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct NameAt {
    pub name: String,
    /// Bytes of the name.
    pub range: Range<usize>,
    /// How it is used. `None` where it is the name of a definition, and for a word in a comment or string.
    pub usage: Option<Usage>,
    /// The definition whose name it is.
    pub defines: Option<Symbol>,
    /// What is written before it and belongs to it, with its last separator: `Foo::`, `self.inner.`, `p->`. Of something
    /// that is no plain path (`f(x).`) only the separator.
    pub qualifier: Option<String>,
    /// The innermost definition around it, which is not the one that it names.
    pub within: Option<Symbol>,
}

/// The name at a byte offset, or one that ends there. `None` where there is no name: keywords, numbers, space.
pub fn name_at(language: Language, text: &str, offset: usize, budget: &Budget) -> Option<NameAt> {
    let range = name_range(language, text, offset)?;
    let name = &text[range.clone()];
    let (found, uses) = extract_with_uses(language, text, Names::Only(name), budget);
    let lines = super::lines::Lines::new(text);
    let (line, column) = (lines.line(range.start), lines.column(range.start));
    let defines = found.symbols.iter().position(|symbol| {
        let raw = symbol.name.len() - symbol.name.trim_start_matches("r#").len();
        (symbol.line, symbol.column + raw as u32) == (line, column)
    });
    let used = uses.iter().find(|found| found.offset == range.start);
    let usage = used.filter(|_| defines.is_none()).map(|found| found.usage);
    if usage.is_none() && defines.is_none() && !is_plain_word(language, text, &range, budget) {
        return None;
    }
    let around = |symbol: &Symbol| symbol.from <= line && line <= symbol.to;
    let within = match defines {
        Some(at) => found.symbols[at].parent,
        // The uses know it best. Where there is none, the last one that began is the innermost.
        None => used.and_then(|found| found.within).or_else(|| found.symbols.iter().rposition(around)),
    };
    Some(NameAt {
        name: name.to_owned(),
        usage,
        defines: defines.map(|at| found.symbols[at].clone()),
        qualifier: qualifier(&text[..range.start]),
        within: within.map(|at| found.symbols[at].clone()),
        range,
    })
}

/// The name at an offset or ending there, with what the language counts as part of it: `#x`, `@x`, `empty?`.
fn name_range(language: Language, text: &str, offset: usize) -> Option<Range<usize>> {
    let mut range = word_at(language, text, offset)?;
    let before = &text[..range.start];
    let sigil = match language.family() {
        Some(Family::JavaScript) => before.ends_with('#').then_some(1),
        Some(Family::Ruby) if before.ends_with("@@") => Some(2),
        Some(Family::Ruby) => before.ends_with(['@', '$']).then_some(1),
        _ => None,
    };
    range.start -= sigil.unwrap_or(0);
    Some(range)
}

/// The identifier at an offset or ending there.
pub(super) fn word_at(language: Language, text: &str, offset: usize) -> Option<Range<usize>> {
    letters_at(language, text, offset).filter(|word| !text[word.start..].starts_with(|c: char| c.is_ascii_digit()))
}

/// The letters and digits at an offset or ending there.
pub(super) fn letters_at(language: Language, text: &str, offset: usize) -> Option<Range<usize>> {
    use Family::{Elixir, Haskell, Lua, OCaml, Php, Ruby, Shell};
    let family = language.family();
    let dollar = !matches!(family, Some(Php | Shell | Ruby | Elixir | Lua | Haskell | OCaml));
    let prime = matches!(family, Some(Haskell | OCaml));
    let hyphen = family == Some(Shell);
    let inside = |c: char| c.is_alphanumeric() || c == '_' || dollar && c == '$' || prime && c == '\'';
    let offset = text.floor_char_boundary(offset.min(text.len()));
    let back = |from: usize, inside: &dyn Fn(char) -> bool| {
        text[..from].char_indices().rev().take_while(|(_, c)| inside(*c)).last().map_or(from, |(at, _)| at)
    };
    let forth = |from: usize, inside: &dyn Fn(char) -> bool| {
        text[from..].find(|c| !inside(c)).map_or(text.len(), |at| from + at)
    };
    let (mut start, mut end) = (back(offset, &inside), forth(offset, &inside));
    if prime {
        // `'a` is a variable of types, `'a'` a character.
        start += text[start..end].len() - text[start..end].trim_start_matches('\'').len();
    }
    if start >= end {
        return None;
    }
    if matches!(family, Some(Ruby | Elixir)) && text[end..].starts_with(['?', '!']) && !text[end + 1..].starts_with('=')
    {
        end += 1;
    }
    if hyphen {
        // Functions may be called `make-all`, variables may not: in `${a-b}` that is a default.
        let word = |c: char| inside(c) || c == '-';
        let (first, last) = (back(start, &word), forth(end, &word));
        if !text[..first].ends_with(['$', '{']) && !text[first..last].starts_with('-') {
            (start, end) = (first, last);
        }
    }
    Some(start..end)
}

/// Whether a word that is no use and no definition is one that people mean by name: in a comment, a string, or where
/// there is no tree to tell.
fn is_plain_word(language: Language, text: &str, range: &Range<usize>, budget: &Budget) -> bool {
    let Some(parsed) = Parsed::new(language, text, budget) else { return true };
    // What was written over for the parser is a macro's, and a name all the same.
    if parsed.source[range.clone()] != text.as_bytes()[range.clone()] {
        return true;
    }
    let mut node = parsed.at(range);
    while let Some(at) = node {
        if at.is_named() {
            let kind = at.kind();
            return ["comment", "string", "text", "preproc", "heredoc"].iter().any(|part| kind.contains(part));
        }
        // `return` is a node of its own kind, `"` is one in a string.
        if *at.kind() == text[range.clone()] {
            return false;
        }
        node = at.parent();
    }
    true
}

/// The path that ends a text, with its last separator.
fn qualifier(before: &str) -> Option<String> {
    const SEPARATORS: [&str; 4] = ["::", "->", "?.", "."];
    let separator = SEPARATORS.into_iter().find(|separator| before.ends_with(separator))?;
    // `..name` is a range or a spread.
    if separator == "." && before.ends_with("..") {
        return None;
    }
    let mut start = before.len();
    while let Some(separator) = SEPARATORS.into_iter().find(|separator| before[..start].ends_with(separator)) {
        let end = start - separator.len();
        let part = before[..end].trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '#' | '@'));
        if part.len() == end {
            break;
        }
        start = part.len();
    }
    Some(before[start.min(before.len() - separator.len())..].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `|` in the text is the cursor.
    fn at(path: &str, marked: &str) -> Option<NameAt> {
        let offset = marked.find('|').unwrap();
        let text = marked.replacen('|', "", 1);
        name_at(Language::detect(path, &text).unwrap(), &text, offset, &Budget::default())
    }

    fn check(path: &str, marked: &str, expect: &str) {
        let shown = at(path, marked).map_or("-".to_owned(), |found| {
            let usage = found.usage.map_or("-".to_owned(), |usage| format!("{usage:?}").to_lowercase());
            let name = |symbol: Option<Symbol>| symbol.map_or("-".to_owned(), |symbol| symbol.qualified);
            let qualifier = found.qualifier.unwrap_or_default();
            format!("{qualifier}{} {usage} def {} in {}", found.name, name(found.defines), name(found.within))
        });
        assert_eq!(shown, expect, "{marked}");
    }

    #[test]
    fn names_under_the_cursor() {
        check("a.rs", "fn f() { Foo::n|ew(); }", "Foo::new call def - in f");
        check("a.rs", "fn f() { self.inner.count| }", "self.inner.count read def - in f");
        check("a.rs", "fn f() { g(1).nam|e }", ".name read def - in f");
        check("a.rs", "fn f() { 0..en|d }", "end read def - in f");
        check("a.rs", "fn |f() {}", "f - def f in -");
        check("a.rs", "impl A { fn f|() {} }", "f - def A.f in -");
        check("a.rs", "mod m { struct A { b|b: u8 } }", "bb - def m.A.bb in m.A");
        check("a.rs", "fn f() { retur|n; }", "-");
        check("a.rs", "fn f() { 12|3; }", "-");
        check("a.rs", "fn f() { | }", "-");
        check("a.rs", "// see fo|o\nfn f() {}", "foo - def - in -");
        check("a.rs", "fn f() { g(\"see fo|o\"); }", "foo - def - in f");
        check("a.rs", "fn f() { größe|() }", "größe call def - in f");
        check("a.py", "class A:\n    def f(self):\n        return self.x|\n", "self.x read def - in A.f");
        check("a.js", "class A { #p|; f() { return this.#p } }", "#p - def A.#p in A");
        check("a.js", "class A { #p; f() { return this?.#|p } }", "this?.#p read def - in A.f");
        check("a.c", "int f(struct s *p)\n{\n\treturn p->le|n;\n}\n", "p->len read def - in f");
        check("a.pl", "sub f {\n  g|();\n}\n", "g read def - in -");
        check("a.md", "see fo|o", "foo read def - in -");
    }
}
