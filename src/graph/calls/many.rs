//! Definitions of many names at once: one pass over the files instead of one for each name.

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::sync::Arc;

use rayon::prelude::*;

use crate::cancel::Cancel;
use crate::graph::candidates::{Likeness, likeness};
use crate::graph::definition::Place;
use crate::graph::parsed::{Parsed, by_path};
use crate::graph::{GraphError, Symbols};
use crate::syntax::{Family, Language};
use crate::workspace::{RelPath, Snapshot, Source};

/// Bigger files get no tree.
const BYTES: u64 = 2 << 20;

/// Files that are parsed for one name, and for all.
const FILES_EACH: usize = 80;
const FILES: usize = 1_500;

/// The places that define each of the names, in files of one family of languages, and how many files were left out.
pub(super) fn definitions(
    snapshot: &Snapshot,
    cache: &Symbols,
    names: &HashSet<&str>,
    family: Family,
    cancel: &Cancel,
) -> Result<(HashMap<String, Vec<Place>>, usize), GraphError> {
    let mut longest: Vec<String> = names.iter().map(|name| regex::escape(name)).collect();
    if longest.is_empty() {
        return Ok((HashMap::new(), 0));
    }
    longest.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let pattern = format!(r"(?-u:\b)(?:{})(?-u:\b)", longest.join("|"));
    let pattern = regex::bytes::RegexBuilder::new(&pattern).size_limit(64 << 20).build();
    let Ok(pattern) = pattern else { return Ok((HashMap::new(), 0)) };
    let fits = |path: &RelPath| Language::of(path.as_str()).and_then(Language::family) == Some(family);
    let hits: Vec<(Likeness, &RelPath, Vec<String>)> = snapshot
        .files()?
        .par_iter()
        .filter(|file| fits(&file.path) && snapshot.size(file) <= BYTES)
        .map(|file| {
            if cancel.is_cancelled() {
                return Err(GraphError::Cancelled);
            }
            let bytes = read(snapshot, &file.path);
            let text = String::from_utf8_lossy(&bytes);
            let mut found: HashSet<&str> = HashSet::new();
            for hit in pattern.find_iter(text.as_bytes()) {
                found.extend(text.get(hit.range()));
            }
            let mut best = Likeness::None;
            let mut defined = Vec::new();
            for name in found {
                let verdict = likeness(file.path.as_str(), &text, name);
                // What is slight is mostly a use in an unusual place.
                if verdict > Likeness::Slight {
                    best = best.max(verdict);
                    defined.push(name.to_owned());
                }
            }
            Ok((!defined.is_empty()).then_some((best, &file.path, defined)))
        })
        .filter_map(Result::transpose)
        .collect::<Result<_, _>>()?;
    let (files, left) = chosen(hits);
    let parsed: Vec<Arc<Parsed>> = files
        .into_par_iter()
        .map(|path| {
            if cancel.is_cancelled() {
                return Err(GraphError::Cancelled);
            }
            let Ok(text) = snapshot.text(path) else { return Ok(None) };
            let Some(language) = Language::detect(path.as_str(), &text) else { return Ok(None) };
            Ok(Some(Arc::new(Parsed { path: path.clone(), symbols: cache.of(language, &text) })))
        })
        .filter_map(Result::transpose)
        .collect::<Result<_, _>>()?;
    let mut places: HashMap<String, Vec<Place>> = HashMap::new();
    for file in parsed {
        for (index, symbol) in file.symbols.symbols.iter().enumerate() {
            let name = symbol.name.trim_start_matches("r#").trim_start_matches('#');
            if names.contains(name) {
                places.entry(name.to_owned()).or_default().push(Place { file: Arc::clone(&file), index });
            }
        }
    }
    Ok((places, left))
}

/// The files to parse: for each name the likeliest.
fn chosen(mut hits: Vec<(Likeness, &RelPath, Vec<String>)>) -> (Vec<&RelPath>, usize) {
    hits.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| by_path(a.1.as_str(), b.1.as_str())));
    let all = hits.len();
    let mut spent: HashMap<String, usize> = HashMap::new();
    hits.retain(|(_, _, names)| {
        let mut wanted = false;
        for name in names {
            let spent = spent.entry(name.clone()).or_default();
            *spent += 1;
            wanted |= *spent <= FILES_EACH;
        }
        wanted
    });
    hits.truncate(FILES);
    let files: Vec<&RelPath> = hits.into_iter().map(|(_, path, _)| path).collect();
    let left = all - files.len();
    (files, left)
}

fn read(snapshot: &Snapshot, path: &RelPath) -> Vec<u8> {
    let mut bytes = Vec::new();
    match snapshot.open(path) {
        Ok(Source::File { file, .. }) => {
            // What cannot be read has no definitions.
            let _ = file.take(BYTES).read_to_end(&mut bytes);
        }
        Ok(Source::Memory(text)) => bytes.extend_from_slice(&text),
        Err(_) => {}
    }
    bytes
}
