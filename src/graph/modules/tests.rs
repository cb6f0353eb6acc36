//! Modules and partitions of small trees on a real disk.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::cancel::Cancel;
use crate::workspace::Workspace;

struct Tree {
    _folder: tempfile::TempDir,
    snapshot: Snapshot,
    survey: Survey,
}

fn tree<P: AsRef<str>, T: AsRef<[u8]>>(files: &[(P, T)]) -> Tree {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path.as_ref());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let snapshot = Workspace::open(folder.path()).unwrap().snapshot();
    let survey = Survey::take(&snapshot, &Cancel::new()).unwrap();
    Tree { _folder: folder, snapshot, survey }
}

impl Tree {
    fn modules(&self, path: &str) -> Vec<Module> {
        let found = modules(&self.snapshot, &self.survey, path, &ModulesQuery::default()).unwrap();
        assert_eq!((found.total, found.truncated), (found.items.len(), false));
        found.items
    }

    fn paths(&self, path: &str) -> Vec<String> {
        let shown = |module: &Module| match module.role {
            Some(role) => format!("{} {role:?}", module.path),
            None => module.path.clone(),
        };
        self.modules(path).iter().map(shown).collect()
    }

    fn partition(&self, scope: &[&str], most: u64) -> Found<Bundle> {
        partition(&self.snapshot, &self.survey, scope, most, &Cancel::new()).unwrap()
    }

    fn all(&self) -> Vec<&str> {
        self.survey.files.iter().map(|file| file.path.as_str()).collect()
    }
}

/// Rust code of about so many tokens, behind a first line.
fn code(first: &str, tokens: usize) -> String {
    format!("{first}\n{}", "pub fn f() -> u32 { 1 + 1 }\n".repeat(tokens / 8))
}

fn check(files: &[(&str, usize)], path: &str, expect: &[&str]) {
    let files: Vec<(&str, String)> = files.iter().map(|(path, tokens)| (*path, code("", *tokens))).collect();
    assert_eq!(tree(&files).paths(path), expect);
}

const CRATE: &[(&str, usize)] = &[
    ("Cargo.toml", 10),
    ("README.md", 100),
    ("benches/b.rs", 100),
    ("docs/a.md", 9_000),
    ("src/a/mod.rs", 2_000),
    ("src/a/deep/x.rs", 500),
    ("src/b/mod.rs", 2_000),
    ("src/c/mod.rs", 2_000),
    ("src/d/mod.rs", 2_000),
    ("src/lib.rs", 100),
    ("tests/it/a.rs", 90_000),
];

#[test]
fn a_crate_is_its_folders_and_what_is_not_own_code() {
    let own = ["/*", "src/*", "src/a", "src/b", "src/c", "src/d"];
    let aside = ["docs Docs", "benches Benchmarks", "tests Tests"];
    check(CRATE, "", &[&own[..], &aside[..]].concat());
    check(CRATE, "src/a", &["src/a/*", "src/a/deep"]);
    check(CRATE, "./src/a/*", &["src/a/mod.rs"]);
    check(CRATE, "src/a/deep/", &["src/a/deep/x.rs"]);
    check(CRATE, "tests", &["tests/it"]);
    check(CRATE, "*", &["Cargo.toml", "README.md"]);
}

#[test]
fn packages_stand_for_themselves() {
    let files: Vec<(String, String)> = (0..8)
        .flat_map(|at| {
            let inside = |name: &str| format!("crates/c{at}/{name}");
            [
                (inside("Cargo.toml"), format!("[package]\nname = \"crate-{at}\"\n")),
                (inside("src/lib.rs"), code("", 1_000)),
                (inside("src/deep/mod.rs"), code("", 1_000)),
            ]
        })
        .chain([("third_party/z/z.rs".to_owned(), code("", 50_000))])
        .collect();
    let tree = tree(&files);
    let modules = tree.modules("");
    let named: Vec<String> = modules.iter().map(|module| format!("{} {}", module.path, module.name)).collect();
    assert_eq!(named.len(), 9, "{named:?}");
    assert_eq!((named[0].as_str(), named[8].as_str()), ("crates/c0 crate-0", "third_party third_party"));
    assert_eq!(modules[8].role, Some(Role::Vendored));
    assert_eq!(tree.paths("crates/c3"), ["crates/c3/*", "crates/c3/src/*", "crates/c3/src/deep"]);
}

