//! Symbols of small trees that go to other files.

use crate::plan::refactor::tests::check;

use super::*;

fn moves(before: &str, name: &str, to: &str, after: &str) {
    check(before, |plan, tools| relocate(plan, tools, &Asked::new(name), to), after);
}

#[test]
fn a_python_function_with_what_it_needs() {
    moves(
        "== p/__init__.py\nfrom .a import f, g\n== p/a.py\nimport os\nimport re\nfrom .b import B\n\nLIMIT = 1\n\n\n# Says.\ndef f(x: B):\n    \
         \"\"\"Doc.\"\"\"\n    return os.path.join(x, LIMIT)\n\n\ndef g():\n    return f(re)\n== p/b.py\nclass B:\n    pass\n\
         == t.py\nimport p.a\nfrom p import a as q\n\np.a.f(1)\nq.f(2)\np.a.g()\n",
        "f",
        "p/new.py",
        "== p/__init__.py\nfrom .a import g\nfrom .new import f\n== p/a.py\nimport re\n\nLIMIT = 1\n\n\nfrom .new import f\n\n\ndef g():\n    \
         return f(re)\n== p/b.py\nclass B:\n    pass\n== p/new.py\nimport os\nfrom .b import B\nfrom .a import LIMIT\n\n\n# Says.\n\
         def f(x: B):\n    \"\"\"Doc.\"\"\"\n    return os.path.join(x, LIMIT)\n\
         == t.py\nimport p.a\nfrom p import a as q\nfrom p.new import f\n\nf(1)\nf(2)\np.a.g()\n\
         ?? p/a.py:8 p/a.py and p/new.py import each other now\n",
    );
}

#[test]
fn a_typescript_function_to_a_file_that_is_there() {
    moves(
        "== a.ts\nimport { x, y } from './x.js';\n\n/** Doc. */\nexport function f(): T {\n  return x(helper);\n}\n\nconst helper = 1;\n\
         interface T {}\ny(f);\n== b.ts\nimport { f } from './a.js';\n\nexport const b = f();\n== c.ts\nexport { f, helper as h } from './a.js';\n\
         export * from './a.js';\n== d.ts\nimport * as a from './a.js';\na.f();\n== x.ts\nexport const x = 1, y = 2;\n",
        "f",
        "b.ts",
        "== a.ts\nimport { y } from './x.js';\nimport { f } from './b.js';\n\nexport const helper = 1;\nexport interface T {}\ny(f);\n\
         == b.ts\nimport { x } from './x.js';\nimport { helper } from './a.js';\nimport type { T } from './a.js';\n\n\
         export const b = f();\n\n/** Doc. */\nexport function f(): T {\n  return x(helper);\n}\n\
         == c.ts\nexport { helper as h } from './a.js';\nexport * from './a.js';\nexport { f } from './b.js';\n\
         == d.ts\nimport * as a from './a.js';\nimport { f } from './b.js';\nf();\n== x.ts\nexport const x = 1, y = 2;\n\
         ?? a.ts:3 a.ts and b.ts import each other now\n",
    );
}

#[test]
fn a_rust_type_with_its_impls_to_a_new_module() {
    moves(
        "== Cargo.toml\n[package]\nname = \"k\"\nedition = \"2021\"\n\
         == src/lib.rs\nmod a;\npub use a::S;\nuse crate::a::{f, T};\n\
         == src/a.rs\nuse std::fmt;\nuse super::f as g;\n\n/// Doc.\n#[derive(Clone)]\npub struct S {\n    x: T,\n}\n\n\
         impl S {\n    fn new() -> Self { S { x: super::h() } }\n}\n\nimpl fmt::Debug for S {}\n\nstruct T;\n\npub fn f(s: S) { s.x; S::new(); }\n",
        "a.rs#S",
        "src/s.rs",
        "== Cargo.toml\n[package]\nname = \"k\"\nedition = \"2021\"\n\
         == src/a.rs\nuse super::f as g;\nuse crate::s::S;\n\npub(crate) struct T;\n\npub fn f(s: S) { s.x; S::new(); }\n\
         == src/lib.rs\nmod a;\nmod s;\npub use crate::s::S;\nuse crate::a::{f, T};\n\
         == src/s.rs\nuse std::fmt;\nuse crate::a::T;\n\n/// Doc.\n#[derive(Clone)]\npub struct S {\n    pub(crate) x: T,\n}\n\n\
         impl S {\n    pub(crate) fn new() -> Self { S { x: crate::h() } }\n}\n\nimpl fmt::Debug for S {}\n\
",
    );
}

#[test]
fn what_cannot_move() {
    moves(
        "== a.py\nclass A:\n    def f(self):\n        pass\n",
        "f",
        "b.py",
        "!! A.f is part of something else; only top-level symbols move\n",
    );
    moves(
        "== a.rs\nmacro_rules! m { () => {} }\n",
        "m",
        "b.rs",
        "!! m is a macro: where it counts goes by the order of the text\n",
    );
    moves("== a.py\nf = 1\n== b.py\nf = 2\n", "a.py#f", "b.py", "!! b.py:1 has a f already\n");
    moves(
        "== a.py\nf = 1\n",
        "f",
        "b.ts",
        "!! b.ts would not be a file of the same language; give its name with its ending\n",
    );
    moves(
        "== a.ts\nlet f = 1;\nf = 2;\n",
        "f",
        "b.ts",
        "!! a.ts:1: f is assigned elsewhere in its file, and an imported name cannot be\n",
    );
    moves(
        "== a.py\nif x:\n    f = 1\n",
        "f",
        "b.py",
        "!! a.py:2: f is defined inside of another statement, on whose outcome it depends\n",
    );
}

