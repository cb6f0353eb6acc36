//! Search: ripgrep's crates over a snapshot, with exact totals and honest truncation.

mod files;
mod globs;
mod kept;
mod line;
mod pace;
mod pattern;
pub mod regexp;
mod run;
mod sink;
mod words;

use serde::{Deserialize, Serialize};

use crate::cancel::Cancel;
use crate::workspace::{FileEntry, RelPath, Snapshot};

/// The most lines of context on each side of a match.
pub const MAX_CONTEXT: usize = 50;
/// The most matching lines that one search returns.
pub const MAX_LIMIT: usize = 10_000;

/// What to look for and where. The JSON form is what JavaScript passes to `repo.search`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Query {
    pub pattern: Pattern,
    /// Globs as ripgrep's `-g` has them (`!` excludes); none means every file.
    #[serde(default)]
    pub glob: Vec<String>,
    /// The pattern is text, not a regular expression.
    #[serde(default)]
    pub literal: bool,
    /// Matches have to be whole words.
    #[serde(default)]
    pub word: bool,
    /// `None`: as the pattern says (a JavaScript RegExp's `i` flag), else case counts.
    #[serde(default)]
    pub ignore_case: Option<bool>,
    /// Hidden files too.
    #[serde(default)]
    pub hidden: bool,
    /// Lines of context on each side, at most 50.
    #[serde(default)]
    pub context: usize,
    /// How many matching lines to return; counting goes on past it.
    #[serde(default = "default_limit")]
    pub limit: usize,
}

fn default_limit() -> usize {
    200
}

/// A pattern in one of the two syntaxes that callers have.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "expected a string or a RegExp as the pattern")]
pub enum Pattern {
    /// A JavaScript RegExp: its source and flags.
    JavaScript { source: String, flags: String },
    /// Rust regex syntax (or plain text when the query says `literal`).
    Rust(String),
}

/// A line that matched.
#[derive(Debug, Clone, Serialize)]
pub struct Match {
    pub path: String,
    /// 1-based.
    pub line: u64,
    /// Of the first match in the line, 1-based, in UTF-16 code units.
    pub column: u64,
    /// The line without its terminator; cut around the match when longer than 1,000 characters, with `…` where cut.
    pub text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
}

/// What a search found: the first matches in order of path and line, and true totals.
#[derive(Debug, Clone, Serialize, Default)]
pub struct Matches {
    pub items: Vec<Match>,
    /// Matching lines in all, also past the limit.
    pub total: u64,
    /// Files with a match.
    pub files: u64,
    /// Files that were searched.
    pub searched: u64,
    pub truncated: bool,
    /// Files that could not be searched (binary after a match, unreadable), by reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<(String, u64)>,
}

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SearchError {
    #[error("bad regular expression: {0}")]
    Regex(String),
    #[error("bad glob {glob:?}: {reason}")]
    Glob { glob: String, reason: String },
    #[error(
        "the pattern is too slow to search with: repeat less, name some fixed text in it, or search with a wider \
         pattern and filter the lines in JavaScript"
    )]
    TooSlow,
    #[error("the search was stopped after {seconds} s; use a glob that names fewer files")]
    TimedOut { seconds: u64 },
    #[error("cancelled")]
    Cancelled,
    #[error(transparent)]
    Workspace(#[from] crate::workspace::WorkspaceError),
}

/// Searches the snapshot's files. Deterministic: equal snapshots and queries give equal answers.
pub fn search(snapshot: &Snapshot, query: &Query, cancel: &Cancel) -> Result<Matches, SearchError> {
    run::search(snapshot, query, cancel)
}

/// The files that the globs select, in path order; none means every file. As in ripgrep, a glob that names a hidden
/// file includes it.
pub fn select<'a>(snapshot: &'a Snapshot, globs: &[String], hidden: bool) -> Result<Vec<&'a FileEntry>, SearchError> {
    Ok(globs::Globs::new(globs)?.select(snapshot, hidden)?)
}

/// The files whose content has `word` as a whole identifier (a run of `[A-Za-z0-9_$]`), in path order: the
/// candidates that the syntax tier parses. Binary and unreadable files are left out.
pub fn files_with_word(snapshot: &Snapshot, word: &str, cancel: &Cancel) -> Result<Vec<RelPath>, SearchError> {
    words::files_with_word(snapshot, word, cancel)
}
