//! `textDocument/documentHighlight`: the same name elsewhere in the file.

use std::collections::HashSet;
use std::ops::Range;

use tower_lsp::ls_types::{DocumentHighlight, DocumentHighlightKind, DocumentHighlightParams};

use super::cursor::{Cursor, Role};
use crate::cancel::Cancel;
use crate::lsp::Error;
use crate::lsp::convert::{Ruler, name_of};
use crate::lsp::state::View;
use crate::syntax::{Place, Usage, occurrences};

/// Answers in the order of the text. Definitions and assignments are writes; words outside of code are text.
pub fn handle(
    view: &View,
    params: DocumentHighlightParams,
    _: &Cancel,
) -> Result<Option<Vec<DocumentHighlight>>, Error> {
    let Some(cursor) = Cursor::at(view, &params.text_document_position_params)? else { return Ok(None) };
    let (text, name) = (&*cursor.text.text, cursor.name.as_str());
    let mut found: Vec<(Range<usize>, DocumentHighlightKind)> = Vec::new();
    if let Some(local) = &cursor.local {
        let written = cursor.uses().into_iter().filter(|used| used.usage == Usage::Write);
        let written: HashSet<usize> = written.map(|used| used.offset).collect();
        let writes = |bytes: &Range<usize>| *bytes == local.definition || written.contains(&bytes.start);
        found.extend(local.occurrences.iter().map(|bytes| (bytes.clone(), kind(writes(bytes)))));
    } else if cursor.role == Role::Word {
        found.extend(occurrences(text, name).map(|bytes| (bytes, DocumentHighlightKind::TEXT)));
    } else {
        let defined = cursor.symbols.symbols.iter().filter(|symbol| symbol.name == name);
        found.extend(defined.map(|symbol| (name_of(symbol), DocumentHighlightKind::WRITE)));
        let uses = cursor.uses().into_iter().filter(|used| used.place != Place::Local);
        found.extend(uses.map(|used| (used.offset..used.offset + name.len(), kind(used.usage == Usage::Write))));
        found.sort_by_key(|(bytes, _)| bytes.start);
        found.dedup_by_key(|(bytes, _)| bytes.start);
    }
    let ruler = Ruler::new(&cursor.text, view.encoding);
    let highlight = |(bytes, kind)| DocumentHighlight { range: ruler.range(bytes), kind: Some(kind) };
    Ok(Some(found.into_iter().map(highlight).collect()))
}

fn kind(writes: bool) -> DocumentHighlightKind {
    if writes { DocumentHighlightKind::WRITE } else { DocumentHighlightKind::READ }
}
