//! What all views of one state of the workspace share: the listings, the pinned texts, the revision.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::jail::Jail;
use super::pins::Pins;
use super::walk::{self, Listing, is_hidden};
use super::{FileEntry, RelPath, WorkspaceError, git};

/// Bytes of text that are kept resident.
const PIN_BUDGET: usize = 128 << 20;

pub(super) struct Base {
    pub(super) name: Arc<str>,
    pub(super) jail: Arc<Jail>,
    pub(super) pins: Pins,
    visible: Walked,
    hidden: Walked,
    revision: OnceLock<Option<String>>,
}

impl Base {
    pub(super) fn new(name: Arc<str>, jail: Arc<Jail>) -> Self {
        let (visible, hidden) = Default::default();
        Self { name, jail, pins: Pins::new(PIN_BUDGET), visible, hidden, revision: OnceLock::new() }
    }

    /// The state after some files' contents changed, and where `listing_changed` which files there are. A listing that
    /// was made and holds is shared.
    pub(super) fn refreshed(&self, changed: &[RelPath], listing_changed: bool) -> Self {
        let (mut visible, mut hidden) = Default::default();
        if !listing_changed {
            let size = |path: &RelPath| Some(self.jail.open(path).ok()?.file.metadata().ok()?.len());
            let sizes: Vec<_> = changed.iter().filter_map(|path| Some((path, size(path)?))).collect();
            visible = self.visible.resized(&sizes);
            hidden = self.hidden.resized(&sizes);
        }
        Self {
            name: self.name.clone(),
            jail: self.jail.clone(),
            pins: self.pins.heir(changed),
            visible,
            hidden,
            revision: OnceLock::new(),
        }
    }

    /// What was walked: the visible files, or these and the hidden ones.
    pub(super) fn listing(&self, hidden: bool) -> Result<&Listing, WorkspaceError> {
        let folders = &self.jail.folders;
        let visible = self.visible.get(|| walk::walk(folders, false))?;
        if !hidden {
            return Ok(visible);
        }
        self.hidden.get(|| {
            // Which visible files there are is settled: this walk must not know it better.
            let mut all = walk::walk(folders, true)?;
            all.files.retain(|entry| entry.hidden);
            all.files.extend_from_slice(&visible.files);
            all.files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
            all.files.dedup_by(|a, b| a.path == b.path);
            Ok(all)
        })
    }

    /// Whether a file without symlinks in its path is listed, visible or hidden.
    pub(super) fn lists(&self, path: &RelPath) -> Result<bool, WorkspaceError> {
        let visible = find(&self.listing(false)?.files, path).is_some();
        Ok(visible || is_hidden(Path::new(path.as_str())) && find(&self.listing(true)?.files, path).is_some())
    }

    /// Branch and commit of each folder that is in a repository.
    pub(super) fn revision(&self) -> Option<&str> {
        let all = || {
            let each = self.jail.folders.iter().filter_map(|folder| {
                let revision = git::revision(&folder.root)?;
                Some(folder.prefix.as_ref().map_or(revision.to_string(), |name| format!("{name}: {revision}")))
            });
            Some(each.collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty())
        };
        self.revision.get_or_init(all).as_deref()
    }
}

/// A listing that is made once.
#[derive(Default)]
pub(super) struct Walked {
    listing: OnceLock<Arc<Listing>>,
    making: Mutex<()>,
}

impl Walked {
    pub(super) fn get(
        &self,
        make: impl FnOnce() -> Result<Listing, WorkspaceError>,
    ) -> Result<&Listing, WorkspaceError> {
        if let Some(made) = self.listing.get() {
            return Ok(made);
        }
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = self.listing.get() {
            return Ok(made);
        }
        let made = make()?;
        Ok(self.listing.get_or_init(|| Arc::new(made)))
    }

    /// The same listing, if it was made, with some sizes as they are now.
    fn resized(&self, sizes: &[(&RelPath, u64)]) -> Self {
        let Some(made) = self.listing.get() else { return Self::default() };
        let mut made = Arc::clone(made);
        for (path, bytes) in sizes {
            if find(&made.files, path).is_some_and(|entry| entry.bytes != *bytes) {
                let made = Arc::make_mut(&mut made);
                if let Ok(at) = made.files.binary_search_by(|entry| entry.path.cmp(path)) {
                    made.files[at].bytes = *bytes;
                }
            }
        }
        Self { listing: OnceLock::from(made), making: Mutex::default() }
    }
}

/// The entry of a path in a sorted listing.
pub(super) fn find<'e>(files: &'e [FileEntry], path: &RelPath) -> Option<&'e FileEntry> {
    files.binary_search_by(|entry| entry.path.cmp(path)).ok().map(|at| &files[at])
}
