//! The host of a run's REPL: `repo.*` from the repository, and what only a run has: `llm`, `answer`, `budget`, `note`, `cite`.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::Value;

use super::activity::looking;
use super::answers::answer::{Answers, Citation, HeldAnswer};
use super::answers::schema::Schema;
use super::calls::Calls;
use super::calls::budget::Left;
use super::calls::subcall;
use super::child;
use super::event::RunEvent;
use super::planning::Planning;
use super::prompt::digest::Notes;
use super::prompt::fence::FenceKey;
use crate::cancel::Cancel;
use crate::host::{RepoHost, Symbols};
use crate::journal::Event;
use crate::journal::event::{HostError, Outcome};
use crate::redact::redact;
use crate::repl::{Arguments, Call, CallError, Host, Options, to_json};

/// Everything that JavaScript can reach in a run.
pub struct Bindings {
    pub repo: Arc<RepoHost>,
    pub calls: Arc<Calls>,
    pub answers: Answers,
    pub key: FenceKey,
    /// Characters of data that one sub-call may carry.
    pub max_data: usize,
    pub notes: Notes,
    /// What the answer has to satisfy.
    pub schema: Option<Schema>,
    /// 0 for the root.
    pub depth: u32,
    /// Characters of the data that a child was given.
    pub data: usize,
    /// The plan that is made, in a run that plans.
    pub planning: Option<Arc<Planning>>,
    /// What the worker may use.
    pub options: Options,
    /// Definitions that were extracted before; children share them.
    pub symbols: Arc<Symbols>,
    /// Turns so far.
    pub turns: AtomicU32,
    /// The cell that runs; host calls are journalled under it.
    pub cell: AtomicU64,
}

