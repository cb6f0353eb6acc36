//! Which lines of which files were really looked at: what makes a citation more than a claim.
//!
//! A line counts when it came back as a match, definition or reference, or when it stood in a prompt. A bulk read alone
//! does not count: its lines are remembered, and count from the moment that one of them reaches a model.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::agent::prompt::origins::LISTING;

/// Lines of reads that are remembered at most; older reads are forgotten first.
const MOST_READ_LINES: usize = 4_000_000;

/// Lines of files that an earlier question keeps to compare with.
const MOST_KEPT_LINES: usize = 1_000_000;

/// A line with fewer letters and digits than this identifies nothing (`}`, `else`).
const TELLING_CHARACTERS: usize = 6;

/// Some lines of a file as they are now; `None` when it does not have them.
pub type Now = Box<dyn Fn(&str, u64, u64) -> Option<String> + Send + Sync>;

/// The record of one run. Lines are 1-based.
#[derive(Default)]
pub struct Seen {
    record: Arc<Record>,
    /// What earlier questions of the conversation looked at, and how the files are now.
    earlier: Vec<Arc<Earlier>>,
    now: Option<Now>,
}

/// What one question looked at.
#[derive(Default)]
struct Record(Mutex<State>);

/// What an earlier question looked at, with fingerprints of the files at its end.
pub struct Earlier {
    record: Arc<Record>,
    files: HashMap<String, Vec<u64>>,
}

#[derive(Default)]
struct State {
    lines: HashMap<String, LineSet>,
    /// Whole definitions that came back: their ranges may be cited as they are.
    spans: HashSet<(String, u64, u64)>,
    reads: Vec<Read>,
    read_lines: usize,
    /// Reads so far; numbers the next one.
    serial: u32,
    places: Places,
    /// Files that came back since somebody took these.
    fresh: BTreeSet<String>,
}

struct Read {
    serial: u32,
    path: String,
    from: u64,
    /// A fingerprint per line; `None` for lines that identify nothing.
    lines: Vec<Option<u64>>,
}

/// Where each fingerprint was read, for looking up the lines of a prompt: their number is small beside all that was read.
#[derive(Default)]
struct Places {
    /// Fingerprint, the read's serial, the line's place in it; in this order.
    sorted: Vec<(u64, u32, u32)>,
    /// Not in order yet.
    added: Vec<(u64, u32, u32)>,
}

impl Places {
    fn add(&mut self, read: &Read) {
        let lines = (0..).zip(&read.lines);
        self.added.extend(lines.filter_map(|(at, line)| Some(((*line)?, read.serial, at))));
    }

    /// The lines that have these fingerprints, by the read's serial.
    fn of(&mut self, shown: &HashSet<u64>) -> BTreeMap<u32, BTreeSet<usize>> {
        if !self.added.is_empty() {
            self.sorted.append(&mut self.added);
            // Finds the part that is in order by itself.
            self.sorted.sort();
        }
        let mut found: BTreeMap<u32, BTreeSet<usize>> = BTreeMap::new();
        for &line in shown {
            let from = self.sorted.partition_point(|place| place.0 < line);
            for (_, serial, at) in self.sorted[from..].iter().take_while(|place| place.0 == line) {
                found.entry(*serial).or_default().insert(*at as usize);
            }
        }
        found
    }

    /// Forgets the reads before this one.
    fn drop_before(&mut self, serial: u32) {
        self.sorted.retain(|place| place.1 >= serial);
        self.added.retain(|place| place.1 >= serial);
    }
}

/// A set of lines as disjoint ranges.
#[derive(Default)]
struct LineSet(BTreeMap<u64, u64>);

impl LineSet {
    fn insert(&mut self, from: u64, to: u64) {
        let (mut from, mut to) = (from, to);
        let touching: Vec<u64> = self
            .0
            .range(..=to.saturating_add(1))
            .rev()
            .take_while(|&(_, &end)| end.saturating_add(1) >= from)
            .map(|(&start, _)| start)
            .collect();
        for start in touching {
            if let Some(end) = self.0.remove(&start) {
                from = from.min(start);
                to = to.max(end);
            }
        }
        self.0.insert(from, to);
    }

