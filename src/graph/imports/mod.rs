//! What a file imports, and who imports it.

mod ecmascript;
mod go;
mod importers;
mod include;
mod java;
mod named;
mod origin;
pub(crate) mod paths;
mod python;
mod resolve;
mod rust;
#[cfg(test)]
mod tests;

pub use importers::{ImportersQuery, importers};
pub(super) use origin::offered;
pub use origin::{Named, Origin, origin};

use serde::Serialize;

use crate::cancel::Cancel;
use crate::syntax::{Language, Taken};
use crate::workspace::{RelPath, Snapshot};

pub(super) use self::resolve::{Resolver, Target};
pub(super) use self::rust::RustPackage;
use super::{Found, GraphError};

/// A module that a statement of a file imports. A statement that names several modules gives one of these for each.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Import {
    /// The importing file.
    pub path: String,
    /// Where the statement begins, 1-based.
    pub line: u32,
    /// The statement on one line.
    pub text: String,
    /// As written, without the names taken out of it.
    pub module: String,
    /// What is taken out of the module, if it is listed; `*` for everything.
    pub names: Vec<String>,
    /// The file, or the folder of a package, that it leads to; `None` when that is not known or not in the repository.
    pub target: Option<String>,
    /// It leads out of the repository.
    pub external: bool,
    /// The names with what they are called here.
    #[serde(skip)]
    pub(super) taken: Vec<Taken>,
    /// What the module is called here, where the statement says so.
    #[serde(skip)]
    pub(super) local: Option<String>,
}

/// The imports of a file, in order, with the files that they lead to. Re-exports, `mod x;` and includes are imports too.
///
/// # Errors
/// When the path cannot be read, or the question is cancelled.
pub fn imports(snapshot: &Snapshot, path: &str, cancel: &Cancel) -> Result<Found<Import>, GraphError> {
    if cancel.is_cancelled() {
        return Err(GraphError::Cancelled);
    }
    let path = RelPath::parse(path)?;
    let text = snapshot.text(&path)?;
    let Some(language) = Language::detect(path.as_str(), &text).filter(|language| language.has_grammar()) else {
        let notes = vec![format!("{path}: imports are not known for this type of file")];
        return Ok(Found { notes, ..Found::default() });
    };
    let items = Resolver::new(snapshot)?.imports(path.as_str(), language, &text);
    Ok(Found::cut(items, usize::MAX, Vec::new()))
}
