//! Files and folders of small trees that get other paths.

use crate::plan::refactor::tests::check;

use super::*;

fn moved(before: &str, from: &str, to: &str, after: &str) {
    check(before, |plan, tools| rename_file(plan, tools, from, to), after);
}

#[test]
fn scripts() {
    moved(
        "== src/a.ts\nimport { b } from './b';\nexport * from \"./b.js\";\nconst c = import('./b');\nimport x from 'y';\n\
         == src/b.ts\nimport { d } from './sub/d';\nimport type { T } from './a';\n\
         == src/sub/d.ts\nimport { b } from '../b';\nvi.mock('../b', () => 1);\nlet s = '../b';\n\
         == package.json\n{ \"types\": \"./src/b.ts\" }\n",
        "src/b.ts",
        "src/sub/e.ts",
        "== package.json\n{ \"types\": \"./src/sub/e.ts\" }\n\
         == src/a.ts\nimport { b } from './sub/e';\nexport * from \"./sub/e.js\";\nconst c = import('./sub/e');\nimport x from 'y';\n\
         == src/sub/d.ts\nimport { b } from './e';\nvi.mock('./e', () => 1);\nlet s = '../b';\n\
         == src/sub/e.ts\nimport { d } from './d';\nimport type { T } from '../a';\n",
    );
}

#[test]
fn script_folders_and_mapped_paths() {
    moved(
        "== tsconfig.json\n{ \"compilerOptions\": { \"baseUrl\": \".\", \"paths\": { \"@/*\": [\"src/*\"] } } }\n\
         == src/a.ts\nimport { b } from '@/lib';\nimport { c } from './lib/c';\n\
         == src/lib/c.ts\nimport { b } from '.';\nimport { a } from '../a';\n== src/lib/index.ts\nexport { c } from './c';\n",
        "src/lib",
        "src/core/base",
        "== src/a.ts\nimport { b } from '@/core/base';\nimport { c } from './core/base/c';\n\
         == src/core/base/c.ts\nimport { b } from '.';\nimport { a } from '../../a';\n\
         == src/core/base/index.ts\nexport { c } from './c';\n\
         == tsconfig.json\n{ \"compilerOptions\": { \"baseUrl\": \".\", \"paths\": { \"@/*\": [\"src/*\"] } } }\n",
    );
}

#[test]
fn python_modules() {
    moved(
        "== p/__init__.py\nfrom . import old\nfrom .old import f\n== p/old.py\nfrom .x import y\nfrom . import x\n\n\ndef f():\n    pass\n\
         == p/x.py\ny = 1\n== t.py\nimport p.old\nimport p.old as o\nfrom p import x, old\nfrom p.old import (\n    f,\n)\n\n\
         p.old.f()\nold.f()\nmock.patch(\"p.old.f\")\ns = \"p.old\"\n",
        "p/old.py",
        "p/new.py",
        "== p/__init__.py\nfrom . import new\nfrom .new import f\n== p/new.py\nfrom .x import y\nfrom . import x\n\n\ndef f():\n    pass\n\
         == p/x.py\ny = 1\n== t.py\nimport p.new\nimport p.new as o\nfrom p import x, new\nfrom p.new import (\n    f,\n)\n\n\
         p.new.f()\nnew.f()\nmock.patch(\"p.new.f\")\ns = \"p.old\"\n?? t.py:11 it speaks of the moved module\n",
    );
}

#[test]
fn python_modules_between_packages() {
    moved(
        "== p/__init__.py\n== p/a.py\nfrom .old import f\nfrom . import b, old\nold.f(b)\n== p/b.py\n== p/old.py\nfrom .b import x\nfrom . import b\n\
         == p/q/__init__.py\n== p/q/c.py\nfrom ..old import f\nfrom .. import old as o\n",
        "p/old.py",
        "p/q/old.py",
        "== p/__init__.py\n== p/a.py\nfrom .q.old import f\nfrom . import b\nfrom .q import old\nold.f(b)\n== p/b.py\n\
         == p/q/__init__.py\n== p/q/c.py\nfrom .old import f\nfrom . import old as o\n\
         == p/q/old.py\nfrom ..b import x\nfrom .. import b\n",
    );
}

#[test]
fn rust_modules_in_another_parent() {
    moved(
        "== Cargo.toml\n[package]\nname = \"k\"\nedition = \"2021\"\n\
         == src/lib.rs\n//! K.\npub mod a;\nmod old;\nuse crate::old::F;\nuse crate::{a::A, old::{G, H as I}};\nfn f() { old::g(); a::x(); }\n\
         == src/a/mod.rs\npub struct A;\nuse super::old;\nfn x() { old::g(); crate::old::g() }\n\
         == src/old.rs\nuse super::a::A;\nuse crate::a;\npub(super) fn g() {}\nmod tests { use super::*; fn t() { super::super::f() } }\n",
        "src/old.rs",
        "src/a/new.rs",
        "== Cargo.toml\n[package]\nname = \"k\"\nedition = \"2021\"\n\
         == src/a/mod.rs\npub(crate) mod new;\n\npub struct A;\nuse crate::a::new;\nfn x() { new::g(); crate::a::new::g() }\n\
         == src/a/new.rs\nuse crate::a::A;\nuse crate::a;\npub(crate) fn g() {}\nmod tests { use super::*; fn t() { crate::f() } }\n\
         == src/lib.rs\n//! K.\npub mod a;\nuse crate::a::new::F;\nuse crate::{a::A};\nuse crate::a::new::{G, H as I};\n\
         fn f() { crate::a::new::g(); a::x(); }\n\
         ?? src/lib.rs:3 it was private in its old parent; it is visible in the whole crate now, make it narrower if that suffices\n",
    );
}
