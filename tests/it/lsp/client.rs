//! A client of the language server: the real binary over its standard input and output, in typed steps.

use std::collections::HashMap;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::Notify;

use crate::agent::World;

/// Only keeps a hanging test from hanging for ever.
pub const HANG: Duration = Duration::from_secs(120);

/// How the client answers a request of the server's; `None` for the usual answer.
type Answers = Box<dyn FnMut(&str, &Value) -> Option<Result<Value, Value>> + Send>;

/// A running server, and what it said so far.
pub struct Client {
    pub child: Child,
    input: Option<ChildStdin>,
    heard: Arc<Heard>,
    next: i64,
    pub root: String,
}

#[derive(Default)]
struct Heard {
    state: Mutex<State>,
    news: Notify,
}

#[derive(Default)]
struct State {
    /// Every response, in order.
    responses: Vec<Value>,
    /// Notifications and requests of the server's, in order.
    messages: Vec<Value>,
    /// Responses to be sent to the server's requests.
    outbox: Vec<Value>,
    answers: Option<Answers>,
    /// Requests of the server's stay without an answer.
    mute: bool,
    /// The method whose requests the test answers itself.
    held: Option<String>,
    /// Bytes on standard output that were no frame.
    garbage: Vec<u8>,
    log: String,
    ended: bool,
}

impl Client {
    /// Starts the server in a world of its own.
    pub fn start(world: &World) -> Self {
        Self::spawn(world.command(&["lsp"]), world)
    }

    /// The same, with a client that never reads standard error.
    pub fn spawn_deaf(mut command: Command, world: &World) -> Self {
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let heard = Arc::new(Heard::default());
        tokio::spawn(read(BufReader::new(child.stdout.take().unwrap()), heard.clone()));
        let root = format!("file://{}", world.repo().to_str().unwrap());
        Self { input: child.stdin.take(), child, heard, next: 0, root }
    }

