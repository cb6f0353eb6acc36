//! Work-done progress: a token, a beginning, reports, and an end that always comes.

use tower_lsp::Client;
use tower_lsp::ls_types::notification::Progress as ProgressNotification;
use tower_lsp::ls_types::request::WorkDoneProgressCreate;
use tower_lsp::ls_types::{
    ProgressParams, ProgressParamsValue, ProgressToken, WorkDoneProgress, WorkDoneProgressBegin,
    WorkDoneProgressCreateParams, WorkDoneProgressEnd, WorkDoneProgressReport,
};

/// Progress that has begun. [`Self::end`] has to be called.
pub struct Progress {
    client: Client,
    token: ProgressToken,
}

impl Progress {
    /// Begins on a token that the client gave.
    pub async fn begin(client: Client, token: ProgressToken, title: String, cancellable: bool) -> Self {
        let progress = Self { client, token };
        let begin = WorkDoneProgressBegin { title, cancellable: Some(cancellable), message: None, percentage: None };
        progress.send(WorkDoneProgress::Begin(begin)).await;
        progress
    }

    /// Asks the client for a token of ours first. `None` when it refuses.
    pub async fn create(client: Client, token: ProgressToken, title: String, cancellable: bool) -> Option<Self> {
        let params = WorkDoneProgressCreateParams { token: token.clone() };
        client.send_request::<WorkDoneProgressCreate>(params).await.ok()?;
        Some(Self::begin(client, token, title, cancellable).await)
    }

    pub async fn report(&self, message: String, percentage: Option<u32>) {
        let report = WorkDoneProgressReport { cancellable: None, message: Some(message), percentage };
        self.send(WorkDoneProgress::Report(report)).await;
    }

    pub async fn end(self, message: String) {
        self.send(WorkDoneProgress::End(WorkDoneProgressEnd { message: Some(message) })).await;
    }

    async fn send(&self, value: WorkDoneProgress) {
        let params = ProgressParams { token: self.token.clone(), value: ProgressParamsValue::WorkDone(value) };
        self.client.send_notification::<ProgressNotification>(params).await;
    }
}
