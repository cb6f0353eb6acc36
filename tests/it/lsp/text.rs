//! The text that the server has is the text that the client has.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};
use spelunk::lsp::documents::edited;
use spelunk::lsp::lines::{Encoding, Lines};
use spelunk::lsp::pieces::Pieces;
use tower_lsp::ls_types::{Position, Range, TextDocumentContentChangeEvent};

use super::client::Client;
use crate::agent::World;

/// An edit; `None` for the whole text.
type Edit = (Option<[(u32, u32); 2]>, String);

/// The same as `edited`, character by character.
fn naive(text: &str, edits: &[Edit], encoding: Encoding) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for (range, new) in edits {
        match range {
            None => chars = new.chars().collect(),
            Some([a, b]) => {
                let (a, b) = (naive_offset(&chars, *a, encoding), naive_offset(&chars, *b, encoding));
                chars.splice(a.min(b)..a.max(b), new.chars());
            }
        }
    }
    chars.into_iter().collect()
}

fn naive_offset(chars: &[char], (line, column): (u32, u32), encoding: Encoding) -> usize {
    let mut at = 0;
    for _ in 0..line {
        while at < chars.len() && chars[at] != '\n' && chars[at] != '\r' {
            at += 1;
        }
        if at == chars.len() {
            return at;
        }
        at += if chars[at] == '\r' && chars.get(at + 1) == Some(&'\n') { 2 } else { 1 };
    }
    let mut left = column as usize;
    while at < chars.len() && chars[at] != '\n' && chars[at] != '\r' {
        let width = match encoding {
            Encoding::Utf8 => chars[at].len_utf8(),
            Encoding::Utf16 => chars[at].len_utf16(),
            Encoding::Utf32 => 1,
        };
        if width > left {
            break;
        }
        left -= width;
        at += 1;
    }
    at
}

fn text(length: usize) -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "bc",
        " ",
        "\n",
        "\r\n",
        "\r",
        "\u{e9}",
        "\u{4e16}",
        "\u{1f600}",
        "\u{1f468}\u{200d}\u{1f469}",
        "e\u{301}",
        "\t",
        "\u{2028}",
        "\u{feff}",
        "\0",
    ]);
    prop::collection::vec(piece, 0..length).prop_map(|pieces| pieces.concat())
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let number = prop_oneof![8 => 0_u32..8, 1 => 0_u32..60, 1 => prop::sample::select(vec![u32::MAX, i32::MAX as u32])];
    let range = prop::array::uniform2((number.clone(), number));
    prop::collection::vec((prop::option::weighted(0.95, range), text(6)), 1..8)
}

fn changes(edits: &[Edit]) -> Vec<TextDocumentContentChangeEvent> {
    let range = |[a, b]: [(u32, u32); 2]| Range { start: Position::new(a.0, a.1), end: Position::new(b.0, b.1) };
    let change = |(at, text): &Edit| TextDocumentContentChangeEvent {
        range: at.map(range),
        range_length: None,
        text: text.clone(),
    };
    edits.iter().map(change).collect()
}

fn in_pieces(text: &str, changes: &[TextDocumentContentChangeEvent], encoding: Encoding, size: usize) -> String {
    let mut pieces = Pieces::new(text, encoding, size);
    changes.iter().for_each(|change| pieces.apply(change));
    pieces.text()
}

/// How a script goes through a text: as editors do, from the end or from the start, or anyhow.
fn script(order: i32) -> impl Strategy<Value = Vec<Edit>> {
    let range = (0_u32..300, 0_u32..12, 0_u32..3, 0_u32..12);
    prop::collection::vec((range, text(6)), 100..300).prop_map(move |mut edits| {
        if order != 0 {
            edits.sort_by_key(|((line, column, ..), _)| {
                (i64::from(*line) * 100 + i64::from(*column)) * i64::from(order)
            });
        }
        let edit = |((line, column, more, to), text)| (Some([(line, column), (line + more, to)]), text);
        edits.into_iter().map(edit).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, rng_seed: RngSeed::Fixed(5), ..ProptestConfig::default() })]

    #[test]
    fn many_changes_at_once_are_the_same_one_by_one(
        text in text(2000),
        edits in prop_oneof![script(-1), script(1), script(0)],
        size in 1_usize..200,
    ) {
        let changes = changes(&edits);
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            let one = |text: String, change| edited(&text, &Lines::new(&text), std::slice::from_ref(change), encoding);
            let expect = changes.iter().fold(text.clone(), one);
            prop_assert_eq!(in_pieces(&text, &changes, encoding, size), expect.clone(), "{:?}", encoding);
            prop_assert_eq!(edited(&text, &Lines::new(&text), &changes, encoding), expect, "{:?}", encoding);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, rng_seed: RngSeed::Fixed(4), ..ProptestConfig::default() })]

    #[test]
    fn edits_do_what_they_say(text in text(40), edits in edits()) {
        let changes = changes(&edits);
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            let got = edited(&text, &Lines::new(&text), &changes, encoding);
            let expect = naive(&text, &edits, encoding);
            prop_assert_eq!(&got, &expect, "{:?}", encoding);
            for size in [1, 2, 5, 16] {
                prop_assert_eq!(&in_pieces(&text, &changes, encoding, size), &expect, "{:?} in {}", encoding, size);
            }
        }
    }

    #[test]
    fn positions_go_both_ways(text in text(40)) {
        let lines = Lines::new(&text);
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            for (offset, c) in text.char_indices() {
                // Between CR and LF there is no position; what is there counts as the end of the line.
                let inside = c == '\n' && text[..offset].ends_with('\r');
                let position = lines.position(&text, offset, encoding);
                let expect = if inside { offset - 1 } else { offset };
                prop_assert_eq!(lines.offset(&text, position, encoding), expect, "{:?} of {:?}", position, &text);
            }
        }
    }
}

