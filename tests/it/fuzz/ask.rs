//! Questions by chance: patterns that are drawn from texts, options, and globs that are drawn from paths.

use serde_json::{Value, json};

use super::world::{ODD_BYTE, World};
use crate::random::Random;

/// A search.
#[derive(Clone, Debug)]
pub struct Ask {
    pub pattern: String,
    pub literal: bool,
    pub word: bool,
    pub ignore_case: bool,
    pub hidden: bool,
    pub globs: Vec<String>,
    pub context: usize,
    pub limit: usize,
    /// Only in this folder, which ends with `/`.
    pub folder: Option<String>,
    /// With the buffers that an editor has open.
    pub buffers: bool,
}

impl Ask {
    /// As JavaScript would ask.
    pub fn query(&self) -> Value {
        let Self { pattern, literal, word, ignore_case, hidden, globs, context, limit, .. } = self;
        json!({
            "pattern": pattern, "literal": literal, "word": word, "ignoreCase": ignore_case, "hidden": hidden, "glob": globs,
            "context": context, "limit": limit,
        })
    }
}

/// What questions about a tree are drawn from.
pub struct Source {
    lines: Vec<String>,
    words: Vec<String>,
    paths: Vec<String>,
    buffers: bool,
    /// Whether all names are in UTF-8. Others are spelled with escapes, which is what globs go by here.
    globs: bool,
}

impl Source {
    pub fn of(world: &World) -> Self {
        let texts = world.texts();
        let lines: Vec<String> =
            texts.iter().flat_map(|text| text.split(['\n', '\0'])).filter(|line| !line.is_empty()).map(cut).collect();
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let words = lines.iter().flat_map(|line| line.split(|c| !is_word(c))).filter(|word| !word.is_empty());
        let words = words.map(str::to_owned).chain(["needle".to_owned()]).collect();
        let paths = world.saved().into_keys().filter_map(|path| path.strip_prefix(world.root).map(str::to_owned));
        let paths: Vec<String> = paths.collect();
        let mut lines = lines;
        lines.push("needle".to_owned());
        let globs = !paths.iter().any(|path| path.contains(ODD_BYTE));
        Self { lines, words, paths, buffers: !world.buffers.is_empty(), globs }
    }

    pub fn ask(&self, random: &mut Random) -> Ask {
        let literal = random.one_in(6);
        let pattern = loop {
            let pattern = if literal { self.literal(random) } else { self.pattern(random) };
            // One that is empty is refused, while ripgrep takes it; neither takes line breaks.
            if !pattern.is_empty() && !pattern.contains('\n') {
                break pattern;
            }
        };
        Ask {
            pattern,
            literal,
            word: random.one_in(6),
            ignore_case: random.one_in(5),
            hidden: random.one_in(4),
            globs: if self.globs && random.one_in(4) {
                (0..1 + random.below(3)).map(|_| self.glob(random)).collect()
            } else {
                Vec::new()
            },
            context: if random.one_in(4) { random.at(5) } else { 0 },
            limit: if random.one_in(8) { random.at(6) } else { 10_000 },
            folder: random.one_in(12).then(|| self.folder(random)).flatten(),
            buffers: self.buffers && random.one_in(2),
        }
    }

    /// A word to look for.
    pub fn word(&self, random: &mut Random) -> String {
        match random.below(8) {
            0 => self.stretch(random),
            1 => self.part(random),
            2 => random.pick(&["needle", "$el", "a::b", "é", "_", "x", "absent_everywhere", "[0]", " "]).to_owned(),
            _ => self.words[random.at(self.words.len())].clone(),
        }
    }

    /// A stretch of a line: characters in a row, wherever words begin and end.
    fn stretch(&self, random: &mut Random) -> String {
        let line: Vec<char> = self.lines[random.at(self.lines.len())].chars().collect();
        let from = random.at(line.len());
        let most = if random.one_in(8) { 150 } else { 12 };
        line[from..].iter().take(1 + random.at(most)).filter(|c| **c != '\u{fffd}').collect()
    }

    /// A part of a word.
    fn part(&self, random: &mut Random) -> String {
        let word: Vec<char> = self.words[random.at(self.words.len())].chars().collect();
        let from = random.at(word.len());
        word[from..from + 1 + random.at(word.len() - from)].iter().collect()
    }

    fn literal(&self, random: &mut Random) -> String {
        match random.below(4) {
            0 => self.words[random.at(self.words.len())].clone(),
            1 => self.part(random),
            _ => self.stretch(random),
        }
    }

