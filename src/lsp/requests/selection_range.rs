//! `textDocument/selectionRange`: what grows around a cursor, step by step.

use std::ops::Range;

use tower_lsp::ls_types::{SelectionRange, SelectionRangeParams};

use super::cursor::word;
use crate::cancel::Cancel;
use crate::lsp::Error;
use crate::lsp::convert::{Ruler, whole_of};
use crate::lsp::state::{Text, View};

/// Answers with one chain for each position, in their order.
pub fn handle(
    view: &View,
    params: SelectionRangeParams,
    cancel: &Cancel,
) -> Result<Option<Vec<SelectionRange>>, Error> {
    let text = view.text(&params.text_document.uri)?;
    let ruler = Ruler::new(&text, view.encoding);
    let mut chains = Vec::with_capacity(params.positions.len());
    for position in params.positions {
        if cancel.is_cancelled() {
            return Err(Error::cancelled());
        }
        let offset = text.lines.offset(&text.text, position, view.encoding);
        let mut chain = None;
        for bytes in growing(view, &text, offset).into_iter().rev() {
            chain = Some(SelectionRange { range: ruler.range(bytes), parent: chain.map(Box::new) });
        }
        // The chain ends with the whole text, so there is always one.
        chains.extend(chain);
    }
    Ok(Some(chains))
}

/// Ranges around an offset, innermost first, each strictly inside the next; the last is the whole text.
fn growing(view: &View, text: &Text, offset: usize) -> Vec<Range<usize>> {
    let whole = 0..text.text.len();
    let line = text.lines.line(offset).1;
    let rest = text.text[line..].lines().next().unwrap_or_default();
    let indent = rest.len() - rest.trim_start().len();
    let mut found: Vec<Range<usize>> = word(&text.text, offset).into_iter().collect();
    found.push(line + indent..line + rest.trim_end().len().max(indent));
    if let Some(language) = text.language {
        let symbols = view.symbols.of(language, &text.text);
        found.extend(symbols.symbols.iter().map(|symbol| whole_of(&text.text, symbol)));
    }
    found.push(whole);
    found.retain(|range| range.start <= offset && offset <= range.end);
    found.sort_by_key(|range| range.len());
    let mut chain: Vec<Range<usize>> = Vec::new();
    for range in found {
        let grows =
            chain.last().is_none_or(|last| range.start <= last.start && last.end <= range.end && range != *last);
        if grows {
            chain.push(range);
        }
    }
    chain
}
