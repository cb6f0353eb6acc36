//! `textDocument/selectionRange`: what grows around a cursor, step by step.

use tower_lsp::ls_types::{SelectionRange, SelectionRangeParams};

use crate::cancel::Cancel;
use crate::lsp::Error;
use crate::lsp::convert::Ruler;
use crate::lsp::state::View;
use crate::syntax::{Budget, Language, selection};

/// Answers with one chain for each position, in their order.
pub fn handle(
    view: &View,
    params: SelectionRangeParams,
    cancel: &Cancel,
) -> Result<Option<Vec<SelectionRange>>, Error> {
    let text = view.text(&params.text_document.uri)?;
    let Some(language) = text.language.or_else(|| Language::of("text.txt")) else { return Ok(None) };
    text.parse(language, &view.symbols);
    let ruler = Ruler::new(&text, view.encoding);
    let mut chains = Vec::with_capacity(params.positions.len());
    for position in params.positions {
        if cancel.is_cancelled() {
            return Err(Error::cancelled());
        }
        let offset = text.lines.offset(&text.text, position, view.encoding);
        let mut chain = None;
        for bytes in selection(language, &text.text, offset, &Budget::default()).into_iter().rev() {
            chain = Some(SelectionRange { range: ruler.range(bytes), parent: chain.map(Box::new) });
        }
        // The chain ends with the whole text, so there is always one.
        chains.extend(chain);
    }
    Ok(Some(chains))
}
