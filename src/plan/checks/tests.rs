//! Each check over small trees: plans that have the problem, and plans like them that do not.

use super::*;
use crate::plan::MAX_FILES;
use crate::workspace::Workspace;

type Files<'a> = &'a [(&'a str, &'a str)];

fn world(files: Files) -> (tempfile::TempDir, Plan) {
    let tree = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = tree.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let plan = Plan::new(Workspace::open(tree.path()).unwrap().snapshot(), "tidy up");
    (tree, plan)
}

/// `!` for fatal and `?` for others, the check, where.
fn told(plan: &Plan) -> Vec<String> {
    let problems = check_all(plan);
    let place = |problem: &Problem| {
        let line = problem.line.map_or(String::new(), |line| format!(":{line}"));
        format!("{}{line}", problem.path.as_deref().unwrap_or("-"))
    };
    let told = problems
        .iter()
        .map(|problem| format!("{}{} {}", if problem.fatal { "!" } else { "?" }, problem.check, place(problem)));
    let mut told: Vec<String> = told.collect();
    told.dedup();
    told
}

fn check_all(plan: &Plan) -> Vec<Problem> {
    check(plan, &Symbols::default(), &Cancel::new()).unwrap()
}

/// Replaces in one file.
fn edited(path: &str, before: &str, old: &str, new: &str) -> Vec<String> {
    let (_tree, mut plan) = world(&[(path, before)]);
    plan.replace(path, old, new, false).unwrap();
    told(&plan)
}

fn created(path: &str, text: &str) -> Vec<String> {
    let (_tree, mut plan) = world(&[]);
    plan.create(path, text).unwrap();
    told(&plan)
}

/// A rename as a step would do it: everywhere in the files that are named, and noted.
fn renamed(files: Files, path: &str, qualified: &str, new: &str, in_files: &[&str]) -> (tempfile::TempDir, Plan) {
    let (tree, mut plan) = world(files);
    plan.step("rename", "");
    let old = qualified.rsplit('.').next().unwrap();
    for file in in_files {
        let text = plan.read(file).unwrap();
        let edits: Vec<_> = crate::syntax::occurrences(&text, old).map(|range| (range, new.to_owned())).collect();
        plan.splice(file, &edits).unwrap();
    }
    plan.takes_away(Gone {
        step: 1,
        name: old.to_owned(),
        qualified: qualified.to_owned(),
        path: path.to_owned(),
        renamed: Some(new.to_owned()),
        moved: None,
    });
    (tree, plan)
}

#[test]
fn code_parses_no_worse() {
    for (path, before, old, new, expect) in [
        ("a.rs", "fn a() {\n    b();\n}\n", "b();", "b(1);", &[][..]),
        ("a.rs", "fn a() {\n    b();\n}\n", "b();", "b((1);", &["!parse a.rs:2"]),
        ("a.rs", "fn a() {\n    b();\n}\nfn c() {}\n", "    b();\n}\n", "    b();\n", &["!parse a.rs:2"]),
        ("a.rs", "fn a( {}\nfn b() {}\n", "b()", "c(x: u8)", &[]),
        ("a.ts", "const a = { b: 1 };\n", "b: 1", "b: 1, c", &[]),
        ("a.ts", "const a = { b: 1 };\n", "b: 1", "b: ", &["!parse a.ts:1"]),
        ("a.tsx", "const a = <p>x</p>;\n", "</p>", "</q", &["!parse a.tsx:1"]),
        ("a.py", "def a():\n    return 1\n", "return 1", "return (1", &["!parse a.py:2"]),
        ("a.py", "def a():\n    b()\n    return 1\n", "    return", "      return", &["!parse a.py:3"]),
        ("a.py", "def a():\n    b()\n    return 1\n", "    return", "\treturn", &["!parse a.py:3"]),
        ("a.py", "def a():\n    b()\n    return 1\n", "    b()\n", "    if b(): c()\n    d(1,\n  2)\n", &[]),
        ("a.go", "package a\n\nfunc a() {\n\tb()\n}\n", "b()", "b(", &["!parse a.go:4"]),
        ("a.java", "class A {\n  int a;\n}\n", "int a;", "int ;", &["!parse a.java:2"]),
        ("a.c", "int a(void) {\n  return 1;\n}\n", "return 1;", "return (1;", &["!parse a.c:2"]),
        ("a.json", "{\"a\": 1}\n", "1", "1,", &[]),
        ("a.json", "{\"a\": 1}\n", "1", "[1", &["!parse a.json:1"]),
        ("tsconfig.json", "{\n  // c\n  \"a\": 1,\n}\n", "1", "2", &[]),
        ("a.toml", "[a]\nb = 1\n", "1", "", &["!parse a.toml:2", "?style a.toml:2"]),
        ("a.dart", "fun a() {\n}\n", "}", "", &["?parse a.dart:2"]),
        ("a.txt", "a\n", "a", "((", &[]),
    ] {
        assert_eq!(edited(path, before, old, new), expect, "{path} {old:?} -> {new:?}");
    }
    let each = edited("a.c", "int a(void) {\n  return 1;\n}\n", "return 1;", "each(x, y) go(x);\n  return 1;");
    assert!(each.iter().all(|told| told.starts_with('?')), "{each:?}");
    assert_eq!(created("a.rs", "fn a() { b( }\n"), ["!parse a.rs:1"]);
    assert_eq!(created("a.rs", "fn a() { b() }\n"), [""; 0]);
    assert_eq!(created("a.toml", "[a\n"), ["!parse a.toml:1"]);
}

