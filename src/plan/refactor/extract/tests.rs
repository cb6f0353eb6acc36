use crate::plan::refactor::tests::check;

use super::*;

fn extracted(before: &str, path: &str, lines: (u64, u64), name: &str, after: &str) {
    check(before, |plan, tools| extract(plan, tools, path, lines.0, lines.1, name), after);
}

#[test]
fn python_lines_with_parameters_and_results() {
    extracted(
        "== a.py\ndef f(a: int, b):\n    for x in b:\n        y = a + x\n        z = y * 2\n        print(z)\n    return a\n",
        "a.py",
        (3, 4),
        "twice",
        "== a.py\ndef f(a: int, b):\n    for x in b:\n        z = twice(a, x)\n        print(z)\n    return a\n\n\n\
         def twice(a: int, x):\n    y = a + x\n    z = y * 2\n    return z\n",
    );
}

#[test]
fn methods_stay_with_what_they_belong_to() {
    extracted(
        "== a.py\nclass A:\n    def f(self, x):\n        self.x = x\n        self.y = 1\n        return self\n",
        "a.py",
        (3, 4),
        "keep",
        "== a.py\nclass A:\n    def f(self, x):\n        self.keep(x)\n        return self\n\n    def keep(self, x):\n        self.x = x\n        self.y = 1\n",
    );
    extracted(
        "== a.rs\nimpl S {\n    fn f(&mut self, x: u8) {\n        let y: u8 = x + 1;\n        self.x = y;\n        g(y);\n    }\n}\n",
        "a.rs",
        (3, 4),
        "keep",
        "== a.rs\nimpl S {\n    fn f(&mut self, x: u8) {\n        let y = self.keep(x);\n        g(y);\n    }\n\n    \
         fn keep(&mut self, x: u8) -> u8 {\n        let y: u8 = x + 1;\n        self.x = y;\n        y\n    }\n}\n",
    );
}

#[test]
fn scripts() {
    extracted(
        "== a.ts\nexport function f(a: number) {\n  let s = 0;\n  s += a;\n  s *= 2;\n  const t = s;\n  return t;\n}\n",
        "a.ts",
        (3, 4),
        "more",
        "== a.ts\nexport function f(a: number) {\n  let s = 0;\n  s = more(s, a);\n  const t = s;\n  return t;\n}\n\n\
         function more(s: any, a: number) {\n  s += a;\n  s *= 2;\n  return s;\n}\n",
    );
}

#[test]
fn whole_definitions_become_a_file() {
    extracted(
        "== a.py\ndef f():\n    return g()\n\n\ndef g():\n    return 1\n\n\ndef h():\n    return f()\n",
        "a.py",
        (1, 6),
        "b.py",
        "== a.py\nfrom b import f\n\ndef h():\n    return f()\n== b.py\ndef f():\n    return g()\n\n\ndef g():\n    return 1\n",
    );
}

#[test]
fn what_leaves_the_lines_is_refused() {
    let text =
        "== a.py\ndef f(a):\n    for x in a:\n        if x:\n            break\n        print(x)\n    return a\n";
    extracted(
        text,
        "a.py",
        (3, 4),
        "g",
        "!! a.py: line 4: it leaves a loop that goes on around the lines; leave it out of the lines\n",
    );
    extracted(text, "a.py", (6, 6), "g", "!! a.py: line 6: `return` leaves the function; leave it out of the lines\n");
    extracted(text, "a.py", (2, 3), "g", "!! a.py: lines 2 to 3 are not whole statements of one block\n");
    extracted(text, "a.py", (2, 5), "f", "!! a.py:1 has the name f already\n");
    extracted(
        "== a.rs\nfn f() {\n    let x = g();\n    h(x);\n}\n",
        "a.rs",
        (3, 3),
        "k",
        "!! a.rs: the text does not tell the type of x; declare it\n",
    );
}
