//! `files_with_word` against a plain look at every text.

use spelunk::cancel::Cancel;
use spelunk::search::files_with_word;
use spelunk::workspace::Snapshot;

use super::ask::Source;
use super::number;
use super::standing::{Disk, WAYS, seen, with_buffers};
use super::text::decoded;
use super::world::{Files, Node, ODD_BYTE, World};
use crate::random::Random;

#[test]
fn words_are_found_where_a_plain_look_finds_them() {
    let (seed, cases) = (number("SPELUNK_SEED", 1), number("SPELUNK_FUZZ_CASES", 5_000));
    let mut found = 0;
    for tree in 0..cases.div_ceil(50) {
        let mut random = Random::new(seed.wrapping_mul(1 << 33) + tree);
        let world = World::by_chance(&mut random);
        let source = Source::of(&world);
        let words: Vec<String> = (0..50).map(|_| source.word(&mut random)).collect();
        let (disk, aged) = Disk::aged(&world);
        for way in WAYS {
            let snapshot = seen(way, &disk, &aged);
            for (view, files) in [(&snapshot, world.now().clone()), (&with_buffers(&world, &snapshot), world.saved())] {
                for word in &words {
                    let wrong = |what: &str| format!("SPELUNK_SEED={seed}, tree {tree}, {way}: {word:?} {what}");
                    found += check(view, &world, &files, word).unwrap_or_else(|what| panic!("{}", wrong(&what)));
                }
            }
        }
    }
    assert!(found as u64 > cases, "only {found} files have words");
}

/// How many files have the word, or which one is wrong.
fn check(view: &Snapshot, world: &World, files: &Files, word: &str) -> Result<usize, String> {
    let paths = files_with_word(view, word, &Cancel::new()).map_err(|error| error.to_string())?;
    let mut found = paths.iter().peekable();
    for entry in view.files().unwrap() {
        let is_found = found.next_if(|path| **path == entry.path).is_some();
        let path = world.root.to_owned() + &entry.path.as_str().replace("\\xff", &ODD_BYTE.to_string());
        let Some(Node::File(bytes)) = files.get(&path) else { return Err(format!("{path:?} is no file")) };
        let text = text_of(bytes);
        // A binary file counts or not: it is not parsed.
        if is_found != has_word(&text, word.as_bytes()) && !text.contains(&0) {
            return Err(format!("is {}in {path:?}: {}", if is_found { "not " } else { "" }, bytes.escape_ascii()));
        }
    }
    if found.next().is_some() { Err("is in a file that is not listed".to_owned()) } else { Ok(paths.len()) }
}

/// The bytes that are searched: without the mark, and UTF-16 as UTF-8.
fn text_of(bytes: &[u8]) -> Vec<u8> {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => decoded(bytes).into_bytes(),
        [0xef, 0xbb, 0xbf, rest @ ..] => rest.to_vec(),
        _ => bytes.to_vec(),
    }
}

/// Whether a word stands somewhere with no identifier going on at either end.
fn has_word(text: &[u8], word: &[u8]) -> bool {
    let goes_on = |one: Option<&u8>, other: Option<&u8>| {
        let is_identifier = |byte: &u8| byte.is_ascii_alphanumeric() || [b'_', b'$'].contains(byte);
        one.is_some_and(is_identifier) && other.is_some_and(is_identifier)
    };
    // Nothing is no word.
    let mut places = text.windows(word.len().max(1)).enumerate().filter(|(_, window)| *window == word);
    places.any(|(at, _)| {
        let before = at.checked_sub(1).and_then(|at| text.get(at));
        !goes_on(before, word.first()) && !goes_on(word.last(), text.get(at + word.len()))
    })
}
