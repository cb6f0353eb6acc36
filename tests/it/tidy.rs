//! The source keeps its own rules: who may use whom, who may touch the machine, how a file opens and how long it is.
//! ARCHITECTURE.md says why.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regex::Regex;

/// What every part may use.
const COMMON: [&str; 5] = ["cancel", "config", "display", "redact", "text"];

/// Each part, and the parts that it may use beside the common ones. Nothing else is allowed.
const PARTS: &[(&str, &[&str])] = &[
    ("cancel", &[]),
    ("config", &[]),
    ("display", &[]),
    ("redact", &[]),
    ("text", &[]),
    ("index", &[]),
    ("workspace", &["index"]),
    ("search", &["index", "workspace"]),
    ("syntax", &["workspace"]),
    ("graph", &["search", "syntax", "workspace"]),
    ("journal", &[]),
    ("model", &[]),
    ("cache", &["model"]),
    ("repl", &[]),
    ("host", &["graph", "search", "syntax", "workspace", "repl"]),
    ("plan", &["graph", "search", "syntax", "workspace"]),
    ("agent", &["repl", "model", "cache", "host", "plan", "journal", "workspace"]),
    ("bench", &["agent", "search", "workspace", "model"]),
    ("lsp", &["agent", "cache", "plan", "graph", "syntax", "search", "workspace", "model", "journal", "repl", "host"]),
    (
        "cli",
        &[
            "bench",
            "lsp",
            "agent",
            "cache",
            "plan",
            "host",
            "graph",
            "syntax",
            "search",
            "workspace",
            "repl",
            "model",
            "journal",
        ],
    ),
];

/// What only some files may name: a rule's name, its pattern, and the files or folders (ending in `/`) that may.
const DOORS: &[(&str, &str, &[&str])] = &[
    ("V8", r"\bv8::|\bdeno_core\b", &["repl/runtime.rs", "repl/ops.rs"]),
    ("the language server protocol", r"\blsp_types\b|\btower_lsp\b", &["lsp/"]),
    ("processes", r"\bCommand::new\b", &["repl/", "plan/verify/"]),
    (
        "the environment",
        r"\benv::(vars?(_os)?|set_var|remove_var)\b",
        &["config.rs", "repl/worker.rs", "repl/probe.rs"],
    ),
    ("the current directory", r"\benv::(set_)?current_dir\b", &["config.rs", "cli/"]),
    (
        "files",
        r"\bFile::(open|create|create_new|options)\b|\bOpenOptions\b|\bDirBuilder\b|\bread_dir\(|\bfs::(read|write|copy|rename|remove_|create_dir|hard_link)",
        &[
            "workspace/jail.rs",
            "workspace/place.rs",
            "plan/apply/",
            "plan/verify/",
            "journal/files.rs",
            "agent/orientation/store.rs",
            "cache/files.rs",
            "workspace/saved/files.rs",
            "model/scripted.rs",
            "config.rs",
            "cli/files.rs",
            "bench/files.rs",
            "lsp/answers.rs",
        ],
    ),
    ("sockets", r"\b(TcpStream|TcpListener|UdpSocket|UnixStream|UnixListener)\b|\breqwest::", &["model/", "lsp/"]),
    ("standard output", r"\b(e?print(ln)?|dbg)!", &[]),
    ("process exit", r"\bprocess::(exit|abort)\b", &["repl/", "cli/exit.rs"]),
];

const MAX_LINES: usize = 800;

/// A source file.
struct Source {
    /// Below `src` or `tests`, with `/`.
    name: String,
    text: String,
}

impl Source {
    /// The text without comments, and without the tests at its end.
    fn code(&self) -> String {
        if self.name.ends_with("/tests.rs") {
            return String::new();
        }
        let end = self.text.find("#[cfg(test)]\nmod ").unwrap_or(self.text.len());
        let lines = self.text[..end].lines().filter(|line| !line.trim_start().starts_with("//"));
        lines.flat_map(|line| [line, "\n"]).collect()
    }

