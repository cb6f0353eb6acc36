//! What we measure of ourselves, each in a process of its own, so that none finds anything warm and memory can be told:
//! `engine --own PART TREE …` prints `name value` lines.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use spelunk::cancel::Cancel;
use spelunk::graph::{Symbols, Table, definition};
use spelunk::search::{Pattern, Query, search};
use spelunk::syntax::{Budget, Language, Names, Parsed, extract, extract_with_uses};
use spelunk::workspace::{Snapshot, Workspace};

use super::measure::{processor_time, quantile};
use super::peers::resident;

pub const OWN: &str = "--own";

/// A command for a part of this program.
pub fn command(part: &str, tree: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([OWN, part]).arg(tree);
    command
}

/// Does a part; `words` are what follows [`OWN`].
pub fn serve(words: &[String]) {
    let rest: Vec<&str> = words[2..].iter().map(String::as_str).collect();
    let workspace = Workspace::open(Path::new(&words[1])).unwrap();
    // What is kept for the next start, for those that name a folder.
    let workspace = match (words[0].as_str(), &rest[..]) {
        ("keep", [cache]) | ("definition", [_, cache]) => workspace.kept_in(Path::new(cache), u64::MAX),
        _ => workspace,
    };
    let snapshot = workspace.snapshot();
    match words[0].as_str() {
        "words" => words_of(&snapshot, rest[0].parse().unwrap()),
        "search" => println!("lines {}", count(&snapshot, rest[0], rest.get(1) == Some(&"fixed"))),
        "searches" => searches(&snapshot, rest[0].parse().unwrap(), rest[1] == "fixed", &rest[2..]),
        "definition" => defined(&snapshot, rest[0]),
        "keep" => keep(&snapshot),
        "tier" => tier(&snapshot),
        "everything" => everything(&snapshot),
        "extract" => extracted(&snapshot),
        "beside" => beside(&snapshot, &rest),
        part => panic!("no part {part}"),
    }
}

fn query(pattern: &str, fixed: bool) -> Query {
    Query {
        pattern: Pattern::Rust(pattern.to_owned()),
        glob: Vec::new(),
        literal: fixed,
        word: false,
        ignore_case: None,
        hidden: false,
        context: 0,
        limit: 100,
    }
}

fn count(snapshot: &Snapshot, pattern: &str, fixed: bool) -> u64 {
    search(snapshot, &query(pattern, fixed), &Cancel::new()).unwrap().total
}

/// Identifiers of the tree, evenly from its files: any, and those that at most one file in a hundred has.
fn words_of(snapshot: &Snapshot, count: usize) {
    let files = snapshot.files().unwrap();
    let mut words = Vec::new();
    for (number, file) in files.iter().enumerate().step_by((files.len() / (count * 5)).max(1)) {
        let Ok(text) = snapshot.text(&file.path) else { continue };
        let parts = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let fit: Vec<&str> =
            parts.filter(|word| word.len() > 4 && !word.starts_with(|c: char| c.is_ascii_digit())).collect();
        words.extend((number * 7919).checked_rem(fit.len()).map(|at| fit[at].to_owned()));
    }
    words.sort_unstable();
    words.dedup();
    let evenly = |words: &[String]| {
        let step = (words.len() / count).max(1);
        words.iter().step_by(step).take(count).cloned().collect::<Vec<_>>().join(" ")
    };
    println!("any {}", evenly(&words));
    snapshot.follow(true);
    snapshot.index(&Cancel::new()).unwrap();
    let is_rare = |word: &String| {
        let found = search(snapshot, &query(word, true), &Cancel::new()).unwrap();
        found.files <= files.len() as u64 / 100
    };
    words.retain(is_rare);
    println!("selective {}", evenly(&words));
}

/// Each pattern some times, everything warm, as in an editor that tells of changes.
fn searches(snapshot: &Snapshot, times: usize, fixed: bool, patterns: &[&str]) {
    snapshot.follow(true);
    snapshot.index(&Cancel::new()).unwrap();
    let timed = |pattern: &&str| {
        let start = Instant::now();
        let lines = count(snapshot, pattern, fixed);
        (start.elapsed().as_secs_f64(), lines)
    };
    for pattern in patterns.iter().take(3) {
        timed(pattern);
    }
    let runs: Vec<(f64, u64)> = patterns.iter().flat_map(|pattern| (0..times).map(move |_| timed(pattern))).collect();
    let seconds: Vec<String> = runs.iter().map(|(seconds, _)| seconds.to_string()).collect();
    let lines: Vec<String> = runs.iter().map(|(_, lines)| lines.to_string()).collect();
    println!("seconds {}\nlines {}", seconds.join(" "), lines.join(" "));
}

fn defined(snapshot: &Snapshot, name: &str) {
    let found = definition(snapshot, &Symbols::default(), name, None, 10, &Cancel::new()).unwrap();
    let first = found.items.first().map(|item| format!("{}:{}", item.path, item.line));
    println!("first {}", first.unwrap_or_default());
}

