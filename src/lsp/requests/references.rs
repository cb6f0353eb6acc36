//! `textDocument/references`: the uses of a name by code, surest first.

use std::collections::HashSet;
use std::ops::Range;

use tower_lsp::ls_types::{Location, ReferenceParams};

use super::cursor::{Before, Cursor, before};
use super::target::{Target, targets};
use crate::cancel::Cancel;
use crate::graph::{Confidence, GraphError, Reference, ReferencesQuery, references};
use crate::lsp::Error;
use crate::lsp::convert::{Places, Ruler};
use crate::lsp::state::View;
use crate::syntax::{Language, Place};

/// Uses that a client is given.
const MOST: usize = 5_000;

/// Answers with the definitions, if they are wanted, and the uses.
pub fn handle(view: &View, params: ReferenceParams, cancel: &Cancel) -> Result<Option<Vec<Location>>, Error> {
    let Some(cursor) = Cursor::at(view, &params.text_document_position)? else { return Ok(None) };
    let declaration = params.context.include_declaration;
    if let Some(local) = &cursor.local {
        let wanted = |bytes: &&Range<usize>| declaration || **bytes != local.definition;
        return Ok(Some(here(view, &cursor, local.occurrences.iter().filter(wanted).cloned())));
    }
    let found = targets(view, &cursor, cancel)?;
    let mut locations = Vec::new();
    if declaration {
        locations.extend(found.iter().map(|target| target.location(view)));
    }
    let is_own = |target: &Target| target.uri == cursor.uri;
    if cursor.text.path.is_none() || cursor.is_unlisted(view) && found.iter().any(is_own) {
        let uses = cursor.uses().into_iter().filter(|used| used.place != Place::Local);
        let uses = uses.map(|found| found.offset..found.offset + cursor.name.len());
        locations.extend(here(view, &cursor, uses));
        return Ok(Some(locations));
    }
    if !cursor.is_code() {
        return Ok(Some(locations));
    }
    // One definition is asked for by its whole name, which tells its uses from those of its namesakes.
    let name = match found.as_slice() {
        [only] => only.full_name().unwrap_or_else(|| cursor.name.clone()),
        _ => cursor.name.clone(),
    };
    let at = if let [only] = found.as_slice() { only.site() } else { None };
    let query = ReferencesQuery { limit: Some(MOST), ..ReferencesQuery::default() };
    let uses = match references(&view.snapshot, &view.symbols, &name, at.as_ref(), &query, cancel) {
        Ok(uses) => uses.items,
        Err(GraphError::Name { .. }) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let mut places = Places::new(view);
    for item in uses {
        if cancel.is_cancelled() {
            return Err(Error::cancelled());
        }
        if is_code(&item.path, &cursor) && !is_of_another(&mut places, &item, &cursor.name, &found) {
            locations.extend(places.location(&item.path, item.line, item.column, &cursor.name));
        }
    }
    let mut seen = HashSet::new();
    locations.retain(|location| seen.insert((location.uri.clone(), location.range.start)));
    Ok(Some(locations))
}

/// Places in the cursor's own file.
fn here(view: &View, cursor: &Cursor, all: impl Iterator<Item = Range<usize>>) -> Vec<Location> {
    let ruler = Ruler::new(&cursor.text, view.encoding);
    all.map(|bytes| Location { uri: cursor.uri.clone(), range: ruler.range(bytes) }).collect()
}

/// Whether a file can use a name of the cursor's language. Prose and data name things; only code uses them.
fn is_code(path: &str, cursor: &Cursor) -> bool {
    let own = cursor.text.language.and_then(Language::family);
    Language::of(path)
        .filter(|language| language.has_definitions())
        .is_some_and(|language| own.is_none() || language.family().is_none_or(|family| Some(family) == own))
}

/// Whether an unsure use is written as a member of some other type: `Other::name` is no use of `This::name`.
fn is_of_another(places: &mut Places, item: &Reference, name: &str, targets: &[Target]) -> bool {
    if item.confidence != Confidence::Possible || targets.is_empty() {
        return false;
    }
    let Some((text, bytes)) = places.bytes(&item.path, item.line, item.column, name) else { return true };
    let Before::Name(qualifier) = before(&text.text[..bytes.start]) else { return false };
    let is_type = qualifier.starts_with(char::is_uppercase);
    let owners = targets.iter().filter_map(|target| target.symbol().qualified.rsplit('.').nth(1));
    is_type
        && targets.iter().all(|target| target.symbol().qualified.contains('.'))
        && owners.into_iter().all(|owner| owner != qualifier)
}
