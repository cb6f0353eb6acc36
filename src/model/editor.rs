//! The model that an editor lends: requests go through a channel to whoever talks to the editor.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::{Finish, Model, ModelError, Progress, Reply, Request, ToolCall, Usage, tokens};
use crate::cancel::Cancel;

/// How long the editor may send nothing. Its own models think before the first word.
const STALL: Duration = Duration::from_secs(180);

const GONE: &str = "the editor that lends its model is gone; ask again from an editor, or set another model";

/// A request on its way to the editor.
pub struct Job {
    /// Names the request; each has its own.
    pub id: u64,
    pub request: Request,
    /// Takes pieces of the reply's text as they come.
    pub parts: mpsc::UnboundedSender<String>,
    /// Takes the end. Dropped without one, the editor is taken for gone.
    pub reply: oneshot::Sender<Result<EditorReply, EditorFailure>>,
    /// Fires when nobody waits for the reply any more.
    pub cancel: Cancel,
}

/// A whole reply.
#[derive(Debug, Clone, PartialEq)]
pub struct EditorReply {
    /// Empty when all of it came as parts.
    pub text: String,
    pub tool_calls: Vec<ToolCall>,
    /// Estimated when the editor does not say.
    pub usage: Option<Usage>,
    pub finish: Finish,
}

/// Why the editor has no reply.
#[derive(Debug, Clone, PartialEq)]
pub struct EditorFailure {
    pub kind: EditorFailureKind,
    pub message: String,
    /// The models that the editor has, if it told.
    pub models: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditorFailureKind {
    /// The user has not allowed it.
    NoPermission,
    /// There is no such model.
    NotFound,
    /// A quota, or a filter.
    Blocked,
    Other,
}

/// Asks the editor for every reply.
pub struct Editor {
    jobs: mpsc::UnboundedSender<Job>,
    has_tools: bool,
    next: AtomicU64,
}

impl Editor {
    /// The model, and the end of the channel at which its requests come out. Without the receiver the model answers that
    /// the editor is gone. `has_tools`: whether the editor's models can call tools.
    pub fn new(has_tools: bool) -> (Self, mpsc::UnboundedReceiver<Job>) {
        let (jobs, receiver) = mpsc::unbounded_channel();
        (Self { jobs, has_tools, next: AtomicU64::new(1) }, receiver)
    }

    async fn ask(
        &self,
        request: &Request,
        progress: &(dyn Fn(Progress) + Send + Sync),
        cancel: &Cancel,
    ) -> Result<Reply, ModelError> {
        if cancel.is_cancelled() {
            return Err(ModelError::Cancelled);
        }
        let gone = || ModelError::Unavailable(GONE.to_owned());
        let (parts, mut incoming) = mpsc::unbounded_channel();
        let (reply, mut outcome) = oneshot::channel();
        // A caller that stops waiting drops this future, and the editor has to hear of that too.
        let running = cancel.child_token();
        let unheard = running.clone().drop_guard();
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        self.jobs.send(Job { id, request: request.clone(), parts, reply, cancel: running }).map_err(|_| gone())?;

        let mut text = String::new();
        let mut take = |part: String| {
            text.push_str(&part);
            progress(Progress::Text(part));
        };
        let result = loop {
            let step = async {
                tokio::select! {
                    biased;
                    Some(part) = incoming.recv() => Step::Part(part),
                    result = &mut outcome => Step::End(result),
                }
            };
            let step = tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(ModelError::Cancelled),
                step = timeout(STALL, step) => step,
            };
            match step {
                Ok(Step::Part(part)) => take(part),
                Ok(Step::End(result)) => break result.map_err(|_| gone())?,
                Err(_) => {
                    let message = format!("the editor's model sent nothing for {} s; ask again", STALL.as_secs());
                    return Err(ModelError::Unavailable(message));
                }
            }
        };
        drop(unheard.disarm());
        while let Ok(part) = incoming.try_recv() {
            take(part);
        }
        let reply = result?;
        let text = if reply.text.is_empty() { text } else { reply.text };
        let finish = match reply.finish {
            Finish::Stop if !reply.tool_calls.is_empty() => Finish::ToolCalls,
            finish => finish,
        };
        let said = || {
            let calls = reply.tool_calls.iter().map(|call| call.arguments.as_str());
            calls.fold(text.clone(), |said, arguments| said + arguments)
        };
        let usage = reply.usage.unwrap_or_else(|| tokens::estimate_usage(request, &said()));
        Ok(Reply { text, tool_calls: reply.tool_calls, usage, finish, attempts: 1 })
    }
}

