//! What is known of an open document's definitions. Those of a text are made from those of the text before it, at the
//! cost of what changed; once nothing changes any more they are found anew, beside requests.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak};

use crate::graph::{Symbols, SymbolsKey};
use crate::syntax::{Extracted, Language, Live, Next};

/// Longer texts, in bytes, are read beside requests only: reading one must not hold up what is asked about others.
pub const LONG: usize = 2 << 20;

/// The trees of documents that nobody asked about for longest are let go above so many bytes.
const ROOM: usize = 128 << 20;

/// One text's definitions, from when they are first asked for.
pub struct Reading {
    base: Mutex<Base>,
    read: Mutex<Option<Read>>,
    /// Held while the text is read.
    work: Mutex<()>,
    shelf: Arc<Shelf>,
}

/// What a text is read from.
#[derive(Clone, Default)]
struct Base {
    /// Of this text, or else of the last one before it that was read.
    nearest: Option<Arc<Live>>,
    /// Of the last one that had no errors.
    sound: Option<Arc<Live>>,
    /// The last text could not be read at once.
    was_lost: bool,
}

struct Read {
    language: Language,
    found: Arc<Extracted>,
    /// Under which others have it; `None` while it is only what was found before, moved.
    key: Option<SymbolsKey>,
}

/// The readings that keep a tree, oldest first.
#[derive(Default)]
pub struct Shelf(Mutex<Vec<Weak<Reading>>>);

impl Reading {
    /// For a text of which nothing is known.
    pub fn new(shelf: &Arc<Shelf>) -> Arc<Self> {
        Self::with(Base::default(), shelf)
    }

    /// For the text that comes after this one. Waits for nobody who reads.
    pub fn next(&self) -> Arc<Self> {
        Self::with(lock(&self.base).clone(), &self.shelf)
    }

    fn with(base: Base, shelf: &Arc<Shelf>) -> Arc<Self> {
        let (read, work) = Default::default();
        Arc::new(Self { base: Mutex::new(base), read, work, shelf: shelf.clone() })
    }

    /// The definitions of the text, which is always the same one. Of a text whose errors take long to parse, those of the
    /// text before where they are now, until [`Self::settle`].
    pub fn found(self: &Arc<Self>, language: Language, text: &str, symbols: &Symbols) -> Arc<Extracted> {
        if let Some(found) = self.known(language) {
            return found;
        }
        let one = lock(&self.work);
        if let Some(found) = self.known(language) {
            return found;
        }
        let Base { nearest, sound, was_lost } = lock(&self.base).clone();
        let is_fit = |live: &Arc<Live>| live.language() == language;
        let next = match nearest.filter(is_fit) {
            Some(live) => live.next(sound.filter(is_fit).as_deref(), text, was_lost, symbols.budget()),
            None => Next::Read(Live::new(language, text, symbols.budget())),
        };
        lock(&self.base).was_lost = matches!(next, Next::Moved(_));
        let found = match next {
            Next::Read(live) => self.keep(live, text, symbols),
            Next::Moved(found) => {
                *lock(&self.read) = Some(Read { language, found: found.clone(), key: None });
                found
            }
        };
        drop(one);
        self.shelf.add(self);
        found
    }

    /// What was found, if it was asked for.
    pub fn made(&self) -> Option<Arc<Extracted>> {
        lock(&self.read).as_ref().map(|read| read.found.clone())
    }

    /// Finds anew what was found by way of other texts. Whether that made a difference.
    pub fn settle(&self, text: &str, symbols: &Symbols) -> bool {
        let (language, before) = match &*lock(&self.read) {
            Some(read) if read.key.is_none() || !lock(&self.base).is_fresh() => (read.language, read.found.clone()),
            _ => return false,
        };
        let anew = Live::new(language, text, symbols.budget());
        let _one = lock(&self.work);
        let differs = **anew.found() != *before;
        self.keep(if differs { anew } else { anew.with_found(before) }, text, symbols);
        differs
    }

    /// Lets this thread look at the tree that is known, instead of parsing the text.
    pub fn lend(&self) {
        let is_read = lock(&self.read).as_ref().is_some_and(|read| read.key.is_some());
        let nearest = lock(&self.base).nearest.clone();
        if let Some(live) = nearest.filter(|_| is_read) {
            live.lend();
        }
    }

    /// Lets go of what others keep of this text.
    pub fn forget(&self, symbols: &Symbols) {
        if let Some(key) = lock(&self.read).as_ref().and_then(|read| read.key.as_ref()) {
            symbols.forget(key);
        }
    }

    fn known(&self, language: Language) -> Option<Arc<Extracted>> {
        lock(&self.read).as_ref().filter(|read| read.language == language).map(|read| read.found.clone())
    }

    fn keep(&self, live: Live, text: &str, symbols: &Symbols) -> Arc<Extracted> {
        let (language, found) = (live.language(), live.found().clone());
        let key = Some(symbols.take(language, text, &found));
        lock(&self.base).take(live);
        *lock(&self.read) = Some(Read { language, found: found.clone(), key });
        found
    }
}

