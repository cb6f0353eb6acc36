//! Names given to definitions of small trees.

use crate::plan::refactor::tests::check;

use super::*;

fn renamed(before: &str, name: &str, new: &str, after: &str) {
    check(before, |plan, tools| rename(plan, tools, &Asked::new(name), new), after);
}

#[test]
fn a_function_with_its_uses_and_what_only_may_be_one() {
    renamed(
        "== a.py\ndef load(x):\n    return x\n\n\ny = load(1)\n== b.py\nfrom a import load\n\nload(2)\n# load is slow, `load` is\n",
        "load",
        "fetch",
        "== a.py\ndef fetch(x):\n    return x\n\n\ny = fetch(1)\n== b.py\nfrom a import fetch\n\nfetch(2)\n# load is slow, `fetch` is\n",
    );
}

#[test]
fn a_java_class_takes_its_file_along() {
    renamed(
        "== p/Old.java\npackage p;\npublic class Old {}\n",
        "Old",
        "New",
        "== p/New.java\npackage p;\npublic class New {}\n",
    );
}

#[test]
fn what_cannot_be() {
    let two = "== a.py\ndef load():\n    pass\n== b.py\ndef load():\n    pass\n";
    renamed(
        two,
        "load",
        "x",
        "!! 2 definitions are called load: a.py:1 load, b.py:1 load; say which as Outer.name, path#name, or NAME at PATH:LINE\n",
    );
    renamed(two, "a.py#load", "class", "!! load cannot be called class: `class` is a keyword of Python\n");
    renamed(two, "a.py#load", "a-b", "!! load cannot be called a-b: \"a-b\" is no identifier\n");
    renamed(two, "a.py#load", "load", "!! load has that name already\n");
    let taken = "== a.rs\nfn one() {}\nfn two() {}\n";
    renamed(taken, "one", "two", "!! one cannot be called two: a.rs:2 has the name\n");
    renamed(taken, "three", "two", "!! nothing is called three there\n");
}

#[test]
fn later_refactorings_see_earlier_ones() {
    check(
        "== a.js\nexport function one() {}\none();\n",
        |plan, tools| {
            rename(plan, tools, &Asked::new("one"), "two")?;
            plan.step("again", "");
            rename(plan, tools, &Asked::new("two"), "three")
        },
        "== a.js\nexport function three() {}\nthree();\n",
    );
}
