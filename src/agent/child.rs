//! Children: `rlm` and `rlmAll`. Each is a root loop of its own, over a part of the repository, in a worker of its own.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answers::answer::HeldAnswer;
use super::answers::citations;
use super::answers::schema::Schema;
use super::bindings::Bindings;
use super::calls::budget::Tripped;
use super::calls::profile;
use super::event::RunEvent;
use super::prompt::origins::Trail;
use super::prompt::{self, Asked};
use super::record;
use super::run::{Ended, Root};
use super::salvage::{Findings, salvage};
use super::session::{Given, Session};
use super::setup;
use crate::cancel::Cancel;
use crate::host::{Narrowed, Scope};
use crate::journal::Event;
use crate::journal::event::{Agent, EndReason};
use crate::model::{ModelError, Role};
use crate::repl::{CallError, Options, to_json};
use crate::workspace::WorkspaceError;

/// Children in one `rlmAll`.
const MOST_CHILDREN: usize = 64;

/// Share of its parent's own scope, or data, with which a child is sent back: it would only be its parent again.
const MOST_SHARE: f64 = 0.7;

/// Data shorter than this are never sent back, in characters.
const LITTLE_DATA: usize = 5_000;

/// Bytes of JSON that a child's data may have.
const MOST_DATA: usize = 8 << 20;

/// The least memory that a child's worker gets, in bytes.
pub const LEAST_MEMORY: u64 = 256 << 20;
const LEAST_HEAP: u64 = 64 << 20;

/// An item of `rlmAll`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RlmCall {
    question: String,
    #[serde(default)]
    scope: Option<Scope>,
    #[serde(default)]
    data: Option<Value>,
    #[serde(default)]
    schema: Option<Value>,
}

/// The options of `rlm(question, options)`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RlmOptions {
    #[serde(default)]
    scope: Option<Scope>,
    #[serde(default)]
    data: Option<Value>,
    #[serde(default)]
    schema: Option<Value>,
}

impl RlmOptions {
    pub fn asking(self, question: String) -> RlmCall {
        let Self { scope, data, schema } = self;
        RlmCall { question, scope, data, schema }
    }
}

/// A batch: as many at once as there are workers, in order, failing item by item.
pub async fn all(bindings: &Arc<Bindings>, host: u64, calls: Vec<Value>, cancel: &Cancel) -> Result<String, CallError> {
    if calls.len() > MOST_CHILDREN {
        let message = format!(
            "rlmAll: {} children at once, and the limit is {MOST_CHILDREN}; give each a larger part, or use llmAll",
            calls.len()
        );
        return Err(CallError { name: "RangeError", message });
    }
    let results = join_all(calls.into_iter().enumerate().map(|(item, call)| async move {
        let call = serde_json::from_value::<RlmCall>(call)
            .map_err(|error| CallError { name: "TypeError", message: format!("rlmAll: {error}") })?;
        one(bindings, host, item as u64, call, cancel).await
    }))
    .await;
    let items: Vec<Value> = results
        .into_iter()
        .map(|result| match result {
            Ok(Value::Object(mut answer)) => {
                answer.insert("ok".to_owned(), true.into());
                Value::Object(answer)
            }
            Ok(value) => json!({ "ok": true, "value": value }),
            Err(error) => json!({ "ok": false, "error": format!("{}: {}", error.name, error.message) }),
        })
        .collect();
    to_json(&items)
}

/// One child, from its question to `{ value, citations, complete, why }`.
pub fn one<'a>(
    bindings: &'a Arc<Bindings>,
    host: u64,
    item: u64,
    call: RlmCall,
    cancel: &'a Cancel,
) -> BoxFuture<'a, Result<Value, CallError>> {
    // A child's cells call this again: the future has to have a size.
    start(bindings, host, item, call, cancel).boxed()
}

