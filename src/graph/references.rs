//! Who uses it.

use std::collections::HashSet;

use rayon::prelude::*;
use serde::Deserialize;

use crate::cancel::Cancel;
use crate::search::files_with_word;
use crate::syntax::{Family, Kind, Language, Names, Symbol, Usage, Use, extract_with_uses};
use crate::workspace::{RelPath, Snapshot};

use super::definition::{Place, Site, places};
use super::meaning::{Meaning, Program, Spot};
use super::name::Name;
use super::parsed::by_path;
use super::stranger::{Asked, File, is_type};
use super::{Confidence, Found, GraphError, Reference, Symbols};

/// Which uses of a name are asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReferencesQuery {
    /// Only below this file or folder.
    #[serde(default)]
    pub path: Option<String>,
    #[serde(default)]
    pub kind: Option<Usage>,
    #[serde(default)]
    pub limit: Option<usize>,
}

/// Uses that are returned when no limit is given.
const LIMIT: usize = 200;

/// Files that one question parses; those past it are read as text.
const FILES: usize = 3_000;

/// Files in which what names mean is asked; in those past it uses are judged by their text alone.
const MEANT: usize = 200;

/// The uses of a name, without its definitions: surest first, prose behind code. `at` is the place of the definition that is
/// meant, when others have the name too.
///
/// # Errors
/// When the text is not a name, or the search behind it fails or is cancelled.
pub fn references(
    snapshot: &Snapshot,
    cache: &Symbols,
    name: &str,
    at: Option<&Site>,
    query: &ReferencesQuery,
    cancel: &Cancel,
) -> Result<Found<Reference>, GraphError> {
    let name = Name::parse(name)?;
    let (mut defined, mut notes) = places(snapshot, cache, &name, at, cancel)?;
    let unqualified = Name { path: None, qualifiers: Vec::new(), last: name.last.clone() };
    let only = name == unqualified && at.is_none();
    let all = if only { None } else { Some(places(snapshot, cache, &unqualified, None, cancel)?.0) };
    let is_at = |place: &&Place| at.is_some_and(|at| place.is_at(at));
    if let Some(meant) = defined.iter().find(is_at).map(|place| place.symbol().clone()) {
        let declared = |symbol: &Symbol| symbol.kind == Kind::Declaration;
        defined.retain(|place| {
            let (symbol, own) = (place.symbol(), at.is_some_and(|at| at.path == place.file.path.as_str()));
            symbol.qualified == meant.qualified && (own || declared(&meant) || declared(symbol))
        });
    }
    let target = Target::new(&name, &defined, all.as_ref().unwrap_or(&defined));
    let inside = |path: &RelPath| {
        query.path.as_deref().is_none_or(|wanted| {
            let wanted = wanted.trim_start_matches("./").trim_end_matches('/');
            wanted.is_empty()
                || path.as_str() == wanted
                || path.as_str().strip_prefix(wanted).is_some_and(|rest| rest.starts_with('/'))
        })
    };
    let mut files: Vec<RelPath> =
        files_with_word(snapshot, name.word(), cancel)?.into_iter().filter(|path| inside(path)).collect();
    files.sort_by(|a, b| {
        let home = |path: &RelPath| !target.files.contains(path.as_str());
        home(a).cmp(&home(b)).then_with(|| by_path(a.as_str(), b.as_str()))
    });
    if files.len() > FILES {
        notes.push(format!("{} of {} files with the word were read as text only", files.len() - FILES, files.len()));
    }
    let asked = Asked::new(snapshot, cache, &defined, &name.last, cancel)?;
    let program = Program::new(snapshot, cache, cancel)?;
    let meant = Meant::new(&program, &defined, name.word());
    let per_file: Vec<Vec<Reference>> = files
        .into_par_iter()
        .enumerate()
        .map(|(at, path)| {
            if cancel.is_cancelled() {
                return Err(GraphError::Cancelled);
            }
            let Ok(text) = snapshot.text(&path) else { return Ok(Vec::new()) };
            let meant = meant.as_ref().filter(|_| at < MEANT);
            Ok(in_file(&path, &text, &target, &asked, meant, cache, at < FILES))
        })
        .collect::<Result<_, _>>()?;
    let mut items: Vec<Reference> = per_file.into_iter().flatten().collect();
    items.retain(|item| query.kind.is_none_or(|kind| item.kind == kind));
    // Files are in order already, and so are the uses in each.
    items.sort_by_key(|item| (is_prose(&item.path), item.confidence));
    Ok(Found::cut(items, query.limit.unwrap_or(LIMIT), notes))
}

