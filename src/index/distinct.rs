//! The distinct runs of one text, in a table small enough for the nearest cache.

use super::key::{Key, Seed};

/// A set of runs that is emptied in no time.
#[derive(Debug)]
pub(super) struct Distinct {
    seed: Seed,
    /// Open addressing: the stamp of the text above, the place in `keys` below. Other stamps are empty slots.
    slots: Vec<u64>,
    stamp: u32,
    keys: Vec<Key>,
}

impl Distinct {
    pub(super) fn new() -> Self {
        Self { seed: Seed::get(), slots: vec![0; 1 << 10], stamp: 0, keys: Vec::new() }
    }

    /// Forgets all runs: what is added next are runs of another text.
    pub(super) fn clear(&mut self) {
        self.keys.clear();
        // A table that one big text made grow would not stay in the cache for the small ones.
        if self.slots.len() > 1 << 14 {
            *self = Self { keys: std::mem::take(&mut self.keys), ..Self::new() };
        }
        self.stamp = self.stamp.checked_add(1).unwrap_or_else(|| {
            self.slots.fill(0);
            1
        });
    }

    /// The runs, in the order in which they were added first.
    pub(super) fn keys(&self) -> &[Key] {
        &self.keys
    }

    #[inline]
    pub(super) fn add(&mut self, text: &[u8], start: usize, length: usize) {
        let key = Key::new(text, start, length, self.seed);
        let mask = self.slots.len() - 1;
        let mut at = key.hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if (slot >> 32) as u32 != self.stamp {
                return self.insert(key, at);
            }
            if self.keys[slot as u32 as usize].same(&key, text) {
                return;
            }
            at = (at + 1) & mask;
        }
    }

    fn insert(&mut self, key: Key, at: usize) {
        self.slots[at] = (u64::from(self.stamp) << 32) | self.keys.len() as u64;
        self.keys.push(key);
        if self.keys.len() * 2 > self.slots.len() {
            self.grow();
        }
    }

    #[cold]
    fn grow(&mut self) {
        let mask = self.slots.len() * 4 - 1;
        self.slots = vec![0; mask + 1];
        self.stamp = 1;
        for (number, key) in self.keys.iter().enumerate() {
            let mut at = key.hash as usize & mask;
            while self.slots[at] != 0 {
                at = (at + 1) & mask;
            }
            self.slots[at] = (1 << 32) | number as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(distinct: &mut Distinct, runs: &[&str], expect: &[&str]) {
        distinct.clear();
        let text = runs.join(" ");
        let mut at = 0;
        for run in runs {
            distinct.add(text.as_bytes(), at, run.len());
            at += run.len() + 1;
        }
        let got: Vec<&[u8]> = distinct.keys().iter().map(|key| key.run(text.as_bytes())).collect();
        assert_eq!(got, expect.iter().map(|run| run.as_bytes()).collect::<Vec<_>>());
    }

    #[test]
    fn each_run_is_there_once() {
        let mut distinct = Distinct::new();
        check(&mut distinct, &["a", "b", "a", "ab", "b"], &["a", "b", "ab"]);
        check(&mut distinct, &["b"], &["b"]);
        let (one, other) = ("sixteen_bytes_ab_x", "sixteen_bytes_ab_y");
        check(&mut distinct, &[one, other, &one[..16], one, &other[..16]], &[one, other, &one[..16]]);
        check(&mut distinct, &[], &[]);
    }

    #[test]
    fn big_texts_make_it_grow_and_shrink() {
        let runs: Vec<String> = (0..40_000).map(|n| format!("{}{n}", "prefix_".repeat(n % 5))).collect();
        let runs: Vec<&str> = runs.iter().map(String::as_str).collect();
        let twice = [&runs[..], &runs[..]].concat();
        let mut distinct = Distinct::new();
        check(&mut distinct, &twice, &runs);
        check(&mut distinct, &runs[..7], &runs[..7]);
        assert!(distinct.slots.len() < 1 << 14);
    }
}
