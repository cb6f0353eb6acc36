//! Server-sent events: bytes in, events out. Pure; knows no HTTP and nothing of what the events mean.

/// Bytes that one event may have, its unfinished line included.
pub const EVENT_LIMIT: usize = 8 << 20;

const BOM: &[u8] = b"\xef\xbb\xbf";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The `event:` field; empty when the stream did not name it.
    pub name: String,
    /// The `data:` lines, joined by line feeds.
    pub data: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an event of the stream is larger than {EVENT_LIMIT} bytes")]
pub struct EventTooBig;

/// Splits a stream into events (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).
///
/// Lines are framed on bytes and text is decoded per event, so that it does not matter where the chunks were cut.
#[derive(Debug, Default)]
pub struct Decoder {
    line: Vec<u8>,
    name: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    /// The last byte was a carriage return, whose line feed may still come.
    after_cr: bool,
    past_first_line: bool,
}

impl Decoder {
    /// Takes the next bytes of the stream and appends the events that they complete.
    pub fn feed(&mut self, mut bytes: &[u8], events: &mut Vec<Event>) -> Result<(), EventTooBig> {
        while !bytes.is_empty() {
            if std::mem::take(&mut self.after_cr) && bytes[0] == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let Some(end) = memchr::memchr2(b'\r', b'\n', bytes) else {
                return self.grow(bytes);
            };
            self.grow(&bytes[..end])?;
            self.after_cr = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            events.extend(self.end_line());
        }
        Ok(())
    }

    /// The event that the end of the stream cut off, if any. Its data may be incomplete.
    pub fn finish(mut self) -> Option<Event> {
        if !self.line.is_empty() {
            self.end_line();
        }
        self.end_event()
    }

    fn grow(&mut self, bytes: &[u8]) -> Result<(), EventTooBig> {
        if self.line.len() + self.data.len() + bytes.len() > EVENT_LIMIT {
            return Err(EventTooBig);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self) -> Option<Event> {
        let line = std::mem::take(&mut self.line);
        let mut text = &line[..];
        if !std::mem::replace(&mut self.past_first_line, true) {
            text = text.strip_prefix(BOM).unwrap_or(text);
        }
        if text.is_empty() {
            return self.end_event();
        }
        let colon = memchr::memchr(b':', text).unwrap_or(text.len());
        let value = text.get(colon + 1..).unwrap_or_default();
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match &text[..colon] {
            b"data" => {
                if self.has_data {
                    self.data.push(b'\n');
                }
                self.data.extend_from_slice(value);
                self.has_data = true;
            }
            b"event" => self.name = value.to_vec(),
            _ => {}
        }
        None
    }

    fn end_event(&mut self) -> Option<Event> {
        let name = std::mem::take(&mut self.name);
        let data = std::mem::take(&mut self.data);
        std::mem::take(&mut self.has_data).then(|| Event { name: lossy(name), data: lossy(data) })
    }
}

fn lossy(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<(String, String)> {
        let mut decoder = Decoder::default();
        let mut events = Vec::new();
        for chunk in chunks {
            decoder.feed(chunk, &mut events).unwrap();
        }
        events.extend(decoder.finish());
        events.into_iter().map(|event| (event.name, event.data)).collect()
    }

    fn check(stream: &str, expect: &[(&str, &str)]) {
        let expect: Vec<_> = expect.iter().map(|(name, data)| (name.to_string(), data.to_string())).collect();
        assert_eq!(decode([stream.as_bytes()]), expect, "{stream:?}");
        assert_eq!(decode(stream.as_bytes().chunks(1)), expect, "{stream:?} byte by byte");
    }

    #[test]
    fn fields() {
        check("data: a\n\n", &[("", "a")]);
        check("data:a\n\ndata:  b\n\n", &[("", "a"), ("", " b")]);
        check("data: a\ndata\ndata: c\n\n", &[("", "a\n\nc")]);
        check("event: error\ndata: x\n\ndata: y\n\n", &[("error", "x"), ("", "y")]);
        check(": ping\n\n: ping\ndata: a\n: more\n\n", &[("", "a")]);
        check("id: 7\nretry: 10\nunknown: z\n\ndata: a\n\n", &[("", "a")]);
        check("data:\n\n", &[("", "")]);
        check("event: only-a-name\n\ndata: a\n\n", &[("", "a")]);
        check("data: a:b: c\n\n", &[("", "a:b: c")]);
    }

    #[test]
    fn line_ends() {
        check("data: a\r\n\r\ndata: b\r\rdata: c\n\n", &[("", "a"), ("", "b"), ("", "c")]);
        check("data: a\r\ndata: b\rdata: c\n\r\n", &[("", "a\nb\nc")]);
        check("\n\r\n\rdata: a\n\n", &[("", "a")]);
    }

    #[test]
    fn byte_order_mark_counts_only_at_the_start() {
        check("\u{feff}data: a\n\n\u{feff}data: b\n\n", &[("", "a")]);
    }

    #[test]
    fn last_event_without_its_blank_line() {
        check("data: a\n\ndata: [DONE]", &[("", "a"), ("", "[DONE]")]);
        check("data: [DONE]\r", &[("", "[DONE]")]);
    }

    #[test]
    fn invalid_utf8_is_replaced() {
        assert_eq!(decode([&b"data: a\xffb\n\n"[..]]), [(String::new(), "a\u{fffd}b".to_string())]);
    }

    #[test]
    fn any_cut_gives_the_same_events() {
        let mut reference = Vec::new();
        for end in ["\n", "\r\n", "\r"] {
            let text = ["データ: 漢字と仮名", "🧑‍🚀🇯🇵 zażółć", "{\"delta\":\"한국어 👩🏽‍💻\"}", ""];
            let mut stream = String::from("\u{feff}: hello 👋") + end;
            for (index, line) in text.iter().enumerate() {
                stream += &format!("event: é{index}{end}data: {line}{end}data:{line}{end}{end}");
            }
            stream += &format!(":ping{end}{end}data: [DONE]{end}{end}");
            let bytes = stream.as_bytes();
            let whole = decode([bytes]);
            assert_eq!(whole.len(), text.len() + 1);
            assert_eq!(whole[0], ("é0".to_string(), format!("{0}\n{0}", text[0])));
            for cut in 0..=bytes.len() {
                assert_eq!(decode([&bytes[..cut], &bytes[cut..]]), whole, "cut at {cut}");
            }
            for first in 0..bytes.len() {
                for second in first..(first + 8).min(bytes.len()) {
                    let cut = [&bytes[..first], &bytes[first..second], &bytes[second..]];
                    assert_eq!(decode(cut), whole, "cut at {first} and {second}");
                }
            }
            for size in 1..40 {
                assert_eq!(decode(bytes.chunks(size)), whole, "chunks of {size}");
            }
            reference.push(whole);
        }
        assert_eq!(reference[0], reference[1]);
        assert_eq!(reference[0], reference[2]);
    }

    #[test]
    fn events_are_bounded() {
        let mut decoder = Decoder::default();
        let mut events = Vec::new();
        let line = [b"data: ".as_slice(), &[b'x'; 1 << 20], b"\n"].concat();
        let fed = (0..9).map(|_| decoder.feed(&line, &mut events)).take_while(Result::is_ok).count();
        assert_eq!(fed, 7, "seven lines fit, since the eighth ends past the limit");
        assert!(events.is_empty());

        let mut decoder = Decoder::default();
        let endless = [b'x'; 1 << 20];
        let fed = (0..20).map(|_| decoder.feed(&endless, &mut events)).take_while(Result::is_ok).count();
        assert_eq!(fed, 8);
    }
}
