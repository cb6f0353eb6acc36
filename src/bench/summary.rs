//! What a set of results comes to: accuracy with its interval, and the spread of time, money, tokens and calls.

use serde::Serialize;
use serde_json::{Value, json};

use super::measure::Bench;
use super::results::{Method, Outcome, Results, State};
use super::{Opened, Set, Task};

/// A task's result by one method, judged.
pub struct Judged {
    pub outcome: Outcome,
    /// Empty when it is right.
    pub faults: Vec<String>,
}

/// The results of one method.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    pub items: usize,
    /// Items with a result; what did not fit is one, and is not right.
    pub measured: usize,
    pub right: usize,
    /// Share of `measured`; `None` without any.
    pub accuracy: Option<f64>,
    /// 95 % Wilson interval of the accuracy.
    pub interval: Option<[f64; 2]>,
    pub did_not_fit: usize,
    /// Items that could not be measured.
    pub failed: usize,
    /// Items that a limit ended.
    pub limited: usize,
    pub seconds: Option<Spread>,
    /// US dollars of the calls with a known price; `None` when no price is known.
    pub usd: Option<Spread>,
    /// Calls of unknown price.
    pub unpriced: u32,
    /// Input and output.
    pub tokens: Option<Spread>,
    /// Whether some tokens are estimated.
    pub estimated: bool,
    pub calls: Option<Spread>,
}

/// How one figure is spread over the items that ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Spread {
    pub p50: f64,
    pub p95: f64,
    pub total: f64,
}

impl Spread {
    fn of(figures: impl Iterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = figures.collect();
        sorted.sort_by(f64::total_cmp);
        // The nearest rank: a figure that was really measured.
        let rank = |percent: usize| sorted.get((sorted.len() * percent).div_ceil(100).saturating_sub(1)).copied();
        Some(Self { p50: rank(50)?, p95: rank(95)?, total: sorted.iter().sum() })
    }
}

impl Summary {
    pub fn of(items: usize, judged: &[Judged]) -> Self {
        let in_state = |state| judged.iter().filter(move |judged| judged.outcome.state == state);
        let ended = || in_state(State::Ended).map(|judged| &judged.outcome);
        let did_not_fit = in_state(State::DidNotFit).count();
        let measured = ended().count() + did_not_fit;
        let right = in_state(State::Ended).filter(|judged| judged.faults.is_empty()).count();
        let (calls, unpriced) = ended().fold((0, 0), |sum, one| (sum.0 + one.calls, sum.1 + one.unpriced));
        let priced = unpriced == 0 || unpriced < calls;
        Self {
            items,
            measured,
            right,
            accuracy: (measured > 0).then(|| right as f64 / measured as f64),
            interval: wilson(right, measured),
            did_not_fit,
            failed: in_state(State::Failed).count(),
            limited: ended().filter(|outcome| outcome.limit.is_some()).count(),
            seconds: Spread::of(ended().map(|outcome| outcome.seconds)),
            usd: Spread::of(ended().map(|outcome| outcome.usd)).filter(|_| priced),
            unpriced,
            tokens: Spread::of(ended().map(|outcome| (outcome.input + outcome.output) as f64)),
            estimated: ended().any(|outcome| outcome.estimated && outcome.calls > 0),
            calls: Spread::of(ended().map(|outcome| f64::from(outcome.calls))),
        }
    }
}

/// The 95 % Wilson interval of a share: honest for few items, and never beyond 0 and 1.
fn wilson(right: usize, of: usize) -> Option<[f64; 2]> {
    if of == 0 {
        return None;
    }
    let (n, z) = (of as f64, 1.959_964);
    let share = right as f64 / n;
    let scale = 1.0 + z * z / n;
    let middle = (share + z * z / (2.0 * n)) / scale;
    let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt() / scale;
    Some([(middle - half).max(0.0), (middle + half).min(1.0)])
}

/// The result of a task, if there is one.
pub fn judged(bench: &Bench, results: &Results, task: &Task, method: Method) -> Option<Judged> {
    let outcome = results.get(&bench.key(task, method))?;
    let faults = if outcome.state == State::Ended { task.checks.faults(&outcome) } else { Vec::new() };
    Some(Judged { outcome, faults })
}

