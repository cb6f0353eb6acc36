//! The editor's own model: requests to it leave as `spelunk/complete`, parts of its replies come as `spelunk/completePart`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;
use tokio::sync::mpsc;
use tower_lsp::Client;
use tower_lsp::jsonrpc::{Id, Request as RpcRequest, Response};
use tower_service::Service as _;

use super::protocol::{CompleteFailure, CompleteParams, CompletePart, CompleteResult};
use crate::model::Finish;
use crate::model::editor::{EditorFailure, EditorFailureKind, EditorReply, Job};

/// Where the parts of replies under way go.
#[derive(Clone, Default)]
pub struct Lent(Arc<Mutex<HashMap<u64, mpsc::UnboundedSender<String>>>>);

impl Lent {
    /// Sends every job to the client, until the model behind the channel is gone.
    pub async fn serve(self, client: Client, mut jobs: mpsc::UnboundedReceiver<Job>) {
        while let Some(job) = jobs.recv().await {
            tokio::spawn(self.clone().complete(client.clone(), job));
        }
    }

    /// Takes a part of a reply. Parts of what nobody waits for are dropped.
    pub fn part(&self, part: CompletePart) {
        if let Some(parts) = self.lock().get(&part.id) {
            // The receiver is gone when the run was cancelled a moment ago.
            drop(parts.send(part.text));
        }
    }

    async fn complete(self, mut client: Client, job: Job) {
        let Job { id, request, parts, reply, cancel } = job;
        if cancel.is_cancelled() {
            return;
        }
        self.lock().insert(id, parts);
        let params = CompleteParams {
            id,
            model: Some(request.model).filter(|model| !model.is_empty()),
            messages: request.messages.into_iter().map(Into::into).collect(),
            tools: request.tools,
            max_tokens: request.max_tokens,
            temperature: request.temperature,
            schema: request.schema,
        };
        let rpc = client.next_request_id();
        let message = RpcRequest::build("spelunk/complete").params(json!(params)).id(rpc.clone()).finish();
        let answer = client.call(message);
        tokio::select! {
            biased;
            answer = answer => {
                let outcome = match answer {
                    Ok(Some(response)) => read(response),
                    // Dropping `reply` says that the editor is gone.
                    Ok(None) | Err(_) => return self.forget(id),
                };
                self.forget(id);
                drop(reply.send(outcome));
            }
            () = cancel.cancelled() => {
                self.forget(id);
                let id = match rpc {
                    Id::Number(id) => json!(id),
                    Id::String(id) => json!(id),
                    Id::Null => return,
                };
                drop(client.call(RpcRequest::build("$/cancelRequest").params(json!({ "id": id })).finish()).await);
            }
        }
    }

    fn forget(&self, id: u64) {
        self.lock().remove(&id);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u64, mpsc::UnboundedSender<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(response: Response) -> Result<EditorReply, EditorFailure> {
    let (_, result) = response.into_parts();
    let other = |message: String| EditorFailure { kind: EditorFailureKind::Other, message, models: Vec::new() };
    match result {
        Ok(value) => {
            let result: CompleteResult = serde_json::from_value(value)
                .map_err(|error| other(format!("its reply to spelunk/complete cannot be read: {error}")))?;
            let CompleteResult { text, tool_calls, usage, finish } = result;
            Ok(EditorReply { text, tool_calls, usage, finish: finish.unwrap_or(Finish::Stop) })
        }
        Err(error) => {
            let failure: CompleteFailure =
                error.data.and_then(|data| serde_json::from_value(data).ok()).unwrap_or_default();
            let kind = match failure.kind.as_str() {
                "noPermission" => EditorFailureKind::NoPermission,
                "notFound" => EditorFailureKind::NotFound,
                "blocked" => EditorFailureKind::Blocked,
                _ => EditorFailureKind::Other,
            };
            Err(EditorFailure { kind, message: error.message.into_owned(), models: failure.models })
        }
    }
}
