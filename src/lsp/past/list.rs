//! The recorded runs, newest first.

use std::path::Path;

use crate::journal;
use crate::journal::event::EndReason;
use crate::lsp::Error;
use crate::lsp::events::safe;
use crate::lsp::protocol::{RunState, RunSummary};

/// The newest of them, without those under way.
pub fn list(state_dir: &Path, live: &[RunSummary], limit: usize) -> Result<Vec<RunSummary>, Error> {
    let runs = journal::list(state_dir)?;
    let told = |id: &str| live.iter().any(|run| run.run_id == id);
    let summaries = runs.into_iter().filter(|run| !told(&run.id)).take(limit).map(|run| {
        let state = match run.end {
            Some(EndReason::Answered) => RunState::Answered,
            Some(EndReason::Limit) => RunState::Limit,
            Some(EndReason::Cancelled) => RunState::Cancelled,
            Some(EndReason::Failed) => RunState::Failed,
            Some(EndReason::Unknown) | None => RunState::Unfinished,
        };
        let header = run.header.unwrap_or_default();
        RunSummary {
            run_id: run.id,
            question: safe(&header.question),
            state,
            plan: header.plan,
            model: safe(&header.models.root),
            workspace: safe(&header.workspace),
            started: header.started,
            seconds: run.duration_ms as f64 / 1e3,
            usd: run.totals.usd,
        }
    });
    Ok(summaries.collect())
}
