//! The plan that takes a plan back.

use super::{Document, Edit, FileChange, Step};

/// Files that are not as the plan left them, so it cannot be taken back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not as the plan left them: {}", paths.join(", "))]
pub struct NotTheSame {
    pub paths: Vec<String>,
}

impl Document {
    /// The plan that takes this one back, over the texts that `read` gives for the paths afterwards. Steps keep their
    /// numbers. File modes are not part of a plan: a removed file comes back with the ordinary one.
    pub fn inverse(&self, read: &dyn Fn(&str) -> Option<std::sync::Arc<str>>) -> Result<Self, NotTheSame> {
        let mut files = Vec::new();
        let mut paths = Vec::new();
        for change in &self.files {
            let now = match &change.after {
                Some(path) => read(path),
                None => Some("".into()),
            };
            match now.and_then(|now| change.inverse(&now)) {
                Some(inverse) => files.push(inverse),
                None => paths.push(change.path().to_owned()),
            }
        }
        if !paths.is_empty() {
            return Err(NotTheSame { paths });
        }
        files.sort_by(|a, b| a.path().cmp(b.path()));
        let steps =
            self.steps.iter().rev().map(|step| Step { title: format!("Take back: {}", step.title), ..step.clone() });
        Ok(Self {
            version: self.version,
            request: format!("Take back: {}", self.request),
            steps: steps.collect(),
            files,
            ..Self::default()
        })
    }
}

impl FileChange {
    /// The change that takes this one back, when `now` is the text that it gave; "" for a removed file.
    fn inverse(&self, now: &str) -> Option<Self> {
        let mut edits = Vec::with_capacity(self.edits.len());
        let (mut moved, mut lines) = (0_isize, 0_i64);
        for edit in &self.edits {
            edits.push(Edit {
                start: edit.start.checked_add_signed(moved)?,
                line: u32::try_from(i64::from(edit.line) + lines).ok()?,
                old: edit.new.clone(),
                new: edit.old.clone(),
                steps: edit.steps.clone(),
            });
            moved += edit.new.len() as isize - edit.old.len() as isize;
            lines += count_lines(&edit.new) - count_lines(&edit.old);
        }
        // A removed file's edit leaves nothing, which is no file either way.
        let hash = self.after.is_some().then(|| blake3::hash(now.as_bytes()).to_hex().to_string());
        let inverse = Self {
            before: self.after.clone(),
            after: self.before.clone(),
            hash,
            bom: self.bom,
            steps: self.steps.clone(),
            executed: self.executed.clone(),
            edits,
        };
        let fits = match &self.before {
            Some(_) => {
                let back = inverse.apply(now)?;
                self.hash.as_deref() == Some(blake3::hash(back.as_bytes()).to_hex().as_str())
            }
            None => self.apply("")? == now,
        };
        fits.then_some(inverse)
    }
}