    fn contains(&self, line: u64) -> bool {
        self.0.range(..=line).next_back().is_some_and(|(_, &end)| end >= line)
    }
}

impl Earlier {
    /// Keeps what `seen` knows. `text` has the files as they were for that question; what it cannot give any more, and
    /// what is beyond a million lines, is forgotten.
    pub fn new(seen: &Seen, text: impl Fn(&str) -> Option<Arc<str>>) -> Self {
        let (mut files, mut kept) = (HashMap::new(), 0);
        for path in seen.record.paths() {
            if kept >= MOST_KEPT_LINES {
                break;
            }
            if let Some(text) = text(&path) {
                let lines: Vec<u64> = text.lines().map(fingerprint).collect();
                kept += lines.len();
                files.insert(path, lines);
            }
        }
        seen.record.forget(|path| !files.contains_key(path));
        Self { record: seen.record.clone(), files }
    }

    fn knows(&self, path: &str, from: u64, to: u64, now: &Now) -> bool {
        let Some(lines) = self.files.get(path) else { return false };
        if from == 0 || to < from || !self.record.knows(path, from, to) {
            return false;
        }
        let place = usize::try_from(from - 1).ok().zip(usize::try_from(to).ok());
        let Some(then) = place.and_then(|(from, to)| lines.get(from..to.min(lines.len()))) else { return false };
        now(path, from, to).is_some_and(|text| text.lines().map(fingerprint).eq(then.iter().copied()))
    }
}

impl Seen {
    /// A record that goes on from earlier ones: their lines count as long as they are what they were.
    pub fn after(earlier: Vec<Arc<Earlier>>, now: Now) -> Self {
        Self { earlier, now: Some(now), ..Self::default() }
    }

    /// Lines that came back as a match, definition or reference.
    pub fn found(&self, path: &str, lines: RangeInclusive<u64>) {
        let mut state = self.state();
        state.brought(path);
        match state.lines.get_mut(path) {
            Some(set) => set.insert(*lines.start(), *lines.end()),
            None => state.lines.entry(path.to_owned()).or_default().insert(*lines.start(), *lines.end()),
        }
    }

    /// A definition that came back: its head was shown, and its range is a fact that may be cited.
    pub fn defined(&self, path: &str, line: u64, from: u64, to: u64) {
        const HEAD: u64 = 3;
        self.found(path, from.min(line)..=to.min(line + HEAD));
        let mut state = self.state();
        state.spans.insert((path.to_owned(), from, to));
        state.spans.insert((path.to_owned(), line, to));
    }

    /// Text that was read from line `from` on; it counts once a prompt shows it.
    pub fn read(&self, path: &str, from: u64, text: &str) {
        let lines: Vec<Option<u64>> = text.lines().map(|line| telling(line).then(|| fingerprint(line))).collect();
        let mut state = self.state();
        state.brought(path);
        state.read_lines += lines.len();
        let read = Read { serial: state.serial, path: path.to_owned(), from, lines };
        state.serial += 1;
        state.places.add(&read);
        state.reads.push(read);
        if state.read_lines > MOST_READ_LINES {
            state.forget_the_oldest();
        }
    }

    /// The list of all files came back.
    pub fn listed(&self) {
        self.state().brought(LISTING);
    }

    /// The files that came back since the last time this was asked, with [`LISTING`] for the list of them.
    pub fn take_fresh(&self) -> BTreeSet<String> {
        std::mem::take(&mut self.state().fresh)
    }

    /// The files of which anything came back, those with lines that count first.
    pub fn paths(&self) -> Vec<String> {
        self.record.paths()
    }

