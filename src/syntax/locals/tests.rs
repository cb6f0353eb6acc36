//! What is bound to what, language by language. In the texts `«name»` marks all that means one variable; its
//! definition is the first one, or `«*name»`. In `check_none` it marks what is no local name.

use super::super::{Budget, Language};
use super::binding;

/// The text without marks, the marked ranges, and which of them is the definition.
fn marks(marked: &str) -> (String, Vec<std::ops::Range<usize>>, usize) {
    let (mut text, mut ranges, mut start, mut definition) = (String::new(), Vec::new(), usize::MAX, 0);
    for c in marked.chars() {
        match c {
            '«' => start = text.len(),
            '»' => ranges.push(start..text.len()),
            '*' if start == text.len() => definition = ranges.len(),
            c => text.push(c),
        }
    }
    (text, ranges, definition)
}

fn check(path: &str, marked: &str) {
    let (text, expect, definition) = marks(marked);
    let language = Language::of(path).unwrap();
    assert!(!expect.is_empty());
    for mark in &expect {
        for offset in [mark.start, mark.end] {
            let found = binding(language, &text, offset, &Budget::default());
            let found = found.unwrap_or_else(|| panic!("{path} {marked}: nothing at {offset}"));
            assert_eq!(
                (&found.definition, &found.occurrences),
                (&expect[definition], &expect),
                "{path} {marked}: {found:?}"
            );
            assert!(expect.iter().all(|mark| found.scope.start <= mark.start && mark.end <= found.scope.end));
        }
    }
}

fn check_none(path: &str, marked: &str) {
    let (text, marks, _) = marks(marked);
    let language = Language::of(path).unwrap();
    assert!(!marks.is_empty());
    for mark in marks {
        assert_eq!(binding(language, &text, mark.start, &Budget::default()), None, "{path} {marked}");
    }
}

#[test]
fn rust() {
    check("a.rs", "fn f(«x»: u8) -> u8 { g(«x», |y| y + «x») }");
    check("a.rs", "fn f(«x»: u8) { let x = «x» + 1; x }");
    check("a.rs", "fn f(x: u8) { let «x» = x + 1; { let x = «x»; x; } «x» }");
    check("a.rs", "fn f() { if let Some(«x») = x { «x» } x }");
    check("a.rs", "fn f(«o»: O) { let Some(o) = «o» else { return }; o }");
    check("a.rs", "fn f() { for («i», x) in i { «i» + x.i; } }");
    check("a.rs", "fn f() { while let Some(«x») = next() { use_it(«x») } }");
    check("a.rs", "fn f(v: V) { match v { A { «x», .. } if «x» > 1 => «x», B { y: x } => x, _ => 0 } }");
    check("a.rs", "fn f() { let «x» = 1; println!(\"{}\", «x»); a.x; x::y; m!(b.x) }");
    check("a.rs", "fn f() { let c = |«a», b: u8| «a» + b; }");
    check("a.rs", "fn f() { «g»(); fn «*g»() { g2() } let v = «g»; }");
    check("a.rs", "fn f() { const «N»: u8 = 1; [0; «N»]; }");
    check("a.rs", "fn f(«x»: u8) -> S { S { «x», y: «x» } }");
    check("a.rs", "impl A { fn f(&self, «len»: usize) { self.len + «len»; self.len() } }");
    check_none("a.rs", "fn «f»() { «g»(); «X»; match o { «None» => 1, _ => 2 } }");
    check_none("a.rs", "static «X»: u8 = 1; mod m { fn «f»() {} } impl A { fn «g»(&self) { self.«x» } }");
    check_none("a.rs", "fn f() { impl A { fn «m»(&self) {} } «m»() }");
    check_none("a.rs", "// x\nfn f(x: u8) { /* «x» */ }");
}

