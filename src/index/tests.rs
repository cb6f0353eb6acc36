//! The index against the real matcher: whatever a search finds in a file, that file is a candidate.

use std::sync::Arc;

use grep_regex::{RegexMatcher, RegexMatcherBuilder};
use grep_searcher::sinks::Bytes;
use grep_searcher::{BinaryDetection, SearcherBuilder};

use super::*;

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % below
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.roll(many) == 0
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.roll(from.len())]
    }
}

const WORDS: &[&str] = &[
    "foo",
    "bar",
    "Foo",
    "foo_bar",
    "task_struct",
    "x",
    "fd",
    "0x1F",
    "get",
    "set",
    "ask",
    "SKS",
    "_",
    "a1",
    "TODO",
    "naïve",
    "é",
    "ſ",
    "\u{212a}",
    "Straße",
    "日本語",
    "“q”",
    "\u{a0}",
    "\u{85}",
    "İ",
    "ﬁ",
];

const MARKS: &[&str] =
    &[" ", " ", " ", "\n", "\n", "\r\n", "\t", "(", ")", "::", "->", ".", ";", "-", "\"", "", "", "$", "\\"];

fn text(dice: &mut Dice) -> Vec<u8> {
    let mut text = Vec::new();
    if dice.one_in(12) {
        text.extend("\u{feff}".bytes());
    }
    for _ in 0..dice.roll(24) {
        text.extend(dice.pick(WORDS).bytes());
        text.extend(dice.pick(MARKS).bytes());
        match dice.roll(60) {
            0 => text.push(dice.roll(256) as u8),
            1 => text.extend((0..40 + dice.roll(200)).flat_map(|n| WORDS[(n * 7 + 3) % 16].bytes())),
            2 if dice.one_in(8) => text.extend([b'z'; LONGEST_RUN + 1]),
            3 if dice.one_in(4) => text.extend("語".repeat(100).bytes()),
            _ => {}
        }
    }
    if dice.one_in(25) {
        let wide = String::from_utf8_lossy(&text).encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        text = [b"\xff\xfe", &wide[..]].concat();
    }
    text
}

/// A stretch of one of the texts, between characters and without a line's end.
fn stretch(dice: &mut Dice, texts: &[Vec<u8>]) -> String {
    let text = String::from_utf8_lossy(&texts[dice.roll(texts.len())]).into_owned();
    let line: Vec<char> = dice.pick(&text.split(['\n', '\r', '\0']).collect::<Vec<_>>()).chars().collect();
    let from = dice.roll(line.len() + 1);
    let most = if dice.one_in(6) { 100 } else { 9 };
    line[from..line.len().min(from + dice.roll(most))].iter().filter(|c| **c != '\u{fffd}').collect()
}

fn pattern(dice: &mut Dice, texts: &[Vec<u8>], depth: usize) -> String {
    let stretch = |dice: &mut Dice| regex_syntax::escape(&stretch(dice, texts));
    let part = |dice: &mut Dice| pattern(dice, texts, depth.saturating_sub(1));
    if depth == 0 {
        return match dice.roll(14) {
            0 => dice.pick(&[r"\w", r"\s", r"\d", ".", r"\W", r"\S", "[a-z]", "[^a-z]", "[kK]", "[éa]"]).to_owned(),
            1 => dice
                .pick(&[r"(?-u:\w)", r"(?-u:\xe9)", r"(?-u:[^a])", r"[\x80-\u{ffff}]", r"\pL", "[[:punct:]]"])
                .to_owned(),
            2 => dice.pick(&[r"\b", r"\B", "^", "$", r"\A", r"\z", r"(?-u:\b)", r"(?-u:\B)"]).to_owned(),
            3 => dice
                .pick(&[
                    r"\b{start}",
                    r"\b{end}",
                    r"\b{start-half}",
                    r"\b{end-half}",
                    "(?-u:\\b{start})",
                    "(?R:$)",
                    "(?R:^)",
                ])
                .to_owned(),
            _ => stretch(dice),
        };
    }
    match dice.roll(12) {
        0 => format!("(?:{}|{})", part(dice), part(dice)),
        1 => format!("({}|{}|{})", part(dice), part(dice), part(dice)),
        2 => format!("(?:{}){}", part(dice), dice.pick(&["*", "+", "?", "{2}", "{1,3}", "+?", "{0,1}", "{2,}"])),
        3 => format!("(?i:{})", part(dice)),
        4 => format!("(?i-u:{})", part(dice).replace(|c: char| !c.is_ascii(), "")),
        5 => format!(r"\b{}\b", part(dice)),
        6 => format!(
            "{}{}{}",
            part(dice),
            dice.pick(&[r"\s*", r"\s+", ".*", r"\w*", r"\w+", r"\W*", "(", ")?"]),
            part(dice)
        ),
        7 => format!(r"^{}", part(dice)),
        8 => format!(r"{}$", part(dice)),
        _ => format!("{}{}", part(dice), part(dice)),
    }
}