#[test]
fn long_chains_of_folders_are_passed() {
    let names = ["alpha", "beta", "gamma", "delta", "eps"];
    let files: Vec<(String, usize)> =
        names.iter().map(|name| (format!("src/main/java/org/acme/{name}/A.java"), 1_000)).collect();
    let mut files: Vec<(&str, usize)> = files.iter().map(|(path, tokens)| (path.as_str(), *tokens)).collect();
    files.extend([("pom.xml", 10), ("src/test/java/org/acme/T.java", 3_000)]);
    let paths = names.map(|name| format!("src/main/java/org/acme/{name}"));
    let mut expect: Vec<&str> = vec!["/*"];
    expect.extend(paths.iter().map(String::as_str));
    expect[1..].sort_unstable();
    expect.push("src/test Tests");
    check(&files, "", &expect);
}

#[test]
fn imports_are_counted_in_files() {
    let tree = tree(&[
        ("Cargo.toml", "[package]\nname = \"x\"\n".to_owned()),
        ("src/a/mod.rs", code("use crate::b::B;\nuse crate::b::C;\nmod more;", 2_000)),
        ("src/a/more.rs", code("use crate::b::B;\nuse std::io;", 2_000)),
        ("src/b/mod.rs", code("use crate::text::T;", 2_000)),
        ("src/lib.rs", "mod a;\nmod b;\nmod text;\n".to_owned()),
        ("src/text.rs", code("", 100)),
    ]);
    let linked = |links: &[Link]| {
        links.iter().map(|link| format!("{} {}", link.module, link.files)).collect::<Vec<_>>().join(", ")
    };
    let shown = |path: &str| -> Vec<String> {
        let modules = tree.modules(path);
        let line = |m: &Module| format!("{}: {} <- {}", m.path, linked(&m.imports), linked(&m.imported_by));
        modules.iter().map(line).collect()
    };
    assert_eq!(
        shown(""),
        [
            "/*:  <- ",
            "src/*: src/a 1, src/b 1 <- src/b 1",
            "src/a: src/b 2 <- src/* 1",
            "src/b: src/* 1 <- src/a 2, src/* 1"
        ]
    );
    assert_eq!(
        shown("src/a"),
        ["src/a/mod.rs: src/a/more.rs 1, src/b 1 <- src/* 1", "src/a/more.rs: src/b 1 <- src/a/mod.rs 1"]
    );
}

#[test]
fn a_folder_that_is_not_there_is_said() {
    let tree = tree(CRATE.iter().map(|(path, _)| (*path, "")).collect::<Vec<_>>().as_slice());
    let ask = |path| modules(&tree.snapshot, &tree.survey, path, &ModulesQuery::default()).unwrap_err().to_string();
    assert_eq!(ask("nowhere"), "\"nowhere\" is no folder with files; repo.modules() has the paths that there are");
    let least = partition(&tree.snapshot, &tree.survey, &[], 10, &Cancel::new()).unwrap_err().to_string();
    assert_eq!(least, "maxTokens is 10; a bundle needs at least 1000, better 20,000 or more");
}

#[test]
fn files_of_a_module_are_those_of_its_path() {
    let tree = tree(&[("a/[x]/b.rs", ""), ("a/c.rs", ""), ("ab.rs", ""), ("d.rs", "")]);
    let files = tree.snapshot.files().unwrap();
    let check = |path: &str, expect: &[&str]| {
        let found: Vec<&str> = module_files(files, path).iter().map(|file| file.path.as_str()).collect();
        assert_eq!(found, expect, "{path}");
    };
    check("a", &["a/[x]/b.rs", "a/c.rs"]);
    check("a/*", &["a/c.rs"]);
    check("a/[x]", &["a/[x]/b.rs"]);
    check("/*", &["ab.rs", "d.rs"]);
    check("", &["a/[x]/b.rs", "a/c.rs", "ab.rs", "d.rs"]);
    check("*.rs", &[]);
    check("d.rs", &[]);
}

