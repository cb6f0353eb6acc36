//! Lines become a function of their own, or, when they are whole definitions, a file of their own.

mod flow;
mod selection;
#[cfg(test)]
mod tests;
mod variables;
mod write;

use crate::graph::meaning::{Program, Spot};
use crate::syntax::{Family, Symbol};
use crate::text::LineIndex;

use super::edits::Edits;
use super::imports::entries::entries;
use super::names::no_name;
use super::{Done, Plan, PlanError, Tools, all_or_nothing, refused, relocate};
use selection::{Home, Selection};
use variables::variables;

/// Turns lines `from..=to` (1-based) of a file as planned into a function, or into the file whose path `name` is.
///
/// # Errors
/// When they are not whole statements of one block, leave it by `return` and the like, or need what the text does not tell.
pub fn extract(plan: &mut Plan, tools: Tools, path: &str, from: u64, to: u64, name: &str) -> Result<Done, PlanError> {
    let path = path.trim_start_matches("./").to_owned();
    all_or_nothing(plan, |plan| {
        let snapshot = plan.snapshot();
        let program = Program::new(&snapshot, tools.symbols, tools.cancel)?;
        if name.contains(['/', '.']) {
            return file(plan, &program, &path, (from, to), name);
        }
        function(plan, &program, &path, (from, to), name)
    })
}

/// Whole definitions move together.
fn file(plan: &mut Plan, program: &Program, path: &str, lines: (u64, u64), to: &str) -> Result<Done, PlanError> {
    let Some(source) = program.source(path) else { return refused(format!("{path}: there is no such file of code")) };
    let index = LineIndex::new(&source.text);
    let root = source.tree.tree.root_node();
    let mut cursor = root.walk();
    let mut spots: Vec<Spot> = Vec::new();
    for item in root.named_children(&mut cursor) {
        let (first, last) =
            (u64::from(index.line_of(item.start_byte())), u64::from(index.line_of(item.end_byte().saturating_sub(1))));
        if last < lines.0 || first > lines.1 {
            continue;
        }
        let own = |symbol: &&Symbol| symbol.parent.is_none() && item.byte_range().contains(&symbol.offset);
        let symbol = source.symbols.symbols.iter().find(own);
        let carried = item.kind().contains("comment") || matches!(item.kind(), "attribute_item" | "impl_item");
        match symbol {
            Some(_) if first < lines.0 || last > lines.1 => {
                return refused(format!(
                    "{path}: lines {first} to {last} are one definition; give all of them or none"
                ));
            }
            Some(symbol) if !carried => spots.push(Spot::of(path, &source.text, symbol)),
            None if !carried => {
                return refused(format!("{path}:{first}: this is no definition, and stays where it is"));
            }
            _ => {}
        }
    }
    if spots.is_empty() {
        return refused(format!("{path}: no definition is in lines {} to {}", lines.0, lines.1));
    }
    relocate::moved(plan, program, &spots, to)
}

/// Statements become a function.
fn function(plan: &mut Plan, program: &Program, path: &str, lines: (u64, u64), name: &str) -> Result<Done, PlanError> {
    let Some(source) = program.source(path) else { return refused(format!("{path}: there is no such file of code")) };
    if !matches!(source.family, Family::Rust | Family::JavaScript | Family::Python) {
        return refused(format!("{path}: functions cannot be made of lines of this language yet"));
    }
    if let Some(why) = no_name(source.family, name, false) {
        return refused(why);
    }
    let taken = source.symbols.symbols.iter().find(|symbol| symbol.name == name);
    if let Some(other) = taken {
        return refused(format!("{path}:{} has the name {name} already", other.line));
    }
    if entries(program, &source).iter().any(|entry| entry.local == name) {
        return refused(format!("{path} imports something that is called {name}"));
    }
    let selection = Selection::of(&source, lines)?;
    if let Some(why) = flow::leaves(&source, &selection) {
        return refused(format!("{path}: {why}"));
    }
    let variables = variables(&source, &selection)?;
    let written = write::written(&source, &selection, &variables, name)?;
    let mut edits = Edits::default();
    edits.replace(path, selection.range.clone(), written.call);
    edits.insert(path, selection.home.end(), written.function);
    let count = edits.count();
    edits.apply(plan)?;
    let method = if matches!(selection.home, Home::Method { .. }) { "a method" } else { "a function" };
    let mut notes = vec![format!("{name} is {method} with {} parameters", variables.parameters.len())];
    notes.extend(written.notes);
    Ok(Done { edits: count, files: 1, notes, ..Done::default() })
}
