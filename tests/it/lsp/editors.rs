//! Clients that others wrote: Neovim's, and pytest-lsp's on pygls. `scripts/editors.sh` finds or installs both.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::process::Command;

use crate::agent::{World, finish};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/editors")
}

/// A program that `scripts/editors.sh` names.
fn program(variable: &str) -> PathBuf {
    std::env::var_os(variable).map(PathBuf::from).unwrap_or_else(|| {
        panic!("this test needs {variable}: run `make test`, or `. scripts/editors.sh` before `cargo test`")
    })
}

/// The editor, which starts the server itself.
fn command(world: &World, program: &Path) -> Command {
    let mut command = Command::new(program);
    let home = world.state().join("home");
    std::fs::create_dir_all(&home).unwrap();
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", &home)
        .env("SPELUNK", env!("CARGO_BIN_EXE_spelunk"))
        .env("SPELUNK_STATE_DIR", world.state())
        .current_dir(world.repo())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

#[tokio::test]
async fn neovim_with_three_lines_of_lua() {
    let world = World::new();
    let mut neovim = command(&world, &program("SPELUNK_TEST_NVIM"));
    let done =
        finish(neovim.args(["--headless", "-u", "NONE", "-l"]).arg(folder().join("neovim.lua")).spawn().unwrap());
    let done = done.await;
    let result: Value =
        serde_json::from_str(done.stdout.trim()).unwrap_or_else(|_| panic!("{}\n{}", done.stdout, done.stderr));
    let check = |key: &str, expect: Value| assert_eq!(result[key], expect, "{key} in {result:#}\n{}", done.stderr);
    check("problem", Value::Null);
    check("server", json!("spelunk"));
    check("encoding", json!("utf-8"));
    check("documentSymbol", json!(["src/parse.rs:4:8", "src/parse.rs:8:8"]));
    check("definition", json!(["src/parse.rs:4:8"]));
    check("references", json!(["src/parse.rs:4:8", "src/parse.rs:9:5"]));
    check("incoming", json!(["count"]));
    check("outgoing", json!(["parse"]));
    check("unsaved", json!(3));
    check("location", json!(11));
    check("progress", json!(["begin", "end"]));
    check("renamed", json!([[1, 1], [0, 0]]));
    check("undone", json!([[0, 0], [1, 1]]));
    check("cancelled", json!(["pending", "cancel", "complete"]));
    assert!(result["workspaceSymbol"].as_array().unwrap().contains(&json!("parse")), "{result:#}");
    assert!(result["answer"].as_str().unwrap().contains("src/parse.rs:12"), "{result:#}");
}

#[tokio::test]
async fn pytest_lsp_on_pygls() {
    let world = World::new();
    let mut pytest = command(&world, &program("SPELUNK_TEST_PYTHON"));
    let suite = pytest.args(["-m", "pytest"]).arg(folder()).env("PYTHONDONTWRITEBYTECODE", "1").spawn().unwrap();
    let done = tokio::time::timeout(Duration::from_secs(600), finish(suite)).await.unwrap();
    assert_eq!(done.code, Some(0), "{}\n{}", done.stdout, done.stderr);
}
