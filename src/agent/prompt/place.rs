//! Where in the repository a question was asked: an editor's cursor or selection, and its lines for the prompt.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::agent::session::Session;
use crate::workspace::RelPath;

/// Lines and characters of the place that a prompt shows.
const MOST_LINES: u64 = 400;
const MOST_CHARACTERS: usize = 20_000;

/// A place in the repository. Lines are 1-based and inclusive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct At {
    pub path: String,
    pub from: u64,
    pub to: u64,
    /// The name under the cursor. Without one, the definition around the lines gives its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
}

/// The place as one line of JSON, which `builtin` reads, and its numbered lines. The lines shown count as looked at.
pub fn describe(session: &Session, at: &At) -> String {
    let around = || session.bindings.repo.name_around(&at.path, at.from, at.to.max(at.from));
    let named = At { symbol: at.symbol.clone().or_else(around), ..at.clone() };
    let mut text = serde_json::to_string(&named).unwrap_or_default();
    text.push('\n');
    let path = match RelPath::parse(&at.path) {
        Ok(path) => path,
        Err(error) => {
            let _ = writeln!(text, "its lines cannot be shown: {error}");
            return text;
        }
    };
    let from = at.from.max(1);
    let to = at.to.max(from).min(from + MOST_LINES - 1);
    match session.snapshot.lines(&path, from, to) {
        Ok(slice) => {
            let mut last = None;
            for (line, content) in (slice.from..).zip(slice.text.lines()) {
                if text.len() + content.len() > MOST_CHARACTERS {
                    break;
                }
                let _ = writeln!(text, "{line}: {content}");
                last = Some(line);
            }
            if let Some(last) = last {
                session.bindings.calls.seen.found(path.as_str(), slice.from..=last);
            }
            if last.is_none_or(|last| last < at.to.min(slice.to)) || to < at.to {
                let _ = writeln!(text, "[the rest is left out here]");
            }
        }
        Err(error) => {
            let _ = writeln!(text, "its lines cannot be shown: {error}");
        }
    }
    text
}
