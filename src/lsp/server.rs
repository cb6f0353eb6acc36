//! The methods that the server answers, each handed to its module.
//!
//! A request takes its view of the texts before its first await; [`super::serve`] polls it once in the order of arrival,
//! so it sees exactly the changes that came before it. Notifications are awaited there one by one: none of them may wait
//! for the client or for work that takes long.

mod own;

use std::sync::Arc;

use serde_json::Value;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::*;
use tower_lsp::{Client, LanguageServer};

use super::documents::Said;
use super::edits::Prepared;
use super::log::Relay;
use super::out::Out;
use super::requests::offer::is_offered;
use super::state::{State, View};
use super::{Error, commands, filling, lifecycle, requests, settings, watch};
use crate::cancel::Cancel;
use crate::config;
use crate::config::Feature;

/// The backend behind `tower_lsp`'s router.
pub struct Server {
    pub state: Arc<State>,
    /// The documents whose changes were not followed, and the client was told.
    strays: Said,
}

impl Server {
    pub fn new(client: Client, out: Out, relay: Relay) -> Self {
        Self { state: Arc::new(State::new(client, out, relay)), strays: Said::default() }
    }

    /// Answers from a view on a thread that may block. The work is told to stop when the client cancels.
    async fn answer<P, R, W>(&self, params: P, handle: W) -> Result<R>
    where
        P: Send + 'static,
        R: Send + 'static,
        W: FnOnce(&View, P, &Cancel) -> std::result::Result<R, Error> + Send + 'static,
    {
        let view = self.state.view();
        let cancel = self.state.ended.child_token();
        let stop = cancel.clone().drop_guard();
        let work = tokio::task::spawn_blocking(move || {
            config::fail_on_purpose("blocking");
            while config::stalls_on_purpose() && !cancel.is_cancelled() {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            // It may have waited for a thread for longer than the client for an answer.
            if cancel.is_cancelled() {
                return Err(Error::cancelled());
            }
            handle(&view, params, &cancel)
        });
        let answer = match work.await {
            Ok(answer) => answer.map_err(Into::into),
            Err(ended) if ended.is_panic() => {
                Err(Error::internal("the request failed inside; the log has more").into())
            }
            Err(_) => Err(Error::cancelled().into()),
        };
        drop(stop);
        answer
    }

    /// Answers a method that the settings may switch off; then there is nothing to say.
    async fn offer<P, R>(
        &self,
        feature: Feature,
        uri: Option<Uri>,
        params: P,
        handle: fn(&View, P, &Cancel) -> std::result::Result<Option<R>, Error>,
    ) -> Result<Option<R>>
    where
        P: Send + 'static,
        R: Send + 'static,
    {
        let work = move |view: &View, params: P, cancel: &Cancel| {
            if !is_offered(view, feature, uri.as_ref()) {
                return Ok(None);
            }
            let _paused = view.catalogue.pause();
            handle(view, params, cancel)
        };
        self.answer(params, work).await
    }

    /// `$/setTrace`.
    pub async fn set_trace(&self, params: SetTraceParams) {
        self.state.relay.trace(params.value);
    }

    /// `window/workDoneProgress/cancel`.
    pub async fn cancel_progress(&self, params: WorkDoneProgressCancelParams) {
        match filling::number(&params.token) {
            Some(number) => self.state.catalogue.stop(number),
            None => self.state.runs.cancel_progress(&params.token),
        }
    }

    /// An edit, beside which the user is told what is not in it.
    fn said(&self, prepared: Option<Prepared>) -> Option<WorkspaceEdit> {
        let prepared = prepared?;
        if !prepared.notes.is_empty() {
            self.state.out.say(MessageType::INFO, &prepared.notes.join("; "));
        }
        (!prepared.is_empty()).then_some(prepared.edit)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> std::result::Result<T, Error> + Send + 'static,
    ) -> Result<T> {
        let done = tokio::task::spawn_blocking(work).await;
        Ok(done.map_err(|_| Error::internal("the request failed inside; the log has more"))??)
    }
}

impl LanguageServer for Server {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        Ok(lifecycle::initialize(&self.state, params)?)
    }

    async fn initialized(&self, _params: InitializedParams) {
        lifecycle::initialized(&self.state);
    }

