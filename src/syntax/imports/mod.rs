//! The import statements of one file, taken apart but not resolved.

mod ecmascript;
mod files;
mod include;
mod java;
mod lists;
mod python;
mod rust;

use std::ops::Range;

use tree_sitter::{Node, Tree};

use super::compiled::compiled;
use super::grammars::Family;
use super::item_macros;
use super::languages::Language;
use super::lines::Lines;
use super::parse::{Budget, parse, too_deep};

/// One module that an import statement names. A statement that names several gives one of these for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Byte range of the whole statement.
    pub span: Range<usize>,
    /// Line on which the statement begins, 1-based.
    pub line: u32,
    /// The statement on one line, at most 300 characters.
    pub text: String,
    pub form: Form,
    /// As written: `crate::a`, `..b`, `./c`, `d/e.h`, `f.g.H`. Of a Rust path what stands before the last name.
    pub module: String,
    /// The names that are taken out of the module, if they are listed; `*` for all of them.
    pub names: Vec<Taken>,
    /// What the module itself is called from here on, where the statement says so.
    pub local: Option<String>,
    /// Inline modules of Rust around the statement, outermost first.
    pub within: Vec<String>,
}

/// A name and what it is called in the importing file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub name: String,
    pub local: String,
}

/// What kind of statement it is; each is resolved in its own way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// Rust's `use`.
    Use,
    /// Rust's `mod x;`, with its `#[path]`.
    Mod {
        path: Option<String>,
    },
    ExternCrate,
    Python,
    /// `import`, `export from`, `require` and the like of JavaScript and TypeScript.
    Script,
    Go,
    /// `#include`; `local` with quotation marks.
    Include {
        local: bool,
    },
    Java {
        fixed: bool,
    },
    /// A file by its path.
    File,
    /// A module by its name, where files stand as modules are called.
    Named,
}

impl Taken {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), local: name.to_owned() }
    }

    fn named(name: &str, local: &str) -> Self {
        Self { name: name.to_owned(), local: local.to_owned() }
    }
}

/// The imports of a text in their order. A language without a grammar, and a text that cannot be parsed, have none.
pub fn imports(language: Language, text: &str, budget: &Budget) -> Vec<Imported> {
    let Some(grammar) = language.grammar() else { return Vec::new() };
    let lines = Lines::new(text);
    let mut found = Collector { text, lines: &lines, found: Vec::new() };
    if grammar.family == Family::C {
        include::collect(&mut found);
        return found.found;
    }
    if text.len() > budget.bytes || too_deep(text.as_bytes()) {
        return Vec::new();
    }
    let opened = if grammar.family == Family::Rust { item_macros::open(text) } else { None };
    let source = opened.as_ref().map_or(text.as_bytes(), |opened| opened.text.as_slice());
    let Some(tree) = parse(&compiled(grammar).language, source, budget) else { return Vec::new() };
    match grammar.family {
        Family::Rust => rust::collect(&tree, &mut found),
        Family::Python => each(&tree, |node| python::visit(node, &mut found)),
        Family::JavaScript => each(&tree, |node| ecmascript::visit(node, &mut found)),
        Family::Go => each(&tree, |node| go(node, &mut found)),
        Family::Java => each(&tree, |node| java::visit(node, &mut found)),
        family @ (Family::Lua | Family::Ruby | Family::Shell | Family::Zig) => {
            each(&tree, |node| files::visit(family, node, &mut found));
        }
        family => {
            each(&tree, |node| lists::visit(family, node, &mut found) || files::visit(family, node, &mut found));
        }
    }
    found.found
}

struct Collector<'a> {
    text: &'a str,
    lines: &'a Lines<'a>,
    found: Vec<Imported>,
}

impl<'a> Collector<'a> {
    fn add(&mut self, span: Range<usize>, form: Form, module: &str, names: Vec<Taken>, local: Option<String>) {
        let text = one_line(&self.text[span.clone()]);
        let line = self.lines.line(span.start);
        self.found.push(Imported {
            span,
            line,
            text,
            form,
            module: module.to_owned(),
            names,
            local,
            within: Vec::new(),
        });
    }

