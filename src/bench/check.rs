//! What an answer has to be, and what is wrong with one that is not.

use std::collections::BTreeSet;

use super::place::Place;
use super::results::Outcome;
use super::said::{Said, item_normal, normal};

/// All of what is set has to hold. At least one is set.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Checks {
    /// One of these, apart from case, spaces and Markdown's marks.
    pub exact: Option<Vec<String>>,
    pub number: Option<Number>,
    pub choice: Option<Choice>,
    /// These items and no others, in any order.
    pub set: Option<Vec<String>>,
    /// Each of these texts.
    pub contains: Option<Vec<String>>,
    /// Lines of each of these places are cited, and the citation was kept.
    pub citation: Option<Vec<Place>>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    pub is: f64,
    /// How far off an answer may be.
    pub within: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    pub of: Vec<String>,
    pub is: String,
}

impl Checks {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What is wrong with an answer; empty when it is right.
    pub fn faults(&self, outcome: &Outcome) -> Vec<String> {
        let said = Said::new(outcome);
        let mut faults = Vec::new();
        if let Some(accepted) = &self.exact {
            let candidates = said.candidates();
            if !accepted.iter().any(|text| candidates.contains(&normal(text))) {
                faults.push(format!("exact: it is not {:?}", accepted.join("\" or \"")).replace("\\\"", "\""));
            }
        }
        if let Some(Number { is, within }) = self.number {
            match said.number() {
                Some(number) if (number - is).abs() <= within => {}
                Some(number) => faults.push(format!("number: {number} is not {is}")),
                None => faults.push(format!("number: there is none, and it is {is}")),
            }
        }
        if let Some(Choice { of, is }) = &self.choice {
            match said.choice(of) {
                Some(choice) if choice == is => {}
                Some(choice) => faults.push(format!("choice: {choice:?} is not {is:?}")),
                None => faults.push(format!("choice: it is not one option, and {is:?} is right")),
            }
        }
        if let Some(items) = &self.set {
            faults.extend(set_faults(items, &said));
        }
        for text in self.contains.iter().flatten().filter(|text| !said.contains(text)) {
            faults.push(format!("contains: {text:?} is not in it"));
        }
        for place in self.citation.iter().flatten() {
            if !outcome.citations.iter().any(|cited| place.overlaps(&cited.path, cited.from, cited.to)) {
                faults.push(format!("citation: {}:{}-{} is not cited", place.path, place.from, place.to));
            }
        }
        faults
    }
}

fn set_faults(items: &[String], said: &Said<'_>) -> Option<String> {
    let right: BTreeSet<String> = items.iter().map(|item| item_normal(item)).collect();
    let given: BTreeSet<String> = said.items().into_iter().filter(|item| !item.is_empty()).collect();
    let (missing, extra) = (listed(right.difference(&given)), listed(given.difference(&right)));
    match (missing.is_empty(), extra.is_empty()) {
        (true, true) => None,
        (false, true) => Some(format!("set: {missing} missing")),
        (true, false) => Some(format!("set: {extra} too many")),
        (false, false) => Some(format!("set: {missing} missing, {extra} too many")),
    }
}

/// The first items, and how many more there are.
fn listed<'a>(items: impl Iterator<Item = &'a String>) -> String {
    const MOST: usize = 6;
    let items: Vec<&str> = items.map(String::as_str).collect();
    let more = items.len().saturating_sub(MOST);
    let shown = items[..items.len() - more].join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

#[cfg(test)]
mod tests {
    use super::super::results::Cited;
    use super::*;

    #[test]
    fn each_check_says_what_is_wrong() {
        let texts = |texts: &[&str]| Some(texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        let check = |checks: Checks, answer: &str, expect: &str| {
            let citations = vec![Cited { path: "a.rs".to_owned(), from: 3, to: 5 }];
            let outcome = Outcome { answer: answer.to_owned(), citations, ..Outcome::default() };
            assert_eq!(checks.faults(&outcome).join("; "), expect, "{answer}");
        };
        let exact = || Checks { exact: texts(&["blue", "Dark Blue"]), ..Checks::default() };
        check(exact(), "**Blue**.", "");
        check(exact(), "dark  blue\n\nBecause of a.rs:1.", "");
        check(exact(), "blueish", "exact: it is not \"blue\" or \"Dark Blue\"");
        let number = || Checks { number: Some(Number { is: 12.0, within: 0.5 }), ..Checks::default() };
        check(number(), "12.4 of them", "");
        check(number(), "13", "number: 13 is not 12");
        check(number(), "many", "number: there is none, and it is 12");
        let choice = Choice { of: vec!["yes".into(), "no".into()], is: "no".into() };
        let choice = || Checks { choice: Some(choice.clone()), ..Checks::default() };
        check(choice(), "No, since it is not called.", "");
        check(choice(), "Yes.", "choice: \"yes\" is not \"no\"");
        check(choice(), "Perhaps.", "choice: it is not one option, and \"no\" is right");
        let set = || Checks { set: texts(&["a", "b"]), ..Checks::default() };
        check(set(), "- b\n- a\n", "");
        check(set(), "- a\n- c\n", "set: b missing, c too many");
        check(set(), "1,2,3,4,5,6,7,8", "set: a, b missing, 1, 2, 3, 4, 5, 6 and 2 more too many");
        let contains = || Checks { contains: texts(&["One  two", "x_y"]), ..Checks::default() };
        check(contains(), "The **one** two of `x_y`", "");
        check(contains(), "one two", "contains: \"x_y\" is not in it");
        let place = |from, to| Place { path: "a.rs".to_owned(), from, to };
        let citation = |from, to| Checks { citation: Some(vec![place(from, to)]), ..Checks::default() };
        check(citation(5, 9), "", "");
        check(citation(6, 9), "", "citation: a.rs:6-9 is not cited");
        check(Checks { citation: Some(vec![place(1, 3)]), ..number() }, "x", "number: there is none, and it is 12");
    }
}
