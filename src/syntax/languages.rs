//! The languages table: how a file's language is known from its name, and what its grammar and queries are.

use std::path::Path;

use tree_sitter_language::LanguageFn;

/// A language (or another kind of text file) that spelunk can name.
#[derive(Clone, Copy)]
pub struct Language(&'static Row);

struct Row {
    name: &'static str,
    extensions: &'static [&'static str],
    filenames: &'static [&'static str],
    grammar: Option<&'static Grammar>,
}

/// What is needed to parse a language and to find definitions and uses in it.
pub(super) struct Grammar {
    /// Position in [`GRAMMARS`].
    pub index: usize,
    pub parser: LanguageFn,
    /// Query texts, in order; see `queries/README.md`.
    pub symbols: &'static [&'static str],
    pub references: &'static [&'static str],
    pub locals: &'static [&'static str],
    pub family: Family,
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
}

macro_rules! query {
    ($($path:literal),*) => { &[$(include_str!(concat!("../../queries/", $path, ".scm"))),*] };
}

pub(super) static GRAMMARS: [Grammar; 9] = [
    Grammar {
        index: 0,
        parser: tree_sitter_rust::LANGUAGE,
        symbols: query!("rust/symbols"),
        references: query!("rust/references"),
        locals: query!("rust/locals"),
        family: Family::Rust,
    },
    Grammar {
        index: 1,
        parser: tree_sitter_python::LANGUAGE,
        symbols: query!("python/symbols"),
        references: query!("python/references"),
        locals: query!("python/locals"),
        family: Family::Python,
    },
    Grammar {
        index: 2,
        parser: tree_sitter_javascript::LANGUAGE,
        symbols: query!("ecmascript/symbols", "javascript/symbols"),
        references: query!("javascript/references", "ecmascript/references"),
        locals: query!("ecmascript/locals"),
        family: Family::JavaScript,
    },
    Grammar {
        index: 3,
        parser: tree_sitter_typescript::LANGUAGE_TYPESCRIPT,
        symbols: query!("ecmascript/symbols", "typescript/symbols"),
        references: query!("typescript/references", "ecmascript/references"),
        locals: query!("ecmascript/locals", "typescript/locals"),
        family: Family::JavaScript,
    },
    Grammar {
        index: 4,
        parser: tree_sitter_typescript::LANGUAGE_TSX,
        symbols: query!("ecmascript/symbols", "typescript/symbols"),
        references: query!("typescript/references-tsx", "typescript/references", "ecmascript/references"),
        locals: query!("ecmascript/locals", "typescript/locals"),
        family: Family::JavaScript,
    },
    Grammar {
        index: 5,
        parser: tree_sitter_go::LANGUAGE,
        symbols: query!("go/symbols"),
        references: query!("go/references"),
        locals: query!("go/locals"),
        family: Family::Go,
    },
    Grammar {
        index: 6,
        parser: tree_sitter_c::LANGUAGE,
        symbols: query!("c/symbols"),
        references: query!("c/references"),
        locals: query!("c/locals"),
        family: Family::C,
    },
    Grammar {
        index: 7,
        parser: tree_sitter_cpp::LANGUAGE,
        symbols: query!("c/symbols", "cpp/symbols"),
        references: query!("cpp/references", "c/references"),
        locals: query!("c/locals", "cpp/locals"),
        family: Family::C,
    },
    Grammar {
        index: 8,
        parser: tree_sitter_java::LANGUAGE,
        symbols: query!("java/symbols"),
        references: query!("java/references"),
        locals: query!("java/locals"),
        family: Family::Java,
    },
];

