//! One look at every file: how big it is, its language, and which files it imports.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;

use crate::cancel::Cancel;
use crate::graph::GraphError;
use crate::graph::imports::Resolver;
use crate::graph::parsed::by_path;
use crate::syntax::{Family, Language};
use crate::text;
use crate::workspace::{FileEntry, RelPath, Snapshot};

/// Bytes that one survey parses, and bytes that it reads. What is beyond is known by its size only.
const PARSED: u64 = 64 << 20;
const READ: u64 = 1 << 30;

/// Bytes that a survey may parse, and read, to be called cheap: about a second on two cores.
const CHEAP: (u64, u64) = (16 << 20, 256 << 20);

/// What an import of one file counts; one of a folder is shared out among its files.
pub(super) const IMPORT: u32 = 60;

/// What is known about the files of a snapshot.
pub struct Survey {
    /// Sorted by path bytes, as in the snapshot.
    pub(super) files: Vec<Surveyed>,
    /// One sentence per thing that could not be looked at.
    pub(super) notes: Vec<String>,
    /// How central each file is, once somebody asked.
    pub(super) central: OnceLock<Arc<[f64]>>,
}

/// A file.
pub(super) struct Surveyed {
    pub path: String,
    /// Estimated, of its text with `path:line` and line numbers.
    pub tokens: u64,
    pub lines: u64,
    pub language: Option<Language>,
    /// The files that it imports, ascending, with what the imports count.
    pub imports: Vec<(u32, u32)>,
}

/// The survey of one snapshot, made when it is first asked for.
#[derive(Default)]
pub struct Surveys(Mutex<Option<Arc<Survey>>>);

impl Surveys {
    /// The survey; `snapshot` has to be the same each time. Two threads may make the first one each.
    ///
    /// # Errors
    /// When the file list cannot be had, or the question is cancelled.
    pub fn of(&self, snapshot: &Snapshot, cancel: &Cancel) -> Result<Arc<Survey>, GraphError> {
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(survey) = kept().as_ref() {
            return Ok(Arc::clone(survey));
        }
        let survey = Arc::new(Survey::take(snapshot, cancel)?);
        Ok(Arc::clone(kept().get_or_insert(survey)))
    }
}

/// How much of a file is looked at.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Look {
    Size,
    Text,
    Imports,
}

