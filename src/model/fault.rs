//! A failed attempt, and what its body says: one place that reads the many shapes of error replies.

use reqwest::header::HeaderMap;
use serde_json::Value;

use super::retry::{Decision, Seen};
use super::{ModelError, Usage};

/// Characters of a server's words that reach a message.
const EXCERPT: usize = 300;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// No reply came, or it broke off.
    NoReply,
    /// The server refused, with this status.
    Refused(u16),
    /// A reply came that is none of this protocol.
    Unusable,
}

/// Why an attempt failed. Text of the server in it is free of keys.
#[derive(Debug)]
pub(super) struct Fault {
    pub cause: Cause,
    pub headers: Box<HeaderMap>,
    pub body: String,
    /// What happened, for a person.
    pub message: String,
    /// Used by a reply that broke off.
    pub spent: Usage,
}

impl Fault {
    pub fn new(cause: Cause, message: impl Into<String>) -> Self {
        Fault { cause, headers: Box::default(), body: String::new(), message: message.into(), spent: Usage::default() }
    }

    pub fn seen(&self) -> Seen<'_> {
        let status = match self.cause {
            Cause::Refused(status) => Some(status),
            Cause::NoReply | Cause::Unusable => None,
        };
        Seen { status, headers: &self.headers, body: &self.body }
    }

    /// Whether it says that the endpoint as a whole has too much to do.
    pub fn is_throttle(&self) -> bool {
        matches!(self.cause, Cause::Refused(429 | 503 | 529)) && !is_quota(&self.seen())
    }

    /// The error of the call that this fault ended after `attempts` requests.
    pub fn into_error(self, decision: Decision, attempts: u32) -> ModelError {
        let message = &self.message;
        let Cause::Refused(status) = self.cause else {
            return match self.cause {
                Cause::Unusable => ModelError::BadReply(message.clone()),
                _ => ModelError::Unavailable(format!("{message}{}", tried(attempts))),
            };
        };
        if is_too_long(status, &self.body) {
            return ModelError::TooLong(format!(
                "{message}; send less, or choose a model with a larger context window"
            ));
        }
        if status == 402 || is_quota(&self.seen()) {
            return ModelError::Quota(format!("{message}; check the plan and the spending limit of this account"));
        }
        match status {
            401 | 403 => ModelError::Auth(format!("{message}; check the API key of this endpoint")),
            408 | 409 | 429 | 500.. => match decision {
                Decision::TooLong(pause) => ModelError::Unavailable(format!(
                    "{message}; the server asks to wait {} s, try again after that",
                    pause.as_secs()
                )),
                _ => ModelError::Unavailable(format!("{message}{}", tried(attempts))),
            },
            404 => ModelError::BadRequest(format!(
                "{message}; check the model's name, and the base URL, which usually ends in /v1"
            )),
            _ => ModelError::BadRequest(message.clone()),
        }
    }
}

fn tried(attempts: u32) -> String {
    if attempts > 1 { format!("; gave up after {attempts} attempts") } else { String::new() }
}

/// Whether money or a plan's limit is the reason: waiting a minute would not help.
pub(super) fn is_quota(seen: &Seen<'_>) -> bool {
    const CODES: [&str; 6] = [
        "insufficient_quota",
        "spend_limit",
        "billing_hard_limit",
        "billing_not_active",
        "quota_exhausted",
        "insufficient_balance",
    ];
    const WORDS: [&str; 7] = [
        "exceeded your current quota",
        "spend limit",
        "spending limit",
        "credit balance",
        "insufficient balance",
        "insufficient credits",
        "api usage limits",
    ];
    if !matches!(seen.status, Some(400 | 402 | 403 | 429)) {
        return false;
    }
    let body = seen.body.to_ascii_lowercase();
    // Some servers use the same words for limits per minute; those say when to come back.
    let says_when = || {
        retry_delay(seen.body).is_some()
            || ["retry-after", "retry-after-ms"].iter().any(|name| seen.headers.contains_key(*name))
    };
    CODES.iter().any(|code| body.contains(code)) || (WORDS.iter().any(|words| body.contains(words)) && !says_when())
}

/// Whether the request did not fit.
pub(super) fn is_too_long(status: u16, body: &str) -> bool {
    const WORDS: [&str; 10] = [
        "context_length_exceeded",
        "exceed_context_size",
        "context length",
        "context window",
        "context size",
        "exceed context limit",
        "prompt is too long",
        "prompt too long",
        "input is too long",
        "too many tokens",
    ];
    let body = body.to_ascii_lowercase();
    status == 413 || (matches!(status, 400 | 422 | 500) && WORDS.iter().any(|words| body.contains(words)))
}

/// The `retryDelay` (such as `"17s"`) of a Google error.
pub(super) fn retry_delay(body: &str) -> Option<String> {
    if !body.contains("retryDelay") {
        return None;
    }
    let details = error_of(body)?.get("details")?.clone();
    details.as_array()?.iter().find_map(|detail| Some(detail.get("retryDelay")?.as_str()?.to_string()))
}

/// The parameter that an error complains about, if it names one.
pub(super) fn parameter(body: &str) -> Option<String> {
    Some(error_of(body)?.get("param")?.as_str()?.to_string())
}

