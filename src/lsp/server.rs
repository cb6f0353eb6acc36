//! The methods that the server answers, each handed to its module.
//!
//! A request takes its view of the texts before its first await; [`super::serve`] polls it once in the order of arrival,
//! so it sees exactly the changes that came before it. Notifications are awaited there one by one: none of them may wait
//! for the client or for work that takes long.

use std::sync::Arc;

use serde_json::Value;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::*;
use tower_lsp::{Client, LanguageServer};

use super::log::Relay;
use super::state::{State, View};
use super::{Error, commands, lifecycle, requests, settings};
use crate::cancel::Cancel;
#[cfg(debug_assertions)]
use crate::config;

/// The backend behind `tower_lsp`'s router.
pub struct Server {
    pub state: Arc<State>,
}

impl Server {
    pub fn new(client: Client, relay: Relay) -> Self {
        Self { state: Arc::new(State::new(client, relay)) }
    }

    /// Answers from a view on a thread that may block. The work is told to stop when the client cancels.
    async fn answer<P, R>(&self, params: P, handle: fn(&View, P, &Cancel) -> std::result::Result<R, Error>) -> Result<R>
    where
        P: Send + 'static,
        R: Send + 'static,
    {
        let view = self.state.view();
        let cancel = self.state.ended.child_token();
        let stop = cancel.clone().drop_guard();
        let work = tokio::task::spawn_blocking(move || {
            #[cfg(debug_assertions)]
            {
                config::fail_on_purpose("blocking");
                while config::stalls_on_purpose() && !cancel.is_cancelled() {
                    std::thread::yield_now();
                }
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

    /// `$/setTrace`.
    pub async fn set_trace(&self, params: SetTraceParams) {
        self.state.relay.trace(params.value);
    }

    /// `window/workDoneProgress/cancel`.
    pub async fn cancel_progress(&self, params: WorkDoneProgressCancelParams) {
        tracing::debug!("{:?} is cancelled", params.token);
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
        self.state.edit(|documents| documents.open(uri, &language_id, version, text));
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let VersionedTextDocumentIdentifier { uri, version } = params.text_document;
        let encoding = self.state.encoding();
        let changed = self.state.edit(|documents| documents.change(&uri, version, &params.content_changes, encoding));
        if let Err(stray) = changed {
            tracing::warn!("a change was not followed: {stray}");
        }
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        let uri = params.text_document.uri;
        if !self.state.edit(|documents| documents.close(&uri)) {
            tracing::warn!("{} was closed without being open", uri.as_str());
        }
        self.state.refresh();
    }

    async fn did_save(&self, _params: DidSaveTextDocumentParams) {
        self.state.refresh();
    }

    async fn did_change_watched_files(&self, _params: DidChangeWatchedFilesParams) {
        self.state.refresh();
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        settings::change(&self.state, &params);
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        lifecycle::change_folders(&self.state, &params);
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        self.answer(params, requests::document_symbol::handle).await
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<Value>> {
        Ok(commands::execute(&self.state, params).await?)
    }
}
