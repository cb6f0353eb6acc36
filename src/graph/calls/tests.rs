//! Calls in small trees on a real disk.

use super::*;
use crate::workspace::Workspace;

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

/// One line per edge: the other end, then line, column and confidence of each call.
fn shown(found: &Found<Edge>) -> Vec<String> {
    let call = |call: &crate::graph::CallSite| {
        let sure = match call.confidence {
            Confidence::Exact => "",
            Confidence::Likely => " likely",
            Confidence::Possible => " possible",
        };
        format!("{}:{}{sure}", call.line, call.column)
    };
    let edge = |edge: &Edge| {
        let calls: Vec<String> = edge.calls.iter().map(call).collect();
        format!("{}:{} {} <- {}", edge.path, edge.line, edge.qualified, calls.join(", "))
    };
    found.items.iter().map(edge).collect()
}

impl Tree {
    fn callers(&self, name: &str, expect: &[&str]) -> Found<Edge> {
        let found = callers(&self.snapshot, &self.cache, name, None, &CallsQuery::default(), &Cancel::new()).unwrap();
        assert_eq!(shown(&found), expect, "callers of {name}");
        found
    }

    fn callees(&self, name: &str, expect: &[&str]) -> Found<Edge> {
        let found = callees(&self.snapshot, &self.cache, name, None, &CallsQuery::default(), &Cancel::new()).unwrap();
        assert_eq!(shown(&found), expect, "callees of {name}");
        found
    }
}

const RUST: &[(&str, &str)] = &[
    ("Cargo.toml", "[package]\nname = \"app\"\nedition = \"2024\"\n"),
    (
        "src/lib.rs",
        "pub mod store;\npub mod text;\nuse store::Store;\nuse text::clean;\n\npub fn go(given: &Other) {\n    let store = Store::new();\n    store.save(clean(\"x\"));\n    given.save(1);\n    Vec::new();\n    text::clean(\"y\");\n    go(given);\n}\npub struct Other;\nimpl Other {\n    pub fn save(&self, n: u8) { self.save(n) }\n    pub fn new() -> Self { Self }\n}\n",
    ),
    (
        "src/store.rs",
        "pub struct Store;\nimpl Store {\n    pub fn new() -> Self {\n        crate::text::clean(\"z\");\n        Self\n    }\n    pub fn save(&self, s: String) {\n        Self::new();\n        println!(\"{}\", s);\n        unknown().save(2);\n    }\n}\n",
    ),
    (
        "src/text.rs",
        "pub fn clean(s: &str) -> String {\n    s.to_owned()\n}\n#[cfg(test)]\nmod tests {\n    use super::*;\n    #[test]\n    fn works() { clean(\"\"); super::clean(\"\"); }\n}\n",
    ),
    ("src/apart.rs", "fn clean(s: u8) {}\nfn f() { clean(1); }\nfn g(x: &dyn Any) { x.clean(); }\n"),
];

#[test]
fn rust_paths_imports_and_receivers() {
    let tree = tree(RUST);
    tree.callers(
        "src/text.rs#clean",
        &[
            "src/text.rs:8 tests.works <- 8:18, 8:36",
            "src/lib.rs:6 go <- 8:16, 11:11",
            "src/store.rs:3 Store.new <- 4:22",
        ],
    );
    tree.callers("src/apart.rs#clean", &["src/apart.rs:2 f <- 2:10"]);
    tree.callers("Store::new", &["src/store.rs:7 Store.save <- 8:15", "src/lib.rs:6 go <- 7:24"]);
    let saved = tree.callers("Store.save", &["src/lib.rs:6 go <- 8:11", "src/store.rs:7 Store.save <- 10:19 likely"]);
    assert_eq!(saved.notes, Vec::<String>::new());
    let other = tree.callers(
        "Other.save",
        &[
            "src/lib.rs:6 go <- 9:11",
            "src/lib.rs:16 Other.save <- 16:38",
            "src/store.rs:7 Store.save <- 10:19 possible",
        ],
    );
    assert_eq!(other.items[1].calls[0].text, "pub fn save(&self, n: u8) { self.save(n) }");
    tree.callers("go", &["src/lib.rs:6 go <- 12:5"]);
    tree.callers("Store", &[]);
    tree.callers("nowhere", &[]);
}

