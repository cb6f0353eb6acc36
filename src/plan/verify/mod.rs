//! The machine's own command, run over a temporary copy of the tree with the plan applied.
//!
//! A planned tree is code that a model wrote. It runs only after a person saw this very plan and said yes, never in an
//! untrusted workspace, and with as much between it and the machine as the system gives.

#[cfg(unix)]
mod confine;
#[cfg(unix)]
mod copy;
#[cfg(unix)]
mod hidden;
#[cfg(unix)]
mod output;
#[cfg(unix)]
mod room;
#[cfg(unix)]
mod run;
#[cfg(all(test, target_os = "linux"))]
mod tests;

use std::io;
#[cfg(unix)]
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Document;
use crate::cancel::Cancel;
use crate::config::{Config, Surroundings};
use crate::workspace::{Snapshot, WorkspaceError};
#[cfg(target_os = "linux")]
use room::make_dir as make_folder;

/// What the command said.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Verified {
    /// The command as the machine's configuration has it.
    pub command: String,
    /// The plan that it ran over, by [`super::Document::hash`].
    pub plan: String,
    pub passed: bool,
    /// Whether it passes without the plan: told when it failed with it, and there was time to find out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<bool>,
    /// In words: "exit code 101", "killed after 300 s".
    pub how: String,
    /// The beginning and the end of what it printed, cleaned.
    pub output: String,
    pub seconds: f64,
    /// What was put between it and the machine: "no network", "temporary HOME", ...
    pub confined: Vec<String>,
    /// What could not be put between them, and what the copy lacks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}

/// The machine's command, and what it needs.
#[derive(Debug, Clone)]
pub struct Command {
    /// For the shell: the machine's owner wrote it.
    pub line: String,
    pub time: Duration,
    /// Bytes of writable memory that each of its processes may have; `None` for no bound.
    pub memory: Option<u64>,
    pub network: bool,
    /// Whether a failure is compared with the tree without the plan.
    pub compare: bool,
    pub surroundings: Surroundings,
    /// Where the copy is made.
    pub state_dir: PathBuf,
}

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    #[error(
        "no command is set that verifies a plan; add a line such as `verify = \"cargo check\"` to {file}, or set SPELUNK_VERIFY"
    )]
    NotConfigured { file: String },
    #[error("this workspace is not trusted, so nothing of it is run; trust it in the editor first")]
    NotTrusted,
    #[error("nobody has agreed to run this plan ({hash}): show it, and pass its hash on when the answer is yes")]
    NotApproved { hash: String },
    #[error("the plan does nothing, so there is nothing to verify")]
    Empty,
    #[error("{path}: has changed since the plan was made; make the plan anew")]
    Stale { path: String },
    #[error("the verification was cancelled")]
    Cancelled,
    #[error("the command could not be started: {source}")]
    Start { source: io::Error },
    #[error("the command was killed, and does not end; its folder is removed by the next verification")]
    Stuck,
    #[error("{path}: {source}; the copy of the tree was not made")]
    Io { path: String, source: io::Error },
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error("verifying needs a Unix system")]
    System,
}

impl Command {
    /// The command of the machine's settings.
    ///
    /// # Errors
    /// When there is none.
    pub fn of(config: &Config) -> Result<Self, VerifyError> {
        let file = || config.file.display().to_string();
        let line = config.verify.clone().ok_or_else(|| VerifyError::NotConfigured { file: file() })?;
        Ok(Self {
            line,
            time: config.verify_time,
            memory: None,
            network: config.verify_network,
            compare: true,
            surroundings: config.surroundings(),
            state_dir: config.state_dir.clone(),
        })
    }
}

#[cfg(unix)]
fn io_at(path: &Path, source: io::Error) -> VerifyError {
    VerifyError::Io { path: path.display().to_string(), source }
}

/// Runs the command over a copy of the snapshot's tree with the plan applied. `approved` is the hash of the plan that a
/// person has seen and said yes to. `progress` gets the last line of what the command prints.
///
/// The person's tree is not touched, and the copy is gone when this returns or is dropped.
///
/// # Errors
/// Before anything runs: when nobody agreed to this very plan, the workspace is not trusted, the tree has changed since, the
/// copy cannot be made. Later only when it is cancelled: a command that fails is an answer.
pub async fn verify(
    document: &Document,
    snapshot: &Snapshot,
    command: &Command,
    approved: &str,
    trusted: bool,
    cancel: &Cancel,
    progress: &(dyn Fn(&str) + Send + Sync),
) -> Result<Verified, VerifyError> {
    let hash = document.hash();
    if !trusted {
        return Err(VerifyError::NotTrusted);
    }
    if approved != hash {
        return Err(VerifyError::NotApproved { hash });
    }
    if document.is_empty() {
        return Err(VerifyError::Empty);
    }
    #[cfg(unix)]
    return on::verify(document, hash, snapshot, command, cancel, progress).await;
    #[cfg(not(unix))]
    {
        let _ = (snapshot, command, cancel, progress);
        Err(VerifyError::System)
    }
}

