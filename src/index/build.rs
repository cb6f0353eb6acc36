//! From texts to an index: one builder per thread, and their merging.

use super::blocks::{self, BLOCK};
use super::columns::{Index, Parts};
use super::distinct::Distinct;
use super::front;
use super::intern::Interner;
use super::{MOST_RUNS, alphabet, postings};

/// A longer text is not looked at: the file is always a candidate.
const LONGEST_TEXT: usize = 256 << 20;

/// Takes the texts of files, in any order.
#[derive(Debug)]
pub struct Builder {
    distinct: Distinct,
    runs: Interner,
    /// The runs of each file, by number, one file after the other.
    log: Vec<u32>,
    files: Vec<Logged>,
    always: Vec<u32>,
    windowed: Vec<u32>,
}

/// Where a file's runs end in the log.
#[derive(Debug, Clone, Copy)]
struct Logged {
    file: u32,
    end: usize,
}

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

impl Builder {
    /// Without any file.
    pub fn new() -> Self {
        Self {
            distinct: Distinct::new(),
            runs: Interner::new(),
            log: Vec::new(),
            files: Vec::new(),
            always: Vec::new(),
            windowed: Vec::new(),
        }
    }

    /// Lists what a file consists of, as its bytes are on disk. A file whose runs cannot be listed (UTF-16, endless
    /// runs, too many of them) becomes a candidate of every search.
    pub fn add(&mut self, file: u32, text: &[u8]) {
        if text.len() > LONGEST_TEXT || self.runs.is_full() {
            return self.add_always(file);
        }
        let distinct = &mut self.distinct;
        distinct.clear();
        let windows = alphabet::runs(text, |start, end| {
            if distinct.keys().len() <= MOST_RUNS {
                distinct.add(text, start, end - start);
            }
        });
        match windows {
            Ok(windows) if distinct.keys().len() <= MOST_RUNS => {
                self.runs.intern(text, distinct.keys(), &mut self.log);
                self.files.push(Logged { file, end: self.log.len() });
                if windows {
                    self.windowed.push(file);
                }
            }
            _ => self.add_always(file),
        }
    }

    /// Makes a file a candidate of every search: one that cannot be read now, or whose text is not what is searched.
    pub fn add_always(&mut self, file: u32) {
        self.always.push(file);
    }

    /// How many bytes the builder holds.
    pub fn memory(&self) -> usize {
        self.runs.memory() + self.log.capacity() * size_of::<u32>() + self.files.capacity() * size_of::<Logged>()
    }
}

impl Index {
    /// Makes one index of what builders gathered. Files are numbered below `files`; those that no builder was given are
    /// never candidates.
    pub fn build(builders: Vec<Builder>, files: u32) -> Self {
        let mut always: Vec<u32> = builders.iter().flat_map(|builder| &builder.always).copied().collect();
        let mut windowed: Vec<u32> = builders.iter().flat_map(|builder| &builder.windowed).copied().collect();
        for list in [&mut always, &mut windowed] {
            list.sort_unstable();
            list.dedup();
        }
        let added = builders.iter().flat_map(|builder| &builder.files).map(|logged| logged.file);
        let files = added.chain(always.iter().copied()).map(|file| file + 1).fold(files, u32::max);
        let parts = match Merged::new(builders).lay_out() {
            Some(Laid { runs, starts, postings }) => {
                let block = |block: usize| &runs[starts[block].0 as usize..starts[block + 1].0 as usize];
                let rows = blocks::rows(starts.len() - 1, |number, out| out.decode(block(number)));
                Parts { files, runs, starts, postings, rows, always, windowed }
            }
            // Longer lists than any offset reaches: such an index would help nobody.
            None => Parts {
                files,
                runs: Vec::new(),
                starts: vec![(0, 0)],
                postings: Vec::new(),
                rows: Vec::new(),
                always: (0..files).collect(),
                windowed: Vec::new(),
            },
        };
        parts.into_index()
    }
}

