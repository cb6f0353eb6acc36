//! A plan as each kind of client gets it.

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use tower_lsp::ls_types::{ApplyWorkspaceEditResponse, ResourceOperationKind as Kind};

use super::*;
use crate::plan::checks::Problem;
use crate::plan::{Doubt, Edit, FileChange, Step};

const A: &str = "fn é() {}\r\nold(); old();\n";
const B: &str = "mod old;\n";

fn edit(start: usize, old: &str, new: &str, steps: &[u32]) -> Edit {
    Edit { start, line: 1, old: old.to_owned(), new: new.to_owned(), steps: steps.to_vec() }
}

fn file(before: Option<(&str, &str)>, after: Option<&str>, edits: Vec<Edit>) -> FileChange {
    FileChange {
        before: before.map(|(path, _)| path.to_owned()),
        after: after.map(str::to_owned),
        hash: before.map(|(_, text)| blake3::hash(text.as_bytes()).to_hex().to_string()),
        edits,
        ..FileChange::default()
    }
}

/// Edits of two files, one of them open.
fn texts_only() -> Document {
    let step = |id, title: &str, why: &str| Step { id, title: title.to_owned(), why: why.to_owned() };
    let doubt = |path: &str, start| Doubt {
        step: 1,
        path: path.to_owned(),
        line: 2,
        text: "old();".to_owned(),
        why: "may be another one".to_owned(),
        edit: Some(edit(start, "old", "new", &[1])),
        hash: None,
    };
    Document {
        steps: vec![step(1, "Rename\nold\u{202e}", "It is old."), step(2, "Tidy", "")],
        files: vec![
            file(
                Some(("a.rs", A)),
                Some("a.rs"),
                vec![edit(12, "old", "new", &[1]), edit(24, ";", "; tidy();", &[2, 1])],
            ),
            file(Some(("b.rs", B)), Some("b.rs"), vec![edit(4, "old", "new", &[1])]),
        ],
        // The second stands where something is done already.
        doubts: vec![doubt("a.rs", 19), doubt("a.rs", 12), doubt("c.rs", 0), doubt("gone.rs", 0)],
        ..Document::default()
    }
}

/// With files that come, go and move.
fn whole_files() -> Document {
    let mut document = texts_only();
    document.doubts.clear();
    let of = |mut file: FileChange, step| {
        file.steps = vec![step];
        file
    };
    let build = FileChange {
        executed: Some("cargo runs it".to_owned()),
        ..file(None, Some("build.rs"), vec![edit(0, "", "fn main() {}\r\n", &[2])])
    };
    document.files = vec![
        // In the place of one that goes.
        of(file(Some(("a.rs", A)), Some("b.rs"), vec![edit(12, "old", "new", &[1])]), 1),
        of(file(Some(("b.rs", B)), None, vec![edit(0, B, "", &[2])]), 2),
        of(build, 2),
        of(file(Some(("c.rs", "old")), Some("a.rs"), vec![]), 1),
        of(FileChange { bom: true, ..file(None, Some("d.rs"), vec![edit(0, "", "d\n", &[1])]) }, 1),
    ];
    document
}

fn full() -> Client {
    Client {
        document_changes: true,
        resource_operations: vec![Kind::Create, Kind::Rename, Kind::Delete],
        annotations: true,
        normalizes: true,
        failure_handling: None,
    }
}

fn prepare(document: &Document, client: &Client, open: &dyn Fn(&str) -> Option<Opened>) -> Result<Prepared, Unfit> {
    let on_disk = |path: &str| match path {
        "a.rs" => Some(A.into()),
        "b.rs" => Some(B.into()),
        "c.rs" => Some("old".into()),
        _ => None,
    };
    let uri = |path: &str| format!("file:///r/{path}").parse().ok();
    let texts = Texts { encoding: Encoding::Utf16, open, text: &on_disk, uri: &uri, confirmed: &BTreeSet::new() };
    workspace_edit(document, client, &texts)
}

fn a_is_open(path: &str) -> Option<Opened> {
    (path == "a.rs").then(|| (7, A.into()))
}