    pub fn spawn(command: Command, world: &World) -> Self {
        let mut client = Self::spawn_deaf(command, world);
        let mut stderr = client.child.stderr.take().unwrap();
        let log = client.heard.clone();
        tokio::spawn(async move {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = stderr.read(&mut bytes).await {
                log.state.lock().unwrap().log.push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
        });
        client
    }

    /// Starts and initializes with these capabilities and options.
    pub async fn ready(world: &World, capabilities: Value, options: Value) -> Self {
        let mut client = Self::start(world);
        client.initialize(capabilities, options).await.unwrap();
        client
    }

    /// `initialize` and `initialized`, with the world's repository as the one folder.
    pub async fn initialize(&mut self, capabilities: Value, options: Value) -> Result<Value, Value> {
        let params = json!({
            "processId": std::process::id(),
            "clientInfo": { "name": "test" },
            "rootUri": self.root,
            "capabilities": capabilities,
            "initializationOptions": options,
            "workspaceFolders": [{ "uri": self.root, "name": "repo" }],
        });
        let result = self.request("initialize", params).await?;
        self.notify("initialized", json!({})).await;
        Ok(result)
    }

    /// The URI of a file of the world's repository.
    pub fn uri(&self, path: &str) -> String {
        format!("{}/{path}", self.root)
    }

    /// Answers the server's requests in an own way; `None` leaves it to the usual answers.
    pub fn answer_with(&self, answers: impl FnMut(&str, &Value) -> Option<Result<Value, Value>> + Send + 'static) {
        self.heard.state.lock().unwrap().answers = Some(Box::new(answers));
    }

    /// Leaves the server's requests unanswered from now on.
    pub fn never_answer(&self) {
        self.heard.state.lock().unwrap().mute = true;
    }

    /// Leaves requests of this method without an answer: the test gives it, when it likes.
    pub fn hold(&self, method: &str) {
        self.heard.state.lock().unwrap().held = Some(method.to_owned());
    }

    /// Sends bytes as they are.
    pub async fn raw(&mut self, bytes: &[u8]) {
        self.flush_outbox().await;
        if let Some(input) = &mut self.input {
            // A server that is gone shows in what is asked of it next.
            let _ = input.write_all(bytes).await;
            let _ = input.flush().await;
        }
    }

    pub async fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).await;
    }

    pub async fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params })).await;
    }

    /// Sends a request without waiting for the answer. Returns its id.
    pub async fn begin(&mut self, method: &str, params: Value) -> i64 {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })).await;
        id
    }

    /// Waits for the answer to a request.
    pub async fn answer(&mut self, id: i64) -> Result<Value, Value> {
        let found = self
            .until(&format!("the answer to request {id}"), |state| {
                // From the end: it is mostly the last one.
                state.responses.iter().rev().find(|response| response["id"] == id).cloned()
            })
            .await;
        match found.get("error") {
            Some(error) => Err(error.clone()),
            None => Ok(found["result"].clone()),
        }
    }

    pub async fn request(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.begin(method, params).await;
        self.answer(id).await
    }

    /// Waits for a notification or request of the server's; gives its parameters.
    pub async fn wait_for(&mut self, method: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let find = |state: &mut State| {
            state.messages.iter().find(|message| message["method"] == method && fits(&message["params"])).cloned()
        };
        self.until(&format!("a {method}"), find).await["params"].clone()
    }

    /// What the server sent by this method so far: the parameters, in order.
    pub fn received(&self, method: &str) -> Vec<Value> {
        let state = self.heard.state.lock().unwrap();
        state.messages.iter().filter(|message| message["method"] == method).map(|m| m["params"].clone()).collect()
    }

    /// Every response so far, in order.
    pub fn responses(&self) -> Vec<Value> {
        self.heard.state.lock().unwrap().responses.clone()
    }

    /// Forgets what was received, for tests that go on for long.
    pub fn forget(&self) {
        let state = &mut *self.heard.state.lock().unwrap();
        state.responses.clear();
        state.messages.clear();
    }

    /// How many responses came so far.
    pub fn answered(&self) -> usize {
        self.heard.state.lock().unwrap().responses.len()
    }

    /// The responses after the first so many, in order.
    pub fn responses_after(&self, count: usize) -> Vec<Value> {
        self.heard.state.lock().unwrap().responses[count..].to_vec()
    }

    /// Bytes that came outside of frames.
    pub fn garbage(&self) -> Vec<u8> {
        self.heard.state.lock().unwrap().garbage.clone()
    }

    pub fn log(&self) -> String {
        self.heard.state.lock().unwrap().log.clone()
    }

    /// Waits until the log on stderr holds `part`; it goes another way than the messages do.
    pub async fn logged(&self, part: &str) {
        let hang = tokio::time::Instant::now() + HANG;
        while !self.log().contains(part) {
            assert!(tokio::time::Instant::now() < hang, "{part} was not logged\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Opens a document.
    pub async fn open(&mut self, path: &str, language: &str, version: i64, text: &str) {
        let uri = self.uri(path);
        let document = json!({ "uri": uri, "languageId": language, "version": version, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document })).await;
    }

    /// Changes a document.
    pub async fn change(&mut self, path: &str, version: i64, changes: Value) {
        let document = json!({ "uri": self.uri(path), "version": version });
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes })).await;
    }

    /// Whether the server answers an ordinary request.
    pub async fn is_alive(&mut self) -> bool {
        let uri = self.uri("src/parse.rs");
        self.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } })).await.is_ok()
    }

    /// Ends standard input.
    pub fn close_input(&mut self) {
        self.input = None;
    }

    /// Waits for the end of the process.
    pub async fn exit(&mut self) -> ExitStatus {
        match tokio::time::timeout(HANG, self.child.wait()).await {
            Ok(status) => status.unwrap(),
            Err(_) => panic!("the server does not end\n{}", self.log()),
        }
    }

    /// Ends the session by the book.
    pub async fn shut_down(mut self) {
        assert_eq!(self.request("shutdown", Value::Null).await, Ok(Value::Null));
        self.notify("exit", Value::Null).await;
        assert_eq!(self.exit().await.code(), Some(0), "{}", self.log());
        assert_eq!(String::from_utf8_lossy(&self.garbage()), "", "standard output holds frames only");
    }

    async fn flush_outbox(&mut self) {
        let outbox = std::mem::take(&mut self.heard.state.lock().unwrap().outbox);
        if let Some(input) = &mut self.input {
            for message in outbox {
                let body = message.to_string();
                let _ = input.write_all(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).await;
            }
        }
    }

    /// Waits until something was heard, answering the server's requests meanwhile.
    pub async fn until_heard<T>(&mut self, what: &str, mut find: impl FnMut(&[Value], &[Value]) -> Option<T>) -> T {
        self.until(what, |state| find(&state.responses, &state.messages)).await
    }

    async fn until<T>(&mut self, what: &str, mut find: impl FnMut(&mut State) -> Option<T>) -> T {
        let heard = self.heard.clone();
        let deadline = tokio::time::Instant::now() + HANG;
        loop {
            let news = heard.news.notified();
            self.flush_outbox().await;
            let ended = {
                let state = &mut *heard.state.lock().unwrap();
                if let Some(found) = find(state) {
                    return found;
                }
                state.ended
            };
            assert!(!ended, "the server ended before {what}\n{}", self.log());
            if tokio::time::timeout_at(deadline, news).await.is_err() {
                panic!("no sign of {what}\n{}", self.log());
            }
        }
    }
}

