//! What stands before the name in a call, and what the text around says of its type.

use std::collections::HashSet;

use crate::syntax::{Family, occurrences};

/// What a name is called on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Receiver {
    /// `name()`
    Bare,
    /// `self.name()`, `this.name()`, `Self::name()`
    Own,
    /// `super.name()`
    Super,
    /// `a::B::name()`: what is before the last `::`
    Path(Vec<String>),
    /// `x.name()`; `field` when something stands before the `x`
    Value {
        name: String,
        field: bool,
    },
    /// `Foo::new(1).name()`: the names in the expression that made the value
    Made(Vec<String>),
    /// `"text".name()`
    Literal,
    Unknown,
}

/// How far before a call its receiver is looked for, in bytes.
const WINDOW: usize = 400;

/// The receiver of the call whose name starts at `offset`.
pub(super) fn receiver(text: &str, offset: usize) -> Receiver {
    let mut from = offset.saturating_sub(WINDOW);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let before = text[from..offset].trim_end();
    let line = before.rsplit('\n').next().unwrap_or("").trim_start();
    if text[from + before.len()..offset].contains('\n') && (line.contains("//") || line.starts_with(['*', '#'])) {
        // A comment's full stop.
        return Receiver::Bare;
    }
    if let Some(path) = before.strip_suffix("::") {
        return path_before(path);
    }
    let Some(value) =
        before.strip_suffix("->").or_else(|| before.strip_suffix('.')).filter(|rest| !rest.ends_with(".."))
    else {
        return Receiver::Bare;
    };
    let value = value.trim_end().trim_end_matches(['?', '!']).trim_end();
    let (head, name) = last_word(value);
    match value.chars().next_back() {
        Some('"' | '\'' | '`') => return Receiver::Literal,
        Some(')') => {
            let made = called(value);
            return match made.as_slice() {
                [only] if only == "super" => Receiver::Super,
                [] => Receiver::Unknown,
                _ => Receiver::Made(made),
            };
        }
        _ if name.is_empty() => return Receiver::Unknown,
        _ => {}
    }
    let field = head.trim_end().ends_with(['.']) || head.trim_end().ends_with("->") || head.ends_with("::");
    match name {
        "self" | "this" | "cls" | "Self" if !field => Receiver::Own,
        "super" | "base" if !field => Receiver::Super,
        _ => Receiver::Value { name: name.to_owned(), field },
    }
}

fn path_before(path: &str) -> Receiver {
    let mut rest = path;
    let mut parts = Vec::new();
    loop {
        let inside = without_generics(rest);
        let (head, name) = last_word(inside);
        if name.is_empty() {
            // `<T as Trait>::name()`
            return if parts.is_empty() { Receiver::Unknown } else { finish(parts) };
        }
        parts.push(name.to_owned());
        match head.strip_suffix("::") {
            Some(before) if parts.len() < 8 => rest = before,
            _ => return finish(parts),
        }
    }
}

fn finish(mut parts: Vec<String>) -> Receiver {
    parts.reverse();
    if parts.len() == 1 && matches!(parts[0].as_str(), "Self" | "static") {
        Receiver::Own
    } else {
        Receiver::Path(parts)
    }
}

/// A text without the `<...>` (and the `::` before it) at its end.
fn without_generics(text: &str) -> &str {
    let Some(open) = text.strip_suffix('>').and_then(|inside| opening(inside, '<', '>')) else { return text };
    text[..open].trim_end_matches("::")
}

/// Where the bracket opens that would close behind this text.
fn opening(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 1;
    text.char_indices().rev().find_map(|(at, c)| {
        if c == close {
            depth += 1;
        } else if c == open {
            depth -= 1;
        }
        (depth == 0).then_some(at)
    })
}

