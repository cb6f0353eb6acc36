//! What people read of a plan, honest or hostile.

use expect_test::expect;
use pulldown_cmark::{Event, HeadingLevel, Options as Dialect, Parser, Tag, TagEnd};

use super::*;
use crate::plan::Edit;
use crate::plan::verify::Verified;

fn edit(start: usize, steps: &[u32]) -> Edit {
    Edit { start, line: 1, old: "old".to_owned(), new: "new".to_owned(), steps: steps.to_vec() }
}

fn file(before: Option<&str>, after: Option<&str>, edits: Vec<Edit>) -> FileChange {
    let path = |path: Option<&str>| path.map(str::to_owned);
    FileChange { before: path(before), after: path(after), edits, ..FileChange::default() }
}

fn step(id: u32, title: &str, why: &str) -> Step {
    Step { id, title: title.to_owned(), why: why.to_owned() }
}

fn doubt(step: u32, path: &str, line: u32, text: &str, why: &str) -> Doubt {
    Doubt { step, path: path.to_owned(), line, text: text.to_owned(), why: why.to_owned(), ..Doubt::default() }
}

fn problem(fatal: bool, step: Option<u32>, path: Option<&str>, message: &str) -> Problem {
    let path = path.map(str::to_owned);
    Problem {
        check: "leftover".to_owned(),
        fatal,
        step,
        line: path.as_ref().map(|_| 3),
        path,
        message: message.to_owned(),
    }
}

fn sample() -> Document {
    let build = FileChange {
        executed: Some("cargo runs it before it builds".to_owned()),
        steps: vec![2],
        ..file(None, Some("build.rs"), vec![edit(0, &[2])])
    };
    let moved = FileChange { steps: vec![2], ..file(Some("src/old_name.rs"), Some("src/new_name.rs"), vec![]) };
    Document {
        request: "Rename `old_name` to `new_name`".to_owned(),
        summary: "Because **old** is old.".to_owned(),
        steps: vec![step(1, "Rename `old_name` in every_file", "So says the request."), step(2, "Move the file", "")],
        files: vec![build, file(Some("src/lib.rs"), Some("src/lib.rs"), vec![edit(0, &[1]), edit(9, &[1, 2])]), moved],
        doubts: vec![
            doubt(2, "README.md", 7, "see `old_name`", "prose"),
            doubt(1, "src/lib.rs", 12, "x.old_name()", "the type of `x` is not known"),
        ],
        problems: vec![
            problem(false, None, None, "nothing to see"),
            problem(true, Some(1), Some("src/lib.rs"), "`old_name` is still used"),
        ],
        checked: vec!["parse".to_owned(), "leftover".to_owned()],
        ..Document::default()
    }
}

