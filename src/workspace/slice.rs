//! Lines of a text, cut out while it streams by.

use std::io::{self, BufRead, BufReader, Read};

use super::decode::{BINARY_PROBE, decode};

/// Lines of a file, exactly as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// The text with every line's terminator.
    pub text: String,
    /// The first line, 1-based.
    pub from: u64,
    /// The last line, inclusive; where the file ends before what was asked for, its last line.
    pub to: u64,
    /// How many lines the file has, when that is known without reading on.
    pub total: Option<u64>,
    /// The slice was cut at the byte limit: line `to` may not be complete, and lines after it are missing.
    pub cut: bool,
}

/// What streaming came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Streamed {
    Slice(Slice),
    Binary,
    /// The first line that was asked for is behind the end.
    PastEnd {
        total: u64,
    },
}

/// Reads the lines `from..=to` (`from` at least 1), and no further than it must. The text is at most `limit` bytes long.
pub(super) fn stream<R: Read>(bytes: R, from: u64, to: u64, limit: usize) -> io::Result<Streamed> {
    let mut reader = BufReader::with_capacity(BINARY_PROBE, decode(bytes));
    let mut text = Vec::new();
    let mut line = 1;
    let mut seen = 0;
    // Whether the last byte so far ended a line; an empty file has no line at all.
    let mut ended = true;
    loop {
        let chunk = reader.fill_buf()?;
        if chunk.is_empty() {
            let total = line - u64::from(ended);
            return Ok(if from > total {
                Streamed::PastEnd { total }
            } else {
                Streamed::Slice(Slice { text: lossy(text, false), from, to: total, total: Some(total), cut: false })
            });
        }
        let probe = &chunk[..chunk.len().min(BINARY_PROBE.saturating_sub(seen))];
        if memchr::memchr(0, probe).is_some() {
            return Ok(Streamed::Binary);
        }
        let mut rest = chunk;
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            let (piece, after) = rest.split_at(end);
            if line >= from {
                let room = limit - text.len();
                text.extend_from_slice(&piece[..piece.len().min(room)]);
                if piece.len() > room {
                    let line = if room == 0 && ended { line - 1 } else { line };
                    return Ok(Streamed::Slice(Slice {
                        text: lossy(text, true),
                        from,
                        to: line,
                        total: None,
                        cut: true,
                    }));
                }
            }
            ended = piece.ends_with(b"\n");
            if ended && line == to {
                return Ok(Streamed::Slice(Slice { text: lossy(text, false), from, to, total: None, cut: false }));
            }
            line += u64::from(ended);
            rest = after;
        }
        seen += chunk.len();
        let read = chunk.len();
        reader.consume(read);
    }
}

/// How many lines there are; `None` when the file is binary.
pub(super) fn count<R: Read>(bytes: R) -> io::Result<Option<u64>> {
    Ok(match stream(bytes, u64::MAX, u64::MAX, 0)? {
        Streamed::PastEnd { total } => Some(total),
        Streamed::Binary => None,
        Streamed::Slice(slice) => slice.total,
    })
}

/// As text. A character that the cut went through is left out.
fn lossy(mut bytes: Vec<u8>, cut: bool) -> String {
    if let Err(error) = std::str::from_utf8(&bytes)
        && cut
        && error.error_len().is_none()
    {
        bytes.truncate(error.valid_up_to());
    }
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(text: &str, from: u64, to: u64, total: Option<u64>, cut: bool) -> Streamed {
        Streamed::Slice(Slice { text: text.to_owned(), from, to, total, cut })
    }

    #[test]
    fn slices_are_exact() {
        let text = "one\r\ntwo\n\nfour";
        for (from, to, expect) in [
            (1, 1, slice("one\r\n", 1, 1, None, false)),
            (1, 2, slice("one\r\ntwo\n", 1, 2, None, false)),
            (2, 4, slice("two\n\nfour", 2, 4, Some(4), false)),
            (3, 99, slice("\nfour", 3, 4, Some(4), false)),
            (5, 6, Streamed::PastEnd { total: 4 }),
        ] {
            assert_eq!(stream(text.as_bytes(), from, to, 1 << 20).unwrap(), expect, "{from}..={to}");
        }
        assert_eq!(stream(&b""[..], 1, 1, 10).unwrap(), Streamed::PastEnd { total: 0 });
        assert_eq!(stream(&b"a\n"[..], 2, 2, 10).unwrap(), Streamed::PastEnd { total: 1 });
        assert_eq!(stream(&b"a\0b"[..], 1, 1, 10).unwrap(), Streamed::Binary);
    }

    #[test]
    fn all_slices_together_are_the_text() {
        let text: String = (0..5000).map(|n| format!("line {n} ü{}\n", "x".repeat(n % 40))).collect();
        let mut all = String::new();
        for from in (1..=5000).step_by(700) {
            match stream(text.as_bytes(), from, from + 699, 1 << 20).unwrap() {
                Streamed::Slice(slice) => all += &slice.text,
                other => panic!("{other:?}"),
            }
        }
        assert!(all == text);
    }

    #[test]
    fn long_slices_are_cut_between_characters() {
        assert_eq!(stream("日本語".as_bytes(), 1, 1, 4).unwrap(), slice("日", 1, 1, None, true));
        assert_eq!(stream("ab\ncd\nef".as_bytes(), 1, 3, 4).unwrap(), slice("ab\nc", 1, 2, None, true));
        assert_eq!(stream("ab\ncd\nef".as_bytes(), 1, 3, 3).unwrap(), slice("ab\n", 1, 1, None, true));
        assert_eq!(stream("ab\n".as_bytes(), 1, 1, 3).unwrap(), slice("ab\n", 1, 1, None, false));
    }

    #[test]
    fn lines_are_counted() {
        for (text, expect) in
            [("", Some(0)), ("a", Some(1)), ("a\n", Some(1)), ("a\nb", Some(2)), ("\n\n", Some(2)), ("a\0", None)]
        {
            assert_eq!(count(text.as_bytes()).unwrap(), expect, "{text:?}");
        }
    }
}
