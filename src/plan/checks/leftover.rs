//! References that are left to a name that the plan takes away.

use std::collections::HashMap;

use crate::graph::meaning::{Meaning, Role, Shape, Use};
use crate::plan::PlanError;
use crate::syntax::occurrences;

use super::gone::{Lost, Names, bare};
use super::view::File;
use super::{LISTED, Problem};

const CHECK: &str = "leftover";

pub(super) fn problems(names: &Names) -> Result<Vec<Problem>, PlanError> {
    let mut problems = Vec::new();
    for lost in &names.lost {
        if names.cancel.is_cancelled() {
            return Err(PlanError::Cancelled);
        }
        let (fatal, others): (Vec<Problem>, Vec<Problem>) = of(names, lost)?.into_iter().partition(|found| found.fatal);
        problems.extend(cut(lost, fatal));
        problems.extend(cut(lost, others));
    }
    if names.unseen > 0 {
        let message =
            format!("{} more definitions are taken away whose uses were not looked for; plan in parts", names.unseen);
        problems.push(Problem::new(CHECK, false, message));
    }
    Ok(problems)
}

/// The first places, and how many more there are.
fn cut(lost: &Lost, mut found: Vec<Problem>) -> Vec<Problem> {
    let more = found.len().saturating_sub(LISTED);
    let fatal = found.first().is_some_and(|first| first.fatal);
    found.truncate(LISTED);
    if more > 0 {
        let message = format!("{more} more places like these have `{}`", lost.gone.name);
        found.push(Problem::new(CHECK, fatal, message).step(Some(lost.gone.step)));
    }
    found
}

fn of(names: &Names, lost: &Lost) -> Result<Vec<Problem>, PlanError> {
    let mut found = Vec::new();
    let mut sure_in: HashMap<String, bool> = HashMap::new();
    for place in lost.uses.iter().flat_map(|uses| &uses.places) {
        let code = matches!(place.role, Role::Code | Role::Definition);
        let plain =
            !is_member(names.base.source(&place.path).map(|source| source.text.clone()).as_deref(), place.range.start);
        if code && place.doubt.is_none() {
            let known = sure_in.entry(names.view.moved(&place.path).unwrap_or_default()).or_default();
            *known |= plain;
        }
        // Either it was changed or removed, or it stands there as it did.
        let Some((path, offset)) = names.view.forward(&place.path, place.range.start) else { continue };
        if let Some(problem) = kept(names, lost, place, &path, offset) {
            found.push(problem);
        }
    }
    if lost.gone.moved.is_none() || lost.gone.renamed.is_some() {
        for file in names.view.files.iter().filter(|file| file.after.is_some()) {
            let sure = file.after.as_ref().and_then(|path| sure_in.get(path)).copied();
            found.extend(written(names, lost, file, sure)?);
        }
    }
    Ok(found)
}

