//! A line of a file as a match shows it: without its end, with invalid bytes replaced, cut when it is too long.

/// The most characters of a line that are shown.
const MAX_CHARS: usize = 1_000;

/// How many characters before a match stay when a line is cut.
const LEAD: usize = 200;

/// The line without its terminator, `\n` or `\r\n`.
pub(super) fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// The 1-based column of the byte `at`, in UTF-16 code units.
pub(super) fn column(line: &[u8], at: usize) -> u64 {
    let units: usize = line[..at.min(line.len())]
        .utf8_chunks()
        .map(|chunk| chunk.valid().encode_utf16().count() + usize::from(!chunk.invalid().is_empty()))
        .sum();
    units as u64 + 1
}

/// The text of a line; a long one is cut around the byte `at`, with `…` on each side that something is missing.
pub(super) fn shown(line: &[u8], at: usize) -> String {
    if line.len() <= MAX_CHARS {
        return String::from_utf8_lossy(line).into_owned();
    }
    // A character has at most four bytes, so this window holds at least as many as are shown.
    let at = start(line, at.min(line.len()));
    let from = boundary(line, at.saturating_sub(4 * MAX_CHARS)).min(at);
    let to = boundary(line, line.len().min(at + 4 * MAX_CHARS));
    let before: Vec<char> = String::from_utf8_lossy(&line[from..at]).chars().collect();
    let after: Vec<char> = String::from_utf8_lossy(&line[at..to]).chars().collect();
    let tail = after.len().min(MAX_CHARS - before.len().min(LEAD));
    let head = before.len().min(MAX_CHARS - tail);
    let mut text = String::with_capacity(head + tail + 6);
    if head < before.len() || from > 0 {
        text.push('…');
    }
    text.extend(&before[before.len() - head..]);
    text.extend(&after[..tail]);
    if tail < after.len() || to < line.len() {
        text.push('…');
    }
    text
}

/// The nearest place at or before `at` that is not inside a UTF-8 character: a pattern of bytes can match in one.
fn start(line: &[u8], at: usize) -> usize {
    let is_inside = |at: usize| line.get(at).is_some_and(|byte| byte & 0xC0 == 0x80);
    (at.saturating_sub(3)..=at).rev().find(|&at| !is_inside(at)).unwrap_or(at)
}

/// The nearest place at or after `at` that is not inside a UTF-8 character.
fn boundary(line: &[u8], at: usize) -> usize {
    let inside = line[at..].iter().take(3).take_while(|&&byte| byte & 0xC0 == 0x80).count();
    at + inside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_lines() {
        for (line, expect) in [("a\n", "a"), ("a\r\n", "a"), ("a", "a"), ("\r\n", ""), ("a\r\r\n", "a\r"), ("", "")] {
            assert_eq!(without_end(line.as_bytes()), expect.as_bytes(), "{line:?}");
        }
    }

    #[test]
    fn a_match_inside_of_a_character_leaves_it_whole() {
        let line = format!("{}é", "a".repeat(1_000));
        for at in [0, 1_000, 1_001, 1_002] {
            assert!(shown(line.as_bytes(), at).ends_with(if at == 0 { "a…" } else { "aé" }), "{at}");
        }
    }

    #[test]
    fn columns_are_utf16() {
        assert_eq!(column(b"abc", 0), 1);
        assert_eq!(column("é😀x".as_bytes(), 6), 4);
        assert_eq!(column(b"\xff\xfex", 2), 3);
    }

    /// Characters kept before and after the match, and whether each side was cut.
    fn check(line: &str, at: usize, expect: (usize, usize, bool, bool)) {
        let text = shown(line.as_bytes(), at);
        let middle = text.find('M').expect("the match is shown");
        let (head, tail) = (&text[..middle], &text[middle..]);
        let (left, right) = (head.starts_with('…'), tail.ends_with('…'));
        let got = (head.chars().count() - usize::from(left), tail.chars().count() - usize::from(right), left, right);
        assert_eq!(got, expect);
    }

    #[test]
    fn long_lines_are_cut_around_the_match() {
        check(&format!("{}M{}", "a".repeat(10), "b".repeat(10)), 10, (10, 11, false, false));
        check(&format!("{}M{}", "a".repeat(5_000), "b".repeat(5_000)), 5_000, (200, 800, true, true));
        check(&format!("{}M{}", "a".repeat(5_000), "b".repeat(9)), 5_000, (990, 10, true, false));
        check(&format!("{}M{}", "a".repeat(9), "b".repeat(5_000)), 9, (9, 991, false, true));
        check(&format!("{}M{}", "é".repeat(5_000), "😀".repeat(5_000)), 10_000, (200, 800, true, true));
        check(&format!("{}M{}", "é".repeat(499), "é".repeat(500)), 998, (499, 501, false, false));
    }

    #[test]
    fn invalid_bytes_are_replaced() {
        assert_eq!(shown(b"a\xffb", 0), "a\u{fffd}b");
        let long = shown(&[b"\xa9".as_slice(), &[b'a'; 5_000]].concat(), 0);
        assert!(long.starts_with("\u{fffd}aa") && long.ends_with("a…"), "{long}");
    }
}
