//! The table as a whole: filled from real folders, changed while it is being filled, searched.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::sync::{Arc, mpsc};

use crate::cancel::Cancel;
use crate::graph::GraphError;
use crate::syntax::{Budget, Language, extract};
use crate::workspace::{RelPath, Snapshot, Workspace};

use super::{Progress, Table};

fn path(text: &str) -> RelPath {
    RelPath::parse(text).unwrap()
}

fn rust() -> Language {
    Language::of("a.rs").unwrap()
}

fn write(root: &Path, name: &str, text: &str) {
    std::fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
    std::fs::write(root.join(name), text).unwrap();
}

fn tree(files: &[(&str, &str)]) -> (tempfile::TempDir, Snapshot) {
    let tree = tempfile::tempdir().unwrap();
    for (name, text) in files {
        write(tree.path(), name, text);
    }
    let snapshot = Workspace::open(tree.path()).unwrap().snapshot();
    (tree, snapshot)
}

/// As if somebody typed it.
fn typed(table: &Table, name: &str, text: &str) {
    table.update(&path(name), Some((rust(), &extract(rust(), text, &Budget::default()))));
}

fn filled(snapshot: &Snapshot) -> Table {
    let table = Table::new();
    table.fill(snapshot, &Cancel::new(), &|_| {}).unwrap();
    table
}

/// What is found, as `path:line:column container.name`.
fn found(table: &Table, query: &str) -> Vec<String> {
    let found = table.find(query, 100, &Cancel::new()).unwrap();
    assert_eq!(found.total, found.items.len());
    let shown = |row: super::Row| {
        let dot = if row.container.is_empty() { "" } else { "." };
        format!("{}:{}:{} {}{dot}{}", row.path, row.line, row.column, row.container, row.name)
    };
    found.items.into_iter().map(shown).collect()
}

fn names(table: &Table, query: &str) -> Vec<String> {
    table.find(query, 100, &Cancel::new()).unwrap().items.into_iter().map(|row| row.name).collect()
}

#[test]
fn rows_say_where_and_in_what() {
    let (_tree, snapshot) = tree(&[("src/a.rs", "mod m {\n    impl Foo {\n        /* 😀 */ fn bar() {}\n    }\n}\n")]);
    let table = filled(&snapshot);
    assert_eq!(found(&table, "bar"), ["src/a.rs:3:21 m.Foo.bar"]);
    let state = table.state();
    assert_eq!((state.done, state.total, state.symbols, state.complete, state.partial), (1, 1, 2, true, 0));
    assert!(state.bytes > 0 && !state.full);
}

#[test]
fn better_names_and_own_code_come_first() {
    let (_tree, snapshot) = tree(&[
        ("src/a.rs", "struct Foo { foo: u8 }\nfn foobar() {}\nfn get_foo() {}\nfn foo() {}\nfn buffoon() {}\n"),
        ("src/b.rs", "fn file_open_once() {}\nfn frog_loop_ok() {}\nconst FOO: u8 = 1;\n"),
        ("tests/a.rs", "fn foo() {}\nfn foobaz() {}\n"),
        ("vendor/c.c", "int foo(void)\n{\n\treturn 0;\n}\nint foo(void);\n"),
        ("README.md", "foo\n"),
    ]);
    let table = filled(&snapshot);
    let places: Vec<String> = found(&table, "foo");
    assert_eq!(
        places,
        [
            "src/a.rs:4:4 foo",
            "src/a.rs:1:14 Foo.foo",
            "tests/a.rs:1:4 foo",
            "vendor/c.c:1:5 foo",
            "vendor/c.c:5:5 foo",
            "src/a.rs:1:8 Foo",
            "src/b.rs:3:7 FOO",
            "src/a.rs:2:4 foobar",
            "tests/a.rs:2:4 foobaz",
            "src/a.rs:3:4 get_foo",
            "src/b.rs:1:4 file_open_once",
            "src/a.rs:5:4 buffoon",
            "src/b.rs:2:4 frog_loop_ok",
        ]
    );
    assert_eq!(table.state().total, 4, "prose has no definitions");
    let cut = table.find("foo", 3, &Cancel::new()).unwrap();
    assert_eq!((cut.items.len(), cut.total, cut.truncated), (3, places.len(), true));
    assert_eq!(cut.items[2].path, path("tests/a.rs"));
    assert!(table.find("foo", 0, &Cancel::new()).unwrap().items.is_empty());
}

