//! That patterns find what tree-sitter's own cursor finds.

use std::collections::BTreeSet;

use expect_test::expect;
use tree_sitter::{QueryCursor, StreamingIterator};

use super::super::compiled::{compiled, query, role};
use super::super::flat;
use super::super::{Budget, Language};
use super::*;

/// Captures of matches, each as pattern, capture and bytes; of both.
fn both(language: Language, text: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let grammar = language.grammar().unwrap();
    let compiled = compiled(grammar);
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&compiled.language).unwrap();
    let tree = parser.parse(text, None).unwrap();
    let (mut ours, mut theirs) = (BTreeSet::new(), BTreeSet::new());
    let shown = |pattern: usize, captures: &mut dyn Iterator<Item = (super::super::compiled::Role, (usize, usize))>| {
        let mut captures: Vec<String> = captures.map(|(role, range)| format!("{role:?}{range:?}")).collect();
        captures.sort();
        format!("{pattern} {}", captures.join(" "))
    };
    for (patterns, texts) in [(&compiled.symbols, grammar.symbols), (&compiled.references, grammar.references)] {
        let (cut, exhausted) = flat::with(&tree, None, compiled, &Budget::default(), |nodes, meter| {
            patterns.find(nodes, text.as_bytes(), None, meter, |matched| {
                let range = |at: At| (nodes[at as usize].start as usize, nodes[at as usize].end as usize);
                let mut captures = matched.captures().map(|(role, at)| (role, range(at)));
                ours.insert(shown(matched.pattern, &mut captures));
            })
        });
        assert!(!cut && !exhausted);
        let (query, roles) = query(&compiled.language, &texts.concat(), role).unwrap();
        let mut cursor = QueryCursor::new();
        let mut matches = cursor.matches(&query, tree.root_node(), text.as_bytes());
        while let Some(matched) = matches.next() {
            let mut captures = matched
                .captures()
                .iter()
                .map(|capture| (roles[capture.index as usize], (capture.node.start_byte(), capture.node.end_byte())));
            theirs.insert(shown(matched.pattern_index, &mut captures));
        }
    }
    (ours, theirs)
}

/// What we find and tree-sitter's cursor does not, which must find nothing else.
fn more(path: &std::path::Path) -> Vec<String> {
    let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    let Some(language) = Language::detect(path.to_str().unwrap(), &text).filter(|language| language.has_grammar())
    else {
        return Vec::new();
    };
    let (ours, theirs) = both(language, &text);
    let missed: Vec<&String> = theirs.difference(&ours).take(5).collect();
    assert!(missed.is_empty(), "{}: {missed:?}", path.display());
    let name = path.file_name().unwrap().to_string_lossy();
    ours.difference(&theirs).map(|found| format!("{name} {found}")).collect()
}

#[test]
fn as_tree_sitter_does() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["tests/golden", "src/syntax", "src/repl", "benches/accuracy"].map(|folder| root.join(folder));
    let entries = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap().flatten());
    let files: Vec<_> = entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    assert!(files.len() > 60, "{}", files.len());
    let mut found: Vec<String> = files.iter().flat_map(|path| more(path)).collect();
    found.sort();
    // The second name in `a, b = 1, 2`: the cursor takes the first for the only one of its field.
    expect![[r#"
        [
            "Parser.scala 24 Definition(Field)(1164, 1209) Name(1181, 1185)",
            "scheduler.go 11 Definition(Constant)(196, 233) Name(205, 211)",
        ]
    "#]]
    .assert_debug_eq(&found);
}

#[test]
fn what_is_not_there_is_an_error() {
    let language = Language::of("a.rs").unwrap();
    let compiled = compiled(language.grammar().unwrap());
    let check = |text: &str, expect: &str| match Patterns::read(&compiled.language, text, role) {
        Ok(_) => panic!("{text} is read"),
        Err(problem) => assert_eq!(problem, expect),
    };
    check("(identifier)? @name", "line 1: quantifiers are not there");
    check("\n(nothing)", "line 2: no node is named nothing");
    check("(call_expression nothing: (identifier))", "line 1: no field is named nothing");
    check("((identifier) (identifier))", "line 1: expected a predicate; groups of siblings are not there");
    check("((identifier) @name (#eq? @name @name))", "line 1: expected a string");
    check("((identifier) @name (#lua-match? @name \"x\"))", "line 1: #lua-match? is not there in this form");
    check("(_expression) @name", "line 1: _expression is a supertype");
    check("(identifier) @unknown", "unknown capture @unknown");
    check("(identifier", "line 1: expected a node");
}
