//! What a run may cost and how long it may take, said before it begins: from past runs, or from the size of the scope.

use std::fmt::Write as _;

use serde::Serialize;

use super::calls::Models;
use super::calls::window::Windows;
use super::plain;
use super::prompt::{self, Transport};
use super::setup::root_hash;
use crate::config::Config;
use crate::journal::event::EndReason;
use crate::journal::{self, Header, Summary};
use crate::model::{Usage, pricing, tokens};
use crate::workspace::{Snapshot, WorkspaceError};

/// Past runs that say something together, and how many of them are looked at.
const FEWEST_RUNS: usize = 3;
const MOST_RUNS: usize = 50;

/// From what is usual to what is seldom exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Span {
    pub low: f64,
    pub high: f64,
}

/// A guess at a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// US dollars; `None` when a price is unknown.
    pub usd: Option<Span>,
    pub seconds: Span,
    /// What it is derived from, in words.
    pub basis: String,
}

/// What is to be read.
#[derive(Debug, Clone, Copy)]
struct Size {
    files: u64,
    bytes: u64,
}

impl Estimate {
    /// Estimates a run over this part of a repository. Reads the journals' summaries.
    pub fn of(config: &Config, snapshot: &Snapshot, models: &Models) -> Result<Self, WorkspaceError> {
        let files = snapshot.files()?;
        let size = Size { files: files.len() as u64, bytes: snapshot.total_size(files) };
        let (root, leaf) = (models.root.name.as_str(), models.leaf.name.as_str());
        // Without a readable journal there are no past runs.
        let runs = journal::list(&config.state_dir).unwrap_or_default();
        let here = root_hash(snapshot);
        let past = runs.into_iter().filter(|run| is_alike(run, &here, root, leaf)).take(MOST_RUNS).collect();
        let mut estimate = from_runs(past, root).unwrap_or_else(|| from_size(size, root, leaf, config));
        estimate.seconds = estimate.seconds.up_to(config.max_time.as_secs_f64());
        if let Some(limit) = config.max_usd {
            estimate.usd = estimate.usd.map(|usd| usd.up_to(limit));
        }
        Ok(estimate)
    }

    /// Whether it may cost more than this, as far as is known.
    pub fn exceeds(&self, usd: f64) -> bool {
        self.usd.is_none_or(|span| span.high > usd)
    }

    /// `$0.02 to $0.31, 8 to 95 s (...)`.
    pub fn said(&self) -> String {
        let mut text = match self.usd {
            Some(usd) if usd.high == 0.0 => "free of charge".to_owned(),
            Some(usd) => format!("${:.4} to ${:.4}", usd.low, usd.high),
            None => "of unknown price".to_owned(),
        };
        let _ = write!(text, ", {:.0} to {:.0} s ({})", self.seconds.low, self.seconds.high, self.basis);
        text
    }
}

impl Span {
    fn up_to(self, limit: f64) -> Self {
        Self { low: self.low.min(limit), high: self.high.min(limit) }
    }

    /// The median, and what one in ten exceeds.
    fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let rank = |share: f64| values.get(((values.len() as f64 * share).ceil() as usize).saturating_sub(1)).copied();
        Some(Self { low: rank(0.5)?, high: rank(0.9)? })
    }
}

/// A run over the same workspace with the same models that came to its own end, and paid for all of it: the next one may have
/// to.
fn is_alike(run: &Summary, workspace: &str, root: &str, leaf: &str) -> bool {
    let ended = matches!(run.end, Some(EndReason::Answered | EndReason::Limit));
    let header = run.header.as_ref();
    let is_here = |h: &Header| h.root.as_deref() == Some(workspace) && h.models.root == root && h.models.leaf == leaf;
    ended && run.totals.hits == 0 && header.is_some_and(is_here)
}

fn from_runs(runs: Vec<Summary>, root: &str) -> Option<Estimate> {
    if runs.len() < FEWEST_RUNS {
        return None;
    }
    let usd: Option<Vec<f64>> = runs.iter().map(|run| run.totals.usd).collect();
    Some(Estimate {
        usd: usd.and_then(Span::of),
        seconds: Span::of(runs.iter().map(|run| run.duration_ms as f64 / 1e3).collect())?,
        basis: format!("the last {} runs here with {root}: their median, and what one in ten exceeds", runs.len()),
    })
}

