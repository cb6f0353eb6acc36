//! Runs of a block, each written as how much it shares with the one before, and the rest.
//!
//! A run is two bytes, how many bytes are shared and how many follow, and those that follow. Headers full of registers,
//! and everything else that is named by a scheme, become half as long.

use super::WINDOW;
use super::blocks::{BLOCK, EDGE};

/// Appends a run, given the run before it in the block. Both have at most 255 bytes.
pub(super) fn encode(run: &[u8], before: &[u8], out: &mut Vec<u8>) {
    let shared = run.iter().zip(before).take_while(|(one, other)| one == other).count();
    out.extend([shared as u8, (run.len() - shared) as u8]);
    out.extend_from_slice(&run[shared..]);
}

/// Runs mostly are shorter than this: copying always so many bytes is quicker than asking how many.
const STEP: usize = 32;

/// More than the runs of a block have, with room behind them for two parts of a run.
const ROOM: usize = BLOCK + 2 * WINDOW + 2 * (256 + STEP);

/// The runs of one block, written out.
pub(super) struct Text {
    bytes: [u8; ROOM],
    end: usize,
}

impl Text {
    pub(super) fn new() -> Self {
        Self { bytes: [EDGE; ROOM], end: 1 }
    }

    /// The runs, a line feed before and behind each.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.end]
    }

    /// Replaces the text by the runs of another block. Ends early where the bytes make no sense.
    pub(super) fn decode(&mut self, mut coded: &[u8]) {
        let bytes = &mut self.bytes;
        let (mut before, mut at) = (1, 1);
        while let &[shared, length, ref rest @ ..] = coded {
            let (shared, length) = (usize::from(shared), usize::from(length));
            // The line feed behind the run before is not part of it.
            let sound = shared == 0 || before + shared < at;
            if !sound || length > rest.len() || at > ROOM - 2 * (256 + STEP) {
                break;
            }
            let start = at;
            bytes.copy_within(before..before + STEP, at);
            if shared > STEP {
                bytes.copy_within(before + STEP..before + shared, at + STEP);
            }
            at += shared;
            match rest.first_chunk::<STEP>() {
                Some(chunk) if length <= STEP => bytes[at..at + STEP].copy_from_slice(chunk),
                _ => bytes[at..at + length].copy_from_slice(&rest[..length]),
            }
            at += length;
            bytes[at] = EDGE;
            at += 1;
            before = start;
            coded = &rest[length..];
        }
        self.end = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coded(runs: &[&str]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut before = "";
        for run in runs {
            encode(run.as_bytes(), before.as_bytes(), &mut out);
            before = run;
        }
        out
    }

    #[test]
    fn runs_come_back() {
        let mut text = Text::new();
        for runs in [&[][..], &["a"], &["ab", "abc", "ab", "b", "REG__A_MASK", "REG__A_SHIFT", "日本", "日記"]] {
            text.decode(&coded(runs));
            let expect: String = std::iter::once("").chain(runs.iter().copied()).flat_map(|run| [run, "\n"]).collect();
            assert_eq!(String::from_utf8_lossy(text.bytes()), expect);
        }
        assert!(coded(&["REG__A_MASK", "REG__A_SHIFT"]).len() < 21);
    }

    #[test]
    fn long_runs_come_back() {
        let long = |length: usize, end: char| "x".repeat(length) + &end.to_string();
        let runs: Vec<String> = (0..30).map(|n| long(if n % 2 == 0 { n * 4 } else { 120 - n }, 'y')).collect();
        let runs: Vec<&str> = runs.iter().map(String::as_str).collect();
        let mut text = Text::new();
        text.decode(&coded(&runs));
        let expect: String = std::iter::once("").chain(runs.iter().copied()).flat_map(|run| [run, "\n"]).collect();
        assert_eq!(String::from_utf8_lossy(text.bytes()), expect);
        let endless: Vec<u8> = [0, 9].into_iter().chain([b'x'; 9]).cycle().take(100_000).collect();
        text.decode(&endless);
        assert!(text.bytes().ends_with(b"x\n"));
    }

    #[test]
    fn nonsense_ends_the_block() {
        let mut text = Text::new();
        for bytes in [&[1, 0][..], &[0, 5, b'a'], &[0, 1, b'a', 2, 0], &[0], &[255, 255]] {
            text.decode(bytes);
            assert!(text.bytes() == b"\n" || text.bytes() == b"\na\n", "{bytes:?}");
        }
    }
}
