//! The way out: messages to the client, in the order in which they are given.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tower_lsp::jsonrpc::Request;
use tower_lsp::ls_types::notification::{Notification, ShowMessage};
use tower_lsp::ls_types::{MessageType, ShowMessageParams};

use crate::display;

/// Sends messages without waiting. What is sent first is written first, be it a response or a notification: what a client
/// is told of a request comes before the answer. Nothing that is given here is left out; whoever says what can be missed
/// (log lines, reports of progress, a run's text as it comes) asks before whether the client [is behind](Self::is_behind).
#[derive(Debug, Clone)]
pub struct Out {
    to: mpsc::UnboundedSender<Outgoing>,
    waiting: Arc<Waiting>,
}

/// What is not written yet.
#[derive(Debug, Default)]
struct Waiting {
    messages: AtomicUsize,
    bytes: AtomicUsize,
}

/// Messages that may wait before what can be missed is left out.
const MESSAGES: usize = 10_000;

/// Bytes that may wait before what can be missed is left out.
const BYTES: usize = 8 << 20;

#[derive(Debug)]
enum Outgoing {
    Message(Vec<u8>),
    End,
}

/// What was sent and is not written yet.
pub struct Queue {
    from: mpsc::UnboundedReceiver<Outgoing>,
    waiting: Arc<Waiting>,
}

impl Out {
    pub fn new() -> (Self, Queue) {
        let (to, from) = mpsc::unbounded_channel();
        let waiting = Arc::<Waiting>::default();
        (Self { to, waiting: waiting.clone() }, Queue { from, waiting })
    }

    pub fn send(&self, message: &impl serde::Serialize) {
        match serde_json::to_vec(message) {
            Ok(body) => {
                self.waiting.messages.fetch_add(1, Ordering::Relaxed);
                self.waiting.bytes.fetch_add(body.len(), Ordering::Relaxed);
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

    /// Says something to the client's user.
    pub fn say(&self, typ: MessageType, message: &str) {
        let message = display::terminal(message).into_owned();
        self.notify::<ShowMessage>(&ShowMessageParams { typ, message });
    }

    /// Whether the client does not keep up with reading.
    pub fn is_behind(&self) -> bool {
        let Waiting { messages, bytes } = &*self.waiting;
        messages.load(Ordering::Relaxed) > MESSAGES || bytes.load(Ordering::Relaxed) > BYTES
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
            self.waiting.messages.fetch_sub(1, Ordering::Relaxed);
            self.waiting.bytes.fetch_sub(body.len(), Ordering::Relaxed);
            let mut frame = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
            frame.extend_from_slice(&body);
            if output.write_all(&frame).await.is_err() || self.from.is_empty() && output.flush().await.is_err() {
                return;
            }
        }
        drop(output.flush().await);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio::io::AsyncReadExt as _;

    use super::*;

    #[tokio::test]
    async fn a_client_that_does_not_read_is_behind_until_it_has() {
        let check = async |length: usize, fit: usize| {
            let (out, queue) = Out::new();
            let text = json!("x".repeat(length));
            for at in 0..fit {
                assert!(!out.is_behind(), "after {at}");
                out.send(&text);
            }
            assert!(out.is_behind());
            let (mut client, server) = tokio::io::duplex(1 << 10);
            let writing = tokio::spawn(queue.write(server));
            let mut read = vec![0; fit * (length + 2 + 20)];
            client.read_exact(&mut read).await.unwrap();
            assert!(!out.is_behind());
            out.end();
            client.read_to_end(&mut read).await.unwrap();
            writing.await.unwrap();
        };
        check(1, MESSAGES + 1).await;
        check((1 << 20) - 2, (BYTES >> 20) + 1).await;
    }
}
