//! The way out: messages to the client, in the order in which they are given.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tower_lsp::jsonrpc::Request;
use tower_lsp::ls_types::notification::Notification;

/// Sends messages without waiting. What is sent first is written first, be it a response or a notification: what a client
/// is told of a request comes before the answer.
#[derive(Debug, Clone)]
pub struct Out {
    to: mpsc::UnboundedSender<Outgoing>,
    /// Messages that are not written yet.
    waiting: Arc<AtomicUsize>,
}

/// Messages that may wait before what is not asked for is left out.
const BEHIND: usize = 1000;

#[derive(Debug)]
enum Outgoing {
    Message(Vec<u8>),
    End,
}

/// What was sent and is not written yet.
pub struct Queue {
    from: mpsc::UnboundedReceiver<Outgoing>,
    waiting: Arc<AtomicUsize>,
}

impl Out {
    pub fn new() -> (Self, Queue) {
        let (to, from) = mpsc::unbounded_channel();
        let waiting = Arc::<AtomicUsize>::default();
        (Self { to, waiting: waiting.clone() }, Queue { from, waiting })
    }

    pub fn send(&self, message: &impl serde::Serialize) {
        match serde_json::to_vec(message) {
            Ok(body) => {
                self.waiting.fetch_add(1, Ordering::Relaxed);
                // The queue goes only when the session ends.
                drop(self.to.send(Outgoing::Message(body)));
            }
            Err(error) => tracing::error!(%error, "a message could not be written as JSON"),
        }
    }

    pub fn notify<N: Notification>(&self, params: &N::Params) {
        match serde_json::to_value(params) {
            Ok(params) => self.send(&Request::build(N::METHOD).params(params).finish()),
            Err(error) => tracing::error!(%error, "a notification could not be written as JSON"),
        }
    }

    /// Whether the client does not keep up with reading.
    pub fn is_behind(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > BEHIND
    }

    /// Nothing is sent after this.
    pub fn end(&self) {
        drop(self.to.send(Outgoing::End));
    }
}

impl Queue {
    /// Writes messages until the end is asked for, or the client does not read any more.
    pub async fn write(mut self, mut output: impl AsyncWrite + Unpin) {
        while let Some(Outgoing::Message(body)) = self.from.recv().await {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            let mut frame = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
            frame.extend_from_slice(&body);
            if output.write_all(&frame).await.is_err() || self.from.is_empty() && output.flush().await.is_err() {
                return;
            }
        }
        drop(output.flush().await);
    }
}
