//! Frames of the base protocol: bytes in, JSON values out, and a way back after bytes that are no frame.
//!
//! <https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#baseProtocol>

use serde_json::Value;

/// Bytes that one body may have.
pub const MOST: usize = 64 << 20;

/// Bytes that one header block may have.
const HEADERS: usize = 8 << 10;

/// Capacity that stays reserved between frames.
const KEPT: usize = 1 << 20;

const NAME: &[u8] = b"content-length:";

/// What the next bytes turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Frame {
    Message(Value),
    /// No message, and why.
    Bad(String),
}

/// Takes bytes as they come and gives frames. Memory stays within the longest body that is allowed.
#[derive(Debug, Default)]
pub struct Frames {
    buffer: Vec<u8>,
    /// Everything before is done with.
    at: usize,
    /// Bytes of an unfinished body that were searched for a header already.
    searched: usize,
    /// Looking for the next header.
    lost: bool,
}

/// Where a header starts.
#[derive(Debug, PartialEq, Eq)]
enum Header {
    At(usize),
    /// The bytes end inside something that may become one.
    Begun(usize),
    None,
}

enum Block {
    /// The header block is not complete.
    Short,
    /// Bytes of the block, and of the body.
    Good(usize, usize),
    /// Bytes to skip.
    Bad(usize, String),
}

impl Frames {
    /// Takes more bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.at > 0 {
            self.buffer.drain(..self.at);
            self.at = 0;
            // What a long body took is given back.
            if self.buffer.capacity() > KEPT {
                self.buffer.shrink_to(KEPT);
            }
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// Whether bytes are left that are no whole frame.
    pub fn is_inside(&self) -> bool {
        self.at < self.buffer.len()
    }

    /// The next frame; `None` until more bytes come. How the bytes were cut into pieces makes no difference to the frames.
    pub fn frame(&mut self) -> Option<Frame> {
        if self.lost && !self.find() {
            return None;
        }
        let rest = &self.buffer[self.at..];
        let (block, length) = match block(rest) {
            Block::Short => return None,
            Block::Good(block, length) => (block, length),
            Block::Bad(skip, reason) => return Some(self.bad(skip, reason)),
        };
        let body = &rest[block..];
        if body.len() >= length {
            if let Ok(value) = serde_json::from_slice(&body[..length]) {
                self.skip(block + length);
                return Some(Frame::Message(value));
            }
        } else {
            let from = self.searched.min(body.len());
            match header(&body[from..]) {
                // JSON has no bare line end inside a string, so the body ended before what it announced.
                Header::At(_) => {}
                Header::Begun(at) => {
                    self.searched = from + at;
                    return None;
                }
                Header::None => {
                    self.searched = body.len();
                    return None;
                }
            }
        }
        // The next frame may begin inside of what was announced as this one's body.
        Some(self.bad(block, format!("the body is not JSON of {length} bytes")))
    }

    fn bad(&mut self, skip: usize, reason: String) -> Frame {
        self.skip(skip);
        self.lost = true;
        Frame::Bad(reason)
    }

    fn skip(&mut self, bytes: usize) {
        self.at += bytes;
        self.searched = 0;
    }

    /// Goes on to the next header. False when there is none yet.
    fn find(&mut self) -> bool {
        match header(&self.buffer[self.at..]) {
            Header::At(at) => {
                self.skip(at);
                self.lost = false;
                true
            }
            Header::Begun(at) => {
                self.skip(at);
                false
            }
            Header::None => {
                self.skip(self.buffer.len() - self.at);
                false
            }
        }
    }
}

/// Reads a header block from its start.
fn block(bytes: &[u8]) -> Block {
    let window = &bytes[..bytes.len().min(HEADERS)];
    let mut at = 0;
    let mut length: Option<Result<usize, String>> = None;
    loop {
        let Some(end) = memchr::memchr(b'\n', &window[at..]) else {
            return match &window[at..] {
                line if !is_header_start(line) => Block::Bad(at, "these bytes are no header".to_owned()),
                _ if window.len() == HEADERS => Block::Bad(at, "the header is too long".to_owned()),
                _ => Block::Short,
            };
        };
        let line = &window[at..at + end];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !line.is_empty() && !is_header(line) {
            return Block::Bad(at, "these bytes are no header".to_owned());
        }
        at += end + 1;
        if line.is_empty() {
            return match length {
                Some(Ok(length)) => Block::Good(at, length),
                Some(Err(reason)) => Block::Bad(at, reason),
                // It may have one behind bytes that are none of its own.
                None => Block::Bad(0, "the header has no Content-Length".to_owned()),
            };
        }
        if line.len() >= NAME.len() && line[..NAME.len()].eq_ignore_ascii_case(NAME) {
            let this = body_length(&line[NAME.len()..]);
            length = match length {
                Some(first) if first != this => Some(Err("two Content-Length headers differ".to_owned())),
                _ => Some(this),
            };
        }
    }
}

fn body_length(text: &[u8]) -> Result<usize, String> {
    let text = text.trim_ascii();
    let shown = String::from_utf8_lossy(&text[..text.len().min(40)]);
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return Err(format!("Content-Length {shown:?} is not a number"));
    }
    match shown.parse::<usize>() {
        Ok(0) => Err("the body is empty".to_owned()),
        Ok(length) if length <= MOST && text.len() <= 40 => Ok(length),
        _ => Err(format!("Content-Length {shown} is more than {MOST}")),
    }
}

/// `Name: anything`.
fn is_header(line: &[u8]) -> bool {
    memchr::memchr(b':', line).is_some_and(|colon| colon > 0 && line[..colon].iter().all(|&byte| is_name(byte)))
}

/// Whether a line that has no end yet may become a header.
fn is_header_start(line: &[u8]) -> bool {
    let name = memchr::memchr(b':', line).unwrap_or(line.len());
    // A lone CR may be the first half of the block's end.
    line == b"\r" || line[..name].iter().all(|&byte| is_name(byte)) && (name > 0 || line.is_empty())
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

/// Finds `Content-Length: <digits>` with a line end, anywhere.
fn header(bytes: &[u8]) -> Header {
    for at in memchr::memchr2_iter(b'c', b'C', bytes) {
        let rest = &bytes[at..];
        let head = &rest[..rest.len().min(NAME.len())];
        if !head.eq_ignore_ascii_case(&NAME[..head.len()]) {
            continue;
        }
        let value = &rest[head.len()..];
        let spaces = value.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let digits = value[spaces..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if spaces + digits > 64 {
            continue;
        }
        match &value[spaces + digits..] {
            [] | [b'\r'] => return Header::Begun(at),
            [b'\n', ..] | [b'\r', b'\n', ..] if digits > 0 => return Header::At(at),
            _ => {}
        }
    }
    Header::None
}