#[test]
fn modules_stay_whole_and_importers_join_what_they_import() {
    let tree = tree(&[
        ("Cargo.toml", "[package]\nname = \"x\"\n".to_owned()),
        ("src/a/mod.rs", code("use crate::d::D;", 1_500)),
        ("src/a/more.rs", code("", 500)),
        ("src/b/mod.rs", code("use crate::c::C;", 2_000)),
        ("src/c/mod.rs", code("", 2_000)),
        ("src/d/mod.rs", code("", 2_000)),
        ("tests/t.rs", code("", 3_000)),
    ]);
    let found = tree.partition(&tree.all(), 6_000);
    let shown: Vec<String> =
        found.items.iter().map(|bundle| format!("{} {} {:?}", bundle.id, bundle.title, bundle.modules)).collect();
    let expect = [
        "b1 src/b, src/c, Cargo.toml [\"src/b\", \"src/c\", \"/*\"]",
        "b2 src: d, a [\"src/d\", \"src/a\"]",
        "b3 tests: t.rs [\"tests\"]",
    ];
    assert_eq!(shown, expect);
}

#[test]
fn big_files_come_in_pieces_and_long_lines_are_told() {
    let lines: String = (0..4_000).map(|at| format!("fn f{at}() {{\n    g();\n}}\n\n")).collect();
    let tree = tree(&[
        ("big.rs", lines.into_bytes()),
        ("bin.png", b"\0\0\0\0".to_vec()),
        ("long.js", b"x".repeat(40_000)),
        ("small.rs", b"fn a() {}\n".to_vec()),
    ]);
    let found = tree.partition(&tree.all(), 5_000);
    assert_eq!(found.notes, ["long.js has lines that are longer than a bundle; read it in slices"]);
    let pieces: Vec<&Part> = found.items.iter().flat_map(|bundle| &bundle.parts).collect();
    assert!(pieces.len() > 5);
    // No gap, no overlap, and each begins a function.
    let mut next = 1;
    for piece in &pieces {
        assert_eq!((piece.path.as_str(), piece.from, piece.from % 4), ("big.rs", next, 1));
        next = piece.to + 1;
    }
    assert_eq!(next, 16_001);
    let others: Vec<&str> = found.items.iter().filter(|b| b.parts.is_empty()).map(|b| b.title.as_str()).collect();
    assert_eq!(others, ["bin.png, small.rs", "long.js"]);
}

#[test]
fn cancelling_ends_it() {
    let tree = tree(&[("a.rs", "")]);
    let cancel = Cancel::new();
    cancel.cancel();
    assert!(matches!(Survey::take(&tree.snapshot, &cancel), Err(GraphError::Cancelled)));
    assert!(matches!(Surveys::default().of(&tree.snapshot, &cancel), Err(GraphError::Cancelled)));
    let ended = partition(&tree.snapshot, &tree.survey, &["a.rs"], 5_000, &cancel);
    assert!(matches!(ended, Err(GraphError::Cancelled)));
}

#[test]
fn a_survey_is_made_once() {
    let tree = tree(&[("a.rs", "")]);
    let surveys = Surveys::default();
    let first = surveys.of(&tree.snapshot, &Cancel::new()).unwrap();
    assert!(std::sync::Arc::ptr_eq(&first, &surveys.of(&tree.snapshot, &Cancel::new()).unwrap()));
}