fn matcher(pattern: &Pattern<'_>) -> Option<RegexMatcher> {
    RegexMatcherBuilder::new()
        .multi_line(true)
        .line_terminator(Some(b'\n'))
        .ban_byte(Some(0))
        .fixed_strings(pattern.fixed)
        .word(pattern.word)
        .case_insensitive(pattern.ignore_case)
        .nest_limit(pattern.nest)
        .build(pattern.text)
        .ok()
}

fn matches(matcher: &RegexMatcher, text: &[u8]) -> bool {
    let mut found = false;
    let mut searcher = SearcherBuilder::new().binary_detection(BinaryDetection::quit(0)).build();
    let sink = Bytes(|_, _| {
        found = true;
        Ok(false)
    });
    searcher.search_reader(matcher, text, sink).unwrap();
    found
}

/// Every third number is no file, and builders get the files in turns.
fn built(texts: &[Vec<u8>], builders: usize) -> Index {
    let mut all: Vec<Builder> = (0..builders).map(|_| Builder::new()).collect();
    for (number, text) in texts.iter().enumerate() {
        all[number % builders].add(file(number), text);
    }
    Index::build(all, 0)
}

fn file(number: usize) -> u32 {
    (number + number / 2) as u32
}

#[test]
fn no_file_that_matches_is_missing() {
    let (mut matching, mut candidates, mut files) = (0, 0, 0);
    for seed in 0..30 {
        let mut dice = Dice(seed);
        let texts: Vec<Vec<u8>> = (0..40).map(|_| text(&mut dice)).collect();
        let index = built(&texts, 1 + seed as usize % 3);
        let stale: Vec<Vec<u8>> =
            texts.iter().map(|same| if dice.one_in(3) { text(&mut dice) } else { same.clone() }).collect();
        let old = Arc::new(built(&stale[..30], 2));
        let changes = texts.iter().zip(&stale).enumerate().filter(|(number, (now, old))| now != old || *number >= 30);
        let changes = changes.map(|(number, (now, _))| (file(number), Arc::new(FileRuns::of(now))));
        let layered = Layered::new(old).with(changes.collect::<Vec<_>>());
        for _ in 0..60 {
            let depth = dice.roll(4);
            let fixed = dice.one_in(6);
            let text = if fixed { stretch(&mut dice, &texts) } else { pattern(&mut dice, &texts, depth) };
            let (word, ignore_case) = (dice.one_in(4), dice.one_in(4));
            let pattern = Pattern { text: &text, fixed, word, ignore_case, nest: 100 };
            let Some(matcher) = matcher(&pattern) else { continue };
            let need = Need::of(&pattern);
            let all = [index.candidates(&need), layered.candidates(&need)];
            for (number, text) in texts.iter().enumerate() {
                let matches = matches(&matcher, text);
                for (way, candidate) in all.iter().map(|all| all.contains(file(number))).enumerate() {
                    assert!(candidate || !matches, "{way}: {pattern:?} {need:?}\n{:?}", String::from_utf8_lossy(text));
                }
                if all[0] != Candidates::All {
                    matching += usize::from(matches);
                    candidates += usize::from(all[0].contains(file(number)));
                    files += 1;
                }
            }
        }
    }
    // The test is worth nothing if everything is a candidate, or nothing matches.
    assert!(matching > 1_000 && candidates < 5 * matching && candidates < files / 2, "{matching} {candidates} {files}");
}

#[test]
fn layers_show_what_files_are_now() {
    let texts: Vec<Vec<u8>> =
        ["alpha beta", "beta gamma", "gamma alpha"].iter().map(|text| text.as_bytes().to_vec()).collect();
    let need = |text| Need::of(&Pattern { text, nest: 10, ..Pattern::default() });
    let runs = |text: &str| Arc::new(FileRuns::of(text.as_bytes()));
    let first = Layered::new(Arc::new(built(&texts, 1)));
    let check = |view: &Layered, expect: [&[u32]; 3]| {
        for (word, expect) in ["alpha", "beta", "gamma"].iter().zip(expect) {
            let Candidates::Files(files) = view.candidates(&need(word)) else { panic!("{word} says nothing") };
            assert_eq!(files.iter().collect::<Vec<_>>(), expect, "{word}");
        }
    };
    check(&first, [&[0, 3], &[0, 1], &[1, 3]]);
    let second = first.with([(1, runs("")), (7, runs("alpha")), (0, runs("x")), (0, runs("gamma"))]);
    check(&first, [&[0, 3], &[0, 1], &[1, 3]]);
    check(&second, [&[3, 7], &[], &[0, 3]]);
    let third = second.with([(0, runs("")), (8, FileRuns::unknown().into()), (9, runs("beta"))]);
    check(&third, [&[3, 7, 8], &[8, 9], &[3, 8]]);
    assert_eq!(first.candidates(&need("x|y")), Candidates::All);
}