/// One line for each thing that the client is told.
fn lines(prepared: &Prepared) -> String {
    let edit = serde_json::to_value(&prepared.edit).unwrap();
    let mut out = String::new();
    let text_edit = |out: &mut String, edit: &serde_json::Value| {
        let at = |end: &str| format!("{}:{}", edit["range"][end]["line"], edit["range"][end]["character"]);
        let _ = writeln!(out, "  {}-{} {} {}", at("start"), at("end"), edit["newText"], edit["annotationId"]);
    };
    for change in edit["documentChanges"].as_array().into_iter().flatten() {
        match change["kind"].as_str() {
            Some(kind) => {
                let (old, new) = (change["uri"].as_str().or(change["oldUri"].as_str()), change["newUri"].as_str());
                let _ = writeln!(out, "{kind} {} {} {}", old.unwrap(), new.unwrap_or(""), change["annotationId"]);
            }
            None => {
                let target = &change["textDocument"];
                let _ = writeln!(out, "edit {} version {}", target["uri"], target["version"]);
                change["edits"].as_array().unwrap().iter().for_each(|edit| text_edit(&mut out, edit));
            }
        }
    }
    let sorted = |value: &serde_json::Value| {
        let mut pairs: Vec<_> =
            value.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())).collect();
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        pairs
    };
    for (uri, edits) in sorted(&edit["changes"]) {
        let _ = writeln!(out, "changes of {uri}");
        edits.as_array().unwrap().iter().for_each(|edit| text_edit(&mut out, edit));
    }
    for (id, annotation) in sorted(&edit["changeAnnotations"]) {
        let asks = if annotation["needsConfirmation"] == true { " asks" } else { "" };
        let _ = writeln!(out, "{id}{asks}: {} {}", annotation["label"], annotation["description"]);
    }
    // It is not to be seen otherwise.
    out = out.replace('\u{feff}', "\\u{feff}");
    for note in &prepared.notes {
        let _ = writeln!(out, "note: {note}");
    }
    out
}

fn check(document: &Document, client: &Client, expect: &Expect) {
    let got = match prepare(document, client, &a_is_open) {
        Ok(prepared) => lines(&prepared),
        Err(error) => display::terminal(&error.to_string()).into_owned(),
    };
    expect.assert_eq(&got);
}