/// `llm(prompt, data, options)`, and an item of `llmAll`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LlmCall {
    pub prompt: String,
    #[serde(default)]
    pub data: Option<Value>,
    #[serde(default)]
    pub schema: Option<Value>,
    #[serde(default)]
    pub model: Option<LlmModel>,
    #[serde(default)]
    pub max_tokens: Option<u32>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LlmOptions {
    #[serde(default)]
    schema: Option<Value>,
    #[serde(default)]
    model: Option<LlmModel>,
    #[serde(default)]
    max_tokens: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LlmModel {
    Root,
    Leaf,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerOptions {
    #[serde(default)]
    citations: Vec<Citation>,
}

impl Bindings {
    /// What is left for this agent.
    pub fn left(&self) -> Left {
        self.calls.ledger.left_at(self.depth, self.turns.load(Ordering::Relaxed))
    }

    /// What the repository answers. Its results may be large, so they are cleaned where they are made.
    async fn look(&self, call: Call, cancel: Cancel) -> Result<String, CallError> {
        (self.calls.emit)(RunEvent::Looking { what: looking(&call.name, &call.args) });
        let repo = self.repo.clone();
        let work = tokio::task::spawn_blocking(move || repo.call(&call, &cancel).map(clean));
        work.await.unwrap_or_else(|panic| {
            Err(CallError { name: "Error", message: format!("the repository call failed inside: {panic}") })
        })
    }

    /// What the plan answers. Refactorings may take long as well.
    async fn plan(&self, planning: Arc<Planning>, call: Call, cancel: Cancel) -> Result<String, CallError> {
        (self.calls.emit)(RunEvent::Looking { what: looking(&call.name, &call.args) });
        let work = tokio::task::spawn_blocking(move || planning.call(&call, &cancel).map(clean));
        work.await.unwrap_or_else(|panic| {
            Err(CallError { name: "Error", message: format!("the plan failed inside: {panic}") })
        })
    }

    async fn dispatch(self: Arc<Self>, host: u64, call: Call, cancel: Cancel) -> Result<String, CallError> {
        let mut args = Arguments::parse(&call)?;
        match call.name.as_str() {
            "llm" => {
                let prompt: String = args.next("prompt")?;
                let data: Option<Value> = args.next("data")?;
                let LlmOptions { schema, model, max_tokens } = args.or_default("options")?;
                let call = LlmCall { prompt, data, schema, model, max_tokens };
                subcall::one(&self, host, call, &cancel).await.map(|value| value.to_string())
            }
            "llmAll" => {
                let calls: Vec<Value> = args.next("calls")?;
                subcall::all(&self, host, calls, &cancel).await
            }
            "rlm" => {
                let question: String = args.next("question")?;
                let options: child::RlmOptions = args.or_default("options")?;
                let answer = child::one(&self, host, 0, options.asking(question), &cancel).await?;
                to_json(&answer)
            }
            "rlmAll" => {
                let calls: Vec<Value> = args.next("calls")?;
                child::all(&self, host, calls, &cancel).await
            }
            "budget" => to_json(&self.left()),
            "note" => {
                let text: String = args.next("text")?;
                self.notes.add(&text);
                self.calls.journal.write(Event::Note { text: text.clone() });
                (self.calls.emit)(RunEvent::Note { text });
                Ok("null".to_owned())
            }
            "cite" => {
                let path: String = args.next("path")?;
                let from: u64 = args.next("from")?;
                let to = args.next::<Option<u64>>("to")?.unwrap_or(from);
                // What others of the run have looked at is not for a child that sees another part.
                if !self.repo.has(&path) || !self.calls.seen.knows(&path, from, to) {
                    let message = format!(
                        "cite: {path}:{from}-{to} was never looked at in this run; log or search those lines first"
                    );
                    return Err(CallError { name: "RangeError", message });
                }
                to_json(&Citation { path, from, to })
            }
            "answer" => {
                // `answer(null)` gives null; without arguments it confirms.
                let is_given = !matches!(call.args.trim(), "[]" | "");
                let value: Value = args.next("value")?;
                let options: AnswerOptions = args.or_default("options")?;
                let cuts = args.or_default("cuts")?;
                if is_given && value.as_str() != Some("") {
                    self.fits(&value)?;
                    self.answers.give(HeldAnswer { value, citations: options.citations, cuts });
                } else {
                    let refused = |reason: &str| CallError { name: "TypeError", message: reason.to_owned() };
                    self.answers.confirm().map_err(refused)?;
                }
                Ok("null".to_owned())
            }
            other => Err(CallError { name: "ReferenceError", message: format!("there is no binding {other:?}") }),
        }
    }
}

impl Bindings {
    /// Whether a value can be the answer: its author is told at once what is wrong with it.
    fn fits(&self, value: &Value) -> Result<(), CallError> {
        let problems = self.schema.as_ref().map_or_else(Vec::new, |schema| schema.problems(value));
        if problems.is_empty() {
            return Ok(());
        }
        let message = format!("answer: the value does not satisfy the schema: {}", problems.join("; "));
        Err(CallError { name: "TypeError", message })
    }
}

impl Host for Bindings {
    fn call(self: Arc<Self>, call: Call, cancel: Cancel) -> BoxFuture<'static, Result<String, CallError>> {
        let host = self.calls.tree.host();
        async move {
            let journal = self.calls.journal.clone();
            journal.write(Event::HostCall {
                cell: self.cell.load(Ordering::Relaxed),
                host,
                name: call.name.clone(),
                args: call.args.as_str().into(),
                blocking: !matches!(call.name.as_str(), "llm" | "llmAll" | "rlm" | "rlmAll"),
            });
            // What code and the journal see is the same, or the run could not be executed again.
            let result = match (call.name.split('.').next(), &self.planning) {
                (Some("repo"), _) => self.look(call, cancel).await,
                (Some("plan"), Some(planning)) => self.plan(planning.clone(), call, cancel).await,
                _ => self.dispatch(host, call, cancel).await.map(clean),
            };
            let outcome = match &result {
                Ok(json) => Outcome::Ok(json.as_str().into()),
                Err(error) => Outcome::Error(HostError { name: error.name.to_owned(), message: error.message.clone() }),
            };
            journal.write(Event::HostReply { host, outcome });
            result
        }
        .boxed()
    }
}

/// A result without what looks like a key. A pattern may reach over more than one string, so each is looked at alone.
fn clean(json: String) -> String {
    if matches!(redact(&json), Cow::Borrowed(_)) {
        return json;
    }
    match serde_json::from_str(&json) {
        Ok(mut value) => {
            clean_value(&mut value);
            value.to_string()
        }
        Err(_) => json,
    }
}

fn clean_value(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(clean) = redact(text) {
                *text = clean;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(clean_value),
        Value::Object(fields) => fields.values_mut().for_each(clean_value),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
