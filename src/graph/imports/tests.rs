//! Imports of small trees on a real disk.

use super::*;
use crate::workspace::Workspace;

struct Tree {
    _folder: tempfile::TempDir,
    snapshot: Snapshot,
}

fn tree(files: &[(&str, &str)]) -> Tree {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let snapshot = Workspace::open(folder.path()).unwrap().snapshot();
    Tree { _folder: folder, snapshot }
}

impl Tree {
    /// Line, module, names and target of each import; `?` for lost ones, `-` for external ones.
    fn check(&self, path: &str, expect: &[&str]) {
        let found = imports(&self.snapshot, path, &Cancel::new()).unwrap();
        let shown = |import: &Import| {
            let target = import.target.as_deref().unwrap_or(if import.external { "-" } else { "?" });
            format!("{} {} [{}] {target}", import.line, import.module, import.names.join(" "))
        };
        assert_eq!(found.items.iter().map(shown).collect::<Vec<_>>(), expect, "{path}");
    }

    fn importers(&self, path: &str, expect: &[&str]) {
        let found = importers(&self.snapshot, path, &ImportersQuery::default(), &Cancel::new()).unwrap();
        let shown = |import: &Import| format!("{}:{}", import.path, import.line);
        assert_eq!(found.items.iter().map(shown).collect::<Vec<_>>(), expect, "{path}");
    }
}

#[test]
fn rust_modules() {
    let tree = tree(&[
        ("Cargo.toml", "[package]\nname = \"my-app\"\nedition = \"2024\"\n"),
        ("src/lib.rs", "pub mod a;\nmod odd;\n#[path = \"other/file.rs\"]\nmod named;\npub use a::b::Deep;\n"),
        ("src/main.rs", "use my_app::a::b;\nfn main() {}\n"),
        (
            "src/a/mod.rs",
            "pub mod b;\nuse self::b::{Deep, more as less};\nuse std::{fmt, io::Read};\nuse serde::Serialize;\n",
        ),
        (
            "src/a/b.rs",
            "use super::Thing;\nuse crate::{a::c, odd::*, Root};\nmod tests { use super::*; use super::super::Thing; }\nmod gone;\n",
        ),
        ("src/a/c.rs", "use Kind::*;\nuse helper::x;\n"),
        ("src/odd.rs", ""),
        ("src/other/file.rs", "use super::a;\n"),
        ("tests/it/main.rs", "mod common;\nuse my_app::a;\nuse crate::common::start;\n"),
        ("tests/it/common.rs", "use super::thing;\n"),
        ("helper/Cargo.toml", "[package]\nname = \"helper\"\n[lib]\npath = \"helper.rs\"\n"),
        ("helper/helper.rs", "use inner::X;\nmod inner;\nextern crate my_app as app;\n"),
        ("helper/inner.rs", "use inner::Y;\n"),
    ]);
    tree.check(
        "src/lib.rs",
        &["1 a [] src/a/mod.rs", "2 odd [] src/odd.rs", "4 named [] src/other/file.rs", "5 a::b [Deep] src/a/b.rs"],
    );
    tree.check("src/main.rs", &["1 my_app::a [b] src/a/b.rs"]);
    tree.check(
        "src/a/mod.rs",
        &[
            "1 b [] src/a/b.rs",
            "2 self::b [Deep more] src/a/b.rs",
            "3 std [fmt] -",
            "3 std::io [Read] -",
            "4 serde [Serialize] -",
        ],
    );
    tree.check(
        "src/a/b.rs",
        &[
            "1 super [Thing] src/a/mod.rs",
            "2 crate::a [c] src/a/c.rs",
            "2 crate::odd [*] src/odd.rs",
            "2 crate [Root] src/lib.rs",
            "3 super [*] src/a/b.rs",
            "3 super::super [Thing] src/a/mod.rs",
            "4 gone [] ?",
        ],
    );
    tree.check("src/a/c.rs", &["1 Kind [*] src/a/c.rs", "2 helper [x] helper/helper.rs"]);
    tree.check(
        "tests/it/main.rs",
        &["1 common [] tests/it/common.rs", "2 my_app [a] src/a/mod.rs", "3 crate::common [start] tests/it/common.rs"],
    );
    tree.check("tests/it/common.rs", &["1 super [thing] tests/it/main.rs"]);
    tree.check("helper/inner.rs", &["1 inner [Y] helper/inner.rs"]);
    tree.check(
        "helper/helper.rs",
        &["1 inner [X] helper/inner.rs", "2 inner [] helper/inner.rs", "3 my_app [] src/lib.rs"],
    );
    tree.importers("src/a/b.rs", &["src/lib.rs:5", "src/main.rs:1", "src/a/mod.rs:1", "src/a/mod.rs:2"]);
    tree.importers("src/a/mod.rs", &["src/lib.rs:1", "src/a/b.rs:1", "src/a/b.rs:3", "tests/it/main.rs:2"]);
    tree.importers("src/a", &["src/lib.rs:1", "src/lib.rs:5", "src/main.rs:1", "tests/it/main.rs:2"]);
    tree.importers("src/lib.rs", &["helper/helper.rs:3", "src/a/b.rs:2", "src/other/file.rs:1"]);
    tree.importers("std::io", &["src/a/mod.rs:3"]);
    tree.importers("serde", &["src/a/mod.rs:4"]);
    tree.importers("nothing_like_it", &[]);
}

