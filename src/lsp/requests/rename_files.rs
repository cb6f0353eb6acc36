//! `workspace/willRenameFiles`: what leads to files that the client is about to move is mended.

use tower_lsp::ls_types::{
    FileOperationFilter, FileOperationPattern, FileOperationPatternKind, FileOperationRegistrationOptions, FileRename,
    RenameFilesParams, Uri, WorkspaceEdit,
};

use super::offer::is_offered;
use super::rename::{checked, prepared};
use crate::cancel::Cancel;
use crate::config::Feature;
use crate::lsp::Error;
use crate::lsp::edits::Prepared;
use crate::lsp::state::View;
use crate::plan::refactor::{self, Tools};
use crate::plan::{Change, FileChange, Plan, PlanError};
use crate::workspace::RelPath;

/// The files whose imports can be mended.
const FILES: &str = "**/*.{rs,py,pyi,js,jsx,mjs,cjs,ts,tsx,mts,cts}";

/// What the server wants to be asked about.
pub fn registration() -> FileOperationRegistrationOptions {
    let filter = |glob: &str, kind| FileOperationFilter {
        scheme: Some("file".to_owned()),
        pattern: FileOperationPattern { glob: glob.to_owned(), matches: Some(kind), options: None },
    };
    let filters = vec![filter(FILES, FileOperationPatternKind::File), filter("**", FileOperationPatternKind::Folder)];
    FileOperationRegistrationOptions { filters }
}

/// Answers with the edit that is to be applied before the client moves the files. A move that cannot be followed is said,
/// and is no reason against it.
pub fn handle(view: &View, params: RenameFilesParams, cancel: &Cancel) -> Result<Option<Prepared>, Error> {
    let moves: Vec<(String, String)> = params.files.iter().filter_map(|file| wanted(view, file)).collect();
    let mut plan = Plan::new(view.snapshot.clone(), "rename files");
    let tools = Tools { symbols: &view.symbols, cancel };
    let mut notes = Vec::new();
    for (from, to) in &moves {
        plan.step(&format!("Move {from} to {to}"), "");
        match refactor::rename_file(&mut plan, tools, from, to) {
            Ok(_) => {}
            Err(PlanError::Cancelled) => return Err(Error::cancelled()),
            Err(error) => notes.push(format!("what leads to {from} is left as it is: {error}")),
        }
    }
    let mut document = checked(&plan, tools)?;
    let is_own = |change: &FileChange| {
        let (Some(before), Some(after)) = (&change.before, &change.after) else { return false };
        moves.iter().any(|(from, to)| match before.strip_prefix(from.as_str()) {
            Some(rest) => (rest.is_empty() || rest.starts_with('/')) && after.strip_prefix(to.as_str()) == Some(rest),
            None => false,
        })
    };
    for change in &mut document.files {
        if change.change() == Change::Moved && is_own(change) {
            change.after = change.before.clone();
        }
    }
    // Another server mends what it serves.
    let is_ours = |path: &str| {
        let uri = RelPath::parse(path).ok().and_then(|path| view.uri(&path));
        is_offered(view, Feature::RenameFiles, uri.as_ref())
    };
    document.files.retain(|change| {
        let moves = change.change() == Change::Moved;
        (moves || !change.edits.is_empty()) && change.before.as_deref().is_none_or(is_ours)
    });
    document.doubts.retain(|doubt| is_ours(&doubt.path));
    let mut answer = match prepared(view, &document) {
        Ok(answer) => answer,
        Err(error) => {
            notes.push(format!("what leads to the files is left as it is: {error}"));
            Prepared { edit: WorkspaceEdit::default(), notes: Vec::new() }
        }
    };
    answer.notes.extend(notes);
    Ok(Some(answer))
}

/// A move inside of the workspace, unless another server follows it.
fn wanted(view: &View, file: &FileRename) -> Option<(String, String)> {
    let old: Uri = file.old_uri.parse().ok()?;
    let path = |uri: &Uri| Some(view.path(uri)?.to_string());
    let (from, to) = (path(&old)?, path(&file.new_uri.parse().ok()?)?);
    is_offered(view, Feature::RenameFiles, Some(&old)).then_some((from, to))
}
