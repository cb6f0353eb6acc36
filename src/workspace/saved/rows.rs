//! The files as rows: paths, stamps and what else is known of each, compared with the disk as they are read.

use rayon::prelude::*;

use super::form::{Form, Part, Unusable, number, put};
use crate::workspace::jail::Jail;
use crate::workspace::pins::Stamp;
use crate::workspace::standing::Standing;
use crate::workspace::walk::Listing;
use crate::workspace::{FileEntry, RelPath};

const BINARY: u8 = 1;
const STAMPED: u8 = 2;
const LISTED: u8 = 4;
const HIDDEN: u8 = 8;

/// Bytes of a stamp.
const STAMP: usize = 40;

impl Stamp {
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        put(out, self.bytes);
        put(out, self.modified as u64);
        put(out, self.changed as u64);
        put(out, self.device);
        put(out, self.inode);
    }

    pub(super) fn take(rest: &mut &[u8]) -> Result<Self, Unusable> {
        let bytes = rest.split_off(..STAMP).ok_or(Unusable::Damaged)?;
        let mut numbers = bytes.as_chunks().0.iter().map(|bytes| u64::from_le_bytes(*bytes));
        let mut next = || numbers.next().unwrap_or_default();
        let (bytes, modified, changed) = (next(), next() as i64, next() as i64);
        Ok(Self { bytes, modified, changed, device: next(), inode: next() })
    }

    /// Whether two stamps are of the same. Devices get other numbers when a machine starts anew.
    pub(super) fn is(&self, other: &Self) -> bool {
        Self { device: 0, ..*self } == Self { device: 0, ..*other }
    }
}

/// The columns as they are written.
pub(super) struct Columns {
    pub(super) paths: Vec<u8>,
    pub(super) ends: Vec<u8>,
    pub(super) stamps: Vec<u8>,
    pub(super) flags: Vec<u8>,
}

impl Columns {
    /// The files that stand, and behind them those that are listed besides.
    pub(super) fn of(standing: &Standing, listing: &Listing) -> Self {
        let (paths, ends, stamps, flags) = Default::default();
        let mut columns = Self { paths, ends, stamps, flags };
        let mut listed = listing.files.iter().peekable();
        let mut besides = Vec::new();
        for (file, path) in standing.paths.iter().enumerate() {
            while let Some(entry) = listed.next_if(|entry| entry.path < *path) {
                besides.push(entry);
            }
            let entry = listed.next_if(|entry| entry.path == *path);
            columns.push(path, standing.stamps[file], standing.binary[file], entry);
        }
        for entry in besides.into_iter().chain(listed) {
            columns.push(&entry.path, None, false, Some(entry));
        }
        columns
    }

    fn push(&mut self, path: &RelPath, stamp: Option<Stamp>, binary: bool, entry: Option<&FileEntry>) {
        self.paths.extend(path.as_str().as_bytes());
        put(&mut self.ends, self.paths.len() as u64);
        let flag = |is: bool, flag: u8| if is { flag } else { 0 };
        self.flags.push(
            flag(binary, BINARY)
                | flag(stamp.is_some(), STAMPED)
                | flag(entry.is_some(), LISTED)
                | flag(entry.is_some_and(|entry| entry.hidden), HIDDEN),
        );
        match stamp {
            Some(stamp) => stamp.put(&mut self.stamps),
            None => self.stamps.extend([0; STAMP]),
        }
    }
}

/// A file, as it was and as it is.
pub(super) struct Row {
    pub(super) path: RelPath,
    stamp: Option<Stamp>,
    flags: u8,
    now: Option<Stamp>,
}

impl Row {
    /// Reads all rows, and looks at each of the files, on all cores.
    pub(super) fn read_all(form: &Form, jail: &Jail) -> Result<Vec<Self>, Unusable> {
        let ((paths, ends), (stamps, flags)) = rayon::join(
            || (form.section(Part::Paths), form.section(Part::Ends)),
            || (form.section(Part::Stamps), form.section(Part::Flags)),
        );
        let (paths, flags) = (std::str::from_utf8(paths?).map_err(|_| Unusable::Damaged)?, flags?);
        let (ends, stamps) = (ends?.as_chunks::<8>().0, stamps?.as_chunks::<STAMP>().0);
        if ends.len() != flags.len() || stamps.len() != flags.len() {
            return Err(Unusable::Damaged);
        }
        let row = |file: usize| {
            let end = |file: usize| number(&mut &ends[file][..]);
            let start = if file == 0 { 0 } else { end(file - 1)? };
            let path = paths.get(start..end(file)?).ok_or(Unusable::Damaged)?;
            let path = RelPath::again(path).ok_or(Unusable::Damaged)?;
            let stamp = Stamp::take(&mut &stamps[file][..])?;
            let stamp = (flags[file] & STAMPED != 0).then_some(stamp);
            let now = jail.locate(&path).ok().and_then(|(folder, name)| Stamp::at(&folder.dir, &name));
            Ok(Self { path, stamp, flags: flags[file], now })
        };
        (0..flags.len()).into_par_iter().with_min_len(64).map(row).collect()
    }

    pub(super) fn is_binary(&self) -> bool {
        self.flags & BINARY != 0
    }

    /// Whether the file surely is what was read.
    pub(super) fn is_same(&self) -> bool {
        matches!((&self.now, &self.stamp), (Some(now), Some(was)) if now.is(was))
    }

    /// The stamp that the file has now, if that says that it is what was read.
    pub(super) fn settled(&self) -> Option<Stamp> {
        self.now.filter(|_| self.is_same())
    }

    /// The file as it is listed now, if it was listed; `None` when a walk would see something else there.
    pub(super) fn entry(&self, jail: &Jail) -> Option<Option<FileEntry>> {
        if self.flags & LISTED == 0 {
            return Some(None);
        }
        let now = self.now?;
        if !self.is_same() {
            let (folder, name) = jail.locate(&self.path).ok()?;
            folder.kind(&name).filter(|kind| kind.is_file())?;
        }
        Some(Some(FileEntry::sized(self.path.clone(), self.flags & HIDDEN != 0, now.bytes)))
    }
}
