//! Questions asked of small trees on a real disk.

use super::*;
use crate::cancel::Cancel;
use crate::syntax::{Kind, Usage};
use crate::workspace::{Snapshot, Workspace};

struct Tree {
    _folder: tempfile::TempDir,
    snapshot: Snapshot,
    cache: Symbols,
}

fn tree(files: &[(&str, &str)]) -> Tree {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let snapshot = Workspace::open(folder.path()).unwrap().snapshot();
    Tree { _folder: folder, snapshot, cache: Symbols::default() }
}

impl Tree {
    fn definition(&self, name: &str) -> Vec<String> {
        let found = definition(&self.snapshot, &self.cache, name, None, 100, &Cancel::new()).unwrap();
        assert_eq!(found.total, found.items.len());
        found.items.iter().map(|item| format!("{}:{} {}", item.path, item.line, item.qualified)).collect()
    }

    fn references(&self, name: &str, query: &ReferencesQuery) -> Vec<String> {
        self.references_at(name, None, query)
    }

    fn references_at(&self, name: &str, at: Option<&Site>, query: &ReferencesQuery) -> Vec<String> {
        let found = references(&self.snapshot, &self.cache, name, at, query, &Cancel::new()).unwrap();
        let shown = |item: &Reference| {
            let within = item.within.as_deref().unwrap_or("-");
            format!("{}:{}:{} {:?} {:?} {within}", item.path, item.line, item.column, item.kind, item.confidence)
        };
        found.items.iter().map(shown).collect()
    }

    fn symbols(&self, query: &str) -> Vec<String> {
        let query: SymbolsQuery = serde_json::from_str(query).unwrap();
        let found = symbols(&self.snapshot, &self.cache, &Surveys::default(), &query, &Cancel::new()).unwrap();
        found.items.iter().map(|item| format!("{}:{} {}", item.path, item.line, item.qualified)).collect()
    }
}

const RUST: &[(&str, &str)] = &[
    ("src/a.rs", "pub struct Foo;\nimpl Foo {\n    pub fn new() -> Self {\n        Foo\n    }\n}\n"),
    ("src/b.rs", "pub struct Bar;\nimpl Bar {\n    pub fn new() -> Self { Bar }\n}\npub fn only() {}\n"),
    ("src/main.rs", "use a::Foo;\nmod a;\nfn main() {\n    let foo = Foo::new();\n    b::only();\n}\n"),
    ("tests/a.rs", "fn new() {}\n"),
    ("notes.md", "Call `only` first.\n"),
];

#[test]
fn ambiguous_names_list_every_definition_own_code_first() {
    let tree = tree(RUST);
    assert_eq!(tree.definition("new"), ["src/a.rs:3 Foo.new", "src/b.rs:3 Bar.new", "tests/a.rs:1 new"]);
}

#[test]
fn qualifiers_narrow_by_nesting_then_by_path() {
    let tree = tree(RUST);
    assert_eq!(tree.definition("Bar::new"), ["src/b.rs:3 Bar.new"]);
    assert_eq!(tree.definition("crate::b::only()"), ["src/b.rs:5 only"]);
    assert_eq!(tree.definition("src/a.rs#new"), ["src/a.rs:3 Foo.new"]);
    assert_eq!(tree.definition("src#new"), ["src/a.rs:3 Foo.new", "src/b.rs:3 Bar.new"]);
    assert_eq!(tree.definition("Nowhere.new"), Vec::<String>::new());
    assert_eq!(tree.definition("absent"), Vec::<String>::new());
}

#[test]
fn a_place_to_ask_from_comes_first() {
    let tree = tree(RUST);
    let site = Site { path: "tests/a.rs".to_owned(), line: 1 };
    let found = definition(&tree.snapshot, &tree.cache, "new", Some(&site), 1, &Cancel::new()).unwrap();
    assert_eq!((found.items[0].path.as_str(), found.total, found.truncated), ("tests/a.rs", 3, true));
}

#[test]
fn what_is_no_name_is_refused() {
    let tree = tree(RUST);
    let error = definition(&tree.snapshot, &tree.cache, "()", None, 1, &Cancel::new()).unwrap_err();
    assert_eq!(error.to_string(), "\"()\" is not a name; give an identifier, Outer.name or path#name");
}