    fn slice(&self, node: Node) -> &'a str {
        self.text.get(node.byte_range()).unwrap_or("")
    }

    /// What a string literal holds.
    fn literal(&self, node: Node) -> &'a str {
        self.slice(node).trim_matches(['"', '\'', '`'])
    }
}

/// Visits every node until the visitor says that it has seen all of one.
fn each(tree: &Tree, mut visit: impl FnMut(Node) -> bool) {
    let mut cursor = tree.walk();
    loop {
        if !visit(cursor.node()) && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
        }
    }
}

fn go(node: Node, found: &mut Collector) -> bool {
    if node.kind() != "import_spec" {
        return !matches!(node.kind(), "source_file" | "import_declaration" | "import_spec_list");
    }
    if let Some(path) = node.child_by_field_name("path") {
        let local = node.child_by_field_name("name").map(|name| found.slice(name).to_owned());
        let alone = node.parent().filter(|parent| parent.kind() == "import_declaration");
        found.add(alone.unwrap_or(node).byte_range(), Form::Go, found.literal(path), Vec::new(), local);
    }
    true
}

fn one_line(text: &str) -> String {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > 300 {
            let end = (0..=300).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
            line.truncate(end);
            line.push('…');
            break;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, expect: &[&str]) {
        let language = Language::detect(path, text).unwrap();
        let shown = |found: &Imported| {
            let names: Vec<String> = found
                .names
                .iter()
                .map(|taken| {
                    if taken.name == taken.local {
                        taken.name.clone()
                    } else {
                        format!("{}>{}", taken.name, taken.local)
                    }
                })
                .collect();
            let local = found.local.as_ref().map_or(String::new(), |local| format!(" as {local}"));
            let within =
                if found.within.is_empty() { String::new() } else { format!(" in {}", found.within.join(".")) };
            format!("{} {} [{}]{local}{within}", found.line, found.module, names.join(" "))
        };
        let found: Vec<String> = imports(language, text, &Budget::default()).iter().map(shown).collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn rust() {
        check("a.rs", "use crate::a::{b::C, d as e, self};\n", &["1 crate::a::b [C]", "1 crate::a [d>e self>a]"]);
        check("a.rs", "pub use a::*; // x\nuse ::b;\nextern crate c as d;", &["1 a [*]", "2 :: [b]", "3 c [] as d"]);
        check("a.rs", "#[path = \"x/y.rs\"]\npub mod z;\nmod q;\n", &["2 z []", "3 q []"]);
        check(
            "a.rs",
            "mod t {\n    use super::*;\n    fn f() { use std::io; }\n}\n",
            &["2 super [*] in t", "3 std [io] in t"],
        );
        check("a.rs", "use {a::b, c};\nuse x::{/* one */ y, // two\n z};\n", &["1 a [b]", "1  [c]", "2 x [y z]"]);
        check("a.rs", "// use a::b;\nfn f() { let x = \"use a::b;\"; }\n", &[]);
    }

    #[test]
    fn python() {
        check("a.py", "import a.b, c as d\nfrom .e import f, g as h\n", &["1 a.b []", "1 c [] as d", "2 .e [f g>h]"]);
        check(
            "a.py",
            "from .. import *\ndef f():\n    from x.y import (z,\n        w)\n",
            &["1 .. [*]", "3 x.y [z w]"],
        );
        check(
            "a.py",
            "from __future__ import annotations\n\"\"\"\nimport q\n\"\"\"\n",
            &["1 __future__ [annotations]"],
        );
    }

    #[test]
    fn ecmascript() {
        check(
            "a.ts",
            "import a, { b, c as d } from './x';\nimport * as n from \"y\";\n",
            &["1 ./x [default>a b c>d]", "2 y [] as n"],
        );
        check(
            "a.ts",
            "export * from './z';\nexport { q } from './w';\nimport type { T } from './t';\n",
            &["1 ./z [*]", "2 ./w [q]", "3 ./t [T]"],
        );
        check(
            "a.ts",
            "import x = require('./r');\nimport './s';\n/// <reference path=\"types.d.ts\" />\n",
            &["1 ./r [] as x", "2 ./s []", "3 types.d.ts []"],
        );
        check(
            "a.js",
            "const { a, b: c } = require('./r');\nvar m = require('m');\nimport('./lazy').then(f);\n",
            &["1 ./r [a b>c]", "2 m [] as m", "3 ./lazy []"],
        );
        check("a.js", "export const a = 1;\nfoo('./x');\n", &[]);
    }

    #[test]
    fn others() {
        check(
            "a.go",
            "package a\nimport \"fmt\"\nimport (\n\tx \"a/b\"\n\t. \"c\"\n)\n",
            &["2 fmt []", "4 a/b [] as x", "5 c [] as ."],
        );
        check(
            "a.c",
            "#include <a/b.h>\n /* #include <no.h>\n#include <no.h> */\n#  include \"c.h\" // x\n",
            &["1 a/b.h []", "4 c.h []"],
        );
        check(
            "A.java",
            "package p;\nimport a.b.C;\nimport static a.b.D.e;\nimport a.b.*;\n",
            &["2 a.b.C []", "3 a.b.D [e]", "4 a.b [*]"],
        );
        check("a.md", "import a\n", &[]);
    }

    #[test]
    fn modules_by_name() {
        check(
            "a.cs",
            "global using A.B;\nusing static A.C;\nusing D = E.F<int>;\nclass X { void M() { using (var f = g()) {} } }\n",
            &["1 A.B [*]", "2 A.C [*]", "3 E.F<int> [] as D"],
        );
        check("a.kt", "import a.b.C\nimport a.d as e\nimport f.*\n", &["1 a.b [C]", "2 a [d>e]", "3 f [*]"]);
        check(
            "a.scala",
            "import a.b.{C => D, e as f, _}\nimport x.Y, z.*\nimport p.given\n",
            &["1 a.b [C>D e>f *]", "2 x [Y]", "2 z [*]", "3 p [*]"],
        );
        check("a.swift", "@testable import A\nimport struct B.C\n", &["1 A [*]", "2 B [*]"]);
        check(
            "a.hs",
            "module M where\nimport qualified A.B as C\nimport D (e, F (..), (<+>))\nimport G hiding (h)\n",
            &["2 A.B [] as C", "3 D [e F <+>]", "4 G [*]"],
        );
        check(
            "a.ex",
            "defmodule M do\n  alias A.{B, C}\n  alias D.E, as: F\n  import G, only: [h: 1]\n  use I, j: 1\nend\n",
            &["2 A [B C]", "3 D [E>F]", "4 G [h]", "5 I []"],
        );
        check("a.ml", "open A.B\nopen! C\nlet x = A.B.y\n", &["1 A.B [*]", "2 C [*]"]);
        check(
            "a.php",
            "<?php\nuse A\\B;\nuse A\\{C, D as E, F\\G};\nuse function H\\i;\n",
            &["2 A [B]", "3 A\\F [G]", "3 A [C D>E]", "4 H [i]"],
        );
    }

    #[test]
    fn files_by_path() {
        check(
            "a.lua",
            "local x = require(\"a.b\")\nrequire 'c'\nlocal y = require(\"d\").e\ndofile(\"f.lua\")\n",
            &["1 a.b [] as x", "2 c []", "3 d []", "4 f.lua []"],
        );
        check("a.rb", "require \"a/b\"\nrequire_relative '../c'\nx.require 'no'\n", &["1 a/b [*]", "2 ../c [*]"]);
        check(
            "a.sh",
            "source \"$(dirname \"$0\")/lib/x.sh\"\n. ./y.sh\nsource $HOME/z.sh\necho source a.sh\n",
            &["1 lib/x.sh [*]", "2 ./y.sh [*]", "3 z.sh [*]"],
        );
        check(
            "a.php",
            "<?php\nrequire_once __DIR__ . '/a.php';\ninclude(\"b.php\");\n",
            &["2 a.php [*]", "3 b.php [*]"],
        );
        check(
            "a.zig",
            "const std = @import(\"std\");\nconst x = @import(\"a/x.zig\");\n",
            &["1 std [] as std", "2 a/x.zig [] as x"],
        );
    }
}