const fn parsed(name: &'static str, extensions: &'static [&'static str], grammar: &'static Grammar) -> Row {
    Row { name, extensions, filenames: &[], grammar: Some(grammar) }
}

const fn named(name: &'static str, extensions: &'static [&'static str], filenames: &'static [&'static str]) -> Row {
    Row { name, extensions, filenames, grammar: None }
}

static CPP: &Row = &parsed(
    "C++",
    &["cc", "cpp", "cxx", "c++", "hh", "hpp", "hxx", "h++", "inl", "ipp", "tpp", "cppm", "ixx", "cu", "cuh"],
    &GRAMMARS[7],
);

static ROWS: &[&Row] = &[
    &parsed("Rust", &["rs"], &GRAMMARS[0]),
    &Row {
        name: "Python",
        extensions: &["py", "pyi", "pyw", "bzl", "bazel", "star"],
        filenames: &["SConstruct", "SConscript", "wscript", "BUILD", "WORKSPACE", "DEPS"],
        grammar: Some(&GRAMMARS[1]),
    },
    &parsed("JavaScript", &["js", "jsx", "mjs", "cjs", "es6"], &GRAMMARS[2]),
    &parsed("TypeScript", &["ts", "mts", "cts"], &GRAMMARS[3]),
    &parsed("TSX", &["tsx"], &GRAMMARS[4]),
    &parsed("Go", &["go"], &GRAMMARS[5]),
    &parsed("C", &["c", "h"], &GRAMMARS[6]),
    CPP,
    &parsed("Java", &["java"], &GRAMMARS[8]),
    &named("Assembly", &["s", "asm"], &[]),
    &named("AsciiDoc", &["adoc", "asciidoc"], &[]),
    &named("Batch", &["bat", "cmd"], &[]),
    &named("C#", &["cs"], &[]),
    &named("CMake", &["cmake"], &["CMakeLists.txt"]),
    &named("CSS", &["css", "scss", "sass", "less"], &[]),
    &named("CSV", &["csv", "tsv"], &[]),
    &named("Clojure", &["clj", "cljs", "cljc", "edn"], &[]),
    &named("Dart", &["dart"], &[]),
    &named("Device Tree", &["dts", "dtsi", "dtso"], &[]),
    &named("Diff", &["diff", "patch"], &[]),
    &named("Dockerfile", &["dockerfile"], &["Dockerfile", "Containerfile"]),
    &named("Elixir", &["ex", "exs"], &[]),
    &named("Erlang", &["erl", "hrl"], &[]),
    &named("F#", &["fs", "fsi", "fsx"], &[]),
    &named("GN", &["gn", "gni"], &[]),
    &named("GraphQL", &["graphql", "gql"], &[]),
    &named("Groovy", &["groovy", "gradle"], &["Jenkinsfile"]),
    &named("HTML", &["html", "htm", "xhtml"], &[]),
    &named("Haskell", &["hs", "lhs"], &[]),
    &named("INI", &["ini", "cfg", "conf", "properties", "editorconfig"], &[".editorconfig", ".gitconfig"]),
    &named("JSON", &["json", "jsonc", "json5", "jsonl", "webmanifest"], &[]),
    &named("Julia", &["jl"], &[]),
    &named("Kconfig", &[], &["Kconfig"]),
    &named("Kotlin", &["kt", "kts"], &[]),
    &named("Linker script", &["ld", "lds"], &[]),
    &named("Lisp", &["lisp", "el", "ss", "rkt"], &[]),
    &named("Lua", &["lua"], &[]),
    &named("Makefile", &["mk", "mak"], &["Makefile", "makefile", "GNUmakefile", "Kbuild"]),
    &named("Markdown", &["md", "markdown", "mdx"], &[]),
    &named("Nix", &["nix"], &[]),
    &named("OCaml", &["ml", "mli"], &[]),
    &named("Objective-C", &["m", "mm"], &[]),
    &named("PHP", &["php"], &[]),
    &named("Perl", &["pl", "pm", "t"], &[]),
    &named("PowerShell", &["ps1", "psm1"], &[]),
    &named("Protocol Buffers", &["proto"], &[]),
    &named("R", &["r"], &[]),
    &named("Ruby", &["rb", "rake", "gemspec"], &["Rakefile", "Gemfile"]),
    &named("SQL", &["sql"], &[]),
    &named("SVG", &["svg"], &[]),
    &named("Scala", &["scala", "sbt", "sc"], &[]),
    &named("Shell", &["sh", "bash", "zsh", "ksh", "fish"], &[".bashrc", ".profile", "configure"]),
    &named("Starlark", &["sky"], &[]),
    &named("Svelte", &["svelte"], &[]),
    &named("Swift", &["swift"], &[]),
    &named("TOML", &["toml"], &["Cargo.lock", "Pipfile", "poetry.lock"]),
    &named("TeX", &["tex", "sty", "cls", "bib"], &[]),
    &named("Terraform", &["tf", "tfvars", "hcl"], &[]),
    &named("Text", &["txt", "text"], &["README", "LICENSE", "COPYING", "NEWS", "AUTHORS", "CHANGES", "MAINTAINERS"]),
    &named("Torque", &["tq"], &[]),
    &named("Tree-sitter query", &["scm"], &[]),
    &named("Verilog", &["v", "sv", "svh"], &[]),
    &named("Vim script", &["vim"], &[]),
    &named("Vue", &["vue"], &[]),
    &named("WebAssembly text", &["wat", "wast"], &[]),
    &named("XML", &["xml", "xsd", "xsl", "plist", "csproj", "xaml"], &[]),
    &named("YAML", &["yaml", "yml"], &[]),
    &named("Zig", &["zig"], &[]),
    &named("reStructuredText", &["rst"], &[]),
];

impl Language {
    /// The language of a file by its name alone. A `.h` is C; [`Self::detect`] looks at the text too.
    pub fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        if let Some(row) = ROWS.iter().find(|row| row.filenames.contains(&name)) {
            return Some(Self(row));
        }
        let extension = Path::new(name).extension()?.to_str()?;
        let lower = extension.to_ascii_lowercase();
        if let Some(row) = ROWS.iter().find(|row| row.extensions.contains(&lower.as_str())) {
            // By convention `.C` and `.H` are C++.
            return Some(Self(if matches!(extension, "C" | "H") { CPP } else { row }));
        }
        // Kconfig.debug, Makefile.am, Dockerfile.dev and the like.
        let stem = name.split('.').next()?;
        ["Kconfig", "Makefile", "Dockerfile"]
            .contains(&stem)
            .then(|| ROWS.iter().find(|row| row.filenames.contains(&stem)))
            .flatten()
            .map(|row| Self(row))
    }

    /// The language of a file by its name and, where names are ambiguous, its text.
    pub fn detect(path: &str, text: &str) -> Option<Self> {
        let language = Self::of(path)?;
        Some(if path.ends_with(".h") && looks_like_cpp(text) { Self(CPP) } else { language })
    }

    /// The language of an identifier as editors use them: `rust`, `typescriptreact`, `cpp`.
    pub fn named(id: &str) -> Option<Self> {
        let name = match id {
            "cpp" => "C++",
            "javascriptreact" => "JavaScript",
            "typescriptreact" => "TSX",
            "csharp" => "C#",
            "objective-c" => "Objective-C",
            "shellscript" => "Shell",
            other => other,
        };
        ROWS.iter().find(|row| row.name.eq_ignore_ascii_case(name)).map(|row| Self(row))
    }

    /// What people call it: `Rust`, `C++`, `Markdown`.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// `None` for languages without a grammar.
    pub fn family(self) -> Option<Family> {
        self.0.grammar.map(|grammar| grammar.family)
    }

    /// Whether definitions and uses can be had from a syntax tree.
    pub fn has_grammar(self) -> bool {
        self.0.grammar.is_some()
    }

    /// Whether its files hold definitions that can be found, from a tree or line by line. Prose and data do not.
    pub fn has_definitions(self) -> bool {
        self.has_grammar()
            || matches!(
                self.0.name,
                "Assembly"
                    | "C#"
                    | "Dart"
                    | "Elixir"
                    | "Erlang"
                    | "F#"
                    | "GraphQL"
                    | "Groovy"
                    | "Haskell"
                    | "Julia"
                    | "Kotlin"
                    | "Lua"
                    | "OCaml"
                    | "Objective-C"
                    | "PHP"
                    | "Perl"
                    | "PowerShell"
                    | "Protocol Buffers"
                    | "R"
                    | "Ruby"
                    | "Scala"
                    | "Shell"
                    | "Svelte"
                    | "Swift"
                    | "Torque"
                    | "Verilog"
                    | "Vim script"
                    | "Vue"
                    | "Zig"
            )
    }

    /// Every language that has a grammar.
    pub fn with_grammar() -> impl Iterator<Item = Self> {
        ROWS.iter().filter(|row| row.grammar.is_some()).map(|row| Self(row))
    }

    /// Whether names may begin with `#`.
    pub(super) fn has_private_names(self) -> bool {
        self.grammar().is_some_and(|grammar| grammar.family == Family::JavaScript)
    }

    pub(super) fn grammar(self) -> Option<&'static Grammar> {
        self.0.grammar
    }
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for Language {}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name)
    }
}

