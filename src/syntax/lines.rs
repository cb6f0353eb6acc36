//! Line starts of a text, for turning byte offsets into what people and editors count.

/// Where lines begin. Lines end at `\n`.
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<u32>,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1));
        Self { text, starts: starts.collect() }
    }

    /// 1-based line of a byte offset.
    pub fn line(&self, offset: usize) -> u32 {
        self.starts.partition_point(|start| *start as usize <= offset) as u32
    }

    /// 1-based column of a byte offset in UTF-16 code units.
    pub fn column(&self, offset: usize) -> u32 {
        let start = self.start(self.line(offset));
        self.text.get(start..offset).map_or(1, |before| before.encode_utf16().count() as u32 + 1)
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
