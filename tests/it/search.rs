//! Search against the tools whose behaviour it promises: V8's RegExp and ripgrep; and on odd trees and patterns.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use expect_test::expect;
use serde::Deserialize;
use serde_json::{Value, json};
use spelunk::cancel::Cancel;
use spelunk::search::{self, Matches, Query, SearchError};
use spelunk::workspace::{Snapshot, Workspace};

fn open(root: &Path) -> Snapshot {
    Workspace::open(root).expect("the folder opens").snapshot()
}

/// Searches as JavaScript would ask for it.
fn search(snapshot: &Snapshot, query: Value) -> Result<Matches, SearchError> {
    let query: Query = serde_json::from_value(query).expect("the query's shape is right");
    search::search(snapshot, &query, &Cancel::new())
}

#[derive(Deserialize)]
struct Lines {
    lines: Vec<String>,
}

#[derive(Deserialize)]
struct Case {
    source: String,
    flags: String,
    matches: String,
    out: String,
}

/// "0-3 7" as numbers.
fn indices(ranges: &str) -> BTreeSet<u64> {
    let number = |text: &str| text.parse::<u64>().expect("a number");
    let range = |text: &str| match text.split_once('-') {
        Some((from, to)) => number(from)..=number(to),
        None => number(text)..=number(text),
    };
    ranges.split_whitespace().flat_map(range).collect()
}

