//! The runs of one file, for files that are newer than the index.

use std::collections::HashSet;

use super::blocks::EDGE;
use super::candidates::Sought;
use super::{MOST_RUNS, alphabet};

/// What one text consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRuns {
    /// The distinct runs, a line feed before, between and behind them; `None` if they cannot be listed.
    runs: Option<Box<[u8]>>,
    windowed: bool,
}

impl FileRuns {
    /// Of a text as it is on disk, or in an editor.
    pub fn of(text: &[u8]) -> Self {
        let mut seen = HashSet::new();
        let mut runs = vec![EDGE];
        let windowed = alphabet::runs(text, |start, end| {
            let run = &text[start..end];
            if seen.len() <= MOST_RUNS && seen.insert(run) {
                runs.extend_from_slice(run);
                runs.push(EDGE);
            }
        });
        match windowed {
            Ok(windowed) if seen.len() <= MOST_RUNS => Self { runs: Some(runs.into()), windowed },
            _ => Self::unknown(),
        }
    }

    /// Of a text that nobody has looked at: always a candidate.
    pub fn unknown() -> Self {
        Self { runs: None, windowed: false }
    }

    /// How many bytes it holds.
    pub fn memory(&self) -> usize {
        size_of::<Self>() + self.runs.as_ref().map_or(0, |runs| runs.len())
    }

    /// Whether the file can have what is sought.
    pub(super) fn may_have(&self, sought: &Sought) -> bool {
        let Some(runs) = &self.runs else { return true };
        sought.test(&|seeker| seeker.outreaches && self.windowed || seeker.hits(runs).next().is_some())
    }
}
