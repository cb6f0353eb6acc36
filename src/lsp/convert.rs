//! From the repository's words to the protocol's: places, ranges, kinds.

use std::collections::HashMap;
use std::ops::Range;

use tower_lsp::ls_types::{self as lsp, Location, SymbolKind};

use super::lines::Encoding;
use super::state::{Text, View};
use crate::syntax::{Kind, Symbol};
use crate::text::{LineIndex, Position};
use crate::workspace::RelPath;

/// Turns byte offsets of one text into positions, each in constant time however long its lines are.
pub struct Ruler<'t> {
    text: &'t Text,
    encoding: Encoding,
    /// Code units before every [`STEP`] bytes; empty where a byte is a code unit.
    marks: Vec<u32>,
}

const STEP: usize = 1024;

impl<'t> Ruler<'t> {
    pub fn new(text: &'t Text, encoding: Encoding) -> Self {
        let mut marks = Vec::new();
        if encoding != Encoding::Utf8 && !text.text.is_ascii() {
            let (mut units, mut from) = (0, 0);
            for at in (0..=text.text.len()).step_by(STEP) {
                let to = text.text.floor_char_boundary(at);
                units += count(&text.text[from..to], encoding);
                from = to;
                marks.push(units);
            }
        }
        Self { text, encoding, marks }
    }

    pub fn position(&self, offset: usize) -> lsp::Position {
        let text = &*self.text.text;
        let offset = text.floor_char_boundary(offset.min(text.len()));
        let (line, start) = self.text.lines.line(offset);
        let character = if self.marks.is_empty() {
            (offset - start) as u32
        } else if offset - start <= STEP {
            count(&text[start..offset], self.encoding)
        } else {
            self.units(offset) - self.units(start)
        };
        lsp::Position { line, character }
    }

    pub fn range(&self, bytes: Range<usize>) -> lsp::Range {
        lsp::Range { start: self.position(bytes.start), end: self.position(bytes.end) }
    }

    /// Code units before a byte offset.
    fn units(&self, offset: usize) -> u32 {
        let mark = offset / STEP;
        let from = self.text.text.floor_char_boundary(mark * STEP);
        self.marks[mark] + count(&self.text.text[from..offset], self.encoding)
    }
}

fn count(text: &str, encoding: Encoding) -> u32 {
    match encoding {
        Encoding::Utf8 => text.len() as u32,
        Encoding::Utf16 => text.chars().map(|c| c.len_utf16() as u32).sum(),
        Encoding::Utf32 => text.chars().count() as u32,
    }
}

/// The bytes of a name.
pub fn name_of(symbol: &Symbol) -> Range<usize> {
    symbol.offset..symbol.offset + symbol.name.len()
}

/// The bytes of a definition, with its attributes and around its name.
pub fn whole_of(text: &str, symbol: &Symbol) -> Range<usize> {
    let (bytes, name, start) = (text.as_bytes(), name_of(symbol), symbol.extent.start);
    // What stands above belongs to it, and is known by its line only.
    let head = memchr::memchr_iter(b'\n', &bytes[start.min(name.start)..name.start]).count() as u32;
    let mut above = symbol.line.saturating_sub(head).saturating_sub(symbol.from) as usize;
    let line = memchr::memrchr(b'\n', &bytes[..start]).map_or(0, |end| end + 1);
    if !text[line..start].trim().is_empty() {
        above = 0;
    }
    let mut from = start;
    if above > 0 {
        let mut ends = memchr::memrchr_iter(b'\n', &bytes[..start]);
        from = ends.nth(above).map_or(0, |end| end + 1);
        from += text[from..].len() - text[from..].trim_start().len();
    }
    from.min(name.start)..symbol.extent.end.max(name.end).min(text.len())
}

/// Turns places of many files into locations; each file's lines are found once.
pub struct Places<'v> {
    view: &'v View,
    files: HashMap<String, Option<(Text, LineIndex)>>,
}

impl<'v> Places<'v> {
    pub fn new(view: &'v View) -> Self {
        Self { view, files: HashMap::new() }
    }