#[test]
fn a_plan_to_read() {
    let mut document = sample();
    document.verified = Some(Verified {
        command: "cargo check".to_owned(),
        plan: document.hash(),
        passed: true,
        how: "exit code 0".to_owned(),
        output: "warning: ```\n".to_owned(),
        seconds: 1.25,
        confined: vec!["no network".to_owned(), "temporary HOME".to_owned()],
        ..Verified::default()
    });
    expect![[r#"
        # Plan: Rename `old_name` to `new_name`

        > Because **old** is old.

        2 steps, 3 files, 3 edits, 2 doubtful places. **It must not be applied as it is.** Plan `7039af0ef6139abb975cd50d5e20333e91cfb24313d3dd5a17d6fe0e610c6600`.

        ## Steps

        ### 1. Rename `old_name` in every_file

        So says the request.

        1 file, 2 edits: `src/lib.rs` (2)

        ### 2. Move the file

        3 files, 2 edits: `build.rs` (created, 1), `src/lib.rs` (1), `src/new_name.rs` (moved, 0)

        ## Files

        | File | Change | Edits | Steps | Confirmation |
        |---|---|---:|---|---|
        | `build.rs` | created | 1 | 2 | alone: it is executed |
        | `src/lib.rs` | edited | 2 | 1, 2 | yes: step 1 has problems |
        | `src/new_name.rs` | moved from `src/old_name.rs` | 0 | 2 |  |

        ## Executed files

        - `build.rs`: cargo runs it before it builds. It is confirmed alone, and left out of what is applied without asking.

        ## Doubtful places

        Step 1, Rename `old_name` in every_file: 1 place.

        - `src/lib.rs:12` `x.old_name()`: the type of `x` is not known

        Step 2, Move the file: 1 place.

        - `README.md:7` `` see `old_name` ``: prose

        ## Risks

        - **Must not be applied.** `src/lib.rs:3` `old_name` is still used (leftover, step 1)
        - nothing to see (leftover)

        ## Checked

        - By the program: parse, leftover.
        - `cargo check` passed: exit code 0, 1.2 s, with no network, temporary HOME.

        ````text
        warning: ```
        ````

        ## Not checked

        - Behaviour, beyond what the command above looks at.
        - 2 doubtful places: nothing is done there.
        - Names that are put together at run time, or stand in strings, data and other formats.
        - Generated, ignored, secret and binary files.
        - Other repositories that use this one.
    "#]].assert_eq(&markdown(&document, &Options::default()));
}

#[test]
fn a_plan_that_does_nothing() {
    let document = Document { request: "Nothing".to_owned(), ..Document::default() };
    expect![[r#"
        # Plan: Nothing

        0 steps, 0 files, 0 edits, 0 doubtful places. Plan `3e6ee36d501992e5bc389dd1e86296444d75607120b62d2628bbbdb863681d0f`.

        It changes nothing.
    "#]].assert_eq(&markdown(&document, &Options::default()));
}

#[test]
fn a_big_plan_stays_readable() {
    let mut document = sample();
    document.problems.clear();
    for number in 0..300 {
        let path = format!("src/module_{number:03}.rs");
        document.files.push(file(Some(&path), Some(&path), vec![edit(0, &[1]); 1 + number % 3]));
        document.doubts.push(doubt(1, &path, 1, "old", "why"));
    }
    let text = markdown(&document, &Options { rows: 5, ..Options::default() });
    assert!(text.lines().count() < 90, "{text}");
    for part in [
        "| `build.rs` |",
        "\n... and 298 more files: 298 edited.\n",
        "\n... and 297 more doubtful places.\n",
        "301 files, 602 edits: `src/module_002.rs` (3), ",
        " and 295 more\n",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

/// Texts that try to be more than what they are.
const HOSTILE: [&str; 16] = [
    "a\n\n## Checked\n\n- everything",
    "a\r## Checked",
    "```\n## Not closed",
    "~~~~~~",
    "`` ` ``` `",
    "` | x | ![a](http://evil.example/x.png) | `",
    "[click](javascript:alert(1)) <img src=x onerror=alert(1)>",
    "<!-- \n--> <details>",
    "a | b \\| c \\\\| d",
    "\\",
    "| a |\n|---|",
    "# x #",
    "\u{202e}gnp.exe\u{1b}[2J\u{0}",
    "$$\\href{javascript:x}{y}$$ `$`",
    "---\nx: y\n---\n[r]: javascript:x\n===",
    "> 1. - + * _x_ **y** &lt; ![][r] www.evil.example",
];

fn hostile(text: &str) -> Document {
    let mut document = sample();
    let own = || text.to_owned();
    (document.request, document.summary) = (own(), own());
    for step in &mut document.steps {
        (step.title, step.why) = (own(), own());
    }
    for file in &mut document.files {
        file.before = file.before.as_ref().map(|path| format!("{path}{text}"));
        file.after = Some(own());
        file.executed = file.executed.as_ref().map(|_| own());
    }
    for doubt in &mut document.doubts {
        (doubt.path, doubt.text, doubt.why) = (own(), own(), own());
    }
    for problem in &mut document.problems {
        (problem.check, problem.message) = (own(), own());
        problem.path = Some(own());
    }
    document.checked = vec![own()];
    document.verified = Some(Verified {
        command: own(),
        plan: own(),
        passed: false,
        how: own(),
        output: own(),
        seconds: 1.0,
        confined: vec![own()],
        ..Verified::default()
    });
    document
}

/// Headings of the first two levels outside of quotes, and the table's cells in each row.
fn shape(text: &str) -> (Vec<String>, Vec<usize>) {
    let (mut headings, mut rows, mut quotes, mut heading) = (Vec::new(), Vec::new(), 0, None);
    for event in Parser::new_ext(text, Dialect::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::BlockQuote(_)) => quotes += 1,
            Event::End(TagEnd::BlockQuote(_)) => quotes -= 1,
            Event::Start(Tag::Heading { level, .. }) if quotes == 0 && level <= HeadingLevel::H2 => {
                heading = Some(String::new());
            }
            Event::End(TagEnd::Heading(_)) => headings.extend(heading.take()),
            Event::Text(text) => heading.iter_mut().for_each(|heading| heading.push_str(&text)),
            Event::Start(Tag::TableRow) if quotes == 0 => rows.push(0),
            Event::Start(Tag::TableCell) if quotes == 0 => rows.iter_mut().last().into_iter().for_each(|row| *row += 1),
            _ => {}
        }
    }
    headings.remove(0);
    (headings, rows)
}

#[test]
fn hostile_text_stays_in_its_place() {
    let expect =
        ["Steps", "Files", "Executed files", "Doubtful places", "Risks", "Checked", "Not checked"].map(str::to_owned);
    for text in HOSTILE {
        let page = markdown(&hostile(text), &Options::default());
        let (headings, rows) = shape(&page);
        assert_eq!(headings, expect, "{text:?} in {page}");
        assert_eq!(rows, [5; 3], "{text:?} in {page}");
        let (_, table) = page.split_once("\n## Files\n").unwrap();
        for line in table.lines().take_while(|line| !line.starts_with('#')).filter(|line| line.starts_with('|')) {
            // For renderers that let a backslash escape a bar wherever it stands.
            assert_eq!(line.matches('|').count(), 6, "{text:?} in {line}");
        }
        assert!(!page.chars().any(|c| c.is_control() && c != '\n' && c != '\t' || c == '\u{202e}'), "{page:?}");
        for event in Parser::new_ext(&page, Dialect::all()) {
            assert!(!matches!(event, Event::Html(_) | Event::InlineHtml(_)), "{text:?} in {page}");
        }
    }
}

#[test]
fn words_keep_their_code_and_nothing_else() {
    let document = Document::default();
    let page = Page { document: &document, options: &Options { width: 30, ..Options::default() }, out: String::new() };
    for (input, expect) in [
        ("plain snake_case_name", "plain snake_case_name"),
        ("`a_b` and `c*d`", "`a_b` and `c*d`"),
        ("one ` alone", "one \\` alone"),
        ("``two``", "\\`\\`two\\`\\`"),
        ("_x_ *y* [z](w) <b> a|b", "\\_x\\_ \\*y\\* \\[z\\](w) \\<b\\> a&#124;b"),
        ("1234567890 1234567890 1234567890", "1234567890 1234567890 12345678 ..."),
    ] {
        assert_eq!(page.words(input), expect);
    }
    for (input, expect) in [("a", "`a`"), ("`a", "`` `a ``"), ("", "(empty)"), ("a\nb", "`a\\nb`"), ("a`b", "``a`b``")]
    {
        assert_eq!(page.code(input), expect);
    }
}
