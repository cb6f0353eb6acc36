//! The rules in their order: the first phrasing that fits and has a reading decides.

use std::sync::LazyLock;

use regex::Regex;

use super::intent::Intent;
use super::phrase::Phrase;
use super::phrasings::{Reading, TABLE, spelled_out};
use super::subject::looks_like_path;
use super::vocabulary::compiled;

struct Rule {
    pattern: Regex,
    reading: Reading,
}

/// The intent of the first rule that takes the phrase.
pub fn apply(phrase: &Phrase) -> Option<Intent> {
    static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
        TABLE
            .iter()
            .map(|(pattern, reading)| Rule { pattern: compiled(&spelled_out(pattern)), reading: *reading })
            .collect()
    });
    if let Some((scope, rest)) = leading_scope(phrase) {
        return apply(&phrase.part(rest)).map(|intent| limited(intent, scope));
    }
    if let Some(first) = first_of_two(&phrase.text)
        && let Some(intent) = apply(&phrase.part(first))
    {
        return Some(intent);
    }
    RULES.iter().find_map(|rule| rule.pattern.captures(&phrase.text).and_then(|found| (rule.reading)(phrase, &found)))
}

/// The first of two questions in one: `where is X, and who calls it`.
fn first_of_two(text: &str) -> Option<String> {
    static SECOND: LazyLock<Regex> = LazyLock::new(|| {
        compiled(
            r"(?i)^(?P<first>.{8,}?)(?:[?.;] (?:and |or )?|,? and )(?:what|who|how|where|why|which|when)(?:'s)? .+$",
        )
    });
    SECOND.captures(text).map(|found| found["first"].to_owned())
}

/// `in kernel/sched, who calls X`.
fn leading_scope(phrase: &Phrase) -> Option<(String, String)> {
    static LEADING: LazyLock<Regex> = LazyLock::new(|| {
        compiled(
            r"(?i)^(?:in|inside|under|within) (?:the )?(?:file |folder |directory |module |crate )?(?P<scope>\S+?)(?: file| folder| directory| module| crate)?,? (?P<rest>(?:where|who|what|which|how|find|list|show)\b.+)$",
        )
    });
    let found = LEADING.captures(&phrase.text)?;
    let scope = phrase.expand(&found["scope"]);
    (looks_like_path(&scope) && !["what", "which"].contains(&scope.as_str())).then(|| (scope, found["rest"].to_owned()))
}

pub fn limited(mut intent: Intent, to: String) -> Intent {
    match &mut intent {
        Intent::Where { scope, .. }
        | Intent::Uses { scope, .. }
        | Intent::How { scope, .. }
        | Intent::Text { scope, .. }
        | Intent::Imports { scope, .. }
        | Intent::Count { scope, .. } => {
            scope.get_or_insert(to);
        }
        Intent::Contents { place, .. } => {
            place.get_or_insert(to);
        }
        Intent::Overview | Intent::Project { .. } | Intent::Evidence => {}
    }
    intent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        for (pattern, _) in TABLE {
            let long = spelled_out(pattern);
            assert!(Regex::new(&long).is_ok(), "{pattern}: {:?}", Regex::new(&long));
        }
    }
}
