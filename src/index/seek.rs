//! Looking for a run among runs: by a search for bytes, or by an expression where there is more than one way to write it.

use memchr::memmem::Finder;
use regex::bytes::{Regex, RegexBuilder};

use super::alphabet::is_word;
use super::blocks::{EDGE, Gram};
use super::need::Run;

/// The biggest compiled expression, in bytes. What is bigger is not looked up.
const SIZE: usize = 1 << 20;

/// A run that is looked for.
pub(super) struct Seeker {
    how: How,
    left: bool,
    right: bool,
    /// What a block has to have.
    pub(super) grams: Vec<Gram>,
    /// Whether windows of a run may not show it.
    pub(super) outreaches: bool,
}

enum How {
    Bytes(Box<Finder<'static>>),
    Expression(Regex),
}

impl Seeker {
    /// `None` if looking for it would take too long.
    pub(super) fn new(run: &Run) -> Option<Self> {
        let how = match run.plain() {
            Some(bytes) => How::Bytes(Box::new(Finder::new(&bytes).into_owned())),
            None => How::Expression(
                RegexBuilder::new(&run.pattern()).unicode(false).size_limit(SIZE).dfa_size_limit(SIZE).build().ok()?,
            ),
        };
        let (left, right) = (run.left(), run.right());
        Some(Self { how, left, right, grams: run.grams(), outreaches: run.outreaches() })
    }

    /// The positions of the runs that have it, in a text of runs with a line feed before and behind each.
    pub(super) fn hits<'s>(&'s self, text: &'s [u8]) -> impl Iterator<Item = usize> + 's {
        let mut from = 0;
        let (mut counted, mut number) = (1, 0);
        std::iter::from_fn(move || {
            let at = self.find(text, from)?;
            number += memchr::memchr_iter(EDGE, &text[counted..at]).count();
            counted = at;
            from = memchr::memchr(EDGE, &text[at..]).map_or(text.len(), |length| at + length);
            Some(number)
        })
    }

    /// A place within the first run that has it, from a line feed on.
    fn find(&self, text: &[u8], mut from: usize) -> Option<usize> {
        match &self.how {
            How::Expression(regex) => regex.find_at(text, from).map(|found| found.start() + usize::from(self.left)),
            How::Bytes(finder) => loop {
                let at = from + finder.find(&text[from..])?;
                let beside = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|&byte| is_word(byte));
                let left = self.left && beside(at.checked_sub(1));
                let right = self.right && beside(Some(at + finder.needle().len()));
                if !left && !right {
                    return Some(at);
                }
                from = at + 1;
            },
        }
    }
}