enum Step {
    Part(String),
    End(Result<Result<EditorReply, EditorFailure>, oneshot::error::RecvError>),
}

impl From<EditorFailure> for ModelError {
    fn from(failure: EditorFailure) -> Self {
        let EditorFailure { kind, message, models } = failure;
        match kind {
            EditorFailureKind::NoPermission => ModelError::Auth(format!(
                "the editor does not let spelunk use its model: {message}; allow it there, or set another model"
            )),
            EditorFailureKind::NotFound if models.is_empty() => {
                ModelError::BadRequest(format!("the editor has no such model: {message}; `editor` takes its default"))
            }
            EditorFailureKind::NotFound => ModelError::BadRequest(format!(
                "the editor has no such model: {message}; it has {}",
                models.iter().map(|model| format!("editor/{model}")).collect::<Vec<_>>().join(", ")
            )),
            EditorFailureKind::Blocked => ModelError::Quota(format!("the editor's model is blocked: {message}")),
            EditorFailureKind::Other => ModelError::Unavailable(format!("the editor's model failed: {message}")),
        }
    }
}

impl Model for Editor {
    fn provider(&self) -> &str {
        "editor"
    }

    fn origin(&self) -> Option<String> {
        Some(String::new())
    }

    fn has_tools(&self) -> bool {
        self.has_tools
    }

