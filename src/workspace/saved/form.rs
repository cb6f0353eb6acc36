//! The form of a file: a head that says where the sections are and what their hashes are, and the sections.

use std::io::{self, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::mapped::Mapped;

const MAGIC: &[u8; 8] = b"spelunk\0";

/// To be raised whenever a section means something else.
const VERSION: u32 = 1;

/// What decides which files there are and what is known of them: with other sources the file is made anew.
const SOURCES: &[&str] = &[
    env!("CARGO_PKG_VERSION"),
    include_str!("../path.rs"),
    include_str!("../secrets.rs"),
    include_str!("../standing.rs"),
    include_str!("../walk.rs"),
    include_str!("../../index/alphabet.rs"),
    include_str!("../../index/blocks.rs"),
    include_str!("../../index/build.rs"),
    include_str!("../../index/distinct.rs"),
    include_str!("../../index/front.rs"),
    include_str!("../../index/mod.rs"),
    include_str!("../../index/postings.rs"),
];

/// The sections, in order. The index has hashes of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The canonical paths of the workspace's folders.
    Roots,
    /// What decides which files are listed, and stamps of it.
    Rules,
    /// The paths of the files, one after the other.
    Paths,
    /// Where each path ends.
    Ends,
    Stamps,
    Flags,
    Index,
}

const PARTS: [Part; 7] = [Part::Roots, Part::Rules, Part::Paths, Part::Ends, Part::Stamps, Part::Flags, Part::Index];

const HASH: usize = blake3::OUT_LEN;

/// Offset, length and hash of a section.
const ENTRY: usize = 8 + 8 + HASH;

/// Magic, version, number of sections, hash of the sources, sections, hash of all that.
const HEAD: usize = 8 + 4 + 4 + HASH + PARTS.len() * ENTRY + HASH;

/// Why a file cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unusable {
    #[error("it is of another version")]
    Version,
    #[error("it is damaged")]
    Damaged,
}

/// The sections but the index are given; `index` writes that.
pub(super) fn write<W: Write + io::Seek>(
    out: &mut W,
    section: impl Fn(Part) -> Vec<u8>,
    index: impl FnOnce(&mut W) -> io::Result<()>,
) -> io::Result<()> {
    let mut head = MAGIC.to_vec();
    head.extend(VERSION.to_le_bytes());
    head.extend((PARTS.len() as u32).to_le_bytes());
    head.extend(sources().as_bytes());
    out.write_all(&[0; HEAD])?;
    let mut at = HEAD as u64;
    let mut entry = |at: u64, length: u64, hash: &[u8; HASH]| {
        head.extend(at.to_le_bytes());
        head.extend(length.to_le_bytes());
        head.extend(hash);
    };
    for part in PARTS.into_iter().filter(|part| *part != Part::Index) {
        let bytes = section(part);
        entry(at, bytes.len() as u64, blake3::hash(&bytes).as_bytes());
        out.write_all(&bytes)?;
        let padded = bytes.len().next_multiple_of(8);
        out.write_all(&[0; 8][..padded - bytes.len()])?;
        at += padded as u64;
    }
    index(out)?;
    let end = out.stream_position()?;
    entry(at, end - at, &[0; HASH]);
    head.extend(blake3::hash(&head).as_bytes());
    out.seek(SeekFrom::Start(0))?;
    out.write_all(&head)?;
    out.seek(SeekFrom::Start(end))?;
    Ok(())
}

/// A file whose head is right.
pub(super) struct Form {
    bytes: Arc<Mapped>,
    ranges: [Range<usize>; PARTS.len()],
    hashes: [[u8; HASH]; PARTS.len()],
}

