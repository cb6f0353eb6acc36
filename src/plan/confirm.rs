//! What of a plan a person has to say yes to, apart from the whole.

use super::checks::Problem;
use super::{Change, Document, FileChange};

/// How far the yes to a plan goes for one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirm {
    /// It is enough.
    WithPlan,
    /// The file is to be looked at, for this reason.
    Looked(String),
    /// The file is confirmed alone and never with others: the tool that executes it.
    Alone(String),
}

/// How a file of the plan is confirmed.
pub fn confirm(document: &Document, file: &FileChange) -> Confirm {
    if let Some(tool) = &file.executed {
        return Confirm::Alone(tool.clone());
    }
    match file.change() {
        Change::Created => return Confirm::Looked("it is created".to_owned()),
        Change::Removed => return Confirm::Looked("it is removed".to_owned()),
        Change::Edited | Change::Moved => {}
    }
    match file.all_steps().into_iter().find(|&step| problems_of(document, step).next().is_some()) {
        Some(step) => Confirm::Looked(format!("step {step} has problems")),
        None => Confirm::WithPlan,
    }
}

/// What the checks said of one step.
pub fn problems_of(document: &Document, step: u32) -> impl Iterator<Item = &Problem> {
    document.problems.iter().filter(move |problem| problem.step == Some(step))
}
