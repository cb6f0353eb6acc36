//! The folders of a list of files as a tree, with sizes.

use std::ops::Range;

/// Folders in path order, the root first. A folder's files are a range of the list that the tree was made from.
pub(super) struct Folders<'a>(Vec<Folder<'a>>);

/// Deeper folders count as part of the one at this depth: what recurs over the tree has a stack of fixed size.
const DEEPEST: usize = 100;

pub(super) struct Folder<'a> {
    /// Empty for the root.
    pub path: &'a str,
    /// All files in it and below, as positions in the list.
    pub files: Range<usize>,
    /// The files that stand in it directly.
    pub direct: Vec<usize>,
    /// The folders in it, as positions in the tree.
    pub folders: Vec<usize>,
    /// Of all files, and of those that stand in it directly.
    pub weight: u64,
    pub direct_weight: u64,
}

impl<'a> Folders<'a> {
    /// `files`: paths with weights, sorted by path bytes.
    pub fn new(files: impl IntoIterator<Item = (&'a str, u64)>) -> Self {
        let mut all = vec![Folder::new("", 0)];
        let mut open = vec![0];
        for (at, (path, weight)) in files.into_iter().enumerate() {
            while let Some(top) = open.last().copied().filter(|top| !holds(all[*top].path, path)) {
                debug_assert!(top > 0);
                open.pop();
            }
            let top = open.last().copied().unwrap_or_default();
            let from = if top == 0 { 0 } else { all[top].path.len() + 1 };
            let room = DEEPEST.saturating_sub(open.len());
            for (slash, _) in path[from..].match_indices('/').take(room) {
                let parent = open.last().copied().unwrap_or_default();
                let next = all.len();
                all[parent].folders.push(next);
                all.push(Folder::new(&path[..from + slash], at));
                open.push(next);
            }
            for folder in &open {
                all[*folder].weight += weight;
                all[*folder].files.end = at + 1;
            }
            let parent = open.last().copied().unwrap_or_default();
            all[parent].direct.push(at);
            all[parent].direct_weight += weight;
        }
        Self(all)
    }

    pub fn get(&self, at: usize) -> &Folder<'a> {
        &self.0[at]
    }

    /// The folder with this path; empty for the root.
    pub fn find(&self, path: &str) -> Option<usize> {
        self.0.iter().position(|folder| folder.path == path)
    }
}

impl<'a> Folder<'a> {
    fn new(path: &'a str, from: usize) -> Self {
        Self { path, files: from..from, direct: Vec::new(), folders: Vec::new(), weight: 0, direct_weight: 0 }
    }

    pub fn name(&self) -> &'a str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }
}

/// Whether a path is below a folder.
pub(super) fn holds(folder: &str, path: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_of_sorted_paths() {
        let files = ["a/b/c/one", "a/b/two", "a/three", "a-b/four", "five", "z/y/six"];
        let mut files = files.to_vec();
        files.sort_unstable();
        let tree = Folders::new(files.iter().map(|path| (*path, 1)));
        let shown: Vec<String> = tree
            .0
            .iter()
            .map(|folder| {
                let direct: Vec<&str> = folder.direct.iter().map(|at| files[*at]).collect();
                format!("{} {} {:?} {direct:?}", folder.path, folder.weight, folder.files)
            })
            .collect();
        assert_eq!(
            shown,
            [
                " 6 0..6 [\"five\"]",
                "a-b 1 0..1 [\"a-b/four\"]",
                "a 3 1..4 [\"a/three\"]",
                "a/b 2 1..3 [\"a/b/two\"]",
                "a/b/c 1 1..2 [\"a/b/c/one\"]",
                "z 1 5..6 []",
                "z/y 1 5..6 [\"z/y/six\"]",
            ]
        );
        assert_eq!(tree.find("a/b"), Some(3));
        assert_eq!(tree.find("b"), None);
        assert_eq!(tree.get(0).folders, [1, 2, 5]);
    }

    #[test]
    fn what_is_too_deep_stands_in_the_deepest_folder() {
        let deep = format!("{}file", "d/".repeat(5_000));
        let tree = Folders::new([(deep.as_str(), 1), ("e/file", 1)]);
        assert_eq!(tree.0.len(), DEEPEST + 1);
        assert_eq!(tree.get(DEEPEST - 1).direct, [0]);
        assert_eq!(tree.get(DEEPEST).path, "e");
    }
}
