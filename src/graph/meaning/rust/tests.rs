//! Small programs, one per feature: every place of the word that is asked for, and which of them are the definition's.

use crate::cancel::Cancel;
use crate::graph::Symbols;
use crate::graph::meaning::{Program, Role, Spot, uses};
use crate::workspace::Workspace;

/// Renames what stands behind `<|>`. `‹›` are around each place of which it has to be sure; no others may be sure.
fn check(files: &[(&str, &str)]) {
    let dir = tempfile::tempdir().unwrap();
    let mut asked = None;
    let mut expect = Vec::new();
    for (path, marked) in [&[("Cargo.toml", "[package]\nname = \"krate\"\nedition = \"2021\"\n")], files].concat() {
        let mut text = String::new();
        for c in marked.chars() {
            match c {
                '‹' => expect.push((path.to_owned(), text.len())),
                '›' => {}
                c => text.push(c),
            }
            if text.ends_with("<|>") {
                text.truncate(text.len() - 3);
                asked = Some(Spot { path: path.to_owned(), offset: text.len() });
                expect.push((path.to_owned(), text.len()));
            }
        }
        let at = dir.path().join(path);
        std::fs::create_dir_all(at.parent().unwrap()).unwrap();
        std::fs::write(at, text).unwrap();
    }
    let snapshot = Workspace::open(dir.path()).unwrap().snapshot();
    let (cache, cancel) = (Symbols::default(), Cancel::new());
    let program = Program::new(&snapshot, &cache, &cancel).unwrap();
    let found = uses(&program, &asked.unwrap()).unwrap();
    let sure = found.places.iter().filter(|place| matches!(place.role, Role::Code | Role::Definition));
    let sure: Vec<(String, usize)> =
        sure.filter(|place| place.doubt.is_none()).map(|place| (place.path.clone(), place.range.start)).collect();
    expect.sort();
    assert_eq!(sure, expect, "{files:?}");
}

fn one(text: &str) {
    check(&[("src/lib.rs", text)]);
}

