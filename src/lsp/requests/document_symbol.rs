//! `textDocument/documentSymbol`: the definitions of one file, nested where the client can show that.

use std::ops::Range;

use tower_lsp::ls_types::{DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse, Location, SymbolInformation};

use crate::cancel::Cancel;
use crate::display;
use crate::lsp::Error;
use crate::lsp::convert::{Ruler, name_of, symbol_kind, whole_of};
use crate::lsp::state::{Text, View};
use crate::syntax::Symbol;

/// Answers with nested symbols, or flat ones for a client that knows no others.
pub fn handle(
    view: &View,
    params: DocumentSymbolParams,
    cancel: &Cancel,
) -> Result<Option<DocumentSymbolResponse>, Error> {
    let uri = params.text_document.uri;
    let text = view.text(&uri)?;
    let Some(language) = text.language.filter(|language| language.has_definitions()) else { return Ok(None) };
    let found = text.definitions(language, &view.symbols);
    if cancel.is_cancelled() {
        return Err(Error::cancelled());
    }
    let ruler = Ruler::new(&text, view.encoding);
    let document = view.client.text_document.as_ref().and_then(|client| client.document_symbol.as_ref());
    let nested = document.and_then(|client| client.hierarchical_document_symbol_support) == Some(true);
    Ok(Some(if nested {
        DocumentSymbolResponse::Nested(nest(&text, &ruler, &found.symbols))
    } else {
        let flat = |symbol: &Symbol| {
            #[expect(deprecated, reason = "the type has no other constructor")]
            SymbolInformation {
                name: symbol.name.clone(),
                kind: symbol_kind(symbol.kind),
                tags: None,
                deprecated: None,
                location: Location { uri: uri.clone(), range: ruler.range(whole_of(&text.text, symbol)) },
                container_name: symbol.qualified.rsplit_once('.').map(|(container, _)| container.to_owned()),
            }
        };
        DocumentSymbolResponse::Flat(found.symbols.iter().map(flat).collect())
    }))
}

/// The symbols as a forest. Parents come before their children, so it is built from the end.
fn nest(text: &Text, ruler: &Ruler, symbols: &[Symbol]) -> Vec<DocumentSymbol> {
    let ranges = enclosing(text, symbols);
    let mut children: Vec<Vec<DocumentSymbol>> = symbols.iter().map(|_| Vec::new()).collect();
    let mut roots = Vec::new();
    for (at, symbol) in symbols.iter().enumerate().rev() {
        let mut inner = std::mem::take(&mut children[at]);
        inner.reverse();
        #[expect(deprecated, reason = "the type has no other constructor")]
        let built = DocumentSymbol {
            name: symbol.name.clone(),
            detail: Some(display::terminal(&symbol.signature).into_owned()),
            kind: symbol_kind(symbol.kind),
            tags: None,
            deprecated: None,
            range: ruler.range(ranges[at].clone()),
            selection_range: ruler.range(name_of(symbol)),
            children: (!inner.is_empty()).then_some(inner),
        };
        symbol.parent.map_or(&mut roots, |parent| &mut children[parent]).push(built);
    }
    roots.reverse();
    roots
}

/// The bytes of each definition, widened to hold those inside of it: the protocol demands it, and a field may be
/// declared outside of its class.
fn enclosing(text: &Text, symbols: &[Symbol]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = symbols.iter().map(|symbol| whole_of(&text.text, symbol)).collect();
    for at in (0..symbols.len()).rev() {
        let inner = ranges[at].clone();
        if let Some(outer) = symbols[at].parent.map(|parent| &mut ranges[parent]) {
            *outer = outer.start.min(inner.start)..outer.end.max(inner.end);
        }
    }
    ranges
}
