//! A column: bytes of its own, or bytes within a mapped file that are compared with their hashes piece by piece, when they
//! are first read.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rayon::prelude::*;

/// Bytes that have a hash of their own.
const PIECE: usize = 16 << 10;

/// Bytes of a piece's hash: it is for damage, not for enemies, who could as well write the hash.
pub(super) const SEAL: usize = 16;

pub(super) type Seal = [u8; SEAL];

/// What holds the bytes of columns.
pub(super) type Owner = Arc<dyn AsRef<[u8]> + Send + Sync>;

#[derive(Clone)]
pub(super) struct Column {
    owner: Owner,
    range: Range<usize>,
    /// `None` for bytes that this process made.
    sealed: Option<Arc<Sealed>>,
}

struct Sealed {
    seals: Vec<Seal>,
    /// One bit for each piece that was found to be what its seal says.
    seen: Vec<AtomicU64>,
    broken: AtomicBool,
}

impl Column {
    pub(super) fn owned(bytes: Vec<u8>) -> Self {
        let bytes = bytes.into_boxed_slice();
        Self { range: 0..bytes.len(), owner: Arc::new(bytes), sealed: None }
    }

    /// Bytes of `owner`, with the seals that they have to have.
    pub(super) fn sealed(owner: Owner, range: Range<usize>, seals: &[Seal]) -> Self {
        let seen = (0..seals.len().div_ceil(64)).map(|_| AtomicU64::new(0)).collect();
        let sealed = Sealed { seals: seals.to_vec(), seen, broken: AtomicBool::new(false) };
        Self { owner, range, sealed: Some(Arc::new(sealed)) }
    }

    pub(super) fn len(&self) -> usize {
        self.range.len()
    }

    /// A part of the bytes; `None` when there is no such part, or they are not what was written.
    pub(super) fn get(&self, part: Range<usize>) -> Option<&[u8]> {
        let bytes = self.bytes();
        let found = bytes.get(part.clone())?;
        if let Some(sealed) = &self.sealed
            && !part.is_empty()
        {
            let pieces = part.start / PIECE..=(part.end - 1) / PIECE;
            for piece in pieces {
                sealed.check(bytes, piece)?;
            }
        }
        Some(found)
    }

    /// Whether something was found not to be what was written.
    pub(super) fn is_broken(&self) -> bool {
        self.sealed.as_ref().is_some_and(|sealed| sealed.broken.load(Ordering::Relaxed))
    }

    /// Looks at everything, on all cores.
    pub(super) fn is_whole(&self) -> bool {
        let Some(sealed) = &self.sealed else { return true };
        let bytes = self.bytes();
        (0..sealed.seals.len()).into_par_iter().all(|piece| sealed.check(bytes, piece).is_some())
    }

    /// All bytes, whatever they are.
    pub(super) fn bytes(&self) -> &[u8] {
        (*self.owner).as_ref().get(self.range.clone()).unwrap_or_default()
    }

    /// Little-endian numbers, whatever they are.
    pub(super) fn numbers(&self) -> impl ExactSizeIterator<Item = u32> + '_ {
        self.bytes().as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes))
    }
}

impl Sealed {
    fn check(&self, bytes: &[u8], piece: usize) -> Option<()> {
        let (seen, bit) = (self.seen.get(piece / 64)?, 1 << (piece % 64));
        if seen.load(Ordering::Relaxed) & bit != 0 {
            return Some(());
        }
        let start = piece * PIECE;
        let found = bytes.get(start..bytes.len().min(start + PIECE)).map(seal);
        if found.as_ref() != self.seals.get(piece) {
            self.broken.store(true, Ordering::Relaxed);
            return None;
        }
        seen.fetch_or(bit, Ordering::Relaxed);
        Some(())
    }
}

/// How many seals so many bytes have.
pub(super) fn pieces(bytes: usize) -> usize {
    bytes.div_ceil(PIECE)
}

/// The seals of some bytes, made on all cores.
pub(super) fn seals(bytes: &[u8]) -> Vec<Seal> {
    bytes.par_chunks(PIECE).map(seal).collect()
}

fn seal(piece: &[u8]) -> Seal {
    let mut seal = [0; SEAL];
    seal.copy_from_slice(&blake3::hash(piece).as_bytes()[..SEAL]);
    seal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_seen_where_it_is_read() {
        let mut bytes: Vec<u8> = (0..5 * PIECE / 2).map(|n| (n / 7) as u8).collect();
        let seals = seals(&bytes);
        assert_eq!(seals.len(), pieces(bytes.len()));
        bytes[PIECE + 5] ^= 1;
        let length = bytes.len();
        let column = Column::sealed(Arc::new(bytes), 0..length, &seals);
        assert_eq!(column.get(0..PIECE).map(<[u8]>::len), Some(PIECE));
        assert!(column.get(2 * PIECE..length).is_some() && column.get(length..length).is_some());
        assert!(column.get(0..length + 1).is_none() && !column.is_broken());
        assert!(column.get(PIECE - 1..PIECE + 1).is_none() && column.is_broken());
        assert!(!column.is_whole());
        assert_eq!(column.get(10..20).map(<[u8]>::len), Some(10));
    }
}
