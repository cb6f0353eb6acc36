//! The languages table: how a file's language is known from its name, and what its grammar and queries are.

use std::path::Path;

use super::grammars::{self, Family, Grammar};

/// A language (or another kind of text file) that spelunk can name.
#[derive(Clone, Copy)]
pub struct Language(&'static Row);

struct Row {
    name: &'static str,
    extensions: &'static [&'static str],
    filenames: &'static [&'static str],
    grammar: Option<&'static Grammar>,
}

const fn parsed(name: &'static str, extensions: &'static [&'static str], grammar: &'static Grammar) -> Row {
    Row { name, extensions, filenames: &[], grammar: Some(grammar) }
}

const fn named(name: &'static str, extensions: &'static [&'static str], filenames: &'static [&'static str]) -> Row {
    Row { name, extensions, filenames, grammar: None }
}

static CPP: &Row = &parsed(
    "C++",
    &["cc", "cpp", "cxx", "c++", "hh", "hpp", "hxx", "h++", "inl", "ipp", "tpp", "cppm", "ixx", "cu", "cuh"],
    &grammars::CPP,
);

static ROWS: &[&Row] = &[
    &parsed("Rust", &["rs"], &grammars::RUST),
    &Row {
        name: "Python",
        extensions: &["py", "pyi", "pyw", "bzl", "bazel", "star"],
        filenames: &["SConstruct", "SConscript", "wscript", "BUILD", "WORKSPACE", "DEPS"],
        grammar: Some(&grammars::PYTHON),
    },
    &parsed("JavaScript", &["js", "jsx", "mjs", "cjs", "es6"], &grammars::JAVASCRIPT),
    &parsed("TypeScript", &["ts", "mts", "cts"], &grammars::TYPESCRIPT),
    &parsed("TSX", &["tsx"], &grammars::TSX),
    &parsed("Go", &["go"], &grammars::GO),
    &parsed("C", &["c", "h"], &grammars::C),
    CPP,
    &parsed("Java", &["java"], &grammars::JAVA),
    &named("Assembly", &["s", "asm"], &[]),
    &named("AsciiDoc", &["adoc", "asciidoc"], &[]),
    &named("Batch", &["bat", "cmd"], &[]),
    &parsed("C#", &["cs", "csx"], &grammars::CSHARP),
    &named("CMake", &["cmake"], &["CMakeLists.txt"]),
    &named("CSS", &["css", "scss", "sass", "less"], &[]),
    &named("CSV", &["csv", "tsv"], &[]),
    &named("Clojure", &["clj", "cljs", "cljc", "edn"], &[]),
    &named("Dart", &["dart"], &[]),
    &named("Device Tree", &["dts", "dtsi", "dtso"], &[]),
    &named("Diff", &["diff", "patch"], &[]),
    &named("Dockerfile", &["dockerfile"], &["Dockerfile", "Containerfile"]),
    &parsed("Elixir", &["ex", "exs"], &grammars::ELIXIR),
    &named("Erlang", &["erl", "hrl"], &[]),
    &named("F#", &["fs", "fsi", "fsx"], &[]),
    &named("Fish", &["fish"], &[]),
    &named("GN", &["gn", "gni"], &[]),
    &named("GraphQL", &["graphql", "gql"], &[]),
    &named("Groovy", &["groovy", "gradle"], &["Jenkinsfile"]),
    &named("HTML", &["html", "htm", "xhtml"], &[]),
    &parsed("Haskell", &["hs", "hs-boot", "hsc"], &grammars::HASKELL),
    &named("Literate Haskell", &["lhs"], &[]),
    &named("INI", &["ini", "cfg", "conf", "properties", "editorconfig"], &[".editorconfig", ".gitconfig"]),
    &named("JSON", &["json", "jsonc", "json5", "jsonl", "webmanifest"], &[]),
    &named("Julia", &["jl"], &[]),
    &named("Kconfig", &[], &["Kconfig"]),
    &parsed("Kotlin", &["kt", "kts"], &grammars::KOTLIN),
    &named("Linker script", &["ld", "lds"], &[]),
    &named("Lisp", &["lisp", "el", "ss", "rkt"], &[]),
    &Row {
        name: "Lua",
        extensions: &["lua", "rockspec", "wlua"],
        filenames: &[".luacheckrc", ".busted"],
        grammar: Some(&grammars::LUA),
    },
    &named("Makefile", &["mk", "mak"], &["Makefile", "makefile", "GNUmakefile", "Kbuild"]),
    &named("Markdown", &["md", "markdown", "mdx"], &[]),
    &named("Nix", &["nix"], &[]),
    &parsed("OCaml", &["ml"], &grammars::OCAML),
    &parsed("OCaml interface", &["mli"], &grammars::OCAML_INTERFACE),
    &named("Objective-C", &["m", "mm"], &[]),
    &parsed("PHP", &["php", "phtml", "php5", "phpt"], &grammars::PHP),
    &named("Perl", &["pl", "pm", "t"], &[]),
    &named("PowerShell", &["ps1", "psm1"], &[]),
    &named("Protocol Buffers", &["proto"], &[]),
    &named("R", &["r"], &[]),
    &Row {
        name: "Ruby",
        extensions: &["rb", "rake", "gemspec", "ru", "podspec", "rbw", "jbuilder"],
        filenames: &["Rakefile", "Gemfile", "Podfile", "Vagrantfile", "Guardfile", "Fastfile", "Brewfile", "Capfile"],
        grammar: Some(&grammars::RUBY),
    },
    &named("SQL", &["sql"], &[]),
    &named("SVG", &["svg"], &[]),
    &parsed("Scala", &["scala", "sbt", "sc"], &grammars::SCALA),
    &Row {
        name: "Shell",
        extensions: &["sh", "bash", "zsh", "ksh", "bats", "ebuild"],
        filenames: &[
            ".bashrc",
            ".bash_profile",
            ".bash_aliases",
            ".zshrc",
            ".profile",
            "configure",
            "PKGBUILD",
            "APKBUILD",
        ],
        grammar: Some(&grammars::SHELL),
    },
    &named("Starlark", &["sky"], &[]),
    &named("Svelte", &["svelte"], &[]),
    &parsed("Swift", &["swift"], &grammars::SWIFT),
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
    &parsed("Zig", &["zig", "zon"], &grammars::ZIG),
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
            "shellscript" | "sh" | "bash" | "zsh" => "Shell",
            "cs" => "C#",
            "ocaml.interface" | "ocamlinterface" => "OCaml interface",
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
                    | "Dart"
                    | "Erlang"
                    | "F#"
                    | "Fish"
                    | "GraphQL"
                    | "Groovy"
                    | "Julia"
                    | "Literate Haskell"
                    | "Objective-C"
                    | "Perl"
                    | "PowerShell"
                    | "Protocol Buffers"
                    | "R"
                    | "Svelte"
                    | "Torque"
                    | "Verilog"
                    | "Vim script"
                    | "Vue"
            )
    }

    /// Every language that has a grammar.
    pub fn with_grammar() -> impl Iterator<Item = Self> {
        ROWS.iter().filter(|row| row.grammar.is_some()).map(|row| Self(row))
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
}
