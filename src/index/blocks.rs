//! Which blocks of the dictionary can have a literal: for each of them, which threes of neighbouring bytes it has.
//!
//! The signature is a table of bits, a row for each value of a hash of three bytes, a column for each block, so that a
//! literal is sought by laying some rows over each other. ASCII case is folded.

use super::front::Text;

/// A block ends with the run that makes it longer than this when it is written out, in bytes.
pub(super) const BLOCK: usize = 4 << 10;

/// Rows of the table. The first one is for blocks with a character beyond ASCII that folds into it.
pub(super) const ROWS: usize = 1 << 12;

const FOREIGN: usize = 0;

/// Characters beyond ASCII that are letters of ASCII when case is ignored: the Kelvin sign and the long s.
pub(super) const KELVIN: &[u8] = "\u{212a}".as_bytes();
pub(super) const LONG_S: &[u8] = "\u{17f}".as_bytes();

/// What stands for everything that ends a word: a run's end, and bytes beyond ASCII.
pub(super) const EDGE: u8 = b'\n';

/// Three neighbouring bytes that a block has to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gram {
    row: usize,
    /// Whether one of the bytes may be a character that folds into it.
    foreign: bool,
}

impl Gram {
    pub(super) fn new(bytes: [u8; 3], foreign: bool) -> Self {
        Self { row: row(bytes), foreign }
    }
}

fn row(bytes: [u8; 3]) -> usize {
    let [a, b, c] = bytes.map(|byte| u32::from(byte.to_ascii_lowercase()));
    let product = ((a << 16) | (b << 8) | c).wrapping_mul(0x9e37_79b1);
    1 + ((u64::from(product) * (ROWS as u64 - 1)) >> 32) as usize
}

/// The table for blocks of runs, of which `decode` writes out one.
pub(super) fn rows(blocks: usize, decode: impl Fn(usize, &mut Text)) -> Vec<u64> {
    let width = blocks.div_ceil(64);
    let mut table = vec![0; width * ROWS];
    let mut text = Text::new();
    for block in 0..blocks {
        let (word, bit) = (block / 64, 1_u64 << (block % 64));
        decode(block, &mut text);
        let text = text.bytes();
        let mut set = |bytes| table[row(bytes) * width + word] |= bit;
        for window in text.windows(3) {
            let &[a, b, c] = window else { continue };
            if b == EDGE {
                continue;
            }
            set([a, b, c]);
            if a >= 0x80 {
                set([EDGE, b, c]);
            }
            if c >= 0x80 {
                set([a, b, EDGE]);
            }
            if a >= 0x80 && c >= 0x80 {
                set([EDGE, b, EDGE]);
            }
        }
        let has = |character| memchr::memmem::find(text, character).is_some();
        if has(KELVIN) || has(LONG_S) {
            table[FOREIGN * width + word] |= bit;
        }
    }
    table
}

/// The rows that [`candidates`] reads for some grams.
pub(super) fn rows_of(grams: &[Gram]) -> impl Iterator<Item = usize> {
    std::iter::once(FOREIGN).chain(grams.iter().map(|gram| gram.row))
}

/// The blocks, ascending, that may have all the grams. `word` reads the table.
pub(super) fn candidates(blocks: usize, grams: &[Gram], word: impl Fn(usize) -> u64) -> Vec<usize> {
    let width = blocks.div_ceil(64);
    let mut found = Vec::new();
    for column in 0..width {
        let behind = blocks - column * 64;
        let mut bits = if behind < 64 { (1 << behind) - 1 } else { u64::MAX };
        let foreign = word(FOREIGN * width + column);
        for gram in grams {
            bits &= word(gram.row * width + column) | if gram.foreign { foreign } else { 0 };
            if bits == 0 {
                break;
            }
        }
        while bits != 0 {
            found.push(column * 64 + bits.trailing_zeros() as usize);
            bits &= bits - 1;
        }
    }
    found
}