    /// The bytes of a name at a line and column (both 1-based, UTF-16), with the text. `None` when the file cannot be
    /// read any more.
    pub fn bytes(&mut self, path: &str, line: u32, column: u32, name: &str) -> Option<(&Text, Range<usize>)> {
        let (text, index) = self.file(path)?;
        let start = index.offset(&text.text, Position { line, column });
        // A name that is written otherwise (`r#type`, `operator ()`) still has a start.
        let end = if text.text[start..].starts_with(name) { start + name.len() } else { start };
        Some((text, start..end))
    }

    /// The range of such a name in the client's encoding.
    pub fn name(&mut self, path: &str, line: u32, column: u32, name: &str) -> Option<lsp::Range> {
        let encoding = self.view.encoding;
        let (text, bytes) = self.bytes(path, line, column, name)?;
        Some(text.lines.range(&text.text, bytes, encoding))
    }

    /// The range of such a name, or of the word that stands there instead of it.
    pub fn word(&mut self, path: &str, line: u32, column: u32, name: &str) -> Option<lsp::Range> {
        let encoding = self.view.encoding;
        let (text, mut bytes) = self.bytes(path, line, column, name)?;
        if bytes.is_empty() {
            let rest = &text.text[bytes.start..];
            bytes.end += rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        }
        Some(text.lines.range(&text.text, bytes, encoding))
    }

    /// The range of whole lines (1-based, inclusive), up to the last one's end without its terminator.
    pub fn lines(&mut self, path: &str, from: u32, to: u32) -> Option<lsp::Range> {
        let encoding = self.view.encoding;
        let (text, index) = self.file(path)?;
        let bytes = index.span(from, to);
        let trimmed = text.text[bytes.clone()].trim_end_matches(['\n', '\r']).len();
        Some(text.lines.range(&text.text, bytes.start..bytes.start + trimmed, encoding))
    }

    /// The location of a name.
    pub fn location(&mut self, path: &str, line: u32, column: u32, name: &str) -> Option<Location> {
        let range = self.name(path, line, column, name)?;
        Some(Location { uri: self.view.uri(&RelPath::parse(path).ok()?)?, range })
    }

    fn file(&mut self, path: &str) -> Option<&(Text, LineIndex)> {
        let view = self.view;
        let read = || {
            let text = view.file(&RelPath::parse(path).ok()?).ok()?;
            let index = LineIndex::new(&text.text);
            Some((text, index))
        };
        self.files.entry(path.to_owned()).or_insert_with(read).as_ref()
    }
}

/// The protocol's kind of a symbol.
pub fn symbol_kind(kind: Kind) -> SymbolKind {
    match kind {
        Kind::Module => SymbolKind::MODULE,
        Kind::Class => SymbolKind::CLASS,
        Kind::Struct | Kind::Union => SymbolKind::STRUCT,
        Kind::Enum => SymbolKind::ENUM,
        Kind::EnumMember => SymbolKind::ENUM_MEMBER,
        Kind::Interface | Kind::Trait => SymbolKind::INTERFACE,
        Kind::Type => SymbolKind::TYPE_PARAMETER,
        Kind::Function | Kind::Declaration | Kind::Macro => SymbolKind::FUNCTION,
        Kind::Method => SymbolKind::METHOD,
        Kind::Constructor => SymbolKind::CONSTRUCTOR,
        Kind::Field => SymbolKind::FIELD,
        Kind::Property => SymbolKind::PROPERTY,
        Kind::Variable => SymbolKind::VARIABLE,
        Kind::Constant => SymbolKind::CONSTANT,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::lsp::lines::Lines;

    #[test]
    fn a_ruler_counts_as_the_lines_do() {
        let long = "aé😀\t".repeat(700);
        for text in ["", "plain\r\nascii\n", &long, &format!("x\n{long}\r\n{long}{long}\n\n😀")] {
            let lines = Arc::new(Lines::new(text));
            let text = Text { path: None, text: text.into(), lines, language: None, reading: None };
            for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
                let ruler = Ruler::new(&text, encoding);
                for at in (0..text.text.len() + 3).step_by(7) {
                    let expect = text.lines.position(&text.text, at, encoding);
                    assert_eq!(ruler.position(at), expect, "{encoding:?} at {at}");
                }
            }
        }
    }
}