#[test]
fn what_is_before_the_last_separator_narrows() {
    let (_tree, snapshot) = tree(&[
        ("src/a.rs", "impl Foo { fn new() {} }\nimpl Foobar { fn new() {} }\nimpl Bar { fn new() {} }\n"),
        ("lib/foo.rs", "fn new() {}\n"),
    ]);
    let table = filled(&snapshot);
    assert_eq!(found(&table, "Foo::new"), ["src/a.rs:1:15 Foo.new", "src/a.rs:2:18 Foobar.new", "lib/foo.rs:1:4 new"]);
    assert_eq!(found(&table, "foo.n"), found(&table, "Foo::new"));
    assert_eq!(found(&table, "lib/new"), ["lib/foo.rs:1:4 new"]);
    assert_eq!(found(&table, "Bar."), ["src/a.rs:3:15 Bar.new", "src/a.rs:2:18 Foobar.new"]);
    assert_eq!(found(&table, "nowhere::new"), [""; 0]);
}

#[test]
fn an_empty_query_gives_what_is_at_the_top() {
    let (_tree, snapshot) =
        tree(&[("a.rs", "struct A { f: u8 }\nconst C: u8 = 1;\nimpl A { fn m() {} }\nfn b() {}\n")]);
    let table = filled(&snapshot);
    assert_eq!(names(&table, "  "), ["A", "b"]);
    assert!(table.find("", 1, &Cancel::new()).unwrap().truncated);
}

#[test]
fn exact_names_are_looked_up() {
    let (_tree, snapshot) =
        tree(&[("tests/a.rs", "fn foo() {}"), ("src/a.rs", "fn foo() {}\nfn Foo() {}\nfn foob() {}")]);
    let rows = filled(&snapshot).named("foo");
    assert_eq!(rows.iter().map(|row| row.path.as_str()).collect::<Vec<_>>(), ["src/a.rs", "tests/a.rs"]);
}

#[test]
fn filling_again_takes_what_changed_and_drops_what_is_gone() {
    let (tree, snapshot) = tree(&[("a.rs", "fn old() {}"), ("b.rs", "fn bee() {}"), ("c.rs", "fn sea() {}")]);
    let table = filled(&snapshot);
    write(tree.path(), "a.rs", "fn newer() {}");
    write(tree.path(), "d.rs", "fn dee() {}");
    std::fs::remove_file(tree.path().join("b.rs")).unwrap();
    let all = [path("a.rs"), path("b.rs"), path("d.rs")];
    table.fill(&snapshot.refreshed(&all, true), &Cancel::new(), &|_| {}).unwrap();
    let everything = ["old", "newer", "bee", "sea", "dee"].map(|name| table.named(name).len());
    assert_eq!(everything, [0, 1, 0, 1, 1]);
    let state = table.state();
    assert_eq!((state.done, state.total, state.symbols), (3, 3, 3));
}

#[test]
fn some_files_are_read_again_when_told() {
    let (tree, snapshot) = tree(&[("a.rs", "fn old() {}"), ("b.rs", "fn bee() {}")]);
    let table = filled(&snapshot);
    write(tree.path(), "a.rs", "fn newer() {}");
    std::fs::remove_file(tree.path().join("b.rs")).unwrap();
    let told = [path("a.rs"), path("b.rs")];
    table.refresh(&snapshot.refreshed(&told, true), &told);
    assert_eq!(["old", "newer", "bee"].map(|name| table.named(name).len()), [0, 1, 0]);
}

#[test]
fn buffers_win_until_they_are_closed() {
    let (_tree, snapshot) = tree(&[("a.rs", "fn disk() {}"), ("b.rs", "fn bee() {}")]);
    let table = Table::new();
    typed(&table, "a.rs", "fn typed() {}");
    typed(&table, "untitled.rs", "fn unsaved() {}");
    let count = || ["disk", "typed", "unsaved", "bee"].map(|name| table.named(name).len());
    assert_eq!(count(), [0, 1, 1, 0]);
    table.fill(&snapshot, &Cancel::new(), &|_| {}).unwrap();
    assert_eq!(count(), [0, 1, 1, 1]);
    table.refresh(&snapshot, &[path("a.rs")]);
    assert_eq!(count(), [0, 1, 1, 1]);
    table.close(&path("a.rs"), &snapshot);
    table.close(&path("untitled.rs"), &snapshot);
    assert_eq!(count(), [1, 0, 0, 1]);
    table.update(&path("b.rs"), None);
    assert_eq!(count(), [1, 0, 0, 0]);
    table.fill(&snapshot, &Cancel::new(), &|_| {}).unwrap();
    assert_eq!(count(), [1, 0, 0, 1], "it came back");
}

