//! Every place that has a definition's name: what surely means it, what may, and what only speaks of it.

use std::collections::HashSet;
use std::ops::Range;

use rayon::prelude::*;

use crate::graph::{GraphError, references::shown};
use crate::syntax::occurrences;
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
    /// How often comments and texts have the word as one of prose.
    pub prose: usize,
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
    let others = program.defined(&word)?;
    let rivals = owners(program, others.iter().filter(|other| !all.contains(other)));
    let owners = owners(program, kin.members.iter());
    let asked = Asked { program, word: &word, kin: &all, rivals: &rivals, owners: &owners };
    let files = program.files_with(&word)?;
    let per_file: Vec<(Vec<Use>, usize)> = files.par_iter().map(|path| asked.in_file(path)).collect();
    if program.cancel.is_cancelled() {
        return Err(GraphError::Cancelled);
    }
    let prose = per_file.iter().map(|(_, prose)| prose).sum();
    let places = per_file.into_iter().flat_map(|(places, _)| places).collect();
    Ok(Uses { word, kin, places, prose })
}

/// The identifier that begins at an offset.
fn word_at(text: &str, offset: usize) -> Option<&str> {
    let rest = text.get(offset..)?;
    let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$'))).unwrap_or(rest.len());
    (end > 0).then(|| &rest[..end])
}

/// Names of what definitions are in; empty for what is in nothing.
fn owners<'s>(program: &Program, spots: impl Iterator<Item = &'s Spot>) -> HashSet<String> {
    let owner = |spot: &Spot| {
        let source = program.source(&spot.path)?;
        let is_at = |symbol: &&crate::syntax::Symbol| Spot::of(&source.path, &source.text, symbol) == *spot;
        let symbol = source.symbols.symbols.iter().find(is_at)?;
        symbol.qualified.rsplit('.').nth(1).map(str::to_owned)
    };
    spots.map(|spot| owner(spot).unwrap_or_default()).collect()
}

struct Asked<'p, 'a> {
    program: &'p Program<'a>,
    word: &'p str,
    kin: &'p HashSet<&'p Spot>,
    /// What other definitions of the name are in, and what these are.
    rivals: &'p HashSet<String>,
    owners: &'p HashSet<String>,
}

impl Asked<'_, '_> {
    /// The places in a file, and how often prose has the word.
    fn in_file(&self, path: &str) -> (Vec<Use>, usize) {
        if self.program.cancel.is_cancelled() {
            return (Vec::new(), 0);
        }
        let source = self.program.source(path);
        let text = match &source {
            Some(source) => source.text.clone(),
            None => match RelPath::parse(path).ok().and_then(|path| self.program.snapshot.text(&path).ok()) {
                Some(text) => text,
                None => return (Vec::new(), 0),
            },
        };
        let lines = LineIndex::new(&text);
        let (mut found, mut prose) = (Vec::new(), 0);
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
            if code.contains(&range.start) {
                continue;
            }
            match self.spoken_of(source.as_deref(), &text, &range) {
                (role, Spoken::Sure) => found.push(place(range, role, Shape::Plain, None)),
                (role, Spoken::Doubt(why)) => found.push(place(range, role, Shape::Plain, Some(why))),
                (_, Spoken::Prose) => prose += 1,
                (_, Spoken::Other) => {}
            }
        }
        found.sort_by_key(|place| place.range.start);
        (found, prose)
    }

    /// A place that is no name of the code: whether it speaks of the definition.
    fn spoken_of(&self, source: Option<&Source>, text: &str, range: &Range<usize>) -> (Role, Spoken) {
        let node = source.and_then(|source| source.tree.at(range));
        let kind = node.map_or("", |node| node.kind());
        if kind == "comment" && node.is_some_and(|node| text[node.start_byte()..].starts_with("# type: ")) {
            return (Role::Code, Spoken::doubt("a type comment names it, or another of the name"));
        }
        let role = match source {
            Some(_) if kind.contains("comment") => Role::Comment,
            Some(_) if !kind.contains("string") && kind != "char_literal" => {
                return (Role::Code, Spoken::doubt("what it means here is not known"));
            }
            _ => Role::Text,
        };
        let (before, behind) = (&text[..range.start], &text[range.end..]);
        let joint = ["::", ".", "#"].iter().find_map(|joint| before.strip_suffix(joint));
        let owner = joint
            .map(|left| left.rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default())
            .filter(|owner| !owner.is_empty());
        let quoted = before.ends_with(['`', '[', '"', '\'']) && behind.starts_with(['`', ']', '(', '"', '\'']);
        let like_code = quoted || joint.is_some() || behind.starts_with('(') || is_identifier(self.word);
        let unique = self.rivals.is_empty();
        let spoken = match owner {
            Some(owner) if self.owners.contains(owner) && role == Role::Comment => Spoken::Sure,
            Some(owner) if self.rivals.contains(owner) && !self.owners.contains(owner) => Spoken::Other,
            _ if !like_code => Spoken::Prose,
            _ if role == Role::Text && source.is_some() => Spoken::doubt("it stands in a string"),
            _ if role == Role::Text => Spoken::doubt("it stands in a text"),
            _ if unique && owner.is_none() && (quoted || is_identifier(self.word)) => Spoken::Sure,
            _ if unique => Spoken::doubt("a comment speaks of it, or of something else"),
            _ => Spoken::doubt("other things have the name, and a comment speaks of one of them"),
        };
        (role, spoken)
    }
}

/// What a comment or a text says.
enum Spoken {
    Sure,
    Doubt(String),
    /// The word, and not the name.
    Prose,
    /// Another thing's name.
    Other,
}

impl Spoken {
    fn doubt(why: &str) -> Self {
        Self::Doubt(why.to_owned())
    }
}

/// Whether a word is no word of prose: it has an underscore, a digit, or a capital letter behind a small one.
fn is_identifier(word: &str) -> bool {
    let bytes = word.as_bytes();
    let humps = bytes.windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    humps || word.trim_matches('_').contains(|c: char| c == '_' || c == '$' || c.is_ascii_digit())
}
