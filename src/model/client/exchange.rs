//! One request and what came of it: a whole reply, or the fault.

use std::future::Future;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{Response, StatusCode};
use serde_json::Value;
use tokio::time::timeout;

use super::super::connection::{Connection, deepest};
use super::super::fault::{self, Cause, Fault};
use super::super::gate::Pass;
use super::super::sse::{Decoder, Event};
use super::super::{Reply, Request};
use super::{Client, Collector, Protocol, Report};
use crate::model::Progress;

/// Bytes of a whole reply.
const REPLY_LIMIT: usize = 64 << 20;
/// Bytes of an error reply that are read.
const ERROR_LIMIT: usize = 64 << 10;
/// How long the end of a finished stream is waited for, so that its connection can be used again.
const DRAIN: Duration = Duration::from_millis(100);

impl<P: Protocol> Client<P> {
    /// Sends `request` once.
    pub(super) async fn exchange(
        &self,
        request: &Request,
        quirks: &P::Quirks,
        pass: &mut Pass<'_>,
        progress: Report<'_>,
    ) -> Result<Reply, Fault> {
        let connection = &*self.connection;
        let post = connection.post(self.protocol.path(connection), self.protocol.body(request, quirks));
        let response = match patiently(connection, post.send()).await? {
            Ok(response) => response,
            Err(error) if error.is_connect() => {
                let message = format!("cannot connect to {}: {}", connection.shown(), deepest(&error));
                return Err(Fault::new(Cause::NoReply, connection.scrub(&message)));
            }
            Err(error) => return Err(broken(connection, &error)),
        };
        if !response.status().is_success() {
            return Err(refusal(connection, response).await);
        }
        let is_stream = content_type(&response).starts_with("text/event-stream");
        let mut collector = P::Collector::default();
        let end = if is_stream {
            stream::<P>(connection, response, &mut collector, pass, progress).await
        } else {
            whole::<P>(connection, response, &mut collector, pass, progress).await
        };
        match end {
            Ok(()) if collector.is_complete() => Ok(self.protocol.reply(collector, request, quirks)),
            // The reply had ended; only its connection did not.
            Err(Fault { cause: Cause::NoReply, .. }) if collector.is_complete() => {
                Ok(self.protocol.reply(collector, request, quirks))
            }
            Ok(()) => Err(spent(request, &collector, Fault::new(Cause::NoReply, stopped(connection)))),
            Err(fault) => Err(spent(request, &collector, fault)),
        }
    }
}

/// Reads a reply as events.
async fn stream<P: Protocol>(
    connection: &Connection,
    mut response: Response,
    collector: &mut P::Collector,
    pass: &mut Pass<'_>,
    progress: Report<'_>,
) -> Result<(), Fault> {
    let mut decoder = Decoder::default();
    let mut events = Vec::new();
    let mut size = 0;
    while let Some(bytes) = next(connection, &mut response).await? {
        size += bytes.len();
        if size > REPLY_LIMIT {
            return Err(unusable::<P>(connection, &format!("a reply of more than {REPLY_LIMIT} bytes")));
        }
        decoder.feed(&bytes, &mut events).map_err(|error| unusable::<P>(connection, &error.to_string()))?;
        for event in events.drain(..) {
            if take::<P>(connection, &event, collector, progress)? {
                while let Ok(Ok(Some(_))) = timeout(DRAIN, response.chunk()).await {}
                return Ok(());
            }
            // Not the head: some gateways send an error in an event, under the status 200.
            pass.taken();
        }
    }
    if let Some(event) = decoder.finish() {
        // Cut short by the end of the stream, it may be half an event; then the reply is incomplete anyway.
        match take::<P>(connection, &event, collector, progress) {
            Err(Fault { cause: Cause::Unusable, .. }) => {}
            other => drop(other?),
        }
    }
    Ok(())
}

/// Takes one event. True when it ends the stream.
fn take<P: Protocol>(
    connection: &Connection,
    event: &Event,
    collector: &mut P::Collector,
    progress: Report<'_>,
) -> Result<bool, Fault> {
    let data = event.data.trim();
    if data == "[DONE]" {
        collector.end();
        return Ok(true);
    }
    if data.is_empty() {
        return Ok(false);
    }
    let chunk: Value = match serde_json::from_str(data) {
        Ok(chunk) => chunk,
        Err(_) if event.name == "error" => Value::String(data.to_string()),
        Err(_) => return Err(unusable::<P>(connection, &fault::words(data))),
    };
    take_chunk::<P>(connection, &chunk, event.name == "error", collector, progress)?;
    Ok(collector.is_over())
}

fn take_chunk<P: Protocol>(
    connection: &Connection,
    chunk: &Value,
    is_error: bool,
    collector: &mut P::Collector,
    progress: Report<'_>,
) -> Result<(), Fault> {
    let error = chunk.get("error").or_else(|| chunk.pointer("/choices/0/error")).filter(|error| !error.is_null());
    if let Some(error) = error.or(is_error.then_some(chunk)) {
        let status = fault::status_of(error);
        let body = connection.scrub(&chunk.to_string());
        let words = fault::words(&connection.scrub(&serde_json::json!({ "error": error }).to_string()));
        let message = format!("{} broke off its reply: {words}", connection.shown());
        return Err(Fault { body, ..Fault::new(Cause::Refused(status), message) });
    }
    let text = collector.take(chunk);
    if !text.is_empty() {
        progress(Progress::Text(text));
    }
    Ok(())
}

