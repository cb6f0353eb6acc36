//! The loop between a client's bytes and the server: order, panics, exit.
//!
//! `tower_lsp` routes messages and keeps the states of the protocol; its own transport is not used. It would end the
//! session on the first malformed frame, run notifications beside each other, and let a panic end the process.

use std::panic::AssertUnwindSafe;

use futures_util::{FutureExt as _, Sink, SinkExt as _, StreamExt as _};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tower_lsp::LspService;
use tower_lsp::jsonrpc::{Error as RpcError, ErrorCode, Id, Request, Response};
use tower_service::Service as _;

use super::Error;
use super::framing::{Frame, Frames};
use super::message::{self, Incoming};
use super::out::Out;
use super::server::Server;

/// What is done about bytes that are no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// Answer -32700 and look for the next frame.
    Resync,
    /// End the session.
    Close,
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// `exit` after `shutdown`.
    Orderly,
    /// Anything else.
    Abandoned,
}

/// How long runs may take to settle, and the last messages to be written.
const FLUSH: std::time::Duration = std::time::Duration::from_millis(500);

/// Serves one client until it exits, its bytes end, or its process is gone.
pub async fn serve(
    mut input: impl AsyncRead + Unpin,
    output: impl AsyncWrite + Unpin + Send + 'static,
    malformed: Malformed,
) -> Ended {
    let (out, queue) = Out::new();
    let writer = tokio::spawn(queue.write(output));
    let (service, socket) = LspService::build(|client| Server::new(client, out.clone()))
        .custom_method("$/setTrace", Server::set_trace)
        .custom_method("window/workDoneProgress/cancel", Server::cancel_progress)
        .custom_method("spelunk/ask", Server::ask)
        .custom_method("spelunk/cancel", Server::cancel)
        .custom_method("spelunk/answerNow", Server::answer_now)
        .custom_method("spelunk/runs", Server::runs)
        .custom_method("spelunk/trace", Server::trace)
        .custom_method("spelunk/completePart", Server::complete_part)
        .finish();
    let state = service.inner().state.clone();
    let (mut requests, responses) = socket.split();
    let forward = out.clone();
    tokio::spawn(async move {
        while let Some(request) = requests.next().await {
            forward.send(&request);
        }
    });
    let mut session = Session { service, responses, out: out.clone(), shut_down: false };
    let mut frames = Frames::default();
    let mut buffer = vec![0; 64 << 10];
    let ended = 'session: loop {
        let read = tokio::select! {
            read = input.read(&mut buffer) => read,
            () = state.client_gone.cancelled() => break Ended::Abandoned,
        };
        match read {
            Ok(0) => break if session.shut_down { Ended::Orderly } else { Ended::Abandoned },
            Ok(bytes) => frames.push(&buffer[..bytes]),
            Err(error) => {
                tracing::error!(%error, "the client's messages cannot be read");
                break Ended::Abandoned;
            }
        }
        while let Some(frame) = frames.next() {
            match frame {
                Frame::Message(value) => {
                    if let Some(ended) = session.take(message::read(value)).await {
                        break 'session ended;
                    }
                }
                Frame::Bad(reason) => {
                    tracing::warn!("a malformed message: {reason}");
                    let error = RpcError { code: ErrorCode::ParseError, message: reason.into(), data: None };
                    out.send(&Response::from_error(Id::Null, error));
                    if malformed == Malformed::Close {
                        break 'session Ended::Abandoned;
                    }
                }
            }
        }
    };
    state.ended.cancel();
    drop(tokio::time::timeout(FLUSH, state.runs.settled()).await);
    out.end();
    drop(tokio::time::timeout(FLUSH, writer).await);
    ended
}

struct Session<R> {
    service: LspService<Server>,
    /// Takes the client's responses to requests of ours.
    responses: R,
    out: Out,
    shut_down: bool,
}

impl<R: Sink<Response> + Unpin> Session<R> {
    /// Takes one message. Says when the session is over.
    async fn take(&mut self, message: Incoming) -> Option<Ended> {
        match message {
            Incoming::Refused(response) => self.out.send(&response),
            Incoming::Response(response) => drop(self.responses.send(response).await),
            Incoming::Notification(request) => {
                let exit = request.method() == "exit";
                self.notification(request).await;
                if exit {
                    return Some(if self.shut_down { Ended::Orderly } else { Ended::Abandoned });
                }
            }
            Incoming::Request(request) => self.request(request).await,
        }
        None
    }

    async fn notification(&mut self, request: Request) {
        let method = request.method().to_owned();
        if AssertUnwindSafe(self.service.call(request)).catch_unwind().await.is_err() {
            tracing::error!("{method} failed inside");
        }
    }

    /// Answers at once what can be, and the rest whenever it is ready. What changes the session's state is awaited.
    async fn request(&mut self, request: Request) {
        let (method, id) = (request.method().to_owned(), request.id().cloned().unwrap_or(Id::Null));
        let work = AssertUnwindSafe(self.service.call(request)).catch_unwind();
        let failed = (id, method.clone());
        let mut answer = Box::pin(work.map(move |done| match done {
            Ok(Ok(response)) => response,
            Ok(Err(_exited)) => None,
            Err(_panic) => {
                tracing::error!("{} failed inside", failed.1);
                let error = Error::internal(format!("{} failed inside; the log has more", failed.1));
                Some(Response::from_error(failed.0, error.into()))
            }
        }));
        let done = if matches!(method.as_str(), "initialize" | "shutdown") {
            Some((&mut answer).await)
        } else {
            (&mut answer).now_or_never()
        };
        match done {
            Some(response) => {
                self.shut_down |= method == "shutdown" && response.as_ref().is_some_and(Response::is_ok);
                self.out.answer(response);
            }
            None => {
                let out = self.out.clone();
                tokio::spawn(async move { out.answer(answer.await) });
            }
        }
    }
}
