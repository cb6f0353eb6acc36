//! Bytes: which of them make runs, and where the runs of a text are.

use super::{LONGEST_RUN, REACH, WINDOW};

/// Bytes that runs are made of.
pub(super) const fn is_run(byte: u8) -> bool {
    is_word(byte) || byte >= 0x80
}

/// ASCII bytes that words are made of in every notion of a word.
pub(super) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Why a file's runs cannot all be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unlistable;

/// Calls `take` with start and end of the runs of a text, those that are too long as windows; says whether there were windows.
///
/// Text in UTF-16 (with the mark that makes searches decode it) has no runs that could be compared.
pub(super) fn runs(text: &[u8], mut take: impl FnMut(usize, usize)) -> Result<bool, Unlistable> {
    if text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff") {
        return Err(Unlistable);
    }
    let mut windows = false;
    let mut overlong = false;
    let mut run = |start: usize, end: usize| {
        let length = end - start;
        if length <= WINDOW {
            take(start, end);
        } else if length <= LONGEST_RUN {
            windows = true;
            let mut at = start;
            loop {
                let to = end.min(at + WINDOW);
                take(at, to);
                if to == end {
                    break;
                }
                at += REACH;
            }
        } else {
            overlong = true;
        }
    };
    edges(text, &mut run);
    if overlong { Err(Unlistable) } else { Ok(windows) }
}

/// Calls `run` with start and end of each run.
fn edges(text: &[u8], run: &mut impl FnMut(usize, usize)) {
    let mut open = None;
    let mut step = |base: usize, mask: u64| {
        let shifted = (mask << 1) | u64::from(open.is_some());
        let (mut starts, mut ends) = (mask & !shifted, shifted & !mask);
        if let Some(start) = open {
            if ends == 0 {
                return;
            }
            run(start, base + ends.trailing_zeros() as usize);
            ends &= ends - 1;
        }
        while ends != 0 {
            run(base + starts.trailing_zeros() as usize, base + ends.trailing_zeros() as usize);
            starts &= starts - 1;
            ends &= ends - 1;
        }
        open = (starts != 0).then(|| base + starts.trailing_zeros() as usize);
    };
    let (chunks, rest) = text.as_chunks::<64>();
    for (number, chunk) in chunks.iter().enumerate() {
        step(number * 64, mask(chunk));
    }
    // What is behind the end is no run, so the last one ends there.
    let mut last = [0; 64];
    last[..rest.len()].copy_from_slice(rest);
    step(chunks.len() * 64, mask(&last));
}

/// One bit for each byte that belongs to a run.
fn mask(chunk: &[u8; 64]) -> u64 {
    let mut flags = [0_u8; 64];
    for (flag, &byte) in flags.iter_mut().zip(chunk) {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        *flag = u8::from(letter | digit | (byte == b'_') | (byte >= 0x80));
    }
    let (words, _) = flags.as_chunks::<8>();
    let mut mask = 0;
    for (number, word) in words.iter().enumerate() {
        // Gathers the lowest bits of eight bytes in the highest byte.
        let bits = u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask |= bits << (number * 8);
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(text: &[u8]) -> Result<Vec<String>, Unlistable> {
        let mut all = Vec::new();
        runs(text, |start, end| all.push(String::from_utf8_lossy(&text[start..end]).into_owned()))?;
        Ok(all)
    }

    #[test]
    fn runs_are_words_numbers_and_bytes_above_ascii() {
        assert_eq!(listed(b"").unwrap(), Vec::<String>::new());
        assert_eq!(listed(b"a").unwrap(), ["a"]);
        assert_eq!(
            listed("int  foo_1(0x2F, 'é'); // naïve…".as_bytes()).unwrap(),
            ["int", "foo_1", "0x2F", "é", "naïve…"]
        );
        assert_eq!(listed(b"\0a\0b@c[d`e{f").unwrap(), ["a", "b", "c", "d", "e", "f"]);
        assert_eq!(listed(b"\xff\xfea\0"), Err(Unlistable));
    }

    #[test]
    fn every_length_and_place_is_seen() {
        for before in 0..70 {
            for length in [1, 2, 63, 64, 65, 127, 128] {
                for after in [0, 1, 63, 64] {
                    let run = "r".repeat(length);
                    let text = format!("{}{run}{}", " ".repeat(before), "-".repeat(after));
                    assert_eq!(listed(text.as_bytes()).unwrap(), [run]);
                }
            }
        }
    }

    #[test]
    fn every_byte_is_sorted_as_the_predicates_say() {
        for byte in 0..=u8::MAX {
            let expect = usize::from(is_run(byte));
            assert_eq!(listed(&[b' ', byte, b' ']).unwrap().len(), expect, "{byte:#x}");
        }
    }

    #[test]
    fn long_runs_come_as_windows_that_hold_every_short_stretch() {
        let long: String = (0..200_u32).map(|n| format!("{n:03}")).collect();
        let windows = listed(long.as_bytes()).unwrap();
        for at in 0..=long.len() - REACH {
            assert!(windows.iter().any(|window| window.contains(&long[at..at + REACH])));
        }
        assert!(windows.iter().all(|window| window.len() <= WINDOW));
        assert_eq!(listed("x".repeat(LONGEST_RUN + 1).as_bytes()), Err(Unlistable));
    }
}
