//! A plan in the words of the protocol, made safe to show.

use tower_lsp::ls_types::Uri;

use crate::lsp::events::safe;
use crate::lsp::protocol::{FileFate, Plan, PlanProblem, PlannedDoubt, PlannedFile, StaleStep};
use crate::lsp::state::View;
use crate::plan::checks::Problem;
use crate::plan::{self, Change, Document, Doubt, FileChange};
use crate::workspace::RelPath;

/// A plan as the client is told of it. What went stale is looked up in the view.
pub fn plan(document: &Document, view: &View) -> Plan {
    Plan {
        hash: document.hash(),
        markdown: plan::markdown(document, &plan::Options::default()),
        document: serde_json::to_value(document).unwrap_or_default(),
        files: document.files.iter().map(|change| file(change, view)).collect(),
        doubts: document.doubts.iter().map(|doubt| self::doubt(doubt, view)).collect(),
        problems: document.problems.iter().map(problem).collect(),
        stale: stale_steps(document, view),
    }
}

/// The steps whose files are no longer what the plan was made for.
pub fn stale_steps(document: &Document, view: &View) -> Vec<StaleStep> {
    let told = |stale: plan::Stale| StaleStep { step: stale.step, path: safe(&stale.path), why: safe(&stale.why) };
    plan::stale(document, &view.snapshot).into_iter().map(told).collect()
}

fn uri(path: &str, view: &View) -> Option<Uri> {
    view.uri(&RelPath::parse(path).ok()?)
}

fn file(change: &FileChange, view: &View) -> PlannedFile {
    let fate = change.change();
    PlannedFile {
        uri: uri(change.path(), view),
        path: safe(change.path()),
        before: change.before.as_deref().filter(|_| fate == Change::Moved).map(safe),
        change: match fate {
            Change::Created => FileFate::Created,
            Change::Edited => FileFate::Edited,
            Change::Moved => FileFate::Moved,
            Change::Removed => FileFate::Removed,
        },
        edits: change.edits.len(),
        steps: change.all_steps().into_iter().collect(),
        executed: change.executed.as_deref().map(safe),
    }
}

fn doubt(doubt: &Doubt, view: &View) -> PlannedDoubt {
    PlannedDoubt {
        step: doubt.step,
        uri: uri(&doubt.path, view),
        path: safe(&doubt.path),
        line: doubt.line,
        text: safe(&doubt.text),
        why: safe(&doubt.why),
        editable: doubt.edit.is_some(),
    }
}

fn problem(problem: &Problem) -> PlanProblem {
    PlanProblem {
        check: safe(&problem.check),
        fatal: problem.fatal,
        step: problem.step,
        path: problem.path.as_deref().map(safe),
        line: problem.line,
        message: safe(&problem.message),
    }
}