#[test]
fn javascript_patterns_match_the_lines_that_v8_matches() {
    let mut rows = include_str!("../data/regexp.jsonl").lines();
    let Lines { lines } = serde_json::from_str(rows.next().expect("a first row")).expect("the lines");
    let folder = tempfile::tempdir().expect("a folder");
    // Every third line ends as on Windows: the end is not part of the line.
    let ends = ["\n", "\n", "\r\n"].iter().cycle();
    let text: String = lines.iter().zip(ends).flat_map(|(line, end)| [line.as_str(), end]).collect();
    fs::write(folder.path().join("lines.txt"), text).expect("the file is written");
    let snapshot = open(folder.path());

    let (mut cases, mut wrong) = (0, Vec::new());
    for row in rows {
        let Case { source, flags, matches, out } = serde_json::from_str(row).expect("a case");
        let (expect, out) = (indices(&matches), indices(&out));
        cases += 1;
        let pattern = format!("/{source}/{flags}");
        match search(&snapshot, json!({ "pattern": { "source": source, "flags": flags }, "limit": 10_000 })) {
            Ok(found) => {
                let found: BTreeSet<u64> =
                    found.items.iter().map(|item| item.line - 1).filter(|line| !out.contains(line)).collect();
                for line in found.symmetric_difference(&expect) {
                    let text = &lines[*line as usize];
                    let verb = if expect.contains(line) { "should match" } else { "should not match" };
                    wrong.push(format!("{pattern} {verb} {text:?}"));
                }
            }
            // A line has neither line breaks nor, in a text file, NUL bytes.
            Err(SearchError::Regex(reason))
                if expect.is_empty() && (reason.contains("line by line") || reason.contains("NUL")) => {}
            Err(error) => wrong.push(format!("{pattern}: {error}")),
        }
    }
    assert!(cases >= 1_500, "only {cases} cases");
    assert!(wrong.is_empty(), "{} differences, first:\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
}

/// The ripgrep to compare with: the one that is built from the library versions in Cargo.lock.
const RIPGREP: &str = "ripgrep 15.2.";
const INSTALL: &str = "cargo install ripgrep --version 15.2.0 --locked";

pub fn ripgrep() -> PathBuf {
    let named = std::env::var_os("SPELUNK_TEST_RG").map(PathBuf::from);
    let program = named.unwrap_or_else(|| PathBuf::from("rg"));
    let version = Command::new(&program).arg("--version").output();
    let version = version.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    assert!(
        version.starts_with(RIPGREP),
        "this test needs {RIPGREP}x: run `{INSTALL}` and put it on PATH, or name the program in SPELUNK_TEST_RG"
    );
    program
}

/// The source of a dependency, as cargo has unpacked it.
fn dependency(name: &str) -> PathBuf {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo"))).expect("a home folder");
    let sources = fs::read_dir(home.join("registry/src")).expect("cargo has unpacked its sources");
    sources
        .flatten()
        .map(|registry| registry.path().join(name))
        .find(|path| path.is_dir())
        .unwrap_or_else(|| panic!("{name} is in no registry source folder; run `cargo fetch`"))
}

/// Copies a tree's files, up to a size that a process per pattern is quick on, and adds odd ones.
fn copy_tree(from: &Path, to: &Path) {
    let files = ignore::WalkBuilder::new(from).sort_by_file_name(Ord::cmp).build().flatten();
    let files = files.filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    let small = files.filter(|entry| entry.metadata().is_ok_and(|data| data.len() < 60_000));
    for entry in small.take(150) {
        let target = to.join(entry.path().strip_prefix(from).expect("below the root"));
        fs::create_dir_all(target.parent().expect("a parent")).expect("the folder is made");
        fs::copy(entry.path(), target).expect("the file is copied");
    }
    let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| {
        format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect::<Vec<u8>>()
    };
    let text = "fn main() {\r\n    let größe = \"naïve 😀\";\r\n\tfoo bar; // self.x\r\n}\r\n";
    let many = format!("let x = 1; fn foo() {{ self.bar }}{}\n", " pad".repeat(40)).repeat(600);
    let odd: [(&str, Vec<u8>); 13] = [
        ("odd/utf16le.txt", utf16(text, u16::to_le_bytes)),
        ("odd/utf16be.txt", utf16(text, u16::to_be_bytes)),
        ("odd/bom.txt", format!("\u{feff}{text}").into_bytes()),
        ("odd/crlf.txt", text.into()),
        ("odd/cr only.txt", text.replace("\r\n", "\r").into()),
        ("odd/latin1.txt", b"caf\xe9 = fn foo\nna\xefve let x\n\xff\xfe\n".to_vec()),
        ("odd/no-final-newline.txt", b"let a = 1;\nlet b = 2; fn end".to_vec()),
        ("odd/empty.txt", Vec::new()),
        ("odd/blank-lines.txt", b"\n\n  \n\t\n\nfn\n\n".to_vec()),
        ("odd/nul-first.bin", b"fn main() { \0 }\nlet x\n".to_vec()),
        ("odd/a-late-nul.bin", [many.as_bytes(), b"\0 fn after let\n", many.as_bytes()].concat()),
        (
            "odd/long-line.js",
            format!("{}let needle = fn();{}\n", "x=1;".repeat(40_000), "y".repeat(9_000)).into_bytes(),
        ),
        ("odd/deep/er/file.rs", b"fn deep() { let x = self.foo; }\n".to_vec()),
    ];
    for (path, bytes) in odd {
        let path = to.join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("the folder is made");
        fs::write(path, bytes).expect("the file is written");
    }
}

/// A small generator of numbers that are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// A piece of a line.
    fn piece(&mut self, lines: &[String]) -> String {
        let line: Vec<char> = lines[self.below(lines.len())].chars().collect();
        let from = self.below(line.len());
        line[from..].iter().take(1 + self.below(12)).collect()
    }

    fn atom(&mut self, lines: &[String]) -> String {
        match self.below(8) {
            0 | 1 => regex_syntax::escape(&self.piece(lines)),
            2 => self.pick(&["foo", "fn", "let", "self", "x", "a", "e", "\\(", " ", "ü", "😀"]).to_owned(),
            3 => self.pick(&[".", "\\w", "\\d", "\\s", "\\S", "\\W", "\\D", "\\pL", "\\p{Lu}", "(?-u:\\w)"]).to_owned(),
            4 => self
                .pick(&["[a-z]", "[^a-z]", "[A-Z_]", "[0-9a-f]", "[^\\s]", "[[:alpha:]]", "[\\w&&[^a-m]]"])
                .to_owned(),
            5 => self.pick(&["^", "$", "\\b", "\\B", "\\b{start}", "(?i:S)", "\\r", "\\x7B", "\\t"]).to_owned(),
            _ => format!("({})", self.regex(lines)),
        }
    }

    fn regex(&mut self, lines: &[String]) -> String {
        let mut text = String::new();
        for _ in 0..=self.below(3) {
            text += &self.atom(lines);
            if self.one_in(3) {
                text += self.pick(&["*", "+", "?", "*?", "+?", "{2}", "{1,3}", "{0,2}?"]);
            }
            if self.one_in(6) {
                text += "|";
            }
        }
        text
    }
}

