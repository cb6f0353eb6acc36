//! Replay: a recorded run, executed again without network and without the repository, has to come to the same answer.
//!
//! `track` sorts a journal by agent, `play` drives the real loop over a real worker, `parts` stand in for the model, the
//! host and the referee, and `stage` knows what comes next and finds the first difference. Every agent is replayed for
//! itself: what its children and sub-calls brought back stands in its own record.

mod parts;
mod play;
mod stage;
mod track;

use std::path::Path;

use serde::Serialize;

pub use self::play::Played;
use self::play::{Scene, play};
pub use self::stage::Difference;
use self::track::Track;
use crate::journal::event::{Agent, Event, Header, VERSION};
use crate::journal::{self, Blobs, JournalError, Run};
use crate::repl::ReplError;

/// Runs that a replay goes back over, for the variables they left.
const MOST_RUNS: usize = 100;

/// What came of a replay.
#[derive(Debug, Clone, Serialize)]
pub struct Replay {
    pub run: String,
    /// Everything that was replayed ended as recorded.
    pub agreed: bool,
    /// The record has an end; else the run was killed, or still goes on, and was replayed to its last finished cell.
    pub ended: bool,
    /// The version of spelunk that recorded it.
    pub recorded_by: String,
    /// The runs before it whose variables it used, oldest first; then its own root and children. Up to the first that
    /// differs.
    pub agents: Vec<Played>,
}

/// Why a run cannot be replayed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Repl(#[from] ReplError),
    #[error("the path of this program is not known: {0}")]
    Program(std::io::Error),
    #[error("the run {run} has no header that can be used: {reason}")]
    Header { run: String, reason: &'static str },
    #[error("the run {run} is damaged: {lines} lines of it cannot be read, the first at byte {offset}")]
    Damaged { run: String, lines: usize, offset: u64 },
    #[error("texts of the run {run} are missing:\n  {}", missing.join("\n  "))]
    Missing { run: String, missing: Vec<String> },
    #[error("the run {run} used variables of an earlier run, and {reason}")]
    Earlier { run: String, reason: String },
}

/// Replays a run of this state directory, and before it those whose variables it used.
pub async fn replay(state_dir: &Path, run: Run) -> Result<Replay, ReplayError> {
    let program = std::env::current_exe().map_err(ReplayError::Program)?;
    let blobs = Blobs::new(state_dir);
    let mut chain = vec![Recorded::read(run, &blobs)?];
    while let Some(earlier) = chain.last().and_then(|later| later.root.follows.clone()) {
        let of = |reason: String| ReplayError::Earlier { run: chain[0].run.id.clone(), reason };
        if chain.len() > MOST_RUNS {
            return Err(of(format!("that one used those of another, more than {MOST_RUNS} times")));
        }
        let earlier = journal::find(state_dir, &earlier).and_then(|path| journal::read(&path));
        let earlier = earlier.map_err(|error| of(error.to_string()))?;
        chain.push(Recorded::read(earlier, &blobs)?);
    }
    if let Some(first) = chain.last().filter(|first| first.root.cells.first().is_some_and(|cell| cell.number > 1)) {
        let (run, reason) = (first.run.id.clone(), "that one was not recorded".to_owned());
        return Err(ReplayError::Earlier { run, reason });
    }
    let header = &chain[0].header;
    let mut replay = Replay {
        run: chain[0].run.id.clone(),
        agreed: true,
        ended: chain[0].root.end.is_some(),
        recorded_by: header.spelunk.clone(),
        agents: Vec::new(),
    };
    let (mut repl, last) = (None, chain.len() - 1);
    for (at, recorded) in chain.into_iter().rev().enumerate() {
        let Recorded { run, header, root } = recorded;
        let scene = |seed, epoch_ms| {
            let options = track::options(&header, seed, epoch_ms, program.clone())
                .ok_or_else(|| unusable(&run, "it does not say what the worker may use"))?;
            let context = header.config.get("max_context").and_then(serde_json::Value::as_u64).unwrap_or(0);
            Ok::<_, ReplayError>(Scene { run: &run.id, models: &header.models, options, context })
        };
        replay.add(play(scene(header.seed, header.epoch_ms)?, root, &mut repl).await?);
        if at < last {
            continue;
        }
        for (number, agent) in children(&run) {
            if !replay.agreed {
                break;
            }
            let track = read(&run, number, &blobs)?;
            replay.add(play(scene(agent.seed, agent.epoch_ms)?, track, &mut None).await?);
        }
    }
    Ok(replay)
}

impl Replay {
    fn add(&mut self, played: Played) {
        self.agreed &= played.difference.is_none();
        self.agents.push(played);
    }
}

/// A run with its root's record.
struct Recorded {
    run: Run,
    header: Header,
    root: Track,
}

impl Recorded {
    fn read(run: Run, blobs: &Blobs) -> Result<Self, ReplayError> {
        if let Some(damage) = run.damage.first() {
            let (lines, offset) = (run.damage.len(), damage.offset);
            return Err(ReplayError::Damaged { run: run.id, lines, offset });
        }
        let header = run.header().ok_or_else(|| unusable(&run, "it is not there"))?.clone();
        if header.version != VERSION {
            return Err(unusable(&run, "it is of another version of the journal"));
        }
        let root = read(&run, 0, blobs)?;
        Ok(Self { run, header, root })
    }
}

fn read(run: &Run, agent: u64, blobs: &Blobs) -> Result<Track, ReplayError> {
    let missing = |missing| ReplayError::Missing { run: run.id.clone(), missing };
    Track::read(agent, &run.lines, blobs).map_err(missing)
}

fn unusable(run: &Run, reason: &'static str) -> ReplayError {
    ReplayError::Header { run: run.id.clone(), reason }
}

fn children(run: &Run) -> Vec<(u64, &Agent)> {
    let started = run.lines.iter().filter_map(|line| match &line.event {
        Event::AgentStarted(agent) => Some((line.agent, agent.as_ref())),
        _ => None,
    });
    started.collect()
}
