//! Plans written to real folders and real git repositories: all or nothing, whatever is in the way.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use spelunk::cancel::Cancel;
use spelunk::plan::apply::{Applied, ApplyError, Options, apply, recover};
use spelunk::plan::checks::Problem;
use spelunk::plan::{Document, Doubt, Edit, FileChange, Step, VERSION, stale};
use spelunk::workspace::{RelPath, Snapshot, Workspace};
use tempfile::TempDir;

/// A folder with files, and a state folder.
struct Bench {
    root: TempDir,
    state: TempDir,
}

impl Bench {
    fn new(files: &[(&str, &str)]) -> Self {
        let bench = Self { root: TempDir::new().unwrap(), state: TempDir::new().unwrap() };
        for (path, text) in files {
            bench.write(path, text);
        }
        bench
    }

    fn root(&self) -> &Path {
        self.root.path()
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn now(&self) -> Snapshot {
        Workspace::open(self.root()).unwrap().snapshot()
    }

    fn apply(&self, plan: &Document, options: &Options) -> Result<Applied, ApplyError> {
        apply(plan, &self.now(), options, self.state.path(), &Cancel::new())
    }

    /// Applies, and gives what became of the tree, or why not; then nothing may have changed.
    fn check(&self, plan: &Document, expect: Result<&[(&str, &str)], &str>) {
        self.check_with(plan, &Options::default(), expect);
    }

    fn check_with(&self, plan: &Document, options: &Options, expect: Result<&[(&str, &str)], &str>) {
        let before = self.tree();
        match (self.apply(plan, options), expect) {
            (Ok(_), Ok(files)) => {
                let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
                assert_eq!(shown(&self.tree()), shown(&files.collect()));
            }
            (Err(error), Err(expect)) => {
                assert_eq!(error.to_string(), expect);
                assert_eq!(shown(&self.tree()), shown(&before), "{expect}");
            }
            (Ok(_), Err(expect)) => panic!("it was applied, and not refused: {expect}"),
            (Err(error), Ok(_)) => panic!("{error}"),
        }
    }

    fn tree(&self) -> BTreeMap<String, Vec<u8>> {
        tree(self.root())
    }
}

fn shown(tree: &BTreeMap<String, Vec<u8>>) -> Vec<(String, String)> {
    tree.iter().map(|(path, bytes)| (path.clone(), String::from_utf8_lossy(bytes).into_owned())).collect()
}

/// Files apart from git's, and folders that are empty, ending in a `/`.
fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        if entries.is_empty() && folder != root {
            files.insert(format!("{}/", folder.strip_prefix(root).unwrap().display()), Vec::new());
        }
        for path in entries {
            if path.ends_with(".git") {
                continue;
            }
            let name = path.strip_prefix(root).unwrap().display().to_string();
            if path.is_symlink() {
                files.insert(name, fs::read_link(path).unwrap().display().to_string().into_bytes());
            } else if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(name, fs::read(path).unwrap());
            }
        }
    }
    files
}

fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

fn edit(text: &str, old: &str, new: &str, step: u32) -> Edit {
    let start = text.find(old).unwrap();
    let line = 1 + text[..start].matches('\n').count() as u32;
    Edit { start, line, old: old.into(), new: new.into(), steps: vec![step] }
}

fn edited(path: &str, text: &str, old: &str, new: &str) -> FileChange {
    moved(path, path, text, old, new)
}

fn moved(path: &str, to: &str, text: &str, old: &str, new: &str) -> FileChange {
    let edits = if old == new { Vec::new() } else { vec![edit(text, old, new, 1)] };
    let steps = if path == to { Vec::new() } else { vec![1] };
    let (before, after, hash) = (Some(path.into()), Some(to.into()), Some(hash(text)));
    FileChange { before, after, hash, edits, steps, ..FileChange::default() }
}

fn created(path: &str, text: &str) -> FileChange {
    let edits = vec![Edit { start: 0, line: 1, old: String::new(), new: text.into(), steps: vec![1] }];
    FileChange { after: Some(path.into()), edits, steps: vec![1], ..FileChange::default() }
}

