//! Definitions by part of their name, by kind, by place.

use std::collections::HashSet;

use rayon::prelude::*;
use serde::Deserialize;

use crate::cancel::Cancel;
use crate::syntax::{Kind, Language};
use crate::workspace::{FileEntry, Snapshot};

use super::parsed::{aside, by_path};
use super::{Definition, Found, GraphError, Surveys, Symbols};

/// Which definitions are asked for. Everything left out matches everything.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SymbolsQuery {
    /// Part of the name, or its letters in order; case does not count.
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "one_or_many")]
    pub kind: Vec<Kind>,
    /// Only below this file or folder.
    #[serde(default)]
    pub path: Option<String>,
    /// The name has to be this very one.
    #[serde(default)]
    pub exact: bool,
    #[serde(default)]
    pub limit: Option<usize>,
}

fn one_or_many<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<Kind>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        One(Kind),
        Many(Vec<Kind>),
    }
    Ok(match Option::<Either>::deserialize(from)? {
        None => Vec::new(),
        Some(Either::One(kind)) => vec![kind],
        Some(Either::Many(kinds)) => kinds,
    })
}

/// Definitions that are returned when no limit is given.
const LIMIT: usize = 200;

/// Bytes of text that one question reads and parses.
const BYTES: u64 = 64 << 20;

/// The definitions that fit, best first: by their names, then own code before tests and others' code, then by how central their
/// files are (where `surveys` says that at little cost).
///
/// # Errors
/// When the file list cannot be had, or the question is cancelled.
pub fn symbols(
    snapshot: &Snapshot,
    cache: &Symbols,
    surveys: &Surveys,
    query: &SymbolsQuery,
    cancel: &Cancel,
) -> Result<Found<Definition>, GraphError> {
    let limit = query.limit.unwrap_or(LIMIT);
    let name = query.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    if let (Some(name), true) = (name, query.exact) {
        let mut found = super::definition(snapshot, cache, name, None, usize::MAX, cancel)?;
        found.items.retain(|item| wanted(query, item.kind) && below(query, &item.path));
        return Ok(Found::cut(found.items, limit, found.notes));
    }
    let mut files: Vec<&FileEntry> = snapshot
        .files()?
        .iter()
        .filter(|file| below(query, file.path.as_str()))
        .filter(|file| Language::of(file.path.as_str()).is_some_and(Language::has_grammar))
        .collect();
    files.sort_by(|a, b| by_path(a.path.as_str(), b.path.as_str()));
    let folded = name.map(str::to_lowercase);
    let mut notes = Vec::new();
    let files = affordable(files, snapshot, folded.as_deref(), &mut notes, cancel)?;
    let ranked: Vec<(u8, Definition)> = files
        .into_par_iter()
        .map(|file| {
            if cancel.is_cancelled() {
                return Err(GraphError::Cancelled);
            }
            let path = file.path.as_str();
            let Ok(text) = snapshot.text(&file.path) else { return Ok(Vec::new()) };
            let Some(language) = Language::detect(path, &text) else { return Ok(Vec::new()) };
            let found = cache.of(language, &text);
            Ok(found
                .symbols
                .iter()
                .filter(|symbol| wanted(query, symbol.kind))
                .filter_map(|symbol| {
                    let rank = folded.as_deref().map_or(Some(0), |wanted| rank(&symbol.name, wanted))?;
                    Some((rank, Definition::new(path, symbol)))
                })
                .collect())
        })
        .collect::<Result<Vec<Vec<_>>, _>>()?
        .into_iter()
        .flatten()
        .collect();
    let is_one_file = ranked.windows(2).all(|two| two[0].1.path == two[1].1.path);
    let ranks = if is_one_file { None } else { surveys.ranks(snapshot, &[], cancel)? };
    let central = |item: &Definition| ranks.as_ref().map_or(0.0, |ranks| ranks.of(&item.path));
    let mut keyed: Vec<_> = ranked
        .into_iter()
        .map(|(rank, item)| ((rank, item.kind == Kind::Declaration, aside(&item.path)), central(&item), item))
        .collect();
    // Stable: files are in order, and definitions in each.
    keyed.sort_by(|(key, central, _), (other, less, _)| key.cmp(other).then_with(|| less.total_cmp(central)));
    let similar = keyed.first().is_some_and(|((rank, ..), ..)| *rank > 0);
    let mut found = Found::cut(keyed.into_iter().map(|(.., item)| item).collect(), limit, notes);
    if let Some(name) = name.filter(|_| similar) {
        // The list is whole: this says what is in it.
        found.notes.push(format!("no definition is named {name}; these are similar"));
    }
    Ok(found)
}

