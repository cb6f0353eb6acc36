//! Random edits of the golden files: what is read again is what is read anew.

use std::path::Path;

use super::*;

/// Numbers that look random and are the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end.max(1)
    }

    fn place(&mut self, text: &str) -> usize {
        text.floor_char_boundary(self.below(text.len() + 1))
    }

    fn line(&mut self, text: &str) -> Range<usize> {
        let at = self.place(text);
        let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        start..text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
    }
}

/// What breaks texts, and what mends them.
const PIECES: [&str; 34] = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    "\"",
    "'",
    "`",
    "/*",
    "*/",
    "//",
    "#",
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    ";",
    ":",
    "=",
    "x",
    "é𝒳",
    "\u{feff}",
    "\\\n",
    "\"\"\"",
    "def f():\n",
    "fn f() {}\n",
    "class A {\n",
    "#if A\n",
    "#endif\n",
    "end\n",
];

fn edited(text: &str, random: &mut Numbers) -> String {
    let mut text = text.to_owned();
    match random.below(8) {
        0..3 => {
            let at = random.place(&text);
            text.insert_str(at, PIECES[random.below(PIECES.len())]);
        }
        3 => {
            let from = random.place(&text);
            let to = text.floor_char_boundary((from + random.below(12)).min(text.len()));
            text.replace_range(from.min(to)..to, "");
        }
        4 => {
            let line = random.line(&text);
            text.replace_range(line, "");
        }
        5 => {
            let line = text[random.line(&text)].to_owned();
            let at = random.line(&text).start;
            text.insert_str(at, &line);
        }
        6 => {
            let from = random.place(&text);
            let to = text.floor_char_boundary((from + random.below(200)).min(text.len()));
            text.replace_range(from.min(to)..to, PIECES[random.below(PIECES.len())]);
        }
        _ => {
            let at = random.place(&text);
            text.insert(at, 'é');
        }
    }
    text
}

fn golden() -> Vec<(Language, String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut found: Vec<(Language, String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(&name));
            Some((Language::of(&name).filter(|language| language.grammar().is_some())?, name, text.unwrap()))
        })
        .collect();
    found.sort_by(|a, b| a.1.cmp(&b.1));
    found
}

/// Whether the parser finds nothing wrong with a text.
fn is_sound(live: &Live) -> bool {
    live.kept.as_ref().is_none_or(|kept| !kept.tree.root_node().has_error())
}

fn has_tree_of(live: &Live, other: &Live) -> bool {
    let tree = |live: &Live| live.kept.as_ref().map(|kept| kept.tree.root_node().to_sexp());
    tree(live) == tree(other)
}

/// Edits, some at once, each broken text mended again after a while; the definitions are compared after each step.
fn check(language: Language, name: &str, text: &str, mut random: Numbers, steps: usize) {
    let budget = Budget::default();
    let (mut whole, mut text) = (text.to_owned(), text.to_owned());
    let mut live = Live::new(language, &text, &budget);
    for step in 0..steps {
        if random.below(3) == 0 {
            text.clone_from(&whole);
        } else {
            (0..=random.below(3)).for_each(|_| text = edited(&text, &mut random));
        }
        live = live.after(&text, &budget);
        let anew = Live::new(language, &text, &budget);
        // A parser that recovers from an error may do it otherwise when it comes from another text.
        if is_sound(&anew) || has_tree_of(&live, &anew) {
            assert_eq!(live.found().symbols, anew.found().symbols, "{name}, step {step}:\n{text}");
            assert_eq!(live.found().partial, anew.found().partial, "{name}, step {step}");
        }
        if is_sound(&anew) {
            whole.clone_from(&text);
        }
        assert!(anew.is_fresh() && *anew.found().as_ref() == extract(language, &text, &budget), "{name}, step {step}");
    }
}

fn check_all(rounds: u64, steps: usize) {
    for (language, name, text) in golden() {
        for round in 0..rounds {
            let random = Numbers(0x2545_f491_4f6c_dd1d ^ (round * 7919 + name.len() as u64));
            let text = if round % 3 == 1 { text.replace('\n', "\r\n") } else { text.clone() };
            check(language, &name, &text, random, steps);
        }
    }
}

#[test]
fn what_is_read_again_is_what_is_read_anew() {
    check_all(2, 15);
}

#[test]
#[ignore = "takes minutes: 72,000 steps"]
fn what_is_read_again_is_what_is_read_anew_at_length() {
    check_all(30, 100);
}

#[test]
fn definitions_move_with_the_text() {
    let check = |old: &str, new: &str, expect: &[(&str, &str)]| {
        let change = Change::between(old.as_bytes(), new.as_bytes()).unwrap();
        let language = Language::of("a.py").unwrap();
        let live = Live::new(language, old, &Budget::default());
        let raws = change.carried(&live.kept.unwrap().raws);
        let named = raws.iter().filter(|raw| raw.what != definitions::What::Local);
        let found: Vec<(&str, &str)> = named
            .map(|raw| (&new[raw.name.clone()], new[raw.extent.clone()].lines().next().unwrap_or_default()))
            .collect();
        assert_eq!(found, expect, "{old:?} {new:?}");
    };
    check(
        "def a(): pass\ndef b(): pass\n",
        "\n\ndef a(): pass\ndef b(): pass\n",
        &[("a", "def a(): pass"), ("b", "def b(): pass")],
    );
    check("def a(): pass\ndef b(): pass\n", "def ax(): pass\ndef b(): pass\n", &[("b", "def b(): pass")]);
    check("def a(): pass\ndef b(): pass\n", "def a(): pass\n", &[("a", "def a(): pass")]);
    check("def a(): pass\n", "def a(): pass(\n", &[("a", "def a(): pass")]);
    check("def a(): pass\n", "def a(x: pass\n", &[("a", "def a(x: pass")]);
    check("def ab(): pass\n", "def aé(): pass\n", &[]);
}

#[test]
fn changes_are_found_whole() {
    let check = |old: &str, new: &str, expect: Option<(Range<usize>, Range<usize>)>| {
        let found = Change::between(old.as_bytes(), new.as_bytes());
        assert_eq!(found, expect.map(|(old, new)| Change { old, new }), "{old:?} {new:?}");
    };
    check("same", "same", None);
    check("", "a", Some((0..0, 0..1)));
    check("abc", "", Some((0..3, 0..0)));
    check("aaa", "aaaa", Some((3..3, 3..4)));
    check("a(b)c", "a[b]c", Some((1..4, 1..4)));
    // Both begin with the same byte, and both end with the same one.
    check("xéy", "xèy", Some((1..3, 1..3)));
    check("xéy", "xĩy", Some((1..3, 1..3)));
    let (long, other) = ("ab".repeat(600), "ab".repeat(400));
    check(&long, &other, Some((800..1200, 800..800)));
    check(&(long.clone() + "c" + &long), &(long.clone() + "d" + &long), Some((1200..1201, 1200..1201)));
}

#[test]
fn what_gets_too_long_is_read_by_line_and_back() {
    let language = Language::of("a.rs").unwrap();
    let budget = Budget { bytes: 100, ..Budget::default() };
    let short = "fn short() {}\n";
    let live = Live::new(language, short, &budget);
    let long = live.after(&(short.to_owned() + &"// more\n".repeat(20)), &budget);
    assert!(long.found().partial && long.bytes() == 0);
    let again = long.after(short, &budget);
    assert_eq!((again.found().symbols.len(), again.found().partial, again.is_fresh()), (1, false, true));
}
