//! What a cell's end looks like to a reader: errors with the cell's own line and a caret, and the sentences about limits.

use std::collections::HashMap;

use super::wire::Fault;

/// Stack frames that are shown.
const FRAMES: usize = 8;

/// Characters of a source line that are shown.
const LINE: usize = 160;

/// The cells so far: what was written, and what V8 ran, line by line the same.
#[derive(Default)]
pub struct Sources(HashMap<u64, (String, String)>);

/// One stack frame in a cell. Line and column are 1-based, in what V8 ran.
#[derive(Debug, PartialEq, Eq)]
struct Frame<'a> {
    cell: u64,
    line: usize,
    column: usize,
    function: &'a str,
}

impl Sources {
    pub fn add(&mut self, cell: u64, written: &str, ran: &str) {
        self.0.insert(cell, (written.to_owned(), ran.to_owned()));
    }

    /// An error that left `cell`, with the frames that are in cells.
    pub fn error(&self, cell: u64, fault: &Fault) -> String {
        let mut text = match fault.name.as_str() {
            "" => format!("thrown: {}", fault.message),
            name if fault.message.is_empty() => name.to_owned(),
            name => format!("{name}: {}", fault.message),
        };
        let mut last = None;
        for frame in fault.stack.lines().filter_map(frame).take(FRAMES) {
            let place = (frame.cell, frame.line);
            if last.replace(place) != Some(place) {
                text.push_str(&self.frame(cell, &frame));
            }
        }
        text
    }

    /// As [`Sources::error`], in one line.
    pub fn sentence(&self, cell: u64, fault: &Fault) -> String {
        let bare = self.error(cell, &Fault { stack: String::new(), ..fault.clone() });
        match fault.stack.lines().find_map(frame) {
            Some(frame) => format!("{bare} (cell {}, line {})", frame.cell, frame.line),
            None => bare,
        }
    }

    fn frame(&self, cell: u64, frame: &Frame<'_>) -> String {
        let function = if frame.function.is_empty() { String::new() } else { format!(" in {}", frame.function) };
        let head = if frame.cell == cell {
            format!("\n  at line {}{function}", frame.line)
        } else {
            format!("\n  at cell {}, line {}{function}", frame.cell, frame.line)
        };
        let line = |text: &str| text.split('\n').nth(frame.line - 1).map(|line| line.trim_end().to_owned());
        let Some((Some(written), Some(ran))) = self.0.get(&frame.cell).map(|(written, ran)| (line(written), line(ran)))
        else {
            return head;
        };
        let (shown, caret) = window(&written, column(&written, &ran, frame.column));
        if shown.is_empty() {
            return head;
        }
        let caret = caret.map(|at| format!("\n{:width$}^", "", width = head.chars().count() - 1 + 2 + at));
        format!("{head}: {shown}{}", caret.unwrap_or_default())
    }
}

/// `    at name (cell_4.js:3:11)`, `    at async cell_4.js:3:11`; none for frames elsewhere.
fn frame(line: &str) -> Option<Frame<'_>> {
    let call = line.trim_start().strip_prefix("at ")?;
    let (before, place) = call.rsplit_once("cell_")?;
    let (cell, place) = place.trim_end_matches(')').split_once(".js:")?;
    let (line, column) = place.split_once(':')?;
    let function = before.strip_suffix(" (").unwrap_or_default();
    let function = function.strip_prefix("async ").unwrap_or(function);
    let function = if function.contains('<') { "" } else { function };
    let (line, column) = (line.parse().ok().filter(|&line| line > 0)?, column.parse().ok()?);
    Some(Frame { cell: cell.parse().ok()?, line, column, function })
}

