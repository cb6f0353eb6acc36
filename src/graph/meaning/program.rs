//! The files of one snapshot as code: parsed on demand and kept for one question.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::cancel::Cancel;
use crate::graph::definition::{Place, places};
use crate::graph::imports::{Import, Resolver};
use crate::graph::name::Name;
use crate::graph::{GraphError, Symbols};
use crate::search::files_with_word;
use crate::syntax::{Extracted, Family, Language, Parsed};
use crate::workspace::{RelPath, Snapshot};

use super::{Kin, Occurrence, Spot, ecmascript, general, python, rust};

/// The snapshot's code, as far as one question had to look at it. Safe to share between threads.
pub struct Program<'a> {
    pub(in crate::graph) snapshot: &'a Snapshot,
    pub(in crate::graph) cache: &'a Symbols,
    pub(in crate::graph) resolver: Resolver<'a>,
    pub(in crate::graph) cancel: &'a Cancel,
    follows_rust: OnceLock<bool>,
    sources: Mutex<HashMap<String, Option<Arc<Source>>>>,
    pub(super) general: general::World,
    pub(super) rust: rust::World,
    pub(super) ecmascript: ecmascript::World,
    pub(super) python: python::World,
}

/// Bytes of Rust whose types a question about calls or uses follows: they ask for all crates at once.
const RUST: u64 = 8 << 20;

/// A file of code.
pub struct Source {
    pub path: String,
    pub text: Arc<str>,
    pub language: Language,
    pub family: Family,
    /// Its offsets are those of the text.
    pub tree: Parsed,
    pub symbols: Arc<Extracted>,
    imports: OnceLock<Vec<Import>>,
}

impl<'a> Program<'a> {
    /// # Errors
    /// When the files cannot be listed.
    pub fn new(snapshot: &'a Snapshot, cache: &'a Symbols, cancel: &'a Cancel) -> Result<Self, GraphError> {
        Ok(Self {
            snapshot,
            cache,
            resolver: Resolver::new(snapshot)?,
            cancel,
            follows_rust: OnceLock::new(),
            sources: Mutex::default(),
            general: general::World::default(),
            rust: rust::World::default(),
            ecmascript: ecmascript::World::default(),
            python: python::World::default(),
        })
    }

    pub fn snapshot(&self) -> &'a Snapshot {
        self.snapshot
    }

    /// Whether what a name of this language means is told by more than the text around it, without much of a wait.
    pub(in crate::graph) fn follows_types(&self, family: Family) -> bool {
        match family {
            Family::JavaScript | Family::Python => true,
            Family::Rust => *self.follows_rust.get_or_init(|| {
                let files = self.snapshot.files().unwrap_or_default();
                let rust = |path: &str| Language::of(path).and_then(Language::family) == Some(Family::Rust);
                let files: Vec<_> = files.iter().filter(|file| rust(file.path.as_str())).collect();
                self.snapshot.total_size(&files) <= RUST
            }),
            _ => false,
        }
    }

    /// A file, parsed. `None` for files without a grammar, and those that cannot be read or parsed.
    pub fn source(&self, path: &str) -> Option<Arc<Source>> {
        let lock = || self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(path) {
            return known.clone();
        }
        // Read without the lock: two threads may parse one file, and the first to be done is kept.
        let read = self.read(path).map(Arc::new);
        lock().entry(path.to_owned()).or_insert(read).clone()
    }

    fn read(&self, path: &str) -> Option<Source> {
        let text = self.snapshot.text(&RelPath::parse(path).ok()?).ok()?;
        let language = Language::detect(path, &text).filter(|language| language.has_grammar())?;
        let tree = Parsed::new(language, &text, self.cache.budget())?;
        let symbols = self.cache.of(language, &text);
        let (path, family) = (path.to_owned(), language.family().filter(|family| family.is_followed())?);
        Some(Source { path, text, language, family, tree, symbols, imports: OnceLock::new() })
    }

    /// The imports of a file, with where they lead.
    pub fn imports<'s>(&self, source: &'s Source) -> &'s [Import] {
        source.imports.get_or_init(|| self.resolver.imports(&source.path, source.language, &source.text))
    }

    /// The file, or folder of a package, that a module leads to which a script or a Python file names. `name` is what is taken
    /// out of it, which may be a module of its own.
    pub fn leads(&self, source: &Source, module: &str, name: Option<&str>) -> Option<String> {
        self.resolver.leads(&source.path, source.family, module, name)
    }

    /// The root file of the crate that a Rust file is in, or would be, and the names of its module from there.
    pub fn rust_place(&self, path: &str) -> (String, Vec<String>) {
        self.resolver.rust_place(path)
    }

    /// The file of a module of the crate with this root file.
    pub fn rust_file(&self, root: &str, names: &[String]) -> Option<String> {
        self.resolver.rust_file(root, names)
    }

    /// The files that have the word, in order of their path.
    ///
    /// # Errors
    /// When the search fails or is cancelled.
    pub fn files_with(&self, word: &str) -> Result<Vec<String>, GraphError> {
        let mut files: Vec<String> =
            files_with_word(self.snapshot, word, self.cancel)?.iter().map(RelPath::to_string).collect();
        files.sort();
        Ok(files)
    }

    /// Every definition with this name that the symbols query finds, in any language, in order of path and offset.
    ///
    /// # Errors
    /// When the search fails or is cancelled.
    pub fn defined(&self, name: &str) -> Result<Vec<Spot>, GraphError> {
        let (found, _) = places(self.snapshot, self.cache, &Name::parse(name)?, None, self.cancel)?;
        let spot = |place: &Place| {
            let source = self.source(place.file.path.as_str())?;
            Some(Spot::of(&source.path, &source.text, place.symbol()))
        };
        let mut spots: Vec<Spot> = found.iter().filter_map(spot).collect();
        spots.sort();
        spots.dedup();
        Ok(spots)
    }

    /// Every place in a file's code where a word stands, the definitions of it too, with what it means there. Comments are
    /// left out, and strings, unless the language makes names of them. In order.
    pub fn occurrences(&self, path: &str, word: &str) -> Vec<Occurrence> {
        let Some(source) = self.source(path) else { return Vec::new() };
        let mut found = match source.family {
            Family::Rust => rust::occurrences(self, &source, word),
            Family::JavaScript => ecmascript::occurrences(self, &source, word),
            Family::Python => python::occurrences(self, &source, word),
            _ => general::occurrences(self, &source, word),
        };
        found.sort_by_key(|item| item.range.start);
        found
    }

    /// The definitions that have one name together with this one.
    pub fn kin(&self, spot: &Spot) -> Kin {
        let alone = || Kin { members: vec![spot.clone()], ..Kin::default() };
        let Some(source) = self.source(&spot.path) else { return alone() };
        let mut kin = match source.family {
            Family::Rust => rust::kin(self, &source, spot),
            Family::JavaScript => ecmascript::kin(self, &source, spot),
            Family::Python => python::kin(self, &source, spot),
            _ => general::kin(self, &source, spot),
        };
        kin.members.push(spot.clone());
        kin.members.sort();
        kin.members.dedup();
        kin
    }
}
