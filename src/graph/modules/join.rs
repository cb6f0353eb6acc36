//! Groups of files, joined under a limit: those that import each other first, then neighbours.

use std::collections::{BTreeMap, BinaryHeap, HashMap};

use super::role::Role;
use super::survey::Survey;

/// Files that stay together.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// Positions in the survey, ascending.
    pub files: Vec<usize>,
    /// Tokens of all files.
    pub weight: u64,
    pub role: Option<Role>,
}

impl Group {
    pub fn new(survey: &Survey, files: Vec<usize>) -> Self {
        let weight = files.iter().map(|file| survey.files[*file].tokens).sum();
        let mut group = Self { files, weight, role: None };
        group.role = Role::of_path(group.home(survey));
        group
    }

    /// The innermost folder around all files.
    pub fn home<'a>(&self, survey: &'a Survey) -> &'a str {
        let path = |file: Option<&usize>| file.map_or("", |file| survey.files[*file].path.as_str());
        let (first, last) = (path(self.files.first()), path(self.files.last()));
        let same = first.bytes().zip(last.bytes()).take_while(|(a, b)| a == b).count();
        // Bytes that are the same up to a slash are whole characters.
        first.as_bytes()[..same].iter().rposition(|byte| *byte == b'/').map_or("", |slash| &first[..slash])
    }

    fn add(&mut self, other: Self) {
        self.files.extend(other.files);
        self.files.sort_unstable();
        self.weight += other.weight;
    }
}

/// Joins groups while the sum stays within `limit`, in path order.
pub(super) fn join(survey: &Survey, mut groups: Vec<Group>, limit: u64) -> Vec<Group> {
    groups.sort_by(|a, b| a.files.cmp(&b.files));
    pack(survey, by_imports(survey, groups, limit), limit)
}

/// Two groups that may be joined. The greatest is joined first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Pair {
    score: u64,
    /// Groups in front come first.
    order: std::cmp::Reverse<(usize, usize)>,
    /// How often either was joined before this pair was made.
    age: (u32, u32),
}

/// Joins the groups that import each other most for their size.
fn by_imports(survey: &Survey, groups: Vec<Group>, limit: u64) -> Vec<Group> {
    let at: HashMap<usize, usize> =
        groups.iter().enumerate().flat_map(|(at, group)| group.files.iter().map(move |file| (*file, at))).collect();
    let mut ties = vec![BTreeMap::<usize, u64>::new(); groups.len()];
    for (from, file) in at.iter().map(|(file, group)| (*group, *file)) {
        for (to, weight) in &survey.files[file].imports {
            let Some(to) = at.get(&(*to as usize)).copied().filter(|to| *to != from) else { continue };
            *ties[from].entry(to).or_default() += u64::from(*weight);
            *ties[to].entry(from).or_default() += u64::from(*weight);
        }
    }
    let mut groups: Vec<Option<Group>> = groups.into_iter().map(Some).collect();
    let mut ages = vec![0_u32; groups.len()];
    let mut heap = BinaryHeap::new();
    let pair = |groups: &[Option<Group>], ages: &[u32], a: usize, b: usize, tie: u64| {
        let (first, second) = (groups[a].as_ref()?, groups[b].as_ref()?);
        let sum = first.weight + second.weight;
        let fits = sum <= limit && first.role == second.role;
        let score = (tie << 20) / (first.weight.min(second.weight) + 1);
        fits.then_some(Pair { score, order: std::cmp::Reverse((a, b)), age: (ages[a], ages[b]) })
    };
    for (a, others) in ties.iter().enumerate() {
        heap.extend(others.range(a + 1..).filter_map(|(b, tie)| pair(&groups, &ages, a, *b, *tie)));
    }
    while let Some(Pair { order: std::cmp::Reverse((a, b)), age, .. }) = heap.pop() {
        if age != (ages[a], ages[b]) {
            continue;
        }
        let (Some(joined), Some(into)) = (groups[b].take(), groups[a].as_mut()) else { continue };
        into.add(joined);
        ages[a] += 1;
        ages[b] += 1;
        for (other, tie) in std::mem::take(&mut ties[b]) {
            ties[other].remove(&b);
            if other != a {
                *ties[a].entry(other).or_default() += tie;
                *ties[other].entry(a).or_default() += tie;
            }
        }
        for (other, tie) in &ties[a] {
            heap.extend(pair(&groups, &ages, a.min(*other), a.max(*other), *tie));
        }
    }
    groups.into_iter().flatten().collect()
}

/// Fills groups up with the smaller ones that stand nearest.
fn pack(survey: &Survey, mut groups: Vec<Group>, limit: u64) -> Vec<Group> {
    groups.sort_by(|a, b| b.weight.cmp(&a.weight).then_with(|| a.files.cmp(&b.files)));
    let mut packed: Vec<Group> = Vec::new();
    for group in groups {
        match nearest(survey, &packed, &group, |other| other.role == group.role && other.weight + group.weight <= limit)
        {
            Some(at) => packed[at].add(group),
            None => packed.push(group),
        }
    }
    packed.sort_by(|a, b| a.files.cmp(&b.files));
    packed
}

/// Joins what is too small for a group of its own to others, of whatever role, that have room below `most`.
pub(super) fn settle(survey: &Survey, mut groups: Vec<Group>, small: u64, most: u64) -> Vec<Group> {
    groups.sort_by(|a, b| b.weight.cmp(&a.weight).then_with(|| a.files.cmp(&b.files)));
    let mut settled: Vec<Group> = Vec::new();
    for group in groups {
        let fits = |other: &Group| group.weight < small && other.weight + group.weight <= most;
        let same = nearest(survey, &settled, &group, |other| fits(other) && other.role == group.role);
        match same.or_else(|| nearest(survey, &settled, &group, fits)) {
            Some(at) => settled[at].add(group),
            None => settled.push(group),
        }
    }
    settled.sort_by(|a, b| a.files.cmp(&b.files));
    settled
}

/// Of the groups that fit the one that shares most folders, then the fullest.
fn nearest(survey: &Survey, groups: &[Group], group: &Group, fits: impl Fn(&Group) -> bool) -> Option<usize> {
    let home = group.home(survey);
    let shared = |other: &Group| {
        let parts = home.split('/').zip(other.home(survey).split('/'));
        parts.take_while(|(a, b)| a == b && !a.is_empty()).count()
    };
    let fitting = groups.iter().enumerate().filter(|(_, other)| fits(other));
    fitting.max_by_key(|(at, other)| (shared(other), other.weight, std::cmp::Reverse(*at))).map(|(at, _)| at)
}