    /// A prompt that goes to a model: every read line that stands in it counts from now on, whichever question read it.
    pub fn prompted(&self, prompt: &str) {
        let shown: HashSet<u64> =
            prompt.lines().flat_map(|line| [Some(line), without_number(line)]).flatten().map(fingerprint).collect();
        for record in self.earlier.iter().map(|earlier| &earlier.record).chain([&self.record]) {
            record.prompted(&shown);
        }
    }

    /// Whether any of these lines was looked at, by this question or, if they are unchanged, by an earlier one. A citation
    /// may reach around what was seen, but not far from it.
    pub fn knows(&self, path: &str, from: u64, to: u64) -> bool {
        let before = |now| self.earlier.iter().any(|earlier| earlier.knows(path, from, to, now));
        self.record.knows(path, from, to) || self.now.as_ref().is_some_and(before)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.record.state()
    }
}

impl State {
    /// Forgets reads until half of the room is free, so that this is done seldom.
    fn forget_the_oldest(&mut self) {
        let mut gone = 0;
        while self.read_lines > MOST_READ_LINES / 2 && gone + 1 < self.reads.len() {
            self.read_lines -= self.reads[gone].lines.len();
            gone += 1;
        }
        self.reads.drain(..gone);
        let oldest = self.reads.first().map_or(self.serial, |read| read.serial);
        self.places.drop_before(oldest);
    }

    fn brought(&mut self, path: &str) {
        if !self.fresh.contains(path) {
            self.fresh.insert(path.to_owned());
        }
    }
}

impl Record {
    /// The files of which anything is known, those with lines that count first.
    fn paths(&self) -> Vec<String> {
        let state = self.state();
        let mut known = HashSet::new();
        let all = state.lines.keys().chain(state.reads.iter().map(|read| &read.path));
        all.filter(|path| known.insert(path.as_str())).cloned().collect()
    }

    /// Drops the reads of some files.
    fn forget(&self, gone: impl Fn(&str) -> bool) {
        let mut state = self.state();
        state.reads.retain(|read| !gone(&read.path));
        state.read_lines = state.reads.iter().map(|read| read.lines.len()).sum();
    }

    fn prompted(&self, shown: &HashSet<u64>) {
        let mut state = self.state();
        let State { lines, reads, places, .. } = &mut *state;
        for (serial, hits) in places.of(shown) {
            let Ok(at) = reads.binary_search_by_key(&serial, |read| read.serial) else { continue };
            let read = &reads[at];
            let hit = |index: usize| hits.contains(&index);
            let mut past = 0;
            for &index in &hits {
                if index < past {
                    continue;
                }
                // A run goes on over lines that identify nothing, and ends with the last one that does.
                let (mut end, mut next) = (index, index + 1);
                while next < read.lines.len() && (read.lines[next].is_none() || hit(next)) {
                    if hit(next) {
                        end = next;
                    }
                    next += 1;
                }
                // One bracket or blank line after the run belongs to it.
                if end + 1 < next {
                    end += 1;
                }
                let from = read.from + index as u64;
                lines.entry(read.path.clone()).or_default().insert(from, read.from + end as u64);
                past = next;
            }
        }
    }

