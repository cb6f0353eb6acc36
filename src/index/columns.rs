//! The finished index: columns of plain little-endian bytes that it may own or borrow from a mapped file.

use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;

use super::blocks::{self, Gram, ROWS};
use super::front::Text;
use super::postings::Lists;

/// Says what the bytes are, and in which version of the layout, of the signature and of the runs.
const MAGIC: &[u8; 8] = b"spelidx1";

/// Magic, number of files, zero, lengths of the columns.
const HEAD: usize = 8 + 4 + 4 + COLUMNS * 8;

const COLUMNS: usize = 6;

/// A dictionary of at most this many bytes is read within milliseconds.
const SMALL: usize = 32 << 20;

const HASH: usize = blake3::OUT_LEN;

/// What holds the bytes of columns.
type Owner = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// Bytes that are no index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a readable index: {0}")]
pub struct Corrupt(&'static str);

/// Bytes within what holds them.
#[derive(Clone)]
pub(super) struct Column {
    owner: Owner,
    range: Range<usize>,
}

impl Column {
    fn owned(bytes: Vec<u8>) -> Self {
        let bytes = bytes.into_boxed_slice();
        Self { range: 0..bytes.len(), owner: Arc::new(bytes) }
    }

    fn bytes(&self) -> &[u8] {
        self.owner.as_ref().as_ref().get(self.range.clone()).unwrap_or_default()
    }

    fn numbers(&self) -> impl ExactSizeIterator<Item = u32> + '_ {
        self.bytes().as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes))
    }
}

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
        self.columns().iter().map(|column| column.range.len()).sum()
    }

    /// What the columns are for, and how many bytes each has.
    pub fn sizes(&self) -> [(&'static str, usize); COLUMNS] {
        let names = ["dictionary", "blocks", "postings", "signature", "always", "windowed"];
        std::array::from_fn(|column| (names[column], self.columns()[column].range.len()))
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
        (self.starts.range.len() / 8).saturating_sub(1)
    }

    /// Whether reading all of the dictionary is quicker than reading some files.
    pub(super) fn is_small(&self) -> bool {
        self.runs.range.len() <= SMALL
    }

    /// Where a block, or the end, is in the runs and in the postings.
    fn start(&self, block: usize) -> (usize, usize) {
        let pair = self.starts.bytes().as_chunks::<8>().0[block];
        let pair = u64::from_le_bytes(pair);
        (pair as u32 as usize, (pair >> 32) as usize)
    }

    /// Replaces `out` by a block's runs, a line feed before and behind each.
    pub(super) fn text(&self, block: usize, out: &mut Text) {
        out.decode(&self.runs.bytes()[self.start(block).0..self.start(block + 1).0]);
    }

    /// The lists of a block's runs, in the order of the runs.
    pub(super) fn lists(&self, block: usize) -> Lists<'_> {
        Lists::new(&self.postings.bytes()[self.start(block).1..self.start(block + 1).1])
    }

    /// The blocks that may have all the grams.
    pub(super) fn with_grams(&self, grams: &[Gram]) -> Vec<usize> {
        let (rows, _) = self.rows.bytes().as_chunks::<8>();
        blocks::candidates(self.blocks(), grams, |word| u64::from_le_bytes(rows[word]))
    }

    fn columns(&self) -> [&Column; COLUMNS] {
        [&self.runs, &self.starts, &self.postings, &self.rows, &self.always, &self.windowed]
    }

    fn head(&self) -> Vec<u8> {
        let mut head = MAGIC.to_vec();
        head.extend(self.files.to_le_bytes());
        head.extend([0; 4]);
        head.extend(self.columns().iter().flat_map(|column| (column.range.len() as u64).to_le_bytes()));
        head
    }

    /// Writes all of it; each column starts at a multiple of 8 bytes.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let head = self.head();
        let mut hasher = blake3::Hasher::new();
        hasher.update(&head);
        for column in self.columns() {
            hasher.update(column.bytes());
        }
        out.write_all(&head)?;
        out.write_all(hasher.finalize().as_bytes())?;
        for column in self.columns() {
            out.write_all(column.bytes())?;
            out.write_all(&[0; 8][..padding(column.range.len())])?;
        }
        Ok(())
    }

    /// What [`Self::write`] wrote. The columns stay where they are. Everything is checked before it is believed.
    pub fn read(owner: Arc<dyn AsRef<[u8]> + Send + Sync>) -> Result<Self, Corrupt> {
        let bytes = owner.as_ref().as_ref();
        let (head, rest) = bytes.split_at_checked(HEAD).ok_or(Corrupt("too short"))?;
        let (hash, body) = rest.split_at_checked(HASH).ok_or(Corrupt("too short"))?;
        if !head.starts_with(MAGIC) {
            return Err(Corrupt("of another kind or version"));
        }
        let files = u32::from_le_bytes(*head[8..].first_chunk().ok_or(Corrupt("too short"))?);
        let mut hasher = blake3::Hasher::new();
        hasher.update(head);
        let mut at = HEAD + HASH;
        let mut ranges = [const { 0..0 }; COLUMNS];
        for (range, length) in ranges.iter_mut().zip(head[16..].as_chunks().0) {
            let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| Corrupt("too long"))?;
            let end = at.checked_add(length).filter(|&end| end <= bytes.len()).ok_or(Corrupt("cut off"))?;
            *range = at..end;
            hasher.update(&bytes[at..end]);
            at = end + padding(length);
        }
        if at != HEAD + HASH + body.len() {
            return Err(Corrupt("of another length"));
        }
        if hasher.finalize().as_bytes() != hash {
            return Err(Corrupt("changed"));
        }
        let columns = ranges.map(|range| Column { owner: owner.clone(), range });
        let [runs, starts, postings, rows, always, windowed] = columns;
        let index = Self { files, runs, starts, postings, rows, always, windowed };
        index.check().map(|()| index).map_err(Corrupt)
    }

    /// Whether everything that is taken for a place is one. Numbers of files in postings are looked at when they are read.
    fn check(&self) -> Result<(), &'static str> {
        let blocks = self.blocks();
        if !self.starts.range.len().is_multiple_of(8) || self.starts.range.is_empty() {
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
        if self.start(0) != (0, 0) || before != Some((self.runs.range.len(), self.postings.range.len())) {
            return Err("blocks that leave something out");
        }
        if self.rows.range.len() != blocks.div_ceil(64) * ROWS * 8 {
            return Err("a signature of another size");
        }
        for column in [&self.always, &self.windowed] {
            let sorted = column.numbers().is_sorted_by(|one, other| one < other);
            let last = column.numbers().last().is_none_or(|last| last < self.files);
            if !column.range.len().is_multiple_of(4) || !sorted || !last {
                return Err("files that are none");
            }
        }
        Ok(())
    }
}

/// Puts the right hash into damaged bytes, as far as they still have columns.
#[cfg(test)]
pub(super) fn sign(bytes: &mut [u8]) {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&bytes[..HEAD]);
    let mut at = HEAD + HASH;
    for length in bytes[16..HEAD].as_chunks().0 {
        let length = u64::from_le_bytes(*length) as usize;
        let Some(column) = bytes.get(at..at.saturating_add(length)) else { return };
        hasher.update(column);
        at += length + padding(length);
    }
    bytes[HEAD..HEAD + HASH].copy_from_slice(hasher.finalize().as_bytes());
}

fn padding(length: usize) -> usize {
    length.next_multiple_of(8) - length
}