#[test]
fn what_only_rust_tests_still_use_is_imported_for_them() {
    moves(
        "== Cargo.toml\n[package]\nname = \"k\"\nedition = \"2021\"\n== src/lib.rs\nmod a;\nmod b;\n\
         == src/a.rs\npub fn f() {}\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn works() {\n        f();\n    }\n}\n\
         == src/b.rs\npub fn g() {}\n",
        "f",
        "src/b.rs",
        "== Cargo.toml\n[package]\nname = \"k\"\nedition = \"2021\"\n\
         == src/a.rs\n#[cfg(test)]\nuse crate::b::f;\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn works() {\n        f();\n    }\n}\n\
         == src/b.rs\npub fn g() {}\n\npub fn f() {}\n== src/lib.rs\nmod a;\nmod b;\n",
    );
}

#[test]
fn a_remark_before_a_rust_function_goes_with_it() {
    moves(
        "== Cargo.toml\n[package]\nname = \"k\"\nedition = \"2021\"\n== src/lib.rs\nmod a;\nmod b;\n\
         == src/a.rs\n// Why it is so.\n// And how.\nfn f() {}\n\nfn g() {\n    f();\n}\n== src/b.rs\nfn h() {}\n",
        "f",
        "src/b.rs",
        "== Cargo.toml\n[package]\nname = \"k\"\nedition = \"2021\"\n== src/a.rs\nuse crate::b::f;\n\nfn g() {\n    f();\n}\n\
         == src/b.rs\nfn h() {}\n\n// Why it is so.\n// And how.\npub(crate) fn f() {}\n== src/lib.rs\nmod a;\nmod b;\n",
    );
}

#[test]
fn a_public_rust_type_is_offered_where_it_was() {
    moves(
        "== Cargo.toml\n[package]\nname = \"k\"\nedition = \"2021\"\n\
         == src/lib.rs\n//! K.\n\nmod parse;\nmod zeta;\n\n#[cfg(feature = \"x\")]\nmod other;\n\nuse core::cmp::Ordering;\nuse core::str::FromStr;\n\n\
         pub use crate::parse::Error;\n\n/// C.\npub struct C {\n    pub op: Op,\n}\n\npub enum Op {}\n\npub struct V;\n\n\
         impl C {\n    pub fn parse(text: &str, v: V) -> Result<Ordering, Error> {\n        C::from_str(text)\n    }\n}\n\n\
         pub fn o(s: &str) -> Ordering {\n    V::from_str(s)\n}\n\
         == src/parse.rs\nuse crate::C;\n\npub struct Error;\n\nimpl core::str::FromStr for C {}\n\
         == src/zeta.rs\nfn z(c: crate::C) {}\n== tests/t.rs\nuse k::C;\n",
        "src/lib.rs#C",
        "src/c.rs",
        "== Cargo.toml\n[package]\nname = \"k\"\nedition = \"2021\"\n\
         == src/c.rs\nuse crate::parse::Error;\nuse crate::{Op, V};\nuse core::cmp::Ordering;\nuse core::str::FromStr;\n\n\
         /// C.\npub struct C {\n    pub op: Op,\n}\n\n\
         impl C {\n    pub fn parse(text: &str, v: V) -> Result<Ordering, Error> {\n        C::from_str(text)\n    }\n}\n\
         == src/lib.rs\n//! K.\n\nmod c;\nmod parse;\nmod zeta;\n\n#[cfg(feature = \"x\")]\nmod other;\n\nuse core::cmp::Ordering;\nuse core::str::FromStr;\n\n\
         pub use crate::c::C;\npub use crate::parse::Error;\n\npub enum Op {}\n\npub struct V;\n\n\
         pub fn o(s: &str) -> Ordering {\n    V::from_str(s)\n}\n\
         == src/parse.rs\nuse crate::C;\n\npub struct Error;\n\nimpl core::str::FromStr for C {}\n\
         == src/zeta.rs\nfn z(c: crate::C) {}\n== tests/t.rs\nuse k::C;\n",
    );
}

#[test]
fn what_scripts_export_from_an_entry_point_is_exported_there_still() {
    moves(
        "== index.ts\nexport function f() {}\n\nexport function g() {\n  f();\n}\n== o.ts\nimport { f } from './index';\nf();\n",
        "f",
        "n.ts",
        "== index.ts\nimport { f } from './n';\nexport { f } from './n';\n\nexport function g() {\n  f();\n}\n== n.ts\nexport function f() {}\n\
         == o.ts\nimport { f } from './index';\nf();\n",
    );
}

#[test]
fn a_python_list_of_names_keeps_what_others_may_take() {
    moves(
        "== p/__init__.py\n== p/a.py\n__all__ = [\"f\", \"g\"]\n\n\ndef f():\n    pass\n\n\ndef g():\n    pass\n== t.py\nfrom p.a import f\n",
        "f",
        "p/n.py",
        "== p/__init__.py\n== p/a.py\nfrom .n import f\n\n__all__ = [\"f\", \"g\"]\n\n\ndef g():\n    pass\n== p/n.py\ndef f():\n    pass\n\
         == t.py\nfrom p.a import f\n",
    );
    moves(
        "== p/__init__.py\n== p/_a.py\n__all__ = [\n    \"g\",\n    \"f\",\n]\n\n\ndef f():\n    pass\n\n\ndef g():\n    pass\n\
         == t.py\nfrom p._a import f\n",
        "f",
        "p/_n.py",
        "== p/__init__.py\n== p/_a.py\n__all__ = [\n    \"g\",\n]\n\n\ndef g():\n    pass\n== p/_n.py\ndef f():\n    pass\n\
         == t.py\nfrom p._n import f\n",
    );
}