#[test]
fn what_moved_with_its_error_is_as_good_as_before() {
    let (_tree, mut plan) = world(&[("a.rs", "fn a() { b( }\n"), ("c.rs", "fn c() {}\n")]);
    plan.replace("a.rs", "fn a() { b( }\n", "fn d() {}\n", false).unwrap();
    plan.replace("c.rs", "fn c() {}\n", "fn c() {}\nfn a() { b( }\n", false).unwrap();
    assert_eq!(told(&plan), [""; 0]);
}

#[test]
fn placeholders_and_conflicts_are_no_code() {
    let before = "fn a() {\n    one();\n    two();\n}\n";
    for (new, expect) in [
        ("    // ... existing code ...\n", &["!parse a.rs:2"][..]),
        ("    // ...\n", &["?parse a.rs:2"]),
        ("    // one and so on...\n", &[]),
        ("<<<<<<< ours\n    one();\n=======\n    two();\n>>>>>>> theirs\n", &["!parse a.rs:2", "!parse a.rs:6"]),
    ] {
        assert_eq!(edited("a.rs", before, "    one();\n    two();\n", new), expect, "{new:?}");
    }
    let had = "fn a() {\n    // ... existing code ...\n    one();\n}\n";
    assert_eq!(edited("a.rs", had, "one", "two"), [""; 0]);
}

#[test]
fn nothing_is_left_of_a_renamed_name() {
    let rust: Files = &[
        ("Cargo.toml", "[package]\nname = \"x\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"),
        ("src/lib.rs", "mod b;\npub fn first() {}\n\nfn c() {\n    first();\n}\n"),
        ("src/b.rs", "use crate::first;\n\n/// Calls [`first`].\npub fn b() {\n    first();\n}\n"),
    ];
    let (_tree, plan) = renamed(rust, "src/lib.rs", "first", "second", &["src/lib.rs", "src/b.rs"]);
    assert_eq!(told(&plan), [""; 0]);
    let (_tree, plan) = renamed(rust, "src/lib.rs", "first", "second", &["src/lib.rs"]);
    assert_eq!(told(&plan), ["!leftover src/b.rs:1", "!leftover src/b.rs:5", "?leftover src/b.rs:3"]);
    let (_tree, mut plan) = renamed(rust, "src/lib.rs", "first", "second", &["src/lib.rs", "src/b.rs"]);
    plan.replace("src/b.rs", "    second();\n", "    second();\n    first();\n", false).unwrap();
    assert_eq!(told(&plan), ["!leftover src/b.rs:6"]);

    let script: Files = &[
        ("a.ts", "export function first() {}\n"),
        ("b.ts", "import { first } from './a';\nfirst();\n"),
        ("c.ts", "function first() {}\nfirst();\n"),
    ];
    let (_tree, plan) = renamed(script, "a.ts", "first", "second", &["a.ts", "b.ts"]);
    assert_eq!(told(&plan), [""; 0]);
    let (_tree, plan) = renamed(script, "a.ts", "first", "second", &["a.ts"]);
    assert_eq!(told(&plan), ["!leftover b.ts:1", "!leftover b.ts:2"]);

    let python: Files = &[("a.py", "def first():\n    pass\n"), ("b.py", "from a import first\n\nfirst()\n")];
    let (_tree, plan) = renamed(python, "a.py", "first", "second", &["a.py", "b.py"]);
    assert_eq!(told(&plan), [""; 0]);
    let (_tree, plan) = renamed(python, "a.py", "first", "second", &["a.py"]);
    assert_eq!(told(&plan), ["!leftover b.py:1", "!leftover b.py:3"]);

    let c: Files = &[
        ("a.h", "int first(void);\n"),
        ("a.c", "#include \"a.h\"\nint first(void) {\n  return 1;\n}\nint b(void) {\n  return first();\n}\n"),
    ];
    let (_tree, plan) = renamed(c, "a.c", "first", "second", &["a.h", "a.c"]);
    assert_eq!(told(&plan), [""; 0]);
    let (_tree, mut plan) = renamed(c, "a.c", "first", "second", &["a.h", "a.c"]);
    plan.replace("a.c", "return second();", "return first();", false).unwrap();
    assert_eq!(told(&plan), ["!leftover a.c:6"]);
}

