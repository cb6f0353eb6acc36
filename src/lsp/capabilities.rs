//! What the server says it can do.

use serde_json::json;
use tower_lsp::ls_types::{
    CallHierarchyServerCapability, ClientCapabilities, CodeActionOptions, CodeActionProviderCapability,
    ExecuteCommandOptions, FoldingRangeProviderCapability, HoverProviderCapability, OneOf, PositionEncodingKind,
    RenameOptions, SaveOptions, SelectionRangeProviderCapability, ServerCapabilities, TextDocumentSyncCapability,
    TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions, WorkDoneProgressOptions,
    WorkspaceFileOperationsServerCapabilities, WorkspaceFoldersServerCapabilities, WorkspaceServerCapabilities,
    WorkspaceSymbolOptions,
};

use super::commands;
use super::protocol::MESSAGES;
use super::requests::{code_action, plan_action, rename_files};

/// The capabilities for a client, with the encoding that was agreed on.
pub fn capabilities(encoding: PositionEncodingKind, client: &ClientCapabilities) -> ServerCapabilities {
    let code_action = client.text_document.as_ref().and_then(|client| client.code_action.as_ref());
    // Clients that do not know of kinds expect a boolean.
    let code_action = match code_action.and_then(|client| client.code_action_literal_support.as_ref()) {
        Some(_) => CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![
                code_action::KIND,
                plan_action::MOVE,
                plan_action::REMOVE,
                plan_action::EXTRACT,
            ]),
            resolve_provider: code_action::resolves(client).then_some(true),
            ..CodeActionOptions::default()
        }),
        None => CodeActionProviderCapability::Simple(true),
    };
    let rename = client.text_document.as_ref().and_then(|client| client.rename.as_ref());
    let rename = match rename.and_then(|client| client.prepare_support) {
        Some(true) => OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        }),
        _ => OneOf::Left(true),
    };
    let messages: Vec<&str> = MESSAGES.iter().map(|(method, ..)| *method).collect();
    let progress = WorkDoneProgressOptions { work_done_progress: Some(true) };
    ServerCapabilities {
        position_encoding: Some(encoding),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
            ..TextDocumentSyncOptions::default()
        })),
        document_symbol_provider: Some(OneOf::Left(true)),
        workspace_symbol_provider: Some(OneOf::Right(WorkspaceSymbolOptions {
            work_done_progress_options: WorkDoneProgressOptions::default(),
            resolve_provider: Some(true),
        })),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        document_highlight_provider: Some(OneOf::Left(true)),
        call_hierarchy_provider: Some(CallHierarchyServerCapability::Simple(true)),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        selection_range_provider: Some(SelectionRangeProviderCapability::Simple(true)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        code_action_provider: Some(code_action),
        rename_provider: Some(rename),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: commands::COMMANDS.iter().map(|command| (*command).to_owned()).collect(),
            work_done_progress_options: progress,
        }),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            file_operations: Some(WorkspaceFileOperationsServerCapabilities {
                will_rename: Some(rename_files::registration()),
                ..WorkspaceFileOperationsServerCapabilities::default()
            }),
        }),
        experimental: Some(json!({ "spelunk": { "messages": messages } })),
        ..ServerCapabilities::default()
    }
}
