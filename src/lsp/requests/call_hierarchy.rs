//! `textDocument/prepareCallHierarchy`, `callHierarchy/incomingCalls` and `callHierarchy/outgoingCalls`.

use serde::{Deserialize, Serialize};
use tower_lsp::ls_types::{
    CallHierarchyIncomingCall, CallHierarchyIncomingCallsParams, CallHierarchyItem, CallHierarchyOutgoingCall,
    CallHierarchyOutgoingCallsParams, CallHierarchyPrepareParams, Range, SymbolKind,
};

use super::cursor::Cursor;
use super::target::{Target, targets};
use crate::cancel::Cancel;
use crate::display;
use crate::graph::{CallSite, CallsQuery, Edge, Site, callees, callers};
use crate::lsp::Error;
use crate::lsp::convert::{Places, Ruler, symbol_kind};
use crate::lsp::state::View;
use crate::syntax::Kind;
use crate::workspace::RelPath;

/// Callers, or callees, that a client is given.
const MOST: usize = 1_000;

/// By what an item is known when it comes back.
#[derive(Serialize, Deserialize)]
struct Known {
    path: String,
    /// Of the name, 1-based.
    line: u32,
    qualified: String,
}

/// Answers with what is called, or may be, under the cursor.
pub fn prepare(
    view: &View,
    params: CallHierarchyPrepareParams,
    cancel: &Cancel,
) -> Result<Option<Vec<CallHierarchyItem>>, Error> {
    let Some(cursor) = Cursor::at(view, &params.text_document_position_params)? else { return Ok(None) };
    let found = targets(view, &cursor, cancel)?;
    let items: Vec<CallHierarchyItem> =
        found.iter().filter(|target| is_called(target.symbol().kind)).filter_map(|target| item(view, target)).collect();
    Ok((!items.is_empty()).then_some(items))
}

fn is_called(kind: Kind) -> bool {
    !matches!(kind, Kind::Field | Kind::Property | Kind::Variable | Kind::Constant | Kind::EnumMember | Kind::Type)
}

fn item(view: &View, target: &Target) -> Option<CallHierarchyItem> {
    let symbol = target.symbol();
    let path = target.text.path.as_ref()?;
    let known = Known { path: path.to_string(), line: symbol.line, qualified: symbol.qualified.clone() };
    let ruler = Ruler::new(&target.text, view.encoding);
    Some(CallHierarchyItem {
        name: symbol.name.clone(),
        kind: symbol_kind(symbol.kind),
        tags: None,
        detail: Some(match symbol.qualified.rsplit_once('.') {
            Some((container, _)) => shown(&format!("{container} — {path}")),
            None => shown(path.as_str()),
        }),
        uri: target.uri.clone(),
        range: ruler.range(target.whole()),
        selection_range: ruler.range(target.name()),
        data: serde_json::to_value(known).ok(),
    })
}

/// Answers with what calls an item, and where.
pub fn incoming(
    view: &View,
    params: CallHierarchyIncomingCallsParams,
    cancel: &Cancel,
) -> Result<Option<Vec<CallHierarchyIncomingCall>>, Error> {
    let (name, site) = known(&params.item)?;
    let edges = callers(&view.snapshot, &view.symbols, &name, Some(&site), &query(), cancel)?;
    let mut places = Places::new(view);
    let call = |edge: Edge| {
        let from_ranges = ranges(&mut places, &edge.calls, &params.item.name);
        let from = other_end(view, &mut places, &edge)?;
        Some(CallHierarchyIncomingCall { from, from_ranges })
    };
    Ok(Some(edges.items.into_iter().take_while(|_| !cancel.is_cancelled()).filter_map(call).collect()))
}

/// Answers with what an item calls, and where.
pub fn outgoing(
    view: &View,
    params: CallHierarchyOutgoingCallsParams,
    cancel: &Cancel,
) -> Result<Option<Vec<CallHierarchyOutgoingCall>>, Error> {
    let (name, site) = known(&params.item)?;
    let edges = callees(&view.snapshot, &view.symbols, &name, Some(&site), &query(), cancel)?;
    let mut places = Places::new(view);
    let call = |edge: Edge| {
        let from_ranges = ranges(&mut places, &edge.calls, &edge.name);
        let to = other_end(view, &mut places, &edge)?;
        Some(CallHierarchyOutgoingCall { to, from_ranges })
    };
    Ok(Some(edges.items.into_iter().take_while(|_| !cancel.is_cancelled()).filter_map(call).collect()))
}

/// The name and the place that an item was made from.
fn known(item: &CallHierarchyItem) -> Result<(String, Site), Error> {
    let data = item.data.clone().and_then(|data| serde_json::from_value::<Known>(data).ok());
    let Known { path, line, qualified } =
        data.ok_or_else(|| Error::params("the item has no data; prepare the call hierarchy first"))?;
    // A file is known by its path alone.
    let name = if qualified == path { path.clone() } else { format!("{path}#{qualified}") };
    Ok((name, Site { path, line }))
}

fn query() -> CallsQuery {
    CallsQuery { path: None, limit: Some(MOST) }
}

/// Where the calls stand. A constructor is called by the name of its class, so the word there is what counts.
fn ranges(places: &mut Places, calls: &[CallSite], name: &str) -> Vec<Range> {
    calls.iter().filter_map(|call| places.word(&call.path, call.line, call.column, name)).collect()
}

fn other_end(view: &View, places: &mut Places, edge: &Edge) -> Option<CallHierarchyItem> {
    if let Some(target) = Target::find(view, &edge.path, edge.line, &edge.name) {
        return item(view, &target);
    }
    // Code outside of every definition belongs to its file.
    let range = places.lines(&edge.path, edge.from, edge.to)?;
    let known = Known { path: edge.path.clone(), line: edge.line, qualified: edge.qualified.clone() };
    Some(CallHierarchyItem {
        name: edge.name.rsplit('/').next().unwrap_or(&edge.name).to_owned(),
        kind: SymbolKind::FILE,
        tags: None,
        detail: Some(shown(&edge.path)),
        uri: view.uri(&RelPath::parse(&edge.path).ok()?)?,
        range,
        selection_range: Range { start: range.start, end: range.start },
        data: serde_json::to_value(known).ok(),
    })
}

/// A text of the repository, safe to show.
fn shown(text: &str) -> String {
    display::terminal(text).into_owned()
}
