//! A scripted HTTP server on loopback: answers by rule, records what it was sent, and notices clients that go away.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Received {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub at: Instant,
}

impl Received {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(one, _)| one.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("the body is JSON")
    }

    /// The content of the last message of a Chat Completions request.
    pub fn last_message(&self) -> String {
        self.json()["messages"]
            .as_array()
            .and_then(|all| all.last()?["content"].as_str())
            .unwrap_or_default()
            .to_string()
    }
}

/// Holds answers back until the test opens it.
#[derive(Debug, Clone)]
pub struct Gate(Arc<Semaphore>);

impl Gate {
    pub fn new() -> Self {
        Gate(Arc::new(Semaphore::new(0)))
    }

    /// Opens it for good.
    pub fn open(&self) {
        self.0.close();
    }

    async fn pass(&self) {
        // It only ever closes.
        let _ = self.0.acquire().await;
    }
}

#[derive(Debug, Clone)]
enum Piece {
    Bytes(Vec<u8>),
    Wait(Gate),
    Pause(Duration),
    Hang,
    Cut,
    Reset,
}

/// What a request is answered with. Without a body it is empty; pieces are sent one by one, in chunked encoding.
#[derive(Debug, Clone)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    /// Before the head is sent.
    before: Vec<Piece>,
    pieces: Vec<Piece>,
    /// The end of the connection ends the body.
    until_close: bool,
}

impl Answer {
    pub fn status(status: u16) -> Self {
        Answer { status, headers: Vec::new(), before: Vec::new(), pieces: Vec::new(), until_close: false }
    }

    pub fn json(value: &Value) -> Self {
        Answer::status(200).header("content-type", "application/json").body(value.to_string())
    }

    /// An event stream of these `data:` lines; nothing is added at its end.
    pub fn events<T: ToString>(data: impl IntoIterator<Item = T>) -> Self {
        let stream = Answer::status(200).header("content-type", "text/event-stream");
        data.into_iter().fold(stream, |stream, data| stream.body(format!("data: {}\n\n", data.to_string())))
    }

    /// A whole Chat Completions stream that says `text`.
    pub fn says(text: &str) -> Self {
        let usage = json!({ "prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15 });
        Answer::events([
            chunk(json!({ "role": "assistant", "content": text }), None).to_string(),
            chunk(json!({}), Some("stop")).to_string(),
            json!({ "choices": [], "usage": usage }).to_string(),
            "[DONE]".to_string(),
        ])
    }

    pub fn header(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.push((name.to_string(), value.to_string()));
        self
    }

    /// Adds a piece of the body.
    pub fn body(self, bytes: impl Into<Vec<u8>>) -> Self {
        self.piece(Piece::Bytes(bytes.into()))
    }

    /// Waits for `gate` before it goes on.
    pub fn wait(self, gate: &Gate) -> Self {
        self.piece(Piece::Wait(gate.clone()))
    }

    /// Waits before it goes on, by tokio's clock.
    pub fn pause(self, time: Duration) -> Self {
        self.piece(Piece::Pause(time))
    }

    /// Sends nothing more and keeps the connection, until the client goes away.
    pub fn hang(self) -> Self {
        self.piece(Piece::Hang)
    }

    /// Closes the connection in the middle of the body.
    pub fn cut(self) -> Self {
        self.piece(Piece::Cut)
    }

    /// Resets the connection in the middle of the body.
    pub fn reset(self) -> Self {
        self.piece(Piece::Reset)
    }

    /// Holds the head back as well: what was added so far happens before it.
    pub fn then_head(mut self) -> Self {
        self.before.append(&mut self.pieces);
        self
    }

    /// Waits before it sends anything, by tokio's clock.
    pub fn after(mut self, time: Duration) -> Self {
        self.before.push(Piece::Pause(time));
        self
    }

    /// Sends the body without a length: the end of the connection is the end of the body.
    pub fn until_close(mut self) -> Self {
        self.until_close = true;
        self
    }

    fn piece(mut self, piece: Piece) -> Self {
        self.pieces.push(piece);
        self
    }

    fn head(&self) -> String {
        let mut head = format!("HTTP/1.1 {} Scripted\r\n", self.status);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head + if self.until_close { "connection: close\r\n\r\n" } else { "transfer-encoding: chunked\r\n\r\n" }
    }
}

/// A chunk of a Chat Completions stream.
pub fn chunk(delta: Value, finish: Option<&str>) -> Value {
    json!({ "object": "chat.completion.chunk", "choices": [{ "index": 0, "delta": delta, "finish_reason": finish }] })
}

type Rule = Box<dyn FnMut(&Received) -> Option<Answer> + Send>;

#[derive(Default)]
struct State {
    rules: Vec<Rule>,
    requests: Vec<Received>,
    unanswered: Vec<String>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    connections: usize,
    requests: usize,
    disconnects: usize,
    /// Requests that are being answered, and how many of them there were at most.
    open: usize,
    most_open: usize,
}

struct Shared {
    state: Mutex<State>,
    counts: watch::Sender<Counts>,
}

/// The server; it stops when it is dropped.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Server {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port on loopback");
        let address = listener.local_addr().expect("a bound address");
        let shared = Arc::new(Shared { state: Mutex::default(), counts: watch::Sender::default() });
        let task = tokio::spawn(accept(listener, shared.clone()));
        Server { address, shared, task }
    }

