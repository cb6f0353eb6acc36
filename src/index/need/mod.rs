//! What a pattern requires of a file: runs that it must have, joined by *and* and *or*.

mod atoms;
mod tokens;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, HirKind, Look};

pub use atoms::Run;

/// Alternatives beyond this many are not told apart: looking for each would take longer than reading files.
const MOST_ALTERNATIVES: usize = 256;

/// Requirements beyond this many add nothing.
const MOST_REQUIREMENTS: usize = 32;

/// A pattern as `grep-regex` gets it, with the options that change what it matches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pattern<'a> {
    /// In the syntax of the `regex` crate.
    pub text: &'a str,
    /// The text is no expression but stands for itself.
    pub fixed: bool,
    /// Only whole words match.
    pub word: bool,
    /// Case makes no difference.
    pub ignore_case: bool,
    /// How deep groups may nest before the pattern is not taken apart.
    pub nest: u32,
}

/// What every file that a pattern matches has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// Nothing that could be looked up.
    Free,
    /// A run with something in it.
    Run(Run),
    /// All of these.
    All(Vec<Need>),
    /// One of these.
    Any(Vec<Need>),
}

impl Need {
    /// What a line-by-line search for the pattern requires; `multi_line` and `unicode` are on, as in a search. A pattern
    /// that cannot be parsed requires nothing.
    pub fn of(pattern: &Pattern<'_>) -> Self {
        let Some(hir) = parse(pattern) else { return Self::Free };
        if !pattern.word {
            return Self::of_hir(&hir);
        }
        let half = |look| Hir::look(look);
        Self::of_hir(&Hir::concat(vec![half(Look::WordStartHalfUnicode), hir, half(Look::WordEndHalfUnicode)]))
    }

    fn of_hir(hir: &Hir) -> Self {
        if let HirKind::Alternation(branches) = hir.kind() {
            return Self::any(branches.iter().map(Self::of_hir).collect());
        }
        Self::all(atoms::needs(tokens::of(hir)))
    }

    pub(super) fn any(needs: Vec<Self>) -> Self {
        let mut all = Vec::new();
        for need in needs {
            match need {
                Self::Any(more) => all.extend(more),
                Self::Free => return Self::Free,
                need => all.push(need),
            }
        }
        match all.len() {
            1 => all.remove(0),
            2..=MOST_ALTERNATIVES => Self::Any(all),
            _ => Self::Free,
        }
    }

    pub(super) fn all(needs: Vec<Self>) -> Self {
        let mut all = Vec::new();
        for need in needs {
            match need {
                Self::All(more) => all.extend(more),
                Self::Free => {}
                need => all.push(need),
            }
        }
        all.truncate(MOST_REQUIREMENTS);
        match all.len() {
            0 => Self::Free,
            1 => all.remove(0),
            _ => Self::All(all),
        }
    }
}

/// Parses as `grep-regex` does.
fn parse(pattern: &Pattern<'_>) -> Option<Hir> {
    if pattern.fixed && !pattern.ignore_case {
        return Some(Hir::literal(pattern.text.as_bytes()));
    }
    let text = if pattern.fixed { regex_syntax::escape(pattern.text) } else { pattern.text.to_owned() };
    ParserBuilder::new()
        .nest_limit(pattern.nest + 1)
        .utf8(false)
        .multi_line(true)
        .case_insensitive(pattern.ignore_case)
        .build()
        .parse(&format!("(?:{text})"))
        .ok()
}

#[cfg(test)]
mod tests;
