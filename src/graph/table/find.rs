//! Finding definitions by what somebody types into a symbol box.

use std::collections::BinaryHeap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::cancel::Cancel;
use crate::syntax::Kind;

use super::super::{Found, GraphError};
use super::fit::{Fit, Needle, has};
use super::rows::{Rows, mask};
use super::{Row, State, Table};

/// Files that are searched by one thread in one go, at least: what matching needs is made for each portion.
const PORTION: usize = 256;

/// A query taken apart: `outer::Inner.na` looks for names like `na` in what has to do with `outer` and `Inner`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted<'q> {
    /// What the container or the path has to have, in lower case.
    within: Vec<String>,
    name: &'q str,
}

impl<'q> Wanted<'q> {
    fn parse(query: &'q str) -> Self {
        let query = query.trim();
        // A dot or a colon that is all there is, or that begins the name, separates nothing.
        let (before, name) = match query.rfind(|c: char| matches!(c, '.' | ':' | '/' | '#') || c.is_whitespace()) {
            Some(at) => (&query[..at], &query[at + 1..]),
            None => ("", query),
        };
        let parts = before.split(|c: char| matches!(c, '.' | ':' | '#') || c.is_whitespace());
        let within = parts.filter(|part| !part.is_empty()).map(str::to_ascii_lowercase).collect();
        Self { within, name }
    }
}

/// A find's place in the order: what it ranks by, then its file, then its row.
type Place = (u64, u32, u32);

/// The best places so far, and how many there were.
struct Best {
    limit: usize,
    /// The worst of the best is on top.
    heap: BinaryHeap<Place>,
    total: usize,
}

impl Best {
    fn new(limit: usize) -> Self {
        Self { limit, heap: BinaryHeap::new(), total: 0 }
    }

    fn add(&mut self, place: Place) {
        if self.heap.len() < self.limit {
            self.heap.push(place);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && place < *worst
        {
            *worst = place;
        }
    }

    /// The worst fit that still has a chance, for places whose rank begins like this.
    fn room(&self, rank: u64) -> Fit {
        match self.heap.peek() {
            Some((worst, ..)) if self.heap.len() >= self.limit => {
                let chance = |fit: &Fit| rank | (*fit as u64) << 44 <= *worst;
                Fit::ALL.into_iter().rev().find(chance).unwrap_or(Fit::Exact)
            }
            _ => Fit::Letters,
        }
    }

    fn and(mut self, other: Self) -> Self {
        self.total += other.total;
        for place in other.heap {
            self.add(place);
        }
        self
    }
}

impl Table {
    /// The definitions that fit a query, best first: the very name, names that begin with it, that have it at the start of
    /// a word, the initials of their words, then any others with its letters in order. In each of these own code comes
    /// before tests and vendored code, types and functions before values, and these before fields. What is before the
    /// last `.`, `::`, `/` or space has to be in the container or the path.
    ///
    /// An empty query gives top-level types and functions of the first files. The notes say how much of the workspace is
    /// not in the table.
    ///
    /// # Errors
    /// When it is cancelled.
    pub fn find(&self, query: &str, limit: usize, cancel: &Cancel) -> Result<Found<Row>, GraphError> {
        let files = self.shelf().listed();
        let notes: Vec<String> = note(&self.state()).into_iter().collect();
        if query.trim().is_empty() {
            return Ok(first(&files, limit, notes));
        }
        let wanted = Wanted::parse(query);
        let best = files
            .par_iter()
            .enumerate()
            .with_min_len(PORTION)
            .fold(
                || (Best::new(limit), Needle::new(wanted.name)),
                |(mut best, mut needle), (at, rows)| {
                    if !cancel.is_cancelled() {
                        in_file(rows, at as u32, &wanted, &mut needle, &mut best);
                    }
                    (best, needle)
                },
            )
            .map(|(best, _)| best)
            .reduce(|| Best::new(limit), Best::and);
        if cancel.is_cancelled() {
            return Err(GraphError::Cancelled);
        }
        let places = best.heap.into_sorted_vec();
        let items: Vec<Row> = places.into_iter().map(|(_, file, row)| files[file as usize].row(row as usize)).collect();
        let truncated = best.total > items.len() || !notes.is_empty();
        Ok(Found { items, total: best.total, truncated, notes })
    }