#[test]
fn definitions_come_before_prototypes() {
    let tree = tree(&[
        ("include/x.h", "struct box;\nint open_box(struct box *b);\nstruct box { int lid; };\n"),
        ("lib/deep/x.c", "#include \"x.h\"\nint open_box(struct box *b)\n{\n\treturn b->lid;\n}\n"),
    ]);
    assert_eq!(tree.definition("open_box"), ["lib/deep/x.c:2 open_box", "include/x.h:2 open_box"]);
    assert_eq!(tree.definition("struct box"), ["include/x.h:3 box", "include/x.h:1 box"]);
    assert_eq!(tree.definition("lid"), ["include/x.h:3 box.lid"]);
}

#[test]
fn system_calls_are_found_by_the_name_of_their_entry() {
    let tree = tree(&[
        ("fs/read.c", "SYSCALL_DEFINE2(peek, int, fd, char __user *, buf)\n{\n\treturn fd;\n}\n"),
        ("include/calls.h", "long sys_peek(int fd, char __user *buf);\n"),
    ]);
    assert_eq!(tree.definition("sys_peek"), ["fs/read.c:1 peek", "include/calls.h:1 sys_peek"]);
}

#[test]
fn references_say_how_sure_they_are() {
    let tree = tree(RUST);
    let all = ReferencesQuery::default();
    assert_eq!(tree.references("only", &all), ["src/main.rs:5:8 Call Exact main", "notes.md:1:7 Read Possible -"]);
    assert_eq!(tree.references("Foo::new", &all), ["src/main.rs:4:20 Call Likely main"]);
    let imports = ReferencesQuery { kind: Some(Usage::Import), ..ReferencesQuery::default() };
    assert_eq!(tree.references("Foo", &imports), ["src/main.rs:1:8 Import Exact -"]);
    let below = ReferencesQuery { path: Some("src/a.rs".to_owned()), ..ReferencesQuery::default() };
    assert_eq!(tree.references("Foo", &below), ["src/a.rs:2:6 Type Exact -", "src/a.rs:4:9 Read Exact Foo.new"]);
}