/// A line of output: path, line number, whether it matched (or is context), and its text.
type Line = (String, u64, bool, String);

/// Long lines are shown cut, so only their start is compared.
fn shown(text: &str) -> String {
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.chars().count() > 1_000 { "(long)".to_owned() } else { text.to_owned() }
}

fn by_ripgrep(program: &Path, root: &Path, query: &Value) -> Result<BTreeSet<Line>, String> {
    let mut command = Command::new(program);
    // How far ripgrep searches a binary file depends on the lines that the same thread has read before it. One thread
    // in path order meets the long line last, so here it is the same for both.
    command.current_dir(root).args([
        "--no-config",
        "--color=never",
        "--sort=path",
        "-nH0",
        "--no-heading",
        "--no-context-separator",
    ]);
    for (option, flag) in [("literal", "-F"), ("word", "-w"), ("ignoreCase", "-i"), ("hidden", "-.")] {
        command.args(query[option].as_bool().unwrap_or(false).then_some(flag));
    }
    for glob in query["glob"].as_array().into_iter().flatten() {
        command.args(["-g", glob.as_str().expect("a glob")]);
    }
    command.args(["-C", &query["context"].as_u64().unwrap_or(0).to_string()]);
    let output = command.args(["-e", query["pattern"].as_str().expect("a pattern"), "./"]).output().expect("rg runs");
    if output.status.code() == Some(2) {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let parse = |line: &[u8]| {
        let end = line.iter().position(|&byte| byte == 0)?;
        let digits = line[end + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (path, rest) = (String::from_utf8_lossy(&line[..end]), &line[end + 1..]);
        let number = std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()?;
        let text = shown(&String::from_utf8_lossy(&rest[digits + 1..]));
        Some((path.trim_start_matches("./").to_owned(), number, rest[digits] == b':', text))
    };
    Ok(output.stdout.split(|&byte| byte == b'\n').filter_map(parse).collect())
}

fn by_us(found: &Matches) -> BTreeSet<Line> {
    let mut lines = BTreeSet::new();
    for item in &found.items {
        let cut = |text: &str| {
            if text.contains('…') && text.chars().count() > 1_000 { "(long)".into() } else { shown(text) }
        };
        lines.insert((item.path.clone(), item.line, true, cut(&item.text)));
        for (ago, text) in item.before.iter().rev().enumerate() {
            lines.insert((item.path.clone(), item.line - 1 - ago as u64, false, cut(text)));
        }
        for (after, text) in item.after.iter().enumerate() {
            lines.insert((item.path.clone(), item.line + 1 + after as u64, false, cut(text)));
        }
    }
    lines
}

/// Compares `count` generated searches of a copy of `tree`.
fn compare_with_ripgrep(tree: &Path, count: usize, seed: u64) {
    let program = ripgrep();
    let folder = tempfile::tempdir().expect("a folder");
    copy_tree(tree, folder.path());
    let snapshot = open(folder.path());
    let files = snapshot.files().expect("the walk works");
    assert!(files.len() > 50, "only {} files in {}", files.len(), tree.display());
    let texts = files.iter().filter_map(|file| fs::read_to_string(folder.path().join(file.path.as_str())).ok());
    let lines: Vec<String> = texts
        .flat_map(|text| text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>())
        .collect();

    let globs: [&[&str]; 12] = [
        &["*.rs"],
        &["!*.rs"],
        &["odd/**"],
        &["!odd"],
        &["*.{txt,js}"],
        &["/odd/*.txt"],
        &["**/deep/**"],
        &["*.rs", "!lib.rs"],
        &["!*.txt", "crlf.txt"],
        &["src/"],
        &["[a-m]*"],
        &["*.txt", "!/odd/utf16??.txt"],
    ];
    let mut chance = Chance(seed);
    let (mut matched, mut refused, mut wrong) = (0, 0, Vec::new());
    for _ in 0..count {
        let literal = chance.one_in(4);
        let pattern = if literal || chance.one_in(4) { chance.piece(&lines) } else { chance.regex(&lines) };
        let mut query = json!({
            "pattern": pattern, "literal": literal, "word": chance.one_in(5), "ignoreCase": chance.one_in(4), "limit": 10_000,
            "context": if chance.one_in(4) { chance.below(4) } else { 0 },
        });
        if chance.one_in(3) {
            query["glob"] = json!(globs[chance.below(globs.len())]);
        }
        match (by_ripgrep(&program, folder.path(), &query), search(&snapshot, query.clone())) {
            (Ok(expect), Ok(found)) => {
                matched += usize::from(!expect.is_empty());
                let lines = expect.iter().filter(|line| line.2).count() as u64;
                let paths = expect.iter().map(|line| &line.0).collect::<BTreeSet<_>>().len() as u64;
                if (found.total, found.files) != (lines, paths) {
                    wrong.push(format!("{query}: {} in {} files, rg: {lines} in {paths}", found.total, found.files));
                } else if !found.truncated && by_us(&found) != expect {
                    let ours = by_us(&found);
                    wrong.push(format!("{query}: {:?}", ours.symmetric_difference(&expect).next()));
                }
            }
            (Err(_), Err(_)) => refused += 1,
            (Ok(expect), Err(error)) => wrong.push(format!("{query}: {error}, rg: {} lines", expect.len())),
            (Err(error), Ok(found)) => wrong.push(format!("{query}: {} lines, rg: {error}", found.total)),
        }
    }
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
    assert!(matched > count / 2 && refused < count / 10, "{matched} of {count} matched, {refused} were refused");
}

#[test]
fn finds_what_ripgrep_finds_in_this_repository() {
    compare_with_ripgrep(Path::new(env!("CARGO_MANIFEST_DIR")), 1_000, 0x5EED_0001);
}

#[test]
fn finds_what_ripgrep_finds_in_a_dependency() {
    compare_with_ripgrep(&dependency("deno_core-0.413.0"), 1_000, 0x5EED_0002);
}

/// A folder with the given files.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, bytes) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("the folder is made");
        fs::write(path, bytes).expect("the file is written");
    }
    folder
}

