//! What is put between a command and the machine. Each layer is reported, not assumed.
#![cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "other systems take less of the bounds"))]

use std::path::PathBuf;

#[cfg(target_os = "linux")]
mod kernel;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(any(test, target_os = "macos"))]
mod macos;
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
mod none;

#[cfg(target_os = "linux")]
pub(super) use linux::{Confinement, shell};
#[cfg(target_os = "macos")]
pub(super) use macos::{Confinement, shell};
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
pub(super) use none::{Confinement, shell};

/// What a command needs to work, and must not have.
#[derive(Debug, Clone, Default)]
pub(super) struct Bounds {
    /// Holds the copies; the command may write below it and nowhere else.
    pub(super) room: PathBuf,
    /// The temporary home folder, and the one for temporary files, in the room.
    pub(super) home: PathBuf,
    pub(super) tmp: PathBuf,
    /// For each of the person's folders, the copy that stands for it.
    pub(super) copies: Vec<(PathBuf, PathBuf)>,
    /// The number of the copy to run in.
    pub(super) at: usize,
    /// The person's folders that are lent, what they are called, and where they are to appear.
    pub(super) borrowed: Vec<(PathBuf, String, PathBuf)>,
    /// Folders of programs and tools, which stay as they are.
    pub(super) needed: Vec<PathBuf>,
    /// Not to be read.
    pub(super) hidden: Vec<PathBuf>,
    pub(super) network: bool,
    /// Bytes of writable memory that a process may have.
    pub(super) memory: Option<u64>,
    /// The layers that may be used; all, but in tests.
    pub(super) namespaces: bool,
    pub(super) landlock: bool,
}

/// What became of the confinement, in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Layers {
    pub(super) confined: Vec<String>,
    pub(super) missing: Vec<String>,
}

impl Layers {
    fn has(&mut self, what: impl Into<String>) {
        self.confined.push(what.into());
    }

    fn lacks(&mut self, what: impl Into<String>) {
        self.missing.push(what.into());
    }
}
