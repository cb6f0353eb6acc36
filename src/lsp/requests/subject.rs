//! What a cursor or a selection is about, in a word.

use tower_lsp::ls_types::Range;

use crate::lsp::state::{Text, View};
use crate::syntax::{Budget, name_at};

/// The name that a selection is about: the one under it, or that of the definition around it.
pub fn symbol_at(view: &View, text: &Text, range: Range) -> Option<String> {
    let offset = |position| text.lines.offset(&text.text, position, view.encoding);
    let (from, to) = (offset(range.start), offset(range.end));
    let selected = from.min(to)..from.max(to);
    let language = text.language?;
    text.parse(language, &view.symbols);
    let name = name_at(language, &text.text, selected.start, &Budget::default());
    // A word of a comment is about what it stands in, and so is a selection of more than a name.
    let is_code = |usage, defines| usage || defines || !language.has_grammar();
    let name = name.filter(|name| selected.end <= name.range.end);
    if let Some(name) = name.filter(|name| is_code(name.usage.is_some(), name.defines.is_some())) {
        return Some(name.name);
    }
    let symbols = text.definitions(language, &view.symbols);
    let around = |extent: &std::ops::Range<usize>| extent.start <= selected.start && selected.end <= extent.end;
    symbols.symbols.iter().rev().find(|symbol| around(&symbol.extent)).map(|symbol| symbol.name.clone())
}