#[test]
fn python() {
    check("a.py", "def f(«x», y=1):\n    «x» = «x» + y\n    return [«x» for y in z]\n");
    check("a.py", "def f(«x»):\n    return [y for y in «x»]\n");
    check("a.py", "def f(«y»):\n    return [y for y in x], «y»\n");
    check("a.py", "def f():\n    for «a», b in c:\n        print(«a», o.a, a=«a»)\n");
    check(
        "a.py",
        "def f():\n    with o() as «h»:\n        «h».read()\n    try:\n        pass\n    except E as e:\n        e\n",
    );
    check("a.py", "def f():\n    try:\n        pass\n    except E as «e»:\n        «e»\n");
    check("a.py", "def f():\n    if («n» := g()):\n        return f'{«n»} n'\n");
    check("a.py", "def f(*«args», **kw):\n    def g():\n        return «args»\n    return g\n");
    check("a.py", "def f():\n    «n» = 0\n    def g():\n        nonlocal «n»\n        «n» += 1\n");
    check("a.py", "def f():\n    def «g»(): pass\n    return «g»()\n");
    check("a.py", "f = lambda «a», b=1: «a» + b\n");
    check("a.py", "def f(a: int, «b»: str = '', *, c):\n    self.b, d = «b», 1\n");
    check_none("a.py", "n = 1\ndef f():\n    global «n»\n    «n» += 1\n");
    check_none("a.py", "class A:\n    «x» = 1\n    def «get»(self):\n        return self.«x» + «x»\n");
    check_none("a.py", "def «f»():\n    import «os»\n    return «os».path\n");
}

#[test]
fn javascript_and_typescript() {
    for path in ["a.js", "a.ts", "a.tsx"] {
        check(path, "function f(«a», b = «a») { return () => «a» + o.a + { a: «a» }; }");
        check(path, "function f() { const { x: «a», b } = o; return { «a», x: b }; }");
        check(path, "function f() { const { «a» = 1, ...rest } = o; return { «a» }; }");
        check(path, "function f() { if (1) { var «v» = 1; } return «v»; }");
        check(path, "function f(v) { if (1) { let «v» = 1; «v»++; } return v; }");
        check(path, "function f() { for (const «k» of o) { g(«k»); } for (const k in o) {} }");
        check(path, "function f() { try {} catch («e») { throw «e»; } }");
        check(path, "const f = «x» => «x» * 2;");
        check(path, "function f() { return «g»(); function «*g»() {} }");
        check(path, "const f = function «self»() { return «self»; };");
        check(path, "class A { m(«p») { this.p = «p»; } }");
        check(path, "function f([«a», , b], ...c) { [«a», b] = c; }");
        check_none(path, "const «top» = 1; function «f»() { return «top» + «g»() + o.«p»; }");
        check_none(path, "class A { «m»() { return this.«m»; } }");
    }
    check("a.ts", "function f(«a»: A, b?: number, c = 1): A { return «a» as A; }");
    check_none("a.ts", "namespace N { export const «o» = 1; function «f»() { return «o»; } }");
    check("a.ts", "class A { constructor(private «dep»: Dep) { use(«dep»); } }");
    check("a.tsx", "function F({ «title», n = 1 }: Props) { return <a href={«title»}>{«title»}</a>; }");
}

#[test]
fn go() {
    check("a.go", "package p\nfunc f(«a» int) int { return «a» + s.a }\n");
    check(
        "a.go",
        "package p\nfunc (r *R) f() (n int, «err» error) { x, «err» := g(); y, «err» := h(); return x, «err» }\n",
    );
    check("a.go", "package p\nfunc f() { if «err» := g(); «err» != nil { log(«err») }; err() }\n");
    check("a.go", "package p\nfunc f(t []T) { for _, «x» := range t { x := «x»; g(x) } }\n");
    check("a.go", "package p\nfunc f() { var «v» T; go func() { use(«v») }(); T{v: «v»} }\n");
    check("a.go", "package p\nfunc f(i any) { switch «x» := i.(type) { case int: g(«x») } }\n");
    check("a.go", "package p\nfunc f() { select { case «m» := <-c: g(«m») } }\n");
    check_none("a.go", "package p\nfunc f() { for «_», x := range y { «_» = x } }\n");
    check_none("a.go", "package p\nvar «x» = 1\nfunc «f»() { «x»++; «g»(); s.«y» = T{«k»: 1} }\n");
}