#[test]
fn buffers_in_the_snapshot_are_seen_too() {
    let (_tree, disk) = tree(&[("a.rs", "fn disk() {}")]);
    let with = disk.with_overlay([(path("a.rs"), Arc::from("fn typed() {}"))]);
    let table = filled(&with);
    assert_eq!(["disk", "typed"].map(|name| table.named(name).len()), [0, 1]);
    table.fill(&disk, &Cancel::new(), &|_| {}).unwrap();
    assert_eq!(["disk", "typed"].map(|name| table.named(name).len()), [1, 0]);
}

#[test]
fn changes_during_a_filling_are_not_undone_by_it() {
    let (_tree, snapshot) = tree(&[("a.rs", "fn a() {}"), ("b.rs", "fn b() {}"), ("c.rs", "fn c() {}")]);
    let table = Table::new();
    let changed = Cell::new(false);
    // The filling waits for the report, so it has begun and is not at its end.
    let change = |_: Progress| {
        if !changed.replace(true) {
            typed(&table, "c.rs", "fn typed() {}");
            table.update(&path("b.rs"), None);
            table.update(&path("a.rs"), None);
        }
    };
    table.fill(&snapshot, &Cancel::new(), &change).unwrap();
    assert_eq!(["a", "b", "c", "typed"].map(|name| table.named(name).len()), [0, 0, 0, 1]);
}

#[test]
fn updates_that_overlap_end_with_the_last_one() {
    let (table, file) = (Table::new(), path("a.rs"));
    let ticket = table.ticket();
    let slow = table.rows(&file, Some(rust()), "fn earlier() {}");
    typed(&table, "a.rs", "fn later() {}");
    // What began before the update comes in behind it.
    table.shelf().put(slow, super::Origin::Buffer, ticket);
    assert_eq!(["earlier", "later"].map(|name| table.named(name).len()), [0, 1]);
    let ticket = table.ticket();
    let slow = table.rows(&file, Some(rust()), "fn earlier() {}");
    table.update(&file, None);
    table.shelf().put(slow, super::Origin::Buffer, ticket);
    assert_eq!(table.state().symbols, 0);
}

#[test]
fn a_table_that_is_cleared_is_empty_and_can_be_filled_again() {
    let (_tree, snapshot) = tree(&[("a.rs", "fn a() {}"), ("b.rs", "fn b() {}")]);
    let table = Table::new();
    let cleared = Cell::new(false);
    let clear = |_: Progress| {
        if !cleared.replace(true) {
            table.clear();
        }
    };
    table.fill(&snapshot, &Cancel::new(), &clear).unwrap();
    let state = table.state();
    assert!((state.total, state.bytes, state.symbols, state.complete) == (0, 0, 0, false), "{state:?}");
    table.fill(&snapshot, &Cancel::new(), &|_| {}).unwrap();
    assert_eq!((table.state().symbols, names(&table, "a")), (2, vec!["a".to_owned()]));
}

#[test]
fn a_filling_that_is_not_wanted_any_more_changes_nothing() {
    let (_tree, snapshot) = tree(&[("a.rs", "fn a() {}")]);
    let table = filled(&snapshot);
    let cancel = Cancel::new();
    cancel.cancel();
    let before = table.state();
    assert!(matches!(table.fill(&snapshot, &cancel, &|_| {}), Err(GraphError::Cancelled)));
    assert_eq!(table.state(), before, "it is as complete as it was");
}

