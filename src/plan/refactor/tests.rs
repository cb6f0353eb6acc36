//! What all refactorings are tested with: files before, what is asked, files afterwards.

use super::*;
use crate::workspace::Workspace;

/// Files as one text: a line `== path` before each.
pub(super) fn files(text: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        match (line.strip_prefix("== "), files.last_mut()) {
            (Some(path), _) => files.push((path.trim().to_owned(), String::new())),
            (None, Some((_, text))) => text.push_str(line),
            (None, None) => assert!(line.trim().is_empty(), "text before the first file: {line}"),
        }
    }
    files
}

pub(super) fn world(text: &str) -> (tempfile::TempDir, Plan) {
    let tree = tempfile::tempdir().unwrap();
    for (path, text) in files(text) {
        let path = tree.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let plan = Plan::new(Workspace::open(tree.path()).unwrap().snapshot(), "refactor");
    (tree, plan)
}

/// The planned tree in the form of [`files`], each doubt as a line `?? path:line why` behind it.
pub(super) fn shown(plan: &Plan) -> String {
    let snapshot = plan.snapshot();
    let mut out = String::new();
    for file in snapshot.files().unwrap() {
        out.push_str(&format!("== {}\n{}", file.path, snapshot.text(&file.path).unwrap()));
    }
    for doubt in plan.doubts() {
        out.push_str(&format!("?? {}:{} {}\n", doubt.path, doubt.line, doubt.why));
    }
    out
}

/// Compares the planned tree, or `!! why` when it is refused.
#[track_caller]
pub(super) fn check(before: &str, refactor: impl FnOnce(&mut Plan, Tools) -> Result<Done, PlanError>, after: &str) {
    let (_tree, mut plan) = world(before);
    let (symbols, cancel) = (Symbols::new(1 << 20), Cancel::new());
    let done = refactor(&mut plan, Tools { symbols: &symbols, cancel: &cancel });
    let found = match done {
        Ok(_) => shown(&plan),
        Err(error) => {
            assert!(plan.document().is_empty());
            format!("!! {error}\n")
        }
    };
    assert_eq!(found, after.trim_start_matches('\n'), "\n{found}");
}
