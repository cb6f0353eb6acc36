//! Small programs, one for each thing that the language does with names.

use std::collections::BTreeSet;

use crate::cancel::Cancel;
use crate::graph::Symbols;
use crate::graph::meaning::{Program, Role, Spot, uses};
use crate::workspace::Workspace;

/// A program where `«` stands before the name that is asked for, `‹` before every other place that surely is of it, and
/// `¿` before those that may be. Files begin with `--- path`; without one it is `a.py`.
fn check(program: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut spot = None;
    let (mut sure, mut doubtful) = (BTreeSet::new(), BTreeSet::new());
    let program = if program.starts_with("--- ") { program.to_owned() } else { format!("--- a.py\n{program}") };
    for file in program.split("--- ").filter(|file| !file.is_empty()) {
        let (path, marked) = file.split_once('\n').unwrap();
        let mut text = String::new();
        for c in marked.chars() {
            let here = (path.to_owned(), text.len());
            match c {
                '«' => {
                    spot = Some(Spot { path: path.to_owned(), offset: text.len() });
                    sure.insert(here);
                }
                '‹' => _ = sure.insert(here),
                '¿' => _ = doubtful.insert(here),
                c => text.push(c),
            }
        }
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let snapshot = Workspace::open(folder.path()).unwrap().snapshot();
    let (cache, cancel) = (Symbols::default(), Cancel::new());
    let asked = Program::new(&snapshot, &cache, &cancel).unwrap();
    let found = uses(&asked, &spot.expect("a place that is asked for")).unwrap();
    let of = |sure: bool| -> BTreeSet<(String, usize)> {
        let code = found.places.iter().filter(|place| matches!(place.role, Role::Code | Role::Definition));
        code.filter(|place| place.doubt.is_none() == sure)
            .map(|place| (place.path.clone(), place.range.start))
            .collect()
    };
    assert_eq!(of(true), sure, "sure places of:\n{program}");
    assert_eq!(of(false), doubtful, "doubtful places of:\n{program}");
}

fn all(programs: &str) {
    for program in programs.split("\n\n\n") {
        check(program);
    }
}

#[test]
fn scopes() {
    all(include_str!("tests/scopes.txt"));
}

#[test]
fn imports() {
    all(include_str!("tests/imports.txt"));
}

#[test]
fn members() {
    all(include_str!("tests/members.txt"));
}

#[test]
fn types() {
    all(include_str!("tests/types.txt"));
}

#[test]
fn strings() {
    all(include_str!("tests/strings.txt"));
}

#[test]
fn kin() {
    all(include_str!("tests/kin.txt"));
}

#[test]
fn broken_code_is_answered() {
    let nested = format!("def «f(): pass\nx = {}", "(".repeat(150));
    for program in ["class «A(\n", "def «f(x: '(':\n  return f.\n", "«x = [y for", nested.as_str()] {
        let folder = tempfile::tempdir().unwrap();
        let offset = program.find('«').unwrap();
        std::fs::write(folder.path().join("a.py"), program.replace('«', "")).unwrap();
        let snapshot = Workspace::open(folder.path()).unwrap().snapshot();
        let (cache, cancel) = (Symbols::default(), Cancel::new());
        let asked = Program::new(&snapshot, &cache, &cancel).unwrap();
        let found = uses(&asked, &Spot { path: "a.py".to_owned(), offset }).unwrap();
        assert!(!found.places.is_empty(), "{program}");
    }
}