#[test]
fn python_modules() {
    let tree = tree(&[
        ("src/pkg/__init__.py", "from .core import run\nfrom . import util as u\n"),
        (
            "src/pkg/core.py",
            "import os.path\nimport pkg.util\nfrom pkg import util, nothing\nfrom ..lost import x\nimport numpy as np\n",
        ),
        ("src/pkg/util.py", "from .sub.deep import *\n"),
        ("src/pkg/sub/__init__.py", ""),
        ("src/pkg/sub/deep.py", "from .. import util\nfrom ...far import z\nimport pkg.missing\n"),
        ("tests/test_core.py", "import pkg.core\nimport helper\nfrom pkg.sub import deep\n"),
        ("tests/helper.py", ""),
    ]);
    tree.check("src/pkg/__init__.py", &["1 .core [run] src/pkg/core.py", "2 . [util] src/pkg/util.py"]);
    tree.check(
        "src/pkg/core.py",
        &[
            "1 os.path [] -",
            "2 pkg.util [] src/pkg/util.py",
            "3 pkg [util] src/pkg/util.py",
            "3 pkg [nothing] src/pkg/__init__.py",
            "4 ..lost [x] ?",
            "5 numpy [] -",
        ],
    );
    tree.check("src/pkg/util.py", &["1 .sub.deep [*] src/pkg/sub/deep.py"]);
    tree.check("src/pkg/sub/deep.py", &["1 .. [util] src/pkg/util.py", "2 ...far [z] ?", "3 pkg.missing [] ?"]);
    tree.check(
        "tests/test_core.py",
        &["1 pkg.core [] src/pkg/core.py", "2 helper [] tests/helper.py", "3 pkg.sub [deep] src/pkg/sub/deep.py"],
    );
    tree.importers(
        "src/pkg/util.py",
        &["src/pkg/core.py:2", "src/pkg/core.py:3", "src/pkg/__init__.py:2", "src/pkg/sub/deep.py:1"],
    );
    tree.importers("pkg.core", &["src/pkg/__init__.py:1", "tests/test_core.py:1"]);
}

