//! `workspace/symbol`: definitions of the whole workspace by what a person typed of their name.

use serde::{Deserialize, Serialize};
use tower_lsp::ls_types::{
    Location, OneOf, Position, Range, WorkspaceLocation, WorkspaceSymbol, WorkspaceSymbolParams,
    WorkspaceSymbolResponse,
};

use super::target::Target;
use crate::cancel::Cancel;
use crate::graph::{Definition, GraphError, Row, definition};
use crate::lsp::Error;
use crate::lsp::convert::{Places, symbol_kind};
use crate::lsp::lines::Encoding;
use crate::lsp::state::View;
use crate::text::utf16_len;
use crate::workspace::RelPath;

/// Symbols of one answer. More than a person scrolls through, and the client narrows by asking again.
const MOST: usize = 256;

/// What a symbol without a range is resolved by.
#[derive(Serialize, Deserialize)]
struct Place {
    path: String,
    line: u32,
    column: u32,
}

/// Answers best first. A client that can ask for a range later gets none where it would cost reading the file.
pub fn handle(
    view: &View,
    params: WorkspaceSymbolParams,
    cancel: &Cancel,
) -> Result<Option<WorkspaceSymbolResponse>, Error> {
    let client = view.client.workspace.as_ref().and_then(|client| client.symbol.as_ref());
    let resolves = client
        .and_then(|client| client.resolve_support.as_ref())
        .is_some_and(|resolve| resolve.properties.iter().any(|property| property == "location.range"));
    let rows = rows(view, &params.query, cancel)?;
    let mut places = Places::new(view);
    let symbol = |row: Row| {
        let uri = view.uri(&row.path)?;
        let place = Place { path: row.path.to_string(), line: row.line, column: row.column };
        let (location, data) = if view.encoding == Encoding::Utf16 {
            // Columns are counted in UTF-16 already.
            let (line, start) = (place.line - 1, place.column - 1);
            let end = start + utf16_len(&row.name);
            let range = Range { start: Position::new(line, start), end: Position::new(line, end) };
            (OneOf::Left(Location { uri, range }), None)
        } else if resolves {
            (OneOf::Right(WorkspaceLocation { uri }), serde_json::to_value(&place).ok())
        } else {
            let range = places.name(&place.path, place.line, place.column, &row.name)?;
            (OneOf::Left(Location { uri, range }), None)
        };
        Some(WorkspaceSymbol {
            kind: symbol_kind(row.kind),
            tags: None,
            container_name: (!row.container.is_empty()).then_some(row.container),
            name: row.name,
            location,
            data,
        })
    };
    Ok(Some(WorkspaceSymbolResponse::Nested(rows.into_iter().filter_map(symbol).collect())))
}

/// What the table has. While it is being filled, a definition of just that name is looked for in the files too: who asks
/// for a name that exists must not be told that it does not.
fn rows(view: &View, query: &str, cancel: &Cancel) -> Result<Vec<Row>, Error> {
    let table = view.catalogue.table(view);
    let mut rows = table.find(query, MOST, cancel)?.items;
    let filling = view.settings.symbol_table && !table.state().complete;
    if query.len() < 3 || !filling || rows.iter().any(|row| row.name == query) {
        return Ok(rows);
    }
    // What is no name has no definition.
    let named = match definition(&view.snapshot, &view.symbols, query, None, MOST, cancel) {
        Err(GraphError::Name { .. }) => return Ok(rows),
        named => named?.items,
    };
    let row = |found: Definition| {
        let target = Target::find(view, &found.path, found.line, &found.name)?;
        let symbol = target.symbol();
        Some(Row {
            name: symbol.name.clone(),
            kind: symbol.kind,
            path: RelPath::parse(&found.path).ok()?,
            line: symbol.line,
            column: symbol.column,
            container: found.qualified.rsplit_once('.').map_or_else(String::new, |(outer, _)| outer.to_owned()),
        })
    };
    let found: Vec<Row> = named.into_iter().filter_map(row).collect();
    rows.splice(0..0, found);
    rows.truncate(MOST);
    Ok(rows)
}

/// Gives a symbol its range.
///
/// # Errors
/// When the symbol is none that was answered here, or its file cannot be read any more.
pub fn resolve(view: &View, mut symbol: WorkspaceSymbol, _cancel: &Cancel) -> Result<WorkspaceSymbol, Error> {
    let OneOf::Right(WorkspaceLocation { uri }) = &symbol.location else { return Ok(symbol) };
    let place: Place = symbol
        .data
        .clone()
        .and_then(|data| serde_json::from_value(data).ok())
        .ok_or_else(|| Error::params("the symbol has no data to resolve it by"))?;
    let range = Places::new(view)
        .name(&place.path, place.line, place.column, &symbol.name)
        .ok_or_else(|| Error::failed(format!("{} cannot be read any more", place.path)))?;
    symbol.location = OneOf::Left(Location { uri: uri.clone(), range });
    symbol.data = None;
    Ok(symbol)
}
