//! The overlay: texts of open editor buffers, which stand before the files on disk.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

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

    pub(super) fn paths(&self) -> impl Iterator<Item = &RelPath> {
        self.0.keys()
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
                Ok(at) => all[at].bytes = bytes.into(),
                Err(at) => {
                    let Ok((folder, name)) = base.jail.locate(path) else { continue };
                    if !folder.has(&name) && would_list(folder, &name, hidden) {
                        all.insert(at, FileEntry::sized(path.clone(), is_hidden(&name), bytes));
                    }
                }
            }
        }
        all
    }
}

/// The files of a view that nobody holds any more, for the next one with buffers of the same names: that one sees the
/// same files, and copying them for each key that is pressed would take long.
#[derive(Default)]
pub(super) struct Spare(Mutex<Option<(Vec<RelPath>, Vec<FileEntry>)>>);

impl Spare {
    pub(super) fn put(&self, overlay: &Overlay, files: Vec<FileEntry>) {
        let paths = overlay.0.keys().cloned().collect();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((paths, files));
    }

    /// The files with the sizes of these buffers.
    pub(super) fn take(&self, overlay: &Overlay) -> Option<Vec<FileEntry>> {
        let spare = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (_, mut files) = spare.filter(|(paths, _)| paths.iter().eq(overlay.0.keys()))?;
        for (path, text) in &overlay.0 {
            if let Ok(at) = files.binary_search_by(|entry| entry.path.cmp(path)) {
                files[at].bytes = (text.len() as u64).into();
            }
        }
        Some(files)
    }
}
