//! How much fits into a call: the windows of models, as their families have them and as refusals teach them, and what of
//! them a reply may take.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use regex::Regex;

use super::profile;
use super::{Calls, Named};
use crate::journal::event::Role as CallRole;
use crate::model::pricing;

/// Output tokens below which money takes nothing away.
const LEAST_ROOT: u32 = 8_192;
const LEAST_LEAF: u32 = 4_096;

/// Output tokens that even the smallest window leaves.
const LEAST: u32 = 64;

/// The windows that refusals taught, by model, in tokens as this program estimates them.
#[derive(Default)]
pub struct Windows {
    /// What the user says that they are; 0: what their families have.
    set: u64,
    learnt: Mutex<BTreeMap<String, u64>>,
}

impl Windows {
    /// `set`: tokens that every model takes, or 0 for what is known of it.
    pub fn new(set: u64) -> Self {
        Self { set, ..Self::default() }
    }

    /// Tokens that a prompt and its reply may have together, as far as is known.
    pub fn of(&self, model: &str) -> u64 {
        let known = if self.set > 0 { self.set } else { profile::of(model).window };
        self.lock().get(model).map_or(known, |learnt| known.min(*learnt))
    }

    /// `model` refused a request of `sent` tokens, reply included, with this `reason`.
    pub fn learn(&self, model: &str, sent: u64, reason: &str) {
        // The refused request was too long by our measure too, whatever the model's own counts.
        let below = sent - sent / 8;
        let learnt = stated(reason).map_or(sent * 2 / 3, |window| window.min(below)).max(256);
        let mut windows = self.lock();
        let window = windows.entry(model.to_owned()).or_insert(learnt);
        *window = learnt.min(*window);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, u64>> {
        self.learnt.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The window that a refusal names.
fn stated(reason: &str) -> Option<u64> {
    static PATTERNS: LazyLock<[Regex; 4]> = LazyLock::new(|| {
        [
            r"> (\d[\d,_]*)",
            r"(\d[\d,_]*)(?: tokens?)? maximum",
            r"maximum[^\d.;]{0,48}(\d[\d,_]*)",
            r"context (?:length|window|size|limit)[^\d.;]{0,32}(\d[\d,_]*)",
        ]
        .map(|pattern| Regex::new(pattern).expect("a fixed pattern, which a test reads"))
    });
    let reason = reason.to_ascii_lowercase();
    PATTERNS.iter().find_map(|pattern| {
        let number = pattern.captures(&reason)?[1].replace([',', '_'], "");
        number.parse().ok().filter(|window| *window >= 256)
    })
}

impl Calls {
    /// Tokens that a prompt and its reply may have together.
    pub fn window(&self, role: CallRole) -> u64 {
        self.tree.windows.of(&self.named(role).name)
    }

    /// Output tokens of a turn of the root: what its family needs, unless one turn could then cost an eighth of the run's
    /// money.
    pub fn root_output(&self) -> u32 {
        let named = self.named(CallRole::Root);
        self.within(named, affordable(named, self.money(), 8, profile::of(&named.name).output, LEAST_ROOT))
    }

    /// Output tokens of a sub-call: `asked`, or what the model's family needs, unless all that run at once could then cost
    /// a quarter of the run's money.
    pub fn leaf_output(&self, role: CallRole, asked: Option<u32>) -> u32 {
        let named = self.named(role);
        let at_once = u32::try_from(self.ledger.limits().concurrency).unwrap_or(u32::MAX).max(1);
        let usual =
            || affordable(named, self.money(), at_once.saturating_mul(4), profile::of(&named.name).leaf, LEAST_LEAF);
        self.within(named, asked.unwrap_or_else(usual))
    }

    /// A reply takes at most a quarter of the window.
    fn within(&self, named: &Named, output: u32) -> u32 {
        let quarter = u32::try_from(self.tree.windows.of(&named.name) / 4).unwrap_or(u32::MAX);
        output.min(quarter.max(LEAST))
    }

    fn money(&self) -> Option<f64> {
        self.ledger.limits().usd
    }
}

/// `wanted` output tokens, or as many as the `share`-th part of the money buys, but never less than `least` of them.
fn affordable(named: &Named, usd: Option<f64>, share: u32, wanted: u32, least: u32) -> u32 {
    let (Some(usd), Some(price)) = (usd, pricing::price(&named.name).filter(|price| price.output > 0.0)) else {
        return wanted;
    };
    let bought = usd / f64::from(share) * 1e6 / price.output;
    wanted.min((bought as u32).max(least))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_refusals_state() {
        let check = |reason: &str, expect: Option<u64>| assert_eq!(stated(reason), expect, "{reason}");
        check(
            "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens (4904 in the messages, \
             4096 in the completion).",
            Some(8_192),
        );
        check("prompt is too long: 210000 tokens > 200000 maximum", Some(200_000));
        check("input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000", Some(200_000));
        check("the request exceeds the available context size (4096 tokens), try increasing it", Some(4_096));
        check("Prompt contains 40000 tokens, too large for model with 32,768 maximum context length", Some(32_768));
        check(
            "The input token count (1500000) exceeds the maximum number of tokens allowed (1048576).",
            Some(1_048_576),
        );
        check("your input exceeds the context window of this model", None);
        check("http://127.0.0.1:8080/v1 answered 413: too large", None);
    }

    #[test]
    fn a_refusal_makes_the_window_smaller_every_time() {
        let check = |reason: &str, sent: u64, expect: u64| {
            let windows = Windows::default();
            windows.learn("openai/test", sent, reason);
            assert_eq!(windows.of("openai/test"), expect, "{reason}");
            windows.learn("openai/test", expect, reason);
            assert!(windows.of("openai/test") < expect);
            assert_eq!(windows.of("openai/other"), 128_000);
        };
        check("maximum context length is 8192 tokens", 20_000, 8_192);
        check("maximum context length is 8192 tokens", 8_000, 7_000);
        check("too much", 9_000, 6_000);
        check("maximum context length is 900000 tokens", 200_000, 128_000);
    }
}