async fn read(mut output: BufReader<tokio::process::ChildStdout>, heard: Arc<Heard>) {
    while let Some(message) = frame(&mut output, &heard).await {
        let state = &mut *heard.state.lock().unwrap();
        if message.get("method").is_none() {
            state.responses.push(message);
        } else {
            let held = state.held.as_deref() == message["method"].as_str();
            if let Some(id) = message.get("id").filter(|_| !held) {
                let (method, params) = (message["method"].as_str().unwrap(), &message["params"]);
                let answer = state.answers.as_mut().and_then(|answers| answers(method, params));
                let mut response = HashMap::from([("jsonrpc", json!("2.0")), ("id", id.clone())]);
                match answer.unwrap_or_else(|| Ok(usual(method, params))) {
                    Ok(result) => response.insert("result", result),
                    Err(error) => response.insert("error", error),
                };
                if !state.mute {
                    state.outbox.push(json!(response));
                }
            }
            state.messages.push(message);
        }
        heard.news.notify_waiters();
        heard.news.notify_one();
    }
    heard.state.lock().unwrap().ended = true;
    heard.news.notify_waiters();
    heard.news.notify_one();
}

/// What a plain client answers.
fn usual(method: &str, params: &Value) -> Value {
    match method {
        "workspace/configuration" => params["items"].as_array().unwrap().iter().map(|_| Value::Null).collect(),
        "window/showDocument" => json!({ "success": true }),
        _ => Value::Null,
    }
}

/// The next frame; bytes that are none go to the garbage.
async fn frame(output: &mut BufReader<tokio::process::ChildStdout>, heard: &Heard) -> Option<Value> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        if output.read_until(b'\n', &mut line).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&line);
        match (text.trim_end_matches(['\r', '\n']), length) {
            ("", Some(length)) => {
                let mut body = vec![0; length];
                output.read_exact(&mut body).await.ok()?;
                return Some(serde_json::from_slice(&body).expect("a body is JSON"));
            }
            (header, _) => match header.strip_prefix("Content-Length: ").and_then(|length| length.parse().ok()) {
                Some(value) => length = Some(value),
                None => heard.state.lock().unwrap().garbage.extend_from_slice(&line),
            },
        }
    }
}