#[test]
fn totals_are_true_past_the_limit_and_every_run_is_equal() {
    let many = "one needle\nno\n".repeat(3_000);
    let names: Vec<String> = (0..40).map(|file| format!("dir{}/file{file:02}.txt", file % 3)).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), many.as_bytes())).collect();
    let folder = folder(&files);
    let snapshot = open(folder.path());
    for limit in [0, 1, 200, 3_001, 10_000, 50_000] {
        let query = json!({ "pattern": "needle", "limit": limit, "context": 1 });
        let found = search(&snapshot, query.clone()).expect("the search works");
        assert_eq!((found.total, found.files, found.searched), (120_000, 40, 40));
        assert_eq!((found.items.len(), found.truncated), (limit.min(10_000), true));
        let places: Vec<(&str, u64)> = found.items.iter().map(|item| (item.path.as_str(), item.line)).collect();
        assert!(places.is_sorted(), "in order of path and line");
        let again = search(&snapshot, query).expect("the search works");
        assert_eq!(serde_json::to_string(&again.items).ok(), serde_json::to_string(&found.items).ok());
    }
    let all = search(&snapshot, json!({ "pattern": "absent" })).expect("the search works");
    assert_eq!((all.total, all.files, all.searched, all.truncated), (0, 0, 40, false));
}

