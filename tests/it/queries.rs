//! Every query compiles, and what the queries find in realistic files is what people expect to find.

use std::fmt::Write as _;
use std::path::Path;

use expect_test::expect_file;
use spelunk::syntax::{Budget, Language, Names, check_queries, extract_with_uses};

#[test]
fn every_query_compiles() {
    let problems: Vec<String> = Language::with_grammar().filter_map(|language| check_queries(language).err()).collect();
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(Language::with_grammar().count(), 22);
}

/// Compares what is found in `tests/golden/<name>` with `tests/golden/<name>.expect`.
fn check(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    let language = Language::detect(name, &text).unwrap();
    let (found, uses) = extract_with_uses(language, &text, Names::All, &Budget::default());
    assert!(!found.partial, "{name} is small and well-formed");
    let mut out = format!("{}\n", language.name());
    for symbol in &found.symbols {
        let depth = std::iter::successors(symbol.parent, |at| found.symbols[*at].parent).count();
        let (line, from, to) = (symbol.line, symbol.from, symbol.to);
        write!(out, "{line:>4} {from}-{to} {}{:?} {}", "  ".repeat(depth), symbol.kind, symbol.qualified).unwrap();
        writeln!(
            out,
            " | {}{}",
            symbol.signature,
            symbol.doc.as_ref().map_or(String::new(), |doc| format!(" | {doc}"))
        )
        .unwrap();
    }
    out.push_str("uses\n");
    for line in 1..=text.lines().count() as u32 {
        let here: Vec<_> = uses.iter().filter(|found| found.line == line).collect();
        let Some(first) = here.first() else { continue };
        let names: Vec<String> = here
            .iter()
            .map(|found| format!("{}:{}", found.name, format!("{:?}", found.usage).to_lowercase()))
            .collect();
        let within = first.within.map_or("", |at| &found.symbols[at].qualified);
        writeln!(out, "{line:>4} [{within}] {}", names.join(" ")).unwrap();
    }
    expect_file![folder.join(format!("{name}.expect"))].assert_eq(&out);
}

#[test]
fn rust() {
    check("cache.rs");
    check("gated.rs");
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