    fn knows(&self, path: &str, from: u64, to: u64) -> bool {
        let state = self.state();
        if state.spans.contains(&(path.to_owned(), from, to)) {
            return true;
        }
        let Some(set) = state.lines.get(path) else { return false };
        let seen = (from..=to.min(from.saturating_add(10_000))).filter(|&line| set.contains(line)).count() as u64;
        seen > 0 && (seen * 4 > to - from || to - from < 12)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn telling(line: &str) -> bool {
    line.chars().filter(|c| c.is_alphanumeric()).take(TELLING_CHARACTERS).count() == TELLING_CHARACTERS
}

fn fingerprint(line: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    line.trim().hash(&mut hasher);
    hasher.finish()
}

/// The line after a `12:`, `12|` or `path:12:` in front of it, as listings have it.
fn without_number(line: &str) -> Option<&str> {
    let mut rest = line;
    for _ in 0..2 {
        let at = rest.find([':', '|'])?;
        let (head, tail) = (rest[..at].trim(), &rest[at + 1..]);
        if !head.is_empty() && head.bytes().all(|b| b.is_ascii_digit()) {
            return Some(tail);
        }
        rest = tail;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "fn alpha() {\n    let value = compute();\n}\n\nfn beta() {\n    other_things();\n}\n";

    #[test]
    fn a_read_alone_does_not_count() {
        let seen = Seen::default();
        seen.read("a.rs", 10, TEXT);
        assert!(!seen.knows("a.rs", 10, 12));
        seen.prompted("what is this about?");
        assert!(!seen.knows("a.rs", 10, 12));
    }

    #[test]
    fn what_a_prompt_shows_counts() {
        let check = |prompt: &str| {
            let seen = Seen::default();
            seen.read("a.rs", 10, TEXT);
            seen.prompted(prompt);
            (10..=16).filter(|&line| seen.knows("a.rs", line, line)).collect::<Vec<_>>()
        };
        assert_eq!(check("fn alpha() {\n    let value = compute();\n}"), [10, 11, 12]);
        assert_eq!(check("15|     other_things();"), [15, 16]);
        assert_eq!(check("a.rs:14:fn beta() {"), [14]);
        assert_eq!(check("}"), [] as [u64; 0]);
    }

    #[test]
    fn earlier_lines_count_while_they_are_unchanged() {
        let first = Seen::default();
        first.found("a.rs", 2..=2);
        first.read("a.rs", 1, TEXT);
        first.read("b.rs", 1, TEXT);
        let earlier = Arc::new(Earlier::new(&first, |_| Some(TEXT.into())));
        let check = |now: &'static str, path: &str, from: u64, to: u64, expect: bool| {
            let lines = move |_: &str, from: u64, to: u64| {
                let lines: Vec<_> = now.lines().skip(from as usize - 1).take((to - from + 1) as usize).collect();
                Some(lines.join("\n"))
            };
            let seen = Seen::after(vec![earlier.clone()], Box::new(lines));
            seen.prompted("    other_things();");
            assert_eq!(seen.knows(path, from, to), expect, "{path}:{from}-{to} of {now}");
        };
        let changed = "fn alpha() {\n    let other = compute();\n}\n\nfn beta() {\n    other_things();\n}\n";
        check(TEXT, "a.rs", 1, 3, true);
        check(changed, "a.rs", 1, 3, false);
        check(changed, "a.rs", 5, 7, true);
        check(TEXT, "b.rs", 6, 6, true);
        check(TEXT, "b.rs", 2, 2, false);
        check(TEXT, "c.rs", 2, 2, false);
        check("", "a.rs", 2, 2, false);
    }

    #[test]
    fn found_lines_count_and_far_ranges_do_not() {
        let seen = Seen::default();
        seen.found("a.rs", 5..=5);
        assert!(seen.knows("a.rs", 3, 8));
        assert!(!seen.knows("a.rs", 1, 400));
        assert!(!seen.knows("a.rs", 6, 8));
        assert!(!seen.knows("b.rs", 5, 5));
    }

    #[test]
    fn a_definition_may_be_cited_as_a_whole() {
        let seen = Seen::default();
        seen.defined("a.rs", 10, 8, 900);
        assert!(seen.knows("a.rs", 8, 900) && seen.knows("a.rs", 10, 900) && seen.knows("a.rs", 10, 11));
        assert!(!seen.knows("a.rs", 300, 400) && !seen.knows("a.rs", 1, 900));
    }

    #[test]
    fn ranges_merge() {
        let mut set = LineSet::default();
        for (from, to) in [(1, 2), (5, 6), (3, 4), (10, 12), (8, 11)] {
            set.insert(from, to);
        }
        assert_eq!(set.0.into_iter().collect::<Vec<_>>(), [(1, 6), (8, 12)]);
    }
}
