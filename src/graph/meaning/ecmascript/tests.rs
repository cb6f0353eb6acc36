//! One small program for each feature of the language: `§§` stands before the name that is asked for, `§` before every other place
//! that means the same. A line `// file: name` begins another file.

use std::collections::BTreeSet;

use crate::cancel::Cancel;
use crate::graph::Symbols;
use crate::graph::meaning::{Program, Role, Spot, uses};
use crate::workspace::Workspace;

const MARK: char = '§';

/// Paths with their texts.
type Files = Vec<(String, String)>;

/// The files of a program without marks, the name that is asked for, and all marked places.
fn taken_apart(text: &str) -> (Files, Spot, BTreeSet<(String, usize)>) {
    let (mut files, mut asked, mut marked): (Files, _, _) = (Vec::new(), None, BTreeSet::new());
    for line in text.lines() {
        if let Some(name) = line.trim().strip_prefix("// file: ") {
            files.push((name.to_owned(), String::new()));
            continue;
        }
        if files.is_empty() {
            files.push(("a.ts".to_owned(), String::new()));
        }
        let (path, plain) = files.last_mut().unwrap();
        let mut marks = 0;
        for c in line.chars() {
            if c == MARK {
                marks += 1;
                continue;
            }
            if marks > 0 {
                marked.insert((path.clone(), plain.len()));
                if marks == 2 {
                    asked = Some(Spot { path: path.clone(), offset: plain.len() });
                }
                marks = 0;
            }
            plain.push(c);
        }
        plain.push('\n');
    }
    (files, asked.unwrap(), marked)
}

#[track_caller]
fn check(text: &str) {
    let (files, asked, expect) = taken_apart(text);
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in &files {
        std::fs::write(folder.path().join(path), text).unwrap();
    }
    let snapshot = Workspace::open(folder.path()).unwrap().snapshot();
    let (cache, cancel) = (Symbols::default(), Cancel::new());
    let program = Program::new(&snapshot, &cache, &cancel).unwrap();
    let found = uses(&program, &asked).unwrap();
    let code = found.places.iter().filter(|place| matches!(place.role, Role::Code | Role::Definition));
    let doubts: Vec<_> = code.clone().filter(|place| place.doubt.is_some()).collect();
    assert!(doubts.is_empty(), "{doubts:#?}");
    let sure: BTreeSet<(String, usize)> = code.map(|place| (place.path.clone(), place.range.start)).collect();
    assert_eq!(sure, expect, "{text}");
}

#[test]
fn scopes() {
    check("const §§x = 1; { const x = 2; x; } function f(x: number) { return x; } §x;");
    check("function f(§§x: number) { return () => §x; } const x = 1; x;");
    check("function f<§§T>(a: §T): §T { return a; } type T = 1; let t: T;");
    check("§§out: for (;;) { break §out; } out: for (;;) { continue out; }");
    check("interface §§A { x: 1 } const §A = 1; let b: §A; §A; { const A = 2; A; }");
    check("enum E { §§A, B = §A } E.§A; enum F { A } F.A;");
}

#[test]
fn modules() {
    check(
        "export function §§run() {}\n// file: b.ts\nimport { §run } from './a'; §run();\n// file: c.ts\nfunction run() {} run();",
    );
    check(
        "export const §§a = 1;\n// file: b.ts\nexport { §a as b } from './a';\n// file: c.ts\nimport { b } from './b'; b;",
    );
    check(
        "export const a = 1;\n// file: b.ts\nexport { a as §§b } from './a';\n// file: c.ts\nimport { §b } from './b'; §b;",
    );
    check(
        "export const §§a = 1;\n// file: b.ts\nexport * from './a';\n// file: c.ts\nimport * as ns from './b'; ns.§a;",
    );
    check("export const §§a = 1;\n// file: b.ts\nimport { §a as c } from './a'; c; const a = 2; a;");
    check("export default function §§f() {} §f();\n// file: b.ts\nimport f from './a'; f();");
    check("namespace N { export const §§a = 1; §a; } N.§a; namespace M { export const a = 1; } M.a;");
    check("// file: a.js\nexports.§§run = () => 1;\n// file: b.js\nconst m = require('./a'); m.§run();");
}

