//! Pins: what a snapshot has handed out stays what it was, and where it cannot, that is noticed.

use std::collections::{BTreeMap, HashMap};
use std::fs::Metadata;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::{RelPath, TextHash};

/// What tells that a file is still the one that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

/// What tells whether a file is still the one that was looked at: equal marks, equal texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mark(u64);

impl Mark {
    pub(super) fn of_stamp(stamp: &Stamp) -> Self {
        let mut hasher = DefaultHasher::new();
        stamp.hash(&mut hasher);
        Self(hasher.finish())
    }

    /// Of a text in memory.
    pub fn of_text(text: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        Self(hasher.finish())
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
    /// Handed out by an earlier snapshot, and not yet compared with the disk by this one.
    pub(super) inherited: bool,
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

    /// Pins for a later snapshot: the texts that are still here, apart from those of some files. Each is to be compared
    /// with the disk before it is used ([`Self::settle`]).
    pub(super) fn heir(&self, without: &[RelPath]) -> Self {
        let mut heir = State::default();
        let state = self.lock();
        for (used, path) in state.used.iter().filter(|(_, path)| !without.contains(path)) {
            let Some((pin, _)) = state.pins.get(path).filter(|(pin, _)| pin.text.is_some()) else { continue };
            heir.resident += pin.text.as_ref().map_or(0, |text| text.len());
            heir.pins.insert(path.clone(), (Pin { inherited: true, ..pin.clone() }, *used));
            heir.used.insert(*used, path.clone());
        }
        heir.clock = state.clock;
        Self { budget: self.budget, state: Mutex::new(heir) }
    }

    /// Makes an inherited pin this snapshot's own when the file is still what it was, and drops it otherwise.
    pub(super) fn settle(&self, path: &RelPath, now: Option<Stamp>) -> Option<Pin> {
        let state = &mut *self.lock();
        let (pin, used) = state.pins.get_mut(path)?;
        if !pin.inherited || now == Some(pin.stamp) {
            pin.inherited = false;
            return Some(pin.clone());
        }
        state.used.remove(used);
        state.resident -= pin.text.as_ref().map_or(0, |text| text.len());
        state.pins.remove(path);
        None
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
        state.pins.insert(
            path.clone(),
            (Pin { stamp, hash: Some(hash), text: Some(text.clone()), inherited: false }, state.clock),
        );
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
        let fresh = || (Pin { stamp, hash: None, text: None, inherited: false }, 0);
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
    fn an_heir_looks_before_it_trusts() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let stamp = Stamp::of(&file.as_file().metadata().unwrap());
        let later = Stamp { bytes: 99, ..stamp };
        let path = |name| RelPath::parse(name).unwrap();
        let pins = Pins::new(10);
        for (name, text) in [("a", "123"), ("b", "456"), ("c", "789")] {
            pins.keep(&path(name), stamp, text.into());
        }
        pins.note(&path("lines"), stamp);
        let heir = pins.heir(&[path("b")]);
        assert!(heir.get(&path("b")).is_none() && heir.get(&path("lines")).is_none());
        assert!(heir.get(&path("a")).unwrap().inherited);
        assert_eq!(heir.settle(&path("a"), Some(stamp)).unwrap().text.as_deref(), Some("123"));
        assert!(heir.settle(&path("a"), Some(later)).is_some(), "settled once");
        assert!(heir.settle(&path("c"), Some(later)).is_none());
        assert_eq!(heir.keep(&path("c"), later, "other".into()).as_deref(), Some("other"));
        assert_eq!(heir.lock().resident, 8);
        assert_eq!(pins.get(&path("c")).unwrap().text.as_deref(), Some("789"), "the earlier snapshot stands");
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