    /// The module of the crate that the file belongs to.
    fn part(&self) -> &str {
        let first = self.name.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How many modules the file is below the crate's root.
    fn depth(&self) -> usize {
        self.name.split('/').count() - usize::from(self.name.ends_with("/mod.rs"))
    }

    fn may_use(&self, doors: &[&str]) -> bool {
        doors.iter().any(|door| if door.ends_with('/') { self.name.starts_with(door) } else { self.name == *door })
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &str) -> Vec<Source> {
    let base = root().join(folder);
    let (mut sources, mut folders) = (Vec::new(), vec![base.clone()]);
    while let Some(folder) = folders.pop() {
        let mut paths: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&base).unwrap().to_str().unwrap().replace('\\', "/");
                sources.push(Source { name, text: std::fs::read_to_string(&path).unwrap() });
            }
        }
    }
    assert!(!sources.is_empty());
    sources
}

/// The modules of the crate that a code names: `crate::name`, `crate::{name, name::{...}}`, and through `super`.
fn named_parts(code: &str, depth: usize) -> BTreeSet<String> {
    let name = r"[a-z_][a-z0-9_]*";
    let up = format!(r"\b(?:crate::|(?:super::){{{depth},}})");
    let single = Regex::new(&format!(r"{up}({name})")).unwrap();
    let group = Regex::new(&format!(r"{up}\{{")).unwrap();
    let head = Regex::new(&format!(r"^\s*({name})")).unwrap();
    let mut parts: BTreeSet<String> = single.captures_iter(code).map(|found| found[1].to_owned()).collect();
    for found in group.find_iter(code) {
        let mut nesting = 0;
        let mut item = found.end();
        for (at, c) in code[found.end()..].char_indices().map(|(at, c)| (found.end() + at, c)) {
            match c {
                '{' => nesting += 1,
                '}' if nesting > 0 => nesting -= 1,
                ',' | '}' if nesting == 0 => {
                    parts.extend(head.captures(&code[item..at]).map(|found| found[1].to_owned()));
                    item = at + 1;
                    if c == '}' {
                        break;
                    }
                }
                _ => {}
            }
        }
    }
    parts.remove("super");
    parts
}

fn assert_none(what: &str, offences: Vec<String>) {
    assert!(offences.is_empty(), "{what}:\n{}", offences.join("\n"));
}

#[test]
fn every_file_says_what_may_go_in_it() {
    let files = sources("src").into_iter().chain(sources("tests"));
    let silent = files.filter(|file| !file.text.starts_with("//! ")).map(|file| file.name).collect();
    assert_none("these files do not open with `//! `", silent);
}

#[test]
fn parts_use_only_what_they_may() {
    let mut offences = Vec::new();
    for file in sources("src").iter().filter(|file| !["lib.rs", "main.rs"].contains(&file.name.as_str())) {
        let part = file.part();
        let Some((_, allowed)) = PARTS.iter().find(|(name, _)| *name == part) else {
            offences.push(format!("{}: the part {part} has no row in this test", file.name));
            continue;
        };
        let is_common = COMMON.contains(&part);
        for used in named_parts(&file.code(), file.depth()) {
            let known = PARTS.iter().any(|(name, _)| *name == used);
            let fine =
                used == part || allowed.contains(&used.as_str()) || !is_common && COMMON.contains(&used.as_str());
            if known && !fine {
                offences.push(format!("{}: {part} must not use {used}", file.name));
            }
        }
    }
    assert_none("uses against the direction", offences);
}

#[test]
fn main_only_dispatches() {
    let sources = sources("src");
    let main = sources.iter().find(|file| file.name == "main.rs").unwrap();
    let used: Vec<_> = Regex::new(r"\bspelunk::\{?([a-z_]+)")
        .unwrap()
        .captures_iter(&main.text)
        .map(|found| found[1].to_owned())
        .collect();
    assert!(used.iter().all(|part| part == "cli"), "main.rs uses {used:?}; only cli is its to use");
    assert!(main.text.lines().count() <= 60, "main.rs has no logic, and no more than 60 lines");
}

#[test]
fn the_machine_is_behind_few_doors() {
    let mut offences = Vec::new();
    let sources = sources("src");
    for (what, pattern, doors) in DOORS {
        let pattern = Regex::new(pattern).unwrap();
        for file in sources.iter().filter(|file| !file.may_use(doors)) {
            for found in pattern.find_iter(&file.code()) {
                offences.push(format!("{}: {} ({what})", file.name, found.as_str()));
            }
        }
    }
    assert_none("these files touch what is not theirs", offences);
}