/// What is known about the definitions that uses are sought for.
struct Target<'a> {
    name: &'a Name,
    /// Files that hold one of the definitions.
    files: HashSet<String>,
    /// Stems of those files, under which others import them.
    stems: HashSet<String>,
    /// Names of what the definitions are in.
    outers: HashSet<String>,
    /// The repository has no other definition of the name.
    unique: bool,
    /// Something can be inside of it, so that its name may stand before `::`.
    holds: bool,
}

impl<'a> Target<'a> {
    fn new(name: &'a Name, defined: &[Place], all: &[Place]) -> Self {
        let real = |places: &[Place]| places.iter().filter(|place| place.symbol().kind != Kind::Declaration).count();
        let path = |place: &Place| place.file.path.to_string();
        let stem = |place: &Place| {
            let path = place.file.path.as_str();
            let last = path.rsplit('/').next().unwrap_or(path);
            let stem = last.split('.').next().unwrap_or(last);
            let folder = path.rsplit('/').nth(1).unwrap_or(stem);
            if matches!(stem, "mod" | "lib" | "main" | "index" | "__init__") {
                folder.to_owned()
            } else {
                stem.to_owned()
            }
        };
        let outer = |place: &Place| place.symbol().qualified.rsplit('.').nth(1).map(str::to_owned);
        Self {
            name,
            files: defined.iter().map(path).collect(),
            stems: defined.iter().map(stem).filter(|stem| stem.len() > 2).collect(),
            outers: defined.iter().filter_map(outer).collect(),
            unique: real(all).max(usize::from(!all.is_empty())) == 1,
            holds: defined.is_empty() || defined.iter().any(|place| can_hold(place.symbol().kind)),
        }
    }

    fn confidence(&self, path: &str, imported: bool, before: &str) -> Confidence {
        let qualifier = before.trim_end().trim_end_matches(['.', ':', '>', '-']);
        let qualifier = qualifier.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("");
        let qualified = qualifier.len() < before.trim_end().len()
            && before.trim_end().ends_with(['.', ':', '>'])
            && !qualifier.is_empty()
            && self.outers.contains(qualifier);
        if self.unique || self.files.contains(path) {
            Confidence::Exact
        } else if imported || qualified {
            Confidence::Likely
        } else {
            Confidence::Possible
        }
    }
}

fn in_file(
    path: &RelPath,
    text: &str,
    target: &Target,
    asked: &Asked,
    meant: Option<&Meant>,
    cache: &Symbols,
    parse: bool,
) -> Vec<Reference> {
    let language = Language::detect(path.as_str(), text).filter(|language| parse && language.has_grammar());
    let word = target.name.word();
    let (symbols, mut uses) = match language {
        Some(language) => extract_with_uses(language, text, Names::Only(word), cache.budget()),
        None => match Language::of("text.txt") {
            Some(plain) => extract_with_uses(plain, text, Names::Only(word), cache.budget()),
            None => return Vec::new(),
        },
    };
    if let Some(language) = language.filter(|_| !uses.is_empty()) {
        asked.leave_out(&File { path: path.as_str(), text, language, symbols: &symbols }, &mut uses);
    }
    let sure = match meant {
        Some(meant) if language.is_some() => meant.leave_out(path.as_str(), &mut uses),
        _ => HashSet::new(),
    };
    if uses.is_empty() {
        return Vec::new();
    }
    let lines: Vec<&str> = text.split('\n').collect();
    let imported = target.stems.iter().any(|stem| {
        lines.iter().any(|line| is_import(line) && crate::syntax::occurrences(line, stem).next().is_some())
    });
    uses.into_iter()
        .filter(|found| target.holds || !stands_before_colons(&text[found.offset + found.name.len()..]))
        .map(|found| {
            let line = lines.get(found.line as usize - 1).copied().unwrap_or("");
            let before = &text[floor(text, found.offset.saturating_sub(80))..found.offset];
            let before = before.rsplit('\n').next().unwrap_or("");
            let confidence = match language {
                Some(_) if sure.contains(&found.offset) => Confidence::Exact,
                Some(_) => target.confidence(path.as_str(), imported, before),
                None => Confidence::Possible,
            };
            Reference {
                path: path.to_string(),
                line: found.line,
                column: found.column,
                text: shown(line, text, found.offset),
                kind: found.usage,
                within: found.within.filter(|_| language.is_some()).map(|at| symbols.symbols[at].qualified.clone()),
                confidence,
            }
        })
        .collect()
}

