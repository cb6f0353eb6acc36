//! The cache as runs use it: kept, joined, in the way of nothing.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::model::{Message, Request, Role, Usage};

fn key(content: &str) -> Key {
    let content = content.to_owned();
    let message = Message { role: Role::User, content, tool_calls: Vec::new(), tool_call_id: None };
    let (model, messages, tools) = ("m".to_owned(), vec![message], Vec::new());
    Key::of("p", "o", &Request { model, messages, tools, max_tokens: 1, temperature: None, schema: None })
}

fn reply(text: &str) -> Reply {
    let usage = Usage { input: 3, output: 4, ..Usage::default() };
    Reply { text: text.to_owned(), tool_calls: Vec::new(), usage, finish: Finish::Stop, attempts: 1 }
}

async fn lead(cache: &Cache, name: &str) -> Flight {
    match cache.find(key(name)).await {
        Some(Found::Miss(flight)) => flight,
        _ => panic!("{name} is there, or the cache is off"),
    }
}

async fn hit(cache: &Cache, name: &str) -> Option<String> {
    match cache.find(key(name)).await? {
        Found::Hit(reply) => Some(reply.text.clone()),
        Found::Miss(_) => None,
    }
}

fn open(dir: &Path) -> Cache {
    Cache::open(dir, 1 << 20)
}

#[tokio::test]
async fn what_was_kept_is_there_for_the_next_process() {
    let dir = tempfile::tempdir().unwrap();
    let cache = open(dir.path());
    lead(&cache, "a").await.land(&reply("one"));
    assert_eq!(hit(&cache, "a").await.as_deref(), Some("one"));
    assert_eq!(hit(&cache, "b").await, None);
    drop(cache);
    let cache = open(dir.path());
    assert_eq!(hit(&cache, "a").await.as_deref(), Some("one"));
    cache.forget(key("a"));
    assert_eq!(hit(&cache, "a").await, None);
    assert!(Cache::default().find(key("a")).await.is_none());
}

#[tokio::test]
async fn only_whole_replies_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let check = async |reply: Reply, now: bool, later: bool| {
        let (cache, text) = (open(dir.path()), reply.text.clone());
        lead(&cache, &text).await.land(&reply);
        assert_eq!(hit(&cache, &text).await.is_some(), now, "{reply:?}");
        drop(cache);
        assert_eq!(hit(&open(dir.path()), &text).await.is_some(), later, "{reply:?}");
    };
    check(reply("whole"), true, true).await;
    check(Reply { finish: Finish::Length, ..reply("cut") }, false, false).await;
    check(Reply { finish: Finish::Filtered, ..reply("filtered") }, false, false).await;
    check(reply(" \n"), false, false).await;
    check(reply("the key is AKIAIOSFODNN7EXAMPLE"), false, false).await;
}

#[tokio::test]
async fn equal_requests_in_flight_are_joined() {
    let dir = tempfile::tempdir().unwrap();
    let cache = open(dir.path());
    let flight = lead(&cache, "a").await;
    let asked = Arc::new(AtomicUsize::new(0));
    let others: Vec<_> = (0..8)
        .map(|_| {
            let (cache, asked) = (cache.clone(), asked.clone());
            tokio::spawn(async move {
                match cache.find(key("a")).await {
                    Some(Found::Hit(reply)) => reply.text.clone(),
                    Some(Found::Miss(flight)) => {
                        asked.fetch_add(1, Ordering::Relaxed);
                        flight.land(&reply("second"));
                        "second".to_owned()
                    }
                    None => String::new(),
                }
            })
        })
        .collect();
    // Another request is not held up.
    assert_eq!(hit(&cache, "b").await, None);
    // Whoever sends it goes away without a reply: one of the others takes over.
    drop(flight);
    for other in others {
        assert_eq!(other.await.unwrap(), "second");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    assert!(cache.0.unwrap().flights().is_empty());
}

#[tokio::test]
async fn a_file_in_the_way_costs_the_cache_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("cache.sqlite")).unwrap();
    let not_a_folder = dir.path().join("file");
    std::fs::write(&not_a_folder, "").unwrap();
    for dir in [dir.path(), &not_a_folder] {
        let cache = open(dir);
        lead(&cache, "a").await.land(&reply("one"));
        assert_eq!(hit(&cache, "a").await, None);
    }
}

#[tokio::test]
async fn a_damaged_file_is_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("cache.sqlite");
    std::fs::write(&path, "this is no database, but it is longer than a header of one would be, by far; ".repeat(50))
        .unwrap();
    let cache = open(dir.path());
    lead(&cache, "a").await.land(&reply("one"));
    assert_eq!(hit(&cache, "a").await.as_deref(), Some("one"));
    drop(cache);
    assert_eq!(hit(&open(dir.path()), "a").await.as_deref(), Some("one"));
    assert!(std::fs::read(dir.path().join("cache.sqlite.broken")).unwrap().starts_with(b"this is no database"));
}

#[tokio::test]
async fn whoever_holds_the_file_holds_up_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let held = files::lock(&files::path(dir.path()), std::time::Duration::ZERO).unwrap();
    let cache = open(dir.path());
    lead(&cache, "a").await.land(&reply("one"));
    assert_eq!(hit(&cache, "a").await, None);
    // Ends, although the jobs that are left cannot be done.
    drop(cache);
    drop(held);
    let cache = open(dir.path());
    lead(&cache, "b").await.land(&reply("two"));
    assert_eq!(hit(&cache, "b").await.as_deref(), Some("two"));
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let cache = open(&state);
    lead(&cache, "a").await.land(&reply("one"));
    assert_eq!(hit(&cache, "a").await.as_deref(), Some("one"));
    for entry in std::fs::read_dir(&state).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
    }
    assert_eq!(state.metadata().unwrap().permissions().mode() & 0o777, 0o700);
}
