//! Tests of the rewriting, on its text alone; what cells do when they run is in tests/data/cells.txt.

use expect_test::{Expect, expect};

use super::*;

const RESERVED: [&str; 8] = ["repo", "llm", "llmAll", "answer", "budget", "vars", "note", "cite"];

/// Rewrites each cell and checks the code, the names and the errors of them all.
fn check(cells: &[&str], expected: Expect) {
    let mut shown = String::new();
    for cell in cells {
        match rewrite(cell, &RESERVED) {
            Ok(cell) if cell.names.is_empty() => shown += &format!("{}\n", cell.code),
            Ok(cell) => shown += &format!("{}\n# {}\n", cell.code, cell.names.join(" ")),
            Err(error) => shown += &format!("{error}\n"),
        }
    }
    let trimmed: Vec<_> = shown.split('\n').map(str::trim_end).collect();
    expected.assert_eq(&trimmed.join("\n"));
}

#[test]
fn the_last_expression_is_the_value() {
    check(
        &[
            "",
            "1 + 1",
            "x; y // z",
            "x /* // */",
            "x // a /* b */",
            "f();;\n/* end */",
            "'use strict'",
            "'use strict'; x",
            "return 5",
            "go()\nfunction go() { return 1 }\ntype T = 1",
            "const x = 1",
            "if (a) b",
            "#!/bin/js\n1",
            "// nothing",
        ],
        expect![[r#"
            ($=>$())(async()=>{})
            ($=>$())(async()=>{return (1 + 1)})
            ($=>$())(async()=>{x; return (y) // z
            })
            ($=>$())(async()=>{return (x) /* // */})
            ($=>$())(async()=>{return (x) // a /* b */
            })
            ($=>$())(async()=>{return (f());;
            /* end */})
            ($=>$())(async()=>{;return ('use strict')})
            ($=>$())(async()=>{;'use strict'; return (x)})
            ($=>$())(async()=>{return 5})
            ($=>($(1),$(0)))(async $=>{if(!$){return (go())}
            if($){go=function   () { return 1 };
            ;         }})
            # go
            ($=>$())(async()=>{      x = 1;})
            # x
            ($=>$())(async()=>{if (a) b})
            ($=>$())(async()=>{
            return (1)})
            ($=>$())(async()=>{// nothing
            })
        "#]],
    );
}

#[test]
fn declarations_become_globals_where_they_stand() {
    check(
        &[
            "const x = 5, f = () => {}",
            "let a, b = await c",
            "const { a, b: [c = 1, ...d], ...e } = f, g = 2",
            "var [x] = y\n(z)",
            "const f = () => {}\n(g)",
            "a = b\nconst {c} = d\n;[1].map(e)",
            "class A {}\nclass B extends A { m() { var local; let x } }",
            "for (let i = 0; i < 3; i++) { let j; const k = i }",
            "if (x) var y = 1; else var z = 2",
            "if (x) var y = 1\nelse z",
            "for (var i = 0, n; i < n; i++);",
            "for (var { k, v = 1 } of m);\nfor (var key in o) var value = o[key]",
            "for (var async of x);",
            "for await (var v of g());",
            "try { var t = 1 } catch (e) { var e = 2 } finally { var u }",
            "switch (a) { case 1: var b = 1; let c }",
            "let toString = 1, __proto__ = 2",
            "export const e = 1, f = 2\nexport function g() {}\nexport { e }",
            "export default class K {}",
            "export default function () {}",
            "export default () => 1",
        ],
        expect![[r#"
            ($=>$())(async()=>{      x = 5, f = () => {};})
            # x f
            ($=>$())(async()=>{    a = void 0, b = await c;})
            # a b
            ($=>$())(async()=>{  0,( { a, b: [c = 1, ...d], ...e } = f, g = 2);})
            # a c d e g
            ($=>$())(async()=>{0,( [x] = y
            (z));});var x
            # x
            ($=>$())(async()=>{      f = () => {};
            return ((g))})
            # f
            ($=>$())(async()=>{a = b
              0,( {c} = d)
            ;return ([1].map(e))})
            # c
            ($=>$())(async()=>{A=class A {};
            B=class B extends A { m() { var local; let x } };})
            # A B
            ($=>$())(async()=>{for (let i = 0; i < 3; i++) { let j; const k = i }})
            ($=>$())(async()=>{if (x)     y = 1; else     z = 2;});var y,z
            # y z
            ($=>$())(async()=>{if (x)     y = 1;
            else z});var y
            # y
            ($=>$())(async()=>{for (    i = 0, n; i < n; i++);});var i,n
            # i n
            ($=>$())(async()=>{for (    { k, v = 1 } of m);
            for (    key in o)     value = o[key];});var k,v,key,value
            # k v key value
            ($=>$())(async()=>{for (    (async) of x);});var async
            # async
            ($=>$())(async()=>{for await (    v of g());});var v
            # v
            ($=>$())(async()=>{try {     t = 1; } catch (e) {     e = 2; } finally {     u; }});var t,e,u
            # t e u
            ($=>$())(async()=>{switch (a) { case 1:     b = 1; let c }});var b
            # b
            ($=>$())(async()=>{    toString = 1, __proto__ = 2;});var toString,__proto__
            # toString __proto__
            ($=>($(1),$(0)))(async $=>{if(!$){             e = 1, f = 2;}
            if($){       g=function  () {};
            ;           }})
            # e f g
            ($=>$())(async()=>{               K=class K {};})
            # K
            ($=>$())(async()=>{;              return (function () {});})
            ($=>$())(async()=>{;              return (() => 1);})
        "#]],
    );
}

#[test]
fn functions_come_first() {
    check(
        &[
            "function f() { return g() }\nasync function* g(a) {}\nf()",
            "const x = f()\nfunction f() {}\nx",
            "$; f(); function f() { return '$1' } f",
            "{ function local() {} }",
        ],
        expect![[r#"
            ($=>$())(async()=>{f=function  () { return g() };
            g=async function*  (a) {};
            return (f())})
            # f g
            ($=>($(1),$(0)))(async $=>{if(!$){      x = f();}
            if($){f=function  () {};}
            if(!$){return (x)}})
            # x f
            ($2=>($2(1),$2(0)))(async $2=>{if(!$2){$; f();} if($2){f=function  () { return '$1' };} if(!$2){return (f)}})
            # f
            ($=>$())(async()=>{{ function local() {} }})
        "#]],
    );
}

#[test]
fn an_object_at_the_start_is_an_object() {
    check(
        &[
            "{a: 1}",
            "{ a: 1, b }; // c",
            "{ ...x, m() {} }",
            "{}",
            "{ if (x) { y } }",
            "{ let x = 1; x }",
            "{a: 1}.a",
            "{ a: ",
        ],
        expect![[r#"
            ($=>$())(async()=>{return ({a: 1})})
            ($=>$())(async()=>{return ({ a: 1, b }); // c
            })
            ($=>$())(async()=>{return ({ ...x, m() {} })})
            ($=>$())(async()=>{return ({})})
            ($=>$())(async()=>{{ if (x) { y } }})
            ($=>$())(async()=>{{ let x = 1; x }})
            ($=>$())(async()=>{return ({a: 1}.a)})
            line 1: Unexpected token
              1 | { a:
                |      ^
        "#]],
    );
}

#[test]
fn types_are_blanked() {
    check(
        &[
            "const x: number = y as any, z: T = w!",
            "let late!: T",
            "let n: number",
            "interface A { b?: string }\ntype B<T> = T | null\ndeclare const c: number\nimport type { D } from 'd'",
            "function f<T>(this: X, a?: T, ...b: any[]): a is T { return a as T }",
            "function over(a: string): void\nfunction over(a: any) {}",
            "const f = async <\n  T\n>(x: T): Promise<\n  T\n> => x",
            "abstract class A<T> extends B<T> implements C, D<T> {\n  private a?: T\n  static readonly b: T = 1; z!: T\n  declare c: T\n  \
             [k: string]: T\n  abstract d(): T\n  ['e'] = 1\n  public async *f?(a: T): T { }\n  g: T\n  ['h'] = 2\n  override get i(): T { }\n}",
            "a = b as T\n(c)",
            "a = b\ntype T = C\n(d)",
            "return <T\n>x",
            "x = <any>{ a: 1 }",
            "new Map<string, number>(); f<T>`a`; a?.<T>(); g satisfies T",
            "try {} catch (e: unknown) {}",
            "for (let i: number = 0 as any; i < 1; i++);",
            "type Gr\u{f6}\u{df}e = '\u{1f600}'; 1",
            "a<!--b",
        ],
        expect![[r#"
            ($=>$())(async()=>{      x         = y       , z    = w ;})
            # x z
            ($=>$())(async()=>{    late     = void 0;})
            # late
            ($=>$())(async()=>{    n         = void 0;})
            # n
            ($=>$())(async()=>{;
            ;
            ;
            ;                         })
            ($=>$())(async()=>{f=function     (         a    , ...b       )         { return a     ; };})
            # f
            ($=>$())(async()=>{;
            over=function     (a     ) {};})
            # over
            ($=>$())(async()=>{      f = async (

              x

            ) => x;})
            # f
            ($=>$())(async()=>{A=         class A    extends B                       {
              ;       a    ;
              static          b    = 1; z    ;
              ;
              ;
              ;
              ['e'] = 1
              ;      async *f (a   )    { }
              g   ;
              ['h'] = 2
              ;        get i()    { }
            };})
            # A
            ($=>$())(async()=>{a = b     ;
            return ((c))})
            ($=>$())(async()=>{a = b
            ;
            return ((d))})
            ($=>$())(async()=>{return (
             x)})
            ($=>$())(async()=>{return (x = (    { a: 1 }))})
            ($=>$())(async()=>{new Map                (); f   `a`; a?.   (); return (g            );})
            ($=>$())(async()=>{try {} catch (e         ) {}})
            ($=>$())(async()=>{for (let i         = 0       ; i < 1; i++);})
            ($=>$())(async()=>{;                  return (1)})
            ($=>$())(async()=>{return (a< !--b)})
        "#]],
    );
}

#[test]
fn what_has_a_meaning_at_run_time_is_refused() {
    check(
        &[
            "enum E { A }",
            "namespace N { export const a = 1 }",
            "class P { constructor(private x: number) {} }",
            "@d class C {}",
            "class C { accessor x = 1 }",
            "using a = b",
            "await using a = b",
            "import fs from 'fs'",
            "export * from 'x'",
            "await import('x')",
            "import.meta.url",
            "import fs = require('fs')",
            "const el = <div class='a'>b</div>",
        ],
        expect![[r#"
            line 1: TypeScript's `enum` is not supported here; use a plain object
              1 | enum E { A }
                | ^
            line 1: TypeScript's `namespace` is not supported here; use a plain object
              1 | namespace N { export const a = 1 }
                | ^
            line 1: parameter properties are not supported here; assign in the constructor's body
              1 | class P { constructor(private x: number) {} }
                |                       ^
            line 1: decorators are not supported here
              1 | @d class C {}
                | ^
            line 1: `accessor` fields are not supported here
              1 | class C { accessor x = 1 }
                |           ^
            line 1: `using` is not supported at the top level of a cell; put it into a block
              1 | using a = b
                | ^
            line 1: `using` is not supported at the top level of a cell; put it into a block
              1 | await using a = b
                | ^
            line 1: a cell cannot import or export modules; everything is already there: the repository is `repo`, models are `llm` and `llmAll`
              1 | import fs from 'fs'
                | ^
            line 1: a cell cannot import or export modules; everything is already there: the repository is `repo`, models are `llm` and `llmAll`
              1 | export * from 'x'
                | ^
            line 1: a cell cannot import or export modules; everything is already there: the repository is `repo`, models are `llm` and `llmAll`
              1 | await import('x')
                |       ^
            line 1: a cell cannot import or export modules; everything is already there: the repository is `repo`, models are `llm` and `llmAll`
              1 | import.meta.url
                | ^
            line 1: a cell cannot import or export modules; everything is already there: the repository is `repo`, models are `llm` and `llmAll`
              1 | import fs = require('fs')
                | ^
            line 1: JSX is not supported here; build strings or objects
              1 | const el = <div class='a'>b</div>
                |                 ^
        "#]],
    );
}

#[test]
fn our_own_names_are_refused() {
    check(
        &[
            "1\nconst repo = 1",
            "function answer() {}",
            "class llm {}",
            "let { a: { llm }, ...note } = x",
            "if (a) { var cite }",
            "for (var vars of x);",
            "repo = 1",
            "[repo.x, { llm }] = y",
            "budget++",
            "for (repo in x);",
            "xs.map(() => { repo = 1 })",
            "function f(repo, { llm }) { repo = 1; llm = 2; var answer; answer = 3 }",
            "{ let repo = 1; repo = 2 }",
            "for (const repo of a) repo.b = 1",
            "try {} catch (llm) { llm = 1 }",
        ],
        expect![[r#"
            line 2: `repo` is one of the built-in names; use another name, e.g. `repo1`
              2 | const repo = 1
                |       ^
            line 1: `answer` is one of the built-in names; use another name, e.g. `answer1`
              1 | function answer() {}
                |          ^
            line 1: `llm` is one of the built-in names; use another name, e.g. `llm1`
              1 | class llm {}
                |       ^
            line 1: `llm` is one of the built-in names; use another name, e.g. `llm1`
              1 | let { a: { llm }, ...note } = x
                |            ^
            line 1: `cite` is one of the built-in names; use another name, e.g. `cite1`
              1 | if (a) { var cite }
                |              ^
            line 1: `vars` is one of the built-in names; use another name, e.g. `vars1`
              1 | for (var vars of x);
                |          ^
            line 1: `repo` is built in and cannot be assigned; use another name, e.g. `repo1`
              1 | repo = 1
                | ^
            line 1: `llm` is built in and cannot be assigned; use another name, e.g. `llm1`
              1 | [repo.x, { llm }] = y
                |            ^
            line 1: `budget` is built in and cannot be assigned; use another name, e.g. `budget1`
              1 | budget++
                | ^
            line 1: `repo` is built in and cannot be assigned; use another name, e.g. `repo1`
              1 | for (repo in x);
                |      ^
            line 1: `repo` is built in and cannot be assigned; use another name, e.g. `repo1`
              1 | xs.map(() => { repo = 1 })
                |                ^
            ($=>$())(async()=>{f=function  (repo, { llm }) { repo = 1; llm = 2; var answer; answer = 3 };})
            # f
            ($=>$())(async()=>{{ let repo = 1; repo = 2 }})
            ($=>$())(async()=>{for (const repo of a) repo.b = 1})
            ($=>$())(async()=>{try {} catch (llm) { llm = 1 }})
        "#]],
    );
}

#[test]
fn errors_point_at_their_place() {
    check(
        &[
            "let a = 1\nlet b\nconst x = ;",
            "files.forEach(f => { await f })",
            "x => {",
            "'abc",
            "a\r\n\tb c",
            "\u{feff}a\u{2028}\u{1f600}",
            &format!("[{}; {}]", "1, ".repeat(60), "2, ".repeat(60)),
            "<!-- x",
        ],
        expect![[r#"
            line 3: Unexpected token
              3 | const x = ;
                |           ^
            line 1: `await` is only allowed within async functions and at the top levels of modules (Either remove this `await` or add the `async` keyword to the enclosing function)
              1 | files.forEach(f => { await f })
                |                      ^
            line 1: Expected `}` but found `EOF`
              1 | x => {
                |       ^
            line 1: Unterminated string
              1 | 'abc
                | ^
            line 2: Expected a semicolon or an implicit semicolon after a statement, but found none (Try inserting a semicolon here)
              2 |  b c
                |   ^
            line 2: Invalid Character `😀`
              2 | 😀
                | ^
            line 1: Unexpected token
              1 | ...1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ; 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2...
                |                                                                ^
            line 1: HTML comments are not allowed in modules
              1 | <!-- x
                | ^
        "#]],
    );
}

#[test]
fn columns_lead_back_to_the_source() {
    let source = "const a = 1\nfunction f() { throw b }\nf(a)";
    let cell = rewrite(source, &RESERVED).expect("valid");
    for (index, (code, source)) in cell.code.lines().zip(source.lines()).enumerate() {
        for word in ["a = 1", "throw", "f(a)"] {
            if let (Some(at), Some(expected)) = (code.find(word), source.find(word)) {
                assert_eq!(cell.source_column(index as u32 + 1, at as u32 + 1), expected as u32 + 1, "{word}");
            }
        }
    }
    assert_eq!(cell.source_column(9, 4), 4);
    let body = cell.code.find("if(").expect("a phase") as u32;
    assert!(!cell.is_source(1, 1) && !cell.is_source(1, body) && cell.is_source(1, body + 1) && cell.is_source(2, 1));
}

#[test]
fn deep_nesting_and_long_sources_do_no_harm() {
    for (open, close) in [
        ("[", "]"),
        ("(", ")"),
        ("{", "}"),
        ("{a:", "}"),
        ("!", ""),
        ("a=>", ""),
        ("if(1)", ""),
        ("`${", "}`"),
        ("a+", ""),
        ("a.", ""),
        ("a?", ":b"),
        ("f(", ")"),
        ("() => {", "}"),
        ("async (a: T) => (", ")"),
        ("function f() {", "}"),
        ("class A { static {", "}}"),
        ("let x: [", "]"),
        ("<T>", ""),
        ("a as ", ""),
        ("await ", ""),
    ] {
        let source = format!("{}a{}", open.repeat(3000), close.repeat(3000));
        if let Ok(cell) = rewrite(&source, &RESERVED) {
            assert!(cell.code.len() >= source.len(), "{open}");
        }
    }
    let error = rewrite(&"a;".repeat(MAX_SOURCE), &RESERVED).expect_err("too long");
    assert_eq!(error.message, "a cell may have 262144 bytes; this one has 524288");
}

/// Cells put together at random from statements that stand on their own.
#[test]
fn any_sequence_of_statements_stays_valid_and_keeps_its_lines() {
    let statements: [(&str, &[&str]); 26] = [
        ("const a = 1", &["a"]),
        ("let b: string, c", &["b", "c"]),
        ("const { d, e: [f = 1, ...g] } = h", &["d", "f", "g"]),
        ("var [i] = j as any", &["i"]),
        ("const k = () => {}", &["k"]),
        ("const l = function () {\n  return 1\n}", &["l"]),
        ("function m(x?: number) { return `\n${x}` }", &["m"]),
        ("async function* n() {}", &["n"]),
        ("class O { p: number\n  ['q'] = 1 }", &["O"]),
        ("for (var r of s) { t(r) }", &["r"]),
        ("for (let u = 0; u < 1; u++) v(() => u)", &[]),
        ("if (w) var x1 = 1\nelse var x2 = 2", &["x1", "x2"]),
        ("(0, y)", &[]),
        ("[1, 2].map((z) => z)", &[]),
        ("`template\n${a}`", &[]),
        ("/re/.test(a)", &[]),
        ("+a", &[]),
        ("interface B1 { a: 1 }", &[]),
        ("type C1 =\n  | 1\n  | 2", &[]),
        ("a as string", &[]),
        ("await d1", &[]),
        ("// a comment", &[]),
        ("/* another\n   comment */", &[]),
        ("do var e1 = 1; while (0)", &["e1"]),
        ("export const f1 = 1", &["f1"]),
        ("'directive'", &[]),
    ];
    let mut state = 1_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for _ in 0..3000 {
        let picked: Vec<_> = (0..random(6)).map(|_| statements[random(statements.len())]).collect();
        // A semicolon in front keeps neighbours apart; without one a line break has to, where JavaScript allows it.
        let join = ["\n;", ";\n", "\r\n"][random(3)];
        let source = picked.iter().map(|(text, _)| *text).collect::<Vec<_>>().join(join);
        let Ok(cell) = rewrite(&source, &RESERVED) else {
            assert_eq!(join, "\r\n", "refused: {source}");
            continue;
        };
        let allocator = Allocator::default();
        let script = SourceType::script();
        let parsed = Parser::new(&allocator, &cell.code, script).parse();
        assert!(!parsed.diagnostics.has_errors(), "{source}\n->\n{}\n{:?}", cell.code, parsed.diagnostics);
        let end = cell.code.rsplit_once("})").map_or("", |(body, _)| body);
        let extra = usize::from(end.ends_with('\n'));
        let lines = |text: &str| text.matches('\n').count();
        assert!((0..=extra).contains(&(lines(&cell.code) - lines(&source))), "{source}\n->\n{}", cell.code);
        if join != "\r\n" {
            let mut names = Vec::new();
            for name in picked.iter().flat_map(|(_, names)| *names) {
                if !names.contains(name) {
                    names.push(name);
                }
            }
            assert_eq!(cell.names, names, "{source}");
        }
    }
}