    /// The base URL of a Chat Completions API.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Adds a rule. The first rule that has an answer for a request gives it; without any, it is 500 and `unanswered`.
    pub fn rule(&self, rule: impl FnMut(&Received) -> Option<Answer> + Send + 'static) {
        self.state().rules.push(Box::new(rule));
    }

    /// Answers the next request that no earlier rule answers, once.
    pub fn then(&self, answer: Answer) {
        let mut answer = Some(answer);
        self.rule(move |_| answer.take());
    }

    /// Answers every request.
    pub fn always(&self, answer: Answer) {
        self.rule(move |_| Some(answer.clone()));
    }

    /// Answers every request whose last message contains `text`.
    pub fn when(&self, text: &str, answer: Answer) {
        let text = text.to_string();
        self.rule(move |request| request.last_message().contains(&text).then(|| answer.clone()));
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Received> {
        self.state().requests.clone()
    }

    /// The paths of requests for which there was no rule.
    pub fn unanswered(&self) -> Vec<String> {
        self.state().unanswered.clone()
    }

    pub fn connections(&self) -> usize {
        self.shared.counts.borrow().connections
    }

    /// Clients that went away in the middle of an answer.
    pub fn disconnects(&self) -> usize {
        self.shared.counts.borrow().disconnects
    }

    /// How many requests were being answered at once, at most.
    pub fn most_at_once(&self) -> usize {
        self.shared.counts.borrow().most_open
    }

    /// Waits until `number` requests have come.
    pub async fn received(&self, number: usize) {
        self.until(|counts| counts.requests >= number).await;
    }

    /// Waits until `number` clients have gone away in the middle of an answer.
    pub async fn disconnected(&self, number: usize) {
        self.until(|counts| counts.disconnects >= number).await;
    }

    async fn until(&self, condition: impl Fn(&Counts) -> bool) {
        let mut counts = self.shared.counts.subscribe();
        counts.wait_for(|counts| condition(counts)).await.expect("the server runs");
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.shared.state.lock().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // Connections end with the server.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((socket, _)) = listener.accept().await {
        // Else a small piece waits for the acknowledgement of the one before.
        socket.set_nodelay(true).expect("an open socket");
        shared.counts.send_modify(|counts| counts.connections += 1);
        connections.spawn(serve(socket, shared.clone()));
    }
}

async fn serve(mut socket: TcpStream, shared: Arc<Shared>) {
    let mut unread = Vec::new();
    while let Some(request) = read(&mut socket, &mut unread).await {
        let answer = {
            let mut state = shared.state.lock().unwrap();
            let answer = state.rules.iter_mut().find_map(|rule| rule(&request));
            if answer.is_none() {
                state.unanswered.push(request.path.clone());
            }
            state.requests.push(request);
            answer.unwrap_or_else(|| Answer::status(500).body("the script has no answer"))
        };
        shared.counts.send_modify(|counts| {
            counts.requests += 1;
            counts.open += 1;
            counts.most_open = counts.most_open.max(counts.open);
        });
        let end = write(&mut socket, &answer).await;
        shared.counts.send_modify(|counts| counts.open -= 1);
        match end {
            End::Open => {}
            End::Closed => return,
            End::Gone => {
                shared.counts.send_modify(|counts| counts.disconnects += 1);
                return;
            }
        }
    }
}

enum End {
    Open,
    Closed,
    /// The client went away first.
    Gone,
}

async fn write(socket: &mut TcpStream, answer: &Answer) -> End {
    let head = Piece::Bytes(answer.head().into_bytes());
    let last = Piece::Bytes(if answer.until_close { Vec::new() } else { b"0\r\n\r\n".to_vec() });
    let plain = answer.before.iter().chain([&head]).map(|piece| (piece, false));
    let body = answer.pieces.iter().map(|piece| (piece, !answer.until_close));
    for (piece, chunked) in plain.chain(body).chain([(&last, false)]) {
        let written = match piece {
            Piece::Bytes(bytes) if chunked => {
                let framed = [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
                socket.write_all(&framed).await
            }
            Piece::Bytes(bytes) => socket.write_all(bytes).await,
            Piece::Wait(gate) => present(socket, gate.pass()).await,
            Piece::Pause(time) => present(socket, tokio::time::sleep(*time)).await,
            Piece::Hang => present(socket, std::future::pending()).await,
            Piece::Cut => return End::Closed,
            Piece::Reset => {
                socket.set_zero_linger().expect("an open socket");
                return End::Closed;
            }
        };
        if written.is_err() {
            return End::Gone;
        }
    }
    if answer.until_close { End::Closed } else { End::Open }
}

/// Waits for `work` as long as the client is there.
async fn present(socket: &mut TcpStream, work: impl Future<Output = ()>) -> std::io::Result<()> {
    let mut byte = [0];
    tokio::select! {
        () = work => Ok(()),
        read = socket.peek(&mut byte) => match read {
            Ok(0) => Err(std::io::ErrorKind::ConnectionAborted.into()),
            Ok(_) => Err(std::io::ErrorKind::InvalidData.into()),
            Err(error) => Err(error),
        },
    }
}

/// Reads one request; `None` when the client is done, or speaks no HTTP.
async fn read(socket: &mut TcpStream, unread: &mut Vec<u8>) -> Option<Received> {
    let head_end = loop {
        if let Some(end) = unread.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        more(socket, unread).await?;
    };
    let head = String::from_utf8(unread[..head_end].to_vec()).ok()?;
    let mut lines = head.split("\r\n");
    let mut start = lines.next()?.split(' ');
    let (method, path) = (start.next()?.to_string(), start.next()?.to_string());
    let header = |line: &str| line.split_once(':').map(|(name, value)| (name.to_string(), value.trim().to_string()));
    let headers: Vec<_> = lines.filter_map(header).collect();
    let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    let body_start = head_end + 4;
    while unread.len() < body_start + length {
        more(socket, unread).await?;
    }
    let body = String::from_utf8_lossy(&unread[body_start..body_start + length]).into_owned();
    unread.drain(..body_start + length);
    Some(Received { method, path, headers, body, at: Instant::now() })
}

async fn more(socket: &mut TcpStream, unread: &mut Vec<u8>) -> Option<()> {
    let read = socket.read_buf(unread).await.ok()?;
    (read > 0).then_some(())
}
