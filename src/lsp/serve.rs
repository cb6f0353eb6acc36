//! The loop between a client's bytes and the server: order, panics, exit.
//!
//! `tower_lsp` routes messages and keeps the states of the protocol; its own transport is not used. It would end the
//! session on the first malformed frame, run notifications beside each other, and let a panic end the process.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{FutureExt as _, Sink, SinkExt as _, StreamExt as _};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tower_lsp::LspService;
use tower_lsp::jsonrpc::{Error as RpcError, ErrorCode, Id, Request, Response};
use tower_lsp::ls_types::notification::LogMessage;
use tower_service::Service as _;

use super::Error;
use super::framing::{Frame, Frames};
use super::log::{Lines, Relay};
use super::message::{self, Incoming};
use super::out::Out;
use super::server::Server;
use crate::cancel::Cancel;

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
    /// `exit`, or the end of input, after `shutdown`.
    Orderly,
    /// Anything else.
    Abandoned,
}

/// How long runs may take to settle.
const SETTLE: std::time::Duration = std::time::Duration::from_secs(1);

/// How long the last messages may take to be written.
const FLUSH: std::time::Duration = std::time::Duration::from_millis(500);

/// Serves one client until it exits, its bytes end, or its process is gone. Log lines reach it through `relay`.
pub async fn serve(
    mut input: impl AsyncRead + Unpin,
    output: impl AsyncWrite + Unpin + Send + 'static,
    malformed: Malformed,
    relay: Relay,
) -> Ended {
    let (out, queue) = Out::new();
    let mut writer = tokio::spawn(queue.write(output));
    let lines = relay.begin();
    let (service, socket) = LspService::build(|client| Server::new(client, out.clone(), relay))
        .custom_method("$/setTrace", Server::set_trace)
        .custom_method("window/workDoneProgress/cancel", Server::cancel_progress)
        .custom_method("spelunk/ask", Server::ask)
        .custom_method("spelunk/cancel", Server::cancel)
        .custom_method("spelunk/answerNow", Server::answer_now)
        .custom_method("spelunk/runs", Server::runs)
        .custom_method("spelunk/answered", Server::answered)
        .custom_method("spelunk/record", Server::record)
        .custom_method("spelunk/trace", Server::trace)
        .custom_method("spelunk/plan", Server::plan)
        .custom_method("spelunk/planned", Server::planned)
        .custom_method("spelunk/planEdit", Server::plan_edit)
        .custom_method("spelunk/applyPlan", Server::apply_plan)
        .custom_method("spelunk/undoPlan", Server::undo_plan)
        .custom_method("spelunk/planDiff", Server::plan_diff)
        .custom_method("spelunk/planFile", Server::plan_file)
        .custom_method("spelunk/verifyPlan", Server::verify_plan)
        .custom_method("spelunk/models", Server::models)
        .custom_method("spelunk/doctor", Server::doctor)
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
    let begun = Cancel::new();
    tokio::spawn(tell(lines, out.clone(), begun.clone()));
    let flight = Flight::default();
    let mut session = Session { service, responses, out: out.clone(), flight, begun, next: 0, shut_down: false };
    let mut frames = Frames::default();
    let mut buffer = vec![0; 64 << 10];
    let ended = 'session: loop {
        let read = tokio::select! {
            read = input.read(&mut buffer) => read,
            () = state.client_gone.cancelled() => break Ended::Abandoned,
            // The client does not read any more.
            _ = &mut writer => break Ended::Abandoned,
        };
        match read {
            Ok(0) => {
                if frames.is_inside() {
                    tracing::warn!("the client's messages end in the middle of one");
                    break Ended::Abandoned;
                }
                break if session.shut_down { Ended::Orderly } else { Ended::Abandoned };
            }
            Ok(bytes) => frames.push(&buffer[..bytes]),
            Err(error) => {
                tracing::error!(%error, "the client's messages cannot be read");
                break Ended::Abandoned;
            }
        }
        while let Some(frame) = frames.frame() {
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
    drop(tokio::time::timeout(SETTLE, state.runs.settled()).await);
    out.end();
    if !writer.is_finished() {
        drop(tokio::time::timeout(FLUSH, writer).await);
    }
    ended
}

/// Sends log lines to the client, from when it has its answer to `initialize`.
async fn tell(mut lines: Lines, out: Out, begun: Cancel) {
    begun.cancelled().await;
    while let Some(line) = lines.next().await {
        if out.is_behind() {
            lines.lose();
        } else {
            out.notify::<LogMessage>(&line);
        }
    }
}

/// The requests in flight: the client's ids, and ours for them. `tower_lsp` forgets a request when it is answered, and one
/// that panics never is, so an id of the client's could be lost to it for ever.
type Flight = Arc<Mutex<HashMap<Id, Id>>>;

struct Session<R> {
    service: LspService<Server>,
    /// Takes the client's responses to requests of ours.
    responses: R,
    out: Out,
    flight: Flight,
    /// Fires when `initialize` is answered.
    begun: Cancel,
    /// Counts requests.
    next: u64,
    shut_down: bool,
}

impl<R: Sink<Response> + Unpin> Session<R> {
    /// Takes one message. Says when the session is over.
    async fn take(&mut self, message: Incoming) -> Option<Ended> {
        match message {
            Incoming::Refused(response) => self.out.send(&response),
            Incoming::Response(response) => drop(self.responses.send(response).await),
            Incoming::Unreadable(ours, theirs) => {
                drop(self.responses.send(ours).await);
                self.out.send(&theirs);
            }
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
        let (method, _, params) = request.into_parts();
        let params = match (&*method, params) {
            ("$/cancelRequest", params) => {
                let theirs: Option<Id> = params.and_then(|params| serde_json::from_value(params["id"].clone()).ok());
                let Some(ours) = theirs.and_then(|id| lock(&self.flight).get(&id).cloned()) else { return };
                Some(serde_json::json!({ "id": ours }))
            }
            (_, params) => params,
        };
        let request = build(method.clone().into_owned(), params).finish();
        let call = self.service.call(request);
        let work = async {
            crate::config::fail_on_purpose(&method);
            call.await
        };
        if AssertUnwindSafe(work).catch_unwind().await.is_err() {
            tracing::error!("{method} failed inside");
        }
    }

    /// Answers at once what can be, and the rest whenever it is ready. What changes the session's state is awaited.
    async fn request(&mut self, request: Request) {
        let (method, theirs, params) = request.into_parts();
        let (method, theirs) = (method.into_owned(), theirs.unwrap_or(Id::Null));
        self.next += 1;
        let ours = Id::String(self.next.to_string());
        {
            let mut flight = lock(&self.flight);
            if flight.contains_key(&theirs) {
                let error = Error::request(format!("the id {theirs} belongs to a request that is not answered yet"));
                return self.out.send(&Response::from_error(theirs, error.into()));
            }
            flight.insert(theirs.clone(), ours.clone());
        }
        let call = self.service.call(build(method.clone(), params).id(ours).finish());
        let name = method.clone();
        let work = async move {
            crate::config::fail_on_purpose(&name);
            call.await
        };
        let (out, flight, name) = (self.out.clone(), self.flight.clone(), method.clone());
        // Gives whether it was answered well.
        let mut answer = Box::pin(AssertUnwindSafe(work).catch_unwind().map(move |done| {
            let body = match done {
                Ok(Ok(Some(response))) => response.into_parts().1,
                // Only notifications need no answer.
                Ok(Ok(None)) => Err(RpcError::method_not_found()),
                Ok(Err(_exited)) => return false,
                Err(_panic) => {
                    tracing::error!("{name} failed inside");
                    Err(Error::internal(format!("{name} failed inside; the log has more")).into())
                }
            };
            let good = body.is_ok();
            lock(&flight).remove(&theirs);
            out.send(&Response::from_parts(theirs, body));
            good
        }));
        match method.as_str() {
            "initialize" => {
                if answer.await {
                    self.begun.cancel();
                }
            }
            "shutdown" => self.shut_down |= answer.await,
            _ => {
                if (&mut answer).now_or_never().is_none() {
                    tokio::spawn(answer);
                }
            }
        }
    }
}

fn build(method: String, params: Option<serde_json::Value>) -> tower_lsp::jsonrpc::RequestBuilder {
    let request = Request::build(method);
    match params {
        Some(params) => request.params(params),
        None => request,
    }
}

fn lock<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