fn wanted(query: &SymbolsQuery, kind: Kind) -> bool {
    query.kind.is_empty() || query.kind.contains(&kind)
}

fn below(query: &SymbolsQuery, path: &str) -> bool {
    query.path.as_deref().is_none_or(|wanted| {
        let wanted = wanted.trim_start_matches("./").trim_end_matches('/');
        wanted.is_empty() || path == wanted || path.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('/'))
    })
}

/// The files that may be parsed: all when they fit the budget, else those whose text has the name somewhere.
fn affordable<'a>(
    files: Vec<&'a FileEntry>,
    snapshot: &Snapshot,
    folded: Option<&str>,
    notes: &mut Vec<String>,
    cancel: &Cancel,
) -> Result<Vec<&'a FileEntry>, GraphError> {
    if snapshot.total_size(&files) <= BYTES {
        return Ok(files);
    }
    let mut files = files;
    if let Some(folded) = folded {
        let pattern = regex::bytes::RegexBuilder::new(&regex::escape(folded)).case_insensitive(true).build();
        let Ok(pattern) = pattern else { return Ok(Vec::new()) };
        let has: HashSet<&str> = files
            .par_iter()
            .filter(|file| {
                !cancel.is_cancelled() && snapshot.text(&file.path).is_ok_and(|text| pattern.is_match(text.as_bytes()))
            })
            .map(|file| file.path.as_str())
            .collect();
        if cancel.is_cancelled() {
            return Err(GraphError::Cancelled);
        }
        files.retain(|file| has.contains(file.path.as_str()));
        notes.push("the tree is big: only names that contain the query as it stands were looked for".to_owned());
    }
    let mut spent = 0;
    let fit = files
        .iter()
        .take_while(|file| {
            spent += snapshot.size(file);
            spent <= BYTES
        })
        .count();
    if fit < files.len() {
        notes.push(format!("{} files were not parsed; give a path or a longer name to narrow it", files.len() - fit));
        files.truncate(fit);
    }
    Ok(files)
}

/// How well a name fits: exact, prefix, at a word's start, inside, or its letters in order. `wanted` is lower-case.
fn rank(name: &str, wanted: &str) -> Option<u8> {
    let lower = name.to_lowercase();
    if lower == wanted {
        return Some(0);
    }
    if lower.starts_with(wanted) {
        return Some(1);
    }
    if let Some(at) = lower.find(wanted) {
        let before = name.get(..at).and_then(|text| text.chars().next_back());
        let first = name.get(at..).and_then(|text| text.chars().next());
        let starts = before.is_none_or(|c| !c.is_alphanumeric()) || first.is_some_and(char::is_uppercase);
        return Some(if starts { 2 } else { 3 });
    }
    let mut letters = lower.chars();
    wanted.chars().all(|c| letters.any(|letter| letter == c)).then_some(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks() {
        let check = |name: &str, wanted: &str, expect| assert_eq!(rank(name, wanted), expect, "{name} {wanted}");
        check("Foo", "foo", Some(0));
        check("FooBar", "foo", Some(1));
        check("getFoo", "foo", Some(2));
        check("get_foo", "foo", Some(2));
        check("buffoon", "foo", Some(3));
        check("file_open_one", "foo", Some(4));
        check("bar", "foo", None);
    }
}
