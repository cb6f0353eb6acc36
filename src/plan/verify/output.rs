//! What a command prints, kept within bounds, and made fit for people.

use std::collections::VecDeque;

use crate::{display, redact};

/// Bytes that are kept of the beginning, and of the end.
const KEPT: usize = 32 << 10;

/// Bytes of a line that is shown as progress.
const LINE: usize = 200;

/// Bytes that are looked at for that line.
const LAST: usize = 4 << 10;

/// The beginning and the end of a stream.
#[derive(Debug, Default)]
pub(super) struct Output {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    dropped: u64,
}

impl Output {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let (first, rest) = bytes.split_at(bytes.len().min(KEPT - self.head.len()));
        self.head.extend_from_slice(first);
        self.tail.extend(rest);
        let over = self.tail.len().saturating_sub(KEPT);
        self.tail.drain(..over);
        self.dropped += over as u64;
    }

    /// All of it that was kept, without keys and without what a terminal would act on.
    pub(super) fn text(mut self) -> String {
        let mut bytes = self.head;
        let tail = self.tail.make_contiguous();
        if self.dropped > 0 {
            // Whole lines, where there are some.
            let end = memchr::memrchr(b'\n', &bytes).map_or(bytes.len(), |at| at + 1);
            let start = memchr::memchr(b'\n', tail).map_or(0, |at| at + 1);
            let dropped = self.dropped + (bytes.len() - end + start) as u64;
            bytes.truncate(end);
            if !bytes.ends_with(b"\n") {
                bytes.push(b'\n');
            }
            bytes.extend_from_slice(format!("[{} bytes left out]\n", crate::text::grouped(dropped)).as_bytes());
            bytes.extend_from_slice(&tail[start..]);
        } else {
            bytes.extend_from_slice(tail);
        }
        clean(&bytes)
    }
}

/// The last line of a piece of output that says something, fit for people.
pub(super) fn last_line(bytes: &[u8]) -> Option<String> {
    let text = clean(&bytes[bytes.len().saturating_sub(LAST)..]);
    let line = text.lines().map(str::trim).rfind(|line| !line.is_empty())?;
    Some(line.chars().take(LINE).collect())
}

fn clean(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    display::terminal(&redact::redact(&text)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pieces: &[&[u8]], expect: &str) {
        let mut output = Output::default();
        pieces.iter().for_each(|piece| output.push(piece));
        assert_eq!(output.text(), expect);
    }

    #[test]
    fn little_is_kept_as_it_is() {
        check(&[], "");
        check(&[b"one\n", b"two"], "one\ntwo");
        check(&[b"\x1b[31mred\x1b[0m\r\n\x07"], "red\n\\u{7}");
        check(&[format!("key AKIA{}\n", "ABCDEFGH234567AB").as_bytes()], "key [redacted:aws-key]\n");
    }

    #[test]
    fn of_much_both_ends_are_kept() {
        let mut output = Output::default();
        for number in 0..1_000_000 {
            output.push(format!("{number}\n").as_bytes());
        }
        let text = output.text();
        assert!(text.len() < 2 * KEPT + 100, "{}", text.len());
        assert!(text.starts_with("0\n1\n2\n") && text.ends_with("\n999998\n999999\n"));
        let line = text.lines().find(|line| line.ends_with(" bytes left out]")).unwrap();
        let dropped: usize = line.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap();
        let all: usize = (0..1_000_000).map(|number: u32| number.to_string().len() + 1).sum();
        assert_eq!(text.len() - line.len() - 1 + dropped, all);
        assert!(text.lines().all(|piece| piece == line || piece.parse::<u32>().is_ok()));
    }

    #[test]
    fn one_long_line_is_cut_too() {
        let mut output = Output::default();
        (0..10).for_each(|_| output.push(&[b'x'; KEPT]));
        assert_eq!(output.text().matches('x').count(), 2 * KEPT);
    }

    #[test]
    fn progress_is_the_last_line() {
        assert_eq!(last_line(b"a\nb\n\n"), Some("b".to_owned()));
        assert_eq!(last_line(b"\n \n"), None);
        assert_eq!(last_line("é".repeat(4000).as_bytes()).unwrap().chars().count(), LINE);
    }
}
