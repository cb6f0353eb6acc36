//! Callers, callees, imports and importers through the real binary: what a cell sees, prints and may cite.

use std::path::Path;
use std::process::Command;

use expect_test::{Expect, expect};

/// A small crate with one caller that is sure and one that fits by name only.
fn tree() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("Cargo.toml", "[package]\nname = \"app\"\nedition = \"2024\"\n");
    write("src/lib.rs", "mod store;\nuse store::Store;\nuse std::fmt;\n\npub fn go() {\n    Store::open();\n}\n");
    write(
        "src/store.rs",
        "pub struct Store;\nimpl Store {\n    pub fn open() -> Self { Store }\n    pub fn shut(&self) {}\n}\n",
    );
    write("src/far.rs", "pub struct Door;\nimpl Door {\n    pub fn shut(&self) {}\n}\nfn far() { find().shut(); }\n");
    folder
}

fn cell(tree: &Path, state: &Path, code: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_spelunk"))
        .args(["eval", code])
        .arg(tree)
        .env("XDG_STATE_HOME", state)
        .output()
        .unwrap();
    let [out, error] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    if output.status.success() { out } else { error }
}

#[test]
fn bindings_print_text_and_cite() {
    let (tree, state) = (tree(), tempfile::tempdir().unwrap());
    let check = |code: &str, expect: Expect| expect.assert_eq(cell(tree.path(), state.path(), code).trim_end());
    check(
        "`${repo.callers('Store::open')}`",
        expect![[r#"
        1 of 1
        src/lib.rs:5: function go, exact
          src/lib.rs:6: Store::open();"#]],
    );
    check(
        "let list = repo.callers(repo.definition('Store.shut')[0]); [list.length, list[0].confidence, list.notes]",
        expect!["[1, 'possible', ['1 call fits shut by name only; 2 things here have it']]"],
    );
    check(
        "`${repo.callees('go')}`",
        expect![[r#"
        1 of 1
        src/store.rs:3: method Store.open, exact
          src/lib.rs:6: Store::open();"#]],
    );
    check(
        "repo.text(repo.search('Store|open', { glob: 'src/*.rs' }), { context: 1 })",
        expect![[r#"
        ==> src/lib.rs:1-3
        1: mod store;
        2: use store::Store;
        3: use std::fmt;

        ==> src/lib.rs:5-7
        5: pub fn go() {
        6:     Store::open();
        7: }

        ==> src/store.rs:1-4
        1: pub struct Store;
        2: impl Store {
        3:     pub fn open() -> Self { Store }
        4:     pub fn shut(&self) {}"#]],
    );
    check(
        "repo.text(repo.callers(repo.definition('Store.shut')[0]))",
        expect!["src/far.rs:5: fn far() { find().shut(); }  (possible)"],
    );
    check("repo.text(repo.callers('Store.open'))", expect!["src/lib.rs:6:     Store::open();"]);
    check("repo.callers('Store.open', { path: 'src/far.rs' }).length", expect!["0"]);
    check(
        "`${repo.imports('src/lib.rs')}`",
        expect![[r#"
        3 of 3
        src/lib.rs:1: mod store; -> src/store.rs
        src/lib.rs:2: use store::Store; -> src/store.rs
        src/lib.rs:3: use std::fmt; -> external"#]],
    );
    check(
        "`${repo.importers('src/store.rs')}`",
        expect![[r#"
        2 of 2
        src/lib.rs:1: mod store; -> src/store.rs
        src/lib.rs:2: use store::Store; -> src/store.rs"#]],
    );
    check(
        "repo.text(repo.importers('src/store.rs', { limit: 1 }))",
        expect![[r#"
        src/lib.rs:1: mod store;
        (1 of 2: { limit } of the call that made the list gets more)"#]],
    );
    check(
        "repo.importers('src/store.rs'); cite('src/lib.rs', 1, 2)",
        expect!["{ path: 'src/lib.rs', from: 1, to: 2 }"],
    );
    check("repo.callers('Store::open'); cite('src/lib.rs', 5, 6)", expect!["{ path: 'src/lib.rs', from: 5, to: 6 }"]);
    check(
        "repo.callers('a+b')",
        expect![[r#"
        RangeError: "a+b" is not a name; give an identifier, Outer.name or path#name
          at line 1: repo.callers('a+b')
                          ^"#]],
    );
    check(
        "repo.imports('src/none.rs')",
        expect![[r#"
        RangeError: src/none.rs: no such file
          at line 1: repo.imports('src/none.rs')
                          ^"#]],
    );
    check(
        "repo.callers('go', { depth: 2 })",
        expect![[r#"
        TypeError: repo.callers: options: unknown field `depth`, expected `path` or `limit`
          at line 1: repo.callers('go', { depth: 2 })
                          ^"#]],
    );
}
