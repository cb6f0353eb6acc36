//! Whoever looks at an answer before it ends a run.

use super::answer::HeldAnswer;
use super::citations::{self, Status};
use super::session::Session;

/// Says what is wrong with an answer; its author is told once.
pub trait Referee: Sync {
    /// One sentence each, none when it may stand. The same answer in the same cell gets the same sentences.
    fn problems(&self, answer: &HeldAnswer) -> Vec<String>;
}

/// Checks the citations. `builtin` cannot mend any, so it is not told.
impl Referee for Session {
    fn problems(&self, answer: &HeldAnswer) -> Vec<String> {
        if self.bindings.calls.models.root.model.provider() == "builtin" {
            return Vec::new();
        }
        let check = || citations::check(&answer.markdown(), &answer.citations, self);
        let (kept, dropped) = tokio::task::block_in_place(check);
        let unsupported = kept
            .iter()
            .filter(|c| c.status == Status::Unsupported)
            .map(|c| format!("{}:{}-{}: these lines do not hold {}", c.path, c.from, c.to, c.missing.join(", ")));
        dropped.iter().map(|d| format!("{}:{}-{}: {}", d.path, d.from, d.to, d.reason)).chain(unsupported).collect()
    }
}
