//! The folders of the workspace: several, none, changed while the session lasts, and names of every kind.

use std::path::Path;

use serde_json::{Value, json};
use spelunk::lsp::file_uri;

use super::client::Client;
use crate::agent::World;

fn uri(path: &Path) -> String {
    file_uri(path).unwrap().as_str().to_owned()
}

fn folder(path: &Path, name: &str) -> Value {
    json!({ "uri": uri(path), "name": name })
}

async fn start(world: &World, folders: Value) -> Client {
    let mut client = Client::start(world);
    client.request("initialize", json!({ "capabilities": {}, "workspaceFolders": folders })).await.unwrap();
    client.notify("initialized", json!({})).await;
    client
}

/// The names of a file's symbols, or the error's code.
async fn symbols(client: &mut Client, uri: &str) -> Result<Vec<String>, i64> {
    match client.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } })).await {
        Ok(found) => {
            Ok(found.as_array().unwrap().iter().map(|symbol| symbol["name"].as_str().unwrap().to_owned()).collect())
        }
        Err(error) => Err(error["code"].as_i64().unwrap()),
    }
}

fn one(name: &str) -> Result<Vec<String>, i64> {
    Ok(vec![name.to_owned()])
}

#[tokio::test]
async fn folders_come_and_go() {
    let world = World::new();
    world.file("a/app/x.rs", "fn in_a() {}");
    world.file("b/app/x.rs", "fn in_b() {}");
    let (a, b) = (world.repo().join("a/app"), world.repo().join("b/app"));
    let mut client = start(&world, json!([folder(&a, "app")])).await;
    let (in_a, in_b) = (uri(&a.join("x.rs")), uri(&b.join("x.rs")));
    let change = |added: Value, removed: Value| json!({ "event": { "added": added, "removed": removed } });
    let method = "workspace/didChangeWorkspaceFolders";
    assert_eq!(symbols(&mut client, &in_a).await, one("in_a"));
    assert_eq!(symbols(&mut client, &in_b).await, Err(-32602));

    // Both have one name; each file is still itself.
    client.notify(method, change(json!([folder(&b, "app"), folder(&b, "again")]), json!([]))).await;
    assert_eq!(symbols(&mut client, &in_a).await, one("in_a"));
    assert_eq!(symbols(&mut client, &in_b).await, one("in_b"));

    let missing = folder(&world.repo().join("missing"), "missing");
    client.notify(method, change(json!([missing]), json!([folder(&a, "app")]))).await;
    assert_eq!(symbols(&mut client, &in_a).await, Err(-32602));
    assert_eq!(symbols(&mut client, &in_b).await, one("in_b"));

    client.notify(method, change(json!([]), json!([folder(&b, "app"), missing]))).await;
    assert_eq!(symbols(&mut client, &in_b).await, Err(-32602));

    client.notify(method, change(json!([folder(&a, "a/../\0b")]), json!([]))).await;
    assert_eq!(symbols(&mut client, &in_a).await, one("in_a"));
    client.shut_down().await;
}

#[tokio::test]
async fn a_session_without_folders() {
    let world = World::new();
    let missing = folder(&world.repo().join("missing"), "missing");
    let file = folder(&world.repo().join("src/main.rs"), "file");
    let elsewhere = json!({ "uri": "vscode-vfs://github/x/y", "name": "y" });
    for folders in [
        Value::Null,
        json!([]),
        json!([missing]),
        json!([file]),
        json!([elsewhere]),
        json!([folder(Path::new("/"), "/")]),
    ] {
        let mut client = start(&world, folders.clone()).await;
        let on_disk = client.uri("src/parse.rs");
        assert_eq!(symbols(&mut client, &on_disk).await, Err(-32602), "{folders}");
        // Open documents need no folder.
        client.open("src/parse.rs", "rust", 1, "fn open() {}").await;
        assert_eq!(symbols(&mut client, &on_disk).await, one("open"), "{folders}");
        client.shut_down().await;
    }
}

#[tokio::test]
async fn a_folder_that_is_missing_does_not_take_the_others_along() {
    let world = World::new();
    world.file("lib/x.rs", "fn here() {}");
    let (missing, here) = (world.repo().join("missing"), world.repo().join("lib"));
    let mut client = start(&world, json!([folder(&missing, "missing"), folder(&here, "lib")])).await;
    assert_eq!(symbols(&mut client, &uri(&here.join("x.rs"))).await, one("here"));
    client.wait_for("window/logMessage", |params| params["message"].as_str().unwrap().contains("missing")).await;
    client.shut_down().await;
}

