//! Markdown for an editor or a file: as it was written, but for what would fetch, run or be raw HTML.

use std::collections::BTreeMap;

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::terminal;

/// The dialects that a renderer may speak. They differ in what is code: text is left alone only where all agree.
const DIALECTS: [Options; 5] = [
    Options::empty(),
    GFM,
    GFM.union(Options::ENABLE_MATH),
    GFM.union(Options::ENABLE_YAML_STYLE_METADATA_BLOCKS),
    GFM.union(Options::ENABLE_MATH).union(Options::ENABLE_YAML_STYLE_METADATA_BLOCKS),
];
const GFM: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_GFM);

/// Taking one construct apart may bring up another; honest text needs one round.
const MAX_ROUNDS: usize = 16;

/// Makes a whole Markdown document safe to render.
///
/// On top of what [`terminal`] does: images that are not in the repository become links, links with a scheme other
/// than `http`, `https` and `mailto` become text, in every form that links have, and raw HTML is shown as text. Code
/// keeps its text. A document that resists is shown as it is, in one code block. Applying it twice changes nothing
/// more.
pub fn markdown(text: &str) -> String {
    let mut text = terminal(text).into_owned();
    for _ in 0..MAX_ROUNDS {
        let mut edits = BTreeMap::new();
        for dialect in DIALECTS {
            collect(&text, dialect, &mut edits);
        }
        if edits.is_empty() {
            return text;
        }
        text = apply(&text, &edits);
    }
    fenced(&text)
}

/// What to do at one byte of the text.
#[derive(Debug, Default)]
struct Edit {
    /// Put a backslash in front, so that the character means itself.
    escape: bool,
    /// Take the `!` of an image away.
    unbang: bool,
    /// Say that what follows was an image.
    image: bool,
}

/// Finds what has to change when `text` is read in one dialect.
fn collect(text: &str, dialect: Options, edits: &mut BTreeMap<usize, Edit>) {
    let parser = Parser::new_ext(text, dialect);
    for (_, definition) in parser.reference_definitions().iter() {
        if !is_safe(&definition.dest) {
            edits.entry(definition.span.start).or_default().escape = true;
        }
    }
    for (event, range) in parser.into_offset_iter() {
        let start = range.start;
        match event {
            Event::Start(Tag::Link { dest_url, .. }) if !is_safe(&dest_url) => {
                edits.entry(start).or_default().escape = true;
            }
            Event::Start(Tag::Image { dest_url, .. }) if !is_safe(&dest_url) => {
                edits.entry(start + 1).or_default().escape = true;
            }
            Event::Start(Tag::Image { dest_url, .. }) if scheme(&dest_url).is_some() => {
                edits.entry(start).or_default().unbang = true;
                // The text of the short forms is also what they refer to.
                if text[range].ends_with(')') {
                    edits.entry(start + 2).or_default().image = true;
                }
            }
            Event::Html(_) | Event::InlineHtml(_) => {
                for (at, _) in text[range].match_indices('<') {
                    edits.entry(start + at).or_default().escape = true;
                }
            }
            _ => {}
        }
    }
}

fn apply(text: &str, edits: &BTreeMap<usize, Edit>) -> String {
    let mut out = String::with_capacity(text.len() + 8 * edits.len());
    let mut from = 0;
    for (&at, edit) in edits {
        out.push_str(&text[from..at]);
        from = at;
        if edit.image {
            out.push_str("image: ");
        }
        if edit.escape {
            out.push('\\');
        }
        if edit.unbang {
            from += 1;
        }
    }
    out.push_str(&text[from..]);
    out
}

/// The whole text in one code block.
fn fenced(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{}\n{fence}\n", text.trim_end_matches('\n'))
}

/// Whether following a link at most opens a page or a file of the repository.
fn is_safe(dest: &str) -> bool {
    [plain(dest), plain(&percent_decoded(dest))].iter().all(|dest| match scheme(dest) {
        Some(scheme) => ["http", "https", "mailto"].iter().any(|safe| scheme.eq_ignore_ascii_case(safe)),
        // `//host` and `\\host` are other machines.
        None => !dest.starts_with(['/', '\\']) || !dest[1..].starts_with(['/', '\\']),
    })
}

