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
    let bench =
        Bench::new(&[("src/a.rs", "a"), (".ignore", "/dist\n*.log\n"), ("dist/x", ""), ("A/b", "b"), (".env", "K=1")]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("src", bench.root().join("link")).unwrap();
    let denied = |path: &str| format!("{path}: is denied, it may hold secrets");
    let outside = |path: &str| format!("{path}: is outside the workspace; use a path relative to its root");
    let ignored = |path: &str| format!("{path}: the ignore rules leave it out, so nothing is written there");
    let name = |path: &str, why: &str| format!("{path}: is no name for a file: {why}");
    let long = format!("x/{}z", "y/".repeat(3000));
    for (path, expect) in [
        ("../x", outside("../x")),
        ("/etc/x", outside("/etc/x")),
        ("a/../../x", outside("a/../../x")),
        ("./x", "./x: is spelled x".to_owned()),
        ("src//x", "src//x: is spelled src/x".to_owned()),
        (".git/hooks/pre-commit", denied(".git/hooks/pre-commit")),
        ("src/.GIT/config", denied("src/.GIT/config")),
        ("src/.g\u{200c}it/config", name("src/.g\u{200c}it/config", "it has characters that cannot be seen")),
        ("a/\u{202e}sr.x", name("a/\u{202e}sr.x", "it has characters that cannot be seen")),
        ("a/Nul.tar.gz", name("a/Nul.tar.gz", "it is a device's name on Windows")),
        ("com1/x", name("com1/x", "it is a device's name on Windows")),
        ("a?b", name("a?b", "it has one of * ? < > | \", which some systems do not take")),
        (&long, name(&format!("{}…", &long[..60]), "it is longer than 4,096 bytes, or deeper than 128 folders")),
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
        // What tools execute has to be confirmed to be looked at at all.
        let options = Options { executed: vec![path.to_owned()], ..Options::default() };
        bench.check_with(&plan(vec![created(path, "x")]), &options, Err(&expect));
        bench.check_with(
            &plan(vec![moved("src/a.rs", path, "a", "", "")]),
            &options,
            if path == "src/A.rs" {
                Ok(&[
                    (".env", "K=1"),
                    (".ignore", "/dist\n*.log\n"),
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

#[test]
fn steps_doubts_and_executed_files_are_chosen() {
    let text = "a b c";
    let bench = Bench::new(&[("x.rs", text), ("build.rs", "b"), ("y.rs", "y")]);
    let mut plan = plan(vec![
        FileChange { executed: None, ..edited("build.rs", "b", "b", "B") },
        FileChange {
            edits: vec![
                edit(text, "a", "1", 1),
                edit(text, "b", "2", 2),
                Edit { steps: vec![1, 3], ..edit(text, "c", "3", 1) },
            ],
            ..edited("x.rs", text, "a", "1")
        },
    ]);
    let doubt = |path: &str, edit: Edit| Doubt {
        step: 1,
        path: path.into(),
        hash: Some(hash(if path == "x.rs" { text } else { "y" })),
        line: edit.line,
        edit: Some(edit),
        ..Doubt::default()
    };
    plan.doubts = vec![doubt("x.rs", edit(text, "a b", "_", 1)), doubt("y.rs", edit("y", "y", "Y", 1))];
    let chosen = |steps: &[u32]| Options { steps: Some(steps.to_vec()), ..Options::default() };
    let entangled = "x.rs: step 1 needs step 3, which was not chosen; choose both or none";
    bench.check_with(&plan, &chosen(&[1]), Err(entangled));
    bench.check_with(&plan, &chosen(&[7]), Err("there is no step 7 in the plan"));
    let mut bad = plan.clone();
    let message = "it does not parse".to_owned();
    let problem =
        Problem { check: "parse".into(), fatal: true, step: None, path: Some("x.rs".into()), line: Some(3), message };
    bad.problems.push(problem);
    bench.check(&bad, Err("the plan has a problem that must be mended first: x.rs:3: it does not parse"));

    bench.check_with(&plan, &chosen(&[2]), Ok(&[("build.rs", "b"), ("x.rs", "a 2 c"), ("y.rs", "y")]));
    bench.write("x.rs", text);
    // The place of the doubt is as it was, and its file is not.
    bench.write("y.rs", "y // newer");
    let doubtful = Options { doubts: true, ..Options::default() };
    bench.check_with(&plan, &doubtful, Err("changed since the plan was made: y.rs; make the plan again"));
    let why: Vec<_> = stale(&plan, &bench.now()).into_iter().map(|stale| (stale.path, stale.why)).collect();
    let changed = "the file of the doubtful place in line 1 changed, so it is not edited";
    assert_eq!(why, [("y.rs".to_owned(), changed.to_owned())]);
    bench.write("y.rs", "y");
    let applied = bench.apply(&plan, &Options { doubts: true, ..Options::default() }).unwrap();
    assert_eq!(bench.tree()["x.rs"], b"1 2 3");
    assert_eq!((&bench.tree()["y.rs"][..], &bench.tree()["build.rs"][..]), (&b"Y"[..], &b"b"[..]));
    let left_out: Vec<_> =
        applied.left_out.iter().map(|left| (left.path.as_str(), left.why.as_str(), &left.steps[..])).collect();
    let build = "it was not confirmed on its own, and tools execute it: cargo runs it before it builds";
    assert_eq!(left_out, [("x.rs", "it overlaps with an edit", &[1][..]), ("build.rs", build, &[1][..])]);

    let now = bench.now();
    let inverse = applied.document.inverse(&|path| now.text(&RelPath::parse(path).unwrap()).ok()).unwrap();
    bench.check(&inverse, Ok(&[("build.rs", "b"), ("x.rs", text), ("y.rs", "y")]));
    let confirmed = Options { executed: vec!["build.rs".into()], ..Options::default() };
    bench.check_with(&plan, &confirmed, Ok(&[("build.rs", "B"), ("x.rs", "1 2 3"), ("y.rs", "y")]));
}

#[test]
fn very_many_files_need_force() {
    let bench = Bench::new(&[]);
    let plan = plan((0..10_000).map(|n| created(&format!("f{n:05}"), "")).collect());
    let expect = "the plan changes 10000 files, more than 2000; choose some of its steps, or force it";
    bench.check(&plan, Err(expect));
}

#[test]
fn one_applies_at_a_time_and_may_be_stopped() {
    let bench = Bench::new(&[("a.rs", "a")]);
    let plan = plan(vec![edited("a.rs", "a", "a", "1")]);
    let cancel = Cancel::new();
    cancel.cancel();
    let stopped = apply(&plan, &bench.now(), &Options::default(), bench.state.path(), &cancel).unwrap_err();
    assert_eq!(stopped.to_string(), "stopped before a file was changed");
    let lock = fs::File::open(bench.state.path().join("applying/lock")).unwrap();
    lock.lock().unwrap();
    bench.check(&plan, Err("another process is applying a plan on this machine; wait until it is done"));
    drop(lock);
    bench.check(&plan, Ok(&[("a.rs", "1")]));
}

/// A record as a process leaves it that dies when `a.rs` has its new text, with the old one beside it.
fn interrupted(bench: &Bench, root: &Path, done: bool) {
    bench.write("a.rs", "new");
    bench.write(".spelunk-1.old", "old");
    let now = Workspace::open(root).unwrap().snapshot();
    assert_eq!(recover(&now, bench.state.path()).unwrap(), None);
    let folder = bench.state.path().join("applying");
    let records = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let record = records.into_iter().find(|path| path.extension().is_some()).unwrap();
    let entry = |path: &str, n: u32| {
        let names = (format!(".spelunk-{n}.new"), format!(".spelunk-{n}.old"));
        let (old, new) = (hash("old"), hash("new"));
        serde_json::json!({ "path": path, "old": old, "new": new, "coming": names.0, "kept": names.1 })
    };
    let entries = [entry("a.rs", 1), entry("b.rs", 2)];
    let roots = [root.canonicalize().unwrap()];
    let intent = serde_json::json!({ "roots": roots, "folders": [], "entries": entries });
    fs::write(record, format!("{intent}\n{}", if done { "done" } else { "" })).unwrap();
}

#[test]
fn an_old_text_that_is_nowhere_else_stays() {
    let told = "applying a plan was interrupted here earlier: ";
    let kept = "what a.rs was before is in .spelunk-1.old";
    for (now, old, done, expect, left) in [
        ("new", "old", false, "as before again: a.rs".to_owned(), vec![("a.rs", "old"), ("b.rs", "old")]),
        (
            "mine",
            "old",
            false,
            format!("none of its files is changed; left alone, as somebody changed them since: a.rs; {kept}"),
            vec![(".spelunk-1.old", "old"), ("a.rs", "mine"), ("b.rs", "old")],
        ),
        (
            "mine",
            "old",
            true,
            format!("all of its files had been written, and stay; {kept}"),
            vec![(".spelunk-1.old", "old"), ("a.rs", "mine"), ("b.rs", "old")],
        ),
        ("new", "late", false, "as before again: a.rs".to_owned(), vec![("a.rs", "late"), ("b.rs", "old")]),
        (
            "new",
            "old",
            true,
            "all of its files had been written, and stay".to_owned(),
            vec![("a.rs", "new"), ("b.rs", "old")],
        ),
    ] {
        let bench = Bench::new(&[("b.rs", "old")]);
        interrupted(&bench, bench.root(), done);
        bench.write("a.rs", now);
        bench.write(".spelunk-1.old", old);
        // What became of the interrupted one is told also when the next is refused.
        let absent = plan(vec![edited("none.rs", "x", "x", "y")]);
        let error = bench.apply(&absent, &Options::default()).unwrap_err().to_string();
        let refused = "changed since the plan was made: none.rs; make the plan again";
        assert_eq!(error, format!("{told}{expect}; now: {refused}"));
        let left: Vec<_> = left.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        assert_eq!(shown(&bench.tree()), left, "{expect}");
        assert_eq!(recover(&bench.now(), bench.state.path()).unwrap(), None);
    }
}

#[test]
fn what_was_interrupted_around_is_mended_first() {
    let bench = Bench::new(&[("b.rs", "old"), ("sub/c.rs", "c"), ("sub/d/e.rs", "e")]);
    interrupted(&bench, bench.root(), false);
    let now = Workspace::open(&bench.root().join("sub")).unwrap().snapshot();
    let edit = plan(vec![edited("c.rs", "c", "c", "C")]);
    let apply_below = || apply(&edit, &now, &Options::default(), bench.state.path(), &Cancel::new());
    let root = bench.root().canonicalize().unwrap();
    let expect = format!(
        "applying a plan in {} was interrupted, and may be about the same files; run spelunk there first, which mends it",
        root.display()
    );
    assert_eq!(apply_below().unwrap_err().to_string(), expect);
    assert!(recover(&bench.now(), bench.state.path()).unwrap().is_some());
    apply_below().unwrap();
    assert_eq!(bench.tree()["sub/c.rs"], b"C");
}

#[test]
fn a_created_file_with_a_mark_can_be_taken_back() {
    let bench = Bench::new(&[("a.rs", "a\n")]);
    let mut made = spelunk::plan::Plan::new(bench.now(), "make it");
    made.create("b.rs", "\u{feff}b\n").unwrap();
    made.edit("a.rs", 1, 0, "\u{feff}first\n").unwrap();
    let made = made.document();
    bench.check(&made, Ok(&[("a.rs", "first\na\n"), ("b.rs", "\u{feff}b\n")]));
    let now = bench.now();
    let inverse = made.inverse(&|path| now.text(&RelPath::parse(path).unwrap()).ok()).unwrap();
    bench.check(&inverse, Ok(&[("a.rs", "a\n")]));
}

#[test]
fn a_submodule_is_a_repository_of_its_own() {
    let (bench, inner) = (Bench::new(&[("a.rs", "a")]), Bench::new(&[("b.rs", "b")]));
    for bench in [&inner, &bench] {
        git(bench.root(), &["init", "-q"]);
        git(bench.root(), &["add", "."]);
        git(bench.root(), &["commit", "-qm", "x"]);
    }
    let url = inner.root().to_str().unwrap();
    git(bench.root(), &["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", url, "sub"]);
    git(bench.root(), &["commit", "-qm", "with a repository inside"]);
    bench.apply(&plan(vec![edited("sub/b.rs", "b", "b", "c")]), &Options::default()).unwrap();
    assert_eq!(bench.tree()["sub/b.rs"], b"c");
    let expect = "git has changes that are not committed: sub/b.rs; commit or stash them, or force it";
    bench.check(&plan(vec![edited("sub/b.rs", "c", "c", "d")]), Err(expect));
}

#[test]
fn stale_steps_are_named() {
    let bench = Bench::new(&[("a.rs", "new\na"), ("same.rs", "s"), ("c.rs", "c"), ("taken.rs", "")]);
    let two = |change: FileChange, step: u32| FileChange {
        steps: change.steps.iter().map(|_| step).collect(),
        edits: change.edits.into_iter().map(|edit| Edit { steps: vec![step], ..edit }).collect(),
        ..change
    };
    let plan = plan(vec![
        edited("a.rs", "a", "a", "1"),
        edited("same.rs", "s", "s", "t"),
        two(removed("gone.rs", "g"), 2),
        two(moved("c.rs", "taken.rs", "c", "", ""), 3),
    ]);
    let found: Vec<_> =
        stale(&plan, &bench.now()).into_iter().map(|s| format!("{} {}: {}", s.step, s.path, s.why)).collect();
    let expect = [
        "1 a.rs: the text changed; what is replaced in line 1 is in line 2 now",
        "2 gone.rs: the file is gone",
        "3 taken.rs: there is taken.rs already",
    ];
    assert_eq!(found, expect);
}

fn git(root: &Path, args: &[&str]) {
    let mut git = Command::new("git");
    git.current_dir(root).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    let output = git.args(["-c", "user.name=a", "-c", "user.email=a@b"]).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn git_has_to_have_everything() {
    let names: Vec<String> = (0..7).map(|n| format!("f{n}")).collect();
    let bench = Bench::new(&[("a.rs", "a"), ("crlf.txt", "a\r\nb\r\n")]);
    names.iter().for_each(|name| bench.write(name, "f"));
    git(bench.root(), &["init", "-q"]);
    git(bench.root(), &["add", "."]);
    git(bench.root(), &["commit", "-qm", "x"]);
    // A program that the repository names must not run.
    git(bench.root(), &["config", "filter.x.clean", "touch ran; cat"]);
    git(bench.root(), &["config", "filter.x.process", "touch ran; cat"]);
    git(bench.root(), &["config", "core.fsmonitor", "touch ran; cat"]);
    fs::write(bench.root().join(".git/info/attributes"), "* filter=x\n").unwrap();
    let plan_of = |text: &str, new: &str| plan(vec![edited("a.rs", text, text, new)]);
    let refusal =
        |what: &str| format!("git has changes that are not committed: {what}; commit or stash them, or force it");

    bench.write("loose.txt", "git does not know it");
    let applied = |bench: &Bench, plan: &Document, options: &Options| bench.apply(plan, options).map(drop);
    applied(&bench, &plan_of("a", "b"), &Options::default()).unwrap();
    bench.check(&plan_of("b", "c"), Err(&refusal("a.rs")));
    applied(&bench, &plan_of("b", "a"), &Options { force: true, ..Options::default() }).unwrap();
    bench.check(&plan(vec![edited("loose.txt", "git does not know it", "not", "now")]), Err(&refusal("loose.txt")));

    names.iter().for_each(|name| bench.write(name, "longer"));
    bench.check(&plan_of("a", "b"), Err(&refusal("f0, f1, f2, f3, f4 and 2 more")));
    git(bench.root(), &["-c", "filter.x.clean=", "-c", "filter.x.process=", "-c", "core.fsmonitor=", "add", "f0"]);
    names.iter().skip(1).for_each(|name| bench.write(name, "f"));
    bench.check(&plan_of("a", "b"), Err(&refusal("f0")));
    assert!(!bench.root().join("ran").exists());
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn mode(bench: &Bench, path: &str) -> u32 {
        fs::metadata(bench.root().join(path)).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn modes_stay() {
        let bench = Bench::new(&[("run.py", "a"), ("own.txt", "b"), ("moved.py", "c")]);
        for (path, mode) in [("run.py", 0o755), ("own.txt", 0o600), ("moved.py", 0o750)] {
            fs::set_permissions(bench.root().join(path), fs::Permissions::from_mode(mode)).unwrap();
        }
        let files = vec![
            edited("run.py", "a", "a", "A"),
            edited("own.txt", "b", "b", "B"),
            moved("moved.py", "n/m.py", "c", "c", "C"),
        ];
        bench.check(&plan(files), Ok(&[("n/m.py", "C"), ("own.txt", "B"), ("run.py", "A")]));
        assert_eq!(["run.py", "own.txt", "n/m.py"].map(|path| mode(&bench, path)), [0o755, 0o600, 0o750]);
    }

    #[test]
    fn a_symlink_is_followed_to_a_listed_file_inside_alone() {
        let outside = TempDir::new().unwrap();
        fs::write(outside.path().join("x"), "x").unwrap();
        let bench = Bench::new(&[("real/a.rs", "a"), (".env", "K")]);
        for (to, name) in [("real/a.rs", "to-a"), ("real", "to-real"), (".env", "to-env")] {
            symlink(to, bench.root().join(name)).unwrap();
        }
        symlink(outside.path().join("x"), bench.root().join("to-x")).unwrap();
        for (plan, expect) in [
            (
                plan(vec![edited("to-x", "x", "x", "y")]),
                "to-x: is outside the workspace; use a path relative to its root",
            ),
            (plan(vec![edited("to-env", "K", "K", "L")]), "to-env: is denied, it may hold secrets"),
            (plan(vec![edited("to-real/a.rs", "a", "a", "b")]), "to-real/a.rs: a symlink is in the way at to-real"),
            (plan(vec![removed("to-a", "a")]), "to-a: is a symlink, which a plan neither moves nor removes"),
            (
                plan(vec![edited("real/a.rs", "a", "a", "b"), edited("to-a", "a", "a", "c")]),
                "to-a: is changed twice by the plan",
            ),
        ] {
            bench.check(&plan, Err(expect));
        }
        bench.apply(&plan(vec![edited("to-a", "a", "a", "b")]), &Options::default()).unwrap();
        assert_eq!(bench.tree()["real/a.rs"], b"b");
        bench.write("build.rs", "x");
        symlink("build.rs", bench.root().join("to-build.rs")).unwrap();
        let applied = bench.apply(&plan(vec![edited("to-build.rs", "x", "x", "y")]), &Options::default()).unwrap();
        let why = "it was not confirmed on its own, and tools execute it: it leads to build.rs: cargo runs it before it builds";
        assert_eq!(applied.left_out.iter().map(|left| left.why.as_str()).collect::<Vec<_>>(), [why]);
        fs::remove_file(bench.root().join("to-build.rs")).unwrap();
        assert_eq!(bench.tree()["to-a"], b"real/a.rs");
        assert_eq!(fs::read_to_string(outside.path().join("x")).unwrap(), "x");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_folder_that_cannot_be_written_to_stops_everything() {
        // Root may write everywhere; this thread no longer.
        let mut own = rustix::thread::capabilities(None).unwrap();
        own.effective.remove(rustix::thread::CapabilitySet::DAC_OVERRIDE);
        rustix::thread::set_capabilities(None, own).unwrap();
        let bench = Bench::new(&[("a/x", "x"), ("b/y", "y"), ("c/z", "z")]);
        let allow = |mode| fs::set_permissions(bench.root().join("b"), fs::Permissions::from_mode(mode)).unwrap();
        allow(0o555);
        let files = ["a/x", "b/y", "c/z"].map(|path| edited(path, &path[2..], &path[2..], "new"));
        let expect = "b/y: Permission denied (os error 13); every file is as it was before";
        bench.check(&plan(files.to_vec()), Err(expect));
        allow(0o755);
        bench.check(&plan(files.to_vec()), Ok(&[("a/x", "new"), ("b/y", "new"), ("c/z", "new")]));
    }
}

#[cfg(target_os = "linux")]
mod killed {
    use std::mem::MaybeUninit;
    use std::path::PathBuf;

    use rustix::fs::inotify;

    use super::*;

    const FILES: usize = 60;

    /// Sixty files in six folders: edited, moved, removed and created.
    fn files() -> (Bench, Document, BTreeMap<String, Vec<u8>>) {
        let bench = Bench::new(&[]);
        let mut changes = Vec::new();
        let mut after = BTreeMap::new();
        for n in 0..FILES {
            let (path, old, new) = (format!("d{}/f{n}", n % 6), format!("old {n}\n").repeat(300), format!("new {n}\n"));
            let (to, edited) = (format!("d{}/m{n}", (n + 1) % 6), old.replacen(&format!("old {n}\n"), &new, 1));
            let first = &old[..old.find('\n').unwrap() + 1];
            if n % 10 != 3 {
                bench.write(&path, &old);
            }
            let (change, what) = match n % 10 {
                3 => (created(&path, &new), Some((path, new))),
                6 => (removed(&path, &old), None),
                7 | 8 => (moved(&path, &to, &old, first, &new), Some((to, edited))),
                _ => (super::edited(&path, &old, first, &new), Some((path, edited))),
            };
            changes.push(change);
            after.extend(what.map(|(path, text)| (path, text.into_bytes())));
        }
        (bench, plan(changes), after)
    }

    #[test]
    #[ignore = "is the process that the tests below kill"]
    fn a_process_that_applies() {
        let (Some(root), Some(state)) = (std::env::var_os("SPELUNK_TEST_ROOT"), std::env::var_os("SPELUNK_TEST_STATE"))
        else {
            return;
        };
        let state = PathBuf::from(state);
        let plan = serde_json::from_str(&fs::read_to_string(state.join("plan")).unwrap()).unwrap();
        let now = Workspace::open(Path::new(&root)).unwrap().snapshot();
        let applied = apply(&plan, &now, &Options::default(), &state, &Cancel::new());
        fs::write(state.join("finished"), format!("{:?}", applied.err())).unwrap();
    }

    /// Kills a process that applies when so many things happened in the folders. Gives how many did.
    fn kill_after(bench: &Bench, events: usize) -> usize {
        let _ = fs::remove_file(bench.state.path().join("finished"));
        let watch = inotify::init(inotify::CreateFlags::CLOEXEC).unwrap();
        let kinds = inotify::WatchFlags::CREATE
            | inotify::WatchFlags::MOVED_TO
            | inotify::WatchFlags::MODIFY
            | inotify::WatchFlags::DELETE
            | inotify::WatchFlags::CLOSE_WRITE;
        for folder in fs::read_dir(bench.root()).unwrap().map(|entry| entry.unwrap().path()) {
            inotify::add_watch(&watch, &folder, kinds).unwrap();
        }
        inotify::add_watch(&watch, bench.state.path(), inotify::WatchFlags::CLOSE_WRITE).unwrap();
        let mut process = Command::new(std::env::current_exe().unwrap());
        process.args(["--ignored", "--exact", "applying::killed::a_process_that_applies"]);
        process.env("SPELUNK_TEST_ROOT", bench.root()).env("SPELUNK_TEST_STATE", bench.state.path());
        let mut process = process.stdout(std::process::Stdio::null()).spawn().unwrap();
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut reader = inotify::Reader::new(&watch, &mut buffer);
        let mut seen = 0;
        while seen < events {
            if reader.next().unwrap().file_name().is_some_and(|name| name.to_bytes() == b"finished") {
                break;
            }
            seen += 1;
        }
        process.kill().unwrap();
        process.wait().unwrap();
        seen
    }

    fn check(times: usize) {
        let (bench, plan, after) = files();
        let before = bench.tree();
        fs::write(bench.state.path().join("plan"), serde_json::to_string(&plan).unwrap()).unwrap();
        let restore = || {
            bench.tree().keys().filter(|path| !before.contains_key(*path)).for_each(|path| {
                fs::remove_file(bench.root().join(path)).unwrap();
            });
            before.iter().for_each(|(path, text)| bench.write(path, text));
        };
        let events = kill_after(&bench, usize::MAX);
        assert_eq!(fs::read_to_string(bench.state.path().join("finished")).unwrap(), "None");
        assert_eq!(shown(&bench.tree()), shown(&after));
        restore();

        let mut outcomes = std::collections::BTreeSet::new();
        let mut random = 7_u64;
        for _ in 0..times {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = (random >> 33) as usize % events;
            kill_after(&bench, at);
            let (mut old, mut new) = (0, 0);
            for (path, text) in bench.tree().iter().filter(|(path, _)| !path.contains(".spelunk-")) {
                let (is_old, is_new) = (before.get(path) == Some(text), after.get(path) == Some(text));
                assert!(is_old || is_new, "{path} is half written after {at} of {events} events");
                (old, new) = (old + usize::from(is_old && !is_new), new + usize::from(is_new && !is_old));
            }
            let recovered = recover(&bench.now(), bench.state.path()).unwrap();
            let tree = bench.tree();
            let complete =
                recovered.as_ref().is_some_and(|recovered| recovered.complete) || recovered.is_none() && old == 0;
            assert_eq!(shown(&tree), shown(if complete { &after } else { &before }), "after {at} of {events} events");
            assert_eq!(recover(&bench.now(), bench.state.path()).unwrap(), None);
            outcomes.insert((old > 0, new > 0));
            restore();
        }
        assert!(outcomes.len() > 1, "every process died in the same phase: {outcomes:?}");
    }

    #[test]
    fn a_killed_process_leaves_each_file_old_or_new() {
        check(24);
    }

    #[test]
    #[ignore = "takes a while: 200 processes"]
    fn two_hundred_killed_processes_leave_each_file_old_or_new() {
        check(200);
    }
}
