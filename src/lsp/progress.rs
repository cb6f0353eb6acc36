//! Work-done progress: a token, a beginning, reports, and an end that always comes.

use tower_lsp::ls_types::notification::Progress as ProgressNotification;
use tower_lsp::ls_types::{
    ProgressParams, ProgressParamsValue, ProgressToken, WorkDoneProgress, WorkDoneProgressBegin, WorkDoneProgressEnd,
    WorkDoneProgressReport,
};

use super::out::Out;

/// Progress that has begun. Dropped, it ends.
pub struct Progress {
    out: Out,
    token: ProgressToken,
    last: Option<String>,
}

impl Progress {
    /// Begins on a token that the client knows. Clients show percentages only where there was one at the beginning.
    pub fn begin(out: Out, token: ProgressToken, title: String, cancellable: bool, percentage: Option<u32>) -> Self {
        let progress = Self { out, token, last: None };
        let begin = WorkDoneProgressBegin { title, cancellable: Some(cancellable), message: None, percentage };
        progress.send(WorkDoneProgress::Begin(begin));
        progress
    }

    /// Says how far it is, to a client that keeps up with reading.
    pub fn report(&self, message: String, percentage: Option<u32>) {
        if self.out.is_behind() {
            return;
        }
        let report = WorkDoneProgressReport { cancellable: None, message: Some(message), percentage };
        self.send(WorkDoneProgress::Report(report));
    }

    /// Ends with a last word.
    pub fn end(mut self, message: String) {
        self.last = Some(message);
    }

    fn send(&self, value: WorkDoneProgress) {
        let params = ProgressParams { token: self.token.clone(), value: ProgressParamsValue::WorkDone(value) };
        self.out.notify::<ProgressNotification>(&params);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        let message = self.last.take();
        self.send(WorkDoneProgress::End(WorkDoneProgressEnd { message }));
    }
}
