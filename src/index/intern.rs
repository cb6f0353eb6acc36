//! The dictionary while it grows: from runs to numbers.

use super::key::{Key, Seed};

/// The most bytes that all runs may have, so that a position fits into 32 bits with room to spare.
const MAX_BYTES: usize = 1 << 31;

/// Runs that are looked up side by side, so that the waits for memory overlap.
const BATCH: usize = 32;

/// Runs, numbered in the order in which they were seen.
#[derive(Debug)]
pub(super) struct Interner {
    /// Open addressing: zero, or the hash above and the run's number plus one below.
    slots: Vec<u64>,
    entries: Vec<Entry>,
    bytes: Vec<u8>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    start: u32,
    length: u32,
}

impl Interner {
    pub(super) fn new() -> Self {
        Self { slots: vec![0; 1 << 12], entries: Vec::new(), bytes: Vec::new() }
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

    /// Appends the numbers of runs of a text, in their order.
    pub(super) fn intern(&mut self, text: &[u8], keys: &[Key], numbers: &mut Vec<u32>) {
        for keys in keys.chunks(BATCH) {
            let mask = self.slots.len() - 1;
            let (mut slots, mut entries) = ([0; BATCH], [Entry::default(); BATCH]);
            for (slot, key) in slots.iter_mut().zip(keys) {
                *slot = self.slots[key.hash as usize & mask];
            }
            for ((entry, &slot), key) in entries.iter_mut().zip(&slots).zip(keys) {
                if slot != 0 && (slot >> 32) as u32 == key.hash {
                    *entry = self.entries[slot as u32 as usize - 1];
                }
            }
            for ((entry, slot), key) in entries.iter().zip(slots).zip(keys) {
                let found = entry.length == key.length && key.is_at(text, &self.bytes, entry.start as usize);
                numbers.push(if found { slot as u32 - 1 } else { self.number(text, key) });
            }
        }
    }

    /// The numbers that the runs of another dictionary have in this one.
    pub(super) fn take_over(&mut self, other: &Self) -> Vec<u32> {
        let seed = Seed::get();
        let mut numbers = Vec::with_capacity(other.len());
        let mut keys = Vec::with_capacity(BATCH);
        for entries in other.entries.chunks(BATCH) {
            keys.clear();
            keys.extend(
                entries.iter().map(|entry| Key::new(&other.bytes, entry.start as usize, entry.length as usize, seed)),
            );
            self.intern(&other.bytes, &keys, &mut numbers);
        }
        numbers
    }

    /// The number of one run.
    #[cfg(test)]
    pub(super) fn number_of(&mut self, run: &[u8]) -> u32 {
        self.number(run, &Key::new(run, 0, run.len(), Seed::get()))
    }

    fn number(&mut self, text: &[u8], key: &Key) -> u32 {
        let mask = self.slots.len() - 1;
        let mut at = key.hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return self.insert(key.run(text), key.hash, at);
            }
            if (slot >> 32) as u32 == key.hash {
                let number = slot as u32 - 1;
                let entry = self.entries[number as usize];
                if entry.length == key.length && key.is_at(text, &self.bytes, entry.start as usize) {
                    return number;
                }
            }
            at = (at + 1) & mask;
        }
    }

    fn insert(&mut self, run: &[u8], hash: u32, at: usize) -> u32 {
        let number = self.entries.len() as u32;
        self.entries.push(Entry { start: self.bytes.len() as u32, length: run.len() as u32 });
        self.bytes.extend_from_slice(run);
        self.slots[at] = (u64::from(hash) << 32) | u64::from(number + 1);
        if self.entries.len() * 4 > self.slots.len() * 3 {
            self.grow();
        }
        number
    }

    #[cold]
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

#[cfg(test)]
mod tests {
    use super::super::distinct::Distinct;
    use super::*;

    #[test]
    fn runs_are_told_apart_and_found_again() {
        let runs: Vec<String> = (0..20_000).map(|n| format!("{}{n}", "prefix_".repeat(n % 9))).collect();
        let mut interner = Interner::new();
        let numbers: Vec<u32> = runs.iter().map(|run| interner.number_of(run.as_bytes())).collect();
        assert!(numbers.iter().copied().eq(0..20_000));
        for (number, run) in runs.iter().enumerate() {
            assert_eq!(interner.get(number), run.as_bytes());
            assert_eq!(interner.number_of(run.as_bytes()), number as u32);
        }
        let mut other = Interner::new();
        other.number_of(b"new");
        assert_eq!(other.take_over(&interner)[..3], [1, 2, 3]);
        assert_eq!(interner.take_over(&other)[..3], [20_000, 0, 1]);
        assert_eq!(interner.len(), 20_001);
    }

    #[test]
    fn what_stands_around_a_run_makes_no_difference() {
        let mut interner = Interner::new();
        for length in 1..40 {
            let run = "r".repeat(length);
            let number = interner.number_of(run.as_bytes());
            for after in 0..20 {
                let text = format!("xx{run}{}", "y".repeat(after));
                let mut distinct = Distinct::new();
                distinct.clear();
                distinct.add(text.as_bytes(), 2, length);
                let mut numbers = Vec::new();
                interner.intern(text.as_bytes(), distinct.keys(), &mut numbers);
                assert_eq!(numbers, [number]);
            }
        }
    }
}
