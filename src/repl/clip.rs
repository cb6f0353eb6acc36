//! Text that is cut head and tail at a limit of bytes, with its true length named.

use crate::text::grouped;
use std::collections::VecDeque;

/// Console output on its way out of the worker: the head leaves as it is written, the tail is kept.
pub struct Clip {
    /// Bytes that may still go to the head.
    head: usize,
    tail: VecDeque<u8>,
    /// Bytes that the tail may have.
    keep: usize,
    written: u64,
}

impl Clip {
    /// Half of `limit` bytes for each end.
    pub fn new(limit: usize) -> Self {
        Self { head: limit - limit / 2, tail: VecDeque::new(), keep: limit / 2, written: 0 }
    }

    /// Takes more text; what belongs to the head comes back.
    pub fn push<'a>(&mut self, text: &'a str) -> &'a str {
        self.written += text.len() as u64;
        let (head, rest) = text.split_at(text.floor_char_boundary(self.head));
        self.head = if rest.is_empty() { self.head - head.len() } else { 0 };
        let rest = &rest.as_bytes()[rest.len().saturating_sub(self.keep)..];
        self.tail.drain(..(self.tail.len() + rest.len()).saturating_sub(self.keep));
        self.tail.extend(rest);
        head
    }

    /// Counts bytes of the text that were left out before they came here.
    pub fn skip(&mut self, bytes: u64) {
        self.written += bytes;
        if bytes > 0 {
            self.head = 0;
            self.tail.clear();
        }
    }

    /// The tail, and the bytes that were written in all; starts anew with `limit`.
    pub fn finish(&mut self, limit: usize) -> (String, u64) {
        let done = std::mem::replace(self, Self::new(limit));
        let bytes = Vec::from(done.tail);
        let whole = bytes.iter().position(|byte| byte & 0xC0 != 0x80).unwrap_or(bytes.len());
        (String::from_utf8_lossy(&bytes[whole..]).into_owned(), done.written)
    }
}

/// Head and tail as one text; when `total` bytes are more than both, the gap is named.
pub fn join(head: &str, tail: &str, total: u64) -> String {
    let shown = (head.len() + tail.len()) as u64;
    if total <= shown {
        return format!("{head}{tail}");
    }
    let (cut, total) = (grouped(total - shown), grouped(total));
    let before = if head.is_empty() || head.ends_with('\n') { "" } else { "\n" };
    format!("{head}{before}[... {cut} of {total} bytes cut here ...]\n{tail}")
}

/// Cuts a text that is longer than `limit` bytes, keeping both ends.
pub fn cut(text: String, limit: usize) -> String {
    if text.len() <= limit {
        return text;
    }
    let head = &text[..text.floor_char_boundary(limit - limit / 2)];
    let tail = &text[text.ceil_char_boundary(text.len() - limit / 2)..];
    join(head, tail, text.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(limit: usize, pieces: &[&str], expect: &str) {
        let mut clip = Clip::new(limit);
        let head: String = pieces.iter().map(|piece| clip.push(piece)).collect();
        let (tail, total) = clip.finish(limit);
        assert!(head.len() + tail.len() <= limit);
        assert_eq!(join(&head, &tail, total), expect);
    }

    #[test]
    fn output_keeps_its_ends() {
        check(10, &[], "");
        check(10, &["abcde", "fghij"], "abcdefghij");
        check(10, &["abcdefghij"], "abcdefghij");
        check(10, &["ab", "cdefgh", "ijk"], "abcde\n[... 1 of 11 bytes cut here ...]\nghijk");
        check(10, &["a\n", "b\nc\nd\ne\nf\n", "g\n"], "a\nb\nc\n[... 4 of 14 bytes cut here ...]\n\nf\ng\n");
        check(6, &["\u{e4}\u{e4}\u{e4}\u{e4}"], "\u{e4}\n[... 4 of 8 bytes cut here ...]\n\u{e4}");
        check(4, &["\u{1f600}\u{1f600}"], "[... 8 of 8 bytes cut here ...]\n");
    }

    #[test]
    fn what_was_skipped_counts() {
        let mut clip = Clip::new(10);
        assert_eq!(clip.push("abc"), "abc");
        clip.skip(1_000_000);
        assert_eq!(clip.push("xyz"), "");
        assert_eq!(clip.finish(10), ("xyz".into(), 1_000_006));
    }

    #[test]
    fn long_text_is_cut() {
        assert_eq!(cut("short".into(), 5), "short");
        assert_eq!(cut("0123456789abc".into(), 4), "01\n[... 9 of 13 bytes cut here ...]\nbc");
    }
}