#[test]
fn files_are_short() {
    let long = sources("src")
        .into_iter()
        .map(|file| (file.text.lines().count(), file.name))
        .filter(|(lines, _)| *lines > MAX_LINES)
        .map(|(lines, name)| format!("{name}: {lines} lines"))
        .collect();
    assert_none("these files have more than 800 lines", long);
}

#[test]
fn nothing_is_left_for_later() {
    // As comments and macros: the words themselves are also things that people search for.
    let later =
        Regex::new(r#"//[^"`]*\b(TODO|FIXME|XXX)\b|\b(todo|unimplemented)!\(|#\[ignore\]|#\[should_panic"#).unwrap();
    let mut offences = Vec::new();
    for file in sources("src").iter().chain(&sources("tests")).filter(|file| file.name != "it/tidy.rs") {
        offences.extend(later.find_iter(&file.text).map(|found| format!("{}: {}", file.name, found.as_str())));
    }
    assert_none("left for later", offences);
}

#[test]
fn the_map_shows_every_part() {
    let map = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap_or_default();
    let parts: BTreeSet<String> = sources("src")
        .iter()
        .filter_map(|file| Some(format!("{}/", file.name.split_once('/')?.0)))
        .filter(|folder| !map.contains(folder.as_str()))
        .collect();
    assert_none("ARCHITECTURE.md does not mention", parts.into_iter().collect());
}

#[test]
fn every_test_file_runs() {
    let sources = sources("tests/it");
    let main = &sources.iter().find(|file| file.name == "main.rs").unwrap().text;
    let lost = sources
        .iter()
        .filter(|file| !file.name.contains('/') && file.name != "main.rs")
        .map(|file| file.part())
        .filter(|name| !main.contains(&format!("mod {name};")))
        .map(str::to_owned)
        .collect();
    assert_none("these files of tests/it are in no binary", lost);
}

#[test]
fn the_checks_see() {
    let check = |code: &str, depth: usize, expect: &[&str]| {
        let expect = expect.iter().map(|part| (*part).to_owned()).collect();
        assert_eq!(named_parts(code, depth), expect, "{code}");
    };
    check("use crate::search::Query;", 1, &["search"]);
    check(
        "use crate::{\n    search::{Match, query::{A, B}},\n    workspace,\n    text::Line,\n};",
        1,
        &["search", "text", "workspace"],
    );
    check("let x: crate::agent::Run = crate::cli::run();", 1, &["agent", "cli"]);
    check("use super::super::agent::Run; use super::files; use super::{a};", 2, &["agent"]);
    check("use super::agent::Run; pub(crate) fn f() {}", 1, &["agent"]);
    check("use std::fs; use mycrate::agent;", 1, &[]);

    let source = Source {
        name: "search/walk.rs".into(),
        text: "//! std::env::var\nuse a;\n    // File::open\nfn f() {}\n#[cfg(test)]\nmod tests { env::var }".into(),
    };
    assert_eq!(source.code(), "use a;\nfn f() {}\n");
    assert_eq!((source.part(), source.depth()), ("search", 2));
    assert!(source.may_use(&["search/"]) && source.may_use(&["search/walk.rs"]) && !source.may_use(&["walk.rs"]));
    for (what, _, sample) in [("files", 0, "std::fs::read_to_string(p)"), ("files", 0, "File::open(p)")]
        .into_iter()
        .chain([("the environment", 0, "env::var_os(\"X\")"), ("V8", 0, "deno_core::v8::Local")])
    {
        let (_, pattern, _) = DOORS.iter().find(|(name, ..)| *name == what).unwrap();
        assert!(Regex::new(pattern).unwrap().is_match(sample), "{sample}");
    }
}

#[test]
fn the_readme_has_every_setting() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let missing = spelunk::config::SETTINGS
        .iter()
        .map(|s| format!("| `{}` | `{}` | {} | {} |", s.key, s.variable, s.default, s.meaning))
        .chain(
            spelunk::config::EDITOR_SETTINGS
                .iter()
                .map(|s| format!("| `spelunk.{}` | `{}` | {} |", s.key, s.default, s.meaning)),
        )
        .filter(|row| !readme.contains(row.as_str()))
        .collect();
    assert_none("these rows are not in README.md's settings table", missing);
}
