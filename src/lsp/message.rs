//! JSON values as messages: requests, notifications, responses, and what is none of them.

use serde_json::{Map, Value, json};
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};

/// What a JSON value is.
#[derive(Debug)]
pub enum Incoming {
    Request(Request),
    Notification(Request),
    Response(Response),
    /// It is no message; the client is told so.
    Refused(Response),
    /// A response that cannot be read: what waits for it gets the first, and the client is told the second.
    Unreadable(Response, Response),
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
    if !fields.contains_key("method") {
        return response(fields, id);
    }
    if fields.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return refused(known, "\"jsonrpc\" has to be \"2.0\"");
    }
    match fields.remove("method") {
        Some(Value::String(method)) => {
            let request = match fields.remove("params") {
                // It has no parameters that could be missed, and a session that does not begin for it helps nobody.
                None | Some(Value::Null) if method == "initialized" => Request::build(method).params(json!({})),
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
        _ => refused(known, "\"method\" has to be a string"),
    }
}

/// Reads what has no method. Its id is one of ours, so nothing of the client's can be refused by it.
fn response(mut fields: Map<String, Value>, id: Option<Id>) -> Incoming {
    let error = fields.remove("error").filter(|error| !error.is_null());
    let (result, known) = (fields.remove("result"), id.clone().unwrap_or(Id::Null));
    if id.is_none() && result.is_none() && error.is_none() {
        return refused(Id::Null, "a message has a method, a result or an error");
    }
    let wrong = if fields.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        "\"jsonrpc\" has to be \"2.0\""
    } else {
        match error.map(serde_json::from_value::<Error>) {
            // Some clients leave a result out that is null.
            None => return Incoming::Response(Response::from_ok(known, result.unwrap_or_default())),
            Some(Ok(error)) => return Incoming::Response(Response::from_error(known, error)),
            Some(Err(_)) => "\"error\" has to have a code and a message",
        }
    };
    let told = refusal(Id::Null, wrong);
    if known == Id::Null { Incoming::Refused(told) } else { Incoming::Unreadable(refusal(known, wrong), told) }
}

fn refused(id: Id, reason: &'static str) -> Incoming {
    Incoming::Refused(refusal(id, reason))
}

fn refusal(id: Id, reason: &'static str) -> Response {
    let error = Error { code: ErrorCode::InvalidRequest, message: reason.into(), data: None };
    Response::from_error(id, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_method_is_a_response() {
        let check = |value: Value, expect: &str| {
            let shown = |response: Response| {
                let (id, body) = response.into_parts();
                format!("{id} {}", body.map_or_else(|error| error.message.into_owned(), |value| value.to_string()))
            };
            let found = match read(value.clone()) {
                Incoming::Response(response) => shown(response),
                Incoming::Refused(response) => format!("refused {}", shown(response)),
                Incoming::Unreadable(ours, theirs) => format!("{}; refused {}", shown(ours), shown(theirs)),
                other => format!("{other:?}"),
            };
            assert_eq!(found, expect, "{value}");
        };
        let v = "2.0";
        check(json!({ "jsonrpc": v, "id": 1, "result": 7 }), "1 7");
        check(json!({ "jsonrpc": v, "id": 1, "result": null }), "1 null");
        check(json!({ "jsonrpc": v, "id": 1 }), "1 null");
        check(json!({ "jsonrpc": v, "id": "a", "error": null }), "\"a\" null");
        check(json!({ "jsonrpc": v, "id": 1, "result": 7, "error": null }), "1 7");
        let error = json!({ "code": 1, "message": "no" });
        check(json!({ "jsonrpc": v, "id": 1, "result": null, "error": error }), "1 no");
        let reason = "\"error\" has to have a code and a message";
        check(json!({ "jsonrpc": v, "id": 1, "error": "no" }), &format!("1 {reason}; refused null {reason}"));
        let reason = "\"jsonrpc\" has to be \"2.0\"";
        check(json!({ "id": 1, "result": 7 }), &format!("1 {reason}; refused null {reason}"));
        check(json!({ "id": null, "result": 7 }), &format!("refused null {reason}"));
        check(json!({ "jsonrpc": v }), "refused null a message has a method, a result or an error");
    }

    #[test]
    fn messages_without_parameters() {
        for params in ["", r#","params":null"#, r#","params":{}"#] {
            for (method, expect) in [("initialized", Some(json!({}))), ("exit", None), ("shutdown", None)] {
                let value =
                    serde_json::from_str(&format!(r#"{{"jsonrpc":"2.0","method":"{method}"{params}}}"#)).unwrap();
                let Incoming::Notification(request) = read(value) else { panic!("{method}{params}") };
                assert_eq!(request.params(), expect.as_ref(), "{method}{params}");
            }
        }
    }
}
