//! The server with a scripted model behind it: what a question is answered with, and what is heard of its run.

use serde_json::{Value, json};
use tokio::process::Command;

use super::client::Client;
use crate::agent::{KEY, World, is_root};
use crate::server::{Answer, Received, Server};

/// The server's command with a scripted endpoint as the model.
pub fn command(world: &World, server: &Server) -> Command {
    let mut command = world.command(&["lsp"]);
    command.env("OPENAI_BASE_URL", server.base_url()).env("OPENAI_API_KEY", KEY).env("SPELUNK_MODEL", "openai/test");
    command
}

/// A client of our own kind: it takes notices.
pub async fn ours(world: &World, server: &Server) -> Client {
    with(world, server, json!({ "runs": true })).await
}

pub async fn with(world: &World, server: &Server, options: Value) -> Client {
    let mut client = Client::spawn(command(world, server), world);
    client.initialize(json!({ "window": { "showDocument": { "support": true } } }), options).await.unwrap();
    client
}

/// Whether a request belongs to the root of the run that was asked this, or is to plan it.
pub fn asks(request: &Received, question: &str) -> bool {
    let request = request.json();
    let first = request["messages"][1]["content"].as_str().unwrap_or_default();
    let is_asked = |tag: &str| first.contains(&format!("<{tag}>\n{question}\n</{tag}>"));
    is_root(&request) && (is_asked("question") || is_asked("request"))
}

/// The turns that answer a question, one after the other.
pub fn script(server: &Server, question: &str, answers: Vec<Answer>) {
    let (question, mut answers) = (question.to_owned(), answers.into_iter());
    server.rule(move |request| if asks(request, &question) { answers.next() } else { None });
}

/// The turns that answer a question, as cells.
pub fn cells(server: &Server, question: &str, cells: &[&str]) {
    script(server, question, cells.iter().map(|cell| says_cell(cell)).collect());
}

pub fn says_cell(cell: &str) -> Answer {
    Answer::says(&format!("```js\n{cell}\n```"))
}

/// Begins a question; its run.
pub async fn begin(client: &mut Client, params: Value) -> String {
    let begun = client.request("spelunk/ask", params).await.unwrap();
    begun["runId"].as_str().unwrap().to_owned()
}

/// Waits for an event of a run.
pub async fn event(client: &mut Client, run: &str, kind: &str) -> Value {
    let fits = |notice: &Value| notice["runId"] == run && notice["event"]["kind"] == kind;
    client.wait_for("spelunk/run", fits).await["event"].clone()
}

/// Asks and waits for the end.
pub async fn answered(client: &mut Client, params: Value) -> Value {
    let run = begin(client, params).await;
    event(client, &run, "end").await
}

/// What was heard of a run so far: every event, in order. The numbers have to be without gaps.
pub fn events(client: &Client, run: &str) -> Vec<Value> {
    let notices: Vec<Value> =
        client.received("spelunk/run").into_iter().filter(|notice| notice["runId"] == run).collect();
    for (number, notice) in notices.iter().enumerate() {
        assert_eq!(notice["seq"], number, "{notices:?}");
    }
    notices.into_iter().map(|mut notice| notice["event"].take()).collect()
}

/// The kinds of events, text that came in several pieces once.
pub fn kinds(events: &[Value]) -> Vec<&str> {
    let mut kinds: Vec<&str> = events.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    kinds.dedup_by(|one, other| one == other && *one == "text");
    kinds
}