#[test]
fn rust_callees() {
    let tree = tree(RUST);
    let found = tree.callees(
        "go",
        &[
            "src/store.rs:3 Store.new <- 7:24",
            "src/store.rs:7 Store.save <- 8:11",
            "src/text.rs:1 clean <- 8:16, 11:11",
            "src/lib.rs:16 Other.save <- 9:11",
            "src/lib.rs:6 go <- 12:5",
        ],
    );
    assert_eq!(found.notes, ["1 name that is called is not defined here: new"]);
    let found = tree.callees("src/store.rs#Store", &[]);
    assert_eq!(found.notes, Vec::<String>::new());
    tree.callees(
        "src/store.rs",
        &[
            "src/text.rs:1 clean <- 4:22",
            "src/store.rs:3 Store.new <- 8:15",
            "src/store.rs:7 Store.save <- 10:19 likely",
        ],
    );
}

#[test]
fn many_types_with_one_name_are_possible_only() {
    let tree = tree(&[
        ("Cargo.toml", "[package]\nname = \"app\"\nedition = \"2024\"\n"),
        ("src/a.rs", "pub struct A;\nimpl A {\n    pub fn enter(&self) {}\n}\n"),
        ("src/b.rs", "pub struct B;\nimpl B {\n    pub fn enter(&self) {}\n}\n"),
        (
            "src/c.rs",
            "fn f() { make().enter(); }\nfn g(b: &B) { b.enter(); }\nfn h() { let a = A::default(); a.enter(); \"\".enter(); }\n",
        ),
        ("src/d.rs", "fn k() { find().enter(); }\n"),
    ]);
    let found = tree.callers(
        "A::enter",
        &["src/c.rs:3 h <- 3:34", "src/c.rs:1 f <- 1:17 possible", "src/d.rs:1 k <- 1:17 possible"],
    );
    let note = "2 calls fit enter by name only; 2 things here have it";
    assert_eq!(found.notes, [note]);
    let callees = tree.callees("k", &["src/a.rs:3 A.enter <- 1:17 possible", "src/b.rs:3 B.enter <- 1:17 possible"]);
    assert_eq!(callees.notes, ["1 name that is called is not defined here: find"]);
}

#[test]
fn a_place_says_which_definition_is_meant() {
    let tree = tree(&[
        ("src/a.c", "static int open_it(void) { return 1; }\nint f(void) { return open_it(); }\n"),
        ("src/b.c", "static int open_it(void) { return 2; }\nint g(void)\n{\n\treturn open_it() + shared();\n}\n"),
        ("src/c.h", "int shared(void);\n"),
        ("src/c.c", "#include \"c.h\"\nint shared(void) { return 3; }\n"),
    ]);
    let ask = |path: &str, line| {
        let site = Site { path: path.to_owned(), line };
        let name = if path.contains("c.h") { "shared" } else { "open_it" };
        shown(&callers(&tree.snapshot, &tree.cache, name, Some(&site), &CallsQuery::default(), &Cancel::new()).unwrap())
    };
    assert_eq!(ask("src/a.c", 1), ["src/a.c:2 f <- 2:22"]);
    assert_eq!(ask("src/b.c", 1), ["src/b.c:2 g <- 4:9"]);
    assert_eq!(ask("src/c.h", 1), ["src/b.c:2 g <- 4:21"]);
    tree.callees("g", &["src/b.c:1 open_it <- 4:9", "src/c.c:2 shared <- 4:21"]);
}

#[test]
fn python_modules_classes_and_files() {
    let tree = tree(&[
        ("app/__init__.py", ""),
        (
            "app/shape.py",
            "class Shape:\n    def __init__(self, n):\n        self.n = n\n    def area(self):\n        return self.scale()\n    def scale(self):\n        return helper(self.n)\n\ndef helper(n):\n    return n\n",
        ),
        (
            "app/use.py",
            "from app.shape import Shape, helper as h\nfrom app import shape\nimport os.path\n\ndef main():\n    s = Shape(1)\n    s.area()\n    shape.helper(2)\n    os.path.join('a')\n\nmain()\nShape(2).area()\n",
        ),
        (
            "app/other.py",
            "import json\n\ndef helper(n): ...\ndef run():\n    helper(1)\n    json.dumps(1)\n\ndef open(x): ...\n",
        ),
        ("app/third.py", "def t():\n    open('x')\n    helper(3)\n"),
    ]);
    tree.callers("Shape", &["app/use.py:5 main <- 6:9", "app/use.py:1 app/use.py <- 12:1"]);
    tree.callers("Shape.__init__", &["app/use.py:5 main <- 6:9", "app/use.py:1 app/use.py <- 12:1"]);
    tree.callers("Shape.area", &["app/use.py:5 main <- 7:7", "app/use.py:1 app/use.py <- 12:10"]);
    tree.callers("Shape.scale", &["app/shape.py:4 Shape.area <- 5:21"]);
    tree.callers("app/shape.py#helper", &["app/shape.py:6 Shape.scale <- 7:16", "app/use.py:5 main <- 8:11"]);
    tree.callers("app/other.py#helper", &["app/other.py:4 run <- 5:5"]);
    tree.callers("app/other.py#open", &[]);
    tree.callers("main", &["app/use.py:1 app/use.py <- 11:1"]);
    tree.callees(
        "main",
        &["app/shape.py:1 Shape <- 6:9", "app/shape.py:4 Shape.area <- 7:7", "app/shape.py:9 helper <- 8:11"],
    );
}

