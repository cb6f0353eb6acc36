//! Contents by chance, in every encoding and shape that files come in.

use crate::random::Random;

const WORDS: &[&str] = &[
    "foo",
    "bar",
    "Foo",
    "foo_bar",
    "fooBar",
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
    "self",
    "$el",
    "naïve",
    "é",
    "e\u{301}",
    "ſ",
    "\u{212a}",
    "Straße",
    "日本語",
    "“q”",
    "\u{a0}",
    "\u{85}",
    "İ",
    "ﬁ",
    "😀",
    "Ω",
    "\u{feff}",
    "ǅ",
];

const MARKS: &[&str] = &[
    " ", " ", " ", "\n", "\n", "\n", "\t", "(", ")", "::", "->", ".", ";", "-", "\"", "", "", "$", "\\", "\r", "{",
    "*", "  ", "+", "[0]", ",", "#", "\u{7f}", "\u{1}", "//", "'", "=",
];

/// The words of a tree: known ones, and some that only it has.
pub fn words(random: &mut Random) -> Vec<String> {
    let mut words: Vec<String> = WORDS.iter().map(|&word| word.to_owned()).collect();
    for _ in 0..20 {
        let length = 2 + random.below(12);
        let alphabet = random.pick(&["abcdefgh", "xyz_0123", "ABCDKSks"]).as_bytes();
        words.push((0..length).map(|_| char::from(alphabet[random.at(alphabet.len())])).collect());
    }
    words
}

/// Lines of words, about so many words.
fn text(random: &mut Random, words: &[String], about: u64) -> String {
    let mut text = String::new();
    for _ in 0..random.below(about + 1) {
        text += &words[random.at(words.len())];
        text += random.pick(MARKS);
        if random.one_in(80) {
            // A run that is listed in windows, or one that is too long to be.
            let repeated = if random.one_in(6) { 400 } else { 20 + random.at(100) };
            text.extend((0..repeated).map(|n| WORDS[(n * 7 + 3) % 17]));
        }
    }
    text
}

/// What somebody types into a buffer: any text, rarely with a NUL.
pub fn typed(random: &mut Random, words: &[String]) -> String {
    let mut typed = text(random, words, 40);
    match random.below(12) {
        0 => typed.insert(0, '\u{feff}'),
        1 => typed = typed.replace('\n', "\r\n"),
        2 => typed.push('\0'),
        3 => typed.clear(),
        _ => {}
    }
    typed
}

/// A file.
pub fn bytes(random: &mut Random, words: &[String]) -> Vec<u8> {
    let text = text(random, words, 50);
    match random.below(40) {
        0 => Vec::new(),
        1 => text.replace('\n', "\r\n").into_bytes(),
        2 => text.replace('\n', "\r").into_bytes(),
        3 => format!("\u{feff}{text}").into_bytes(),
        4 => format!("\u{feff}\u{feff}{text}").into_bytes(),
        5 => wide(&text, true, u16::to_le_bytes),
        6 => wide(&text, true, u16::to_be_bytes),
        7 => wide(&text, false, u16::to_le_bytes),
        8 => {
            // Half a character at the end, and half a pair somewhere.
            let mut bytes = wide(&text, true, u16::to_le_bytes);
            let at = 2 + random.at(bytes.len() / 2) / 2 * 2;
            bytes.splice(at..at, 0xd83d_u16.to_le_bytes());
            bytes.push(b'a');
            bytes
        }
        9 | 10 => text.chars().map(|c| if c < '\u{100}' { c as u8 } else { b'?' }).collect(),
        11..14 => {
            let mut bytes = text.into_bytes();
            for _ in 0..1 + random.below(4) {
                let at = random.at(bytes.len() + 1);
                bytes.insert(at, random.below(256) as u8);
            }
            bytes
        }
        14 | 15 => {
            let mut bytes = text.into_bytes();
            bytes.insert(random.at(bytes.len() + 1), 0);
            bytes
        }
        16 if random.one_in(3) => late_nul(random, words),
        17 => random.pick(&["\n", "\n\n\n", "\r\n", "\r", " ", "\u{feff}", "\u{feff}\n", "x", "\0"]).into(),
        18 => random.pick(&[b"\xff\xfe".as_slice(), b"\xfe\xff", b"\xef\xbb", b"\xff", b"\xff\xfe\n\0"]).to_vec(),
        19 if random.one_in(150) => {
            // More different runs than are listed.
            (0..530_000).flat_map(|n| format!("{n:x}{}", if n % 20 == 0 { "\n" } else { " " }).into_bytes()).collect()
        }
        20 => format!("{text}\n{}", text.repeat(1 + random.at(20))).into_bytes(),
        _ => text.into_bytes(),
    }
}

fn wide(text: &str, mark: bool, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let mark = if mark { "\u{feff}" } else { "" };
    format!("{mark}{text}").encode_utf16().flat_map(bytes).collect()
}

/// A NUL behind what is read first, or about there.
fn late_nul(random: &mut Random, words: &[String]) -> Vec<u8> {
    let line = text(random, words, 20).replace('\n', " ") + "\n";
    let mut bytes = line.repeat((70 << 10) / line.len() + 1).into_bytes();
    let at = if random.one_in(2) { (64 << 10) - 3 + random.at(6) } else { bytes.len() - random.at(200) };
    bytes.insert(at, 0);
    bytes
}

/// Files with lines that no buffer holds. Only the first may be a binary one.
pub fn long_lines(random: &mut Random, words: &[String]) -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    for number in 0..1 + random.below(2) {
        let line = text(random, words, 30).replace('\n', ";") + ";";
        let length = [5 << 10, 64 << 10, 70 << 10, 200 << 10][random.at(4)];
        let mut bytes = line.repeat(length / line.len() + 1).into_bytes();
        if random.one_in(4) {
            bytes = vec![b'x'; length];
        }
        let tail = text(random, words, 20);
        bytes.extend(format!("needle\n{tail}\n").bytes());
        if number == 0 && random.one_in(4) {
            bytes.insert(random.at(bytes.len()), 0);
        }
        files.push(bytes);
    }
    files
}

/// The text of a file, as good as it goes.
pub fn decoded(bytes: &[u8]) -> String {
    let units = |from: fn([u8; 2]) -> u16| {
        let (pairs, _) = bytes[2..].as_chunks::<2>();
        let text: String = char::decode_utf16(pairs.iter().map(|&pair| from(pair)))
            .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        text + if bytes.len() % 2 == 1 { "\u{fffd}" } else { "" }
    };
    match bytes {
        [0xff, 0xfe, ..] => units(u16::from_le_bytes),
        [0xfe, 0xff, ..] => units(u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}
