//! Pins: what a snapshot has handed out stays what it was, and where it cannot, that is noticed.

use std::collections::{BTreeMap, HashMap};
use std::fs::Metadata;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::{RelPath, TextHash};

/// What tells that a file is still the one that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
    /// Device, inode, and time of the last change of either content or attributes.
    #[cfg(unix)]
    node: (u64, u64, i64, i64),
}

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt as _;
        Self {
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
            #[cfg(unix)]
            node: (metadata.dev(), metadata.ino(), metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// What is known of a file that was handed out.
#[derive(Debug, Clone)]
pub(super) struct Pin {
    pub(super) stamp: Stamp,
    /// Of the text; `None` when only lines of it were read.
    pub(super) hash: Option<TextHash>,
    /// `None` when it was evicted.
    pub(super) text: Option<Arc<str>>,
}

/// The pins of a snapshot. Texts are kept up to a budget in bytes; those used last stay.
pub(super) struct Pins {
    budget: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    pins: HashMap<RelPath, (Pin, u64)>,
    /// Which text was used when; the first goes first.
    used: BTreeMap<u64, RelPath>,
    clock: u64,
    resident: usize,
}

impl Pins {
    pub(super) fn new(budget: usize) -> Self {
        Self { budget, state: Mutex::default() }
    }

    pub(super) fn get(&self, path: &RelPath) -> Option<Pin> {
        let state = &mut *self.lock();
        let (pin, used) = state.pins.get_mut(path)?;
        if pin.text.is_some() {
            state.clock += 1;
            state.used.remove(used);
            *used = state.clock;
            state.used.insert(state.clock, path.clone());
        }
        Some(pin.clone())
    }

    /// Pins a text that was read. Gives what the snapshot stands by: this text, or the one that was pinned before; `None`
    /// when that one was another and is gone.
    pub(super) fn keep(&self, path: &RelPath, stamp: Stamp, text: Arc<str>) -> Option<Arc<str>> {
        let hash = blake3::hash(text.as_bytes());
        let state = &mut *self.lock();
        if let Some((pin, _)) = state.pins.get(path) {
            let same = pin.hash.map_or(pin.stamp == stamp, |pinned| pinned == hash);
            match &pin.text {
                Some(pinned) => return Some(pinned.clone()),
                None if !same => return None,
                None => {}
            }
        }
        state.clock += 1;
        state.resident += text.len();
        state.used.insert(state.clock, path.clone());
        state.pins.insert(path.clone(), (Pin { stamp, hash: Some(hash), text: Some(text.clone()) }, state.clock));
        while state.resident > self.budget
            && let Some((_, oldest)) = state.used.pop_first()
        {
            let evicted = state.pins.get_mut(&oldest).and_then(|(pin, _)| pin.text.take());
            state.resident -= evicted.map_or(0, |text| text.len());
        }
        Some(text)
    }

    /// Notes a file of which lines were read. Whether it is still the file that was handed out before.
    pub(super) fn note(&self, path: &RelPath, stamp: Stamp) -> bool {
        let fresh = || (Pin { stamp, hash: None, text: None }, 0);
        self.lock().pins.entry(path.clone()).or_insert_with(fresh).0.stamp == stamp
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here leaves the state half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_hold_within_the_budget() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let stamp = Stamp::of(&file.as_file().metadata().unwrap());
        let later = Stamp { bytes: 99, ..stamp };
        let path = |name| RelPath::parse(name).unwrap();
        let pins = Pins::new(10);
        assert_eq!(pins.keep(&path("a"), stamp, "12345".into()).as_deref(), Some("12345"));
        assert_eq!(pins.keep(&path("a"), later, "other".into()).as_deref(), Some("12345"), "the pinned text wins");
        pins.keep(&path("b"), stamp, "67890".into());
        pins.get(&path("a"));
        pins.keep(&path("c"), stamp, "x".into());
        let resident = |name| pins.get(&path(name)).unwrap().text.is_some();
        assert!(resident("a") && !resident("b") && resident("c"), "the one that was used longest ago went");
        assert_eq!(pins.keep(&path("b"), later, "something else".into()), None, "b was another text");
        assert_eq!(pins.keep(&path("b"), later, "67890".into()).as_deref(), Some("67890"), "touched only");
        pins.keep(&path("big"), stamp, "more than the budget".into());
        assert!(!resident("big"));
    }

    #[test]
    fn files_read_in_part_are_told_apart_by_their_stamp() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let stamp = Stamp::of(&file.as_file().metadata().unwrap());
        let pins = Pins::new(10);
        let path = RelPath::parse("a").unwrap();
        assert!(pins.note(&path, stamp) && pins.note(&path, stamp));
        assert!(!pins.note(&path, Stamp { bytes: 99, ..stamp }));
        assert_eq!(pins.keep(&path, Stamp { bytes: 99, ..stamp }, "x".into()), None);
    }
}
