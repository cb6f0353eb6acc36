//! The error of a cell that was refused before it ran.

use std::fmt;

use super::edits::is_line_end;

/// Why a cell cannot run. Displays as one sentence, the source line and a caret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct CellSyntaxError {
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
    pub message: String,
    text: String,
}

/// Characters of a source line that are shown around the caret.
const SHOWN: usize = 120;

impl CellSyntaxError {
    pub(super) fn at(source: &str, offset: u32, message: String) -> Self {
        let offset = (offset as usize).min(source.len());
        let offset = (0..=offset).rev().find(|at| source.is_char_boundary(*at)).unwrap_or(0);
        let (before, after) = source.split_at(offset);
        let start =
            before.rfind(is_line_end).map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let crlf = before.matches("\r\n").count();
        let line = before.chars().filter(|ch| is_line_end(*ch)).count() - crlf + 1;
        let column = before[start..].chars().count() + 1;
        let rest = &after[..after.find(is_line_end).unwrap_or(after.len())];
        let text = format!("{}{rest}", &before[start..]);
        Self { line: line as u32, column: column as u32, message, text }
    }
}

impl fmt::Display for CellSyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let chars: Vec<char> = self.text.chars().map(|ch| if ch == '\t' { ' ' } else { ch }).collect();
        let caret = self.column as usize - 1;
        let from = if chars.len() > SHOWN { caret.saturating_sub(SHOWN / 2) } else { 0 };
        let to = (from + SHOWN).min(chars.len());
        let head = if from > 0 { "..." } else { "" };
        let tail = if to < chars.len() { "..." } else { "" };
        let shown: String = chars[from..to].iter().collect();
        let gutter = self.line.to_string();
        writeln!(f, "line {}: {}", self.line, self.message)?;
        writeln!(f, "  {gutter} | {head}{shown}{tail}")?;
        write!(f, "  {:1$} | {2:3$}^", "", gutter.len(), "", caret - from + head.len())
    }
}