/// A path of up to four parts, some of them with a role, and a file's size in lines.
fn file() -> impl Strategy<Value = (String, usize)> {
    let part = prop::sample::select(vec!["a", "b", "a-b", "src", "tests", "third_party", "ä"]);
    let size = prop_oneof![8 => 0_usize..120, 1 => 500_usize..1_500];
    (prop::collection::vec(part, 0..4), 0..6_u32, size).prop_map(|(parts, name, lines)| {
        let path: String = parts.iter().flat_map(|part| [part, "/"]).collect();
        (format!("{path}f{name}.py"), lines)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_file_is_in_one_bundle_and_in_one_module(
        files in prop::collection::vec(file(), 1..40),
        most in 1_000_u64..6_000,
        turned in any::<prop::sample::Index>(),
    ) {
        let files: BTreeMap<String, String> = files
            .into_iter()
            .map(|(path, lines)| (path, format!("from f{} import x\n", lines % 6) + &"value = call(1)\n".repeat(lines)))
            .collect();
        let tree = tree(&files.iter().collect::<Vec<_>>());
        let scope = tree.all();
        let found = tree.partition(&scope, most);
        // Each file is covered once: whole, or by parts without a gap.
        let mut next: BTreeMap<&str, u64> = BTreeMap::new();
        for bundle in &found.items {
            prop_assert!(bundle.tokens <= most, "{bundle:?}");
            prop_assert!(!bundle.modules.is_empty());
            if bundle.parts.is_empty() {
                for file in &bundle.files {
                    prop_assert_eq!(next.insert(file, u64::MAX), None);
                }
            }
            for part in &bundle.parts {
                let from = next.insert(&part.path, part.to + 1).unwrap_or(1);
                prop_assert_eq!(part.from, from);
            }
        }
        for (path, to) in &next {
            prop_assert!(*to == u64::MAX || *to == files[*path].lines().count() as u64 + 1);
        }
        prop_assert_eq!(next.keys().copied().collect::<Vec<_>>(), scope.clone());
        // The order in which files are named, and naming them twice, make no difference.
        let mut other = scope.clone();
        other.rotate_left(turned.index(scope.len()));
        other.extend(scope.iter().rev().take(3).copied().collect::<Vec<_>>());
        prop_assert_eq!(tree.partition(&other, most).items, found.items);
        // Modules have every file once, on every level.
        let mut levels = vec![(String::new(), scope.len())];
        while let Some((level, count)) = levels.pop() {
            let modules = tree.modules(&level);
            prop_assert_eq!(modules.iter().map(|module| module.files).sum::<usize>(), count, "{}", level);
            let down = modules.iter().filter(|module| !module.path.ends_with(".py"));
            levels.extend(down.map(|module| (module.path.clone(), module.files)));
        }
    }
}

#[test]
fn what_is_imported_by_what_is_imported_is_central() {
    let tree = tree(&[
        ("src/a.py", "from . import core\nfrom . import side\n"),
        ("src/b.py", "from . import core\n"),
        ("src/core.py", "from . import base\n"),
        ("src/base.py", "x = 1\n"),
        ("src/side.py", "y = 1\n"),
        ("src/lonely.py", "z = 1\n"),
        ("tests/test_a.py", "from src import lonely\n"),
    ]);
    let surveys = Surveys::default();
    let ranks = |near: &[&str]| surveys.ranks(&tree.snapshot, near, &Cancel::new()).unwrap().unwrap();
    let all = ranks(&[]);
    let sum: f64 = tree.all().iter().map(|path| all.of(path)).sum();
    assert!((sum - 1.0).abs() < 1e-6, "{sum}");
    assert_eq!(all.of("missing"), 0.0);
    let order = all.first(9);
    assert_eq!(order[..2], [("src/base.py", 1), ("src/core.py", 2)]);
    assert!(all.of("src/side.py") > all.of("src/lonely.py"));
    assert!(all.of("src/lonely.py") > all.of("src/b.py"));

    let near = ranks(&["src/a.py", "missing"]);
    assert!(near.of("src/side.py") > all.of("src/side.py"));
    assert!(near.of("src/a.py") > near.of("src/b.py"));
}