#[test]
fn a_method_may_go_where_a_field_is_called_alike() {
    let text =
        "pub struct A {\n    first: u8,\n}\nimpl A {\n    pub fn first(&self) -> u8 {\n        self.first\n    }\n}\n";
    let (_tree, mut plan) = world(&[("src/lib.rs", text)]);
    plan.step("rename", "");
    plan.replace("src/lib.rs", "pub fn first", "pub fn second", false).unwrap();
    plan.takes_away(Gone {
        step: 1,
        name: "first".to_owned(),
        qualified: "A.first".to_owned(),
        path: "src/lib.rs".to_owned(),
        renamed: Some("second".to_owned()),
        moved: None,
    });
    assert_eq!(told(&plan), [""; 0]);
}

#[test]
fn an_edit_that_takes_a_definition_away_has_to_see_to_its_uses() {
    let files: Files = &[
        ("a.py", "def first():\n    pass\n\n\ndef other():\n    pass\n"),
        ("b.py", "from a import first\n\nfirst()\n"),
    ];
    let (_tree, mut plan) = world(files);
    plan.replace("a.py", "def first():\n    pass\n\n\n", "", false).unwrap();
    assert_eq!(told(&plan), ["!leftover b.py:1", "!leftover b.py:3"]);
    plan.replace("b.py", "from a import first\n\nfirst()\n", "from a import other\n\nother()\n", false).unwrap();
    assert_eq!(told(&plan), [""; 0]);
    let (_tree, mut plan) = world(files);
    plan.replace("a.py", "def other():", "def another():", false).unwrap();
    assert_eq!(told(&plan), [""; 0]);
}

#[test]
fn an_alias_may_keep_the_old_name() {
    let files: Files = &[("a.py", "def first():\n    pass\n"), ("b.py", "from a import first\n\nfirst()\n")];
    let (_tree, mut plan) = renamed(files, "a.py", "first", "second", &["a.py"]);
    plan.replace("a.py", "    pass\n", "    pass\n\n\ndef first():\n    second()\n", false).unwrap();
    assert_eq!(told(&plan), [""; 0]);
}

#[test]
fn imports_lead_somewhere() {
    let rust: Files = &[
        ("Cargo.toml", "[package]\nname = \"x\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"),
        ("src/lib.rs", "mod a;\nmod b;\n"),
        ("src/a.rs", "pub struct Thing;\n"),
        ("src/b.rs", "use crate::a::Thing;\n\npub fn b(_: Thing) {}\n"),
    ];
    let (_tree, mut plan) = world(rust);
    plan.move_file("src/a.rs", "src/c.rs").unwrap();
    assert_eq!(told(&plan)[0], "!leftover src/lib.rs:1");
    plan.replace("src/lib.rs", "mod a;", "mod c;", false).unwrap();
    plan.replace("src/b.rs", "crate::a", "crate::c", false).unwrap();
    assert_eq!(told(&plan), [""; 0]);
    let (_tree, mut plan) = world(rust);
    plan.replace("src/lib.rs", "mod b;\n", "mod b;\nmod lost;\n", false).unwrap();
    assert_eq!(told(&plan), ["!leftover src/lib.rs:3"]);

    let script: Files = &[
        ("src/a.ts", "export const a = 1;\n"),
        ("src/b.ts", "import { a } from './a';\nimport { c } from './sub/c';\nexport const b = a + c;\n"),
        ("src/sub/c.ts", "export const c = 1;\n"),
    ];
    let (_tree, mut plan) = world(script);
    plan.move_file("src/a.ts", "src/sub/a.ts").unwrap();
    assert_eq!(told(&plan), ["!leftover src/b.ts:1"]);
    plan.replace("src/b.ts", "'./a'", "'./sub/a'", false).unwrap();
    assert_eq!(told(&plan), [""; 0]);
    plan.move_file("src/b.ts", "src/sub/b.ts").unwrap();
    assert_eq!(told(&plan), ["!leftover src/sub/b.ts:2", "?leftover src/sub/b.ts:1"]);

    let python: Files = &[
        ("p/__init__.py", ""),
        ("p/a.py", "x = 1\n"),
        ("p/b.py", "from .a import x\nfrom p import a\n\nprint(x, a)\n"),
    ];
    let (_tree, mut plan) = world(python);
    plan.remove("p/a.py").unwrap();
    assert!(told(&plan).contains(&"!leftover p/b.py:1".to_owned()));
    plan.replace("p/b.py", "from .a import x\nfrom p import a\n\nprint(x, a)\n", "print(1)\n", false).unwrap();
    assert_eq!(told(&plan), [""; 0]);
}