#[test]
fn c_and_cpp() {
    for path in ["a.c", "a.cc"] {
        check(path, "int f(struct s *«p», int n) { return «p»->p + n; }");
        check(path, "void f(void) { int *«a»[3], b = 1; «a»[0] = &b; { int a; a = 1; } }");
        check(path, "void f(int i) { for (int «i» = 0; «i» < 3; «i»++) g(«i»); i = 1; }");
        check(path, "void f(void) { int «x»; int g(int); «x» = g(«x»); }");
        check_none(path, "int «g»;\nint «f»(void) { «g» = «h»(1); return s.«m»; }");
        check_none(path, "int f(int);\nint «a»(int b);");
    }
    check("a.cc", "void f(const V& «v») { for (auto& e : «v») { e.v = [&](int x) { return «v».size() + x; }(1); } }");
    check("a.cc", "void f(V v) { for (auto& «e» : v) use(«e»); }");
    check("a.cc", "void f(M m) { auto [«k», v] = m; use(«k», v, N::k); }");
    check("a.cc", "void f(int a = 1) { auto g = [«b» = a](int c) { return «b» + c; }; }");
    check("a.cc", "void A::f(int «x») { try { g(«x»); } catch (const E& e) { h(e, «x»); } }");
    check_none("a.cc", "class A { void «f»() { «x» = 1; } int «x»; };");
}

#[test]
fn java() {
    let class = |body: &str| format!("class A {{ int x; {body} }}");
    check("A.java", &class("int f(int «a») { return «a» + this.a + a(«a»); }"));
    check("A.java", &class("void f() { int «n» = 0, m; for (int i = 0; i < «n»; i++) { «n» += i; } }"));
    check("A.java", &class("void f(List<A> l) { for (A «e» : l) { e(«e».e); } l.forEach(e -> e.x()); }"));
    check("A.java", &class("void f() { l.map(«e» -> «e» + 1).map((a, b) -> a); }"));
    check("A.java", &class("void f() { try (R «r» = o()) { «r».go(); } catch (E e) { e.p(); } }"));
    check("A.java", &class("void f() { try { } catch (E | F «e») { throw «e»; } }"));
    check("A.java", &class("void f(Object o) { if (o instanceof String «s») { g(«s»); } }"));
    check("A.java", &class("void f(int... «v») { switch (x) { case 1 -> g(«v»); } }"));
    check_none("A.java", "class «A» { int «y»; void «f»() { «y» = 1; «g»(); o.«y»(); } }");
}

#[test]
fn nothing_without_a_tree_or_past_the_budget() {
    let offset = "fn f(".len();
    let rust = Language::of("a.rs").unwrap();
    let text = "fn f(x: u8) { x }";
    assert!(binding(rust, text, offset, &Budget::default()).is_some());
    assert_eq!(binding(rust, text, offset, &Budget { bytes: 3, ..Budget::default() }), None);
    assert_eq!(binding(Language::of("a.pl").unwrap(), text, offset, &Budget::default()), None);
    assert_eq!(binding(rust, text, 9_999, &Budget::default()), None);
}

#[test]
fn one_name_thousands_of_times() {
    let text = format!("function f(e) {{ {} }}", "e.e(function(e) { return e }); ".repeat(4_000));
    let found = binding(Language::of("a.js").unwrap(), &text, "function f(".len(), &Budget::default()).unwrap();
    assert_eq!(found.occurrences.len(), 4_001);
}
