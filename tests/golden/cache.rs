//! A least-recently-used cache, as a file with what Rust has to offer.

use std::collections::{HashMap, hash_map::Entry};
use std::fmt::{self, Display};
pub use std::sync::Arc as Shared;

/// Entries that a new cache has room for.
pub const DEFAULT_CAPACITY: usize = 64;
static HITS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);

macro_rules! bump {
    ($counter:expr) => {
        $counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
    };
}

pub(crate) type Key = String;

/// What can go wrong.
///
/// Second paragraph, not shown.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum CacheError {
    Full,
    Missing(Key),
    Corrupt { at: usize, why: &'static str },
}

pub trait Store<K, V> {
    type Iter<'a>: Iterator<Item = &'a V>
    where
        Self: 'a;
    const NAME: &'static str;
    fn get(&self, key: &K) -> Option<&V>;
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    fn len(&self) -> usize;
}

// A plain comment is a doc comment to a reader, too.
#[derive(Debug)]
pub struct Lru<V> {
    map: HashMap<Key, V>,
    pub order: Vec<Key>,
    r#type: u8,
}

pub struct Pair(pub u32, u32);
pub struct Unit;

#[repr(C)]
union Bits {
    float: f32,
    int: u32,
}

impl<V: Clone> Lru<V> {
    #[must_use]
    pub fn new() -> Self {
        Self { map: HashMap::with_capacity(DEFAULT_CAPACITY), order: Vec::new(), r#type: 0 }
    }

    pub async fn load(&mut self, key: Key) -> Result<V, CacheError> {
        fn inner(order: &mut Vec<Key>, key: &Key) {
            order.retain(|other| other != key);
        }
        inner(&mut self.order, &key);
        bump!(HITS);
        match self.map.entry(key.clone()) {
            Entry::Occupied(found) => Ok(found.get().clone()),
            Entry::Vacant(_) => Err(CacheError::Missing(key)),
        }
    }
}

impl<V> Store<Key, V> for Lru<V> {
    type Iter<'a> = std::slice::Iter<'a, V> where V: 'a;
    const NAME: &'static str = "lru";
    fn get(&self, key: &Key) -> Option<&V> {
        self.map.get(key)
    }
    fn len(&self) -> usize {
        self.map.len()
    }
}

impl Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.0, format_args!("{:?}", helper::twice(self.1)))
    }
}

mod helper {
    pub(super) fn twice(x: u32) -> u32 {
        x * 2
    }

    pub mod deep {
        pub struct Nested;
        impl Nested {
            pub fn go(self) -> super::super::Unit {
                super::super::Unit
            }
        }
    }
}

mod elsewhere;

extern "C" {
    fn strlen(s: *const core::ffi::c_char) -> usize;
    static environ: *const *const u8;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_keeps() {
        let mut cache: Lru<u8> = Lru::new();
        cache.r#type = 3;
        cache.order = vec![helper::twice(2).to_string()];
        assert_eq!(cache.len(), 0, "{}", DEFAULT_CAPACITY);
    }
}