#[test]
fn methods_by_the_type_of_what_they_are_called_on() {
    one(
        "struct A; struct B; impl A { fn <|>go(&self) {} } impl B { fn go(&self) {} } fn f(a: &A, b: B) { a.‹go›(); b.go(); }",
    );
    one("struct A; struct B; impl A { fn <|>go(&self) {} } impl B { fn go(&self) {} }
        fn f(v: Vec<A>, w: &[B]) { for a in &v { a.‹go›(); } w.iter().for_each(|b| b.go()); }");
    one("struct A; struct B; impl A { fn <|>go(&self) -> B { B } } impl B { fn go(&self) {} }
        fn f(v: Option<A>) { v.as_ref().map(|a| a.‹go›()).unwrap().go(); }");
    one("use std::rc::Rc; struct A; struct B; impl A { fn <|>go(&self) {} } impl B { fn go(&self) {} }
        fn f(a: Rc<A>, b: Box<B>) { a.‹go›(); b.go(); A::‹go›(&a); }");
    one(
        "struct A { b: B } struct B; impl A { fn go(&self) {} } impl B { fn <|>go(&self) {} } fn f(a: A) { a.go(); a.b.‹go›(); }",
    );
    one("struct A; struct B; impl A { fn <|>go(&self) {} } impl B { fn go(&self) {} }
        fn f() { let mut v = Vec::new(); v.push(A); v[0].‹go›(); let w: Vec<_> = std::iter::once(B).collect(); w[0].go(); }");
    one("struct A; struct B; impl A { fn <|>go(&self) {} } impl B { fn go(&self) {} }
        fn f(r: Result<A, B>) -> Result<(), B> { match r { Ok(a) => a.‹go›(), Err(b) => b.go() } Ok(()) }");
}

#[test]
fn traits_and_their_kin() {
    one(
        "trait T { fn <|>go(&self); } struct A; struct B; impl T for A { fn ‹go›(&self) {} } impl B { fn go(&self) {} }
        fn f<X: T>(x: X, a: A, b: B) { x.‹go›(); a.‹go›(); b.go(); T::‹go›(&a); <A as T>::‹go›(&a); }",
    );
    one("trait T { fn <|>go(&self); } trait U: T {} struct B; impl B { fn go(&self) {} }
        fn f(x: &dyn U, y: impl T, b: B) { x.‹go›(); y.‹go›(); b.go(); }");
    one("trait T { type <|>Out; fn go(&self) -> Self::‹Out›; } struct Out; struct A; impl T for A { type ‹Out› = Out; fn go(&self) -> Out { Out } }
        fn f<X: T<‹Out› = u8>>(x: X) -> X::‹Out› { x.go() }");
}

#[test]
fn paths_imports_and_modules() {
    check(&[
        (
            "src/lib.rs",
            "mod a; mod b; pub use a::‹go›; pub use b::go as other; fn f() { ‹go›(); other(); b::go(); crate::a::‹go›(); }",
        ),
        ("src/a.rs", "pub fn <|>go() {}"),
        ("src/b.rs", "pub fn go() { super::‹go›(); self::go2(); } fn go2() { go(); }"),
        ("tests/t.rs", "use krate::*; #[test] fn t() { ‹go›(); krate::‹go›(); }"),
    ]);
    one("mod a { pub fn <|>a() {} } pub use a::‹a›; fn f() { ‹a›(); crate::a::‹a›(); }");
    one(
        "enum E { <|>A, B } enum F { A } use E::‹A› as X; fn f(e: E) { match e { E::‹A› => {} X => {} _ => {} } let _ = F::A; }",
    );
    one("fn <|>go() {} fn f() { fn go() {} go(); } fn g() { let go = 1; let _ = go; } fn h() { ‹go›(); }");
}

#[test]
fn fields_and_patterns() {
    one(
        "struct A { <|>x: u8 } struct B { x: u8 } fn f(x: u8, b: B) -> A { let B { x: y } = b; let _ = b.x; let a = A { ‹x›: y }; let A { ‹x› } = a; A { ‹x› } }",
    );
    one("fn f(<|>x: Option<u8>) { if let Some(x) = ‹x› { let _ = x; } let _ = ‹x›; }");
    one(
        "struct A(u8); const <|>N: u8 = 1; fn f(a: A) -> [u8; ‹N› as usize] { match a.0 { ‹N› => {} n => drop(n) } [0; 1] }",
    );
}

#[test]
fn macros_and_formats() {
    one("struct A; struct B; impl A { fn <|>go(&self) -> bool { true } } impl B { fn go(&self) -> bool { true } }
        fn f(a: A, b: B) { assert!(a.‹go›()); assert_eq!(b.go(), a.‹go›()); let _ = vec![a.‹go›(), b.go()]; println!(\"{} {}\", a.‹go›(), b.go()); }");
    one("fn f(<|>x: u8, y: u8) -> String { format!(\"{‹x›} {‹x›:?} {x2} {{x}} {y}\", x2 = ‹x›) }");
    one(
        "enum E { <|>A, B } enum F { A } fn f(e: &E, g: F) -> bool { matches!(e, E::‹A› | E::B) && matches!(g, F::A) }",
    );
    one("fn <|>go() {} macro_rules! m { ($x:expr) => { $crate::‹go›(); ‹go›(); $x }; } fn f(go: u8) { m!(go); }");
}

#[test]
fn what_own_macros_give() {
    one("struct A; struct B; impl A { fn <|>len(&self) {} } impl B { fn len(&self) {} }
        macro_rules! a { () => { A }; ($x:expr) => {{ let a = A; drop($x); a }}; } fn f() { let a = a!(1); a.‹len›(); }");
    check(&[
        ("src/lib.rs", "#[macro_use] mod m; pub struct A;"),
        ("src/m.rs", "#[macro_export] macro_rules! <|>a { () => { $crate::A }; }"),
        ("tests/t.rs", "use krate::‹a›; #[test] fn t() { let _ = ‹a›!(); krate::‹a›!(); }"),
    ]);
}

#[test]
fn code_that_nests_deeper_than_a_usual_stack() {
    let nested = format!("fn <|>go() -> u8 {{ 1 }} fn f() -> u8 {{ {}‹go›(){} }}", "(1 + ".repeat(60), ")".repeat(60));
    one(&nested);
}

#[test]
fn twins_and_what_is_bound() {
    one("#[cfg(unix)] fn <|>go() {} #[cfg(not(unix))] fn ‹go›() {} fn f() { ‹go›(); }");
    one(
        "mod a { pub fn <|>go() {} } mod b { pub fn ‹go›() {} } #[cfg(unix)] use a::‹go›; #[cfg(not(unix))] use b::‹go›; fn f() { ‹go›(); }",
    );
    check(&[
        ("src/lib.rs", "mod wrap; pub use wrap::‹wrap›; mod b;"),
        ("src/wrap.rs", "pub fn <|>wrap() {}"),
        ("src/b.rs", "use crate::‹wrap›; fn f() { ‹wrap›(); crate::wrap::‹wrap›(); }"),
    ]);
}

#[test]
fn what_is_not_known_is_not_the_first_type_that_fits() {
    one("struct A; struct B; impl A { fn <|>go(&self) {} } impl B { fn go(&self) {} }
        fn f() { let x = &other::m!(); x.go(); A.‹go›(); }");
}