#[test]
fn new_names_collide_with_nothing() {
    for (path, text, old, new, expect) in [
        ("a.rs", "fn first() {}\nfn second() {}\n", "first", "second", &["!collision a.rs:2"][..]),
        ("a.rs", "fn first() {}\n#[cfg(test)]\nfn second() {}\n", "first", "second", &[]),
        ("a.rs", "fn first() {}\nstruct second {}\n", "first", "second", &[]),
        (
            "a.rs",
            "struct A;\nimpl A {\n    fn first(&self) {}\n}\nimpl A {\n    fn second(&self) {}\n}\n",
            "first",
            "second",
            &["!collision a.rs:6"],
        ),
        (
            "a.rs",
            "struct A;\ntrait B { fn second(&self); }\nimpl A {\n    fn first(&self) {}\n}\nimpl B for A {\n    fn second(&self) {}\n}\n",
            "first",
            "second",
            &[],
        ),
        ("a.ts", "class A {\n  first() {}\n  second() {}\n}\n", "first", "second", &["!collision a.ts:3"]),
        ("a.ts", "class A {\n  first() {}\n  static second() {}\n}\n", "first", "second", &[]),
        ("a.ts", "function first(): void;\nfunction first(a?: number): void {}\n", "first", "second", &[]),
        ("a.ts", "interface first {}\ninterface second {}\n", "first", "second", &[]),
        ("a.ts", "import { second } from 'x';\nconst first = 1;\n", "first", "second", &["!collision a.ts:2"]),
        ("a.ts", "import { second as third } from 'x';\nconst first = 1;\n", "first", "second", &[]),
        (
            "a.py",
            "class A:\n    def first(self):\n        pass\n\n    def second(self):\n        pass\n",
            "first",
            "second",
            &["!collision a.py:5"],
        ),
        (
            "a.py",
            "class A:\n    @property\n    def first(self):\n        pass\n\n    @first.setter\n    def first(self, x):\n        pass\n",
            "first",
            "second",
            &[],
        ),
        (
            "a.py",
            "try:\n    def first():\n        pass\nexcept X:\n    def second():\n        pass\n",
            "first",
            "second",
            &[],
        ),
        ("a.go", "package a\n\nfunc first() {}\n\nfunc second() {}\n", "first", "second", &["!collision a.go:5"]),
        (
            "a.go",
            "package a\n\ntype A struct{}\n\ntype B struct{}\n\nfunc (A) first() {}\n\nfunc (B) second() {}\n",
            "first",
            "second",
            &[],
        ),
        (
            "a.c",
            "int first(void) { return 1; }\nint second(void) { return 2; }\n",
            "first",
            "second",
            &["!collision a.c:2"],
        ),
        ("a.cpp", "int first(int a) { return 1; }\nint second(long a) { return 2; }\n", "first", "second", &[]),
        ("A.java", "class A {\n  void first(int a) {}\n  void second(int b, int c) {}\n}\n", "first", "second", &[]),
        ("A.java", "class A {\n  int first;\n  int second;\n}\n", "first", "second", &["!collision A.java:3"]),
    ] {
        let (_tree, mut plan) = world(&[(path, text)]);
        plan.replace(path, old, new, true).unwrap();
        let mut told = told(&plan);
        told.retain(|told| told.contains("collision"));
        assert_eq!(told, expect, "{path} {text}");
    }
    let go: Files = &[("p/a.go", "package p\n\nfunc first() {}\n"), ("p/b.go", "package p\n\nfunc second() {}\n")];
    let (_tree, plan) = renamed(go, "p/a.go", "first", "second", &["p/a.go"]);
    assert!(told(&plan).contains(&"!collision p/a.go:3".to_owned()), "{:?}", told(&plan));
}