#[test]
fn how_files_are_given_to_builders_makes_no_difference() {
    let mut dice = Dice(1);
    let texts: Vec<Vec<u8>> = (0..200).map(|_| text(&mut dice)).collect();
    let one = built(&texts, 1);
    for builders in 2..5 {
        let other = built(&texts, builders);
        for word in WORDS {
            let need = Need::of(&Pattern { text: word, fixed: true, nest: 1, ..Pattern::default() });
            assert_eq!(one.candidates(&need), other.candidates(&need), "{word}");
        }
    }
}

#[test]
fn empty_indexes_answer() {
    let need = Need::of(&Pattern { text: "foo", nest: 1, ..Pattern::default() });
    for index in [Index::build(Vec::new(), 0), Index::build(vec![Builder::new()], 5), built(&[Vec::new()], 1)] {
        assert_eq!(index.candidates(&need), Candidates::Files(Files::below(index.files())));
        let mut bytes = Vec::new();
        index.write(&mut bytes).unwrap();
        assert!(Index::read(Arc::new(bytes)).is_ok());
    }
}

fn sample() -> (Index, Vec<u8>) {
    let mut dice = Dice(5);
    let texts: Vec<Vec<u8>> = (0..60).map(|_| text(&mut dice)).collect();
    let index = built(&texts, 2);
    let mut bytes = Vec::new();
    index.write(&mut bytes).unwrap();
    (index, bytes)
}

#[test]
fn what_is_written_is_read() {
    let (index, bytes) = sample();
    let back = Index::read(Arc::new(bytes.clone())).unwrap();
    assert_eq!((back.files(), back.memory()), (index.files(), index.memory()));
    for word in WORDS {
        let need = Need::of(&Pattern { text: word, nest: 1, ..Pattern::default() });
        assert_eq!(back.candidates(&need), index.candidates(&need));
    }
    let mut again = Vec::new();
    back.write(&mut again).unwrap();
    assert!(again == bytes);
}

#[test]
fn no_damage_goes_unnoticed() {
    let (index, bytes) = sample();
    let mut dice = Dice(9);
    for length in (0..bytes.len()).step_by(97).chain([bytes.len() - 1]) {
        assert!(Index::read(Arc::new(bytes[..length].to_vec())).is_err());
    }
    assert!(Index::read(Arc::new([&bytes[..], b"\0\0\0\0\0\0\0\0"].concat())).is_err());
    let needs: Vec<Need> =
        WORDS.iter().map(|text| Need::of(&Pattern { text, nest: 1, ..Pattern::default() })).collect();
    let mut lazily = 0;
    for round in 0..400 {
        let mut damaged = bytes.clone();
        let at = if round % 2 == 0 { dice.roll(200) } else { dice.roll(bytes.len()) };
        damaged[at] ^= 1 << dice.roll(8);
        let Ok(read) = Index::read(Arc::new(damaged)) else { continue };
        for need in &needs {
            let (found, expect) = (read.candidates(need), index.candidates(need));
            assert!((0..index.files()).all(|file| found.contains(file) || !expect.contains(file)), "{at}");
            assert!(found == expect || read.is_broken(), "{at}");
        }
        lazily += u32::from(read.is_broken());
        // Bytes between columns are nobody's.
        assert_eq!(read.is_whole(), bytes[at] == 0 && !read.is_broken(), "{at}");
        assert_eq!(read.write(&mut Vec::new()).is_ok(), read.is_whole());
    }
    assert!(lazily > 10, "{lazily}");
}

/// Damage that is signed like the real thing still leads nowhere outside of the bytes.
#[test]
fn signed_damage_never_panics() {
    let (_, bytes) = sample();
    let needs: Vec<Need> = ["foo", "task_struct", "(?i)ask", r"f\w*o", "fd", r"\bx\b", "語語語語"]
        .iter()
        .map(|text| Need::of(&Pattern { text, nest: 9, ..Pattern::default() }))
        .collect();
    let mut dice = Dice(77);
    let mut accepted = 0;
    for _ in 0..600 {
        let mut damaged = bytes.clone();
        for _ in 0..=dice.roll(4) {
            let signature = dice.one_in(2);
            let at = if signature { dice.roll(bytes.len()) } else { 64 + dice.roll(8_000.min(bytes.len() - 64)) };
            damaged[at] = dice.roll(256) as u8;
        }
        columns::sign(&mut damaged);
        let Ok(index) = Index::read(Arc::new(damaged)) else { continue };
        accepted += 1;
        for need in &needs {
            if let Candidates::Files(files) = index.candidates(need) {
                assert!(files.iter().all(|file| file < index.files()));
            }
        }
    }
    assert!(accepted > 50, "{accepted}");
}
