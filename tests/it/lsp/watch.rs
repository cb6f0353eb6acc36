//! What changes on disk is seen: told by the client, or watched by the server.

use serde_json::{Value, json};

use super::client::{Client, HANG};
use crate::agent::World;

async fn symbols(client: &mut Client, path: &str) -> Vec<String> {
    let uri = client.uri(path);
    let found = client.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } })).await;
    let found = found.unwrap_or_default();
    found.as_array().into_iter().flatten().map(|symbol| symbol["name"].as_str().unwrap().to_owned()).collect()
}

/// Asks until the symbols are these.
async fn becomes(client: &mut Client, path: &str, expect: &[&str]) {
    let hang = tokio::time::Instant::now() + HANG;
    loop {
        let found = symbols(client, path).await;
        if found == expect {
            return;
        }
        assert!(tokio::time::Instant::now() < hang, "{path} has {found:?}, not {expect:?}\n{}", client.log());
    }
}

async fn save(client: &mut Client, path: &str) {
    client.notify("textDocument/didSave", json!({ "textDocument": { "uri": client.uri(path) } })).await;
}

const CREATED: u8 = 1;
const CHANGED: u8 = 2;
const DELETED: u8 = 3;

async fn tell(client: &mut Client, path: &str, kind: u8) {
    let uri = client.uri(path);
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": uri, "type": kind }] })).await;
}