#[test]
fn members() {
    check("class A { §§go() { this.§go(); } } class B { go() {} } new A().§go(); new B().go();");
    check("class A { §§go() {} } class B extends A { §go() { super.§go(); } } new B().§go(); class C { go() {} }");
    check(
        "interface I { §§go(): void } class A implements I { §go() {} } function f(i: I) { i.§go(); } interface J { go(): void }",
    );
    check("class A { #§§x = 1; f() { return this.#§x; } } class B { #x = 2; f() { return this.#x; } }");
    check("class A { constructor(private §§x: number) { §x; this.§x; } } class B { x = 1 }");
    check("class A { static §§of() { return new A(); } f() {} } A.§of().f(); class B { static of() {} } B.of();");
    check("class A { get §§v() { return 1; } set §v(x) {} } new A().§v = 2; interface B { v: number }");
    check(
        "class A { §§go() { return this; } } class B extends A { other() {} } new B().§go().§go().other(); class C { go() {} }",
    );
}

#[test]
fn objects() {
    check("interface O { §§size: number } const o: O = { §size: 1 }; const p = { size: 2 }; o.§size; p.size;");
    check(
        "interface O { §§size: number } function f(o: O) {} f({ §size: 1 }); f({ ['§size']: 2 }); interface P { size: 1 }",
    );
    check("interface O { §§size: number } function f({ §size }: O) { return size; } interface P { size: 1 }");
    check(
        "interface O { §§size: number } const f = (o: O) => { const { §size: s, ...rest } = o; return o['§size']; }; interface P { size: 1 }",
    );
    check("interface O { §§size: number } function f(size: number): O { return { §size }; } interface P { size: 1 }");
    check("const o = { §§a: 1 }; o.§a; const p = { ...o }; p.§a; const q = { a: 2 }; q.a;");
}

#[test]
fn generics() {
    check(
        "class Box<T> { constructor(public v: T) {} } class A { §§go() {} } class B { go() {} } new Box(new A()).v.§go(); new Box(new B()).v.go();",
    );
    check(
        "class A { §§go() {} } class B { go() {} } declare const all: A[]; all.map(a => a).filter(a => a.§go()).forEach(a => a.§go()); declare const b: B; b.go();",
    );
    check(
        "class A { §§go() {} } class B { go() {} } async function f(): Promise<A> { return new A(); } async function g() { (await f()).§go(); new B().go(); }",
    );
    check(
        "class A { §§go() {} } class B { go() {} } const m = new Map<string, A>(); for (const [k, v] of m) v.§go(); m.get('')?.§go(); new B().go();",
    );
    check(
        "interface O { §§a: 1 } type P = Partial<O> & Pick<O, '§a'>; declare const p: P; p.§a; declare const r: Readonly<O>; r.§a; interface Q { a: 1 } let k: O['§a'];",
    );
    check(
        "class A { §§go() {} } class B { go() {} } type R = ReturnType<() => A>; declare const r: R; r.§go(); declare const b: B; b.go();",
    );
}

#[test]
fn what_is_expected_of_an_inner_call_is_no_type_yet() {
    check(
        "declare class A<T> { §§go<R extends T>(f: (x: T) => unknown): A<R> } class B { go() {} } declare function list<E extends A<any>>(x: E): A<E>; declare const a: A<string>; list(a.§go(x => 1)).§go(x => 1); new B().go();",
    );
}