#[test]
fn script_go_java_and_cpp() {
    let tree = tree(&[
        (
            "web/a.ts",
            "import { load, Panel } from './b';\nimport * as b from './b';\nexport function start() {\n  const p = new Panel();\n  p.draw();\n  load();\n  b.load();\n}\nstart();\n",
        ),
        (
            "web/b.ts",
            "export function load() {}\nexport class Panel {\n  constructor() { this.draw(); }\n  draw() {}\n}\n",
        ),
        ("go.mod", "module x.org/m\n"),
        (
            "main.go",
            "package main\n\nimport \"x.org/m/queue\"\n\nfunc main() {\n\tq := queue.New()\n\tq.Push(1)\n\trun()\n}\n",
        ),
        ("run.go", "package main\n\nfunc run() {}\n"),
        (
            "queue/queue.go",
            "package queue\n\ntype Queue struct{}\n\nfunc New() *Queue { return &Queue{} }\n\nfunc (q *Queue) Push(n int) { q.grow() }\n\nfunc (q *Queue) grow() {}\n",
        ),
        ("other/run.go", "package other\n\nfunc run() {}\n\nfunc Go() { run() }\n"),
        (
            "j/p/A.java",
            "package p;\nclass A {\n    A(int n) { }\n    void f() { g(); new B(1).g(); }\n    void g() { }\n}\n",
        ),
        (
            "j/p/B.java",
            "package p;\nclass B {\n    B(int n) { new A(n).f(); }\n    void g() { A a = new A(2); a.g(); }\n}\n",
        ),
        (
            "cpp/box.h",
            "namespace n {\nclass Box {\n public:\n  Box();\n  void Open();\n  void Shut() { Open(); }\n};\n}\n",
        ),
        (
            "cpp/box.cc",
            "#include \"box.h\"\nnamespace n {\nBox::Box() { Open(); }\nvoid Box::Open() {}\nvoid Use(Box* box) { box->Open(); Box other = Box(); }\n}\n",
        ),
    ]);
    tree.callers("load", &["web/a.ts:3 start <- 6:3, 7:5"]);
    tree.callers("Panel", &["web/a.ts:3 start <- 4:17"]);
    tree.callers("Panel.draw", &["web/b.ts:3 Panel.constructor <- 3:24", "web/a.ts:3 start <- 5:5"]);
    tree.callers("start", &["web/a.ts:1 web/a.ts <- 9:1"]);
    tree.callers("queue.New", &["main.go:5 main <- 6:13"]);
    tree.callers("run.go#run", &["main.go:5 main <- 8:2"]);
    tree.callers("other/run.go#run", &["other/run.go:5 Go <- 5:13"]);
    tree.callers("Queue.Push", &["main.go:5 main <- 7:4 likely"]);
    tree.callers("Queue.grow", &["queue/queue.go:7 Queue.Push <- 7:33"]);
    tree.callers("A.g", &["j/p/A.java:4 A.f <- 4:16", "j/p/B.java:4 B.g <- 4:34"]);
    tree.callers("B.g", &["j/p/A.java:4 A.f <- 4:30"]);
    tree.callers("A", &["j/p/B.java:3 B.B <- 3:20", "j/p/B.java:4 B.g <- 4:26"]);
    tree.callers(
        "Box::Open",
        &["cpp/box.cc:3 n.Box.Box <- 3:14", "cpp/box.cc:5 n.Use <- 5:27", "cpp/box.h:6 n.Box.Shut <- 6:17"],
    );
    tree.callees("Use", &["cpp/box.cc:4 n.Box.Open <- 5:27", "cpp/box.cc:3 n.Box.Box <- 5:47"]);
}

