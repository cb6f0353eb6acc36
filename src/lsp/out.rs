//! The way out: messages to the client, in the order in which they are given.

use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tower_lsp::jsonrpc::{Request, Response};
use tower_lsp::ls_types::notification::Notification;

/// Sends messages without waiting. What is sent first is written first, be it a response or a notification: what a client
/// is told of a request comes before the answer.
#[derive(Debug, Clone)]
pub struct Out(mpsc::UnboundedSender<Outgoing>);

#[derive(Debug)]
enum Outgoing {
    Message(Vec<u8>),
    End,
}

/// What was sent and is not written yet.
pub struct Queue(mpsc::UnboundedReceiver<Outgoing>);

impl Out {
    pub fn new() -> (Self, Queue) {
        let (to, queue) = mpsc::unbounded_channel();
        (Self(to), Queue(queue))
    }

    pub fn send(&self, message: &impl serde::Serialize) {
        match serde_json::to_vec(message) {
            // The queue goes only when the session ends.
            Ok(body) => drop(self.0.send(Outgoing::Message(body))),
            Err(error) => tracing::error!(%error, "a message could not be written as JSON"),
        }
    }

    pub fn notify<N: Notification>(&self, params: &N::Params) {
        match serde_json::to_value(params) {
            Ok(params) => self.send(&Request::build(N::METHOD).params(params).finish()),
            Err(error) => tracing::error!(%error, "a notification could not be written as JSON"),
        }
    }

    pub fn answer(&self, response: Option<Response>) {
        if let Some(response) = response {
            self.send(&response);
        }
    }

    /// Nothing is sent after this.
    pub fn end(&self) {
        drop(self.0.send(Outgoing::End));
    }
}

impl Queue {
    /// Writes messages until the end is asked for, or the client does not read any more.
    pub async fn write(mut self, mut output: impl AsyncWrite + Unpin) {
        while let Some(Outgoing::Message(body)) = self.0.recv().await {
            let mut frame = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
            frame.extend_from_slice(&body);
            if output.write_all(&frame).await.is_err() || self.0.is_empty() && output.flush().await.is_err() {
                return;
            }
        }
        drop(output.flush().await);
    }
}
