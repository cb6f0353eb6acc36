//! A plan as a unified diff that `git apply` takes.

use std::fmt::Write as _;
use std::sync::Arc;

use imara_diff::{Algorithm, Diff, Hunk, InternedInput};

use super::{Change, Document, FileChange};

/// Lines around a change.
const CONTEXT: u32 = 3;

const BOM: &str = "\u{feff}";

/// Why there is no patch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DiffError {
    #[error("{0} is not there any more, or is no text")]
    Gone(String),
    #[error("{0} has another text than the one that the plan was made for")]
    Changed(String),
    #[error("the plan cannot be followed at {0}: its edits do not make it what the plan says")]
    Malformed(String),
}

/// The plan as one patch of the files' own bytes, over the texts that `read` gives for the paths before.
///
/// `git apply` takes it, and `git apply -R` takes it back. It is empty when nothing changes. The plan does not know the
/// files' modes: those of edited and moved files stay, others are 644. What stands in it is not cleaned; it has to be
/// byte for byte what the files hold.
///
/// # Errors
/// When a text before is gone or is not the one that the plan was made for.
pub fn diff(document: &Document, read: &dyn Fn(&str) -> Option<Arc<str>>) -> Result<String, DiffError> {
    // git takes removals one by one, so they come before what takes their paths; taken back, from the end, creations do.
    let order = |file: &&FileChange| match file.change() {
        Change::Removed => 0,
        Change::Edited | Change::Moved => 1,
        Change::Created => 2,
    };
    let mut files: Vec<&FileChange> = document.files.iter().collect();
    files.sort_by_key(order);
    let mut patch = String::new();
    for file in files {
        file_patch(file, read, &mut patch)?;
    }
    Ok(patch)
}

fn file_patch(file: &FileChange, read: &dyn Fn(&str) -> Option<Arc<str>>, patch: &mut String) -> Result<(), DiffError> {
    let (before, after) = texts(file, read)?;
    let change = file.change();
    if change == Change::Edited && before == after {
        return Ok(());
    }
    let with_bom = |text: String| if file.bom { [BOM, &text].concat() } else { text };
    let text_of = |path: &Option<String>, text| if path.is_some() { with_bom(text) } else { String::new() };
    let (before, after) = (text_of(&file.before, before), text_of(&file.after, after));
    let path = file.path();
    let (old, new) = (file.before.as_deref().unwrap_or(path), file.after.as_deref().unwrap_or(path));
    // Writing to a string does not fail.
    let _ = writeln!(patch, "diff --git {} {}", quoted("a/", old), quoted("b/", new));
    let hunks = hunks(&before, &after);
    match change {
        Change::Created => patch.push_str("new file mode 100644\n"),
        Change::Removed => patch.push_str("deleted file mode 100644\n"),
        Change::Moved => {
            let _ = writeln!(patch, "similarity index {}%", similarity(file, before.len(), after.len()));
            let _ = writeln!(patch, "rename from {}\nrename to {}", quoted("", old), quoted("", new));
        }
        Change::Edited => {}
    }
    if !hunks.is_empty() {
        let side = |prefix, path: &Option<String>| match path {
            // Without the tab, a blank would end the name.
            Some(path) => quoted(prefix, path) + if path.contains(' ') { "\t" } else { "" },
            None => "/dev/null".to_owned(),
        };
        let _ = writeln!(patch, "--- {}\n+++ {}", side("a/", &file.before), side("b/", &file.after));
        patch.push_str(&hunks);
    }
    Ok(())
}

/// The text before and afterwards, without a BOM; empty where there is no file.
fn texts(file: &FileChange, read: &dyn Fn(&str) -> Option<Arc<str>>) -> Result<(String, String), DiffError> {
    let before = match &file.before {
        None => Arc::from(""),
        Some(path) => read(path).ok_or_else(|| DiffError::Gone(path.clone()))?,
    };
    let fits = file.hash.as_ref().is_none_or(|hash| blake3::hash(before.as_bytes()).to_hex().as_str() == hash);
    if !fits {
        return Err(DiffError::Changed(file.path().to_owned()));
    }
    if file.path().is_empty() {
        return Err(DiffError::Malformed("a file without a path".to_owned()));
    }
    // Of a removed file, the edits leave nothing.
    let kept = FileChange { after: Some(file.path().to_owned()), ..file.clone() };
    let after = kept.apply(&before).filter(|after| file.after.is_some() || after.is_empty());
    Ok((before.to_string(), after.ok_or_else(|| DiffError::Malformed(file.path().to_owned()))?))
}

/// How much of a moved file stays, in percent; 100 when all of it does.
fn similarity(file: &FileChange, before: usize, after: usize) -> usize {
    let replaced: usize = file.edits.iter().filter(|edit| edit.old != edit.new).map(|edit| edit.old.len()).sum();
    if file.edits.iter().all(|edit| edit.old == edit.new) {
        return 100;
    }
    (before.saturating_sub(replaced) * 100 / before.max(after).max(1)).min(99)
}

