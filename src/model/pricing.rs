//! What a call costs, from the price table in `prices.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::Usage;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    free: Vec<String>,
    models: BTreeMap<String, Price>,
}

/// USD per million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    pub input: f64,
    /// Input that came from the provider's cache; `None` when it costs as much as other input.
    pub cached: Option<f64>,
    /// Input that was written to the provider's cache; `None` when it costs as much as other input.
    pub written: Option<f64>,
    pub output: f64,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("prices.toml")).expect("prices.toml is part of the program, and a test reads it")
});

/// The price of a `provider/model`, or `None` when the table does not know it.
pub fn price(model: &str) -> Option<Price> {
    let (provider, name) = model.split_once('/').unwrap_or((model, ""));
    if TABLE.free.iter().any(|free| free == provider) {
        return Some(Price { input: 0.0, cached: None, written: None, output: 0.0 });
    }
    let name = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase().replace('.', "-");
    TABLE
        .models
        .iter()
        .filter(|(known, _)| name.strip_prefix(&known.replace('.', "-")).is_some_and(is_same_model))
        .max_by_key(|(known, _)| known.len())
        .map(|(_, price)| *price)
}

/// The names of the models in the table, without provider.
pub fn models() -> impl Iterator<Item = &'static str> {
    TABLE.models.keys().map(String::as_str)
}

/// What `usage` of a `provider/model` costs in USD, or `None` when the price is not known.
pub fn cost(usage: &Usage, model: &str) -> Option<f64> {
    let price = price(model)?;
    let cached = usage.cached.min(usage.input);
    let written = usage.written.min(usage.input - cached);
    let fresh = usage.input - cached - written;
    let per_million = fresh as f64 * price.input
        + cached as f64 * price.cached.unwrap_or(price.input)
        + written as f64 * price.written.unwrap_or(price.input)
        + usage.output as f64 * price.output;
    Some(per_million / 1e6)
}

/// Whether what follows a known name still names that model: a date, which begins with at least four digits, or "latest"
/// or "preview". A wrong price would be worse than none.
pub(super) fn is_same_model(rest: &str) -> bool {
    let Some(rest) = rest.strip_prefix('-') else { return rest.is_empty() };
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let begins = rest.split('-').next().is_some_and(|part| !is_digits(part) || part.len() >= 4);
    begins && rest.split('-').all(|part| matches!(part, "latest" | "preview") || is_digits(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let check = |model: &str, input: Option<f64>| {
            assert_eq!(price(model).map(|price| price.input), input, "{model}");
        };
        check("openai/gpt-4o", Some(2.5));
        check("openai/gpt-4o-2024-08-06", Some(2.5));
        check("openai/gpt-4o-mini", Some(0.15));
        check("openai/gpt-4o-mini-2024-07-18", Some(0.15));
        check("openai/gpt-4o-audio-preview", None);
        check("openai/gpt-5-pro", Some(15.0));
        check("openai/gpt-5.9", None);
        check("openrouter/anthropic/claude-sonnet-4.5", Some(3.0));
        check("openrouter/anthropic/Claude-Haiku-4-5-20251001", Some(1.0));
        check("anthropic/claude-sonnet-4-20250514", Some(3.0));
        check("anthropic/claude-opus-5", Some(5.0));
        check("anthropic/claude-opus-5-5", Some(4.0));
        check("openrouter/anthropic/claude-opus-5.5", Some(4.0));
        check("anthropic/claude-opus-5-9", None);
        check("anthropic/claude-haiku-5-5", None);
        check("openai/something-else", None);
        check("openai/", None);
        check("ollama/qwen3:32b", Some(0.0));
        check("builtin", Some(0.0));
        check("scripted/replies.jsonl", Some(0.0));
    }

    #[test]
    fn costs() {
        let usage = Usage { input: 1_000_000, cached: 400_000, output: 100_000, reasoning: 50_000, ..Usage::default() };
        let warm = Usage { written: 200_000, ..usage };
        let cost = |model| cost(&usage, model).map(|usd| (usd * 1e6).round() / 1e6);
        assert_eq!(cost("openai/gpt-4o"), Some(0.6 * 2.5 + 0.4 * 1.25 + 0.1 * 10.0));
        assert_eq!(cost("openai/gpt-5-pro"), Some(15.0 + 12.0), "no discount for cached input");
        assert_eq!(cost("ollama/qwen3"), Some(0.0));
        let warm = super::cost(&warm, "anthropic/claude-sonnet-4-5").map(|usd| (usd * 1e6).round() / 1e6);
        assert_eq!(warm, Some(3.57), "0.4 of 3.00, 0.4 of 0.30, 0.2 of 3.75, 0.1 of 15.00");
        assert_eq!(cost("openai/unheard-of"), None);
    }

    #[test]
    fn prices_are_plausible() {
        for (name, price) in &TABLE.models {
            assert!(price.input > 0.0 && price.output >= price.input, "{name}");
            assert!(price.cached.is_none_or(|cached| cached < price.input), "{name}");
            assert!(price.written.is_none_or(|written| written > price.input), "{name}");
            assert_eq!(price.written.is_some(), name.starts_with("claude"), "{name}");
        }
    }
}
