//! Texts in memory: the bytes of files as they are on disk, in slabs of a few megabytes, as many as the budget allows.

use std::ops::{Deref, Range};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

/// A slab ends with the file that does not fit into this many bytes any more.
const SLAB: usize = 4 << 20;

/// A longer file is read from disk each time, in bytes.
const LONGEST: usize = SLAB / 4;

/// All texts together may have this many bytes, or a quarter of the machine's memory if that is less.
const MOST: usize = 1 << 30;

/// Where the size of the memory is not known.
const UNKNOWN: usize = 256 << 20;

static BUDGET: LazyLock<usize> = LazyLock::new(|| memory().map_or(UNKNOWN, |bytes| bytes / 4).min(MOST));

#[cfg(unix)]
fn memory() -> Option<usize> {
    // SAFETY: both calls read a number of the system and have no other effect.
    let (pages, bytes) = unsafe { (libc::sysconf(libc::_SC_PHYS_PAGES), libc::sysconf(libc::_SC_PAGESIZE)) };
    usize::try_from(pages).ok()?.checked_mul(usize::try_from(bytes).ok()?)
}

#[cfg(not(unix))]
fn memory() -> Option<usize> {
    None
}

struct Slab {
    bytes: Vec<u8>,
    /// When a text of it was last used.
    used: AtomicU64,
}

/// A file's bytes.
#[derive(Clone)]
pub struct Text {
    slab: Arc<Slab>,
    range: Range<usize>,
}

impl Deref for Text {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.slab.bytes.get(self.range.clone()).unwrap_or_default()
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.range.len())
    }
}

/// Where a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::workspace) struct Place {
    slab: u32,
    start: u32,
    end: u32,
}

impl Place {
    /// Of a file whose text is not here.
    pub(in crate::workspace) const NOWHERE: Self = Self { slab: u32::MAX, start: 0, end: 0 };
}

/// The slabs, numbered. One that was given up leaves a gap for good: there may be places in it that nobody will look up. Clones
/// share them.
#[derive(Clone, Default)]
pub(in crate::workspace) struct Slabs {
    all: Vec<Option<Arc<Slab>>>,
}

impl Slabs {
    /// The text of a place, if it is still there. `now` is any number that grows.
    pub(super) fn get(&self, place: Place, now: u64) -> Option<Text> {
        let slab = self.all.get(place.slab as usize)?.as_ref()?;
        slab.used.store(now, Ordering::Relaxed);
        Some(Text { slab: slab.clone(), range: place.start as usize..place.end as usize })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.iter().all(Option::is_none)
    }

    /// Bytes that the slabs have.
    pub(super) fn memory(&self) -> usize {
        self.all.iter().flatten().map(|slab| slab.bytes.capacity()).sum()
    }

    /// Adds what a rack has, and tells where each of its files is now.
    pub(in crate::workspace) fn take(&mut self, rack: Rack<'_>, mut tell: impl FnMut(u32, Place)) {
        let first = self.all.len() as u32;
        for (file, place) in &rack.places {
            tell(*file, Place { slab: first + place.slab, ..*place });
        }
        for mut bytes in rack.into_slabs() {
            bytes.shrink_to_fit();
            self.all.push(Some(Arc::new(Slab { bytes, used: AtomicU64::new(0) })));
        }
    }

    /// Gives up the slabs of which less than half is in use, given where all texts in use are.
    pub(super) fn shrink(&mut self, places: impl Iterator<Item = Place>) {
        let mut live = vec![0; self.all.len()];
        for place in places {
            if let Some(bytes) = live.get_mut(place.slab as usize) {
                *bytes += (place.end - place.start) as usize;
            }
        }
        for (slab, live) in self.all.iter_mut().zip(live) {
            slab.take_if(|slab| 2 * live < slab.bytes.len());
        }
    }

    /// Gives up what was not used for the longest time, until there is room for another slab.
    pub(super) fn make_room(&mut self) {
        let mut memory = self.memory();
        while memory + SLAB > *BUDGET {
            let age =
                |slab: &Option<Arc<Slab>>| slab.as_ref().map_or(u64::MAX, |slab| slab.used.load(Ordering::Relaxed));
            let Some(coldest) = self.all.iter_mut().min_by_key(|slab| age(slab)).and_then(Option::take) else { break };
            memory -= coldest.bytes.capacity();
        }
    }
}

/// What all racks of one reading may still take, in bytes.
pub(in crate::workspace) struct Room(AtomicUsize);

impl Room {
    /// What the budget has beside what is there.
    pub(in crate::workspace) fn beside(slabs: &Slabs) -> Self {
        Self(AtomicUsize::new(BUDGET.saturating_sub(slabs.memory())))
    }

    pub(super) fn none() -> Self {
        Self(AtomicUsize::new(0))
    }

    fn take(&self, bytes: usize) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes)).is_ok()
    }
}

/// One thread's texts while files are read.
pub(in crate::workspace) struct Rack<'r> {
    room: &'r Room,
    full: Vec<Vec<u8>>,
    open: Vec<u8>,
    places: Vec<(u32, Place)>,
}

impl<'r> Rack<'r> {
    pub(in crate::workspace) fn new(room: &'r Room) -> Self {
        Self { room, full: Vec::new(), open: Vec::new(), places: Vec::new() }
    }

    /// Where a text of about this size may be written behind what is there. [`Self::keep`] or [`Self::discard`] has to
    /// follow.
    pub(super) fn space(&mut self, bytes: usize) -> Option<&mut Vec<u8>> {
        if bytes > LONGEST {
            return None;
        }
        if self.open.capacity() - self.open.len() <= bytes {
            if !self.room.take(SLAB) {
                return None;
            }
            let full = std::mem::replace(&mut self.open, Vec::with_capacity(SLAB));
            self.full.extend(Some(full).filter(|full| !full.is_empty()));
        }
        Some(&mut self.open)
    }

    /// Keeps what was written from `start` on as the text of a file.
    pub(super) fn keep(&mut self, file: u32, start: usize) {
        let place = Place { slab: self.full.len() as u32, start: start as u32, end: self.open.len() as u32 };
        self.places.push((file, place));
    }

    /// Lets go of what was written from `start` on.
    pub(super) fn discard(&mut self, start: usize) {
        self.open.truncate(start);
    }

    fn into_slabs(self) -> impl Iterator<Item = Vec<u8>> {
        self.full.into_iter().chain(Some(self.open).filter(|open| !open.is_empty()))
    }
}