/// Where a column of the line that ran is in the line that was written: 0-based, in characters. Both lines end alike, since
/// the rewrite changes declarations at their start; else the word there has to be unique.
fn column(written: &str, ran: &str, column: usize) -> Option<usize> {
    // V8 counts UTF-16 units.
    let mut units = 0;
    let at = ran
        .char_indices()
        .find(|(_, char)| {
            units += char.len_utf16();
            units >= column
        })
        .map(|(at, _)| at)?;
    let rest = ran[at..].trim_end_matches([';', ')', '}', ' ']);
    let word: String = rest.chars().take_while(|char| char.is_alphanumeric() || "_$".contains(*char)).collect();
    [rest, word.as_str()].into_iter().find_map(|text| {
        let mut places = written.match_indices(text).filter(|_| !text.is_empty());
        let (first, only) = (places.next()?.0, places.next().is_none());
        only.then(|| written[..first].chars().count())
    })
}

/// The part of a line around a column, without its indentation, and the column in it.
fn window(line: &str, column: Option<usize>) -> (String, Option<usize>) {
    let chars: Vec<char> = line.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
    let indent = chars.iter().take_while(|char| char.is_whitespace()).count();
    let from = match column {
        Some(at) if at > indent + LINE / 2 && chars.len() - indent > LINE => at - LINE / 2,
        _ => indent,
    };
    (chars.iter().skip(from).take(LINE).collect(), column.and_then(|at| at.checked_sub(from)))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(written: &str, ran: &str, stack: &str, expect: Expect) {
        let mut sources = Sources::default();
        sources.add(4, written, ran);
        let fault = Fault { name: "TypeError".into(), message: "x is not a function".into(), stack: stack.into() };
        expect.assert_eq(&sources.error(4, &fault));
    }

    #[test]
    fn errors_show_the_line_as_it_was_written() {
        check(
            "let x = 1;\n  const y = x();\ny",
            "var y;(async () => {x = 1;\n  y = x();\nreturn (y);})()",
            "TypeError: x is not a function\n    at cell_4.js:2:7\n    at cell_4.js:3:9",
            expect![[r"
                TypeError: x is not a function
                  at line 2: const y = x();
                                       ^
                  at line 3: y
                             ^"]],
        );
        check(
            "f()",
            "return (f())",
            "TypeError: x\n    at f (cell_2.js:7:3)\n    at ask (ext:spelunk/boot.js:3:4)\n    at async cell_4.js:1:9",
            expect![[r"
                TypeError: x is not a function
                  at cell 2, line 7 in f
                  at line 1: f()
                             ^"]],
        );
        check("x()", "x()", "TypeError: x\n    at <anonymous>", expect!["TypeError: x is not a function"]);
        check(
            "\t\u{e4}(x)",
            "\t\u{e4}(x)",
            "    at cell_4.js:9999999999999999999:4",
            expect!["TypeError: x is not a function"],
        );
    }

    #[test]
    fn frames_are_found() {
        let check = |line, expect: Option<(u64, usize, usize, &str)>| {
            let found = frame(line).map(|found| (found.cell, found.line, found.column, found.function));
            assert_eq!(found, expect, "{line}");
        };
        check("    at cell_4.js:3:11", Some((4, 3, 11, "")));
        check("    at async cell_4.js:3:11", Some((4, 3, 11, "")));
        check("    at Foo.bar (cell_12.js:3:11)", Some((12, 3, 11, "Foo.bar")));
        check("    at async helper (cell_4.js:1:2)", Some((4, 1, 2, "helper")));
        check("    at Array.map (<anonymous>)", None);
        check("    at ask (ext:spelunk/boot.js:3:4)", None);
        check("TypeError: cell_4.js:1:1", None);
        check("    at cell_4.js:0:1", None);
    }

    #[test]
    fn long_lines_are_shown_in_part() {
        let line = format!("{}boom(){}", "a + ".repeat(100), " + b".repeat(100));
        let (shown, caret) = window(&line, Some(400));
        assert_eq!((shown.chars().count(), caret), (LINE, Some(LINE / 2)));
        assert!(shown[LINE / 2..].starts_with("boom()"));
    }
}
