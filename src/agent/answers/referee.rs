//! Whoever looks at an answer before it ends a run.

use tokio::runtime::{Handle, RuntimeFlavor};

use super::answer::HeldAnswer;
use super::citations::{Checked, Status};
use crate::agent::session::Session;

/// Problems of an answer that its author is told.
const MOST_PROBLEMS: usize = 20;

/// Says what is wrong with an answer; its author is told once.
pub trait Referee: Sync {
    /// One sentence each, none when it may stand. The same answer in the same cell gets the same sentences.
    fn problems(&self, answer: &HeldAnswer) -> Vec<String>;
}

/// What the cited lines do not hold, each name once.
fn unsupported(kept: &[Checked]) -> Vec<String> {
    let mut places: Vec<(String, Vec<String>)> = Vec::new();
    for cited in kept.iter().filter(|cited| cited.status == Status::Unsupported) {
        let (names, place) = (cited.missing.join(", "), format!("{}:{}-{}", cited.path, cited.from, cited.to));
        match places.iter_mut().find(|(known, _)| *known == names) {
            Some((_, all)) => all.push(place),
            None => places.push((names, vec![place])),
        }
    }
    places.iter().map(|(names, places)| format!("{}: these lines do not hold {names}", places.join(", "))).collect()
}

/// Does what may take long without keeping others from this thread, where the runtime has other threads for them.
fn apart<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

/// Checks the plan, the citations, and that lists are whole. `builtin` cannot mend anything, so it is not told.
impl Referee for Session {
    fn problems(&self, answer: &HeldAnswer) -> Vec<String> {
        if self.bindings.calls.models.root.model.provider() == "builtin" {
            return Vec::new();
        }
        let cut = answer.cuts.iter().map(|cut| {
            format!("{}: if all are meant, pass {{ limit }} to the call that made the list; if not, say so", cut.said())
        });
        let (kept, dropped) = apart(|| answer.check(self));
        let dropped = dropped.iter().map(|d| format!("{}:{}-{}: {}", d.path, d.from, d.to, d.reason));
        let planned = self.bindings.planning.iter().flat_map(|planning| apart(|| planning.told()));
        let mut problems: Vec<String> = planned.chain(cut).chain(dropped).chain(unsupported(&kept)).collect();
        if problems.len() > MOST_PROBLEMS {
            let more = problems.split_off(MOST_PROBLEMS).len();
            problems.push(format!("and {more} more"));
        }
        problems
    }
}
