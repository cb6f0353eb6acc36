//! `textDocument/definition`: where a name is defined.

use std::ops::Range;

use tower_lsp::ls_types::{GotoDefinitionParams, GotoDefinitionResponse, Location, LocationLink};

use super::cursor::Cursor;
use super::imported::imported;
use super::target::{Target, targets};
use crate::cancel::Cancel;
use crate::lsp::Error;
use crate::lsp::state::View;

/// Answers with links where the client knows them, best first; with a file where only that is imported.
pub fn handle(
    view: &View,
    params: GotoDefinitionParams,
    cancel: &Cancel,
) -> Result<Option<GotoDefinitionResponse>, Error> {
    let Some(cursor) = Cursor::at(view, &params.text_document_position_params)? else { return Ok(None) };
    let found = targets(view, &cursor, cancel)?;
    if let Some(file) = imported(view, &cursor, &found, cancel)? {
        return Ok(Some(GotoDefinitionResponse::Array(vec![file])));
    }
    let here = |bytes: Range<usize>| cursor.text.lines.range(&cursor.text.text, bytes, view.encoding);
    let local = match (&cursor.local, found.is_empty()) {
        (_, false) => None,
        (Some(local), true) => Some(here(local.definition.clone())),
        (None, true) => return Ok(None),
    };
    let client = view.client.text_document.as_ref().and_then(|client| client.definition);
    if client.and_then(|client| client.link_support) != Some(true) {
        let local = local.map(|range| Location { uri: cursor.uri.clone(), range });
        let locations = found.iter().map(|target| target.location(view)).chain(local).collect();
        return Ok(Some(GotoDefinitionResponse::Array(locations)));
    }
    let origin = here(cursor.range.clone());
    let local = local.map(|range| LocationLink {
        origin_selection_range: Some(origin),
        target_uri: cursor.uri.clone(),
        target_range: range,
        target_selection_range: range,
    });
    let link = |target: &Target| {
        let range = |bytes| target.text.lines.range(&target.text.text, bytes, view.encoding);
        LocationLink {
            origin_selection_range: Some(origin),
            target_uri: target.uri.clone(),
            target_range: range(target.whole()),
            target_selection_range: range(target.name()),
        }
    };
    Ok(Some(GotoDefinitionResponse::Link(found.iter().map(link).chain(local).collect())))
}
