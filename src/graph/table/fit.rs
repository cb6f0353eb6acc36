//! How well a name fits what somebody typed. Letters count without case, as far as they are ASCII.

use nucleo_matcher::{Config, Matcher, Utf32Str};

/// How a name fits; better ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    Exact,
    ExactButCase,
    Prefix,
    /// The query as it stands, from the start of one of the name's words.
    Word,
    /// The starts of the name's words: `gsn` in `get_symbol_name`, `HaMa` in `HashMap`.
    Initials,
    Inside,
    /// The letters in order.
    Letters,
}

impl Fit {
    /// Best first.
    pub const ALL: [Self; 7] =
        [Self::Exact, Self::ExactButCase, Self::Prefix, Self::Word, Self::Initials, Self::Inside, Self::Letters];
}

/// What is looked for. Keeps what matching needs, so it is one thread's.
pub(super) struct Needle {
    text: Vec<u8>,
    lower: String,
    matcher: Matcher,
    /// Where names and needles that are not ASCII are spelled out.
    spare: [Vec<char>; 2],
}

impl Needle {
    pub fn new(text: &str) -> Self {
        Self {
            text: text.as_bytes().to_vec(),
            lower: text.to_ascii_lowercase(),
            matcher: Matcher::new(Config::DEFAULT),
            spare: Default::default(),
        }
    }

    /// How a name fits, and among the equal ones, how far it is from fitting best (0 is best). Beyond `room` it does not
    /// matter how: such a fit may come back as a worse one.
    pub fn fit(&mut self, name: &str, room: Fit) -> Option<(Fit, u16)> {
        let bytes = name.as_bytes();
        let lower = self.lower.as_bytes();
        if lower.is_empty() {
            return Some((Fit::Prefix, 0));
        }
        if bytes.len() < lower.len() {
            return None;
        }
        let case = |at: usize| u16::from(bytes[at..at + lower.len()] != *self.text);
        if (room >= Fit::Prefix || bytes.len() == lower.len()) && starts_with(bytes, lower) {
            let exact = bytes.len() == lower.len();
            return Some(match (exact, case(0)) {
                (true, 0) => (Fit::Exact, 0),
                (true, _) => (Fit::ExactButCase, 0),
                (false, case) => (Fit::Prefix, case),
            });
        }
        if !has_in_order(bytes, lower) {
            return None;
        }
        let mut inside = false;
        if room >= Fit::Word {
            for at in 1..=bytes.len() - lower.len() {
                if starts_with(&bytes[at..], lower) {
                    if starts_word(bytes, at) {
                        return Some((Fit::Word, case(at)));
                    }
                    inside = true;
                }
            }
        }
        if room >= Fit::Initials && lower.len() > 1 && are_initials(bytes, lower) {
            return Some((Fit::Initials, 0));
        }
        if inside {
            return Some((Fit::Inside, 0));
        }
        if room < Fit::Letters {
            return Some((Fit::Letters, u16::MAX));
        }
        let [first, second] = &mut self.spare;
        let (name, needle) = (Utf32Str::new(name, first), Utf32Str::new(&self.lower, second));
        let score = self.matcher.fuzzy_match(name, needle).unwrap_or_default();
        Some((Fit::Letters, u16::MAX - score))
    }
}

/// Whether each letter follows the one before directly, or starts a word. Looks at the first 64 bytes of a name.
fn are_initials(name: &[u8], lower: &[u8]) -> bool {
    let name = &name[..name.len().min(u64::BITS as usize)];
    let starts = bits(name.len(), |at| starts_word(name, at));
    // Where a letter may be when it follows directly, and from where on it may start a word.
    let (mut follows, mut from) = (0, u64::MAX);
    for letter in lower {
        let here = bits(name.len(), |at| name[at].to_ascii_lowercase() == *letter) & (follows | starts & from);
        if here == 0 {
            return false;
        }
        follows = here << 1;
        from = u64::MAX.checked_shl(here.trailing_zeros() + 1).unwrap_or(0);
    }
    true
}

/// One bit for each place that fits.
fn bits(places: usize, fits: impl Fn(usize) -> bool) -> u64 {
    (0..places).fold(0, |bits, at| bits | u64::from(fits(at)) << at)
}

fn starts_with(text: &[u8], lower: &[u8]) -> bool {
    text.len() >= lower.len()
        && text.first().map(u8::to_ascii_lowercase) == lower.first().copied()
        && text[..lower.len()].eq_ignore_ascii_case(lower)
}

/// Whether a text has another as it stands, case aside.
pub(super) fn has(text: &[u8], lower: &[u8]) -> bool {
    (0..=text.len().saturating_sub(lower.len())).any(|at| starts_with(&text[at..], lower))
}

fn has_in_order(name: &[u8], lower: &[u8]) -> bool {
    let mut bytes = name.iter();
    lower.iter().all(|letter| bytes.any(|byte| byte.to_ascii_lowercase() == *letter))
}

fn starts_word(name: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| name[before]) else { return true };
    let here = name[at];
    !before.is_ascii_alphanumeric() && before < 0x80 && here != b'_'
        || here.is_ascii_uppercase() && !before.is_ascii_uppercase()
        || here.is_ascii_uppercase() && name.get(at + 1).is_some_and(u8::is_ascii_lowercase)
        || here.is_ascii_digit() && !before.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, name: &str, expect: Option<Fit>) {
        assert_eq!(Needle::new(query).fit(name, Fit::Letters).map(|(fit, _)| fit), expect, "{query} in {name}");
    }

    #[test]
    fn names_fit() {
        check("Foo", "Foo", Some(Fit::Exact));
        check("foo", "Foo", Some(Fit::ExactButCase));
        check("foo", "fooBar", Some(Fit::Prefix));
        check("bar", "fooBar", Some(Fit::Word));
        check("bar", "foo_bar", Some(Fit::Word));
        check("map", "HTTPMap", Some(Fit::Word));
        check("gsn", "get_symbol_name", Some(Fit::Initials));
        check("HaMa", "HashMap", Some(Fit::Initials));
        check("hm", "HashMap", Some(Fit::Initials));
        check("getna", "get_symbol_name", Some(Fit::Initials));
        check("utf8", "from_utf_8", Some(Fit::Initials));
        check("oob", "fooBar", Some(Fit::Inside));
        check("fobr", "foo_bar", Some(Fit::Letters));
        check("xyz", "foo_bar", None);
        check("longer", "long", None);
        check("größe", "dieGröße", Some(Fit::Word));
        check("größe", "größe_max", Some(Fit::Prefix));
        check("", "anything", Some(Fit::Prefix));
    }

    #[test]
    fn beyond_the_room_only_whether_counts() {
        for (query, name) in
            [("foo", "Foo"), ("foo", "fooBar"), ("bar", "fooBar"), ("gsn", "get_symbol_name"), ("z", "a")]
        {
            let whole = Needle::new(query).fit(name, Fit::Letters).map(|(fit, _)| fit);
            for room in Fit::ALL {
                let found = Needle::new(query).fit(name, room).map(|(fit, _)| fit);
                assert_eq!(found.is_some(), whole.is_some(), "{query} in {name}");
                assert!(found == whole || found > Some(room) && whole > Some(room), "{query} in {name}: {found:?}");
            }
        }
    }

    #[test]
    fn case_as_written_is_nearer() {
        let distance = |query: &str, name: &str| Needle::new(query).fit(name, Fit::Letters).unwrap().1;
        assert!(distance("Foo", "FooBar") < distance("foo", "FooBar"));
        assert!(distance("hndlr", "handler") < distance("hndlr", "hxnxdxlxr"));
    }
}