async fn start(
    bindings: &Arc<Bindings>,
    host: u64,
    item: u64,
    call: RlmCall,
    cancel: &Cancel,
) -> Result<Value, CallError> {
    let refused = |name, reason: String| CallError { name, message: format!("rlm: {reason}") };
    let RlmCall { question, scope, data, schema } = call;
    if question.trim().is_empty() {
        return Err(refused("TypeError", "the question is empty".to_owned()));
    }
    let tree = bindings.calls.tree.clone();
    let (depth, limit) = (bindings.depth + 1, tree.ledger.limits().depth);
    if depth > limit {
        let reason = format!("{}; use llm or llmAll here, or look yourself", Tripped::Depth { limit });
        return Err(refused("BudgetError", reason));
    }
    let schema = schema.map(Schema::new).transpose().map_err(|reason| refused("TypeError", reason))?;
    let data = data.filter(|data| !data.is_null()).map(|data| data.to_string());
    let size = data.as_ref().map_or(0, |data| data.chars().count());
    let bytes = data.as_ref().map_or(0, String::len);
    if bytes > MOST_DATA {
        let reason = format!("the data is {bytes} bytes of JSON, and the limit is {MOST_DATA}; split it with rlmAll");
        return Err(refused("RangeError", reason));
    }
    let scope = scope.map_or_else(Vec::new, |scope| scope.0);
    let narrowed = {
        let (repo, scope) = (bindings.repo.clone(), scope.clone());
        let narrowed = tokio::task::spawn_blocking(move || repo.narrowed(&scope)).await;
        let narrowed = narrowed.map_err(|panic| refused("Error", format!("the scope could not be read: {panic}")))?;
        narrowed.map_err(|error| refused(error.name, error.message))?
    };
    delegable(bindings, &narrowed, size).map_err(|reason| refused("RangeError", reason))?;
    let Some(_slot) = tree.worker(depth, cancel).await else {
        return Err(refused("Cancelled", "cancelled".to_owned()));
    };

    let agent = tree.agent();
    let options = options(bindings, &question);
    bindings.calls.journal.of_agent(agent).write(Event::AgentStarted(Box::new(Agent {
        parent: bindings.calls.journal.agent(),
        host,
        item,
        depth,
        question: question.as_str().into(),
        scope: scope.clone(),
        seed: options.seed,
        epoch_ms: options.epoch_ms,
    })));
    let parent = bindings.calls.journal.agent();
    (bindings.calls.emit)(RunEvent::AgentStarted { agent, parent, depth, question: question.clone(), scope });
    let mut ending = Ending { bindings, agent, how: (EndReason::Cancelled, String::new()) };
    let given = Given { agent, snapshot: narrowed.snapshot, data: size, schema, options };
    let child = Arc::new(Session::child(bindings, given));
    child.record_schema();
    let result = answer(&child, &question, data.as_deref(), cancel).await;
    ending.how = match &result {
        Ok((_, None)) => (EndReason::Answered, String::new()),
        Ok((_, Some(tripped))) => (EndReason::Limit, tripped.to_string()),
        Err(error) if error.name == "Cancelled" => (EndReason::Cancelled, String::new()),
        Err(error) => (EndReason::Failed, error.message.clone()),
    };
    result.map(|(answer, _)| answer)
}

/// Refuses to hand most of a scope, or of data, down: a child with it could do no better than its parent.
fn delegable(bindings: &Bindings, narrowed: &Narrowed, data: usize) -> Result<(), String> {
    let share = |part: u64, whole: u64| part as f64 / whole.max(1) as f64;
    let files = share(narrowed.bytes, narrowed.of);
    if files > MOST_SHARE {
        return Err(format!(
            "the scope is {:.0} % of your own ({} files); a child would be in your place again. Give each child a part, for \
             example rlmAll(repo.partition(scope).map(b => ({{ question, scope: b }}))), or look yourself",
            files * 100.0,
            narrowed.files
        ));
    }
    let handed = share(data as u64, bindings.data as u64);
    if bindings.data > 0 && data >= LITTLE_DATA && handed > MOST_SHARE {
        return Err(format!(
            "the data is {:.0} % of your own; a child would be in your place again. Split it with rlmAll, or use it yourself",
            handed * 100.0
        ));
    }
    Ok(())
}

/// What the child's worker may use: a share of the memory that all workers have together.
fn options(bindings: &Bindings, question: &str) -> Options {
    let (mine, limits) = (&bindings.options, bindings.calls.ledger.limits());
    let others = limits.workers.saturating_sub(1).max(limits.depth as usize).max(1) as u64;
    // A child's own children share with it; the root has what it has.
    let root = if bindings.depth == 0 { mine.memory } else { 0 };
    let share = limits.memory.saturating_sub(root) / others;
    let memory = if bindings.depth == 0 { share.max(LEAST_MEMORY).min(mine.memory) } else { mine.memory };
    // V8 dies of a heap that is not made of whole pages.
    let whole = |bytes: u64| bytes >> 20 << 20;
    let (memory, heap) = (whole(memory), whole((memory / 3).max(LEAST_HEAP).min(mine.heap)));
    let seed = setup::seed(&format!("{}\n{question}", mine.seed));
    Options { memory, heap, seed, plan: false, ..mine.clone() }
}

