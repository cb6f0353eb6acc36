//! `textDocument/foldingRange`: what of a file can be folded away.

use tower_lsp::ls_types::{FoldingRange, FoldingRangeKind, FoldingRangeParams};

use crate::cancel::Cancel;
use crate::lsp::Error;
use crate::lsp::state::{Text, View};

/// What a client that names no limit is given at most.
const MOST: usize = 5_000;

/// Lines that fold, both 0-based and inclusive.
struct Fold {
    from: u32,
    to: u32,
    kind: Option<FoldingRangeKind>,
}

/// Answers with whole lines, which every client can fold. Of more than the client takes, the longest.
pub fn handle(view: &View, params: FoldingRangeParams, _cancel: &Cancel) -> Result<Option<Vec<FoldingRange>>, Error> {
    let text = view.text(&params.text_document.uri)?;
    let client = view.client.text_document.as_ref().and_then(|client| client.folding_range.as_ref());
    let limit = client.and_then(|client| client.range_limit).map_or(MOST, |limit| limit as usize);
    let mut found = folds(view, &text);
    if found.len() > limit {
        found.sort_by_key(|fold| std::cmp::Reverse(fold.to - fold.from));
        found.truncate(limit);
        found.sort_by_key(|fold| (fold.from, std::cmp::Reverse(fold.to)));
    }
    let known = client.and_then(|client| client.folding_range_kind.as_ref()?.value_set.as_ref());
    let range = |fold: Fold| FoldingRange {
        start_line: fold.from,
        end_line: fold.to,
        kind: fold.kind.filter(|kind| known.is_none_or(|known| known.contains(kind))),
        ..FoldingRange::default()
    };
    Ok(Some(found.into_iter().map(range).collect()))
}

fn folds(view: &View, text: &Text) -> Vec<Fold> {
    let Some(language) = text.language else { return Vec::new() };
    let mut found: Vec<Fold> = view
        .symbols
        .of(language, &text.text)
        .symbols
        .iter()
        .filter(|symbol| symbol.to > symbol.from)
        .map(|symbol| Fold { from: symbol.from - 1, to: symbol.to - 1, kind: None })
        .collect();
    found.dedup_by_key(|fold| fold.from);
    found
}