impl Form {
    pub(super) fn read(bytes: Mapped) -> Result<Self, Unusable> {
        let all = bytes.as_ref();
        let head = all.get(..HEAD).ok_or(Unusable::Damaged)?;
        let (head, hash) = head.split_at(HEAD - HASH);
        let (kind, mut rest) = head.split_at(16 + HASH);
        if !kind.starts_with(MAGIC) {
            return Err(Unusable::Damaged);
        }
        if kind[8..12] != VERSION.to_le_bytes() || &kind[16..] != sources().as_bytes() {
            return Err(Unusable::Version);
        }
        if blake3::hash(head).as_bytes() != hash {
            return Err(Unusable::Damaged);
        }
        let (mut ranges, mut hashes) = ([const { 0..0 }; PARTS.len()], [[0; HASH]; PARTS.len()]);
        for (range, hash) in ranges.iter_mut().zip(&mut hashes) {
            let (start, length) = (number(&mut rest)?, number(&mut rest)?);
            let end = start.checked_add(length).filter(|&end| end <= all.len()).ok_or(Unusable::Damaged)?;
            *range = start..end;
            *hash = *rest.split_off(..HASH).and_then(<[u8]>::first_chunk).ok_or(Unusable::Damaged)?;
        }
        Ok(Self { bytes: Arc::new(bytes), ranges, hashes })
    }

    /// A section, which is compared with its hash for that.
    pub(super) fn section(&self, part: Part) -> Result<&[u8], Unusable> {
        let bytes = &(*self.bytes).as_ref()[self.ranges[part as usize].clone()];
        let is_whole = *blake3::hash(bytes).as_bytes() == self.hashes[part as usize];
        is_whole.then_some(bytes).ok_or(Unusable::Damaged)
    }

    /// What is to be read as an index.
    pub(super) fn index(&self) -> Arc<dyn AsRef<[u8]> + Send + Sync> {
        Arc::new(Within { bytes: self.bytes.clone(), range: self.ranges[Part::Index as usize].clone() })
    }
}

struct Within {
    bytes: Arc<Mapped>,
    range: Range<usize>,
}

impl AsRef<[u8]> for Within {
    fn as_ref(&self) -> &[u8] {
        (*self.bytes).as_ref().get(self.range.clone()).unwrap_or_default()
    }
}

/// The folders of the workspace that a file is for, as far as it can be read.
pub(super) fn roots(bytes: Mapped) -> Option<Vec<String>> {
    let form = Form::read(bytes).ok()?;
    let mut rest = form.section(Part::Roots).ok()?;
    let mut roots = Vec::new();
    while !rest.is_empty() {
        roots.push(text(&mut rest).ok()?.to_owned());
    }
    Some(roots)
}

pub(super) fn put(out: &mut Vec<u8>, value: u64) {
    out.extend(value.to_le_bytes());
}

pub(super) fn put_text(out: &mut Vec<u8>, text: &str) {
    put(out, text.len() as u64);
    out.extend(text.as_bytes());
}

/// Takes a number off the front.
pub(super) fn number(rest: &mut &[u8]) -> Result<usize, Unusable> {
    let (bytes, behind) = rest.split_first_chunk().ok_or(Unusable::Damaged)?;
    *rest = behind;
    usize::try_from(u64::from_le_bytes(*bytes)).map_err(|_| Unusable::Damaged)
}

/// Takes a text off the front.
pub(super) fn text<'a>(rest: &mut &'a [u8]) -> Result<&'a str, Unusable> {
    let length = number(rest)?;
    let bytes = rest.split_off(..length).ok_or(Unusable::Damaged)?;
    std::str::from_utf8(bytes).map_err(|_| Unusable::Damaged)
}

fn sources() -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for source in SOURCES {
        hasher.update(&(source.len() as u64).to_le_bytes());
        hasher.update(source.as_bytes());
    }
    hasher.finalize()
}

/// The name of the file for a workspace with these folders.
pub(super) fn name<'p>(folders: impl Iterator<Item = (Option<&'p str>, &'p Path)>) -> String {
    let mut hasher = blake3::Hasher::new();
    for (prefix, root) in folders {
        for text in [prefix.unwrap_or_default().as_bytes(), root.as_os_str().as_encoded_bytes()] {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text);
        }
    }
    hasher.finalize().to_hex()[..32].to_owned()
}
