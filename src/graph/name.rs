//! Names as people and models write them: `Foo.bar`, `a::b::Foo`, `src/x.rs#Foo`, `struct foo`, `foo()`.

use super::GraphError;

/// A name taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// File or folder before a `#`.
    pub path: Option<String>,
    /// What stands before the last part: `["a", "b"]` of `a::b::c`.
    pub qualifiers: Vec<String>,
    pub last: String,
}

/// Words that may stand before a name and say nothing about which one it is.
const LEADING: &[&str] = &[
    "struct",
    "class",
    "enum",
    "union",
    "fn",
    "func",
    "function",
    "def",
    "trait",
    "interface",
    "type",
    "typedef",
    "macro",
    "impl",
    "mod",
    "module",
    "namespace",
    "const",
    "static",
    "let",
    "var",
    "pub",
    "async",
    "export",
    "method",
    "variable",
    "constant",
    "field",
    "the",
    "extern",
    "inline",
    "void",
    "mut",
    "new",
    "dyn",
    "#define",
    "define",
];

impl Name {
    pub fn parse(text: &str) -> Result<Self, GraphError> {
        let bad = || GraphError::Name { name: text.chars().take(80).collect() };
        let mut rest = text.trim().trim_matches(['`', '"', '\'']).trim();
        let mut path = None;
        if let Some((before, after)) = rest.split_once('#').filter(|(before, _)| looks_like_path(before)) {
            path = Some(before.trim_start_matches("./").trim_end_matches('/').to_owned());
            rest = after;
        }
        while let Some((_, after)) = rest.split_once(char::is_whitespace).filter(|(word, _)| LEADING.contains(word)) {
            rest = after.trim_start();
        }
        let plain = without_arguments(rest);
        let plain = plain
            .trim_start_matches(['&', '*', '@', '(', '!', '.', ':'])
            .trim_end_matches(['!', '?', ';', ':', '*', '&', ')']);
        // Go's `(*Foo).Bar`.
        let plain = plain.replace([')', '(', '*'], "").replace("->", ".").replace("::", ".").replace('#', ".");
        let mut parts: Vec<String> =
            plain.split('.').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect();
        parts.retain(|part| !matches!(part.as_str(), "crate" | "self" | "super" | "this" | "prototype" | "global"));
        let last = parts.pop().ok_or_else(bad)?;
        let word = |part: &str| part.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '~' | '-'));
        if !word(&last) || last.len() > 500 || !parts.iter().all(|part| word(part.trim_start_matches('r'))) {
            return Err(bad());
        }
        Ok(Self { path, qualifiers: parts, last })
    }

    /// The identifier to search for.
    pub fn word(&self) -> &str {
        self.last.trim_start_matches('~')
    }

    /// Whether the qualifiers are the last parts of what encloses a definition.
    pub fn fits_nesting(&self, qualified: &str) -> bool {
        let mut parts = qualified.rsplit('.');
        parts.next();
        self.qualifiers.iter().rev().all(|qualifier| parts.next().is_some_and(|part| part == qualifier))
    }

    /// Whether the qualifiers are found, in order, in the file's path and what encloses the definition.
    pub fn fits_path(&self, path: &str, qualified: &str) -> bool {
        let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
        let mut parts = stem.split('/').chain(qualified.split('.')).map(|part| part.replace('-', "_"));
        self.qualifiers.iter().all(|qualifier| parts.any(|part| part == *qualifier))
    }

    /// Whether a path is the one before `#`, or inside it, or ends with it.
    pub fn fits_file(&self, path: &str) -> bool {
        self.path.as_ref().is_none_or(|wanted| {
            path == wanted
                || path.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.starts_with('/'))
                || path.strip_suffix(wanted.as_str()).is_some_and(|rest| rest.ends_with('/'))
        })
    }
}

fn looks_like_path(text: &str) -> bool {
    !text.is_empty() && (text.contains('/') || text.contains('.')) && !text.contains("::") && !text.contains('(')
}

/// The text without `<...>`, `(...)` and `[...]`, unless a bracket comes first.
fn without_arguments(text: &str) -> String {
    let mut depth = 0;
    let mut out = String::new();
    let receiver = text.starts_with('(');
    for c in text.chars() {
        match c {
            '(' if receiver && out.is_empty() => {}
            '<' | '(' | '[' => depth += 1,
            '>' if out.ends_with('-') && depth == 0 => out.push(c),
            '>' | ']' => depth -= 1,
            ')' if depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            c => out.push(c),
        }
    }
    out.split_whitespace().next().unwrap_or("").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, path: Option<&str>, expect: &str) {
        let name = Name::parse(text).unwrap();
        let mut parts = name.qualifiers.clone();
        parts.push(name.last);
        assert_eq!((name.path.as_deref(), parts.join(".").as_str()), (path, expect), "{text}");
    }

    #[test]
    fn forms() {
        check("Foo", None, "Foo");
        check("Foo.bar", None, "Foo.bar");
        check("Foo::bar", None, "Foo.bar");
        check("Foo#bar", None, "Foo.bar");
        check("path/to/file.rs#Foo", Some("path/to/file.rs"), "Foo");
        check("lib.rs#Foo::new", Some("lib.rs"), "Foo.new");
        check("crate::a::Foo", None, "a.Foo");
        check("foo()", None, "foo");
        check("foo(int, char *)", None, "foo");
        check("struct task_struct", None, "task_struct");
        check("`struct rq *`", None, "rq");
        check("&Foo", None, "Foo");
        check("Foo<T>", None, "Foo");
        check("Vec<Option<T>>::push", None, "Vec.push");
        check("(*Server).Serve", None, "Server.Serve");
        check("p->next", None, "p.next");
        check("println!", None, "println");
        check("Foo.prototype.bar", None, "Foo.bar");
        check("A::~A", None, "A.~A");
        check("pub fn parse", None, "parse");
    }

    #[test]
    fn not_names() {
        for text in ["", "  ", "()", "a/b", "a,b", "#", "\n", "\"\"", "a+b"] {
            let parsed = Name::parse(text);
            assert!(parsed.is_err(), "{text}: {parsed:?}");
        }
    }

    #[test]
    fn qualifiers_fit_from_the_end() {
        let name = Name::parse("b::c").unwrap();
        assert!(name.fits_nesting("a.b.c") && name.fits_nesting("b.c"));
        assert!(!name.fits_nesting("c") && !name.fits_nesting("b.x.c"));
        assert!(name.fits_path("src/b.rs", "c") && !name.fits_path("src/d.rs", "c"));
    }
}
