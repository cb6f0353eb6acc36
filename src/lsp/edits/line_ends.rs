//! Line ends where edits meet them.

use crate::plan::Edit;

/// The same edits, none of which begins or ends inside of a CRLF, where the protocol has no position.
pub fn whole_line_ends(text: &str, edits: Vec<(Edit, Option<String>)>) -> Vec<(Edit, Option<String>)> {
    let splits = |at: usize| at > 0 && text.as_bytes()[at - 1] == b'\r' && text.as_bytes().get(at) == Some(&b'\n');
    let mut out: Vec<(Edit, Option<String>)> = Vec::with_capacity(edits.len());
    for (edit, id) in edits {
        match out.last_mut() {
            Some((last, _)) if last.range().end == edit.start && splits(edit.start) => {
                last.old.push_str(&edit.old);
                last.new.push_str(&edit.new);
            }
            _ => out.push((edit, id)),
        }
    }
    for (edit, _) in &mut out {
        if splits(edit.start) {
            edit.start -= 1;
            edit.old.insert(0, '\r');
            edit.new.insert(0, '\r');
        }
        if splits(edit.range().end) {
            edit.old.push('\n');
            edit.new.push('\n');
        }
    }
    out
}

/// Which line endings a text has: LF, CRLF, CR.
pub fn kinds(text: &str) -> [bool; 3] {
    let mut found = [false; 3];
    let bytes = text.as_bytes();
    for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
        let kind = match bytes[at] {
            b'\r' if bytes.get(at + 1) == Some(&b'\n') => 1,
            b'\r' => 2,
            _ if at > 0 && bytes[at - 1] == b'\r' => 1,
            _ => 0,
        };
        found[kind] = true;
    }
    found
}
