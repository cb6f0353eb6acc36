//! Runs as they are compared: a hash, the first bytes as a number, and where the rest is.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

/// One for all dictionaries of the process, so that they can be merged, and not to be guessed by who writes a file.
static SEED: LazyLock<[u64; 2]> = LazyLock::new(|| {
    let state = RandomState::new();
    [state.hash_one(1_u8), state.hash_one(2_u8)]
});

/// What the hashes of this process depend on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seed([u64; 2]);

impl Seed {
    pub(super) fn get() -> Self {
        Self(*SEED)
    }

    fn mix(self, value: u128) -> u64 {
        let product = u128::from(value as u64 ^ self.0[0]) * u128::from((value >> 64) as u64 ^ self.0[1]);
        product as u64 ^ (product >> 64) as u64
    }
}

/// A run within a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    /// The first 16 bytes; zeros behind a shorter run. No run has zeros in it.
    head: u128,
    pub(super) start: u32,
    pub(super) length: u32,
    pub(super) hash: u32,
}

impl Key {
    #[inline]
    pub(super) fn new(text: &[u8], start: usize, length: usize, seed: Seed) -> Self {
        let head = head(text, start, length);
        let mut hash = seed.mix(head);
        if length > 16 {
            let run = &text[start..start + length];
            let (chunks, _) = run[16..].as_chunks::<16>();
            for chunk in chunks {
                hash = seed.mix(u128::from_le_bytes(*chunk) ^ u128::from(hash));
            }
            // The last 16 bytes, some of them for the second time.
            hash = seed.mix(self::head(run, length - 16, 16) ^ u128::from(hash) ^ ((length as u128) << 64));
        }
        Self { head, start: start as u32, length: length as u32, hash: (hash >> 32) as u32 ^ hash as u32 }
    }

    pub(super) fn run<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        &text[self.start as usize..][..self.length as usize]
    }

    /// Whether two runs of one text are the same.
    #[inline]
    pub(super) fn same(&self, other: &Self, text: &[u8]) -> bool {
        self.head == other.head
            && self.length == other.length
            && (self.length <= 16 || self.run(text) == other.run(text))
    }

    /// Whether the run is the one at `start` of `bytes`, which has the same length.
    #[inline]
    pub(super) fn is_at(&self, text: &[u8], bytes: &[u8], start: usize) -> bool {
        let length = self.length as usize;
        head(bytes, start, length) == self.head
            && (length <= 16 || bytes[start + 16..start + length] == self.run(text)[16..])
    }
}

/// The bits of so many bytes.
static MASKS: [u128; 17] = {
    let mut masks = [u128::MAX; 17];
    let mut length = 0;
    while length < 16 {
        masks[length] = (1 << (8 * length)) - 1;
        length += 1;
    }
    masks
};

/// The first up to 16 bytes of a run as a number.
#[inline]
fn head(bytes: &[u8], start: usize, length: usize) -> u128 {
    match bytes[start..].first_chunk() {
        Some(chunk) => u128::from_le_bytes(*chunk) & MASKS[length.min(16)],
        None => {
            let length = length.min(16);
            let mut padded = [0; 16];
            padded[..length].copy_from_slice(&bytes[start..start + length]);
            u128::from_le_bytes(padded)
        }
    }
}