/// A rough guess where there are no past runs.
fn from_size(size: Size, root: &str, leaf: &str, config: &Config) -> Estimate {
    let basis = |what: &str| format!("a rough guess for {} files with {} bytes, {what}", size.files, size.bytes);
    if root == "builtin" {
        let seconds = Span { low: 0.1, high: 10.0 };
        return Estimate { usd: Some(Span { low: 0.0, high: 0.0 }), seconds, basis: basis("without a language model") };
    }
    let usage = |input: f64, output: f64| Usage {
        input: input.min(config.max_tokens as f64) as u64,
        output: output as u64,
        ..Usage::default()
    };
    // About as many bytes as code has per token.
    let text = size.bytes as f64 / 3.0;
    let usd = |low: Usage, high: Usage, read: Usage| {
        let low = pricing::cost(&low, root)?;
        Some(Span { low, high: pricing::cost(&high, root)? + pricing::cost(&read, leaf)? })
    };
    let window = Windows::new(config.max_context).of(root);
    if plain::is_small(size.files, size.bytes, config.plain_below) && text <= window as f64 / 2.0 {
        let (low, high) = (usage(text + 500.0, 200.0), usage(text + 1_500.0, 4_096.0));
        let seconds = Span { low: 2.0, high: 60.0 };
        return Estimate { usd: usd(low, high, Usage::default()), seconds, basis: basis("in one plain call") };
    }
    // Each turn sends everything before it again.
    let prompt = tokens::estimate(&prompt::root(Transport::Tool, &[])) as f64 + 1_500.0;
    let turns = |turns: u32, growth: f64, output: f64| {
        let turns = f64::from(turns.min(config.max_turns));
        usage(turns * prompt + growth * turns * (turns - 1.0).max(0.0) / 2.0, turns * output)
    };
    let (low, high) = (turns(3, 800.0, 250.0), turns(12, 4_000.0, 800.0));
    // At most, sub-calls read all of it once, in large pieces.
    let calls = (text / 25_000.0).ceil().min(f64::from(config.max_calls));
    let read = usage(text.min(calls * 25_000.0), calls * 800.0);
    let seconds = Span { low: 10.0, high: 12.0 * 15.0 + calls / config.concurrency.max(1) as f64 * 20.0 };
    Estimate { usd: usd(low, high, read), seconds, basis: basis("for a few turns, or for reading all of it once") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::event::{Models as Names, Totals};

    fn run(usd: Option<f64>, seconds: u64) -> Summary {
        let models = Names { root: "openai/gpt-4o".into(), leaf: "openai/gpt-4o".into() };
        Summary {
            id: "id".into(),
            header: Some(Header { root: Some("here".into()), models, ..Header::default() }),
            end: Some(EndReason::Answered),
            totals: Totals { usd, ..Totals::default() },
            duration_ms: seconds * 1000,
        }
    }

    #[test]
    fn past_runs_give_their_median_and_their_ninth_tenth() {
        type Pair = (f64, f64);
        let check = |runs: Vec<Summary>, expect: Option<(Option<Pair>, Pair)>| {
            let got = from_runs(runs, "openai/gpt-4o");
            let pair = |span: Span| (span.low, span.high);
            assert_eq!(got.map(|estimate| (estimate.usd.map(pair), pair(estimate.seconds))), expect);
        };
        check(vec![run(Some(0.1), 1), run(Some(0.2), 2)], None);
        check(vec![run(Some(0.3), 3), run(Some(0.1), 1), run(Some(0.2), 2)], Some((Some((0.2, 0.3)), (2.0, 3.0))));
        check(
            (1..=10).map(|n| run(Some(f64::from(n)), u64::from(n as u32))).collect(),
            Some((Some((5.0, 9.0)), (5.0, 9.0))),
        );
        check(vec![run(None, 3), run(Some(0.1), 1), run(Some(0.2), 2)], Some((None, (2.0, 3.0))));
    }

    #[test]
    fn runs_of_others_do_not_count() {
        let check = |change: fn(&mut Summary), expect: bool| {
            let mut run = run(None, 1);
            change(&mut run);
            assert_eq!(is_alike(&run, "here", "openai/gpt-4o", "openai/gpt-4o"), expect);
        };
        check(|_| {}, true);
        check(|run| run.end = Some(EndReason::Cancelled), false);
        check(|run| run.end = None, false);
        check(|run| run.header = None, false);
        check(|run| run.totals.hits = 1, false);
        check(|run| run.header.as_mut().unwrap().root = Some("there".into()), false);
        check(|run| run.header.as_mut().unwrap().root = None, false);
        check(|run| run.header.as_mut().unwrap().models.leaf = "builtin".into(), false);
    }
    #[test]
    fn one_plain_call_needs_a_window_that_takes_it() {
        let check = |files: u64, max_context: u64, expect: bool| {
            let file = format!("plain_below = 48_000\nmax_context = {max_context}\n");
            let config = Config::from_parts("/c/config.toml".into(), "/s".into(), &file, &|_| None).unwrap();
            let guess = from_size(Size { files, bytes: 30_000 }, "openai/gpt-4o", "openai/gpt-4o", &config);
            assert_eq!(guess.basis.contains("one plain call"), expect, "{}", guess.basis);
        };
        check(1, 0, true);
        check(0, 0, false);
        check(1_000, 0, false);
        check(1, 8_192, false);
    }
}
