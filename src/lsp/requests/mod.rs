//! The methods of the protocol that are answered from a view, one file each.

pub mod document_symbol;

use tower_lsp::ls_types::Range;

use super::state::{Text, View};

/// The name that a selection is about: the one under the cursor, or the definition around it.
pub fn symbol_at(view: &View, text: &Text, range: Range) -> Option<String> {
    let at = text.lines.offset(&text.text, range.start, view.encoding);
    let word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let start = at - text.text[..at].chars().rev().take_while(|&c| word(c)).map(char::len_utf8).sum::<usize>();
    let end = text.text[at..].find(|c| !word(c)).map_or(text.text.len(), |after| at + after);
    (start < end).then(|| text.text[start..end].to_owned())
}