/// Keeps what searches need to know for the next start.
fn keep(snapshot: &Snapshot) {
    snapshot.index(&Cancel::new()).unwrap();
    println!("kept {}", snapshot.keep().unwrap().is_some());
}

/// The text tier, built: time, and memory.
fn tier(snapshot: &Snapshot) {
    let source: u64 = snapshot.total_size(snapshot.files().unwrap());
    let me = std::process::id();
    let (cpu, start) = (processor_time(), Instant::now());
    snapshot.index(&Cancel::new()).unwrap();
    println!("cpu {}\nwall {}", processor_time() - cpu, start.elapsed().as_secs_f64());
    // What the allocator keeps of the building is given back to the system as time goes.
    // SAFETY: only gives free memory back.
    #[cfg(target_env = "gnu")]
    unsafe {
        libc::malloc_trim(0);
    }
    let (index, texts) = snapshot.index_memory();
    println!("source {source}\nindex {index}\ntexts {texts}\nresident {}", resident(me));
}

fn texts<'s>(snapshot: &'s Snapshot) -> impl ParallelIterator<Item = (Language, std::sync::Arc<str>)> + 's {
    snapshot.files().unwrap().par_iter().filter_map(|file| {
        Language::of(file.path.as_str()).filter(|language| language.has_grammar())?;
        let (text, _) = snapshot.glance(&file.path).ok()?;
        Some((Language::detect(file.path.as_str(), &text)?, text))
    })
}

/// Every definition and every reference, on all threads.
fn everything(snapshot: &Snapshot) {
    let start = Instant::now();
    let (definitions, uses, bytes) = texts(snapshot)
        .map(|(language, text)| {
            let (found, uses) = extract_with_uses(language, &text, Names::All, &Budget::default());
            (found.symbols.len(), uses.len(), text.len())
        })
        .reduce(|| (0, 0, 0), |a, b| (a.0 + b.0, a.1 + b.1, a.2 + b.2));
    println!("wall {}\ncpu {}", start.elapsed().as_secs_f64(), processor_time());
    println!("definitions {definitions}\nuses {uses}\nbytes {bytes}");
}

/// Trees, then definitions, then definitions with references, on this thread.
fn extracted(snapshot: &Snapshot) {
    let mut files = Vec::new();
    for file in snapshot.files().unwrap() {
        let Ok((text, _)) = snapshot.glance(&file.path) else { continue };
        files.extend(Language::detect(file.path.as_str(), &text).map(|language| (language, text)));
    }
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    // The queries are compiled on first use.
    let (language, _) = files[0];
    extract_with_uses(language, "x", Names::All, &Budget::default());
    let before = processor_time();
    let trees =
        files.iter().filter(|(language, text)| Parsed::new(*language, text, &Budget::default()).is_some()).count();
    let start = processor_time();
    let symbols: usize =
        files.iter().map(|(language, text)| extract(*language, text, &Budget::default()).symbols.len()).sum();
    let middle = processor_time();
    let uses: usize = files
        .iter()
        .map(|(language, text)| extract_with_uses(*language, text, Names::All, &Budget::default()).1.len())
        .sum();
    println!(
        "parse {}\ntrees {trees}\ndefinitions {}\nboth {}",
        start - before,
        middle - start,
        processor_time() - middle
    );
    println!("bytes {bytes}\nsymbols {symbols}\nuses {uses}");
}

/// Questions while all definitions are taken in the background, again and again.
fn beside(snapshot: &Snapshot, names: &[&str]) {
    snapshot.follow(true);
    snapshot.index(&Cancel::new()).unwrap();
    let (stop, rounds) = (AtomicBool::new(false), AtomicUsize::new(0));
    let cancel = Cancel::new();
    let mut seconds = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                if Table::new().fill(snapshot, &cancel, &|_| {}).is_ok() {
                    rounds.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        let symbols = Symbols::default();
        let until = Instant::now() + Duration::from_secs(8);
        for name in names.iter().cycle() {
            if Instant::now() > until {
                break;
            }
            let start = Instant::now();
            definition(snapshot, &symbols, name, None, 10, &Cancel::new()).unwrap();
            count(snapshot, name, true);
            seconds.push(start.elapsed().as_secs_f64());
        }
        stop.store(true, Ordering::Relaxed);
        cancel.cancel();
    });
    println!("p50 {}\np99 {}\nasked {}", quantile(&seconds, 0.5), quantile(&seconds, 0.99), seconds.len());
    println!("rounds {}", rounds.into_inner());
}

/// Every file below a folder, in order.
pub fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut entries: Vec<_> = entries.flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => list(&entry.path(), files),
            Ok(kind) if kind.is_file() => files.push(entry.path()),
            _ => {}
        }
    }
}