#[test]
fn renamed_uses_keep_their_meaning() {
    for (path, text, expect) in [
        ("a.rs", "fn first() {}\nfn b(second: u8) {\n    first();\n}\n", &["!collision a.rs:3"][..]),
        ("a.rs", "fn first() {}\nfn b(third: u8) {\n    first();\n}\n", &[]),
        ("a.ts", "function first() {}\nfunction b(second: number) {\n  first();\n}\n", &["!collision a.ts:3"]),
        ("a.py", "def first():\n    pass\n\n\ndef b(second):\n    first()\n", &["!collision a.py:6"]),
        ("a.go", "package a\n\nfunc first() {}\n\nfunc b(second int) {\n\tfirst()\n}\n", &["!collision a.go:6"]),
        ("a.c", "void first(void) {}\nvoid b(int second) {\n  first();\n}\n", &["!collision a.c:3"]),
    ] {
        let (_tree, plan) = renamed(&[(path, text)], path, "first", "second", &[path]);
        assert_eq!(told(&plan), expect, "{path} {text}");
    }
    for (path, text, new) in [
        ("a.rs", "fn first() {}\n", "match"),
        ("a.py", "def first():\n    pass\n", "class"),
        ("a.ts", "function first() {}\n", "new"),
        ("a.ts", "function first() {}\n", "a-b"),
    ] {
        let (_tree, plan) = renamed(&[(path, text)], path, "first", new, &[path]);
        assert!(check_all(&plan).iter().any(|problem| problem.fatal && problem.check == "collision"), "{path} {new}");
    }
}

#[test]
fn style_is_kept() {
    let spaces = "fn a() {\n    b();\n    c();\n}\nfn d() {\n    b();\n    c();\n}\nfn e() {\n    b();\n}\nfn f() {\n    g();\n}\n";
    for (path, before, old, new, expect) in [
        ("a.txt", "a\nb\nc\n", "b\n", "b\r\n", &["!style a.txt:2"][..]),
        ("a.txt", "a\r\nb\nc\r\n", "b", "d", &[]),
        ("a.txt", "a\nb\n", "b\n", "b", &["?style a.txt:2"]),
        ("a.txt", "a\nb", "a", "c", &[]),
        ("a.txt", "a\nb\n", "b", "b  ", &["?style a.txt:2"]),
        ("a.md", "a\nb\n", "b", "b  ", &[]),
        ("a.txt", "a  \nb\n", "b", "c", &[]),
        ("a.rs", spaces, "    g();", "\tg();", &["?style a.rs:13"]),
        ("a.rs", spaces, "    g();", "    g();\n    h();", &[]),
        ("a.rs", spaces, "    g();", "  g();", &["?style a.rs:13"]),
        ("a.txt", "ab\n", "b", "\u{feff}b", &["?style a.txt:1"]),
    ] {
        assert_eq!(edited(path, before, old, new), expect, "{path} {old:?} -> {new:?}");
    }
    assert_eq!(created("a.txt", "a\r\nb\n"), ["!style a.txt:2"]);
    assert_eq!(created("a.txt", "a"), ["?style a.txt:1"]);
}

#[test]
fn what_is_written_anew_is_told() {
    let lines = |from: u32, to: u32| (from..to).map(|n| format!("line {n}\n")).collect::<String>();
    let text = lines(0, 300);
    assert_eq!(edited("a.txt", &text, &text, &text.replace("line 7\n", "line x\n")), ["?size a.txt:1"]);
    assert_eq!(edited("a.txt", &text, &lines(0, 100), ""), ["?size a.txt:1"]);
    assert_eq!(edited("a.txt", &text, &lines(0, 50), ""), [""; 0]);
    assert_eq!(edited("a.txt", &text, "line 7\n", "line x\n"), [""; 0]);
    let short = lines(0, 100);
    assert_eq!(edited("a.txt", &short, &short, "x\n"), [""; 0]);
}