#[test]
fn a_client_that_asks_gets_annotations_and_doubtful_places() {
    check(
        &texts_only(),
        &full(),
        &expect![[r#"
        edit "file:///r/a.rs" version 7
          1:0-1:3 "new" "1"
          1:7-1:10 "new" "1:doubtful"
          1:12-1:13 "; tidy();" "2"
        edit "file:///r/b.rs" version null
          0:4-0:7 "new" "1"
        edit "file:///r/c.rs" version null
          0:0-0:3 "new" "1:doubtful"
        1: "1. Rename old\\u{202e}" "It is old."
        1:doubtful asks: "1. Rename old\\u{202e}: doubtful" "may be another one"
        2: "2. Tidy" null
    "#]],
    );
    let mut troubled = texts_only();
    let problem = |step, fatal| Problem {
        check: "parse".to_owned(),
        fatal,
        step: Some(step),
        path: None,
        line: None,
        message: "does not\u{1b}[31m parse".to_owned(),
    };
    troubled.problems.push(problem(1, false));
    check(
        &troubled,
        &full(),
        &expect![[r#"
        edit "file:///r/a.rs" version 7
          1:0-1:3 "new" "1"
          1:7-1:10 "new" "1:doubtful"
          1:12-1:13 "; tidy();" "1"
        edit "file:///r/b.rs" version null
          0:4-0:7 "new" "1"
        edit "file:///r/c.rs" version null
          0:0-0:3 "new" "1:doubtful"
        1 asks: "1. Rename old\\u{202e}" "It is old.; does not parse"
        1:doubtful asks: "1. Rename old\\u{202e}: doubtful" "may be another one"
    "#]],
    );
    troubled.problems.push(problem(1, true));
    check(&troubled, &full(), &expect!["the plan must not be applied as it is: does not parse"]);
}

#[test]
fn a_client_that_does_not_ask_gets_what_is_certain() {
    check(
        &texts_only(),
        &Client { annotations: false, ..full() },
        &expect![[r#"
        edit "file:///r/a.rs" version 7
          1:0-1:3 "new" null
          1:12-1:13 "; tidy();" null
        edit "file:///r/b.rs" version null
          0:4-0:7 "new" null
        note: doubtful places that are left as they are: 4
    "#]],
    );
    check(
        &texts_only(),
        &Client::default(),
        &expect![[r#"
        changes of file:///r/a.rs
          1:0-1:3 "new" null
          1:12-1:13 "; tidy();" null
        changes of file:///r/b.rs
          0:4-0:7 "new" null
        note: doubtful places that are left as they are: 4
    "#]],
    );
    check(
        &texts_only(),
        &Client { annotations: true, ..Client::default() },
        &expect![[r#"
        changes of file:///r/a.rs
          1:0-1:3 "new" null
          1:12-1:13 "; tidy();" null
        changes of file:///r/b.rs
          0:4-0:7 "new" null
        note: doubtful places that are left as they are: 4
    "#]],
    );
}

#[test]
fn files_as_a_whole_come_before_their_texts() {
    check(
        &whole_files(),
        &full(),
        &expect![[r#"
        delete file:///r/b.rs  "2:remove"
        rename file:///r/a.rs file:///r/b.rs "1"
        rename file:///r/c.rs file:///r/a.rs "1"
        create file:///r/build.rs  "executed:build.rs"
        create file:///r/d.rs  "1:create"
        edit "file:///r/b.rs" version null
          1:0-1:3 "new" "1"
        edit "file:///r/build.rs" version null
          0:0-1:0 "fn main() {}\r\n" "executed:build.rs"
        edit "file:///r/d.rs" version null
          0:0-1:0 "\u{feff}d\n" "1:create"
        1: "1. Rename old\\u{202e}" "It is old."
        1:create asks: "1. Rename old\\u{202e}: create" "It is old."
        2:remove asks: "2. Tidy: remove" null
        executed:build.rs asks: "build.rs: cargo runs it" "2. Tidy"
        note: the editor makes the line endings of build.rs its own, which are not the plan's
    "#]],
    );
    check(
        &whole_files(),
        &Client { annotations: false, ..full() },
        &expect![[r#"
        delete file:///r/b.rs  null
        rename file:///r/a.rs file:///r/b.rs null
        rename file:///r/c.rs file:///r/a.rs null
        create file:///r/d.rs  null
        edit "file:///r/b.rs" version null
          1:0-1:3 "new" null
        edit "file:///r/d.rs" version null
          0:0-1:0 "\u{feff}d\n" null
        note: build.rs is left out: a tool executes it, and it has to be confirmed alone
    "#]],
    );
}

#[test]
fn what_a_client_cannot_do_with_files_is_said() {
    for (kinds, expect) in [
        (vec![], expect!["this editor cannot remove files, which the plan needs for b.rs; `spelunk plan --apply` can"]),
        (
            vec![Kind::Delete],
            expect!["this editor cannot move files, which the plan needs for b.rs; `spelunk plan --apply` can"],
        ),
        (
            vec![Kind::Delete, Kind::Rename],
            expect!["this editor cannot create files, which the plan needs for build.rs; `spelunk plan --apply` can"],
        ),
    ] {
        check(&whole_files(), &Client { resource_operations: kinds, ..full() }, &expect);
    }
    check(
        &whole_files(),
        &Client { document_changes: false, ..full() },
        &expect!["this editor cannot remove files, which the plan needs for b.rs; `spelunk plan --apply` can"],
    );
}

#[test]
fn a_change_since_is_named() {
    let check = |document: &Document, open: &dyn Fn(&str) -> Option<Opened>, expect: Expect| {
        expect.assert_eq(&prepare(document, &full(), open).unwrap_err().to_string());
    };
    let newer = |path: &str| (path == "b.rs").then(|| (8, "mod old; // newer\n".into()));
    check(
        &texts_only(),
        &newer,
        expect!["b.rs was changed in the editor since the plan was made; nothing was changed"],
    );
    check(
        &whole_files(),
        &newer,
        expect!["b.rs was changed in the editor since the plan was made; nothing was changed"],
    );
    check(
        &whole_files(),
        &|path| (path == "d.rs").then(|| (1, "".into())),
        expect!["d.rs has come into being since the plan was made; nothing was changed"],
    );
    let mut document = texts_only();
    (document.files[0].before, document.files[0].after) = (Some("gone.rs".to_owned()), Some("gone.rs".to_owned()));
    check(&document, &|_| None, expect!["gone.rs has gone since the plan was made; nothing was changed"]);
    document.files.push(FileChange::default());
    check(&document, &|_| None, expect!["the plan cannot be followed at a file without a path: its edits do not fit"]);
    document.files = vec![file(Some(("a.rs", A)), Some("b.rs"), vec![]), file(Some(("b.rs", B)), Some("a.rs"), vec![])];
    check(
        &document,
        &|_| None,
        expect!["b.rs and others exchange their names, which an editor cannot do; `spelunk plan --apply` can"],
    );
    document.files = vec![file(Some(("a.rs", A)), Some("a.rs"), vec![edit(1, "old", "new", &[1])])];
    check(&document, &|_| None, expect!["the plan cannot be followed at a.rs: its edits do not fit"]);
}

#[test]
fn what_was_confirmed_alone_is_not_asked_for_again() {
    let mut document = whole_files();
    document.files.retain(|file| file.executed.is_some());
    let uri = |path: &str| format!("file:///r/{path}").parse().ok();
    let confirmed = BTreeSet::from(["build.rs".to_owned()]);
    let texts = Texts { encoding: Encoding::Utf8, open: &|_| None, text: &|_| None, uri: &uri, confirmed: &confirmed };
    let got = [full(), Client { annotations: false, ..full() }]
        .map(|client| lines(&workspace_edit(&document, &client, &texts).unwrap()))
        .join("--\n");
    expect![[r#"
        create file:///r/build.rs  "executed:build.rs"
        edit "file:///r/build.rs" version null
          0:0-1:0 "fn main() {}\r\n" "executed:build.rs"
        executed:build.rs: "build.rs: cargo runs it" "2. Tidy"
        note: the editor makes the line endings of build.rs its own, which are not the plan's
        --
        create file:///r/build.rs  null
        edit "file:///r/build.rs" version null
          0:0-1:0 "fn main() {}\r\n" null
        note: the editor makes the line endings of build.rs its own, which are not the plan's
    "#]]
    .assert_eq(&got);
}

#[test]
fn what_belongs_to_no_step_is_asked_for_all_the_same() {
    let mut document = whole_files();
    document.steps.clear();
    for file in &mut document.files {
        file.steps.clear();
        file.edits.iter_mut().for_each(|edit| edit.steps.clear());
    }
    check(
        &document,
        &full(),
        &expect![[r#"
        delete file:///r/b.rs  "0:remove"
        rename file:///r/a.rs file:///r/b.rs "0"
        rename file:///r/c.rs file:///r/a.rs "0"
        create file:///r/build.rs  "executed:build.rs"
        create file:///r/d.rs  "0:create"
        edit "file:///r/b.rs" version null
          1:0-1:3 "new" "0"
        edit "file:///r/build.rs" version null
          0:0-1:0 "fn main() {}\r\n" "executed:build.rs"
        edit "file:///r/d.rs" version null
          0:0-1:0 "\u{feff}d\n" "0:create"
        0: "Of no step" null
        0:create asks: "Of no step: create" null
        0:remove asks: "Of no step: remove" null
        executed:build.rs asks: "build.rs: cargo runs it" "Of no step"
        note: the editor makes the line endings of build.rs its own, which are not the plan's
    "#]],
    );
}

#[test]
fn on_the_wire() {
    let mut document = texts_only();
    document.files.truncate(1);
    document.files[0].edits.truncate(1);
    document.doubts.clear();
    let edit = prepare(&document, &full(), &a_is_open).unwrap().edit;
    expect![[r#"
        {
          "documentChanges": [
            {
              "textDocument": {
                "uri": "file:///r/a.rs",
                "version": 7
              },
              "edits": [
                {
                  "range": {
                    "start": {
                      "line": 1,
                      "character": 0
                    },
                    "end": {
                      "line": 1,
                      "character": 3
                    }
                  },
                  "newText": "new",
                  "annotationId": "1"
                }
              ]
            }
          ],
          "changeAnnotations": {
            "1": {
              "label": "1. Rename old\\u{202e}",
              "needsConfirmation": false,
              "description": "It is old."
            }
          }
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&edit).unwrap());
}

#[test]
fn positions_count_in_the_client_s_encoding() {
    let files = vec![file(Some(("a", "é😀x\r\n\ry")), Some("a"), vec![edit(6, "x", "z", &[]), edit(10, "y", "", &[])])];
    let document = Document { files, ..Document::default() };
    let uri = |path: &str| format!("file:///r/{path}").parse().ok();
    for (encoding, x, y) in [(Encoding::Utf8, 6, 0), (Encoding::Utf16, 3, 0), (Encoding::Utf32, 2, 0)] {
        let text = |_: &str| Some("é😀x\r\n\ry".into());
        let texts = Texts { encoding, open: &|_| None, text: &text, uri: &uri, confirmed: &BTreeSet::new() };
        let prepared = workspace_edit(&document, &Client::default(), &texts).unwrap();
        let edits = prepared.edit.changes.unwrap().into_values().next().unwrap();
        let starts: Vec<(u32, u32)> =
            edits.iter().map(|edit| (edit.range.start.line, edit.range.start.character)).collect();
        assert_eq!(starts, [(0, x), (2, y)], "{encoding:?}");
    }
}

#[test]
fn no_edit_ends_inside_of_a_line_end() {
    let text = "a\r\nb\r\nc";
    let check = |edits: &[(usize, &str, &str)]| {
        let marked = edits.iter().map(|(start, old, new)| (edit(*start, old, new, &[]), None)).collect();
        let change = |edits: Vec<Edit>| file(Some(("a", text)), Some("a"), edits).apply(text);
        let whole: Vec<Edit> = line_ends::whole_line_ends(text, marked).into_iter().map(|(edit, _)| edit).collect();
        for at in whole.iter().flat_map(|edit| [edit.range().start, edit.range().end]) {
            assert!(at != 2 && at != 5, "{edits:?} became {whole:?}");
        }
        let expect = change(edits.iter().map(|(start, old, new)| edit(*start, old, new, &[])).collect());
        assert!(expect.is_some());
        assert_eq!(change(whole), expect, "{edits:?}");
    };
    check(&[(0, "a", "b")]);
    check(&[(1, "\r", "")]);
    check(&[(2, "\n", "")]);
    check(&[(2, "", "x")]);
    check(&[(1, "\r", "x"), (2, "\n", "y")]);
    check(&[(1, "\r", "x"), (2, "", "y"), (2, "\nb\r", "z"), (5, "", "w"), (6, "c", "")]);
    check(&[(0, "a\r", "x"), (3, "b", "y")]);
    check(&[(1, "", "x"), (2, "\n", "")]);
}

#[test]
fn a_refusal_is_worded() {
    let edit = prepare(&whole_files(), &full(), &a_is_open).unwrap().edit;
    let answer = |reason: Option<&str>, change| ApplyWorkspaceEditResponse {
        applied: false,
        failure_reason: reason.map(str::to_owned),
        failed_change: change,
    };
    let check = |handling: Option<FailureHandlingKind>, response, expect: Expect| {
        let client = Client { failure_handling: handling, ..full() };
        expect.assert_eq(&applied(response, &edit, &client).unwrap_err().to_string());
    };
    check(
        None,
        answer(None, None),
        expect![
            "the editor did not apply the plan: it gave no reason; what it had done before stays, and can be undone there"
        ],
    );
    check(
        None,
        answer(Some("no\u{1b}[31m\nway"), Some(1)),
        expect![
            "the editor did not apply the plan at file:///r/a.rs: no way; what it had done before stays, and can be undone there"
        ],
    );
    check(
        Some(FailureHandlingKind::Transactional),
        answer(Some("busy"), Some(5)),
        expect!["the editor did not apply the plan at file:///r/b.rs: busy; nothing was changed"],
    );
    check(
        Some(FailureHandlingKind::TextOnlyTransactional),
        answer(Some("busy"), Some(99)),
        expect!["the editor did not apply the plan: busy; what it had done before stays, and can be undone there"],
    );
    check(
        Some(FailureHandlingKind::Undo),
        answer(Some("busy"), Some(2)),
        expect![
            "the editor did not apply the plan at file:///r/c.rs: busy; it says that it tried to take back what it had done"
        ],
    );
    check(
        Some(FailureHandlingKind::Abort),
        answer(Some("busy"), Some(0)),
        expect!["the editor did not apply the plan at file:///r/b.rs: busy; nothing was changed"],
    );
    let done = ApplyWorkspaceEditResponse { applied: true, failure_reason: None, failed_change: None };
    assert_eq!(applied(done, &edit, &full()), Ok(()));
}