impl Base {
    fn take(&mut self, live: Live) {
        let live = Arc::new(live);
        if live.is_sound() {
            self.sound = Some(live.clone());
        }
        // What was not parsed is no help for what comes after it.
        if live.bytes() > 0 || self.nearest.is_none() {
            self.nearest = Some(live);
        }
    }

    fn is_fresh(&self) -> bool {
        self.nearest.as_ref().is_none_or(|live| live.is_fresh())
    }

    fn bytes(&self) -> usize {
        let (nearest, sound) = (self.nearest.as_ref(), self.sound.as_ref());
        let other = sound.filter(|sound| nearest.is_none_or(|nearest| !Arc::ptr_eq(nearest, sound)));
        nearest.into_iter().chain(other).map(|live| live.bytes()).sum()
    }
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shelf").finish_non_exhaustive()
    }
}

impl Shelf {
    /// Makes room for a reading. The newest one always has some.
    fn add(&self, reading: &Arc<Reading>) {
        let mut kept = lock(&self.0);
        kept.retain(|other| other.strong_count() > 0);
        kept.push(Arc::downgrade(reading));
        let mut room = ROOM;
        for (age, reading) in kept.iter().rev().enumerate() {
            let Some(reading) = reading.upgrade() else { continue };
            let mut base = match reading.base.try_lock() {
                Ok(base) => base,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => continue,
            };
            let bytes = base.bytes();
            if age > 0 && bytes > room {
                *base = Base::default();
            }
            room = room.saturating_sub(bytes);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is behind these locks is only ever replaced.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(found: &Extracted) -> Vec<&str> {
        found.symbols.iter().map(|symbol| symbol.name.as_str()).collect()
    }

    #[test]
    fn a_text_is_read_from_the_one_before_and_then_anew() {
        let (language, symbols) = (Language::of("a.rs").unwrap(), Symbols::default());
        let first = Reading::new(&Arc::default());
        assert_eq!(names(&first.found(language, "fn a() {}\n", &symbols)), ["a"]);
        assert!(!first.settle("fn a() {}\n", &symbols), "it was read anew");
        // Nobody asked about the second text, so the third is read from the first.
        let third = first.next().next();
        let text = "fn a() {}\nfn b() {}\n";
        let found = third.found(language, text, &symbols);
        assert_eq!(names(&found), ["a", "b"]);
        assert!(Arc::ptr_eq(&found, &symbols.of(language, text)), "others do not read it again");
        assert!(!lock(&third.base).is_fresh());
        assert!(!third.settle(text, &symbols));
        assert!(lock(&third.base).is_fresh());
        assert!(Arc::ptr_eq(&found, &third.found(language, text, &symbols)), "what is the same stays");
        third.forget(&symbols);
        assert!(!Arc::ptr_eq(&found, &symbols.of(language, text)));
    }

    #[test]
    fn another_language_is_another_reading() {
        let symbols = Symbols::default();
        let reading = Reading::new(&Arc::default());
        let text = "def a(): pass\n";
        assert_eq!(names(&reading.found(Language::of("a.py").unwrap(), text, &symbols)), ["a"]);
        assert!(names(&reading.found(Language::of("a.go").unwrap(), text, &symbols)).is_empty());
    }

    #[test]
    fn what_takes_long_to_parse_is_what_it_was_until_it_is_read() {
        let (language, symbols) = (Language::of("a.py").unwrap(), Symbols::default());
        let head = "def first(): pass\n";
        let rest: String = (0..3_000).map(|n| format!("def f{n}(x):\n    return [x, {{'y': x}}, (1, 2)]\n")).collect();
        let reading = Reading::new(&Arc::default());
        let whole = format!("{head}{rest}");
        assert_eq!(reading.found(language, &whole, &symbols).symbols.len(), 3_001);
        // Everything behind the bracket is inside of it.
        let broken = format!("value = compute([\n{whole}");
        let next = reading.next();
        let found = next.found(language, &broken, &symbols);
        assert!(found.partial && found.symbols.len() == 3_001 && found.symbols[0].line == 2);
        assert!(!symbols.of(language, &broken).partial, "others read it themselves");
        assert!(next.settle(&broken, &symbols));
        assert_eq!(**next.made().as_ref().unwrap(), *symbols.of(language, &broken));
        assert!(!next.settle(&broken, &symbols));
        // What mends it is read at once.
        let mended = format!("value = compute([])\n{whole}");
        let found = next.next().found(language, &mended, &symbols);
        assert_eq!((found.symbols.len(), found.partial), (3_002, false));
    }

    #[test]
    fn trees_of_old_readings_go() {
        let (language, symbols) = (Language::of("a.py").unwrap(), Symbols::default());
        let shelf = Arc::default();
        let text = format!("def a(): pass\nlong = '{}'\n", "a".repeat(1_800_000));
        let readings: Vec<_> = (0..4).map(|_| Reading::new(&shelf)).collect();
        for reading in &readings {
            reading.found(language, &text, &symbols);
        }
        let kept: Vec<bool> = readings.iter().map(|reading| lock(&reading.base).nearest.is_some()).collect();
        assert_eq!(kept, [false, false, true, true]);
        assert!(readings[0].made().is_some());
    }
}
