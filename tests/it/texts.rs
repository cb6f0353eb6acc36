//! The index of texts: whatever happens on disk, searches find the same with it and without.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use spelunk::cancel::Cancel;
use spelunk::index::{Need, Pattern};
use spelunk::search::{self, Query};
use spelunk::workspace::{FileEntry, RelPath, Snapshot, Workspace};

use super::random::Random;

const NAMES: &[&str] = &[
    "a.rs",
    "b.rs",
    "d-e/f.rs",
    "d/a.rs",
    "d/b.rs",
    "d/e/c.rs",
    "d/e/f/g.rs",
    "d.rs",
    "z.rs",
    ".h/a.rs",
    "out/a.rs",
    "é.rs",
];

const WORDS: &[&str] = &["alpha", "beta", "gamma", "alphabet", "x", "naïve", "ALPHA", "al", "0x1F"];

const PATTERNS: &[&str] =
    &["alpha", "beta", r"\bal\b", "(?i)alpha", "alpha|beta", "gam+a", r"\w\w", "x", "^naïve", "zeta", "a.*a", r"\d"];

/// A folder with an index over it, and the same one seen without.
struct Twins {
    dir: tempfile::TempDir,
    with: Snapshot,
    without: Snapshot,
    older: Vec<(Snapshot, Snapshot)>,
    buffers: Vec<(RelPath, Arc<str>)>,
    followed: bool,
    /// Files that searches did not open.
    spared: u64,
}

impl Twins {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(".ignore"), "out/\n").unwrap();
        let snapshot = || Workspace::open(dir.path()).unwrap().snapshot();
        let (with, without) = (snapshot(), snapshot());
        Self { with, without, dir, older: Vec::new(), buffers: Vec::new(), followed: false, spared: 0 }
    }

    /// Something happened under a path. Only where it is followed anybody is told.
    fn happened(&mut self, names: &[&str]) {
        let root = self.dir.path().to_owned();
        let heard: Vec<_> = names.iter().map(|name| root.join(name)).collect();
        let heard = heard.iter().map(|path| path.as_path());
        if self.followed {
            self.with.hear(heard.clone());
        }
        let changed = |snapshot: &Snapshot| snapshot.news(heard.clone()).changed;
        let changed = if self.followed { (changed(&self.with), changed(&self.without)) } else { Default::default() };
        self.with = self.with.refreshed(&changed.0, true);
        self.without = self.without.refreshed(&changed.1, true);
        for snapshot in [&self.with, &self.without] {
            snapshot.files_with_hidden().unwrap();
        }
    }

    fn step(&mut self, random: &mut Random) {
        let root = self.dir.path().to_owned();
        let name = pick(random, NAMES);
        let path = RelPath::parse(name).unwrap();
        match random.below(14) {
            0..5 => {
                fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
                fs::write(root.join(name), text(random)).unwrap();
                self.happened(&[name]);
            }
            5 if fs::remove_file(root.join(name)).is_ok() => self.happened(&[name]),
            6 => {
                let (from, to) = (pick(random, &["d", "d/e", "d-e"]), pick(random, &["d/n", "m", "d-e"]));
                if fs::rename(root.join(from), root.join(to)).is_ok() {
                    self.happened(&[from, to]);
                }
            }
            7 => {
                self.buffers = (0..random.below(3))
                    .map(|_| (RelPath::parse(pick(random, NAMES)).unwrap(), pick(random, WORDS).into()))
                    .collect();
            }
            8 => {
                let (one, other) = (self.with.text(&path).ok(), self.without.text(&path).ok());
                assert_eq!(one, other);
            }
            9 => self.older.push((self.with.clone(), self.without.clone())),
            10 if random.below(4) == 0 => {
                self.followed = !self.followed;
                self.with.follow(self.followed);
            }
            11 if random.below(4) == 0 => self.with.hear_of_anything(),
            _ => {
                settle(&root);
                self.with.index(&Cancel::new()).unwrap();
            }
        }
    }

    fn compare(&mut self, random: &mut Random) {
        let (with, without) = match random.below(3) {
            0 if !self.older.is_empty() => self.older[random.below(self.older.len() as u64) as usize].clone(),
            _ => (self.with.clone(), self.without.clone()),
        };
        let seen = |snapshot: &Snapshot, scope: u64| {
            let snapshot = snapshot.with_overlay(self.buffers.clone());
            match scope {
                0 => snapshot.scoped(&["d"]).unwrap(),
                1 => snapshot.only(NAMES.iter().step_by(2).map(|name| RelPath::parse(name).unwrap()), "half"),
                _ => snapshot,
            }
        };
        let scope = random.below(5);
        let (with, without) = (seen(&with, scope), seen(&without, scope));
        let pattern = pick(random, PATTERNS);
        let query = Query {
            pattern: search::Pattern::Rust(pattern.to_owned()),
            glob: [vec![], vec!["*.rs".to_owned()], vec!["!d/**".to_owned()]][random.below(3) as usize].clone(),
            literal: false,
            word: random.below(4) == 0,
            ignore_case: (random.below(4) == 0).then_some(true),
            hidden: random.below(3) == 0,
            context: random.below(2) as usize,
            limit: random.below(6) as usize,
        };
        let found = |snapshot: &Snapshot| format!("{:#?}", search::search(snapshot, &query, &Cancel::new()).unwrap());
        assert_eq!(found(&with), found(&without), "{query:?}");
        let word = pick(random, WORDS);
        let files = |snapshot: &Snapshot| search::files_with_word(snapshot, word, &Cancel::new()).unwrap();
        assert_eq!(files(&with), files(&without), "{word}");
        self.spared += spared(&with, pattern);
    }
}

