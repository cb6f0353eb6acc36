//! `textDocument/documentSymbol`: the definitions of one file, nested.

use tower_lsp::ls_types::{DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse};

use crate::cancel::Cancel;
use crate::lsp::Error;
use crate::lsp::convert::symbol_kind;
use crate::lsp::state::View;
use crate::syntax::{Budget, extract};
use crate::text::{LineIndex, Position};

/// Answers with nested symbols.
pub fn handle(
    view: &View,
    params: DocumentSymbolParams,
    _cancel: &Cancel,
) -> Result<Option<DocumentSymbolResponse>, Error> {
    let text = view.text(&params.text_document.uri)?;
    let Some(language) = text.language else { return Ok(None) };
    let found = extract(language, &text.text, &Budget::default());
    let index = LineIndex::new(&text.text);
    let range = |bytes| text.lines.range(&text.text, bytes, view.encoding);
    let mut built: Vec<Option<DocumentSymbol>> = found
        .symbols
        .iter()
        .map(|symbol| {
            let start = index.offset(&text.text, Position { line: symbol.line, column: symbol.column });
            let end = if text.text[start..].starts_with(&symbol.name) { start + symbol.name.len() } else { start };
            let span = index.span(symbol.from, symbol.to);
            let trimmed = text.text[span.clone()].trim_end_matches(['\n', '\r']).len();
            #[expect(deprecated, reason = "the type has no other constructor")]
            let built = DocumentSymbol {
                name: symbol.name.clone(),
                detail: Some(symbol.signature.clone()),
                kind: symbol_kind(symbol.kind),
                tags: None,
                deprecated: None,
                range: range(span.start..span.start + trimmed),
                selection_range: range(start..end),
                children: None,
            };
            Some(built)
        })
        .collect();
    let mut roots = Vec::new();
    for at in (0..built.len()).rev() {
        let Some(mut done) = built[at].take() else { continue };
        if let Some(children) = &mut done.children {
            children.reverse();
        }
        match found.symbols[at].parent.and_then(|parent| built[parent].as_mut()) {
            Some(parent) => parent.children.get_or_insert_default().push(done),
            None => roots.push(done),
        }
    }
    roots.reverse();
    Ok(Some(DocumentSymbolResponse::Nested(roots)))
}
