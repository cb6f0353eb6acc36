//! What is in a file.

use crate::syntax::{Language, Symbol};
use crate::workspace::{RelPath, Snapshot};

use super::{Definition, Found, GraphError, Symbols};

/// The nested definitions of a file.
///
/// # Errors
/// When the path cannot be read.
pub fn outline(snapshot: &Snapshot, cache: &Symbols, path: &str) -> Result<Found<Definition>, GraphError> {
    let path = RelPath::parse(path)?;
    let text = snapshot.text(&path)?;
    let Some(language) = Language::detect(path.as_str(), &text).filter(|language| language.has_definitions()) else {
        return Ok(Found {
            notes: vec![format!("{path}: definitions are not known for this type of file")],
            ..Found::default()
        });
    };
    let found = cache.of(language, &text);
    let mut notes = Vec::new();
    if found.partial {
        notes.push(format!("{path}: read line by line only, definitions may be missing"));
    }
    let total = found.symbols.len();
    let items = nested(path.as_str(), &found.symbols);
    Ok(Found { items, total, truncated: false, notes })
}

/// The symbols as a forest. Parents come before their children, so it is built from the end.
fn nested(path: &str, symbols: &[Symbol]) -> Vec<Definition> {
    let mut built: Vec<Option<Definition>> = symbols.iter().map(|symbol| Some(Definition::new(path, symbol))).collect();
    let mut roots = Vec::new();
    for at in (0..symbols.len()).rev() {
        let Some(mut done) = built[at].take() else { continue };
        done.children.reverse();
        match symbols[at].parent.and_then(|parent| built[parent].as_mut()) {
            Some(parent) => parent.children.push(done),
            None => roots.push(done),
        }
    }
    roots.reverse();
    roots
}