#[tokio::test]
async fn the_client_tells() {
    let world = World::new();
    let capabilities = json!({ "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } });
    let mut client = Client::ready(&world, capabilities, Value::Null).await;
    let asked = client.wait_for("client/registerCapability", |_| true).await;
    assert_eq!(asked["registrations"][0]["method"], "workspace/didChangeWatchedFiles");
    world.file("src/x.rs", "fn one() {}");
    tell(&mut client, "src/x.rs", CREATED).await;
    becomes(&mut client, "src/x.rs", &["one"]).await;
    world.file("src/x.rs", "fn two() {}\nfn three() {}");
    tell(&mut client, "src/x.rs", CHANGED).await;
    becomes(&mut client, "src/x.rs", &["two", "three"]).await;

    // What is open counts as the client has it, until it is closed.
    client.open("src/x.rs", "rust", 1, "fn open() {}").await;
    world.file("src/x.rs", "fn four() {}");
    tell(&mut client, "src/x.rs", CHANGED).await;
    save(&mut client, "src/x.rs").await;
    assert_eq!(symbols(&mut client, "src/x.rs").await, ["open"]);
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": client.uri("src/x.rs") } })).await;
    assert_eq!(symbols(&mut client, "src/x.rs").await, ["four"]);

    std::fs::remove_file(world.repo().join("src/x.rs")).unwrap();
    tell(&mut client, "src/x.rs", DELETED).await;
    becomes(&mut client, "src/x.rs", &[]).await;
    client.shut_down().await;
}

#[tokio::test]
async fn saving_tells_too() {
    let world = World::new();
    let capabilities = json!({ "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } });
    let mut client = Client::ready(&world, capabilities, Value::Null).await;
    symbols(&mut client, "src/main.rs").await;
    for round in ["first", "second"] {
        world.file("src/main.rs", format!("fn {round}() {{}}"));
        save(&mut client, "src/main.rs").await;
        assert_eq!(symbols(&mut client, "src/main.rs").await, [round], "at once");
    }
    world.file("src/new.rs", "fn saved() {}");
    save(&mut client, "src/new.rs").await;
    becomes(&mut client, "src/new.rs", &["saved"]).await;
    client.shut_down().await;
}

#[tokio::test]
async fn the_server_watches_for_clients_that_do_not() {
    let world = World::new();
    let refusing = json!({ "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } });
    for capabilities in [json!({}), refusing] {
        let mut client = Client::start(&world);
        client.answer_with(|method, _| {
            (method == "client/registerCapability").then(|| Err(json!({ "code": -32601, "message": "no" })))
        });
        client.initialize(capabilities, Value::Null).await.unwrap();
        world.file("src/x.rs", "fn one() {}");
        becomes(&mut client, "src/x.rs", &["one"]).await;
        world.file("src/x.rs", "fn two() {}");
        becomes(&mut client, "src/x.rs", &["two"]).await;
        // A folder that is new, one that comes again, one in it, one under another name.
        for round in ["a", "b"] {
            world.file("new/deep/er/x.rs", format!("fn {round}() {{}}"));
            becomes(&mut client, "new/deep/er/x.rs", &[round]).await;
            world.file("new/deep/er/x.rs", format!("fn {round}2() {{}}"));
            becomes(&mut client, "new/deep/er/x.rs", &[&format!("{round}2")]).await;
            std::fs::rename(world.repo().join("new/deep"), world.repo().join("new/moved")).unwrap();
            becomes(&mut client, "new/moved/er/x.rs", &[&format!("{round}2")]).await;
            std::fs::remove_dir_all(world.repo().join("new")).unwrap();
            becomes(&mut client, "new/moved/er/x.rs", &[]).await;
        }
        // A folder that is empty at first is in no listing.
        std::fs::create_dir_all(world.repo().join("empty/deep")).unwrap();
        world.file("src/x.rs", "fn three() {}");
        becomes(&mut client, "src/x.rs", &["three"]).await;
        for round in ["first", "second"] {
            world.file("empty/deep/x.rs", format!("fn {round}() {{}}"));
            becomes(&mut client, "empty/deep/x.rs", &[round]).await;
        }
        std::fs::remove_dir_all(world.repo().join("empty")).unwrap();
        std::fs::remove_file(world.repo().join("src/x.rs")).unwrap();
        becomes(&mut client, "src/x.rs", &[]).await;
        client.shut_down().await;
    }
}

#[tokio::test]
async fn folders_that_come_are_watched_too() {
    let world = World::new();
    world.file("src/x.rs", "fn one() {}");
    let mut client = Client::start(&world);
    client.request("initialize", json!({ "capabilities": {}, "workspaceFolders": [] })).await.unwrap();
    client.notify("initialized", json!({})).await;
    let folder = json!({ "uri": client.root, "name": "repo" });
    let event = json!({ "event": { "added": [folder], "removed": [] } });
    client.notify("workspace/didChangeWorkspaceFolders", event).await;
    becomes(&mut client, "src/x.rs", &["one"]).await;
    world.file("src/x.rs", "fn two() {}");
    becomes(&mut client, "src/x.rs", &["two"]).await;
    client.shut_down().await;
}

#[tokio::test]
async fn the_server_watches_whatever_becomes_of_other_questions() {
    let world = World::new();
    let mut client = Client::start(&world);
    client.never_answer();
    let workspace = json!({ "configuration": true, "didChangeConfiguration": { "dynamicRegistration": true } });
    client.initialize(json!({ "workspace": workspace }), Value::Null).await.unwrap();
    world.file("src/x.rs", "fn one() {}");
    becomes(&mut client, "src/x.rs", &["one"]).await;
    client.shut_down().await;
}

/// How many folders the server watches.
#[cfg(target_os = "linux")]
fn watches(client: &Client) -> usize {
    let fds = std::fs::read_dir(format!("/proc/{}/fdinfo", client.child.id().unwrap())).unwrap();
    let count = |fd: std::fs::DirEntry| {
        // A descriptor may be closed meanwhile.
        let info = std::fs::read_to_string(fd.path()).unwrap_or_default();
        info.lines().filter(|line| line.starts_with("inotify wd:")).count()
    };
    fds.map(|fd| count(fd.unwrap())).sum()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn only_folders_of_the_walk_are_watched() {
    let world = World::new();
    world.file(".gitignore", "out/\n");
    let mut client = Client::ready(&world, json!({}), Value::Null).await;
    for round in 1..=3 {
        for folder in 0..50 {
            std::fs::create_dir_all(world.repo().join(format!("out/{round}/{folder}/deep"))).unwrap();
        }
        std::fs::create_dir_all(world.repo().join(format!("new{round}/empty"))).unwrap();
        let walked = spelunk::workspace::Workspace::open(&world.repo()).unwrap().snapshot().folders().unwrap().len();
        let hang = tokio::time::Instant::now() + HANG;
        loop {
            let watched = watches(&client);
            assert!(watched <= walked, "{watched} of {walked}");
            if watched == walked {
                break;
            }
            assert!(client.is_alive().await);
            assert!(tokio::time::Instant::now() < hang, "{watched} of {walked}\n{}", client.log());
        }
    }
    std::fs::rename(world.repo().join("new1"), world.repo().join("moved")).unwrap();
    world.file("moved/empty/x.rs", "fn one() {}");
    becomes(&mut client, "moved/empty/x.rs", &["one"]).await;
    world.file("moved/empty/x.rs", "fn two() {}");
    becomes(&mut client, "moved/empty/x.rs", &["two"]).await;
    client.shut_down().await;
}