fn removed(path: &str, text: &str) -> FileChange {
    let edits = vec![Edit { start: 0, line: 1, old: text.into(), new: String::new(), steps: vec![1] }];
    FileChange { before: Some(path.into()), hash: Some(hash(text)), edits, steps: vec![1], ..FileChange::default() }
}

fn plan(files: Vec<FileChange>) -> Document {
    let steps = files.iter().flat_map(FileChange::all_steps).collect::<std::collections::BTreeSet<_>>();
    let steps = steps.into_iter().map(|id| Step { id, title: format!("step {id}"), why: String::new() }).collect();
    Document { version: VERSION, request: "do it".into(), steps, files, ..Document::default() }
}

#[test]
fn every_kind_of_change_is_written() {
    let bench = Bench::new(&[
        ("a.rs", "one two\n"),
        ("old/b.rs", "b\r\nb\r\n"),
        ("gone/c.rs", "c\n"),
        ("x.rs", "x"),
        ("y.rs", "y"),
    ]);
    let files = vec![
        edited("a.rs", "one two\n", "two", "2"),
        moved("old/b.rs", "new/deep/b.rs", "b\r\nb\r\n", "b\r\nb", "é\r\nb"),
        removed("gone/c.rs", "c\n"),
        created("made/d.rs", "d\n"),
        moved("x.rs", "y.rs", "x", "", ""),
        moved("y.rs", "x.rs", "y", "", ""),
    ];
    let plan = plan(files);
    bench.check(
        &plan,
        Ok(&[("a.rs", "one 2\n"), ("made/d.rs", "d\n"), ("new/deep/b.rs", "é\r\nb\r\n"), ("x.rs", "y"), ("y.rs", "x")]),
    );
    let now = bench.now();
    let inverse = plan.inverse(&|path| now.text(&RelPath::parse(path).unwrap()).ok()).unwrap();
    bench.check(
        &inverse,
        Ok(&[("a.rs", "one two\n"), ("gone/c.rs", "c\n"), ("old/b.rs", "b\r\nb\r\n"), ("x.rs", "x"), ("y.rs", "y")]),
    );
    assert!(
        fs::read_dir(bench.state.path().join("applying"))
            .unwrap()
            .all(|file| file.unwrap().metadata().unwrap().len() == 0)
    );
}

#[test]
fn a_mark_at_the_beginning_stays() {
    let bench = Bench::new(&[("a.rs", "\u{feff}one\r\n"), ("b.rs", "\u{feff}b")]);
    let back = FileChange { bom: true, ..created("c.rs", "c") };
    let files = vec![edited("a.rs", "one\r\n", "one", "1"), moved("b.rs", "B/b.rs", "b", "b", "x"), back];
    bench.check(&plan(files), Ok(&[("B/b.rs", "\u{feff}x"), ("a.rs", "\u{feff}1\r\n"), ("c.rs", "\u{feff}c")]));
}

#[test]
fn files_that_changed_since_are_named_and_nothing_is_written() {
    let bench = Bench::new(&[("a.rs", "a"), ("b.rs", "newer"), ("c.rs", "c\n")]);
    let files = vec![
        edited("a.rs", "a", "a", "1"),
        edited("b.rs", "b", "b", "2"),
        removed("c.rs", "c"),
        edited("d.rs", "d", "d", "4"),
    ];
    bench.check(&plan(files), Err("changed since the plan was made: b.rs, c.rs, d.rs; make the plan again"));

    // The editor has something newer.
    let one = plan(vec![edited("a.rs", "a", "a", "1")]);
    let now = bench.now().with_overlay([(RelPath::parse("a.rs").unwrap(), Arc::from("typing"))]);
    let error = apply(&one, &now, &Options::default(), bench.state.path(), &Cancel::new()).unwrap_err();
    assert_eq!(error.to_string(), "changed since the plan was made: a.rs; make the plan again");
    bench.check(&one, Ok(&[("a.rs", "1"), ("b.rs", "newer"), ("c.rs", "c\n")]));
}