/// The hunks from one text to the other. A line ends with LF, whatever stands before it.
fn hunks(before: &str, after: &str) -> String {
    let input = InternedInput::new(before, after);
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    let (old, new) = (lines(before), lines(after));
    let changes: Vec<Hunk> = diff.hunks().collect();
    let mut out = String::new();
    for group in changes.chunk_by(|a, b| b.before.start - a.before.end <= 2 * CONTEXT) {
        let [first, ..] = group else { continue };
        let last = &group[group.len() - 1];
        let lead = first.before.start.min(CONTEXT);
        let trail = (old.len() as u32 - last.before.end).min(CONTEXT);
        let side = |from: u32, to: u32| match (from - lead, to + trail) {
            // An empty side is named by the line above it.
            (from, to) if from == to => format!("{from},0"),
            (from, to) if from + 1 == to => (from + 1).to_string(),
            (from, to) => format!("{},{}", from + 1, to - from),
        };
        let (before, after) = (side(first.before.start, last.before.end), side(first.after.start, last.after.end));
        let _ = writeln!(out, "@@ -{before} +{after} @@");
        let mut at = first.before.start - lead;
        for change in group {
            push(&mut out, ' ', &old[at as usize..change.before.start as usize]);
            push(&mut out, '-', &old[change.before.start as usize..change.before.end as usize]);
            push(&mut out, '+', &new[change.after.start as usize..change.after.end as usize]);
            at = change.before.end;
        }
        push(&mut out, ' ', &old[at as usize..(at + trail) as usize]);
    }
    out
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn push(out: &mut String, sign: char, lines: &[&str]) {
    for line in lines {
        out.push(sign);
        out.push_str(line);
        if !line.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

/// A path as git spells it: in quotes, with C's escapes, when it holds anything but printable ASCII.
fn quoted(prefix: &str, path: &str) -> String {
    if path.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\') {
        return [prefix, path].concat();
    }
    let mut out = format!("\"{prefix}");
    for byte in path.bytes() {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b' '..=b'~' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "\\{byte:03o}");
            }
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::plan::Edit;

    fn edit(start: usize, old: &str, new: &str) -> Edit {
        Edit { start, line: 1, old: old.to_owned(), new: new.to_owned(), steps: vec![1] }
    }

    fn file(before: Option<&str>, after: Option<&str>, edits: Vec<Edit>) -> FileChange {
        let path = |path: Option<&str>| path.map(str::to_owned);
        FileChange { before: path(before), after: path(after), edits, ..FileChange::default() }
    }

    fn check(text: &str, file: FileChange, expect: &Expect) {
        let document = Document { files: vec![file], ..Document::default() };
        let got = match diff(&document, &|_| Some(text.into())) {
            Ok(patch) => patch,
            Err(error) => error.to_string(),
        };
        expect.assert_eq(&got);
    }

    const TEN: &str = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";

    #[test]
    fn hunks_with_three_lines_around() {
        let edits = vec![edit(0, "1", "one"), edit(18, "10\n", "ten")];
        check(
            TEN,
            file(Some("a"), Some("a"), edits),
            &expect![[r#"
                diff --git a/a b/a
                --- a/a
                +++ b/a
                @@ -1,4 +1,4 @@
                -1
                +one
                 2
                 3
                 4
                @@ -7,4 +7,4 @@
                 7
                 8
                 9
                -10
                +ten
                \ No newline at end of file
            "#]],
        );
        check("same\n", file(Some("a"), Some("a"), vec![edit(0, "same", "same")]), &expect![[""]]);
    }

    #[test]
    fn files_that_come_go_and_move() {
        let created = file(None, Some("new.rs"), vec![edit(0, "", "x\n")]);
        check(
            "",
            created,
            &expect![[r#"
                diff --git a/new.rs b/new.rs
                new file mode 100644
                --- /dev/null
                +++ b/new.rs
                @@ -0,0 +1 @@
                +x
            "#]],
        );
        check(
            "x",
            file(Some("with blank"), None, vec![edit(0, "x", "")]),
            &expect![[r#"
                diff --git a/with blank b/with blank
                deleted file mode 100644
                --- a/with blank	
                +++ /dev/null
                @@ -1 +0,0 @@
                -x
                \ No newline at end of file
            "#]],
        );
        check(
            "12345678\n",
            file(Some("a\tb"), Some("\"é\\"), vec![edit(0, "1", "2")]),
            &expect![[r#"
                diff --git "a/a\tb" "b/\"\303\251\\"
                similarity index 88%
                rename from "a\tb"
                rename to "\"\303\251\\"
                --- "a/a\tb"
                +++ "b/\"\303\251\\"
                @@ -1 +1 @@
                -12345678
                +22345678
            "#]],
        );
    }

    #[test]
    fn a_text_that_does_not_fit_is_named() {
        let stale = FileChange { hash: Some("00".to_owned()), ..file(Some("a"), Some("a"), Vec::new()) };
        check("x", stale, &expect!["a has another text than the one that the plan was made for"]);
        check(
            "x",
            file(Some("a"), None, Vec::new()),
            &expect!["the plan cannot be followed at a: its edits do not make it what the plan says"],
        );
        let nowhere = file(None, None, Vec::new());
        check(
            "",
            nowhere,
            &expect![
                "the plan cannot be followed at a file without a path: its edits do not make it what the plan says"
            ],
        );
        let document = Document { files: vec![file(Some("a"), None, Vec::new())], ..Document::default() };
        assert_eq!(diff(&document, &|_| None), Err(DiffError::Gone("a".to_owned())));
    }
}