    /// All definitions of one name, as it is written; own code first.
    pub fn named(&self, name: &str) -> Vec<Row> {
        let files = self.shelf().listed();
        let sought = mask(name.as_bytes());
        files
            .par_iter()
            .flat_map_iter(|rows| {
                let same = move |at: &usize| rows.masks[*at] == sought && rows.name(*at) == name;
                (0..rows.len()).filter(same).map(|at| rows.row(at))
            })
            .collect()
    }
}

/// The rows of one file that fit.
fn in_file(rows: &Rows, file: u32, wanted: &Wanted, needle: &mut Needle, best: &mut Best) {
    let path = rows.path.as_str();
    let in_path: Vec<bool> = wanted.within.iter().map(|part| has(path.as_bytes(), part.as_bytes())).collect();
    let sought = mask(wanted.name.as_bytes());
    let candidates = rows.masks.iter().enumerate().filter(|(_, mask)| *mask & sought == sought);
    for (at, _) in candidates {
        let Some(nearness) = nearness(rows.container(at), wanted, &in_path) else { continue };
        let room = best.room(u64::from(nearness) << 48);
        let Some((fit, distance)) = needle.fit(rows.name(at), room) else { continue };
        best.total += 1;
        if fit > room {
            continue;
        }
        // For letters in some order the distance says more than anything else.
        let (first, last) = if fit == Fit::Letters { (distance, 0) } else { (0, distance) };
        let rank = u64::from(nearness) << 48
            | (fit as u64) << 44
            | u64::from(first) << 28
            | u64::from(rows.aside) << 24
            | u64::from(weight(rows.kind(at))) << 20
            | u64::from(last.min(15)) << 16
            | rows.name(at).len() as u64;
        best.add((rank, file, at as u32));
    }
}

/// How near a container and a path are to what was asked for: 0 is best; `None` when they have nothing to do with it.
fn nearness(container: &str, wanted: &Wanted, in_path: &[bool]) -> Option<u8> {
    let mut farthest = 0;
    for (part, in_path) in wanted.within.iter().zip(in_path) {
        let names = || container.split('.');
        let near = if names().any(|name| name.eq_ignore_ascii_case(part)) {
            0
        } else if names().any(|name| has(name.as_bytes(), part.as_bytes())) {
            1
        } else if *in_path {
            2
        } else {
            return None;
        };
        farthest = farthest.max(near);
    }
    Some(farthest)
}

/// What people look for first.
fn weight(kind: Kind) -> u8 {
    match kind {
        Kind::Field | Kind::Property => 2,
        Kind::Variable | Kind::Constant | Kind::EnumMember => 1,
        Kind::Declaration => 3,
        _ => 0,
    }
}

/// The first top-level types and functions.
fn first(files: &[Arc<Rows>], limit: usize, notes: Vec<String>) -> Found<Row> {
    let top = |rows: &&Arc<Rows>, at: &usize| weight(rows.kind(*at)) == 0 && rows.container(*at).is_empty();
    let items: Vec<Row> = files
        .iter()
        .flat_map(|rows| (0..rows.len()).filter(move |at| top(&rows, at)).map(|at| rows.row(at)))
        .take(limit)
        .collect();
    Found { total: items.len(), truncated: true, items, notes }
}

/// What is not in the table.
fn note(state: &State) -> Option<String> {
    let State { done, total, complete, full, .. } = *state;
    if full {
        Some(format!("symbols of {done} of {total} files: the symbol table is full"))
    } else if !complete && done < total {
        Some(format!("symbols of {done} of {total} files so far"))
    } else if total == 0 && !complete {
        Some("symbols are not known yet".to_owned())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_taken_apart() {
        let check = |query: &str, within: &[&str], name: &str| {
            let parsed = Wanted::parse(query);
            assert_eq!((parsed.within, parsed.name), (within.iter().map(|part| (*part).to_owned()).collect(), name));
        };
        check("foo", &[], "foo");
        check(" Foo::bar ", &["foo"], "bar");
        check("a.B.c", &["a", "b"], "c");
        check("src/lib.rs", &["src/lib"], "rs");
        check("src/ foo", &["src/"], "foo");
        check("drivers/usb/probe", &["drivers/usb"], "probe");
        check("Foo.", &["foo"], "");
        check("path#name", &["path"], "name");
    }
}