#[test]
fn narrowing() {
    check(
        "interface A { kind: 'a'; §§v: 1 } interface B { kind: 'b'; v: 2 } function f(x: A | B) { if (x.kind === 'a') { x.§v; } else { x.v; } }",
    );
    check(
        "class A { §§v = 1 } class B { v = 2 } function f(x: A | B) { if (x instanceof A) return x.§v; return x.v; }",
    );
    check(
        "interface A { k: 1; §§v: 1 } interface B { k: 2; v: 2 } function f(x: A | B) { switch (x.k) { case 1: return x.§v; default: return x.v; } }",
    );
    check(
        "class A { §§v = 1; a = 1 } class B { v = 2; b = 2 } function isA(x: unknown): x is A { return true; } function f(x: A | B) { return isA(x) ? x.§v : x.v; }",
    );
    check(
        "class A { §§v = 1; a = 1 } class B { §v = 2; b = 2 } function f(h: { x: A | B }, o: { x: A | B }) { if (h.x instanceof A) { h.x.§v; h = o; h.x.§v; } }\nclass C { v = 3; c = 1 } declare const c: C; c.v; new B().§v;",
    );
    check("class A { §§v = 1; a = 1 } class B { v = 2; b = 2 } let x: A | B = new A(); x.§v; x = new B(); x.v;");
}

#[test]
fn parameter_properties() {
    check(
        "class A { constructor(protected readonly §§s: number) {} f() { return this.§s; } } class B extends A { constructor(protected readonly §s: number) { super(§s); } g() { return this.§s; } } class C { s = 1 }",
    );
    check(
        "interface I { §§s: number } class A implements I { constructor(public §s: number, other: number) { §s; other; } } function f(s: number, i: I) { return s + i.§s; }",
    );
}

#[test]
fn private_names() {
    check("class A { #§§x = 1; f(o: object) { return #§x in o; } } class B { #x = 2; x = 3; f() { return this.x; } }");
    check("class A { static #§§x() {} f() { A.#§x(); } x() { this.x(); } }");
}

#[test]
fn globals() {
    check(
        "export {}; declare global { interface SymbolConstructor { readonly §§mark: symbol } }\n// file: b.ts\nSymbol.§mark; const o = { mark: 1 }; o.mark;",
    );
    check("const { §§isArray } = Array; §isArray(1); interface P { isArray: 1 }");
}

#[test]
fn patterns() {
    check(
        "interface O { §§a: number } declare const o: O; let a: number; ({ §a } = o); ({ §a: a } = o); for ({ §a } of [o]) a; interface P { a: 1 }",
    );
    check("const §§a = 1; export { §a as a };\n// file: b.ts\nimport { a } from './a'; a;");
    check("const a = 1; export { a as §§a };\n// file: b.ts\nimport { §a } from './a'; §a;");
}

#[test]
fn expected_objects() {
    check(
        "interface D { base: 1 } interface E extends D { §§kind: 'e' } class Z<T, P extends D = D> { constructor(readonly p: P) {} } class Y<T> extends Z<T, E> { static create = () => new Y<number>({ base: 1, §kind: 'e' }); } interface F { kind: 'e' }",
    );
    check(
        "interface S { unit: { §§one: string } } const all: Record<string, S> = { a: { unit: { §one: '' } } }; all.b.unit.§one; interface F { one: 1 }",
    );
    check(
        "interface O { §§a?: number } function f(init: O) { const c = { §a: 1, b: 2, ...init }; return c.§a; } interface P { a: 1 }",
    );
    check(
        "interface H { §§on(s: A): void } class A { go() {} } function v(f: (s: string) => void): void; function v(h: H): void; function v(h: any) {} v({ §on: s => s.go() }); interface P { on: 1 }",
    );
}

#[test]
fn namespaces() {
    check(
        "export interface A { §§go(): void }\n// file: b.ts\nimport * as all from './a'; function f(x: { n: all.A[] }) { const all: all.A[] = x.n; for (const one of all) one.§go(); }\ninterface B { go(): void }",
    );
    check(
        "interface T { §§v: 1 } type M = { [k: string]: T }; type O<X extends M> = { [K in keyof X]: X[K]['§v'] }; interface B { v: 1 }",
    );
}

/// All files wait for a search at once.
#[test]
fn many_files() {
    let others = (0..32)
        .map(|index| format!("\n// file: b{index}.ts\nunheard{index}.go(); import {{ A }} from './a'; new A().§go();"));
    check(&format!("export class A {{ §§go() {{}} }}{}", others.collect::<String>()));
}