#[cfg(unix)]
#[tokio::test]
async fn names_of_every_kind() {
    use std::os::unix::ffi::OsStrExt as _;
    let world = World::new();
    let root = world.repo().join("odd # folder \u{e9}");
    std::fs::create_dir_all(&root).unwrap();
    let names: [&[u8]; 7] =
        [b"a b.rs", b"a#b.rs", b"100%.rs", b"a?b.rs", "caf\u{e9}.rs".as_bytes(), b"caf\xe9.rs", b"a\\b.rs"];
    let path = |name: &[u8]| root.join(std::ffi::OsStr::from_bytes(name));
    for (n, name) in names.iter().enumerate() {
        std::fs::write(path(name), format!("fn number_{n}() {{}}")).unwrap();
    }
    let link = world.repo().join("link");
    std::os::unix::fs::symlink(&root, &link).unwrap();
    for base in [&root, &link] {
        let mut client = start(&world, json!([folder(base, "odd")])).await;
        for (n, name) in names.iter().enumerate() {
            // By the name that was opened, and by the real one.
            for file in [base.join(path(name).file_name().unwrap()), path(name)] {
                assert_eq!(symbols(&mut client, &uri(&file)).await, one(&format!("number_{n}")), "{}", uri(&file));
            }
            let id = format!("open_{n}");
            let document = json!({ "uri": uri(&path(name)), "languageId": "rust", "version": 1, "text": format!("fn {id}() {{}}") });
            client.notify("textDocument/didOpen", json!({ "textDocument": document })).await;
            assert_eq!(symbols(&mut client, &uri(&path(name))).await, one(&id));
        }
        client.shut_down().await;
    }
}

#[tokio::test]
async fn odd_uris_are_survived() {
    let world = World::new();
    let mut client = Client::ready(&world, json!({}), Value::Null).await;
    for uri in [
        "file:///c%3A/Users/x.rs",
        "file:///C:/Users/x.rs",
        "file://server/share/x.rs",
        "untitled:Untitled-1",
        "file:",
        "file://",
        "file:///",
        "file:///a%00b.rs",
        "file:///%",
        "file:///..%2f..%2fetc/passwd",
        "file:///etc/passwd",
        "a b",
        "",
        "//x",
        "git:/x.rs?%7B%7D",
        "file:///proc/self/environ",
        "vscode-notebook-cell:/x.ipynb#W0sZmlsZQ",
    ] {
        let before = symbols(&mut client, uri).await;
        assert!(before.is_err(), "{uri}: {before:?}");
        let document = json!({ "uri": uri, "languageId": "rust", "version": 1, "text": "fn odd() {}" });
        client.notify("textDocument/didOpen", json!({ "textDocument": document })).await;
        // What is no URI at all cannot be opened; everything else is a document.
        let opened = symbols(&mut client, uri).await;
        assert!(opened == one("odd") || before == Err(-32602), "{uri}: {opened:?}");
        client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } })).await;
        assert!(symbols(&mut client, uri).await.is_err(), "{uri}");
    }
    assert!(client.is_alive().await);
    client.shut_down().await;
}

#[tokio::test]
async fn a_folder_that_cannot_be_opened_is_said_to_the_user() {
    let world = World::new();
    let (here, gone) = (world.repo(), world.repo().join("gone\u{1b}[2J"));
    let mut client = start(&world, json!([folder(&here, "here"), folder(&gone, "gone")])).await;
    let shown = client.wait_for("window/showMessage", |_| true).await;
    let says = |shown: &Value, name: &str| {
        let message = shown["message"].as_str().unwrap();
        assert!(message.contains("cannot open a folder") && message.contains(name), "{message}");
        assert!(shown["type"] == 2 && !message.contains('\u{1b}'), "{shown}");
    };
    says(&shown, "gone");
    // What can be opened works.
    assert!(symbols(&mut client, &uri(&here.join("src/parse.rs"))).await.is_ok());
    let added = json!([folder(&world.repo().join("later"), "later")]);
    let params = json!({ "event": { "added": added, "removed": [] } });
    client.notify("workspace/didChangeWorkspaceFolders", params).await;
    let later = |shown: &Value| shown["message"].as_str().unwrap().contains("later");
    says(&client.wait_for("window/showMessage", later).await, "later");
    client.shut_down().await;
}
