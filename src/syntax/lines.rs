//! Line starts of a text, for turning byte offsets into what people and editors count.

use std::cell::Cell;

/// Where lines begin. Lines end at `\n`.
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<u32>,
    /// Where the last column was counted to: line start, offset, code units before it. Lines can be megabytes long.
    counted: Cell<(usize, usize, u32)>,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1));
        Self { text, starts: starts.collect(), counted: Cell::default() }
    }

    /// 1-based line of a byte offset.
    pub fn line(&self, offset: usize) -> u32 {
        self.starts.partition_point(|start| *start as usize <= offset) as u32
    }

    /// 1-based column of a byte offset in UTF-16 code units.
    pub fn column(&self, offset: usize) -> u32 {
        let start = self.start(self.line(offset));
        let (line, from, units) = match self.counted.get() {
            (line, from, units) if line == start && from <= offset => (line, from, units),
            _ => (start, start, 0),
        };
        let Some(between) = self.text.get(from..offset) else { return 1 };
        let units = units + between.chars().map(|c| c.len_utf16() as u32).sum::<u32>();
        self.counted.set((line, offset, units));
        units + 1
    }

    /// Byte offset at which a 1-based line starts.
    pub fn start(&self, line: u32) -> usize {
        self.starts.get(line.saturating_sub(1) as usize).map_or(self.text.len(), |start| *start as usize)
    }

    /// A 1-based line without its terminator.
    pub fn text(&self, line: u32) -> &'a str {
        let text = &self.text[self.start(line)..self.start(line + 1)];
        text.strip_suffix('\n').map_or(text, |text| text.strip_suffix('\r').unwrap_or(text))
    }
}
