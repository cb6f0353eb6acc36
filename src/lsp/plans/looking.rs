//! What a plan does to its files, for those who look at it before they say yes.

use std::sync::Arc;

use super::fresh;
use crate::lsp::Error;
use crate::lsp::events::safe;
use crate::lsp::protocol::PlanFileResult;
use crate::lsp::state::View;
use crate::plan::{self, Document, FileChange};
use crate::workspace::RelPath;

/// The plan as a patch, or what it does to one file.
///
/// # Errors
/// When no such file is in it, or a file is no longer what the plan was made for.
pub fn diff(document: &Document, path: Option<&str>, view: &View) -> Result<String, Error> {
    let view = fresh(view, document);
    let read = |path: &str| text(path, &view);
    let patch = match path {
        None => plan::diff(document, &read),
        Some(path) => {
            let files = vec![named(document, path)?.clone()];
            plan::diff(&Document { files, ..document.clone() }, &read)
        }
    };
    patch.map_err(|error| Error::failed(error.to_string()))
}

/// A file's text before and afterwards.
///
/// # Errors
/// As for [`diff`].
pub fn file(document: &Document, path: &str, view: &View) -> Result<PlanFileResult, Error> {
    let change = named(document, path)?;
    let view = fresh(view, document);
    let changed = |path: &str| Error::failed(format!("{path} was changed since the plan was made; make the plan anew"));
    let before = match &change.before {
        None => None,
        Some(path) => {
            let text = text(path, &view).ok_or_else(|| Error::failed(format!("{path} is gone")))?;
            let hash = blake3::hash(text.as_bytes()).to_hex();
            if change.hash.as_deref() != Some(hash.as_str()) {
                return Err(changed(path));
            }
            Some(text)
        }
    };
    let after = match &change.after {
        None => None,
        Some(_) => Some(change.apply(before.as_deref().unwrap_or_default()).ok_or_else(|| changed(change.path()))?),
    };
    Ok(PlanFileResult { before: before.map(|text| text.to_string()), after })
}

/// The change of a file by its path, before or afterwards.
fn named<'d>(document: &'d Document, path: &str) -> Result<&'d FileChange, Error> {
    let is = |own: &String| own == path || safe(own) == path;
    // Where a path is left by one file and taken by another, the one that comes is meant.
    let by =
        |of: fn(&FileChange) -> &Option<String>| document.files.iter().find(|file| of(file).as_ref().is_some_and(is));
    let found = by(|file| &file.after).or_else(|| by(|file| &file.before));
    found.ok_or_else(|| Error::params(format!("{path} is not in the plan")))
}

fn text(path: &str, view: &View) -> Option<Arc<str>> {
    view.snapshot.text(&RelPath::parse(path).ok()?).ok()
}