#[test]
fn what_a_match_shows() {
    let folder = folder(&[("a.txt", "one\ntwo\n  größe 😀 needle\r\nthree\nfour needle needle\nfive\n".as_bytes())]);
    let found = search(&open(folder.path()), json!({ "pattern": "needle", "context": 1 })).expect("the search works");
    expect![[r#"
        [
          {
            "path": "a.txt",
            "line": 3,
            "column": 12,
            "text": "  größe 😀 needle",
            "before": [
              "two"
            ],
            "after": [
              "three"
            ]
          },
          {
            "path": "a.txt",
            "line": 5,
            "column": 6,
            "text": "four needle needle",
            "after": [
              "five"
            ]
          }
        ]"#]]
    .assert_eq(&serde_json::to_string_pretty(&found.items).expect("it is JSON"));
}

#[test]
fn columns_are_those_of_the_match_in_its_place() {
    let folder = folder(&[("a.txt", b"x\nax\n  ax\n\n")]);
    let check = |pattern: &str, expect: &[(u64, u64)]| {
        let found = search(&open(folder.path()), json!({ "pattern": pattern })).expect("the search works");
        let places: Vec<(u64, u64)> = found.items.iter().map(|item| (item.line, item.column)).collect();
        assert_eq!(places, expect, "{pattern}");
    };
    // What is behind a match is searched as a text of its own, by ripgrep too.
    check(r"\Aa|x", &[(1, 1), (2, 1), (3, 4)]);
    check(r"(?-m:^)|x", &[(1, 1), (2, 1), (3, 4), (4, 1)]);
    check(r"^\s*|x", &[(1, 1), (2, 1), (3, 1), (4, 1)]);
}

#[test]
fn odd_files_are_searched_or_named() {
    let folder = folder(&[
        ("binary", b"\0\0 needle"),
        ("gone.txt", b"needle"),
        ("latin1.txt", b"caf\xe9 needle\n"),
        ("text.txt", b"needle\n"),
    ]);
    let sparse = fs::File::create(folder.path().join("sparse")).expect("the file is made");
    sparse.set_len(1 << 30).expect("the file is a GiB long");
    let long = [vec![b'x'; 40 << 20], b" needle ".to_vec(), vec![b'y'; 5 << 20]].concat();
    fs::write(folder.path().join("long.js"), long).expect("the file is written");
    let deep = folder.path().join(["d"; 500].join("/"));
    fs::create_dir_all(&deep).expect("the folders are made");
    fs::write(deep.join("deep.txt"), "needle").expect("the file is written");

    let snapshot = open(folder.path());
    snapshot.files().expect("the walk works");
    fs::remove_file(folder.path().join("gone.txt")).expect("the file is removed");
    let found = search(&snapshot, json!({ "pattern": "needle" })).expect("the search works");
    assert_eq!((found.total, found.files, found.searched), (4, 4, 4));
    assert_eq!(found.skipped, [("binary".to_owned(), 2), ("gone".to_owned(), 1)]);
    let long = found.items.iter().find(|item| item.path == "long.js").expect("the long line is found");
    assert_eq!((long.column, long.text.chars().count()), ((40 << 20) + 2, 1_002));
    assert!(long.text.starts_with('…') && long.text.contains(" needle ") && long.text.ends_with('…'));
}

#[test]
fn hidden_files_are_found_when_asked_for() {
    let folder = folder(&[(".github/ci.yml", b"needle"), (".top.yml", b"needle"), ("seen.yml", b"needle")]);
    let check = |query: Value, expect: &[&str]| {
        let found = search(&open(folder.path()), query).expect("the search works");
        let paths: Vec<&str> = found.items.iter().map(|item| item.path.as_str()).collect();
        assert_eq!(paths, expect);
    };
    let all = [".github/ci.yml", ".top.yml", "seen.yml"];
    check(json!({ "pattern": "needle" }), &["seen.yml"]);
    check(json!({ "pattern": "needle", "glob": ["*.yml"] }), &["seen.yml"]);
    check(json!({ "pattern": "needle", "hidden": true }), &all);
    check(json!({ "pattern": "needle", "hidden": true, "glob": ["!.top*"] }), &[".github/ci.yml", "seen.yml"]);
    // Whoever names a hidden folder means it.
    check(json!({ "pattern": "needle", "glob": [".github/**"] }), &[".github/ci.yml"]);
}

#[test]
fn what_is_refused_and_why() {
    let folder = folder(&[("a.txt", b"text")]);
    let snapshot = open(folder.path());
    let check = |query: Value, expect: &str| {
        let error = search(&snapshot, query).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(expect), "{error:?} should contain {expect:?}");
    };
    check(json!({ "pattern": "foo(" }), "unclosed group");
    check(json!({ "pattern": "foo(" }), "pass { literal: true } to search for this very text");
    check(json!({ "pattern": "" }), "the pattern is empty");
    check(json!({ "pattern": "a\nb", "literal": true }), "search goes line by line");
    check(json!({ "pattern": r"a\nb" }), "search goes line by line");
    check(json!({ "pattern": r"a\x00" }), "NUL bytes");
    check(json!({ "pattern": "a(?=b)" }), "filter the lines in JavaScript");
    check(json!({ "pattern": r"(a)\1" }), "filter the lines in JavaScript");
    check(json!({ "pattern": r"(\w{1,100}){1,100}" }), "too big once compiled");
    check(json!({ "pattern": "x".repeat(1 << 20) }), "the limit is 256 KiB");
    check(json!({ "pattern": "(".repeat(300) + &")".repeat(300) }), "nest deeper than 100");
    check(json!({ "pattern": { "source": "a(?=b)", "flags": "" } }), "look-ahead `(?=...)` is not supported");
    check(json!({ "pattern": { "source": "a", "flags": "" }, "literal": true }), "pass the text as a string");
    check(json!({ "pattern": "a", "glob": ["a["] }), "bad glob \"a[\"");
    check(json!({ "pattern": "a", "glob": ["{a,b"] }), "bad glob \"{a,b\"");
    check(json!({ "pattern": "a", "glob": ["*".repeat(5_000)] }), "longer than 4096 bytes");
}

#[test]
fn options_of_a_javascript_pattern() {
    let folder = folder(&[("a.txt", b"Needle\nneedles\nneedle\n")]);
    let check = |query: Value, expect: &[u64]| {
        let found = search(&open(folder.path()), query).expect("the search works");
        assert_eq!(found.items.iter().map(|item| item.line).collect::<Vec<_>>(), expect);
    };
    let pattern = |flags: &str| json!({ "source": "needle", "flags": flags });
    check(json!({ "pattern": pattern("g") }), &[2, 3]);
    check(json!({ "pattern": pattern("i") }), &[1, 2, 3]);
    check(json!({ "pattern": pattern("i"), "ignoreCase": false }), &[2, 3]);
    check(json!({ "pattern": pattern(""), "ignoreCase": true, "word": true }), &[1, 3]);
}

#[test]
fn a_cancelled_search_ends() {
    let folder = folder(&[("a.txt", b"needle")]);
    let cancel = Cancel::new();
    cancel.cancel();
    let query: Query = serde_json::from_value(json!({ "pattern": "needle" })).expect("the query's shape is right");
    let snapshot = open(folder.path());
    assert!(matches!(search::search(&snapshot, &query, &cancel), Err(SearchError::Cancelled)));
    assert!(matches!(search::files_with_word(&snapshot, "needle", &cancel), Err(SearchError::Cancelled)));
}

#[test]
fn words_are_whole_identifiers() {
    let folder = tempfile::tempdir().expect("a folder");
    copy_tree(Path::new(env!("CARGO_MANIFEST_DIR")), folder.path());
    let snapshot = open(folder.path());
    for word in ["fn", "Snapshot", "self", "x", "needle", "a::b", "absent_everywhere"] {
        let found = search::files_with_word(&snapshot, word, &Cancel::new()).expect("the search works");
        let found: Vec<&str> = found.iter().map(|path| path.as_str()).collect();
        let pattern = format!(r"(?-u:^|[^A-Za-z0-9_$]){word}(?-u:$|[^A-Za-z0-9_$])");
        let lines = search(&snapshot, json!({ "pattern": pattern, "limit": 10_000 })).expect("the search works");
        let mut expect: Vec<&str> = lines.items.iter().map(|item| item.path.as_str()).collect();
        expect.dedup();
        // A word before the first NUL of a binary file is no use: such a file is not parsed.
        expect.retain(|path| !path.ends_with(".bin"));
        assert_eq!(found.iter().filter(|path| !path.ends_with(".bin")).copied().collect::<Vec<_>>(), expect, "{word}");
    }
}
