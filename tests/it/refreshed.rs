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
    files.map(|file| format!("{} {} {}", file.path, file.bytes, text(snapshot, file.path.as_str()))).collect()
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
