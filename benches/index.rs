//! The index by itself: how fast it is built, how big it is, how long candidates take. `cargo bench --bench index -- [TREE]`
//!
//! All times are CPU time of this process, on one thread, so that other work on the machine disturbs little. Without an argument
//! the tree is the source of the v8 crate in cargo's registry folder.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for people who measure"
)]

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use spelunk::index::{Builder, Candidates, Index, Need, Pattern};

/// Identifiers that are looked for, picked evenly from the tree.
const WORDS: usize = 200;

const PATTERNS: &[&str] = &[
    "struct task_struct",
    "abc",
    "foo|bar|baz",
    r"get_\w+_by_id",
    r"[A-Z]+_SUSPEND",
    "(?i)copyright",
    r"\bif\b",
    r"for_each_\w+\(",
    "EXPORT_SYMBOL.*tcp",
];

fn main() {
    let tree = std::env::args().skip(1).find(|argument| argument != "--bench").map_or_else(v8, PathBuf::from);
    let mut files = Vec::new();
    list(&tree, &mut files);

    let (mut reading, mut adding, mut bytes) = (0.0, 0.0, 0);
    let mut builder = Builder::new();
    let mut words = Vec::new();
    let mut text = Vec::new();
    for (number, path) in files.iter().enumerate() {
        let start = seconds();
        text.clear();
        std::fs::File::open(path).unwrap().read_to_end(&mut text).unwrap();
        let read = seconds();
        builder.add(number as u32, &text);
        (reading, adding) = (reading + read - start, adding + seconds() - read);
        bytes += text.len();
        if number % (files.len() / WORDS).max(1) == 0 {
            words.extend(word(&text, number));
        }
    }
    words.truncate(WORDS);
    let held = builder.memory();
    let start = seconds();
    let index = Index::build(vec![builder], files.len() as u32);
    let building = seconds() - start;

    let megabytes = bytes as f64 / 1e6;
    println!("| {} | {} files, {megabytes:.0} MB |\n|---|---|", tree.display(), files.len());
    println!("| read | {reading:.2} s, {:.0} MB/s |", megabytes / reading);
    println!("| runs listed | {adding:.2} s, {:.0} MB/s |", megabytes / adding);
    println!("| columns made | {building:.2} s |");
    println!("| all but reading | {:.0} MB/s |", megabytes / (adding + building));
    println!("| all | {:.0} MB/s |", megabytes / (reading + adding + building));
    println!("| held while building | {:.1} MB |", held as f64 / 1e6);
    println!(
        "| index | {:.1} MB, {:.3} of the source |",
        index.memory() as f64 / 1e6,
        index.memory() as f64 / bytes as f64
    );
    for (column, size) in index.sizes() {
        println!("| {column} | {:.1} MB |", size as f64 / 1e6);
    }
    println!("| always candidates | {} |", index.always().len());

    let need = |text, word, ignore_case| Need::of(&Pattern { text, fixed: false, word, ignore_case, nest: 100 });
    for (what, word, ignore_case) in
        [("identifiers", false, false), ("as words", true, false), ("in any case", false, true)]
    {
        println!("| {what} | {} |", asked(&index, words.iter().map(|text| need(text, word, ignore_case))));
    }
    for text in PATTERNS {
        println!("| `{}` | {} |", text.replace('|', "\\|"), asked(&index, [need(text, false, false)].into_iter()));
    }

    let start = seconds();
    let mut written = Vec::new();
    index.write(&mut written).unwrap();
    let middle = seconds();
    Index::read(Arc::new(written)).unwrap();
    println!("| written, read | {:.0} ms, {:.0} ms |", (middle - start) * 1e3, (seconds() - middle) * 1e3);
}

/// How long the candidates of each need take, and how many there are.
fn asked(index: &Index, needs: impl Iterator<Item = Need>) -> String {
    let (mut times, mut found) = (Vec::new(), Vec::new());
    for need in needs {
        let start = seconds();
        let candidates = index.candidates(&need);
        times.push((seconds() - start) * 1e3);
        found.push(match candidates {
            Candidates::All => index.files() as usize,
            Candidates::Files(files) => files.len(),
        });
    }
    times.sort_by(f64::total_cmp);
    found.sort_unstable();
    let (middle, late) = (times.len() / 2, times.len() * 99 / 100);
    format!("p50 {:.2} ms, p99 {:.2} ms; files p50 {}, p99 {}", times[middle], times[late], found[middle], found[late])
}

/// An identifier of a text.
fn word(text: &[u8], seed: usize) -> Option<String> {
    let parts = text.split(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'));
    let words: Vec<&[u8]> = parts.filter(|word| word.len() > 4 && !word[0].is_ascii_digit()).collect();
    let word = words.get((seed * 7919).checked_rem(words.len())?)?;
    Some(String::from_utf8_lossy(word).into_owned())
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()).collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            list(&entry.path(), files);
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
}

fn v8() -> PathBuf {
    let cargo = std::env::var_os("CARGO_HOME")
        .map_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cargo"), PathBuf::from);
    let registries = std::fs::read_dir(cargo.join("registry/src")).unwrap().map(|entry| entry.unwrap().path());
    let mut crates =
        registries.flat_map(|registry| std::fs::read_dir(registry).unwrap()).map(|entry| entry.unwrap().path());
    crates.find(|path| path.file_name().unwrap().to_string_lossy().starts_with("v8-")).expect("the v8 crate's source")
}

/// CPU time of this process.
fn seconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the clock exists, and the pointer is to a timespec of our own.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}
