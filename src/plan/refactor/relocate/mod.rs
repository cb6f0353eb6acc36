//! A top-level symbol goes to another file, with the imports that it needs; who uses it is led to where it is now.

mod importers;
mod needs;
mod offers;
mod piece;
#[cfg(test)]
mod tests;
mod visible;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use crate::graph::meaning::{Program, Role, Source, Spot, Use, uses};
use crate::plan::Gone;
use crate::syntax::{Family, Kind, Language, Symbol};
use crate::text::ends_in_crlf;

use super::asked::{find, symbol_at};
use super::edits::{Edits, doubt};
use super::imports::entries::{self, Entry, entries, from_file, plain};
use super::imports::order;
use super::imports::rust::Place;
use super::{Asked, Done, Plan, PlanError, Tools, all_or_nothing, refused};
use needs::Needs;
use piece::pieces;
pub(super) use piece::with_blank_lines;

/// Moves a function, class, type or constant of a file's top level to another file, which is created if it is not there.
///
/// # Errors
/// When it is not known which symbol is meant, it is no top-level one, or it cannot be moved without changing what it does.
pub fn relocate(plan: &mut Plan, tools: Tools, asked: &Asked, to: &str) -> Result<Done, PlanError> {
    let to = to.trim_start_matches("./").to_owned();
    all_or_nothing(plan, |plan| {
        let snapshot = plan.snapshot();
        let program = Program::new(&snapshot, tools.symbols, tools.cancel)?;
        let spot = find(&program, tools, asked)?;
        moved(plan, &program, &[spot], &to)
    })
}

/// What moves, from where to where.
pub(super) struct Moving<'p, 'a> {
    program: &'p Program<'a>,
    source: Arc<Source>,
    /// The file that it goes to, if it is there.
    dest: Option<Arc<Source>>,
    to: String,
    symbols: Vec<Symbol>,
    names: Vec<String>,
    /// Bytes that leave the file, in order.
    pieces: Vec<Range<usize>>,
    entries: Vec<Entry>,
    dest_entries: Vec<Entry>,
    /// Names that can be taken from the old file as before.
    offered: BTreeSet<String>,
}

impl Moving<'_, '_> {
    fn family(&self) -> Family {
        self.source.family
    }

    fn is_inside(&self, range: &Range<usize>) -> bool {
        self.pieces.iter().any(|piece| piece.start <= range.start && range.end <= piece.end)
    }

    fn in_import(&self, range: &Range<usize>) -> bool {
        self.entries.iter().any(|entry| entry.statement.start <= range.start && range.end <= entry.statement.end)
    }

    /// Whether a name is moved, and those who take it have to be led to where it is now.
    fn leaves(&self, name: &str) -> bool {
        self.names.iter().any(|moved| moved == name) && !self.offered.contains(name)
    }

    fn is_of_type(&self, name: &str) -> bool {
        let is = |symbol: &&Symbol| symbol.name == name;
        let of = |symbol: &Symbol| matches!(symbol.kind, Kind::Interface | Kind::Type);
        let all: Vec<&Symbol> =
            self.source.symbols.symbols.iter().filter(|symbol| symbol.parent.is_none()).filter(is).collect();
        !all.is_empty() && all.into_iter().all(of)
    }

    fn entry(&self, name: &str) -> Entry {
        plain(name, self.is_of_type(name))
    }

    /// The statement by which a file imports one of the moved names.
    fn import(&self, path: &str, own: Option<&Source>, entry: &Entry) -> String {
        from_file(self.program, self.family(), (path, own), &self.to, entry)
    }
}