#[test]
fn symbols_by_part_of_their_name_best_first() {
    let tree =
        tree(&[("m.py", "class Reader:\n    def read(self): ...\n    def unread(self): ...\ndef re_add(): ...\n")]);
    let found = tree.symbols(r#"{"name": "read"}"#);
    assert_eq!(found, ["m.py:2 Reader.read", "m.py:1 Reader", "m.py:3 Reader.unread", "m.py:4 re_add"]);
    assert_eq!(tree.symbols(r#"{"name": "READ", "kind": "class"}"#), ["m.py:1 Reader"]);
    assert_eq!(tree.symbols(r#"{"name": "read", "exact": true}"#), ["m.py:2 Reader.read"]);
    assert_eq!(tree.symbols(r#"{"path": "m.py", "kind": ["function"]}"#), ["m.py:4 re_add"]);
    assert_eq!(tree.symbols(r#"{"path": "elsewhere"}"#), Vec::<String>::new());
}

#[test]
fn outlines_nest() {
    let tree = tree(RUST);
    let found = outline(&tree.snapshot, &tree.cache, "src/main.rs").unwrap();
    assert_eq!(found.items.iter().map(|item| item.kind).collect::<Vec<_>>(), [Kind::Declaration, Kind::Function]);
    let nested = self::tree(&[("a.py", "class A:\n    class B:\n        x = 1\n    def f(self): ...\ny = 2\n")]);
    let found = outline(&nested.snapshot, &nested.cache, "a.py").unwrap();
    let json = serde_json::to_value(&found.items).unwrap();
    assert_eq!(json[0]["children"][0]["children"][0]["qualified"], "A.B.x");
    assert_eq!(json[0]["children"][1]["name"], "f");
    assert_eq!((json[1]["name"].as_str(), json[1].get("children"), found.total), (Some("y"), None, 5));
    let notes = outline(&tree.snapshot, &tree.cache, "notes.md").unwrap().notes;
    assert_eq!(notes, ["notes.md: definitions are not known for this type of file"]);
}

#[test]
fn cancelled_questions_stop() {
    let tree = tree(RUST);
    let cancel = Cancel::new();
    cancel.cancel();
    assert!(definition(&tree.snapshot, &tree.cache, "new", None, 10, &cancel).is_err());
    assert!(references(&tree.snapshot, &tree.cache, "new", None, &ReferencesQuery::default(), &cancel).is_err());
    assert!(symbols(&tree.snapshot, &tree.cache, &Surveys::default(), &SymbolsQuery::default(), &cancel).is_err());
}

#[test]
fn prose_comes_behind_code() {
    let tree = tree(&[
        ("CHANGELOG.md", "- `Cell::new` is faster\n"),
        ("src/cell.rs", "pub struct Cell;\nimpl Cell {\n    pub fn new() -> Self { Cell }\n}\n"),
        ("src/other.rs", "pub struct Other;\nimpl Other {\n    pub fn new() -> Self { Other }\n}\n"),
        ("src/use.rs", "fn f() { make(Unknown::new()) }\n"),
    ]);
    let found = tree.references("Cell.new", &ReferencesQuery::default());
    assert_eq!(found, ["src/use.rs:1:24 Call Possible f", "CHANGELOG.md:1:10 Read Possible -"]);
}

#[test]
fn a_function_is_not_meant_where_its_name_stands_before_colons() {
    let tree = tree(&[
        ("src/parse.rs", "pub fn parse<T>() {}\npub fn count() {}\n"),
        ("src/main.rs", "mod parse;\nfn main() {\n    parse::count();\n    parse::parse::<u8>();\n}\n"),
    ]);
    let found = tree.references("src/parse.rs#parse", &ReferencesQuery::default());
    assert_eq!(found, ["src/main.rs:4:12 Call Exact main"]);
}

#[test]
fn similar_names_are_said_to_be_no_more() {
    let tree = tree(&[("m.py", "def reader(): ...\n")]);
    let asked = |name: &str| {
        let query = SymbolsQuery { name: Some(name.to_owned()), ..SymbolsQuery::default() };
        let found = symbols(&tree.snapshot, &tree.cache, &Surveys::default(), &query, &Cancel::new()).unwrap();
        (found.items.len(), found.truncated, found.notes)
    };
    let note = "no definition is named read; these are similar".to_owned();
    assert_eq!(asked("read"), (1, false, vec![note]));
    assert_eq!(asked("reader"), (1, false, Vec::new()));
    assert_eq!(asked("absent"), (0, false, Vec::new()));
}

#[test]
fn of_names_that_fit_alike_the_most_imported_come_first() {
    let tree = tree(&[
        ("src/a/aaa.py", "def load_one():\n    pass\n"),
        ("src/a/zzz.py", "def load_two():\n    pass\n"),
        ("src/main.py", "from .a import zzz\n"),
        ("tests/test_x.py", "def load_test():\n    pass\n"),
    ]);
    let query = SymbolsQuery { name: Some("load".to_owned()), ..SymbolsQuery::default() };
    let found = symbols(&tree.snapshot, &tree.cache, &Surveys::default(), &query, &Cancel::new()).unwrap();
    let names: Vec<&str> = found.items.iter().map(|item| item.name.as_str()).collect();
    assert_eq!(names, ["load_two", "load_one", "load_test"]);
}

#[test]
fn what_is_inside_of_a_function_is_used_there() {
    let tree = tree(&[
        (
            "a.py",
            "class C: ...\ndef f():\n    class C: ...\n    return C()\ndef g():\n    class C: ...\n    C()\ndef h(): C()\n",
        ),
        ("b.py", "from a import C\nC()\n"),
    ]);
    let query = ReferencesQuery::default();
    assert_eq!(tree.references("f.C", &query), ["a.py:4:12 Call Exact f"]);
    assert_eq!(tree.references("g.C", &query), ["a.py:7:5 Call Exact g"]);
    let top = Site { path: "a.py".to_owned(), line: 1 };
    let found = tree.references_at("C", Some(&top), &query);
    assert_eq!(found, ["a.py:8:10 Call Exact h", "b.py:1:15 Import Likely -", "b.py:2:1 Call Likely -"]);
}

#[test]
fn uses_of_types_go_by_what_their_names_mean() {
    let tree = tree(&[
        ("Cargo.toml", "[package]\nname = \"a\"\nedition = \"2021\"\n"),
        (
            "src/lib.rs",
            "pub struct A;\nimpl std::str::FromStr for A {\n    type Err = u8;\n    fn from_str(text: &str) -> Result<Self, Self::Err> { Err(1) }\n}\n",
        ),
        ("path.py", "import pathlib\nclass Path: ...\ndef f(): return pathlib.Path(), Path()\n"),
    ]);
    let query = ReferencesQuery::default();
    assert_eq!(tree.references("A.Err", &query), ["src/lib.rs:4:51 Type Exact A.from_str"]);
    assert_eq!(tree.references("Path", &query), ["path.py:3:33 Call Exact f"]);
}
