//! A symbol gets another name, everywhere.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::graph::meaning::{Program, Role, Shape, Source, Spot, Use, Uses, uses};
use crate::plan::Gone;
use crate::syntax::{Family, Kind, Symbol};

use super::asked::{find, symbol_at};
use super::edits::{Edits, doubt};
use super::names::no_name;
use super::{Asked, Done, Plan, PlanError, Tools, all_or_nothing, refused};

/// Places in prose that are shown to a person; the rest is counted.
const SPOKEN: usize = 200;

/// Renames a symbol and all that has its name together with it. What surely means it is edited; what may is left to a person.
///
/// # Errors
/// When it is not known which symbol is meant, its name is bound to something outside of the repository, or the new name cannot be one.
pub fn rename(plan: &mut Plan, tools: Tools, asked: &Asked, new: &str) -> Result<Done, PlanError> {
    all_or_nothing(plan, |plan| {
        let snapshot = plan.snapshot();
        let program = Program::new(&snapshot, tools.symbols, tools.cancel)?;
        let spot = find(&program, tools, asked)?;
        at(plan, &program, &spot, new)
    })
}

/// Renames what is defined at a spot.
pub(super) fn at(plan: &mut Plan, program: &Program, spot: &Spot, new: &str) -> Result<Done, PlanError> {
    let found = uses(program, spot)?;
    let old = found.word.clone();
    if let Some(why) = &found.kin.bound {
        return refused(format!("{old} cannot be renamed: {why}"));
    }
    if new == old {
        return refused(format!("{old} has that name already"));
    }
    let symbol = symbol_at(program, spot);
    let member =
        symbol.as_ref().is_some_and(|symbol| matches!(symbol.kind, Kind::Method | Kind::Field | Kind::Property));
    let families: Vec<Family> = found
        .kin
        .members
        .iter()
        .filter_map(|member| program.source(&member.path))
        .map(|source| source.family)
        .collect();
    for family in families {
        if let Some(why) = no_name(family, new, member) {
            return refused(format!("{old} cannot be called {new}: {why}"));
        }
    }
    if let Some(taken) = taken(program, &found, new) {
        return refused(format!("{old} cannot be called {new}: {taken}"));
    }
    let mut notes: Vec<String> = found.kin.doubts.clone();
    let mut edits = Edits::default();
    let sure: Vec<&Use> = found.places.iter().filter(|place| place.doubt.is_none()).collect();
    for (place, text) in texts(program, &sure, &old, new) {
        edits.replace(&place.path, place.range.clone(), text);
    }
    let mut spoken = 0;
    for place in found.places.iter().filter(|place| place.doubt.is_some()) {
        let prose = matches!(place.role, Role::Comment | Role::Text);
        if prose {
            spoken += 1;
            if spoken > SPOKEN {
                continue;
            }
        }
        if edits.touches(&place.path, &place.range) {
            continue;
        }
        let text = text_at(program, place, &old, new);
        doubt(plan, &place.path, &place.range, Some(text), place.doubt.clone().unwrap_or_default());
    }
    if spoken > SPOKEN {
        notes.push(format!(
            "{} more comments and strings have the word {old}; look at them by a search",
            spoken - SPOKEN
        ));
    }
    if found.prose > 0 {
        let mentions = if found.prose == 1 { "comment or text has" } else { "comments and texts have" };
        notes.push(format!("{} {mentions} the word {old} in prose, and stay as they are.", found.prose));
    }
    let moved = file_with_it(plan, program, symbol.as_ref(), spot, new);
    record(plan, program, &found, new);
    let (count, mut files): (usize, BTreeSet<String>) = (edits.count(), edits.paths().cloned().collect());
    edits.apply(plan)?;
    if let Some(to) = moved {
        plan.move_file(&spot.path, &to)?;
        notes.push(format!("{} becomes {to}, since a public class is in the file of its name", spot.path));
        files.insert(spot.path.clone());
    }
    Ok(Done { edits: count, files: files.len(), notes, ..Done::default() })
}

/// What stands at each place afterwards. A word that is a member and a value at once may be there twice.
fn texts<'p>(program: &Program, sure: &[&'p Use], old: &str, new: &str) -> Vec<(&'p Use, String)> {
    let mut by_place: BTreeMap<(&str, usize), Vec<&'p Use>> = BTreeMap::new();
    for place in sure {
        by_place.entry((&place.path, place.range.start)).or_default().push(place);
    }
    let text = |places: Vec<&'p Use>| {
        let shapes: BTreeSet<bool> = places.iter().map(|place| place.shape == Shape::Value).collect();
        let both = places.len() > 1 && shapes.len() > 1;
        let text = if both { new.to_owned() } else { text_at(program, places[0], old, new) };
        (places[0], text)
    };
    by_place.into_values().map(text).collect()
}

