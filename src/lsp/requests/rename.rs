//! `textDocument/rename` and `textDocument/prepareRename`: the `builtin` refactoring, at once.

use std::collections::BTreeSet;

use tower_lsp::ls_types::{Position, PrepareRenameResponse, RenameParams, TextDocumentPositionParams, Uri};

use crate::cancel::Cancel;
use crate::lsp::Error;
use crate::lsp::convert::Ruler;
use crate::lsp::edits::Prepared;
use crate::lsp::plans::for_client;
use crate::lsp::state::{Text, View};
use crate::plan::checks::Checker;
use crate::plan::refactor::{self, Tools};
use crate::plan::{Document, Plan, PlanError};

/// Answers with the name at the cursor, when it can get another.
pub fn prepare(
    view: &View,
    params: TextDocumentPositionParams,
    cancel: &Cancel,
) -> Result<Option<PrepareRenameResponse>, Error> {
    let Some((text, path, offset)) = place(view, &params.text_document.uri, params.position)? else { return Ok(None) };
    let tools = Tools { symbols: &view.symbols, cancel };
    let Some(name) = refactor::name_at(&view.snapshot, tools, &path, offset)? else { return Ok(None) };
    let placeholder = text.text[name.clone()].to_owned();
    let range = Ruler::new(&text, view.encoding).range(name);
    Ok(Some(PrepareRenameResponse::RangeWithPlaceholder { range, placeholder }))
}

/// Answers with the edit that gives what is meant at the cursor another name: sure places, and doubtful ones when the client
/// asks for each.
pub fn handle(view: &View, params: RenameParams, cancel: &Cancel) -> Result<Option<Prepared>, Error> {
    let TextDocumentPositionParams { text_document, position } = params.text_document_position;
    let Some((text, path, offset)) = place(view, &text_document.uri, position)? else {
        return Err(Error::failed("only files of the workspace that are not ignored can be refactored"));
    };
    let old = word(&text, offset);
    let mut plan = Plan::new(view.snapshot.clone(), &format!("rename {old} to {}", params.new_name));
    plan.step(&format!("Rename {old} to {}", params.new_name), "");
    let tools = Tools { symbols: &view.symbols, cancel };
    refactor::rename_at(&mut plan, tools, &path, offset, &params.new_name)?;
    Ok(Some(prepared(view, &checked(&plan, tools)?)?))
}

/// The plan as a document, with what must not be.
pub fn checked(plan: &Plan, tools: Tools) -> Result<Document, Error> {
    let mut document = plan.document();
    document.problems = Checker::default().check(plan, tools.symbols, tools.cancel)?;
    // What a person may judge is no reason to ask about each place.
    document.problems.retain(|problem| problem.fatal);
    Ok(document)
}

/// A plan that was asked for by name, as an edit.
pub fn prepared(view: &View, document: &Document) -> Result<Prepared, Error> {
    Ok(for_client(document, view, &BTreeSet::new())?)
}

/// A place of a file of the workspace, in bytes. `None` for other documents.
fn place(view: &View, uri: &Uri, position: Position) -> Result<Option<(Text, String, usize)>, Error> {
    let text = view.text(uri)?;
    let Some(path) = text.path.clone() else { return Ok(None) };
    if !view.snapshot.contains(&path)? {
        return Ok(None);
    }
    let offset = text.lines.offset(&text.text, position, view.encoding);
    Ok(Some((text, path.to_string(), offset)))
}

/// The word around an offset.
fn word(text: &Text, offset: usize) -> &str {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    let (before, behind) = text.text.split_at(offset);
    let start = before.trim_end_matches(part).len();
    &text.text[start..offset + behind.len() - behind.trim_start_matches(part).len()]
}

impl From<PlanError> for Error {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Cancelled => Self::cancelled(),
            PlanError::Graph(error) => error.into(),
            error => Self::failed(error.to_string()),
        }
    }
}