/// All results of a set by one method, in the order of its tasks.
pub fn all_judged(bench: &Bench, set: &Set, results: &Results, method: Method) -> Vec<Judged> {
    set.tasks.iter().filter_map(|task| judged(bench, results, task, method)).collect()
}

/// Everything as one JSON document: `docs/benchmarks.md`.
pub fn document(bench: &Bench, sets: &[Opened]) -> Value {
    let mut document = json!({
        "model": bench.model(),
        "leaf_model": bench.leaf_model(),
        "settings": bench.settings(Method::Rlm)["limits"],
        "prompt_tokens": bench.prompt_tokens,
        "sets": sets.iter().map(|(set, results)| set_document(bench, set, results)).collect::<Vec<_>>(),
    });
    for method in bench.methods() {
        document["all"][method.name()] = json!(over_all(bench, sets, *method));
    }
    document
}

/// What one method comes to over all sets.
pub fn over_all(bench: &Bench, sets: &[Opened], method: Method) -> Summary {
    let judged: Vec<_> = sets.iter().flat_map(|(set, results)| all_judged(bench, set, results, method)).collect();
    Summary::of(sets.iter().map(|(set, _)| set.tasks.len()).sum(), &judged)
}

fn set_document(bench: &Bench, set: &Set, results: &Results) -> Value {
    let task = |task: &Task| {
        let mut item = json!({ "id": task.id, "question": task.question });
        for method in bench.methods() {
            item[method.name()] = match judged(bench, results, task, *method) {
                Some(judged) => json!({
                    "right": judged.outcome.state == State::Ended && judged.faults.is_empty(),
                    "faults": judged.faults,
                    "outcome": judged.outcome,
                }),
                None => Value::Null,
            };
        }
        item
    };
    let mut document = json!({
        "name": set.name,
        "folder": set.folder.display().to_string(),
        "hash": set.hash,
        "results": results.path().display().to_string(),
        "summary": {},
        "tasks": set.tasks.iter().map(task).collect::<Vec<_>>(),
    });
    for method in bench.methods() {
        let summary = Summary::of(set.tasks.len(), &all_judged(bench, set, results, *method));
        document["summary"][method.name()] = json!(summary);
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals() {
        let check = |right, of, expect: [f64; 2]| {
            let got = wilson(right, of).unwrap().map(|bound| (bound * 1000.0).round() / 1000.0);
            assert_eq!(got, expect, "{right} of {of}");
        };
        // As published tables have them.
        check(0, 10, [0.0, 0.278]);
        check(7, 8, [0.529, 0.978]);
        check(50, 50, [0.929, 1.0]);
        check(24, 50, [0.348, 0.615]);
        assert_eq!(wilson(0, 0), None);
    }

    #[test]
    fn spreads_are_of_measured_figures() {
        let spread = |count: u32| Spread::of((1..=count).map(f64::from)).map(|spread| (spread.p50, spread.p95));
        assert_eq!(spread(0), None);
        assert_eq!(spread(1), Some((1.0, 1.0)));
        assert_eq!(spread(4), Some((2.0, 4.0)));
        assert_eq!(spread(100), Some((50.0, 95.0)));
    }

    #[test]
    fn sums() {
        let one = |state, fault: &str, usd, unpriced| Judged {
            outcome: Outcome { state, usd, unpriced, calls: 2, seconds: 3.0, ..Outcome::default() },
            faults: if fault.is_empty() { Vec::new() } else { vec![fault.to_owned()] },
        };
        let judged = [
            one(State::Ended, "", 0.5, 0),
            one(State::Ended, "wrong", 0.1, 1),
            one(State::DidNotFit, "", 0.0, 0),
            one(State::Failed, "", 0.0, 0),
        ];
        let sum = Summary::of(6, &judged);
        assert_eq!((sum.items, sum.measured, sum.right, sum.did_not_fit, sum.failed), (6, 3, 1, 1, 1));
        assert_eq!(sum.usd, Some(Spread { p50: 0.1, p95: 0.5, total: 0.6 }));
        assert_eq!((sum.unpriced, sum.calls.map(|calls| calls.total)), (1, Some(4.0)));
        assert_eq!(Summary::of(1, &[one(State::Ended, "", 0.0, 2)]).usd, None);
    }
}
