//! The language server beside another: how long after an edit the symbols of a big file are there, and right.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A server and the way to it.
struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    next: i64,
}

impl Server {
    fn start(mut command: Command, root: &Path) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut server = Self { child, input, output, next: 0 };
        let uri = format!("file://{}", root.display());
        let capabilities = json!({
            "textDocument": { "documentSymbol": { "hierarchicalDocumentSymbolSupport": true } },
            "workspace": { "configuration": true },
        });
        server.request(
            "initialize",
            json!({
                "processId": std::process::id(), "rootUri": uri, "capabilities": capabilities,
                "workspaceFolders": [{ "uri": uri, "name": "bench" }],
            }),
        );
        server.notify("initialized", json!({}));
        server
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        self.input.flush().unwrap();
    }

    fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn request(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.receive();
            match (message.get("method"), message.get("id")) {
                (None, Some(of)) if *of == id => return message["result"].clone(),
                // A server waits for answers to its own requests; a bare client has none to give.
                (Some(_), Some(of)) => {
                    let items = message["params"]["items"].as_array().map_or(0, Vec::len);
                    let result = if items > 0 { json!(vec![Value::Null; items]) } else { Value::Null };
                    self.send(&json!({ "jsonrpc": "2.0", "id": of, "result": result }));
                }
                _ => {}
            }
        }
    }

    fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert_ne!(self.output.read_line(&mut line).unwrap(), 0, "the server is gone");
            match line.trim_end() {
                "" => break,
                header => {
                    if let Some(value) = header.strip_prefix("Content-Length: ") {
                        length = value.parse().unwrap();
                    }
                }
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A file of CPython's standard library with more than 200 KB.
fn subject() -> (PathBuf, String) {
    let find = "import _pydecimal; print(_pydecimal.__file__)";
    let found = Command::new("python3").args(["-c", find]).output().unwrap();
    let path = PathBuf::from(String::from_utf8(found.stdout).unwrap().trim());
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.len() > 200_000);
    (path, text)
}

/// The times from each of `count` edits to symbols that have it.
pub fn edits(count: usize, command: Command) -> Vec<Duration> {
    let (path, text) = subject();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(path.file_name().unwrap());
    std::fs::write(&file, &text).unwrap();
    let mut server = Server::start(command, folder.path());
    let uri = format!("file://{}", file.display());
    let document = json!({ "uri": uri, "languageId": "python", "version": 1, "text": text });
    server.notify("textDocument/didOpen", json!({ "textDocument": document }));
    let symbols = json!({ "textDocument": { "uri": uri } });
    assert!(server.request("textDocument/documentSymbol", symbols.clone()).as_array().unwrap().len() > 20);
    let line = text.lines().position(|line| line.starts_with("class Decimal")).unwrap();
    (0..count)
        .map(|number| {
            let at = json!({ "line": line, "character": 0 });
            let change = json!({ "range": { "start": at, "end": at }, "text": format!("def edit_{number}(): pass\n") });
            let started = Instant::now();
            server.notify(
                "textDocument/didChange",
                json!({ "textDocument": { "uri": uri, "version": number + 2 }, "contentChanges": [change] }),
            );
            let found = server.request("textDocument/documentSymbol", symbols.clone());
            let took = started.elapsed();
            let name = format!("edit_{number}");
            let right = found.as_array().unwrap().iter().any(|symbol| symbol["name"] == *name);
            assert!(right, "the edit is not among the symbols");
            took
        })
        .collect()
}

/// The server to compare with: basedpyright, as PyPI and npm package it.
pub fn peer() -> Option<Command> {
    let program = std::env::var_os("SPELUNK_BENCH_BASEDPYRIGHT").unwrap_or_else(|| "basedpyright-langserver".into());
    Command::new(&program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .ok()?;
    let mut command = Command::new(program);
    command.arg("--stdio");
    Some(command)
}

/// Ours.
pub fn ours() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spelunk"));
    command.arg("lsp");
    command
}