#[cfg(unix)]
mod on {
    use super::confine::{Bounds, Layers};
    use super::copy::Tree;
    use super::room::Room;
    use super::run::Ran;
    use super::*;

    pub(super) async fn verify(
        document: &Document,
        plan: String,
        snapshot: &Snapshot,
        command: &Command,
        cancel: &Cancel,
        progress: &(dyn Fn(&str) + Send + Sync),
    ) -> Result<Verified, VerifyError> {
        let ran = once(Some(document), snapshot, command, command.time, cancel, progress).await?;
        let left = command.time.saturating_sub(ran.took);
        let mut before = None;
        if !ran.passed && !ran.cut && command.compare && left >= ran.took {
            let unchanged = once(None, snapshot, command, left, cancel, progress).await?;
            before = (!unchanged.cut).then_some(unchanged.passed);
        }
        let Layers { confined, missing } = ran.layers;
        Ok(Verified {
            command: command.line.clone(),
            plan,
            passed: ran.passed,
            before,
            how: ran.how,
            output: ran.output,
            seconds: ran.took.as_secs_f64(),
            confined,
            missing,
        })
    }

    /// Copies, runs, and removes the copy.
    async fn once(
        plan: Option<&Document>,
        snapshot: &Snapshot,
        command: &Command,
        limit: Duration,
        cancel: &Cancel,
        progress: &(dyn Fn(&str) + Send + Sync),
    ) -> Result<Ran, VerifyError> {
        let copying = {
            let (plan, snapshot, command) = (plan.cloned(), snapshot.clone(), command.clone());
            let cancel = cancel.clone();
            move || prepare(plan.as_ref(), &snapshot, &command, &cancel)
        };
        let (room, bounds, left_out) = off_the_loop(copying).await?;
        let mut ran = super::run::run(command, bounds, limit, cancel, progress).await?;
        ran.layers.missing.extend(left_out);
        // A tree takes a while to be removed.
        off_the_loop(move || {
            drop(room);
            Ok(())
        })
        .await?;
        Ok(ran)
    }

    async fn off_the_loop<T: Send + 'static>(
        work: impl FnOnce() -> Result<T, VerifyError> + Send + 'static,
    ) -> Result<T, VerifyError> {
        let failed = |error: tokio::task::JoinError| VerifyError::Start { source: io::Error::other(error) };
        tokio::task::spawn_blocking(work).await.map_err(failed)?
    }

    /// The room with the copy in it, and what the command may do.
    pub(super) fn prepare(
        plan: Option<&Document>,
        snapshot: &Snapshot,
        command: &Command,
        cancel: &Cancel,
    ) -> Result<(Room, Bounds, Vec<String>), VerifyError> {
        let room = Room::make(&command.state_dir).map_err(|source| io_at(&command.state_dir, source))?;
        let Tree { folders, borrowed, left_out, at } = super::copy::copy(plan, snapshot, &room, cancel)?;
        let folder = |name: &str| room.folder(name).map_err(|source| io_at(room.path(), source));
        let surroundings = &command.surroundings;
        let tools = surroundings.tools.iter().map(|(_, folder)| folder);
        let programs = surroundings.path.iter().chain(tools);
        // By both names: a folder of programs may be a symlink that has to stay as well.
        let needed = programs.flat_map(|path| [Some(path.clone()), path.canonicalize().ok()]).flatten().collect();
        let bounds = Bounds {
            home: folder("home")?,
            tmp: folder("tmp")?,
            room: room.path().to_owned(),
            copies: folders.into_iter().map(|folder| (folder.root, folder.copy)).collect(),
            at,
            borrowed: borrowed.into_iter().map(|lent| (lent.from, lent.name, lent.at)).collect(),
            needed,
            hidden: super::hidden::keys(surroundings),
            network: command.network,
            memory: command.memory,
            namespaces: true,
            landlock: true,
        };
        Ok((room, bounds, some(left_out)))
    }

    /// The first of them, and how many more there are.
    fn some(mut all: Vec<String>) -> Vec<String> {
        const SHOWN: usize = 8;
        let more = all.len().saturating_sub(SHOWN);
        all.truncate(SHOWN);
        if more > 0 {
            all.push(format!("{more} more ignored folders"));
        }
        all
    }
}