/// What stands at one place afterwards.
fn text_at(program: &Program, place: &Use, old: &str, new: &str) -> String {
    let source = program.source(&place.path);
    let listed = source.as_deref().is_some_and(|source| is_listed(source, &place.range));
    let joint = if listed { " as " } else { ": " };
    match place.shape {
        Shape::Plain => new.to_owned(),
        // A listed name is the module's first and the file's second, in imports and exports alike.
        Shape::Key => format!("{new}{joint}{old}"),
        Shape::Value => format!("{old}{joint}{new}"),
    }
}

/// Whether a name stands in the list of an import or export, where `as` gives another.
fn is_listed(source: &Source, range: &Range<usize>) -> bool {
    let node = source.tree.at(range);
    std::iter::successors(node, |node| node.parent()).take(4).any(|node| {
        matches!(
            node.kind(),
            "import_specifier"
                | "export_specifier"
                | "use_declaration"
                | "use_list"
                | "import_from_statement"
                | "import_statement"
        )
    })
}

/// What has the new name already, where a definition would get it.
fn taken(program: &Program, found: &Uses, new: &str) -> Option<String> {
    found.kin.members.iter().find_map(|member| {
        let source = program.source(&member.path)?;
        let symbols = &source.symbols.symbols;
        let own = symbols.iter().find(|symbol| Spot::of(&source.path, &source.text, symbol) == *member)?;
        let scope = own.qualified.strip_suffix(own.name.as_str())?;
        let plain = |symbol: &Symbol| symbol.name.trim_start_matches("r#").trim_start_matches('#') == new;
        let beside = |symbol: &&Symbol| {
            plain(symbol) && symbol.qualified.strip_suffix(symbol.name.as_str()) == Some(scope) && {
                let apart =
                    source.family == Family::Rust && is_rust_impl(&source, own) != is_rust_impl(&source, symbol);
                symbol.parent == own.parent && !apart
            }
        };
        let other = symbols.iter().find(beside)?;
        Some(format!("{}:{} has the name", source.path, other.line))
    })
}

/// Whether a symbol is a trait's implementation; those and a type's own methods do not collide.
fn is_rust_impl(source: &Source, symbol: &Symbol) -> Option<String> {
    let node = source.tree.at(&(symbol.offset..symbol.offset + symbol.name.len()))?;
    let around = std::iter::successors(Some(node), |node| node.parent()).find(|node| node.kind() == "impl_item")?;
    let head = around.child_by_field_name("body").map_or(around.end_byte(), |body| body.start_byte());
    source.text.get(around.start_byte()..head).map(|head| head.split_whitespace().collect())
}

/// Where the file of a symbol goes when the language wants it to be called like it. What is only custom becomes a doubt.
fn file_with_it(plan: &mut Plan, program: &Program, symbol: Option<&Symbol>, spot: &Spot, new: &str) -> Option<String> {
    let (symbol, source) = (symbol?, program.source(&spot.path)?);
    let (folder, file) = spot.path.rsplit_once('/').map_or(("", spot.path.as_str()), |(folder, file)| (folder, file));
    let (stem, ending) = file.split_once('.')?;
    if stem != symbol.name || symbol.parent.is_some() {
        return None;
    }
    let to = if folder.is_empty() { format!("{new}.{ending}") } else { format!("{folder}/{new}.{ending}") };
    let head = &source.text[symbol.extent.start..symbol.offset];
    match source.family {
        Family::Java if head.split_whitespace().any(|word| word == "public") => Some(to),
        Family::JavaScript => {
            let line = &source.text[source.text[..symbol.offset].rfind('\n').map_or(0, |at| at + 1)..symbol.offset];
            let default = line.contains("export default") || source.text.contains(&format!("export default {stem}"));
            if default {
                let range = spot.offset..spot.offset + symbol.name.len();
                doubt(
                    plan,
                    &spot.path,
                    &range,
                    None,
                    format!("the file is called like it; move it to {to} if that is wanted"),
                );
            }
            None
        }
        _ => None,
    }
}

/// Notes the names that are gone, for the checks.
fn record(plan: &mut Plan, program: &Program, found: &Uses, new: &str) {
    let step = plan.current();
    for member in &found.kin.members {
        let qualified = symbol_at(program, member).map_or(found.word.clone(), |symbol| symbol.qualified);
        plan.takes_away(Gone {
            step,
            name: found.word.clone(),
            qualified,
            path: member.path.clone(),
            renamed: Some(new.to_owned()),
            moved: None,
        });
    }
}

#[cfg(test)]
mod tests;
