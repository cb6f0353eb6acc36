//! A workspace that goes on while snapshots of it stand: `Snapshot::refreshed`.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use spelunk::workspace::{RelPath, Snapshot, Workspace, WorkspaceError};

fn path(text: &str) -> RelPath {
    RelPath::parse(text).unwrap()
}

fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let tree = tempfile::tempdir().unwrap();
    for (name, text) in files {
        write(tree.path(), name, text);
    }
    tree
}

fn write(root: &Path, name: &str, text: &str) {
    fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
    fs::write(root.join(name), text).unwrap();
}

/// Each file's path, size and text.
fn shown(snapshot: &Snapshot) -> Vec<String> {
    let files = snapshot.files().unwrap().iter();
    files.map(|file| format!("{} {} {}", file.path, snapshot.size(file), text(snapshot, file.path.as_str()))).collect()
}

fn text(snapshot: &Snapshot, name: &str) -> String {
    snapshot.text(&path(name)).map_or_else(|error| error.to_string(), |text| text.to_string())
}

#[test]
fn contents_change_in_the_new_snapshot_only() {
    let tree = tree(&[("a.rs", "old"), ("b.rs", "same"), ("c.rs", "unread")]);
    let before = Workspace::open(tree.path()).unwrap().snapshot();
    assert_eq!(shown(&before), ["a.rs 3 old", "b.rs 4 same", "c.rs 6 unread"]);
    write(tree.path(), "a.rs", "new and longer");
    let after = before.refreshed(&[path("a.rs")], false);
    assert_eq!(shown(&after), ["a.rs 14 new and longer", "b.rs 4 same", "c.rs 6 unread"]);
    assert_eq!(shown(&before), ["a.rs 3 old", "b.rs 4 same", "c.rs 6 unread"]);
    assert!(Arc::ptr_eq(&before.text(&path("b.rs")).unwrap(), &after.text(&path("b.rs")).unwrap()), "read once");
    assert_ne!(before.hash(&path("a.rs")).unwrap(), after.hash(&path("a.rs")).unwrap());
    assert_eq!(after.lines(&path("a.rs"), 1, 1).unwrap().text, "new and longer");
}

#[test]
fn a_change_that_nobody_told_of_is_seen_when_the_file_is_read() {
    let tree = tree(&[("a.rs", "old"), ("b.rs", "gone soon")]);
    let before = Workspace::open(tree.path()).unwrap().snapshot();
    assert_eq!((text(&before, "a.rs").as_str(), text(&before, "b.rs").as_str()), ("old", "gone soon"));
    write(tree.path(), "a.rs", "silently new");
    fs::remove_file(tree.path().join("b.rs")).unwrap();
    let after = before.refreshed(&[], false);
    assert_eq!(text(&after, "a.rs"), "silently new");
    assert!(matches!(after.text(&path("b.rs")), Err(WorkspaceError::NotFound { .. })));
    assert_eq!(text(&before, "b.rs"), "gone soon");
    write(tree.path(), "a.rs", "and once more");
    assert_eq!(text(&after, "a.rs"), "silently new", "what was read stays");
}

#[test]
fn files_come_and_go_when_the_listing_changed() {
    let tree = tree(&[("a.rs", "a"), ("b.rs", "b")]);
    let before = Workspace::open(tree.path()).unwrap().snapshot();
    assert_eq!(before.files().unwrap().len(), 2);
    write(tree.path(), "c.rs", "c");
    fs::remove_file(tree.path().join("b.rs")).unwrap();
    let same = before.refreshed(&[], false);
    assert_eq!(same.files().unwrap().len(), 2, "not walked again");
    assert!(same.text(&path("c.rs")).is_err());
    let walked = before.refreshed(&[path("b.rs"), path("c.rs")], true);
    assert_eq!(shown(&walked), ["a.rs 1 a", "c.rs 1 c"]);
    assert_eq!(before.files().unwrap().len(), 2);
}

#[test]
fn a_listing_that_was_never_made_is_made_by_each() {
    let tree = tree(&[("a.rs", "a")]);
    let before = Workspace::open(tree.path()).unwrap().snapshot();
    let after = before.refreshed(&[], false);
    assert_eq!(shown(&after), ["a.rs 1 a"]);
    assert_eq!(shown(&before), ["a.rs 1 a"]);
}

