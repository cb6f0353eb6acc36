//! One agent's part of a run, played again: the real loop over a real worker, with the record for everything else.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::ReplayError;
use super::parts::{Replayed, Replies, Rerun};
use super::stage::{Difference, Stage};
use super::track::Track;
use crate::agent::answers::answer::HeldAnswer;
use crate::agent::answers::schema::Schema;
use crate::agent::calls::budget::{Limits, Tripped};
use crate::agent::calls::{Models, Named};
use crate::agent::plain;
use crate::agent::prompt::fence::FenceKey;
use crate::agent::prompt::{Asked, Transport};
use crate::agent::run::{Ended, Root};
use crate::agent::salvage::{Findings, salvage};
use crate::agent::session::{Session, Setup};
use crate::cancel::Cancel;
use crate::journal::Journal;
use crate::journal::event::{self as journal, EndReason, Role};
use crate::repl::{Options, Repl};
use crate::workspace::Workspace;

/// What came of one agent's replay.
#[derive(Debug, Clone, Serialize)]
pub struct Played {
    pub run: String,
    /// 0 is the root.
    pub agent: u64,
    /// The turn that it came to.
    pub turns: u32,
    /// Cells that ended as recorded.
    pub cells: u64,
    /// How the record ends; `None`: it was killed, or still goes on.
    pub end: Option<EndReason>,
    /// What the replay answered; null when it came to no answer.
    pub answer: Value,
    /// The cell that was stopped half-way, from which on variables may not be what they were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inexact_from: Option<u64>,
    pub difference: Option<Difference>,
}

/// What an agent is played with.
pub struct Scene<'a> {
    pub run: &'a str,
    pub models: &'a journal::Models,
    pub options: Options,
    /// `Limits::context` of the run.
    pub context: u64,
}

/// Plays one agent. `repl` holds the variables of the runs before, and those of this one afterwards.
pub async fn play(scene: Scene<'_>, track: Track, repl: &mut Option<Repl>) -> Result<Played, ReplayError> {
    let stage = Arc::new(Stage::new(track));
    let session = session(&stage, &scene);
    let answer = match plain_call(&stage, &session).await {
        Some(answer) => Some(answer),
        None if stage.track.turns == 0 && stage.track.cells.is_empty() => rest(&stage, &session, None).await,
        None => explore(&stage, &session, session.bindings.options.clone(), repl).await?,
    };
    let difference = stage.difference();
    if let (None, Some(replayed)) = (&difference, &answer) {
        match &stage.track.answer {
            Some(recorded) => stage.compare_answer(recorded, &replayed.value.to_string()),
            None if stage.track.was_stopped() => {}
            None => stage.differ("answer", "(none)", &replayed.value.to_string()),
        }
    } else if let (None, None, Some(recorded)) = (&difference, &answer, &stage.track.answer) {
        stage.differ("answer", recorded, "(none)");
    }
    let (turns, cells, inexact_from) = stage.progress();
    Ok(Played {
        run: scene.run.to_owned(),
        agent: stage.track.agent,
        turns,
        cells,
        end: stage.track.end.as_ref().map(|(reason, _)| *reason),
        answer: answer.map(|answer| answer.value).unwrap_or_default(),
        inexact_from,
        difference: stage.difference(),
    })
}

/// A session that can reach nothing: no file, no endpoint, no journal.
fn session(stage: &Arc<Stage>, scene: &Scene<'_>) -> Session {
    let named = |name: &str, role| Named {
        name: name.to_owned(),
        id: name.to_owned(),
        model: Arc::new(Replies {
            stage: stage.clone(),
            role,
            provider: name.split('/').next().unwrap_or_default().to_owned(),
        }),
    };
    Session::new(Setup {
        snapshot: Workspace::none().snapshot(),
        models: Models { root: named(&scene.models.root, Role::Root), leaf: named(&scene.models.leaf, Role::Leaf) },
        // Which limits tripped stands in the record.
        limits: Limits {
            turns: u32::MAX,
            calls: u32::MAX,
            tokens: u64::MAX / 2,
            usd: None,
            wall: std::time::Duration::from_secs(365 * 24 * 60 * 60),
            // Outputs were cut, and older turns gave way, as the window wanted it.
            context: scene.context,
            ..Limits::default()
        },
        repl: scene.options.clone(),
        // Prompts go nowhere.
        key: FenceKey::new([0; 32]),
        journal: Journal::off(),
        emit: Arc::new(|_| {}),
        plain_below: 0,
        max_data: 0,
        at: None,
        symbols: Arc::default(),
        maps: None,
        cache: crate::cache::Cache::default(),
        schema: stage.track.schema.clone().and_then(|schema| Schema::new(schema).ok()),
    })
}

/// The answer of a run that was one plain call.
async fn plain_call(stage: &Stage, session: &Session) -> Option<HeldAnswer> {
    stage.track.asks.first().filter(|ask| ask.turn == 0 && !ask.salvage)?;
    plain::answer(session, &NOTHING, "", &Cancel::new()).await.ok().flatten()
}

/// What is asked stands in prompts that nobody reads.
const NOTHING: Asked<'static> = Asked { question: "", place: None, before: None, plans: false };

async fn explore(
    stage: &Arc<Stage>,
    session: &Session,
    options: Options,
    repl: &mut Option<Repl>,
) -> Result<Option<HeldAnswer>, ReplayError> {
    let host = Arc::new(Replayed { stage: stage.clone(), bindings: session.bindings.clone() });
    let repl = match repl {
        Some(repl) => {
            repl.rehost(options, host);
            repl
        }
        None => repl.insert(Repl::start(options, host).await?),
    };
    let (messages, tools) = stage.track.first.clone().unwrap_or_default();
    let mut rerun = Rerun { stage: stage.clone(), repl };
    let never = Cancel::new();
    let mut root = Root {
        bindings: &session.bindings,
        referee: &**stage,
        warned: false,
        repl: &mut rerun,
        vars: Default::default(),
        transport: if tools { Transport::Tool } else { Transport::Fence },
        cancel: &stage.stop,
        answer_now: &never,
        findings: Findings::default(),
        trail: Default::default(),
    };
    for cell in stage.track.cells.iter().take_while(|cell| cell.prepares) {
        root.prepare(&cell.code).await;
    }
    let ended = root.run(messages).await;
    let findings = std::mem::take(&mut root.findings);
    if stage.difference().is_some() {
        return Ok(None);
    }
    Ok(match ended {
        Ok(Ended::Answered(answer)) => Some(answer),
        Ok(Ended::Tripped(tripped)) => {
            let detail = stage.track.limit.as_ref().map(|(_, detail)| detail.as_str());
            if detail != Some(&*tripped.to_string()) && stage.track.end.is_some() {
                stage.differ("end", detail.unwrap_or("(no limit)"), &tripped.to_string());
                return Ok(None);
            }
            rest(stage, session, Some((tripped, &findings))).await
        }
        Ok(Ended::Cancelled) => rest(stage, session, Some((Tripped::AnswerNow, &findings))).await,
        Err(_) => None,
    })
}

/// The answer after the loop, when a limit ended it.
async fn rest(stage: &Stage, session: &Session, left: Option<(Tripped, &Findings)>) -> Option<HeldAnswer> {
    let ((which, reason), (mut tripped, findings)) = (stage.track.limit.clone()?, left?);
    if which == "model" {
        tripped = Tripped::Model { reason };
    }
    stage.salvage();
    salvage(&session.bindings, &NOTHING, &tripped, findings, &Cancel::new()).await
}
