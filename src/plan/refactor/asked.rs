//! Which definition a request means.

use serde::Deserialize;

use crate::graph::meaning::{Kin, Meaning, Program, Spot};
use crate::graph::{Definition, Site, definition};
use crate::syntax::Symbol;
use crate::text::LineIndex;

use super::{PlanError, Tools, refused};

/// A symbol as people and models name it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// `Foo.bar`, `a::b`, `path#name`.
    pub name: String,
    /// The file that defines it, or one that uses it, with `line`.
    #[serde(default)]
    pub path: Option<String>,
    /// 1-based.
    #[serde(default)]
    pub line: Option<u32>,
}

impl Asked {
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// The name at a place, which may be a local's.
    pub fn at(name: &str, path: &str, line: u32) -> Self {
        Self { name: name.to_owned(), path: Some(path.to_owned()), line: Some(line) }
    }
}

/// The definition that is meant; of several that share one name the first.
///
/// # Errors
/// When there is none, or several that have nothing to do with each other.
pub(super) fn find(program: &Program, tools: Tools, asked: &Asked) -> Result<Spot, PlanError> {
    if let (Some(path), Some(line)) = (&asked.path, asked.line)
        && let Some(spot) = at_line(program, &asked.name, path, line)
    {
        return Ok(spot);
    }
    let site = asked.path.as_ref().map(|path| Site { path: path.clone(), line: asked.line.unwrap_or(1) });
    let found = definition(program.snapshot(), tools.symbols, &asked.name, site.as_ref(), 200, tools.cancel)?;
    let wanted = asked.path.as_deref().map(|path| path.trim_start_matches("./"));
    let fits = |item: &&Definition| {
        wanted
            .is_none_or(|path| item.path == path || item.path.starts_with(&format!("{}/", path.trim_end_matches('/'))))
            && asked.line.is_none_or(|line| (item.from..=item.to).contains(&line))
    };
    let items: Vec<&Definition> = found.items.iter().filter(fits).collect();
    // A name that is passed on under itself is found as well, and means what it leads to.
    let spots: Vec<Spot> =
        items.iter().filter_map(|item| spot_of(program, item)).map(|spot| led(program, spot)).collect();
    let Some(first) = spots.first() else {
        let there: Vec<String> = found.items.iter().take(10).map(shown).collect();
        let hint = if there.is_empty() { String::new() } else { format!("; there is {}", there.join(", ")) };
        return refused(format!("nothing is called {} there{hint}", asked.name));
    };
    if spots.len() == 1 {
        return Ok(first.clone());
    }
    // What only passes another's name on has that one among its kin, and not the other way round.
    let kin: Vec<Kin> = spots.iter().map(|spot| program.kin(spot)).collect();
    match spots.iter().find(|spot| kin.iter().all(|kin| kin.members.contains(spot))) {
        Some(spot) => Ok(spot.clone()),
        None => {
            let mut list: Vec<String> = items.iter().take(20).map(|item| shown(item)).collect();
            if items.len() > list.len() {
                list.push(format!("and {} more", items.len() - list.len()));
            }
            refused(format!(
                "{} definitions are called {}: {}; say which as Outer.name, path#name, or NAME at PATH:LINE",
                items.len(),
                asked.name,
                list.join(", ")
            ))
        }
    }
}

fn shown(item: &Definition) -> String {
    format!("{}:{} {}", item.path, item.line, item.qualified)
}

fn spot_of(program: &Program, item: &Definition) -> Option<Spot> {
    let source = program.source(&item.path)?;
    let is = |symbol: &&Symbol| symbol.line == item.line && symbol.qualified == item.qualified;
    Some(Spot::of(&source.path, &source.text, source.symbols.symbols.iter().find(is)?))
}

/// The definition itself, of a name that only passes it on.
fn led(program: &Program, spot: Spot) -> Spot {
    let Some(symbol) = symbol_at(program, &spot) else { return spot };
    let word = symbol.name.trim_start_matches("r#").trim_start_matches('#');
    let here = program.occurrences(&spot.path, word).into_iter().find(|item| item.range.start == spot.offset);
    match here.map(|item| item.meaning) {
        Some(Meaning::These(spots)) if !spots.contains(&spot) => spots.into_iter().next().unwrap_or(spot),
        _ => spot,
    }
}

/// What a name means that stands in a line.
fn at_line(program: &Program, name: &str, path: &str, line: u32) -> Option<Spot> {
    let path = path.trim_start_matches("./");
    let word = name.rsplit(['.', ':', '#']).next().unwrap_or(name);
    let source = program.source(path)?;
    let lines = LineIndex::new(&source.text);
    let here = program.occurrences(path, word).into_iter().filter(|item| lines.line_of(item.range.start) == line);
    let mut meant: Vec<Spot> = Vec::new();
    for item in here {
        if let Meaning::These(spots) = item.meaning {
            let itself = spots.iter().any(|spot| spot.path == path && spot.offset == item.range.start);
            if itself {
                return Some(Spot { path: path.to_owned(), offset: item.range.start });
            }
            meant.extend(spots);
        }
    }
    meant.sort();
    meant.dedup();
    let first = meant.first()?;
    let kin = (meant.len() > 1).then(|| program.kin(first));
    kin.is_none_or(|kin| meant.iter().all(|spot| kin.members.contains(spot))).then(|| first.clone())
}

/// The symbol whose name stands at a spot.
pub(super) fn symbol_at(program: &Program, spot: &Spot) -> Option<Symbol> {
    let source = program.source(&spot.path)?;
    let is = |symbol: &&Symbol| Spot::of(&source.path, &source.text, symbol) == *spot;
    source.symbols.symbols.iter().find(is).cloned()
}
