//! Postings: for every run of a block the files that have it, one list after the other.
//!
//! A list is varints that are never zero, and a zero byte at its end. The first one is the distance between the list's
//! first file and that of the list before it in the block, folded to be positive, plus one: neighbours in the
//! dictionary mostly come from one file. The others are distances to the file before.

/// How the first file of a list is written, given that of the list before.
pub(super) fn fold(first: u32, before: u32) -> u64 {
    let distance = i64::from(first) - i64::from(before);
    (((distance << 1) ^ (distance >> 63)) as u64) + 1
}

fn unfold(value: u64, before: u32) -> Option<u32> {
    let folded = value.checked_sub(1)?;
    let distance = (folded >> 1) as i64 ^ -((folded & 1) as i64);
    i64::from(before).checked_add(distance).and_then(|first| u32::try_from(first).ok())
}

/// How many bytes a varint takes.
pub(super) fn length(value: u64) -> usize {
    (64 - (value | 1).leading_zeros()).div_ceil(7) as usize
}

/// Writes a varint and gives back where the next one goes.
pub(super) fn put(out: &mut [u8], mut at: usize, mut value: u64) -> usize {
    while value >= 0x80 {
        out[at] = value as u8 | 0x80;
        at += 1;
        value >>= 7;
    }
    out[at] = value as u8;
    at + 1
}

/// Reads a varint; `None` at the end, or if it is longer than any that is written.
fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for (number, &byte) in bytes.iter().take(5).enumerate() {
        value |= u64::from(byte & 0x7f) << (number * 7);
        if byte < 0x80 {
            *bytes = &bytes[number + 1..];
            return Some(value);
        }
    }
    None
}

/// One list.
#[derive(Debug, Clone, Copy)]
pub(super) struct List<'a> {
    first: u32,
    /// The distances after the first file, without the zero.
    rest: &'a [u8],
}

impl<'a> List<'a> {
    /// About how much there is to decode.
    pub(super) fn cost(&self) -> usize {
        self.rest.len() + 1
    }

    pub(super) fn files(self) -> impl Iterator<Item = u32> + 'a {
        let (mut file, mut rest) = (self.first, self.rest);
        std::iter::once(self.first).chain(std::iter::from_fn(move || {
            file = take(&mut rest).and_then(|distance| u32::try_from(u64::from(file) + distance).ok())?;
            Some(file)
        }))
    }
}

/// The lists of one block, in order. Ends early where the bytes make no sense.
pub(super) struct Lists<'a> {
    bytes: &'a [u8],
    before: u32,
}

impl<'a> Lists<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, before: 0 }
    }
}

impl<'a> Iterator for Lists<'a> {
    type Item = List<'a>;

    fn next(&mut self) -> Option<List<'a>> {
        let mut bytes = self.bytes;
        let first = unfold(take(&mut bytes)?, self.before)?;
        // No varint but zero ends with a zero byte.
        let end = memchr::memchr(0, bytes)?;
        self.before = first;
        self.bytes = &bytes[end + 1..];
        Some(List { first, rest: &bytes[..end] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(lists: &[&[u32]]) -> Vec<u8> {
        let mut out = vec![0; 1000];
        let (mut at, mut before) = (0, 0);
        for list in lists {
            at = put(&mut out, at, fold(list[0], before));
            before = list[0];
            for pair in list.windows(2) {
                at = put(&mut out, at, u64::from(pair[1] - pair[0]));
            }
            at += 1;
        }
        out.truncate(at);
        out
    }

    #[test]
    fn lists_come_back() {
        let lists: &[&[u32]] = &[&[0], &[0, 1, 2, 500], &[u32::MAX], &[7, 127, 128, 256, 70_000], &[7], &[3, u32::MAX]];
        let bytes = written(lists);
        let back: Vec<Vec<u32>> = Lists::new(&bytes).map(|list| list.files().collect()).collect();
        assert_eq!(back, lists);
        for end in 0..bytes.len() {
            assert!(Lists::new(&bytes[..end]).count() < lists.len());
        }
    }

    #[test]
    fn lengths_are_those_that_are_written() {
        for value in [1, 127, 128, 16_383, 16_384, u64::from(u32::MAX), fold(u32::MAX, 0), fold(0, u32::MAX)] {
            assert_eq!(put(&mut [0; 10], 0, value), length(value));
            assert!(length(value) <= 5);
        }
    }
}
