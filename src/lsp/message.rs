//! JSON values as messages: requests, notifications, responses, and what is none of them.

use serde_json::Value;
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};

/// What a JSON value is.
#[derive(Debug)]
pub enum Incoming {
    Request(Request),
    Notification(Request),
    Response(Response),
    /// It is no message; the client is told so.
    Refused(Response),
}

/// Reads one value. Never fails: what is no message is refused with -32600.
pub fn read(value: Value) -> Incoming {
    let mut fields = match value {
        Value::Object(fields) => fields,
        Value::Array(_) => return refused(Id::Null, "batches are not part of the protocol; send one message a frame"),
        _ => return refused(Id::Null, "a message is a JSON object"),
    };
    let id = match fields.get("id") {
        None => None,
        Some(Value::String(id)) => Some(Id::String(id.clone())),
        Some(Value::Number(id)) if id.is_i64() => Some(Id::Number(id.as_i64().unwrap_or_default())),
        Some(_) if fields.contains_key("method") => return refused(Id::Null, "an id is an integer or a string"),
        Some(_) => Some(Id::Null),
    };
    let known = id.clone().unwrap_or(Id::Null);
    if fields.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return refused(known, "\"jsonrpc\" has to be \"2.0\"");
    }
    match fields.remove("method") {
        Some(Value::String(method)) => {
            let request = match fields.remove("params") {
                None | Some(Value::Null) => Request::build(method),
                // Some clients send `{}`, and a server that does not end for it is worse than one that takes it.
                Some(_) if matches!(method.as_str(), "shutdown" | "exit") => Request::build(method),
                Some(params @ (Value::Object(_) | Value::Array(_))) => Request::build(method).params(params),
                Some(_) => return refused(known, "\"params\" has to be an object or an array"),
            };
            match id {
                Some(id) => Incoming::Request(request.id(id).finish()),
                None => Incoming::Notification(request.finish()),
            }
        }
        Some(_) => refused(known, "\"method\" has to be a string"),
        None => response(fields, known),
    }
}

fn response(mut fields: serde_json::Map<String, Value>, id: Id) -> Incoming {
    match (fields.remove("result"), fields.remove("error")) {
        (Some(result), None) => Incoming::Response(Response::from_ok(id, result)),
        (_, Some(error)) => match serde_json::from_value(error) {
            Ok(error) => Incoming::Response(Response::from_error(id, error)),
            Err(_) => refused(Id::Null, "\"error\" has to have a code and a message"),
        },
        (None, None) => refused(id, "a message has a method, a result or an error"),
    }
}

fn refused(id: Id, reason: &'static str) -> Incoming {
    let error = Error { code: ErrorCode::InvalidRequest, message: reason.into(), data: None };
    Incoming::Refused(Response::from_error(id, error))
}