/// How many files a search would not open.
fn spared(snapshot: &Snapshot, pattern: &str) -> u64 {
    let entries: Vec<&FileEntry> = snapshot.files().unwrap().iter().collect();
    let need = Need::of(&Pattern { text: pattern, nest: 10, ..Pattern::default() });
    let Some(suspects) = snapshot.suspects(&need, &entries, Instant::now()) else { return 0 };
    let looks = suspects.files.iter().map(|suspect| snapshot.look(suspect, &entries[suspect.at].path));
    suspects.clean
        + suspects.binary
        + looks.filter(|look| !matches!(look, spelunk::workspace::Look::Open)).count() as u64
}

fn pick<'a>(random: &mut Random, from: &[&'a str]) -> &'a str {
    from[random.below(from.len() as u64) as usize]
}

fn text(random: &mut Random) -> Vec<u8> {
    let mut text: Vec<u8> = match random.below(8) {
        0 => b"\xef\xbb\xbf".to_vec(),
        1 => b"\xff\xfe".to_vec(),
        _ => Vec::new(),
    };
    let wide = text == b"\xff\xfe";
    for _ in 0..random.below(6) {
        let word = pick(random, WORDS);
        let end = pick(random, &[" ", "\n", "\r\n", "(", ""]);
        for byte in word.bytes().chain(end.bytes()) {
            text.push(byte);
            if wide {
                text.push(0);
            }
        }
    }
    match random.below(10) {
        0 => text.extend(b"\0alpha"),
        1 => text.extend(b"\xe9alpha\xff"),
        2 => text.extend([b'q'; 2_000]),
        _ => {}
    }
    text
}

/// Waits until the file system's clock has gone on: what was written before is told from what is written from now on.
fn settle(beside: &Path) {
    let probe = tempfile::NamedTempFile::new_in(beside.parent().unwrap()).unwrap();
    let changed = || {
        fs::write(probe.path(), "x").unwrap();
        let metadata = fs::metadata(probe.path()).unwrap();
        metadata.ctime() * 1_000 + metadata.ctime_nsec() / 1_000_000
    };
    let first = changed();
    while changed() < first + 40 {
        std::thread::yield_now();
    }
}

#[test]
fn searches_find_the_same_with_it_and_without() {
    let mut spared = 0;
    for seed in 0..12 {
        let mut random = Random::new(seed);
        let mut twins = Twins::new();
        for step in 0..120 {
            let at = format!("seed {seed}, step {step}");
            let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                twins.step(&mut random);
                twins.compare(&mut random);
            }));
            assert!(checked.is_ok(), "{at}");
        }
        spared += twins.spared;
    }
    // The test is worth nothing if all files are opened.
    assert!(spared > 1_000, "{spared}");
}