#[test]
fn overlay_and_scope_are_kept() {
    let tree = tree(&[("src/a.rs", "disk"), ("src/b.rs", "b"), ("other/c.rs", "c")]);
    let disk = Workspace::open(tree.path()).unwrap().snapshot();
    let buffers = [(path("src/a.rs"), Arc::from("buffer"))];
    let before = disk.with_overlay(buffers).scoped(&["src"]).unwrap();
    assert_eq!(shown(&before), ["src/a.rs 6 buffer", "src/b.rs 1 b"]);
    write(tree.path(), "src/a.rs", "saved elsewhere");
    write(tree.path(), "src/b.rs", "new");
    let after = before.refreshed(&[path("src/a.rs"), path("src/b.rs")], false);
    assert_eq!(shown(&after), ["src/a.rs 6 buffer", "src/b.rs 3 new"]);
    assert!(matches!(after.text(&path("other/c.rs")), Err(WorkspaceError::OutOfScope { .. })));
    assert_eq!(text(&disk.refreshed(&[path("src/a.rs")], false), "src/a.rs"), "saved elsewhere");
}

#[test]
fn glances_pin_nothing_and_marks_tell_files_apart() {
    let tree = tree(&[("a.rs", "old"), ("b.rs", "b")]);
    let snapshot = Workspace::open(tree.path()).unwrap().snapshot();
    let a = path("a.rs");
    let (seen, mark) = snapshot.glance(&a).unwrap();
    assert_eq!((&*seen, mark), ("old", snapshot.mark(&a).unwrap()));
    assert_ne!(mark, snapshot.mark(&path("b.rs")).unwrap());
    write(tree.path(), "a.rs", "newer");
    let (seen, later) = snapshot.glance(&a).unwrap();
    assert_eq!(&*seen, "newer");
    assert_ne!(later, mark);
    assert_eq!(text(&snapshot, "a.rs"), "newer", "nothing had been promised");
    let buffer = |text: &str| snapshot.with_overlay([(a.clone(), Arc::from(text))]).mark(&a).unwrap();
    assert_eq!(buffer("x"), buffer("x"));
    assert_ne!(buffer("x"), buffer("y"));
}

/// What was heard of, and what of it is news: the files that changed, and `*` when the listing did.
fn check_news(heard: &[&str], expect: &[&str]) {
    let tree = tree(&[
        (".git/HEAD", ""),
        (".git/info/exclude", ""),
        (".gitignore", "*.log\ntarget/\n"),
        ("a.rs", "a"),
        ("src/b.rs", "b"),
        ("src/was/c.rs", "c"),
        ("became.rs", "d"),
        ("target/debug/out.rs", "o"),
        ("target/.gitignore", ""),
        (".env", "SECRET=1"),
    ]);
    let root = tree.path();
    let snapshot = Workspace::open(root).unwrap().snapshot();
    let paths: Vec<_> = heard.iter().map(|name| root.join(name)).collect();
    let unwalked = snapshot.news(paths.iter().map(|path| path.as_path()));
    assert!(unwalked.changed.is_empty(), "{heard:?} before anybody looked: {unwalked:?}");
    snapshot.files().unwrap();
    fs::remove_dir_all(root.join("src/was")).unwrap();
    fs::remove_file(root.join("became.rs")).unwrap();
    fs::create_dir_all(root.join("became.rs/empty")).unwrap();
    for name in ["new.rs", "new.log", "target/new.rs", ".env.local", "src/new/deep.rs", ".git/index", ".hidden.rs"] {
        write(root, name, "new");
    }
    let news = snapshot.news(paths.iter().map(|path| path.as_path()));
    let listing = news.listing.then_some("*");
    let all: Vec<&str> = news.changed.iter().map(|path| path.as_str()).chain(listing).collect();
    assert_eq!(all, expect, "{heard:?}");
}

#[test]
fn news_are_what_a_walk_would_see() {
    for (heard, expect) in [
        (&["a.rs", "src/b.rs"][..], &["a.rs", "src/b.rs"][..]),
        (&["src/was/c.rs"], &["src/was/c.rs", "*"]),
        (&["src/was"], &["*"]),
        (&["became.rs"], &["became.rs", "*"]),
        (&["new.rs", "a.rs"], &["a.rs", "*"]),
        (&["src/new"], &["*"]),
        (&["src/new/deep.rs"], &["*"]),
        (&[".gitignore"], &["*"]),
        (&[".git/info/exclude"], &["*"]),
        (&["new.log", "target/new.rs", "target/debug/out.rs", "target", "target/.gitignore"], &[]),
        (&[".env", ".env.local", ".git/index", ".git/HEAD", ".git"], &[]),
        (&["gone.rs", "../outside.rs", "src/wa", ""], &[]),
        // Nobody asked for hidden files.
        (&[".hidden.rs"], &[]),
    ] {
        check_news(heard, expect);
    }
}