/// What an error body says, in one short line.
pub(super) fn words(body: &str) -> String {
    if is_html(body) {
        return "an HTML page; the base URL may be that of a web page instead of the API, or a proxy answers"
            .to_string();
    }
    let message = error_of(body).and_then(|error| message_of(&error));
    excerpt(&message.unwrap_or_else(|| body.to_string()))
}

pub(super) fn is_html(body: &str) -> bool {
    body.trim_start().starts_with('<')
}

/// The status that an error inside of a stream stands for.
pub(super) fn status_of(error: &Value) -> u16 {
    let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
    let stated = ["code", "status", "status_code"].iter().filter_map(|key| number(error.get(key)?));
    if let Some(status) = stated.into_iter().find(|status| (400..600).contains(status)) {
        return status as u16;
    }
    let text = error.to_string().to_ascii_lowercase();
    const KINDS: [(&str, u16); 12] = [
        ("rate_limit", 429),
        ("insufficient_quota", 429),
        ("overloaded", 529),
        ("context_length", 400),
        ("exceed_context", 400),
        ("invalid_request", 400),
        ("not_found", 404),
        ("billing_error", 402),
        ("permission_error", 403),
        ("request_too_large", 413),
        ("authentication", 401),
        ("invalid_api_key", 401),
    ];
    KINDS.iter().find(|(kind, _)| text.contains(kind)).map_or(500, |(_, status)| *status)
}

fn error_of(body: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(body).ok()?;
    let value = value.get(0).unwrap_or(&value);
    Some(value.get("error").unwrap_or(value).clone())
}

fn message_of(error: &Value) -> Option<String> {
    let text = |value: &Value| value.as_str().map(str::to_string);
    let message = error.get("message").or_else(|| error.get("detail")).unwrap_or(error);
    // OpenRouter wraps the words of the provider that it asked.
    let raw = error.pointer("/metadata/raw").and_then(text);
    let message = text(message).or_else(|| Some(message.to_string()).filter(|json| json != "null"))?;
    Some(raw.map_or(message.clone(), |raw| format!("{message}: {raw}")))
}

/// `text` in one line, and cut where it is long.
pub(super) fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}... ({} bytes)", &line[..end], line.len()),
        None if line.is_empty() => "nothing".to_string(),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_servers() {
        let check = |body: &str, expect: &str| assert_eq!(words(body), expect, "{body}");
        check(r#"{"error": {"message": "no such model", "type": "x"}}"#, "no such model");
        check(r#"{"error": "model not found"}"#, "model not found");
        check(r#"[{"error": {"message": "quota"}}]"#, "quota");
        check(r#"{"detail": [{"msg": "bad"}]}"#, r#"[{"msg":"bad"}]"#);
        check(r#"{"error": {"message": "Provider failed", "metadata": {"raw": "busy"}}}"#, "Provider failed: busy");
        check("upstream\n  timed out", "upstream timed out");
        check("", "nothing");
        check(
            " <!DOCTYPE html><html>...",
            "an HTML page; the base URL may be that of a web page instead of the API, or a proxy answers",
        );
        assert_eq!(words(&"é".repeat(400)), format!("{}... (800 bytes)", "é".repeat(300)));
    }

    #[test]
    fn errors_by_status() {
        let check = |status: u16, body: &str, expect: &str| {
            let mut fault = Fault::new(Cause::Refused(status), "m");
            fault.body = body.to_string();
            let name = format!("{:?}", fault.into_error(Decision::Final, 1));
            assert!(name.starts_with(expect), "{status} {body}: {name}");
        };
        check(302, "", "BadRequest");
        check(400, "", "BadRequest");
        check(400, "maximum context length is 8192 tokens", "TooLong");
        check(400, r#"{"error": {"code": "context_length_exceeded"}}"#, "TooLong");
        check(400, r#"{"error": {"type": "exceed_context_size_error"}}"#, "TooLong");
        check(400, "your credit balance is too low", "Quota");
        check(400, "workspace spend limit reached", "Quota");
        check(401, "", "Auth");
        check(402, "", "Quota");
        check(403, "", "Auth");
        check(404, "", "BadRequest");
        check(413, "", "TooLong");
        check(422, "", "BadRequest");
        check(429, "", "Unavailable");
        check(429, "insufficient_quota", "Quota");
        check(500, "", "Unavailable");
        check(529, "", "Unavailable");
    }

    #[test]
    fn statuses_of_errors_in_a_stream() {
        let check = |error: Value, expect| assert_eq!(status_of(&error), expect, "{error}");
        check(serde_json::json!({"code": 502, "message": "x"}), 502);
        check(serde_json::json!({"code": "429"}), 429);
        check(serde_json::json!({"code": 7, "type": "overloaded_error"}), 529);
        check(serde_json::json!({"type": "invalid_request_error"}), 400);
        check(serde_json::json!({"code": "rate_limit_exceeded"}), 429);
        check(serde_json::json!({"type": "billing_error"}), 402);
        check(serde_json::json!({"type": "permission_error"}), 403);
        check(serde_json::json!({"type": "request_too_large"}), 413);
        check(serde_json::json!({"type": "api_error"}), 500);
        check(serde_json::json!("something broke"), 500);
    }
}
