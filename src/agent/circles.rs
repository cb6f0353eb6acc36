//! Whether a run goes round in circles: cells that differ, and show the same again and again.

use crate::repl::Outcome;

/// Shorter outputs, such as `0 of 0`, can well be the same for different questions.
const TELLING: usize = 40;

/// Cells in a row with the same output of which the model is told; one more ends the run.
pub const TOLD: u32 = 3;

/// What the last cells showed.
#[derive(Default)]
pub struct Circles {
    last: String,
    times: u32,
}

impl Circles {
    /// How many cells in a row have shown what this one shows; 0 when it says too little.
    pub fn cell(&mut self, outcome: &Outcome) -> u32 {
        let error = outcome.error.as_ref().map(|error| error.text.as_str()).unwrap_or_default();
        let shown = [outcome.output.as_str(), outcome.value.as_deref().unwrap_or_default(), error].join("\n");
        let is_same = shown == self.last;
        self.last = shown;
        self.times = match (self.last.trim().chars().nth(TELLING - 1), is_same) {
            (None, _) => 0,
            (Some(_), true) => self.times + 1,
            (Some(_), false) => 1,
        };
        self.times
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_output_is_counted_in_a_row() {
        let check = |shown: &[&str], expect: &[u32]| {
            let mut circles = Circles::default();
            let outcome = |text: &str| Outcome { output: text.to_owned(), ..Outcome::default() };
            let got: Vec<u32> = shown.iter().map(|text| circles.cell(&outcome(text))).collect();
            assert_eq!(got, expect, "{shown:?}");
        };
        let (a, b) = ("a".repeat(TELLING), "b".repeat(TELLING));
        check(&[&a, &a, &a], &[1, 2, 3]);
        check(&[&a, &b, &b, &a], &[1, 1, 2, 1]);
        check(&["0 of 0", "0 of 0", "", ""], &[0, 0, 0, 0]);
    }
}
