//! Replies from a file: a model for tests and demonstrations, without network.
//!
//! A script is JSON Lines, one reply per line; empty lines and lines that begin with `#` are skipped:
//!
//! ```json
//! { "text": "```js\nrepo.files().total\n```" }
//! { "when": "summarise", "text": "It parses.", "usage": { "input": 90, "output": 4 }, "repeat": true }
//! { "when": "/chunk \\d+/", "tool_calls": [{ "name": "run_javascript", "arguments": { "code": "1" } }] }
//! { "error": { "kind": "unavailable", "message": "overloaded" } }
//! ```
//!
//! A reply with `when` answers a request whose last message contains that text, or matches that `/regex/`; the first
//! one in the file that fits is taken. All other requests get the replies without `when`, in order. Each reply is used
//! once, unless it says `repeat`. So calls in parallel get the same replies in every run, as long as `when` tells them
//! apart.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use regex::Regex;
use serde::Deserialize;
use serde_json::Value;

use super::{Finish, Model, ModelError, Progress, Reply, Request, ToolCall, Usage, tokens};
use crate::cancel::Cancel;

/// One reply of a script. Without `usage`, tokens are estimated.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Line {
    /// Text, or `/regex/`, that the last message of the request has to contain.
    pub when: Option<String>,
    pub text: String,
    pub tool_calls: Vec<Call>,
    pub usage: Option<Tokens>,
    pub finish: Option<Finish>,
    pub error: Option<Failure>,
    /// May answer any number of requests.
    pub repeat: bool,
    /// Never answers; ends when the call is cancelled.
    pub hang: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    pub name: String,
    #[serde(default)]
    pub id: Option<String>,
    /// A string is passed on as it is, so that it may be malformed.
    #[serde(default)]
    pub arguments: Value,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tokens {
    pub input: u64,
    pub cached: u64,
    pub written: u64,
    pub output: u64,
    pub reasoning: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    pub kind: FailureKind,
    pub message: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    Auth,
    Quota,
    Unavailable,
    TooLong,
    BadRequest,
    BadReply,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ScriptError {
    #[error("cannot read the script {0}: {1}")]
    Read(String, String),
    #[error("line {line} of the script {script} is no reply: {reason}")]
    Line { script: String, line: usize, reason: String },
}

/// A model that plays back a script.
#[derive(Debug)]
pub struct Scripted {
    name: String,
    has_tools: bool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    entries: Vec<Entry>,
    seen: Vec<Request>,
}

#[derive(Debug)]
struct Entry {
    when: When,
    line: Line,
    used: bool,
}

#[derive(Debug)]
enum When {
    Next,
    Contains(String),
    Matches(Regex),
}

impl Scripted {
    /// Reads a script from a file that the user named.
    pub fn open(path: &Path) -> Result<Self, ScriptError> {
        let script = path.display().to_string();
        #[expect(clippy::disallowed_methods, reason = "the door to scripts, which only the user can name")]
        let text =
            std::fs::read_to_string(path).map_err(|error| ScriptError::Read(script.clone(), error.to_string()))?;
        Self::parse(&script, &text)
    }

    /// A script from lines at hand.
    pub fn new(lines: impl IntoIterator<Item = Line>) -> Result<Self, ScriptError> {
        let numbered = lines.into_iter().enumerate().map(|(index, line)| (index + 1, line));
        Self::from_lines("in memory", numbered)
    }

    /// The requests so far, in the order in which they came.
    pub fn requests(&self) -> Vec<Request> {
        self.state().seen.clone()
    }

    fn parse(script: &str, text: &str) -> Result<Self, ScriptError> {
        let mut lines = Vec::new();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let error = |error: serde_json::Error| ScriptError::Line {
                script: script.to_string(),
                line: index + 1,
                reason: error.to_string(),
            };
            lines.push((index + 1, serde_json::from_str(line).map_err(error)?));
        }
        Self::from_lines(script, lines)
    }

    fn from_lines(script: &str, lines: impl IntoIterator<Item = (usize, Line)>) -> Result<Self, ScriptError> {
        let mut entries = Vec::new();
        for (number, line) in lines {
            let when = When::parse(line.when.as_deref()).map_err(|error| ScriptError::Line {
                script: script.to_string(),
                line: number,
                reason: error.to_string(),
            })?;
            entries.push(Entry { when, line, used: false });
        }
        let has_tools = entries.iter().any(|entry| !entry.line.tool_calls.is_empty());
        Ok(Scripted { name: script.to_string(), has_tools, state: Mutex::new(State { entries, seen: Vec::new() }) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The reply for `request`.
    fn next(&self, request: &Request) -> Result<Line, ModelError> {
        let last = request.messages.last().map_or("", |message| &message.content);
        let mut state = self.state();
        state.seen.push(request.clone());
        let fits = |entry: &&mut Entry| !entry.used && entry.when.is_met(last);
        // Replies with a condition sort first, and otherwise the file's order holds.
        let entry = state.entries.iter_mut().filter(fits).min_by_key(|entry| !entry.when.is_specific());
        let Some(entry) = entry else {
            let start: String = last.chars().take(120).collect();
            return Err(ModelError::BadReply(format!(
                "the script {} has no reply left for a request that ends in {start:?}; add one",
                self.name
            )));
        };
        entry.used = !entry.line.repeat;
        Ok(entry.line.clone())
    }
}

impl When {
    fn parse(when: Option<&str>) -> Result<Self, regex::Error> {
        let Some(when) = when else { return Ok(When::Next) };
        let regex = when.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
        Ok(match regex.filter(|regex| !regex.is_empty()) {
            Some(regex) => When::Matches(Regex::new(regex)?),
            None => When::Contains(when.to_string()),
        })
    }

    fn is_specific(&self) -> bool {
        !matches!(self, When::Next)
    }

    fn is_met(&self, last: &str) -> bool {
        match self {
            When::Next => true,
            When::Contains(text) => last.contains(text),
            When::Matches(regex) => regex.is_match(last),
        }
    }
}

impl Model for Scripted {
    fn provider(&self) -> &str {
        "scripted"
    }

    /// Whether any reply of the script calls a tool.
    fn has_tools(&self) -> bool {
        self.has_tools
    }

    fn complete<'a>(
        &'a self,
        request: &'a Request,
        progress: &'a (dyn Fn(Progress) + Send + Sync),
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Result<Reply, ModelError>> {
        async move {
            if cancel.is_cancelled() {
                return Err(ModelError::Cancelled);
            }
            let line = self.next(request)?;
            if line.hang {
                cancel.cancelled().await;
                return Err(ModelError::Cancelled);
            }
            if let Some(failure) = line.error {
                return Err(failure.into());
            }
            if !line.text.is_empty() {
                progress(Progress::Text(line.text.clone()));
            }
            Ok(line.into_reply(request))
        }
        .boxed()
    }
}

impl Line {
    /// A reply of this text.
    pub fn text(text: impl Into<String>) -> Self {
        Line { text: text.into(), ..Line::default() }
    }

    /// The same reply, for requests whose last message contains `when`.
    pub fn when(self, when: impl Into<String>) -> Self {
        Line { when: Some(when.into()), ..self }
    }

    fn into_reply(self, request: &Request) -> Reply {
        let named = |(index, call): (usize, Call)| ToolCall {
            id: call.id.unwrap_or_else(|| format!("call_{index}")),
            name: call.name,
            arguments: match call.arguments {
                Value::String(text) => text,
                other => other.to_string(),
            },
        };
        let tool_calls: Vec<_> = self.tool_calls.into_iter().enumerate().map(named).collect();
        let usage = self.usage.map(|Tokens { input, cached, written, output, reasoning }| Usage {
            input,
            cached,
            written,
            output,
            reasoning,
            estimated: false,
        });
        let ended = if tool_calls.is_empty() { Finish::Stop } else { Finish::ToolCalls };
        Reply {
            usage: usage.unwrap_or_else(|| tokens::estimate_usage(request, &self.text)),
            text: self.text,
            tool_calls,
            finish: self.finish.unwrap_or(ended),
            attempts: 1,
        }
    }
}

impl From<Failure> for ModelError {
    fn from(failure: Failure) -> Self {
        let variant = match failure.kind {
            FailureKind::Auth => ModelError::Auth,
            FailureKind::Quota => ModelError::Quota,
            FailureKind::Unavailable => ModelError::Unavailable,
            FailureKind::TooLong => ModelError::TooLong,
            FailureKind::BadRequest => ModelError::BadRequest,
            FailureKind::BadReply => ModelError::BadReply,
        };
        variant(failure.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Message, Role};

    fn request(text: &str) -> Request {
        let message =
            Message { role: Role::User, content: text.to_string(), tool_calls: Vec::new(), tool_call_id: None };
        Request {
            model: "script.jsonl".to_string(),
            messages: vec![message],
            tools: Vec::new(),
            max_tokens: 10,
            temperature: None,
            schema: None,
        }
    }

    fn ask(model: &Scripted, text: &str) -> Result<Reply, ModelError> {
        let request = request(text);
        model.complete(&request, &|_| {}, &Cancel::new()).now_or_never().expect("a script answers at once")
    }

    fn script(text: &str) -> Scripted {
        Scripted::parse("s.jsonl", text).unwrap()
    }

    #[test]
    fn order_and_conditions() {
        let model = script(
            "# two in order, one by content, one by pattern\n{\"text\": \"first\"}\n\n{\"when\": \"special\", \"text\": \"s\"}\n\
             {\"when\": \"/chunk \\\\d+/\", \"text\": \"c\", \"repeat\": true}\n{\"text\": \"second\"}\n",
        );
        let said = |text: &str| ask(&model, text).map(|reply| reply.text);
        assert_eq!(said("a special one").unwrap(), "s");
        assert_eq!(said("chunk 7").unwrap(), "c");
        assert_eq!(said("anything").unwrap(), "first");
        assert_eq!(said("chunk 8").unwrap(), "c");
        assert_eq!(said("a special one again").unwrap(), "second", "conditions are used up as well");
        assert_eq!(
            said("more").unwrap_err().to_string(),
            "the script s.jsonl has no reply left for a request that ends in \"more\"; add one"
        );
        assert_eq!(model.requests().len(), 6);
    }

    #[test]
    fn whole_replies() {
        let model = script(
            r#"{"tool_calls": [{"name": "run", "arguments": {"code": "1"}}, {"name": "run", "id": "x", "arguments": "{"}], "usage": {"input": 5, "output": 2}}
{"text": "cut", "finish": "length"}
{"error": {"kind": "too-long", "message": "too much"}}"#,
        );
        assert!(model.has_tools());
        let reply = ask(&model, "").unwrap();
        let calls: Vec<_> = reply.tool_calls.iter().map(|call| (&call.id[..], &call.arguments[..])).collect();
        assert_eq!(calls, [("call_0", "{\"code\":\"1\"}"), ("x", "{")]);
        assert_eq!((reply.finish, reply.usage.input, reply.usage.estimated), (Finish::ToolCalls, 5, false));
        let reply = ask(&model, "12345678").unwrap();
        assert_eq!((reply.finish, reply.usage.output, reply.usage.estimated), (Finish::Length, 1, true));
        assert_eq!(ask(&model, ""), Err(ModelError::TooLong("too much".to_string())));
    }

    #[test]
    fn bad_scripts() {
        let check = |text: &str, expect: &str| {
            let message = Scripted::parse("s.jsonl", text).unwrap_err().to_string();
            assert!(message.starts_with(expect), "{message}");
        };
        check("{\"text\": \"a\"}\nnonsense", "line 2 of the script s.jsonl is no reply: expected");
        check("{\"txet\": \"a\"}", "line 1 of the script s.jsonl is no reply: unknown field `txet`");
        check("{\"when\": \"/(/\"}", "line 1 of the script s.jsonl is no reply: regex parse error");
        let missing = Scripted::open(Path::new("no/such/script.jsonl")).unwrap_err().to_string();
        assert!(missing.starts_with("cannot read the script no/such/script.jsonl: "), "{missing}");
    }

    #[test]
    fn conditions_make_parallel_calls_repeatable() {
        let lines = (0..32).map(|index| Line::text(format!("reply {index}")).when(format!("question {index}.")));
        let model = Scripted::new(lines).unwrap();
        std::thread::scope(|scope| {
            for index in 0..32 {
                let model = &model;
                scope.spawn(move || {
                    let reply = ask(model, &format!("question {index}.")).unwrap();
                    assert_eq!(reply.text, format!("reply {index}"));
                });
            }
        });
    }

    #[test]
    fn cancelling_ends_a_reply_that_hangs() {
        let model = Scripted::new([Line { hang: true, ..Line::default() }]).unwrap();
        let (request, cancel) = (request("x"), Cancel::new());
        let mut call = model.complete(&request, &|_| {}, &cancel);
        assert!((&mut call).now_or_never().is_none());
        cancel.cancel();
        assert_eq!(call.now_or_never(), Some(Err(ModelError::Cancelled)));
    }
}
