//! Messages and frames that are none: each is answered as the protocol says, and the next good one as ever.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};
use spelunk::lsp::framing::{Frame, Frames};

use super::client::Client;
use crate::agent::World;

const PER_CLASS: usize = 50;

fn frame(body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    [format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}

/// What follows a message of a class.
enum Expect {
    /// An error with this code and no id.
    Anonymous(i64),
    /// An error with this code for the message's id.
    Refused(i64),
    /// The message is fine, if odd.
    Answered,
    Silence,
}
use Expect::{Anonymous, Answered, Refused, Silence};

type Class = (&'static str, Expect, fn(usize, &str) -> Vec<u8>);

fn symbols(id: &str) -> String {
    json!({ "jsonrpc": "2.0", "id": id, "method": "spelunk/none", "params": {} }).to_string()
}

fn one_of<T: Copy>(n: usize, choices: &[T]) -> T {
    choices[n % choices.len()]
}

const CLASSES: &[Class] = &[
    ("cut JSON", Anonymous(-32700), |n, id| frame(&symbols(id).as_bytes()[..1 + n])),
    ("not JSON", Anonymous(-32700), |n, _| {
        frame(one_of(n, &["{", "}", "{]", "hello", "{'a': 1}", "{\"a\": 01}", "\u{feff}{}"]))
    }),
    ("no object", Anonymous(-32600), |n, _| frame(one_of(n, &["null", "true", "7", "\"text\"", "1.5", "-0"]))),
    ("a batch", Anonymous(-32600), |n, id| frame(format!("[{}]", vec![symbols(id); n].join(",")))),
    ("an empty object", Anonymous(-32600), |n, _| frame(format!("{{{}}}", " ".repeat(n)))),
    ("a method of another type", Refused(-32600), |n, id| {
        frame(json!({ "jsonrpc": "2.0", "id": id, "method": one_of(n, &[7, 0, -1]) }).to_string())
    }),
    ("parameters of another type", Refused(-32600), |n, id| {
        frame(json!({ "jsonrpc": "2.0", "id": id, "method": "textDocument/hover", "params": n }).to_string())
    }),
    ("parameters of another shape", Refused(-32602), |n, id| {
        let params = one_of(n, &["{}", "[]", r#"{"textDocument":7}"#, r#"{"textDocument":{"uri":"no uri at all"}}"#]);
        frame(format!(r#"{{"jsonrpc":"2.0","id":"{id}","method":"textDocument/documentSymbol","params":{params}}}"#))
    }),
    ("no version", Refused(-32600), |n, id| {
        frame(json!({ "jsonrpc": one_of(n, &["1.0", "", "2"]), "id": id, "method": "shutdown" }).to_string())
    }),
    ("an id of another type", Anonymous(-32600), |n, _| {
        let id = one_of(n, &["null", "true", "1.5", "{}", "[1]", "1e3", "99999999999999999999"]);
        frame(format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"spelunk/none"}}"#))
    }),
    ("an unknown method", Refused(-32601), |n, id| {
        frame(
            json!({ "jsonrpc": "2.0", "id": id, "method": format!("spelunk/none{n}"), "params": { "n": n } })
                .to_string(),
        )
    }),
    ("an unknown optional method", Refused(-32601), |n, id| {
        frame(json!({ "jsonrpc": "2.0", "id": id, "method": format!("$/none{n}") }).to_string())
    }),
    ("an unknown notification", Silence, |n, _| {
        frame(
            json!({ "jsonrpc": "2.0", "method": one_of(n, &["spelunk/none", "$/none", ""]), "params": [n] })
                .to_string(),
        )
    }),
    ("a notification with parameters of another shape", Silence, |n, _| {
        let method = one_of(n, &["textDocument/didOpen", "textDocument/didChange", "$/cancelRequest", "$/setTrace"]);
        frame(json!({ "jsonrpc": "2.0", "method": method, "params": { "textDocument": n } }).to_string())
    }),
    ("a response to nothing", Silence, |n, id| {
        let ids = [json!(id), json!(n), json!(-1), Value::Null];
        frame(json!({ "jsonrpc": "2.0", "id": ids[n % 4], "result": n }).to_string())
    }),
    ("a broken error response", Anonymous(-32600), |n, _| {
        frame(json!({ "jsonrpc": "2.0", "id": n, "error": one_of(n, &["no", "idea"]) }).to_string())
    }),
    ("invalid UTF-8", Anonymous(-32700), |n, id| {
        let mut bytes = symbols(id).into_bytes();
        let at = bytes.windows(4).position(|window| window == b"none").unwrap();
        bytes[at] = one_of(n, &[0xff, 0xc0, 0x80, 0xfe]);
        frame(bytes)
    }),
    ("NULs", Anonymous(-32700), |n, id| frame([symbols(id).as_bytes(), &vec![0; 1 + n]].concat())),
    ("names of headers in another case", Answered, |n, id| {
        let name = one_of(n, &["content-length", "CONTENT-LENGTH", "Content-length", "cOnTeNt-LeNgTh"]);
        let body = symbols(id);
        format!("{name}:{}{}\r\n\r\n{body}", " ".repeat(n % 3), body.len()).into_bytes()
    }),
    ("more headers", Answered, |n, id| {
        let body = symbols(id);
        let kind = one_of(n, &["utf-8", "utf8", "UTF-16", "", "\"x\""]);
        let kind = format!("Content-Type: application/vscode-jsonrpc; charset={kind}\r\n");
        let length = format!("Content-Length: {}\r\n", body.len());
        let (first, second) = if n % 2 == 0 { (&kind, &length) } else { (&length, &kind) };
        format!("{first}X-Odd: {n}\r\n{second}\r\n{body}").into_bytes()
    }),
    ("line ends without CR", Answered, |_, id| {
        format!("Content-Length: {}\n\n{}", symbols(id).len(), symbols(id)).into_bytes()
    }),
    ("the same length twice", Answered, |_, id| {
        let (body, length) = (symbols(id), symbols(id).len());
        format!("Content-Length: {length}\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
    }),
    ("a length too short", Anonymous(-32700), |n, id| {
        format!("Content-Length: {}\r\n\r\n{}", 1 + n, symbols(id)).into_bytes()
    }),
    ("a length too long", Anonymous(-32700), |n, id| {
        let body = symbols(id);
        format!("Content-Length: {}\r\n\r\n{body}", body.len() + 1 + n * n).into_bytes()
    }),
    ("a length that is none", Anonymous(-32700), |n, id| {
        let length = one_of(
            n,
            &[
                "18446744073709551616",
                "10000000000000",
                "67108865",
                "-1",
                "12junk",
                "0",
                "",
                "+5",
                "0x10",
                "1 2",
                "\u{0661}",
            ],
        );
        format!("Content-Length: {length}\r\n\r\n{}", symbols(id)).into_bytes()
    }),
    ("no length", Anonymous(-32700), |n, id| format!("X-Odd: {n}\r\n\r\n{}", symbols(id)).into_bytes()),
    ("two lengths", Anonymous(-32700), |n, id| {
        let body = symbols(id);
        format!("Content-Length: {}\r\nContent-Length: {}\r\n\r\n{body}", body.len(), body.len() + 1 + n).into_bytes()
    }),
    ("bytes between frames", Anonymous(-32700), |n, _| {
        one_of(n, &["garbage", "\0\0\0", "{}", "HTTP/1.1 200 OK\r\n", "\u{1f600}\n", ": \r\n", " Content: 1\r\n"])
            .repeat(1 + n)
            .into_bytes()
    }),
    ("a header without end", Anonymous(-32700), |n, _| [b"X-Long: ".to_vec(), vec![b'x'; 9000 + n * 1000]].concat()),
    ("deep nesting", Anonymous(-32700), |n, _| frame(one_of(n, &["[", "{\"a\":"]).repeat(1000 + n * 100))),
    ("numbers beyond measure", Anonymous(-32700), |n, _| frame(format!("{{\"id\": {}e{}}}", 1 + n, 400 + n))),
];

#[tokio::test]
async fn malformed_messages_of_every_class_are_survived() {
    let world = World::new();
    let mut client = Client::ready(&world, json!({}), Value::Null).await;
    assert!(CLASSES.len() >= 20);
    for (class, expect, message) in CLASSES {
        for n in 0..PER_CLASS {
            let id = format!("{class} {n}");
            let before = client.answered();
            client.raw(&message(n, &id)).await;
            assert!(client.is_alive().await, "after {id}");
            // Refusals come in order, before the answer to what follows; answers may come later.
            if matches!(expect, Refused(_) | Answered) {
                client
                    .until_heard(&id, |responses, _| responses[before..].iter().any(|r| r["id"] == *id).then_some(()))
                    .await;
            }
            let news = client.responses_after(before);
            let about: Vec<&Value> = news.iter().filter(|response| !response["id"].is_i64()).collect();
            let shown = format!("{id}: {about:?}");
            match expect {
                // What follows bytes that were no frame may be announced more than once, but is never answered.
                Anonymous(-32700) => {
                    assert!(!about.is_empty(), "{shown}");
                    assert!(about.iter().all(|r| r["id"].is_null() && r["error"]["code"] == -32700), "{shown}");
                }
                Anonymous(code) => {
                    assert_eq!(about.len(), 1, "{shown}");
                    assert!(about[0]["id"].is_null() && about[0]["error"]["code"] == *code, "{shown}");
                }
                Refused(code) => {
                    assert_eq!(about.len(), 1, "{shown}");
                    assert!(about[0]["id"] == *id && about[0]["error"]["code"] == *code, "{shown}");
                }
                Answered => {
                    assert_eq!(about.len(), 1, "{shown}");
                    assert!(about[0]["id"] == *id && about[0]["error"]["code"] == -32601, "{shown}");
                }
                Silence => assert!(about.is_empty(), "{shown}"),
            }
        }
    }
    client.shut_down().await;
}

#[tokio::test]
async fn ids_are_used_again_and_have_any_size() {
    let world = World::new();
    let mut client = Client::ready(&world, json!({}), Value::Null).await;
    for id in
        [json!(1), json!(0), json!(-5), json!(i64::MAX), json!(i64::MIN), json!(""), json!("1"), json!("\u{1f600}")]
    {
        for _ in 0..3 {
            let before = client.answered();
            client.send(&json!({ "jsonrpc": "2.0", "id": id, "method": "spelunk/none" })).await;
            let answer = client.until_heard("an answer", |responses, _| responses.get(before).cloned()).await;
            assert_eq!((&answer["id"], &answer["error"]["code"]), (&id, &json!(-32601)));
        }
    }
    client.shut_down().await;
}

#[cfg(target_os = "linux")]
fn resident(client: &Client) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", client.child.id().unwrap())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() << 10
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn announced_lengths_take_no_memory() {
    let world = World::new();
    let mut client = Client::ready(&world, json!({}), Value::Null).await;
    assert!(client.is_alive().await);
    let before = resident(&client);
    for length in ["18446744073709551616", "10000000000000", "67108864", "67108864", "60000000", "1000000"] {
        client.raw(format!("Content-Length: {length}\r\n\r\n{{\"a\": 1").as_bytes()).await;
        assert!(client.is_alive().await, "{length}");
    }
    // Neither does what is skipped, be it one line.
    for _ in 0..64 {
        client.raw(&[b'x'; 1 << 20]).await;
    }
    assert!(client.is_alive().await);
    let grown = resident(&client).saturating_sub(before);
    assert!(grown < 16 << 20, "{grown} bytes more");
    // A body of this length that does come is taken.
    client.raw(&frame(json!({ "jsonrpc": "2.0", "id": "long", "method": "x".repeat(40 << 20) }).to_string())).await;
    client.until_heard("its answer", |responses, _| responses.iter().any(|r| r["id"] == "long").then_some(())).await;
    client.shut_down().await;
}

#[tokio::test]
async fn input_that_ends_inside_a_message_ends_the_server() {
    for piece in ["Content-Length: 100\r\n\r\n{\"jsonrpc\"", "Content-Len", "Content-Length: 100\r\n", ""] {
        let world = World::new();
        let mut client = Client::ready(&world, json!({}), Value::Null).await;
        client.raw(piece.as_bytes()).await;
        client.close_input();
        assert_eq!(client.exit().await.code(), Some(1), "{piece:?}");
    }
}

#[test]
fn a_header_block_has_a_longest_length() {
    const MOST: usize = 8 << 10;
    let check = |length: usize, expect: bool| {
        let header = format!("X: {}\r\nContent-Length: 2\r\n\r\n", "x".repeat(length - 26));
        assert_eq!(header.len(), length);
        let next = json!({ "next": true });
        let found = frames([(header + "{}").into_bytes(), frame(next.to_string())]);
        assert_eq!(found.first() == Some(&Frame::Message(json!({}))), expect, "{length}: {found:?}");
        assert_eq!(found.last(), Some(&Frame::Message(next)), "{length}");
    };
    check(MOST - 1, true);
    check(MOST, true);
    check(MOST + 1, false);
    check(3 * MOST, false);
}

fn frames(pieces: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Vec<Frame> {
    let (mut frames, mut found) = (Frames::default(), Vec::new());
    for piece in pieces {
        frames.push(piece.as_ref());
        found.extend(std::iter::from_fn(|| frames.frame()));
    }
    found
}

/// Bytes that look like frames more often than chance would have it.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => "[ -~]{0,12}".prop_map(String::into_bytes),
        4 => prop::sample::select(vec![
            "Content-Length: 2\r\n\r\n{}", "Content-Length: 2\n\n[]", "content-length:3\r\n\r\n", "Content-Length: ", "Content-Length: 7\r\n",
            "Content-Length: 20\r\n\r\n{\"c\"", "Content-Length: 99999999999\r\n\r\n", "Content-Type: x\r\n", "Content", "\r\n", "\n", "\r", "{}", "\"c", ":", "7",
        ]).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..8),
        1 => (8000_usize..8300).prop_map(|count| vec![b'x'; count]),
        1 => (0_usize..80).prop_map(|count| [b"Content-Length:".to_vec(), vec![b'1'; count]].concat()),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(3), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(800))]

    #[test]
    fn any_cut_gives_the_same_frames(bytes in bytes(), cuts in prop::collection::vec(0_usize..9000, 0..6), size in 1_usize..40) {
        let whole = frames([&bytes]);
        prop_assert_eq!(&frames(bytes.chunks(size)), &whole);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).chain([0, bytes.len()]).collect();
        cuts.sort_unstable();
        prop_assert_eq!(&frames(cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]])), &whole);
    }

    #[test]
    fn a_frame_after_garbage_is_found(garbage in prop::collection::vec(any::<u8>(), 0..10_000), n in any::<u32>()) {
        prop_assume!(!garbage.windows(8).any(|window| window.eq_ignore_ascii_case(b"content-")));
        let good = json!({ "n": n });
        let found = frames([garbage, frame(good.to_string())]);
        prop_assert_eq!(found.last(), Some(&Frame::Message(good)));
    }
}
