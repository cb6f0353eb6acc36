//! What is known of models by their names, as Anthropic's overview of models had it in late 2026.

use crate::model::pricing::is_same_model;

/// What a model takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    /// Tokens of one reply at most; `None` when that is not known.
    pub most_output: Option<u32>,
    /// Models from 4.7 on refuse a temperature.
    pub has_temperature: bool,
    /// Whether `output_config.format` may work: it came with 4.5.
    pub has_format: bool,
    /// Whether it thinks unless it is told otherwise, at the cost of its reply; `output_config.effort` says how much.
    pub thinks: bool,
}

const fn old(most_output: u32) -> Known {
    Known { most_output: Some(most_output), has_temperature: true, has_format: false, thinks: false }
}

const fn middle(most_output: u32) -> Known {
    Known { has_format: true, ..old(most_output) }
}

const OLDER: [(&str, Known); 15] = [
    ("claude-3-haiku", old(4_096)),
    ("claude-3-opus", old(4_096)),
    ("claude-3-5-haiku", old(8_192)),
    ("claude-3-5-sonnet", old(8_192)),
    ("claude-3-7-sonnet", old(64_000)),
    ("claude-opus-4", old(32_000)),
    ("claude-opus-4-0", old(32_000)),
    ("claude-opus-4-1", old(32_000)),
    ("claude-sonnet-4", old(64_000)),
    ("claude-sonnet-4-0", old(64_000)),
    ("claude-opus-4-5", middle(64_000)),
    ("claude-sonnet-4-5", middle(64_000)),
    ("claude-haiku-4-5", middle(64_000)),
    ("claude-opus-4-6", middle(128_000)),
    ("claude-sonnet-4-6", middle(128_000)),
];

/// All later models so far, and those that are not out yet.
const LATER: Known = Known { most_output: Some(128_000), has_temperature: false, has_format: true, thinks: true };

/// Models of other makers, behind servers that imitate the API.
const FOREIGN: Known = Known { most_output: None, has_temperature: true, has_format: true, thinks: false };

pub(super) fn of(model: &str) -> Known {
    let name = model.rsplit('/').next().unwrap_or(model).to_ascii_lowercase().replace('.', "-");
    let older = OLDER.iter().find(|(known, _)| name.strip_prefix(known).is_some_and(is_same_model));
    match older {
        Some((_, known)) => *known,
        None if name.starts_with("claude") => LATER,
        None => FOREIGN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_name() {
        let check = |model: &str, expect: Known| assert_eq!(of(model), expect, "{model}");
        check("claude-3-haiku-20240307", old(4_096));
        check("claude-sonnet-4-20250514", old(64_000));
        check("claude-opus-4-1", old(32_000));
        check("claude-haiku-4-5-20251001", middle(64_000));
        check("claude-sonnet-4.5", middle(64_000));
        check("claude-sonnet-4-6", middle(128_000));
        check("claude-opus-4-7", LATER);
        check("claude-opus-5-5", LATER);
        check("claude-next", LATER);
        check("MiniMax-M2", FOREIGN);
    }
}
