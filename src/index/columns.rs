//! The finished index: columns of plain little-endian bytes that it may own or borrow from a mapped file.

use std::io::{self, Write};
use std::sync::Arc;

use super::blocks::{self, Gram, ROWS};
use super::column::{Column, SEAL, Seal, pieces, seals};
use super::front::Text;
use super::postings::Lists;

/// Says what the bytes are, and in which version of the layout, of the signature and of the runs.
const MAGIC: &[u8; 8] = b"spelidx2";

/// Magic, number of files, zero, lengths of the columns.
const HEAD: usize = 8 + 4 + 4 + COLUMNS * 8;

const COLUMNS: usize = 6;

/// A dictionary of at most this many bytes is read within milliseconds.
const SMALL: usize = 32 << 20;

const HASH: usize = blake3::OUT_LEN;

/// Bytes that are no index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a readable index: {0}")]
pub struct Corrupt(&'static str);

/// Which files have which runs. Immutable; a clone shares the columns.
#[derive(Clone)]
pub struct Index {
    files: u32,
    /// The runs, block by block.
    runs: Column,
    /// For each block, and for the end, the place in the runs and the place in the postings.
    starts: Column,
    postings: Column,
    rows: Column,
    always: Column,
    windowed: Column,
}

/// What an index is made of.
pub(super) struct Parts {
    pub(super) files: u32,
    pub(super) runs: Vec<u8>,
    pub(super) starts: Vec<(u32, u32)>,
    pub(super) postings: Vec<u8>,
    pub(super) rows: Vec<u64>,
    pub(super) always: Vec<u32>,
    pub(super) windowed: Vec<u32>,
}

impl Parts {
    pub(super) fn into_index(self) -> Index {
        let numbers = |list: Vec<u32>| Column::owned(list.into_iter().flat_map(u32::to_le_bytes).collect());
        Index {
            files: self.files,
            runs: Column::owned(self.runs),
            starts: numbers(self.starts.into_iter().flat_map(|(runs, postings)| [runs, postings]).collect()),
            postings: Column::owned(self.postings),
            rows: Column::owned(self.rows.into_iter().flat_map(u64::to_le_bytes).collect()),
            always: numbers(self.always),
            windowed: numbers(self.windowed),
        }
    }
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("files", &self.files).field("bytes", &self.memory()).finish()
    }
}

impl Index {
    /// All file numbers are below this.
    pub fn files(&self) -> u32 {
        self.files
    }

    /// How many bytes all columns have.
    pub fn memory(&self) -> usize {
        self.columns().iter().map(|column| column.len()).sum()
    }

    /// What the columns are for, and how many bytes each has.
    pub fn sizes(&self) -> [(&'static str, usize); COLUMNS] {
        let names = ["dictionary", "blocks", "postings", "signature", "always", "windowed"];
        std::array::from_fn(|column| (names[column], self.columns()[column].len()))
    }

    /// Whether some of it turned out not to be what was written. What needed it was answered with all files.
    pub fn is_broken(&self) -> bool {
        self.columns().iter().any(|column| column.is_broken())
    }

    /// Looks at everything that comes from a file, on all cores; false when it is not what was written.
    pub fn is_whole(&self) -> bool {
        self.columns().iter().all(|column| column.is_whole())
    }

    /// The files that are candidates of every search, ascending.
    pub fn always(&self) -> impl ExactSizeIterator<Item = u32> + '_ {
        self.always.numbers()
    }

