//! What editors ask about places in a file: folds, and which names mean one variable, on realistic files.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

use expect_test::expect_file;
use regex::Regex;
use spelunk::syntax::{Budget, Language, binding, folds, name_at, selection};
use spelunk::text::LineIndex;

/// Compares what is found in `tests/golden/<name>` with `tests/golden/<name>.places`.
fn check(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    let language = Language::detect(name, &text).unwrap();
    let budget = Budget::default();
    let mut out = format!("{}\nfolds\n", language.name());
    for fold in folds(language, &text, &budget) {
        writeln!(out, "{:>4}-{} {:?}", fold.from, fold.to, fold.kind).unwrap();
    }
    out.push_str("locals\n");
    let index = LineIndex::new(&text);
    let place = |range: &Range<usize>| {
        let position = index.position(&text, range.start);
        format!("{}:{}", position.line, position.column)
    };
    let mut done: Vec<Range<usize>> = Vec::new();
    for word in Regex::new(r"[A-Za-z_]\w*").unwrap().find_iter(&text) {
        if done.contains(&word.range()) {
            continue;
        }
        let Some(found) = binding(language, &text, word.start(), &budget) else { continue };
        let others: Vec<String> = found.occurrences.iter().filter(|at| **at != found.definition).map(place).collect();
        let (from, to) = (index.line_of(found.scope.start), index.line_of(found.scope.end));
        writeln!(out, "{:>6} {} {from}-{to}: {}", place(&found.definition), word.as_str(), others.join(" ")).unwrap();
        assert!(found.occurrences.iter().all(|at| !done.contains(at)), "{name}: {} is in two bindings", word.as_str());
        done.extend(found.occurrences);
    }
    expect_file![folder.join(format!("{name}.places"))].assert_eq(&out);

    // Wherever one points, the answers are in themselves sound.
    for offset in (0..=text.len()).step_by(97).filter(|at| text.is_char_boundary(*at)) {
        let ranges = selection(language, &text, offset, &budget);
        assert!(ranges.iter().all(|range| range.start <= offset && offset <= range.end), "{name} at {offset}");
        let grows = |pair: &[Range<usize>]| {
            pair[1].start <= pair[0].start && pair[0].end <= pair[1].end && pair[0].len() < pair[1].len()
        };
        assert!(ranges.windows(2).all(grows), "{name} at {offset}: {ranges:?}");
        assert_eq!(ranges.last(), Some(&(0..text.len())));
        if let Some(found) = name_at(language, &text, offset, &budget) {
            assert_eq!(text[found.range.clone()], found.name);
            assert!(found.range.start <= offset && offset <= found.range.end, "{name} at {offset}");
        }
    }
}

#[test]
fn rust() {
    check("cache.rs");
}

#[test]
fn python() {
    check("inventory.py");
}

#[test]
fn javascript() {
    check("router.js");
}

#[test]
fn typescript() {
    check("store.ts");
}

#[test]
fn tsx() {
    check("panel.tsx");
}

#[test]
fn go() {
    check("scheduler.go");
}

#[test]
fn c() {
    check("ring.c");
}

#[test]
fn cpp() {
    check("geometry.cc");
    check("geometry.h");
}

#[test]
fn java() {
    check("Ledger.java");
}

#[test]
fn lua() {
    check("pool.lua");
}

#[test]
fn shell() {
    check("release.sh");
}

#[test]
fn csharp() {
    check("Orders.cs");
}

#[test]
fn ruby() {
    check("library.rb");
}

#[test]
fn php() {
    check("Mailer.php");
}

#[test]
fn kotlin() {
    check("Wallet.kt");
}

#[test]
fn swift() {
    check("Player.swift");
}

#[test]
fn scala() {
    check("Parser.scala");
}

#[test]
fn zig() {
    check("queue.zig");
}

#[test]
fn elixir() {
    check("cart.ex");
}

#[test]
fn haskell() {
    check("Ledger.hs");
}

#[test]
fn ocaml() {
    check("store.ml");
    check("store.mli");
}

#[test]
fn without_a_grammar_indentation_folds() {
    let text = "function f()\n  if x then\n\n    y()\n  end\nend\n\ntop\n";
    let found = folds(Language::of("a.pl").unwrap(), text, &Budget::default());
    let lines: Vec<(u32, u32)> = found.iter().map(|fold| (fold.from, fold.to)).collect();
    assert_eq!(lines, [(1, 5), (2, 4)]);
}