/// Moves the symbols at these spots, all of one file.
pub(super) fn moved(plan: &mut Plan, program: &Program, spots: &[Spot], to: &str) -> Result<Done, PlanError> {
    let mut moving = prepared(program, spots, to)?;
    moving.offered = offers::offered(&moving)?;
    let moving = moving;
    let source = &moving.source;
    let mut done = Done::default();
    let mut found: Vec<(String, Use)> = Vec::new();
    for spot in spots {
        let uses = uses(program, spot)?;
        let word = uses.word.clone();
        found.extend(uses.places.into_iter().map(|place| (word.clone(), place)));
    }
    let needs = Needs::of(&moving)?;
    let mut edits = Edits::default();
    let code = |place: &Use| place.role == Role::Code && place.doubt.is_none();
    let stays: Vec<(&str, &Use)> = found
        .iter()
        .filter(|(_, place)| place.path == source.path && code(place))
        .filter(|(_, place)| !moving.is_inside(&place.range) && !moving.in_import(&place.range))
        .filter(|(word, place)| !(moving.leaves(word) && offers::is_listed(&moving, &place.range)))
        .map(|(word, place)| (word.as_str(), place))
        .collect();
    let left: BTreeSet<&str> = stays.iter().map(|(word, _)| *word).collect();
    let elsewhere = found.iter().any(|(_, place)| place.path != source.path && code(place));
    let mut inner = visible::of_moved(&moving, !left.is_empty() || elsewhere);
    inner.extend(visible::ways_out(&moving));
    visible::of_needed(plan, &moving, &needs, &mut edits, &mut done);
    let text = piece::text(&moving, &mut inner);
    // The new home.
    let imports = needs.imports(&moving);
    match &moving.dest {
        Some(dest) => {
            let own: Vec<&Entry> = moving
                .dest_entries
                .iter()
                .filter(|entry| entry.target.as_deref() == Some(&source.path))
                .filter(|entry| entry.name.as_ref().is_some_and(|name| moving.names.contains(name)))
                .collect();
            entries::drop_entries(dest, &moving.dest_entries, &own, &mut edits);
            entries::add(dest, &imports, &mut edits);
            let gap = if moving.family() == Family::Python { "\n\n" } else { "\n" };
            let end = if dest.text.is_empty() || dest.text.ends_with('\n') { "" } else { "\n" };
            edits.insert(to, dest.text.len(), format!("{end}{gap}{text}"));
        }
        None => {
            let imports = order::sorted(source, order::merged(source.family, &imports));
            let mut new: String = imports.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
            if !new.is_empty() {
                new.push_str(if moving.family() == Family::Python { "\n\n" } else { "\n" });
            }
            new.push_str(&text);
            if ends_in_crlf(&source.text) {
                new = new.replace("\r\n", "\n").replace('\n', "\r\n");
            }
            plan.create(to, &new)?;
            if moving.family() == Family::Rust {
                let private = offers::stay_private(&moving);
                visible::declare(&moving, private, &mut edits)?;
            }
        }
    }
    // The old home.
    for piece in &moving.pieces {
        edits.delete(&source.path, piece::with_blank_lines(&source.text, piece));
    }
    // Other crates, tests among them, keep the path that they have.
    let foreign: BTreeSet<&str> = found
        .iter()
        .filter(|(_, place)| code(place) && importers::is_foreign(&moving, &place.path))
        .map(|(word, _)| word.as_str())
        .collect();
    let home = |name: &str, how: Option<&str>| {
        let passed_on = how.map(str::to_owned);
        let statement = moving.import(&source.path, Some(source), &Entry { passed_on, ..moving.entry(name) });
        format!("{}{statement}", how.map_or(String::new(), |_| offers::condition(&moving, name)))
    };
    let mut back: Vec<String> = Vec::new();
    for name in moving.names.iter().map(String::as_str) {
        let offered = moving.offered.contains(name) || foreign.contains(name);
        match moving.family() {
            Family::Rust if offered => back.push(home(name, Some("pub"))),
            Family::JavaScript if offered => {
                back.extend(left.contains(name).then(|| home(name, None)));
                back.push(home(name, Some("export")));
            }
            Family::Rust if left.contains(name) => {
                // Without it the import would be unused wherever the tests are left out.
                let mut here = stays.iter().filter(|(word, _)| *word == name);
                let tested = here.all(|(_, place)| visible::is_tested(source, &place.range));
                back.push(format!("{}{}", if tested { "#[cfg(test)]\n" } else { "" }, home(name, None)));
            }
            _ if offered || left.contains(name) => back.push(home(name, None)),
            _ => {}
        }
    }
    offers::unlist(&moving, &mut edits);
    needs.drop_unused(&moving, &mut edits, &mut done);
    let both_ways = moving.family() != Family::Rust && !back.is_empty() && !needs.definitions.is_empty();
    match moving.family() {
        // What stands above is there already when the new file asks for it.
        Family::Python if both_ways => {
            let at = piece::with_blank_lines(&source.text, &moving.pieces[0]).start;
            let back = order::merged(Family::Python, &back);
            edits.insert(&source.path, at, back.join("\n") + "\n\n\n");
        }
        _ => entries::add(source, &back, &mut edits),
    }
    if both_ways {
        let range = moving.pieces[0].start..moving.pieces[0].start;
        let why = format!("{} and {to} import each other now", source.path);
        doubt(plan, &source.path, &range, None, why);
    }
    importers::mend(plan, &moving, &found, &mut edits)?;
    for symbol in &moving.symbols {
        let step = plan.current();
        plan.takes_away(Gone {
            step,
            name: symbol.name.clone(),
            qualified: symbol.qualified.clone(),
            path: source.path.clone(),
            renamed: None,
            moved: Some(to.to_owned()),
        });
    }
    done.edits = edits.count();
    let files: BTreeSet<String> = edits.paths().cloned().chain([to.to_owned()]).collect();
    done.files = files.len();
    edits.apply(plan)?;
    Ok(done)
}

