//! The texts that an edit meets: the client's where a document is open, the files' where none is.

use std::collections::BTreeSet;

use crate::lsp::edits::{Client, Prepared, Texts, Unfit, workspace_edit};
use crate::lsp::state::View;
use crate::plan::Document;
use crate::workspace::RelPath;

/// The view with a plan's files as they are on disk now. What is no file of the view's stays none.
pub fn fresh(view: &View, document: &Document) -> View {
    refreshed(view, document, false)
}

/// The same with all files that there are by now: those that came with the plan may not be known yet. Walks the folders.
pub fn relisted(view: &View, document: &Document) -> View {
    refreshed(view, document, true)
}

fn refreshed(view: &View, document: &Document, relist: bool) -> View {
    let files = document.files.iter().flat_map(|file| [&file.before, &file.after]).flatten();
    let doubts = document.doubts.iter().map(|doubt| &doubt.path);
    let paths: BTreeSet<RelPath> = files.chain(doubts).filter_map(|path| RelPath::parse(path).ok()).collect();
    let paths: Vec<RelPath> = paths.into_iter().collect();
    let mut fresh = view.clone();
    fresh.snapshot = view.snapshot.refreshed(&paths, relist);
    fresh
}

/// A plan as an edit for this client, over the texts of a view. `confirmed` are the executed files that were said yes to.
///
/// # Errors
/// When the texts are no longer those that the plan was made for, or the client cannot follow it.
pub fn for_client(document: &Document, view: &View, confirmed: &BTreeSet<String>) -> Result<Prepared, Unfit> {
    let parse = |path: &str| RelPath::parse(path).ok();
    let texts = Texts {
        encoding: view.encoding,
        open: &|path| {
            let document = view.documents.get(&view.uri(&parse(path)?)?)?;
            Some((document.version, document.text.clone()))
        },
        text: &|path| view.snapshot.text(&parse(path)?).ok(),
        uri: &|path| view.uri(&parse(path)?),
        confirmed,
    };
    workspace_edit(document, &Client::new(&view.client), &texts)
}
