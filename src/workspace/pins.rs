//! Pins: what a snapshot has handed out stays what it was, and where it cannot, that is noticed.

use std::collections::{BTreeMap, HashMap};
use std::fs::Metadata;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cap_std::fs::Dir;

use super::{RelPath, TextHash};

/// No file system counts time in longer steps.
const COARSE: Duration = Duration::from_secs(2);

/// Nor does one whose times are not whole seconds.
const FINE: Duration = Duration::from_millis(25);

/// What tells that a file is still the one that was read. Times are in nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Stamp {
    pub(super) bytes: u64,
    pub(super) modified: i64,
    /// Of the last change of either content or attributes; 0 where there is no such thing, and so are the next two.
    pub(super) changed: i64,
    pub(super) device: u64,
    pub(super) inode: u64,
}

impl Stamp {
    #[cfg(unix)]
    pub(super) fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self {
            bytes: metadata.len(),
            modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
            device: metadata.dev(),
            inode: metadata.ino(),
        }
    }

    #[cfg(not(unix))]
    pub(super) fn of(metadata: &Metadata) -> Self {
        let since = |time: std::time::SystemTime| time.duration_since(std::time::UNIX_EPOCH).ok();
        let modified = metadata.modified().ok().and_then(since).map_or(0, |since| since.as_nanos() as i64);
        Self { bytes: metadata.len(), modified, changed: 0, device: 0, inode: 0 }
    }

    /// Of what has this name on disk, which is not opened for it. `None` when there is nothing.
    #[cfg(unix)]
    pub(super) fn at(dir: &Dir, name: &Path) -> Option<Self> {
        let found = rustix::fs::statat(dir, name, rustix::fs::AtFlags::SYMLINK_NOFOLLOW).ok()?;
        Some(Self {
            bytes: found.st_size as u64,
            modified: nanoseconds(found.st_mtime, found.st_mtime_nsec as i64),
            changed: nanoseconds(found.st_ctime, found.st_ctime_nsec as i64),
            device: found.st_dev as u64,
            inode: found.st_ino,
        })
    }

    #[cfg(not(unix))]
    pub(super) fn at(dir: &Dir, name: &Path) -> Option<Self> {
        Some(Self::of(&dir.open(name).ok()?.into_std().metadata().ok()?))
    }

    /// Whether the file was last changed so long before `now` that any later change gives another stamp: clocks of file
    /// systems are coarse.
    pub(super) fn is_settled(&self, now: SystemTime) -> bool {
        let now = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as i64);
        let is_whole = |time: i64| time % 1_000_000_000 == 0;
        let step = if is_whole(self.modified) && is_whole(self.changed) { COARSE } else { FINE };
        self.modified.max(self.changed) < now.saturating_sub(step.as_nanos() as i64)
    }
}

#[cfg(unix)]
fn nanoseconds(seconds: i64, rest: i64) -> i64 {
    seconds.saturating_mul(1_000_000_000).saturating_add(rest)
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
}

/// The pins of a snapshot, over the texts that it shares with those before and after it.
pub(super) struct Pins {
    /// Counts the snapshots.
    number: u64,
    own: Mutex<HashMap<RelPath, (Stamp, Option<TextHash>)>>,
    texts: Arc<Mutex<Texts>>,
}

/// Texts up to a budget in bytes; those used last stay.
#[derive(Default)]
struct Texts {
    budget: usize,
    kept: HashMap<TextHash, (Arc<str>, u64)>,
    /// Which text was used when; the first goes first.
    used: BTreeMap<u64, TextHash>,
    clock: u64,
    resident: usize,
    /// The newest snapshot, and what it would find in files that were read lately.
    newest: u64,
    latest: HashMap<RelPath, (Stamp, TextHash)>,
}

impl Pins {
    pub(super) fn new(budget: usize) -> Self {
        let texts = Arc::new(Mutex::new(Texts { budget, ..Texts::default() }));
        Self { number: 0, own: Mutex::default(), texts }
    }

