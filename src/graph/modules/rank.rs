//! How central files are: PageRank over who imports whom (Brin and Page 1998), drawn towards some of the files where these are
//! what somebody is busy with.

use std::collections::HashMap;
use std::sync::Arc;

use super::survey::{Survey, Surveys};
use crate::cancel::Cancel;
use crate::graph::GraphError;
use crate::graph::parsed::aside;
use crate::workspace::Snapshot;

/// The share of a file's rank that goes on to what it imports.
const DAMPING: f64 = 0.85;

/// Ranks that change by less than this in all are settled.
const SETTLED: f64 = 1e-7;

/// They are by then, or never mind.
const ROUNDS: usize = 60;

/// What a file is worth by itself: own code, tests and tools, somebody else's code.
const WORTH: [f64; 3] = [1.0, 0.3, 0.1];

/// What those that somebody is busy with share of all that files are worth by themselves.
const BUSY: f64 = 0.7;

/// How central each file is.
pub struct Ranks {
    survey: Arc<Survey>,
    /// By file; together they are 1.
    ranks: Arc<[f64]>,
}

impl Surveys {
    /// How central the files are, where finding that out costs little; else `None`. It is the same for the same snapshot,
    /// whatever else was asked before. `near` are files that somebody is busy with.
    ///
    /// # Errors
    /// When the file list cannot be had, or the question is cancelled.
    pub fn ranks(&self, snapshot: &Snapshot, near: &[&str], cancel: &Cancel) -> Result<Option<Ranks>, GraphError> {
        if !Survey::is_cheap(snapshot)? {
            return Ok(None);
        }
        let survey = self.of(snapshot, cancel)?;
        let near: Vec<usize> = near.iter().filter_map(|path| survey.position(path)).collect();
        let ranks = if near.is_empty() { survey.central() } else { flow(&survey, &near).into() };
        Ok(Some(Ranks { survey, ranks }))
    }
}

impl Survey {
    /// How central each file is, with nobody busy anywhere.
    fn central(&self) -> Arc<[f64]> {
        Arc::clone(self.central.get_or_init(|| flow(self, &[]).into()))
    }
}

impl Ranks {
    /// Between 0 and 1; 0 for what is not listed.
    pub fn of(&self, path: &str) -> f64 {
        self.survey.position(path).map_or(0.0, |at| self.ranks[at])
    }

    /// The most central files that others import, best first, and how many files import each. Files of tests and other
    /// people's code are left out.
    pub fn first(&self, most: usize) -> Vec<(&str, usize)> {
        let mut importers = HashMap::<u32, usize>::new();
        for (to, _) in self.survey.files.iter().flat_map(|file| &file.imports) {
            *importers.entry(*to).or_default() += 1;
        }
        let mut files: Vec<(f64, &str, usize)> = importers
            .into_iter()
            .map(|(at, files)| (self.ranks[at as usize], self.survey.files[at as usize].path.as_str(), files))
            .filter(|(_, path, _)| aside(path) == 0)
            .collect();
        files.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        files.into_iter().take(most).map(|(_, path, files)| (path, files)).collect()
    }
}

/// The ranks. What files that import nothing would pass on goes to all, as at the start.
fn flow(survey: &Survey, near: &[usize]) -> Vec<f64> {
    let files = &survey.files;
    let mut start: Vec<f64> = files.iter().map(|file| WORTH[usize::from(aside(&file.path)).min(2)]).collect();
    let sum: f64 = start.iter().sum();
    let rest = if near.is_empty() { 1.0 } else { 1.0 - BUSY };
    start.iter_mut().for_each(|worth| *worth *= rest / sum);
    for &at in near {
        start[at] += BUSY / near.len() as f64;
    }
    let outgoing: Vec<f64> =
        files.iter().map(|file| file.imports.iter().map(|(_, weight)| f64::from(*weight)).sum()).collect();
    let mut ranks = start.clone();
    for _ in 0..ROUNDS {
        let kept: f64 = ranks.iter().zip(&outgoing).filter(|(_, out)| **out == 0.0).map(|(rank, _)| rank).sum();
        let base = 1.0 - DAMPING + DAMPING * kept;
        let mut next: Vec<f64> = start.iter().map(|worth| worth * base).collect();
        for ((file, rank), out) in files.iter().zip(&ranks).zip(&outgoing) {
            for (to, weight) in &file.imports {
                next[*to as usize] += DAMPING * rank * f64::from(*weight) / out;
            }
        }
        let change: f64 = next.iter().zip(&ranks).map(|(new, old)| (new - old).abs()).sum();
        ranks = next;
        if change < SETTLED {
            break;
        }
    }
    ranks
}
