//! What stands in the text tier: the files as they were read once, with what tells whether they still are.

use std::fs::File;
use std::io::{self, Read as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use super::jail::Jail;
use super::pins::Stamp;
use super::{FileEntry, RelPath};
use crate::index::{Builder, Index};

/// A longer file is opened by every search, in bytes.
pub(super) const MOST_BYTES: u64 = 64 << 20;

/// Files and what they have. A file's place in the columns is its number in the index.
pub(super) struct Standing {
    /// Sorted.
    pub(super) paths: Vec<RelPath>,
    /// Taken before the text was read. `None` where equal stamps would not say that the text is the same, and for what could
    /// not be read.
    pub(super) stamps: Vec<Option<Stamp>>,
    /// Whether there is a NUL byte.
    pub(super) binary: Vec<bool>,
    pub(super) index: Arc<Index>,
}

impl Standing {
    /// Reads the files of a listing as they are on disk, on as many threads as there are cores. `None` where `goes_on`,
    /// which is asked before each file and may block, says no.
    pub(super) fn read(jail: &Jail, entries: &[FileEntry], goes_on: &(dyn Fn() -> bool + Sync)) -> Option<Self> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut reader = Reader::default();
            while goes_on() {
                let file = next.fetch_add(1, Ordering::Relaxed);
                let Some(entry) = entries.get(file) else { return Some(reader) };
                reader.read(jail, &entry.path, file as u32);
            }
            None
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let readers: Vec<Option<Reader>> = std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut readers = vec![work()];
            // What one has read that panicked is missing, and then nothing of this counts.
            readers.extend(others.into_iter().map(|other| other.join().ok().flatten()));
            readers
        });
        let readers: Vec<Reader> = readers.into_iter().collect::<Option<_>>()?;
        let mut stamps = vec![None; entries.len()];
        let mut binary = vec![false; entries.len()];
        let mut builders = Vec::new();
        for reader in readers {
            for (file, stamp) in reader.stamps {
                stamps[file as usize] = Some(stamp);
            }
            for file in reader.binary {
                binary[file as usize] = true;
            }
            builders.push(reader.builder);
        }
        let paths = entries.iter().map(|entry| entry.path.clone()).collect();
        Some(Self { paths, stamps, binary, index: Arc::new(Index::build(builders, entries.len() as u32)) })
    }

    /// Bytes that it holds.
    pub(super) fn memory(&self) -> usize {
        let paths: usize = self.paths.iter().map(|path| path.as_str().len() + size_of::<RelPath>()).sum();
        self.index.memory() + self.binary.len() + size_of_val(&*self.stamps) + paths
    }
}

/// One thread's part of the reading.
#[derive(Default)]
struct Reader {
    builder: Builder,
    stamps: Vec<(u32, Stamp)>,
    binary: Vec<u32>,
    text: Vec<u8>,
}

impl Reader {
    /// Takes in one file as it is on disk now.
    fn read(&mut self, jail: &Jail, path: &RelPath, file: u32) {
        self.text.clear();
        let now = SystemTime::now();
        let opened = jail.open(path).ok().filter(|opened| opened.real == *path);
        match opened.and_then(|opened| take_in(&opened.file, &mut self.text).ok()) {
            Some((stamp, true)) => {
                if stamp.is_settled(now) {
                    self.stamps.push((file, stamp));
                }
                if memchr::memchr(0, &self.text).is_some() {
                    self.binary.push(file);
                }
                self.builder.add(file, self.text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.text));
            }
            Some((_, false)) | None => self.builder.add_always(file),
        }
    }
}

/// Reads all of a file behind what is in `text`. Its stamp before that, and whether it was not too long.
fn take_in(file: &File, text: &mut Vec<u8>) -> io::Result<(Stamp, bool)> {
    let stamp = Stamp::of(&file.metadata()?);
    if stamp.bytes > MOST_BYTES {
        return Ok((stamp, false));
    }
    let before = text.len();
    // One byte more, so that a read of nothing says where the end is.
    text.reserve(stamp.bytes as usize + 1);
    file.take(MOST_BYTES + 1).read_to_end(text)?;
    Ok((stamp, (text.len() - before) as u64 <= MOST_BYTES))
}
