//! A place that an answer has to cite, as task files write it.

use crate::workspace::{RelPath, Snapshot};

/// Lines of a file, 1-based and inclusive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub path: String,
    pub from: u64,
    pub to: u64,
}

impl Place {
    /// `path:line`, `path:from-to`, or `path: text`, which is the first line that holds the text.
    pub fn find(written: &str, snapshot: &Snapshot) -> Result<Self, String> {
        let expected = || format!("{written:?} is not `path:line`, `path:from-to` or `path: text`");
        let (path, rest) = match written.split_once(": ") {
            Some((path, text)) => (path, Err(text.trim())),
            None => {
                let (path, lines) = written.rsplit_once(':').ok_or_else(expected)?;
                (path, Ok(lines))
            }
        };
        let file = RelPath::parse(path).map_err(|error| error.to_string())?;
        let text = snapshot.text(&file).map_err(|error| error.to_string())?;
        let count = text.lines().count() as u64;
        let (from, to) = match rest {
            Ok(lines) => {
                let (from, to) = lines.split_once('-').unwrap_or((lines, lines));
                (from.parse().map_err(|_| expected())?, to.parse().map_err(|_| expected())?)
            }
            Err(text_of_line) => {
                let at = text.lines().position(|line| line.contains(text_of_line));
                let line = at.ok_or_else(|| format!("no line of {path} holds {text_of_line:?}"))? as u64 + 1;
                (line, line)
            }
        };
        if from == 0 || from > to || to > count {
            return Err(format!("{path} has the lines 1 to {count}, not {from} to {to}"));
        }
        Ok(Self { path: file.as_str().to_owned(), from, to })
    }

    pub fn overlaps(&self, path: &str, from: u64, to: u64) -> bool {
        self.path == path && self.from <= to && from <= self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;

    #[test]
    fn places() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.rs"), "one\nfn two() {\n}\n").unwrap();
        let snapshot = Workspace::open(dir.path()).unwrap().snapshot();
        let check = |written: &str, expect: Result<(u64, u64), &str>| {
            let got = Place::find(written, &snapshot).map(|place| (place.from, place.to));
            assert_eq!(got.as_ref().map_err(String::as_str), expect.as_ref().map_err(|text| *text), "{written}");
        };
        check("a.rs:2", Ok((2, 2)));
        check("a.rs:2-3", Ok((2, 3)));
        check("a.rs: fn two", Ok((2, 2)));
        check("a.rs: fn three", Err("no line of a.rs holds \"fn three\""));
        check("a.rs:3-4", Err("a.rs has the lines 1 to 3, not 3 to 4"));
        check("a.rs:x", Err("\"a.rs:x\" is not `path:line`, `path:from-to` or `path: text`"));
        check("b.rs:1", Err("b.rs: no such file or folder"));
    }
}