impl Survey {
    /// Reads the files, each once, on all threads.
    ///
    /// # Errors
    /// When the file list cannot be had, or the question is cancelled.
    pub fn take(snapshot: &Snapshot, cancel: &Cancel) -> Result<Self, GraphError> {
        let entries = snapshot.files()?;
        let resolver = Resolver::new(snapshot)?;
        let (looks, notes) = allowed(snapshot, entries);
        let files = entries
            .par_iter()
            .zip(looks)
            .map(|(entry, look)| {
                if cancel.is_cancelled() {
                    return Err(GraphError::Cancelled);
                }
                Ok(survey(snapshot, &resolver, entries, entry, look))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { files, notes, central: OnceLock::new() })
    }

    /// Whether it takes about a second at most.
    ///
    /// # Errors
    /// When the file list cannot be had.
    pub(super) fn is_cheap(snapshot: &Snapshot) -> Result<bool, GraphError> {
        let (mut parsed, mut read) = (0, 0);
        for entry in snapshot.files()? {
            let bytes = snapshot.size(entry);
            read += bytes;
            parsed += parse_cost(&entry.path, bytes);
            if parsed > CHEAP.0 || read > CHEAP.1 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The file with this path.
    pub(super) fn position(&self, path: &str) -> Option<usize> {
        self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()
    }
}

/// How much of each file may be looked at: own code before tests and vendored code, shallow before deep.
fn allowed(snapshot: &Snapshot, entries: &[FileEntry]) -> (Vec<Look>, Vec<String>) {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by(|a, b| by_path(entries[*a].path.as_str(), entries[*b].path.as_str()));
    let (mut parsed, mut read) = (0, 0);
    let (mut unparsed, mut unread) = (0, 0);
    let mut looks = vec![Look::Size; entries.len()];
    for at in order {
        let bytes = snapshot.size(&entries[at]);
        if read + bytes > READ {
            unread += 1;
            continue;
        }
        read += bytes;
        let cost = parse_cost(&entries[at].path, bytes);
        let fits = parsed + cost <= PARSED;
        looks[at] = if fits { Look::Imports } else { Look::Text };
        parsed += if fits { cost } else { 0 };
        unparsed += usize::from(!fits);
    }
    let notes = [
        (unparsed, "were not parsed, the repository being so big; their imports do not count"),
        (unread, "were not read, the repository being so big; their tokens are taken from their size"),
    ];
    let notes = notes.iter().filter(|(files, _)| *files > 0).map(|(files, what)| format!("{files} files {what}"));
    (looks, notes.collect())
}

/// Bytes that have to be parsed for a file's imports. C's includes are read off the lines.
fn parse_cost(path: &RelPath, bytes: u64) -> u64 {
    match Language::of(path.as_str()).and_then(Language::family) {
        None | Some(Family::C) => 0,
        Some(_) => bytes,
    }
}

fn survey(snapshot: &Snapshot, resolver: &Resolver, entries: &[FileEntry], entry: &FileEntry, look: Look) -> Surveyed {
    let path = entry.path.as_str();
    let mut file = Surveyed {
        path: path.to_owned(),
        tokens: snapshot.size(entry).div_ceil(4),
        lines: 0,
        language: Language::of(path),
        imports: Vec::new(),
    };
    if look == Look::Size {
        return file;
    }
    let Ok((text, _)) = snapshot.glance(&entry.path) else {
        // It is shown by its name and size.
        file.tokens = (path.len() as u64 + 43).div_ceil(4);
        return file;
    };
    file.lines = text.lines().count() as u64;
    file.tokens = text::tokens(&text) + numbering(path, 1, file.lines);
    file.language = Language::detect(path, &text);
    if let Some(language) = file.language.filter(|language| look == Look::Imports && language.has_grammar()) {
        let mut found = BTreeMap::new();
        for target in resolver.imports(path, language, &text).into_iter().filter_map(|import| import.target) {
            meant(entries, language, &target, |to, weight| {
                let held: &mut u32 = found.entry(to).or_default();
                *held = weight.max(*held);
            });
        }
        file.imports = found.into_iter().filter(|(to, _)| entries[*to as usize].path != entry.path).collect();
    }
    file
}

/// The files that an import's target means: the file itself, or those of the language that stand in the folder.
fn meant(entries: &[FileEntry], language: Language, target: &str, mut add: impl FnMut(u32, u32)) {
    let at = entries.partition_point(|entry| entry.path.as_str() < target);
    if entries.get(at).is_some_and(|entry| entry.path.as_str() == target) {
        return add(at as u32, IMPORT);
    }
    let prefix = if target == "." { String::new() } else { format!("{target}/") };
    let from = entries.partition_point(|entry| entry.path.as_str() < prefix.as_str());
    let inside = entries[from..].iter().enumerate().take_while(|(_, entry)| entry.path.as_str().starts_with(&prefix));
    let direct: Vec<usize> = inside
        .filter(|(_, entry)| !entry.path.as_str()[prefix.len()..].contains('/'))
        .filter(|(_, entry)| Language::of(entry.path.as_str()) == Some(language))
        .map(|(at, _)| from + at)
        .collect();
    let weight = (IMPORT / direct.len().max(1) as u32).max(1);
    direct.into_iter().for_each(|at| add(at as u32, weight));
}

/// Tokens of the header and the line numbers that a text of these lines is shown with.
pub(super) fn numbering(path: &str, from: u64, lines: u64) -> u64 {
    let digits = |n: u64| u64::from(n.max(1).ilog10()) + 1;
    let to = from + lines.saturating_sub(1);
    // Line for line the number, a colon, a space; the last line may want a line end.
    let mut characters = 2 * lines + 1;
    let mut at = from;
    while at < from + lines {
        let same = 10_u64.pow(digits(at) as u32).min(from + lines) - at;
        characters += same * digits(at);
        at += same;
    }
    let header = path.len() as u64 + digits(from) + digits(to) + 12;
    (characters + header).div_ceil(4)
}
