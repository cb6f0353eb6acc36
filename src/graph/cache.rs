//! Definitions that were already extracted, kept for the run under a byte budget.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use crate::syntax::{Budget, Extracted, Language, Symbol, extract};

/// Memoises extraction by content. Safe to share between threads; two threads may extract the same text once each.
pub struct Symbols {
    limit: usize,
    budget: Budget,
    kept: Mutex<Kept>,
    rust: super::meaning::RustKept,
}

#[derive(Default)]
struct Kept {
    entries: HashMap<Key, (Arc<Extracted>, usize)>,
    /// Oldest first; may have keys that were forgotten since.
    order: VecDeque<Key>,
    bytes: usize,
}

impl Kept {
    fn remove(&mut self, key: &Key) {
        if let Some((_, size)) = self.entries.remove(key) {
            self.bytes -= size;
        }
    }
}

/// Content and language of a text; the path only where it decides the language.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key([u8; 16], &'static str);

impl Symbols {
    /// A cache that holds about `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self { limit, budget: Budget::default(), kept: Mutex::default(), rust: super::meaning::RustKept::default() }
    }

    /// What reading one text may cost.
    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    /// What Rust texts were read to be.
    pub(super) fn rust(&self) -> &super::meaning::RustKept {
        &self.rust
    }

    /// The definitions in a text.
    pub fn of(&self, language: Language, text: &str) -> Arc<Extracted> {
        let key = key(language, text);
        if let Some((found, _)) = self.lock().entries.get(&key) {
            return Arc::clone(found);
        }
        let extracted = Arc::new(extract(language, text, &self.budget));
        self.keep(key, &extracted);
        extracted
    }

    /// Whether these definitions cost nothing any more.
    #[cfg(test)]
    pub(super) fn holds(&self, language: Language, text: &str) -> bool {
        self.lock().entries.contains_key(&key(language, text))
    }

    /// Takes the definitions of a text that were found elsewhere, instead of those it has.
    pub fn take(&self, language: Language, text: &str, found: &Arc<Extracted>) -> Key {
        let key = key(language, text);
        self.keep(key.clone(), found);
        key
    }

    fn keep(&self, key: Key, extracted: &Arc<Extracted>) {
        let size = size(extracted);
        if size > self.limit {
            return;
        }
        let kept = &mut *self.lock();
        kept.bytes += size;
        if let Some((_, before)) = kept.entries.insert(key.clone(), (Arc::clone(extracted), size)) {
            kept.bytes -= before;
        } else {
            kept.order.push_back(key);
        }
        while kept.bytes > self.limit {
            let Some(oldest) = kept.order.pop_front() else { break };
            kept.remove(&oldest);
        }
    }

    /// Lets go of a text that nobody will ask for again: an open document's, when it changes.
    pub fn forget(&self, key: &Key) {
        let kept = &mut *self.lock();
        kept.remove(key);
        if kept.order.len() > 2 * kept.entries.len() + 64 {
            kept.order.retain(|key| kept.entries.contains_key(key));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        // A panic elsewhere cannot leave the maps half-changed in a way that matters: they are only a cache.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Symbols {
    /// 128 MiB.
    fn default() -> Self {
        Self::new(128 << 20)
    }
}

fn key(language: Language, text: &str) -> Key {
    let mut short = [0; 16];
    short.copy_from_slice(&blake3::hash(text.as_bytes()).as_bytes()[..16]);
    Key(short, language.name())
}

fn size(extracted: &Extracted) -> usize {
    let strings = |symbol: &Symbol| {
        symbol.name.capacity()
            + symbol.qualified.capacity()
            + symbol.signature.capacity()
            + symbol.doc.as_ref().map_or(0, String::capacity)
    };
    size_of::<Extracted>()
        + 128
        + extracted.symbols.iter().map(|symbol| size_of::<Symbol>() + strings(symbol)).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_newest_under_its_limit() {
        let rust = Language::of("a.rs").unwrap();
        let cache = Symbols::new(3_000);
        let texts: Vec<String> = (0..50).map(|at| format!("fn f{at}() {{}}\n")).collect();
        for text in &texts {
            assert_eq!(cache.of(rust, text).symbols.len(), 1);
        }
        assert!(cache.holds(rust, &texts[49]));
        assert!(!cache.holds(rust, &texts[0]));
        assert!(cache.lock().bytes <= 3_000);
    }

    #[test]
    fn forgets_what_it_is_told_to() {
        let rust = Language::of("a.rs").unwrap();
        let cache = Symbols::new(1 << 20);
        cache.of(rust, "fn kept() {}\n");
        for at in 0..1_000 {
            let text = format!("fn f{at}() {{}}\n");
            cache.of(rust, &text);
            cache.forget(&key(rust, &text));
            cache.forget(&key(rust, &text));
        }
        assert!(cache.holds(rust, "fn kept() {}\n"));
        let kept = cache.lock();
        assert_eq!((kept.entries.len(), kept.bytes), (1, kept.entries.values().map(|(_, size)| size).sum()));
        assert!(kept.order.len() <= 2 + 64);
    }
}
