//! Tests of `compose`: tables of small cases, and scripts beside a naive model.

use std::path::Path;

use super::*;
use crate::workspace::Workspace;

fn world(files: &[(&str, &str)]) -> (tempfile::TempDir, Plan) {
    let tree = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = tree.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let plan = Plan::new(Workspace::open(tree.path()).unwrap().snapshot(), "tidy up");
    (tree, plan)
}

fn shown(plan: &Plan) -> Vec<String> {
    let file = |file: &FileChange| {
        let name = |path: &Option<String>| path.clone().unwrap_or_else(|| "-".to_owned());
        let edits: Vec<String> =
            file.edits.iter().map(|edit| format!("{}:{:?}->{:?}", edit.line, edit.old, edit.new)).collect();
        format!("{} > {} {:?} {}", name(&file.before), name(&file.after), file.all_steps(), edits.join(" "))
    };
    plan.document().files.iter().map(file).collect()
}

#[test]
fn later_steps_see_what_earlier_ones_planned() {
    let (_tree, mut plan) = world(&[("a.txt", "one\ntwo\n"), ("b.txt", "bee\n")]);
    plan.step("first", "since");
    plan.replace("a.txt", "two", "2", false).unwrap();
    plan.step("second", "");
    plan.move_file("a.txt", "sub/c.txt").unwrap();
    plan.replace("sub/c.txt", "2\n", "2\n3\n", false).unwrap();
    plan.create("a.txt", "new\n").unwrap();
    plan.remove("b.txt").unwrap();
    assert_eq!(
        shown(&plan),
        [
            r#"- > a.txt {2} 1:""->"new\n""#,
            r#"b.txt > - {2} 1:"bee\n"->"""#,
            r#"a.txt > sub/c.txt {1, 2} 2:"two\n"->"2\n3\n""#,
        ]
    );
    let planned = plan.snapshot();
    let listed: Vec<String> = planned.files().unwrap().iter().map(|file| file.path.to_string()).collect();
    assert_eq!(listed, ["a.txt", "sub/c.txt"]);
    assert_eq!(&*planned.text(&RelPath::parse("sub/c.txt").unwrap()).unwrap(), "one\n2\n3\n");
    assert_eq!(
        plan.read("b.txt").unwrap_err().to_string(),
        "b.txt: step 2 removes or moves it; plan.files() has the paths as planned"
    );
    assert_eq!(
        plan.drop_step(1).unwrap_err().to_string(),
        "step 1 cannot be dropped alone: step 2 builds on its text; drop it first"
    );
    plan.drop_step(2).unwrap();
    assert_eq!(shown(&plan), [r#"a.txt > a.txt {1} 2:"two"->"2""#]);
    plan.drop_step(1).unwrap();
    assert!(plan.document().is_empty());
}

#[test]
fn lines_count_as_before_the_plan() {
    for (before, edits, after) in [
        ("1\n2\n3\n", &[(1, 1, "a\nb"), (3, 3, "c\n")][..], "a\nb\n2\nc\n"),
        ("1\n2\n", &[(2, 1, "x")], "1\nx\n2\n"),
        ("1\n2\n", &[(3, 2, "x")], "1\n2\nx\n"),
        ("1\n2", &[(3, 2, "x\n")], "1\n2\nx"),
        ("1\n2", &[(2, 2, "x\n")], "1\nx"),
        ("1\r\n2\r\n", &[(2, 2, "x\ny\n")], "1\r\nx\r\ny\r\n"),
        ("1\n2\n", &[(1, 2, "")], ""),
        ("", &[(1, 0, "x")], "x\n"),
    ] {
        let (_tree, mut plan) = world(&[("a", before)]);
        for (from, to, text) in edits {
            plan.edit("a", *from, *to, text).unwrap();
        }
        assert_eq!(&*plan.read("a").unwrap(), after, "{before:?} {edits:?}");
    }
}

#[cfg(unix)]
#[test]
fn what_may_not_be_is_refused_and_kept_in_mind() {
    let (tree, mut plan) = world(&[("a", "1\n1\n"), (".ignore", "*.log\n"), ("sub/b", "x"), ("wide", "")]);
    std::fs::write(tree.path().join("wide"), b"\xff\xfea\0").unwrap();
    std::os::unix::fs::symlink("/tmp", tree.path().join("out")).unwrap();
    for (done, expect) in [
        (plan.create("../x", ""), "../x: is outside the workspace; use a path relative to its root"),
        (plan.create("/etc/x", ""), "/etc/x: is outside the workspace; use a path relative to its root"),
        (plan.create(".git/hooks/pre-commit", ""), ".git/hooks/pre-commit: is denied, it may hold secrets"),
        (
            plan.create("sub/.GIT./x", ""),
            "sub/.GIT./x: is no name for a file: it begins or ends with a space or a dot, which some systems drop",
        ),
        (plan.create("git~1/x", ""), "git~1/x: is denied, it may hold secrets"),
        (plan.create(".env", ""), ".env: is denied, it may hold secrets"),
        (plan.create("out/x", ""), "out/x: a symlink is in the way at out"),
        (plan.create("a/x", ""), "a/x: a is a file, not a folder"),
        (plan.create("sub", ""), "sub: there is sub already"),
        (plan.create("A", ""), "A: there is a already"),
        (plan.move_file("a", "sub/b"), "sub/b: there is sub/b already"),
        (plan.remove("none"), "none: no such file or folder"),
        (
            plan.edit("a", 3, 4, ""),
            "a: there are no lines 3 to 4; the file has 2, and to = from - 1 inserts before `from`",
        ),
        (
            plan.replace("a", "1", "2", false).map(drop),
            "a: the text stands there 2 times, in lines 1, 2; give more of what is around it, or { all: true }",
        ),
        (plan.replace("a", "z", "2", false).map(drop), "a: the text does not stand there"),
        (
            plan.edit("wide", 1, 1, ""),
            "wide: is not UTF-8, so its text cannot be written back as it was; leave it to its owner",
        ),
    ] {
        assert_eq!(done.unwrap_err().to_string(), expect);
    }
    let ignored = plan.create("x.log", "").unwrap_err().to_string();
    assert_eq!(ignored, "x.log: the ignore rules leave it out, so nothing is written there");
    assert!(plan.document().is_empty());
    let paths: Vec<String> = plan.document().problems.into_iter().filter_map(|problem| problem.path).collect();
    let expect = ["../x", "/etc/x", ".git/hooks/pre-commit", "sub/.GIT./x", "git~1/x", ".env", "out/x", "x.log"];
    assert_eq!(paths, expect);
    assert!(Path::new(tree.path()).join("a").exists());
}

#[test]
fn no_more_files_than_a_person_can_look_at() {
    let (_tree, mut plan) = world(&[("a", "")]);
    let refused = (0..10_000).map(|at| plan.create(&format!("f{at}"), "x")).filter(Result::is_err).count();
    assert_eq!(refused, 10_000 - MAX_FILES);
    let document = plan.document();
    assert_eq!((document.files.len(), document.problems.len()), (MAX_FILES, 1));
}

#[test]
fn a_step_is_not_dropped_whose_place_is_taken_in_other_letters() {
    let (_tree, mut plan) = world(&[("a.txt", "one\n"), ("d/b.txt", "two\n")]);
    plan.step("move", "");
    plan.move_file("a.txt", "z.txt").unwrap();
    plan.move_file("d/b.txt", "e.txt").unwrap();
    plan.step("create", "");
    plan.create("A.txt", "new\n").unwrap();
    let refused = plan.drop_step(1).unwrap_err().to_string();
    assert!(refused.contains("step 2 builds"), "{refused}");
    plan.drop_step(2).unwrap();
    plan.drop_step(1).unwrap();
    assert!(plan.document().is_empty());
}