#[test]
fn a_script_of_thousands_of_changes_keeps_every_byte() {
    // As editors send what they do everywhere at once: from the end, and from the start.
    let text: String = (0..100_000).map(|n| format!("let name_{n:06} = 1; // and so on\n")).collect();
    let at = |line| Some([(line, 4), (line, 8)]);
    for order in [|n: u32| 99_990 - n * 9, |n: u32| n * 9] {
        let edits: Vec<Edit> = (0..10_000).map(|n| (at(order(n)), "title".to_owned())).collect();
        let got = edited(&text, &Lines::new(&text), &changes(&edits), Encoding::Utf16);
        let mut expect: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
        (0..10_000).for_each(|n| expect[order(n) as usize].replace_range(4..8, "title"));
        assert!(got == expect.concat());
    }
}

/// The names of the symbols of a document, and the lines that they are on.
async fn names(client: &mut Client, path: &str) -> Vec<String> {
    let uri = client.uri(path);
    let id = client.begin("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } })).await;
    symbols(&client.answer(id).await.unwrap())
}

fn symbols(answer: &Value) -> Vec<String> {
    let name = |symbol: &Value| {
        let line = symbol.pointer("/range/start/line").or_else(|| symbol.pointer("/location/range/start/line"));
        format!("{}:{}", line.unwrap(), symbol["name"].as_str().unwrap())
    };
    answer.as_array().unwrap().iter().map(name).collect()
}

fn whole(text: &str) -> Value {
    json!([{ "text": text }])
}

#[tokio::test]
async fn changes_out_of_turn_are_dropped_and_logged() {
    let world = World::new();
    let mut client = Client::ready(&world, json!({}), Value::Null).await;
    let path = "src/parse.rs";
    let on_disk = names(&mut client, path).await;
    let said = async |client: &mut Client, text: &str| {
        client.wait_for("window/logMessage", |params| params["message"].as_str().unwrap().contains(text)).await
    };

    client.change(path, 3, whole("fn early() {}")).await;
    said(&mut client, "is not open").await;
    assert_eq!(names(&mut client, path).await, on_disk);

    client.open(path, "rust", 5, "fn five() {}\n").await;
    assert_eq!(names(&mut client, path).await, ["0:five"]);
    for (version, expect) in [(4, "five"), (5, "five"), (-1, "five"), (6, "v6"), (6, "v6"), (60, "v60"), (7, "v60")] {
        client.change(path, version, whole(&format!("fn v{version}() {{}}"))).await;
        assert_eq!(names(&mut client, path).await, [format!("0:{expect}")], "version {version}");
    }
    said(&mut client, "has version 5; a change to version 4 comes too late").await;

    // One that is open is opened anew by a client that lost count.
    client.open(path, "rust", 1, "fn anew() {}\n").await;
    assert_eq!(names(&mut client, path).await, ["0:anew"]);
    client.change(path, 0, whole("fn zero() {}")).await;
    said(&mut client, "has version 1; a change to version 0 comes too late").await;

    let close = json!({ "textDocument": { "uri": client.uri(path) } });
    client.notify("textDocument/didClose", close.clone()).await;
    assert_eq!(names(&mut client, path).await, on_disk);
    client.change(path, 100, whole("fn late() {}")).await;
    client.notify("textDocument/didClose", close).await;
    said(&mut client, "was closed without being open").await;
    assert_eq!(names(&mut client, path).await, on_disk);
    // Once a document and opening.
    let logged = client.received("window/logMessage");
    assert_eq!(logged.iter().filter(|p| p["message"].as_str().unwrap().contains("comes too late")).count(), 2);
    client.shut_down().await;
}

#[tokio::test]
async fn every_request_sees_the_changes_before_it_and_no_others() {
    const CHANGES: usize = 500;
    let world = World::new();
    let mut client = Client::ready(&world, json!({}), Value::Null).await;
    let path = "src/new.rs";
    let uri = client.uri(path);
    let mut lines: Vec<String> = (0..20).map(|n| format!("fn start_{n}() {{}}\n")).collect();
    client.open(path, "rust", 0, &lines.concat()).await;
    let mut expected = Vec::new();
    for version in 1..=CHANGES {
        // A line goes, and one comes elsewhere: two edits whose positions depend on each other.
        let (out, into) = (version * 7 % 20, version * 11 % 19);
        let new = format!("fn v{version}() {{}}\n");
        lines.remove(out);
        lines.insert(into, new.clone());
        let at = |line: usize| json!({ "line": line, "character": 0 });
        let changes = json!([
            { "range": { "start": at(out), "end": at(out + 1) }, "text": "" },
            { "range": { "start": at(into), "end": at(into) }, "text": new },
        ]);
        client.change(path, version as i64, changes).await;
        if version % 10 == 0 || version == CHANGES {
            let id = client.begin("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri } })).await;
            let name = |line: &String| line["fn ".len()..line.find('(').unwrap()].to_owned();
            expected
                .push((id, lines.iter().enumerate().map(|(at, l)| format!("{at}:{}", name(l))).collect::<Vec<_>>()));
        }
    }
    for (id, expect) in expected {
        assert_eq!(symbols(&client.answer(id).await.unwrap()), expect);
    }
    let mut ids: Vec<String> = client.responses().iter().map(|response| response["id"].to_string()).collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all, "every id is answered once");
    client.shut_down().await;
}