#[test]
fn what_cannot_be_called_is_said() {
    let tree = tree(&[("a.ts", "export interface Shape { n: number }\n")]);
    let found = tree.callers("Shape", &[]);
    assert_eq!(found.notes, ["Shape is a interface, which nothing calls; references has its uses"]);
    let cancel = Cancel::new();
    cancel.cancel();
    assert!(callers(&tree.snapshot, &tree.cache, "Shape", None, &CallsQuery::default(), &cancel).is_err());
}

#[test]
fn what_a_name_means_decides_where_the_text_leaves_a_doubt() {
    let tree = tree(&[
        (
            "a.ts",
            "export interface Sink { put(x: number): void }\nexport class File implements Sink { put(x: number) {} }\nexport class Pipe implements Sink { put(x: number) {} }\nexport class Other { put(x: number) {} }\nexport function open(): File { return new File(); }\n",
        ),
        (
            "b.ts",
            "import { open, Sink, Other } from './a';\nfunction f() { open().put(1); }\nfunction g(s: Sink) { s.put(2); }\nfunction h(o?: Other) { o!.put(3); new Map().put(4); }\n",
        ),
    ]);
    tree.callers("File.put", &["b.ts:2 f <- 2:23", "b.ts:3 g <- 3:25 possible"]);
    tree.callers("Pipe.put", &["b.ts:3 g <- 3:25 possible"]);
    tree.callers("Sink.put", &["b.ts:3 g <- 3:25"]);
    tree.callers("Other.put", &["b.ts:4 h <- 4:28"]);
}

#[test]
fn a_method_below_may_run_and_one_beside_does_not() {
    let tree = tree(&[(
        "a.py",
        "class Base:\n    def go(self): pass\n\nclass Left(Base):\n    def go(self): pass\n\nclass Right(Base):\n    def go(self): pass\n\nclass Low(Left):\n    def go(self): pass\n\ndef f(left: Left):\n    left.go()\n",
    )]);
    tree.callers("Left.go", &["a.py:13 f <- 14:10"]);
    tree.callers("Low.go", &["a.py:13 f <- 14:10 possible"]);
    tree.callers("Right.go", &[]);
    tree.callers("Base.go", &[]);
}

#[test]
fn calls_under_the_name_that_an_import_gives() {
    let tree = tree(&[
        ("m.ts", "export function zip() {}\n"),
        ("n.ts", "import { zip as zipped } from './m';\nexport function f(x) { zipped(); x.zipped(); }\n"),
        ("m.py", "def load():\n    pass\n"),
        ("n.py", "from m import load as _load\n\ndef g():\n    _load()\n"),
        ("o.py", "from other import load as _load\n\ndef h():\n    _load()\n"),
    ]);
    tree.callers("zip", &["n.ts:2 f <- 2:24"]);
    tree.callers("load", &["n.py:3 g <- 4:5"]);
}

#[test]
fn rust_calls_go_by_the_types_that_are_inferred() {
    let tree = tree(&[
        ("Cargo.toml", "[package]\nname = \"app\"\nedition = \"2024\"\n"),
        (
            "src/lib.rs",
            "pub struct A;\npub struct B;\nimpl A {\n    fn get(&self) {}\n}\nimpl B {\n    fn get(&self) {}\n}\nfn f(all: Vec<B>) {\n    for one in &all { one.get(); }\n    all.get(0);\n}\nfn test() {}\n#[test]\nfn g() {}\n",
        ),
    ]);
    tree.callers("A.get", &[]);
    tree.callers("B.get", &["src/lib.rs:9 f <- 10:27"]);
    tree.callers("test", &[]);
}

#[test]
fn rust_calls_inside_of_macros_and_under_conditions() {
    let tree = tree(&[
        ("Cargo.toml", "[package]\nname = \"app\"\nedition = \"2024\"\n"),
        (
            "src/lib.rs",
            "mod a;\nmod b;\nuse a::*;\n#[cfg(off)]\nuse b::go;\nfn f() {\n    go();\n    assert_eq!(a::A::default(), a::A);\n}\n",
        ),
        ("src/a.rs", "pub struct A;\nimpl Default for A {\n    fn default() -> Self { A }\n}\npub fn go() {}\n"),
        ("src/b.rs", "pub fn go() {}\n"),
    ]);
    tree.callers("A.default", &["src/lib.rs:6 f <- 8:22"]);
    tree.callers("src/a.rs#go", &["src/lib.rs:6 f <- 7:5 likely"]);
    tree.callers("src/b.rs#go", &["src/lib.rs:6 f <- 7:5 likely"]);
}