/// Whether a header has something that only C++ has. Looks at line starts, so that comments rarely mislead.
fn looks_like_cpp(text: &str) -> bool {
    let mut class_before = false;
    text.lines().map(str::trim).any(|line| {
        let opens = std::mem::take(&mut class_before);
        let word = line.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("");
        let rest = line[word.len()..].trim_start();
        match word {
            "namespace" | "using" | "constexpr" => {
                rest.starts_with(|c: char| c.is_alphabetic() || c == '{' || c == '_')
                    && line.ends_with(['{', ';', '}', '('])
            }
            "class" => {
                class_before = rest.starts_with(char::is_alphabetic);
                class_before && line.ends_with(['{', ';', ':'])
            }
            "template" => rest.starts_with('<'),
            "public" | "private" | "protected" => rest.starts_with(':') && !rest.starts_with("::"),
            "" => opens && line.starts_with('{') || line.starts_with("#include <") && !line.contains(".h"),
            _ => line.contains("static_cast<") || line.contains("std::") && !line.starts_with('*'),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, expect: Option<&str>) {
        assert_eq!(Language::detect(path, text).map(Language::name), expect, "{path}: {text}");
    }

    #[test]
    fn names_and_texts_decide() {
        check("src/a.rs", "", Some("Rust"));
        check("a/b.test.tsx", "", Some("TSX"));
        check("x.mjs", "", Some("JavaScript"));
        check("X.PY", "", Some("Python"));
        check("x.C", "", Some("C++"));
        check("Makefile", "", Some("Makefile"));
        check("drivers/Kconfig.debug", "", Some("Kconfig"));
        check("no-extension", "", None);
        check("a.h", "struct foo { int class; };\n", Some("C"));
        check("a.h", "namespace a {\n}\n", Some("C++"));
        check("a.h", "class Foo : public Bar {\n", Some("C++"));
        check("a.h", "class Foo\n{\n", Some("C++"));
        check("a.h", "template<typename T> T f();\n", Some("C++"));
        check("a.h", "/*\n * class of devices; using this one\n * std::x\n */\nint class;\n", Some("C"));
        check("a.h", "#include <vector>\n", Some("C++"));
    }

    #[test]
    fn grammars_are_where_their_index_says() {
        for (at, grammar) in GRAMMARS.iter().enumerate() {
            assert_eq!(grammar.index, at);
        }
    }
}