    /// The files with runs of which only windows are known, ascending.
    pub(super) fn windowed(&self) -> impl ExactSizeIterator<Item = u32> + '_ {
        self.windowed.numbers()
    }

    pub(super) fn blocks(&self) -> usize {
        (self.starts.len() / 8).saturating_sub(1)
    }

    /// Whether reading all of the dictionary is quicker than reading some files.
    pub(super) fn is_small(&self) -> bool {
        self.runs.len() <= SMALL
    }

    /// Where a block, or the end, is in the runs and in the postings.
    fn start(&self, block: usize) -> (usize, usize) {
        let pair = self.starts.bytes().as_chunks::<8>().0[block];
        let pair = u64::from_le_bytes(pair);
        (pair as u32 as usize, (pair >> 32) as usize)
    }

    /// Replaces `out` by a block's runs, a line feed before and behind each. `None` when they are damaged, as below.
    pub(super) fn text(&self, block: usize, out: &mut Text) -> Option<()> {
        out.decode(self.runs.get(self.start(block).0..self.start(block + 1).0)?);
        Some(())
    }

    /// The lists of a block's runs, in the order of the runs.
    pub(super) fn lists(&self, block: usize) -> Option<Lists<'_>> {
        self.postings.get(self.start(block).1..self.start(block + 1).1).map(Lists::new)
    }

    /// The blocks that may have all the grams.
    pub(super) fn with_grams(&self, grams: &[Gram]) -> Option<Vec<usize>> {
        let width = self.blocks().div_ceil(64) * 8;
        for row in blocks::rows_of(grams) {
            self.rows.get(row * width..(row + 1) * width)?;
        }
        let (rows, _) = self.rows.bytes().as_chunks::<8>();
        Some(blocks::candidates(self.blocks(), grams, |word| u64::from_le_bytes(rows[word])))
    }

    fn columns(&self) -> [&Column; COLUMNS] {
        [&self.runs, &self.starts, &self.postings, &self.rows, &self.always, &self.windowed]
    }

    /// Writes all of it; each column starts at a multiple of 8 bytes.
    ///
    /// # Errors
    /// Those of `out`, and [`io::ErrorKind::InvalidData`] for an index that is broken.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        if !self.is_whole() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let columns = self.columns();
        let mut head = MAGIC.to_vec();
        head.extend(self.files.to_le_bytes());
        head.extend([0; 4]);
        head.extend(columns.iter().flat_map(|column| (column.len() as u64).to_le_bytes()));
        let seals: Vec<Seal> = columns.iter().flat_map(|column| seals(column.bytes())).collect();
        out.write_all(&head)?;
        out.write_all(hash(&head, seals.as_flattened()).as_bytes())?;
        out.write_all(seals.as_flattened())?;
        for column in columns {
            out.write_all(column.bytes())?;
            out.write_all(&[0; 8][..padding(column.len())])?;
        }
        Ok(())
    }

    /// What [`Self::write`] wrote. The columns stay where they are, and are compared with their hashes when they are read:
    /// see [`Self::is_broken`]. Nothing is believed before.
    pub fn read(owner: Arc<dyn AsRef<[u8]> + Send + Sync>) -> Result<Self, Corrupt> {
        let bytes = (*owner).as_ref();
        let (head, rest) = bytes.split_at_checked(HEAD).ok_or(Corrupt("too short"))?;
        let (signed, rest) = rest.split_at_checked(HASH).ok_or(Corrupt("too short"))?;
        if !head.starts_with(MAGIC) {
            return Err(Corrupt("of another kind or version"));
        }
        let files = u32::from_le_bytes(*head[8..].first_chunk().ok_or(Corrupt("too short"))?);
        let mut lengths = [0; COLUMNS];
        for (length, written) in lengths.iter_mut().zip(head[16..].as_chunks().0) {
            let written = usize::try_from(u64::from_le_bytes(*written)).ok();
            // Nothing that fits into the file can overflow what is computed of it.
            *length = written.filter(|&length| length <= bytes.len()).ok_or(Corrupt("cut off"))?;
        }
        let sealed = lengths.iter().map(|&length| pieces(length)).sum::<usize>() * SEAL;
        let (seals, body) = rest.split_at_checked(sealed).ok_or(Corrupt("cut off"))?;
        if hash(head, seals).as_bytes() != signed {
            return Err(Corrupt("changed"));
        }
        let mut seals = seals.as_chunks().0;
        let mut at = HEAD + HASH + sealed;
        if lengths.iter().map(|&length| length + padding(length)).sum::<usize>() != body.len() {
            return Err(Corrupt("of another length"));
        }
        let columns = lengths.map(|length| {
            let (its, rest) = seals.split_at(pieces(length));
            let column = Column::sealed(owner.clone(), at..at + length, its);
            (seals, at) = (rest, at + length + padding(length));
            column
        });
        let [runs, starts, postings, rows, always, windowed] = columns;
        let index = Self { files, runs, starts, postings, rows, always, windowed };
        index.check().map(|()| index).map_err(Corrupt)
    }

    /// Whether everything that is taken for a place is one. Numbers of files in postings are looked at when they are read.
    fn check(&self) -> Result<(), &'static str> {
        if ![&self.starts, &self.always, &self.windowed].iter().all(|column| column.is_whole()) {
            return Err("changed");
        }
        let blocks = self.blocks();
        if !self.starts.len().is_multiple_of(8) || self.starts.len() == 0 {
            return Err("blocks that are none");
        }
        let mut before = None;
        for block in 0..=blocks {
            let start = self.start(block);
            if before.is_some_and(|(runs, postings)| start.0 < runs || start.1 < postings) {
                return Err("blocks out of order");
            }
            before = Some(start);
        }
        if self.start(0) != (0, 0) || before != Some((self.runs.len(), self.postings.len())) {
            return Err("blocks that leave something out");
        }
        if self.rows.len() != blocks.div_ceil(64) * ROWS * 8 {
            return Err("a signature of another size");
        }
        for column in [&self.always, &self.windowed] {
            let sorted = column.numbers().is_sorted_by(|one, other| one < other);
            let last = column.numbers().last().is_none_or(|last| last < self.files);
            if !column.len().is_multiple_of(4) || !sorted || !last {
                return Err("files that are none");
            }
        }
        Ok(())
    }
}

fn hash(head: &[u8], seals: &[u8]) -> blake3::Hash {
    blake3::Hasher::new().update(head).update(seals).finalize()
}

/// Puts the right hashes into damaged bytes, as far as they still have columns.
#[cfg(test)]
pub(super) fn sign(bytes: &mut [u8]) {
    let (head, rest) = bytes.split_at_mut(HEAD);
    let (signed, rest) = rest.split_at_mut(HASH);
    let lengths: Vec<usize> =
        head[16..].as_chunks().0.iter().map(|length| u64::from_le_bytes(*length) as usize).collect();
    if lengths.iter().any(|&length| length > rest.len()) {
        return;
    }
    let sealed = lengths.iter().map(|&length| pieces(length)).sum::<usize>() * SEAL;
    let Some((written, mut body)) = rest.split_at_mut_checked(sealed) else { return };
    let mut all: Vec<Seal> = Vec::new();
    for length in lengths {
        let Some((column, rest)) = body.split_at_mut_checked(length + padding(length)) else { return };
        all.extend(seals(&column[..length]));
        body = rest;
    }
    written.copy_from_slice(all.as_flattened());
    signed.copy_from_slice(hash(head, written).as_bytes());
}

fn padding(length: usize) -> usize {
    length.next_multiple_of(8) - length
}