#[test]
fn most_useful_files_come_first_and_reports_say_how_far() {
    let (_tree, snapshot) = tree(&[
        ("tests/t.rs", "fn t() {}"),
        ("src/deep/er/x.rs", "fn x() {}"),
        ("main.rs", "fn m() {}"),
        ("vendor/v.rs", "fn v() {}"),
    ]);
    let table = Table::new();
    let seen = RefCell::new(Vec::new());
    let report = |progress: Progress| {
        let note = table.find("", 9, &Cancel::new()).unwrap().notes.first().cloned();
        seen.borrow_mut().push((progress.done, progress.total, note.is_none()));
    };
    table.fill(&snapshot, &Cancel::new(), &report).unwrap();
    let seen = seen.into_inner();
    assert_eq!(seen.last().map(|(done, total, _)| (*done, *total)), Some((4, 4)));
    assert!(seen.is_sorted() && seen[0].0 <= 4);
    assert_eq!(names(&table, ""), ["m", "x", "t", "v"]);
}

#[test]
fn a_cancelled_filling_keeps_what_it_has_and_can_be_taken_up() {
    let files: Vec<(String, String)> =
        (0..400).map(|at| (format!("f{at:03}.rs"), format!("fn name_{at:03}() {{}}"))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (_tree, snapshot) = tree(&files);
    let table = Table::new();
    let cancel = Cancel::new();
    let result = table.fill(&snapshot, &cancel, &|_| cancel.cancel());
    assert!(matches!(result, Err(GraphError::Cancelled)));
    let state = table.state();
    assert!(state.done > 0 && state.done < state.total && !state.complete, "{state:?}");
    let notes = table.find("name", 5, &Cancel::new()).unwrap().notes;
    assert_eq!(notes, [format!("symbols of {} of 400 files so far", state.done)]);
    table.fill(&snapshot, &Cancel::new(), &|_| {}).unwrap();
    let found = table.find("name", 5, &Cancel::new()).unwrap();
    assert_eq!((found.total, found.notes.len(), table.state().complete), (400, 0, true));
    assert!(matches!(table.find("name", 5, &cancel), Err(GraphError::Cancelled)));
}

#[test]
fn a_pause_holds_and_nests() {
    let (_tree, snapshot) = tree(&[("a.rs", "fn a() {}"), ("b.rs", "fn b() {}")]);
    let table = Arc::new(Table::new());
    let (outer, inner) = (table.pause(), table.pause());
    let (send, done) = mpsc::channel();
    let filling = {
        let (table, snapshot) = (Arc::clone(&table), snapshot.clone());
        std::thread::spawn(move || table.fill(&snapshot, &Cancel::new(), &|progress| send.send(progress).unwrap()))
    };
    drop(inner);
    // What holds is not a matter of waiting long enough: no file passes a closed gate.
    let cancel = Cancel::new();
    cancel.cancel();
    assert!(!table.gate.pass(&cancel));
    assert_eq!((table.state().done, done.try_recv().is_err()), (0, true));
    drop(outer);
    assert!(table.gate.pass(&Cancel::new()));
    filling.join().unwrap().unwrap();
    assert_eq!((table.state().done, done.iter().last()), (2, Some(Progress { done: 2, total: 2 })));
}

#[test]
fn a_paused_filling_can_be_cancelled() {
    let (_tree, snapshot) = tree(&[("a.rs", "fn a() {}")]);
    let table = Table::new();
    let _held = table.pause();
    let cancel = Cancel::new();
    cancel.cancel();
    assert!(matches!(table.fill(&snapshot, &cancel, &|_| {}), Err(GraphError::Cancelled)));
    assert_eq!(table.state().done, 0);
}

#[test]
fn a_full_table_leaves_out_the_least_useful_files() {
    let many = |name: &str| (0..40).map(|at| format!("fn {name}_{at}() {{}}\n")).collect::<String>();
    let (own, test) = (many("own"), many("test"));
    let (_tree, snapshot) = tree(&[("src/a.rs", &own), ("tests/a.rs", &test)]);
    let room = filled(&snapshot).state().bytes;
    let table = Table::with_limit(room - 1);
    table.fill(&snapshot, &Cancel::new(), &|_| {}).unwrap();
    let state = table.state();
    assert!(state.full && state.done == 1 && state.bytes < room, "{state:?}");
    let found = table.find("t", 100, &Cancel::new()).unwrap();
    assert_eq!((found.total, found.notes), (0, vec!["symbols of 1 of 2 files: the symbol table is full".to_owned()]));
    typed(&table, "tests/a.rs", &test);
    assert_eq!(table.find("test", 100, &Cancel::new()).unwrap().total, 40, "open files always have a place");
}