/// Builders with one dictionary.
struct Merged {
    runs: Interner,
    logs: Vec<Vec<u32>>,
    /// File, log and stretch of the log, by file.
    files: Vec<(u32, usize, std::ops::Range<usize>)>,
}

/// A dictionary with its postings.
struct Laid {
    runs: Vec<u8>,
    /// Where each block, and the end, is in the runs and in the postings.
    starts: Vec<(u32, u32)>,
    postings: Vec<u8>,
}

const NO_FILE: u32 = u32::MAX;

/// What becomes of one run's postings.
#[derive(Clone, Copy)]
struct Tally {
    first: u32,
    last: u32,
    /// Bytes of the list without its first file; then the place where the next file is written.
    at: u32,
}

impl Merged {
    fn new(mut builders: Vec<Builder>) -> Self {
        builders.sort_by_key(|builder| std::cmp::Reverse(builder.runs.len()));
        let mut runs: Option<Interner> = None;
        let mut logs = Vec::new();
        let mut files = Vec::new();
        for (number, builder) in builders.into_iter().enumerate() {
            let mut begin = 0;
            for logged in &builder.files {
                files.push((logged.file, number, begin..logged.end));
                begin = logged.end;
            }
            let mut log = builder.log;
            match &mut runs {
                None => runs = Some(builder.runs),
                Some(runs) => {
                    let numbers = runs.take_over(&builder.runs);
                    log.iter_mut().for_each(|number| *number = numbers[*number as usize]);
                }
            }
            logs.push(log);
        }
        files.sort_by_key(|(file, ..)| *file);
        Self { runs: runs.unwrap_or_else(Interner::new), logs, files }
    }

    fn each(&self, mut take: impl FnMut(u32, usize)) {
        for (file, log, stretch) in &self.files {
            for &run in &self.logs[*log][stretch.clone()] {
                take(*file, run as usize);
            }
        }
    }

    fn lay_out(&self) -> Option<Laid> {
        let mut tallies = vec![Tally { first: NO_FILE, last: NO_FILE, at: 0 }; self.runs.len()];
        self.each(|file, run| {
            let tally = &mut tallies[run];
            if tally.first == NO_FILE {
                tally.first = file;
            } else if tally.last != file {
                tally.at += postings::length(u64::from(file - tally.last)) as u32;
            }
            tally.last = file;
        });

        let (mut runs, mut starts) = (Vec::new(), Vec::new());
        let (mut size, mut before, mut last) = (0_u64, 0, &[][..]);
        let mut written = usize::MAX;
        for (number, tally) in tallies.iter_mut().enumerate() {
            // Runs of files that turned out not to be listable may have no file.
            if tally.first == NO_FILE {
                continue;
            }
            if written > BLOCK {
                (written, before, last) = (0, 0, &[]);
                starts.push((u32::try_from(runs.len()).ok()?, u32::try_from(size).ok()?));
            }
            let run = self.runs.get(number);
            front::encode(run, last, &mut runs);
            last = run;
            written += run.len() + 1;
            let list = size;
            size += postings::length(postings::fold(tally.first, before)) as u64 + u64::from(tally.at) + 1;
            before = tally.first;
            tally.at = u32::try_from(list).ok()?;
        }
        starts.push((u32::try_from(runs.len()).ok()?, u32::try_from(size).ok()?));

        let mut bytes = vec![0; size as usize];
        let mut block = starts.iter().map(|&(_, postings)| postings).peekable();
        for tally in &mut tallies {
            if tally.first == NO_FILE {
                continue;
            }
            if block.next_if(|&start| start == tally.at).is_some() {
                before = 0;
            }
            tally.at = postings::put(&mut bytes, tally.at as usize, postings::fold(tally.first, before)) as u32;
            before = tally.first;
            tally.last = tally.first;
        }
        self.each(|file, run| {
            let tally = &mut tallies[run];
            if tally.last != file {
                tally.at = postings::put(&mut bytes, tally.at as usize, u64::from(file - tally.last)) as u32;
                tally.last = file;
            }
        });
        Some(Laid { runs, starts, postings: bytes })
    }
}
