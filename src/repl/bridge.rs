//! The worker's end of the pipe: sends calls and output, receives replies, and knows when to wait.

use std::collections::VecDeque;
use std::fs::File;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use serde_json::value::RawValue;

use super::clip::Clip;
use super::clock::Clock;
use super::wire::{self, Fault, FromWorker, Stopped, ToWorker, WireError};

/// What the host said to one call.
pub type Answer = Result<Box<RawValue>, Fault>;

pub struct Bridge {
    to: File,
    from: Receiver<ToWorker>,
    clock: Arc<Clock>,
    /// Replies to calls that do not block, kept in the order in which they came.
    replies: VecDeque<(u64, Answer)>,
    cell: u64,
    calls: u64,
    /// Replies to calls of this cell so far.
    answered: u64,
    clip: Clip,
    limit: usize,
}

impl Bridge {
    /// Starts the thread that reads the parent's frames. The end of the pipe, or a frame that makes no sense, ends the
    /// process: there is nobody left to compute for.
    pub fn new(mut from: File, to: File, clock: Arc<Clock>, limit: usize) -> std::io::Result<Self> {
        let (send, receive) = channel();
        let stop = Arc::clone(&clock);
        thread::Builder::new().name("frames".into()).spawn(move || {
            while let Ok(Some(message)) = wire::read(&mut from) {
                if let ToWorker::Stop { id } = message {
                    stop.stop(id, Stopped::Cancelled);
                }
                if send.send(message).is_err() {
                    break;
                }
            }
            // SAFETY: `_exit` ends the process at once; no destructor could do anything useful here.
            unsafe { libc::_exit(0) }
        })?;
        let clip = Clip::new(limit);
        Ok(Self { to, from: receive, clock, replies: VecDeque::new(), cell: 0, calls: 0, answered: 0, clip, limit })
    }

    pub fn send(&mut self, message: &FromWorker) -> Result<(), WireError> {
        wire::write(&mut self.to, message)
    }

    /// The next cell or other request, between cells; `None` when the parent is gone.
    pub fn next(&mut self) -> Option<ToWorker> {
        loop {
            match self.from.recv().ok()? {
                // Left over from a cell that has ended.
                ToWorker::Reply { .. } | ToWorker::Stop { .. } => {}
                message => return Some(message),
            }
        }
    }

    pub fn begin(&mut self, cell: u64) {
        self.cell = cell;
        self.answered = 0;
        self.replies.clear();
    }

    /// Starts a call that does not block; its reply comes from [`Bridge::reply`].
    pub fn start(&mut self, name: String, args: Box<RawValue>) -> Result<u64, WireError> {
        self.call(name, args, false)
    }

    /// Calls and stands still until the reply; `None` when the cell was stopped meanwhile.
    pub fn ask(&mut self, name: String, args: Box<RawValue>) -> Result<Option<Answer>, WireError> {
        if self.clock.stopped().is_some() {
            return Ok(None);
        }
        let asked = self.call(name, args, true)?;
        self.clock.pause();
        let answer = loop {
            match self.receive() {
                None => break None,
                Some((call, answer)) if call == asked => break Some(answer),
                Some(other) => self.replies.push_back(other),
            }
        };
        self.clock.resume();
        Ok(answer)
    }

    /// The next reply to a call that did not block, in the order in which they came; `None` when the cell was stopped.
    pub fn reply(&mut self) -> Result<Option<(u64, Answer)>, WireError> {
        if let Some(reply) = self.replies.pop_front() {
            return Ok(Some(reply));
        }
        self.send(&FromWorker::Waiting { replies: self.answered })?;
        self.clock.pause();
        let reply = self.receive();
        self.clock.resume();
        Ok(reply)
    }

    /// Console output: `text`, then `skipped` bytes that were left out, then `tail`.
    pub fn output(&mut self, text: &str, skipped: u64, tail: &str) -> Result<(), WireError> {
        let head = self.clip.push(text).to_owned();
        self.clip.skip(skipped);
        let more = self.clip.push(tail).to_owned();
        let text = head + &more;
        if text.is_empty() { Ok(()) } else { self.send(&FromWorker::Output { text }) }
    }

    /// The tail of the cell's output, and its bytes in all.
    pub fn rest_of_output(&mut self) -> (String, u64) {
        self.clip.finish(self.limit)
    }

    fn call(&mut self, name: String, args: Box<RawValue>, blocking: bool) -> Result<u64, WireError> {
        self.calls += 1;
        let id = self.calls;
        self.send(&FromWorker::Call { id, name, args, blocking })?;
        Ok(id)
    }

    fn receive(&mut self) -> Option<(u64, Answer)> {
        loop {
            match self.from.recv().ok()? {
                ToWorker::Reply { call, result } => {
                    self.answered += 1;
                    return Some((call, result));
                }
                ToWorker::Stop { id } if id == self.cell => return None,
                _ => {}
            }
        }
    }
}
