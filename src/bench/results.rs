//! What was measured, line by line in a file, so that a start that was cut short goes on where it ended.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{BenchError, files};

/// Who was asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// A run, as `spelunk ask` makes it, without the short cut for small scopes.
    #[default]
    Rlm,
    /// The same model, with everything in one prompt.
    Baseline,
}

impl Method {
    pub const ALL: [Self; 2] = [Self::Rlm, Self::Baseline];

    pub fn name(self) -> &'static str {
        match self {
            Self::Rlm => "rlm",
            Self::Baseline => "baseline",
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It ended, with an answer or by a limit.
    #[default]
    Ended,
    /// The files are too many for one prompt.
    DidNotFit,
    /// There is no measurement; the next start tries again.
    Failed,
}

/// Lines that an answer cites, and that were looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cited {
    pub path: String,
    pub from: u64,
    pub to: u64,
}

/// One question, asked once. What is right is judged when results are read, so that a check may be mended.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outcome {
    /// Names what was asked, of whom, and under which settings.
    pub key: String,
    pub set: String,
    pub set_hash: String,
    pub task: String,
    pub method: Method,
    pub model: String,
    pub leaf_model: String,
    pub spelunk: String,
    pub state: State,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub error: String,
    pub answer: String,
    #[serde(skip_serializing_if = "Value::is_null")]
    pub value: Value,
    pub citations: Vec<Cited>,
    /// The limit that ended it.
    pub limit: Option<String>,
    pub seconds: f64,
    pub turns: u32,
    pub calls: u32,
    /// Tokens; `cached` is part of `input`.
    pub input: u64,
    pub cached: u64,
    pub output: u64,
    /// Whether a provider did not say, so that tokens are an estimate.
    pub estimated: bool,
    /// US dollars for the calls with a known price.
    pub usd: f64,
    /// Calls of unknown price.
    pub unpriced: u32,
    /// The run in the journal.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub run: String,
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    /// What stands above for these keys is void.
    Fresh {
        fresh: Vec<String>,
    },
    Outcome(Box<Outcome>),
}

/// An open file of results.
pub struct Results {
    path: PathBuf,
    state: Mutex<(File, HashMap<String, Outcome>)>,
}

impl Results {
    /// Opens a file, new or not. A line that was not written to its end is passed over.
    pub fn open(path: &Path) -> Result<Self, BenchError> {
        let bad = |reason: String| BenchError::Results { path: path.display().to_string(), reason };
        let (mut file, text) = files::open_append(path).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => bad("another bench is writing to it; wait, or name another with --out".into()),
            _ => bad(error.to_string()),
        })?;
        let mut outcomes = HashMap::new();
        for line in text.lines() {
            match serde_json::from_str(line) {
                Ok(Line::Fresh { fresh }) => outcomes.retain(|key, _| !fresh.contains(key)),
                Ok(Line::Outcome(outcome)) => drop(outcomes.insert(outcome.key.clone(), *outcome)),
                Err(error) => tracing::debug!(path = %path.display(), %error, "a line is no result"),
            }
        }
        if !text.is_empty() && !text.ends_with('\n') {
            writeln!(file).map_err(|error| bad(error.to_string()))?;
        }
        Ok(Self { path: path.to_owned(), state: Mutex::new((file, outcomes)) })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn get(&self, key: &str) -> Option<Outcome> {
        self.locked().1.get(key).cloned()
    }

    /// Adds a result; it is on its way to the disk when this returns.
    pub fn add(&self, outcome: Outcome) -> Result<(), BenchError> {
        self.write(&Line::Outcome(Box::new(outcome.clone())))?;
        self.locked().1.insert(outcome.key.clone(), outcome);
        Ok(())
    }

    /// Forgets what was measured for these keys, whatever happens next.
    pub fn forget(&self, keys: Vec<String>) -> Result<(), BenchError> {
        self.locked().1.retain(|key, _| !keys.contains(key));
        self.write(&Line::Fresh { fresh: keys })
    }

    fn write(&self, line: &Line) -> Result<(), BenchError> {
        let failed =
            |error: io::Error| BenchError::Results { path: self.path.display().to_string(), reason: error.to_string() };
        let text = serde_json::to_string(line).map_err(|error| failed(error.into()))? + "\n";
        self.locked().0.write_all(text.as_bytes()).map_err(failed)
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, (File, HashMap<String, Outcome>)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(key: &str, answer: &str) -> Outcome {
        Outcome { key: key.to_owned(), answer: answer.to_owned(), ..Outcome::default() }
    }

    #[test]
    fn what_was_kept_is_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new/results.jsonl");
        let results = Results::open(&path).unwrap();
        results.add(outcome("a", "1")).unwrap();
        results.add(outcome("b", "2")).unwrap();
        assert!(Results::open(&path).err().unwrap().to_string().contains("another bench is writing to it"));
        drop(results);
        // Cut in the middle of a line.
        let mut text = std::fs::read_to_string(&path).unwrap();
        text.truncate(text.len() - 10);
        std::fs::write(&path, &text).unwrap();
        let results = Results::open(&path).unwrap();
        assert_eq!((results.get("a"), results.get("b")), (Some(outcome("a", "1")), None));
        results.add(outcome("c", "3")).unwrap();
        results.forget(vec!["a".to_owned()]).unwrap();
        drop(results);
        let results = Results::open(&path).unwrap();
        assert_eq!((results.get("a"), results.get("c")), (None, Some(outcome("c", "3"))));
    }
}
