//! Modules and bundles as a cell sees them, from a real worker over a real folder.

use std::sync::{Arc, Mutex};

use expect_test::{Expect, expect};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use spelunk::cancel::Cancel;
use spelunk::host::{RepoHost, Sighting, Symbols};
use spelunk::repl::{Call, CallError, Host, Repl};
use spelunk::workspace::Workspace;

use crate::repl::{options, shown};

struct Repo(RepoHost);

impl Host for Repo {
    fn call(self: Arc<Self>, call: Call, cancel: Cancel) -> BoxFuture<'static, Result<String, CallError>> {
        async move { self.0.call(&call, &cancel) }.boxed()
    }
}

/// What one cell shows over these files, and the files that were read for it.
async fn run(files: &[(&str, String)], code: &str) -> (String, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let read = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&read);
    let sighted = move |sighting: Sighting<'_>| {
        if let Sighting::Read { path, .. } = sighting {
            heard.lock().unwrap().push(path.to_owned());
        }
    };
    let snapshot = Workspace::open(folder.path()).unwrap().snapshot();
    let host = Repo(RepoHost::new(snapshot, Arc::new(Symbols::default()), Arc::new(sighted)));
    let mut repl = Repl::start(options(), Arc::new(host)).await.unwrap();
    let shown = shown(&repl.run(code, &Cancel::new()).await);
    let read = read.lock().unwrap().clone();
    (shown, read)
}

fn project() -> Vec<(&'static str, String)> {
    let body = "pub fn f() -> u32 { 1 + 1 }\n".repeat(200);
    vec![
        ("Cargo.toml", "[package]\nname = \"x\"\n".to_owned()),
        ("logo.png", "\0\0".to_owned()),
        ("src/lib.rs", "mod a;\nmod b;\n".to_owned()),
        ("src/a/mod.rs", format!("use crate::b::f;\n{body}")),
        ("src/b/mod.rs", body.clone()),
        ("tests/t.rs", body),
    ]
}

async fn check(code: &str, expect: Expect) {
    expect.assert_eq(&run(&project(), code).await.0);
}

#[tokio::test]
async fn modules_print_what_they_are() {
    check(
        "String(repo.modules())",
        expect![[r#"
            5 of 5
            /*: 2 files, 27 tokens
            src/*: 1 files, 12 tokens; imports src/a, src/b
            src/a: 1 files, 1,637 tokens; imports src/b; imported by src/*
            src/b: 1 files, 1,631 tokens; imported by src/*, src/a
            tests: tests, 1 files, 1,630 tokens"#]],
    )
    .await;
    check(
        "repo.modules('src/b')[0]",
        expect![[r#"
        {
          path: 'src/b/mod.rs',
          name: 'mod.rs',
          files: 1,
          lines: 200,
          tokens: 1631,
          languages: { Rust: 1 },
          imports: [],
          importedBy: [{ module: 'src/*', files: 1 }, { module: 'src/a', files: 1 }]
        }"#]],
    )
    .await;
    check(
        "repo.modules('', { limit: 2 }).map(m => m.path) + ' of ' + repo.modules('', { limit: 2 }).total",
        expect!["/*,src/* of 5"],
    )
    .await;
}

#[tokio::test]
async fn bundles_print_what_they_are() {
    check(
        "String(repo.partition('', { maxTokens: 3000 }))",
        expect![[r#"
            3 of 3
            b1 src/a/mod.rs, Cargo.toml, logo.png, src/lib.rs: 4 files, 1,676 tokens
            b2 src/b: mod.rs: 1 files, 1,631 tokens
            b3 tests: t.rs: 1 files, 1,630 tokens"#]],
    )
    .await;
    check(
        "repo.partition(repo.modules().filter(m => m.role === 'tests'))[0]",
        expect!["{ id: 'b1', title: 'tests: t.rs', files: ['tests/t.rs'], tokens: 1630, modules: ['tests'] }"],
    )
    .await;
    check("repo.partition(['src', '!src/b']).map(b => b.files)", expect!["[['src/a/mod.rs', 'src/lib.rs']]"]).await;
    check(
        "repo.partition(['src/*', 'tests/t.rs', '**/*.toml']).map(b => b.files)",
        expect!["[['Cargo.toml', 'src/lib.rs', 'tests/t.rs']]"],
    )
    .await;
}

#[tokio::test]
async fn a_bundle_s_text_is_read() {
    let (shown, mut read) = run(&project(), "repo.text(repo.partition('/*')[0])").await;
    expect![[r#"
        ==> Cargo.toml:1-2
        1: [package]
        2: name = "x"

        ==> logo.png: no text, 2 bytes
    "#]]
    .assert_eq(&shown);
    read.sort();
    assert_eq!(read, ["Cargo.toml"]);
    let (shown, read) = run(&project(), "repo.text(repo.modules().find(m => m.path === 'src/*'))").await;
    expect![[r#"
        ==> src/lib.rs:1-2
        1: mod a;
        2: mod b;
    "#]]
    .assert_eq(&shown);
    assert_eq!(read, ["src/lib.rs"]);
}

#[tokio::test]
async fn a_bundle_s_text_is_within_its_tokens() {
    let mut files = project();
    files.push(("src/long.rs", "fn g() {\n    let ü = 1;\n}\n\n".repeat(2_000)));
    let code = "const bundles = repo.partition('', { maxTokens: 2500 });
        bundles.filter(b => repo.text(b).length / 4 > b.tokens || b.tokens > 2500).length + ' of ' + (bundles.length > 8)";
    let (shown, read) = run(&files, code).await;
    expect!["0 of true"].assert_eq(&shown);
    assert!(read.iter().filter(|path| *path == "src/long.rs").count() > 5);
}

#[tokio::test]
async fn errors_name_what_to_do() {
    check(
        "repo.modules('nowhere')",
        expect![[r#"
        Thrown RangeError: "nowhere" is no folder with files; repo.modules() has the paths that there are
          at line 1: repo.modules('nowhere')
                          ^"#]],
    )
    .await;
    check(
        "repo.partition('nowhere')",
        expect![[r#"
        Thrown RangeError: repo.partition: no file is in nowhere; repo.modules() and repo.tree() show what there is
          at line 1: repo.partition('nowhere')
                          ^"#]],
    )
    .await;
    check("repo.partition([])", expect![[r#"
        Thrown RangeError: repo.partition: no file is in an empty scope; repo.modules() and repo.tree() show what there is
          at line 1: repo.partition([])
                          ^"#]]).await;
    check(
        "repo.partition('src', { maxTokens: 10 })",
        expect![[r#"
        Thrown RangeError: maxTokens is 10; a bundle needs at least 1000, better 20,000 or more
          at line 1: repo.partition('src', { maxTokens: 10 })
                          ^"#]],
    )
    .await;
    check(
        "repo.partition()",
        expect![[r#"
            Thrown TypeError: repo.partition: scope: expected a folder, a glob, a module, a bundle, or an array of these
              at line 1: repo.partition()
                              ^"#]],
    )
    .await;
    check(
        "repo.partition('src', { tokens: 10 })",
        expect![[r#"
        Thrown TypeError: repo.partition: options: unknown field `tokens`, expected `maxTokens`
          at line 1: repo.partition('src', { tokens: 10 })
                          ^"#]],
    )
    .await;
}
