//! A refactor plan as the protocol's edit of the workspace, and what the client said of it.

mod line_ends;
mod marks;
mod operations;
mod refused;
#[cfg(test)]
mod tests;
mod writer;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use tower_lsp::ls_types::{
    ClientCapabilities, DocumentChanges, FailureHandlingKind, ResourceOperationKind, Uri, WorkspaceEdit,
};

use self::marks::Marks;
pub use self::refused::{Refused, applied};
use self::writer::Writer;
use super::Error;
use super::lines::Encoding;
use crate::display;
use crate::plan::Document;

/// What a client can do with an edit of the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Client {
    /// It takes edits of documents at a version.
    pub document_changes: bool,
    /// What it does with files as a whole.
    pub resource_operations: Vec<ResourceOperationKind>,
    /// It shows why something is edited, and asks where that is needed.
    pub annotations: bool,
    /// It makes line endings its own.
    pub normalizes: bool,
    /// What it leaves behind when it fails halfway.
    pub failure_handling: Option<FailureHandlingKind>,
}

impl Client {
    pub fn new(client: &ClientCapabilities) -> Self {
        let Some(edit) = client.workspace.as_ref().and_then(|workspace| workspace.workspace_edit.as_ref()) else {
            return Self::default();
        };
        Self {
            document_changes: edit.document_changes.unwrap_or(false),
            resource_operations: edit.resource_operations.clone().unwrap_or_default(),
            annotations: edit.change_annotation_support.is_some(),
            normalizes: edit.normalizes_line_endings.unwrap_or(false),
            failure_handling: edit.failure_handling,
        }
    }
}

/// The version and the text of an open document.
pub type Opened = (i32, Arc<str>);

/// The texts and names that a plan meets.
pub struct Texts<'a> {
    pub encoding: Encoding,
    /// What the client has open at a path.
    pub open: &'a dyn Fn(&str) -> Option<Opened>,
    /// What else has text at a path.
    pub text: &'a dyn Fn(&str) -> Option<Arc<str>>,
    /// The client's name for a path.
    pub uri: &'a dyn Fn(&str) -> Option<Uri>,
    /// The executed files that the person has said yes to, one by one.
    pub confirmed: &'a BTreeSet<String>,
}

/// An edit for the client, and what to tell the person along with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    pub edit: WorkspaceEdit,
    /// What is not in the edit, or may come out otherwise. Safe to show.
    pub notes: Vec<String>,
}

impl Prepared {
    /// Whether the edit does nothing.
    pub fn is_empty(&self) -> bool {
        let changes = match &self.edit.document_changes {
            Some(DocumentChanges::Edits(edits)) => edits.len(),
            Some(DocumentChanges::Operations(operations)) => operations.len(),
            None => 0,
        };
        changes == 0 && self.edit.changes.as_ref().is_none_or(HashMap::is_empty)
    }
}

/// Why a plan cannot be given to the client. Paths are as they are: clean before showing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("the plan must not be applied as it is: {0}")]
    Fatal(String),
    #[error("{path} {what} since the plan was made; nothing was changed")]
    Changed { path: String, what: &'static str },
    #[error("this editor cannot {operations} files, which the plan needs for {path}; `spelunk plan --apply` can")]
    NoOperations { operations: &'static str, path: String },
    #[error("{0} and others exchange their names, which an editor cannot do; `spelunk plan --apply` can")]
    Exchange(String),
    #[error("{0} has no name that the editor knows")]
    NoUri(String),
    #[error("the plan cannot be followed at {0}: its edits do not fit")]
    Malformed(String),
}

impl From<Unfit> for Error {
    fn from(error: Unfit) -> Self {
        Self::failed(error.to_string())
    }
}

/// The plan for the client.
///
/// Open documents are edited at their version. Files that a tool executes are in it when the client asks for each, or
/// the person has said yes; doubtful places only when the client asks.
///
/// # Errors
/// When the plan does not fit what the documents hold, or the client cannot follow it. Nothing has happened then.
pub fn workspace_edit(document: &Document, client: &Client, texts: &Texts<'_>) -> Result<Prepared, Unfit> {
    if let Some(problem) = document.problems.iter().find(|problem| problem.fatal) {
        return Err(Unfit::Fatal(problem.message.clone()));
    }
    if document.files.iter().any(|file| file.path().is_empty()) {
        return Err(Unfit::Malformed("a file without a path".to_owned()));
    }
    let asks = client.annotations && client.document_changes;
    let marks = Marks { document, confirmed: texts.confirmed, annotations: asks.then(BTreeMap::new) };
    let mut writer = Writer { document, client, texts, marks, notes: Vec::new() };
    let edit = writer.write()?;
    Ok(Prepared { edit, notes: writer.notes })
}

/// Text for a label: one line, without what would act on who reads it.
fn clean(text: &str) -> String {
    display::terminal(text).split_whitespace().collect::<Vec<_>>().join(" ")
}
