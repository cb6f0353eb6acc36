//! `textDocument/prepareCallHierarchy`, `callHierarchy/incomingCalls` and `callHierarchy/outgoingCalls`.

use serde::{Deserialize, Serialize};
use tower_lsp::ls_types::{
    CallHierarchyIncomingCall, CallHierarchyIncomingCallsParams, CallHierarchyItem, CallHierarchyOutgoingCall,
    CallHierarchyOutgoingCallsParams, CallHierarchyPrepareParams, Range,
};

use super::cursor::Cursor;
use super::target::{Target, targets};
use crate::cancel::Cancel;
use crate::lsp::Error;
use crate::lsp::convert::{Ruler, symbol_kind};
use crate::lsp::state::View;
use crate::syntax::Kind;

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
            Some((container, _)) => format!("{container} — {path}"),
            None => path.to_string(),
        }),
        uri: target.uri.clone(),
        range: ruler.range(target.whole()),
        selection_range: ruler.range(target.name()),
        data: serde_json::to_value(known).ok(),
    })
}
