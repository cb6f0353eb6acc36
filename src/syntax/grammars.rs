//! The grammars that are linked in: each with its queries, and with the family whose lexical rules it shares.

use std::sync::OnceLock;

use tree_sitter_language::LanguageFn;

use super::compiled::Compiled;

/// What is needed to parse a language and to find definitions and uses in it.
pub(super) struct Grammar {
    pub parser: LanguageFn,
    /// Query texts, in order; see `queries/README.md`.
    pub symbols: &'static [&'static str],
    pub references: &'static [&'static str],
    pub locals: &'static [&'static str],
    pub family: Family,
    /// The queries once they are compiled, on first use.
    pub compiled: OnceLock<Compiled>,
}

/// Languages that lexical rules treat alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    Rust,
    Python,
    JavaScript,
    Go,
    C,
    Java,
    CSharp,
    Ruby,
    Php,
    Kotlin,
    Swift,
    Scala,
    Lua,
    Shell,
    Zig,
    Elixir,
    Haskell,
    OCaml,
}

impl Family {
    /// Whether what a name means is followed through scopes and imports, so that code may be changed by it.
    pub fn is_followed(self) -> bool {
        use Family::{C, Go, Java, JavaScript, Python, Rust};
        matches!(self, Rust | Python | JavaScript | Go | C | Java)
    }

    /// Whether what is defined inside of a function is seen there only.
    pub fn is_nested_by_scope(self) -> bool {
        use Family::{C, CSharp, Go, Java, JavaScript, Kotlin, Python, Rust, Scala, Swift};
        matches!(self, Rust | Python | JavaScript | Go | C | Java | CSharp | Kotlin | Scala | Swift)
    }

    /// Whether members are used without saying whose they are.
    pub fn implies_self(self) -> bool {
        use Family::{C, CSharp, Java, Kotlin, Ruby, Scala, Swift};
        matches!(self, C | Java | CSharp | Kotlin | Swift | Scala | Ruby)
    }
}

macro_rules! query {
    ($($path:literal),*) => { &[$(include_str!(concat!("../../queries/", $path, ".scm"))),*] };
}

macro_rules! grammar {
    ($name:ident, $family:ident, $parser:path, $symbols:expr, $references:expr, $locals:expr) => {
        pub(super) static $name: Grammar = Grammar {
            parser: $parser,
            symbols: $symbols,
            references: $references,
            locals: $locals,
            family: Family::$family,
            compiled: OnceLock::new(),
        };
    };
    // Three files in a folder of the language's own.
    ($name:ident, $family:ident, $parser:path, $folder:literal) => {
        grammar!(
            $name,
            $family,
            $parser,
            &[include_str!(concat!("../../queries/", $folder, "/symbols.scm"))],
            &[include_str!(concat!("../../queries/", $folder, "/references.scm"))],
            &[include_str!(concat!("../../queries/", $folder, "/locals.scm"))]
        );
    };
}

grammar!(RUST, Rust, tree_sitter_rust::LANGUAGE, "rust");
grammar!(PYTHON, Python, tree_sitter_python::LANGUAGE, "python");
grammar!(
    JAVASCRIPT,
    JavaScript,
    tree_sitter_javascript::LANGUAGE,
    query!("ecmascript/symbols", "javascript/symbols"),
    query!("javascript/references", "ecmascript/references"),
    query!("ecmascript/locals")
);
grammar!(
    TYPESCRIPT,
    JavaScript,
    tree_sitter_typescript::LANGUAGE_TYPESCRIPT,
    query!("ecmascript/symbols", "typescript/symbols"),
    query!("typescript/references", "ecmascript/references"),
    query!("ecmascript/locals", "typescript/locals")
);
grammar!(
    TSX,
    JavaScript,
    tree_sitter_typescript::LANGUAGE_TSX,
    query!("ecmascript/symbols", "typescript/symbols"),
    query!("typescript/references-tsx", "typescript/references", "ecmascript/references"),
    query!("ecmascript/locals", "typescript/locals")
);
grammar!(GO, Go, tree_sitter_go::LANGUAGE, "go");
grammar!(C, C, tree_sitter_c::LANGUAGE, "c");
grammar!(
    CPP,
    C,
    tree_sitter_cpp::LANGUAGE,
    query!("c/symbols", "cpp/symbols"),
    query!("cpp/references", "c/references"),
    query!("c/locals", "cpp/locals")
);
grammar!(JAVA, Java, tree_sitter_java::LANGUAGE, "java");
grammar!(LUA, Lua, tree_sitter_lua::LANGUAGE, "lua");
grammar!(SHELL, Shell, tree_sitter_bash::LANGUAGE, "shell");
grammar!(CSHARP, CSharp, tree_sitter_c_sharp::LANGUAGE, "csharp");
grammar!(RUBY, Ruby, tree_sitter_ruby::LANGUAGE, "ruby");
grammar!(PHP, Php, tree_sitter_php::LANGUAGE_PHP, "php");
grammar!(KOTLIN, Kotlin, tree_sitter_kotlin_ng::LANGUAGE, "kotlin");
grammar!(SWIFT, Swift, tree_sitter_swift::LANGUAGE, "swift");
grammar!(SCALA, Scala, tree_sitter_scala::LANGUAGE, "scala");
grammar!(ZIG, Zig, tree_sitter_zig::LANGUAGE, "zig");
grammar!(ELIXIR, Elixir, tree_sitter_elixir::LANGUAGE, "elixir");
grammar!(HASKELL, Haskell, tree_sitter_haskell::LANGUAGE, "haskell");
grammar!(OCAML, OCaml, tree_sitter_ocaml::LANGUAGE_OCAML, "ocaml");
grammar!(OCAML_INTERFACE, OCaml, tree_sitter_ocaml::LANGUAGE_OCAML_INTERFACE, "ocaml");