    fn pattern(&self, random: &mut Random) -> String {
        let pattern = match random.below(12) {
            0 | 1 => regex_syntax::escape(&self.literal(random)),
            2 => format!(r"\b{}\b", regex_syntax::escape(&self.words[random.at(self.words.len())])),
            3 => self.replaced(random),
            4 => (0..2 + random.below(4))
                .map(|_| regex_syntax::escape(&self.literal(random)))
                .collect::<Vec<_>>()
                .join("|"),
            5 => random.pick(WHOLE).to_owned(),
            // Text that is meant literally often is no regex, or means another thing.
            6 => self.stretch(random),
            depth => self.regex(random, depth as usize % 4),
        };
        match random.below(14) {
            0 => format!(
                "{}{pattern}",
                random.pick(&["(?i)", "(?s)", "(?m)", "(?x)", "(?U)", "(?R)", "(?-u)", "(?-m)", "(?i-u)", "(?is)"])
            ),
            // A character less, for ill-formed ones.
            1 => {
                let at = random.at(pattern.chars().count());
                pattern.chars().enumerate().filter(|(place, _)| *place != at).map(|(_, c)| c).collect()
            }
            _ => pattern,
        }
    }

    /// A stretch with a piece that is said otherwise.
    fn replaced(&self, random: &mut Random) -> String {
        let text: Vec<char> = self.stretch(random).chars().collect();
        let from = random.at(text.len().max(1)).min(text.len());
        let to = (from + random.at(4)).min(text.len());
        let piece: String = text[from..to].iter().collect();
        let escaped = |chars: &[char]| regex_syntax::escape(&chars.iter().collect::<String>());
        let other = match random.below(9) {
            0 => ".".repeat(to - from),
            1 => ".*".to_owned(),
            2 => r"\w*".to_owned(),
            3 => r"[^\s]*?".to_owned(),
            4 => format!("(?:{}|{})", regex_syntax::escape(&piece), regex_syntax::escape(&self.part(random))),
            5 => format!("(?i:{})", regex_syntax::escape(&piece)),
            6 => format!("(?:{})?", regex_syntax::escape(&piece)),
            7 => format!("({})+", regex_syntax::escape(&piece)),
            _ => text[from..to].iter().map(|c| format!("[{}q]", regex_syntax::escape(&c.to_string()))).collect(),
        };
        [escaped(&text[..from]), other, escaped(&text[to..])].concat()
    }

    fn regex(&self, random: &mut Random, depth: usize) -> String {
        if depth == 0 {
            return match random.below(10) {
                0 => random.pick(CLASSES).to_owned(),
                1 => random.pick(LOOKS).to_owned(),
                2 => random.pick(CLASSES).to_owned() + random.pick(REPEATS),
                _ => regex_syntax::escape(&self.literal(random)),
            };
        }
        let part = |random: &mut Random| self.regex(random, depth - 1);
        match random.below(12) {
            0 => format!("(?:{}|{})", part(random), part(random)),
            1 => format!("({}|{}|{})", part(random), part(random), part(random)),
            2 => format!("(?:{}){}", part(random), random.pick(REPEATS)),
            3 => format!("(?i:{})", part(random)),
            4 => format!("(?i-u:{})", part(random).replace(|c: char| !c.is_ascii(), "")),
            5 => format!(r"\b{}\b", part(random)),
            6 => format!("^{}", part(random)),
            7 => format!("{}$", part(random)),
            8 => format!("(?x: {} {} )", part(random), part(random)),
            9 => format!("{}{}{}", part(random), random.pick(BETWEEN), part(random)),
            _ => part(random) + &part(random),
        }
    }

    fn path(&self, random: &mut Random) -> &str {
        self.paths.get(random.at(self.paths.len().max(1))).map_or("src/main.rs", String::as_str)
    }

    /// One of the folders that there are, with a slash.
    fn folder(&self, random: &mut Random) -> Option<String> {
        let path = self.path(random);
        let folder = &path[..path.rfind('/')? + 1];
        (!folder.contains(['\\', '!', '[', ODD_BYTE])).then(|| folder.to_owned())
    }

