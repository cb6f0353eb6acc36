//! What a cursor or a selection is about, in a word.

use tower_lsp::ls_types::Range;

use super::cursor::{Role, read, word};
use crate::lsp::state::{Text, View};

/// The name that a selection is about: the one under it, or that of the definition around it.
pub fn symbol_at(view: &View, text: &Text, range: Range) -> Option<String> {
    let (from, to) = (
        text.lines.offset(&text.text, range.start, view.encoding),
        text.lines.offset(&text.text, range.end, view.encoding),
    );
    let selected = from.min(to)..from.max(to);
    let word = word(&text.text, selected.start).filter(|word| selected.end <= word.end);
    let Some(language) = text.language.filter(|language| language.has_definitions()) else {
        return Some(text.text[word?].to_owned());
    };
    let symbols = view.symbols.of(language, &text.text);
    if let Some(word) = word {
        // A keyword, or a word of a comment, is about what it stands in.
        let (name, role, _) = read(language, &text.text, &symbols, word);
        if role != Role::Word || !language.has_grammar() {
            return Some(text.text[name].to_owned());
        }
    }
    let around = |extent: &std::ops::Range<usize>| extent.start <= selected.start && selected.end <= extent.end;
    symbols.symbols.iter().rev().find(|symbol| around(&symbol.extent)).map(|symbol| symbol.name.clone())
}