    fn complete<'a>(
        &'a self,
        request: &'a Request,
        progress: &'a (dyn Fn(Progress) + Send + Sync),
        cancel: &'a Cancel,
    ) -> BoxFuture<'a, Result<Reply, ModelError>> {
        self.ask(request, progress, cancel).boxed()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::model::{Message, Role};

    fn request() -> Request {
        let content = "12345678".to_owned();
        let message = Message { role: Role::User, content, tool_calls: Vec::new(), tool_call_id: None };
        Request {
            model: "m".to_owned(),
            messages: vec![message],
            tools: Vec::new(),
            max_tokens: 10,
            temperature: None,
            schema: None,
        }
    }

    fn reply(text: &str) -> EditorReply {
        EditorReply { text: text.to_owned(), tool_calls: Vec::new(), usage: None, finish: Finish::Stop }
    }

    /// What the model makes of a job that `serve` has served, and the text that was streamed.
    async fn served(serve: impl FnOnce(Job)) -> (Result<Reply, ModelError>, String) {
        let (editor, mut jobs) = Editor::new(true);
        let streamed = Mutex::new(String::new());
        let progress = |progress| match progress {
            Progress::Text(text) => streamed.lock().unwrap().push_str(&text),
            other => panic!("{other:?}"),
        };
        let (request, cancel) = (request(), Cancel::new());
        let (result, ()) = tokio::join!(editor.complete(&request, &progress, &cancel), async {
            let job = jobs.recv().await.unwrap();
            assert_eq!(job.request.model, "m");
            serve(job);
        });
        let streamed = streamed.into_inner().unwrap();
        (result, streamed)
    }

    #[tokio::test]
    async fn parts_make_the_text() {
        let (result, streamed) = served(|job| {
            job.parts.send("one ".to_owned()).unwrap();
            job.parts.send("two".to_owned()).unwrap();
            job.reply.send(Ok(reply(""))).unwrap();
        })
        .await;
        let whole = result.unwrap();
        assert_eq!((whole.text.as_str(), streamed.as_str()), ("one two", "one two"));
        assert!(whole.usage.estimated && whole.usage.input > 0 && whole.usage.output > 0);
    }

    #[tokio::test]
    async fn tool_calls_and_usage_are_passed_on() {
        let call = ToolCall { id: "1".to_owned(), name: "run".to_owned(), arguments: "{}".to_owned() };
        let usage = Usage { input: 7, output: 3, ..Usage::default() };
        let sent = EditorReply { tool_calls: vec![call.clone()], usage: Some(usage), ..reply("said") };
        let (result, streamed) = served(|job| job.reply.send(Ok(sent)).unwrap()).await;
        let expect =
            Reply { text: "said".to_owned(), tool_calls: vec![call], usage, finish: Finish::ToolCalls, attempts: 1 };
        assert_eq!((result, streamed.as_str()), (Ok(expect), ""));
    }

    #[tokio::test]
    async fn failures_say_what_to_do() {
        let check = async |kind, models: &[&str], expect: ModelError| {
            let models = models.iter().map(|model| (*model).to_owned()).collect();
            let failure = EditorFailure { kind, message: "why".to_owned(), models };
            let (result, _) = served(|job| job.reply.send(Err(failure)).unwrap()).await;
            assert_eq!(result, Err(expect));
        };
        let auth = "the editor does not let spelunk use its model: why; allow it there, or set another model";
        check(EditorFailureKind::NoPermission, &[], ModelError::Auth(auth.to_owned())).await;
        let quota = "the editor's model is blocked: why";
        check(EditorFailureKind::Blocked, &[], ModelError::Quota(quota.to_owned())).await;
        let named = "the editor has no such model: why; it has editor/a, editor/b";
        check(EditorFailureKind::NotFound, &["a", "b"], ModelError::BadRequest(named.to_owned())).await;
        let unnamed = "the editor has no such model: why; `editor` takes its default";
        check(EditorFailureKind::NotFound, &[], ModelError::BadRequest(unnamed.to_owned())).await;
        let other = "the editor's model failed: why";
        check(EditorFailureKind::Other, &[], ModelError::Unavailable(other.to_owned())).await;
    }

    #[tokio::test]
    async fn an_editor_that_is_gone() {
        let (result, _) = served(drop).await;
        assert_eq!(result, Err(ModelError::Unavailable(GONE.to_owned())));
        let (editor, jobs) = Editor::new(false);
        drop(jobs);
        let result = editor.complete(&request(), &|_| {}, &Cancel::new()).await;
        assert_eq!(result, Err(ModelError::Unavailable(GONE.to_owned())));
    }

    #[tokio::test]
    async fn cancelling_reaches_the_editor() {
        let (editor, mut jobs) = Editor::new(false);
        let (request, cancel) = (request(), Cancel::new());
        let mut call = editor.complete(&request, &|_| {}, &cancel);
        assert!((&mut call).now_or_never().is_none());
        let job = jobs.recv().await.unwrap();
        cancel.cancel();
        assert_eq!(call.await, Err(ModelError::Cancelled));
        assert!(job.cancel.is_cancelled());
        assert_eq!(editor.complete(&request, &|_| {}, &cancel).await, Err(ModelError::Cancelled));
        assert!(jobs.try_recv().is_err(), "a request that was cancelled before is never sent");
    }

    #[tokio::test]
    async fn a_call_that_is_dropped_reaches_the_editor() {
        let (editor, mut jobs) = Editor::new(false);
        let (request, cancel) = (request(), Cancel::new());
        let mut call = editor.complete(&request, &|_| {}, &cancel);
        assert!((&mut call).now_or_never().is_none());
        drop(call);
        assert!(jobs.recv().await.unwrap().cancel.is_cancelled());
    }

    #[tokio::test(start_paused = true)]
    async fn silence_ends_a_call_and_parts_keep_it() {
        let (editor, mut jobs) = Editor::new(false);
        let request = request();
        let (result, job) = tokio::join!(
            async {
                let start = tokio::time::Instant::now();
                (editor.complete(&request, &|_| {}, &Cancel::new()).await, start.elapsed())
            },
            async {
                let job = jobs.recv().await.unwrap();
                tokio::time::sleep(STALL / 2).await;
                job.parts.send("still here".to_owned()).unwrap();
                job
            }
        );
        let (result, waited) = result;
        assert!(matches!(result, Err(ModelError::Unavailable(_))), "{result:?}");
        assert_eq!(waited, STALL + STALL / 2);
        assert!(job.cancel.is_cancelled());
    }
}
