//! What `answer()` was called with, and whether it ends the run.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::citations::{self, Checked, Dropped, Evidence};
use super::render;
use crate::text::grouped;

/// Lines that an answer points to. Lines are 1-based and inclusive.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Citation {
    pub path: String,
    pub from: u64,
    #[serde(default)]
    pub to: u64,
}

/// A list in an answer that holds less than there is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Cut {
    /// The field that the list is; absent when it is the whole answer.
    #[serde(default)]
    pub of: Option<String>,
    pub shown: u64,
    pub total: u64,
}

impl Cut {
    /// `This is 200 of 1,234`.
    pub fn said(&self) -> String {
        let of = self.of.as_ref().map_or_else(|| "This".to_owned(), |field| format!("`{field}`"));
        format!("{of} is {} of {}", grouped(self.shown), grouped(self.total))
    }
}

/// An answer that code has given and that has not ended the run.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldAnswer {
    pub value: Value,
    pub citations: Vec<Citation>,
    /// Its lists that hold less than there is.
    pub cuts: Vec<Cut>,
}

impl HeldAnswer {
    /// A text, as a model wrote it outside of code.
    pub fn text(markdown: impl Into<String>) -> Self {
        Self::computed(Value::String(markdown.into()))
    }

    /// A value, with nothing cited beside it.
    pub fn computed(value: Value) -> Self {
        Self { value, citations: Vec::new(), cuts: Vec::new() }
    }

    /// The answer as Markdown.
    pub fn markdown(&self) -> String {
        render::markdown(&self.value, &self.cuts)
    }

    /// Checks what it cites: in its text, beside it, and in its value.
    pub fn check(&self, evidence: &dyn Evidence) -> (Vec<Checked>, Vec<Dropped>) {
        let mut passed = self.citations.clone();
        if !self.value.is_string() {
            passed.extend(render::places(&self.value));
        }
        citations::check(&render::claims(&self.value), &passed, evidence)
    }

    /// Whether it says the same, whatever is cited beside it.
    pub fn says_same(&self, other: &Self) -> bool {
        self.value == other.value
    }

    /// The first 600 characters, for a model that has to confirm it.
    pub fn preview(&self) -> String {
        let text = self.markdown();
        match text.char_indices().nth(600) {
            Some((at, _)) => format!("{}… ({} characters in all)", &text[..at], text.chars().count()),
            None => text,
        }
    }
}

/// What the answers of a run have come to. `answer` calls arrive while a cell runs; the loop judges after it.
#[derive(Default)]
pub struct Answers(Mutex<State>);

#[derive(Default)]
struct State {
    held: Option<HeldAnswer>,
    /// Given in the cell that is running.
    given: Option<HeldAnswer>,
    confirmed: bool,
}

/// What a cell's end means for the answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The run is over, with this answer.
    Final(HeldAnswer),
    /// An answer waits until its author has seen the output that came with it.
    Held(HeldAnswer),
    None,
}

impl Answers {
    /// `answer(value, { citations })`.
    pub fn give(&self, answer: HeldAnswer) {
        let mut state = self.state();
        state.given = Some(answer);
        state.confirmed = false;
    }

    /// Holds an answer that was about to end the run.
    pub fn hold(&self, answer: HeldAnswer) {
        self.state().held = Some(answer);
    }

    /// `answer()`: confirms the held answer. Says why when there is none.
    pub fn confirm(&self) -> Result<(), &'static str> {
        let mut state = self.state();
        if state.given.is_none() && state.held.is_none() {
            return Err("answer() confirms a held answer, and there is none; call answer(markdown, { citations })");
        }
        state.confirmed = state.given.is_none();
        Ok(())
    }

    /// Judges a cell that ended: `threw`, or showed something new (`output`).
    pub fn judge(&self, threw: bool, output: bool) -> Verdict {
        let mut state = self.state();
        let (given, confirmed) = (state.given.take(), std::mem::take(&mut state.confirmed));
        match (given, threw) {
            // A throw voids what its own cell had answered; an older answer stays the salvage.
            (_, true) => Verdict::None,
            (Some(answer), false) if output => {
                state.held = Some(answer.clone());
                Verdict::Held(answer)
            }
            (Some(answer), false) => Verdict::Final(answer),
            (None, false) if confirmed => state.held.take().map_or(Verdict::None, Verdict::Final),
            (None, false) => Verdict::None,
        }
    }

    /// The answer to fall back on when a limit trips.
    pub fn held(&self) -> Option<HeldAnswer> {
        self.state().held.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> HeldAnswer {
        HeldAnswer::text(text)
    }

    #[test]
    fn a_quiet_answer_is_final() {
        let answers = Answers::default();
        answers.give(answer("a"));
        assert_eq!(answers.judge(false, false), Verdict::Final(answer("a")));
    }

    #[test]
    fn an_answer_beside_output_is_held_until_confirmed() {
        let answers = Answers::default();
        answers.give(answer("a"));
        assert_eq!(answers.judge(false, true), Verdict::Held(answer("a")));
        assert_eq!(answers.judge(false, true), Verdict::None);
        assert_eq!(answers.held(), Some(answer("a")));
        answers.confirm().unwrap();
        assert_eq!(answers.judge(false, true), Verdict::Final(answer("a")));
    }

    #[test]
    fn a_throw_voids_the_answer() {
        let answers = Answers::default();
        answers.give(answer("a"));
        assert_eq!(answers.judge(true, false), Verdict::None);
        assert_eq!(answers.held(), None);
        assert!(answers.confirm().is_err());
    }

    #[test]
    fn a_better_answer_replaces_a_held_one() {
        let answers = Answers::default();
        answers.give(answer("a"));
        answers.judge(false, true);
        answers.give(answer("b"));
        assert_eq!(answers.judge(false, false), Verdict::Final(answer("b")));
    }
}
