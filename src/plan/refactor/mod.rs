//! Refactorings that need no model: each reads the code as planned so far, and plans edits that leave it as good as
//! before.
//!
//! Each works on a copy of the plan, so one that is refused changes nothing.

mod asked;
mod calls;
mod edits;
mod extract;
mod imports;
mod module;
mod names;
mod place;
mod relocate;
mod remove;
mod rename;
#[cfg(test)]
mod tests;

use crate::cancel::Cancel;
use crate::graph::Symbols;

pub use asked::Asked;
pub use calls::replace_calls;
pub use extract::extract;
pub use module::rename_file;
pub use place::{name_at, rename_at};
pub use relocate::relocate;
pub use remove::remove_dead;
pub use rename::rename;

use super::{Plan, PlanError};

/// What every refactoring works with.
#[derive(Clone, Copy)]
pub struct Tools<'a> {
    pub symbols: &'a Symbols,
    pub cancel: &'a Cancel,
}

/// What a refactoring planned.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Done {
    /// The step that has its edits.
    pub step: u32,
    /// Places that change.
    pub edits: usize,
    /// Files that change, move, come or go.
    pub files: usize,
    /// Places that are left to a person.
    pub doubtful: usize,
    /// What a person should know about it.
    pub notes: Vec<String>,
}

/// Plans on a copy, which counts only when all of it could be planned.
fn all_or_nothing(plan: &mut Plan, make: impl FnOnce(&mut Plan) -> Result<Done, PlanError>) -> Result<Done, PlanError> {
    let mut copy = plan.clone();
    let step = copy.current();
    let doubts = copy.doubts().len();
    match make(&mut copy) {
        Ok(done) => {
            let doubtful = copy.doubts().len() - doubts;
            *plan = copy;
            Ok(Done { step, doubtful, ..done })
        }
        Err(error) => {
            plan.heed(copy);
            Err(error)
        }
    }
}

/// A refusal, in words.
fn refused<T>(why: impl Into<String>) -> Result<T, PlanError> {
    Err(PlanError::Refused(why.into()))
}
