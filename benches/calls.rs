//! A thousand `llm` calls of 100 ms at a concurrency of 32, from one cell, against a server on loopback; beside Python's `http.client`
//! in 32 threads against the same server.
//!
//! The server is this program again, in a process of its own, so that what it computes is not counted.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use spelunk::agent::event::{Emit, RunEvent};
use spelunk::agent::{self, Models, Named, Stop};
use spelunk::config::Config;
use spelunk::model::scripted::{Line, Scripted};
use spelunk::model::{Endpoint, Endpoints, open};
use spelunk::workspace::Workspace;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The argument that makes this program the server.
pub const SERVE: &str = "--serve-calls";

const CALLS: u32 = 1000;
const CONCURRENCY: u32 = 32;
const LATENCY: Duration = Duration::from_millis(100);

const CELL: &str = "\
const ask = (n) => ({ prompt: `What is in part ${n}?`, data: `line ${n}: fn part_${n}() {}` });
const half = (from) => Array.from({ length: 500 }, (_, n) => ask(from + n));
const all = (await Promise.all([llmAll(half(0)), llmAll(half(500))])).flat();
answer(`${all.filter((one) => one.ok && one.value === 'fine').length} calls`);";

const PEER: &str = r#"
import http.client, json, resource, sys, threading, time
from concurrent.futures import ThreadPoolExecutor
host, calls, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
own = threading.local()
def call(n):
    if not hasattr(own, "connection"):
        own.connection = http.client.HTTPConnection(host)
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": f"What is in part {n}?"}], "stream": True})
    own.connection.request("POST", "/v1/chat/completions", body, {"content-type": "application/json"})
    text = ""
    for line in own.connection.getresponse().read().decode().splitlines():
        if line.startswith("data: {"):
            for choice in json.loads(line[6:])["choices"]:
                text += choice["delta"].get("content", "")
    return text
def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
start, used = time.monotonic(), cpu()
with ThreadPoolExecutor(threads) as pool:
    assert list(pool.map(call, range(calls))) == ["fine"] * calls
print(time.monotonic() - start, cpu() - used)
"#;

/// What a thousand calls took: wall time, and computing time of the client.
#[derive(Clone, Copy)]
pub struct Took {
    pub wall: Duration,
    pub cpu: Duration,
}

impl Took {
    /// The time that the calls take if nothing but the server takes any.
    pub fn ideal() -> Duration {
        LATENCY * CALLS.div_ceil(CONCURRENCY)
    }

    pub fn cpu_per_call(self) -> Duration {
        self.cpu / CALLS
    }
}

/// The server's process; it ends with this value.
pub struct Served {
    child: Child,
    pub address: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Starts the server.
pub fn server() -> Served {
    let mut child = Command::new(std::env::current_exe().unwrap()).arg(SERVE).stdout(Stdio::piped()).spawn().unwrap();
    let mut address = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
    Served { child, address: address.trim().to_owned() }
}

/// One run of the whole engine, journal included, from the start of the cell to its end; with `keep`, each reply is kept
/// on disk too.
pub async fn ours(address: String, keep: bool) -> Took {
    let (state, tree) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(tree.path().join("main.rs"), "fn main() {}\n").unwrap();
    let mut config = Config::load().unwrap();
    config.state_dir = state.path().to_owned();
    config.concurrency = CONCURRENCY as usize;
    config.max_calls = CALLS + 10;
    config.max_tokens = 100_000_000;
    config.max_usd = None;
    config.max_time = Duration::from_secs(600);
    config.plain_below = 0;
    config.journal = true;
    config.cache = keep;
    let endpoint = Endpoint::new(format!("http://{address}/v1"));
    let leaf = open("openai/m", &Endpoints::new([("openai".to_owned(), endpoint)])).unwrap();
    let root = Arc::new(Scripted::new([Line::text(format!("```js\n{CELL}\n```"))]).unwrap());
    let models = Models {
        root: Named { name: "scripted/cell".to_owned(), id: "cell".to_owned(), model: root },
        leaf: Named { name: "openai/m".to_owned(), id: "m".to_owned(), model: leaf },
    };
    let marks = Arc::new(Mutex::new(Vec::new()));
    let noted = marks.clone();
    let emit: Emit = Arc::new(move |event| {
        if matches!(event, RunEvent::Cell { .. } | RunEvent::CellDone { .. }) {
            noted.lock().unwrap().push((Instant::now(), cpu()));
        }
    });
    let snapshot = Workspace::open(tree.path()).unwrap().snapshot();
    let mut repl = agent::setup::options(&config, 0).unwrap();
    repl.program = env!("CARGO_BIN_EXE_spelunk").into();
    let journal = agent::setup::journal(&config, &snapshot, "parts?", &models, &repl);
    let setup = agent::setup::run(&config, snapshot, models, repl, journal.clone(), emit);
    let report = agent::ask(setup, "parts?", &Stop::default()).await.unwrap();
    assert_eq!(report.answer, format!("{CALLS} calls"));
    assert!(journal.is_on());
    let marks = marks.lock().unwrap();
    let [(start, before), (end, after)] = marks[..] else { panic!("one cell: {}", marks.len()) };
    Took { wall: end - start, cpu: after - before }
}

/// The same calls by Python's standard library; `None` without Python.
pub fn peer(server: &Served) -> Option<Took> {
    let args = [&server.address, &CALLS.to_string(), &CONCURRENCY.to_string()];
    let output = Command::new("/usr/bin/python3").args(["-c", PEER]).args(args).output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let (wall, cpu) = text.trim().split_once(' ')?;
    let seconds = |text: &str| Duration::from_secs_f64(text.parse().unwrap());
    Some(Took { wall: seconds(wall), cpu: seconds(cpu) })
}

/// The computing time of this process, its children apart.
fn cpu() -> Duration {
    // SAFETY: all zeros are a value of this plain struct, and the call writes nothing else.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        assert_eq!(libc::getrusage(libc::RUSAGE_SELF, &mut usage), 0);
        usage
    };
    let time = |time: libc::timeval| Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1000);
    time(usage.ru_utime) + time(usage.ru_stime)
}

/// The server: says "fine" to every request, 100 ms after the whole of it has come.
pub async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        socket.set_nodelay(true).unwrap();
        tokio::spawn(answer(socket));
    }
}

async fn answer(mut socket: TcpStream) -> Option<()> {
    const EVENTS: [&str; 3] = [
        r#"{"choices":[{"index":0,"delta":{"role":"assistant","content":"fine"},"finish_reason":null}]}"#,
        r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
        r#"{"choices":[],"usage":{"prompt_tokens":40,"completion_tokens":1,"total_tokens":41}}"#,
    ];
    let mut reply =
        String::from("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
    for event in EVENTS.into_iter().chain(["[DONE]"]) {
        let event = format!("data: {event}\n\n");
        reply += &format!("{:x}\r\n{event}\r\n", event.len());
    }
    reply += "0\r\n\r\n";
    let mut unread = Vec::new();
    loop {
        let head = loop {
            if let Some(end) = memchr::memmem::find(&unread, b"\r\n\r\n") {
                break end + 4;
            }
            (socket.read_buf(&mut unread).await.ok()? > 0).then_some(())?;
        };
        let text = String::from_utf8_lossy(&unread[..head]).to_ascii_lowercase();
        let length =
            text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok())?;
        while unread.len() < head + length {
            (socket.read_buf(&mut unread).await.ok()? > 0).then_some(())?;
        }
        unread.drain(..head + length);
        tokio::time::sleep(LATENCY).await;
        socket.write_all(reply.as_bytes()).await.ok()?;
    }
}