    async fn shutdown(&self) -> Result<()> {
        self.state.ended.cancel();
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let TextDocumentItem { uri, language_id, version, text } = params.text_document;
        self.strays.forget(&uri);
        let opened = uri.clone();
        self.state.edit(|documents| documents.open(uri, &language_id, version, text));
        self.state.settle(&opened);
        self.state.approach(&opened);
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let VersionedTextDocumentIdentifier { uri, version } = params.text_document;
        match self.state.change(&uri, version, &params.content_changes) {
            Ok(()) => self.state.settle(&uri),
            Err(stray) if self.strays.is_first(&uri) => tracing::warn!("a change was not followed: {stray}"),
            Err(_) => {}
        }
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        let uri = params.text_document.uri;
        if !self.state.edit(|documents| documents.close(&uri)) {
            tracing::warn!("{} was closed without being open", uri.as_str());
        }
        self.state.refresh_file(&uri);
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        self.state.refresh_file(&params.text_document.uri);
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        watch::take(&self.state, &params);
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        settings::change(&self.state, &params);
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        lifecycle::change_folders(&self.state, &params);
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        let uri = Some(params.text_document.uri.clone());
        self.offer(Feature::DocumentSymbol, uri, params, requests::document_symbol::handle).await
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        let uri = Some(params.text_document.uri.clone());
        self.offer(Feature::FoldingRange, uri, params, requests::folding_range::handle).await
    }

    async fn selection_range(&self, params: SelectionRangeParams) -> Result<Option<Vec<SelectionRange>>> {
        let uri = Some(params.text_document.uri.clone());
        self.offer(Feature::SelectionRange, uri, params, requests::selection_range::handle).await
    }

    async fn goto_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        let uri = Some(params.text_document_position_params.text_document.uri.clone());
        self.offer(Feature::Definition, uri, params, requests::definition::handle).await
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let uri = Some(params.text_document_position.text_document.uri.clone());
        self.offer(Feature::References, uri, params, requests::references::handle).await
    }

    async fn document_highlight(&self, params: DocumentHighlightParams) -> Result<Option<Vec<DocumentHighlight>>> {
        let uri = Some(params.text_document_position_params.text_document.uri.clone());
        self.offer(Feature::DocumentHighlight, uri, params, requests::document_highlight::handle).await
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let uri = Some(params.text_document_position_params.text_document.uri.clone());
        self.offer(Feature::Hover, uri, params, requests::hover::handle).await
    }

    async fn prepare_call_hierarchy(
        &self,
        params: CallHierarchyPrepareParams,
    ) -> Result<Option<Vec<CallHierarchyItem>>> {
        let uri = Some(params.text_document_position_params.text_document.uri.clone());
        self.offer(Feature::CallHierarchy, uri, params, requests::call_hierarchy::prepare).await
    }

    async fn incoming_calls(
        &self,
        params: CallHierarchyIncomingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
        let uri = Some(params.item.uri.clone());
        self.offer(Feature::CallHierarchy, uri, params, requests::call_hierarchy::incoming).await
    }

    async fn outgoing_calls(
        &self,
        params: CallHierarchyOutgoingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
        let uri = Some(params.item.uri.clone());
        self.offer(Feature::CallHierarchy, uri, params, requests::call_hierarchy::outgoing).await
    }

    async fn prepare_rename(&self, params: TextDocumentPositionParams) -> Result<Option<PrepareRenameResponse>> {
        let uri = Some(params.text_document.uri.clone());
        self.offer(Feature::Rename, uri, params, requests::rename::prepare).await
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        let uri = Some(params.text_document_position.text_document.uri.clone());
        Ok(self.said(self.offer(Feature::Rename, uri, params, requests::rename::handle).await?))
    }

    async fn will_rename_files(&self, params: RenameFilesParams) -> Result<Option<WorkspaceEdit>> {
        Ok(self.said(self.offer(Feature::RenameFiles, None, params, requests::rename_files::handle).await?))
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let uri = Some(params.text_document.uri.clone());
        self.offer(Feature::CodeAction, uri, params, requests::code_action::handle).await
    }

    async fn code_action_resolve(&self, mut action: CodeAction) -> Result<CodeAction> {
        let resolve = |view: &View, action, cancel: &Cancel| requests::plan_action::resolve(view, &action, cancel);
        let prepared = self.answer(action.clone(), resolve).await?;
        action.edit = self.said(prepared);
        Ok(action)
    }

    async fn symbol(&self, params: WorkspaceSymbolParams) -> Result<Option<WorkspaceSymbolResponse>> {
        self.offer(Feature::WorkspaceSymbol, None, params, requests::workspace_symbol::handle).await
    }

    async fn symbol_resolve(&self, params: WorkspaceSymbol) -> Result<WorkspaceSymbol> {
        self.answer(params, requests::workspace_symbol::resolve).await
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<Value>> {
        Ok(commands::execute(&self.state, params).await?)
    }
}
