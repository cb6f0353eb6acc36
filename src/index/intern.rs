//! The dictionary while it grows: runs to numbers, and which file had each of them last.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

/// One for all dictionaries of the process, so that they can be merged, and not to be guessed by who writes a file.
static SEED: LazyLock<[u64; 2]> = LazyLock::new(|| {
    let state = RandomState::new();
    [state.hash_one(1_u8), state.hash_one(2_u8)]
});

/// The most bytes that all runs may have, so that a position fits into 32 bits with room to spare.
const MAX_BYTES: usize = 1 << 31;

const NO_FILE: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
struct Entry {
    start: u32,
    length: u32,
    /// The file that had the run last.
    last: u32,
}

/// Runs, numbered in the order in which they were seen.
#[derive(Debug)]
pub(super) struct Interner {
    seed: [u64; 2],
    /// Open addressing: zero, or the hash above and the run's number plus one below.
    slots: Vec<u64>,
    entries: Vec<Entry>,
    bytes: Vec<u8>,
}

impl Interner {
    pub(super) fn new() -> Self {
        Self { seed: *SEED, slots: vec![0; 1 << 12], entries: Vec::new(), bytes: Vec::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn get(&self, number: usize) -> &[u8] {
        let entry = &self.entries[number];
        &self.bytes[entry.start as usize..][..entry.length as usize]
    }

    /// Whether there is no room for more runs.
    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() > MAX_BYTES
    }

    /// How many bytes it holds.
    pub(super) fn memory(&self) -> usize {
        self.slots.capacity() * size_of::<u64>() + self.entries.capacity() * size_of::<Entry>() + self.bytes.capacity()
    }

    /// The run's number, if `file` did not have it yet.
    pub(super) fn note(&mut self, text: &[u8], start: usize, length: usize, file: u32) -> Option<u32> {
        let key = Key::of(text, start, length, &self.seed);
        let number = self.number(&key);
        let entry = &mut self.entries[number as usize];
        let new = entry.last != file;
        entry.last = file;
        new.then_some(number)
    }

    /// The run's number.
    pub(super) fn intern(&mut self, run: &[u8]) -> u32 {
        let key = Key::of(run, 0, run.len(), &self.seed);
        self.number(&key)
    }

    fn number(&mut self, key: &Key<'_>) -> u32 {
        let mask = self.slots.len() - 1;
        let mut at = key.hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return self.insert(key, at);
            }
            if (slot >> 32) as u32 == key.hash {
                let number = slot as u32 - 1;
                let entry = self.entries[number as usize];
                if entry.length as usize == key.run.len() && key.is(&self.bytes, entry.start as usize) {
                    return number;
                }
            }
            at = (at + 1) & mask;
        }
    }

    #[cold]
    fn insert(&mut self, key: &Key<'_>, at: usize) -> u32 {
        let number = self.entries.len() as u32;
        let entry = Entry { start: self.bytes.len() as u32, length: key.run.len() as u32, last: NO_FILE };
        self.entries.push(entry);
        self.bytes.extend_from_slice(key.run);
        self.slots[at] = u64::from(key.hash) << 32 | u64::from(number + 1);
        if self.entries.len() * 2 > self.slots.len() {
            self.grow();
        }
        number
    }

    fn grow(&mut self) {
        let size = self.slots.len() * 2;
        let old = std::mem::replace(&mut self.slots, vec![0; size]);
        for slot in old {
            if slot != 0 {
                let mut at = (slot >> 32) as usize & (size - 1);
                while self.slots[at] != 0 {
                    at = (at + 1) & (size - 1);
                }
                self.slots[at] = slot;
            }
        }
    }
}

/// A run that is looked up.
struct Key<'a> {
    run: &'a [u8],
    /// The run itself with zeros behind it, if it has at most 16 bytes.
    short: u128,
    hash: u32,
}

impl<'a> Key<'a> {
    fn of(text: &'a [u8], start: usize, length: usize, seed: &[u64; 2]) -> Self {
        let run = &text[start..start + length];
        let short = if length <= 16 { short(text, start, length) } else { 0 };
        let mut hash = if length <= 16 { mix(short, seed) } else { length as u64 };
        if length > 16 {
            let (chunks, _) = run.as_chunks::<16>();
            for chunk in chunks {
                hash = mix(u128::from_le_bytes(*chunk) ^ u128::from(hash), seed);
            }
            let last = short_at(run, length - 16);
            hash = mix(last ^ u128::from(hash), seed);
        }
        Self { run, short, hash: (hash >> 32) as u32 ^ hash as u32 }
    }

    fn is(&self, bytes: &[u8], start: usize) -> bool {
        let length = self.run.len();
        if length <= 16 { short(bytes, start, length) == self.short } else { bytes[start..start + length] == *self.run }
    }
}

fn short_at(bytes: &[u8], start: usize) -> u128 {
    bytes[start..].first_chunk().map_or(0, |chunk| u128::from_le_bytes(*chunk))
}

/// Up to 16 bytes as a number.
fn short(bytes: &[u8], start: usize, length: usize) -> u128 {
    match bytes[start..].first_chunk() {
        Some(chunk) if length > 0 => u128::from_le_bytes(*chunk) & (u128::MAX >> (128 - 8 * length)),
        _ => {
            let mut padded = [0; 16];
            padded[..length].copy_from_slice(&bytes[start..start + length]);
            u128::from_le_bytes(padded)
        }
    }
}

fn mix(value: u128, seed: &[u64; 2]) -> u64 {
    let product = u128::from(value as u64 ^ seed[0]) * u128::from((value >> 64) as u64 ^ seed[1]);
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_told_apart_and_found_again() {
        let runs: Vec<String> = (0..20_000).map(|n| format!("{}{n}", "prefix_".repeat(n % 9))).collect();
        let mut interner = Interner::new();
        let numbers: Vec<u32> = runs.iter().map(|run| interner.intern(run.as_bytes())).collect();
        assert!(numbers.iter().copied().eq(0..20_000));
        for (number, run) in runs.iter().enumerate() {
            assert_eq!(interner.get(number), run.as_bytes());
            assert_eq!(interner.note(run.as_bytes(), 0, run.len(), 7), Some(number as u32));
            assert_eq!(interner.note(run.as_bytes(), 0, run.len(), 7), None);
        }
        assert_eq!(interner.len(), runs.len());
    }

    #[test]
    fn what_stands_around_a_run_makes_no_difference() {
        let mut interner = Interner::new();
        for length in 1..40 {
            let run = "r".repeat(length);
            let number = interner.intern(run.as_bytes());
            for after in 0..20 {
                let text = format!("xx{run}{}", "y".repeat(after));
                assert_eq!(interner.note(text.as_bytes(), 2, length, (length * 100 + after) as u32), Some(number));
            }
        }
    }
}