/// Runs the loop. The limit comes beside an answer that is only the best there was.
async fn answer(
    child: &Arc<Session>,
    question: &str,
    data: Option<&str>,
    cancel: &Cancel,
) -> Result<(Value, Option<Tripped>), CallError> {
    let failed = |name, reason: String| CallError { name, message: format!("rlm: {reason}") };
    let bindings = &child.bindings;
    let mut repl = child.repl().await.map_err(|error| failed("Error", error.to_string()))?;
    let repo = bindings.repo.clone();
    let (named, stopped) = (question.to_owned(), cancel.clone());
    let about =
        tokio::task::spawn_blocking(move || Ok::<_, WorkspaceError>((repo.info()?, repo.overview(&named, &stopped)?)))
            .await;
    let about = about.map_err(|panic| failed("Error", panic.to_string()))?;
    let (info, tree) = about.map_err(|error| failed("RangeError", error.to_string()))?;
    let root = &bindings.calls.models.root;
    let profile = profile::of(&root.name);
    let transport = profile.transport(root.model.has_tools());
    let asked = Asked { question, place: None, before: None, plans: false };
    let schema = bindings.schema.as_ref().map(Schema::value);
    let messages = vec![
        prompt::message(Role::System, prompt::child(transport, &profile.advice)),
        prompt::message(Role::User, prompt::child_question(&bindings.key, &asked, &info, &tree, data, schema)),
    ];
    let never = Cancel::new();
    let mut root = Root {
        bindings,
        referee: &**child,
        warned: false,
        repl: &mut repl,
        vars: Default::default(),
        transport,
        cancel,
        answer_now: &never,
        findings: Findings::default(),
        trail: Trail::default(),
    };
    if let Some(data) = data {
        for source in passing(data) {
            if let Some(error) = root.prepare(&source).await.error {
                return Err(failed("RangeError", format!("the data could not be passed: {}", error.text)));
            }
        }
    }
    let ended = root.run(messages).await.map_err(|error| match error {
        ModelError::Cancelled => failed("Cancelled", "cancelled".to_owned()),
        error => failed("ModelError", error.to_string()),
    })?;
    let findings = std::mem::take(&mut root.findings);
    let (answer, tripped) = match ended {
        Ended::Cancelled => return Err(failed("Cancelled", "cancelled".to_owned())),
        Ended::Answered(answer) => (answer, None),
        Ended::Tripped(tripped) => {
            bindings.calls.journal.write(record::limit(&tripped));
            (bindings.calls.emit)(RunEvent::Limit { tripped: tripped.clone() });
            match salvage(bindings, &asked, &tripped, &findings, cancel).await {
                Some(answer)
                    if bindings.schema.as_ref().is_some_and(|schema| !schema.problems(&answer.value).is_empty()) =>
                {
                    return Err(failed(
                        "BudgetError",
                        format!("{tripped}, and what the child knew does not satisfy the schema"),
                    ));
                }
                Some(answer) => (answer, Some(tripped)),
                None if cancel.is_cancelled() => return Err(failed("Cancelled", "cancelled".to_owned())),
                None => return Err(failed("BudgetError", format!("{tripped}, and the child found no answer before"))),
            }
        }
    };
    let (checked, child) = (answer.clone(), child.clone());
    let kept = tokio::task::spawn_blocking(move || checked.check(&*child).0);
    let kept = kept.await.map_err(|panic| failed("Error", panic.to_string()))?;
    bindings.calls.journal.write(record::answer(&answer, &kept, &[], &[], false));
    Ok((result(&answer, &kept, tripped.as_ref()), tripped))
}

/// The cells that make a child's data its variable `data`: what is longer than one cell comes in several. As string
/// literals, since `__proto__` means something else in an object literal than in JSON.
fn passing(data: &str) -> Vec<String> {
    const PIECE: usize = 60_000;
    let mut cells = vec!["let data = '';".to_owned()];
    let mut rest = data;
    while !rest.is_empty() {
        let end = rest.char_indices().map(|(at, _)| at).find(|&at| at >= PIECE).unwrap_or(rest.len());
        cells.push(format!("data += {};", Value::from(&rest[..end])));
        rest = &rest[end..];
    }
    cells.push("data = JSON.parse(data);".to_owned());
    if cells.len() == 3 {
        return vec![format!("const data = JSON.parse({});", Value::from(data))];
    }
    cells
}

fn result(answer: &HeldAnswer, kept: &[citations::Checked], tripped: Option<&Tripped>) -> Value {
    let citations: Vec<Value> =
        kept.iter().map(|cited| json!({ "path": cited.path, "from": cited.from, "to": cited.to })).collect();
    let mut result = json!({ "value": answer.value, "citations": citations, "complete": tripped.is_none() });
    if let Some(tripped) = tripped {
        result["why"] = tripped.to_string().into();
    }
    result
}

/// Tells of a child's end, also when the future that ran it is dropped.
struct Ending<'a> {
    bindings: &'a Arc<Bindings>,
    agent: u64,
    how: (EndReason, String),
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        let (reason, detail) = std::mem::replace(&mut self.how, (EndReason::Cancelled, String::new()));
        let calls = &self.bindings.calls;
        calls.journal.of_agent(self.agent).write(Event::AgentEnded { reason, detail: detail.clone() });
        let error = match reason {
            EndReason::Answered => None,
            EndReason::Cancelled => Some(ModelError::Cancelled.to_string()),
            _ => Some(detail),
        };
        (calls.emit)(RunEvent::AgentEnded { agent: self.agent, error });
    }
}
