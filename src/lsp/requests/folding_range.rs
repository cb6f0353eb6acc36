//! `textDocument/foldingRange`: what of a file can be folded away.

use tower_lsp::ls_types::{FoldingRange, FoldingRangeKind, FoldingRangeParams};

use crate::cancel::Cancel;
use crate::lsp::Error;
use crate::lsp::state::View;
use crate::syntax::{Budget, Fold, FoldKind, Language, folds};
use crate::text::LineIndex;

/// What a client that names no limit is given at most.
const MOST: usize = 5_000;

/// Answers with whole lines, which every client can fold. Of more than the client takes, the longest.
pub fn handle(view: &View, params: FoldingRangeParams, _: &Cancel) -> Result<Option<Vec<FoldingRange>>, Error> {
    let text = view.text(&params.text_document.uri)?;
    let client = view.client.text_document.as_ref().and_then(|client| client.folding_range.as_ref());
    let limit = client.and_then(|client| client.range_limit).map_or(MOST, |limit| limit as usize);
    // What has no language folds by its indentation.
    let Some(language) = text.language.or_else(|| Language::of("text.txt")) else { return Ok(None) };
    text.parse(language, &view.symbols);
    let mut found = folds(language, &text.text, &Budget::default());
    if found.len() > limit {
        found.sort_by_key(|fold| std::cmp::Reverse(fold.to - fold.from));
        found.truncate(limit);
        found.sort_by_key(|fold| (fold.from, std::cmp::Reverse(fold.to)));
    }
    let known = client.and_then(|client| client.folding_range_kind.as_ref()?.value_set.as_ref());
    // A lone CR ends a line of the protocol's, and none of a fold's.
    let index = LineIndex::new(&text.text);
    let line = |line: u32| {
        let start = index.range(line).map_or(text.text.len(), |bytes| bytes.start);
        text.lines.position(&text.text, start, view.encoding).line
    };
    let range = |fold: Fold| {
        let kind = match fold.kind {
            FoldKind::Code => None,
            FoldKind::Comment => Some(FoldingRangeKind::Comment),
            FoldKind::Imports => Some(FoldingRangeKind::Imports),
        };
        FoldingRange {
            start_line: line(fold.from),
            end_line: line(fold.to),
            kind: kind.filter(|kind| known.is_none_or(|known| known.contains(kind))),
            ..FoldingRange::default()
        }
    };
    Ok(Some(found.into_iter().map(range).collect()))
}
