//! What became of cited lines since they were cited: still there, moved, or changed.

use std::collections::HashMap;
use std::sync::Arc;

use super::answer::Citation;
use super::citations::{Checked, Status};
use crate::workspace::{RelPath, Snapshot, WorkspaceError};

/// Bytes that are hashed at most in search of lines that are not where they were.
const MOST_HASHED: u64 = 128 << 20;

/// Bytes of other files that are read at most in search of the lines of a file that is gone.
const MOST_READ: u64 = 64 << 20;

/// How cited lines stand in the files as they are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drift {
    /// The same lines hold the same text.
    Same,
    /// The text stands at one other place, and only there.
    Moved(Citation),
    /// The lines hold something else, and why no other place is meant.
    Stale(String),
}

/// The hash by which cited lines are known: blake3, in hex, of their text without the last line's end.
pub fn fingerprint(text: &str) -> String {
    blake3::hash(without_end(text).as_bytes()).to_hex().to_string()
}

/// Compares citations with one state of the files.
pub struct Drifts<'a> {
    now: &'a Snapshot,
    texts: HashMap<String, Option<Arc<str>>>,
    hashed: u64,
    read: u64,
}

impl<'a> Drifts<'a> {
    /// Looks at the files as they are while it is asked, with the buffers that `now` has.
    pub fn new(now: &'a Snapshot) -> Self {
        Self { now, texts: HashMap::new(), hashed: 0, read: 0 }
    }

    /// Marks what moved or changed among checked citations.
    pub fn mark(&mut self, citations: &mut [Checked]) {
        for cited in citations {
            match self.of(&cited.place(), &cited.hash) {
                Some(Drift::Moved(to)) => (cited.status, cited.moved) = (Status::Moved, Some(to)),
                Some(Drift::Stale(why)) => (cited.status, cited.changed) = (Status::Stale, Some(why)),
                Some(Drift::Same) | None => {}
            }
        }
    }

    /// How lines with this [`fingerprint`] stand now; `None` when their file cannot be compared.
    pub fn of(&mut self, cited: &Citation, hash: &str) -> Option<Drift> {
        let span = cited.to.checked_sub(cited.from)? + 1;
        match self.text(&cited.path) {
            Ok(Some(text)) => {
                if lines(&text, cited.from, cited.to).is_some_and(|lines| fingerprint(lines) == hash) {
                    return Some(Drift::Same);
                }
                let found = self.find(&text, span, hash);
                Some(match found[..] {
                    [] => Drift::Stale("the lines hold something else now".to_owned()),
                    [from] => Drift::Moved(Citation { path: cited.path.clone(), from, to: from + span - 1 }),
                    _ => Drift::Stale(format!("their text stands at {} other places of the file now", found.len())),
                })
            }
            Ok(None) => Some(self.elsewhere(cited, span, hash)),
            Err(_) => None,
        }
    }

    /// The lines of a file that is gone: perhaps it has another name now.
    fn elsewhere(&mut self, cited: &Citation, span: u64, hash: &str) -> Drift {
        let mut found = Vec::new();
        let ending = |path: &str| path.rsplit_once('.').map(|(_, ending)| ending.to_owned());
        let wanted = ending(&cited.path);
        let now = self.now;
        for file in now.files().unwrap_or_default().iter().filter(|file| ending(file.path.as_str()) == wanted) {
            self.read += now.size(file);
            if self.read > MOST_READ || found.len() > 1 {
                break;
            }
            let Ok((text, _)) = now.glance(&file.path) else { continue };
            let places = self.find(&text, span, hash);
            let place = |from| Citation { path: file.path.to_string(), from, to: from + span - 1 };
            found.extend(places.into_iter().map(place));
        }
        match &found[..] {
            [one] if self.read <= MOST_READ => Drift::Moved(one.clone()),
            _ => Drift::Stale("there is no such file any more".to_owned()),
        }
    }

