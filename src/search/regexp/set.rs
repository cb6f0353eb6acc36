//! Sets of code points or UTF-16 code units, surrogates included, as sorted ranges.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

pub(super) const MAX: u32 = 0x10_FFFF;

/// The halves of characters beyond U+FFFF.
pub(super) const LEADS: (u32, u32) = (0xD800, 0xDBFF);
pub(super) const TRAILS: (u32, u32) = (0xDC00, 0xDFFF);

/// Ranges, both ends included, in order, with gaps between them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Set(Vec<(u32, u32)>);

impl Set {
    pub(super) fn new(ranges: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let mut ranges: Vec<_> = ranges.into_iter().filter(|&(from, to)| from <= to).collect();
        ranges.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (from, to) in ranges {
            match merged.last_mut() {
                Some((_, end)) if from <= end.saturating_add(1) => *end = (*end).max(to),
                _ => merged.push((from, to)),
            }
        }
        Self(merged)
    }

    pub(super) fn one(value: u32) -> Self {
        Self(vec![(value, value)])
    }

    pub(super) fn ranges(&self) -> &[(u32, u32)] {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn contains(&self, value: u32) -> bool {
        let after = self.0.partition_point(|&(from, _)| from <= value);
        after > 0 && value <= self.0[after - 1].1
    }

    pub(super) fn union(&self, other: &Self) -> Self {
        Self::new(self.0.iter().chain(&other.0).copied())
    }

    /// Everything else up to U+10FFFF.
    pub(super) fn complement(&self) -> Self {
        let mut gaps = Vec::with_capacity(self.0.len() + 1);
        let mut next = 0;
        for &(from, to) in &self.0 {
            if next < from {
                gaps.push((next, from - 1));
            }
            next = to + 1;
        }
        if next <= MAX {
            gaps.push((next, MAX));
        }
        Self(gaps)
    }

    pub(super) fn intersection(&self, other: &Self) -> Self {
        let mut common = Vec::new();
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(&&(from_a, to_a)), Some(&&(from_b, to_b))) = (a.peek(), b.peek()) {
            common.push((from_a.max(from_b), to_a.min(to_b)));
            if to_a <= to_b {
                a.next()
            } else {
                b.next()
            };
        }
        Self::new(common)
    }

    pub(super) fn without(&self, other: &Self) -> Self {
        self.intersection(&other.complement())
    }

    /// What lies in `range`.
    pub(super) fn within(&self, range: (u32, u32)) -> Self {
        self.intersection(&Self(vec![range]))
    }

    /// Whether a half of a character beyond U+FFFF is in it.
    pub(super) fn has_halves(&self) -> bool {
        !self.within((LEADS.0, TRAILS.1)).is_empty()
    }

    /// The set as a Rust class, without surrogates, which UTF-8 cannot hold.
    pub(super) fn to_class(&self) -> ClassUnicode {
        let scalars = |range| {
            self.within(range)
                .0
                .into_iter()
                .filter_map(|(from, to)| Some(ClassUnicodeRange::new(char::from_u32(from)?, char::from_u32(to)?)))
        };
        ClassUnicode::new(scalars((0, LEADS.0 - 1)).chain(scalars((TRAILS.1 + 1, MAX))).collect::<Vec<_>>())
    }

    pub(super) fn from_class(class: &ClassUnicode) -> Self {
        Self::new(class.iter().map(|range| (range.start().into(), range.end().into())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn algebra() {
        let set = Set::new([(5, 9), (1, 2), (3, 3), (20, 30)]);
        assert_eq!(set.ranges(), [(1, 3), (5, 9), (20, 30)]);
        assert_eq!(set.complement().complement(), set);
        assert_eq!(set.intersection(&Set::new([(2, 6), (8, 25)])).ranges(), [(2, 3), (5, 6), (8, 9), (20, 25)]);
        assert_eq!(set.without(&Set::new([(0, 6), (30, 30)])).ranges(), [(7, 9), (20, 29)]);
        assert!(set.contains(9) && set.contains(1) && !set.contains(0) && !set.contains(4) && !set.contains(31));
        assert!(Set::default().complement().has_halves() && !set.has_halves());
    }
}
