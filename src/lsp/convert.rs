//! From the repository's words to the protocol's: places, ranges, kinds.

use std::collections::HashMap;

use tower_lsp::ls_types::{Location, Range, SymbolKind};

use super::state::{Text, View};
use crate::syntax::Kind;
use crate::text::{LineIndex, Position};
use crate::workspace::RelPath;

/// Turns places of many files into locations; each file's lines are found once.
pub struct Places<'v> {
    view: &'v View,
    files: HashMap<String, Option<(Text, LineIndex)>>,
}

impl<'v> Places<'v> {
    pub fn new(view: &'v View) -> Self {
        Self { view, files: HashMap::new() }
    }

    /// The range of a name at a line and column (both 1-based, UTF-16), in the client's encoding. `None` when the file
    /// cannot be read any more.
    pub fn name(&mut self, path: &str, line: u32, column: u32, name: &str) -> Option<Range> {
        let encoding = self.view.encoding;
        let (text, index) = self.file(path)?;
        let start = index.offset(&text.text, Position { line, column });
        // A name that is written otherwise (`r#type`, `operator ()`) still has a start.
        let end = if text.text[start..].starts_with(name) { start + name.len() } else { start };
        Some(text.lines.range(&text.text, start..end, encoding))
    }

    /// The range of whole lines (1-based, inclusive), up to the last one's end without its terminator.
    pub fn lines(&mut self, path: &str, from: u32, to: u32) -> Option<Range> {
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
