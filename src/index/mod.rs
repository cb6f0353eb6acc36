//! Which files can match a pattern: a dictionary of runs with postings, and what a regular expression requires of it.
//!
//! A *run* is a longest stretch of bytes in `[A-Za-z0-9_]` or from 0x80 up: an identifier, a number, a word. The index
//! knows file numbers and bytes only. Every shortcut in here adds candidates and never loses one: whoever asks has to
//! run the real matcher over what comes back.

mod alphabet;
mod blocks;
mod build;
mod candidates;
mod column;
mod columns;
mod distinct;
mod file;
mod files;
mod front;
mod intern;
mod key;
mod layers;
mod need;
mod postings;
mod seek;
#[cfg(test)]
mod tests;

pub use build::Builder;
pub use candidates::Candidates;
pub use columns::{Corrupt, Index};
pub use file::FileRuns;
pub use files::Files;
pub use layers::Layered;
pub use need::{Need, Pattern};

/// Longer runs are cut into overlapping windows of this many bytes, each half a window after the one before.
const WINDOW: usize = 128;

/// What is certain to lie within one window, with all that could stand beside it: no literal asks for more.
const REACH: usize = WINDOW / 2;

/// A file with a longer run than this holds data, not text that anyone reads: it is always a candidate.
const LONGEST_RUN: usize = 1024;

/// A file with more distinct runs than this would be most of the dictionary: it is always a candidate.
const MOST_RUNS: usize = 1 << 19;
