//! What is known of an open document's definitions. Those of a text are made from those of the text before it, at the
//! cost of what changed; once nothing changes any more they are found anew, beside requests.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak};

use crate::graph::{Symbols, SymbolsKey};
use crate::syntax::{Extracted, Language, Live};

/// Longer texts, in bytes, are read beside requests only: reading one must not hold up what is asked about others.
pub const LONG: usize = 2 << 20;

/// The trees of documents that nobody asked about for longest are let go above so many bytes.
const ROOM: usize = 128 << 20;

/// One text's definitions, from when they are first asked for.
pub struct Reading {
    /// Of this text, or else of a text before it.
    nearest: Mutex<Option<Arc<Live>>>,
    read: Mutex<Option<Read>>,
    /// Held while the text is read.
    work: Mutex<()>,
    shelf: Arc<Shelf>,
}

struct Read {
    language: Language,
    found: Arc<Extracted>,
    key: SymbolsKey,
}

/// The readings that keep a tree, oldest first.
#[derive(Default)]
pub struct Shelf(Mutex<Vec<Weak<Reading>>>);

impl Reading {
    /// For a text of which nothing is known.
    pub fn new(shelf: &Arc<Shelf>) -> Arc<Self> {
        Self::with(None, shelf)
    }

    /// For the text that comes after this one. Waits for nobody who reads.
    pub fn next(&self) -> Arc<Self> {
        Self::with(lock(&self.nearest).clone(), &self.shelf)
    }

    fn with(nearest: Option<Arc<Live>>, shelf: &Arc<Shelf>) -> Arc<Self> {
        let (read, work) = Default::default();
        Arc::new(Self { nearest: Mutex::new(nearest), read, work, shelf: shelf.clone() })
    }

    /// The definitions of the text, which is always the same one.
    pub fn found(self: &Arc<Self>, language: Language, text: &str, symbols: &Symbols) -> Arc<Extracted> {
        if let Some(found) = self.known(language) {
            return found;
        }
        let one = lock(&self.work);
        if let Some(found) = self.known(language) {
            return found;
        }
        let before = lock(&self.nearest).clone().filter(|live| live.language() == language);
        let live = match before {
            Some(live) => live.after(text, symbols.budget()),
            None => Live::new(language, text, symbols.budget()),
        };
        let found = self.keep(live, text, symbols);
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
        let Some(live) = lock(&self.nearest).clone().filter(|live| !live.is_fresh()) else { return false };
        let Some(before) = self.known(live.language()) else { return false };
        let anew = Live::new(live.language(), text, symbols.budget());
        let _one = lock(&self.work);
        let differs = **anew.found() != *before;
        self.keep(if differs { anew } else { anew.with_found(before) }, text, symbols);
        differs
    }

    /// Lets this thread look at the tree that is known, instead of parsing the text.
    pub fn lend(&self) {
        let live = lock(&self.nearest).clone();
        if let Some(live) = live.filter(|_| lock(&self.read).is_some()) {
            live.lend();
        }
    }

    /// Lets go of what others keep of this text.
    pub fn forget(&self, symbols: &Symbols) {
        if let Some(read) = &*lock(&self.read) {
            symbols.forget(&read.key);
        }
    }

    fn known(&self, language: Language) -> Option<Arc<Extracted>> {
        lock(&self.read).as_ref().filter(|read| read.language == language).map(|read| read.found.clone())
    }

    fn keep(&self, live: Live, text: &str, symbols: &Symbols) -> Arc<Extracted> {
        let (language, found) = (live.language(), live.found().clone());
        let key = symbols.take(language, text, &found);
        *lock(&self.nearest) = Some(Arc::new(live));
        *lock(&self.read) = Some(Read { language, found: found.clone(), key });
        found
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
            let mut nearest = match reading.nearest.try_lock() {
                Ok(nearest) => nearest,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => continue,
            };
            let bytes = nearest.as_ref().map_or(0, |live| live.bytes());
            if age > 0 && bytes > room {
                *nearest = None;
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
        assert!(!lock(&third.nearest).as_ref().unwrap().is_fresh());
        assert!(!third.settle(text, &symbols));
        assert!(lock(&third.nearest).as_ref().unwrap().is_fresh());
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
    fn trees_of_old_readings_go() {
        let (language, symbols) = (Language::of("a.py").unwrap(), Symbols::default());
        let shelf = Arc::default();
        let text = format!("def a(): pass\n{}", "# a comment\n".repeat(150_000));
        let readings: Vec<_> = (0..4).map(|_| Reading::new(&shelf)).collect();
        for reading in &readings {
            reading.found(language, &text, &symbols);
        }
        let kept: Vec<bool> = readings.iter().map(|reading| lock(&reading.nearest).is_some()).collect();
        assert_eq!(kept, [false, false, true, true]);
        assert!(readings[0].made().is_some());
    }
}