    /// Pins for a later snapshot: none yet, but it may [`Self::inherit`] the texts that are here, apart from those of some
    /// files. Takes as long as there are such files.
    pub(super) fn heir<'p>(&self, without: impl IntoIterator<Item = &'p RelPath>) -> Self {
        let mut texts = self.texts();
        texts.newest += 1;
        for path in without {
            texts.latest.remove(path);
        }
        Self { number: texts.newest, own: Mutex::default(), texts: self.texts.clone() }
    }

    pub(super) fn get(&self, path: &RelPath) -> Option<Pin> {
        let (stamp, hash) = *self.own().get(path)?;
        Some(Pin { stamp, hash, text: hash.and_then(|hash| self.texts().get(&hash)) })
    }

    /// Whether another snapshot read this file, which the disk may still have.
    pub(super) fn may_inherit(&self, path: &RelPath) -> bool {
        self.texts().latest.contains_key(path)
    }

    /// Makes what another snapshot read of a file this one's own, when the file is still what it was.
    pub(super) fn inherit(&self, path: &RelPath, now: Stamp) -> Option<Pin> {
        let mut own = self.own();
        let mut texts = self.texts();
        let (stamp, hash) = match own.get(path) {
            Some(pinned) => *pinned,
            None => {
                let (stamp, hash) = *texts.latest.get(path)?;
                if stamp != now || !texts.kept.contains_key(&hash) {
                    texts.latest.remove(path);
                    return None;
                }
                own.insert(path.clone(), (stamp, Some(hash)));
                (stamp, Some(hash))
            }
        };
        Some(Pin { stamp, hash, text: hash.and_then(|hash| texts.get(&hash)) })
    }

    /// Pins a text that was read. Gives what the snapshot stands by: this text, or the one that was pinned before; `None`
    /// when that one was another and is gone.
    pub(super) fn keep(&self, path: &RelPath, stamp: Stamp, text: Arc<str>) -> Option<Arc<str>> {
        let hash = blake3::hash(text.as_bytes());
        let mut own = self.own();
        let mut texts = self.texts();
        if let Some((pinned, known)) = own.get(path) {
            if let Some(text) = known.and_then(|known| texts.get(&known)) {
                return Some(text);
            }
            if !known.map_or(*pinned == stamp, |known| known == hash) {
                return None;
            }
        }
        own.insert(path.clone(), (stamp, Some(hash)));
        // What an earlier snapshot reads may be from before a change that the newest was told of.
        if self.number == texts.newest {
            texts.latest.insert(path.clone(), (stamp, hash));
        }
        Some(texts.put(hash, text))
    }

    /// The files that are pinned, and at which stamps.
    pub(super) fn stamps(&self) -> Vec<(RelPath, Stamp)> {
        self.own().iter().map(|(path, (stamp, _))| (path.clone(), *stamp)).collect()
    }

    /// Notes a file of which lines were read. Whether it is still the file that was handed out before.
    pub(super) fn note(&self, path: &RelPath, stamp: Stamp) -> bool {
        self.own().entry(path.clone()).or_insert((stamp, None)).0 == stamp
    }

    fn own(&self) -> MutexGuard<'_, HashMap<RelPath, (Stamp, Option<TextHash>)>> {
        // Nothing in here leaves it half done. The texts are locked after it, never before.
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn texts(&self) -> MutexGuard<'_, Texts> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Texts {
    fn get(&mut self, hash: &TextHash) -> Option<Arc<str>> {
        let (text, used) = self.kept.get_mut(hash)?;
        self.clock += 1;
        self.used.remove(used);
        *used = self.clock;
        self.used.insert(self.clock, *hash);
        Some(text.clone())
    }

    fn put(&mut self, hash: TextHash, text: Arc<str>) -> Arc<str> {
        if let Some(text) = self.get(&hash) {
            return text;
        }
        self.clock += 1;
        self.resident += text.len();
        self.used.insert(self.clock, hash);
        self.kept.insert(hash, (text.clone(), self.clock));
        while self.resident > self.budget
            && let Some((_, oldest)) = self.used.pop_first()
        {
            self.resident -= self.kept.remove(&oldest).map_or(0, |(text, _)| text.len());
        }
        text
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
        let text = |pin: Option<Pin>| pin.and_then(|pin| pin.text).map(|text| text.to_string());
        let pins = Pins::new(12);
        for (name, text) in [("a", "123"), ("b", "456"), ("c", "789")] {
            pins.keep(&path(name), stamp, text.into());
        }
        pins.note(&path("lines"), stamp);
        let heir = pins.heir(&[path("b")]);
        assert!(["a", "b", "lines"].iter().all(|name| heir.get(&path(name)).is_none()));
        assert!(heir.inherit(&path("b"), stamp).is_none() && !heir.may_inherit(&path("lines")));
        assert_eq!(text(heir.inherit(&path("a"), stamp)).as_deref(), Some("123"));
        assert_eq!(text(heir.inherit(&path("a"), later)).as_deref(), Some("123"), "its own from now on");
        assert!(heir.inherit(&path("c"), later).is_none());
        assert_eq!(heir.keep(&path("c"), later, "new".into()).as_deref(), Some("new"));
        assert_eq!(text(pins.get(&path("c"))).as_deref(), Some("789"), "the earlier snapshot stands");
        assert_eq!(text(pins.get(&path("b"))).as_deref(), Some("456"));

        // What the earlier one reads late counts for nobody else.
        pins.keep(&path("late"), stamp, "z".into());
        assert!(!heir.may_inherit(&path("late")));
        heir.keep(&path("d"), stamp, "more than fits".into());
        assert!(heir.heir(&[]).inherit(&path("d"), stamp).is_none(), "the text is gone");
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