    fn glob(&self, random: &mut Random) -> String {
        let path = self.path(random).to_owned();
        let name = path.rsplit('/').next().unwrap_or_default();
        let folder = path.split('/').next().unwrap_or_default();
        let extension = name.rsplit('.').next().unwrap_or_default();
        let glob = match random.below(14) {
            0 | 1 => format!("*.{extension}"),
            2 => format!("{folder}/**"),
            3 => folder.to_owned(),
            4 => format!("{folder}/"),
            5 => format!("/{folder}/*.{extension}"),
            6 => format!("**/{name}"),
            7 => name.to_owned(),
            8 => path.clone(),
            9 => format!("/{path}"),
            10 => name.chars().map(|c| if random.one_in(3) { '?' } else { c }).collect(),
            11 => format!("*.{{{extension},rs,x}}"),
            _ => random.pick(GLOBS).to_owned(),
        };
        if random.one_in(3) { format!("!{glob}") } else { glob }
    }
}

/// Long lines have thousands of stretches alike.
fn cut(line: &str) -> String {
    line.chars().take(2_000).collect()
}

const WHOLE: &[&str] = &[
    "^$",
    "^",
    "$",
    "x*",
    "(?:)",
    r"\s*$",
    r"^\s*$",
    r"\b",
    r"\B",
    "(?m)^",
    "(?s).",
    "(?s).*",
    ".",
    ".*",
    ".+",
    r"\S+",
    r"[\s\S]",
    r"\x00",
    r"a\x00",
    r"[^\x00]",
    r"\n",
    r"a\nb",
    r"[^a]\r?$",
    r"\r$",
    r"\r",
    r"(?R)x$",
    r"\A",
    r"\z",
    r"\Afoo",
    r"foo\z",
    "(?x) f o o  # comment",
    "(?i)K",
    "(?i)s",
    "(?i)ſ",
    r"(?-u:\xff)",
    r"(?-u:\xe9)",
    r"(?-u:[\x80-\xff])+",
    r"(?-u:\w)é",
    r"\x{feff}",
    "^\u{feff}",
    r"\u{e9}",
    "\u{fffd}",
    "(",
    ")",
    "[",
    "a{2,1}",
    "*",
    r"\",
    "a(?=b)",
    r"(a)\1",
    "(?<name>fo)o",
    r"\pL{3}",
    r"[[:alpha:]]+_",
    r"\d+",
    r"(?i)(?:foo|bar)\b",
    r"[^\w\s]{2}",
    r"[a-z&&[^aeiou]]{3}",
    r"\b{start}fo",
    r"\b{end-half}",
    r"foo|",
    "|foo",
    r"(foo|bar)?",
    r"^.{80,}$",
    r"\w{30}",
];

const CLASSES: &[&str] = &[
    r"\w",
    r"\s",
    r"\d",
    ".",
    r"\W",
    r"\S",
    r"\D",
    "[a-z]",
    "[^a-z]",
    "[kK]",
    "[éa]",
    "[A-Z_]",
    "[0-9a-f]",
    r"(?-u:\w)",
    r"(?-u:\xe9)",
    "(?-u:[^a])",
    r"[\x80-\u{ffff}]",
    r"\pL",
    r"\p{Lu}",
    r"\p{Greek}",
    r"\PN",
    "[[:punct:]]",
    r"[\w&&[^a-m]]",
    r"[^\r]",
    "(?s:.)",
    "(?i:s)",
    r"\t",
    r"\x7B",
];

const LOOKS: &[&str] = &[
    r"\b",
    r"\B",
    "^",
    "$",
    r"\A",
    r"\z",
    r"(?-u:\b)",
    r"(?-u:\B)",
    r"\b{start}",
    r"\b{end}",
    r"\b{start-half}",
    r"\b{end-half}",
    r"(?-u:\b{start})",
    "(?R:$)",
    "(?R:^)",
    "(?-m:^)",
    "(?-m:$)",
];

const REPEATS: &[&str] = &["*", "+", "?", "{2}", "{1,3}", "+?", "*?", "{0,1}", "{2,}", "{0}", "??"];

const BETWEEN: &[&str] = &[r"\s*", r"\s+", ".*", r"\w*", r"\w+", r"\W*", ".", ".*?", "[^;]*", ""];

const GLOBS: &[&str] = &[
    "*",
    "**",
    "/*",
    "*/",
    "*/*",
    "**/deep/**",
    "src/**/*.rs",
    "[a-m]*",
    "[!a]*",
    "*.{rs,py}",
    ".*",
    ".github/**",
    ".hidden",
    "*é*",
    "",
    "#",
    "/",
    "\\!*",
    "a[",
    "{a",
    "a\\",
    "***",
    "src/../lib/*",
    "./src/*.rs",
    "lib/ ",
];
