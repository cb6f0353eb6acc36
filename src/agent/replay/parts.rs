//! The record in place of what a loop is otherwise given: the model, the host, the REPL's limits, the referee.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::stage::{Stage, Turn};
use super::track::HostCall;
use crate::agent::answers::answer::HeldAnswer;
use crate::agent::answers::referee::Referee;
use crate::agent::bindings::Bindings;
use crate::agent::cells::Cells;
use crate::cancel::Cancel;
use crate::journal::event::Role;
use crate::model::{Model, ModelError, Progress, Reply, Request};
use crate::repl::{Call, CallError, CellError, CellErrorKind, FULL, Host, Outcome, Repl};

/// Gives the recorded replies, in their order.
pub struct Replies {
    pub stage: Arc<Stage>,
    pub role: Role,
    pub provider: String,
}

impl Model for Replies {
    fn provider(&self) -> &str {
        &self.provider
    }

    fn has_tools(&self) -> bool {
        self.stage.track.first.as_ref().is_some_and(|(_, tools)| *tools)
    }

    fn complete<'a>(
        &'a self,
        _request: &'a Request,
        _progress: &'a (dyn Fn(Progress) + Send + Sync),
        _cancel: &'a Cancel,
    ) -> BoxFuture<'a, Result<Reply, ModelError>> {
        let result = match self.role {
            Role::Root => self.stage.reply(),
            Role::Leaf => self.stage.digest(),
        };
        std::future::ready(result).boxed()
    }
}

/// Answers host calls from the record. Only `answer` has an effect.
pub struct Replayed {
    pub stage: Arc<Stage>,
    pub bindings: Arc<Bindings>,
}

impl Host for Replayed {
    fn call(self: Arc<Self>, call: Call, cancel: Cancel) -> BoxFuture<'static, Result<String, CallError>> {
        async move {
            match self.stage.call(&call.name, &call.args) {
                Turn::Now(recorded) => {
                    let result = result(recorded);
                    if call.name == "answer" && result.is_ok() {
                        let _ = self.bindings.clone().call(call, cancel).await;
                    }
                    result
                }
                Turn::After(rank, recorded) => {
                    self.stage.settle(rank).await;
                    result(recorded)
                }
                Turn::Never => std::future::pending().await,
            }
        }
        .boxed()
    }

    fn waited_for(&self) {
        self.stage.waited_for();
    }
}

/// The names that our own errors have.
const NAMES: [&str; 8] =
    ["TypeError", "RangeError", "SyntaxError", "ReferenceError", "BudgetError", "ModelError", "Cancelled", "Error"];

fn result(call: &HostCall) -> Result<String, CallError> {
    match call.reply.as_ref().map(|settled| &settled.result) {
        Some(Ok(json)) => Ok(json.clone()),
        Some(Err(error)) => {
            let name = NAMES.into_iter().find(|name| *name == error.name).unwrap_or("Error");
            Err(CallError { name, message: error.message.clone() })
        }
        None => Err(CallError { name: "Cancelled", message: "cancelled".to_owned() }),
    }
}

/// Runs the recorded cells in a real worker, and compares.
pub struct Rerun<'a> {
    pub stage: Arc<Stage>,
    pub repl: &'a mut Repl,
}

impl Rerun<'_> {
    async fn rerun(&mut self, code: &str, cancel: &Cancel) -> Outcome {
        let stage = self.stage.clone();
        let Some(recorded) = stage.begin(code) else { return stopped() };
        let outside = [CellErrorKind::Limit, CellErrorKind::Cancelled, CellErrorKind::Died];
        match &recorded.error {
            // What a clock or a machine ended is not tried again.
            Some(error) if outside.contains(&error.kind) => {
                if recorded.lost.is_none() && error.kind == CellErrorKind::Limit {
                    self.partly(code, recorded, cancel).await;
                } else {
                    self.repl.skip();
                }
                if recorded.lost.is_some() {
                    self.repl.forget();
                }
                stage.given(recorded.lost.is_some());
                recorded.clone()
            }
            _ => {
                let full = recorded.lost.as_ref().is_some_and(|lost| lost.contains(FULL));
                if recorded.lost.is_some() && !full {
                    self.repl.forget();
                }
                let mut outcome = self.repl.run(code, cancel).await;
                if recorded.lost.is_some() {
                    outcome.lost.clone_from(&recorded.lost);
                }
                if full {
                    self.repl.forget();
                }
                stage.compare(&outcome, recorded);
                outcome
            }
        }
    }

    /// Runs a cell for about as long as it had run, for the variables that it may have set.
    async fn partly(&mut self, code: &str, recorded: &Outcome, cancel: &Cancel) {
        self.stage.aside();
        let cancel = cancel.child_token();
        let run = self.repl.run(code, &cancel);
        tokio::pin!(run);
        tokio::select! {
            _ = &mut run => {}
            () = tokio::time::sleep(recorded.computed) => {
                cancel.cancel();
                run.await;
            }
        }
    }
}

impl Cells for Rerun<'_> {
    fn cells(&self) -> u64 {
        self.repl.cells()
    }

    fn run<'a>(&'a mut self, code: &'a str, cancel: &'a Cancel) -> BoxFuture<'a, Outcome> {
        self.rerun(code, cancel).boxed()
    }

    fn vars<'a>(&'a mut self, cancel: &'a Cancel) -> BoxFuture<'a, BTreeMap<String, String>> {
        self.repl.vars(cancel).boxed()
    }
}

/// The outcome of a cell that is not run.
fn stopped() -> Outcome {
    let error = CellError { kind: CellErrorKind::Cancelled, text: String::new() };
    Outcome { error: Some(error), ..Outcome::default() }
}

impl Referee for Stage {
    fn problems(&self, answer: &HeldAnswer) -> Vec<String> {
        Stage::problems(self, &answer.value.to_string())
    }
}
