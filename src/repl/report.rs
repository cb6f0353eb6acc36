//! What an error looks like to a reader: its message, the cell's own line, a caret.

use std::collections::HashMap;

use super::cell::Cell;
use super::wire::Fault;

/// Stack frames that are shown.
const FRAMES: usize = 8;

/// Characters of a source line that are shown.
const LINE: usize = 160;

/// The cells so far: what was written, and what V8 ran.
#[derive(Default)]
pub struct Sources(HashMap<u64, (String, Cell)>);

/// One stack frame in a cell. Line and column are 1-based, in what V8 ran.
#[derive(Debug, PartialEq, Eq)]
struct Frame<'a> {
    cell: u64,
    line: u32,
    column: u32,
    function: &'a str,
}

impl Sources {
    pub fn add(&mut self, id: u64, written: &str, ran: Cell) {
        self.0.insert(id, (written.to_owned(), ran));
    }

    /// An error that left `cell`, with the frames that are in cells.
    pub fn error(&self, cell: u64, fault: &Fault) -> String {
        let mut text = match fault.name.as_str() {
            "" => format!("thrown: {}", fault.message),
            name if fault.message.is_empty() => name.to_owned(),
            name => format!("{name}: {}", fault.message),
        };
        let mut last = None;
        for frame in fault.stack.lines().filter_map(frame).filter(|frame| self.is_source(frame)).take(FRAMES) {
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
        match fault.stack.lines().filter_map(frame).find(|frame| self.is_source(frame)) {
            Some(frame) => format!("{bare} (cell {}, line {})", frame.cell, frame.line),
            None => bare,
        }
    }

    /// False for the calls around a cell that make it run.
    fn is_source(&self, frame: &Frame<'_>) -> bool {
        self.0.get(&frame.cell).is_none_or(|(_, ran)| ran.is_source(frame.line, frame.column))
    }

    fn frame(&self, cell: u64, frame: &Frame<'_>) -> String {
        let function = if frame.function.is_empty() { String::new() } else { format!(" in {}", frame.function) };
        let head = if frame.cell == cell {
            format!("\n  at line {}{function}", frame.line)
        } else {
            format!("\n  at cell {}, line {}{function}", frame.cell, frame.line)
        };
        let Some((written, ran)) = self.0.get(&frame.cell) else { return head };
        let line = written.split('\n').nth(frame.line as usize - 1).unwrap_or_default().trim_end();
        let (shown, caret) = window(line, characters(line, ran.source_column(frame.line, frame.column)));
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

/// A 1-based column in UTF-16 units, as V8 counts, as a 0-based one in characters; `None` beyond the line.
fn characters(line: &str, column: u32) -> Option<usize> {
    let mut units = 0;
    line.chars().position(|char| {
        units += char.len_utf16();
        units >= column as usize
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

    fn check(written: &str, stack: &str, expect: Expect) {
        let mut sources = Sources::default();
        sources.add(4, written, crate::repl::cell::rewrite(written, &[]).unwrap());
        let fault = Fault { name: "TypeError".into(), message: "x is not a function".into(), stack: stack.into() };
        expect.assert_eq(&sources.error(4, &fault));
    }

    #[test]
    fn errors_show_the_line_as_it_was_written() {
        check(
            "let x = 1;\n  const y = x();\n'\u{1f600}', y",
            "TypeError: x is not a function\n    at cell_4.js:2:13\n    at cell_4.js:3:30",
            expect![[r#"
                TypeError: x is not a function
                  at line 2: const y = x();
                                       ^
                  at line 3: '😀', y"#]],
        );
        check(
            "f()",
            "TypeError: x\n    at f (cell_2.js:7:3)\n    at ask (ext:spelunk/boot.js:3:4)\n    at async cell_4.js:99:9",
            expect![[r"
                TypeError: x is not a function
                  at cell 2, line 7 in f
                  at line 99"]],
        );
        check("x()", "TypeError: x\n    at <anonymous>", expect!["TypeError: x is not a function"]);
        check("x()", "    at cell_4.js:9999999999999999999:4", expect!["TypeError: x is not a function"]);
    }

    #[test]
    fn frames_are_found() {
        let check = |line, expect: Option<(u64, u32, u32, &str)>| {
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