/// Reads a reply of a server that does not stream.
async fn whole<P: Protocol>(
    connection: &Connection,
    mut response: Response,
    collector: &mut P::Collector,
    pass: &mut Pass<'_>,
    progress: Report<'_>,
) -> Result<(), Fault> {
    let mut bytes = Vec::new();
    while let Some(more) = next(connection, &mut response).await? {
        if bytes.len() + more.len() > REPLY_LIMIT {
            return Err(unusable::<P>(connection, &format!("a reply of more than {REPLY_LIMIT} bytes")));
        }
        bytes.extend_from_slice(&more);
    }
    let text = String::from_utf8_lossy(&bytes);
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if start.is_empty() {
        return Ok(());
    }
    if ["data:", "event:", ":"].iter().any(|field| start.starts_with(field)) {
        return unlabelled_stream::<P>(connection, &bytes, collector, progress);
    }
    let reply: Value =
        serde_json::from_str(start).map_err(|_| unusable::<P>(connection, &fault::words(&connection.scrub(start))))?;
    take_chunk::<P>(connection, &reply, false, collector, progress)?;
    if !P::is_whole(&reply) {
        return Err(unusable::<P>(connection, &fault::words(&connection.scrub(start))));
    }
    pass.taken();
    // A whole completion is complete, whether or not it says why it ended.
    collector.end();
    Ok(())
}

/// Events under another content type.
fn unlabelled_stream<P: Protocol>(
    connection: &Connection,
    bytes: &[u8],
    collector: &mut P::Collector,
    progress: Report<'_>,
) -> Result<(), Fault> {
    let mut decoder = Decoder::default();
    let mut events = Vec::new();
    decoder.feed(bytes, &mut events).map_err(|error| unusable::<P>(connection, &error.to_string()))?;
    events.extend(decoder.finish());
    for event in &events {
        if take::<P>(connection, event, collector, progress)? {
            break;
        }
    }
    Ok(())
}

/// The fault of a reply that is no success.
pub(super) async fn refusal(connection: &Connection, mut response: Response) -> Fault {
    let status = response.status();
    let headers = Box::new(response.headers().clone());
    let mut bytes = Vec::new();
    while bytes.len() < ERROR_LIMIT {
        match next(connection, &mut response).await {
            Ok(Some(more)) => bytes.extend_from_slice(&more),
            Ok(None) | Err(_) => break,
        }
    }
    let body = connection.scrub(&String::from_utf8_lossy(&bytes));
    let shown = connection.shown();
    let message = match headers.get(LOCATION).filter(|_| status.is_redirection()) {
        Some(location) => {
            let target = connection.redirect_target(&String::from_utf8_lossy(location.as_bytes()));
            format!(
                "{shown} redirects to {target}, which is not followed, since the key belongs to the first; set the base \
                 URL to where the API is"
            )
        }
        None if status == StatusCode::UNAUTHORIZED && !connection.has_key() => {
            format!("{shown} wants an API key, and none is set ({}): {}", status.as_u16(), fault::words(&body))
        }
        None => format!("{shown} answered {}: {}", status.as_u16(), fault::words(&body)),
    };
    let id = ["request-id", "x-request-id"].iter().find_map(|name| headers.get(*name)?.to_str().ok());
    let message = match id {
        Some(id) => format!("{message} (request {})", connection.scrub(&fault::excerpt(id))),
        None => message,
    };
    Fault { headers, body, ..Fault::new(Cause::Refused(status.as_u16()), message) }
}

pub(super) async fn next(connection: &Connection, response: &mut Response) -> Result<Option<Vec<u8>>, Fault> {
    match patiently(connection, response.chunk()).await? {
        Ok(chunk) => Ok(chunk.map(Vec::from)),
        Err(error) => Err(broken(connection, &error)),
    }
}

/// Waits for the server's next sign of life.
async fn patiently<T>(connection: &Connection, work: impl Future<Output = T>) -> Result<T, Fault> {
    let idle = connection.idle_timeout;
    timeout(idle, work).await.map_err(|_| {
        let message = format!(
            "{} sent nothing for {} s; a slow model may need more, which idle_seconds sets",
            connection.shown(),
            idle.as_secs()
        );
        Fault::new(Cause::NoReply, message)
    })
}

fn broken(connection: &Connection, error: &reqwest::Error) -> Fault {
    let message = format!("the connection to {} broke: {}", connection.shown(), deepest(error));
    Fault::new(Cause::NoReply, connection.scrub(&message))
}

fn unusable<P: Protocol>(connection: &Connection, what: &str) -> Fault {
    let message = format!("{} did not answer as a {} server does: {what}", connection.shown(), P::NAME);
    Fault::new(Cause::Unusable, connection.scrub(&message))
}

fn stopped(connection: &Connection) -> String {
    format!("the reply of {} stopped before its end", connection.shown())
}

fn spent(request: &Request, collector: &impl Collector, fault: Fault) -> Fault {
    if collector.is_empty() { fault } else { Fault { spent: collector.usage(request), ..fault } }
}

fn content_type(response: &Response) -> String {
    let value = response.headers().get(CONTENT_TYPE).map(|value| value.as_bytes()).unwrap_or_default();
    String::from_utf8_lossy(value).trim().to_ascii_lowercase()
}