fn count_lines(text: &str) -> i64 {
    memchr::memchr_iter(b'\n', text.as_bytes()).count() as i64
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;

    type Tree = BTreeMap<String, String>;

    fn hash(text: &str) -> String {
        blake3::hash(text.as_bytes()).to_hex().to_string()
    }

    fn line(text: &str, at: usize) -> u32 {
        1 + text[..at].matches('\n').count() as u32
    }

    /// What a plan makes of a tree; `None` when it does not fit.
    fn apply(document: &Document, tree: &Tree) -> Option<Tree> {
        let mut out = tree.clone();
        for change in document.files.iter().filter(|change| change.before.is_some()) {
            let text = out.remove(change.before.as_ref()?)?;
            (change.hash.as_ref()? == &hash(&text)).then_some(())?;
        }
        for change in &document.files {
            if let Some(after) = &change.after {
                let text = change.before.as_ref().map_or("", |before| &tree[before]);
                if out.insert(after.clone(), change.apply(text)?).is_some() {
                    return None;
                }
            }
        }
        Some(out)
    }

    fn texts() -> impl Strategy<Value = String> {
        proptest::collection::vec(
            prop_oneof!["[a-c]{1,3}", Just("\n".to_owned()), Just("\r\n".into()), Just("é".into())],
            0..12,
        )
        .prop_map(|parts| parts.concat())
    }

    /// A file with what happens to it: cuts as fractions with what replaces them, where it goes.
    fn changes() -> impl Strategy<Value = (String, Vec<(u16, u16, String)>, u8)> {
        (texts(), proptest::collection::vec((any::<u16>(), any::<u16>(), texts()), 0..5), 0..5_u8)
    }

    fn edits(text: &str, cuts: &[(u16, u16, String)]) -> Vec<Edit> {
        let snap = |at: u16| {
            let mut at = usize::from(at) % (text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let mut cuts: Vec<_> =
            cuts.iter().map(|(a, b, new)| (snap(*a).min(snap(*b)), snap(*a).max(snap(*b)), new)).collect();
        cuts.sort();
        let mut edits: Vec<Edit> = Vec::new();
        for (start, end, new) in cuts {
            if edits.last().is_none_or(|last| last.range().end <= start && last.start != start) {
                let old = text[start..end].to_owned();
                edits.push(Edit { start, line: line(text, start), old, new: new.clone(), steps: vec![1] });
            }
        }
        edits
    }

    proptest! {
        #[test]
        fn taking_back_gives_the_same_tree(all in proptest::collection::vec(changes(), 0..6)) {
            let mut tree = Tree::new();
            let mut document = Document { steps: vec![Step { id: 1, ..Step::default() }], ..Document::default() };
            for (at, (text, cuts, kind)) in all.iter().enumerate() {
                let (path, other) = (format!("f{at}"), format!("g{at}"));
                let whole = |old: &str, new: &str| vec![Edit { start: 0, line: 1, old: old.into(), new: new.into(), steps: vec![1] }];
                let (before, after, edits) = match kind {
                    0 => (None, Some(path), whole("", text)),
                    1 => (Some(path), None, whole(text, "")),
                    2 => (Some(path), Some(other), edits(text, cuts)),
                    _ => (Some(path.clone()), Some(path), edits(text, cuts)),
                };
                if let Some(before) = &before {
                    tree.insert(before.clone(), text.clone());
                }
                let hash = before.as_ref().map(|_| hash(text));
                document.files.push(FileChange { before, after, hash, edits, steps: vec![1], ..FileChange::default() });
            }
            let there = apply(&document, &tree).unwrap();
            let read = |path: &str| there.get(path).map(|text| Arc::from(text.as_str()));
            let inverse = document.inverse(&read).unwrap();
            for edit in inverse.files.iter().flat_map(|change| change.edits.iter().map(move |edit| (change, edit))) {
                let text = edit.0.before.as_ref().map_or("", |path| &there[path]);
                prop_assert_eq!(edit.1.line, line(text, edit.1.start));
            }
            prop_assert_eq!(&apply(&inverse, &there).unwrap(), &tree);
            let read = |path: &str| tree.get(path).map(|text| Arc::from(text.as_str()));
            let again = inverse.inverse(&read).unwrap();
            prop_assert_eq!(&apply(&again, &tree).unwrap(), &there);
        }
    }

    #[test]
    fn a_file_that_changed_since_is_named() {
        let edits = vec![Edit { start: 0, line: 1, old: "a".into(), new: "b".into(), steps: vec![1] }];
        let path = Some("x".to_owned());
        let change =
            FileChange { before: path.clone(), after: path, hash: Some(hash("a.")), edits, ..FileChange::default() };
        let document = Document { files: vec![change], ..Document::default() };
        for (now, fits) in [(Some("b."), true), (Some("b,"), false), (Some("c."), false), (None, false)] {
            let inverse = document.inverse(&|_| now.map(Arc::from));
            let expect = if fits { Ok(()) } else { Err(NotTheSame { paths: vec!["x".into()] }) };
            assert_eq!(inverse.map(drop), expect, "{now:?}");
        }
    }
}