#[test]
fn hidden_files_are_news_to_those_who_saw_the_others() {
    let tree = tree(&[(".a.rs", "a"), ("b.rs", "b")]);
    let snapshot = Workspace::open(tree.path()).unwrap().snapshot();
    snapshot.files_with_hidden().unwrap();
    write(tree.path(), ".new.rs", "new");
    let news = |name: &str| snapshot.news([&*tree.path().join(name)]);
    assert_eq!((news(".a.rs").changed, news(".a.rs").listing), (vec![path(".a.rs")], false));
    assert!(news(".new.rs").listing);
}

#[test]
fn hidden_files_that_a_rule_shows_are_news() {
    let tree =
        tree(&[(".rgignore", "!.shown/\n!.shown/*\n"), (".shown/a.rs", "a"), (".shown/gone.rs", "g"), ("b.rs", "b")]);
    let snapshot = Workspace::open(tree.path()).unwrap().snapshot();
    assert_eq!(snapshot.files().unwrap().len(), 3);
    fs::remove_file(tree.path().join(".shown/gone.rs")).unwrap();
    write(tree.path(), ".shown/new.rs", "new");
    write(tree.path(), ".other.rs", "new");
    for (name, changed, listing) in [
        (".shown/a.rs", true, false),
        (".shown/gone.rs", true, true),
        (".shown/new.rs", false, true),
        (".other.rs", false, false),
    ] {
        let news = snapshot.news([&*tree.path().join(name)]);
        assert_eq!((news.changed == [path(name)], news.listing), (changed, listing), "{name}");
    }
}

#[test]
fn a_walk_is_shared_until_the_listing_changes() {
    let tree = tree(&[("a.rs", "a"), ("b.rs", "b")]);
    let before = Workspace::open(tree.path()).unwrap().snapshot();
    let after = before.refreshed(&[path("a.rs")], false).refreshed(&[path("b.rs")], false);
    assert_eq!(before.files().unwrap().len(), 2);
    write(tree.path(), "c.rs", "c");
    assert_eq!(after.files().unwrap().len(), 2, "which files there are was settled by the first who asked");
    for (name, text) in [("a.rs", "aa"), ("b.rs", "bbb")] {
        write(tree.path(), name, text);
    }
    let sizes =
        |snapshot: &Snapshot| snapshot.files().unwrap().iter().map(|file| snapshot.size(file)).collect::<Vec<_>>();
    let both = before.refreshed(&[path("a.rs")], false).refreshed(&[path("b.rs")], false);
    assert_eq!(sizes(&both), [2, 3]);
    write(tree.path(), "a.rs", "aaaa");
    assert_eq!((sizes(&both.refreshed(&[path("a.rs")], false)), sizes(&both)), (vec![4, 3], vec![2, 3]));
    assert_eq!(both.folders().unwrap(), [tree.path().canonicalize().unwrap()]);
}

#[test]
fn a_listing_with_buffers_goes_on_to_the_next_view() {
    let tree = tree(&[("a.rs", "a"), ("b.rs", "b")]);
    let disk = Workspace::open(tree.path()).unwrap().snapshot();
    let view = |buffers: &[(&str, &str)]| {
        disk.with_overlay(buffers.iter().map(|(name, text)| (path(name), Arc::from(*text))).collect::<Vec<_>>())
    };
    let all = |snapshot: &Snapshot| -> Vec<String> {
        snapshot.files().unwrap().iter().map(|file| format!("{} {}", file.path, snapshot.size(file))).collect()
    };
    let first = view(&[("a.rs", "typed"), ("new.rs", "")]);
    assert_eq!(all(&first), ["a.rs 5", "b.rs 1", "new.rs 0"]);
    let beside = view(&[("a.rs", "typed x"), ("new.rs", "n")]);
    assert_eq!(all(&beside), ["a.rs 7", "b.rs 1", "new.rs 1"]);
    assert_eq!(all(&first), ["a.rs 5", "b.rs 1", "new.rs 0"], "what somebody holds stays");
    drop((first, beside));
    assert_eq!(all(&view(&[("a.rs", "a"), ("new.rs", "nn")])), ["a.rs 1", "b.rs 1", "new.rs 2"]);
    assert_eq!(all(&view(&[("b.rs", "typed")])), ["a.rs 1", "b.rs 5"]);
    assert_eq!(all(&view(&[("a.rs", "typed")])), ["a.rs 5", "b.rs 1"]);
    assert_eq!(all(&view(&[("a.rs", "")]).scoped(&["a.rs"]).unwrap()), ["a.rs 0"]);
    assert_eq!(all(&disk), ["a.rs 1", "b.rs 1"]);
}
