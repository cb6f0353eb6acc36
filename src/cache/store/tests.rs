//! The file by itself: bounds, versions, damage, many at once.

use super::*;
use crate::model::{Finish, Message, Request, Role, Usage};

const MOST: u64 = 1 << 20;

fn key(number: u64) -> Key {
    let content = number.to_string();
    let message = Message { role: Role::User, content, tool_calls: Vec::new(), tool_call_id: None };
    let (model, messages, tools) = ("m".to_owned(), vec![message], Vec::new());
    Key::of("p", "o", &Request { model, messages, tools, max_tokens: 1, temperature: None, schema: None })
}

/// Text that compresses to not much less than half.
fn reply(seed: u64, bytes: usize) -> Reply {
    let mut state = seed * 2 + 1;
    let next = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b'!' + (state >> 58) as u8)
    };
    let text = (0..bytes).map(next).collect();
    Reply { text, tool_calls: Vec::new(), usage: Usage::default(), finish: Finish::Stop, attempts: 2 }
}

fn open(dir: &tempfile::TempDir) -> Store {
    Store::open(&files::path(dir.path()), MOST).unwrap()
}

#[test]
fn replies_come_back_as_they_were() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(&dir);
    for (number, size) in [(1, 0), (2, 1), (3, WORTH_PACKING), (4, 60_000)] {
        store.keep(key(number), &reply(number, size)).unwrap();
        assert_eq!(store.get(key(number)).unwrap(), Some(reply(number, size)));
    }
    store.keep(key(1), &reply(9, 10)).unwrap();
    assert_eq!(store.get(key(1)).unwrap(), Some(reply(9, 10)));
    assert_eq!(stats(&files::path(dir.path())).unwrap().unwrap().replies, 4);
}

#[test]
fn the_least_recently_used_go_and_the_file_stays_within_its_bound() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(&dir);
    for number in 0..200 {
        store.keep(key(number), &reply(number, 20_000)).unwrap();
        assert!(store.bytes().unwrap() <= MOST);
        // The first is wanted again and again.
        assert!(store.get(key(0)).unwrap().is_some(), "{number}");
    }
    let left: Vec<u64> = (0..200).filter(|number| store.get(key(*number)).unwrap().is_some()).collect();
    assert!(left.len() > 20, "{left:?}");
    assert_eq!(left[1..], ((200 - left.len() as u64 + 1)..200).collect::<Vec<_>>()[..]);
    // Larger than an eighth of everything.
    store.keep(key(1_000), &reply(1_000, 400_000)).unwrap();
    assert_eq!(store.get(key(1_000)).unwrap(), None);
    drop(store);
    assert!(files::path(dir.path()).metadata().unwrap().len() <= MOST + (256 << 10));
    // With less room than before, the file shrinks.
    drop(Store::open(&files::path(dir.path()), MOST / 4).unwrap());
    assert!(files::path(dir.path()).metadata().unwrap().len() <= MOST / 4 + (256 << 10));
}

#[test]
fn another_version_is_emptied() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(&dir);
    store.keep(key(1), &reply(1, 10)).unwrap();
    store
        .connection
        .execute_batch("ALTER TABLE replies RENAME COLUMN used TO seen; PRAGMA user_version = 99;")
        .unwrap();
    drop(store);
    assert_eq!(stats(&files::path(dir.path())).unwrap(), None);
    let mut store = open(&dir);
    assert_eq!(store.get(key(1)).unwrap(), None);
    store.keep(key(1), &reply(1, 10)).unwrap();
    assert_eq!(store.get(key(1)).unwrap(), Some(reply(1, 10)));
}

#[test]
fn a_reply_that_is_not_what_was_kept_is_dropped() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(&dir);
    for (number, size) in [(1, 10), (2, 5_000)] {
        store.keep(key(number), &reply(number, size)).unwrap();
        store.connection.execute("UPDATE replies SET reply = CAST(reply || x'20' AS BLOB)", []).unwrap();
        assert_eq!(store.get(key(number)).unwrap(), None);
        assert_eq!(stats(&files::path(dir.path())).unwrap().unwrap().replies, 0);
    }
}

#[test]
fn damage_is_told_and_only_a_damaged_file_is_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    let path = files::path(dir.path());
    let mut store = open(&dir);
    for number in 0..20 {
        store.keep(key(number), &reply(number, 20_000)).unwrap();
    }
    drop(store);
    assert!(matches!(Store::renew(&path, MOST), Ok((_, None))));
    let mut bytes = std::fs::read(&path).unwrap();
    for byte in &mut bytes[4096..] {
        *byte = 0xa5;
    }
    std::fs::write(&path, bytes).unwrap();
    let error = Store::open(&path, MOST).and_then(|mut store| store.get(key(1))).unwrap_err();
    assert!(error.is_corruption(), "{error}");
    let (mut store, aside) = Store::renew(&path, MOST).unwrap();
    assert!(aside.unwrap().is_file());
    store.keep(key(1), &reply(1, 10)).unwrap();
    assert_eq!(store.get(key(1)).unwrap(), Some(reply(1, 10)));
}

#[test]
fn several_have_it_open_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = files::path(dir.path());
    // Each opens the file by itself, as processes do, beginning with none.
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let path = &path;
            scope.spawn(move || {
                let mut store = Store::open(path, 64 << 20).unwrap();
                for number in 0..50 {
                    let number = thread * 1_000 + number;
                    let mut kept = store.keep(key(number), &reply(number, 600));
                    while kept.as_ref().is_err_and(StoreError::is_busy) {
                        kept = store.keep(key(number), &reply(number, 600));
                    }
                    kept.unwrap();
                    assert_eq!(store.get(key(number)).unwrap(), Some(reply(number, 600)));
                }
            });
        }
    });
    let mut store = Store::open(&path, 64 << 20).unwrap();
    for thread in 0..4 {
        for number in 0..50 {
            assert!(store.get(key(thread * 1_000 + number)).unwrap().is_some());
        }
    }
}