fn prepared<'p, 'a>(program: &'p Program<'a>, spots: &[Spot], to: &str) -> Result<Moving<'p, 'a>, PlanError> {
    let Some(first) = spots.first() else { return refused("nothing is to be moved") };
    let Some(source) = program.source(&first.path) else { return refused(format!("{}: cannot be read", first.path)) };
    if first.path == to {
        return refused(format!("it is in {to} already"));
    }
    if !matches!(source.family, Family::Rust | Family::JavaScript | Family::Python) {
        return refused(format!("{}: symbols of this language cannot be moved yet; move the file", first.path));
    }
    if Language::of(to).and_then(Language::family) != Some(source.family) {
        return refused(format!("{to} would not be a file of the same language; give its name with its ending"));
    }
    let mut symbols = Vec::new();
    for spot in spots {
        let Some(symbol) = symbol_at(program, spot) else {
            return refused(format!(
                "{}: what stands at byte {} is a local; only top-level symbols move",
                spot.path, spot.offset
            ));
        };
        if symbol.parent.is_some() || symbol.qualified != symbol.name {
            return refused(format!("{} is part of something else; only top-level symbols move", symbol.qualified));
        }
        match symbol.kind {
            Kind::Macro => {
                return refused(format!("{} is a macro: where it counts goes by the order of the text", symbol.name));
            }
            Kind::Module => return refused(format!("{} is a module; move its file", symbol.name)),
            _ => symbols.push(symbol),
        }
    }
    let names: Vec<String> = symbols.iter().map(|symbol| symbol.name.clone()).collect();
    let pieces = pieces(&source, &symbols)?;
    let dest = program.source(to);
    if let Some(dest) = &dest {
        let there = |symbol: &&Symbol| symbol.parent.is_none() && names.contains(&symbol.name);
        if let Some(other) = dest.symbols.symbols.iter().find(there) {
            return refused(format!("{to}:{} has a {} already", other.line, other.name));
        }
    }
    if source.family == Family::Rust && Place::of(program, to).root != Place::of(program, &source.path).root {
        return refused(format!("{to} belongs to another crate than {}", source.path));
    }
    let (own, theirs) = (entries(program, &source), dest.as_ref().map_or_else(Vec::new, |dest| entries(program, dest)));
    Ok(Moving {
        program,
        source,
        dest,
        to: to.to_owned(),
        symbols,
        names,
        pieces,
        entries: own,
        dest_entries: theirs,
        offered: BTreeSet::new(),
    })
}
