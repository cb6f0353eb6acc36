//! What stands in the text tier: the files as they were read once, with what tells whether they still are.

use std::sync::Arc;

use super::jail::Jail;
use super::pins::Stamp;
use super::tier::{Place, Rack, Reader, Room, Slabs, Text, crew};
use super::{FileEntry, RelPath};
use crate::index::{Builder, Index};

/// Files and what they have. A file's place in the columns is its number in the index.
pub(super) struct Standing {
    /// Sorted.
    pub(super) paths: Vec<RelPath>,
    /// Taken before the text was read. `None` where equal stamps would not say that the text is the same, and for what
    /// could not be read.
    pub(super) stamps: Vec<Option<Stamp>>,
    /// Whether there is a NUL byte.
    pub(super) binary: Vec<bool>,
    pub(super) index: Arc<Index>,
}

/// A text that is in memory, and its file's stamp when it was read.
pub(super) struct Known {
    pub(super) stamp: Stamp,
    pub(super) place: Place,
    pub(super) text: Text,
}

/// One thread's part of the reading.
struct Part<'r> {
    reader: Reader<'r>,
    builder: Builder,
    stamps: Vec<(u32, Stamp)>,
    binary: Vec<u32>,
    /// Texts that stay where they are.
    stay: Vec<(u32, Place)>,
}

impl Standing {
    /// Reads the files of a listing as they are on disk, on as many threads as there are cores, and puts texts into
    /// `slabs` as far as they have room; also gives where each is. What `known` has of a file, by its place in the
    /// listing, counts while the file's stamp is still that one. `None` where `goes_on`, which is asked before each
    /// file and may block, says no.
    pub(super) fn read(
        jail: &Jail,
        entries: &[FileEntry],
        slabs: &mut Slabs,
        room: &Room,
        known: &(dyn Fn(usize) -> Option<Known> + Sync),
        goes_on: &(dyn Fn() -> bool + Sync),
    ) -> Option<(Self, Vec<Place>)> {
        let start = || Part {
            reader: Reader::new(Rack::new(room)),
            builder: Builder::new(),
            stamps: Vec::new(),
            binary: Vec::new(),
            stay: Vec::new(),
        };
        let visit = |part: &mut Part<'_>, at: usize| {
            let (file, path) = (at as u32, &entries[at].path);
            if let Some(Known { stamp, place, text }) = known(at)
                && jail.stamp(path) == Some(stamp)
            {
                part.stamps.push((file, stamp));
                part.stay.push((file, place));
                return part.builder.add(file, without_mark(&text));
            }
            let Part { reader, builder, .. } = part;
            let read = reader.read(jail, path, file, |text| match text {
                Some(text) => builder.add(file, without_mark(text)),
                None => builder.add_always(file),
            });
            part.stamps.extend(read.stamp.map(|stamp| (file, stamp)));
            part.binary.extend(read.binary.then_some(file));
        };
        let parts = crew(entries.len(), goes_on, start, visit)?;
        let mut stamps = vec![None; entries.len()];
        let mut binary = vec![false; entries.len()];
        let mut places = vec![Place::NOWHERE; entries.len()];
        let mut builders = Vec::new();
        for part in parts {
            for (file, stamp) in part.stamps {
                stamps[file as usize] = Some(stamp);
            }
            for file in part.binary {
                binary[file as usize] = true;
            }
            for (file, place) in part.stay {
                places[file as usize] = place;
            }
            slabs.take(part.reader.into_rack(), |file, place| places[file as usize] = place);
            builders.push(part.builder);
        }
        let paths = entries.iter().map(|entry| entry.path.clone()).collect();
        let index = Arc::new(Index::build(builders, entries.len() as u32));
        Some((Self { paths, stamps, binary, index }, places))
    }

    /// Bytes that it holds.
    pub(super) fn memory(&self) -> usize {
        let paths: usize = self.paths.iter().map(|path| path.as_str().len() + size_of::<RelPath>()).sum();
        self.index.memory() + self.binary.len() + size_of_val(&*self.stamps) + paths
    }
}

/// A text without the mark that says that it is UTF-8.
pub(super) fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}
