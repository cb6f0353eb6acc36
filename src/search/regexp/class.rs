//! What a character class, an escape like `\w` or the dot matches, as a set.

use regex_syntax::hir;

use super::ast::Class;
use super::case::Case;
use super::set::Set;
use super::{Flags, Refused};

const CARRIAGE_RETURN: u32 = 0x0D;

/// The characters of a class. A carriage return is left out unless the class names it: it belongs to the line's end.
pub(super) fn class(class: &Class, flags: Flags) -> Result<Set, Refused> {
    let set = resolve(class, flags)?;
    Ok(if names_carriage_return(class) { set } else { set.without(&Set::one(CARRIAGE_RETURN)) })
}

/// The characters that `.` matches.
pub(super) fn dot(flags: Flags) -> Set {
    let excluded = if flags.dot_all {
        Set::one(CARRIAGE_RETURN)
    } else {
        Set::new([(0x0A, 0x0A), (CARRIAGE_RETURN, CARRIAGE_RETURN), (0x2028, 0x2029)])
    };
    excluded.complement()
}

/// One character, in both cases if case does not count.
pub(super) fn character(value: u32, flags: Flags) -> Set {
    flags.case().close(&Set::one(value))
}

fn names_carriage_return(class: &Class) -> bool {
    match class {
        Class::Range(from, to) => from == to && *from == CARRIAGE_RETURN,
        Class::Union { parts, negated: false } => parts.iter().any(names_carriage_return),
        _ => false,
    }
}

fn resolve(class: &Class, flags: Flags) -> Result<Set, Refused> {
    let all = |parts: &[Class]| parts.iter().map(|part| resolve(part, flags)).collect::<Result<Vec<_>, _>>();
    // Every set is closed over case before it is negated, as [^x] with the `i` flag wants it.
    let (set, negated) = match class {
        Class::Range(from, to) => (flags.case().close(&Set::new([(*from, *to)])), false),
        Class::Digit { negated } => (Set::new([(0x30, 0x39)]), *negated),
        Class::Space { negated } => (space(), *negated),
        Class::Word { negated } => (word(flags), *negated),
        Class::Property { name, negated: true } if !flags.sets => {
            // Without `v` it is the complement that is closed: /\P{Lu}/iu matches "A", since it matches "a".
            (flags.case().close(&property(name)?.complement()), false)
        }
        Class::Property { name, negated } => (flags.case().close(&property(name)?), *negated),
        Class::Union { parts, negated } => {
            let union = all(parts)?.iter().fold(Set::default(), |union, part| union.union(part));
            (union, *negated)
        }
        Class::Intersection { parts, negated } => {
            let sets = all(parts)?;
            (sets.iter().skip(1).fold(first(&sets), |common, part| common.intersection(part)), *negated)
        }
        Class::Difference { parts, negated } => {
            let sets = all(parts)?;
            (sets.iter().skip(1).fold(first(&sets), |rest, part| rest.without(part)), *negated)
        }
    };
    Ok(if negated { set.complement() } else { set })
}

fn first(sets: &[Set]) -> Set {
    sets.first().cloned().unwrap_or_default()
}

fn space() -> Set {
    Set::new([
        (0x09, 0x0D),
        (0x20, 0x20),
        (0xA0, 0xA0),
        (0x1680, 0x1680),
        (0x2000, 0x200A),
        (0x2028, 0x2029),
        (0x202F, 0x202F),
        (0x205F, 0x205F),
        (0x3000, 0x3000),
        (0xFEFF, 0xFEFF),
    ])
}

fn word(flags: Flags) -> Set {
    let ascii = Set::new([(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)]);
    if flags.case() == Case::Folded { Case::Folded.close(&ascii) } else { ascii }
}

/// The characters with a Unicode property, by Rust's tables; most names are the same in both languages.
fn property(name: &str) -> Result<Set, Refused> {
    let unknown = || Refused(format!("the Unicode property `{name}` is not known here; list the characters instead"));
    if !name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '=') {
        return Err(unknown());
    }
    let parsed = regex_syntax::parse(&format!(r"\p{{{name}}}")).map_err(|_| unknown())?;
    match parsed.kind() {
        hir::HirKind::Class(hir::Class::Unicode(class)) => Ok(Set::from_class(class)),
        hir::HirKind::Literal(hir::Literal(bytes)) => {
            let text = std::str::from_utf8(bytes).map_err(|_| unknown())?;
            Ok(Set::new(text.chars().map(|letter| (letter.into(), letter.into()))))
        }
        _ => Err(unknown()),
    }
}
