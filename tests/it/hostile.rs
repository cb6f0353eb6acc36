//! Bytes of other programs and of crashes: whatever they are, they are read to their end, and what is whole is found.

use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use spelunk::journal::reader;
use spelunk::model::sse::{Decoder, Event};

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(5), ..ProptestConfig::default() }
}

fn pieces(known: &'static [&'static [u8]]) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => prop::sample::select(known).prop_map(<[u8]>::to_vec),
        2 => prop::collection::vec(any::<u8>(), 0..6),
        1 => "\\PC{0,8}".prop_map(String::into_bytes),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

const STREAM: &[&[u8]] = &[
    b"data:",
    b"data: {\"a\":1}",
    b"event: x",
    b"id: 1",
    b"retry: 5",
    b": ping",
    b"\n",
    b"\r",
    b"\r\n",
    b"\n\n",
    b"\r\r",
    b"\xef\xbb\xbf",
    b"data",
    b"data: [DONE]\n\n",
    "\u{4e16}\u{1f600}".as_bytes(),
    b"\xf0\x9f",
    b"\0",
    b":",
    b" ",
];

fn decode<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Event> {
    let (mut decoder, mut events) = (Decoder::default(), Vec::new());
    for piece in pieces {
        decoder.feed(piece, &mut events).unwrap();
    }
    events.extend(decoder.finish());
    events
}

const JOURNAL: &[&[u8]] = &[
    b"{\"at\":1,\"event\":\"end\"}",
    b"{",
    b"}",
    b"\n",
    b"\n\n",
    b"\r\n",
    b"null",
    b"[]",
    b"\"",
    b"\0",
    b"\xff\xfe",
    b"{\"at\":18446744073709551616}",
    b"{\"at\":-1,\"type\":\"usage\"}",
    b"{\"type\":\"header\"}",
    b" ",
    b"1e999",
    b"[[[[[[[[[[[[[[[[",
];

proptest! {
    #![proptest_config(cases(3000))]

    #[test]
    fn a_stream_is_the_same_however_it_is_cut(bytes in pieces(STREAM), size in 1_usize..9) {
        let whole = decode([&bytes[..]]);
        prop_assert_eq!(decode(bytes.chunks(size)), whole);
    }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn a_journal_is_read_to_its_end(bytes in pieces(JOURNAL), torn in 0_usize..60) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("20260101T000000-abcdefgh.jsonl");
        std::fs::write(&path, &bytes).unwrap();
        account(&path, &bytes)?;
        let bytes = &bytes[..bytes.len().saturating_sub(torn)];
        std::fs::write(&path, bytes).unwrap();
        account(&path, bytes)?;
    }
}

/// Each line is read, damaged, torn or blank, and nothing else.
fn account(path: &Path, bytes: &[u8]) -> Result<(), TestCaseError> {
    let run = reader::read(path).unwrap();
    let lines = bytes.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
    prop_assert_eq!(run.lines.len() + run.damage.len() + usize::from(run.torn.is_some()), lines);
    for damage in &run.damage {
        prop_assert!(damage.offset + damage.bytes <= bytes.len() as u64);
    }
    Ok(())
}
