//! `textDocument/definition`: where a name is defined.

use tower_lsp::ls_types::{GotoDefinitionParams, GotoDefinitionResponse, LocationLink};

use super::cursor::Cursor;
use super::target::{Target, targets};
use crate::cancel::Cancel;
use crate::lsp::Error;
use crate::lsp::state::View;

/// Answers with links where the client knows them, best first.
pub fn handle(
    view: &View,
    params: GotoDefinitionParams,
    cancel: &Cancel,
) -> Result<Option<GotoDefinitionResponse>, Error> {
    let Some(cursor) = Cursor::at(view, &params.text_document_position_params)? else { return Ok(None) };
    let found = targets(view, &cursor, cancel)?;
    if found.is_empty() {
        return Ok(None);
    }
    let client = view.client.text_document.as_ref().and_then(|client| client.definition);
    if client.and_then(|client| client.link_support) != Some(true) {
        let locations = found.iter().map(|target| target.location(view)).collect();
        return Ok(Some(GotoDefinitionResponse::Array(locations)));
    }
    let origin = cursor.text.lines.range(&cursor.text.text, cursor.range.clone(), view.encoding);
    let link = |target: &Target| {
        let range = |bytes| target.text.lines.range(&target.text.text, bytes, view.encoding);
        LocationLink {
            origin_selection_range: Some(origin),
            target_uri: target.uri.clone(),
            target_range: range(target.whole()),
            target_selection_range: range(target.name()),
        }
    };
    Ok(Some(GotoDefinitionResponse::Link(found.iter().map(link).collect())))
}
