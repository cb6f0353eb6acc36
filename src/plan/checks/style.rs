//! Line ends, indentation, blanks at the ends of lines, the end of the file, the byte order mark: kept as they are.

use crate::syntax::{Family, Language};

use super::Problem;
use super::view::File;

const CHECK: &str = "style";

pub(super) fn problems(file: &File) -> Vec<Problem> {
    if file.after.is_none() || file.hunks.is_empty() {
        return Vec::new();
    }
    let language = file.language();
    [line_ends(file), last_line(file), blanks(file, language), indentation(file, language), mark(file)]
        .into_iter()
        .flatten()
        .collect()
}

/// Lines that end in CRLF, and those that end in LF alone.
fn ends(text: &str) -> (usize, usize) {
    let all = memchr::memchr_iter(b'\n', text.as_bytes()).count();
    let both = memchr::memmem::find_iter(text.as_bytes(), b"\r\n").count();
    (both, all - both)
}

fn line_ends(file: &File) -> Option<Problem> {
    let (old, new) = (ends(&file.old), ends(&file.new));
    let mixed = |(crlf, lf): (usize, usize)| crlf > 0 && lf > 0;
    if mixed(new) && !mixed(old) {
        // The ends that the file did not have, or has fewer of.
        let crlf = if old == (0, 0) { new.0 < new.1 } else { old.0 == 0 };
        let (stray, kept) = if crlf { ("CRLF", "LF") } else { ("LF", "CRLF") };
        let line = (1..=file.lines.count()).find(|line| {
            let text = file.lines.range(*line).map_or("", |range| &file.new[range]);
            text.ends_with('\n') && text.ends_with("\r\n") == crlf
        });
        let at = line.and_then(|line| file.lines.range(line)).map_or(0, |range| range.start);
        let message =
            format!("line ends are mixed now: lines end in {stray} in a file of {kept}; write them as {kept}");
        return Some(file.problem(CHECK, true, at, message));
    }
    let turned = old != (0, 0) && (old.0 == 0 && new.1 == 0 && new.0 > 0 || old.1 == 0 && new.0 == 0 && new.1 > 0);
    turned.then(|| {
        let message = "every line end is another one than before; keep those of the file".to_owned();
        file.problem(CHECK, false, 0, message)
    })
}

fn last_line(file: &File) -> Option<Problem> {
    let ended = |text: &str| text.ends_with('\n');
    let (old, new) = (file.old.is_empty() || ended(&file.old), ended(&file.new));
    if file.new.is_empty() || old == new {
        return None;
    }
    let message = match old {
        true => "the last line has no line end; end the file with one",
        false => "the last line has a line end now, and had none before",
    };
    Some(file.problem(CHECK, false, file.new.len().saturating_sub(1), message.to_owned()))
}

fn blanks(file: &File, language: Option<Language>) -> Option<Problem> {
    // They break a line in Markdown, and are part of a patch.
    if language.is_some_and(|language| matches!(language.name(), "Markdown" | "Diff")) {
        return None;
    }
    let trailing = |line: u32| {
        let range = file.lines.range(line)?;
        let text = file.lines.line(&file.new, line)?;
        let bare = text.trim_end_matches([' ', '\t']);
        let blank = range.start + bare.len()..range.start + text.len();
        // Or what stood behind them on the line was taken away.
        let cut = || {
            let hunk = file.touching(&(blank.end..blank.end))?;
            let taken = file.old.get(hunk.old.clone()).is_some_and(|old| !old.starts_with(['\r', '\n']));
            (hunk.new.is_empty() && taken).then_some(hunk)
        };
        (!blank.is_empty() && file.wrote(&blank).or_else(cut).is_some()).then_some(blank.start)
    };
    let found: Vec<usize> = (1..=file.lines.count()).filter_map(trailing).collect();
    let first = *found.first()?;
    let message = format!("{} written with blanks at the end; leave them out", lines(found.len()));
    Some(file.problem(CHECK, false, first, message))
}

fn lines(count: usize) -> String {
    if count == 1 { "a line was".to_owned() } else { format!("{count} lines were") }
}

/// How the lines of a text are indented.
#[derive(Default)]
struct Indents {
    tabs: usize,
    spaces: usize,
    /// How many lines go in by so many spaces from the line that opens their block.
    deeper: [usize; 9],
}

impl Indents {
    fn of(text: &str) -> Self {
        let mut found = Self::default();
        let mut last: Option<(usize, bool)> = None;
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let blank = &line[..line.len() - line.trim_start().len()];
            found.tabs += usize::from(blank.starts_with('\t'));
            // One space before a comment's star is none.
            found.spaces += usize::from(blank.starts_with("  "));
            if let Some((above, true)) = last
                && let Some(more) = blank.len().checked_sub(above).filter(|more| *more < 9 && !blank.contains('\t'))
            {
                found.deeper[more] += 1;
            }
            last = Some((blank.len(), opens(line)));
        }
        found
    }

    /// The unit, when the file has one beyond doubt.
    fn unit(&self) -> Option<usize> {
        let all: usize = self.deeper[1..].iter().sum();
        let unit = (1..9).max_by_key(|unit| self.deeper[*unit])?;
        (all >= 4 && self.deeper[unit] * 10 >= all * 9).then_some(unit)
    }
}

fn opens(line: &str) -> bool {
    line.trim_end().ends_with(['{', ':'])
}

fn indentation(file: &File, language: Option<Language>) -> Option<Problem> {
    let language = language.filter(|language| language.has_definitions())?;
    let old = Indents::of(&file.old);
    let (tabs, spaces) = (old.tabs >= 5 && old.spaces * 20 < old.tabs, old.spaces >= 5 && old.tabs * 20 < old.spaces);
    let unit = old.unit().filter(|_| spaces && language.family() != Some(Family::C));
    let mut above: Option<(usize, bool)> = None;
    for line in 1..=file.lines.count() {
        let (Some(range), Some(text)) = (file.lines.range(line), file.lines.line(&file.new, line)) else { continue };
        if text.trim().is_empty() {
            continue;
        }
        let blank = &text[..text.len() - text.trim_start().len()];
        let before = above.replace((blank.len(), opens(text)));
        let start = range.start;
        if file.wrote(&(start..start + blank.len())).is_none() {
            continue;
        }
        let message = match () {
            () if tabs && blank.starts_with("  ") => "is indented by spaces in a file that uses tabs".to_owned(),
            () if spaces && blank.starts_with('\t') => "is indented by a tab in a file that uses spaces".to_owned(),
            () => {
                let (Some(unit), Some((outer, true))) = (unit, before) else { continue };
                let more = blank.len().saturating_sub(outer);
                if more == 0 || more == unit || !matches!((unit, more), (2, 4 | 8) | (4, 2 | 8) | (3 | 8, _)) {
                    continue;
                }
                format!("goes in by {more} in a file that goes in by {unit}")
            }
        };
        return Some(file.problem(
            CHECK,
            false,
            start,
            format!("`{}` {message}; keep to the file's indentation", file.shown(line)),
        ));
    }
    None
}

/// The byte order mark is kept apart from the text, so one in the text would be a second.
fn mark(file: &File) -> Option<Problem> {
    let at = file.new.find('\u{feff}').filter(|at| file.wrote(&(*at..*at + 3)).is_some())?;
    let message =
        "a byte order mark was written into the text; leave it out: that of the file is kept by itself".to_owned();
    Some(file.problem(CHECK, false, at, message))
}
