//! `spelunk index`, and what it keeps for the commands after it.

use serde_json::Value;

use crate::agent::{Finished, World, finish};

async fn index(world: &World, more: &[&str]) -> Finished {
    world.run(&[&["index", world.repo().to_str().unwrap()], more].concat()).await
}

async fn found(world: &World, pattern: &str) -> String {
    let code = format!("repo.search({pattern:?}).map(found => found.path + ':' + found.line).join(' ')");
    let finished = world.run(&["eval", &code, world.repo().to_str().unwrap()]).await;
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    finished.stdout.trim().to_owned()
}

#[tokio::test]
async fn it_says_what_there_is_and_what_it_took() {
    let world = World::new();
    world.file("wide.txt", b"\xff\xfen\0e\0e\0d\0l\0e\0");
    world.file("bytes.bin", b"needle\0");
    world.file("data.txt", "x".repeat(5_000));
    world.file("server.pem", "needle\n");
    let finished = index(&world, &[]).await;
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""), "{}", finished.stdout);
    for part in [
        "5 files",
        "MB/s",
        "dictionary",
        "postings",
        "1 binary file",
        "UTF-16: wide.txt",
        "data without words: data.txt",
    ] {
        assert!(finished.stdout.contains(part), "{part}: {}", finished.stdout);
    }
    assert!(finished.stdout.contains("1 file or folder that may hold secrets"), "{}", finished.stdout);
    let finished = index(&world, &["--json"]).await;
    let account: Value = serde_json::from_str(&finished.stdout).unwrap();
    assert_eq!((&account["files"], &account["binary"]), (&5.into(), &1.into()));
    let file = std::path::Path::new(account["file"].as_str().unwrap());
    assert!(file.starts_with(world.state()), "{}", file.display());
    assert_eq!(file.metadata().unwrap().len(), account["fileSize"].as_u64().unwrap());
}

#[tokio::test]
async fn what_it_keeps_never_shows_what_was() {
    let world = World::new();
    assert_eq!(index(&world, &[]).await.code, Some(0));
    assert_eq!(found(&world, "omega").await, "");
    world.file("src/omega.rs", "fn omega() {}\n");
    assert_eq!(found(&world, "omega").await, "src/omega.rs:1");
    assert_eq!(index(&world, &[]).await.code, Some(0));
    assert_eq!(found(&world, "omega").await, "src/omega.rs:1");
    world.file("src/omega.rs", "fn alpha() {}\n");
    assert_eq!((found(&world, "omega").await, found(&world, "alpha").await), (String::new(), "src/omega.rs:1".into()));
    std::fs::remove_file(world.repo().join("src/omega.rs")).unwrap();
    assert_eq!(found(&world, "alpha").await, "");
}

#[tokio::test]
async fn several_at_once_leave_one_whole_file() {
    let world = World::new();
    let args = ["index", &world.repo().display().to_string(), "--json"];
    let started: Vec<_> = (0..4).map(|_| world.command(&args).spawn().unwrap()).collect();
    let mut files = Vec::new();
    for child in started {
        let finished = finish(child).await;
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
        let account: Value = serde_json::from_str(&finished.stdout).unwrap();
        files.push(account["file"].as_str().unwrap().to_owned());
    }
    files.dedup();
    assert_eq!(files.len(), 1);
    let folder = std::path::Path::new(&files[0]).parent().unwrap();
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1);
    assert_ne!(found(&world, "fn").await, "");
}

#[tokio::test]
async fn a_cache_folder_that_cannot_be_used_is_named() {
    let world = World::new();
    let repo = world.repo().display().to_string();
    let nowhere = world.repo().join("src/main.rs");
    let mut command = world.command(&["index", &repo]);
    let finished = finish(command.env("SPELUNK_CACHE_DIR", &nowhere).spawn().unwrap()).await;
    assert_eq!(finished.code, Some(1));
    assert!(
        finished.stderr.contains("main.rs") && finished.stderr.contains("SPELUNK_CACHE_DIR"),
        "{}",
        finished.stderr
    );
    assert!(finished.stdout.contains("files"), "{}", finished.stdout);
    // Whoever only asks is not told.
    let mut command = world.command(&["eval", "repo.search('fn').total > 0", &repo]);
    let finished = finish(command.env("SPELUNK_CACHE_DIR", &nowhere).spawn().unwrap()).await;
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""));
    let mut command = world.command(&["index", &repo]);
    let finished = finish(command.env("SPELUNK_INDEX_MIB", "0").spawn().unwrap()).await;
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    assert!(finished.stdout.contains("kept nowhere"), "{}", finished.stdout);
    let finished = world.run(&["index", "/no/such/place"]).await;
    assert_eq!(finished.code, Some(2));
    assert!(finished.stderr.contains("/no/such/place"), "{}", finished.stderr);
}
