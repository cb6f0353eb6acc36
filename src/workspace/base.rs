//! What all views of one state of the workspace share: the listings, the pinned texts, the revision.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::jail::Jail;
use super::overlay::Spare;
use super::pins::Pins;
use super::saved::{Restored, Shelf};
use super::tier::Tier;
use super::walk::{self, Listing, is_hidden};
use super::{FileEntry, RelPath, WorkspaceError, git};

/// Bytes of text that are kept resident.
const PIN_BUDGET: usize = 128 << 20;

pub(super) struct Base {
    pub(super) name: Arc<str>,
    pub(super) jail: Arc<Jail>,
    pub(super) pins: Pins,
    pub(super) tier: Arc<Tier>,
    /// What is kept from one start to the next.
    pub(super) shelf: Option<Arc<Shelf>>,
    visible: Sizes,
    hidden: Sizes,
    /// For which paths the jail would hold a text, as long as the listing holds.
    may_hold: Arc<Mutex<HashMap<RelPath, bool>>>,
    revision: OnceLock<Option<String>>,
    pub(super) spare: Spare,
}

impl Base {
    pub(super) fn new(name: Arc<str>, jail: Arc<Jail>, shelf: Option<Arc<Shelf>>) -> Self {
        let (visible, hidden, may_hold, revision, spare, tier) = Default::default();
        let pins = Pins::new(PIN_BUDGET);
        Self { name, jail, pins, tier, shelf, visible, hidden, may_hold, revision, spare }
    }

    /// The state after some files' contents changed, and where `listing_changed` which files there are. A listing that
    /// holds is shared, be it made or under way. Looks at nothing on disk.
    pub(super) fn refreshed(&self, changed: &[RelPath], listing_changed: bool) -> Self {
        let (mut visible, mut hidden, mut may_hold) = Default::default();
        if !listing_changed {
            visible = self.visible.heir(changed);
            hidden = self.hidden.heir(changed);
            may_hold = self.may_hold.clone();
        }
        let pins = self.pins.heir(changed);
        let (name, jail, tier) = (self.name.clone(), self.jail.clone(), self.tier.clone());
        let shelf = self.shelf.clone();
        tier.hear(changed);
        let (revision, spare) = Default::default();
        Self { name, jail, pins, tier, shelf, visible, hidden, may_hold, revision, spare }
    }

    /// What was walked: the visible files, or these and the hidden ones.
    pub(super) fn listing(&self, hidden: bool) -> Result<&Listing, WorkspaceError> {
        let walked = self.walked(hidden)?;
        let sizes = if hidden { &self.hidden } else { &self.visible };
        sizes.now(walked)
    }

    /// The same without a look at sizes that may have changed.
    fn walked(&self, hidden: bool) -> Result<&Listing, WorkspaceError> {
        let folders = &self.jail.folders;
        let visible = self.visible.walked.get(|| self.restored().map_or_else(|| walk::walk(folders, false), Ok))?;
        if !hidden {
            return Ok(visible);
        }
        self.hidden.walked.get(|| {
            // Which visible files there are is settled: this walk must not know it better.
            let mut all = walk::walk(folders, true)?;
            all.files.retain(|entry| entry.hidden);
            all.files.extend_from_slice(&visible.files);
            all.files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
            all.files.dedup_by(|a, b| a.path == b.path);
            Ok(all)
        })
    }

    /// The listing of an earlier start, if it still holds. What it knew of the files stands then, whether it holds or not.
    fn restored(&self) -> Option<Listing> {
        let shelf = self.shelf.as_ref()?;
        let as_of = self.tier.time();
        let Restored { standing, differing, listing } = shelf.restore(&self.jail)?;
        // In this order, so that nobody takes what differs for what it was.
        self.tier.hear(&differing);
        self.tier.adopt(standing, as_of);
        listing
    }

    /// Whether a file without symlinks in its path is listed, visible or hidden.
    pub(super) fn lists(&self, path: &RelPath) -> Result<bool, WorkspaceError> {
        let visible = find(&self.walked(false)?.files, path).is_some();
        Ok(visible || is_hidden(Path::new(path.as_str())) && find(&self.walked(true)?.files, path).is_some())
    }

