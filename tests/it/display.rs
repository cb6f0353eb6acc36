//! The sanitiser against random and hostile text: what must never come out of it.

use pulldown_cmark::{Event, Options, Parser, Tag};
use spelunk::display::{html, markdown, terminal};

/// A generator of its own, so that a failure names a seed that repeats it.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = self.0 ^ (self.0 >> 33);
        mixed.wrapping_mul(0xff51_afd7_ed55_8ccd) >> 20
    }

    fn pick<'a>(&mut self, pieces: &[&'a str]) -> &'a str {
        pieces[self.next() as usize % pieces.len()]
    }

    fn text(&mut self, pieces: &[&str], count: u64) -> String {
        (0..self.next() % count).map(|_| self.pick(pieces)).collect()
    }
}

pub fn is_forbidden(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
        || matches!(u32::from(c), 0x61c | 0x200b | 0x200e..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0xfeff
            | 0xe0000..=0xe007f)
}

#[test]
fn no_text_reaches_a_terminal_with_a_control_in_it() {
    let mut random = Random(1);
    for seed in 0..5_000 {
        let count = random.next() % 40;
        let input: String = (0..count)
            .map(|_| {
                let number = random.next() as u32;
                // Half of them where the trouble is.
                let code = match number % 8 {
                    0 => number / 8 % 0x100,
                    1 => 0x2000 + number / 8 % 0x70,
                    2 => 0xfe00 + number / 8 % 0x10,
                    3 => 0xe0000 + number / 8 % 0x200,
                    4 => [0x1b, 0x9b, 0x5b, 0x5d, 0x07, 0x5c, 0x6d, 0x3b][number as usize / 8 % 8],
                    5 => 0x1f000 + number / 8 % 0x1000,
                    _ => number / 8 % 0x11_0000,
                };
                char::from_u32(code).unwrap_or('x')
            })
            .collect();
        let output = terminal(&input);
        assert!(!output.contains(is_forbidden), "seed {seed}: {input:?} gave {output:?}");
        assert_eq!(terminal(&output), output, "seed {seed}: {input:?} changes again");
        let output = html(&input);
        assert!(!output.contains(is_forbidden) && !output.contains(['<', '>', '"', '\'']), "seed {seed}: {input:?}");
    }
}

#[test]
fn hidden_words_of_a_line_are_all_shown() {
    // Every invisible character between two letters comes out as text.
    for code in
        (0x80..0xa0).chain(0x200b..=0x200f).chain(0x2028..=0x202e).chain(0x2060..=0x206f).chain(0xe0000..0xe01f0)
    {
        let Some(c) = char::from_u32(code) else { continue };
        assert_eq!(terminal(&format!("é{c}é")), format!("é{}é", c.escape_unicode()));
    }
}

/// What a renderer of one dialect would fetch, run or pass through.
pub fn live(text: &str, dialect: Options) -> Option<String> {
    let safe = |dest: &str| {
        let dest: String = dest.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
        let dest = dest.to_lowercase();
        !["javascript:", "vbscript:", "data:", "command:", "file:", "//", "\\\\", "/\\"]
            .iter()
            .any(|bad| dest.starts_with(bad))
    };
    Parser::new_ext(text, dialect).find_map(|event| match event {
        Event::Html(html) | Event::InlineHtml(html) => Some(format!("HTML {html}")),
        Event::Start(Tag::Image { dest_url, .. }) if dest_url.contains("http") || !safe(&dest_url) => {
            Some(format!("image {dest_url}"))
        }
        Event::Start(Tag::Link { dest_url, .. }) if !safe(&dest_url) => Some(format!("link {dest_url}")),
        _ => None,
    })
}

#[test]
fn no_markdown_fetches_or_runs_anything() {
    let pieces = [
        "[",
        "]",
        "(",
        ")",
        "![",
        "](",
        "!",
        "<",
        ">",
        "\\",
        "`",
        "``",
        "```",
        "~~~",
        "\n",
        "\n\n",
        "    ",
        "\t",
        "> ",
        "- ",
        "| ",
        "|---|---|\n",
        "$",
        "$$",
        "---\n",
        "# ",
        "[r]",
        "[r]: ",
        "[^1]",
        "[^1]: ",
        ":",
        "&colon;",
        "&#58;",
        "&#106;",
        "%6a",
        "http://e.example/x",
        "https://e.example",
        "javascript:x",
        "JaVaScript:x",
        "java\tscript:x",
        "command:x",
        "data:text/html,x",
        "vbscript:x",
        "file:///x",
        "//e.example",
        "<b>",
        "</b>",
        "<div>",
        "<script>",
        "<!--",
        "-->",
        "<javascript:x>",
        "<http://e.example>",
        "<img src=x>",
        "text",
        " ",
        "a",
        "\"t\"",
        "'",
        "*",
        "_",
        "\u{202e}",
        "\u{1b}[0m",
        "src/main.rs",
    ];
    let gfm = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let yaml = gfm | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut random = Random(2);
    let mut touched = 0;
    for seed in 0..20_000 {
        let input = random.text(&pieces, 24);
        let output = markdown(&input);
        for dialect in [Options::empty(), gfm, gfm | Options::ENABLE_MATH, yaml] {
            assert_eq!(live(&output, dialect), None, "seed {seed}: {input:?} gave {output:?}");
        }
        assert!(!output.contains(is_forbidden), "seed {seed}: {input:?}");
        assert_eq!(markdown(&output), output, "seed {seed}: {input:?} changes again");
        touched += usize::from(output != input);
    }
    assert!(touched > 5_000, "only {touched} of the documents were hostile");
}
