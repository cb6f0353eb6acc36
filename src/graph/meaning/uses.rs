//! Every place that has a definition's name: what surely means it, what may, and what only speaks of it.

use std::collections::HashSet;
use std::ops::Range;

use rayon::prelude::*;

use crate::graph::{GraphError, references::shown};
use crate::syntax::{Language, occurrences};
use crate::text::{LineIndex, without_terminator};
use crate::workspace::RelPath;

use super::{Kin, Meaning, Program, Shape, Source, Spot};

/// What kind of place it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Where it, or what has the name together with it, is defined.
    Definition,
    /// Code that uses it.
    Code,
    /// A comment that speaks of it.
    Comment,
    /// A string, or a file without code.
    Text,
}

/// A place that has the name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    pub path: String,
    /// Bytes of the name.
    pub range: Range<usize>,
    /// 1-based.
    pub line: u32,
    /// The line, trimmed.
    pub text: String,
    pub role: Role,
    pub shape: Shape,
    /// Why it is not sure that this means the definition; `None` when it is sure.
    pub doubt: Option<String>,
}

/// The places that have a definition's name, but for those that surely mean something else.
#[derive(Debug, Clone)]
pub struct Uses {
    /// The name.
    pub word: String,
    pub kin: Kin,
    /// In order of path and offset.
    pub places: Vec<Use>,
}

/// Where a definition and its kin are named.
///
/// # Errors
/// When no name stands at the spot, or the search for it fails or is cancelled.
pub fn uses(program: &Program, spot: &Spot) -> Result<Uses, GraphError> {
    let missing = || GraphError::NoName { path: spot.path.clone(), offset: spot.offset };
    let source = program.source(&spot.path).ok_or_else(missing)?;
    let word = word_at(&source.text, spot.offset).ok_or_else(missing)?.to_owned();
    let kin = program.kin(spot);
    let all: HashSet<&Spot> = kin.members.iter().collect();
    let rivals = program.defined(&word)?.iter().filter(|other| !all.contains(other)).count();
    let owners = owners(program, &kin);
    let asked = Asked { program, word: &word, kin: &all, rivals, owners: &owners };
    let files = program.files_with(&word)?;
    let per_file: Vec<Vec<Use>> = files.par_iter().map(|path| asked.in_file(path)).collect();
    if program.cancel.is_cancelled() {
        return Err(GraphError::Cancelled);
    }
    let places = per_file.into_iter().flatten().collect();
    Ok(Uses { word, kin, places })
}

/// The identifier that begins at an offset.
fn word_at(text: &str, offset: usize) -> Option<&str> {
    let rest = text.get(offset..)?;
    let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$'))).unwrap_or(rest.len());
    (end > 0).then(|| &rest[..end])
}

/// Names of what the kin's definitions are in.
fn owners(program: &Program, kin: &Kin) -> HashSet<String> {
    let owner = |spot: &Spot| {
        let source = program.source(&spot.path)?;
        let symbol = source.symbols.symbols.iter().find(|symbol| symbol.offset == spot.offset)?;
        symbol.qualified.rsplit('.').nth(1).map(str::to_owned)
    };
    kin.members.iter().filter_map(owner).collect()
}

struct Asked<'p, 'a> {
    program: &'p Program<'a>,
    word: &'p str,
    kin: &'p HashSet<&'p Spot>,
    /// How many other definitions have the name.
    rivals: usize,
    owners: &'p HashSet<String>,
}

impl Asked<'_, '_> {
    fn in_file(&self, path: &str) -> Vec<Use> {
        if self.program.cancel.is_cancelled() {
            return Vec::new();
        }
        let source = self.program.source(path);
        let text = match &source {
            Some(source) => source.text.clone(),
            None => match RelPath::parse(path).ok().and_then(|path| self.program.snapshot.text(&path).ok()) {
                Some(text) => text,
                None => return Vec::new(),
            },
        };
        let lines = LineIndex::new(&text);
        let mut found = Vec::new();
        let mut code: HashSet<usize> = HashSet::new();
        let place = |range: Range<usize>, role: Role, shape: Shape, doubt: Option<String>| {
            let line = lines.line_of(range.start);
            let text = shown(without_terminator(lines.line(&text, line).unwrap_or("")), &text, range.start);
            Use { path: path.to_owned(), range, line, text, role, shape, doubt }
        };
        for item in if source.is_some() { self.program.occurrences(path, self.word) } else { Vec::new() } {
            code.insert(item.range.start);
            let spot = Spot { path: path.to_owned(), offset: item.range.start };
            let defines = self.kin.contains(&spot);
            let role = if defines { Role::Definition } else { Role::Code };
            match item.meaning {
                _ if defines && item.shape == Shape::Plain => found.push(place(item.range, role, item.shape, None)),
                Meaning::These(spots) => {
                    let ours = spots.iter().filter(|spot| self.kin.contains(spot)).count();
                    if ours > 0 {
                        let doubt = (ours < spots.len()).then(|| "other definitions are meant here as well".to_owned());
                        found.push(place(item.range, role, item.shape, doubt));
                    }
                }
                Meaning::Outside => {}
                Meaning::Unknown { why } => found.push(place(item.range, role, item.shape, Some(why))),
            }
        }
        for range in occurrences(&text, self.word) {
            if !code.contains(&range.start) {
                let (role, doubt) = self.spoken_of(source.as_deref(), &text, &range);
                found.push(place(range, role, Shape::Plain, doubt));
            }
        }
        found.sort_by_key(|place| place.range.start);
        found
    }

    /// A place that is no name of the code: whether it speaks of the definition.
    fn spoken_of(&self, source: Option<&Source>, text: &str, range: &Range<usize>) -> (Role, Option<String>) {
        let kind = source.and_then(|source| source.tree.at(range)).map_or("", |node| node.kind());
        let role = match source {
            Some(_) if kind.contains("comment") => Role::Comment,
            Some(_) if !kind.contains("string") && kind != "char_literal" => {
                return (Role::Code, Some("what it means here is not known".to_owned()));
            }
            _ => Role::Text,
        };
        if role == Role::Text && source.is_some() {
            return (role, Some("it stands in a string".to_owned()));
        }
        let before = &text[..range.start];
        let behind = &text[range.end..];
        let qualifier = ["::", ".", "#"]
            .iter()
            .find_map(|joint| before.strip_suffix(joint))
            .map(|left| left.rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default());
        let quoted = before.ends_with(['`', '[']) && behind.starts_with(['`', ']', '(']);
        let prose = Language::of("text.txt").is_some() && source.is_none();
        match qualifier {
            Some(owner) if self.owners.contains(owner) => (role, None),
            Some(owner) if !owner.is_empty() && !matches!(owner, "self" | "Self" | "this" | "crate") => {
                (role, Some(format!("it is {owner}'s here")))
            }
            _ if quoted && self.rivals == 0 && !prose => (role, None),
            _ if self.rivals > 0 => (role, Some("other things have the name, and this only speaks of one".to_owned())),
            _ => (role, Some("it may be the word and not the name".to_owned())),
        }
    }
}