#[test]
fn script_modules() {
    let tree = tree(&[
        (
            "tsconfig.json",
            "{ // paths\n \"compilerOptions\": { \"baseUrl\": \".\", \"paths\": { \"@/*\": [\"src/*\"], }, }, }",
        ),
        (
            "src/app.ts",
            "import a from './a';\nimport { b } from './b.js';\nimport '@/lib';\nimport fs from 'node:fs';\nimport React from 'react';\nexport * from '..';\nimport x from './none';\n",
        ),
        ("src/a.tsx", "import { q } from '@my/ui';\nimport z from '@my/ui/deep';\n"),
        ("src/b.ts", "const { c } = require('./c');\nimport j from './data.json';\n"),
        ("src/c.js", ""),
        ("src/data.json", "{}"),
        ("src/lib/index.ts", "export { b } from '../b';\n"),
        ("index.ts", ""),
        ("packages/ui/package.json", "{\"name\": \"@my/ui\", \"main\": \"dist/index.js\"}"),
        ("packages/ui/src/index.ts", ""),
        ("packages/ui/deep.ts", ""),
    ]);
    tree.check(
        "src/app.ts",
        &[
            "1 ./a [default] src/a.tsx",
            "2 ./b.js [b] src/b.ts",
            "3 @/lib [] src/lib/index.ts",
            "4 node:fs [default] -",
            "5 react [default] -",
            "6 .. [*] index.ts",
            "7 ./none [default] ?",
        ],
    );
    tree.check("src/a.tsx", &["1 @my/ui [q] packages/ui/src/index.ts", "2 @my/ui/deep [default] packages/ui/deep.ts"]);
    tree.check("src/b.ts", &["1 ./c [c] src/c.js", "2 ./data.json [default] src/data.json"]);
    tree.importers("src/b.ts", &["src/app.ts:2", "src/lib/index.ts:1"]);
    tree.importers("packages/ui/src/index.ts", &["src/a.tsx:1"]);
    tree.importers("react", &["src/app.ts:5"]);
}

#[test]
fn packages_headers_and_classes() {
    let tree = tree(&[
        ("go.mod", "module example.com/app/v2 // the app\n"),
        (
            "main.go",
            "package main\nimport (\n\t\"fmt\"\n\tstore \"example.com/app/v2/internal/store\"\n\t\"example.com/app/v2/gone\"\n)\n",
        ),
        ("internal/store/store.go", "package store\nimport \"example.com/app/v2\"\n"),
        (
            "core/a.c",
            "#include \"a.h\"\n#include <app/api.h>\n#include <string.h>\n#include \"lost.h\"\n#include \"core/a.h\"\n",
        ),
        ("core/a.h", ""),
        ("include/app/api.h", ""),
        ("tools/copy/app/api.h", ""),
        ("other/string.h", ""),
        (
            "java/src/main/java/p/q/C.java",
            "package p.q;\nimport p.r.D;\nimport static p.r.D.make;\nimport p.r.*;\nimport p.r.D.Inner;\nimport java.util.List;\nimport p.r.Gone;\n",
        ),
        ("java/src/main/java/p/r/D.java", ""),
        ("notes.md", "import x\n"),
    ]);
    tree.check(
        "main.go",
        &["3 fmt [] -", "4 example.com/app/v2/internal/store [] internal/store", "5 example.com/app/v2/gone [] ?"],
    );
    tree.check("internal/store/store.go", &["2 example.com/app/v2 [] ."]);
    tree.check(
        "core/a.c",
        &[
            "1 a.h [] core/a.h",
            "2 app/api.h [] include/app/api.h",
            "3 string.h [] -",
            "4 lost.h [] ?",
            "5 core/a.h [] core/a.h",
        ],
    );
    let class = "java/src/main/java/p/r/D.java";
    let expect = [
        format!("2 p.r.D [] {class}"),
        format!("3 p.r.D [make] {class}"),
        "4 p.r [*] java/src/main/java/p/r".to_owned(),
        format!("5 p.r.D.Inner [] {class}"),
        "6 java.util.List [] -".to_owned(),
        "7 p.r.Gone [] ?".to_owned(),
    ];
    tree.check("java/src/main/java/p/q/C.java", &expect.each_ref().map(String::as_str));
    tree.check("notes.md", &[]);
    tree.importers("internal/store/store.go", &["main.go:4"]);
    tree.importers("internal", &["main.go:4"]);
    tree.importers("app/api.h", &["core/a.c:2"]);
    tree.importers(
        class,
        &[
            "java/src/main/java/p/q/C.java:2",
            "java/src/main/java/p/q/C.java:3",
            "java/src/main/java/p/q/C.java:4",
            "java/src/main/java/p/q/C.java:5",
        ],
    );
}