    /// Where `span` lines with this hash begin.
    fn find(&mut self, text: &str, span: u64, hash: &str) -> Vec<u64> {
        let ends: Vec<usize> = std::iter::once(0).chain(text.split_inclusive('\n').scan(0, ended)).collect();
        let Ok(span) = usize::try_from(span) else { return Vec::new() };
        let mut found = Vec::new();
        for (from, window) in ends.windows(span.saturating_add(1).min(ends.len() + 1)).enumerate() {
            let (Some(start), Some(end)) = (window.first(), window.last()) else { continue };
            self.hashed += (end - start) as u64;
            if self.hashed > MOST_HASHED {
                return Vec::new();
            }
            if fingerprint(&text[*start..*end]) == hash {
                found.push(from as u64 + 1);
            }
        }
        found
    }

    /// The text of a file as it is now; `None` when there is no such file.
    fn text(&mut self, path: &str) -> Result<Option<Arc<str>>, WorkspaceError> {
        if let Some(text) = self.texts.get(path) {
            return Ok(text.clone());
        }
        let text = match self.now.glance(&RelPath::parse(path)?) {
            Ok((text, _)) => Some(text),
            Err(WorkspaceError::NotFound { .. } | WorkspaceError::NotListed { .. }) => None,
            Err(error) => return Err(error),
        };
        self.texts.insert(path.to_owned(), text.clone());
        Ok(text)
    }
}

/// Where the next line ends.
fn ended(at: &mut usize, line: &str) -> Option<usize> {
    *at += line.len();
    Some(*at)
}

/// The lines `from..=to`, 1-based; `None` when there are fewer.
fn lines(text: &str, from: u64, to: u64) -> Option<&str> {
    let (skip, take) = (usize::try_from(from).ok()?.checked_sub(1)?, usize::try_from(to.checked_sub(from)?).ok()?);
    let mut ends = std::iter::once(0).chain(text.split_inclusive('\n').scan(0, ended)).skip(skip);
    let start = ends.next()?;
    Some(&text[start..ends.nth(take)?])
}

fn without_end(text: &str) -> &str {
    text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;

    const TEXT: &str = "fn a() {\n    one();\n}\n\nfn b() {\n    two();\n}\n";

    #[test]
    fn lines_are_same_moved_or_stale() {
        let check = |path: &str, now: &str, (from, to): (u64, u64), expect: &str| {
            let dir = tempfile::tempdir().unwrap();
            std::fs::write(dir.path().join(path), now).unwrap();
            let snapshot = Workspace::open(dir.path()).unwrap().snapshot();
            let cited = Citation { path: "a.rs".into(), from, to };
            let hash = fingerprint(lines(TEXT, from, to).unwrap());
            let got = match Drifts::new(&snapshot).of(&cited, &hash) {
                Some(Drift::Same) => "same".to_owned(),
                Some(Drift::Moved(to)) => format!("{}:{}-{}", to.path, to.from, to.to),
                Some(Drift::Stale(why)) => why,
                None => "unknown".to_owned(),
            };
            assert_eq!(got, expect, "{path}:{from}-{to} of {now:?}");
        };
        let (changed, gone) = ("the lines hold something else now", "there is no such file any more");
        check("a.rs", TEXT, (1, 3), "same");
        check("a.rs", TEXT.trim_end(), (5, 7), "same");
        check("a.rs", &format!("// new\n{TEXT}"), (5, 7), "a.rs:6-8");
        check("a.rs", "fn b() {\n    two();\n}", (5, 7), "a.rs:1-3");
        check("a.rs", &TEXT.replace("two", "three"), (5, 7), changed);
        check("a.rs", &TEXT.replace("two", "three"), (1, 3), "same");
        check("a.rs", "", (1, 3), changed);
        let twice = format!("\n{TEXT}{TEXT}");
        check("a.rs", &twice, (1, 3), "their text stands at 2 other places of the file now");
        check("b.rs", &format!("\n{TEXT}"), (1, 3), "b.rs:2-4");
        check("b.rs", &twice, (1, 3), gone);
        check("b.py", TEXT, (1, 3), gone);
        check("a.rs", "\0\0", (1, 3), "unknown");
    }
}
