//! The name at a place of a file, as editors ask for it: what it means, and another name for that.

use std::ops::Range;

use crate::graph::meaning::{Meaning, Program, Spot};
use crate::workspace::Snapshot;

use super::{Done, Plan, PlanError, Tools, all_or_nothing, refused, rename};

/// The bytes of the name at an offset of a file, when it may get another. `None` where there is no name of the repository's.
///
/// # Errors
/// Why the name that is there cannot change.
pub fn name_at(
    snapshot: &Snapshot,
    tools: Tools,
    path: &str,
    offset: usize,
) -> Result<Option<Range<usize>>, PlanError> {
    let program = Program::new(snapshot, tools.symbols, tools.cancel)?;
    let Some((range, meaning)) = meant(&program, path, offset) else { return Ok(None) };
    let Some(spot) = one(&program, meaning)? else { return Ok(None) };
    if let Some(why) = program.kin(&spot).bound {
        let name = program.source(path).map(|source| source.text[range.clone()].to_owned()).unwrap_or_default();
        return refused(format!("{name} cannot be renamed: {why}"));
    }
    Ok(Some(range))
}

/// Renames what the name at an offset of a file means, as [`super::rename`] does.
///
/// # Errors
/// When there is no name, it is not known what it means, or it cannot get the new one.
pub fn rename_at(plan: &mut Plan, tools: Tools, path: &str, offset: usize, new: &str) -> Result<Done, PlanError> {
    all_or_nothing(plan, |plan| {
        let snapshot = plan.snapshot();
        let program = Program::new(&snapshot, tools.symbols, tools.cancel)?;
        let meaning = meant(&program, path, offset).map(|(_, meaning)| meaning);
        match meaning.map(|meaning| one(&program, meaning)).transpose()?.flatten() {
            Some(spot) => rename::at(plan, &program, &spot, new),
            None => refused("there is no name of this repository's"),
        }
    })
}

/// The name that is at an offset, or ends there, with what it means.
fn meant(program: &Program, path: &str, offset: usize) -> Option<(Range<usize>, Meaning)> {
    let source = program.source(path)?;
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    let (before, behind) = source.text.split_at_checked(offset)?;
    let start = before.trim_end_matches(part).len();
    let end = offset + behind.len() - behind.trim_start_matches(part).len();
    let found = program.occurrences(path, source.text.get(start..end).filter(|word| !word.is_empty())?);
    let here = found.into_iter().find(|item| item.range.start <= offset && offset <= item.range.end)?;
    Some((here.range, here.meaning))
}

/// The definition that is meant; of several that have one name together the first.
fn one(program: &Program, meaning: Meaning) -> Result<Option<Spot>, PlanError> {
    let spots = match meaning {
        Meaning::These(spots) => spots,
        Meaning::Outside => return Ok(None),
        Meaning::Unknown { why } => return refused(format!("it is not sure what is meant here: {why}")),
    };
    let Some(first) = spots.first() else { return Ok(None) };
    if spots.len() > 1 {
        let kin = program.kin(first);
        if !spots.iter().all(|spot| kin.members.contains(spot)) {
            return refused(
                "several things are meant here that have nothing to do with each other; rename one where it is defined",
            );
        }
    }
    Ok(Some(first.clone()))
}
