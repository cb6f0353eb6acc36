//! The session on a socket that the server connects out to, and the command line around it.

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::client::HANG;
use crate::agent::{World, finish};

async fn start(world: &World, form: fn(u16) -> Vec<String>) -> (tokio::process::Child, BufReader<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let args = form(listener.local_addr().unwrap().port());
    let args: Vec<&str> = ["lsp"].into_iter().chain(args.iter().map(String::as_str)).collect();
    let child = world.command(&args).spawn().unwrap();
    let (stream, _) = tokio::time::timeout(HANG, listener.accept()).await.unwrap().unwrap();
    (child, BufReader::new(stream))
}

async fn send(stream: &mut BufReader<TcpStream>, message: Value) {
    let body = message.to_string();
    stream.write_all(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).await.unwrap();
}

/// The next message; `None` at the end.
async fn receive(stream: &mut BufReader<TcpStream>) -> Option<Value> {
    let mut header = String::new();
    let read = async {
        if stream.read_line(&mut header).await.ok()? == 0 {
            return None;
        }
        let mut blank = String::new();
        stream.read_line(&mut blank).await.ok()?;
        let length = header.trim_end().strip_prefix("Content-Length: ").unwrap().parse().unwrap();
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.ok()?;
        Some(serde_json::from_slice(&body).unwrap())
    };
    tokio::time::timeout(HANG, read).await.expect("the server hangs")
}

async fn answer(stream: &mut BufReader<TcpStream>, id: i64) -> Value {
    loop {
        let message = receive(stream).await.expect("an answer");
        if message["id"] == id && message.get("method").is_none() {
            return message["result"].clone();
        }
    }
}

#[tokio::test]
async fn a_session_on_a_socket() {
    let forms: [fn(u16) -> Vec<String>; 2] =
        [|port| vec!["--socket".to_owned(), port.to_string()], |port| vec![format!("--socket={port}")]];
    for form in forms {
        let world = World::new();
        let (child, mut stream) = start(&world, form).await;
        send(
            &mut stream,
            json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} } }),
        )
        .await;
        assert_eq!(answer(&mut stream, 1).await["serverInfo"]["name"], "spelunk");
        send(&mut stream, json!({ "jsonrpc": "2.0", "id": 2, "method": "shutdown" })).await;
        assert_eq!(answer(&mut stream, 2).await, Value::Null);
        send(&mut stream, json!({ "jsonrpc": "2.0", "method": "exit" })).await;
        let finished = finish(child).await;
        assert_eq!((finished.code, finished.stdout.as_str()), (Some(0), ""), "{}", finished.stderr);
    }
}

#[tokio::test]
async fn the_first_malformed_byte_closes_a_socket() {
    for bytes in [
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "\u{16}\u{3}\u{1}",
        "Content-Length: 2\r\n\r\n{]",
        "Content-Length: -1\r\n\r\n",
    ] {
        let world = World::new();
        let (child, mut stream) = start(&world, |port| vec!["--socket".to_owned(), port.to_string()]).await;
        stream.write_all(bytes.as_bytes()).await.unwrap();
        // A good request after it is not served any more. The connection may be gone already.
        let after =
            json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} } }).to_string();
        let _ = stream.write_all(format!("Content-Length: {}\r\n\r\n{after}", after.len()).as_bytes()).await;
        while let Some(message) = receive(&mut stream).await {
            assert_eq!((&message["id"], &message["error"]["code"]), (&Value::Null, &json!(-32700)), "{bytes:?}");
        }
        assert_eq!(finish(child).await.code, Some(1), "{bytes:?}");
    }
}

#[tokio::test]
async fn a_client_that_hangs_up_ends_the_server() {
    let world = World::new();
    let (child, stream) = start(&world, |port| vec!["--socket".to_owned(), port.to_string()]).await;
    drop(stream);
    assert_eq!(finish(child).await.code, Some(1));
}

#[tokio::test]
async fn command_lines() {
    let world = World::new();
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port().to_string();
    let check = async |args: &[&str], code: i32, expect: &str| {
        let finished = world.run(&[&["lsp"], args].concat()).await;
        let said = finished.stdout + &finished.stderr;
        assert_eq!(finished.code, Some(code), "{args:?}: {said}");
        assert!(said.contains(expect), "{args:?}: {said}");
    };
    check(&["--socket", &free], 1, &format!("nobody listens on port {free}")).await;
    check(&["--socket", "0"], 2, "--socket").await;
    check(&["--socket", "99999"], 2, "--socket").await;
    check(&["--socket", "5000", "--stdio"], 2, "cannot be used with").await;
    check(&["--pipe", "x"], 2, "--pipe").await;
    check(&["--help"], 0, "--socket <PORT>").await;
    // The input has ended already, which is no orderly end.
    check(&["--stdio"], 1, "").await;
    check(&[], 1, "").await;
}
