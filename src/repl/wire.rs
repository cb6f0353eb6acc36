//! The wire between the parent and a worker: the messages, in length-prefixed frames. It trusts neither side.

use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::io::{AsyncRead, AsyncReadExt};

/// Bytes that one frame may have, in either direction. What is larger is refused with its size, never cut.
pub const MAX_FRAME: usize = 64 << 20;

/// Bytes of JSON that one call may carry as arguments, or bring back.
pub const MAX_DATA: usize = 32 << 20;

/// Calls of one cell that may be unanswered at a time.
pub const MAX_PENDING: usize = 1024;

/// From the parent to the worker.
#[derive(Debug, Serialize, Deserialize)]
pub enum ToWorker {
    /// The first frame, and sent once.
    Start(Start),
    /// Run a cell; answered by `Done` with the same id.
    Cell { id: u64, code: String },
    /// List the variables; answered by `Done` whose value is a JSON array of `[name, description]`.
    Vars { id: u64 },
    /// The answer to a `Call`.
    Reply { call: u64, result: Result<Box<RawValue>, Fault> },
    /// Stop that cell: whatever it waits for is answered by an error.
    Stop { id: u64 },
}

/// What a worker is told before V8 starts; see [`super::Options`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Start {
    pub heap: u64,
    pub memory: u64,
    pub cell_ms: u64,
    pub output: usize,
    pub seed: u64,
    pub epoch_ms: u64,
    #[serde(default)]
    pub plan: bool,
}

/// From the worker to the parent.
#[derive(Debug, Serialize, Deserialize)]
pub enum FromWorker {
    Ready {
        layers: Vec<Layer>,
    },
    /// JavaScript calls the host. A blocking call stands still until its reply.
    Call {
        id: u64,
        name: String,
        args: Box<RawValue>,
        blocking: bool,
    },
    /// Nothing is left to compute until a reply comes, other than the `replies` that the cell has had so far.
    Waiting {
        replies: u64,
    },
    /// The head of the console output, as it is written; the tail comes with `Done`.
    Output {
        text: String,
    },
    Done(Box<Done>),
}

/// The end of a cell.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Done {
    pub id: u64,
    pub value: Option<String>,
    pub fault: Option<Fault>,
    /// The limit or the request that stopped the cell.
    pub stopped: Option<Stopped>,
    /// The end of the console output, after what was sent as `Output`.
    pub tail: String,
    /// Bytes of console output in all.
    pub written: u64,
    pub rejections: Vec<Fault>,
    /// Calls and timers that nobody waited for, with their number.
    pub unawaited: Vec<(String, u64)>,
    /// The heap is nearly full even after the cell: this worker should be replaced.
    pub full: bool,
}

/// Why a cell was stopped from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stopped {
    Time,
    Heap,
    Cancelled,
    /// It awaits a promise that nothing can settle.
    Stuck,
}

/// An error on its way: from the host to JavaScript, or out of JavaScript.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// `TypeError`, `Error`, ...; empty when something else than an error was thrown.
    pub name: String,
    pub message: String,
    /// V8's stack text; empty in the direction of the worker.
    #[serde(default)]
    pub stack: String,
}

/// One layer of the worker's confinement, for `spelunk doctor`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    pub name: String,
    pub active: bool,
    /// Which degree of it, or why not.
    pub detail: String,
}

/// A frame that cannot be taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WireError {
    #[error("the frame has {0} bytes, more than {MAX_FRAME}")]
    TooLarge(usize),
    #[error("the frame is not a message: {0}")]
    Malformed(#[from] serde_json::Error),
    #[error("the pipe failed: {0}")]
    Pipe(#[from] io::Error),
}

/// A message as one frame: its length as a little-endian `u32`, then JSON.
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, WireError> {
    let mut frame = vec![0; 4];
    serde_json::to_writer(&mut frame, message)?;
    let body = frame.len() - 4;
    if body > MAX_FRAME {
        return Err(WireError::TooLarge(body));
    }
    frame[..4].copy_from_slice(&(body as u32).to_le_bytes());
    Ok(frame)
}

/// Writes one frame.
pub fn write<T: Serialize>(to: &mut impl Write, message: &T) -> Result<(), WireError> {
    to.write_all(&encode(message)?)?;
    Ok(to.flush()?)
}

/// Reads one frame; `None` at the end of the pipe, also when it ends inside a frame.
pub fn read<T: DeserializeOwned>(from: &mut impl Read) -> Result<Option<T>, WireError> {
    let mut prefix = [0; 4];
    if !filled(from.read_exact(&mut prefix))? {
        return Ok(None);
    }
    let mut body = vec![0; length(prefix)?];
    if !filled(from.read_exact(&mut body))? {
        return Ok(None);
    }
    Ok(Some(serde_json::from_slice(&body)?))
}

/// As [`read`]. Not to be dropped half-way: the rest of the frame would be taken for the next one.
pub async fn read_async<T: DeserializeOwned>(from: &mut (impl AsyncRead + Unpin)) -> Result<Option<T>, WireError> {
    let mut prefix = [0; 4];
    if !filled(from.read_exact(&mut prefix).await.map(drop))? {
        return Ok(None);
    }
    let length = length(prefix)?;
    // Grown as the bytes come, so that a length alone allocates nothing.
    let mut body = Vec::new();
    if from.take(length as u64).read_to_end(&mut body).await? < length {
        return Ok(None);
    }
    Ok(Some(serde_json::from_slice(&body)?))
}

fn length(prefix: [u8; 4]) -> Result<usize, WireError> {
    let length = u32::from_le_bytes(prefix) as usize;
    if length > MAX_FRAME { Err(WireError::TooLarge(length)) } else { Ok(length) }
}

fn filled(read: io::Result<()>) -> Result<bool, WireError> {
    match read {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expect: &str) {
        let sync = read::<ToWorker>(&mut &bytes[..]);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let awaited = runtime.block_on(read_async::<ToWorker>(&mut &bytes[..]));
        assert_eq!(format!("{sync:?}"), format!("{awaited:?}"));
        assert!(format!("{sync:?}").starts_with(expect), "{sync:?}");
    }

    #[test]
    fn frames_are_read_back() {
        let reply = ToWorker::Reply { call: 7, result: Ok(RawValue::from_string("[1, \"\u{fc}\"]".into()).unwrap()) };
        check(&encode(&reply).unwrap(), "Ok(Some(Reply { call: 7, result: Ok(RawValue([1, \"\u{fc}\"])) }))");
        let fault = Fault { name: "TypeError".into(), message: "no".into(), stack: String::new() };
        check(
            &encode(&ToWorker::Reply { call: 7, result: Err(fault) }).unwrap(),
            "Ok(Some(Reply { call: 7, result: Err",
        );
    }

    #[test]
    fn bad_frames_are_refused() {
        check(b"", "Ok(None)");
        check(b"\x02\0", "Ok(None)");
        check(b"\x09\0\0\0{\"St", "Ok(None)");
        check(b"\xff\xff\xff\xff", "Err(TooLarge(4294967295))");
        check(b"\x01\0\0\x04", "Err(TooLarge(67108865))");
        check(b"\x02\0\0\0{}", "Err(Malformed");
        check(b"\x0c\0\0\0{\"Nope\":true", "Err(Malformed");
        check(b"\x02\0\0\0\xff\xfe", "Err(Malformed");
        check(b"\0\0\0\0", "Err(Malformed");
    }
}