#[test]
fn modules_that_stand_as_they_are_called() {
    let tree = tree(&[
        ("a/main.lua", "local x = require('util.text')\nlocal y = require('y')\nrequire('gone')\n"),
        ("a/util/text.lua", ""),
        ("a/y/init.lua", ""),
        ("bin/run.sh", "source \"$(dirname \"$0\")/../lib/log.sh\"\n. ./gone.sh\n"),
        ("lib/log.sh", ""),
        ("app/a.rb", "require 'app/b'\nrequire_relative 'b'\nrequire 'json'\n"),
        ("app/b.rb", ""),
        ("src/Models/User.php", "<?php\nuse App\\Models\\Role;\nuse Other\\Thing;\nrequire __DIR__ . '/Role.php';\n"),
        ("src/Models/Role.php", ""),
        ("k/com/acme/Main.kt", "import com.acme.log.Log\nimport com.acme.log.debug\nimport kotlin.io.path\n"),
        ("k/com/acme/log/Log.kt", ""),
        ("s/acme/Main.scala", "import acme.core.{Thing, helper}\n"),
        ("s/acme/core/Thing.scala", ""),
        ("hs/Main.hs", "module Main where\nimport qualified Data.Store as S\nimport Data.Map (Map)\n"),
        ("hs/Data/Store.hs", ""),
        (
            "lib/my_app/user_store.ex",
            "defmodule MyApp.UserStore do\n  alias MyApp.HTTPClient\n  alias MyApp.UserStore\nend\n",
        ),
        ("ml/main.ml", "open Store.Infix\nopen Printf\n"),
        ("ml/store.ml", ""),
        ("z/main.zig", "const a = @import(\"b/a.zig\");\nconst s = @import(\"std\");\n"),
        ("z/b/a.zig", ""),
        ("cs/Main.cs", "using Shop.Orders;\nusing System.Text;\n"),
        ("cs/Shop/Orders/Order.cs", ""),
        ("sw/Sources/App/main.swift", "import Core\nimport Foundation\n"),
        ("sw/Sources/Core/a.swift", ""),
    ]);
    tree.check("a/main.lua", &["1 util.text [] a/util/text.lua", "2 y [] a/y/init.lua", "3 gone [] -"]);
    tree.check("bin/run.sh", &["1 ../lib/log.sh [*] lib/log.sh", "2 ./gone.sh [*] ?"]);
    tree.check("app/a.rb", &["1 app/b [*] app/b.rb", "2 b [*] app/b.rb", "3 json [*] -"]);
    tree.check(
        "src/Models/User.php",
        &["2 App\\Models [Role] src/Models/Role.php", "3 Other [Thing] -", "4 Role.php [*] src/Models/Role.php"],
    );
    tree.check(
        "k/com/acme/Main.kt",
        &[
            "1 com.acme.log [Log] k/com/acme/log/Log.kt",
            "2 com.acme.log [debug] k/com/acme/log",
            "3 kotlin.io [path] -",
        ],
    );
    tree.check(
        "s/acme/Main.scala",
        &["1 acme.core [Thing] s/acme/core/Thing.scala", "1 acme.core [helper] s/acme/core"],
    );
    tree.check("hs/Main.hs", &["2 Data.Store [] hs/Data/Store.hs", "3 Data.Map [Map] -"]);
    tree.check("lib/my_app/user_store.ex", &["2 MyApp [HTTPClient] -", "3 MyApp [UserStore] lib/my_app/user_store.ex"]);
    tree.check("ml/main.ml", &["1 Store.Infix [*] ml/store.ml", "2 Printf [*] -"]);
    tree.check("z/main.zig", &["1 b/a.zig [] z/b/a.zig", "2 std [] -"]);
    tree.check("cs/Main.cs", &["1 Shop.Orders [*] cs/Shop/Orders", "2 System.Text [*] -"]);
    tree.check("sw/Sources/App/main.swift", &["1 Core [*] sw/Sources/Core", "2 Foundation [*] -"]);
    tree.importers("a/util/text.lua", &["a/main.lua:1"]);
    tree.importers("hs/Data/Store.hs", &["hs/Main.hs:2"]);
    tree.importers("src/Models/Role.php", &["src/Models/User.php:2", "src/Models/User.php:4"]);
    tree.importers("lib/log.sh", &["bin/run.sh:1"]);
    tree.importers("a/y/init.lua", &["a/main.lua:2"]);
    tree.importers("ml/store.ml", &["ml/main.ml:1"]);
    tree.importers("k/com/acme/log/Log.kt", &["k/com/acme/Main.kt:1", "k/com/acme/Main.kt:2"]);
    tree.importers("cs/Shop/Orders/Order.cs", &["cs/Main.cs:1"]);
}