/// The names of the call that ends a text: `["Foo", "new"]` of `Foo::new(1)`.
fn called(text: &str) -> Vec<String> {
    let Some(open) = text.strip_suffix(')').and_then(|inside| opening(inside, '(', ')')) else { return Vec::new() };
    let callee = without_generics(text[..open].trim_end());
    let start = callee
        .rfind(|c: char| !(is_word(c) || c == ':'))
        .map_or(0, |at| at + callee[at..].chars().next().map_or(1, char::len_utf8));
    words(&callee[start..])
}

fn last_word(text: &str) -> (&str, &str) {
    text.split_at(text.trim_end_matches(is_word).len())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !is_word(c)).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Occurrences of a variable that are looked at for its type.
const LOOKED_AT: usize = 60;

/// The words of the types that a variable is declared with, or made from, in a text: `{"Arc", "Foo"}` of `x: Arc<Foo>`.
///
/// The flag says that its type is among the words: a function may give back anything.
pub(super) fn types_of(text: &str, name: &str, family: Family) -> (HashSet<String>, bool) {
    let (mut found, mut made) = (HashSet::new(), HashSet::new());
    for range in occurrences(text, name).take(LOOKED_AT) {
        let before = text[..range.start].rsplit('\n').next().unwrap_or("");
        let behind = text[range.end..].split('\n').next().unwrap_or("");
        let right = behind.trim_start();
        if before.trim_end().ends_with(['.', '>']) && family != Family::C && !before.trim_end().ends_with("self.") {
            continue;
        }
        if let Some(declared) = right.strip_prefix(':').filter(|rest| !rest.starts_with([':', '='])) {
            found.extend(words(declared.split([',', ')', '=', ';', '{']).next().unwrap_or("")));
        }
        let assigned =
            right.strip_prefix(":=").or_else(|| right.strip_prefix('=').filter(|rest| !rest.starts_with(['=', '>'])));
        // An assignment may stand behind the type.
        let assigned =
            assigned.or_else(|| right.starts_with(':').then(|| right.split_once(" = ").map(|(_, value)| value))?);
        if let Some(value) = assigned {
            made.extend(constructed(value));
        }
        if family == Family::Go && behind.starts_with(' ') && !right.starts_with([':', '=', ',']) {
            let declared = right.split([',', ')', '{', '=']).next().unwrap_or("");
            found.extend(words(declared).into_iter().take(4));
        }
        if matches!(family, Family::C | Family::Java) {
            found.extend(declared_before(before));
        }
        if family == Family::Python && before.ends_with(" as ") {
            found.extend(words(before));
        }
    }
    for plain in ["mut", "let", "const", "dyn", "impl", "static", "readonly", "self", "return", "await", "new", "ref"] {
        found.remove(plain);
        made.remove(plain);
    }
    let typed =
        !found.is_empty() || family != Family::Go && made.iter().any(|word| word.starts_with(char::is_uppercase));
    found.extend(made);
    (found, typed)
}

/// Methods that give back what they are called on, or what it holds.
const KEEPING: &[&str] = &[".unwrap", ".expect", ".await", ".clone"];

/// What follows the parenthesis that closes what was open before this text.
fn closing(inside: &str) -> Option<&str> {
    let mut depth = 1;
    inside.char_indices().find_map(|(at, c)| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        (depth == 0).then(|| &inside[at + 1..])
    })
}

/// The names of the constructor in an assignment's value.
fn constructed(value: &str) -> Vec<String> {
    let mut value = value.trim_start();
    while let Some(rest) =
        ["await ", "new ", "&mut ", "&", "*", "(", "co_await "].iter().find_map(|lead| value.strip_prefix(lead))
    {
        value = rest.trim_start();
    }
    let end = value.find(|c: char| !(is_word(c) || matches!(c, ':' | '.'))).unwrap_or(value.len());
    // What a method of the new value gives back is something else.
    let goes_on = value[end..].strip_prefix('(').and_then(|inside| closing(inside)).is_some_and(|behind| {
        let behind = behind.trim_start();
        behind.starts_with('.') && !KEEPING.iter().any(|method| behind.starts_with(method))
    });
    if value[end..].starts_with(['(', '{', '<']) && !goes_on { words(&value[..end]) } else { Vec::new() }
}