#[test]
fn files_do_not_come_where_they_must_not() {
    let bench = Bench::new(&[
        ("src/a.rs", "a"),
        (".gitignore", "/dist\n*.log\n"),
        ("dist/x", ""),
        ("A/b", "b"),
        (".env", "K=1"),
    ]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("src", bench.root().join("link")).unwrap();
    let denied = |path: &str| format!("{path}: is denied, it may hold secrets");
    let outside = |path: &str| format!("{path}: is outside the workspace; use a path relative to its root");
    let ignored = |path: &str| format!("{path}: the ignore rules leave it out, so nothing is written there");
    let name = |path: &str, why: &str| format!("{path}: is no name for a file: {why}");
    for (path, expect) in [
        ("../x", outside("../x")),
        ("/etc/x", outside("/etc/x")),
        ("a/../../x", outside("a/../../x")),
        ("./x", "./x: is spelled x".to_owned()),
        ("src//x", "src//x: is spelled src/x".to_owned()),
        (".git/hooks/pre-commit", denied(".git/hooks/pre-commit")),
        ("src/.GIT/config", denied("src/.GIT/config")),
        ("src/.g\u{200c}it/config", denied("src/.g\u{200c}it/config")),
        ("git~1/config", denied("git~1/config")),
        (".git./config", name(".git./config", "it begins or ends with a space or a dot, which some systems drop")),
        (
            ".git::$INDEX_ALLOCATION/x",
            name(".git::$INDEX_ALLOCATION/x", "it has a colon, which names a part of a file elsewhere"),
        ),
        ("src\\x.rs", name("src\\x.rs", "it has a backslash, which is a separator elsewhere")),
        ("x\ny", name("x\ny", "it has control characters")),
        (".env", denied(".env")),
        ("deep/.env.local", denied("deep/.env.local")),
        ("x.pem", denied("x.pem")),
        ("dist/y", ignored("dist/y")),
        ("new/y.log", ignored("new/y.log")),
        ("src/a.rs", "src/a.rs: there is src/a.rs already".to_owned()),
        ("src/A.rs", "src/A.rs: there is src/a.rs already".to_owned()),
        ("SRC/new.rs", "SRC/new.rs: there is src already".to_owned()),
        ("src", "src: there is src already".to_owned()),
        ("src/a.rs/b", "src/a.rs/b: src/a.rs is a file, not a folder".to_owned()),
        #[cfg(unix)]
        ("link/new.rs", "link/new.rs: a symlink is in the way at link".to_owned()),
        #[cfg(unix)]
        ("link", "link: a symlink is in the way at link".to_owned()),
    ] {
        bench.check(&plan(vec![created(path, "x")]), Err(&expect));
        bench.check(
            &plan(vec![moved("src/a.rs", path, "a", "", "")]),
            if path == "src/A.rs" {
                Ok(&[
                    (".env", "K=1"),
                    (".gitignore", "/dist\n*.log\n"),
                    ("A/b", "b"),
                    ("dist/x", ""),
                    ("link", "src"),
                    ("src/A.rs", "a"),
                ])
            } else if path == "src/a.rs" {
                continue;
            } else {
                Err(&expect)
            },
        );
        if path == "src/A.rs" {
            fs::rename(bench.root().join("src/A.rs"), bench.root().join("src/a.rs")).unwrap();
        }
    }
    for (files, expect) in [
        (vec![created("n/x", ""), created("N/x", "")], "n/x: differs from N/x in letter case only"),
        (vec![created("n", ""), created("n/x", "")], "n/x: n is a file by the plan, not a folder"),
        (vec![created("n", ""), created("n", "")], "n: gets two files by the plan"),
        (vec![edited("src/a.rs", "a", "a", "b"), removed("src/a.rs", "a")], "src/a.rs: is changed twice by the plan"),
        (
            vec![edited("dist/x", "", "", "")],
            "dist/x: is not among this workspace's files: ignored by .gitignore or the like, or newer than this run; a line such as `!dist/x` in .spelunkignore brings it in",
        ),
        (vec![edited(".env", "K=1", "1", "2")], ".env: is denied, it may hold secrets"),
    ] {
        bench.check(&plan(files), Err(expect));
    }
}
