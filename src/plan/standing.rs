//! What of a plan the texts have: an editor's user takes some changes and leaves others, and nobody says which.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Document, Edit, FileChange};

/// The texts now, by path.
type Read<'r> = &'r dyn Fn(&str) -> Option<Arc<str>>;

impl Document {
    /// The part of the plan that the texts have, which [`Document::inverse`] takes back: its edits and its doubtful places,
    /// each as far as it stands there. A file that is neither as before nor as any part of the plan leaves it stays as the
    /// plan has it, and fits no inverse. Texts that `read` gives are those of the paths now.
    pub fn standing(&self, read: Read<'_>) -> Self {
        let mut doubtful: BTreeMap<&str, Vec<&Edit>> = BTreeMap::new();
        for doubt in &self.doubts {
            doubtful.entry(&doubt.path).or_default().extend(&doubt.edit);
        }
        let own = self.files.iter().filter_map(|change| {
            let doubtful = change.before.as_deref().and_then(|before| doubtful.remove(before)).unwrap_or_default();
            change.standing(&doubtful, read)
        });
        let mut files: Vec<FileChange> = own.collect();
        // Files that have nothing but doubtful places.
        files.extend(doubtful.into_iter().filter_map(|(path, edits)| {
            let hash = self.doubts.iter().find(|doubt| doubt.path == path)?.hash.clone()?;
            let path = Some(path.to_owned());
            FileChange { before: path.clone(), after: path, hash: Some(hash), ..FileChange::default() }
                .standing(&edits, read)
        }));
        files.sort_by(|a, b| a.path().cmp(b.path()));
        Self { files, doubts: Vec::new(), ..self.clone() }
    }
}

impl FileChange {
    /// The part of the change that stands; `None` when the file is as before.
    fn standing(&self, doubtful: &[&Edit], read: Read<'_>) -> Option<Self> {
        let is_old = |text: &str| self.hash.as_deref() == Some(blake3::hash(text.as_bytes()).to_hex().as_str());
        let (before, after) = match (&self.before, &self.after) {
            (None, Some(after)) => return read(after).map(|_| self.clone()),
            (Some(before), None) => return (!read(before).is_some_and(|text| is_old(&text))).then(|| self.clone()),
            (Some(before), Some(after)) => (before, after),
            (None, None) => return None,
        };
        let stays = read(after).is_none();
        let path = if stays { before } else { after };
        let Some(now) = read(path) else { return Some(self.clone()) };
        let mut all: Vec<&Edit> = self.edits.iter().chain(doubtful.iter().copied()).collect();
        all.sort_by_key(|edit| edit.start);
        let Some(edits) = standing(&all, &now) else { return Some(self.clone()) };
        if edits.is_empty() && path == before && is_old(&now) {
            return None;
        }
        Some(Self { after: Some(path.clone()), edits, ..self.clone() })
    }
}

/// Those of the edits, in order, that a text has. `None` when at one of them it has neither the old text nor the new.
fn standing(edits: &[&Edit], now: &str) -> Option<Vec<Edit>> {
    let (mut found, mut moved) = (Vec::new(), 0_isize);
    let mut end = 0;
    for edit in edits {
        // Another one has this place.
        if edit.start < end {
            continue;
        }
        let rest = now.get(edit.start.checked_add_signed(moved)?..)?;
        // Where both fit, one begins with the other, and the longer one is there.
        let is_new = match (rest.starts_with(&edit.new), rest.starts_with(&edit.old)) {
            (true, true) => edit.new.len() >= edit.old.len(),
            (is_new, is_old) => (is_new || is_old).then_some(is_new)?,
        };
        if is_new {
            moved += edit.new.len() as isize - edit.old.len() as isize;
            end = edit.range().end;
            found.push((*edit).clone());
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Doubt;

    const TEXT: &str = "next(); next(); // next\nprev();\n";

    fn edit(start: usize, old: &str, new: &str) -> Edit {
        Edit { start, line: 1, old: old.into(), new: new.into(), steps: vec![1] }
    }

    fn plan() -> Document {
        let hash = Some(blake3::hash(TEXT.as_bytes()).to_hex().to_string());
        let file = |before: Option<&str>, after: Option<&str>, edits| FileChange {
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
            hash: before.and(hash.clone()),
            edits,
            ..FileChange::default()
        };
        let doubt =
            |path: &str, edit| Doubt { path: path.into(), hash: hash.clone(), edit: Some(edit), ..Doubt::default() };
        Document {
            files: vec![
                file(Some("a"), Some("a"), vec![edit(0, "next", "next_one"), edit(24, "prev", "p")]),
                file(Some("b"), Some("c"), vec![edit(8, "next", "n")]),
                file(None, Some("new"), vec![edit(0, "", "fresh\n")]),
                file(Some("old"), None, vec![edit(0, TEXT, "")]),
            ],
            doubts: vec![doubt("a", edit(8, "next", "next_one")), doubt("d", edit(19, "next", "one"))],
            ..Document::default()
        }
    }

    #[test]
    fn what_stands_is_taken_back_and_what_never_came_is_left() {
        let check = |now: &[(&str, &str)], expect: &[&str]| {
            let now: BTreeMap<&str, &str> = now.iter().copied().collect();
            let read = |path: &str| now.get(path).map(|text| Arc::from(*text));
            let standing = plan().standing(&read);
            let found = match standing.inverse(&read) {
                Ok(inverse) => inverse.files.iter().map(|file| format!("{:?} {:?}", file.before, file.after)).collect(),
                Err(error) => error.paths,
            };
            let expect: Vec<String> = expect
                .iter()
                .map(|path| match path.split_once(' ') {
                    Some((before, after)) => {
                        let name = |name: &str| (name != "-").then(|| name.to_owned());
                        format!("{:?} {:?}", name(before), name(after))
                    }
                    None => (*path).to_owned(),
                })
                .collect();
            assert_eq!(found, expect, "{now:?}");
        };
        let before = [("a", TEXT), ("b", TEXT), ("d", TEXT), ("old", TEXT)];
        check(&before, &[]);
        let with = |path: &'static str, text: &'static str| {
            let mut all = before;
            all.iter_mut().filter(|file| file.0 == path).for_each(|file| file.1 = text);
            all
        };
        check(&with("a", "next_one(); next(); // next\np();\n"), &["a a"]);
        check(&with("a", "next_one(); next_one(); // next\nprev();\n"), &["a a"]);
        check(&with("a", "next(); next_one(); // next\nprev();\n"), &["a a"]);
        check(&with("a", "next(); next(); // next!\nprev();\n"), &["a"]);
        check(&with("a", "next_one(); nxt(); // next\np();\n"), &["a"]);
        check(&with("d", "next(); next(); // one\nprev();\n"), &["d d"]);
        // Whether there is room for what comes back is seen when it is written.
        check(&with("old", "another"), &["- old"]);
        check(
            &[("a", TEXT), ("c", "next(); n(); // next\nprev();\n"), ("d", TEXT), ("new", "fresh\n")],
            &["c b", "new -", "- old"],
        );
        check(&[("a", TEXT), ("c", TEXT), ("d", TEXT), ("old", TEXT)], &["c b"]);
        check(&with("b", "next(); n(); // next\nprev();\n"), &["b b"]);
        check(&[("a", TEXT), ("b", TEXT), ("d", TEXT), ("old", TEXT), ("new", "else")], &["new"]);
        check(&[("b", TEXT), ("d", TEXT), ("old", TEXT)], &["a"]);
    }
}