/// The types whose uses are sought, by what names mean.
struct Meant<'p, 'a> {
    program: &'p Program<'a>,
    family: Family,
    word: &'p str,
    own: HashSet<Spot>,
}

impl<'p, 'a> Meant<'p, 'a> {
    /// `None` for what is no type, and where the text says as much.
    fn new(program: &'p Program<'a>, defined: &[Place], word: &'p str) -> Option<Self> {
        let first = defined.first()?;
        let family = Language::of(first.file.path.as_str())?.family()?;
        let is_one = |place: &Place| {
            is_type(place.symbol().kind)
                && Language::of(place.file.path.as_str()).and_then(Language::family) == Some(family)
        };
        if !defined.iter().all(is_one) || !program.follows_types(family) {
            return None;
        }
        let spot = |place: &Place| {
            let source = program.source(place.file.path.as_str())?;
            Some(Spot::of(&source.path, &source.text, place.symbol()))
        };
        let own = defined.iter().map(spot).collect::<Option<HashSet<Spot>>>()?;
        Some(Self { program, family, word, own })
    }

    /// Leaves out what surely means something else; gives the offsets of what surely means one of the types.
    fn leave_out(&self, path: &str, uses: &mut Vec<Use>) -> HashSet<usize> {
        let mut sure = HashSet::new();
        if uses.is_empty() || Language::of(path).and_then(Language::family) != Some(self.family) {
            return sure;
        }
        let found = self.program.occurrences(path, self.word);
        uses.retain(|used| {
            let at = used.offset + (used.name.len() - self.word.len().min(used.name.len()));
            let mut here = found.iter().filter(|item| item.range.start == at).map(|item| &item.meaning).peekable();
            if here.peek().is_none() {
                return true;
            }
            here.any(|meaning| match meaning {
                Meaning::These(spots) if spots.iter().any(|spot| self.own.contains(spot)) => {
                    sure.insert(used.offset);
                    true
                }
                Meaning::These(_) | Meaning::Outside => false,
                Meaning::Unknown { .. } => true,
            })
        });
        sure
    }
}

fn can_hold(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Function
            | Kind::Method
            | Kind::Constructor
            | Kind::Field
            | Kind::Property
            | Kind::Variable
            | Kind::Constant
    )
}

/// `name::other`, but not the `name::<T>` of a generic call.
fn stands_before_colons(behind: &str) -> bool {
    behind.strip_prefix("::").is_some_and(|rest| !rest.starts_with('<'))
}

/// The line of a use, trimmed; of a long line what is around the use.
pub(super) fn shown(line: &str, text: &str, offset: usize) -> String {
    if line.len() <= 300 {
        return line.trim().to_owned();
    }
    let column = offset - (line.as_ptr() as usize - text.as_ptr() as usize);
    let from = floor(line, column.saturating_sub(120));
    let window: String = line[from..].chars().take(280).collect();
    let cut = from + window.len() < line.len();
    format!("{}{}{}", if from > 0 { "…" } else { "" }, window.trim(), if cut { "…" } else { "" })
}

/// The character boundary at or before a byte offset.
fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Files without a grammar: what they say of a name is no use of it by code.
fn is_prose(path: &str) -> bool {
    !Language::of(path).is_some_and(Language::has_grammar)
}

fn is_import(line: &str) -> bool {
    let line = line.trim_start();
    ["use ", "pub use ", "import ", "from ", "#include", "# include", "export ", "require", "mod ", "pub mod "]
        .iter()
        .any(|word| line.starts_with(word))
        || line.contains("require(")
        || line.contains(" from ")
}
