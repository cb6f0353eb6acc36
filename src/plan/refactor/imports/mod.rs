//! What names a file: imports and paths, language by language, and where they lead once files have moved.

pub(super) mod ecmascript;
pub(super) mod entries;
pub(super) mod manifests;
pub(super) mod order;
pub(super) mod paths;
pub(super) mod python;
pub(super) mod rust;

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::paths::{folder, last, stem};

/// Files with where they go.
#[derive(Debug, Default)]
pub(super) struct Moves {
    to: BTreeMap<String, String>,
    /// All files as they are afterwards.
    after: BTreeSet<String>,
}

impl Moves {
    /// `all`: the files before.
    pub fn new(to: BTreeMap<String, String>, all: impl Iterator<Item = String>) -> Self {
        let after = all.map(|path| to.get(&path).cloned().unwrap_or(path)).collect();
        Self { to, after }
    }

    /// Where a file is afterwards. A folder moves when all that is in it moves together.
    pub fn after(&self, path: &str) -> String {
        if let Some(to) = self.to.get(path) {
            return to.clone();
        }
        let inside = format!("{path}/");
        let mut below = self.to.range(inside.clone()..).take_while(|(from, _)| from.starts_with(&inside));
        let base = below.next().and_then(|(from, to)| to.strip_suffix(&from[path.len()..]));
        base.unwrap_or(path).to_owned()
    }

    pub fn moves(&self, path: &str) -> bool {
        self.after(path) != path
    }

    /// Whether there is such a file afterwards.
    pub fn has(&self, path: &str) -> bool {
        self.after.contains(path)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&String, &String)> {
        self.to.iter()
    }

    /// Words one of which stands in every text that names one of the files by an import.
    pub fn words(&self) -> BTreeSet<String> {
        let mut words = BTreeSet::new();
        for from in self.to.keys() {
            let own = stem(from);
            words.insert(own.to_owned());
            if matches!(own, "index" | "__init__" | "mod") {
                words.insert(last(folder(from)).to_owned());
            }
        }
        words
    }
}
