//! Reading files for the tier: one after the other on each of some threads, into slabs as far as there is room.

use std::fs::File;
use std::io::{self, Read as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use super::super::RelPath;
use super::super::jail::Jail;
use super::super::pins::Stamp;
use super::slabs::Rack;

/// A longer file is opened by every search, in bytes.
pub(in crate::workspace) const MOST_BYTES: u64 = 64 << 20;

/// With fewer files than this for each, another thread is not worth it.
const WORTH: usize = 64;

/// How much more a file that turns out to be longer is given at once, in bytes.
const MORE: usize = 64 << 10;

/// Reads files on one thread.
pub(in crate::workspace) struct Reader<'r> {
    rack: Rack<'r>,
    scratch: Vec<u8>,
}

/// What is known of a file that was read.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::workspace) struct Read {
    /// Taken before the text was read; `None` if there is no text, or if the stamp would not show a change soon after.
    pub(in crate::workspace) stamp: Option<Stamp>,
    /// Whether there is a NUL byte.
    pub(in crate::workspace) binary: bool,
}

impl<'r> Reader<'r> {
    pub(in crate::workspace) fn new(rack: Rack<'r>) -> Self {
        Self { rack, scratch: Vec::new() }
    }

    /// Reads a file as it is on disk now, and keeps its text, if it is one and there is room, under the number `file`.
    /// `take` gets it, or `None` for a file that cannot be read or is too long.
    pub(in crate::workspace) fn read(
        &mut self,
        jail: &Jail,
        path: &RelPath,
        file: u32,
        take: impl FnOnce(Option<&[u8]>),
    ) -> Read {
        let now = SystemTime::now();
        let opened = jail.open(path).ok().filter(|opened| opened.real == *path);
        let opened = opened.and_then(|opened| Some((Stamp::of(&opened.file.metadata().ok()?), opened.file)));
        let Some((stamp, opened)) = opened.filter(|(stamp, _)| stamp.bytes <= MOST_BYTES) else {
            take(None);
            return Read::default();
        };
        self.scratch.clear();
        let (buffer, on_rack) = match self.rack.space(stamp.bytes as usize) {
            Some(space) => (space, true),
            None => (&mut self.scratch, false),
        };
        let start = buffer.len();
        let complete = read_behind(&opened, stamp.bytes as usize, buffer).is_ok();
        let text = complete.then(|| &buffer[start..]);
        let binary = text.is_some_and(|text| memchr::memchr(0, text).is_some());
        take(text);
        match on_rack {
            true if complete && !binary => self.rack.keep(file, start),
            true => self.rack.discard(start),
            false => {}
        }
        Read { stamp: Some(stamp).filter(|stamp| complete && stamp.is_settled(now)), binary }
    }

    pub(in crate::workspace) fn into_rack(self) -> Rack<'r> {
        self.rack
    }
}

/// Reads all of a file, which has about `bytes` bytes, behind what is in the buffer. An error for one that is too long.
fn read_behind(mut file: &File, bytes: usize, buffer: &mut Vec<u8>) -> io::Result<()> {
    let start = buffer.len();
    let mut end = start;
    // One byte more, so that a read of nothing says where the end is.
    buffer.resize(end + bytes + 1, 0);
    loop {
        if end == buffer.len() {
            buffer.resize(end + MORE, 0);
        }
        match file.read(&mut buffer[end..]) {
            Ok(0) => break,
            Ok(read) => end += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if (end - start) as u64 > MOST_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
    }
    buffer.truncate(end);
    Ok(())
}

/// Visits `0..count` on as many threads as there are cores and gives what each of them had at its end. `None` when
/// `goes_on`, which is asked before each visit, said no.
pub(in crate::workspace) fn crew<W: Send>(
    count: usize,
    goes_on: &(dyn Fn() -> bool + Sync),
    start: impl Fn() -> W + Sync,
    visit: impl Fn(&mut W, usize) + Sync,
) -> Option<Vec<W>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut worker = start();
        while goes_on() {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return Some(worker);
            }
            visit(&mut worker, at);
        }
        None
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(1 + count / WORTH);
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mine = work();
        // What one has done that panicked is missing, and then nothing of it counts.
        let others = others.into_iter().map(|other| other.join().ok().flatten());
        std::iter::once(mine).chain(others.collect::<Vec<_>>()).collect()
    })
}
