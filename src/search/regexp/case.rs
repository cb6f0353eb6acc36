//! Which characters are the same when case does not count: JavaScript has one rule with the `u` flag, one without.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::set::Set;

/// The rule that the flags choose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Case {
    Counts,
    /// `i` with `u` or `v`: Unicode's simple case folding.
    Folded,
    /// `i` alone: same upper case, one code unit long, never from beyond ASCII into it.
    Uppercased,
}

impl Case {
    /// The set and all that is the same as something in it.
    pub(super) fn close(self, set: &Set) -> Set {
        match self {
            Self::Counts => set.clone(),
            Self::Folded => {
                let mut class = set.to_class();
                class.case_fold_simple();
                set.union(&Set::from_class(&class))
            }
            Self::Uppercased => {
                let same = SAME_UPPERCASE.iter().filter(|units| units.iter().any(|&unit| set.contains(unit)));
                set.union(&Set::new(same.flatten().map(|&unit| (unit, unit))))
            }
        }
    }
}

/// The code units that share an upper case with another one.
static SAME_UPPERCASE: LazyLock<Vec<Vec<u32>>> = LazyLock::new(|| {
    let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for unit in 0..=0xFFFF {
        groups.entry(uppercase(unit)).or_default().push(unit);
    }
    groups.into_values().filter(|units| units.len() > 1).collect()
});

/// ECMAScript's Canonicalize without the `u` flag.
fn uppercase(unit: u32) -> u32 {
    let Some(letter) = char::from_u32(unit) else { return unit };
    let mut upper = letter.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) if u32::from(one) <= 0xFFFF && (letter.is_ascii() || !one.is_ascii()) => one.into(),
        _ => unit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(case: Case, letter: char, expect: &str) {
        let closed = case.close(&Set::one(letter.into()));
        let text: String =
            closed.ranges().iter().flat_map(|&(from, to)| (from..=to).filter_map(char::from_u32)).collect();
        assert_eq!(text, expect, "{letter}");
    }

    #[test]
    fn two_rules() {
        check(Case::Counts, 'k', "k");
        check(Case::Folded, 'k', "Kk\u{212a}");
        check(Case::Uppercased, 'k', "Kk");
        check(Case::Folded, 's', "Ssſ");
        check(Case::Uppercased, 's', "Ss");
        check(Case::Folded, 'ß', "ßẞ");
        check(Case::Uppercased, 'ß', "ß");
        check(Case::Uppercased, 'é', "Éé");
        check(Case::Uppercased, 'µ', "µΜμ");
        check(Case::Folded, 'ω', "Ωω\u{2126}");
        check(Case::Uppercased, 'ω', "Ωω");
        check(Case::Uppercased, '1', "1");
    }
}