/// What stands before the first `:`, unless that is a path or the name of a file with a line.
fn scheme(dest: &str) -> Option<&str> {
    let (scheme, rest) = dest.split_once(':')?;
    let is_line = scheme.contains('.') && rest.bytes().all(|byte| byte.is_ascii_digit() || b"-:".contains(&byte));
    (!scheme.contains(['/', '\\', '?', '#']) && !is_line).then_some(scheme)
}

/// Without what browsers skip in an address: spaces and controls.
fn plain(dest: &str) -> String {
    dest.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect()
}

fn percent_decoded(dest: &str) -> String {
    let mut bytes = Vec::with_capacity(dest.len());
    let mut rest = dest.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after
            .first_chunk()
            .filter(|_| *first == b'%')
            .and_then(|digits: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(hex.unwrap_or(*first));
        rest = if hex.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cases: &[(&str, &str)]) {
        for (input, expect) in cases {
            let output = markdown(input);
            assert_eq!(output, *expect, "{input:?}");
            assert_eq!(markdown(&output), output, "applied twice to {input:?}");
        }
    }

    #[test]
    fn honest_text_stays() {
        for text in [
            "# Title\n\nSome *text* with `code`, a < b && c > d, 1 <2> 3.\n\n- [ ] task\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
            "[docs](https://docs.rs/tokio) [file](src/main.rs#L10) [main.rs:10-12](main.rs:10-12) <https://a.example>",
            "[mail](mailto:a@b.example) <a@b.example> [here](#part) [up](../README.md) [q](?x=a:b)",
            "[ref] and [text][ref]\n\n[ref]: src/lib.rs \"title\"\n",
            "![diagram](docs/map.svg)",
            "```html\n<script>alert(1)</script>\n![x](http://evil.example/)\n```\n",
            "    <b>indented</b> [x](javascript:1)\n",
            "`Vec<String>` and `` a ` ![x](http://evil.example/) ``",
            "Vec\\<String> \\![not](x) \\[not](javascript:1)",
            "~~~\n[x](command:run)\n~~~\n",
        ] {
            assert_eq!(markdown(text), text);
        }
    }

    #[test]
    fn remote_images_become_links() {
        check(&[
            ("![a](http://e.example/?d=1)", "[image: a](http://e.example/?d=1)"),
            ("![](https://e.example/p.png \"t\")", "[image: ](https://e.example/p.png \"t\")"),
            ("!![a](http://e.example)", "[image: image: a](http://e.example)"),
            ("[![a](http://e.example)](https://ok.example)", "[[image: a](http://e.example)](https://ok.example)"),
            ("![a][r]\n\n[r]: http://e.example\n", "[a][r]\n\n[r]: http://e.example\n"),
            ("![r]\n\n[r]: http://e.example\n", "[r]\n\n[r]: http://e.example\n"),
            ("![a](<http://e.example>)", "[image: a](<http://e.example>)"),
            ("![a](h&#116;tp&colon;//e.example)", "[image: a](h&#116;tp&colon;//e.example)"),
            ("![a](//e.example/p.png)", "!\\[a](//e.example/p.png)"),
            ("![a](\\\\\\\\e\\p.png)", "!\\[a](\\\\\\\\e\\p.png)"),
            ("![a](data:image/svg+xml;base64,AA)", "!\\[a](data:image/svg+xml;base64,AA)"),
            (
                "![a ![b](http://i.example)](http://o.example)",
                "[image: a [image: b](http://i.example)](http://o.example)",
            ),
        ]);
    }

    #[test]
    fn links_that_run_become_text() {
        check(&[
            ("[a](javascript:alert(1))", "\\[a](javascript:alert(1))"),
            ("[a](JaVaScRiPt:alert(1))", "\\[a](JaVaScRiPt:alert(1))"),
            ("[a](&#106;avascript:alert(1))", "\\[a](&#106;avascript:alert(1))"),
            ("[a](&#x6A;avascript&colon;alert(1))", "\\[a](&#x6A;avascript&colon;alert(1))"),
            ("[a](java&#10;script:alert(1))", "\\[a](java&#10;script:alert(1))"),
            ("[a](java&Tab;script:alert(1))", "\\[a](java&Tab;script:alert(1))"),
            ("[a](<java\tscript:alert(1)>)", "\\[a](<java\tscript:alert(1)>)"),
            ("[a](javascript\\:alert(1))", "\\[a](javascript\\:alert(1))"),
            ("[a](%6aavascript:alert(1))", "\\[a](%6aavascript:alert(1))"),
            ("[a](&#1;javascript:alert(1))", "\\[a](&#1;javascript:alert(1))"),
            ("[a](command:workbench.action.terminal.new)", "\\[a](command:workbench.action.terminal.new)"),
            ("[a](vscode://x/y) [b](file:///etc/passwd)", "\\[a](vscode://x/y) \\[b](file:///etc/passwd)"),
            ("[a](data:text/html,x) [b](vbscript:x)", "\\[a](data:text/html,x) \\[b](vbscript:x)"),
            ("<javascript:alert(1)>", "\\<javascript:alert(1)>"),
            ("[a](<javascript:alert(1)>)", "\\[a](\\<javascript:alert(1)>)"),
            ("[a][r] [r] [r][]\n\n[r]: javascript:x\n", "\\[a][r] \\[r] \\[r][]\n\n\\[r]: javascript:x\n"),
            ("> [r]: <command:x>\n\n[r]", "> \\[r]: \\<command:x>\n\n\\[r]"),
            ("[a](//e.example) [b](/\\e.example)", "\\[a](//e.example) \\[b](/\\e.example)"),
            ("# [a](command:x)\n\n| [b](command:y) |\n|---|\n", "# \\[a](command:x)\n\n| \\[b](command:y) |\n|---|\n"),
        ]);
    }

    #[test]
    fn raw_html_is_shown() {
        check(&[
            ("<img src=x onerror=alert(1)>", "\\<img src=x onerror=alert(1)>"),
            ("a <b>bold</b>", "a \\<b>bold\\</b>"),
            ("<div>\n\n![x](http://e.example)\n</div>", "\\<div>\n\n[image: x](http://e.example)\n\\</div>"),
            ("<div>\n![x](http://e.example)\n</div>", "\\<div>\n[image: x](http://e.example)\n\\</div>"),
            ("<!-- hidden -->", "\\<!-- hidden -->"),
            ("<script>\nlet a = 1 < 2;\n</script>", "\\<script>\nlet a = 1 \\< 2;\n\\</script>"),
            ("<a href=\"javascript:x\">y</a>", "\\<a href=\"javascript:x\">y\\</a>"),
            ("\\\\<b>", "\\\\\\<b>"),
            ("<?php x ?> <![CDATA[y]]>", "\\<?php x ?> \\<![CDATA[y]]>"),
        ]);
    }

    /// Text that is code to one renderer and alive to another.
    #[test]
    fn dialects_do_not_hide_anything() {
        check(&[
            (
                "| a | b | c |\n|---|---|---|\n| ` | ![x](http://e.example) | ` |\n",
                "| a | b | c |\n|---|---|---|\n| ` | [image: x](http://e.example) | ` |\n",
            ),
            (
                "| a | b |\n|---|---|\n| ` | `![x](http://e.example)` |\n",
                "| a | b |\n|---|---|\n| ` | `[image: x](http://e.example)` |\n",
            ),
            ("$a`$ ![x](http://e.example) `", "$a`$ [image: x](http://e.example) `"),
            ("---\nx: |\n```\n---\n![x](http://e.example)\n", "---\nx: |\n```\n---\n[image: x](http://e.example)\n"),
        ]);
    }

    #[test]
    fn what_a_terminal_must_not_see() {
        check(&[("`a\u{202e}b` \u{1b}[31m[x](java\u{1b}[0mscript:1)", "`a\\u{202e}b` \\[x](javascript:1)")]);
    }

    #[test]
    fn what_resists_is_shown_as_code() {
        let text = "!".repeat(100) + "[a](http://e.example) ````";
        let output = markdown(&text);
        assert!(output.starts_with("`````text\n!!!") && output.ends_with("````\n`````\n"), "{output}");
        assert_eq!(markdown(&output), output);
    }
}