    /// The size of a file on disk, in bytes, which is found out once for an entry of a listing and all copies of it.
    pub(super) fn size(&self, entry: &FileEntry) -> u64 {
        let on_disk = || self.jail.stamp(&entry.path).map_or(0, |stamp| stamp.bytes);
        let latest = if entry.hidden { &self.hidden } else { &self.visible }.latest();
        if latest.holds(entry) {
            return on_disk();
        }
        let listed = latest.listing.get().and_then(|listing| find(&listing.files, &entry.path));
        listed.map_or_else(on_disk, |listed| *listed.bytes.get_or_init(on_disk))
    }

    /// Whether an entry, and not a copy of it, is in one of the listings.
    pub(super) fn holds(&self, entry: &FileEntry) -> bool {
        [&self.visible, &self.hidden].iter().any(|sizes| sizes.walked.holds(entry) || sizes.resized.holds(entry))
    }

    /// The widest listing that a path can be in of those that were made, and whether that is the one with hidden files. An
    /// ignore rule can make a hidden file a visible one. Waits for a walk that is under way and begins none.
    pub(super) fn made(&self, path: &RelPath) -> Option<(&Listing, bool)> {
        let hidden = is_hidden(Path::new(path.as_str())).then(|| self.hidden.walked.made()).flatten();
        let hidden = hidden.map(|listing| (listing, true));
        hidden.or_else(|| self.visible.walked.made().map(|listing| (listing, false)))
    }

    /// The folders that the walk for the visible files went into, without symlinks in their paths.
    pub(super) fn folders(&self) -> Result<&[PathBuf], WorkspaceError> {
        Ok(&self.walked(false)?.folders)
    }

    /// Whether a text may be kept under this path: see [`Jail::may_hold`], which is asked once.
    pub(super) fn may_hold(&self, path: &RelPath) -> bool {
        let known = || self.may_hold.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known().get(path) {
            return *known;
        }
        let answer = self.jail.may_hold(path);
        known().insert(path.clone(), answer);
        answer
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
    listing: OnceLock<Listing>,
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
        Ok(self.listing.get_or_init(|| made))
    }

    /// The listing, for what comes after its owner.
    pub(super) fn take(&mut self) -> Option<Listing> {
        self.listing.take()
    }

    /// Whether an entry, and not a copy of it, is in the listing.
    pub(super) fn holds(&self, entry: &FileEntry) -> bool {
        self.listing.get().is_some_and(|listing| listing.files.as_ptr_range().contains(&std::ptr::from_ref(entry)))
    }

    fn made(&self) -> Option<&Listing> {
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        self.listing.get()
    }
}

/// A listing that later states share while no file comes or goes, with the sizes that each of them sees.
#[derive(Default)]
struct Sizes {
    walked: Arc<Walked>,
    /// Files that were written to since.
    written: HashSet<RelPath>,
    resized: Arc<Walked>,
}

impl Sizes {
    fn heir(&self, changed: &[RelPath]) -> Self {
        let resized = self.resized.listing.get().is_some();
        let walked = if resized { self.resized.clone() } else { self.walked.clone() };
        let mut written = if resized { HashSet::new() } else { self.written.clone() };
        written.extend(changed.iter().cloned());
        Self { walked, written, resized: Arc::default() }
    }

    /// The listing that [`Self::now`] gives.
    fn latest(&self) -> &Walked {
        if self.written.is_empty() { &self.walked } else { &self.resized }
    }

    /// The listing that was walked, with no sizes that were those of earlier states.
    fn now<'l>(&'l self, walked: &'l Listing) -> Result<&'l Listing, WorkspaceError> {
        let at = |path: &RelPath| walked.files.binary_search_by(|entry| entry.path.cmp(path)).ok();
        if self.written.is_empty() {
            return Ok(walked);
        }
        self.resized.get(|| {
            let mut listing = walked.clone();
            for at in self.written.iter().filter_map(at) {
                listing.files[at].bytes = OnceLock::new();
            }
            Ok(listing)
        })
    }
}

/// The entry of a path in a sorted listing.
pub(super) fn find<'e>(files: &'e [FileEntry], path: &RelPath) -> Option<&'e FileEntry> {
    files.binary_search_by(|entry| entry.path.cmp(path)).ok().map(|at| &files[at])
}