#[test]
fn messages_say_where_and_what_to_do() {
    let (_tree, plan) = renamed(
        &[("a.ts", "export function first() {}\n"), ("b.ts", "import { first } from './a';\nfirst();\n")],
        "a.ts",
        "first",
        "second",
        &["a.ts"],
    );
    let problem = check_all(&plan).remove(1);
    assert_eq!(problem.message, "`first();` still names `first`, which is called `second` now; write `second` there");
    assert_eq!((problem.step, problem.line), (Some(1), Some(2)));
    let (_tree, mut plan) = world(&[("a.rs", "fn a() {\n    b();\n}\n")]);
    plan.replace("a.rs", "b();", "if b() {", false).unwrap();
    let problem = check_all(&plan).remove(0);
    let expect = "the file has 1 more `{` than `}`; mend the code there";
    assert!(problem.message.ends_with(expect), "{}", problem.message);
}

#[test]
fn checking_again_gives_the_same() {
    let files: Files =
        &[("a.ts", "export function first() {}\n"), ("b.ts", "import { first } from './a';\nfirst();\n")];
    let (_tree, mut plan) = renamed(files, "a.ts", "first", "second", &["a.ts"]);
    let (checker, cache, cancel) = (Checker::default(), Symbols::default(), Cancel::new());
    let first = checker.check(&plan, &cache, &cancel).unwrap();
    assert_eq!(checker.check(&plan, &cache, &cancel).unwrap(), first);
    plan.replace("b.ts", "first", "second", true).unwrap();
    assert_eq!(checker.check(&plan, &cache, &cancel).unwrap(), []);
    plan.replace("b.ts", "second();", "second(;", false).unwrap();
    assert_eq!(checker.check(&plan, &cache, &cancel).unwrap(), check_all(&plan));
    let cancelled = Cancel::new();
    cancelled.cancel();
    assert!(matches!(check(&plan, &cache, &cancelled), Err(PlanError::Cancelled | PlanError::Graph(_))));
}

#[cfg(unix)]
#[test]
fn a_document_from_elsewhere_is_believed_nothing() {
    let (tree, mut plan) =
        world(&[("a.txt", "one\ntwo\n"), ("b.txt", "bee\n"), ("c.rs", "fn c() {}\n"), (".ignore", "*.log\n")]);
    std::os::unix::fs::symlink("/tmp", tree.path().join("out")).unwrap();
    plan.replace("a.txt", "two", "2", false).unwrap();
    plan.move_file("b.txt", "d.txt").unwrap();
    plan.replace("c.rs", "c()", "d(", false).unwrap();
    let sound = plan.document();
    let told = |change: &dyn Fn(&mut Document)| -> Vec<String> {
        let mut document = sound.clone();
        change(&mut document);
        let found = check_document(&document, plan.base(), &Symbols::default(), &Cancel::new()).unwrap();
        found
            .into_iter()
            .filter(|problem| problem.fatal && problem.check == "jail")
            .map(|problem| problem.message)
            .collect()
    };
    assert_eq!(told(&|_| {}), [""; 0]);
    let all = check_document(&sound, plan.base(), &Symbols::default(), &Cancel::new()).unwrap();
    assert!(all.iter().any(|problem| problem.fatal && problem.check == "parse"));
    for path in
        ["../x", "/etc/passwd", ".git/hooks/x", "sub/.GIT./x", ".env", "out/x", "x.log", "a.txt", "A.TXT", "./x"]
    {
        assert!(!told(&|document| document.files[2].after = Some(path.to_owned())).is_empty(), "{path}");
    }
    for (change, expect) in [
        (&(|document: &mut Document| document.version = 9) as &dyn Fn(&mut Document), "version"),
        (&|document| document.files[0].hash = None, "another text"),
        (&|document| document.files[0].edits[0].start += 1, "another text than stands there"),
        (&|document| document.files[0].edits[0].start = usize::MAX, "another text than stands there"),
        (&|document| document.files[0].edits[0].line = 7, "is in line 2"),
        (&|document| document.files[0].edits[0].steps = vec![5], "no step 5"),
        (&|document| document.files[0].bom = true, "byte order mark"),
        (&|document| document.files[0].after = None, "do not say so"),
        (&|document| document.files[0].before = None, "there is a.txt already"),
        (&|document| document.files.push(document.files[0].clone()), "twice"),
        (&|document| document.files = vec![document.files[0].clone(); MAX_FILES + 1], "limit"),
    ] {
        let told = told(change);
        assert!(told.iter().any(|told| told.contains(expect)), "{expect}: {told:?}");
    }
}
