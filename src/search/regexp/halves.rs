//! Patterns without the `u` flag see a character beyond U+FFFF as two halves; UTF-8 text has only whole ones.
//!
//! So each stretch of a pattern that can match halves is written as what it matches in whole characters: `..` is two
//! characters up to U+FFFF or one beyond it. Where a stretch is first or last in the pattern, it may begin or end
//! between the halves of a character.

use super::print::{Edges, Units, one_of, repeated};
use super::set::{LEADS, Set, TRAILS};

/// Longer stretches of an exact length count every character as one: writing all combinations out takes too much.
const EXACT: u32 = 8;

/// Writes a stretch of sets that all have halves in them.
pub(super) fn print(run: &[Units], edges: Edges) -> String {
    let length: u32 = run.iter().fold(0, |sum, units| sum.saturating_add(units.min));
    if length <= EXACT && run.iter().all(|units| units.max == Some(units.min)) {
        return of_length(&slots(run), edges);
    }
    if run.iter().all(|units| units.set == run[0].set) {
        let max = run.iter().try_fold(0, |sum: u32, units| Some(sum.saturating_add(units.max?)));
        return same(&Units { min: length, max, ..run[0].clone() }, edges);
    }
    let mut text = String::new();
    let mut rest = run;
    while let [first, after @ ..] = rest {
        rest = after;
        // A character beyond U+FFFF with a quantifier: only its second half is repeated.
        if let Some(second) = after.first()
            && (first.min, first.max) == (1, Some(1))
            && is_half(&first.set, LEADS)
            && is_half(&second.set, TRAILS)
        {
            rest = &after[1..];
            let cut = edges.end && rest.is_empty() && second.min == 0;
            let trails = if cut { Set::new([TRAILS]) } else { second.set.clone() };
            let fits = second.min <= 1 && second.max != Some(0);
            text.push_str(&one_of(&if fits { joined(&first.set, &trails) } else { Set::default() }));
        } else {
            text.push_str(&repeated(&one_of(&whole(&first.set)), first.min, first.max, first.lazy));
        }
    }
    text
}

/// A stretch of one set, repeated.
fn same(units: &Units, edges: Edges) -> String {
    let Units { set, min, max, lazy } = units;
    let (min, any) = (*min, one_of(&whole(set)));
    let times = |times: u32| vec![set; times as usize];
    if min > EXACT {
        return repeated(&any, min, *max, *lazy);
    }
    if edges.start || edges.end {
        // At an edge nothing beyond the least has to be found; what may come before it decides where a match starts.
        let before = if edges.start { repeated(&any, 0, max.map(|max| max - min), *lazy) } else { String::new() };
        return before + &of_length(&times(min), edges);
    }
    match *max {
        None if min == 0 => repeated(&any, 0, None, *lazy),
        None => {
            let across = class(&joined(set, set));
            let least = exactly(&times(min)).into_iter().chain(concat([exactly(&times(min - 1)), across]));
            either(least.collect()) + &repeated(&any, 0, None, *lazy)
        }
        Some(max) if max <= EXACT => either((min..=max).filter_map(|length| exactly(&times(length))).collect()),
        Some(max) => repeated(&any, min, Some(max), *lazy),
    }
}

fn slots(run: &[Units]) -> Vec<&Set> {
    run.iter().flat_map(|units| std::iter::repeat_n(&units.set, units.min as usize)).collect()
}

/// A stretch of one set per half, each once.
fn of_length(sets: &[&Set], edges: Edges) -> String {
    let (Some((first, after_first)), Some((last, before_last))) = (sets.split_first(), sets.split_last()) else {
        return String::new();
    };
    let cut_first = || class(&joined(&Set::new([LEADS]), first));
    let cut_last = || class(&joined(last, &Set::new([TRAILS])));
    let mut ways: Vec<String> = exactly(sets).into_iter().collect();
    if edges.start {
        ways.extend(concat([cut_first(), exactly(after_first)]));
    }
    if edges.end {
        ways.extend(concat([exactly(before_last), cut_last()]));
    }
    if edges.start && edges.end && sets.len() > 1 {
        ways.extend(concat([cut_first(), exactly(&after_first[..sets.len() - 2]), cut_last()]));
    }
    either(ways)
}

/// The same between whole characters: in the middle there is either a border between two characters, or a character.
fn exactly(sets: &[&Set]) -> Option<String> {
    match sets {
        [] => Some(String::new()),
        [one] => class(&without_halves(one)),
        _ => {
            let middle = sets.len() / 2;
            let border = concat([exactly(&sets[..middle]), exactly(&sets[middle..])]);
            let across = class(&joined(sets[middle - 1], sets[middle]));
            let across = concat([exactly(&sets[..middle - 1]), across, exactly(&sets[middle + 1..])]);
            let ways: Vec<String> = border.into_iter().chain(across).collect();
            (!ways.is_empty()).then(|| either(ways))
        }
    }
}

fn concat<const N: usize>(parts: [Option<String>; N]) -> Option<String> {
    parts.into_iter().collect()
}

fn class(set: &Set) -> Option<String> {
    (!set.is_empty()).then(|| one_of(set))
}

fn either(mut ways: Vec<String>) -> String {
    ways.sort_unstable();
    ways.dedup();
    match ways.as_slice() {
        [] => one_of(&Set::default()),
        [one] => one.clone(),
        all => format!("(?:{})", all.join("|")),
    }
}

fn is_half(set: &Set, half: (u32, u32)) -> bool {
    set.within(half) == *set
}

fn without_halves(set: &Set) -> Set {
    set.without(&Set::new([(LEADS.0, TRAILS.1), (0x1_0000, super::set::MAX)]))
}

/// The characters that the set matches whole.
fn whole(set: &Set) -> Set {
    without_halves(set).union(&joined(set, set))
}

/// The characters whose first half is in one set and whose second half is in the other.
fn joined(leads: &Set, trails: &Set) -> Set {
    let (leads, trails) = (leads.within(LEADS), trails.within(TRAILS));
    let character = |lead: u32, trail: u32| 0x1_0000 + ((lead - LEADS.0) << 10) + (trail - TRAILS.0);
    if trails.ranges() == [TRAILS] {
        let all = leads.ranges().iter().map(|&(from, to)| (character(from, TRAILS.0), character(to, TRAILS.1)));
        return Set::new(all);
    }
    let leads = leads.ranges().iter().flat_map(|&(from, to)| from..=to);
    Set::new(
        leads.flat_map(|lead| {
            trails.ranges().iter().map(move |&(from, to)| (character(lead, from), character(lead, to)))
        }),
    )
}
