//! The overlay: texts of open editor buffers, which stand before the files on disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::base::Base;
use super::walk::{is_hidden, would_list};
use super::{FileEntry, RelPath};

/// Open buffers by path. Those whose file the jail would not open count for nothing, which is looked into when they are
/// asked for: putting a buffer here has to be cheap.
#[derive(Debug, Clone, Default)]
pub(super) struct Overlay(BTreeMap<RelPath, Arc<str>>);

impl Overlay {
    /// Puts buffers over those that are there.
    pub(super) fn with(&self, buffers: impl IntoIterator<Item = (RelPath, Arc<str>)>) -> Self {
        let mut all = self.0.clone();
        all.extend(buffers);
        Self(all)
    }

    pub(super) fn get(&self, path: &RelPath, base: &Base) -> Option<&Arc<str>> {
        self.0.get(path).filter(|_| base.may_hold(path))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A listing as it is with the buffers: sizes are theirs, and files that are not on disk yet are there unless the
    /// ignore rules have something against them.
    pub(super) fn over(&self, listed: &[FileEntry], base: &Base, hidden: bool) -> Vec<FileEntry> {
        let mut all = listed.to_vec();
        for (path, text) in self.0.iter().filter(|(path, _)| base.may_hold(path)) {
            let bytes = text.len() as u64;
            match all.binary_search_by(|entry| entry.path.cmp(path)) {
                Ok(at) => all[at].bytes = bytes,
                Err(at) => {
                    let Ok((folder, name)) = base.jail.locate(path) else { continue };
                    if !folder.has(&name) && would_list(folder, &name, hidden) {
                        all.insert(at, FileEntry { path: path.clone(), bytes, hidden: is_hidden(&name) });
                    }
                }
            }
        }
        all
    }
}