/// The type before a name in C's order: `Foo* `, `const std::vector<Foo>& `.
fn declared_before(before: &str) -> Vec<String> {
    let left = before.trim_end_matches([' ', '\t', '*', '&']);
    if left.len() == before.len() || !left.ends_with(|c: char| is_word(c) || c == '>') {
        return Vec::new();
    }
    let generic = left.strip_suffix('>').and_then(|inside| opening(inside, '<', '>'));
    let typed = match generic {
        Some(open) => &left[left[..open].trim_end_matches(|c| is_word(c) || c == ':').len()..],
        None => last_word(left).1,
    };
    let keyword = [
        "return", "delete", "throw", "else", "case", "goto", "new", "in", "of", "and", "or", "not", "auto", "var",
        "import", "extends",
    ];
    if keyword.contains(&typed) { Vec::new() } else { words(typed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Receiver) {
        let offset = text.rfind("name").unwrap();
        assert_eq!(receiver(text, offset), expect, "{text}");
    }

    fn value(name: &str, field: bool) -> Receiver {
        Receiver::Value { name: name.to_owned(), field }
    }

    fn path(parts: &[&str]) -> Receiver {
        Receiver::Path(parts.iter().map(|part| (*part).to_owned()).collect())
    }

    fn made(parts: &[&str]) -> Receiver {
        Receiver::Made(parts.iter().map(|part| (*part).to_owned()).collect())
    }

    #[test]
    fn receivers() {
        check("x = name(1)", Receiver::Bare);
        check("new name(1)", Receiver::Bare);
        check("// as it says.\n  name(1)", Receiver::Bare);
        check("self.name()", Receiver::Own);
        check("this->name()", Receiver::Own);
        check("Self::name()", Receiver::Own);
        check("super().name()", Receiver::Super);
        check("super.name()", Receiver::Super);
        check("a::B::name()", path(&["a", "B"]));
        check("Vec::<u8>::name()", path(&["Vec"]));
        check("Map<String, Vec<u8>>::name()", path(&["Map"]));
        check("x.name()", value("x", false));
        check("x?.name()", value("x", false));
        check("self.x.name()", value("x", true));
        check("p->x->name()", value("x", true));
        check("foo\n    .name()", value("foo", false));
        check("Foo::new(a(1), 2).name()", made(&["Foo", "new"]));
        check("new Foo().name()", made(&["Foo"]));
        check("x.get().name()", made(&["get"]));
        check("\"a\".name()", Receiver::Literal);
        check("x[0].name()", Receiver::Unknown);
        check("<T as A>::name()", Receiver::Unknown);
        check("é.name()", value("é", false));
    }

    fn types(text: &str, family: Family, expect: &[&str]) {
        let mut found: Vec<String> = types_of(text, "x", family).0.into_iter().collect();
        found.sort();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn declared_types() {
        types("fn f(x: &mut Arc<Foo>, y: Bar) { x.go() }", Family::Rust, &["Arc", "Foo"]);
        types("let x = Foo::new(1);\nx == y", Family::Rust, &["Foo"]);
        types("let mut x: Foo = Bar::make();", Family::Rust, &["Bar", "Foo", "make"]);
        types("x = Foo(1, a(2)).range()\nx.go()", Family::Python, &[]);
        types("let x = Foo::open(p).unwrap();", Family::Rust, &["Foo", "open"]);
        types("x := &Foo{}\n", Family::Go, &["Foo"]);
        types("func (x *Foo) f() {", Family::Go, &["Foo"]);
        types("const x = new Foo();", Family::JavaScript, &["Foo"]);
        types("with Foo() as x:", Family::Python, &["Foo", "as", "with"]);
        types("  Foo* x = y;\n  return x;", Family::C, &["Foo"]);
        types("std::unique_ptr<Foo> x;", Family::C, &["Foo", "std", "unique_ptr"]);
        types("x.y = 1; z(x)", Family::Rust, &[]);
    }
}
