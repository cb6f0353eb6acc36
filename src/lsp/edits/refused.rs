//! What the client said of an edit, in words.

use tower_lsp::ls_types::{
    ApplyWorkspaceEditResponse, DocumentChangeOperation, DocumentChanges, FailureHandlingKind, ResourceOp, Uri,
    WorkspaceEdit,
};

use super::{Client, clean};

/// The client's refusal, in words that are safe to show.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the editor did not apply the plan{at}: {reason}; {left}")]
pub struct Refused {
    /// " at `path`", or empty.
    at: String,
    reason: String,
    left: &'static str,
}

/// What came of an edit.
///
/// # Errors
/// When the client did not apply it.
pub fn applied(response: ApplyWorkspaceEditResponse, edit: &WorkspaceEdit, client: &Client) -> Result<(), Refused> {
    if response.applied {
        return Ok(());
    }
    let uri = response.failed_change.and_then(|change| uri_of(edit, change as usize));
    let at = uri.map_or_else(String::new, |uri| format!(" at {}", clean(uri.as_str())));
    let reason = response.failure_reason.map(|reason| clean(&reason)).filter(|reason| !reason.is_empty());
    let text_only = !matches!(edit.document_changes, Some(DocumentChanges::Operations(_)));
    let left = match (client.failure_handling, response.failed_change) {
        (Some(FailureHandlingKind::Transactional), _) => "nothing was changed",
        (Some(FailureHandlingKind::TextOnlyTransactional), _) if text_only => "nothing was changed",
        (_, Some(0)) => "nothing was changed",
        (Some(FailureHandlingKind::Undo), _) => "it says that it tried to take back what it had done",
        _ => "what it had done before stays, and can be undone there",
    };
    Err(Refused { at, reason: reason.unwrap_or_else(|| "it gave no reason".to_owned()), left })
}

/// The URI that one of the changes is about.
fn uri_of(edit: &WorkspaceEdit, change: usize) -> Option<&Uri> {
    match edit.document_changes.as_ref()? {
        DocumentChanges::Edits(edits) => edits.get(change).map(|edit| &edit.text_document.uri),
        DocumentChanges::Operations(operations) => Some(match operations.get(change)? {
            DocumentChangeOperation::Op(ResourceOp::Create(create)) => &create.uri,
            DocumentChangeOperation::Op(ResourceOp::Rename(rename)) => &rename.old_uri,
            DocumentChangeOperation::Op(ResourceOp::Delete(delete)) => &delete.uri,
            DocumentChangeOperation::Edit(edit) => &edit.text_document.uri,
        }),
    }
}