/// A place that had the name, and still has it.
fn kept(names: &Names, lost: &Lost, place: &Use, path: &str, offset: usize) -> Option<Problem> {
    let gone = &lost.gone;
    let moved = gone.renamed.is_none() && gone.moved.is_some();
    let problem = |fatal: bool, message: String| {
        let line = names.view.after(path).map_or(place.line, |file| file.lines.line_of(offset));
        Some(Problem::new(CHECK, fatal, message).step(Some(gone.step)).path(path).line(line))
    };
    let word = bare(&gone.name);
    if names.view.after(path).is_some_and(|file| !file.has_word(offset, word)) {
        return None;
    }
    // Half of a word that was a member and a value at once: the other half keeps its name, beside the new one.
    let split = names.view.after(path).is_some_and(|file| {
        let (before, behind) = (&file.new[..offset], file.new.get(offset + word.len()..).unwrap_or_default());
        let (before, behind) = (before.trim_end(), behind.trim_start());
        before.ends_with([':', '=']) || before.ends_with(" as") || behind.starts_with(':') || behind.starts_with("as ")
    });
    if place.shape != Shape::Plain && split {
        return None;
    }
    let (became, todo) = became(lost);
    match (place.role, &place.doubt) {
        (Role::Definition, _) if gone.renamed.is_some() => problem(
            true,
            format!("`{}` is defined together with `{}`, which {became}; {todo}", place.text, gone.qualified),
        ),
        (Role::Definition, _) => None,
        (Role::Code, None) => {
            let meaning = names.meanings(path, word).get(&offset).cloned();
            let resolved = |meaning: &Meaning| match meaning {
                // An alias of the old name, or another definition that the plan wrote.
                Meaning::These(spots) if gone.renamed.is_some() => {
                    spots.iter().any(|spot| names.view.back(&spot.path, spot.offset).is_none())
                }
                Meaning::These(spots) => !spots.is_empty(),
                Meaning::Outside | Meaning::Unknown { .. } => false,
            };
            if meaning.as_ref().is_some_and(resolved) || names.imports_from_outside(path, word) {
                return None;
            }
            let fatal = !moved || matches!(meaning, Some(Meaning::Outside));
            let verb = if fatal { "still names" } else { "may no longer reach" };
            problem(fatal, format!("`{}` {verb} `{}`, which {became}; {todo}", place.text, gone.qualified))
        }
        _ if moved || names.told.contains(&(place.path.clone(), place.line)) => None,
        (Role::Code, Some(why)) => {
            problem(false, format!("`{}` may mean `{}`, which {became}: {why}", place.text, gone.qualified))
        }
        // Made from the code, and made again.
        (Role::Text, _) if place.path.ends_with(".map") => None,
        (Role::Comment | Role::Text, doubt) => {
            // A word of the language of people is mostly that.
            let odd = word.contains('_') || word.chars().skip(1).any(|c| c.is_uppercase() || c.is_numeric());
            let speaks = doubt.is_none() || odd;
            let what = if place.role == Role::Comment { "a comment" } else { "a text" };
            if speaks {
                problem(false, format!("{what} speaks of `{}`, which {became}: `{}`", gone.qualified, place.text))
            } else {
                None
            }
        }
    }
}

/// What the plan itself wrote with the name. `sure`: the file named the definition before; and whether by its plain name.
fn written(names: &Names, lost: &Lost, file: &File, sure: Option<bool>) -> Result<Vec<Problem>, PlanError> {
    let word = bare(&lost.gone.name);
    let ours = file.language().is_some_and(|language| language.has_grammar());
    let wrote: Vec<_> = match ours {
        true => occurrences(&file.new, word).filter(|range| file.wrote(range).is_some()).collect(),
        false => Vec::new(),
    };
    if wrote.is_empty() || !names.planned.defined(word)?.is_empty() {
        return Ok(Vec::new());
    }
    let meanings = names.meanings(file.path(), word);
    let mut found = Vec::new();
    for range in wrote {
        let plain = !is_member(Some(&file.new), range.start);
        let (fatal, told) = match meanings.get(&range.start) {
            Some(Meaning::Outside | Meaning::Unknown { .. }) if plain => (sure == Some(true), true),
            Some(Meaning::Unknown { .. }) => (false, sure.is_some()),
            _ => (false, false),
        };
        if told && !names.imports_from_outside(file.path(), word) {
            let (became, todo) = became(lost);
            let code = file.shown(file.lines.line_of(range.start));
            let message = format!("`{code}` was written with `{word}`, and `{}` {became}; {todo}", lost.gone.qualified);
            let step = file.step_at(range.start);
            found.push(file.problem(CHECK, fatal, range.start, message).step(step));
        }
    }
    Ok(found)
}

/// What became of a definition, and what to do about those who name it.
fn became(lost: &Lost) -> (String, String) {
    let gone = &lost.gone;
    match (&gone.renamed, &gone.moved) {
        (Some(new), _) => (format!("is called `{new}` now"), format!("write `{new}` there")),
        (None, Some(path)) => (format!("is in {path} now"), "import it from there".to_owned()),
        (None, None) if lost.quiet => {
            let todo = "keep it, or change this place with it".to_owned();
            (format!("an edit takes away from {}", gone.path), todo)
        }
        (None, None) => (format!("is removed from {}", gone.path), "change this place as well, or keep it".to_owned()),
    }
}

/// Whether a name is only reached through what stands before it.
pub(super) fn is_member(text: Option<&str>, offset: usize) -> bool {
    let before = text.and_then(|text| text.get(..offset)).unwrap_or_default().trim_end();
    let before = before.strip_suffix("r#").or(before.strip_suffix('#')).unwrap_or(before);
    before.ends_with("->") || before.ends_with("::") || before.ends_with('.') && !before.ends_with("..")
}
